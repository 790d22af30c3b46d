"""How the actuals of periods that stand across make one figure: what the table's own totals, its target and the name of
the KPI show. Where they show nothing, it is asked: 90 points in each of four quarters are no 360 of a target of 90.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from math import log
from typing import Any

from perfxl.core.values.dates import parse_period, period_span
from perfxl.tables.evidence import number_in
from perfxl.tables.notation.names import is_flow_name, is_rate_name
from perfxl.tables.row_form import RowForm
from perfxl.tables.understand import Reading

_WHOLE = re.compile(r"累计|合计|总计|平均|全年|ytd|to date|cumulative|total|average|mean", re.IGNORECASE)
_NEAR = 0.051  # a figure shown with one decimal
_CLEARLY = 0.35  # how much nearer to the target, as a logarithm, the one way must come than the other
_DAYS_OF_YEAR = 365


def aggregation_of(row: dict[str, Any], form: RowForm, name: str, start: date | None, end: date | None) -> str | None:
    """How the periods of a row make one figure: by its own word for it, or by what its figures show."""
    if row["aggregation"]:
        return str(row["aggregation"])
    reports = [(report.period, report.read()) for report in form.reports if report.kind == "actual"]
    given = [(period, read.number) for period, read in reports if read.number is not None]
    return find_aggregation(
        name,
        [number for _, number in given],
        row["target"] if isinstance(row["target"], float) else None,
        percents=any(report.read().is_percent for report in form.reports),
        wholes=form.wholes,
        share=covered((period for period, _ in given), start, end),
        phased=bool(targets_of(form)),
    )


def targets_of(form: RowForm) -> list[float]:
    """The targets of the periods that stand across."""
    read = [report.read().number for report in form.reports if report.kind == "target"]
    return [number for number in read if number is not None]


def wholes_in(reading: Reading, row: Sequence[Any]) -> tuple[float, ...]:
    """What columns such as 累计 or YTD, which are taken for nothing, show in a row beside its periods."""
    texts, taken = reading.block.texts, reading.columns
    beside = [at for at, text in texts.items() if at not in taken and _WHOLE.search(text)]
    return tuple(number for at in beside if (number := number_in(row[at])) is not None)


def find_aggregation(
    name: str,
    figures: Sequence[float],
    target: float | None,
    *,
    percents: bool = False,
    wholes: Iterable[float] = (),
    share: float = 1.0,
    phased: bool = False,
) -> str | None:
    """The rule by which a KPI's figures of several periods make that of all; None where nothing shows it.

    target  of all periods together
    wholes  what the table shows for all of them: 累计, 平均, YTD
    share   how much of the target's time the figures cover, 0 to 1
    phased  whether each period has a target of its own, so that it makes no difference
    """
    usual = "mean" if percents or is_rate_name(name) else "sum"
    if len(figures) < 2:
        return usual
    total, mean = sum(figures), sum(figures) / len(figures)
    shown = list(wholes)
    ways = {"sum": total, "mean": mean, "last": figures[-1]}
    follows = [way for way, figure in ways.items() if any(abs(figure - whole) < _NEAR for whole in shown)]
    if follows:
        return usual if usual in follows else follows[0]
    if usual == "mean" or phased or target is None or target <= 0 or total <= 0:
        return usual
    by_sum, by_level = abs(log(total / share / target)), abs(log(mean / target))
    if is_flow_name(name):
        return None if by_level < _CLEARLY < by_sum else "sum"  # a target of one period beside figures of each
    return "sum" if by_sum + _CLEARLY < by_level else None


def covered(periods: Iterable[str], start: date | None, end: date | None) -> float:
    """How much of a contract's time periods cover, 0 to 1; of one without dates the year, or longer where they are."""
    within = period_span(str(start.year)) if start else None
    spans = [period_span(of) for text in periods if (of := parse_period(text, within).value)]
    days = sum((span.end - span.start).days + 1 for span in spans)
    whole = (end - start).days + 1 if start and end else _DAYS_OF_YEAR
    return min(1.0, days / whole) if days else 1.0
