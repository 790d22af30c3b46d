"""What the record of an interview (绩效面谈记录表) says: what the table interviews holds, and room to write where it
holds nothing. One for each interview; people without one get a record to fill in."""

from __future__ import annotations

from typing import Any

from perfxl.core.language import Text
from perfxl.core.wording.formatting import format_day
from perfxl.documents.papers.contexts import Contexts, Row
from perfxl.documents.papers.kind import DocumentKind, Field, person_fields
from perfxl.documents.papers.person import (
    PERSON_HEAD,
    RESULT_LINES,
    describe_results,
    find_current_lines,
    list_people,
    make_person_head,
)

FIELDS: tuple[Field, ...] = (
    *PERSON_HEAD,
    *person_fields("interviewer", "面谈人", "interviewer"),
    *RESULT_LINES,
    Field("date", "面谈日期；没有时为空", "Date; blank if none"),
    Field("place", "地点；没有时为空", "Place; blank if none"),
    Field("self_assessment", "自我评价；没有时为空", "Self-assessment; blank if none"),
    Field("affirmed", "肯定的成绩；没有时为空", "Affirmed; blank if none"),
    Field("shortfalls", "不足；没有时为空", "Shortfalls; blank if none"),
    Field("causes", "原因分析；没有时为空", "Causes; blank if none"),
    Field("next_targets", "下期目标；没有时为空", "Next targets; blank if none"),
    Field("support", "需要的支持；没有时为空", "Support; blank if none"),
    Field("opinion", "员工意见；没有时为空", "Employee's opinion; blank if none"),
    Field("agreed_box", "“认可”前的方框", "Box before “I agree”"),
    Field("disagreed_box", "“不认可”前的方框", "Box before “I do not agree”"),
    Field("actions[].action", "改进措施", "Improvement"),
    Field("actions[].owner", "责任人姓名；没有时为空", "Owner; blank if none"),
    Field("actions[].due", "完成期限；没有时为空", "Due; blank if none"),
    Field("actions[].support", "支持；没有时为空", "Support; blank if none"),
)

_PREFIX = "MT"
_BOXES = {True: "☑", False: "□"}
_TEXTS = ("self_assessment", "affirmed", "shortfalls", "causes", "next_targets", "support", "opinion")


def ids(contexts: Contexts) -> list[str]:
    """An ID for each interview: the employee's, and the date."""
    records = contexts.cached(_index_interviews)
    interviewed = {person for person, _ in records.values()}
    return [*records, *(person for person in list_people(contexts) if person not in interviewed)]


def asked_by(contexts: Contexts, record: str) -> set[str]:
    """Names the record itself and the employee."""
    return {record, contexts.cached(_index_interviews).get(record, (record, 0))[0]}


def context(contexts: Contexts, record: str) -> dict[str, Any]:
    """What the record of one interview says.

    Raises: ContextError for somebody without a contract, or where a row refers to what is not there.
    """
    person, position = contexts.cached(_index_interviews).get(record, (record, None))
    head = make_person_head(contexts, _PREFIX, person, record)
    row: Row = {} if position is None else contexts.index.at("interviews", position)
    interviewer = head["superior"]
    if position is not None and row["interviewer"]:
        interviewer = contexts.person(record, "interviews", position, "interviewer")
    return {
        **head,
        "interviewer": interviewer,
        "lines": describe_results(contexts, find_current_lines(contexts, person)),
        "date": format_day(row["date"], contexts.lang) if row.get("date") else "",
        "place": row.get("place") or "",
        **{name: row.get(name) or "" for name in _TEXTS},
        "agreed_box": _BOXES[row.get("agreed") is True],
        "disagreed_box": _BOXES[row.get("agreed") is False],
        "actions": _list_actions(contexts, record, person),
    }


def _index_interviews(contexts: Contexts) -> dict[str, tuple[str, int]]:
    """ID of the interview -> employee ID and row."""
    records: dict[str, tuple[str, int]] = {}
    for person in contexts.index.values("interviews", "holder"):
        for at, row in contexts.index.rows("interviews", "holder", person):
            record = f"{person} {row['date'].isoformat()}" if row["date"] else person
            records.setdefault(record, (person, at))
    return records


def _list_actions(contexts: Contexts, record: str, person: str) -> list[dict[str, str]]:
    """What was agreed to improve."""
    actions = []
    for at, row in contexts.index.rows("improvements", "holder", person):
        owner = contexts.person(record, "improvements", at, "owner")["name"] if row["owner"] else ""
        due = format_day(row["due"], contexts.lang) if row["due"] else ""
        actions.append({"action": row["action"] or "", "owner": owner, "due": due, "support": row["support"] or ""})
    return actions


KIND = DocumentKind(
    title=Text("绩效面谈记录表", "interview record"),
    template="interview",
    table="interviews",
    ids=ids,
    context=context,
    asked_by=asked_by,
    file_name=Text(
        "{holder[id]} {holder[name]} 绩效面谈记录 {date}",
        "{holder[id]} {holder[name]} interview record {date}",
    ),
    fields=FIELDS,
    about=asked_by,
)
