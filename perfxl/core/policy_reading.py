"""The policy of a workbook: its settings, read by name in either language, and the tables beside it (grades, category
weights, days, step tables, grade scales, own methods)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

from perfxl.core.language import Text
from perfxl.core.policy import DEFAULT_BANDS, SETTINGS, Band, Policy, Setting, Share, default_values
from perfxl.core.policy.validity import IMPORTANCE_SHARES, ORDER, importance_total
from perfxl.core.problems import Problem, Severity, problem
from perfxl.core.records import Records, Tables
from perfxl.core.rulebook import built_in
from perfxl.core.schema import Type
from perfxl.core.schema.categories import Categories, list_categories
from perfxl.core.table_access import columns_of, place, problem_at, rows_of
from perfxl.core.values.dates import parse_date, serial
from perfxl.core.values.numbers import parse_integer, parse_number, parse_points
from perfxl.core.values.text import Nearest, Parsed, fold_name, parse_bool, parse_text
from perfxl.core.weights.checks import judge_category_weights


def read_policy(tables: Tables) -> tuple[Policy, list[Problem]]:
    """What the company has set, with the default for every blank, absent or unreadable setting.

    Of rows with the same key the first holds; the check of duplicates names the others."""
    sheet = _SettingsSheet(tables.get("policy"))
    values = sheet.read()
    problems: list[Problem] = []
    off, on = _days(tables, values, problems)
    policy = Policy(
        values,
        bands=_bands(tables, problems),
        category_weights=_category_weights(tables, problems),
        categories=_categories(tables),
        off=off,
        on=on,
        steps=_steps(tables, problems),
        scales=_scales(tables, problems),
        methods=_methods(tables, problems),
    )
    return policy, [*sheet.problems, *sheet.judge(policy), *problems]


def setting_of(key: object) -> Setting | None:
    """The setting that a row of the sheet names, in either language."""
    return _BY_SPELLING.get(fold_name(key))


_PARSERS: Mapping[Type, Callable[[Any], Parsed]] = {
    Type.TEXT: parse_text,
    Type.NUMBER: parse_number,
    Type.INTEGER: parse_integer,
    Type.POINTS: parse_points,
    Type.DATE: parse_date,
    Type.BOOL: parse_bool,
}
_TYPES = {
    Type.TEXT: Text("文字", "text"),
    Type.NUMBER: Text("数字", "a number"),
    Type.INTEGER: Text("整数", "a whole number"),
    Type.POINTS: Text("百分数", "a percentage"),
    Type.DATE: Text("日期", "a date"),
    Type.BOOL: Text("是或否", "yes or no"),
}
_BY_SPELLING = {fold_name(name): setting for setting in SETTINGS for name in (setting.name, setting.zh, setting.en)}
_BY_NAME = {setting.name: setting for setting in SETTINGS}
# The greatest that points can be when they were typed as 1 for 100%.
_FRACTION = 1.0


class _SettingsSheet:
    """The rows of the policy sheet, and what is wrong with them."""

    def __init__(self, records: Records | None) -> None:
        self.records = records
        self.problems: list[Problem] = []
        self.rows: dict[str, int] = {}
        self.chosen: set[str] = set()  # settings that have a value here

    def read(self) -> dict[str, Any]:
        values = default_values()
        if self.records is None:
            return values
        nearest = Nearest(name for setting in SETTINGS for name in (setting.zh, setting.en, setting.name))
        for i, key in enumerate(self.records.column("key")):
            if key is None:
                continue
            setting = setting_of(key)
            if setting is None:
                self._report("setting_unknown", i, "key", suggestion=nearest.sentence(key))
            elif setting.name in self.rows:
                first = place(self.records, self.rows[setting.name], "key")
                self._report("setting_repeated", i, "key", setting=setting.text, first=first)
            else:
                self.rows[setting.name] = i
                value = self._value(i, setting)
                if value is not None:
                    self.chosen.add(setting.name)
                values[setting.name] = setting.default if value is None else value
        return values

    def judge(self, policy: Policy) -> Iterator[Problem]:
        """Settings against each other."""
        for lower, upper in ORDER:
            if policy[lower] is not None and policy[upper] is not None and policy[lower] > policy[upper]:
                names = {"lower": _BY_NAME[lower].text, "upper": _BY_NAME[upper].text}
                yield self._about(
                    "settings_out_of_order", (upper, lower), low=policy[lower], high=policy[upper], **names
                )
        total = importance_total(policy.values)
        if total != 100:
            yield self._about("importance_shares_sum", IMPORTANCE_SHARES, total=f"{total:f}")
        grades = [band.grade for band in policy.bands]
        set_by_hr = "veto_grade" in self.chosen or policy["veto_grade"] != default_values()["veto_grade"]
        if set_by_hr and policy["veto_grade"] and policy["veto_grade"] not in grades:
            yield self._about(
                "veto_grade_unknown", ("veto_grade",), grade=policy["veto_grade"], grades="、".join(grades)
            )
        start, day, end = (policy[name] for name in ("period_start", "as_of", "period_end"))
        if start and day and end and start <= end and not start <= day <= end:
            yield self._about("data_date_outside_period", ("as_of",), start=start, end=end)

    def _value(self, i: int, setting: Setting) -> Any:
        """None where the default holds."""
        parsed = _parse(self._raw(i), setting)
        value = parsed.value
        severity = problem(parsed.problem).severity if parsed.problem else None
        details = {"setting": setting.text, "default": _default_text(setting)}
        if value is None:
            if severity is Severity.ERROR:
                choices = [choice.text for choice in setting.choices]
                type_text = _TYPES.get(setting.type) or Text(
                    "、".join(text.zh for text in choices), " or ".join(text.en for text in choices)
                )
                self._report("setting_unreadable", i, "value", type=type_text, **details)
            return None
        low = setting.low if setting.low is not None else float("-inf")
        high = setting.high if setting.high is not None else float("inf")
        if setting.type in (Type.NUMBER, Type.INTEGER, Type.POINTS) and not low <= value <= high:
            self._report("setting_out_of_range", i, "value", low=low, high=high, **details)
            return None
        if severity is Severity.WARNING:
            self._report(parsed.problem, i, "value")
        return value

    def _raw(self, i: int) -> Any:
        """The cell; the column holds text of all kinds, so a percent cell's number is given its sign back."""
        assert self.records
        raw = self.records.column("value")[i]
        if i in self.records.percent.get("value", ()):
            number = parse_number(raw)
            if number.value is not None and not number.percent:
                return f"{number.value * 100:.15g}%"
        return raw

    def _about(self, name: str, settings: tuple[str, ...], **details: Any) -> Problem:
        """A problem of several settings, at the first of them that the sheet holds."""
        row = next((self.rows[setting] for setting in settings if setting in self.rows), 0)
        return self._problem(name, row, "value", **details)

    def _report(self, name: str, i: int, column: str, **details: Any) -> None:
        self.problems.append(self._problem(name, i, column, **details))

    def _problem(self, name: str, i: int, column: str, **details: Any) -> Problem:
        if self.records is None:
            return problem(name, table="policy", column=column, **details)
        return problem_at(name, self.records, i, column, **details)


