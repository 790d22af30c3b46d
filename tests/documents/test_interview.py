"""Interview records: prefilled from the table, blank where it holds nothing."""

from __future__ import annotations

from datetime import date

from perfxl.documents.papers import interview
from perfxl.documents.papers.contexts import Contexts
from tests.documents.contract_book import policy
from tests.documents.cycle_book import INTERVIEWS, MANAGER, book

HELD = f"{MANAGER} 2026-01-15"


def test_each_interview_is_a_record_and_who_had_none_gets_one_to_fill_in() -> None:
    contexts = Contexts(book(), policy())
    assert interview.ids(contexts) == [HELD, "E003 2026-01-16", "E004", "E005"]
    assert interview.asked_by(contexts, HELD) == {HELD, MANAGER}
    assert interview.asked_by(contexts, "E004") == {"E004"}


def test_an_interview_is_prefilled() -> None:
    context = interview.context(Contexts(book(), policy()), HELD)
    assert (context["date"], context["place"], context["interviewer"]["name"]) == (
        "2026年1月15日",
        "301会议室",
        "周建国",
    )
    assert context["shortfalls"] == "成本控制不足"
    assert (context["agreed_box"], context["disagreed_box"]) == ("☑", "□")
    assert context["number"] == "MT-2025-E002-2026-01-15"
    assert [(a["owner"], a["due"]) for a in context["actions"]] == [("林晓梅", "2026年3月31日"), ("", "")]


def test_disagreement_is_ticked_and_silence_is_not() -> None:
    contexts = Contexts(book(), policy())
    boxes = [
        (context["agreed_box"], context["disagreed_box"])
        for context in (interview.context(contexts, record) for record in ("E003 2026-01-16", "E004"))
    ]
    assert boxes == [("□", "☑"), ("□", "□")]


def test_a_record_to_fill_in_is_blank_but_for_the_result() -> None:
    context = interview.context(Contexts(book(), policy()), "E005")
    assert (context["self_assessment"], context["date"], context["actions"]) == ("", "", [])
    assert context["interviewer"] == context["superior"]
    assert context["result"]["total"] == "100.00"


def test_several_interviews_of_one_person_are_several_records() -> None:
    half = {**INTERVIEWS[0], "date": date(2025, 7, 10), "affirmed": "上半年收入达标"}
    contexts = Contexts(book(interviews=[half, *INTERVIEWS]), policy())
    records = [record for record in interview.ids(contexts) if record.startswith(MANAGER)]
    assert [interview.context(contexts, record)["affirmed"] for record in records] == [
        "上半年收入达标",
        "大客户开拓有成效",
    ]
