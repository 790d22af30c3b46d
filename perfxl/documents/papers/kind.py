"""What a kind of paper is: its template, what it says, how its files are called; and the fields that many share.

In a field's path `[]` stands for each element of a list: `{%tr for line in aspect.lines %} {{ line.target }}
{%tr endfor %}` uses `aspects[].lines[].target`. Every value is text ready to print ("—" where there is none), but for
the lists and what is only to be asked for in an `if`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from perfxl.core.language import Text
from perfxl.core.problems import Problem
from perfxl.documents.papers.contexts import Contexts


class Field(NamedTuple):
    """A field of a template. Its example is what the sample program says; `example` is for what that leaves blank."""

    path: str
    zh: str
    en: str
    example: str = ""
    example_en: str = ""

    @property
    def label(self) -> Text:
        return Text(self.zh, self.en)

    @property
    def fallback(self) -> Text:
        """The example for what the sample program leaves blank."""
        return Text(self.example, self.example_en or self.example)


def person_fields(path: str, zh: str, en: str) -> tuple[Field, ...]:
    """The fields of a person, as `Contexts.describe` fills them."""
    return (
        Field(f"{path}.id", f"{zh}工号", f"Employee ID of the {en}"),
        Field(f"{path}.name", f"{zh}姓名", f"Name of the {en}"),
        Field(f"{path}.post", f"{zh}岗位", f"Post of the {en}"),
        Field(f"{path}.unit", f"{zh}所属单位", f"Unit of the {en}"),
    )


HEAD: tuple[Field, ...] = (
    Field("company", "公司名称（参数表，或最上级单位）", "Company (policy, or the topmost unit)"),
    Field("program", "方案名称", "Name of the program"),
)

# The number that stands in the footer of every paper but the contract, which has its own.
NUMBERED = (*HEAD, Field("number", "文件编号", "Number of the paper"))

GRADES: tuple[Field, ...] = (
    Field("grades[].grade", "绩效等级", "Grade of the total"),
    Field("grades[].range", "总分范围", "Range of totals"),
    Field("grades[].coefficient", "奖金系数；没有时为空", "Bonus coefficient; blank if none"),
)

RULES: tuple[Field, ...] = (
    Field("rules.points_floor", "单项得分下限", "Least points of a KPI"),
    Field("rules.points_cap", "单项得分上限", "Most points of a KPI"),
    Field("rules.total_cap", "总分上限", "Most points in all"),
    Field("rules.coefficients", "等级是否有奖金系数，用于 if", "Whether grades have coefficients, for `if`"),
    Field("rules.not_applicable", "不适用指标的权重分给谁", "What the weight of a N/A KPI goes to"),
)


CODE = "verify_code"
"""The field of the code that the print of a paper is checked by, which every kind has."""


def _only_itself(contexts: Contexts, record: str) -> set[str]:
    return {record}


def _nothing(contexts: Contexts, record: str) -> list[Problem]:
    return []


class Objection(NamedTuple):
    """Why a paper is held back: the contract, and the error that touches it, as far as one in particular is known."""

    contract: str | None
    reason: Problem | None


@dataclass(frozen=True)
class DocumentKind:
    """A kind of paper, as its module declares it.

    `template` is the file in doc_templates before .zh.docx and .en.docx. `ids` are the papers of a program in order,
    `context` is what one says, `asked_by` under which IDs (its own, employees') a user may ask for it. `file_name` is a
    str.format pattern over the context; it begins with the employee ID, since long names are cut at the end. `about`
    are the people and contracts by ID whose rows a paper is made from; None: names and totals, of everybody. `results`:
    whether it says anything of what was reached. `people` are those whose results it shows, by default those that it
    is about. `review` gives what a paper can be made with but should not be handed
    out with. `filled` are the papers that have something to say, where all others would be blank forms;
    `filled_by_results`: what was reached decides that. `table` is the one of what follows (coaching, appeals ...) whose
    rows it shows.
    """

    title: Text
    template: str
    file_name: Text
    fields: tuple[Field, ...]
    ids: Callable[[Contexts], Iterable[str]]
    context: Callable[[Contexts, str], dict[str, Any]]
    asked_by: Callable[[Contexts, str], set[str]] = _only_itself
    about: Callable[[Contexts, str], set[str]] | None = _only_itself
    results: bool = True
    people: Callable[[Contexts, str], Iterable[str]] | None = None
    review: Callable[[Contexts, str], list[Problem]] = _nothing
    table: str = ""
    filled: Callable[[Contexts], Iterable[str]] | None = None
    filled_by_results: bool = False

    @property
    def paths(self) -> list[str]:
        """The fields that a template may use."""
        return [*(field.path for field in self.fields), CODE]

    def name_file(self, context: Mapping[str, Any], lang: str) -> str:
        """What the file wants to be called, nothing twice: a lone table has no IDs, a name stands for each."""
        parts = (part.format(**context) for part in self.file_name(lang).split(" "))
        return " ".join(dict.fromkeys(filter(None, parts)))

    def find_objection(self, contexts: Contexts, record: str) -> Objection | None:
        """What stands against a paper: the first contract that it shows which an error touches."""
        if not self.results:
            agreed = contexts.judgement.agreed
            shown = {record} if self.about is None else self.about(contexts, record)
            held = sorted(shown & agreed.keys(), key=str) if agreed else []
            return Objection(held[0], agreed[held[0]]) if held else None
        results = contexts.judgement.results
        people = self.people or self.asked_by
        for person in people(contexts, record) if results else ():
            for row in contexts.standing.contracts(person):
                number = contexts.index.at("contracts", row)["contract"]
                if number in results:
                    return Objection(number, results[number])
        follow_up = contexts.judgement.follow_up if self.table else {}
        concerned: tuple[str | None, ...] = (*people(contexts, record), None) if follow_up else ()
        reasons = (follow_up[self.table, one] for one in concerned if (self.table, one) in follow_up)
        for reason in reasons:
            return Objection(None, reason)
        return None
