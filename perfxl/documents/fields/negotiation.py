"""Fields of the minutes of a target negotiation."""

from __future__ import annotations

from perfxl.documents.fields import Field
from perfxl.documents.fields.contract import CONTRACT_HEAD


def _lines(path: str, which: tuple[str, str]) -> tuple[Field, ...]:
    zh, en = which
    return (
        Field(f"{path}.number", f"{zh}的序号", f"Number of {en}"),
        Field(f"{path}.kpi", f"{zh}的名称（监控指标带 *）", f"Name of {en} (with * if monitored)"),
        Field(f"{path}.unit", "单位", "Unit"),
        Field(f"{path}.weight", "权重", "Weight"),
        Field(f"{path}.base", "基数（历史实绩）", "Base (history)"),
        Field(f"{path}.proposal_issuer", "发约人提议；没有时为空", "Issuer's proposal; blank if none"),
        Field(f"{path}.proposal_holder", "受约人提议；没有时为空", "Holder's proposal; blank if none"),
        Field(
            f"{path}.difference",
            "差异：受约人提议减发约人提议；一致时为空",
            "Holder's proposal less issuer's; blank where they agree",
        ),
        Field(f"{path}.target", "商定的目标值", "Target agreed"),
        Field(f"{path}.challenge", "挑战值", "Challenge"),
        Field(
            f"{path}.outcome",
            "商定结果与双方提议的关系；没有提议时为空",
            "How the target stands to the proposals; blank if none",
        ),
    )


NEGOTIATION: tuple[Field, ...] = (
    *CONTRACT_HEAD,
    Field("number", "文件编号", "Number of the paper"),
    *_lines("lines[]", ("指标", "a KPI")),
    *_lines("differences[]", ("有差异的指标", "a KPI whose proposals differ")),
    Field("supports[].kpi", "行动计划对应的指标", "KPI of an action plan"),
    Field("supports[].action", "行动", "Action"),
    Field("supports[].resources", "所需资源", "Resources needed"),
)
