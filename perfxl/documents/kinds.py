"""The papers that can be made: for each kind its template, what it says, and how its files are called."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from perfxl.core.problems import Problem
from perfxl.core.schema import all_tables
from perfxl.documents.contexts import (
    amendment,
    appeal,
    coaching,
    contract,
    improvement,
    interview,
    negotiation,
    notice,
    preparation,
    unit_summary,
)
from perfxl.documents.contexts.base import Contexts
from perfxl.documents.fields import Field
from perfxl.documents.fields.amendment import AMENDMENT
from perfxl.documents.fields.appeal import APPEAL
from perfxl.documents.fields.coaching import COACHING
from perfxl.documents.fields.contract import CONTRACT
from perfxl.documents.fields.improvement import IMPROVEMENT
from perfxl.documents.fields.interview import INTERVIEW
from perfxl.documents.fields.negotiation import NEGOTIATION
from perfxl.documents.fields.notice import NOTICE
from perfxl.documents.fields.preparation import PREPARATION
from perfxl.documents.fields.unit_summary import UNIT_SUMMARY


def tables_of(kinds: Collection[str] | None) -> set[str]:
    """The tables that papers of some kinds (None: of all) are made from."""
    told = kinds is None or any(KINDS[kind].results for kind in kinds)
    return all_tables().keys() - _NO_PAPERS - (set() if told else _RESULTS)


_NO_PAPERS = {"links", "marks", "objectives", "contract_sheet"}
_RESULTS = {"actuals", "events", "phasing"}


def _nothing(contexts: Contexts, record: str) -> list[Problem]:
    return []


def _itself(contexts: Contexts, record: str) -> set[str]:
    return {record}


@dataclass(frozen=True)
class DocumentKind:
    """`template` is the file in doc_templates before .zh.docx and .en.docx. `ids` are the papers of a program in order,
    `context` is what one says, `asked_by` under which IDs (its own, employees') a user may ask for it. `file_name` is a
    str.format pattern over the context; it begins with the employee ID, since long names are cut at the end. `about`
    are the people and contracts by ID whose rows a paper is made from; None: names and totals, of everybody. `results`:
    whether it says anything of what was reached. `review` gives what a paper can be made with but should not be handed
    out with."""

    zh: str
    en: str
    template: str
    ids: Callable[[Contexts], Iterable[str]]
    context: Callable[[Contexts, str], dict[str, Any]]
    asked_by: Callable[[Contexts, str], set[str]]
    file_name_zh: str
    file_name_en: str
    fields: tuple[Field, ...]
    about: Callable[[Contexts, str], set[str]] | None = _itself
    results: bool = True
    review: Callable[[Contexts, str], list[Problem]] = _nothing

    def title(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en

    def file_name(self, lang: str) -> str:
        return self.file_name_zh if lang == "zh" else self.file_name_en


KINDS: dict[str, DocumentKind] = {
    "contract": DocumentKind(
        "业绩合同",
        "performance contract",
        "contract",
        contract.ids,
        contract.context,
        contract.asked_by,
        "{holders[0][id]} {holders[0][name]} 业绩合同 {contract[number]}",
        "{holders[0][id]} {holders[0][name]} contract {contract[number]}",
        CONTRACT,
        results=False,
    ),
    "negotiation": DocumentKind(
        "目标质询会纪要",
        "target negotiation minutes",
        "negotiation",
        negotiation.ids,
        negotiation.context,
        negotiation.asked_by,
        "{holders[0][id]} {holders[0][name]} 目标质询会纪要 {contract[number]}",
        "{holders[0][id]} {holders[0][name]} target negotiation {contract[number]}",
        NEGOTIATION,
        results=False,
    ),
    "amendment": DocumentKind(
        "合同变更",
        "contract amendment",
        "amendment",
        amendment.ids,
        amendment.context,
        amendment.asked_by,
        "{holders[0][id]} {holders[0][name]} 合同变更 {contract[number]}",
        "{holders[0][id]} {holders[0][name]} contract amendment {contract[number]}",
        AMENDMENT,
        results=False,
    ),
    "coaching": DocumentKind(
        "绩效辅导记录",
        "coaching record",
        "coaching",
        coaching.ids,
        coaching.context,
        coaching.asked_by,
        "{holder[id]} {holder[name]} 绩效辅导记录",
        "{holder[id]} {holder[name]} coaching record",
        COACHING,
    ),
    "notice": DocumentKind(
        "考核结果通知",
        "score notice",
        "notice",
        notice.ids,
        notice.context,
        notice.asked_by,
        "{holder[id]} {holder[name]} 考核结果通知",
        "{holder[id]} {holder[name]} score notice",
        NOTICE,
    ),
    "preparation": DocumentKind(
        "面谈准备表",
        "interview preparation",
        "preparation",
        preparation.ids,
        preparation.context,
        preparation.asked_by,
        "{holder[id]} {holder[name]} 面谈准备表",
        "{holder[id]} {holder[name]} interview preparation",
        PREPARATION,
    ),
    "interview": DocumentKind(
        "绩效面谈记录表",
        "interview record",
        "interview",
        interview.ids,
        interview.context,
        interview.asked_by,
        "{holder[id]} {holder[name]} 绩效面谈记录 {date}",
        "{holder[id]} {holder[name]} interview record {date}",
        INTERVIEW,
        about=interview.asked_by,
    ),
    "improvement": DocumentKind(
        "绩效改进计划",
        "improvement plan",
        "improvement",
        improvement.ids,
        improvement.context,
        improvement.asked_by,
        "{holder[id]} {holder[name]} 绩效改进计划",
        "{holder[id]} {holder[name]} improvement plan",
        IMPROVEMENT,
        review=improvement.review,
    ),
    "appeal": DocumentKind(
        "绩效申诉表",
        "appeal",
        "appeal",
        appeal.ids,
        appeal.context,
        appeal.asked_by,
        "{holder[id]} {holder[name]} 绩效申诉表 {form}",
        "{holder[id]} {holder[name]} appeal {form}",
        APPEAL,
        about=appeal.asked_by,
    ),
    "unit_summary": DocumentKind(
        "部门绩效汇总",
        "unit summary",
        "unit_summary",
        unit_summary.ids,
        unit_summary.context,
        unit_summary.asked_by,
        "{unit[id]} {unit[name]} 部门绩效汇总",
        "{unit[id]} {unit[name]} summary",
        UNIT_SUMMARY,
        about=None,
    ),
}
