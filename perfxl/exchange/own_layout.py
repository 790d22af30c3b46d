"""Returns that are no file of perfxl's but hold the same figures in a layout of their own: each figure is taken for the
row that asks for it, known by person, KPI and period. What is unsure is not taken, but named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from perfxl.core.codes import codes_of
from perfxl.core.language import Text
from perfxl.core.problems import Address, Problem, problem
from perfxl.core.records import Gathered, Records, Tables
from perfxl.core.requests import JOBS
from perfxl.core.rulebook import built_in
from perfxl.core.schema import get
from perfxl.core.table_access import first_rows, rows_of
from perfxl.core.values.dates import parse_period, period_span
from perfxl.core.values.text import fold_name
from perfxl.exchange.changes import Key, Origins
from perfxl.exchange.record import Record
from perfxl.exchange.returned import Returned, ReturnedRows

__all__ = ["OwnLayout"]

_JOBS = ("actuals", "grades")  # the jobs whose figures a table of HR's own may hold
_NO_PERSON = Text(
    "看不出是谁的（工号或姓名不在方案里，或有重名）", "it is not clear whose it is (an ID or a name that one has)"
)
_NO_KPI = Text("看不出是哪个指标（编码或名称不在方案里，或有重名）", "it is not clear which KPI it is")
_NO_PERIOD = Text("看不出是哪一期", "it is not clear which period it is of")
_NOT_ASKED = Text("下发的表里没有要填这一项", "no file that was sent asks for it")
_NO_FIGURE = Text("读不出数字", "no figure can be read")
_NO_LINE = Text("此人的合同里没有这个指标", "the person's contracts have no such KPI")


class _Figure(NamedTuple):
    """A figure of such a table: its row in the records, the period as it says, the value and the cell it stands in."""

    at: int
    period: Any
    value: Any
    source: Address
    percent: bool


@dataclass
class _Part:
    """The figures that belong to one file that was sent."""

    keys: list[Key] = field(default_factory=list)
    figures: list[_Figure] = field(default_factory=list)


class OwnLayout:
    """Reads such tables against the program and the record of what was sent."""

    def __init__(self, tables: Tables, record: Record | None) -> None:
        self._record = record
        self._people, self._kpis = codes_of(tables, "people"), codes_of(tables, "kpis")
        kpis = rows_of(tables, "kpis")
        self._kpi_rows = first_rows(kpis, "kpi")
        self._methods = kpis.column("method") if kpis else []
        self._asked: dict[Key, list[tuple[str, str]]] = {}  # row -> files and jobs that ask for it
        self._periods: dict[tuple[Any, Any], set[Any]] = {}
        for file, sent in record.files.items() if record else ():
            for job in _JOBS:
                for key in sent.keys.get(job, ()):
                    self._asked.setdefault(tuple(key), []).append((file, job))
                    self._periods.setdefault((key[0], key[1]), set()).add(key[2])
        self._lines = _lines(tables)

    def read(self, came: Returned) -> tuple[list[Returned], list[Problem]]:
        """The figures of a table as files of the usual form, one for each that was sent and asks for them.

        Returns: those, and what of it is unsure.
        """
        records = came.own
        if records is None:
            return [], []
        parts: dict[tuple[str, str], _Part] = {}
        problems: list[Problem] = []
        count = 0
        for figure in _figures(records, came.name):
            key, why = self._key(records, figure)
            owners = self._asked.get(key or (), [])
            if why is None and self._record is not None and not owners:
                why = _NOT_ASKED
            if key is None or why is not None:
                shown = " ".join(str(part) for part in self._said(records, figure) if part is not None)
                about = {"table": "actuals", "value": shown, "said": figure.value, "reason": why or _NO_PERIOD}
                problems.append(problem("own_figure_unsure", figure.source, **about))
                continue
            count += 1
            file, job = owners[0] if owners else ("", "grades" if self._is_graded(key[1]) else "actuals")
            part = parts.setdefault((file, job), _Part())
            part.keys.append(key)
            part.figures.append(figure)
        if count:
            place = Address(came.name, records.address(0).sheet)
            problems.append(problem("own_table_read", place, value=place.sheet, count=count))
        files: dict[str, Returned] = {}
        for (file, job), part in parts.items():
            each = files.setdefault(file, Returned(came.name, came.modified, file, is_own=True))
            each.rows[job] = ReturnedRows(job, _records(part), locked_values=[()] * len(part.keys))
        return list(files.values()), problems

    def _key(self, records: Records, figure: _Figure) -> tuple[Key | None, Text | None]:
        """The row that a figure belongs to, or why that is not clear."""
        person, name, kpi, _ = self._said(records, figure)
        holder = _code(self._people, person) or _code(self._people, name)
        if holder is None or (person and name and _code(self._people, name) not in (holder, None)):
            return None, _NO_PERSON
        code = _code(self._kpis, kpi)
        if code is None:
            return None, _NO_KPI
        if figure.value is None or (isinstance(figure.value, str) and not self._may_be_word(code, figure.value)):
            return None, _NO_FIGURE
        asked = self._periods.get((holder, code), set())
        period = parse_period(figure.period).value if figure.period else None
        if period is None and not figure.period and len(asked) == 1:
            period = next(iter(asked))
        if not isinstance(period, str) or period_span(period) is None:
            return None, _NO_PERIOD
        if self._record is None and (holder, code) not in self._lines:
            return None, _NO_LINE
        return (holder, code, period), None

    def _said(self, records: Records, figure: _Figure) -> tuple[Any, Any, Any, Any]:
        at = figure.at
        return (*(records.column(name)[at] for name in ("person", "name", "kpi")), figure.period)

    def _is_graded(self, kpi: Any) -> bool:
        at = self._kpi_rows.get(kpi)
        method = built_in().get(fold_name(self._methods[at])) if at is not None else None
        return method is not None and method.name == "grade"

    def _may_be_word(self, kpi: Any, value: str) -> bool:
        return self._is_graded(kpi) or value == "N/A"


def _figures(records: Records, file: str) -> Iterator[_Figure]:
    """The figures of each row: of the actual, and of each period that stands across."""
    percent = records.percent.get("actual", ())
    for i in range(len(records)):
        value, said, form = (records.column(name)[i] for name in ("actual", "actual_text", "form"))
        period = records.column("period")[i]
        place = records.address(i, "actual")
        if value is None and said and not (form and form.reports):
            value = said
        if value is not None:
            yield _Figure(i, period, value, Address(file, place.sheet, place.cell), i in percent)
        for report in form.reports if form else ():
            if report.kind == "actual" and report.read().kind != "blank":
                of = parse_period(report.period, period_span(period) if isinstance(period, str) else None).value
                source = Address(file, place.sheet, f"{report.letter}{report.row}")
                yield _Figure(i, of or report.period, report.read().number, source, False)


def _records(part: _Part) -> Records:
    """The figures as rows of actuals, each addressed where it stands."""
    table = get("actuals")
    columns = dict(zip(JOBS["actuals"].key, map(list, zip(*part.keys, strict=True)), strict=True))
    columns["value"] = [figure.value for figure in part.figures]
    first = part.figures[0].source
    rows = [int(figure.source.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") or 0) for figure in part.figures]
    percent = {"value": {i for i, figure in enumerate(part.figures) if figure.percent}}
    origin = Origins(table)
    origins = [origin(figure.source, "value") for figure in part.figures]
    return Gathered(table, columns, first.file, first.sheet, rows, {}, percent, origins=origins)


def _code(codes: Any, said: Any) -> Any:
    """The code that an ID or a name stands for; None where it stands for none, or for several."""
    if said is None or codes is None:
        return None
    if said in codes:
        return said
    named = codes.named(said)
    return named[0] if len(named) == 1 else None


def _lines(tables: Tables) -> set[tuple[Any, Any]]:
    """Who has which KPI."""
    contracts, agreed = rows_of(tables, "contracts"), rows_of(tables, "contract_lines")
    if contracts is None or agreed is None:
        return set()
    holders: Mapping[Any, Sequence[Any]] = {
        contract: (holder, second)
        for contract, holder, second in zip(
            *(contracts.column(name) for name in ("contract", "holder", "second_holder")), strict=True
        )
    }
    pairs = zip(agreed.column("contract"), agreed.column("kpi"), strict=True)
    return {(holder, kpi) for contract, kpi in pairs for holder in holders.get(contract, ()) if holder}
