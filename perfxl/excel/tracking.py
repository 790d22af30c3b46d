"""The running period in single cells: attainment, target to date, light, forecast, aggregation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from perfxl.core.language import Text
from perfxl.core.policy import DEFAULT_SCALE
from perfxl.core.problems import problem
from perfxl.core.schema import Choice
from perfxl.core.schema.choices import AGGREGATION
from perfxl.core.scoring.periods import LIGHT_LABELS, Report, aggregate, attainment, light, phased, run_rate
from perfxl.core.scoring.scalar import STATUS_LABELS, Status, read_direction
from perfxl.core.values.numbers import canonical, parse_figure
from perfxl.core.values.text import NOT_APPLICABLE, fold_name
from perfxl.excel.cells import CellError, Failure, Rows, failure
from perfxl.excel.lines import read_number
from perfxl.excel.settings import PolicyRanges

_ACTUAL, _TARGET = Text("实际完成值", "Actual"), Text("目标值", "Target")
_MONTH, _MONTHS = Text("已过月数", "Months so far"), Text("考核期月数", "Months of the period")
_YEAR = 12.0


def measure_attainment(cells: Mapping[str, Any], lang: str) -> float | str:
    """Percent of the target reached; 待报 or 不适用 where the actual is so."""
    state = _state(cells["actual"])
    if state:
        return STATUS_LABELS[state](lang)
    actual, target = read_number(cells["actual"], _ACTUAL), read_number(cells["target"], _TARGET)
    percent = attainment(actual, target, _direction(cells))
    if percent is None:
        raise failure("attainment_target_zero", CellError.DIV0)
    return canonical(percent)


def find_light(cells: Mapping[str, Any], settings: PolicyRanges, lang: str) -> str:
    """Green, amber or red; 待报 or 不适用 where the actual is so."""
    reached = measure_attainment(cells, lang)
    if isinstance(reached, str):
        return reached
    return LIGHT_LABELS[light(reached, settings.policy)](lang)


def phase_target(cells: Mapping[str, Any]) -> float:
    """The target to date at a month's end."""
    target = read_number(cells["target"], _TARGET)
    month, months = _months(cells)
    return canonical(phased(target, [], month, 1, months, _rule(cells["aggregation"]).name))


def forecast(cells: Mapping[str, Any], lang: str) -> float | str:
    """The figure the period ends with at this pace."""
    state = _state(cells["actual"])
    if state:
        return STATUS_LABELS[state](lang)
    month, months = _months(cells)
    if not month:
        raise failure("argument_out_of_range", value=0, argument=_MONTH, low=1, high=months)
    return canonical(run_rate(read_number(cells["actual"], _ACTUAL), month, months, _rule(cells["aggregation"]).name))


def aggregate_periods(values: Rows, rule: Any, denominators: Rows, lang: str) -> Any:
    """The periods' actuals as one figure; blank periods are not yet reported."""
    figures, unders = _figures(values), _figures(denominators)
    unders += [None] * (len(figures) - len(unders))
    chosen = _rule(rule)
    if chosen.name == "ratio":
        reports = [_part(i, *parts) for i, parts in enumerate(zip(figures, unders, strict=False))]
    else:
        reports = [Report(i, i, figure, None, None, i) for i, figure in enumerate(figures)]
    result = aggregate(chosen.name, reports, 0, max(len(reports) - 1, 0))
    if result.problem:
        raise Failure(problem(result.problem, kpi=Text("此指标", "This KPI"), figure=_ACTUAL, method=""), CellError.NUM)
    if result.value is None:
        return STATUS_LABELS[Status.PENDING](lang)
    return STATUS_LABELS[Status.NOT_APPLICABLE](lang) if result.value == NOT_APPLICABLE else result.value


def _part(period: int, numerator: Any, denominator: Any) -> Report:
    """Numerator and denominator of a period, which is not applicable where one of them is not. Raises: Failure."""
    parts = numerator, denominator
    if NOT_APPLICABLE in parts:
        return Report(period, period, NOT_APPLICABLE, None, None, period)
    for part in parts:
        if part is not None and not isinstance(part, float):  # a grade or a date
            raise failure("argument_not_a_number", value=part, argument=_ACTUAL)
    return Report(period, period, None, numerator, denominator, period)


def _figures(rows: Rows) -> list[Any]:
    figures = []
    for cell in (cell for row in rows for cell in row):
        read = parse_figure(None if cell == "" else cell, DEFAULT_SCALE)
        if read.value is None and read.problem not in ("", "dash_is_blank"):
            raise failure("argument_not_a_number", value=cell, argument=_ACTUAL)
        figures.append(read.value)
    return figures


def _state(raw: Any) -> Status | None:
    read = parse_figure(raw, DEFAULT_SCALE)
    if read.value == NOT_APPLICABLE:
        return Status.NOT_APPLICABLE
    if isinstance(read.value, date):
        raise failure("argument_not_a_number", value=raw, argument=_ACTUAL)
    return Status.PENDING if read.value is None and read.problem in ("", "dash_is_blank") else None


def _direction(cells: Mapping[str, Any]) -> float:
    direction = read_direction(cells["direction"])
    if direction is None:
        raise Failure(problem("direction_unknown", value=cells["direction"], kpi=Text("此指标", "This KPI")))
    return direction or 1.0


def _months(cells: Mapping[str, Any]) -> tuple[int, int]:
    months = read_number(cells["months"], _MONTHS, _YEAR)
    if not months.is_integer() or not 1 <= months <= 120:
        raise failure("argument_out_of_range", value=months, argument=_MONTHS, low=1, high=120)
    month = read_number(cells["month"], _MONTH)
    if not month.is_integer() or not 0 <= month <= months:
        raise failure("argument_out_of_range", value=month, argument=_MONTH, low=0, high=months)
    return int(month), int(months)


def _rule(raw: Any) -> Choice:
    if raw is None:
        return AGGREGATION[0]
    for choice in AGGREGATION:
        if fold_name(raw) in map(fold_name, (choice.name, choice.zh, choice.en, *choice.aliases)):
            return choice
    known = Text("、".join(choice.zh for choice in AGGREGATION), ", ".join(choice.en for choice in AGGREGATION))
    raise failure("word_unknown", value=raw, known=known)
