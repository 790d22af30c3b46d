"""The cascade as a value: nodes, edges, order, and what a leader may see."""

from __future__ import annotations

import gc
import weakref

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfxl.core.cascade.organisation import superiors
from perfxl.core.cascade.tree import (
    COMPANY,
    MEASURE,
    OBJECTIVE,
    PART,
    PERSON,
    SAME,
    SUB_UNIT,
    UNIT,
    CascadeTree,
    Reported,
    build_tree,
)
from perfxl.core.policy import Policy
from perfxl.core.records import from_columns
from perfxl.core.scoring.program import score_program
from perfxl.core.table_access import lookups_kept
from tests.core import clean_program
from tests.core.clean_program import Edit, add, put
from tests.core.test_cascade import HEAD


def tree_of(*edits: Edit) -> CascadeTree:
    return build_tree(clean_program.book(*HEAD, *edits))


def edges_of(tree: CascadeTree) -> list[tuple[object, ...]]:
    return [(tree.nodes[e.parent].key, tree.nodes[e.child].key, e.mode, e.share) for e in tree.edges]


def test_nodes_say_whose_kpi_it_is_and_where_it_stands() -> None:
    tree = tree_of(put("units", 2, head="E3"))
    nodes = {node.key: node for node in tree.nodes}
    head, below = nodes["K1", "E1"], nodes["K1", "E2"]
    assert (head.kind, head.level, head.unit, head.weight, head.name) == (COMPANY, 1, "U1", 60.0, "营销收入")
    assert (below.kind, below.contract, below.target, below.challenge) == (UNIT, "C1", 8000.0, 10000.0)
    below_e2 = next(node.kind for node in tree_of().nodes if node.key == ("K1", "E3"))
    assert nodes["K1", "E3"].kind == SUB_UNIT and below_e2 == PERSON
    assert nodes["O1", ""].kind == OBJECTIVE and nodes["O1", ""].name == "提高利润"
    assert (tree.address(below, "target").place, tree.address(nodes["O1", ""]).sheet) == ("合同指标!F4", "目标")
    assert [node.at for node in tree.nodes] == list(range(len(tree.nodes)))


def test_edges_are_links_the_same_kpi_below_and_objectives() -> None:
    tree = tree_of()
    edges = edges_of(tree)
    assert edges[0] == (("K1", "E2"), ("K1", "E3"), "full", None)
    assert (("K1", "E1"), ("K2", "E3"), "share", 40.0) in edges
    assert (("K4", "E1"), ("K4", "E2"), SAME, None) in edges
    assert (("K1", "E1"), ("K1", "E2"), SAME, None) not in edges  # a link says it already
    assert (("O2", ""), ("O5", ""), PART, None) in edges
    assert (("O2", ""), ("K4", "E1"), MEASURE, None) in edges
    assert (("O2", ""), ("K4", "E2"), MEASURE, None) not in edges  # it stands below the head's
    share = next(edge for edge in tree.edges if edge.share == 60.0)
    assert tree.edge_address(share, "share").place == "目标分解!F6"


def test_a_walk_shows_every_node_once_with_what_lies_below() -> None:
    tree = tree_of(add("links", kpi="K4", owner="E1", sub_kpi="K1", sub_owner="E3", mode="support"))
    steps = list(tree.walk())
    firsts = [step.node.at for step in steps if not step.again]
    assert sorted(firsts) == list(range(len(tree.nodes)))
    assert [(s.depth, s.node.level) for s in steps if s.node.key == ("K1", "E3")] == [(3, 3), (2, 3)]
    assert sum(step.again for step in steps) == 2  # K1 of E3, and K2 of E3 with two above
    last = [step for step in steps if step.again][-1]
    assert last.edge is not None and tree.nodes[last.edge.child] == last.node


def test_an_end_that_no_contract_holds_stands_at_its_link() -> None:
    tree = tree_of(add("links", kpi="K1", owner="E1", sub_kpi="K9", sub_owner="E1", mode="support"))
    end = tree.nodes[-1]
    assert (end.key, end.row, end.target) == (("K9", "E1"), -1, None)
    assert tree.address(end, "target").place == "目标分解!C8"


def test_once_scored_nodes_have_actuals_points_and_lights() -> None:
    book = clean_program.book(*HEAD)
    scores, _ = score_program(book, Policy())
    node = next(node for node in build_tree(book, Reported.of(scores)).nodes if node.key == ("K7", "E2"))
    assert (node.actual, node.points, node.light) == (0.04, 100.0, "green")
    waiting = next(node for node in build_tree(book, Reported.of(scores)).nodes if node.key == ("K9", "E3"))
    assert (waiting.actual, waiting.points, waiting.light) == (None, None, "")


