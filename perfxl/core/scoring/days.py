"""Days between dates for arrays: the same counts as core/values/dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from perfxl.core.policy import Policy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class DayArrays:
    """Days after `first` up to and with `last`; 0 where last is not later, NaN where either is blank."""

    def __init__(self, policy: Policy) -> None:
        self.days = policy.days()
        self.off, self.on = np.array(self.days.off), np.array(self.days.on)

    def between(self, first: Any, last: Any) -> Floats:
        span = np.subtract(last, first)
        if self.days.working:
            weekdays = _weekdays_through(last) - _weekdays_through(first)
            span = np.where(np.isnan(span), np.nan, weekdays - _within(self.off, first, last))
            span = span + _within(self.on, first, last)
        return np.where(np.greater(last, first), span, np.where(np.isnan(span), np.nan, 0.0))


def _weekdays_through(day: Any) -> Floats:
    weeks, rest = np.divmod(np.floor(day) - 1, 7)
    return np.asarray(weeks * 5 + np.minimum(rest, 5))


def _within(days: Any, first: Any, last: Any) -> Any:
    return np.searchsorted(days, last, side="right") - np.searchsorted(days, first, side="right")
