"""What a table shows beside its figures, set against what follows from these: totals that do not come out, and
attainment that is not actual by target. Both are said; the figures count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from perfxl.core.problems import Problem
from perfxl.core.records import Records
from perfxl.core.values.numbers import canonical
from perfxl.tables.contract_rows import ContractRows
from perfxl.tables.evidence import number_in
from perfxl.tables.forms import Form
from perfxl.tables.marked import MarkedRow

_NEAR = 0.051  # a figure shown with one decimal
_AS_FRACTION, _ROUNDED = 3.0, 0.0051  # 0.91 is 91%
_WHOLE = 0.501  # one shown without any


def compare_total(form: Form, records: Records, read: ContractRows, rows: Sequence[MarkedRow]) -> Iterator[Problem]:
    """The total below the points of one person, set against them: their sum, their mean, or their weighted mean."""
    owners = list(zip(*(records.column(name) for name in ("person", "name", "post", "department")), strict=True))
    if len(read.totals) != 1 or len(set(owners)) > 1:
        return
    for meaning in ("points", "weighted"):
        at = form.reading.at(meaning)
        shown = number_in(form.grid.rows[read.totals[0]][at]) if at is not None else None
        figures = [(getattr(row, meaning), row.weight) for row in rows]
        if shown is None or at is None or len(figures) < 2 or any(figure is None for figure, _ in figures):
            continue
        total = sum(figure for figure, _ in figures)
        ways = [total, total / len(figures)]
        counted = [(figure, weight) for figure, weight in figures if weight is not None]
        other = total - sum(figure for figure, _ in counted)  # of deductions and bonuses
        ways += [sum(figure * weight for figure, weight in counted) / 100 + other * sign for sign in (1, -1, 0)]
        near = _WHOLE if shown == int(shown) else _NEAR
        if all(abs(way - shown) > near for way in ways):
            due = ways[2] if meaning == "points" and all(row.full in (None, 100.0) for row in rows) else total
            due = min((due, total), key=lambda way: abs(way - shown))
            yield form.problem("total_not_follows", read.totals[0], at, value=shown, due=canonical(round(due, 2)))


def compare_attainment(form: Form, records: Records, read: ContractRows) -> Iterator[Problem]:
    """What the table shows as attainment, set against its actual and target: either may be above the other."""
    at = form.reading.at("attainment")
    if at is None:
        return
    columns = zip(*(records.column(name) for name in ("target", "actual", "points")), strict=True)
    for (i, row), (target, actual, points) in zip(read.rows, columns, strict=True):
        shown = number_in(row[at])
        if shown is None or not isinstance(target, float) or not isinstance(actual, float) or target <= 0:
            continue
        rate = actual / target
        turned = (
            1 / rate if rate and points is not None else rate
        )  # target by actual does, where people gave the points
        ways = [way * times for way in (rate, 2 - rate, turned) for times in (1, 100)]
        if all(abs(way - shown) > (_ROUNDED if abs(way) < _AS_FRACTION else _WHOLE) for way in ways):
            value = _percent(shown if shown < _AS_FRACTION else shown / 100)
            yield form.problem("attainment_differs", i, at, value=value, due=_percent(rate))


def _percent(share: float) -> str:
    return f"{round(share * 100, 2):.10g}%"
