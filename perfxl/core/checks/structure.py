"""The tables as such: keys that stand once, references that lead somewhere, trees without circles."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, TypeVar

from perfxl.core.codes import codes_of, of_several
from perfxl.core.language import LANGUAGES, Text
from perfxl.core.official import row_of
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Records, Tables
from perfxl.core.schema import Column, Type
from perfxl.core.table_access import (
    cell,
    column_text,
    columns_of,
    first_rows,
    labels,
    period_and_cell,
    pick,
    place,
    problem_at,
    reports_by_holder,
    rows_of,
    table_text,
)
from perfxl.core.values.dates import say_period
from perfxl.core.values.text import NO_SUGGESTION, Nearest, fold_name


def check_duplicates(tables: Tables, policy: Policy) -> list[Problem]:
    """Keys that stand twice, and KPIs that share a name."""
    agreed = rows_of(tables, "contract_lines")
    found = list(_keys(agreed)) if agreed is not None else []
    told = {row_of(about.address) for about in found}
    for name, records in tables.items():
        if name == "actuals":  # of a lone table's line that stands twice, the line is told
            found += [about for about in _actuals_repeated(tables, records) if row_of(about.address) not in told]
        elif name != "contract_lines":
            found += _keys(records)
    return [*found, *_names(tables)]


def _keys(records: Records) -> Iterator[Problem]:
    key = records.table.key
    for first, i in _repeated(records):
        names = " / ".join(str(cell(records, i, name)) for name in key)
        yield problem_at("key_repeated", records, i, key[0], key=names, first=place(records, first, key[0]))


def _actuals_repeated(tables: Tables, actuals: Records) -> Iterator[Problem]:
    """Reports of one person, KPI and period: alike they count once, and otherwise not at all."""
    people, kpis = labels(tables, "people"), labels(tables, "kpis")
    for first, i in _reports_repeated(tables, actuals):
        holder, kpi, period = (cell(actuals, i, name) for name in actuals.table.key)
        names = {"person": people[holder], "kpi": kpis[kpi]}
        if not _alike(actuals, first, i):
            yield problem_at("actuals_differ", actuals, i, "value", other=period_and_cell(actuals, first), **names)
            continue
        said = say_period(period)
        key = Text(*(" / ".join((holder, kpi, said(lang) if isinstance(said, Text) else said)) for lang in LANGUAGES))
        yield problem_at("report_repeated", actuals, i, "holder", key=key, first=place(actuals, first, "holder"))


def _reports_repeated(tables: Tables, actuals: Records) -> list[tuple[int, int]]:
    """As `_repeated`; whoever reports twice of one period does so among the reports of one KPI."""
    if any(name not in actuals.columns for name in actuals.table.key):
        return []
    periods, found = actuals.columns["period"], list[tuple[int, int]]()
    for key, rows in reports_by_holder(tables).items():
        if None in key or len(set(pick(periods, rows))) == len(rows):
            continue
        seen: dict[Any, int] = {}
        found += [(seen[periods[i]], i) for i in rows if periods[i] is not None and seen.setdefault(periods[i], i) != i]
    return sorted(found, key=itemgetter(1))


def _repeated(records: Records) -> Iterator[tuple[int, int]]:
    """Rows whose key another has before them: (that row, theirs)."""
    key = records.table.key
    if not key or any(name not in records.columns for name in key):
        return
    columns = [records.columns[name] for name in key]
    if not _may_repeat(map(hash, zip(*columns, strict=True))):
        return
    seen: dict[tuple[object, ...], int] = {}
    for i, values in enumerate(zip(*columns, strict=True)):
        if None not in values and seen.setdefault(values, i) != i:
            yield seen[values], i


def _may_repeat(hashes: Iterator[int]) -> bool:
    """Whether a hash stands twice: keys whose hashes differ do. A few at a time, in a tenth of the room that a set of
    millions of keys takes; without NumPy, as worksheet functions come here where there is none."""
    parts = [array("q") for _ in range(256)]
    for each in hashes:
        parts[each & 255].append(each)
    return any(len(set(part)) < len(part) for part in parts)


def _alike(actuals: Records, first: int, second: int) -> bool:
    """Whether two rows report the same, or one of them nothing: then they count once."""
    one, other = ([cell(actuals, i, name) for name in _REPORTED] for i in (first, second))
    blank = [None] * len(_REPORTED)
    return one == other or blank in (one, other)


_REPORTED = ("value", "numerator", "denominator")


def _names(tables: Tables) -> Iterator[Problem]:
    kpis = rows_of(tables, "kpis")
    if kpis is None:
        return
    seen: dict[str, tuple[str, str]] = {}
    for i, kpi, name in columns_of(kpis, "kpi", "name"):
        if name is None:
            continue
        first, where = seen.setdefault(fold_name(name), (kpi, place(kpis, i, "name")))
        if first != kpi:
            yield problem_at("kpi_name_repeated", kpis, i, "name", kpi=kpi, other=first, first=where)


def check_references(tables: Tables, policy: Policy) -> list[Problem]:
    """A table that is absent or still empty is not checked against: people start small."""
    return [
        problem
        for records in tables.values()
        for column in records.table.columns
        if column.type is Type.REF and column.name in records.columns
        for problem in _column(tables, records, column)
    ]


def _column(tables: Tables, records: Records, column: Column) -> Iterator[Problem]:
    table, key = column.ref.split(".")
    target = rows_of(tables, table)
    if target is None:
        return
    values = records.columns[column.name]
    unknown = set(values) - set(target.column(key)) - {None}
    if not unknown:
        return
    suggest, called = _Suggestions(target, key), codes_of(tables, table)
    meant = {value: called.named(value) for value in unknown} if called else {}
    shared = {value: codes for value, codes in meant.items() if len(codes) > 1}
    sentences = {value: suggest(value) for value in unknown - shared.keys()}
    names = {"target": table_text(table), "key": column_text(table, key)}
    for i, value in enumerate(values):
        if value in shared:
            yield problem_at("name_of_several", records, i, column.name, **of_several(table, shared[value]))
        elif value in unknown:
            yield problem_at("reference_unknown", records, i, column.name, suggestion=sentences[value], **names)


# IDs in numbers: the nearest to one that was deleted is another person's.
_NUMBERED = ("people", "contracts")


class _Suggestions:
    """The key that was meant: the one of the row whose name was typed, another spelling of it, or (save for people and
    their contracts) the nearest key."""

    def __init__(self, target: Records, key: str) -> None:
        keys = target.column(key)
        self._numbered = target.table.name in _NUMBERED
        self._nearest = Nearest(value for value in keys if value is not None)
        self._spellings = {fold_name(value) for value in keys if value is not None} if self._numbered else set()
        self._without_zeros = defaultdict[str, set[str]](set)  # 123 was 000123 before it was taken for a number
        for value in self._spellings:
            if value.isdecimal():
                self._without_zeros[value.lstrip("0")].add(value)
        self._by_name: dict[str, list[str]] = {}
        if "name" in target.columns:
            for value, name in zip(keys, target.columns["name"], strict=True):
                if value is not None:
                    self._by_name.setdefault(fold_name(name or ""), []).append(value)

    def __call__(self, unknown: Any) -> Text:
        named = self._by_name.get(fold_name(unknown), [])
        if len(named) == 1:
            return Text(f"；“{unknown}”是名称，其编号为“{named[0]}”", f"; that is the name of “{named[0]}”")
        spelling = fold_name(unknown)
        if self._numbered and spelling not in self._spellings:
            same = self._without_zeros.get(spelling.lstrip("0"), ()) if spelling.isdecimal() else ()
            return self._nearest.sentence(*same) if len(same) == 1 else NO_SUGGESTION
        return self._nearest.sentence(unknown)


# Tables whose rows name their parent in the same table.
_PARENTS = (("units", "parent"), ("objectives", "parent"), ("people", "superior"))

Node = TypeVar("Node", bound=Hashable)


def check_trees(tables: Tables, policy: Policy) -> list[Problem]:
    """Units form one tree, objectives a forest, superiors a chain, links an acyclic graph."""
    parents = [problem for table, column in _PARENTS for problem in _parents(tables, table, column)]
    return [*parents, *_roots(tables), *_links(tables)]


def find_cycles(graph: Mapping[Node, Sequence[Node]]) -> list[list[Node]]:
    """Cycles that share no node, at least one for every group of nodes that reach each other; linear.

    Where every node has one successor (a parent) these are all the cycles.
    """
    cycles: list[list[Node]] = []
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
                cycles.append(cycle)
    return cycles


def path_text(nodes: Sequence[str], first: int = 0) -> str:
    """A → B → A, beginning with the node at `first`."""
    return " → ".join([*nodes[first:], *nodes[:first], nodes[first]])


def _parents(tables: Tables, table: str, column: str) -> Iterator[Problem]:
    records = rows_of(tables, table)
    if records is None or column not in records.columns:
        return
    key = records.table.key[0]
    graph = {node: (parent,) for _, node, parent in columns_of(records, key, column) if node and parent}
    rows, names = first_rows(records, key), labels(tables, table)
    for cycle in find_cycles(graph):
        row, first = min((rows[node], at) for at, node in enumerate(cycle))
        yield problem_at(
            "parents_circular", records, row, column, path=path_text([names[node] for node in cycle], first)
        )


def _roots(tables: Tables) -> Iterator[Problem]:
    units = rows_of(tables, "units")
    if units is None or "parent" not in units.columns:
        return
    roots = [i for i, unit, parent in columns_of(units, "unit", "parent") if unit and not parent]
    names = labels(tables, "units")
    for i in roots[1:]:
        first, unit = (names[cell(units, row, "unit")] for row in (roots[0], i))
        yield problem_at("second_top_unit", units, i, "parent", unit=unit, root=first)


def _links(tables: Tables) -> Iterator[Problem]:
    links = rows_of(tables, "links")
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
    kpis, people = labels(tables, "kpis"), labels(tables, "people")
    for cycle in find_cycles(graph):
        edges = zip(cycle, [*cycle[1:], cycle[0]], strict=True)
        row, first = min((rows[edge], at) for at, edge in enumerate(edges))
        names = [f"{people[owner]} · {kpis[kpi]}" for kpi, owner in cycle]
        yield problem_at("links_circular", links, row, "sub_kpi", path=path_text(names, first))
