"""The cascade tree as an outline: KPIs below those that they carry, each once, and how lights stand below each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cached_property
from math import floor, log10
from typing import Any, NamedTuple

from perfxl.core.cascade import Carrier, manner
from perfxl.core.cascade.people import People
from perfxl.core.cascade.tree import COMPANY, OBJECTIVE, CascadeTree, Edge, Node
from perfxl.core.language import Text
from perfxl.core.table_access import Names
from perfxl.core.values.numbers import is_percent, round_half_away, show_figure

_FIGURES = (Text("目标 {}", "target {}"), Text("实绩 {}", "actual {}"))


class Row(NamedTuple):
    """A KPI of one holder below the one that it carries.

    parent  the place of the row above it, -1 at the top
    edge    what leads here; None at the top
    again   it stands further up with all that lies below it: it carries two KPIs
    hidden  how many right below it are not in the outline, which would be too large
    """

    parent: int
    depth: int
    node: Node
    edge: Edge | None
    again: bool
    hidden: int = 0


class Outline:
    """Rows in the order in which they are read, each right behind what lies before it below the same parent.

    rows    KPIs that carry or are carried, and those of the company's head, or of the leader whose tree it is
    loose   KPIs that carry none and that none carries
    """

    def __init__(self, tree: CascadeTree, most: int | None = None) -> None:
        """most: of more rows than these only the upper levels, of the company's KPIs further down than of others."""
        self.names: Names = tree.names
        self.people: People = tree.people
        self.rows: list[Row] = []
        self.loose: list[Node] = []
        tops = self._tops(tree)
        depths = {} if most is None else _depths(tree, tops, most)
        seen = set[int]()
        for node in tops:
            if node.at not in seen:
                self._walk(tree, node, seen, depths.get(node.at))

    @property
    def hidden(self) -> int:
        """How many rows have others below them that are not in the outline."""
        return sum(1 for row in self.rows if row.hidden)

    def _tops(self, tree: CascadeTree) -> list[Node]:
        """What carries nothing; what only carries in a circle comes last. Puts the loose ones aside."""
        lines = [node for node in tree.nodes if node.kind != OBJECTIVE]
        objectives = {node.at for node in tree.nodes if node.kind == OBJECTIVE}
        carries = {edge.child for edge in tree.edges if edge.parent not in objectives}
        tops: list[Node] = []
        for node in lines:
            if node.at in carries:
                continue
            own = node.kind == COMPANY if tree.leader is None else node.person == tree.leader
            (tops if own or tree.children(node.at) else self.loose).append(node)
        reached = {node.at for node in tops}
        pending = [node.at for node in tops]
        reached.update(node.at for node in self.loose)

        def reach() -> None:
            while pending:
                for edge in tree.children(pending.pop()):
                    if edge.child not in reached:
                        reached.add(edge.child)
                        pending.append(edge.child)

        reach()
        for node in lines:
            if node.at not in reached:
                reached.add(node.at)
                pending.append(node.at)
                tops.append(node)
                reach()
        return tops

    def _walk(self, tree: CascadeTree, root: Node, seen: set[int], deepest: int | None) -> None:
        pending: list[tuple[int, int, Node, Edge | None]] = [(-1, 0, root, None)]
        while pending:
            parent, depth, node, edge = pending.pop()
            again = node.at in seen
            ways = [] if again else tree.children(node.at)
            hidden = len(ways) if depth == deepest else 0
            self.rows.append(Row(parent, depth, node, edge, again, hidden))
            if again:
                continue
            seen.add(node.at)
            here = len(self.rows) - 1
            if not hidden:
                pending += [(here, depth + 1, tree.nodes[way.child], way) for way in reversed(ways)]

    @property
    def roots(self) -> list[int]:
        """Places of the rows at the top."""
        return [at for at, row in enumerate(self.rows) if row.parent < 0]

    @cached_property
    def children(self) -> list[list[int]]:
        """For each row the places of those right below it."""
        below: list[list[int]] = [[] for _ in self.rows]
        for at, row in enumerate(self.rows):
            if row.parent >= 0:
                below[row.parent].append(at)
        return below

    @cached_property
    def lights(self) -> list[Counter[str]]:
        """For each row how many rows below it show which light; those that stand twice count once."""
        counts: list[Counter[str]] = [Counter() for _ in self.rows]
        for at in range(len(self.rows) - 1, -1, -1):
            row = self.rows[at]
            if row.parent >= 0:
                counts[row.parent].update(counts[at])
                if not row.again:
                    counts[row.parent][row.node.light] += 1
        return counts


def _depths(tree: CascadeTree, tops: Sequence[Node], most: int) -> dict[int, int]:
    """Top -> the last level below it that is shown; a top of which all fits is not in it. Whole levels of the company's
    KPIs first, as far down as there is room, then of those of units and people that carry none."""
    depths = {node.at: 0 for node in tops}
    levels = {node.at: [node.at] for node in tops}
    seen, room = set(levels), max(most - len(tops), most // 2)  # of very many tops, some are still seen as trees
    first, others = list[int](), list[int]()
    for node in tops:
        (first if node.kind == COMPANY or node.person == tree.leader else others).append(node.at)
    for growing in (first, others):
        while growing:
            grown = []
            for top in growing:
                below = [edge.child for at in levels[top] for edge in tree.children(at)]
                if not below:
                    del depths[top]
                elif len(below) <= room:
                    room -= len(below)
                    levels[top] = [at for at in dict.fromkeys(below) if at not in seen]
                    seen.update(levels[top])
                    depths[top] += 1
                    grown.append(top)
            growing = grown
    return depths


def says_figures(node: Node, lang: str) -> str:
    """目标 7140 万元 实绩 5100: blank where neither is known. Dates, grades and 不适用 have no unit."""
    unit = f" {node.measure}" if node.measure and not is_percent(node.measure) else ""
    figures = (node.target, node.actual)
    said = [say_figure(each, node.measure) + (unit if isinstance(each, int | float) else "") for each in figures]
    parts = [label(lang).format(text) for label, text in zip(_FIGURES, said, strict=True) if text]
    return " · ".join(parts)


def says_edge(row: Row, lang: str) -> str:
    """How a KPI carries the one above it: 份额 40% 主要."""
    if row.edge is None:
        return ""
    node, edge = row.node, row.edge
    return manner(
        Carrier(node.kpi or "", node.person or "", node.unit, edge.mode, edge.share, edge.responsibility), lang
    )


def says_holder(node: Node, names: Names) -> str:
    """张三 · 销售部."""
    return " · ".join(part for part in (names.apart[node.person], names.units[node.unit]) if part)


def say_figure(value: Any, measure: str | None) -> str:
    """A target or actual in its KPI's unit, rounded to what a picture has room for; blank for none."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return show_figure(_rounded(float(value), 4 if is_percent(measure) else 2), measure, thousands=True)
    return str(value)


def _rounded(value: float, decimals: int) -> float:
    """To so many decimals, and three digits at least: a picture is no place for 8.62944162436548%."""
    return round_half_away(value, max(decimals, 2 - floor(log10(abs(value))))) if value else 0.0


def levels_below(outline: Outline, start: int) -> Iterator[tuple[list[int], set[int]]]:
    """The rows from one down to each level in turn, the row alone first: their places in order, and which of them are
    folded, with rows below that are not shown."""
    level, shown = [start], [start]
    while True:
        folded = {at for at in level if outline.children[at]}
        yield sorted(shown), folded
        if not folded:
            return
        level = [child for at in level for child in outline.children[at]]
        shown = shown + level
