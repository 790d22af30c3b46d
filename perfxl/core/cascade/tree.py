"""The cascade as one value: objectives, who holds which KPI, and the links between them.

    tree = build_tree(tables)         or build_tree(tables, Reported.of(scores)) for actuals, points and lights
    tree.nodes                        in order; a node's place in it is its `at`
    tree.edges                        in order; `parent` and `child` are places in `nodes`
    tree.roots                        places of the nodes that nothing leads to, from the company's down to people's
    tree.children(i), tree.parents(i) the edges that lead down from a node and up, in the sheet's order
    tree.walk()                       depth first, the rows of an outline: (depth, node, edge it was reached by, again)
    tree.below(person)                a leader's: own lines, direct reports and what lies below, and nobody else
    tree.address(node, "target")      the cell that a node comes from
    tree.edge_address(edge, "share")  the cell of a link
    tree.names.people[node.person]    names of people, units and KPIs

A node is an objective, or a KPI that somebody holds. A line of a contract with two holders makes a node for each; of a
KPI that somebody holds in several contracts, one after the other, the last one's line counts. An end of a link that no
contract holds is a node without a line (`row` is -1). Every node stands at the same place however often the tree is
built; cost grows with the rows read.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, overload

from perfxl.core.cascade.people import COMPANY as COMPANY
from perfxl.core.cascade.people import PERSON as PERSON
from perfxl.core.cascade.people import SUB_UNIT as SUB_UNIT
from perfxl.core.cascade.people import UNIT as UNIT
from perfxl.core.cascade.people import People, Places, Superiors
from perfxl.core.cascade.targets import Key, linked_targets
from perfxl.core.problems import Address
from perfxl.core.records import Tables, empty
from perfxl.core.table_access import Names, cell, columns_of, once, rows_of

if TYPE_CHECKING:
    from perfxl.core.scoring.program import Scores

# What a node is: an objective; the KPI of the company's head, of the head of a unit one level down, of one further
# down, and of somebody who heads no unit.
OBJECTIVE = "objective"
# What leads from one node to another, besides the modes of the sheet of links (full, share, support, formula): the
# same KPI in the contract of a subordinate, where no link carries it; an objective's part; the KPI that measures an
# objective.
SAME, PART, MEASURE = "", "part", "measure"


class Node(NamedTuple):
    """An objective, or a KPI of one holder.

    at         its place in the tree's nodes
    kind       OBJECTIVE, COMPANY, UNIT, SUB_UNIT or PERSON
    key        (KPI, holder), or (objective, "")
    level      steps from the top, along the longest way
    name       the KPI's name or the objective's text
    row        in contract_lines or objectives; -1 for an end of a link that no contract holds
    measure    the KPI's unit of measure, such as 万元
    target, threshold, challenge  as typed: numbers, dates, text
    actual     what was reported to date; points those of the line where it is scored; light green, amber, red or blank
    responsibility  main, secondary or None, as the contract says
    """

    at: int
    kind: str
    key: Key
    level: int
    name: str
    kpi: str | None = None
    person: str | None = None
    unit: str | None = None
    row: int = -1
    contract: str | None = None
    weight: float | None = None
    responsibility: str | None = None
    target: Any = None
    threshold: Any = None
    challenge: Any = None
    measure: str | None = None
    actual: Any = None
    points: float | None = None
    light: str = ""


class Edge(NamedTuple):
    """What leads from `parent` to `child` (places in the tree's nodes).

    mode   full, share, support, formula as the sheet of links says; SAME, PART or MEASURE where it says nothing
    share  percent points of a divided target
    row    in links; -1 where no link says so
    """

    parent: int
    child: int
    mode: str
    share: float | None = None
    responsibility: str | None = None
    row: int = -1


class Step(NamedTuple):
    """A row of an outline; `again` for a node that stands further up already, whose children are not repeated."""

    depth: int
    node: Node
    edge: Edge | None
    again: bool


class Reported(NamedTuple):
    """What a tree shows of scores: actual to date, points and light of each contract line."""

    actual: Sequence[Any]
    points: Sequence[float | None]
    light: Sequence[str]

    @classmethod
    def of(cls, scores: Scores) -> Reported:
        """Taken out of the scores, which need not stay for it: of a large program they take as much as its tables."""
        points = scores.lines.points.tolist()
        return cls(
            [reported.value for reported in scores.line_table.to_date],
            [value if value == value else None for value in points],
            scores.outlook.light,
        )


class CascadeTree:
    """See the module's own words. `leader` is whom the tree was restricted to, None for all of it.

    Nodes and edges are made as they are asked for: a company has a million of each.
    """

    def __init__(self, source: _Source, keys: Sequence[Key], ends: _Ends, leader: str | None = None) -> None:
        self._source, self._keys, self._ends, self.leader = source, keys, ends, leader
        # Of the whole tree, the places of what lines stand for.
        self._held = range(0) if leader is not None else range(len(source.goals), len(source.goals) + len(source.held))
        self.names, self.people = source.names, source.people
        self.lines, self.links, self.objectives = source.lines, source.links, source.objectives

    @cached_property
    def nodes(self) -> Sequence[Node]:
        """In order; a node's place in it is its `at`."""
        # Nothing here holds the tree itself: it goes, as large as a program, when nobody has it any more.
        make, levels, keys = self._source.node, self._levels, self._keys
        return _Made(len(keys), lambda at: make(at, levels[at], keys[at]))

    @cached_property
    def edges(self) -> Sequence[Edge]:
        """In order; `parent` and `child` are places in `nodes`."""
        (parents, children, rows), keys, make = self._ends, self._keys, self._source.edge
        return _Made(len(rows), lambda i: make(parents[i], children[i], rows[i], keys[children[i]]))

    @cached_property
    def roots(self) -> list[int]:
        """Places of the nodes that nothing leads to, objectives first, then the company's KPIs, those of units and of
        people; of a circle, the node that comes first."""
        tops = [at for at, level in enumerate(self._levels) if level == 0]
        return sorted(tops, key=lambda at: self._source.rank(self._keys[at]))

    def showing(self, reported: Reported) -> CascadeTree:
        """The same tree with actuals, points and lights."""
        tree = copy(self)
        tree._source = copy(self._source)
        tree._source.reported = reported
        for made in ("nodes", "edges"):
            tree.__dict__.pop(made, None)
        return tree

    def children(self, node: int) -> list[Edge]:
        """The edges from a node down."""
        return [self.edges[i] for i in self._down.of(node)]

    def parents(self, node: int) -> list[Edge]:
        """The edges that lead to a node."""
        return [self.edges[i] for i in self._up.of(node)]

    def lines_held(self) -> Iterator[tuple[int, Any, Any]]:
        """(place, KPI, holder) of every node that a contract's line stands for: a million of them need not be made to
        be counted."""
        if self.leader is None:
            return ((at, *self._keys[at]) for at in self._held)
        held = self._source.held
        return ((at, kpi, person) for at, (kpi, person) in enumerate(self._keys) if (kpi, person) in held)

    def row(self, node: int) -> int:
        """The row of a node's line; -1 where no contract holds it."""
        if self.leader is None:
            return self._source.rows[node - self._held.start] if node in self._held else -1
        held = self._source.held.get(self._keys[node])
        return held.row if held else -1

    def leads_down(self, node: int) -> bool:
        """Whether anything carries a node."""
        return node in self._down

    def people_above(self, node: int) -> set[Any]:
        """Whose nodes lead to a node; an objective's is nobody's."""
        return {self._keys[self._ends.parents[i]][1] or None for i in self._up.of(node)}

    def walk(self) -> Iterator[Step]:
        """Every node below each root, depth first, in order; what stands below a node, only where it first appears."""
        seen = set[int]()
        pending: list[tuple[int, int, Edge | None]] = [(0, root, None) for root in reversed(self.roots)]
        while pending:
            depth, index, edge = pending.pop()
            again = index in seen
            yield Step(depth, self.nodes[index], edge, again)
            if again:
                continue
            seen.add(index)
            pending += [(depth + 1, edge.child, edge) for edge in reversed(self.children(index))]

    def below(self, person: str) -> CascadeTree:
        """The tree of one leader: the person's own lines, those of direct reports and of everybody below them, and the
        objectives of the units that they head. Nobody else's line, and no edge to one, is in it."""
        people = self.people.below(person)
        units = self.people.units_of(people)
        kept = [
            at
            for at, key in enumerate(self._keys)
            if (key[1] in people if key[1] != "" else self._source.unit_of(key[0]) in units)
        ]
        place = {index: at for at, index in enumerate(kept)}
        parents, children, rows = self._ends
        inside = [i for i in range(len(rows)) if parents[i] in place and children[i] in place]
        ends = _Ends(
            [place[parents[i]] for i in inside], [place[children[i]] for i in inside], [rows[i] for i in inside]
        )
        return CascadeTree(self._source, [self._keys[index] for index in kept], ends, person)

    def address(self, node: Node, column: str = "kpi") -> Address:
        """The cell of a node's row; of an end that no contract holds, the first link that names it."""
        if node.row >= 0:
            return (self.objectives if node.kind == OBJECTIVE else self.lines).address(node.row, column)
        for edge in self.parents(node.at):
            return self.links.address(edge.row, "sub_kpi")
        for edge in self.children(node.at):
            return self.links.address(edge.row, "kpi")
        return Address()

    def edge_address(self, edge: Edge, column: str = "mode") -> Address:
        """The cell of a link; where no link says so, that of the child."""
        return self.links.address(edge.row, column) if edge.row >= 0 else self.address(self.nodes[edge.child])

    @cached_property
    def _levels(self) -> list[int]:
        return _levels(len(self._keys), self._ends, self._down)

    @cached_property
    def _down(self) -> _Joined:
        return _Joined(len(self._keys), self._ends.parents)

    @cached_property
    def _up(self) -> _Joined:
        return _Joined(len(self._keys), self._ends.children)


def build_tree(tables: Tables, reported: Reported | None = None) -> CascadeTree:
    """The cascade of a program: objectives in the sheet's order, then lines in the order of contracts' lines, then
    ends of links that no contract holds."""
    tree = _plain_tree(tables)
    return tree if reported is None else tree.showing(reported)


@once
def _plain_tree(tables: Tables) -> CascadeTree:
    """The tree without scores, joined once for all who ask."""
    source = _Source(tables)
    return CascadeTree(source, *source.join())


class _Ends(NamedTuple):
    """Edges as columns: places of both ends, and the row of the link, or what else leads there."""

    parents: list[int]
    children: list[int]
    rows: list[int]

    def add(self, parent: int, child: int, row: int) -> None:
        self.parents.append(parent)
        self.children.append(child)
        self.rows.append(row)


# In place of a link's row.
_UNLINKED = {-1: SAME, -2: PART, -3: MEASURE}
_OF_SAME, _OF_PART, _OF_MEASURE = _UNLINKED
_NO_CARD = (None, None)
_RANKS = {kind: rank for rank, kind in enumerate((COMPANY, UNIT, SUB_UNIT, PERSON), 1)}
Item = TypeVar("Item")


class _Made(Sequence[Item]):
    """A sequence whose items are made as they are asked for, each time anew."""

    def __init__(self, size: int, make: Callable[[int], Item]) -> None:
        self._places, self._make = range(size), make

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, at: int) -> Item: ...
    @overload
    def __getitem__(self, at: slice) -> list[Item]: ...
    def __getitem__(self, at: int | slice) -> Item | list[Item]:
        if isinstance(at, slice):
            return [self._make(place) for place in self._places[at]]
        return self._make(self._places[at])


