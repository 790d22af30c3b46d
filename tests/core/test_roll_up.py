"""A superior's actuals from the subordinates'."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfxl.core.cascade import allocate
from perfxl.core.cascade.roll_up import keys_rolled_up, roll_up
from perfxl.core.records import from_rows
from perfxl.core.values.text import NOT_APPLICABLE
from perfxl.program import from_tables
from tests.core.clean_program import CLEAN, Edit, add, book, drop, put
from tests.core.test_checks import TEAM

PERIOD = "2025Q3"


def reports(rule: str, *below: dict[str, Any], superior: dict[str, Any] | None = None) -> tuple[Edit, ...]:
    """E2's K1 from E3's and E4's."""
    rows = [{"holder": holder, **cells} for holder, cells in zip(("E3", "E4"), below, strict=False)]
    rows += [{"holder": "E2", **superior}] if superior else []
    return (*TEAM, put("kpis", 0, roll_up=rule), *(add("actuals", kpi="K1", period=PERIOD, **row) for row in rows))


def rolled(*edits: Edit) -> tuple[list[tuple[Any, ...]], list[tuple[str, str]]]:
    rows, problems = roll_up(book(*edits))
    names = ("holder", "kpi", "period", "value", "numerator", "denominator")
    table = [row for row in zip(*map(rows.column, names), strict=True) if row[2] == PERIOD]
    return table, [(p.code, p.address.place) for p in problems if p.details.get("period", PERIOD) == PERIOD]


@pytest.mark.parametrize(
    ("rule", "below", "made"),
    [
        ("sum", ({"value": 0.1}, {"value": 0.2}), (0.3, None, None)),
        ("mean", ({"value": 10.0}, {"value": 20.0}), (14.0, None, None)),  # 60% and 40%
        ("ratio", ({"numerator": 1.0, "denominator": 4.0}, {"numerator": 2.0, "denominator": 6.0}), (None, 3.0, 10.0)),
        ("last", ({"value": 7.0}, {"value": 9.0}), (7.0, None, None)),  # E3 is the main owner
        ("sum", ({"value": 5.0}, {"value": NOT_APPLICABLE}), (5.0, None, None)),
        ("sum", ({"value": NOT_APPLICABLE}, {"value": NOT_APPLICABLE}), (NOT_APPLICABLE, None, None)),
    ],
)
def test_rules(rule: str, below: tuple[dict[str, Any], ...], made: tuple[Any, ...]) -> None:
    assert rolled(*reports(rule, *below)) == ([("E2", "K1", PERIOD, *made)], [])


def test_nothing_is_computed_where_somebody_is_missing() -> None:
    edits = reports("sum", {"value": 5.0})
    assert rolled(*edits) == ([], [("C210", "目标分解!D6")])
    (about,) = (p for p in roll_up(book(*edits))[1] if p.details["period"] == PERIOD)
    assert "2 人中 1 人" in about.message("zh") and "1 of 2" in about.message("en") and "赵四" in about.message("zh")


@pytest.mark.parametrize(("typed", "codes"), [(11.0, []), (12.0, ["C211"])])
def test_a_typed_actual_counts_and_has_to_agree(typed: float, codes: list[str]) -> None:
    table, problems = rolled(*reports("sum", {"value": 5.0}, {"value": 6.0}, superior={"value": typed}))
    assert table == [] and [code for code, _ in problems] == codes
    assert all(place == "实绩!D15" for _, place in problems)


@pytest.mark.parametrize(
    ("code", "edits"),
    [
        ("C212", (*reports("sum"), *(put("links", i, mode="full", share=None) for i in (0, 2)))),
        ("C213", (*reports("last"), put("links", 0, responsibility=None))),
        ("C214", reports("ratio", {"value": 5.0}, {"numerator": 1.0, "denominator": 2.0})),
        ("C215", reports("sum", {"value": "优"}, {"value": 1.0})),
    ],
)
def test_what_cannot_be_computed_is_named(code: str, edits: tuple[Edit, ...]) -> None:
    table, problems = rolled(*edits)
    assert table == [] and code in [each for each, _ in problems]


