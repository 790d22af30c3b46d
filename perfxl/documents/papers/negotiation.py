"""What the minutes of a target negotiation (目标质询会纪要) say: proposals, differences, what was agreed."""

from __future__ import annotations

from datetime import date
from typing import Any

from perfxl.core.language import Text
from perfxl.documents.papers.contexts import Contexts
from perfxl.documents.papers.contract import CONTRACT_HEAD, asked_by, ids, make_contract_head
from perfxl.documents.papers.formatting import text_or_dash
from perfxl.documents.papers.kind import DocumentKind, Field
from perfxl.documents.papers.lines import SCORING_TEXT, Line, describe_wording, format_difference, read_lines


def _line_fields(path: str, which: Text) -> tuple[Field, ...]:
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
        Field(f"{path}.aspect", "考核方面", "Aspect"),
        Field(f"{path}.rule", "计分规则（全文）", "Scoring rule in full"),
        SCORING_TEXT._replace(path=f"{path}.scoring_text"),
    )


FIELDS: tuple[Field, ...] = (
    *CONTRACT_HEAD,
    Field("number", "文件编号", "Number of the paper"),
    *_line_fields("lines[]", Text("指标", "a KPI")),
    *_line_fields("differences[]", Text("有差异的指标", "a KPI whose proposals differ")),
    Field("supports[].kpi", "行动计划对应的指标", "KPI of an action plan"),
    Field("supports[].action", "行动", "Action"),
    Field("supports[].resources", "所需资源", "Resources needed"),
)

_PREFIX = "ZX"
_OUTCOMES = {
    "issuer": Text("采纳发约人提议", "Issuer's proposal"),
    "holder": Text("采纳受约人提议", "Holder's proposal"),
    "between": Text("双方折中", "Between the two"),
    "beyond": Text("另行商定", "Agreed otherwise"),
}


def context(contexts: Contexts, contract_id: str) -> dict[str, Any]:
    """What the minutes about one contract say.

    Raises: KeyError for an ID that does not exist; ContextError for a contract that cannot be printed.
    """
    at = contexts.index.position("contracts", contract_id)
    lines = [line for line in read_lines(contexts, contract_id, at) if not line.adjusting]
    shown = [{**_describe_line(contexts, line), **describe_wording(contexts, line)} for line in lines]
    return {
        **make_contract_head(contexts, contract_id, at),
        "number": f"{_PREFIX}-{contract_id}",
        "lines": shown,
        "differences": [line for line in shown if line["difference"]],
        "supports": _list_supports(contexts, contract_id, at),
    }


def _describe_line(contexts: Contexts, line: Line) -> dict[str, str]:
    issuer, holder = line.row["proposal_issuer"], line.row["proposal_holder"]
    lang = contexts.lang
    return {
        "number": line.number,
        "kpi": line.name,
        "unit": line.unit,
        "weight": line.weight,
        "base": line.shown("base", lang),
        "proposal_issuer": "" if issuer is None else line.figure(issuer, lang),
        "proposal_holder": "" if holder is None else line.figure(holder, lang),
        "difference": format_difference(contexts, line, holder, issuer),
        "target": line.target(lang),
        "challenge": line.shown("challenge", lang),
        "outcome": _describe_outcome(contexts, line.row["target"], issuer, holder),
    }


def _describe_outcome(contexts: Contexts, target: Any, issuer: Any, holder: Any) -> str:
    if issuer is None or holder is None or not isinstance(target, type(issuer)):
        return ""
    if target == issuer:
        kind = "issuer"
    elif target == holder:
        kind = "holder"
    elif isinstance(target, float | date):
        kind = "between" if min(issuer, holder) < target < max(issuer, holder) else "beyond"
    else:
        kind = "beyond"
    return _OUTCOMES[kind](contexts.lang)


def _list_supports(contexts: Contexts, contract_id: str, at: int) -> list[dict[str, str]]:
    """What the holder's action plans need."""
    holder = contexts.index.at("contracts", at)["holder"]
    supports = []
    for position, row in contexts.index.rows("plans", "holder", holder):
        if row["resources"]:
            kpi = contexts.kpi(contract_id, "plans", position, row["kpi"]).row["name"] if row["kpi"] else None
            supports.append(
                {
                    "kpi": text_or_dash(kpi),
                    "action": text_or_dash(row["action"]),
                    "resources": text_or_dash(row["resources"]),
                }
            )
    return supports


KIND = DocumentKind(
    title=Text("目标质询会纪要", "target negotiation minutes"),
    template="negotiation",
    ids=ids,
    context=context,
    asked_by=asked_by,
    file_name=Text(
        "{holders[0][id]} {holders[0][name]} 目标质询会纪要 {contract[number]}",
        "{holders[0][id]} {holders[0][name]} target negotiation {contract[number]}",
    ),
    fields=FIELDS,
    results=False,
)
