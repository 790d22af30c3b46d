"""What the points, weighted scores and attainment that a table shows say of how its figures are scored.

The default method counts where it gives what is shown; where it does so one way up only, that way is better; where it
does not, what is shown is what people gave.
"""

from __future__ import annotations

from collections.abc import Sequence

from perfxl.core.cells import column_letter
from perfxl.core.records import Records
from perfxl.tables.contract_rows import ContractRows
from perfxl.tables.evidence import number_in
from perfxl.tables.forms import Form
from perfxl.tables.notation.names import direction_of_name, is_open_name

_NEAR = 0.051  # a figure shown with one decimal
_AS_FRACTION, _ROUNDED = 3.0, 0.0051  # 0.91 is 91%


def ways_of(actual: float, target: float, points: float, near: float = _NEAR) -> list[str]:
    """Which way is better, so that the points are what the default method gives; none where they are not."""
    off = (actual - target) / abs(target)
    return [way for way, sign in (("higher", 1), ("lower", -1)) if abs(100 * (1 + sign * off) - points) < near]


def take_weighted(records: Records, ruled: Sequence[bool], marked: bool) -> None:
    """A weighted score that the default method gives neither way up makes the points that people gave; so does one of
    a line that has no figure for its target, or 0, unless marks stand beside it.

    marked  whether the table has columns of marks
    """
    names = ("points", "weighted", "weight", "actual", "target", "method")
    rows = list(zip(*(records.column(name) for name in names), strict=True))
    made = [points for points, *_ in rows]
    for place, (points, weighted, weight, actual, target, method) in enumerate(rows):
        if points is None and not (method or ruled[place]) and _is_scored(actual, target) and weighted and weight:
            ways = _ways_of_weighted(actual, target, weighted, weight)
            made[place] = None if ways else round(weighted / weight * 100, 2)
        elif points is None and not (method or ruled[place] or marked) and weighted is not None and weight:
            made[place] = None if _is_scored(actual, target) else round(weighted / weight * 100, 2)
    if made != [points for points, *_ in rows]:
        records.columns["points"] = made
        records.letters.setdefault("points", records.letters["weighted"])


def take_directions(records: Records, read: ContractRows, form: Form, settled: Sequence[bool]) -> None:
    """Points or attainment that come out one way only say which way is better, where the name says another or none.

    settled  rows that are scored otherwise
    """
    names = ("direction", "points", "weighted", "weight", "actual", "target", "method")
    rows = list(zip(*(records.column(name) for name in names), strict=True))
    found = [given for given, *_ in rows]
    rate_at, names_of = form.reading.at("attainment"), records.column("kpi")
    for place, (given, points, weighted, weight, actual, target, method) in enumerate(rows):
        if given or settled[place] or method or not _is_scored(actual, target):
            continue
        ways: list[str] = []
        if points is not None:
            ways = ways_of(actual, target, points)
        elif weighted and weight:
            ways = _ways_of_weighted(actual, target, weighted, weight)
        elif rate_at is not None:
            ways = _ways_of_rate(actual, target, number_in(read.rows[place][1][rate_at]))
        name = names_of[place] or ""
        assumed = None if is_open_name(name) else direction_of_name(name)[0] or "higher"
        found[place] = ways[0] if len(ways) == 1 and ways[0] != assumed else None
    if found != [given for given, *_ in rows]:
        records.columns["direction"] = found
        records.letters.setdefault("direction", records.letters.get("target", column_letter(min(form.block.texts))))


def _is_scored(actual: object, target: object) -> bool:
    return isinstance(actual, float) and isinstance(target, float) and target != 0


def _ways_of_weighted(actual: float, target: float, weighted: float, weight: float) -> list[str]:
    return ways_of(actual, target, weighted / weight * 100, 100 * _NEAR / weight)


def _ways_of_rate(actual: float, target: float, rate: float | None) -> list[str]:
    """Attainment is actual by target, or, where less is better, one of two ways up."""
    if rate is None or target <= 0 or actual <= 0 or actual == target:
        return []
    shown = rate if rate < _AS_FRACTION else rate / 100
    fits = {"higher": (actual / target,), "lower": (2 - actual / target, target / actual)}
    return [way for way, rates in fits.items() if any(abs(each - shown) <= _ROUNDED for each in rates)]
