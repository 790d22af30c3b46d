"""How values are shown: never rounded, never None."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfxl.core.wording.formatting import (
    format_choice,
    format_day,
    format_figure,
    format_measure,
    format_number,
    format_weight,
)


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "shown"),
    [
        (0.95, "%", None, "95%"),
        (0.285, "%", None, "28.5%"),
        (0.285, "%", 0, "28.5%"),
        (0.02, "%", 1, "2.0%"),
        (1.2, "％", None, "120%"),
        (80000000.0, "元", None, "80,000,000"),
        (6.0, "次", 1, "6.0"),
        (0.1 + 0.2, "", None, "0.3"),
        (-1234.5, "万元", 2, "-1,234.50"),
        (-0.0, "", None, "0"),
        (1e-7, "", None, "0.0000001"),
        (1e15, "元", None, "1,000,000,000,000,000"),
        (None, "元", 2, "—"),
        ("", "元", 2, "—"),
        ("优", "级", None, "优"),
        ("N/A", "%", None, "N/A"),
        (date(2025, 3, 31), "日期", None, "2025-03-31"),
    ],
)
def test_figures(value: Any, unit: str, decimals: int | None, shown: str) -> None:
    assert format_figure(value, unit, decimals) == shown


@given(st.floats(min_value=-1e15, max_value=1e15), st.integers(min_value=0, max_value=6))
def test_no_figure_is_rounded(value: float, decimals: int) -> None:
    shown = format_number(value, decimals).replace(",", "")
    assert float(shown) == float(f"{value:.15g}")
    assert len(shown.partition(".")[2]) >= decimals


def test_days() -> None:
    assert [format_day(date(2025, 3, 31), lang) for lang in ("zh", "en")] == ["2025年3月31日", "31 Mar 2025"]
    assert format_day(None, "zh") == "—"


def test_weights() -> None:
    assert [format_weight(points) for points in (25.0, 12.5, 33.33, None)] == ["25%", "12.5%", "33.33%", "—"]


def test_measures_carry_their_unit() -> None:
    assert [format_measure(*given) for given in ((0.05, "%"), (3.0, "次"), ("优", "级"), (None, "次"), (2.0, ""))] == [
        "5%",
        "3 次",
        "优",
        "—",
        "2",
    ]


def test_choices() -> None:
    assert format_choice("kpis", "category", "service", "zh") == "服务/营运"
    assert format_choice("kpis", "category", "service", "en") == "Service/operations"
    assert format_choice("kpis", "category", None, "en") == "—"
    assert format_choice("kpis", "category", "自定类别", "zh") == "自定类别"