class _Source:
    """The tables that nodes and edges are made of."""

    def __init__(self, tables: Tables) -> None:
        self.names, self.people = Names.of(tables), People(tables)
        self.reported: Reported | None = None
        self.lines = rows_of(tables, "contract_lines") or empty("contract_lines")
        self.links = rows_of(tables, "links") or empty("links")
        self.objectives = rows_of(tables, "objectives") or empty("objectives")
        self.goals = {goal: i for i, goal in columns_of(self.objectives, "objective") if goal is not None}
        self.linked = linked_targets(tables)
        self.held = self.linked.held
        kpis = rows_of(tables, "kpis")
        cards = columns_of(kpis, "kpi", "unit", "objective") if kpis else ()
        self.cards = {kpi: (unit, objective) for _, kpi, unit, objective in cards}
        of_line = ("contract", "weight", "responsibility", "threshold", "challenge")
        self.columns = [self.lines.column(name) for name in of_line]
        self.roles = self.columns[2]
        self.of_link = [self.links.column(name) for name in ("mode", "share", "responsibility")]
        self.places = Places(self.people)

    @cached_property
    def rows(self) -> list[int]:
        """The row of each line that is held, in order."""
        return [held.row for held in self.held.values()]

    def join(self) -> tuple[list[Key], _Ends]:
        """The keys of nodes, in order, and what leads from one to another. Lines know their places: few keys are looked
        up, for looking up a million of them costs more than all else."""
        keys: list[Key] = [(goal, "") for goal in self.goals]
        first, ends = len(keys), _Ends([], [], [])
        keys += self.held
        last = len(keys)
        links, held = self.linked, self.held.get
        unheld: dict[Key, int] = {}
        uppers: list[int | None] = [None] * len(links.kpis)
        for group in links.groups:
            above = held(group.key)
            upper = first + above.at if above is not None else -1
            for i in group.rows:
                uppers[i] = upper
        for i, (upper_at, below) in enumerate(zip(uppers, links.below, strict=True)):
            if upper_at is None:
                continue
            if upper_at < 0:
                upper_at = unheld.setdefault((links.kpis[i], links.owners[i]), last + len(unheld))
            at = first + below.at if below is not None else unheld.setdefault(links.lower(i), last + len(unheld))
            ends.add(upper_at, at, i)
        self._same_kpi(first, ends)
        self._objectives(first, ends)
        keys += unheld
        return keys, ends

    def _same_kpi(self, first: int, ends: _Ends) -> None:
        """The same KPI of a direct subordinate, where no link carries the superior's."""
        linked: dict[Any, set[Any]] = {}
        for group in self.linked.groups:
            linked.setdefault(group.kpi, set()).add(group.owner)
        superiors = Superiors(self.people)
        nobody = set[Any]()
        for at, ((kpi, holder), held) in enumerate(self.held.items(), first):
            superior = superiors[holder]
            if superior is None or superior in linked.get(kpi, nobody):
                continue
            above = self.held.get((kpi, superior))
            if above is not None and above.row != held.row:  # two who sign one contract are no subordinates
                ends.add(first + above.at, at, _OF_SAME)

    def _objectives(self, first: int, ends: _Ends) -> None:
        """Objectives to their parts, and to the KPIs that measure them and that nothing else leads to."""
        if not self.goals:
            return
        reached = set(ends.children)
        parents = self.objectives.column("parent")
        places = {goal: at for at, goal in enumerate(self.goals)}
        for at, (goal, i) in enumerate(self.goals.items()):
            parent = parents[i]
            if parent in self.goals and parent != goal:
                ends.add(places[parent], at, _OF_PART)
        for at, (kpi, _) in enumerate(self.held, first):
            goal = self.cards.get(kpi, _NO_CARD)[1]
            if goal in self.goals and at not in reached:
                ends.add(places[goal], at, _OF_MEASURE)

    def unit_of(self, goal: Any) -> Any:
        """The unit of an objective."""
        return cell(self.objectives, self.goals[goal], "unit")

    def rank(self, key: Key) -> int:
        """How high up a node stands by what it is."""
        return 0 if key[1] == "" else _RANKS[self.places[key[1]][0]]

    def edge(self, parent: int, child: int, row: int, key: Key) -> Edge:
        """The edge of a link; without one, the child's own responsibility."""
        if row >= 0:
            mode, share, role = (column[row] for column in self.of_link)
            return Edge(parent, child, mode or "support", share, role, row)
        held = self.held.get(key)
        return Edge(parent, child, _UNLINKED[row], None, held.responsibility if held else None)

    def node(self, at: int, level: int, key: Key) -> Node:
        """The node of an objective, or of a KPI and its holder."""
        kpi, person = key
        if person == "":
            row = self.goals[kpi]
            text = cell(self.objectives, row, "text")
            return Node(at, OBJECTIVE, key, level, str(text or kpi), unit=self.unit_of(kpi), row=row)
        kind, unit = self.places[person]
        name, measure = self.names.kpis[kpi], self.cards.get(kpi, _NO_CARD)[0]
        held = self.held.get(key)
        if held is None:
            return Node(at, kind, key, level, name, kpi, person, unit, measure=measure)
        row = held.row
        contract, weight, role, threshold, challenge = (column[row] for column in self.columns)
        return Node(
            *(at, kind, key, level, name, kpi, person, unit, row, contract, weight, role),
            *(held.target, threshold, challenge, measure, *self._scored(row)),
        )

    def _scored(self, row: int) -> tuple[Any, float | None, str]:
        """Actual, points and light of a line."""
        said = self.reported
        return (None, None, "") if said is None else (said.actual[row], said.points[row], said.light[row])


