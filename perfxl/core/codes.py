"""Names where codes are asked for: a person, a unit, a KPI, an objective by its name, a contract by whom it binds.

A code that stands in the table always wins; a name leads to a code only where one row alone has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from perfxl.core.records import Records, Tables
from perfxl.core.schema import Column, Type, get
from perfxl.core.values.text import fold_name

NAMING = {
    "people": ("person", "name"),
    "units": ("unit", "name"),
    "kpis": ("kpi", "name"),
    "objectives": ("objective", "text"),
    "contracts": ("contract", "holder", "second_holder"),
}
"""Tables whose rows go by a name beside their code -> the code's column and those of the names; a contract goes by its
holders."""


_MOST_CANDIDATES = 10


class Codes:
    """The codes of one table, and by which names each goes.

    codes   as they stand, None where there is none
    names   of each column of names, as many
    people  the codes of people, where the names are theirs
    """

    def __init__(self, codes: Sequence[Any], names: Sequence[Sequence[Any]], people: Codes | None = None) -> None:
        self._codes, self._names, self._people = codes, names, people
        self._known = set(codes) - {None}

    def __contains__(self, code: object) -> bool:
        return code in self._known

    def named(self, name: Any) -> list[Any]:
        """The codes of all rows that go by this name; none for what is a code itself, in whatever spelling."""
        word = fold_name(name)
        return [] if word in self._spellings else list(self._by_name.get(word, ()))

    def translations(self, values: Iterable[Any]) -> dict[Any, Any]:
        """Name -> code, for those of the values that are the name of one row alone."""
        found = {}
        for value in set(values) - self._known - {None}:
            named = self.named(value)
            if len(named) == 1:
                found[value] = named[0]
        return found

    @cached_property
    def called(self) -> dict[Any, Any]:
        """Code -> the first of its names."""
        return dict(zip(self._codes, self._names[0], strict=True))

    def names_of(self, code: Any) -> list[Any]:
        """The names by which the row of a code goes, a person's own beside the code by which it is named."""
        return list(self._names_by_code.get(code, ()))

    @cached_property
    def _names_by_code(self) -> dict[Any, list[Any]]:
        found: dict[Any, list[Any]] = {}
        for names in self._names:
            for code, name in zip(self._codes, names, strict=True):
                if code is not None and name is not None:
                    found.setdefault(code, []).extend(self._all_names(name))
        return found

    @cached_property
    def _spellings(self) -> set[str]:
        return set(map(fold_name, self._known))

    @cached_property
    def _by_name(self) -> dict[str, dict[Any, None]]:
        by_name: dict[str, dict[Any, None]] = {}
        for names in self._names:
            for code, name in zip(self._codes, names, strict=True):
                if code is not None and name is not None:
                    for each in self._all_names(name):
                        by_name.setdefault(fold_name(each), {})[code] = None
        return by_name

    def _all_names(self, name: Any) -> list[Any]:
        """A person who is named by code is named by name as well, and the other way round."""
        if self._people is None:
            return [name]
        person = self._people.translations((name,)).get(name, name)
        return [each for each in (name, person, self._people.called.get(person)) if each is not None]


def of_several(table: str, codes: Sequence[Any]) -> dict[str, Any]:
    """What is told of a name that several rows of a table have, as details of the problem name_of_several."""
    declared = get(table)
    key = declared.column(NAMING[table][0])
    more = "…" if codes[_MOST_CANDIDATES:] else ""
    return {
        "candidates": "、".join(map(str, codes[:_MOST_CANDIDATES])) + more,
        "count": len(codes),
        "target": declared.text,
        "key": key.text,
    }


class Named(NamedTuple):
    """A column in which names stood: how many cells, the row of the first, what stood there and its code."""

    column: Column
    cells: int
    row: int
    name: Any
    code: Any


def codes_of(tables: Tables, table: str) -> Codes | None:
    """The codes of a table with their names; None where its rows have none, or there are none."""
    records = tables.get(table)
    if table not in NAMING or not records:
        return None
    code, *names = map(records.column, NAMING[table])
    return Codes(code, names, codes_of(tables, "people") if table == "contracts" else None)


def put_codes(records: Records, codes: Callable[[str], Codes | None]) -> list[Named]:
    """Puts the code in place of each name that leads to one row alone, in every column that refers to a table with
    names; what leads nowhere, or to several, stays as typed.

    codes  a table's codes
    Returns: the columns where names stood.
    """
    told = []
    for column in records.table.columns:
        values = records.columns.get(column.name)
        table = column.ref.partition(".")[0]
        if column.type is not Type.REF or table not in NAMING or not values or not any(values):
            continue
        known = codes(table)
        translations = known.translations(values) if known else {}
        if translations:
            first = next(i for i, value in enumerate(values) if value in translations)
            count = sum(value in translations for value in values)
            told.append(Named(column, count, first, values[first], translations[values[first]]))
            records.columns[column.name] = [translations.get(value, value) for value in values]
    return told
