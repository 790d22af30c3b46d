"""What an appeal (绩效申诉表) says: the form as far as the table appeals fills it, the check and the decision. Forms to
hand out, one for each who has not appealed and one for anybody, are made when blank forms are asked for."""

from __future__ import annotations

from typing import Any

from perfxl.core.language import Text
from perfxl.core.schema.choices import DECISION
from perfxl.core.scoring.outcomes import Outcome, Stage
from perfxl.core.scoring.totals import ordered_bands
from perfxl.core.wording.formatting import capitalize, format_day
from perfxl.documents.papers.contexts import Contexts, Row
from perfxl.documents.papers.kind import DocumentKind, Field
from perfxl.documents.papers.person import (
    PERSON_HEAD,
    Scored,
    describe_total,
    find_scored_lines,
    format_actual,
    format_points,
    list_people,
    make_person_head,
)

FIELDS: tuple[Field, ...] = (
    *PERSON_HEAD,
    Field("form", "申诉编号，或“空白表”，用于文件名", "Appeal ID, or “blank form”, for the file's name"),
    Field("line.kpi", "申诉的指标；没有时为空", "KPI appealed against; blank if none"),
    Field("line.target", "目标值；没有时为空", "Target; blank if none"),
    Field("line.actual", "实绩；没有时为空", "Actual; blank if none"),
    Field("line.points", "原得分；没有时为空", "Points; blank if none"),
    Field("line.weight", "权重；没有时为空", "Weight; blank if none"),
    Field("date", "申诉日期；没有时为空", "Date; blank if none"),
    Field("reason", "申诉理由；没有时为空", "Reason; blank if none"),
    Field("evidence", "依据；没有时为空", "Evidence; blank if none"),
    Field("finding", "复核情况；没有时为空", "Finding; blank if none"),
    Field("decisions", "可作的决定，已决定的打勾", "What may be decided, with a tick at what was"),
    Field("changed.points", "变更后得分；没有时为空", "Changed points; blank if none"),
    Field("changed.total", "变更后总分；算不出时为空", "Changed total; blank where it is not plain"),
    Field("changed.grade", "变更后等级；算不出时为空", "Changed grade; blank where it is not plain"),
    Field("decided_by", "决定人；没有时为空", "Decided by; blank if none"),
    Field("decided_on", "决定日期；没有时为空", "Decided on; blank if none"),
)

BLANK_FORM = "blank"
_PREFIX = "SS"
_FORM = Text("空白表", "blank form")
_TICKED, _EMPTY = "☑", "□"
_OPEN = "open"  # not a decision: both boxes stay empty
_PARTY = ("id", "name", "post", "unit")
_KPI = ("kpi", "target", "actual", "points", "weight")


def ids(contexts: Contexts) -> list[str]:
    """Lists the appeals, the forms of those who have none, and the one that says nobody's name."""
    appealed = set(contexts.index.values("appeals", "holder"))
    forms = (person for person in list_people(contexts) if person not in appealed)
    return [*_list_appeals(contexts), *forms, BLANK_FORM]


def _list_appeals(contexts: Contexts) -> list[str]:
    return contexts.index.keys("appeals")


def asked_by(contexts: Contexts, record: str) -> set[str]:
    """Names the appeal itself and who appeals."""
    return {record, *(str(row["holder"]) for _, row in contexts.index.rows("appeals", "appeal", record))}


def context(contexts: Contexts, record: str) -> dict[str, Any]:
    """What one appeal, or the blank form, says.

    Raises: ContextError for somebody without a contract, or where a row refers to what is not there.
    """
    if record == BLANK_FORM:
        return _make_blank_form(contexts)
    if record not in contexts.index.keys("appeals"):
        head = make_person_head(contexts, _PREFIX, record)
        return {**_make_blank_form(contexts), **head, "number": "", "form": _FORM(contexts.lang)}
    at = contexts.index.position("appeals", record)
    row = contexts.index.at("appeals", at)
    person = row["holder"]
    head = make_person_head(contexts, _PREFIX, person, record)
    scored = _find_line(contexts, person, row["kpi"])
    named = contexts.kpi(record, "appeals", at, row["kpi"]).row["name"] if row["kpi"] else ""
    return {
        **head,
        "result": _describe_original(contexts, person),
        "number": record,
        "form": record,
        "line": _describe_line(contexts, scored, named or ""),
        "date": format_day(row["date"], contexts.lang) if row["date"] else "",
        **{name: row[name] or "" for name in ("reason", "evidence", "finding", "decided_by")},
        "decisions": _tick_decision(contexts, row["decision"]),
        "changed": _describe_change(row, contexts.results.person(person).outcome),
        "decided_on": format_day(row["decided_on"], contexts.lang) if row["decided_on"] else "",
    }


