"""Whose a contract sheet is: people by ID, by name, by name and unit, and by the name of a sheet or file."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, NamedTuple

from perfxl.core.records import Records, Tables
from perfxl.core.schema import get
from perfxl.core.values.text import fold_name


def by_name(records: Records | None, key: str) -> dict[str, str]:
    """ID by its own spelling and by the name beside it; a name that two rows share stands for neither."""
    if not records:
        return {}
    ids = records.column(key)
    names = [fold_name(name or "") for name in records.column("name")]
    counts = Counter(names)
    by_name = {name: row_id for name, row_id in zip(names, ids, strict=True) if name and counts[name] == 1}
    by_name.update({fold_name(row_id): row_id for row_id in ids if row_id is not None})
    return by_name


def by_unit(tables: Tables) -> dict[tuple[str, str], str]:
    """ID by name and unit (its ID or its name), for people whose name others have as well."""
    people, units = tables.get("people"), tables.get("units")
    if not people:
        return {}
    called = dict(zip(units.column("unit"), units.column("name"), strict=True)) if units else {}
    rows = list(zip(*(people.column(name) for name in ("person", "name", "unit")), strict=True))
    counts = Counter(fold_name(name or "") for _, name, _ in rows)
    return {
        (fold_name(name), fold_name(spelling)): person
        for person, name, unit in rows
        if person is not None and name and counts[fold_name(name)] > 1
        for spelling in (unit, called.get(unit))
        if spelling
    }


class Known(NamedTuple):
    """Somebody: name and unit as they stand, and where; each spelling of the unit, which has an ID and a name."""

    name: str | None
    unit: str | None
    place: str
    units: frozenset[str]
    of_program: bool


class People:
    """Who is known under an ID so far: the program's people, and those whom its contract sheets add."""

    def __init__(self, tables: Tables) -> None:
        people, units = tables.get("people"), tables.get("units")
        called = dict(zip(units.column("unit"), units.column("name"), strict=True)) if units else {}
        self._known: dict[str, Known] = {}
        for at, row in enumerate(people.records() if people else ()):
            spellings = frozenset(fold_name(each) for each in (row["unit"], called.get(row["unit"])) if each)
            unit = called.get(row["unit"]) or row["unit"]
            assert people is not None
            place = str(people.address(at, "person"))
            self._known.setdefault(row["person"], Known(row["name"], unit, place, spellings, True))

    def add(self, person: str, name: str | None, unit: str | None, place: str) -> None:
        """Somebody whom a contract sheet adds."""
        self._known[person] = Known(name, unit, place, frozenset([fold_name(unit)] if unit else ()), False)

    def named_otherwise(self, person: str | None, name: str | None) -> Known | None:
        """Who has the ID, where that is somebody by another name."""
        known = self._known.get(person) if person else None
        differs = known and known.name and name and fold_name(known.name) != fold_name(name)
        return known if differs else None

    def in_other_unit(self, person: str, unit: str | None) -> str | None:
        """The unit that the person belongs to, where it is another one."""
        known = self._known.get(person)
        return known.unit if known and unit and known.units and fold_name(unit) not in known.units else None

    def is_of_program(self, person: str) -> bool:
        """Whether the program's own sheet of people has the person."""
        return person in self._known and self._known[person].of_program


def namesakes(sheets: Records) -> set[str]:
    """Names without an ID that stand in two departments for one period: two people. In one department after the other
    it is one who changed post."""
    units: dict[tuple[str, Any], set[str]] = {}
    for row in sheets.records():
        if row["person"] is None and row["name"] and row["department"]:
            units.setdefault((fold_name(row["name"]), row["period"]), set()).add(fold_name(row["department"]))
    return {name for (name, _), departments in units.items() if len(departments) > 1}


def stem(text: str) -> str:
    """The person in a sheet's or file's name: without year, 业绩合同, Sheet1 and the like."""
    table = get("contract_sheet")
    words = sorted({fold_name(word) for word in (table.zh, table.en, *table.aliases)}, key=len, reverse=True)
    plain = _NO_NAME.sub("", text)
    for word in words:
        plain = re.sub(re.escape(word), "", plain, flags=re.IGNORECASE)
    return plain.strip(" -_—·.的")


_NO_NAME = re.compile(
    r"\d{4}\s*年?度?|第?[一二三四1-4]季度|[上下]半年|\d{1,2}月份?|^sheet\d*$|^工作表\d*$|\(\d+\)", re.IGNORECASE
)