class _Joined:
    """The edges of each node, by one of their ends, in order: a chain through two arrays, for a million lists lie all
    over the memory."""

    def __init__(self, size: int, ends: Sequence[int]) -> None:
        self._first, self._after = array("q", [-1]) * size, array("q", [-1]) * len(ends)
        first, after = self._first, self._after
        for i in range(len(ends) - 1, -1, -1):
            node = ends[i]
            after[i] = first[node]
            first[node] = i

    def __contains__(self, node: int) -> bool:
        return self._first[node] >= 0

    def of(self, node: int) -> Iterator[int]:
        """The places of a node's edges."""
        edge = self._first[node]
        while edge >= 0:
            yield edge
            edge = self._after[edge]


def _levels(size: int, ends: _Ends, down: _Joined) -> list[int]:
    """Steps from the top, along the longest way. Where nodes run in a circle, the first of them stands for the top."""
    waiting, levels, children = [0] * size, [0] * size, ends.children
    for parent, child in zip(ends.parents, children, strict=True):
        if parent != child:
            waiting[child] += 1
    ready = [node for node in range(size) if not waiting[node]]
    placed, at = [not count for count in waiting], 0
    for turn in range(size):
        if turn == len(ready):
            while placed[at]:
                at += 1
            placed[at] = True
            ready.append(at)
        node = ready[turn]
        level = levels[node] + 1
        for edge in down.of(node):
            child = children[edge]
            if child == node or placed[child]:
                continue
            if levels[child] < level:
                levels[child] = level
            waiting[child] -= 1
            if not waiting[child]:
                placed[child] = True
                ready.append(child)
    return levels
