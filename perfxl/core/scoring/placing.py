"""Where people stand: the unit of each, the units below each other, and ranks in which ties share a place."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from perfxl.core.records import Records, Tables, empty
from perfxl.core.table_access import first_rows

__all__ = ["UnitTree", "choose_unit", "rank_totals", "units_of_people"]


def choose_unit(person: str, contract_unit: Any, contract_holder: Any, own_unit: Any) -> Any:
    """The unit in which a person's result counts: that of the latest contract, where it names one and the person is its
    first holder, else the person's own."""
    return contract_unit if contract_unit and contract_holder == person else own_unit


def units_of_people(tables: Tables, segments: Mapping[str, Sequence[int]], contracts: Records) -> list[Any]:
    """The same for everybody in `segments`, in their order: the unit's ID, or None. `segments` are the rows of each
    person's contracts."""
    people = tables.get("people") or empty("people")
    rows, own = first_rows(people, "person"), people.column("unit")
    units, holders, starts = (contracts.column(name) for name in ("unit", "holder", "start"))
    chosen = []
    for person, held in segments.items():
        last = max(held, key=lambda row: (starts[row] is None, starts[row] or row))
        of_person = own[rows[person]] if person in rows else None
        unit = choose_unit(person, units[last], holders[last], of_person)
        chosen.append(unit or next((units[row] for row in held if units[row]), None))
    return chosen


class UnitTree:
    """The units' table as a tree; a unit that stands below itself is met once."""

    def __init__(self, tables: Tables) -> None:
        units = tables.get("units") or empty("units")
        self.units = list(dict.fromkeys(units.column("unit")))
        self.parent: dict[Any, Any] = {}
        for unit, parent in zip(units.column("unit"), units.column("parent"), strict=True):
            self.parent.setdefault(unit, parent)
        self._children: dict[Any, list[Any]] = {}
        for unit in self.units:
            self._children.setdefault(self.parent[unit], []).append(unit)

    def below(self, unit: Any) -> list[Any]:
        """The unit and all below it, each before those below it."""
        found, seen, waiting = [], {unit}, [unit]
        while waiting:
            found.append(waiting.pop())
            new = [child for child in self._children.get(found[-1], ()) if child not in seen]
            seen.update(new)
            waiting += reversed(new)
        return found

    @cached_property
    def order(self) -> dict[Any, int]:
        """The place of each unit where all below a unit follow it at once; those below each other in a circle last."""
        tops = [unit for unit in self.units if self.parent[unit] not in self.parent]
        listed = dict.fromkeys(unit for top in tops for unit in self.below(top))
        for unit in self.units:
            if unit not in listed:
                listed |= dict.fromkeys(self.below(unit))
        return {unit: place for place, unit in enumerate(listed)}

    def path(self, unit: Any) -> list[Any]:
        """From the top down to the unit; a circle ends where it closes."""
        path = [unit]
        while (above := self.parent.get(path[-1])) is not None and above not in path:
            path.append(above)
        return path[::-1]


def rank_totals(totals: Sequence[float | None], groups: Iterable[Hashable] | None = None) -> list[int | None]:
    """The place of each total, from the best down, among all or within its group; ties share the better one, and where
    there is no total or no group (None) there is none."""
    of = [0] * len(totals) if groups is None else list(groups)
    known: dict[Hashable, list[float]] = {}
    for total, group in zip(totals, of, strict=True):
        if total is not None and total == total and group is not None:
            known.setdefault(group, []).append(round(total, 10))
    for sorted_totals in known.values():
        sorted_totals.sort()
    return [
        None
        if total is None or total != total or group is None
        else len(known[group]) - bisect_right(known[group], round(total, 10)) + 1
        for total, group in zip(totals, of, strict=True)
    ]
