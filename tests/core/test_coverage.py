"""What of the superiors' KPIs nobody below carries, who carries all of it, and who nothing."""

from __future__ import annotations

from typing import Any

import pytest

from perfxl import judgement
from perfxl.core.cascade.coverage import Coverage, cards_of, cover
from perfxl.core.cascade.tree import build_tree
from perfxl.core.checks.cascade import check_coverage
from perfxl.core.policy import Policy
from perfxl.core.records import Records, from_rows
from perfxl.judgement import judge
from perfxl.table_store import TableStore

# Whose contract holds which KPIs: E1 heads the company, E2 and E3 a unit each, E4 and E5 belong to E2.
HOLD = {"E1": "A B C", "E2": "A D E", "E3": "B F", "E4": "D G", "E5": "E H"}
SUPERIOR = {"E2": "E1", "E3": "E1", "E4": "E2", "E5": "E2"}
LINKS = ("A E1 A E2", "B E1 B E3", "C E1 D E2 share 60 main", "C E1 F E3 share 40", "D E2 D E4", "E E2 E E5")


def tables_of(
    hold: dict[str, str] | None = None, links: tuple[str, ...] = LINKS, **cards: dict[str, Any]
) -> dict[str, Records]:
    hold = HOLD | (hold or {})
    kpis = sorted({kpi for each in hold.values() for kpi in each.split()})
    heads = {"U1": "E1", "U2": "E2", "U3": "E3"}
    homes = {"E1": "U1", "E3": "U3"}
    names = ("kpi", "owner", "sub_kpi", "sub_owner", "mode", "share", "responsibility")
    typed = [[float(part) if part.isdigit() else part for part in link.split()] for link in links]
    rows: dict[str, list[dict[str, Any]]] = {
        "units": [
            {"unit": unit, "name": unit, "head": head, "parent": None if unit == "U1" else "U1"}
            for unit, head in heads.items()
        ],
        "people": [
            {"person": each, "name": each, "unit": homes.get(each, "U2"), "superior": SUPERIOR.get(each)}
            for each in hold
        ],
        "kpis": [{"kpi": kpi, "name": kpi, "kind": "quantitative", **cards.get(kpi, {})} for kpi in kpis],
        "contracts": [{"contract": each, "holder": each} for each in hold],
        "contract_lines": [{"contract": person, "kpi": kpi} for person, each in hold.items() for kpi in each.split()],
        "links": [{"mode": "support", **dict(zip(names, link, strict=False))} for link in typed],
    }
    return {table: from_rows(table, each) for table, each in rows.items()}


def covered(*args: Any, **cards: Any) -> Coverage:
    tables = tables_of(*args, **cards)
    return cover(build_tree(tables), cards_of(tables))[0]


def found(*args: Any, **cards: Any) -> list[tuple[str, str]]:
    return [(p.code, p.address.cell) for p in check_coverage(tables_of(*args, **cards), Policy())]


def test_a_sound_cascade_covers_everybody() -> None:
    coverage = covered()
    assert found() == []
    assert [(c.node.kpi, len(c.edges), c.main, c.shares) for c in coverage.company] == [
        ("A", 1, 0, None),
        ("B", 1, 0, None),
        ("C", 2, 1, 100.0),
    ]
    leaders = {leader.person: leader for leader in coverage.leaders}
    assert set(leaders) == {"E1", "E2"}
    assert [node.kpi for node in leaders["E2"].uncovered] == ["A"]
    assert (leaders["E2"].reports, leaders["E2"].theirs, leaders["E2"].shared) == (("E4", "E5"), 4, 2)
    assert coverage.without == ()


def test_a_leader_who_holds_all_that_the_people_below_hold() -> None:
    """At the leader's first line; one whose people hold the very KPIs of the leader is no such case."""
    assert found({"E2": "A D E G H"}) == [("R188", "B7")]
    assert found({"E2": "A D E", "E4": "A D E", "E5": "A D E"}) == []
    assert found({"E2": "A D E G H"}, H={"kind": "deduct"}) == [("R188", "B7")]
    assert found({"E2": "A D E H"}, G={"verdict": "monitor"}) == [("R188", "B7")]


def test_a_unit_whose_kpis_nobody_below_carries() -> None:
    assert found(None, LINKS[:4], D={"source": "routine"}, E={"source": "routine"}) == []  # the same KPIs stand below
    apart = {"E4": "G", "E5": "H"}
    assert found(apart, LINKS[:4]) == [("R189", "B7")]
    assert found(apart, (*LINKS[:4], "A E2 H E5"), G={"source": "routine"}) == []


def test_somebody_whose_kpis_come_from_nowhere() -> None:
    alone = {"E4": "G"}
    assert found(alone, (*LINKS[:4], LINKS[5])) == [("R190", "B12")]
    assert found(alone, (*LINKS[:4], LINKS[5]), G={"source": "routine"}) == []
    assert [node.person for node in covered(alone, (*LINKS[:4], LINKS[5]), G={"source": "routine"}).without] == ["E4"]
    assert found(alone, (*LINKS[:4], LINKS[5], "D E2 G E4")) == []


ALONE = {"E4": "G"}
APART = {"E4": "G", "E5": "H"}


@pytest.mark.parametrize(
    ("hold", "links", "codes"),
    [
        ({"E2": "A D E G H"}, LINKS, {"R188"}),
        (APART, LINKS[:4], {"R189"}),
        (ALONE, (*LINKS[:4], LINKS[5]), {"R190"}),
        ({}, LINKS, set()),
    ],
)
def test_of_rows_on_disk_the_same_is_told(hold: dict[str, str], links: tuple[str, ...], codes: set[str]) -> None:
    """Papers of a large file said nothing of it."""
    store = TableStore()
    for records in tables_of(hold, links).values():
        store.add(records)
    store.finish()
    told = [(p.code, p.address.cell) for p in judge(store, Policy()).problems if p.code in ("R188", "R189", "R190")]
    assert told == found(hold, links) and codes <= {code for code, _ in told} and bool(codes) == bool(told)


def test_of_very_many_lines_on_disk_only_check_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their cascade takes more memory than papers may."""
    monkeypatch.setattr(judgement, "_COVERED_UP_TO", 5)
    store = TableStore()
    for records in tables_of(APART, LINKS[:4]).values():
        store.add(records)
    store.finish()
    assert not [p for p in judge(store, Policy()).problems if p.code == "R189"] and found(APART, LINKS[:4])
