"""What a manager's template that HR has changed can no longer do, cell by cell, and what its defined names mark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

from lxml import etree

from perfxl.core.language import Text
from perfxl.core.problems import Address, Problem, problem
from perfxl.core.requests import JOBS, PREVIEW, Job
from perfxl.exchange.provisional import SCORES, TOTALS
from perfxl.exchange.send import template_for
from perfxl.ooxml.package import PackageError, open_package
from perfxl.workbook.files import file_problem, load_quietly
from perfxl.workbook.template.book import IF, RESULT, ROWS, BookTemplate

__all__ = ["Mark", "check_template"]

_OF_ALL = frozenset(
    (
        *("recipient", "recipient_unit", "period", "due"),
        *(f"{what}_{job}" for what in ("rows", "done", "part") for job in JOBS),
    )
)
_SHOWN = frozenset(
    (
        *("holder", "name", "post", "unit", "kpi", "kpi_name", "kpi_unit", "aspect", "contract", "target", "threshold"),
        *("challenge", "base", "weight", "period_target", "direction", "method", "full_marks", "light", "figure"),
        *("sentences", "difference"),
    )
)
_OF_PREVIEW = frozenset(
    (
        *("contract", "holder", "name", "kpi", "kpi_name", "kpi_unit", "aspect", "target", "weight", "to_date"),
        *("estimate", "points", "spread", "effective", "weighted", "lines", "weight_sum", "weight_check", "scored"),
        "provisional",
    )
)
_OF_ROWS = _SHOWN.union(_OF_PREVIEW, *((*job.key, *job.inputs) for job in JOBS.values()))
_LIVE = ("to_date", "estimate", "points", "weight", "spread", "effective")
_LETTERS = re.compile(r"\D+")
_MAY_LACK = ("contract",)  # of a key: rows are known without


class Mark(NamedTuple):
    """A defined name of a template, the cells that it marks, and what for."""

    name: str
    reach: str
    meaning: Text


def check_template(path: Path, lang: str) -> tuple[list[Mark], list[Problem]]:
    """Returns: what its names mark, and what it cannot do."""
    template, problems = template_for(path, lang, [*JOBS, SCORES, TOTALS])
    if template is None:
        return [], problems
    try:
        open_package(path)
        book = load_quietly(path)
    except (PackageError, etree.XMLSyntaxError, ValueError, KeyError) as error:
        reason = error if isinstance(error, PackageError) else PackageError("damaged", path.name)
        return [], [file_problem(reason)]
    checker = _Checker(path.name, template, book)
    return checker.marks(), [*problems, *checker.problems()]


class _Checker:
    def __init__(self, file: str, template: BookTemplate, book: Any) -> None:
        self._file, self._template, self._book = file, template, book
        self._cells: dict[str, dict[str, tuple[str, str]]] = {}  # table -> field alone in a cell -> sheet, cell
        self._within: dict[tuple[str, str], str] = {}  # table and field beside other text -> cell
        for cell in template.fields:
            if cell.field.table and cell.field.alone:
                self._cells.setdefault(cell.field.table, {}).setdefault(cell.field.name, (cell.sheet, cell.field.cell))
            elif cell.field.table:
                self._within[cell.field.table, cell.field.name] = cell.field.cell

    def marks(self) -> list[Mark]:
        found = []
        for name, defined in self._book.defined_names.items():
            for prefix, meaning in _MEANINGS.items():
                if name.startswith(prefix):
                    of = _named(_NUMBERED.sub("", name.removeprefix(prefix)))
                    text = Text(meaning.zh.format(of.zh), meaning.en.format(of.en))
                    found.append(Mark(name, defined.attr_text, text))
        return found

    def problems(self) -> Iterator[Problem]:
        for job in JOBS.values():
            if job.name in self._template.tables:
                yield from self._job(job)
            else:
                yield problem("template_without_job", Address(self._file), value=job.text)
        yield from self._live()
        yield from self._twice()
        yield from self._unknown()
        yield from self._results()

    def _job(self, job: Job) -> Iterator[Problem]:
        cells = self._cells.get(job.name, {})
        for name in (*job.key, *job.inputs):
            if name not in cells:
                needed = name == job.needed or (name in job.key and name not in _MAY_LACK)
                kind = "template_lacks_key" if needed else "template_lacks_field"
                yield problem(kind, self._lacking(job.name, name), value=f"{{{{{name}}}}}", job=job.text)
        open_sheets = {title for title, _ in cells.values() if not self._book[title].protection.sheet}
        for title in sorted(open_sheets):
            yield problem("template_sheet_open", Address(self._file, title), value=title)
        for name, (title, cell) in cells.items():
            sheet_of = self._book[title]
            if title in open_sheets:
                continue
            locked = sheet_of[cell].protection.locked
            if name in job.inputs and locked:
                yield problem("template_input_locked", Address(self._file, title, cell), value=f"{{{{{name}}}}}")
            elif name not in job.inputs and not locked:
                yield problem("template_shown_unlocked", Address(self._file, title, cell), value=f"{{{{{name}}}}}")
        if job.name == "grades" and job.needed in cells:
            title, cell = cells[job.needed]
            rules = self._book[title].data_validations.dataValidation
            if not any(cell in rule.sqref and rule.type == "list" for rule in rules):
                yield problem("template_without_choice", Address(self._file, title, cell), job=job.text)

    def _lacking(self, table: str, name: str) -> Address:
        """Where a field that a row lacks should stand: in the cell that holds more than it, else in the row."""
        defined = self._book.defined_names.get(f"{ROWS}{table}")
        title, reach = next(iter(defined.destinations), ("", "")) if defined else ("", "")
        return Address(self._file, title, self._within.get((table, name), reach.replace("$", "").partition(":")[0]))

    def _live(self) -> Iterator[Problem]:
        """What provisional points need beside each other: without it they are the program's, and do not follow what is
        typed."""
        cells = self._cells.get(SCORES, {})
        for name in _LIVE if SCORES in self._template.tables else ():
            if name not in cells:
                yield problem("template_lacks_live", self._lacking(SCORES, name), value=f"{{{{{name}}}}}")

    def _twice(self) -> Iterator[Problem]:
        """Inputs that a row has in two cells: only one is read."""
        for sheet, field in self._template.fields:
            first = self._cells.get(field.table, {}).get(field.name)
            is_input = field.table in JOBS and field.name in (*JOBS[field.table].key, *JOBS[field.table].inputs)
            if field.alone and is_input and first and first != (sheet, field.cell):
                place = Address(self._file, sheet, field.cell)
                yield problem("template_field_twice", place, value=f"{{{{{field.name}}}}}", first=first[1])

    def _unknown(self) -> Iterator[Problem]:
        """Fields that nothing is known for: they would stay blank."""
        lost = set[tuple[str, int]]()
        for sheet, field in self._template.fields:
            row = int(_LETTERS.sub("", field.cell) or 0)
            if not field.table and field.name not in _OF_ALL and field.name in _OF_ROWS:  # of a row without its name
                if (sheet, row) not in lost:
                    yield problem("template_row_unmarked", Address(self._file, sheet, field.cell), value=field.name)
                lost.add((sheet, row))
                continue
            if field.table in JOBS:
                known = _SHOWN.union(JOBS[field.table].key, JOBS[field.table].inputs)
            else:
                known = _OF_PREVIEW if field.table in (SCORES, TOTALS) else _OF_ALL
            if field.name not in known and field.table != "choices":
                near = get_close_matches(field.name, known, 1)
                meant = f"{{{{{near[0]}}}}}" if near else "—"
                place = Address(self._file, sheet, field.cell)
                yield problem("template_field_unknown", place, value=f"{{{{{field.name}}}}}", meant=meant)

    def _results(self) -> Iterator[Problem]:
        """Names of formulas whose cell holds none any more."""
        for name, defined in self._book.defined_names.items():
            if name.startswith(RESULT):
                for title, cell in defined.destinations:
                    place = cell.replace("$", "")
                    if title in self._book.sheetnames and self._book[title][place].data_type != "f":
                        yield problem("template_result_without_formula", Address(self._file, title, place), value=name)


def _named(what: str) -> Text:
    """What a defined name is about, as people call it."""
    if what in JOBS:
        return JOBS[what].text
    part, _, of = what.partition("_")
    if part in _PARTS and of in JOBS:
        job, text = JOBS[of].text, _PARTS[part]
        return Text(text.zh.format(job.zh), text.en.format(job.en))
    return _TABLES.get(what, Text(what, what))


_NUMBERED = re.compile(r"_\d+$")  # several marks of one field or table
_PARTS = {
    "done": Text("{}已填的行数", "how many rows of {} are done"),
    "part": Text("{}已填的比例", "how much of {} is done"),
    "rows": Text("{}的行数", "how many rows of {} there are"),
}
_TABLES = {
    SCORES: PREVIEW,
    TOTALS: Text("权重与预估总分", "Weights and provisional totals"),
    "choices": Text("可选的级别", "Grades to choose from"),
}
_MEANINGS = {
    ROWS: Text("“{}”：这一行按记录重复", "{}: the row that is repeated for each record"),
    RESULT: Text("公式，结果是“{}”", "a formula whose result is {}"),
    IF: Text("只在有“{}”时显示的一行", "a row that shows only with {}"),
}
