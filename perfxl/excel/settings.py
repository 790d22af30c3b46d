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
from perfxl.core.records import Records
from perfxl.core.schema import Type, get
from perfxl.core.scoring.scalar import LineScore, LineScorer
from perfxl.core.values.text import fold_name
from perfxl.core.weights.rules import WeightRules
from perfxl.excel.errors import Failure, failure
from perfxl.excel.normalise import Rows
from perfxl.excel.ranges import error_findings, find, read
from perfxl.excel.registry import Call
from perfxl.tables.headers import Header

TABLES = ("policy", "grade_bands", "step_tables", "grade_tables", "methods", "holidays", "category_weights", "events")


_REMEMBERED = 50_000  # lines


@dataclass(frozen=True, eq=False)
class Given:
    """What the settings of a call say; `book` holds the tables that are no policy."""

    policy: Policy
    book: Mapping[str, Records]

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

    def with_scale(self, name: str, points: Mapping[str, float]) -> Given:
        return Given(replace(self.policy, scales={**self.policy.scales, name: points}), self.book)


def of(call: Call, methods: Any = None) -> Given:
    """The settings of a call. `methods` is one more range, or the formula of the method that the call names."""
    ranges = [rows for name, rows in call.given.items() if name.startswith("settings")]
    if isinstance(methods, list):
        ranges.append(methods)
    elif methods is not None:
        declared = get("methods")
        names = [declared.column(name).zh for name in ("method", "formula")]
        ranges.append([names, [str(call["method"]), str(methods).lstrip("=")]])
    return given(*ranges)


def given(*ranges: Rows | None) -> Given:
    """What the ranges set; the defaults where there are none. Raises Failure where one cannot be used: figures by a
    policy that nobody set would be wrong."""
    return _given(tuple(_frozen(rows) for rows in ranges if rows))


_Frozen = tuple[tuple[Any, ...], ...]


@lru_cache(maxsize=64)
def _given(ranges: tuple[_Frozen, ...]) -> Given:
    book: dict[str, Records] = {}
    for cells in ranges:
        records = _recognised([list(row) for row in cells])
        book[records.table.name] = records
    _sure(book.get("policy"))
    policy, problems = read_policy(book)
    policy, own = check_own_methods(book, policy)
    wrong = [found for found in (*problems, *own) if found.severity is Severity.ERROR and not _idle(found, policy)]
    if wrong:
        raise Failure(wrong)
    return Given(policy, book)


def _idle(found: Problem, policy: Policy) -> bool:
    """Grades of the company's own need not have the D of the veto limit that nobody set."""
    return found.name == "veto_grade_unknown" and policy["veto_grade"] == Policy()["veto_grade"]


def _frozen(rows: Rows) -> _Frozen:
    """As a key of the cache, in which TRUE must not be 1."""
    return tuple(tuple(str(cell).upper() if isinstance(cell, bool) else cell for cell in row) for row in rows)


def _recognised(rows: Rows) -> Records:
    found = [header for name in TABLES if (header := find(get(name), rows)) and not header.missing]
    if not found:
        return _plain_settings(rows)
    made = read(max(found, key=_fit), rows)
    wrong = error_findings(made)
    if wrong:
        raise Failure(wrong)
    return made.records


def _fit(header: Header) -> tuple[int, int]:
    """The table that explains most headers; of equals the smaller one."""
    return len(header.columns), -len(header.table.columns)


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


def _sure(policy: Records | None) -> None:
    """A percentage such as 5% arrives as 0.05, which in a cell of its own would mean 0.05%."""
    if policy is None:
        return
    for key, value in zip(policy.column("key"), policy.column("value"), strict=True):
        setting = _BY_NAME.get(fold_name(key or ""))
        if setting is None or setting.type is not Type.POINTS:
            continue
        number = _plain_number(value)
        if number is not None and 0 < abs(number) < 1:
            raise Failure(problem("setting_percent_unclear", value=value, setting=Text(setting.zh, setting.en)))


def _plain_number(value: Any) -> float | None:
    """The number of a cell or of text that was a cell; None for text with a percent sign."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


_BY_NAME = {fold_name(text): setting for setting in SETTINGS for text in (setting.name, setting.zh, setting.en)}
