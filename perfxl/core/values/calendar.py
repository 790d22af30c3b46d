"""Days between dates, calendar or working, with the make-up working weekends of the Chinese calendar."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta

from perfxl.core.policy import Policy

_ORIGIN = date(1899, 12, 30)  # Excel's day 0 for every date after February 1900
_MONDAY = 2  # serial 2 is Monday, 1 January 1900


def serial(day: date) -> float:
    """Excel's serial number of a date."""
    return float((day - _ORIGIN).days)


def from_serial(number: float) -> date:
    return _ORIGIN + timedelta(days=int(number))


class Days:
    """Counts the days after `first` up to and with `last` under a policy; 0 where last is not later.

    off, on   serials of weekdays off and of weekend days worked, sorted; empty when calendar days count
    """

    def __init__(self, policy: Policy) -> None:
        self.working = policy["milestone_days"] == "working"
        self.off = sorted(serial(day) for day in set(policy.off) if day.weekday() < 5) if self.working else []
        self.on = sorted(serial(day) for day in set(policy.on) if day.weekday() >= 5) if self.working else []

    def between(self, first: float, last: float) -> float:
        if not last > first:
            return 0.0
        if not self.working:
            return last - first
        weekdays = _weekdays_through(last) - _weekdays_through(first)
        return float(weekdays - _within(self.off, first, last) + _within(self.on, first, last))


def _weekdays_through(day: float) -> int:
    """Monday to Friday among the serials 2..day."""
    weeks, rest = divmod(int(day) - _MONDAY + 1, 7)
    return weeks * 5 + min(rest, 5)


def _within(days: Sequence[float], first: float, last: float) -> int:
    return bisect_right(days, last) - bisect_right(days, first)
