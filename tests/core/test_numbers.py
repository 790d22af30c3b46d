"""Figures as people type them, and Excel's rounding."""

from __future__ import annotations

import datetime
import math
import subprocess
import sys
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfxl.core.catalogue import CATALOGUE
from perfxl.core.catalogue.values import KINDS
from perfxl.core.policy import DEFAULT_SCALE
from perfxl.core.problems import Severity, problem
from perfxl.core.values import numbers
from perfxl.core.values.dates import parse_date, parse_period
from perfxl.core.values.numbers import (
    canonical,
    parse_integer,
    parse_number,
    parse_points,
    round_half_away,
    round_half_away_array,
    same,
)
from perfxl.core.values.text import NOT_APPLICABLE, Parsed, parse_bool, parse_text

parse_figure = partial(numbers.parse_figure, labels=frozenset(DEFAULT_SCALE))
READERS = (parse_number, parse_points, parse_integer, parse_figure, parse_bool, parse_text, parse_date, parse_period)
finite = st.floats(allow_nan=False, allow_infinity=False)
# Decimals with a 5 right behind the place rounded to, and the floats next to them.
ties = st.builds(
    lambda k, digits, step: math.nextafter(k / 10**digits, math.copysign(math.inf, step)) if step else k / 10**digits,
    st.integers(-(10**12), 10**12).map(lambda k: 10 * k + 5),
    st.integers(0, 8),
    st.integers(-1, 1),
)

READ = [
    ("85%", 0.85, "text_read_as_number"),
    ("12", 12.0, "text_read_as_number"),
    (" 12 ", 12.0, "text_read_as_number"),
    ("-3.50", -3.5, "text_read_as_number"),
    (".5", 0.5, "text_read_as_number"),
    ("1.2e3", 1200.0, "text_read_as_number"),
    ("3‰", 0.003, "text_read_as_number"),
    ("８５", 85.0, "number_normalised"),
    ("１２．５％", 0.125, "number_normalised"),
    ("1,234", 1234.0, "number_normalised"),
    ("1，234，567.5", 1234567.5, "number_normalised"),
    ("1 234", 1234.0, "number_normalised"),
    ("1\u2009234", 1234.0, "number_normalised"),
    ("1\u00a0234", 1234.0, "number_normalised"),
    ("1\u200b2", 12.0, "number_normalised"),
    ("12。5", 12.5, "number_normalised"),
    ("(3)", -3.0, "number_normalised"),
    ("（3）", -3.0, "number_normalised"),
    ("（3%）", -0.03, "number_normalised"),
    ("－3", -3.0, "number_normalised"),
    ("−3", -3.0, "number_normalised"),
    ("＋5", 5.0, "number_normalised"),
    ("12万", 120000.0, "number_multiplied"),
    ("12 万", 120000.0, "number_multiplied"),
    ("1.2亿", 120000000.0, "number_multiplied"),
    ("3千", 3000.0, "number_multiplied"),
    ("5百万", 5000000.0, "number_multiplied"),
    ("1.5万亿", 1.5e12, "number_multiplied"),
    ("12万元", 120000.0, "number_multiplied"),
    ("¥1,200", 1200.0, "currency_dropped"),
    ("￥12", 12.0, "currency_dropped"),
    ("-$5", -5.0, "currency_dropped"),
    ("1,200元", 1200.0, "currency_dropped"),
]


@pytest.mark.parametrize(("raw", "value", "code"), READ)
def test_what_people_type_is_read_and_reported(raw: str, value: float, code: str) -> None:
    assert parse_number(raw) == Parsed(value, code, raw.strip("（）")[-1] in "%％‰")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        *((text, "not_a_number") for text in ("一百二十", "1.234,5", "12,34", "1,23,456", "约12", "12-15", "3-")),
        *(
            (text, "not_a_number")
            for text in ("(-3)", "+-3", "nan", "inf", "不适用", "½", "⑴", "12 34", "¥5%", "1_000", ".", "%", "万")
        ),
        *((value, "not_a_number") for value in (math.inf, -math.inf, 10**400, 1j, b"12", [12])),
        *((text, "number_with_unit") for text in ("12人", "85分", "3天", "12万吨", "3千克", "5 kg", "12k", "10²")),
        *((value, "number_is_boolean") for value in (True, False, np.True_, "TRUE", "否")),
        *(
            (value, "number_is_date")
            for value in (datetime.date(2025, 3, 5), datetime.datetime(2025, 3, 5), datetime.time(8))
        ),
        *(
            (value, "number_is_date")
            for value in (pd.Timestamp("2025-03-05"), datetime.timedelta(1), "2025年3月5日", "2025/3/5")
        ),
        *((text, "excel_error") for text in ("#DIV/0!", "#N/A", "#REF!", "#VALUE!", "#NAME?", "Err:502", "######")),
    ],
)
def test_what_is_no_number_says_why(raw: object, code: str) -> None:
    assert parse_number(raw) == Parsed(None, code)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("raw", [None, "", " \t\n", "\u200b\ufeff", "\u3000", math.nan, pd.NA, pd.NaT])
