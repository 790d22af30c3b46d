"""What the minutes of a target negotiation (目标质询会纪要) say: proposals, differences, what was agreed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from perfxl.core.language import COLON, Text
from perfxl.core.schema import get
from perfxl.core.schema.worked import negotiation_status
from perfxl.core.wording.formatting import format_day, text_or_dash
from perfxl.documents.papers.contexts import Contexts, Row
from perfxl.documents.papers.contract import CONTRACT_HEAD, asked_by, ids, make_contract_head
from perfxl.documents.papers.kind import DocumentKind, Field
from perfxl.documents.papers.lines import SCORING_TEXT, Line, describe_wording, format_difference, read_lines


def line_fields(path: str, which: Text) -> tuple[Field, ...]:
    """The fields of a negotiated line below a path; `which` says of which line they are."""
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
        *ground_fields(path, "依据：", "Ground: "),
        Field(
            f"{path}.cause",
            "差异原因；没有时为空",
            "Cause of the difference; blank if none",
            "对续约率的判断不同",
            "Other view of renewals",
        ),
        Field(
            f"{path}.resources",
            "所需资源；没有时为空",
            "Resources; blank if none",
            "客户经理 2 人",
            "2 account managers",
        ),
        Field(f"{path}.owner", "责任人；没有时为空", "Responsible; blank if none", "周建国", "Zhou Jianguo"),
        Field(f"{path}.due", "完成期限；没有时为空", "Due; blank if none", "2025年1月15日", "15 Jan 2025"),
        Field(
            f"{path}.status",
            "质询状态；没有质询行也没有提议的为“未质询”",
            "How far it is; not negotiated where there is neither row nor proposal",
            "双方已签",
            "signed by both",
        ),
        Field(f"{path}.aspect", "考核方面", "Aspect"),
        Field(f"{path}.rule", "计分规则（全文）", "Scoring rule in full"),
        SCORING_TEXT._replace(path=f"{path}.scoring_text"),
    )


def ground_fields(path: str, zh: str = "", en: str = "") -> tuple[Field, ...]:
    """The fields of what a proposal rests on, below a path; `zh` and `en` stand before what each is called."""
    return (
        Field(f"{path}.superior_target", f"{zh}上级目标", f"{en}superior's target", "100,000", "100,000"),
        Field(f"{path}.market", f"{zh}市场分析", f"{en}market", "行业增长 6%", "Market grows 6%"),
        Field(f"{path}.history", f"{zh}历史业绩", f"{en}history", "70,000", "70,000"),
        Field(f"{path}.ability", f"{zh}能力与资源", f"{en}ability", "缺编 2 人", "2 short"),
        Field(f"{path}.budget", f"{zh}年度预算", f"{en}budget", "78,000", "78,000"),
    )


def support_fields(path: str) -> tuple[Field, ...]:
    """The fields of what somebody promised, or an action needs, below a path."""
    return (
        Field(f"{path}.resources", "所需资源", "Resources needed", "客户经理 2 人", "2 account managers"),
        Field(
            f"{path}.provider", "提供方；没有时为空", "Provided by; blank if not known", "网络中心", "Network centre"
        ),
        Field(
            f"{path}.sla", "服务水平；没有时为空", "Service level; blank if none", "24 小时内开通", "Within 24 hours"
        ),
    )


FIELDS: tuple[Field, ...] = (
    *CONTRACT_HEAD,
    Field("number", "文件编号", "Number of the paper"),
    *line_fields("lines[]", Text("指标", "a KPI")),
    *line_fields("differences[]", Text("有差异的指标", "a KPI whose proposals differ")),
    Field("session", "质询会；没有填时为空", "Session; blank if none", "营销中心质询会", "Marketing session"),
    Field(
        "session_on", "质询日期；没有填时为空", "Date of the session; blank if none", "2024年12月12日", "12 Dec 2024"
    ),
    Field("grounds[].kpi", "有依据的指标", "KPI with grounds", "营销收入", "Marketing revenue"),
    *ground_fields("grounds[]"),
    Field(
        "open_points",
        "未决事项，每项一行；没有时为空",
        "Open points, a line each; blank if none",
        "审批时间",
        "When it is approved",
    ),
    Field("supports[].kpi", "对应的指标", "KPI concerned"),
    Field("supports[].action", "行动；没有时为空", "Action; blank if none"),
    *support_fields("supports[]"),
)

_PREFIX = "ZX"
_NOT_NEGOTIATED = Text("未质询", "not negotiated")
_FIGURES = ("superior_target", "history", "budget")
GROUNDS = ("superior_target", "market", "history", "ability", "budget")
_NOTHING: Row = dict.fromkeys(column.name for column in get("negotiations").columns)
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
    rows = {
        row["kpi"]: (position, row) for position, row in contexts.index.rows("negotiations", "contract", contract_id)
    }
    lines = [line for line in read_lines(contexts, contract_id, at) if not line.adjusting]
    shown = [describe_line(contexts, contract_id, line, rows.get(line.row["kpi"])) for line in lines]
    said = [row for _, row in rows.values()]
    return {
        **make_contract_head(contexts, contract_id, at),
        "number": f"{_PREFIX}-{contract_id}",
        "lines": shown,
        "differences": [line for line in shown if line["difference"]],
        "supports": _list_supports(contexts, contract_id, at),
        "session": next((row["session"] for row in said if row["session"]), ""),
        "session_on": next((format_day(row["date"], contexts.lang) for row in said if row["date"]), ""),
        "grounds": [_grounds_of(line) for line in shown if any(line[name] for name in GROUNDS)],
        "open_points": "\n".join(_open_points(lines, rows, contexts)),
    }


def _grounds_of(line: dict[str, str]) -> dict[str, str]:
    return {name: line[name] for name in ("kpi", *GROUNDS)}


def _open_points(lines: list[Line], rows: dict[str, tuple[int, Row]], contexts: Contexts) -> Iterator[str]:
    for line in lines:
        row = rows[line.row["kpi"]][1] if line.row["kpi"] in rows else None
        if row is not None and row["open_point"]:
            yield f"{line.name}{COLON(contexts.lang)}{row['open_point']}"


def describe_line(
    contexts: Contexts, contract_id: str, line: Line, negotiated: tuple[int, Row] | None
) -> dict[str, str]:
    """A line with both proposals, their grounds, what was agreed and how far it is."""
    lang, position, row = contexts.lang, *(negotiated or (-1, _NOTHING))
    issuer = line.row["proposal_issuer"] if row["proposal"] is None else row["proposal"]
    holder = line.row["proposal_holder"] if row["forecast"] is None else row["forecast"]
    owner = contexts.person(contract_id, "negotiations", position, "owner")["name"] if row["owner"] else ""
    agreed = row["agreed"] if negotiated else line.row["target"]  # of an open one the contract's target is none yet
    status = negotiation_status(agreed, row["signed_issuer"], row["signed_holder"])
    if negotiated is None and issuer is None and holder is None:
        status = _NOT_NEGOTIATED
    shown = line.target(lang) if not negotiated else "" if agreed is None else line.figure(agreed, lang)
    return {
        **{name: "" if row[name] is None else line.figure(row[name], lang) for name in _FIGURES},
        **{name: row[name] or "" for name in ("market", "ability", "cause", "resources")},
        "owner": owner,
        "due": format_day(row["due"], lang) if row["due"] else "",
        "status": status(lang),
        "number": line.number,
        "kpi": line.name,
        "unit": line.unit,
        "weight": line.weight,
        "base": line.shown("base", lang),
        "proposal_issuer": "" if issuer is None else line.figure(issuer, lang),
        "proposal_holder": "" if holder is None else line.figure(holder, lang),
        "difference": format_difference(contexts, line, holder, issuer),
        "target": shown,
        "challenge": line.shown("challenge", lang),
        "outcome": _describe_outcome(contexts, agreed, issuer, holder),
        **describe_wording(contexts, line),
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
    """What was promised in the negotiation, and what the holder's action plans need."""
    holder = contexts.index.at("contracts", at)["holder"]
    supports = []
    for position, row in contexts.index.rows("negotiations", "contract", contract_id):
        if row["kpi"] and is_promised(row):
            name = contexts.kpi(contract_id, "negotiations", position, row["kpi"]).row["name"]
            supports.append({"action": "", **describe_promise(text_or_dash(name), row)})
    for position, row in contexts.index.rows("plans", "holder", holder):
        if row["resources"]:
            kpi = contexts.kpi(contract_id, "plans", position, row["kpi"]).row["name"] if row["kpi"] else None
            supports.append(
                {
                    "kpi": text_or_dash(kpi),
                    "action": text_or_dash(row["action"]),
                    "resources": text_or_dash(row["resources"]),
                    "provider": "",
                    "sla": "",
                }
            )
    return supports


def is_promised(row: Row) -> bool:
    """Whether a row of negotiation says what somebody provides."""
    return bool(row["resources"] or row["sla"])


def describe_promise(kpi: str, row: Row) -> dict[str, str]:
    """What a row of negotiation promises for a KPI."""
    said = {name: row[name] or "" for name in ("provider", "sla")}
    return {"kpi": kpi, "resources": text_or_dash(row["resources"]), **said}


def _negotiated(contexts: Contexts) -> Iterator[str]:
    """The contracts with a row of negotiation, and those whose lines hold a proposal: that is a negotiation too, of a
    company that has no sheet for it."""
    index = contexts.index
    yield from index.values("negotiations", "contract")
    yield from contexts.proposed
    for contract in index.values("contract_lines", "contract"):
        for _, row in index.rows("contract_lines", "contract", contract):
            if row["proposal_issuer"] is not None or row["proposal_holder"] is not None:
                yield contract
                break


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
    filled=_negotiated,
)
