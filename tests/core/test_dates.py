"""Dates and periods as people type them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfxl.core.values.dates import parse_date, parse_period
from perfxl.core.values.text import Parsed

DAY = date(2025, 3, 5)


@pytest.mark.parametrize(
    "raw", [DAY, datetime(2025, 3, 5), pd.Timestamp("2025-03-05"), "2025-03-05", " ２０２５-03-05 "]
)
def test_dates_as_they_stand(raw: object) -> None:
    parsed = parse_date(raw)
    assert parsed == Parsed(DAY)
    assert type(parsed.value) is date


@pytest.mark.parametrize(
    "raw",
    [
        "2025年3月5日",
        "2025 年 3 月 5 日",
        "2025年3月5号",
        "２０２５年３月５日",
        "2025年3月5日星期三",
        "2025-3-5",
        "2025/03/05",
        "2025.3.5",
        "20250305",
        "2025-03-05 00:00:00",
        "2025-03-05T08:30:00Z",
        "2025/3/5 下午 3:20",
        "45721",
        45721,
        45721.75,
        20250305,
        np.int64(45721),
        datetime(2025, 3, 5, 17, 30),
    ],
)
def test_dates_that_are_read_and_reported(raw: object) -> None:
    assert parse_date(raw) == Parsed(DAY, "text_read_as_date")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        *(
            (raw, "date_ambiguous")
            for raw in ("3/5/2025", "05-03-2025", "5.3.2025", "25-3-5", "25年3月5日", "3/25/2025")
        ),
        *(
            (raw, "not_a_date")
            for raw in ("2025-02-30", "2025-13-01", "2025年3月", "3月5日", "明天", "2025-3/5", "2025111")
        ),
        *(
            (raw, "not_a_date")
            for raw in ("1025-03-05", 12, 10**400, 29999, 80001, 2025, 20251301, -1, True, 1e300, time(8), b"x")
        ),
        ("#REF!", "excel_error"),
    ],
)
def test_what_is_no_date_says_why(raw: object, code: str) -> None:
    assert parse_date(raw) == Parsed(None, code)


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_every_spelling_of_a_day_gives_that_day(day: date) -> None:
    y, m, d = day.year, day.month, day.day
    for raw in (day, f"{y}年{m}月{d}日", f"{y}-{m}-{d}", f"{y}/{m:02}/{d:02}", f"{y}.{m}.{d}", f"{y}{m:02}{d:02}"):
        assert parse_date(raw).value == day


@given(st.integers(30000, 80000))
def test_day_numbers_count_from_excels_day_zero(serial: int) -> None:
    assert parse_date(serial).value == date(1899, 12, 30) + timedelta(days=serial)


@pytest.mark.parametrize(
    ("canonical", "spellings"),
    [
        ("2025", ["2025", 2025, 2025.0, np.int64(2025), "2025年", "2025年度", "2025全年", "２０２５"]),
        ("2025H1", ["2025H1", "2025h1", "2025-H1", "H1 2025", "2025上半年", "2025年上半年"]),
        ("2025H2", ["2025H2", "2025年下半年", "2025 年 下半年度"]),
        (
            "2025Q1",
            ["2025Q1", "2025q1", "2025-Q1", "Q1 2025", "2025年1季度", "2025年第一季度", "2025年一季度", "2025一季"],
        ),
        ("2025Q4", ["2025Q4", "2025年第4季度", "2025年四季度"]),
        (
            "2025-01",
            ["2025-01", "2025-1", "2025/1", "2025.01", "2025.1", "202501", 202501, "2025年1月", "2025年01月份"],
        ),
        ("2025-01", ["2025年一月", "2025M1", "2025M01", date(2025, 1, 1), datetime(2025, 1, 1), "2025-01-01", 45658]),
        ("2025-12", ["2025-12", "2025年12月", "2025年十二月", "202512"]),
    ],
)
def test_spellings_of_a_period(canonical: str, spellings: list[object]) -> None:
    assert [parse_period(raw) for raw in spellings] == [Parsed(canonical)] * len(spellings)


@pytest.mark.parametrize("raw", [date(2025, 3, 31), "2025年3月15日", 20250331])
def test_a_day_within_a_month_is_that_month_and_reported(raw: object) -> None:
    assert parse_period(raw) == Parsed("2025-03", "date_read_as_month")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        *(
            (raw, "not_a_period")
            for raw in ("1月", "Q1", "上半年", "25Q1", "2025Q5", "2025H3", "2025-13", "2025-00", "202513")
        ),
        *((raw, "not_a_period") for raw in (2025.1, 12, 1850, 10**9, -2025, True, "3/5/2025", "去年", time(8), 2025j)),
        ("#VALUE!", "excel_error"),
    ],
)
def test_what_is_no_period_says_why(raw: object, code: str) -> None:
    assert parse_period(raw) == Parsed(None, code)


@given(st.integers(1900, 2199), st.sampled_from(["", "H1", "H2", "Q1", "Q4", "-01", "-12"]))
def test_canonical_periods_are_read_as_themselves(year: int, part: str) -> None:
    assert parse_period(f"{year}{part}") == Parsed(f"{year}{part}")