@given(st.integers(1, 10**9), st.lists(st.integers(1, 10_000), min_size=2, max_size=8))
def test_an_allocation_rolled_up_gives_the_whole_back(total: int, sizes: list[int]) -> None:
    parts = allocate(Fraction(total, 100), [Fraction(size, sum(sizes)) for size in sizes], 2)
    assert parts is not None
    link = {"kpi": "K", "owner": "boss", "sub_kpi": "K", "mode": "share"}
    tables = {
        "kpis": from_rows("kpis", [{"kpi": "K", "name": "K", "roll_up": "sum"}]),
        "links": from_rows("links", [{**link, "sub_owner": f"p{i}"} for i in range(len(parts))]),
        "actuals": from_rows(
            "actuals",
            [{"holder": f"p{i}", "kpi": "K", "period": "2025", "value": float(part)} for i, part in enumerate(parts)],
        ),
    }
    rows, problems = roll_up(tables)
    assert problems == [] and rows.column("value") == [total / 100]


def test_levels_are_rolled_up_from_below_whatever_the_order_of_links() -> None:
    links = [("boss", "a"), ("a", "b"), ("b", "c")]
    tables = {
        "kpis": from_rows("kpis", [{"kpi": "K", "name": "K", "roll_up": "sum"}]),
        "links": from_rows(
            "links",
            [{"kpi": "K", "owner": o, "sub_kpi": "K", "sub_owner": s, "mode": "full"} for o, s in links],
        ),
        "actuals": from_rows("actuals", [{"holder": "c", "kpi": "K", "period": "2025", "value": 4.0}]),
    }
    rows, problems = roll_up(tables)
    assert problems == [] and dict(zip(rows.column("holder"), rows.column("value"), strict=True)) == {
        "boss": 4.0,
        "a": 4.0,
        "b": 4.0,
    }


def test_scoring_takes_it_at_the_link_it_comes_from() -> None:
    typed = [i for i, row in enumerate(CLEAN["actuals"]) if row["kpi"] == "K1"]
    edits = reports("sum", {"value": 4000.0}, {"value": 4000.0})
    program, _ = from_tables(
        book(*(drop("actuals", i) for i in reversed(typed)), *edits, put("kpis", 0, aggregation="last"))
    )
    scores, _ = program.score()
    line = next(i for i, c in enumerate(scores.line_table.contract) if c == 0)
    assert scores.line_table.columns["kpi"][line] == "K1" and scores.line_table.to_date[line].value == 8000.0
    address = scores.line_table.actual_address(line)
    assert address is not None and address.place == "目标分解!A4"


def test_without_a_rule_nothing_is_touched() -> None:
    assert keys_rolled_up(book(*TEAM)) == set() and rolled(*TEAM) == ([], [])


@given(
    st.integers(-(10**9), 10**9), st.lists(st.integers(1, 1000), min_size=1, max_size=8), st.integers(0, 3), st.data()
)
def test_an_allocations_own_actuals_roll_up_to_what_was_divided(
    steps: int, sizes: list[int], decimals: int, data: st.DataObject
) -> None:
    """A tree of random depth: whoever has people below divides the figure among them, who report what they got."""
    figures = {"E": Fraction(steps, 10**decimals)}
    links: list[tuple[str, str]] = []
    leaves = ["E"]
    for depth in range(data.draw(st.integers(1, 3))):
        upper = leaves.pop(data.draw(st.integers(0, len(leaves) - 1)))
        below = [f"{upper}{depth}{i}" for i in range(len(sizes))]
        parts = allocate(figures[upper], [Fraction(size, sum(sizes)) for size in sizes], decimals)
        assert parts is not None
        figures.update(zip(below, parts, strict=True))
        links += [(upper, lower) for lower in below]
        leaves += below
    tables = {
        "kpis": from_rows("kpis", [{"kpi": "K", "name": "K", "roll_up": "sum"}]),
        "links": from_rows(
            "links", [{"kpi": "K", "owner": u, "sub_kpi": "K", "sub_owner": s, "mode": "share"} for u, s in links]
        ),
        "actuals": from_rows(
            "actuals",
            [{"holder": leaf, "kpi": "K", "period": PERIOD, "value": float(figures[leaf])} for leaf in leaves],
        ),
    }
    rows, problems = roll_up(tables)
    made = dict(zip(rows.column("holder"), rows.column("value"), strict=True))
    assert problems == []
    assert made == {person: float(figures[person]) for person in {upper for upper, _ in links}}
