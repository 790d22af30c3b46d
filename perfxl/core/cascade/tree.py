"""The cascade as one value: objectives, who holds which KPI, and the links between them.

    tree = build_tree(tables)         or build_tree(tables, scores) for actuals, points and lights
    tree.nodes                        in order; a node's place in it is its `at`
    tree.edges                        in order; `parent` and `child` are places in `nodes`
    tree.roots                        places of the nodes that nothing leads to
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

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from perfxl.core.cascade.targets import Key, held_lines
from perfxl.core.problems import Address
from perfxl.core.records import Records, Tables, empty
from perfxl.core.table_access import Names, cell, columns_of, rows_of

if TYPE_CHECKING:
    from perfxl.core.scoring.program import Scores

# What a node is: an objective; the KPI of the company's head, of the head of a unit one level down, of one further
# down, and of somebody who heads no unit.
OBJECTIVE, COMPANY, UNIT, SUB_UNIT, PERSON = "objective", "company", "unit", "sub_unit", "person"
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


class CascadeTree(NamedTuple):
    """See the module's own words. `leader` is whom the tree was restricted to, None for all of it."""

    nodes: Sequence[Node]
    edges: Sequence[Edge]
    names: Names
    people: People
    lines: Records
    links: Records
    objectives: Records
    down: Mapping[int, Sequence[int]]
    up: Mapping[int, Sequence[int]]
    leader: str | None = None

    @property
    def roots(self) -> list[int]:
        """Places of the nodes that nothing leads to; of a circle, the node that comes first."""
        return [node.at for node in self.nodes if node.level == 0]

    def children(self, node: int) -> list[Edge]:
        """The edges from a node down."""
        return [self.edges[i] for i in self.down.get(node, ())]

    def parents(self, node: int) -> list[Edge]:
        """The edges that lead to a node."""
        return [self.edges[i] for i in self.up.get(node, ())]

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
            pending += [(depth + 1, self.edges[i].child, self.edges[i]) for i in reversed(self.down.get(index, ()))]

    def below(self, person: str) -> CascadeTree:
        """The tree of one leader: the person's own lines, those of direct reports and of everybody below them, and the
        objectives of the units that they head. Nobody else's line, and no edge to one, is in it."""
        people = self.people.below(person)
        units = self.people.units_of(people)
        kept = [
            node.at for node in self.nodes if (node.person in people if node.kind != OBJECTIVE else node.unit in units)
        ]
        place = {index: at for at, index in enumerate(kept)}
        edges = [
            edge._replace(parent=place[edge.parent], child=place[edge.child])
            for edge in self.edges
            if edge.parent in place and edge.child in place
        ]
        nodes = [self.nodes[index]._replace(at=at) for at, index in enumerate(kept)]
        levels = _levels(len(nodes), edges)
        nodes = [node._replace(level=level) for node, level in zip(nodes, levels, strict=True)]
        down, up = _joined(edges)
        return self._replace(nodes=nodes, edges=edges, down=down, up=up, leader=person)

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


def build_tree(tables: Tables, scores: Scores | None = None) -> CascadeTree:
    """The cascade of a program: objectives in the sheet's order, then lines in the order of contracts' lines, then
    ends of links that no contract holds."""
    return _Builder(tables, scores).build()


