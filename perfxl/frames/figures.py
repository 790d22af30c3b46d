"""Figures of pandas DataFrames as people type them, read as the cells of a workbook are."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from perfxl.core.checks.percents import COMPARED, FAR, FRACTION, Counting, Figure, is_far, without_sign
from perfxl.core.policy import DEFAULT_SCALE
from perfxl.core.problems import Problem, problem
from perfxl.core.rulebook import COLUMNS
from perfxl.core.scoring.scalar import LOWER, blank, read_direction
from perfxl.core.values.dates import serial
from perfxl.core.values.multiples import in_multiples, may_differ, multiple_of
from perfxl.core.values.numbers import MULTIPLIED, UNIT, parse_count, parse_figure
from perfxl.core.values.text import DASH_IS_BLANK, NOT_APPLICABLE
from perfxl.frames.events import column_name, column_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]


@dataclass
class Figures:
    """The figures of a frame's lines, column by column.

    values      numbers, NaN where there are none; dates as serial numbers
    unreadable  where something stands that is no number; dates, which of the numbers are dates
    labels      what stands for an actual that is no number
    marked, multiplied  the rows that were typed with a percent sign, or with a word for tens of thousands
    """

    values: dict[str, Floats] = field(default_factory=dict)
    unreadable: dict[str, Bools] = field(default_factory=dict)
    dates: dict[str, Bools] = field(default_factory=dict)
    labels: list[Any] = field(default_factory=list)
    marked: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    multiplied: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))


def read_figures(frame: pd.DataFrame) -> Figures:
    """Every figure of every line; 950万 in the unit of its KPI, where the column unit or the KPI's name gives it."""
    found = Figures(labels=[None] * len(frame))
    for name in COLUMNS.values():
        column = column_of(frame, name)
        if column.dtype.kind == "f":
            values = column.to_numpy(dtype=np.float64)
            infinite = np.isinf(values)
            if infinite.any():
                found.unreadable[name], values = infinite, np.where(infinite, np.nan, values)
            found.values[name] = values
        else:
            _read(found, name, column)
    for name, rows in found.multiplied.items():
        units, kpis = column_of(frame, "unit"), column_of(frame, "kpi")
        for row in sorted(rows):
            multiple = multiple_of(str(each) for each in (units.iloc[row], kpis.iloc[row]) if not blank(each))
            if multiple is not None:
                found.values[name][row] = in_multiples(float(found.values[name][row]), multiple)
                rows.discard(row)
    return found


def doubtful(frame: pd.DataFrame, found: Figures) -> dict[int, list[Problem]]:
    """What is wrong with the figures of a line though each can be read: a percent sign lost on one side, figures of two
    units; row -> problems."""
    doubts: dict[int, list[Problem]] = defaultdict(list)
    targets = found.values["target"]
    for column in COMPARED:
        if column_name(frame, column) is None:
            continue
        values = found.values[column]
        signs = found.marked[column] | found.marked["target"]
        words = found.multiplied[column] ^ found.multiplied["target"] if column == "actual" else set()
        rows = sorted({*_alike_as_percentages(values, targets), *_far(values, targets, signs), *words})
        if not rows:
            continue
        asked = [column_of(frame, name).iloc[rows].tolist() for name in (*_TOLD, column, "target")]
        for row, unit, kpi, direction, person, raw, raw_target in zip(rows, *asked, strict=True):
            value, target = float(values[row]), float(targets[row])
            if row in words and may_differ(target, value):
                doubts[row].append(problem("units_differ", table="contract_sheet", column=column, value=raw))
            if not is_far(value, target):
                continue
            unit, kpi, person = (None if blank(each) else each for each in (unit, kpi, person))
            lower = not blank(direction) and read_direction(direction) == LOWER
            figure, aim = Figure(value, row in found.marked[column]), Figure(target, row in found.marked["target"])
            lost = without_sign(figure, aim, Counting(unit, kpi, lower))
            if lost is not None:
                line = " · ".join(str(each) for each in (person, kpi) if each is not None)
                at, other = (column, aim) if lost is figure or not figure.marked else ("target", figure)
                shown = raw if at == column else raw_target
                told: dict[str, Any] = {"value": shown, "line": line, "other": other.text}
                doubts[row].append(problem("percent_lost", table="contract_sheet", column=at, **told))
    return dict(doubts)


_TOLD = ("unit", "kpi", "direction", "person")


def _alike_as_percentages(values: Floats, targets: Floats) -> list[int]:
    """Rows with a fraction beside what may be percent points, as far from each other as `is_far` says."""
    if not ((values <= FRACTION).any() or (targets <= FRACTION).any()):
        return []
    sizes, aims = np.abs(values), np.abs(targets)
    small, great = np.minimum(sizes, aims), np.maximum(sizes, aims)
    found = np.flatnonzero((small <= FRACTION) & (great > FRACTION))
    rows: list[int] = found[(small[found] > 0) & (great[found] >= FAR * small[found] * (1 - 1e-9))].tolist()
    return rows


def _far(values: Floats, targets: Floats, signs: set[int]) -> list[int]:
    """Of the rows with a percent sign those that are far from each other."""
    return [row for row in signs if is_far(float(values[row]), float(targets[row]))]


def _read(found: Figures, name: str, column: pd.Series[Any]) -> None:
    """The numbers of a column of anything, and what there was instead."""
    dates, texts = np.zeros(len(column), dtype=bool), np.zeros(len(column), dtype=bool)
    found.dates[name], found.unreadable[name] = dates, texts
    if column.dtype.kind in "iu":
        found.values[name] = column.to_numpy(dtype=np.float64)
        return
    numbers = found.values[name] = np.full(len(column), np.nan)
    for row, value in enumerate(column.tolist()):
        if isinstance(value, float) and isfinite(value):
            numbers[row] = value
        elif not blank(value) and value is not pd.NaT and value is not pd.NA:
            read = parse_figure(value, DEFAULT_SCALE)
            if read.problem == UNIT:  # 2次 is 2
                read = parse_count(value)
            if isinstance(read.value, float):
                numbers[row] = read.value
                if read.percent:
                    found.marked[name].add(row)
                if read.problem == MULTIPLIED:
                    found.multiplied[name].add(row)
            elif hasattr(read.value, "toordinal"):
                numbers[row], dates[row] = serial(read.value), True
            elif read.value is not None or read.problem not in ("", DASH_IS_BLANK):
                texts[row] = name != "actual" or read.value != NOT_APPLICABLE
                if name == "actual":
                    found.labels[row] = value if read.value is None else read.value
