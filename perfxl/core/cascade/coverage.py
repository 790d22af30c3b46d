"""What of the superiors' KPIs is carried below, and who carries too much or nothing of it.

    coverage, problems = cover(tree, cards_of(tables))
    coverage.company      the company's KPIs: how many carry each, main owners, sum of shares
    coverage.leaders      whoever has direct reports with contracts: own KPIs, those carried below, those of the reports
    coverage.without      reports of such leaders whose contracts carry nothing from above

Only KPIs that count are looked at: not those that deduct, add, veto or are monitored. Cost grows with the links.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from perfxl.core.cascade.people import COMPANY
from perfxl.core.cascade.targets import read_shares
from perfxl.core.cascade.tree import CascadeTree, Edge, Node
from perfxl.core.problems import Problem
from perfxl.core.records import Tables
from perfxl.core.table_access import columns_of, problem_at, rows_of
from perfxl.core.values.numbers import canonical
from perfxl.core.weights.rules import UNWEIGHTED

_MAIN, _SHARED = "main", "share"


class Carried(NamedTuple):
    """A KPI of the company and what carries it: the edges down, the main owners among them, and the sum of shares in
    percent points (None where nothing is shared), with whether they make a whole."""

    node: Node
    edges: tuple[Edge, ...]
    main: int
    shares: float | None
    shares_make_whole: bool = True

    @property
    def is_carried(self) -> bool:
        """Whether anybody carries it."""
        return bool(self.edges)


class Leader(NamedTuple):
    """Somebody with direct reports that have contracts.

    kpis       own KPIs that count; `uncovered` those that nobody below carries
    reports    direct reports with contracts, and how many KPIs they hold between them (`theirs`)
    shared     how many of the reports' KPIs the leader holds too; `overloaded` where that is all of them, and they are
               not simply one report's
    """

    person: str
    unit: str | None
    kpis: tuple[Node, ...]
    uncovered: tuple[Node, ...]
    reports: tuple[str, ...]
    theirs: int
    shared: int
    overloaded: bool


class Coverage(NamedTuple):
    """See the module's own words."""

    company: tuple[Carried, ...] = ()
    leaders: tuple[Leader, ...] = ()
    without: tuple[Node, ...] = ()


class Card(NamedTuple):
    """What coverage asks of a KPI: whether it counts (it is not monitored and does not deduct, add or veto), and
    whether it has a root of its own: an objective or a source."""

    counts: bool = True
    has_root: bool = False


def cards_of(tables: Tables) -> Mapping[Any, Card]:
    """The cards of the KPI library."""
    kpis = rows_of(tables, "kpis")
    columns = ("kpi", "kind", "verdict", "objective", "source")
    return {
        kpi: Card(kind not in UNWEIGHTED and verdict != "monitor", objective is not None or source is not None)
        for _, kpi, kind, verdict, objective, source in (columns_of(kpis, *columns) if kpis else ())
    }


def cover(tree: CascadeTree, cards: Mapping[Any, Card]) -> tuple[Coverage, list[Problem]]:
    """What is carried, and the problems: a leader who holds all of the reports' KPIs, one of whose KPIs nobody below
    carries any, a report whose KPIs come from nowhere. Source: domain.md section 3, scoring.md section 4."""
    work = _Coverage(tree, cards)
    return work.show(), work.problems


def judge_coverage(tree: CascadeTree, cards: Mapping[Any, Card]) -> list[Problem]:
    """The problems alone, for which no node of the tree need be made."""
    return _Coverage(tree, cards).problems


_NO_CARD = Card()


class _Led(NamedTuple):
    """A leader, as Leader has it, with places of nodes."""

    person: Any
    kpis: list[int]
    uncovered: list[int]
    reports: tuple[Any, ...]
    theirs: int
    shared: int
    overloaded: bool