class People:
    """Who is whose superior: as the people's sheet says, else the head of the unit, or of the next one up."""

    def __init__(self, tables: Tables) -> None:
        people, units = rows_of(tables, "people"), rows_of(tables, "units")
        rows = list(columns_of(people, "person", "unit", "superior")) if people else []
        self.homes: dict[Any, Any] = {person: unit for _, person, unit, _ in rows if person is not None}
        self._named = {person: superior for _, person, _, superior in rows if person is not None}
        self.parents: dict[Any, Any] = {}
        self.heads: dict[Any, Any] = {}
        self.headed: dict[Any, list[Any]] = {}
        for _, unit, head, parent in columns_of(units, "unit", "head", "parent") if units else ():
            if unit is None:
                continue
            self.parents[unit], self.heads[unit] = parent, head
            if head is not None:
                self.headed.setdefault(head, []).append(unit)
        self._depths: dict[Any, int] = {}

    @cached_property
    def reports(self) -> dict[Any, list[Any]]:
        """Superior -> direct reports, in the sheet's order."""
        found: dict[Any, list[Any]] = {}
        for person in dict.fromkeys([*self.homes, *self.headed]):
            superior = self.superior(person)
            if superior is not None:
                found.setdefault(superior, []).append(person)
        return found

    def superior(self, person: Any) -> Any:
        """A person's superior; None at the top, and where nothing says who."""
        named = self._named.get(person)
        if named is not None:
            return None if named == person else named
        unit, seen = self.unit(person), set[Any]()
        while unit is not None and unit not in seen:
            seen.add(unit)
            head = self.heads.get(unit)
            if head is not None and head != person:
                return head
            unit = self.parents.get(unit)
        return None

    def below(self, person: Any) -> set[Any]:
        """A person with direct reports and all that lie below them."""
        found, pending = {person}, [person]
        while pending:
            for report in self.reports.get(pending.pop(), ()):
                if report not in found:
                    found.add(report)
                    pending.append(report)
        return found

    def units_of(self, people: Iterable[Any]) -> set[Any]:
        """The units that some people head."""
        return {unit for person in people for unit in self.headed.get(person, ())}

    def unit(self, person: Any) -> Any:
        """A person's unit: the own one where it is headed or nothing is, else the first that is headed."""
        home, headed = self.homes.get(person), self.headed.get(person)
        return headed[0] if headed and home not in headed else home

    def kind(self, person: Any) -> str:
        """COMPANY, UNIT, SUB_UNIT or PERSON, by the highest unit that a person heads."""
        headed = self.headed.get(person)
        depth = min(map(self.depth, headed)) if headed else -1
        return PERSON if depth < 0 else (COMPANY, UNIT, SUB_UNIT)[min(depth, 2)]

    def depth(self, unit: Any) -> int:
        """Steps from the top unit; units that run in a circle have none."""
        way: list[Any] = []
        at = unit
        while at is not None and at not in self._depths:
            self._depths[at] = 0  # what a circle comes back to
            way.append(at)
            at = self.parents.get(at)
        start = self._depths[at] if at is not None else -1
        for steps, passed in enumerate(reversed(way), 1):
            self._depths[passed] = start + steps
        return self._depths.get(unit, 0)


_NO_CARD = (None, None)


