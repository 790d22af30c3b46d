"""What is asked of somebody, as the values of a workbook template: labels, figures in their KPI's unit, live lights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from perfxl.core.language import COLON
from perfxl.core.policy import Policy
from perfxl.core.requests import JOBS, Request
from perfxl.core.schema import Choice, choices
from perfxl.core.scoring.periods import attainment, light
from perfxl.core.scoring.scalar import is_date, number
from perfxl.core.values.text import NOT_APPLICABLE
from perfxl.exchange.figures import FORMATS, figure, result
from perfxl.exchange.provisional import Outlook
from perfxl.exchange.typed_figures import UNCLEAR, figure_formula
from perfxl.exchange.weight_check import Weights
from perfxl.workbook.cell_values import NOT_APPLICABLE_LABEL
from perfxl.workbook.template import Calculated, CellValue

__all__ = ["FORMATS", "LIGHTS", "fill"]

LIGHTS = {"green": "●", "amber": "▲", "red": "■", "": ""}
"""How a light reads in a cell: by shape, since not everybody sees the colours."""

_FIGURES = ("target", "threshold", "challenge", "base", "period_target", "value", "proposal", "forecast", "agreed")
_APART = 'IF(AND(ISNUMBER({{proposal}}),ISNUMBER({{forecast}})),ROUND({{proposal}}-{{forecast}},10),"")'
_CHOICES: Mapping[str, Sequence[Choice]] = {
    "relation": choices.RELATION,
    "status": choices.STATUS,
    "direction": choices.DIRECTION,
    "aspect": choices.CATEGORY,
}


def fill(
    request: Request,
    policy: Policy,
    lang: str,
    period: str = "",
    due: date | None = None,
    outlook: Outlook | Weights | None = None,
) -> tuple[dict[str, CellValue], dict[str, list[dict[str, CellValue]]]]:
    """The values of one recipient's workbook.

    period   as people call what is asked for; due: by when
    outlook  the points and totals that follow what is typed, or whether weights sum

    Returns: values by field, and rows by job with those of `choices` for the dropdown of grades.
    """
    values: dict[str, CellValue] = {
        "recipient": request.recipient.name,
        "recipient_unit": request.recipient.unit,
        "period": period,
        "due": due.isoformat() if due else "",
    }
    rows: dict[str, list[dict[str, CellValue]]] = {}
    for name, asked in request.rows.items():
        rows[name] = [_shown(name, row, policy, lang) for row in asked]
        done = sum(row.get(JOBS[name].needed) is not None for row in asked)
        values |= {f"rows_{name}": len(asked), f"done_{name}": done, f"part_{name}": min(1.0, done / len(asked))}
    scales = (row.get("grades", ()) for row in request.rows.get("grades", ()))
    rows["choices"] = [{"grade": grade} for grade in dict.fromkeys(grade for scale in scales for grade, _ in scale)]
    return values, rows | (outlook.rows(lang) if outlook else {})


def _shown(job: str, row: Mapping[str, Any], policy: Policy, lang: str) -> dict[str, CellValue]:
    shown: dict[str, Any] = {**row}
    for name in _CHOICES:
        value = row.get(name)
        if value is not None:
            shown[name] = _labels(name, lang).get(value, value)
    percent, inputs = bool(row.get("percent")), JOBS[job].inputs
    day = isinstance(row.get("target"), date) or isinstance(row.get("value"), date)
    for name in _FIGURES:
        value = row.get(name)
        if value is None:
            if (percent or day) and name in inputs:
                shown[name] = figure(None, percent, day)
        elif isinstance(value, float):
            shown[name] = figure(value, percent)
    if job == "targets":
        apart = number(row["proposal"]) - number(row["forecast"])
        known = figure(round(apart, 10), percent) if apart == apart else ""
        shown["difference"] = Calculated(_APART, known)
    elif job == "actuals":
        value, over, under = row["value"], row["numerator"], row["denominator"]
        counts = over / under if value is None and over is not None and under else value
        shown["figure"] = Calculated(figure_formula(lang), _counted(counts, percent, day, lang))
        shown["light"] = _light(row, counts, policy)
    elif job == "grades":
        shown["sentences"] = _sentences(row["grades"], lang)
    return shown


@cache
def _labels(field: str, lang: str) -> Mapping[Any, str]:
    return {choice.name: choice.label(lang) for choice in _CHOICES[field]}


def _counted(value: Any, percent: bool, day: bool, lang: str) -> Any:
    """What a row counts as: a figure, that it is not applicable, or that it is neither."""
    if isinstance(value, str):
        value = NOT_APPLICABLE_LABEL(lang) if value == NOT_APPLICABLE else UNCLEAR
    return result("" if value is None else value, percent, day)


def _light(row: Mapping[str, Any], value: Any, policy: Policy) -> CellValue:
    """A live light where the period's target is a figure to be reached; by share of it, as the program has it."""
    target, actual = number(row["period_target"]), number(value)
    if target != target or not target or is_date(row["period_target"]) or row.get("method") in ("within", "milestone"):
        return None
    sign = -1 if row.get("direction") == "lower" else 1
    known = light(attainment(actual, target, sign), policy) if actual == actual else ""
    return Calculated(_light_formula(sign, policy["light_green"], policy["light_amber"]), LIGHTS[known])


@cache
def _light_formula(sign: int, green: float, amber: float) -> str:
    reached = (
        f"ROUND(100*(1{'+' if sign > 0 else '-'}({{{{figure}}}}-{{{{period_target}}}})/ABS({{{{period_target}}}})),10)"
    )
    return (
        f'IF(ISNUMBER({{{{figure}}}}),IF({reached}>={green:.15g},"{LIGHTS["green"]}",'
        f'IF({reached}>={amber:.15g},"{LIGHTS["amber"]}","{LIGHTS["red"]}")),"")'
    )


def _sentences(grades: Sequence[tuple[str, str]], lang: str) -> str:
    return "\n".join(f"{grade}{COLON(lang)}{sentence}" for grade, sentence in grades if sentence)
