"""What raters' marks make, of DataFrames: scoring.md section 5."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import perfxl
from perfxl.core.policy import Policy, default_values

SHARES = "self 20%; superior 50%; peer 30%"
WHO = ["person", "kpi", "relation", "mark", "rater"]


def _evaluate(rows: list[tuple[Any, ...]], shares: str | None = SHARES, full: float = 100.0) -> pd.DataFrame:
    table: pd.DataFrame = perfxl.evaluate(pd.DataFrame(rows, columns=WHO).assign(full_marks=full, rater_shares=shares))
    return table


ALL = [("甲", "质量", "self", 90, "甲"), ("甲", "质量", "上级", 80, "乙")]
PEERS = [("甲", "质量", "同级", mark, name) for mark, name in ((70, "a"), (80, "b"), (90, "c"))]


def test_means_within_relations_weighted_over_them() -> None:
    [row] = _evaluate([*ALL, *PEERS]).to_dict("records")
    assert row["points"] == 0.2 * 90 + 0.5 * 80 + 0.3 * 80 and row["raters"] == 5
    assert (row["self"], row["superior"], row["peer"]) == (90, 80, 80)
    assert (row["counted_self"], row["counted_superior"], row["counted_peer"]) == (20, 50, 30)
    assert row["reason"] == ""


def test_an_absent_relation_is_left_out_and_said() -> None:
    [row] = _evaluate(ALL).to_dict("records")
    assert row["points"] == pytest.approx((20 * 90 + 50 * 80) / 70, abs=0.005)
    assert row["counted_peer"] == 0 and "M157" in row["reason"]


@pytest.mark.parametrize("peers", [1, 2])
def test_few_peers_are_told_with_others_only(peers: int) -> None:
    [row] = _evaluate([*ALL, *PEERS[:peers]]).to_dict("records")
    assert row["points"] == row["points"]
    assert pd.isna(row["peer"])
    known = [row[name] for name in ("self", "superior") if not pd.isna(row[name])]
    assert len(known) < 2  # with both and the points, the peers' mean could be worked out


def test_marks_are_of_the_full_marks() -> None:
    assert _evaluate([("甲", "质量", "上级", 4, "乙")], None, 5.0)["points"].tolist() == [80]


@pytest.mark.parametrize(
    ("rows", "shares", "code"),
    [
        (ALL, None, "M154"),
        ([("甲", "质量", "上级", 120, "乙")], SHARES, "M150"),
        ([("甲", "质量", "看门人", 80, "乙")], SHARES, "V108"),
        ([("甲", "质量", "上级", 80, "乙"), ("甲", "质量", "上级", 90, "乙")], SHARES, "M153"),
        (ALL, "self 20%; superior 50%", "M155"),
    ],
)
def test_what_is_wrong_leaves_no_points_and_no_means(rows: list[tuple[Any, ...]], shares: Any, code: str) -> None:
    table = _evaluate([("乙", "质量", "上级", 85, "丙"), *rows, ("丙", "效率", "上级", 75, "丁")], shares)
    assert table["person"].tolist() == ["乙", "甲", "丙"]
    wrong = table.iloc[1]
    assert pd.isna(wrong["points"]) and code in wrong["reason"]
    if code != "M154":  # without shares the means stand, and make nothing together
        assert wrong[["self", "superior", "peer"]].isna().all()
    if code not in ("M155",):  # the others have one relation each, which needs no shares
        assert table["points"].tolist()[::2] == [85, 75]


def test_points_are_those_of_score_contracts() -> None:
    marks = pd.DataFrame([*ALL, *PEERS], columns=WHO)
    lines = pd.DataFrame(
        {
            "person": ["甲"],
            "kpi": ["质量"],
            "method": ["marks"],
            "weight": [100],
            "full_marks": [100],
            "rater_shares": [SHARES],
        }
    )
    [total] = perfxl.score_contracts(lines, marks=marks)["total"]
    assert total == _evaluate([*ALL, *PEERS])["points"].iloc[0]


def test_the_policy_gives_shares_and_the_least_number_of_raters() -> None:
    policy = Policy({**default_values(), "share_superior": 50.0, "share_peer": 50.0, "confidentiality_min": 2.0})
    marks = pd.DataFrame([ALL[1], *PEERS[:2]], columns=WHO).assign(full_marks=100)
    [row] = perfxl.evaluate(marks, policy).to_dict("records")
    assert (row["points"], row["peer"], row["superior"]) == (77.5, 75, 80)