class _Coverage:
    def __init__(self, tree: CascadeTree, cards: Mapping[Any, Card]) -> None:
        self.tree, self.cards, self.problems = tree, cards, list[Problem]()
        # Person -> (place of a node, KPI), of the KPIs that count.
        self.held: dict[Any, list[tuple[int, Any]]] = {}
        left_out = {kpi for kpi, card in cards.items() if not card.counts}
        for at, kpi, person in tree.lines_held():
            if kpi in left_out:
                continue
            held = self.held.get(person)
            if held is None:
                self.held[person] = [(at, kpi)]
            else:
                held.append((at, kpi))
        # Places of nodes: of the company's KPIs, and of the first lines of those who carry nothing.
        self.company, self.leaders, self.without = list[int](), list[_Led](), list[int]()
        for person, held in self.held.items():
            if tree.people.kind(person) == COMPANY:
                self.company += [at for at, _ in held]
            leader = self._lead(person, held)
            if leader is None:
                continue
            self.leaders.append(leader)
            if len(leader.uncovered) < len(held):
                self.without += self._without(leader)

    def show(self) -> Coverage:
        """What was found, with the nodes of the tree."""
        nodes = self.tree.nodes
        return Coverage(
            tuple(self._carried(nodes[at]) for at in self.company),
            tuple(map(self._leader, self.leaders)),
            tuple(nodes[at] for at in self.without),
        )

    def _carried(self, node: Node) -> Carried:
        edges = tuple(self.tree.children(node.at))
        shares = [edge.share for edge in edges if edge.mode == _SHARED and edge.share is not None]
        main = sum(edge.responsibility == _MAIN for edge in edges)
        read = read_shares(tuple(shares))
        total = canonical(float(sum(figure.exact for figure in read.figures))) if read else None
        return Carried(node, edges, main, total, read is None or read.whole)

    def _leader(self, led: _Led) -> Leader:
        kpis, uncovered = (tuple(self.tree.nodes[at] for at in places) for places in (led.kpis, led.uncovered))
        return Leader(led.person, kpis[0].unit, kpis, uncovered, *led[3:])

    def _lead(self, person: Any, held: list[tuple[int, Any]]) -> _Led | None:
        direct = [report for report in self.tree.people.reports.get(person, ()) if report in self.held]
        if not direct:
            return None
        kpis = [at for at, _ in held]
        rows = set(map(self.tree.row, kpis))
        # Not one who signs the same contract.
        reports = tuple(
            report for report in direct if any(self.tree.row(at) not in rows for at, _ in self.held[report])
        )
        if not reports:
            return None
        uncovered = [at for at in kpis if not self.tree.leads_down(at)]
        sets = [{kpi for _, kpi in self.held[report]} for report in reports]
        own, theirs = {kpi for _, kpi in held}, set[Any]().union(*sets)
        shared = len(own & theirs)
        overloaded = shared == len(theirs) and all(len(each) < shared for each in sets)
        leader = _Led(person, kpis, uncovered, reports, len(theirs), shared, overloaded)
        self._judge(leader)
        return leader

    def _judge(self, leader: _Led) -> None:
        first = leader.kpis[0]
        details = {"person": self.tree.names.people[leader.person], "count": len(leader.reports)}
        if leader.overloaded:
            self._say("leader_overloaded", first, kpis=leader.theirs, **details)
        # The company's KPIs are named one by one.
        if len(leader.uncovered) == len(leader.kpis) and self.tree.people.kind(leader.person) != COMPANY:
            self._say("leader_kpis_none_covered", first, kpis=len(leader.kpis), **details)

    def _without(self, leader: _Led) -> Iterable[int]:
        """The first line of each report that carries nothing of anybody's above."""
        for report in leader.reports:
            held = self.held[report]
            if any(not self.tree.people_above(at) <= {None, report} for at, _ in held):
                continue
            first = held[0][0]
            yield first
            if not any(self.cards.get(kpi, _NO_CARD).has_root for _, kpi in held):
                people = self.tree.names.people
                self._say("report_carries_nothing", first, person=people[report], superior=people[leader.person])

    def _say(self, name: str, node: int, **details: Any) -> None:
        self.problems.append(problem_at(name, self.tree.lines, self.tree.row(node), "kpi", **details))
