"""What each driver does for the root: elasticity, gain from closing its gap, step of the waterfall, rating."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from math import floor
from typing import NamedTuple

from perfxl.core.formula import Node, names_of
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Tables
from perfxl.core.table_access import columns_of, rows_of
from perfxl.core.value_tree.arithmetic import ACTUAL, TARGET, share, slope, value_of
from perfxl.core.value_tree.reading import Tree, TreeNode, read_trees
from perfxl.core.values.numbers import canonical
from perfxl.core.weights.rules import WeightRules


class Effect(NamedTuple):
    """What a node does for its root. All but `slope` of a driver alone; None where there is no such figure.

    slope       how much the root moves when the node moves by one, at the actuals
    elasticity  by how many percent the root moves when the node moves by one percent; None for a root of zero
    factor      what the node's difference is multiplied by for its part of the root's difference
    step        its step in the waterfall: the factor times target less actual; the drivers' steps add up to the root's
                difference
    gain        what the root gains when this driver alone reaches its target; None where that divides by zero
    rating      impact from the company's scale, 1 to 4 by default: a quarter of the strongest driver's effect for each
    """

    node: TreeNode
    slope: Fraction
    elasticity: Fraction | None
    factor: Fraction
    step: Fraction
    gain: Fraction | None
    rating: int | None


class Effects(NamedTuple):
    """A tree and its effects: of every node, in the order of the sheet; formulas parts first in `tree.nodes`."""

    tree: Tree
    effects: tuple[Effect, ...]

    @property
    def root(self) -> TreeNode:
        return self.tree.nodes[self.tree.root]

    @property
    def drivers(self) -> list[Effect]:
        """The effects of nodes without a formula, in the order of the sheet."""
        return [effect for effect in self.effects if effect.node.formula is None]


class Proposal(NamedTuple):
    """An impact rating that the value tree proposes for a KPI of the library, beside the one that stands there."""

    kpi: str
    name: str
    node: str
    current: float | None
    proposed: int


class ValueTrees(NamedTuple):
    """The trees of a program, and the ratings that they propose. Source: scoring.md section 4."""

    trees: tuple[Effects, ...]
    proposals: tuple[Proposal, ...]
    rules: WeightRules


def value_trees(tables: Tables, policy: Policy) -> tuple[ValueTrees, list[Problem]]:
    """Every tree of the sheet worked out. Returns: the trees, and what is wrong with the sheet.

    Source: domain.md section 2, scoring.md section 4.
    """
    rules = WeightRules.of(policy)
    trees, problems = read_trees(rows_of(tables, "value_tree"))
    worked = tuple(work_out(tree, rules) for tree in trees)
    return ValueTrees(worked, tuple(propose_impacts(worked, tables)), rules), problems


def work_out(tree: Tree, rules: WeightRules) -> Effects:
    """The effects of one tree."""
    nodes = tree.nodes
    slopes, factors = _spread(tree, slope), _spread(tree, share)
    root = nodes[tree.root]
    pulls = {node: abs(slopes[node] * nodes[node].actual) for node in nodes}
    strongest = max((pulls[driver.node] for driver in tree.drivers), default=Fraction(0))
    above, order = parents_of(tree), {node: place for place, node in enumerate(nodes)}
    effects = []
    for node in sorted(nodes.values(), key=lambda node: node.row):
        gain = None
        if node.formula is None:
            end = moved_by(tree, node, above, order).get(tree.root, root.actual)
            gain = None if end is None else end - root.actual
        effects.append(
            Effect(
                node,
                slopes[node.node],
                slopes[node.node] * node.actual / root.actual if root.actual else None,
                factors[node.node],
                factors[node.node] * (node.target - node.actual),
                gain,
                rate(pulls[node.node] / strongest, rules) if strongest else None,
            )
        )
    return Effects(tree, tuple(effects))


def rate(part: Fraction, rules: WeightRules) -> int:
    """The impact rating of an effect that is so great a part of the strongest driver's."""
    low, high = int(rules.rating_min), int(rules.rating_max)
    return min(high, low + floor(part * (high - low + 1)))


