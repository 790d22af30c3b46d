"""A sound cascade (the manufacturer's) has no finding; each fault planted gives its code at its cell, and no other.

Faults of the design methods and of value trees are planted in their own tests."""

from __future__ import annotations

from typing import Any

import pytest

from perfxl.core.cascade.targets import expected_targets
from perfxl.core.cascade.tree import build_tree
from perfxl.core.checks import run_checks
from perfxl.core.policy_reading import read_policy
from tests.core import manufacturer
from tests.core.clean_program import Edit, add, book_of, drop, put

ROWS = manufacturer.rows()


def line(contract: str, kpi: str) -> int:
    return next(i for i, row in enumerate(ROWS["contract_lines"]) if (row["contract"], row["kpi"]) == (contract, kpi))


def put_line(contract: str, held: str, /, **cells: Any) -> Edit:
    return put("contract_lines", line(contract, held), **cells)


def found(*edits: Edit) -> list[tuple[str, str]]:
    rows = manufacturer.rows()
    for edit in edits:
        edit(rows)
    tables = book_of(rows)
    policy, problems = read_policy(tables)
    return [(about.code, about.address.place) for about in [*problems, *run_checks(tables, policy)]]


def within(kpi: str, sub_kpi: str, person: str, mode: str = "support") -> Edit:
    return add("links", kpi=kpi, owner=person, sub_kpi=sub_kpi, sub_owner=person, mode=mode)


def test_the_sound_cascade_has_no_finding() -> None:
    assert found() == []


FAULTS: list[tuple[str, str, tuple[Edit, ...]]] = [
    ("R187", "合同指标!B5", (drop("links", 2), put_line("C2", "K2", kpi="K14", responsibility=None))),
    ("R175", "目标分解!G5", (put("links", 1, responsibility="main"),)),
    (
        "R176",
        "目标分解!G12",
        (put("links", 8, responsibility="secondary"), put_line("C6", "K9", responsibility="secondary")),
    ),
    ("R177", "目标分解!G4", (put_line("C2", "K1", responsibility="secondary"),)),
    ("R173", "目标分解!F9", (put("links", 6, share=95.0),)),
    ("R170", "目标分解!F10", (put("links", 6, share=None),)),
    ("R171", "目标分解!F13", (put("links", 9, share=50.0),)),
    ("R183", "合同指标!F21", (put_line("C7", "K1", target=9000.0),)),
    ("R184", "合同指标!F16", (put_line("C5", "K7", target=0.9),)),
    ("R179", "目标分解!D14", (within("K3", "K5", "E3", "full"),)),
    ("R180", "目标分解!C13", (put("links", 9, mode="full"),)),
    (
        "R174",
        "目标分解!E10",
        (
            put("links", 5, share=100.0),
            put("links", 6, mode="full", share=None),
            put_line("C7", "K1", target=200000.0, challenge=None),
            put_line("C8", "K1", target=200000.0),
        ),
    ),
    (
        "R186",
        "合同指标!F7",
        (
            put("links", 5, share=50.0),
            put("links", 6, share=50.0),
            *(put_line(contract, "K1", target=200001.0) for contract in ("C1", "C2")),
            *(put_line(contract, "K1", target=100001.0, challenge=None) for contract in ("C7", "C8")),
        ),
    ),
    ("R122", "目标分解!C14", (within("K10", "K11", "E6"), within("K11", "K10", "E6"))),
    (
        "R188",
        "合同指标!B13",
        (
            *(put_line("C4", kpi, weight=20.0) for kpi in ("K7", "K8", "K9")),
            add("contract_lines", contract="C4", kpi="K10", weight=20.0, target=3.0),
            add("contract_lines", contract="C4", kpi="K11", weight=20.0, target=0.95),
        ),
    ),
    (
        "R189",
        "合同指标!B7",
        (
            drop("links", 6),
            drop("links", 5),
            *(put_line(contract, "K1", kpi="K10", responsibility=None, challenge=None) for contract in ("C7", "C8")),
        ),
    ),
    ("C152", "目标分解!C11", (put("links", 7, sub_kpi="K11"),)),
    ("R222", "指标库!F15", (put("kpis", 11, source=None),)),
    ("R124", "目标!I5", (put("objectives", 1, causes="O9"),)),
    ("R123", "目标!I4", (put("objectives", 0, causes="O2"), put("objectives", 1, causes="O1"))),
    # In another department E8 would be a main owner beside the one there.
    (
        "R178",
        "目标分解!D10",
        (
            put("people", 7, unit="U4", superior="E4"),
            *(put("contract_lines", row, responsibility=None) for row in (3, 21)),
        ),
    ),
]