def _parse(raw: Any, setting: Setting) -> Parsed:
    if setting.type is not Type.CHOICE:
        return _PARSERS[setting.type](raw)
    if raw is None:
        return Parsed(None)
    word = fold_name(raw)
    chosen = next(
        (c.name for c in setting.choices if word in map(fold_name, (c.name, c.zh, c.en, *c.aliases))),
        None,
    )
    return Parsed(chosen, "" if chosen else "choice_unknown")


def _default_text(setting: Setting) -> Text:
    """The default as a person would type it."""
    choice = next((choice for choice in setting.choices if choice.name == setting.default), None)
    if choice:
        return choice.text
    if setting.type is Type.BOOL:
        return Text("是", "yes") if setting.default else Text("否", "no")
    if setting.default in (None, ""):
        return Text("空", "blank")
    text = f"{setting.default:g}" if isinstance(setting.default, float) else str(setting.default)
    return Text(text, text)


class _BandRow(NamedTuple):
    row: int
    band: Band


def _bands(tables: Tables, problems: list[Problem]) -> tuple[Band, ...]:
    records = rows_of(tables, "grade_bands")
    if records is None:
        return DEFAULT_BANDS
    rows: dict[str, _BandRow] = {}
    for i, grade, lower, coefficient in columns_of(records, "grade", "lower", "coefficient"):
        if grade is not None and lower is not None:
            rows.setdefault(grade, _BandRow(i, Band(grade, lower, coefficient)))
    if not rows:
        problems.append(
            problem_at("grades_unusable", records, 0, "lower", grades="、".join(band.grade for band in DEFAULT_BANDS))
        )
        return DEFAULT_BANDS
    problems += _judge_bands(records, list(rows.values()))
    bands = sorted((row.band for row in rows.values()), key=lambda band: -band.lower)
    if bands[-1].lower > 0:  # said by lowest_grade_unbounded
        bands[-1] = bands[-1]._replace(lower=float("-inf"))
    return tuple(bands)


def _judge_bands(records: Records, rows: list[_BandRow]) -> Iterator[Problem]:
    bounds: dict[float, str] = {}
    for i, band in rows:
        other = bounds.setdefault(band.lower, band.grade)
        if other != band.grade:
            yield problem_at("grades_same_bound", records, i, "lower", grade=band.grade, other=other)
    falling = rows[0].band.lower >= rows[-1].band.lower
    for before, after in pairwise(rows):
        if before.band.lower != after.band.lower and (before.band.lower > after.band.lower) is not falling:
            grades = {"grade": after.band.grade, "other": before.band.grade}
            yield problem_at("grades_out_of_order", records, after.row, "lower", bound=before.band.lower, **grades)
    best_first = sorted(rows, key=lambda row: -row.band.lower)
    paid = [row for row in best_first if row.band.coefficient is not None]
    for better, worse in pairwise(paid):
        if worse.band.coefficient > better.band.coefficient:  # type: ignore[operator]  # None was left out
            grades = {"grade": worse.band.grade, "other": better.band.grade}
            yield problem_at(
                "grade_coefficient_rises", records, worse.row, "coefficient", best=better.band.coefficient, **grades
            )
    lowest = best_first[-1]
    if lowest.band.lower > 0:
        yield problem_at("lowest_grade_unbounded", records, lowest.row, "lower", grade=lowest.band.grade)


