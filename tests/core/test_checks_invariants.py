"""What must hold whatever the workbook: cycles are found as by brute force, in any order of rows; nothing crashes."""

from __future__ import annotations

from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfxl.core import schema
from perfxl.core.checks import run_checks
from perfxl.core.checks.structure import find_cycles
from perfxl.core.policy_reading import read_policy
from perfxl.core.records import Tables, from_rows
from perfxl.core.values.dates import period_kind, period_span
from perfxl.core.values.text import Nearest
from tests.core.clean_program import CLEAN, add, book, book_of, put, rows

GRAPHS = st.dictionaries(st.integers(0, 9), st.lists(st.integers(0, 9), max_size=3), max_size=10)


def reachable(graph: dict[int, list[int]]) -> dict[int, set[int]]:
    """Which nodes each node leads to, by repeated steps."""
    found = {node: {n for n in after if n in graph} for node, after in graph.items()}
    for _ in graph:
        found = {node: after.union(*(found[n] for n in after)) for node, after in found.items()}
    return found


@given(GRAPHS)
def test_cycles_are_cycles_and_none_is_missed(graph: dict[int, list[int]]) -> None:
    found = find_cycles(graph)
    for cycle in found:
        assert all(after in graph[node] for node, after in zip(cycle, [*cycle[1:], cycle[0]], strict=True))
    listed = [node for cycle in found for node in cycle]
    assert len(listed) == len(set(listed))
    paths = reachable(graph)
    for node in graph:
        if node in paths[node]:
            group = {other for other in paths[node] if node in paths[other]}
            assert group.intersection(listed)


@given(st.dictionaries(st.integers(0, 9), st.integers(0, 9), max_size=10), st.randoms(use_true_random=False))
def test_with_one_parent_each_all_cycles_are_found_in_any_order(parents: dict[int, int], random: Random) -> None:
    graph = {node: [parent] for node, parent in parents.items()}
    paths = reachable(graph)
    in_a_circle = {node for node in graph if node in paths[node]}
    shuffled = dict(random.sample(list(graph.items()), len(graph)))
    for each in (graph, shuffled):
        assert {node for cycle in find_cycles(each) for node in cycle} == in_a_circle


def test_a_long_chain_of_units_is_no_cycle() -> None:
    chain = [{"unit": f"U{i}", "name": f"单位{i}", "parent": f"U{i - 1}" if i else None} for i in range(20_000)]
    program = {"units": from_rows("units", chain)}
    assert run_checks(program, read_policy(program)[0]) == []


def codes(program: Tables) -> list[tuple[str, str, str]]:
    policy, _ = read_policy(program)
    return sorted((p.code, p.table, str(p.value)) for p in run_checks(program, policy))


BREAKS = [
    put("people", 2, unit="U9"),
    put("kpis", 0, method="比列法"),
    put("contract_lines", 3, weight=12.5),
    put("contract_lines", 1, challenge=550.0),
    put("actuals", 0, period="2024Q1"),
    put("events", 0, kind="bonus"),
    put("contracts", 1, issuer="E3"),
    add("actuals", holder="E1", kpi="K1", period="2025Q1", value=1.0),
    put("objectives", 3, causes="O2"),
]


@settings(max_examples=40, deadline=None)
@given(st.sets(st.sampled_from(range(len(BREAKS))), min_size=1), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(chosen: set[int], random: Random) -> None:
    program = rows(*(BREAKS[i] for i in chosen))
    mixed = {table: random.sample(held, len(held)) for table, held in program.items()}
    assert codes(book_of(mixed)) == codes(book_of(program))


@pytest.mark.parametrize("table", sorted(CLEAN))
def test_a_lone_table_is_checked_alone(table: str) -> None:
    """People start small: what the workbook does not hold is not asked for, unless rows lead there."""
    lone = {table: from_rows(table, CLEAN[table])}
    policy, problems = read_policy(lone)
    found = {p.code for p in problems + run_checks(lone, policy)}
    leading = ("contracts", "contract_lines", "phasing", "actuals", "events", "links", "plans")
    missing_tables = {"kpis": {"M108", "M125"}, **{name: {"R102"} for name in leading}}.get(table, set())
    assert found <= missing_tables


@pytest.mark.parametrize("table", sorted(CLEAN))
def test_a_program_without_one_table_has_no_dangling_findings(table: str) -> None:
    program = {name: records for name, records in book().items() if name != table}
    policy, problems = read_policy(program)
    partners = {name: {"R102"} for name in ("contracts", "contract_lines", "kpis")}
    people = {"people": {"C115", "R102"}}
    follow = {"step_tables": {"M108"}, "grade_tables": {"M108"}, **people, **partners}.get(table, set())
    assert {p.code for p in problems + run_checks(program, policy)} <= follow


@pytest.mark.parametrize("table", sorted(CLEAN))
def test_empty_sheets_and_blank_rows_are_harmless(table: str) -> None:
    """A template nobody has filled in, and rows of blanks (the reader names what is required)."""
    untouched = run_checks({name: from_rows(name, []) for name in schema.all_tables()}, read_policy({})[0])
    assert [about.name for about in untouched] == ["program_empty"]
    program = book(lambda changed: changed[table].append({}))
    policy, problems = read_policy(program)
    assert problems + run_checks(program, policy) == []


CELLS: Any = st.one_of(
    st.none(), st.sampled_from(["E1", "K1", "C1", "U1", "O1", "N/A", "优", ""]), st.floats(-1e6, 1e6), st.dates()
)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_figure_makes_a_check_fail(data: st.DataObject) -> None:
    """Figure columns hold numbers, dates or text as the reader found them."""
    table = data.draw(st.sampled_from(["contract_lines", "actuals", "step_tables", "phasing"]))
    figures = [c.name for c in schema.get(table).columns if c.type is schema.Type.FIGURE]
    row = data.draw(st.integers(0, len(CLEAN[table]) - 1))
    cells = {name: data.draw(CELLS) for name in data.draw(st.sets(st.sampled_from(figures)))}
    program = book(put(table, row, **cells))
    policy, problems = read_policy(program)
    for found in problems + run_checks(program, policy):
        assert found.message("zh") and found.message("en") and found.hint("zh") and found.hint("en")


@pytest.mark.parametrize(
    ("unknown", "meant"),
    [
        ("E00l2", "E0012"),
        ("e0012", "E0012"),
        ("E012", "E0012"),
        ("E00012", "E0012"),
        ("Ｅ００１２", "E0012"),
        ("X", ""),
    ],
)
@pytest.mark.parametrize("others", [0, 2000])
def test_nearest(unknown: str, meant: str, others: int) -> None:
    """A few names or thousands: the one that was meant."""
    names = ["E0012", *(f"Q{i:07}" for i in range(others))]
    assert Nearest(names)(unknown) == meant


@given(st.integers(1900, 2199), st.integers(1, 12))
def test_periods_nest(year: int, month: int) -> None:
    quarter, half = (month - 1) // 3 + 1, (month - 1) // 6 + 1
    nested = [f"{year}-{month:02}", f"{year}Q{quarter}", f"{year}H{half}", str(year)]
    assert [period_kind(period) for period in nested] == ["month", "quarter", "half", "year"]
    spans = [period_span(period) for period in nested]
    assert all(inner.inside(outer) for inner, outer in pairwise(spans))
    assert spans[0].start.day == 1 and spans[0].start.month == spans[0].end.month == month
