"""What a policy cannot be: settings beyond their limits or against each other, grades that leave totals without one,
tables that are none. The sheets of a workbook judge their cells (core/policy_reading.py) by the same bounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from math import isfinite
from numbers import Real
from typing import Any, NamedTuple

from perfxl.core.formula import FormulaError, parse
from perfxl.core.policy.settings import SETTINGS, Setting
from perfxl.core.schema import Type
from perfxl.core.schema.categories import Categories

# Settings of which the first must not exceed the second.
ORDER = (
    ("weight_min", "weight_max"),
    ("kpi_min", "kpi_max"),
    ("rating_min", "rating_max"),
    ("points_floor", "points_cap"),
    ("knot_threshold", "knot_target"),
    ("knot_target", "knot_challenge"),
    ("light_amber", "light_green"),
    ("period_start", "period_end"),
)
IMPORTANCE_SHARES = ("impact_share", "controllability_share", "measurability_share")


class Fault(NamedTuple):
    """What of a policy cannot be, and why, in both languages."""

    setting: str
    why: str


def faults(
    values: Mapping[str, Any], bands: Sequence[tuple[str, float, float | None]], tables: Mapping[str, Any]
) -> Iterator[Fault]:
    """Everything that a policy cannot be, the first thing to mend first.

    values  setting -> value, each setting once; bands: (grade, lower bound, coefficient), best first
    tables  the rest of the policy by its names: steps, scales, methods, category_weights, categories, off, on
    """
    names = {setting.name for setting in SETTINGS}
    for setting in SETTINGS:
        if why := _unfit(setting, values[setting.name]):
            yield Fault(setting.name, f"{values[setting.name]!r}: {why}")
            return  # the rest compares settings with each other
    for name in values.keys() - names:
        yield Fault(name, "没有这个参数 / no such setting")
    for lower, upper in ORDER:
        low, high = values[lower], values[upper]
        if low is not None and high is not None and low > high:
            yield Fault(lower, f"{low} 大于 {upper} 的 {high} / more than the {high} of {upper}")
    total = importance_total(values)
    if total != 100:
        yield Fault(
            "impact_share", f"三项占比合计 {total:f}%，应为 100% / the three shares sum to {total:f}%, not 100%"
        )
    yield from _bands(bands, values["veto_grade"])
    yield from _tables(tables)


def importance_total(values: Mapping[str, Any]) -> Decimal:
    """What the shares of impact, controllability and measurability sum to, percent points."""
    return sum((Decimal(repr(float(values[share]))) for share in IMPORTANCE_SHARES), Decimal(0)).normalize()


def is_number(value: object) -> bool:
    """Whether something is a finite number, and no yes or no."""
    return isinstance(value, Real) and not isinstance(value, bool) and isfinite(value)


def _unfit(setting: Setting, value: Any) -> str:
    """Why a setting cannot have a value; blank where it can."""
    if value is None and setting.default is None:
        return ""
    if setting.type in (Type.NUMBER, Type.INTEGER, Type.POINTS):
        if not is_number(value):
            return "要填数字 / a number is due"
        if setting.type is Type.INTEGER and value != int(value):
            return "要填整数 / a whole number is due"
        if (setting.low is not None and value < setting.low) or (setting.high is not None and value > setting.high):
            return f"应在 {setting.low} 到 {setting.high} 之间 / must be from {setting.low} to {setting.high}"
    elif setting.type is Type.DATE and not isinstance(value, date):
        return "要填日期 / a date is due"
    elif setting.type is Type.BOOL and not isinstance(value, bool):
        return "要填 True 或 False / True or False is due"
    elif setting.choices and value not in [choice.name for choice in setting.choices]:
        return f"可以是 {[c.name for c in setting.choices]} / must be one of these"
    elif setting.type is Type.TEXT and not isinstance(value, str):
        return "要填文字 / text is due"
    return ""


def _bands(bands: Sequence[tuple[str, float, float | None]], veto_grade: str) -> Iterator[Fault]:
    grades, lowers = [grade for grade, _, _ in bands], [lower for _, lower, _ in bands]
    if any(not isinstance(grade, str) or not grade.strip() for grade in grades):
        yield Fault("bands", f"{grades}: 等级要有名称 / each grade needs a name")
    elif wrong := [lower for lower in lowers if not is_number(lower) and lower != float("-inf")]:
        yield Fault("bands", f"{wrong[0]!r}: 下限要填数字 / the lower bound must be a number")
    elif not lowers or lowers[-1] > 0:
        yield Fault("bands", "最低一级的下限须为 0 或更低 / the lowest grade must begin at 0 or below")
    elif len(set(grades)) < len(grades) or len(set(lowers)) < len(lowers):
        yield Fault("bands", "两级同名或下限相同 / two grades of one name or with one lower bound")
    usual = next(setting.default for setting in SETTINGS if setting.name == "veto_grade")
    if veto_grade not in ("", usual, *grades):
        yield Fault("veto_grade", f"{veto_grade!r}: 不在等级中 / none of the grades {grades}")
    for grade, _, coefficient in bands:
        if coefficient is not None and not is_number(coefficient):
            yield Fault("bands", f"{grade}: {coefficient!r}: 系数要填数字 / the coefficient must be a number")


def _tables(tables: Mapping[str, Any]) -> Iterator[Fault]:
    """The tables beside the settings: of the shape that Policy's docstring gives, with numbers where they are due."""
    for name, steps in _items(tables["steps"]):
        if not _is_pairs(steps):
            yield Fault("steps", f"{name}: 应为 ((达到值, 得分), ...) / ((at, points), ...) is due")
    for name, scale in _items(tables["scales"]):
        if not _items(scale) or not all(map(is_number, scale.values())):
            yield Fault("scales", f"{name}: 应为 {{级别: 得分}} / {{label: points}} is due")
    for name, formula in _items(tables["methods"]):
        try:
            parse(formula)
        except (FormulaError, AttributeError, TypeError) as error:
            yield Fault("methods", f"{name}: {formula!r}: {error}")
    for name, shares in _items(tables["category_weights"]):
        if not all(is_number(getattr(share, "weight", None)) for _, share in _items(shares) or [("", None)]):
            yield Fault("category_weights", f"{name}: 应为 {{类别: Share(权重)}} / {{category: Share(weight)}} is due")
    for name in ("steps", "scales", "methods", "category_weights"):
        if not isinstance(tables[name], Mapping):
            yield Fault(name, "应为字典 / a dict is due")
    for name in ("off", "on"):
        days = tables[name]
        if not isinstance(days, tuple | list) or not all(isinstance(day, date) for day in days):
            yield Fault(name, "应为日期 / dates are due")
    if not isinstance(tables["categories"], Categories):
        yield Fault("categories", "应为 Categories / Categories are due")


def _items(table: Any) -> list[tuple[Any, Any]]:
    return list(table.items()) if isinstance(table, Mapping) else []


def _is_pairs(steps: Any) -> bool:
    return (
        isinstance(steps, tuple | list)
        and bool(steps)
        and all(isinstance(each, tuple | list) and len(each) == 2 and all(map(is_number, each)) for each in steps)
    )
