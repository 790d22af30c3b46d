"""What is read ahead of the other sheets, as it says how they are meant: the company's own KPI categories, whose names
stand on all of them, and the program's period, which gives "4月" and 一季度 their year."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from perfxl.core.policy_reading import setting_of
from perfxl.core.schema.categories import USUAL, Categories, list_categories
from perfxl.core.values.dates import Span, parse_date, span
from perfxl.core.values.numbers import parse_number
from perfxl.core.values.text import parse_bool, parse_text
from perfxl.tables.grid import Grid
from perfxl.tables.headers import Header


def find_categories(sheets: Iterable[tuple[Grid, Header]]) -> Categories:
    """From the sheet of categories; the usual ones where there is none or it is empty."""
    rows = []
    for sheet, header in sheets:
        if header.table.name == "categories":
            at = {column: place for place, column in header.columns.items()}
            for row in sheet.rows[header.row + header.height :]:
                rows.append((_read(row, at, "category"), _read(row, at, "english"), _place(row, at), _money(row, at)))
    return list_categories(rows) if rows else USUAL


def _read(row: list[Any], at: dict[str, int], column: str) -> Any:
    return parse_text(row[at[column]]).value if column in at else None


def _place(row: list[Any], at: dict[str, int]) -> Any:
    return parse_number(row[at["place"]]).value if "place" in at else None


def _money(row: list[Any], at: dict[str, int]) -> Any:
    return parse_bool(row[at["financial"]]).value if "financial" in at else None


_ENDS = ("period_start", "period_end")


def find_program_period(sheets: Iterable[tuple[Grid, Header]]) -> Span | None:
    """From the first sheet of settings that gives both days; None where none does."""
    for sheet, header in sheets:
        at = {column: place for place, column in header.columns.items()}
        if header.table.name != "policy" or not {"key", "value"} <= at.keys():
            continue
        days: dict[str, date] = {}
        for row in sheet.rows[header.row + header.height :]:
            setting = setting_of(row[at["key"]]) if row[at["key"]] != "" else None
            day = parse_date(row[at["value"]]).value if setting and setting.name in _ENDS else None
            if setting and isinstance(day, date):
                days.setdefault(setting.name, day)
        if len(days) == len(_ENDS):
            return span(*(days[name] for name in _ENDS))
    return None
