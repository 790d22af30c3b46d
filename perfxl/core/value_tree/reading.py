"""The sheet of the value tree to trees of nodes with exact figures, and what is wrong with it, at its cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from graphlib import CycleError, TopologicalSorter
from typing import Any, NamedTuple

from perfxl.core.formula import Name, Node, Number, Operation, names_of
from perfxl.core.language import Text
from perfxl.core.problems import Problem, Severity
from perfxl.core.records import Records
from perfxl.core.table_access import problem_at
from perfxl.core.value_tree.arithmetic import value_of
from perfxl.core.value_tree.formulas import Labels, Misread
from perfxl.core.value_tree.units import PLAIN, Unit, multiply, read_unit
from perfxl.core.values.numbers import is_percent, show_figure
from perfxl.core.weights.rules import exact

STATES = ("actual", "target")
_STATE_TEXTS = {"actual": Text("实际值", "actual"), "target": Text("目标值", "target")}
# Up to this a plain figure reads as a fraction (150%), beyond it as percent points.
_FRACTION = Fraction(3, 2)


class TreeNode(NamedTuple):
    """A node: `formula` over IDs, None for a driver; figures exact, computed where there is a formula."""

    row: int
    node: str
    name: str
    formula: Node | None
    actual: Fraction
    target: Fraction
    unit: str = ""
    kpi: str | None = None


class Tree(NamedTuple):
    """A root and all that it is made of: every node after those that its formula names."""

    root: str
    nodes: Mapping[str, TreeNode]

    @property
    def drivers(self) -> list[TreeNode]:
        """Nodes without a formula, in the order of the sheet."""
        return sorted((node for node in self.nodes.values() if node.formula is None), key=lambda node: node.row)


def read_trees(records: Records | None) -> tuple[list[Tree], list[Problem]]:
    """The trees of the sheet, in its order; one with an error in any of its nodes is left out, for what it would give
    could not be trusted.

    Returns: the trees, and the problems.
    """
    if not records:
        return [], []
    sheet = _Sheet(records)
    trees = [tree for root in sheet.roots() if (tree := sheet.tree(root)) is not None]
    return trees, sheet.problems


class _Sheet:
    def __init__(self, records: Records) -> None:
        self.records, self.problems = records, list[Problem]()
        self.rows: dict[str, int] = {}
        self.wrong: set[str] = set()
        self.said: set[tuple[str, str, str]] = set()
        names: dict[str, str] = {}
        for i, node in enumerate(records.column("node")):
            if node is None:
                continue
            if str(node) in self.rows:  # key_repeated says so
                self.wrong.add(str(node))
                continue
            self.rows[str(node)] = i
            names[str(node)] = str(records.column("name")[i] or "")
        self.names = names
        labels = Labels(self.rows, names)
        self.formulas: dict[str, Node] = {}
        for node, i in self.rows.items():
            typed = records.column("formula")[i]
            if typed is None:
                continue
            read = labels.parse(str(typed))
            if isinstance(read, Misread):
                self.say(read.about, node, "formula", **read.details)
            else:
                self.formulas[node] = read
        self.parts = {node: names_of(formula) for node, formula in self.formulas.items()}
        self._circles()
        self.used = {part for parts in self.parts.values() for part in parts}
        self._lone()

    def say(self, about: str, node: str, column: str, **details: Any) -> None:
        """A problem at a node's cell, once though several trees share the node; with an error no tree that holds the
        node can be trusted."""
        if (about, node, column) in self.said:
            return
        self.said.add((about, node, column))
        found = problem_at(about, self.records, self.rows[node], column, node=self.label(node), **details)
        self.problems.append(found)
        if found.severity is Severity.ERROR:
            self.wrong.add(node)

    def label(self, node: str) -> str:
        name = self.names[node]
        return f"{name} ({node})" if name and name != node else node

    def roots(self) -> list[str]:
        return [node for node in self.rows if node in self.formulas and node not in self.used]

    def _lone(self) -> None:
        for node, i in self.rows.items():
            if node not in self.used and node not in self.formulas and self.records.column("formula")[i] is None:
                self.say("value_tree_unused", node, "node")

    def _circles(self) -> None:
        """Every circle once, at its first row; its nodes are wrong, and so is what rests on them."""
        graph = dict(self.parts)
        while True:
            try:
                TopologicalSorter(graph).prepare()
            except CycleError as found:
                circle = found.args[1][:0:-1]
                self._circle(circle)
                for node in circle:
                    del graph[node]
            else:
                return

    def _circle(self, circle: Sequence[str]) -> None:
        first = min(range(len(circle)), key=lambda at: self.rows[circle[at]])
        turned = [*circle[first:], *circle[:first]]
        self.wrong.update(circle)
        path = " → ".join(map(self.label, [*turned, turned[0]]))
        self.say("value_tree_circular", turned[0], "formula", path=path)

    def tree(self, root: str) -> Tree | None:
        order = self._order(root)
        if order is None:
            return None
        nodes: dict[str, TreeNode] = {}
        units: dict[str, Unit | None] = {}
        for node in order:
            figures = self._figures(node, nodes)
            units[node] = self._unit(node, units)
            if figures is not None:
                i = self.rows[node]
                nodes[node] = TreeNode(
                    i,
                    node,
                    self.names[node] or node,
                    self.formulas.get(node),
                    *figures,
                    unit=str(self.records.column("unit")[i] or ""),
                    kpi=self.records.column("kpi")[i],
                )
        return None if self.wrong & set(order) else Tree(root, nodes)

    def _order(self, root: str) -> list[str] | None:
        """The root's nodes, parts first; None where a circle is among them."""
        order: dict[str, None] = {}
        pending = [(root, iter(self.parts.get(root, ())))]
        entered = {root}
        while pending:
            node, parts = pending[-1]
            part = next((part for part in parts if part not in order), None)
            if part is None:
                order[node] = None
                pending.pop()
            elif part in entered:
                return None
            else:
                entered.add(part)
                pending.append((part, iter(self.parts.get(part, ()))))
        return list(order)

    def _figures(self, node: str, nodes: Mapping[str, TreeNode]) -> tuple[Fraction, Fraction] | None:
        typed = [self._typed(node, state) for state in STATES]
        formula = self.formulas.get(node)
        if formula is None:
            if node in self.wrong:
                return None
            for state, figure in zip(STATES, typed, strict=True):
                if figure is None and ("value_tree_no_number", node, state) not in self.said:
                    self.say("value_tree_figure_missing", node, state, state=_STATE_TEXTS[state])
            actual, target = typed
            return (actual, target) if actual is not None and target is not None else None
        if any(part not in nodes for part in names_of(formula)):
            return None
        found: list[Fraction] = []
        for state, figure in zip(STATES, typed, strict=True):
            try:
                value = value_of(formula, lambda part, of=state: getattr(nodes[part], of))  # type: ignore[misc]
            except ZeroDivisionError:
                self.say("value_tree_divides_by_zero", node, "formula", state=_STATE_TEXTS[state])
                return None
            found.append(value)
            if figure is not None and not _same(figure, value):
                shown = show_figure(float(value), self.records.column("unit")[self.rows[node]] or "", digits=10)
                self.say("value_tree_figure_differs", node, state, state=_STATE_TEXTS[state], computed=shown)
        return found[0], found[1]

    def _typed(self, node: str, state: str) -> Fraction | None:
        """A figure as typed; what is no number, and percent points where a fraction is meant, is a problem."""
        i = self.rows[node]
        value = self.records.column(state)[i]
        if value is None:
            return None
        figure, unit = exact(value), self.records.column("unit")[i]
        marked = i in self.records.percent.get(state, ())
        if figure is None:
            self.say("value_tree_no_number", node, state, state=_STATE_TEXTS[state])
        elif is_percent(unit) and abs(figure) > _FRACTION and not marked:
            self.say("value_tree_percent_lost", node, state, state=_STATE_TEXTS[state])
        return figure

    def _unit(self, node: str, units: Mapping[str, Unit | None]) -> Unit | None:
        """The unit of a node: that typed beside it, else what its formula makes."""
        own = read_unit(self.records.column("unit")[self.rows[node]])
        formula = self.formulas.get(node)
        if formula is None:
            return own
        try:
            made = _unit_of(formula, units)
        except _UnlikeUnits as unlike:
            self.say("value_tree_units", node, "formula", one=unlike.one.text, other=unlike.other.text)
            return own
        if own is None or made is None or own == made:
            return own or made
        if own.parts == made.parts:
            self.say("value_tree_unit_scale", node, "formula", made=made.text, unit=own.text)
        else:
            self.say("value_tree_unit_differs", node, "unit", made=made.text, unit=own.text)
        return None  # what rests on it is not judged by either


