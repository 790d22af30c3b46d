"""Who is asked: managers for their people, those who report data for their KPIs, units, or each person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from perfxl.core.problems import Problem, problem
from perfxl.core.records import Tables
from perfxl.core.table_access import Names, columns_of, first_rows, rows_of

__all__ = ["AUDIENCES", "Organisation", "Recipient", "Recipients", "choose_people"]

AUDIENCES = ("manager", "reporter", "unit", "person")


class Recipient(NamedTuple):
    """Somebody who gets one file.

    key    employee ID, unit ID, or the word in the KPI library that says who reports
    name   as people call them
    unit   the name of their unit
    email  blank where it is not known
    person the employee ID of who fills it in; blank where it is not known
    """

    key: str
    name: str
    unit: str = ""
    email: str = ""
    person: str = ""


class Organisation:
    """People, their units and superiors, by ID."""

    def __init__(self, tables: Tables) -> None:
        self.tables, self.names = tables, Names.of(tables)
        self.people = rows_of(tables, "people")
        self._place = first_rows(self.people, "person")
        self._columns: dict[str, Sequence[Any]] = {}
        units = rows_of(tables, "units")
        self.heads = {} if units is None else {unit: head for _, unit, head in columns_of(units, "unit", "head")}
        contracts = rows_of(tables, "contracts")
        self._issuers: dict[Any, Any] = {}
        self._units: dict[Any, Any] = {}
        for _, holder, second, issuer, unit in (
            columns_of(contracts, "holder", "second_holder", "issuer", "unit") if contracts else ()
        ):
            for person in (holder, second):
                self._issuers.setdefault(person, issuer)
                self._units.setdefault(person, unit)

    def of(self, person: str, column: str) -> Any:
        """What the people's sheet says of somebody; None for who is not there."""
        place = self._place.get(person)
        if place is None or self.people is None:
            return None
        if column not in self._columns:
            self._columns[column] = self.people.column(column)
        return self._columns[column][place]

    def superior(self, person: str) -> Any:
        """The superior by the people's sheet, or else who issued the contract."""
        return self.of(person, "superior") or self._issuers.get(person)

    def unit(self, person: str) -> Any:
        """The unit by the people's sheet, or else the contract's."""
        return self.of(person, "unit") or self._units.get(person)

    def recipient(self, person: str) -> Recipient:
        """Somebody by employee ID."""
        unit = self.unit(person)
        email = self.of(person, "email") or ""
        return Recipient(person, self.names.people[person], self.names.units[unit], email, person)


def choose_people(
    tables: Tables, only: Sequence[str] | None, unit: str | None
) -> tuple[Callable[[str], bool], list[Problem]]:
    """Who takes part: those named by ID or name, or as recipients' superiors, and those of a unit (ID or name) and of
    the units below it.

    Returns: whether a person does, and what was asked for and is not there.
    """
    organisation, problems = Organisation(tables), list[Problem]()
    wanted: set[str] | None = None
    if only is not None:
        wanted = set()
        for word in only:
            people = {person for person, name in organisation.names.people.items() if word in (person, name)}
            wanted |= people
            if not people:
                problems.append(problem("person_unknown", value=word))
    units: set[Any] | None = None
    if unit is not None:
        units = _units_below(tables, unit)
        if not units:
            problems.append(problem("unit_unknown", value=unit))

    def chosen(person: str) -> bool:
        asked = wanted is None or person in wanted or organisation.superior(person) in wanted
        return asked and (units is None or organisation.unit(person) in units)

    return chosen, problems


def _units_below(tables: Tables, unit: str) -> set[Any]:
    """A unit, given by ID or name, and all below it."""
    records = rows_of(tables, "units")
    if records is None:
        return set()
    rows = [(one, name, parent) for _, one, name, parent in columns_of(records, "unit", "name", "parent")]
    units = {one for one, _, _ in rows if one == unit} or {one for one, name, _ in rows if name == unit}
    added = units
    while added:
        added = {one for one, _, parent in rows if parent in units} - units
        units = units | added
    return units


class Recipients:
    """Who gets the rows of whom: of a person's rows, or of a KPI's."""

    def __init__(self, tables: Tables, audience: str) -> None:
        self.audience, self.organisation = audience, Organisation(tables)
        kpis = rows_of(tables, "kpis")
        self._reporters = (
            {kpi: reporter or source for _, kpi, reporter, source in columns_of(kpis, "kpi", "reporter", "data_source")}
            if kpis
            else {}
        )
        self._known: dict[str, Recipient] = {}
        self.without: dict[str, int] = {}

    def of(self, person: str, kpi: str | None = None) -> Recipient | None:
        """Who is asked about a person's row; None, counted in `without`, where nobody is known."""
        key = self._key(person, kpi)
        if not key:
            about = str(kpi if self.audience == "reporter" else person)
            self.without[about] = self.without.get(about, 0) + 1
            return None
        if key not in self._known:
            self._known[key] = self._recipient(str(key))
        return self._known[key]

    def rater(self, person: str) -> Recipient:
        """Who gives marks gets them to fill in, whoever else is asked about the person."""
        return self._known.setdefault(person, self.organisation.recipient(person))

    def _key(self, person: str, kpi: str | None) -> Any:
        if self.audience == "reporter":
            return self._reporters.get(kpi)
        if self.audience == "unit":
            return self.organisation.unit(person)
        return person if self.audience == "person" else self.organisation.superior(person)

    def _recipient(self, key: str) -> Recipient:
        organisation = self.organisation
        if self.audience == "unit" or (self.audience == "reporter" and key in organisation.heads):
            head = organisation.heads.get(key)
            email = organisation.of(head, "email") if head else None
            name = organisation.names.units[key]
            return Recipient(key, name, name, email or "", head or "")
        if self.audience == "reporter":
            return self._reporter(key)
        return organisation.recipient(key)

    def _reporter(self, word: str) -> Recipient:
        """Who reports, from a word of the KPI library: an employee ID or name, a unit's name, or just what it says."""
        names = self.organisation.names
        if word in names.people:
            return self.organisation.recipient(word)
        people = [person for person, name in names.people.items() if name == word]
        if len(people) == 1:
            return self.organisation.recipient(people[0])._replace(key=word)
        units = [unit for unit, name in names.units.items() if name == word]
        if len(units) == 1:
            head = self.organisation.heads.get(units[0])
            email = self.organisation.of(head, "email") if head else None
            return Recipient(word, word, word, email or "", head or "")
        return Recipient(word, word)
