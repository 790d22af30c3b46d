"""The tables beside the policy sheet: grades, category weights, days, step tables, grade scales, own methods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

from perfxl.core.policy import DEFAULT_BANDS, Band, Share
from perfxl.core.problems import Problem
from perfxl.core.records import Records, Tables
from perfxl.core.rulebook import built_in
from perfxl.core.table_access import columns_of, finding, rows_of
from perfxl.core.values.calendar import serial
from perfxl.core.weights.checks import judge_category_weights

# The greatest that points can be when they were typed as 1 for 100%.
_FRACTION = 1.0


def read_tables(book: Tables, values: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """The fields of Policy that stand in tables of their own. Of rows with the same key the first holds; the
    duplicates check names the others."""
    problems: list[Problem] = []
    off, on = _days(book, values, problems)
    fields = {
        "bands": _bands(book, problems),
        "category_weights": _category_weights(book, problems),
        "off": off,
        "on": on,
        "steps": _steps(book, problems),
        "scales": _scales(book, problems),
        "methods": _methods(book, problems),
    }
    return fields, problems


class _Row(NamedTuple):
    row: int
    band: Band


def _bands(book: Tables, problems: list[Problem]) -> tuple[Band, ...]:
    records = rows_of(book, "grade_bands")
    if records is None:
        return DEFAULT_BANDS
    rows: dict[str, _Row] = {}
    for i, grade, lower, coefficient in columns_of(records, "grade", "lower", "coefficient"):
        if grade is not None and lower is not None:
            rows.setdefault(grade, _Row(i, Band(grade, lower, coefficient)))
    if not rows:
        problems.append(
            finding("grades_unusable", records, 0, "lower", grades="、".join(band.grade for band in DEFAULT_BANDS))
        )
        return DEFAULT_BANDS
    problems += _judge_bands(records, list(rows.values()))
    return tuple(sorted((row.band for row in rows.values()), key=lambda band: -band.lower))


def _judge_bands(records: Records, rows: list[_Row]) -> Iterator[Problem]:
    bounds: dict[float, str] = {}
    for i, band in rows:
        other = bounds.setdefault(band.lower, band.grade)
        if other != band.grade:
            yield finding("grades_same_bound", records, i, "lower", grade=band.grade, other=other)
    falling = rows[0].band.lower >= rows[-1].band.lower
    for before, after in pairwise(rows):
        if before.band.lower != after.band.lower and (before.band.lower > after.band.lower) is not falling:
            grades = {"grade": after.band.grade, "other": before.band.grade}
            yield finding("grades_out_of_order", records, after.row, "lower", bound=before.band.lower, **grades)
    best_first = sorted(rows, key=lambda row: -row.band.lower)
    paid = [row for row in best_first if row.band.coefficient is not None]
    for better, worse in pairwise(paid):
        if worse.band.coefficient > better.band.coefficient:  # type: ignore[operator]  # None was left out
            grades = {"grade": worse.band.grade, "other": better.band.grade}
            yield finding(
                "grade_coefficient_rises", records, worse.row, "coefficient", best=better.band.coefficient, **grades
            )
    lowest = best_first[-1]
    if lowest.band.lower > 0:
        yield finding("lowest_grade_unbounded", records, lowest.row, "lower", grade=lowest.band.grade)


def _category_weights(book: Tables, problems: list[Problem]) -> dict[str, dict[str, Share]]:
    records = rows_of(book, "category_weights")
    if records is None:
        return {}
    shares: dict[str, dict[str, Share]] = {}
    rows: dict[tuple[str, str], int] = {}
    incomplete = set()
    columns = ("post_type", "category", "weight", "lower", "upper")
    for i, post_type, category, weight, lower, upper in columns_of(records, *columns):
        if post_type is None:
            continue
        if category is None or weight is None:
            incomplete.add(post_type)
            continue
        share = Share(weight, lower, upper)
        if shares.setdefault(post_type, {}).setdefault(category, share) is share:
            rows[post_type, category] = i
            problems += _judge_share(records, i, share)
    for post_type, of_type in shares.items():
        if post_type not in incomplete:
            problems += _judge_sum(records, post_type, of_type, rows)
    return shares


def _judge_share(records: Records, i: int, share: Share) -> Iterator[Problem]:
    weight, lower, upper = share
    low = lower if lower is not None else 0.0
    high = upper if upper is not None else 100.0
    post_type = records.column("post_type")[i]
    if low > high:
        yield finding(
            "category_limits_reversed",
            records,
            i,
            "lower" if lower is not None else "upper",
            subject=post_type,
            upper=high,
        )
    elif weight >= 0 and not low <= weight <= high:
        yield finding("category_weight_out_of_range", records, i, "weight", subject=post_type, lower=low, upper=high)


def _judge_sum(
    records: Records, post_type: str, shares: Mapping[str, Share], rows: Mapping[tuple[str, str], int]
) -> Iterator[Problem]:
    _, found = judge_category_weights({category: share.weight for category, share in shares.items()})
    first = next(iter(shares))
    for each in found:
        row = rows[post_type, each.details["category"] or first]
        yield replace(each, address=records.address(row, "weight"), details={**each.details, "subject": post_type})


def _days(
    book: Tables, values: Mapping[str, Any], problems: list[Problem]
) -> tuple[tuple[date, ...], tuple[date, ...]]:
    records = rows_of(book, "holidays")
    days: dict[str, list[date]] = {"off": [], "work": []}
    for i, day, kind in columns_of(records, "date", "kind") if records else ():
        if day is None or kind is None:
            continue
        days[kind].append(day)
        if kind == "work" and day.weekday() < 5 and records:
            problems.append(finding("workday_is_weekday", records, i, "kind", date=day))
    if values["milestone_days"] == "working" and not days["off"] and "holidays" in book:
        problems.append(finding("holidays_missing", book["holidays"], 0, "date"))
    return tuple(days["off"]), tuple(days["work"])


def _steps(book: Tables, problems: list[Problem]) -> dict[str, tuple[tuple[float, float], ...]]:
    records = rows_of(book, "step_tables")
    if records is None:
        return {}
    tables: dict[str, dict[float, tuple[int, float]]] = {}
    kinds: dict[str, type] = {}
    for i, table, at, points in columns_of(records, "table", "at", "points"):
        if table is None or at is None or points is None:
            continue
        if not isinstance(at, date | float | int):
            problems.append(finding("step_bound_unreadable", records, i, "at", subject=table))
            continue
        kind = date if isinstance(at, date) else float
        if kinds.setdefault(table, kind) is not kind:
            problems.append(finding("step_bounds_mixed", records, i, "at", subject=table))
            continue
        place = serial(at) if isinstance(at, date) else float(at)
        tables.setdefault(table, {}).setdefault(place, (i, _points(records, i)))
    for table, steps in tables.items():
        problems += _judge_steps(records, table, steps)
        problems += _judge_points(records, table, dict(steps.values()))
    return {table: tuple((at, points) for at, (_, points) in steps.items()) for table, steps in tables.items()}


def _judge_steps(records: Records, table: str, steps: Mapping[float, tuple[int, float]]) -> Iterator[Problem]:
    """From one end to the other the points only rise, or only fall; which end is best, the KPI's direction says."""
    ordered = [steps[at] for at in sorted(steps)]
    rising = ordered[-1][1] >= ordered[0][1]
    for (_, before), (i, after) in pairwise(ordered):
        if (after < before) if rising else (after > before):
            yield finding("step_points_unordered", records, i, "points", subject=table, before=before)


