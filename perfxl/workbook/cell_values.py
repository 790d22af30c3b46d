"""How values show in cells: labels for canonical names, number formats that hide no digit, KPIs in % as such."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from math import isfinite
from typing import Any, NamedTuple

from xlsxwriter.format import Format

from perfxl.core.language import Text
from perfxl.core.records import Records, Tables
from perfxl.core.schema import Choice, Column, Type
from perfxl.core.values.numbers import is_percent
from perfxl.core.values.text import NOT_APPLICABLE
from perfxl.workbook.style import DATE_FORMAT, RESULT, TEXT_FORMAT, Formats

NOT_APPLICABLE_LABEL = Text("不适用", NOT_APPLICABLE)
_YES, _NO = Text("是", "yes"), Text("否", "no")

_MOST_DECIMALS = 6
_CENTRED = {Type.DATE, Type.CHOICE, Type.PERIOD, Type.BOOL}
_LEFT, _RIGHT = {"align": "left", "indent": 1}, {"align": "right", "indent": 1}
_CENTRE = {"align": "center", "indent": 0}
_NUMBERS = {Type.NUMBER, Type.INTEGER, Type.COUNT, Type.POINTS}
_AS_TEXT = {Type.TEXT, Type.REF, Type.PERIOD, Type.CHOICE, Type.BOOL}


class StyledCell(NamedTuple):
    """What a record's value shows as: text, number, date or blank, and how it looks."""

    value: str | float | date | None
    format: Format


# Whether a figure shows as a percentage, and to how many decimals at least.
FigureUnit = tuple[bool, int]
_PLAIN: FigureUnit = (False, 0)


def column_format(formats: Formats, column: Column) -> Format:
    """The format of a column's blank cells: what is typed there stays what it is (ids keep their leading zeros)."""
    return formats(**_properties(column))


def cell_maker(
    formats: Formats, column: Column, lang: str, computed: bool = False, least_decimals: int = 0
) -> Callable[[Any, Any], StyledCell]:
    """How a value of this column, with its FigureUnit where it has one, becomes a cell."""
    usual: FigureUnit = (False, least_decimals)
    labels = {choice.name: choice.label(lang) for choice in column.choices}
    look = _properties(column) | ({"bg_color": RESULT} if computed else {})
    numbers: dict[str, Format] = {}

    def cell(value: Any, unit: FigureUnit | None) -> StyledCell:
        if isinstance(value, float):  # the many different ones
            shown = number_format(value, unit or usual)
            number = numbers.get(shown)
            if number is None:
                number = numbers[shown] = value_cell(formats, value, lang, look, unit or usual).format
            return StyledCell(value, number)
        return value_cell(formats, labels.get(value, value), lang, look, unit or usual)

    return cell


def value_cell(
    formats: Formats, value: Any, lang: str, look: Mapping[str, Any], unit: FigureUnit | None = None
) -> StyledCell:
    """The cell of one value, by what it is."""
    if isinstance(value, bool):
        value = (_YES if value else _NO)(lang)
    if isinstance(value, int | float):
        shown = number_format(value, unit or _PLAIN)
        return StyledCell(value, formats.bordered(**{**look, **_RIGHT, "num_format": shown, "text_wrap": False}))
    if isinstance(value, date):
        return StyledCell(value, formats.bordered(**{**look, **_CENTRE, "num_format": DATE_FORMAT}))
    if value == NOT_APPLICABLE:
        value = NOT_APPLICABLE_LABEL(lang)
    return StyledCell(None if value is None else str(value), formats.bordered(**look))


def number_format(value: float, unit: FigureUnit) -> str:
    """A format that shows the number with its thousands and all its decimals."""
    percent, least = unit
    decimals = max(decimals_of(value * 100 if percent else value), least)
    return f"#,##0{'.' + '0' * decimals if decimals else ''}{'%' if percent else ''}"


def decimals_of(value: float) -> int:
    """How many decimals it takes to show the number."""
    digits = f"{value:.{_MOST_DECIMALS}f}".rstrip("0")
    return len(digits) - digits.index(".") - 1 if isfinite(value) else 0


def label(choices: Sequence[Choice], name: Any, lang: str) -> Any:
    """The label of a canonical name; what is none of the choices stays as it is."""
    for choice in choices if name is not None else ():
        if choice.name == name:
            return choice.label(lang)
    return name


def figure_units(records: Records, tables: Tables) -> list[FigureUnit] | None:
    """For each record, how its KPI's figures show; None where the table's figures belong to no KPI."""
    of_kpi = _by_kpi(tables)
    name = records.table.name
    if name == "step_tables":
        of_kpi, key = _by_step_table(tables), "table"
    elif "kpi" in records.table:
        key = "kpi"
    else:
        return None
    return [of_kpi.get(value, (False, 0)) for value in records.column(key)]


def _by_kpi(tables: Tables) -> dict[Any, FigureUnit]:
    if "kpis" not in tables:
        return {}
    kpis = tables["kpis"]
    rows = zip(kpis.column("kpi"), kpis.column("unit"), kpis.column("decimals"), strict=True)
    return {kpi: (is_percent(unit), _decimals(decimals)) for kpi, unit, decimals in rows}


def _by_step_table(tables: Tables) -> dict[Any, FigureUnit]:
    if "kpis" not in tables:
        return {}
    of_kpi = _by_kpi(tables)
    kpis = tables["kpis"]
    pairs = zip(kpis.column("kpi"), kpis.column("steps"), strict=True)
    return {steps: of_kpi[kpi] for kpi, steps in pairs if steps is not None}


def _decimals(value: Any) -> int:
    return min(max(int(value), 0), _MOST_DECIMALS) if isinstance(value, int | float) else 0


def _properties(column: Column) -> dict[str, Any]:
    look: dict[str, Any] = dict(_LEFT)
    if column.type in _CENTRED:
        look = {"align": "center"}
    elif column.type in _NUMBERS:
        look = dict(_RIGHT)
    if column.type is Type.DATE:
        look["num_format"] = DATE_FORMAT
    elif column.type in _AS_TEXT:
        look["num_format"] = TEXT_FORMAT
    if column.type is Type.TEXT:
        look["text_wrap"] = True
    return look