@pytest.mark.parametrize(("code", "place", "edits"), FAULTS, ids=[code for code, *_ in FAULTS])
def test_each_fault_gives_its_code_at_its_cell(code: str, place: str, edits: tuple[Edit, ...]) -> None:
    assert found(*edits) == [(code, place)]


# E8's revenue is customers x revenue a customer; 100,000 customers are what follows.
TREE: tuple[Edit, ...] = (
    add("kpis", **{**ROWS["kpis"][11], "kpi": "K15", "name": "客户数", "unit": "户"}),
    add("value_tree", node="R", name="收入", formula="客户数*户均收入", kpi="K1"),
    add("value_tree", node="N", name="客户数", actual=90000.0, target=100000.0, kpi="K15"),
    add("value_tree", node="A", name="户均收入", actual=2.0, target=2.0),
    put_line("C8", "K13", kpi="K15", target=100000.0),
    within("K1", "K15", "E8", "formula"),
)


def test_what_follows_by_formula_is_the_target_in_the_value_tree() -> None:
    assert found(*TREE) == []
    assert found(*TREE, put_line("C8", "K13", target=99000.0)) == [("R191", "合同指标!F26")]
    assert found(*TREE, lambda rows: rows["value_tree"][1].update(kpi=None)) == [("R192", "目标分解!E14")]


def test_every_host_says_what_follows_by_formula() -> None:
    """A leader's workbook had none."""
    rows = manufacturer.rows()
    for edit in TREE:
        edit(rows)
    follows = expected_targets(book_of(rows))
    assert follows[len(rows["links"]) - 1].target == 100000.0


def test_at_least_twenty_are_planted() -> None:
    assert len({code for code, *_ in FAULTS}) >= 20


def test_the_manufacturer_cascades_as_in_the_slides() -> None:
    """Revenue of 2 billion to sales and on to regions, scrap to production, staff in time to recruiting, skills to
    training."""
    tree = build_tree(book_of(manufacturer.rows()))
    told = [
        (step.depth, step.node.key, step.edge.mode if step.edge else None, step.node.target) for step in tree.walk()
    ]
    assert told[:10] == [
        (0, ("O1", ""), None, None),
        (1, ("K1", "E1"), "measure", 200000.0),
        (2, ("K1", "E2"), "full", 200000.0),
        (3, ("K1", "E7"), "share", 8000.0),
        (3, ("K1", "E8"), "share", 192000.0),
        (2, ("K7", "E4"), "support", 1.0),
        (3, ("K7", "E5"), "full", 1.0),
        (1, ("K2", "E1"), "measure", 0.3),
        (2, ("K2", "E2"), "full", 0.3),
        (0, ("O2", ""), None, None),
    ]
    assert [key for depth, key, *_ in told[10:] if depth >= 2] == [
        *[("K3", "E3"), ("K9", "E4"), ("K9", "E6"), ("K10", "E6")],
    ]


def test_a_negative_target_is_divided_and_scored_with_a_word() -> None:
    """A loss of 200,000: who has the greater share has the greater loss."""
    lines = (("C1", -200000.0), ("C2", -200000.0), ("C7", -8000.0), ("C8", -192000.0))
    told = found(*(put_line(contract, "K1", target=target, challenge=None) for contract, target in lines))
    assert set(told) >= {("S261", f"合同指标!F{row}") for row in (4, 7, 21, 25)}
    assert [place for code, place in told if code == "S262"] == ["合同指标!F7"]
    assert {code for code, _ in told} <= {"S261", "S262", "R230", "R231"}