def _scales(book: Tables, problems: list[Problem]) -> dict[str, dict[str, float]]:
    records = rows_of(book, "grade_tables")
    if records is None:
        return {}
    scales: dict[str, dict[str, float]] = {}
    rows: dict[str, dict[int, float]] = {}
    for i, scale, grade, points in columns_of(records, "scale", "grade", "points"):
        if scale is None or grade is None or points is None:
            continue
        value = _points(records, i)
        scales.setdefault(scale, {}).setdefault(grade, value)
        rows.setdefault(scale, {})[i] = value
    for scale, points_by_row in rows.items():
        problems += _judge_points(records, scale, points_by_row)
    return scales


def _points(records: Records, i: int) -> float:
    """Points are also written as percentages: 优 100%."""
    points = float(records.columns["points"][i])
    return points * 100 if i in records.percent.get("points", ()) else points


def _judge_points(records: Records, name: str, points_by_row: Mapping[int, float]) -> Iterator[Problem]:
    best = max(points_by_row.values())
    if len(points_by_row) > 1 and 0 < best <= _FRACTION:
        yield finding("step_points_as_fraction", records, next(iter(points_by_row)), "points", subject=name, best=best)


def _methods(book: Tables, problems: list[Problem]) -> dict[str, str]:
    """Their formulas are judged by the rule book."""
    records = rows_of(book, "methods")
    methods: dict[str, str] = {}
    for i, name, formula in columns_of(records, "method", "formula") if records else ():
        if name is None or formula is None:
            continue
        if name.strip().lower() in built_in() and records:
            problems.append(finding("own_method_name_taken", records, i, "method"))
        else:
            methods.setdefault(name, formula)
    return methods
