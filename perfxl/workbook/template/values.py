"""Values as cells of a filled template: text stays text, figures keep the look that the template gives them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from math import isfinite
from typing import NamedTuple

from perfxl.ooxml.text import xml_text

__all__ = ["DATES", "Calculated", "CellValue", "Figure", "Look", "cell_tail", "plain_text", "result_tail"]


class Figure(NamedTuple):
    """A number, none yet, or a text in its place, with a format of its own, such as 0.0%: KPIs of one column differ in
    their units, and what is typed later is shown as the number would be."""

    value: float | str | None
    format: str


class Calculated(NamedTuple):
    """A formula of one row, from the rule book and never from a cell. In it {{field}} is the row's cell of that field,
    {{field:2:5}} those of the third to the sixth record, {{table.field}} all cells of another table's field, and
    {{table.field:2:5}} some of them. `value` is its result, None where it is not known; it is all that is written where
    the template does not show one of these fields."""

    formula: str
    value: str | float | Figure | None = None


DATES = "yyyy-mm-dd"
"""The number format of dates, where the template knows it."""

CellValue = Calculated | str | bool | int | float | datetime.date | Figure | None

_EPOCHS = {False: datetime.date(1899, 12, 30), True: datetime.date(1904, 1, 1)}


class Look(NamedTuple):
    """How a cell's values look: its style as the file's attribute, others by number format, and the workbook's
    calendar."""

    style: str
    by_format: Mapping[str, str]
    since_1904: bool
    prefix: str  # of the namespace, with its colon


def cell_tail(value: CellValue, look: Look) -> str:
    """What follows `<c r="A1"`: the style, and the value; an infinite number is shown as text."""
    style = look.style
    if isinstance(value, Calculated):
        value = value.value
    if isinstance(value, Figure):
        style, value = look.by_format.get(value.format, style), value.value
    elif isinstance(value, datetime.date):
        style = look.by_format.get(DATES, style)
    if value is None or value == "":
        return f"{style}/>"
    prefix = look.prefix
    if isinstance(value, str):
        text = f'<{prefix}t xml:space="preserve">{xml_text(value)}</{prefix}t>'
        return f'{style} t="inlineStr"><{prefix}is>{text}</{prefix}is></{prefix}c>'
    kind, shown = _stored(value, look.since_1904)
    return f"{style}{kind}><{prefix}v>{shown}</{prefix}v></{prefix}c>"


def result_tail(value: CellValue, since_1904: bool, prefix: str) -> tuple[str, str]:
    """The type and the stored value of a formula whose result is known; blanks where it is not."""
    if isinstance(value, Calculated):
        value = value.value
    if isinstance(value, Figure):
        value = value.value
    if value is None:
        return "", ""
    if isinstance(value, str):
        return ' t="str"', f"<{prefix}v>{xml_text(value)}</{prefix}v>"
    kind, shown = _stored(value, since_1904)
    return kind, f"<{prefix}v>{shown}</{prefix}v>"


def plain_text(value: CellValue) -> str:
    """A value in the middle of a text."""
    if isinstance(value, Calculated):
        value = value.value
    if isinstance(value, Figure):
        if not isinstance(value.value, float):
            return value.value or ""
        percent = value.format.endswith("%")
        return f"{value.value * 100:.12g}%" if percent else f"{value.value:.12g}"
    if isinstance(value, float):
        return f"{value:.12g}"
    return "" if value is None else str(value)


def _stored(value: bool | int | float | datetime.date, since_1904: bool) -> tuple[str, str]:
    if isinstance(value, bool):
        return ' t="b"', str(int(value))
    if isinstance(value, datetime.date):
        day = value.date() if isinstance(value, datetime.datetime) else value
        return "", str((day - _EPOCHS[since_1904]).days)
    if not isfinite(value):
        return ' t="e"', "#NUM!"
    return "", repr(value)
