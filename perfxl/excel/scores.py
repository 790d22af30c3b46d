"""Tables of lines for the worksheet functions: every line of a range with its score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from importlib.util import find_spec
from typing import Any

from perfxl.core.checks.percents import COMPARED, Counting, is_far, lost_in_row
from perfxl.core.problems import Problem, Severity, problem
from perfxl.core.records import Records
from perfxl.core.scoring.scalar import LOWER, LineScore, read_direction
from perfxl.excel.cells import Rows
from perfxl.excel.lines import FIGURE_COLUMNS, reject_unreadable, score
from perfxl.excel.ranges import Range, read_table
from perfxl.excel.settings import PolicyRanges
from perfxl.tables.row_kpi import category_of, default_method, direction_of, kind_of

SCORED_BY = ("method", "direction", *FIGURE_COLUMNS, "floor", "cap", "steps", "scale")
# From this many lines on, NumPy is worth its start.
_MANY = 400
_COUNTED = ("unit", "direction")
_PLAINEST = "ratio"

_Unreadable = Mapping[int, Mapping[str, Problem]]  # by line and column: cells that cannot be read


@dataclass
class ScoredTable:
    """The lines of a range with their scores; `kpis`, `people`, `weights` and `categories` by line."""

    range: Range
    settings: PolicyRanges
    scores: list[LineScore]
    kpis: list[str]
    people: list[str]
    weights: list[float]
    categories: list[str]

    @cached_property
    def lines_of(self) -> dict[str, list[int]]:
        """The lines of each person, in order of appearance."""
        lines: dict[str, list[int]] = {}
        for i, person in enumerate(self.people):
            lines.setdefault(person, []).append(i)
        return lines

    def doubts(self, i: int) -> list[Problem]:
        """What is wrong with the figures of a line though each can be read: of two units, a percent sign lost."""
        found = [about for about in self.range.doubts.get(i, ()) if about.severity is Severity.ERROR]
        if i not in self._far_apart:
            return found
        records, kpi = self.range.records, self.kpis[i]
        line = " · ".join(part for part in (self.people[i], kpi) if part)
        unit, direction = (records.columns[name][i] if name in records.columns else None for name in _COUNTED)
        for column, other in lost_in_row(records, i, Counting(unit, kpi, read_direction(direction) == LOWER)):
            details: dict[str, Any] = {"value": records.columns[column][i], "line": line, "other": other}
            found.append(problem("percent_lost", records.address(i, column), column=column, **details))
        return found

    @cached_property
    def _far_apart(self) -> set[int]:
        """The lines with a figure far from its target: few are."""
        columns, targets = self.range.records.columns, self.range.records.column("target")
        compared = [columns[name] for name in COMPARED if name in columns]
        return {i for values in compared for i, each in enumerate(zip(values, targets, strict=True)) if is_far(*each)}

    def in_full(self) -> list[LineScore]:
        """The scores with the figures behind them, which a large table is scored without."""
        errors = {i: self.range.errors(i) for i in self.range.findings}
        return _score_one_by_one(self.range.records, errors, self.settings)


def score_table(rows: Rows, settings: PolicyRanges) -> ScoredTable:
    """Every line of a range. Lines without a method take the plainest one, as a lone sheet's do."""
    table = read_table("contract_sheet", rows, labels=settings.labels)
    records = table.records
    _fill_in(records)
    unreadable = {i: errors for i in table.findings if (errors := table.errors(i))}
    for i, errors in unreadable.items():
        for column in errors:
            if column in SCORED_BY:  # unreadable is not blank
                records.columns[column][i] = str(errors[column].value)
    by_numpy = len(records) >= _MANY and _has_numpy()
    return ScoredTable(
        table,
        settings,
        (_score_with_numpy if by_numpy else _score_one_by_one)(records, unreadable, settings),
        [str(kpi or "") for kpi in records.column("kpi")],
        [str(person or name or "") for person, name in zip(*map(records.column, ("person", "name")), strict=True)],
        [0.0 if w is None else float(w) for w in records.column("weight")],
        [category_of(c) or "" for c in records.column("category")],
    )


def _fill_in(records: Records) -> None:
    """Methods and directions that are not settings, by the same reading as for a lone sheet. A rule in words, which
    files read and functions do not, stands for the method: it is one's name, or no method that is known."""
    names = ("kind", "kpi", "weight", "category", "direction", "target", "threshold", "challenge", "actual", "rule")
    columns = [records.column(name) for name in names]
    methods, directions = list(records.column("method")), list(records.column("direction"))
    for i, (method, direction) in enumerate(zip(methods, directions, strict=True)):
        if method is not None and direction is not None:
            continue
        row = dict(zip(names, [column[i] for column in columns], strict=True))
        if method is None:
            methods[i] = default_method(row, kind_of(row))
            if row["rule"] is not None and methods[i] == _PLAINEST:
                methods[i] = row["rule"]
        if direction is None:
            directions[i] = direction_of(row, str(row["kpi"] or "").lstrip("*★☆ "))[0]
    records.columns["method"], records.columns["direction"] = methods, directions


def _score_one_by_one(records: Records, unreadable: _Unreadable, settings: PolicyRanges) -> list[LineScore]:
    columns = {name: records.columns[name] for name in SCORED_BY if name in records.columns}
    plain = not unreadable and not any(date in set(map(type, column)) for column in columns.values())
    scores, scorer, names = [], settings.scorer, tuple(columns)
    known = settings.known_scores(names)
    for i, cells in enumerate(zip(*columns.values(), strict=True)):
        line_score = known.get(cells)
        if line_score is None:
            line_score = known[cells] = scorer.score(dict(zip(names, cells, strict=True)))
        if not plain:
            line_score = reject_unreadable(line_score, dict(zip(names, cells, strict=True)), unreadable.get(i, {}))
        scores.append(line_score)
    return scores


def _score_with_numpy(records: Records, unreadable: _Unreadable, settings: PolicyRanges) -> list[LineScore]:
    """With NumPy; lines that are not plainly scored are looked at one by one, for the reason."""
    from perfxl.core.scoring.vector import STATUSES, Lines, score_lines

    columns = {name: records.column(name) for name in SCORED_BY}
    batch = score_lines(Lines.of(columns, columns["actual"]), settings.policy)
    dates = {
        i for column in FIGURE_COLUMNS for i, v in enumerate(records.columns.get(column, ())) if isinstance(v, date)
    }
    scores = []
    rows = zip(batch.points.tolist(), batch.status.tolist(), batch.method.tolist(), batch.problem.tolist(), strict=True)
    for i, (points, status, method, code) in enumerate(rows):
        if code or i in unreadable or i in dates:
            line = {name: columns[name][i] for name in SCORED_BY}
            scores.append(score(line, unreadable.get(i, {}), settings))
        else:
            points = None if points != points else points
            scores.append(LineScore(points, STATUSES[status], batch.methods[method]))
    return scores


@cache
def _has_numpy() -> bool:
    return find_spec("numpy") is not None