def _make_blank_form(contexts: Contexts) -> dict[str, Any]:
    nobody = dict.fromkeys(_PARTY, "")
    return {
        "company": contexts.company,
        "program": contexts.program,
        "number": "",
        "form": _FORM(contexts.lang),
        "holder": nobody,
        "superior": nobody,
        "period": "",
        "result": {"official": False, **dict.fromkeys(("state", "total", "grade", "coefficient", "decided"), "")},
        "line": dict.fromkeys(_KPI, ""),
        **dict.fromkeys(("date", "reason", "evidence", "finding", "decided_by", "decided_on"), ""),
        "decisions": _tick_decision(contexts, None),
        "changed": dict.fromkeys(("points", "total", "grade"), ""),
    }


def _find_line(contexts: Contexts, person: str, kpi: str | None) -> Scored | None:
    """The line appealed against, in the last contract that has it."""
    for row in reversed(contexts.results.contracts(person)):
        for scored in find_scored_lines(contexts, row):
            if kpi and scored.line.row["kpi"] == kpi:
                return scored
    return None


def _describe_line(contexts: Contexts, scored: Scored | None, name: str) -> dict[str, str]:
    if scored is None:
        return {**dict.fromkeys(_KPI, ""), "kpi": name}
    line, result = scored
    changed = contexts.results.changed(line.position)
    return {
        "kpi": line.name,
        "target": line.target(contexts.lang),
        "actual": format_actual(contexts, scored),
        "points": format_points(changed.original if changed else result.points),
        "weight": line.weight,
    }


def _tick_decision(contexts: Contexts, decided: str | None) -> str:
    """What may be decided, with a tick at what was."""
    options = (option for option in DECISION if option.name != _OPEN)
    boxes = (f"{_TICKED if o.name == decided else _EMPTY} {capitalize(o.label(contexts.lang))}" for o in options)
    return "　　".join(boxes)


def _describe_change(row: Row, outcome: Outcome) -> dict[str, str]:
    """The points decided on, and the total and grade they lead to where the decision is in force. Without a KPI the
    points are the total's."""
    applied = next((each for each in outcome if each.stage is Stage.APPEALED and each.record == row["appeal"]), None)
    if row["decision"] != "changed" or (applied is None and row["points"] is None):
        return dict.fromkeys(("points", "total", "grade"), "")
    points = row["points"] if row["points"] is not None or applied is None else applied.total
    return {
        "points": format_points(float(points)),
        "total": format_points(applied.total) if applied else "",
        "grade": applied.grade if applied else "",
    }


def _describe_original(contexts: Contexts, person: str) -> dict[str, Any]:
    """The result that the appeal is about: as it was before any appeal."""
    total = contexts.results.person(person)
    before = [each for each in total.outcome if each.stage in (Stage.ORIGINAL, Stage.CALIBRATED)]
    if not before:
        return describe_total(contexts, total)
    last, bands = before[-1], ordered_bands(contexts.policy)
    band = bands[last.place] if last.place >= 0 else None
    return describe_total(contexts, total._replace(total=last.total, band=band, outcome=tuple(before[1:] and before)))


KIND = DocumentKind(
    title=Text("绩效申诉表", "appeal"),
    template="appeal",
    table="appeals",
    ids=ids,
    context=context,
    asked_by=asked_by,
    file_name=Text(
        "{holder[id]} {holder[name]} 绩效申诉表 {form}",
        "{holder[id]} {holder[name]} appeal {form}",
    ),
    fields=FIELDS,
    about=asked_by,
    filled=_list_appeals,
)
