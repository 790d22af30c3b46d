"""What is asked of somebody, as the values of a workbook template: labels, figures in their KPI's unit, live lights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from perfxl.core.language import COLON
from perfxl.core.policy import Policy
from perfxl.core.requests import JOBS, Job, Request
from perfxl.core.schema import Choice, choices
from perfxl.core.scoring.periods import attainment, light
from perfxl.core.scoring.scalar import is_date, number
from perfxl.core.values.text import NOT_APPLICABLE
from perfxl.exchange.figures import FORMATS, figure, result
from perfxl.exchange.provisional import Outlook
from perfxl.exchange.typed_figures import UNCLEAR, figure_formula
from perfxl.exchange.weight_check import Weights
from perfxl.workbook.cell_values import NOT_APPLICABLE_LABEL
from perfxl.workbook.template import Calculated, CellValue, Columns

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
) -> tuple[dict[str, CellValue], dict[str, Columns]]:
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
    rows: dict[str, Columns] = {}
    for name, asked in request.rows.items():
        rows[name] = _shown(JOBS[name], Columns([*asked]), policy, lang)
        done = len(asked) - [row.get(JOBS[name].needed) for row in asked].count(None)
        values |= {f"rows_{name}": len(asked), f"done_{name}": done, f"part_{name}": min(1.0, done / len(asked))}
    scales = (row.get("grades", ()) for row in request.rows.get("grades", ()))
    rows["choices"] = Columns(
        [{"grade": grade} for grade in dict.fromkeys(grade for scale in scales for grade, _ in scale)]
    )
    return values, rows | (outlook.rows(lang) if outlook else {})


def _shown(job: Job, rows: Columns, policy: Policy, lang: str) -> Columns:
    """The rows of a job as their cells show them; what depends on what was given comes first."""
    kinds = [*zip(map(bool, rows.column("percent")), _are_days(rows), strict=True)]
    if job.name == "targets":
        rows.put("difference", _differences(rows, kinds))
    elif job.name == "actuals":
        counts = _counts(rows)
        rows.put("figure", _counted(counts, kinds, lang))
        rows.put("light", _lights(rows, counts, policy))
    elif job.name == "grades":
        rows.put("sentences", [_sentences(grades, lang) for grades in rows.column("grades")])  # type: ignore[arg-type]
    is_plain = kinds.count((False, False)) == len(kinds)
    for name in _FIGURES:
        values, is_input = rows.column(name), name in job.inputs
        if values.count(None) < len(values) or (is_input and not is_plain):
            rows.put(name, [_figure(value, *kind, is_input) for value, kind in zip(values, kinds, strict=True)])
    for name in _CHOICES:
        values = rows.column(name)
        if values.count(None) < len(values):
            labels = _labels(name, lang)
            rows.put(name, [value if value is None else labels.get(value, value) for value in values])
    return rows


_Kind = tuple[bool, bool]
"""Whether a row's figures are percentages, and whether they are days."""


def _are_days(rows: Columns) -> Sequence[bool]:
    both: Iterable[Any] = zip(rows.column("target"), rows.column("value"), strict=True)
    return [isinstance(target, date) or isinstance(value, date) for target, value in both]


def _counts(rows: Columns) -> Sequence[Any]:
    """What was reported for each row, by itself or by its two parts."""
    given: Iterable[Any] = zip(*(rows.column(name) for name in ("value", "numerator", "denominator")), strict=True)
    return [over / under if value is None and over is not None and under else value for value, over, under in given]


def _figure(value: Any, percent: bool, day: bool, is_input: bool) -> Any:
    """A figure as its cell shows it; of what is not to be filled in blanks stay as they are."""
    if value is None:
        return figure(None, percent, day) if is_input else None
    return figure(value, percent) if isinstance(value, float) else value


@cache
def _labels(field: str, lang: str) -> Mapping[Any, str]:
    return {choice.name: choice.label(lang) for choice in _CHOICES[field]}


def _differences(rows: Columns, kinds: Sequence[_Kind]) -> Sequence[CellValue]:
    differences = list[CellValue]()
    both = zip(rows.column("proposal"), rows.column("forecast"), strict=True)
    for (proposal, forecast), (percent, _) in zip(both, kinds, strict=True):
        apart = number(proposal) - number(forecast)
        differences.append(Calculated(_APART, figure(round(apart, 10), percent) if apart == apart else ""))
    return differences


def _counted(counts: Sequence[Any], kinds: Sequence[_Kind], lang: str) -> Sequence[CellValue]:
    """What rows count as: a figure, that it is not applicable, or that it is neither."""
    formula, shown = figure_formula(lang), list[CellValue]()
    blanks = {kind: Calculated(formula, result("", *kind)) for kind in {*kinds}}
    for value, kind in zip(counts, kinds, strict=True):
        if isinstance(value, str):
            value = NOT_APPLICABLE_LABEL(lang) if value == NOT_APPLICABLE else UNCLEAR
        shown.append(blanks[kind] if value is None else Calculated(formula, result(value, *kind)))
    return shown


def _lights(rows: Columns, counts: Sequence[Any], policy: Policy) -> Sequence[CellValue]:
    """A live light where the period's target is a figure to be reached; by share of it, as the program has it."""
    green, amber, lights = policy["light_green"], policy["light_amber"], list[CellValue]()
    blanks = {sign: Calculated(_light_formula(sign, green, amber), LIGHTS[""]) for sign in (-1, 1)}
    given = zip(*(rows.column(name) for name in ("period_target", "direction", "method")), counts, strict=True)
    for aim, direction, method, value in given:
        target, actual, sign = number(aim), number(value), -1 if direction == "lower" else 1
        if target != target or not target or is_date(aim) or method in ("within", "milestone"):
            lights.append(None)
        elif actual != actual:
            lights.append(blanks[sign])
        else:
            known = LIGHTS[light(attainment(actual, target, sign), policy)]
            lights.append(Calculated(blanks[sign].formula, known))
    return lights


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
