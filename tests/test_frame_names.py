"""Names in place of codes in DataFrames: they lead to the one that alone has them, else to a problem of all who may be
meant."""

from __future__ import annotations

import pandas as pd
import pytest

import perfxl

LINES = pd.DataFrame(
    {
        "person": ["E1", "E1", "E2", "E2", "E3", "李娜"],
        "person_name": ["张伟", "张伟", "张伟", "张伟", "李娜", "李娜"],
        "kpi": ["K1", "K9", "K1", "K9", "K1", "事故"],
        "kpi_name": ["收入", "事故", "收入", "事故", "收入", "事故"],
        "method": ["ratio", "deduct"] * 3,
        "target": [100.0, None] * 3,
        "actual": [90.0, None, 80.0, None, 70.0, None],
        "weight": [100.0, None] * 3,
        "k": [None, 5.0] * 3,
    }
)


def totals(events: pd.DataFrame | None = None) -> dict[str, tuple[float, str]]:
    found = perfxl.score_contracts(LINES, events)
    columns = (found[name].tolist() for name in ("person", "total", "reason"))
    return {person: (total, reason) for person, total, reason in zip(*columns, strict=True)}


def test_a_person_and_a_kpi_of_the_lines_go_by_name() -> None:
    assert totals() == {"E1": (90.0, ""), "E2": (80.0, ""), "E3": (70.0, "")}


@pytest.mark.parametrize("person", ["E3", "李娜", "李 娜"])
@pytest.mark.parametrize("kpi", ["K9", "事故"])
def test_events_by_name_count_with_those_by_code(person: str, kpi: str) -> None:
    events = pd.DataFrame({"person": ["E3", person], "kpi": ["K9", kpi], "count": [2, 1]})
    assert totals(events)["E3"] == (55.0, "")


def test_a_name_of_two_leaves_both_without_a_total() -> None:
    found = totals(pd.DataFrame({"person": ["张伟"], "kpi": ["K9"]}))
    for person in ("E1", "E2"):
        assert found[person][0] != found[person][0]
        assert "C231" in found[person][1] and "E1、E2" in found[person][1]
    assert found["E3"] == (70.0, "")


def test_marks_by_name_are_those_of_the_code() -> None:
    lines = LINES.assign(method=["marks", "deduct"] * 3, actual=float("nan"), full_marks=100.0)
    by_code, by_name = (
        perfxl.score_contracts(
            lines, marks=pd.DataFrame({"person": [who], "kpi": [kpi], "relation": ["superior"], "mark": [80]})
        )
        for who, kpi in (("E3", "K1"), ("李娜", "收入"))
    )
    pd.testing.assert_frame_equal(by_code, by_name)
    assert by_code.set_index("person").loc["E3", "provisional"] == 80.0


def test_frames_without_names_are_taken_as_they_are() -> None:
    lines = LINES.drop(columns=["person_name", "kpi_name"])
    found = perfxl.score_contracts(lines, pd.DataFrame({"person": ["E1"], "kpi": ["K9"]}))
    assert found["person"].tolist() == ["E1", "E2", "E3", "李娜"]
    assert found["total"].tolist()[:3] == [85.0, 80.0, 70.0]