def _categories(tables: Tables) -> Categories:
    records = rows_of(tables, "categories")
    rows = columns_of(records, "category", "english", "place", "financial") if records else ()
    return list_categories([(*row,) for _, *row in rows])


def _category_weights(tables: Tables, problems: list[Problem]) -> dict[str, dict[str, Share]]:
    records = rows_of(tables, "category_weights")
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
        yield problem_at(
            "category_limits_reversed",
            records,
            i,
            "lower" if lower is not None else "upper",
            subject=post_type,
            upper=high,
        )
    elif weight >= 0 and not low <= weight <= high:
        yield problem_at("category_weight_out_of_range", records, i, "weight", subject=post_type, lower=low, upper=high)


def _judge_sum(
    records: Records, post_type: str, shares: Mapping[str, Share], rows: Mapping[tuple[str, str], int]
) -> Iterator[Problem]:
    _, problems = judge_category_weights({category: share.weight for category, share in shares.items()})
    first = next(iter(shares))
    for about in problems:
        row = rows[post_type, about.details["category"] or first]
        yield replace(about, address=records.address(row, "weight"), details={**about.details, "subject": post_type})


def _days(
    tables: Tables, values: Mapping[str, Any], problems: list[Problem]
) -> tuple[tuple[date, ...], tuple[date, ...]]:
    records = rows_of(tables, "holidays")
    days: dict[str, list[date]] = {"off": [], "work": []}
    for i, day, kind in columns_of(records, "date", "kind") if records else ():
        if day is None or kind is None:
            continue
        days[kind].append(day)
        if kind == "work" and day.weekday() < 5 and records:
            problems.append(problem_at("workday_is_weekday", records, i, "kind", date=day))
    if values["milestone_days"] == "working" and not days["off"] and "holidays" in tables:
        problems.append(problem_at("holidays_missing", tables["holidays"], 0, "date"))
    return tuple(days["off"]), tuple(days["work"])


def _steps(tables: Tables, problems: list[Problem]) -> dict[str, tuple[tuple[float, float], ...]]:
    records = rows_of(tables, "step_tables")
    if records is None:
        return {}
    step_tables: dict[str, dict[float, tuple[int, float]]] = {}
    kinds: dict[str, type] = {}
    for i, table, at, points in columns_of(records, "table", "at", "points"):
        if table is None or at is None or points is None:
            continue
        if not isinstance(at, date | float | int):
            problems.append(problem_at("step_bound_unreadable", records, i, "at", subject=table))
            continue
        kind = date if isinstance(at, date) else float
        if kinds.setdefault(table, kind) is not kind:
            problems.append(problem_at("step_bounds_mixed", records, i, "at", subject=table))
            continue
        place = serial(at) if isinstance(at, date) else float(at)
        step_tables.setdefault(table, {}).setdefault(place, (i, _points(records, i)))
    for table, steps in step_tables.items():
        problems += _judge_steps(records, table, steps)
        problems += _judge_points(records, table, dict(steps.values()))
    return {table: tuple((at, points) for at, (_, points) in steps.items()) for table, steps in step_tables.items()}


def _judge_steps(records: Records, table: str, steps: Mapping[float, tuple[int, float]]) -> Iterator[Problem]:
    """From one end to the other the points only rise, or only fall; which end is best, the KPI's direction says."""
    ordered = [steps[at] for at in sorted(steps)]
    rising = ordered[-1][1] >= ordered[0][1]
    for (_, before), (i, after) in pairwise(ordered):
        if (after < before) if rising else (after > before):
            yield problem_at("step_points_unordered", records, i, "points", subject=table, before=before)


def _scales(tables: Tables, problems: list[Problem]) -> dict[str, dict[str, float]]:
    records = rows_of(tables, "grade_tables")
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
        yield problem_at(
            "step_points_as_fraction", records, next(iter(points_by_row)), "points", subject=name, best=best
        )


def _methods(tables: Tables, problems: list[Problem]) -> dict[str, str]:
    """Their formulas are judged by the rule book."""
    records = rows_of(tables, "methods")
    methods: dict[str, str] = {}
    for i, name, formula in columns_of(records, "method", "formula") if records else ():
        if name is None or formula is None:
            continue
        if fold_name(name) in built_in() and records:
            problems.append(problem_at("own_method_name_taken", records, i, "method"))
        else:
            methods.setdefault(name, formula)
    return methods
