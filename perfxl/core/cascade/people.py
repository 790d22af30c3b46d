"""Who stands below whom, and what they head."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from perfxl.core.records import Tables
from perfxl.core.table_access import columns_of, rows_of

# What somebody is by the highest unit that they head: the company, a unit one level down, one further down; or none.
COMPANY, UNIT, SUB_UNIT, PERSON = "company", "unit", "sub_unit", "person"


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
            # Of the board's chair, whose unit the chief executive heads, the latter is no superior.
            if head is not None and head != person and self._named.get(head) != person:
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

    def units_above(self, unit: Any) -> list[Any]:
        """The units that a unit lies in, from the next one up."""
        found: list[Any] = []
        above = self.parents.get(unit)
        while above is not None and above != unit and above not in found:
            found.append(above)
            above = self.parents.get(above)
        return found

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


class Places(dict[Any, tuple[str, Any]]):
    """Person -> kind and unit; many lines ask for the same."""

    def __init__(self, people: People) -> None:
        super().__init__()
        self.people = people

    def __missing__(self, person: Any) -> tuple[str, Any]:
        found = self[person] = self.people.kind(person), self.people.unit(person)
        return found


class Superiors(dict[Any, Any]):
    """Person -> superior; many lines ask for the same."""

    def __init__(self, people: People) -> None:
        super().__init__()
        self.people = people

    def __missing__(self, person: Any) -> Any:
        found = self[person] = self.people.superior(person)
        return found