def test_blank_is_blank_for_every_reader(reader: Callable[[object], object], raw: object) -> None:
    assert reader(raw) == Parsed(None)


@pytest.mark.parametrize("dash", ["-", "--", "—", "——", "/", "\\", " － "])
def test_a_dash_is_a_blank_that_is_reported(dash: str) -> None:
    for reader in (parse_number, parse_points, parse_integer, parse_figure, parse_bool, parse_date, parse_period):
        assert reader(dash) == Parsed(None, "dash_is_blank")
    assert parse_text("-") == Parsed("-")


@pytest.mark.parametrize("number", [3, np.int64(3), np.float32(3), np.float64(3), Decimal(3), Fraction(3)])
def test_numbers_of_any_type(number: object) -> None:
    parsed = parse_number(number)
    assert parsed == Parsed(3.0)
    assert type(parsed.value) is float


@given(finite)
def test_every_spelling_of_a_number_gives_that_number(x: float) -> None:
    assert parse_number(x).value == x
    full_width = str.maketrans("0123456789.+-", "０１２３４５６７８９．＋－")
    for text in (repr(x), f" {x!r} ", repr(x).translate(full_width), f"({-x!r})" if x < 0 else f"+{abs(x)!r}"):
        assert parse_number(text).value == x


@given(st.decimals(-(10**9), 10**9, places=4))
def test_separators_percent_and_multipliers_cost_no_digit(x: Decimal) -> None:
    assert parse_number(f"{x:,}").value == float(x)
    assert parse_number(f"¥{x:,}元").value == float(x)
    assert parse_number(f"{x}%") == Parsed(float(x.scaleb(-2)), "text_read_as_number", True)
    assert parse_number(f"{x}万").value == float(x.scaleb(4))
    assert parse_number(f"{x}亿").value == float(x.scaleb(8))


@given(st.one_of(st.text(), st.text("0123456789.,%()-+ 万亿元年月日/ eE#¥第季Qx", max_size=12), finite, st.integers()))
def test_any_value_is_read_or_named(raw: object) -> None:
    for reader in READERS:
        value, code, _ = reader(raw)
        severity = CATALOGUE[code].severity if code else Severity.NOTICE
        assert (value is None) >= (severity is Severity.ERROR)
    number = parse_number(raw).value
    assert number is None or math.isfinite(number)


@given(st.one_of(st.binary(), st.complex_numbers(), st.decimals(), st.datetimes(), st.times(), st.lists(st.integers())))
def test_any_object_is_read_or_named(raw: object) -> None:
    for reader in READERS:
        assert reader(raw).problem in {"", *CATALOGUE}


def test_percent_points() -> None:
    assert parse_points(15) == Parsed(15.0)
    assert parse_points("15%") == Parsed(15.0, "text_read_as_number", True)
    assert parse_points("15%", percent_cell=True) == Parsed(15.0, "text_read_as_number", True)
    assert parse_points("15", percent_cell=True) == Parsed(15.0, "text_read_as_number")
    assert parse_points(0.15) == Parsed(0.15, "percent_points_fraction")
    assert parse_points("0.5%") == Parsed(0.5, "text_read_as_number", True)
    assert parse_points(True) == Parsed(None, "number_is_boolean")


@given(st.integers(0, 20000))
def test_a_percent_cell_holds_the_points_it_shows(hundredths: int) -> None:
    assert parse_points(hundredths / 10000, percent_cell=True) == Parsed(hundredths / 100, "", True)


def test_integers() -> None:
    assert parse_integer(3.0) == Parsed(3)
    assert type(parse_integer(3.0).value) is int
    assert parse_integer("３") == Parsed(3, "number_normalised")
    for raw in (3.5, "3.5", "200%"):
        assert parse_integer(raw) == Parsed(None, "not_an_integer")


@pytest.mark.parametrize("raw", ["不适用", "N/A", "n/a", "NA", "Ｎ／Ａ", " 不适用（新员工） ", "N/A: on leave"])
def test_not_applicable_is_neither_blank_nor_zero(raw: str) -> None:
    assert parse_figure(raw) == Parsed(NOT_APPLICABLE)


