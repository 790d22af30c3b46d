"""Trees and cycles: units form one tree, objectives a forest, superiors a chain, links an acyclic graph."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import TypeVar

from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Tables
from perfxl.core.table_access import cell, columns_of, finding, first_rows, labels, rows_of

# Tables whose rows name their parent in the same table.
_PARENTS = (("units", "parent"), ("objectives", "parent"), ("people", "superior"))

Node = TypeVar("Node", bound=Hashable)


def check(book: Tables, policy: Policy) -> list[Problem]:
    parents = [found for table, column in _PARENTS for found in _parents(book, table, column)]
    return [*parents, *_roots(book), *_links(book)]


def cycles(graph: Mapping[Node, Sequence[Node]]) -> list[list[Node]]:
    """Cycles that share no node, at least one for every group of nodes that reach each other; linear.

    Where every node has one successor (a parent) these are all the cycles.
    """
    found: list[list[Node]] = []
    done: set[Node] = set()
    in_cycle: set[Node] = set()
    for start in graph:
        if start in done:
            continue
        path, depth, pending = [start], {start: 0}, [iter(graph[start])]
        while path:
            node = next((n for n in pending[-1] if n in graph and n not in done), None)
            if node is None:
                done.add(path.pop())
                pending.pop()
            elif node not in depth:
                depth[node] = len(path)
                path.append(node)
                pending.append(iter(graph[node]))
            elif in_cycle.isdisjoint(cycle := path[depth[node] :]):  # what is not done stands on the path
                in_cycle.update(cycle)
                found.append(cycle)
    return found


def path_text(nodes: Sequence[str], first: int = 0) -> str:
    """A → B → A, beginning with the node at `first`."""
    return " → ".join([*nodes[first:], *nodes[:first], nodes[first]])


def _parents(book: Tables, table: str, column: str) -> Iterator[Problem]:
    records = rows_of(book, table)
    if records is None or column not in records.columns:
        return
    key = records.table.key[0]
    graph = {node: (parent,) for _, node, parent in columns_of(records, key, column) if node and parent}
    rows, names = first_rows(records, key), labels(book, table)
    for cycle in cycles(graph):
        row, first = min((rows[node], at) for at, node in enumerate(cycle))
        yield finding("parents_circular", records, row, column, path=path_text([names[node] for node in cycle], first))


def _roots(book: Tables) -> Iterator[Problem]:
    units = rows_of(book, "units")
    if units is None or "parent" not in units.columns:
        return
    roots = [i for i, unit, parent in columns_of(units, "unit", "parent") if unit and not parent]
    names = labels(book, "units")
    for i in roots[1:]:
        first, unit = (names[cell(units, row, "unit")] for row in (roots[0], i))
        yield finding("second_top_unit", units, i, "parent", unit=unit, root=first)


def _links(book: Tables) -> Iterator[Problem]:
    links = rows_of(book, "links")
    if links is None:
        return
    graph: dict[tuple[str, str], list[tuple[str, str]]] = {}
    rows: dict[tuple[tuple[str, str], tuple[str, str]], int] = {}
    for i, kpi, owner, sub_kpi, sub_owner in columns_of(links, "kpi", "owner", "sub_kpi", "sub_owner"):
        upper, lower = (kpi, owner), (sub_kpi, sub_owner)
        if None not in (*upper, *lower):
            graph.setdefault(upper, []).append(lower)
            graph.setdefault(lower, [])
            rows.setdefault((upper, lower), i)
    kpis, people = labels(book, "kpis"), labels(book, "people")
    for cycle in cycles(graph):
        edges = zip(cycle, [*cycle[1:], cycle[0]], strict=True)
        row, first = min((rows[edge], at) for at, edge in enumerate(edges))
        names = [f"{people[owner]} · {kpis[kpi]}" for kpi, owner in cycle]
        yield finding("links_circular", links, row, "sub_kpi", path=path_text(names, first))
