"""Contracts, lines, links and rows of actuals from the KPIs of posts."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfxl.core.cascade import LinkedTargets
from perfxl.core.cascade.generate import due_periods, generate
from perfxl.core.cascade.sharing import Sharer, divide
from perfxl.core.policy_reading import read_policy
from perfxl.core.records import Records, from_rows
from perfxl.core.values.dates import Span

START, END = date(2026, 1, 1), date(2026, 12, 31)
PERIOD: list[dict[str, Any]] = [
    {"key": "考核期开始", "value": START},
    {"key": "考核期结束", "value": END},
    {"key": "单项权重上限", "value": 100},  # posts of one to three KPIs can be weighed
]
MEASURED: dict[str, Any] = {"kind": "quantitative", "method": "比率法"}
KPIS: list[dict[str, Any]] = [
    {"kpi": "K1", "name": "收入", **MEASURED, "aggregation": "sum", "period": "quarter", "unit": "万元"},
    {"kpi": "K2", "name": "满意度", **MEASURED, "unit": "%", "period": "year"},
    {"kpi": "K3", "name": "安全", "kind": "deduct", "method": "减分法", "k": 5.0},
    {"kpi": "K4", "name": "新客户", **MEASURED, "period": "month"},
]
UNITS: list[dict[str, Any]] = [
    {"unit": "U1", "name": "公司", "head": "P1"},
    {"unit": "U2", "name": "销售", "parent": "U1", "head": "P2"},
]
PEOPLE: list[dict[str, Any]] = [
    {"person": "P3", "name": "甲", "unit": "U2", "post": "客户经理"},
    {"person": "P4", "name": "乙", "unit": "U2", "post": "客户经理"},
    {"person": "P5", "name": "丙", "unit": "U2", "post": "客户经理", "start": date(2026, 4, 15)},
    {"person": "P2", "name": "部长", "unit": "U2", "post": "部门经理"},
    {"person": "P1", "name": "总", "unit": "U1", "post": "总经理"},
]
POSTS: list[dict[str, Any]] = [
    {"post": "总经理", "kpi": "K1", "target": 1000.0, "threshold": 800.0},
    {"post": "总经理", "kpi": "K2", "target": 0.85},
    {"post": "部门经理", "kpi": "K1"},
    {"post": "部门经理", "kpi": "K2"},
    {"post": "部门经理", "kpi": "K3"},
    {"post": "客户经理", "kpi": "K1"},
    {"post": "客户经理", "kpi": "K4", "target": 12.0, "upper_kpi": "K1", "weight": 30.0},
]


def program(**changed: list[dict[str, Any]]) -> dict[str, Records]:
    given = {"policy": PERIOD, "units": UNITS, "people": PEOPLE, "kpis": KPIS, "post_kpis": POSTS, **changed}
    return {name: from_rows(name, rows) for name, rows in given.items()}


def made(tables: dict[str, Records]) -> tuple[Any, list[tuple[str, str]]]:
    generated, problems = generate(tables, read_policy(tables)[0], 2025)
    return generated, [(p.code, p.address.cell) for p in problems]


def column(generated: Any, table: str, *names: str) -> list[tuple[Any, ...]]:
    records = generated.rows[table]
    return list(zip(*(records.column(name) for name in names), strict=True))


def test_everybody_gets_a_contract_superiors_first() -> None:
    generated, problems = made(program())
    assert problems == []
    assert column(generated, "contracts", "holder", "issuer", "start", "end") == [
        ("P1", None, date(2026, 1, 1), date(2026, 12, 31)),
        ("P2", "P1", date(2026, 1, 1), date(2026, 12, 31)),
        ("P3", "P2", date(2026, 1, 1), date(2026, 12, 31)),
        ("P4", "P2", date(2026, 1, 1), date(2026, 12, 31)),
        ("P5", "P2", date(2026, 4, 15), date(2026, 12, 31)),
    ]


def test_a_post_of_too_few_or_too_many_kpis_is_named_once() -> None:
    """Two KPIs of at most 30% make no 100%; nor do 21 of at least 5%. What deducts carries no weight."""
    many = [{"kpi": f"N{i}", "name": f"指标{i}", **MEASURED} for i in range(21)]
    posts = [*POSTS, *({"post": "部门经理", "kpi": kpi["kpi"], "target": 1.0} for kpi in many)]
    generated, problems = made(program(policy=PERIOD[:2], kpis=[*KPIS, *many], post_kpis=posts))
    assert problems == [("C306", "A4"), ("C306", "A6"), ("C306", "A9")]
    assert len(generated.rows["contracts"]) == 5


def test_targets_come_down_in_full_and_by_shares_and_sum_exactly() -> None:
    generated, _ = made(program())
    lines = {row[:2]: row[2:] for row in column(generated, "contract_lines", "contract", "kpi", "target", "threshold")}
    assert lines["2026-P2", "K1"] == (1000, 800)
    assert lines["2026-P2", "K2"] == (0.85, None)
    assert [lines[f"2026-{person}", "K1"][0] for person in ("P3", "P4", "P5")] == [334, 333, 333]
    assert sum(lines[f"2026-{person}", "K1"][1] for person in ("P3", "P4", "P5")) == 800
    links = column(generated, "links", "kpi", "owner", "sub_kpi", "sub_owner", "mode")
    assert ("K2", "P1", "K2", "P2", "full") in links
    assert ("K1", "P2", "K1", "P3", "share") in links
    assert ("K1", "P2", "K4", "P3", "support") in links
    assert all(link[0] != "K3" for link in links)


def test_what_is_generated_follows_from_its_links() -> None:
    tables = program()
    generated, _ = made(tables)
    linked = LinkedTargets(generated.added_to(tables))
    for group in linked.groups:
        for follows in linked.follow(group):
            assert follows.target == linked.held[linked.lower(follows.row)].target


def test_weights_make_a_whole_and_a_given_one_holds() -> None:
    generated, _ = made(program())
    sums: dict[str, float] = {}
    for number, kpi, weight in column(generated, "contract_lines", "contract", "kpi", "weight"):
        assert (weight is None) == (kpi == "K3")
        assert kpi != "K4" or weight == 30
        sums[number] = sums.get(number, 0) + (weight or 0)
    assert set(sums.values()) == {100}


def test_rows_of_actuals_wait_for_every_period_of_the_kpi() -> None:
    generated, _ = made(program())
    due = column(generated, "actuals", "holder", "kpi", "period")
    assert [period for holder, kpi, period in due if (holder, kpi) == ("P3", "K1")] == [
        "2026Q1", "2026Q2", "2026Q3", "2026Q4",
    ]  # fmt: skip
    assert [period for holder, kpi, period in due if (holder, kpi) == ("P5", "K1")] == ["2026Q2", "2026Q3", "2026Q4"]
    assert len([1 for holder, kpi, _ in due if (holder, kpi) == ("P5", "K4")]) == 9
    assert [period for holder, kpi, period in due if (holder, kpi) == ("P1", "K2")] == ["2026"]
    assert not [1 for _, kpi, _ in due if kpi == "K3"]
    assert set(generated.rows["actuals"].column("value")) == {None}


def test_generated_twice_gives_nothing_new() -> None:
    tables = program()
    first, _ = made(tables)
    second, problems = made(first.added_to(tables))
    assert (second.total, second.differences, problems) == (0, (), [])


def test_what_is_there_is_kept_and_told() -> None:
    tables = program(
        contracts=[{"contract": "A7", "holder": "P3", "issuer": "P1", "start": START, "end": END}],
        contract_lines=[
            {"contract": "A7", "kpi": "K1", "target": 400.0, "weight": 60.0},
            {"contract": "A7", "kpi": "K2", "target": 0.9, "weight": 40.0},
        ],
    )  # fmt: skip
    generated, _ = made(tables)
    assert sorted((d.table, d.address.cell, d.present, d.generated) for d in generated.differences) == [
        ("contract_lines", "B5", "K2", None),
        ("contract_lines", "F4", 400.0, 334.0),
        ("contract_lines", "I4", None, 267.0),
        ("contracts", "D4", "P1", "P2"),
    ]
    assert tables["contract_lines"].column("target") == [400.0, 0.9]
    assert ("A7", "K4") in column(generated, "contract_lines", "contract", "kpi")
    assert "P3" not in generated.rows["contracts"].column("holder")


@pytest.mark.parametrize(
    ("posts", "expected"),
    [
        ([*POSTS, {"post": "司机", "kpi": "K1"}], ("C235", "A11")),
        ([row for row in POSTS if row["post"] != "客户经理"], ("C234", "D4")),
        ([*POSTS[:-2], {"post": "客户经理", "kpi": "K1", "share": 90.0}], ("C238", "H9")),
        ([{"post": "部门经理", "kpi": "K1", "mode": "share"}], ("C237", "G4")),
    ],
)
def test_what_does_not_fit_is_said_at_its_cell(posts: list[dict[str, Any]], expected: tuple[str, str]) -> None:
    _, problems = made(program(post_kpis=posts))
    assert expected in problems


def test_nothing_to_generate_from_says_so() -> None:
    tables = program()
    del tables["post_kpis"]
    assert made(tables)[1] == [("C232", "")]


def test_the_more_specific_row_wins() -> None:
    posts = [*POSTS, {"post": "乙", "kpi": "K1", "share": 50.0}, {"post": "甲", "kpi": "K4", "target": 20.0}]
    generated, problems = made(program(post_kpis=posts))
    lines = {row[:2]: row[2] for row in column(generated, "contract_lines", "contract", "kpi", "target")}
    assert problems == []
    assert [lines[f"2026-{person}", "K1"] for person in ("P3", "P4", "P5")] == [250, 500, 250]
    assert [lines[f"2026-{person}", "K4"] for person in ("P3", "P4")] == [20, 12]


def test_without_a_period_the_year_is_said() -> None:
    generated, problems = made(program(policy=PERIOD[2:]))
    assert problems == [("C233", "")]
    assert generated.rows["contracts"].column("start")[0] == date(2025, 1, 1)


@pytest.mark.parametrize(
    ("kind", "period", "days", "expected"),
    [
        ("year", ("2026-01-01", "2026-12-31"), ("2026-03-01", "2026-12-31"), ["2026"]),
        ("half", ("2026-01-01", "2026-12-31"), ("2026-07-01", "2026-12-31"), ["2026H2"]),
        ("year", ("2026-04-01", "2027-03-31"), ("2026-04-01", "2027-03-31"), ["2026Q2", "2026Q3", "2026Q4", "2027Q1"]),
        ("quarter", ("2026-01-01", "2026-02-28"), ("2026-01-01", "2026-02-28"), ["2026-01", "2026-02"]),
    ],
)
def test_due_periods(kind: str, period: tuple[str, str], days: tuple[str, str], expected: list[str]) -> None:
    spans = [Span(*map(date.fromisoformat, each)) for each in (period, days)]
    assert due_periods(kind, *spans) == expected


@given(
    st.lists(st.one_of(st.none(), st.integers(0, 3000)), min_size=1, max_size=40),
    st.integers(-(10**9), 10**9),
    st.integers(0, 3),
)
@settings(deadline=None)
def test_shares_make_a_whole_and_equal_parts_are_equal(given: list[int | None], steps: int, places: int) -> None:
    sharers = [Sharer(None if share is None else share / 100) for share in given]
    total = steps / 10**places
    parts = divide(sharers, total, places)
    typed = sum(share for share in given if share is not None)
    whole = typed < 10000 if None in given else typed == 10000
    assert (parts is not None) == whole
    if parts is not None:
        assert sum(parts.shares) == 100
        assert sum(parts.of(total, places)) == Fraction(str(total))
        equal = [part for part, share in zip(parts.of(total, places), given, strict=True) if share is None]
        assert not equal or max(equal) - min(equal) <= Fraction(1, 10**places)


def test_nothing_is_guessed_where_several_carry_what_may_add_up() -> None:
    posts: list[dict[str, Any]] = [{"post": "部门经理", "kpi": "K4", "target": 60.0}, {"post": "客户经理", "kpi": "K4"}]
    generated, problems = made(program(post_kpis=posts))
    assert ("C242", "G5") in problems
    lines = column(generated, "contract_lines", "contract", "kpi", "target")
    assert [target for number, _, target in lines if number != "2026-P2"] == [None, None, None]
