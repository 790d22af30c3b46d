"""Rounding and repairing against brute force: nothing legal is closer, and ties go by the rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from perfxl.core.problems import has_errors
from perfxl.core.weights import Candidate, WeightRules, check, repair, round_legal

RULES = [
    WeightRules(),
    WeightRules(step=Decimal(10), minimum=Decimal(10), maximum=Decimal(60)),
    WeightRules(step=Decimal("2.5"), minimum=Decimal(5), maximum=Decimal("17.5")),
    WeightRules(minimum=Decimal(3), maximum=Decimal(29)),
    WeightRules(minimum=Decimal(0)),
]
ZERO = Decimal(0)
rules = st.sampled_from(RULES)
weights = st.decimals(0, 45, places=1) | st.sampled_from(
    [Decimal("12.5"), Decimal("7.5"), Decimal("33.33"), Decimal(15)]
)


def legal_tables(count: int, total: Decimal, rules: WeightRules) -> list[tuple[Decimal, ...]]:
    """Every table of legal weights, by trying them all."""
    steps = range(int(rules.maximum / rules.step) + 1)
    single = [x * rules.step for x in steps if rules.minimum <= x * rules.step]
    return [table for table in product(single, repeat=count) if sum(table) == total]


def best(
    tables: list[tuple[Decimal, ...]],
    cost: Callable[[tuple[Decimal, ...]], Any],
    importances: Sequence[Fraction | int],
) -> tuple[Decimal, ...] | None:
    """The cheapest table; among equals the one that gives more to the more important line, then to the earlier."""
    order = sorted(range(len(importances)), key=lambda i: -importances[i])
    return min(tables, key=lambda table: (cost(table), [-table[i] for i in order]), default=None)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(weights, st.integers(1, 3)), min_size=1, max_size=4),
    st.integers(0, 24).map(lambda x: Decimal(x) * Decimal("2.5")),
    rules,
)
@example([(Decimal("12.5"), 1), (Decimal("12.5"), 1)], Decimal(25), RULES[0])
@example([(Decimal("12.5"), 1), (Decimal("12.5"), 2)], Decimal(25), RULES[0])
@example([(Decimal(45), 1), (Decimal(0), 2), (Decimal(0), 3)], Decimal(40), RULES[0])
def test_rounding_is_the_closest(lines: list[tuple[Decimal, int]], total: Decimal, rules: WeightRules) -> None:
    raw = [Fraction(r) for r, _ in lines]
    importances = [Fraction(i) for _, i in lines]

    def cost(table: tuple[Decimal, ...]) -> Fraction:
        return sum(((Fraction(w) - r) ** 2 for w, r in zip(table, raw, strict=True)), Fraction(0))

    rounded = round_legal(raw, importances, total, rules)
    expected = best(legal_tables(len(raw), total, rules), cost, importances)
    assert (rounded is None) == (expected is None)
    assert rounded is None or tuple(rounded) == expected


def test_ties_go_to_the_more_important_then_to_the_earlier() -> None:
    raw = [Fraction(25, 2)] * 2
    assert round_legal(raw, [Fraction(1)] * 2, Decimal(25)) == [Decimal(15), Decimal(10)]
    assert round_legal(raw, [Fraction(1), Fraction(2)], Decimal(25)) == [Decimal(10), Decimal(15)]


def test_rounding_of_nothing_and_fine_steps() -> None:
    assert round_legal([], [], Decimal(0)) == []
    assert round_legal([], [], Decimal(5)) is None
    fine = WeightRules(step=Decimal("0.01"), maximum=Decimal(100))
    assert round_legal([Fraction(100, 3)] * 3, [Fraction(1)] * 3, Decimal(100), fine) == [
        Decimal("33.34"),
        Decimal("33.33"),
        Decimal("33.33"),
    ]
    # Without a step, weights keep two decimals.
    stepless = round_legal([Fraction(100, 3)] * 3, [Fraction(1)] * 3, Decimal(100), fine._replace(step=Decimal(0)))
    assert stepless and stepless[0] == Decimal("33.34")


typed = st.none() | weights.map(float)
small = st.sampled_from(
    [
        WeightRules(maximum=Decimal(45)),
        WeightRules(step=Decimal(10), minimum=Decimal(10), maximum=Decimal(60)),
        WeightRules(step=Decimal(10), minimum=Decimal(0), maximum=Decimal(50)),
    ]
)


@settings(max_examples=120, deadline=None)
@given(st.lists(st.tuples(typed, st.integers(1, 3)), min_size=1, max_size=4), small)
@example([(30.0, 1), (30.0, 2), (30.0, 1), (12.5, 1)], RULES[0])
@example([(None, 1), (None, 2), (40.0, 1)], WeightRules(maximum=Decimal(45)))
def test_repair_is_the_smallest_change(typed: list[tuple[float | None, int]], rules: WeightRules) -> None:
    lines = [Candidate(f"k{i}", "", r, r, r, agreed=w) for i, (w, r) in enumerate(typed)]
    was = [None if w is None else Fraction(Decimal(repr(w))) for w, _ in typed]

    def cost(table: tuple[Decimal, ...]) -> tuple[Decimal | Fraction, ...]:
        moved = [Fraction(w) - old for w, old in zip(table, was, strict=True) if old is not None]
        given = [w * w for w, old in zip(table, was, strict=True) if old is None]
        return sum(map(abs, moved), Fraction(0)), sum((m * m for m in moved), Fraction(0)), sum(given, ZERO)

    repaired, problems = repair(lines, rules)
    expected = best(legal_tables(len(lines), Decimal(100), rules), cost, [r for _, r in typed])
    assert (expected is None) == bool(problems)
    assert repaired == ([None] * len(lines) if expected is None else list(expected))


@settings(deadline=None)
@given(st.lists(typed | st.just("x") | st.floats(), min_size=3, max_size=12))
def test_repaired_tables_are_legal_and_their_own_repair(typed: list[Any]) -> None:
    lines = [Candidate(f"k{i}", "", agreed=w) for i, w in enumerate(typed)]
    repaired, problems = repair(lines)
    assert len(repaired) == len(lines)
    assert [p.code for p in problems] == ([] if len(lines) > 3 else ["W132"])
    if not problems:
        legal = [line._replace(agreed=None if w is None else float(w)) for line, w in zip(lines, repaired, strict=True)]
        assert not has_errors(check(legal))
        assert repair(legal) == (repaired, [])


def test_repair_by_category_changes_only_what_is_off() -> None:
    lines = [
        Candidate("a", "financial", agreed=40),
        Candidate("b", "financial", agreed=20),
        Candidate("c", "financial", agreed=10),
        Candidate("d", "people", agreed=15),
        Candidate("e", "people", agreed=None),
        Candidate("f", "people", kind="veto", agreed=5),
    ]
    repaired, problems = repair(lines, category_weights={"financial": 70, "people": 30})
    assert problems == []
    assert repaired == [30, 25, 15, 15, 15, None]


def test_repair_says_what_cannot_be_repaired() -> None:
    lines = [
        Candidate("a", "financial", agreed=40),
        Candidate("b", "people", agreed=30),
        Candidate("c", "", agreed=30),
        Candidate("d", "staff", agreed=30),
    ]
    repaired, problems = repair(lines, category_weights={"financial": 40, "people": 30, "service": 30})
    assert [(p.code, p.details.get("index")) for p in problems] == [
        ("W123", 2),
        ("W124", 3),
        ("W132", None),
        ("W125", None),
    ]
    assert repaired == [None, 30, None, None]


def test_repair_of_nothing_is_explained() -> None:
    repaired, problems = repair([Candidate("a", "x", kind="monitor")])
    assert repaired == [None] and [p.code for p in problems] == ["W132"]
    assert "整份合同" in problems[0].message("zh") and "the contract" in problems[0].message("en")
