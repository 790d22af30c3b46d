"""What an improvement plan (绩效改进计划) says: the actions of the table improvements; where it holds none, the KPIs
that cost the total most, to be filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from perfxl.core.language import Text
from perfxl.core.problems import Problem, problem
from perfxl.core.schema import get
from perfxl.core.wording.formatting import add_unit, format_choice, format_day
from perfxl.documents.papers.contexts import Contexts, Row
from perfxl.documents.papers.kind import DocumentKind, Field
from perfxl.documents.papers.person import (
    PERSON_HEAD,
    RESULT_LINES,
    Scored,
    describe_results,
    find_current_lines,
    format_actual,
    format_gap,
    format_points,
    list_people,
    make_person_head,
)
from perfxl.documents.papers.preparation import find_gaps

FIELDS: tuple[Field, ...] = (
    *PERSON_HEAD,
    Field(
        "planned",
        "是否来自“改进计划”表（否则为得分最低的指标），用于 if",
        "Whether it comes from the sheet Improvement actions (else the weakest KPIs), for `if`",
    ),
    *RESULT_LINES,
    Field("items[].number", "序号", "Number"),
    Field("items[].kpi", "指标名称；没有时为空", "KPI; blank if none"),
    Field("items[].unit", "单位；没有时为空", "Unit; blank if none"),
    Field("items[].target", "目标值；没有时为空", "Target; blank if none"),
    Field("items[].actual", "实绩；没有时为空", "Actual; blank if none"),
    Field("items[].points", "得分；没有时为空", "Points; blank if none"),
    Field("items[].gap", "差距；没有时为空", "Gap; blank if none"),
    Field("items[].cause", "原因；没有时为空", "Cause; blank if none"),
    Field("items[].action", "改进措施；待填时为空", "Action; blank to fill in"),
    Field("items[].owner", "责任人姓名", "Owner"),
    Field("items[].support", "支持人；没有时为空", "Support; blank if none"),
    Field("items[].due", "完成期限；没有时为空", "Due; blank if none"),
    Field("items[].measure", "衡量标准；没有时为空", "Measure; blank if none"),
    Field("items[].check_date", "检查日期；没有时为空", "Check date; blank if none"),
    Field("items[].status", "状态；没有时为空", "Status; blank if none"),
    Field("items[].vague", "措施是否不够具体，用于 if", "Whether the action is vague, for `if`"),
)

_PREFIX = "GJ"
_WEAKEST = 3  # more than three improvements at a time come to nothing
_FROM_TABLE = ("gap", "cause", "action", "support", "measure")
_INTENTIONS = re.compile(
    "加强|提高|提升|改善|改进|完善|强化|优化|重视|注重|注意|关注|努力|尽量|尽快|争取|进一步|积极|继续|不断|"
    r"\b(?:improv\w*|strengthen\w*|enhanc\w*|increas\w*|better|try|attention|focus\w*|continu\w*|more|harder|optimi[sz]\w*)\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(
    r"\d|[一二两三四五六七八九十百千万半]+(?:次|周|天|日|个|月|季|年|份|项|人|名|家|场|遍|小时|倍|成|分|户|条)|"
    "每(?:日|天|周|旬|月|季|年|次)|"
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|half|once|twice|daily|weekly|monthly|quarterly|every|each)\b",
    re.IGNORECASE,
)
_NEEDED = ("owner", "due", "measure", "check_date")


def ids(contexts: Contexts) -> list[str]:
    """Lists everybody with a contract or an improvement."""
    return list_people(contexts, "improvements")


def _list_needed(contexts: Contexts) -> list[str]:
    """Those who missed a target, and those with an action agreed on."""
    agreed = set(contexts.index.values("improvements", "holder"))
    return [person for person in ids(contexts) if person in agreed or person in contexts.with_gaps]


def context(contexts: Contexts, person: str) -> dict[str, Any]:
    """What one person's improvement plan says.

    Raises: ContextError for somebody without a contract, or where a row refers to what is not there.
    """
    head = make_person_head(contexts, _PREFIX, person)
    lines = find_current_lines(contexts, person)
    rows = list(contexts.index.rows("improvements", "holder", person))
    planned = [_describe_planned(contexts, person, lines, at, row) for at, row in rows]
    items = planned or [_describe_weak(contexts, scored, head) for scored in find_gaps(contexts, lines)[:_WEAKEST]]
    for number, item in enumerate(items, 1):
        item["number"] = str(number)
    return {**head, "lines": describe_results(contexts, lines), "planned": bool(planned), "items": items}


def review(contexts: Contexts, person: str) -> list[Problem]:
    """Actions that nobody could check, or that lack who, by when, measured how or checked when."""
    problems = []
    for at, row in contexts.index.rows("improvements", "holder", person):
        if not row["action"]:
            continue
        vague, lacks = _is_vague(row), missing(row)
        if not vague and not lacks:
            continue
        problems.append(
            problem(
                "improvement_vague" if vague else "improvement_incomplete",
                contexts.index.address("improvements", at, "action" if vague else lacks[0]),
                table="improvements",
                column="action",
                value=row["action"],
                record=person,
                missing=_labels(lacks),
            )
        )
    return problems


def is_vague(action: str, measure: str | None, due: Any) -> bool:
    """An intention without any figure, unless it says both how it is measured and by when."""
    if not _INTENTIONS.search(action) or _FIGURE.search(action):
        return False
    return not (measure and due)


def missing(row: Mapping[str, Any]) -> list[str]:
    """The columns of the table improvements that an action lacks: who, by when, measured how, checked when."""
    return [name for name in _NEEDED if row[name] is None]


def _describe_planned(contexts: Contexts, person: str, lines: list[Scored], at: int, row: Row) -> dict[str, Any]:
    scored = next((candidate for candidate in lines if candidate.line.row["kpi"] == row["kpi"]), None)
    named = contexts.kpi(person, "improvements", at, row["kpi"]).row["name"] if row["kpi"] else ""
    item = {name: row[name] or "" for name in _FROM_TABLE}
    return {
        **_describe_figures(contexts, scored, named or ""),
        **item,
        "owner": contexts.person(person, "improvements", at, "owner")["name"] if row["owner"] else "",
        "due": format_day(row["due"], contexts.lang) if row["due"] else "",
        "check_date": format_day(row["check_date"], contexts.lang) if row["check_date"] else "",
        "status": format_choice("improvements", "status", row["status"], contexts.lang) if row["status"] else "",
        "vague": _is_vague(row),
    }


def _describe_weak(contexts: Contexts, scored: Scored, head: dict[str, Any]) -> dict[str, Any]:
    """A weak KPI, with what the data know of it."""
    return {
        **_describe_figures(contexts, scored, scored.line.name),
        "gap": add_unit(format_gap(contexts, scored), scored.line.kpi.unit),
        "owner": head["holder"]["name"],
        **dict.fromkeys(("cause", "action", "support", "due", "measure", "check_date", "status"), ""),
        "vague": False,
    }


def _describe_figures(contexts: Contexts, scored: Scored | None, name: str) -> dict[str, str]:
    """The KPI that the action is about, and what was reached, in its unit; blank for an action without a KPI of the
    contract."""
    if scored is None:
        return {"kpi": name, "target": "", "actual": "", "points": "", "unit": ""}
    unit = scored.line.kpi.unit
    return {
        "kpi": scored.line.name,
        "unit": unit,
        "target": add_unit(scored.line.target(contexts.lang), unit),
        "actual": add_unit(format_actual(contexts, scored), unit),
        "points": format_points(scored.result.points),
    }


def _is_vague(row: Row) -> bool:
    return is_vague(row["action"] or "", row["measure"], row["due"])


def _labels(columns: list[str]) -> Text:
    declared = [get("improvements").column(column) for column in columns]
    return Text("、".join(column.zh for column in declared), ", ".join(column.en for column in declared))


KIND = DocumentKind(
    title=Text("绩效改进计划", "improvement plan"),
    template="improvement",
    table="improvements",
    ids=ids,
    context=context,
    file_name=Text(
        "{holder[id]} {holder[name]} 绩效改进计划",
        "{holder[id]} {holder[name]} improvement plan",
    ),
    fields=FIELDS,
    review=review,
    filled=_list_needed,
    filled_by_results=True,
)
