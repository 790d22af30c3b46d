"""Periods by their canonical text ("2025", "2025H1", "2025Q1", "2025-01"): which kind, from which day to which."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import NamedTuple

# Kinds of schema/choices.PERIOD_KIND, finest first, with their length in months.
MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_MARKS = {"-": "month", "Q": "quarter", "H": "half"}


class Span(NamedTuple):
    """First and last day, both inside."""

    start: date
    end: date

    def overlaps(self, other: Span) -> bool:
        return self.start <= other.end and other.start <= self.end

    def inside(self, other: Span) -> bool:
        return other.start <= self.start and self.end <= other.end


def period_kind(period: str) -> str:
    return _MARKS[period[4]] if len(period) > 4 else "year"


@lru_cache(maxsize=4096)
def period_span(period: str) -> Span:
    """The days of a canonical period."""
    from calendar import monthrange  # here, since it loads locale and worksheet functions start with Excel

    year, months = int(period[:4]), MONTHS[period_kind(period)]
    first = (int(period[5:]) - 1) * months + 1 if len(period) > 4 else 1
    last = first + months - 1
    return Span(date(year, first, 1), date(year, last, monthrange(year, last)[1]))