class _Builder:
    def __init__(self, tables: Tables, scores: Scores | None) -> None:
        self.names, self.people, self.scores = Names.of(tables), People(tables), scores
        self.lines = rows_of(tables, "contract_lines") or empty("contract_lines")
        self.links = rows_of(tables, "links") or empty("links")
        self.objectives = rows_of(tables, "objectives") or empty("objectives")
        self.held = held_lines(tables, self.lines)
        kpis = rows_of(tables, "kpis")
        cards = columns_of(kpis, "kpi", "unit", "objective") if kpis else ()
        self.cards = {kpi: (unit, objective) for _, kpi, unit, objective in cards}
        of_line = ("contract", "weight", "responsibility", "threshold", "challenge")
        self.columns = [self.lines.column(name) for name in of_line]
        self.places = _Places(self.people)
        self.edges: list[Edge] = []

    def build(self) -> CascadeTree:
        goals = {goal: i for i, goal in columns_of(self.objectives, "objective") if goal is not None}
        place: dict[Key, int] = {(goal, ""): at for at, goal in enumerate(goals)}
        for key in self.held:
            place.setdefault(key, len(place))
        columns = ("kpi", "owner", "sub_kpi", "sub_owner", "mode", "share", "responsibility")
        for i, kpi, owner, sub_kpi, sub_owner, mode, share, role in columns_of(self.links, *columns):
            if kpi is None or owner is None or sub_kpi is None or sub_owner is None:
                continue
            upper = place.setdefault((kpi, owner), len(place))
            lower = place.setdefault((sub_kpi, sub_owner), len(place))
            self.edges.append(Edge(upper, lower, mode or "support", share, role, i))
        self._same_kpi(place)
        self._objectives(goals, place)
        levels = _levels(len(place), self.edges)
        nodes = [
            self._objective(at, level, goals[key[0]], key) if at < len(goals) else self._line(at, level, key)
            for (key, at), level in zip(place.items(), levels, strict=True)
        ]
        return CascadeTree(
            nodes,
            self.edges,
            self.names,
            self.people,
            self.lines,
            self.links,
            self.objectives,
            *_joined(self.edges),
        )

    def _same_kpi(self, place: Mapping[Key, int]) -> None:
        """The same KPI of a direct subordinate, where no link carries the superior's."""
        linked = {edge.parent for edge in self.edges}
        superiors = {person: self.people.superior(person) for person in dict.fromkeys(key[1] for key in self.held)}
        for key, held in self.held.items():
            upper = key[0], superiors[key[1]]
            superior, above = place.get(upper), self.held.get(upper)
            if superior is None or superior in linked:
                continue
            if above is not None and above.row != held.row:  # two who sign one contract are no subordinates
                self.edges.append(Edge(superior, place[key], SAME, None, held.responsibility))

    def _objectives(self, goals: Mapping[Any, int], place: Mapping[Key, int]) -> None:
        """Objectives to their parts, and to the KPIs that measure them and that nothing else leads to."""
        reached = {edge.child for edge in self.edges}
        for at, (goal, parent) in enumerate((goal, cell(self.objectives, i, "parent")) for goal, i in goals.items()):
            if parent in goals and parent != goal:
                self.edges.append(Edge(place[parent, ""], at, PART))
        for key in self.held:
            goal = self.cards.get(key[0], _NO_CARD)[1]
            if goal in goals and place[key] not in reached:
                self.edges.append(Edge(place[goal, ""], place[key], MEASURE))

    def _objective(self, at: int, level: int, row: int, key: Key) -> Node:
        text, unit = (cell(self.objectives, row, column) for column in ("text", "unit"))
        return Node(at, OBJECTIVE, key, level, str(text or key[0]), unit=unit, row=row)

    def _line(self, at: int, level: int, key: Key) -> Node:
        kpi, person = key
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
        scores = self.scores
        if scores is None:
            return None, None, ""
        points = float(scores.lines.points[row])
        return scores.line_table.to_date[row].value, points if points == points else None, scores.outlook.light[row]


class _Places(dict[Any, tuple[str, Any]]):
    """Person -> kind and unit; many lines ask for the same."""

    def __init__(self, people: People) -> None:
        super().__init__()
        self.people = people

    def __missing__(self, person: Any) -> tuple[str, Any]:
        found = self[person] = self.people.kind(person), self.people.unit(person)
        return found


def _joined(edges: Sequence[Edge]) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """Node -> its edges, down and up."""
    down: dict[int, list[int]] = {}
    up: dict[int, list[int]] = {}
    for i, edge in enumerate(edges):
        down.setdefault(edge.parent, []).append(i)
        up.setdefault(edge.child, []).append(i)
    return down, up


def _levels(size: int, edges: Sequence[Edge]) -> list[int]:
    """Steps from the top, along the longest way. Where nodes run in a circle, the first of them stands for the top."""
    below: list[list[int] | None] = [None] * size
    waiting, levels = [0] * size, [0] * size
    for edge in edges:
        if edge.parent != edge.child:
            waiting[edge.child] += 1
            children = below[edge.parent]
            if children is None:
                below[edge.parent] = [edge.child]
            else:
                children.append(edge.child)
    ready = [node for node in range(size) if not waiting[node]]
    placed, at = [not count for count in waiting], 0
    for turn in range(size):
        if turn == len(ready):
            while placed[at]:
                at += 1
            placed[at] = True
            ready.append(at)
        node = ready[turn]
        for child in below[node] or ():
            if placed[child]:
                continue
            levels[child] = max(levels[child], levels[node] + 1)
            waiting[child] -= 1
            if not waiting[child]:
                placed[child] = True
                ready.append(child)
    return levels
