"""Settings given as ranges, in any order: a program's sheets of policy, grades, step tables, grade scales, own methods,
holidays, category weights and events, or cells laid out like them. The headers tell which is which; settings alone
(参数 | 取值) may do without."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

from perfxl.core.language import Text
from perfxl.core.own_methods import check_own_methods
from perfxl.core.policy import SETTINGS, Policy
from perfxl.core.policy_reading import read_policy
from perfxl.core.problems import Problem, Severity, problem
from perfxl.core.records import Records, Tables
from perfxl.core.schema import Type, get
from perfxl.core.scoring.scalar import LineScore, LineScorer
from perfxl.core.values.text import fold_name
from perfxl.core.weights.rules import WeightRules
from perfxl.excel.cells import Failure, Rows, failure
from perfxl.excel.ranges import find_headers, read_below
from perfxl.excel.registry import FunctionCall

TABLES = (
    "policy",
    "grade_bands",
    "step_tables",
    "grade_tables",
    "methods",
    "holidays",
    "category_weights",
    "events",
    "calibrations",
    "appeals",
)


_REMEMBERED = 50_000  # lines


@dataclass(frozen=True, eq=False)
class PolicyRanges:
    """What the ranges of settings of a call say; `tables` holds those that are no policy, too."""

    policy: Policy
    tables: Tables

    @cached_property
    def scorer(self) -> LineScorer:
        return LineScorer(self.policy)

    @cached_property
    def rules(self) -> WeightRules:
        return WeightRules.of(self.policy)

    @cached_property
    def labels(self) -> frozenset[str]:
        """The grades of the company's own scales."""
        return frozenset(label for scale in self.policy.scales.values() for label in scale)

    def known_scores(self, columns: tuple[str, ...]) -> dict[tuple[Any, ...], LineScore]:
        """Scores by the cells of these columns. A host calls with the whole table whenever one of its cells changes."""
        scores = self._scores.setdefault(columns, {})
        if len(scores) > _REMEMBERED:
            scores.clear()
        return scores

    @cached_property
    def _scores(self) -> dict[tuple[str, ...], dict[tuple[Any, ...], LineScore]]:
        return {}

    def with_scale(self, name: str, points: Mapping[str, float]) -> PolicyRanges:
        """These with one more grade scale."""
        return PolicyRanges(replace(self.policy, scales={**self.policy.scales, name: points}), self.tables)


def read_settings(call: FunctionCall, methods: Any = None) -> PolicyRanges:
    """The settings of a call. `methods` is one more range, or the formula of the method that the call names."""
    ranges = [rows for name, rows in call.arguments.items() if name.startswith("settings")]
    if isinstance(methods, list):
        ranges.append(methods)
    elif methods is not None:
        declared = get("methods")
        names = [declared.column(name).zh for name in ("method", "formula")]
        ranges.append([names, [str(call["method"]), str(methods).lstrip("=")]])
    return read_policy_ranges(*ranges)


def read_policy_ranges(*ranges: Rows | None) -> PolicyRanges:
    """What the ranges set; the defaults where there are none. Raises: Failure where one cannot be used: figures by a
    policy that nobody set would be wrong."""
    return _read(tuple(_frozen(rows) for rows in ranges if rows))


_Frozen = tuple[tuple[Any, ...], ...]


@lru_cache(maxsize=64)
def _read(ranges: tuple[_Frozen, ...]) -> PolicyRanges:
    tables: dict[str, Records] = {}
    for cells in ranges:
        records = _recognise([list(row) for row in cells])
        tables[records.table.name] = records
    _reject_bare_percentages(tables.get("policy"))
    policy, problems = read_policy(tables)
    policy, of_methods = check_own_methods(tables, policy)
    problems = [*problems, *of_methods]
    errors = [about for about in problems if about.severity is Severity.ERROR and not _is_idle(about, policy)]
    if errors:
        raise Failure(errors)
    return PolicyRanges(policy, tables)


def _is_idle(about: Problem, policy: Policy) -> bool:
    """Grades of the company's own need not have the D of the veto limit that nobody set."""
    return about.name == "veto_grade_unknown" and policy["veto_grade"] == Policy()["veto_grade"]


def _frozen(rows: Rows) -> _Frozen:
    """As a key of the cache, in which TRUE must not be 1."""
    return tuple(tuple(str(cell).upper() if isinstance(cell, bool) else cell for cell in row) for row in rows)


def _recognise(rows: Rows) -> Records:
    """The table that explains most headers; of equals the smaller one."""
    headers = [header for name in TABLES if (header := find_headers(get(name), rows)) and not header.missing]
    if not headers:
        return _plain_settings(rows)
    best = max(headers, key=lambda header: (len(header.columns), -len(header.table.columns)))
    table = read_below(best, rows)
    errors = [about for record in table.findings for about in table.errors(record).values()]
    if errors:
        raise Failure(errors)
    return table.records


def _plain_settings(rows: Rows) -> Records:
    """Two columns without headers: a setting's name and its value."""
    named = [row for row in rows if len(row) > 1 and row[0] != ""]
    if not any(fold_name(row[0]) in _BY_NAME for row in named):
        raise failure("settings_range_unknown", value=next((cell for row in rows for cell in row if cell != ""), ""))
    columns: dict[str, list[Any]] = {
        "key": [str(row[0]) for row in named],
        "value": [None if row[1] == "" else row[1] for row in named],
    }
    return Records(get("policy"), columns, rows=range(1, len(named) + 1))


def _reject_bare_percentages(policy: Records | None) -> None:
    """A percentage such as 5% arrives as 0.05, which in a cell of its own would mean 0.05%."""
    if policy is None:
        return
    for key, value in zip(policy.column("key"), policy.column("value"), strict=True):
        setting = _BY_NAME.get(fold_name(key or ""))
        if setting is None or setting.type is not Type.POINTS:
            continue
        try:
            number = float(value)
        except (TypeError, ValueError):  # text with a percent sign
            continue
        if 0 < abs(number) < 1:
            raise Failure(problem("setting_percent_unclear", value=value, setting=Text(setting.zh, setting.en)))


_BY_NAME = {fold_name(text): setting for setting in SETTINGS for text in (setting.name, setting.zh, setting.en)}
