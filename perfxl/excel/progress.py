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
from perfxl.excel.errors import CellError, Failure, failure
from perfxl.excel.lines import number
from perfxl.excel.normalise import Rows
from perfxl.excel.settings import Given

_ACTUAL, _TARGET = Text("实际完成值", "Actual"), Text("目标值", "Target")
_MONTH, _MONTHS = Text("已过月数", "Months so far"), Text("考核期月数", "Months of the period")
_YEAR = 12.0


def attained(cells: Mapping[str, Any], lang: str) -> float | str:
    """Percent of the target reached; 待报 or 不适用 where the actual is so."""
    state = _state(cells["actual"])
    if state:
        return STATUS_LABELS[state][0 if lang == "zh" else 1]
    percent = attainment(number(cells["actual"], _ACTUAL), number(cells["target"], _TARGET), _direction(cells))
    if percent is None:
        raise failure("attainment_target_zero", CellError.DIV0)
    return canonical(percent)


def light_of(cells: Mapping[str, Any], given: Given, lang: str) -> str:
    reached = attained(cells, lang)
    if isinstance(reached, str):
        return reached
    return LIGHT_LABELS[light(reached, given.policy)][0 if lang == "zh" else 1]


def phased_target(cells: Mapping[str, Any]) -> float:
    target = number(cells["target"], _TARGET)
    month, months = _months(cells)
    return canonical(phased(target, [], month, 1, months, _rule(cells["aggregation"]).name))


def forecast(cells: Mapping[str, Any], lang: str) -> float | str:
    state = _state(cells["actual"])
    if state:
        return STATUS_LABELS[state][0 if lang == "zh" else 1]
    month, months = _months(cells)
    if not month:
        raise failure("argument_out_of_range", value=0, argument=_MONTH, low=1, high=months)
    return canonical(run_rate(number(cells["actual"], _ACTUAL), month, months, _rule(cells["aggregation"]).name))


def aggregated(values: Rows, rule: Any, denominators: Rows, lang: str) -> Any:
    """Blank periods are not yet reported."""
    figures, unders = _figures(values), _figures(denominators)
    unders += [None] * (len(figures) - len(unders))
    chosen = _rule(rule)
    if chosen.name == "ratio":
        reports = [Report(i, i, None, a, b, i) for i, (a, b) in enumerate(zip(figures, unders, strict=False))]
    else:
        reports = [Report(i, i, figure, None, None, i) for i, figure in enumerate(figures)]
    found = aggregate(chosen.name, reports, 0, max(len(reports) - 1, 0))
    if found.problem:
        raise Failure(problem(found.problem, kpi=Text("此指标", "This KPI"), figure=_ACTUAL, method=""), CellError.NUM)
    if found.value is None:
        return STATUS_LABELS[Status.PENDING][0 if lang == "zh" else 1]
    return (
        STATUS_LABELS[Status.NOT_APPLICABLE][0 if lang == "zh" else 1] if found.value == NOT_APPLICABLE else found.value
    )


def _figures(rows: Rows) -> list[Any]:
    found = []
    for cell in (cell for row in rows for cell in row):
        read = parse_figure(None if cell == "" else cell, DEFAULT_SCALE)
        if read.value is None and read.problem not in ("", "dash_is_blank"):
            raise failure("argument_not_a_number", value=cell, argument=_ACTUAL)
        found.append(read.value)
    return found


def _state(raw: Any) -> Status | None:
    read = parse_figure(raw, DEFAULT_SCALE)
    if read.value == NOT_APPLICABLE:
        return Status.NOT_APPLICABLE
    if isinstance(read.value, date):
        raise failure("argument_not_a_number", value=raw, argument=_ACTUAL)
    return Status.PENDING if read.value is None and read.problem in ("", "dash_is_blank") else None


def _direction(cells: Mapping[str, Any]) -> float:
    found = read_direction(cells["direction"])
    if found is None:
        raise Failure(problem("direction_unknown", value=cells["direction"], kpi=Text("此指标", "This KPI")))
    return found or 1.0


def _months(cells: Mapping[str, Any]) -> tuple[int, int]:
    months = number(cells["months"], _MONTHS, _YEAR)
    if not months.is_integer() or not 1 <= months <= 120:
        raise failure("argument_out_of_range", value=months, argument=_MONTHS, low=1, high=120)
    month = number(cells["month"], _MONTH)
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
