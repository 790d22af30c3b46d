"""The policy of a workbook: its settings, read by name in either language, and the tables beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from perfxl.core.language import Text
from perfxl.core.policy import SETTINGS, Policy, Setting, default_values
from perfxl.core.policy.tables import read_tables
from perfxl.core.problems import Problem, Severity, problem
from perfxl.core.records import Records, Tables
from perfxl.core.schema import Type
from perfxl.core.table_access import place
from perfxl.core.values.matching import Nearest, spelling
from perfxl.core.values.numbers import parse_bool, parse_date, parse_integer, parse_number, parse_points, parse_text
from perfxl.core.values.text import Parsed


def read_policy(book: Tables) -> tuple[Policy, list[Problem]]:
    """What the company has set, with the default for every blank, absent or unreadable setting."""
    sheet = _Sheet(book.get("policy"))
    values = sheet.read()
    tables, problems = read_tables(book, values)
    policy = Policy(values, **tables)
    return policy, [*sheet.problems, *sheet.judge(policy), *problems]


def setting_of(key: object) -> Setting | None:
    """The setting that a row of the sheet names, in either language."""
    return _BY_SPELLING.get(spelling(key))


# Settings of which the first must not exceed the second.
_ORDER = (
    ("weight_min", "weight_max"),
    ("kpi_min", "kpi_max"),
    ("rating_min", "rating_max"),
    ("points_floor", "points_cap"),
    ("knot_threshold", "knot_target"),
    ("knot_target", "knot_challenge"),
    ("light_amber", "light_green"),
    ("period_start", "period_end"),
)
_SHARES = ("impact_share", "controllability_share", "measurability_share")

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
_BY_SPELLING = {spelling(name): setting for setting in SETTINGS for name in (setting.name, setting.zh, setting.en)}
_BY_NAME = {setting.name: setting for setting in SETTINGS}


class _Sheet:
    """The rows of the policy sheet, and what is wrong with them."""

    def __init__(self, records: Records | None) -> None:
        self.records = records
        self.problems: list[Problem] = []
        self.rows: dict[str, int] = {}

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
                self._report("setting_repeated", i, "key", setting=_label(setting), first=first)
            else:
                self.rows[setting.name] = i
                value = self._value(i, setting)
                values[setting.name] = setting.default if value is None else value
        return values

    def judge(self, policy: Policy) -> Iterator[Problem]:
        """Settings against each other."""
        for lower, upper in _ORDER:
            if policy[lower] is not None and policy[upper] is not None and policy[lower] > policy[upper]:
                names = {"lower": _label(_BY_NAME[lower]), "upper": _label(_BY_NAME[upper])}
                yield self._about(
                    "settings_out_of_order", (upper, lower), low=policy[lower], high=policy[upper], **names
                )
        total = sum((Decimal(repr(float(policy[share]))) for share in _SHARES), Decimal(0))
        if total != 100:
            yield self._about("importance_shares_sum", _SHARES, total=f"{total.normalize():f}")
        grades = [band.grade for band in policy.bands]
        if policy["veto_grade"] and policy["veto_grade"] not in grades:
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
        details = {"setting": _label(setting), "default": _shown(setting)}
        if value is None:
            if parsed.code and problem(parsed.code).severity is Severity.ERROR:
                self._report("setting_unreadable", i, "value", type=_kind_of_value(setting), **details)
            return None
        low = setting.low if setting.low is not None else float("-inf")
        high = setting.high if setting.high is not None else float("inf")
        if setting.type in (Type.NUMBER, Type.INTEGER, Type.POINTS) and not low <= value <= high:
            self._report("setting_out_of_range", i, "value", low=low, high=high, **details)
            return None
        if parsed.code and problem(parsed.code).severity is Severity.WARNING:
            self._report(parsed.code, i, "value")
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

    def _about(self, code: str, names: tuple[str, ...], **details: Any) -> Problem:
        """A problem of several settings, at the first of them that the sheet holds."""
        row = next((self.rows[name] for name in names if name in self.rows), 0)
        return self._problem(code, row, "value", **details)

    def _report(self, code: str, i: int, column: str, **details: Any) -> None:
        self.problems.append(self._problem(code, i, column, **details))

    def _problem(self, code: str, i: int, column: str, **details: Any) -> Problem:
        if self.records is None:
            return problem(code, table="policy", column=column, **details)
        value = self.records.column(column)[i]
        return problem(code, self.records.address(i, column), table="policy", column=column, value=value, **details)


def _parse(raw: Any, setting: Setting) -> Parsed:
    if setting.type is not Type.CHOICE:
        return _PARSERS[setting.type](raw)
    if raw is None:
        return Parsed(None)
    word = spelling(raw)
    chosen = next(
        (c.name for c in setting.choices if word in map(spelling, (c.name, c.zh, c.en, *c.aliases))),
        None,
    )
    return Parsed(chosen, "" if chosen else "choice_unknown")


def _label(setting: Setting) -> Text:
    return Text(setting.zh, setting.en)


def _shown(setting: Setting) -> Text:
    """The default as a person would type it."""
    choice = next((choice for choice in setting.choices if choice.name == setting.default), None)
    if choice:
        return Text(choice.zh, choice.en)
    if setting.type is Type.BOOL:
        return Text("是", "yes") if setting.default else Text("否", "no")
    if setting.default in (None, ""):
        return Text("空", "blank")
    text = f"{setting.default:g}" if isinstance(setting.default, float) else str(setting.default)
    return Text(text, text)


def _kind_of_value(setting: Setting) -> Text:
    if setting.type is Type.CHOICE:
        return Text("、".join(c.zh for c in setting.choices), " or ".join(c.en for c in setting.choices))
    return _TYPES[setting.type]
