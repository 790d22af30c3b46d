"""`perfxl.distribution` and `perfxl.diagnose` for DataFrames: who stays outside and why; the kind that comes goes."""

from __future__ import annotations

import pandas as pd
import polars as pl
import pytest

import perfxl as px

SHARES = {"A": 20, "B": 60, "C": 20}
TOTALS = pd.DataFrame(
    {
        "person": ["甲", "乙", "丙", "丁", "戊", "否决", "新人", "待定"],
        "total": [96.0, 95, 93, 91, 85, 99, 98, None],
        "days": [365, 365, 365, 365, 90, 365, 89, 365],
        "veto": [None, None, "否", None, None, True, None, None],
    }
)


def test_who_stays_outside_keeps_the_grade_and_says_why() -> None:
    made = px.distribution(TOTALS, SHARES, lang="en").frame.set_index("person")
    assert made.proposed.tolist()[:5] == ["A", "B", "B", "B", "C"]
    assert made.loc[["否决", "新人"], "proposed"].tolist() == ["A", "A"] and made.proposed.isna().loc["待定"]
    assert [text.partition(":")[0] for text in made.loc[["否决", "新人", "待定"], "reason"]] == [
        "vetoed", "fewer than 90 days", "no official total",
    ]  # fmt: skip
    assert made.loc["乙", "reason"] == "down from A to B by the quotas"
    assert made.moved.tolist() == [0, -1, -1, -1, -1, 0, 0, 0]


def test_the_pools_quotas_come_with_it() -> None:
    table = TOTALS.head(5).assign(unit=["一部"] * 2 + ["二部"] * 3)
    made = px.distribution(table, SHARES, parents={"一部": "公司", "二部": "公司"})
    assert set(made.frame.pool) == {"公司"}
    assert made.quotas.values.tolist() == [["公司", 5, 1, 3, 1, 0, 0]]
    whole = px.distribution(table, SHARES, smallest=1).quotas
    assert whole.people.tolist() == [2, 3] and whole[["A", "B", "C"]].sum().tolist() == [1, 3, 1]


def test_own_names_grades_and_kinds_of_frames() -> None:
    table = pl.DataFrame({"谁": ["甲", "乙", "丙"], "分": ["95", "95", "80"], "grade": ["B", "B", "C"]})
    policy = px.Policy().but(bands=[("B", 90, 1.0), ("C", 0, 0.5)])
    made = px.distribution(table, {"B": 40, "C": 60}, policy, columns={"谁": "person", "分": "total"})
    assert isinstance(made.frame, pl.DataFrame)
    assert made.frame["proposed"].to_list() == [None, None, "C"]
    assert made.frame["choices"].to_list() == ["B/C", "B/C", ""]


def test_quotas_that_make_no_whole_are_refused() -> None:
    with pytest.raises(ValueError, match="100"):
        px.distribution(TOTALS, {"A": 20, "B": 70})
    with pytest.raises(px.ColumnsError):
        px.distribution(TOTALS.drop(columns="total"), SHARES)


def test_errors_of_raters_are_flagged_with_their_remedy() -> None:
    staff = [f"E{i}" for i in range(10)]
    rows = [
        (rater, person, kpi, (50 + 4 * i + (i * at) % 3 + 2 * (i + at) % 5 * k + more) / 10)
        for at, (rater, more) in enumerate((("张", 0), ("王", 1), ("李", -1), ("宽", 12)), 1)
        for i, person in enumerate(staff)
        for k, kpi in enumerate(("质量", "协作"))
    ]
    marks = pd.DataFrame([*rows, (None, "E1", "质量", 3)], columns=["rater", "person", "kpi", "mark"]).assign(
        full_marks=10
    )
    found = px.diagnose(marks, least=5, lang="en")
    lenient = found[(found.error == "leniency") & found.flagged & (found.value > 0)]
    assert lenient.rater.tolist() == ["宽"] and lenient.value.iloc[0] == pytest.approx(12, abs=2)
    assert "common standard" in lenient.remedy.iloc[0]
    assert set(found.error) == {"leniency", "central_tendency", "halo"}  # nothing else is known of anybody
    few = px.diagnose(marks[marks.person.isin(staff[:3])])
    assert few.p.isna().all() and not few.flagged.any()
