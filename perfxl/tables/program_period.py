"""The program's period, read ahead of the other sheets: it gives "4月" and 一季度 their year."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from perfxl.core.policy_reading import setting_of
from perfxl.core.values.dates import Span, parse_date, span
from perfxl.tables.grid import Grid
from perfxl.tables.headers import Header


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


_ENDS = ("period_start", "period_end")
