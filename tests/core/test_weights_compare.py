"""The cross-department comparison: main and secondary owners of each KPI."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from perfxl.core.problems import Problem
from perfxl.core.weights import Carried, compare
from perfxl.core.weights.compare import Comparison, ComparisonBasis


def roles(comparison: Comparison, kpi: str) -> dict[str, tuple[float | None, str]]:
    return {owner.unit: (owner.weight, owner.role) for owner in comparison.owners(kpi)}


def found(problems: Iterable[Problem]) -> list[tuple[str, str, Any]]:
    return [(p.code, p.details["kpi"], p.details.get("index")) for p in problems]


def test_larger_weight_is_the_main_owner() -> None:
    rows = [
        Carried("财务部", "应收帐款周转次数", 5),
        Carried("营销公司", "应收帐款周转次数", 10),
        Carried("营销公司", "营销收入", 25),
        Carried("网络部", "网络资源利用率", 15),
    ]
    comparison, problems = compare(rows)
    assert problems == []
    assert comparison.units == ("财务部", "营销公司", "网络部")
    assert comparison.kpis == ("应收帐款周转次数", "营销收入", "网络资源利用率")
    assert roles(comparison, "应收帐款周转次数") == {"营销公司": (10, "main"), "财务部": (5, "secondary")}
    assert [owner.unit for owner in comparison.owners("应收帐款周转次数")] == ["营销公司", "财务部"]
    assert ("营销收入", "财务部") not in comparison.cells


def test_stated_responsibility_goes_before_weight() -> None:
    rows = [Carried("a", "k", 10), Carried("b", "k", 5, "main")]
    comparison, problems = compare(rows)
    assert roles(comparison, "k") == {"b": (5, "main"), "a": (10, "secondary")}
    assert found(problems) == [("W142", "k", 1)] and problems[0].value == "b、a"


def test_two_main_owners() -> None:
    rows = [Carried("a", "k", 10, "main"), Carried("b", "k", 15), Carried("c", "k", 5), Carried("c", "k", 3, "main")]
    comparison, problems = compare(rows)
    assert found(problems) == [("W141", "k", 3)] and problems[0].details["units"] == "a、c"
    assert comparison.cells["k", "b"].role == "secondary"


def test_nobody_stands_out() -> None:
    comparison, problems = compare([Carried("a", "k", 10), Carried("b", "k", 10.0), Carried("c", "k", 5)])
    assert found(problems) == [("W143", "k", 0)] and problems[0].details["units"] == "a、b"
    assert roles(comparison, "k") == {"a": (10, ""), "b": (10, ""), "c": (5, "secondary")}
    _, problems = compare([Carried("a", "k", 10, "secondary")])
    assert found(problems) == [("W143", "k", 0)]


def test_stated_secondary_is_never_main() -> None:
    comparison, problems = compare([Carried("a", "k", 10, "secondary"), Carried("b", "k", 5)])
    assert roles(comparison, "k") == {"b": (5, "main"), "a": (10, "secondary")}
    assert found(problems) == [("W142", "k", 1)]


def test_monitored_kpis_have_no_owner_to_find() -> None:
    comparison, problems = compare([Carried("a", "k", None), Carried("b", "k", float("nan"))])
    assert problems == [] and roles(comparison, "k") == {"a": (None, ""), "b": (None, "")}


def test_several_rows_of_a_unit_are_one_cell() -> None:
    comparison, _ = compare([Carried("a", "k", 5), Carried("a", "k", 15), Carried("a", "k", None)])
    assert comparison.cells["k", "a"] == ("a", 15, "main", (1, 0, 2))


name = st.sampled_from(["a", "b", "c"])
weight = st.sampled_from([None, 5, 10.0, 15])
rows = st.builds(Carried, name, name, weight, st.sampled_from([None, "", "main", "secondary"]))


@given(st.lists(rows))
def test_every_row_is_in_one_cell_and_every_kpi_has_a_main_owner_or_a_problem(rows: list[Carried]) -> None:
    comparison, problems = compare(rows)
    assert sorted(i for cell in comparison.cells.values() for i in cell.lines) == list(range(len(rows)))
    for (kpi, unit), cell in comparison.cells.items():
        assert {(rows[i].kpi, rows[i].unit) for i in cell.lines} == {(kpi, unit)}
    unclear = {p.details["kpi"] for p in problems if p.code in ("W141", "W143")}
    for kpi in comparison.kpis:
        owners = comparison.owners(kpi)
        mains = [owner for owner in owners if owner.role == "main"]
        weighed = any(owner.weight is not None for owner in owners)
        assert len(mains) == 1 or kpi in unclear or not weighed


def test_each_level_has_a_main_owner_of_its_own() -> None:
    """The head of sales answers to the company, the head of a region to the head of sales."""
    rows = [Carried("sales", "k", 50, "main"), Carried("east", "k", 60, "main"), Carried("west", "k", 40, "secondary")]
    parents = {"company": None, "sales": "company", "east": "sales", "west": "sales"}
    comparison, problems = compare(rows, ComparisonBasis(parents))
    assert problems == [] and [owner.unit for owner in comparison.owners("k") if owner.role == "main"] == ["sales"]
    _, problems = compare(rows, ComparisonBasis({**parents, "east": "company"}))
    assert [p.code for p in problems] == ["W141"]