def propose_impacts(trees: Iterable[Effects], tables: Tables) -> list[Proposal]:
    """A rating for each KPI that a node names, the greatest where several do; in the order of the sheet."""
    best: dict[str, tuple[int, str]] = {}
    for effect in (effect for tree in trees for effect in tree.effects):
        if effect.node.kpi is not None and effect.rating is not None:
            rating, node = best.get(effect.node.kpi, (effect.rating, effect.node.name))
            best[effect.node.kpi] = (rating, node) if rating >= effect.rating else (effect.rating, effect.node.name)
    kpis = rows_of(tables, "kpis")
    cards = columns_of(kpis, "kpi", "name", "impact") if kpis else ()
    library = {kpi: (name, impact) for _, kpi, name, impact in cards}
    return [
        Proposal(kpi, str(library.get(kpi, (kpi, None))[0] or kpi), node, library.get(kpi, (None, None))[1], rating)
        for kpi, (rating, node) in best.items()
    ]


def links_of(tree: Tree, rule: Callable[[Node, str], Node | None]) -> dict[str, list[tuple[str, Node]]]:
    """Node -> those whose formulas name it, each with the formula of what the node does for it there."""
    links: dict[str, list[tuple[str, Node]]] = {node: [] for node in tree.nodes}
    for node in tree.nodes.values():
        for part in names_of(node.formula) if node.formula is not None else ():
            link = rule(node.formula, part) if node.formula is not None else None
            if link is not None:
                links[part].append((node.node, link))
    return links


def _spread(tree: Tree, rule: Callable[[Node, str], Node | None]) -> dict[str, Fraction]:
    """From the root down: what each node does for it is the sum over those that it is a part of."""
    states = {ACTUAL: "actual", TARGET: "target"}

    def figure(name: str) -> Fraction:
        value: Fraction = getattr(tree.nodes[name[2:]], states[name[:2]])
        return value

    links = links_of(tree, rule)
    effects: dict[str, Fraction] = {tree.root: Fraction(1)}
    for node in reversed([*tree.nodes]):
        if node != tree.root:
            effects[node] = sum((effects[above] * value_of(link, figure) for above, link in links[node]), Fraction(0))
    return effects


def moved_by(
    tree: Tree, driver: TreeNode, above: Mapping[str, Sequence[str]], order: Mapping[str, int]
) -> dict[str, Fraction | None]:
    """What changes when this driver alone reaches its target: node -> its figure then, None where that divides by
    zero."""
    touched = {driver.node}
    pending = [driver.node]
    while pending:
        for node in above[pending.pop()]:
            if node not in touched:
                touched.add(node)
                pending.append(node)
    moved: dict[str, Fraction | None] = {driver.node: driver.target}

    def figure(name: str) -> Fraction:
        value = moved.get(name, tree.nodes[name].actual)
        if value is None:
            raise ZeroDivisionError
        return value

    for name in sorted(touched - {driver.node}, key=order.__getitem__):  # parts first
        formula = tree.nodes[name].formula
        assert formula is not None
        try:
            moved[name] = value_of(formula, figure)
        except ZeroDivisionError:
            moved[name] = None
    return moved


def parents_of(tree: Tree) -> dict[str, list[str]]:
    """Node -> those whose formulas name it."""
    above: dict[str, list[str]] = {node: [] for node in tree.nodes}
    for node in tree.nodes.values():
        for part in names_of(node.formula) if node.formula is not None else ():
            above[part].append(node.node)
    return above


def targets_of(trees: Sequence[Tree]) -> dict[str, float]:
    """KPI -> the target of its node; a KPI whose nodes differ has none."""
    found: dict[str, set[float]] = {}
    for tree in trees:
        for node in tree.nodes.values():
            if node.kpi is not None:
                found.setdefault(node.kpi, set()).add(canonical(float(node.target)))
    return {kpi: next(iter(targets)) for kpi, targets in found.items() if len(targets) == 1}