def test_figures() -> None:
    day = datetime.date(2025, 3, 5)
    assert parse_figure("85%") == Parsed(0.85, "text_read_as_number", True)
    assert parse_figure(0.0) == Parsed(0.0)
    assert parse_figure(day) == Parsed(day)
    assert parse_figure("2025-3-5") == Parsed(day, "text_read_as_date")
    assert parse_figure(45721) == Parsed(45721.0)
    assert parse_figure("20250305") == Parsed(20250305.0, "text_read_as_number")
    assert parse_figure(" 良 ") == Parsed("良")
    labels = frozenset({"A", "Ｂ", "3星"})
    assert [parse_figure(raw, labels=labels).value for raw in ("a", "b", "３星", "良")] == ["A", "Ｂ", "3星", None]
    codes = {
        "无": "dash_is_blank",
        "暂无": "dash_is_blank",
        "#N/A": "excel_error",
        "3/5/2025": "date_ambiguous",
        "12人": "number_with_unit",
        "是": "number_is_boolean",
    }
    assert {raw: parse_figure(raw).problem for raw in codes} == codes
    assert parse_figure(True) == Parsed(None, "number_is_boolean")
    assert parse_figure("良", labels=frozenset()) == Parsed(None, "not_a_figure")


@pytest.mark.parametrize("raw", [True, np.True_, "是", "√", "✔️", "Ｙ", "yes", "TRUE", 1, 1.0, "1", "同意"])
def test_yes(raw: object) -> None:
    assert parse_bool(raw) == Parsed(True)


@pytest.mark.parametrize("raw", [False, "否", "×", "N", "no", "FALSE", 0, "不同意"])
def test_no(raw: object) -> None:
    assert parse_bool(raw) == Parsed(False)


@pytest.mark.parametrize(
    ("raw", "code"), [("x", "not_yes_or_no"), ("也许", "not_yes_or_no"), (2, "not_yes_or_no"), ("#N/A", "excel_error")]
)
def test_neither_yes_nor_no(raw: object, code: str) -> None:
    assert parse_bool(raw) == Parsed(None, code)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("  张三\u200b ", Parsed("张三")),
        ("（甲）１２", Parsed("（甲）１２")),
        ("一\r\n二\x07", Parsed("一\n二")),
        ("一\x0b二\x0c三", Parsed("一\n二\n三")),  # as texts from Word end lines and pages
        ("=1+1", Parsed("=1+1")),
        (1001.0, Parsed("1001")),
        (1001, Parsed("1001")),
        (0.1 + 0.2, Parsed("0.3")),
        (110101199001011234.0, Parsed("110101199001011232", "digits_lost")),
        (True, Parsed("TRUE")),
        (datetime.date(2025, 1, 2), Parsed("2025-01-02", "text_is_date")),
        (datetime.datetime(2025, 1, 2), Parsed("2025-01-02", "text_is_date")),
        ("#N/A", Parsed(None, "excel_error")),
    ],
)
def test_text(raw: object, expected: Parsed) -> None:
    assert parse_text(raw) == expected


@given(st.text(st.characters(exclude_categories=[])))
def test_text_can_be_written_into_xml(raw: str) -> None:
    from lxml import etree

    element = etree.Element("t")
    element.text = parse_text(raw).value


def _reference(x: float, digits: int) -> float:
    quantum = Decimal(1).scaleb(-digits)
    return float(Decimal(f"{x:.15g}").quantize(quantum, ROUND_HALF_UP, Context(prec=800))) + 0.0


def test_rounding_examples() -> None:
    rounded = {2.675: 2.68, 1.005: 1.01, -2.675: -2.68, 0.125: 0.13, 1.4999999999999999: 1.5, 0.285: 0.29, 1e300: 1e300}
    assert {x: round_half_away(x) for x in rounded} == rounded
    assert round_half_away(1250.0, -2) == 1300.0
    assert math.copysign(1, round_half_away(-0.001)) == 1
    assert [round_half_away(5.0, digits) for digits in (-(10**9), 10**9)] == [0.0, 5.0]


@given(st.one_of(finite, ties, st.floats(-1000, 1000)), st.integers(-12, 12))
def test_rounding_is_exact_on_the_number_a_person_sees(x: float, digits: int) -> None:
    assert round_half_away(x, digits) == _reference(x, digits)


@given(st.lists(st.one_of(st.floats(), ties, st.floats(-1000, 1000)), max_size=30), st.integers(-30, 30))
def test_rounding_arrays_is_rounding_each_bit_for_bit(xs: list[float], digits: int) -> None:
    each = np.array([round_half_away(x, digits) for x in xs], dtype=float)
    np.testing.assert_array_equal(round_half_away_array(xs, digits).view(np.int64), each.view(np.int64))


