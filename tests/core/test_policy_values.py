"""A policy made in code: it holds what a setting can be, and is the same after a journey through JSON."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfxl.core.policy import SETTINGS, Band, Policy, PolicyError, Share
from perfxl.core.policy.validity import IMPORTANCE_SHARES, ORDER
from perfxl.core.schema import Type


@pytest.mark.parametrize(
    "changes",
    [
        {"weight_max": "forty"},
        {"points_cap": float("nan")},
        {"points_cap": True},
        {"weight_maximum": 40},
        {"period_start": "2025"},
        {"milestone_days": "sometimes"},
        {"bands": []},
        {"bands": [("A", 90, 1.2), ("B", 60, 1.0)]},
        {"bands": [("A", 90, 1.2), ("A", 0, 1.0)]},
        {"bands": [("A", 0, 1.2), ("B", 0, 1.0)]},
        {"bands": [("A", 90, "1.2"), ("B", 0, 1.0)]},
        {"bands": [("A", "ninety", 1.2), ("B", 0, 1.0)]},
        {"bands": [("", 90, 1.2), ("B", 0, 1.0)]},
        {"bands": "AB"},
        {"points_cap": None},
        {"veto_grade": "Z"},
        {"points_cap": -5},
        {"veto_limit": -1},
        {"points_floor": 50, "points_cap": 40},
        {"weight_min": 40},
        {"kpi_min": 10, "kpi_max": 5},
        {"rating_min": 4, "rating_max": 1},
        {"knot_target": 130},
        {"light_amber": 99},
        {"period_start": date(2026, 12, 31), "period_end": date(2026, 1, 1)},
        {"impact_share": 10},
        {"steps": {"甲": "100:120"}},
        {"steps": {"甲": ((100, "many"),)}},
        {"scales": {"默认": {"好": "many"}}},
        {"scales": {"默认": {}}},
        {"methods": {"翻倍": "A*"}},
        {"category_weights": {"部门": {"financial": "40"}}},
        {"category_weights": 5},
        {"categories": 5},
        {"off": ["2026-10-01"]},
    ],
)
def test_what_a_policy_cannot_be_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(PolicyError) as refused:
        Policy().but(**changes)
    assert refused.value.setting in str(refused.value)
    assert refused.value.setting in changes or any(refused.value.setting in pair for pair in ORDER)


def test_settings_left_out_have_their_defaults() -> None:
    assert Policy(values={"points_cap": 110})["weight_max"] == Policy()["weight_max"]


def test_bands_and_settings_change_together() -> None:
    policy = Policy().but(points_cap=110, bands=[("A", 90, 1.2), ("B", 0, 1)])
    assert policy["points_cap"] == 110 and policy.grade(89.9) == Band("B", 0, 1) and Policy()["points_cap"] == 120


def test_a_policy_is_the_same_after_json() -> None:
    policy = Policy().but(
        period_start=date(2026, 1, 1),
        bands=[("优", 90, 1.2), ("良", float("-inf"), None)],
        steps={"甲": ((100.0, 120.0), (95.0, 100.0))},
        scales={"默认": {"好": 100.0, "差": 0.0}},
        category_weights={"部门": {"financial": Share(40.0, 30.0, 50.0)}},
        off=(date(2026, 10, 1),),
        methods={"翻倍": "A*2"},
    )
    again = Policy.from_json(policy.to_json())
    assert again == policy and again.fingerprint == policy.fingerprint != Policy().fingerprint
    assert Policy().but(points_cap=110).fingerprint == Policy().but(points_cap=110.0).fingerprint


_NUMBERS = [s for s in SETTINGS if s.type in (Type.NUMBER, Type.POINTS) and s.low is not None and s.high is not None]


@given(st.sampled_from(_NUMBERS), st.floats(0, 1))
def test_any_number_within_limits_survives(setting: Any, part: float) -> None:
    value = round(setting.low + part * (setting.high - setting.low), 2)
    usual = Policy()
    beside = {high: max(value, usual[high]) for low, high in ORDER if low == setting.name}
    beside |= {low: min(value, usual[low]) for low, high in ORDER if high == setting.name}
    if setting.name.startswith("knot"):
        beside = dict.fromkeys(("knot_threshold", "knot_target", "knot_challenge"), value)
    if setting.name in IMPORTANCE_SHARES:
        rest = [name for name in IMPORTANCE_SHARES if name != setting.name]
        beside = {rest[0]: float(100 - Decimal(repr(value))), rest[1]: 0.0}
    policy = Policy().but(**{**beside, setting.name: value})
    assert Policy.from_json(policy.to_json())[setting.name] == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"settings": 3}',
        '{"bands": [[1]]}',
        '{"settings": {"x": 1}}',
        '{"points_cap": 110}',
        '{"band": []}',
    ],
)
def test_what_is_no_policy_is_said_to_be_none(text: str) -> None:
    with pytest.raises(PolicyError):
        Policy.from_json(text)


@pytest.mark.parametrize("lower", [float("nan"), "90", float("inf"), True])
def test_a_band_begins_at_a_number(lower: Any) -> None:
    with pytest.raises(PolicyError, match="bands"):
        Policy().but(bands=[("A", lower, 1.2), ("B", 0, 1)])