def test_what_is_kept_for_all_who_ask_is_neither_scored_nor_another_programs() -> None:
    book, other = clean_program.book(*HEAD), clean_program.book(*HEAD, put("contract_lines", 0, target=9000.0))
    scores, _ = score_program(book, Policy())
    fresh = [build_tree(book), build_tree(book, Reported.of(scores)), build_tree(other)]
    told = [(list(tree.nodes), list(tree.edges), tree.roots) for tree in fresh]
    assert told[0] != told[1] and told[0] != told[2]
    with lookups_kept():
        plain = build_tree(book)
        assert list(plain.nodes) == told[0][0]  # made before the same tree is scored
        with lookups_kept():
            kept = [plain, build_tree(book, Reported.of(scores)), build_tree(other)]
        assert build_tree(book) is plain
        assert [(list(tree.nodes), list(tree.edges), tree.roots) for tree in kept] == told
    assert build_tree(book) is not plain


def test_a_leader_sees_reports_and_what_lies_below_and_nobody_else() -> None:
    mates = [
        add("units", unit="U4", name="生产部", parent="U1", head="E4"),
        add("people", person="E4", name="赵四", unit="U4", superior="E1"),
        add("contracts", contract="C4", holder="E4", issuer="E1"),
        add("contract_lines", contract="C4", kpi="K1", weight=100.0),
        add("links", kpi="K1", owner="E1", sub_kpi="K1", sub_owner="E4", mode="support"),
        add("objectives", objective="O9", parent="O1", unit="U4", text="降低废品"),
    ]
    whole = tree_of(*mates)
    for leader, seen in (("E2", {"E2", "E3"}), ("E4", {"E4"}), ("E1", {"E1", "E2", "E3", "E4"}), ("E9", set())):
        part = whole.below(leader)
        assert {node.person for node in part.nodes if node.kind != OBJECTIVE} == seen
        assert part.leader == leader and [node.at for node in part.nodes] == list(range(len(part.nodes)))
        assert all(part.nodes[edge.child].person in {None, *seen} for edge in part.edges)
    assert {node.key[0] for node in whole.below("E2").nodes if node.kind == OBJECTIVE} == {"O5"}
    assert min(node.level for node in whole.below("E2").nodes) == 0
    assert {node.key[0] for node in whole.below("E4").nodes if node.kind == OBJECTIVE} == {"O9"}


@pytest.mark.parametrize("superior", ["E2", None])
def test_who_has_no_superior_reports_to_the_head_of_the_unit(superior: str | None) -> None:
    whole = tree_of(put("people", 2, superior=superior, unit="U2"))
    assert "E3" in {node.person for node in whole.below("E2").nodes}


def test_people_of_one_name_are_told_apart() -> None:
    names = tree_of(put("people", 1, name="李四"), put("people", 2, name="李四")).names
    assert [names.apart[person] for person in ("E1", "E2", "E3", "E9", None)] == [
        names.people["E1"],
        "李四 (E2)",
        "李四 (E3)",
        "E9",
        "",
    ]


def test_the_chair_is_nobodys_report() -> None:
    """Sits in the company's unit, which the chief executive heads; the chief executive's superior all the same."""
    chair = add("people", person="E0", name="董事长", unit="U1", superior=None), put("people", 0, superior="E0")
    whole = tree_of(*chair)
    assert whole.people.superior("E0") is None and superiors(clean_program.book(*HEAD, *chair))["E0"] is None
    assert "E0" not in whole.people.below("E1") and "E1" in whole.people.below("E0")


def test_circles_end_and_lose_no_node() -> None:
    round_about = [
        add("links", kpi="K1", owner="E3", sub_kpi="K1", sub_owner="E2", mode="full"),
        put("units", 0, parent="U3"),
        put("people", 0, superior="E3"),
    ]
    tree = tree_of(*round_about)
    assert {step.node.at for step in tree.walk()} == set(range(len(tree.nodes)))
    assert {node.person for node in tree.below("E1").nodes} >= {"E1", "E2", "E3"}


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=24))
def test_any_links_give_a_tree_with_every_end_in_one_order(pairs: list[tuple[int, int]]) -> None:
    links = {
        "kpi": ["K"] * len(pairs),
        "owner": [f"E{upper}" for upper, _ in pairs],
        "sub_kpi": ["K"] * len(pairs),
        "sub_owner": [f"E{lower}" for _, lower in pairs],
        "mode": ["support"] * len(pairs),
    }
    tree = build_tree({"links": from_columns("links", links)})
    assert {node.person for node in tree.nodes} == {*links["owner"], *links["sub_owner"]}
    assert len(tree.edges) == len(pairs)
    assert {step.node.at for step in tree.walk()} == set(range(len(tree.nodes)))
    down = [edge for edge in tree.edges if tree.nodes[edge.parent].level < tree.nodes[edge.child].level]
    assert len(down) == len(pairs) or any(upper >= lower for upper, lower in pairs)


def test_a_tree_goes_when_nobody_has_it_any_more() -> None:
    """It is as large as the program: a circle in it would keep it until garbage is looked for."""
    tree = tree_of()
    assert tree.nodes and tree.edges and tree.roots
    gone = weakref.ref(tree)
    gc.disable()
    try:
        del tree
        assert gone() is None
    finally:
        gc.enable()
