"""Points of single lines and of batches: the normative table of scoring.md section 1."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perfxl.core.catalogue import CATALOGUE
from perfxl.core.policy import Policy
from perfxl.core.rulebook import FIGURES, METHODS
from perfxl.core.scoring import vector
from perfxl.core.scoring.scalar import LineScorer, Status
from perfxl.core.scoring.vector import Factor, Lines
from perfxl.core.values.text import NOT_APPLICABLE

STEPS = ((100.0, 120.0), (95.0, 100.0), (90.0, 80.0))
LOW_STEPS = ((1.0, 120.0), (3.0, 100.0), (5.0, 60.0))
POLICY = Policy(
    steps={"份额": STEPS, "投诉": LOW_STEPS},
    scales={"五级": {"A": 100.0, "B": 85.0, "C": 70.0}},
    methods={"奖优": "IF(D*A>=D*T,100+50*D*(A-T)/ABS(T),100-200*D*(T-A)/ABS(T))"},
)


def line(method: str, **figures: Any) -> dict[str, Any]:
    return {"method": method, "direction": "higher", **figures}


CASES: list[tuple[dict[str, Any], float]] = [
    (line("ratio", actual=98.0, target=100.0), 98.0),
    (line("比率法", actual=150.0, target=100.0), 120.0),  # the cap
    (line("比例法", actual=150.0, target=100.0, cap=200.0), 150.0),
    (line("ratio", actual=98.0, target=100.0, direction="lower"), 102.0),
    (line("ratio", actual=250.0, target=100.0, direction="越小越好"), 0.0),  # the floor
    (line("ratio", actual=-5.0, target=-10.0, cap=200.0), 150.0),  # a smaller loss is better
    (line("ratio", actual=-15.0, target=-10.0), 50.0),
    (line("ratio", actual=79.0, target=100.0, threshold=80.0), 0.0),
    (line("ratio", actual=79.0, target=100.0, threshold=80.0, floor=30.0), 30.0),
    (line("ratio", actual=80.0, target=100.0, threshold=80.0), 80.0),
    (line("ratio", actual=0.1 + 0.2, target=1.0, threshold=0.3), 30.0),
    (line("ratio", actual=0.0, target=100.0), 0.0),  # a typed zero is a zero
    (line("progress", actual=85.0, target=90.0, base=80.0), 50.0),
    (line("改善法", actual=2.0, target=1.0, base=5.0), 75.0),  # the direction follows from base to target
    (line("interpolate", actual=80.0, target=100.0, threshold=80.0), 60.0),
    (line("interpolate", actual=90.0, target=100.0, threshold=80.0), 80.0),
    (line("interpolate", actual=79.99, target=100.0, threshold=80.0), 0.0),
    (line("interpolate", actual=130.0, target=100.0, threshold=80.0), 100.0),  # flat without a challenge
    (line("功效系数法", actual=110.0, target=100.0, threshold=80.0, challenge=120.0), 110.0),
    (line("interpolate", actual=200.0, target=100.0, threshold=80.0, challenge=120.0), 120.0),
    (line("interpolate", actual=0.03, target=0.02, threshold=0.04, challenge=0.01, direction="lower"), 80.0),
    (line("interpolate", actual=0.03, target=0.02, threshold=0.04, direction=None), 80.0),  # implied by L and T
    (line("steps", actual=96.0, steps="份额"), 100.0),
    (line("steps", actual=100.0, steps="份额"), 120.0),
    (line("steps", actual=10.0, steps="份额"), 0.0),
    (line("steps", actual=10.0, steps="份额", floor=20.0), 20.0),
    (line("分档法", actual=4.0, steps="投诉", direction="lower"), 60.0),
    (line("steps", actual=96.0, steps="100:120;95:100;90:80"), 100.0),
    (line("steps", actual=0.1 + 0.2, steps="0.3:100"), 100.0),
    (line("grade", actual="优"), 100.0),
    (line("说明法", actual=" 差 "), 0.0),
    (line("grade", label="良"), 75.0),
    (line("grade", actual="b", scale="五级"), 85.0),
    (line("milestone", actual=date(2025, 3, 5), target=date(2025, 3, 1), k=5.0), 80.0),
    (line("milestone", actual=date(2025, 2, 20), target=date(2025, 3, 1), k=5.0), 100.0),
    (line("节点法", actual=date(2025, 3, 5), target=date(2025, 3, 1), threshold=date(2025, 3, 4), k=5.0), 0.0),
    (line("per_unit", actual=103.0, target=100.0, k=2.0, unit_step=1.0), 106.0),
    (line("加减分法", actual=103.0, target=100.0, k=2.0, unit_step=1.0, direction="lower"), 94.0),
    (line("within", actual=10.0, low=8.0, high=12.0, k=5.0, unit_step=1.0), 100.0),
    (line("within", actual=14.0, low=8.0, high=12.0, k=5.0, unit_step=1.0), 90.0),
    (line("区间控制", actual=6.0, low=8.0, high=12.0, k=5.0, unit_step=0.5), 80.0),
    (line("pass_fail", actual=100.0, target=100.0), 100.0),
    (line("达标法", actual=99.0, target=100.0), 0.0),
    (line("pass_fail", actual=0.7 + 0.1, target=0.8), 100.0),  # 0.7999999999999999 is what people call 0.8
    (line("deduct", actual=3.0, k=2.0), -6.0),
    (line("deduct", actual=3.0, k=2.0, limit=5.0), -5.0),
    (line("减分法", k=2.0), 0.0),  # no event
    (line("bonus", actual=1.0, k=3.0, limit=5.0), 3.0),
    (line("奖优", actual=110.0, target=100.0), 105.0),
    (line("奖优", actual=90.0, target=100.0), 80.0),
    (line("ratio", actual=2.675, target=100.0), 2.68),  # half away from zero on the decimal a person sees
    (line("ratio", actual=1.005, target=100.0), 1.01),
]

MARCH = date(2025, 3, 5)
FULL = {
    "target": 5.0,
    "base": 1.0,
    "threshold": 1.0,
    "k": 1.0,
    "unit_step": 1.0,
    "low": 1.0,
    "high": 2.0,
    "steps": "份额",
}
TAKING_NUMBERS = [m.name for m in METHODS if m.text and m.name not in ("grade", "milestone")] + ["奖优"]

PROBLEMS: list[tuple[dict[str, Any], str]] = [
    (line("比率", actual=1.0, target=1.0), "M101"),
    (line("", actual=1.0, target=1.0), "M101"),
    (line("ratio", actual=1.0), "M102"),
    (line("progress", actual=1.0, target=2.0), "M102"),
    (line("per_unit", actual=1.0, target=2.0, k=1.0), "M102"),
    (line("ratio", actual=1.0, target=0.0), "M103"),
    (line("progress", actual=1.0, target=2.0, base=2.0), "M104"),
    (line("interpolate", actual=1.0, target=2.0, threshold=3.0), "M105"),
    (line("interpolate", actual=1.0, target=3.0, threshold=2.0, challenge=3.0), "M105"),
    (line("ratio", actual="好", target=2.0), "M106"),
    (line("ratio", actual=1.0, target="多"), "M106"),
    (line("grade", actual="棒"), "M107"),
    (line("deduct", actual=3.0, k=-5.0), "X181"),
    (line("bonus", actual=3.0, k=-5.0), "X181"),
    (line("deduct", actual=0.0, k=5.0, limit=-10.0), "X182"),
    (line("bonus", actual=3.0, k=5.0, limit=-10.0), "X182"),
    (line("steps", actual=1.0), "M108"),
    (line("steps", actual=1.0, steps="没有"), "M108"),
    (line("grade", actual="优", scale="没有"), "M108"),
    (line("within", actual=1.0, low=3.0, high=2.0, k=1.0, unit_step=1.0), "M109"),
    (line("per_unit", actual=1.0, target=2.0, k=1.0, unit_step=0.0), "M110"),
    (line("ratio", actual=1.0, target=1.0, direction="斜"), "M113"),
    (line("milestone", actual=20.0, target=date(2025, 3, 1), k=5.0), "M112"),
    (line("milestone", actual=date(2025, 3, 1), target=0.0, k=5.0), "M112"),
    # A date is a number in no method but milestone, nor is infinity, nor text where a figure may be left out.
    *((line(name, actual=MARCH, **FULL), "M106") for name in TAKING_NUMBERS),
    *((line("ratio", **{**FULL, "actual": 1.0, name: MARCH}), "M106") for name in ("target", "threshold", "cap")),
    (line("milestone", actual=MARCH, target=MARCH, k=MARCH), "M106"),
    *((line(name, actual=math.inf, **FULL), "M106") for name in TAKING_NUMBERS),
    (line("ratio", actual=1.0, target=1.0, threshold="八十"), "M106"),
    (line("interpolate", actual=1.0, target=2.0, threshold=1.0, challenge="高"), "M106"),
    (line("deduct", actual=1.0, k=1.0, limit="40分"), "M106"),
    (line("deduct", actual="abc", k=1.0), "M106"),
    (line("ratio", actual=1.0, target=1.0, cap="上限"), "M106"),
    (line("ratio", actual=1.0, target=1.0, floor="无底"), "M106"),
    (line("ratio", actual=1.0, target=1.0, floor=130.0), "M124"),
    (line("ratio", actual=1.0, target=1.0, cap=-1.0), "M124"),
]


def in_batch(lines: list[dict[str, Any]], policy: Policy = POLICY) -> vector.LineScores:
    names = (*FIGURES.values(), "floor", "cap", "method", "direction", "steps", "scale")
    columns = {name: [row.get(name) for row in lines] for name in names}
    batch = Lines.of(columns, columns["actual"])
    labels = [
        row.get("label") or (a if isinstance(a, str) else None) for row, a in zip(lines, columns["actual"], strict=True)
    ]
    batch.label = Factor.of(labels)
    return vector.score_lines(batch, policy)


@pytest.mark.parametrize(("row", "points"), CASES)
def test_points(row: dict[str, Any], points: float) -> None:
    single = LineScorer(POLICY).score(row)
    assert (single.points, single.status) == (points, Status.SCORED)
    assert in_batch([row]).points[0] == points


@pytest.mark.parametrize(("row", "code"), PROBLEMS)
def test_problems(row: dict[str, Any], code: str) -> None:
    single = LineScorer(POLICY).score(row)
    assert single.status is Status.PROBLEM and single.points is None
    assert single.problem is not None and single.problem.code == code
    found = in_batch([row])
    assert CATALOGUE[vector.PROBLEMS[found.problem[0]]].code == code and math.isnan(found.points[0])


def test_pending_zero_and_not_applicable_are_three_things() -> None:
    rows = [line("ratio", actual=a, target=10.0) for a in (None, 0.0, NOT_APPLICABLE)]
    expected = [Status.PENDING, Status.SCORED, Status.NOT_APPLICABLE]
    assert [LineScorer().score(row).status for row in rows] == expected
    assert [vector.STATUSES[code] for code in in_batch(rows).status] == expected


def test_monitored_and_veto_lines_have_no_points() -> None:
    rows = [line("monitor", actual=5.0), line("veto"), line("监控")]
    assert [LineScorer().score(row).status for row in rows] == [Status.MONITORED] * 3
    assert np.isnan(in_batch(rows).points).all()


def test_knots_caps_and_early_milestones_are_policy() -> None:
    policy = Policy().but(knot_threshold=0.0, knot_challenge=150.0, points_cap=150.0, milestone_early=True)
    rows = [
        line("interpolate", actual=80.0, target=100.0, threshold=80.0),
        line("interpolate", actual=130.0, target=100.0, threshold=80.0, challenge=120.0),
        line("milestone", actual=date(2025, 2, 27), target=date(2025, 3, 1), k=5.0),
    ]
    assert [LineScorer(policy).score(row).points for row in rows] == [0.0, 150.0, 110.0]
    assert in_batch(rows, policy).points.tolist() == [0.0, 150.0, 110.0]


def test_working_days_know_holidays_and_worked_weekends() -> None:
    # 28 September 2025 is a Sunday worked; 1-8 October 2025 are holidays; 11 October a Saturday worked.
    policy = Policy(
        off=tuple(date(2025, 10, day) for day in range(1, 9)), on=(date(2025, 9, 28), date(2025, 10, 11))
    ).but(milestone_days="working")
    days = {date(2025, 9, 26): 0, date(2025, 9, 28): 1, date(2025, 10, 8): 3, date(2025, 10, 12): 6}
    for actual, late in days.items():
        row = line("milestone", actual=actual, target=date(2025, 9, 26), k=1.0)
        assert LineScorer(policy).score(row).points == 100 - late
        assert in_batch([row], policy).points[0] == 100 - late


FIGURE = st.one_of(
    st.none(),
    st.just(0.0),
    st.integers(-400, 400).map(lambda n: n / 4),
    st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 4)),
)
ROW = st.fixed_dictionaries(
    {
        "method": st.sampled_from([*(m.name for m in METHODS), "奖优", "没有", None]),
        "direction": st.sampled_from(["higher", "lower", "越小越好", None, "斜"]),
        "actual": st.one_of(FIGURE, st.sampled_from([NOT_APPLICABLE, "优", "差", "棒"])),
        "steps": st.sampled_from([None, "份额", "投诉", "没有"]),
        "scale": st.sampled_from([None, "五级", "没有"]),
        "label": st.sampled_from([None, "良", "B"]),
        **dict.fromkeys((*list(FIGURES.values())[1:], "floor", "cap"), FIGURE),
    }
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])  # the machine may be
@given(st.lists(ROW, min_size=1, max_size=12))
def test_a_batch_gives_what_each_line_gives_alone(rows: list[dict[str, Any]]) -> None:
    scorer, many = LineScorer(POLICY), in_batch(rows)
    for place, row in enumerate(rows):
        one = scorer.score(row)
        assert vector.STATUSES[many.status[place]] is one.status
        assert (one.problem.name if one.problem else "") == vector.PROBLEMS[many.problem[place]]
        assert math.isnan(many.points[place]) if one.points is None else many.points[place] == one.points


@given(ROW)
def test_points_stay_within_floor_and_cap_with_two_decimals(row: dict[str, Any]) -> None:
    found = LineScorer(POLICY).score(row)
    if found.points is None or found.method is None or found.method.effect != "points":
        return
    if found.floor <= found.cap:
        assert round(found.floor, 2) <= found.points <= round(found.cap, 2) + 0.005
    assert round(found.points, 2) == found.points