def test_rounding_arrays_around_ties() -> None:
    """Within 60 floats of a tie, where the fast way could be wrong, at every magnitude."""
    random = np.random.default_rng(7)
    for digits in (-2, 0, 1, 2, 4):
        for magnitude in (1, 100, 1e6, 1e10, 1e13, 1e15):
            exact = (2 * np.floor(random.random(300) * magnitude) + 1) / (2 * 10.0**digits)
            x = (exact.view(np.int64) + random.integers(-60, 61, 300)).view(float)
            x = np.concatenate([x, exact, -x])
            each = np.array([round_half_away(value, digits) for value in x.tolist()])
            np.testing.assert_array_equal(round_half_away_array(x, digits).view(np.int64), each.view(np.int64))


def test_rounding_arrays_keeps_shape_and_input() -> None:
    x = np.array([[2.675, math.nan], [math.inf, -1.005]])
    before = x.copy()
    np.testing.assert_array_equal(round_half_away_array(x), [[2.68, math.nan], [math.inf, -1.01]])
    np.testing.assert_array_equal(x, before)
    assert round_half_away_array(2.675).shape == ()


@given(st.floats(-1e307, 1e307))
def test_canonical_is_the_number_seen(x: float) -> None:
    assert f"{canonical(x):.15g}" == f"{x:.15g}"
    assert canonical(canonical(x)) == canonical(x)


def test_same_is_equality_in_excel() -> None:
    assert same(0.1 + 0.2, 0.3)
    assert same(0.0, -0.0)
    assert same(math.inf, math.inf)
    for a, b in ((1.0, 1.0 + 1e-14), (0.0, 1e-300), (1.0, -1.0), (math.nan, math.nan), (math.inf, -math.inf)):
        assert not same(a, b)


@given(st.floats(-1e307, 1e307), st.integers(-3, 3))
def test_neighbouring_floats_are_the_same(x: float, steps: int) -> None:
    y = x
    for _ in range(abs(steps)):
        y = math.nextafter(y, math.copysign(math.inf, steps))
    assert same(x, y) == same(y, x)
    assert same(x, y) or abs(x) < 1e-300


DETAILS: dict[str, dict[str, Any]] = {
    "choice_unknown": {"allowed": "甲、乙"},
    "choice_of_ones_own": {"allowed": "甲、乙"},
    "out_of_range": {"low": 0, "high": 100},
    "value_repeated": {"first": "A4"},
    "text_too_long": {"limit": 99},
    "number_in_unit": {"unit": "万元", "number": "950"},
}


@pytest.mark.parametrize("code", KINDS)
def test_texts_can_be_filled_in_both_languages(code: str) -> None:
    found = problem(code, table="kpis", column="name", value="甲乙丙", **DETAILS.get(code, {}))
    for lang in ("zh", "en"):
        assert found.message(lang)
        assert found.hint(lang)


def test_reading_numbers_needs_no_heavy_module() -> None:
    program = (
        "import sys, perfxl.core.values.numbers; print(*{'numpy', 'pandas', 'openpyxl'}.intersection(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "shown"),
    [
        (0.36, "百分比", 1, "36.0%"),
        (0.07, " ％ ", 0, "7%"),
        (0.123456, "percent", 1, "12.3456%"),
        (0.5, "%（占比）", 0, "50%"),
        (5.0, "万元/%", 0, "5"),
        (1234.5, "万元", 2, "1234.50"),
        (3.0, None, 0, "3"),
        (-0.0, "", 0, "0"),
    ],
)
def test_a_figure_shows_in_its_unit(value: float, unit: str | None, decimals: int, shown: str) -> None:
    assert numbers.show_figure(value, unit, decimals) == shown


def test_thousands_are_parted_where_asked() -> None:
    assert numbers.show_figure(1234567.25, "元", thousands=True) == "1,234,567.25"


def test_nothing_is_blank_unless_it_is_a_grade() -> None:
    for text in ("-", "－", "/", "—", "无", "暂无"):
        assert parse_number(text) == Parsed(None, "dash_is_blank")
    assert numbers.parse_figure("无", {"有", "无"}) == Parsed("无")


@pytest.mark.parametrize(("text", "count"), [("2次", 2.0), ("2", 2.0), ("3 times", 3.0), ("1起", 1.0), (2.0, 2.0)])
def test_counts(text: object, count: float) -> None:
    assert numbers.parse_count(text).value == count


@pytest.mark.parametrize("text", ["多次", "2人", "第2次", "2次半"])
def test_what_is_no_count(text: str) -> None:
    assert numbers.parse_count(text).value is None