class _UnlikeUnits(Exception):
    def __init__(self, one: Unit, other: Unit) -> None:
        super().__init__(one, other)
        self.one, self.other = one, other


def _unit_of(node: Node, units: Mapping[str, Unit | None]) -> Unit | None:
    """The unit that a formula makes; None where it cannot be told, for a number may carry any unit.

    Raises: _UnlikeUnits."""
    if isinstance(node, Name):
        return units.get(node.name)
    if isinstance(node, Number) or not isinstance(node, Operation):
        return None
    parts = [_unit_of(part, units) for part in node.operands]
    if len(parts) == 1:
        return parts[0]
    one, other = parts
    if node.sign in "+-":
        if one is not None and other is not None and one != other:
            raise _UnlikeUnits(one, other)
        return one or other
    if isinstance(node.operands[0], Number) and node.operands[0].value == 1:
        one = PLAIN
    return None if one is None or other is None else multiply(one, other, 1 if node.sign == "*" else -1)


def _same(typed: Fraction, computed: Fraction) -> bool:
    """Whether the figure typed is the one computed, as far as its decimals go."""
    exponent = Decimal(repr(float(typed))).normalize().as_tuple().exponent
    places = max(-exponent, 0) if isinstance(exponent, int) else 0
    return abs(typed - computed) <= Fraction(1, 2 * 10**places)
