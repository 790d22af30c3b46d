"""The value tree: figures, what each driver does for the root, and what is wrong at which cell."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import from_rows
from perfxl.core.value_tree import Effects, value_trees
from perfxl.core.value_tree.units import read_unit

PROFIT: list[dict[str, Any]] = [
    {"node": "P", "name": "利润", "formula": "收入－成本", "unit": "万元"},
    {"node": "R", "name": "收入", "formula": "客户数×户均收入", "unit": "万元", "kpi": "K1"},
    {"node": "C", "name": "成本", "formula": "收入*（变动成本率）+固定成本", "unit": "万元"},
    {"node": "V-01", "name": "客户数", "actual": 10.0, "target": 12.0, "unit": "万户", "kpi": "K2"},
    {"node": "V-02", "name": "户均收入", "actual": 50.0, "target": 55.0, "unit": "元/户"},
    {"node": "V-03", "name": "变动成本率", "actual": 0.4, "target": 0.38, "unit": "%"},
    {"node": "V-04", "name": "固定成本", "actual": 100.0, "target": 105.0, "unit": "万元", "kpi": "K2"},
]


def work(rows: Sequence[dict[str, Any]]) -> tuple[tuple[Effects, ...], list[Problem]]:
    trees, problems = value_trees({"value_tree": from_rows("value_tree", rows)}, Policy())
    return trees.trees, problems


def changed(node: str, **cells: Any) -> list[dict[str, Any]]:
    return [row | cells if row["node"] == node else row for row in PROFIT]


def found(rows: Sequence[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(about.code, about.address.cell) for about in work(rows)[1]]


def test_profit() -> None:
    (tree,), problems = work(PROFIT)
    assert not problems
    assert (float(tree.root.actual), float(tree.root.target)) == (200, 304.2)
    by_name = {effect.node.name: effect for effect in tree.effects}
    shown: Any = {name: (e.elasticity, e.step, e.gain, e.rating) for name, e in by_name.items()}
    assert shown["客户数"] == (Fraction(3, 2), Fraction("64.05"), 60, 4)
    assert shown["户均收入"] == (Fraction(3, 2), Fraction("33.55"), 30, 4)
    assert shown["变动成本率"] == (-1, Fraction("11.6"), 10, 3)
    assert shown["固定成本"] == (Fraction(-1, 2), -5, -5, 2)
    assert sum(driver.step for driver in tree.drivers) == Fraction("104.2")


def test_ratings_are_proposed_beside_the_librarys() -> None:
    kpis = from_rows("kpis", [{"kpi": "K1", "name": "营销收入", "impact": 4.0}, {"kpi": "K2", "name": "客户"}])
    trees, _ = value_trees({"value_tree": from_rows("value_tree", PROFIT), "kpis": kpis}, Policy())
    assert [tuple(proposal) for proposal in trees.proposals] == [
        ("K1", "营销收入", "收入", 4.0, 4),
        ("K2", "客户", "客户数", None, 4),
    ]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (changed("P", formula="收入-销售成本"), [("R141", "C4")]),
        (changed("P", formula="收入-MAX(成本,0)"), [("R140", "C4")]),
        (changed("P", formula="收入-(成本"), [("R140", "C4")]),
        (changed("P", formula="收入^2"), [("R140", "C4")]),
        (changed("P", formula="收入>成本"), [("R140", "C4")]),
        (changed("P", formula="+".join(["收入"] * 300)), [("R140", "C4")]),
        (changed("V-04", formula="利润*2", actual=None, target=None), [("R143", "C4")]),
        (changed("V-01", actual=None), [("R144", "D7")]),
        (changed("V-01", target=None), [("R144", "E7")]),
        (changed("V-01", actual="优"), [("R151", "D7")]),
        (changed("P", formula="收入/（成本-成本）", unit=None), [("R145", "C4")]),
        (changed("V-04", unit="元"), [("R146", "C6")]),
        (changed("R", unit="元"), [("R147", "C5")]),
        (changed("V-02", unit="元/人"), [("R148", "F5")]),
        (changed("P", actual=201.0), [("R149", "D4")]),
        (changed("P", actual=200.0, target=304.0), []),
        (changed("V-03", actual=40.0), [("R150", "D9")]),
        ([*PROFIT, {"node": "X", "name": "闲置", "actual": 1.0, "target": 2.0}], [("R152", "A11")]),
        ([*PROFIT, {"node": "Y", "name": "成本", "actual": 1.0, "target": 2.0}], [("R142", "C4"), ("R152", "A11")]),
        (
            [*changed("P", formula="收入-成本*2"), {"node": "2", "name": "二", "actual": 1.0, "target": 1.0}],
            [("R142", "C4"), ("R152", "A11")],
        ),
    ],
)
def test_problems_stand_at_their_cells(rows: list[dict[str, Any]], expected: list[tuple[str, str]]) -> None:
    assert sorted(found(rows)) == sorted(expected)


def test_a_tree_with_an_error_gives_no_figures() -> None:
    assert not work(changed("V-01", actual=None))[0]
    assert not work([*PROFIT, PROFIT[3]])[0]  # a driver that stands twice


def test_ids_with_signs_in_them_are_names_unless_they_read_as_formulas() -> None:
    drivers: list[dict[str, Any]] = [
        {"node": node, "name": f"n{node}", "actual": 2.0, "target": 3.0} for node in ("V-01", "A", "B")
    ]
    (tree,), problems = work([{"node": "Z", "name": "z", "formula": "V-01*A-B"}, *drivers])
    assert tree.root.actual == 2
    assert not problems
    minus: dict[str, Any] = {"node": "A-B", "name": "other", "actual": 7.0, "target": 7.0}
    assert ("R142", "C4") in found([{"node": "Z", "name": "z", "formula": "A-B"}, *drivers, minus])


def test_two_roots_are_two_trees() -> None:
    cash = {"node": "F", "name": "现金", "formula": "收入-固定成本", "unit": "万元"}
    trees, problems = work([*PROFIT, cash])
    assert [tree.root.name for tree in trees] == ["利润", "现金"]
    assert not problems


def test_a_gain_that_divides_by_zero_is_none() -> None:
    rows: list[dict[str, Any]] = [
        {"node": "Q", "name": "Q", "formula": "a/(b-c)"},
        {"node": "a", "name": "aa", "actual": 1.0, "target": 2.0},
        {"node": "b", "name": "bb", "actual": 2.0, "target": 1.0},
        {"node": "c", "name": "cc", "actual": 1.0, "target": 3.0},
    ]
    (tree,), _ = work(rows)
    assert [driver.gain for driver in tree.drivers] == [1, None, -2]
    assert sum(driver.step for driver in tree.drivers) == tree.root.target - tree.root.actual


FIGURE = st.integers(1, 400).map(lambda n: n / 8)


@st.composite
def trees(draw: st.DrawFn) -> list[dict[str, Any]]:
    """A tree of sums, products and quotients of positive figures, whose nodes may be used more than once."""
    drivers = [
        {"node": f"d{i}", "name": f"驱动{i}", "actual": draw(FIGURE), "target": draw(FIGURE)}
        for i in range(draw(st.integers(1, 7)))
    ]
    known = [str(driver["name"]) for driver in drivers]
    rows = list(drivers)
    for i in range(draw(st.integers(1, 4))):
        parts = draw(st.lists(st.sampled_from(known), min_size=1, max_size=8))
        signs = draw(st.lists(st.sampled_from("+*/"), min_size=len(parts), max_size=len(parts)))
        text = parts[0] + "".join(sign + part for sign, part in zip(signs, parts[1:], strict=False))
        rows.append({"node": f"f{i}", "name": f"公式{i}", "formula": f"({text})*2-{known[0]}+{known[0]}"})
        known.append(f"公式{i}")
    return rows


@settings(max_examples=60, deadline=None)
@given(trees(), st.randoms(use_true_random=False))
def test_steps_add_up_and_rows_may_stand_in_any_order(rows: list[dict[str, Any]], rng: random.Random) -> None:
    def figures(order: list[dict[str, Any]]) -> dict[str, Any]:
        worked, problems = work(order)
        assert not [about for about in problems if about.code != "R152"]
        for tree in worked:
            assert sum(driver.step for driver in tree.drivers) == tree.root.target - tree.root.actual
        return {tree.tree.root: {effect.node.node: effect[1:] for effect in tree.effects} for tree in worked}

    turned = list(rows)
    rng.shuffle(turned)
    assert figures(rows) == figures(turned)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(FIGURE, FIGURE), min_size=1, max_size=9), st.sampled_from("+*"))
def test_elasticities_of_a_sum_are_its_shares_and_those_of_a_product_one(
    figures: list[tuple[float, float]], sign: str
) -> None:
    names = [f"x{i}" for i in range(len(figures))]
    rows: list[dict[str, Any]] = [{"node": "r", "name": "root", "formula": sign.join(names) + "*1"}]
    rows += [{"node": n, "name": f"_{n}", "actual": a, "target": t} for n, (a, t) in zip(names, figures, strict=True)]
    (tree,), _ = work(rows)
    elasticities = [driver.elasticity for driver in tree.drivers]
    whole = sum(Fraction(a) for a, _ in figures)
    expected = [Fraction(a) / whole if sign == "+" else Fraction(1) for a, _ in figures]
    assert elasticities == expected


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(FIGURE, FIGURE), min_size=2, max_size=5))
def test_steps_of_a_product_are_the_average_over_all_orders(figures: list[tuple[float, float]]) -> None:
    from itertools import permutations
    from math import factorial, prod

    names = [f"x{i}" for i in range(len(figures))]
    rows: list[dict[str, Any]] = [{"node": "r", "name": "root", "formula": "*".join(names)}]
    rows += [{"node": n, "name": f"_{n}", "actual": a, "target": t} for n, (a, t) in zip(names, figures, strict=True)]
    (tree,), _ = work(rows)
    steps = [Fraction(0)] * len(figures)
    for order in permutations(range(len(figures))):
        now = [Fraction(a) for a, _ in figures]
        for i in order:
            before = prod(now, start=Fraction(1))
            now[i] = Fraction(figures[i][1])
            steps[i] += prod(now, start=Fraction(1)) - before
    assert [driver.step for driver in tree.drivers] == [step / factorial(len(figures)) for step in steps]


@pytest.mark.parametrize(
    ("unit", "zh", "en"),
    [
        ("万元", "万元", "10k yuan"),
        ("100 million yuan", "亿元", "100 million yuan"),
        ("元/人", "元/人", "yuan/person"),
        ("per day", "1/天", "1/day"),
    ],
)
def test_units_are_told_in_the_language_of_the_message(unit: str, zh: str, en: str) -> None:
    """An English message said that a formula gives 万元."""
    read = read_unit(unit)
    assert read is not None and (read.text("zh"), read.text("en")) == (zh, en)
