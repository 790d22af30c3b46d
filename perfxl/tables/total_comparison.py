"""The totals that tables show of people, as rows of their own beside the contracts that they are about, so that
core/checks/shown_totals.py sets them against what the lines give: of a table alone, and of a program made of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from perfxl.core.records import Gathered, Records, Tables, join_parts
from perfxl.core.schema import get
from perfxl.core.values.text import fold_name
from perfxl.tables.row_form import ShownTotals

_TABLE = "shown_totals"


def shown_totals(new: Mapping[str, Records], sheets: Records) -> Records | None:
    """A row for each total that a contract sheet shows, where one table holds all that the contract has.

    new  the rows that the contract sheets add to the tables
    """
    holders = dict(zip(new["contracts"].column("contract"), new["contracts"].column("holder"), strict=True))
    parts = []
    for contract, (row, shown) in _shown_of(new["contract_lines"], sheets).items():
        place = sheets.address(row)
        for each in shown.totals:
            letter = each.cell.rstrip("0123456789")
            said = {"contract": contract, "holder": holders.get(contract), "total": each.value}
            said |= {"places": float(each.places), "origin": f"{place.file} {place.sheet}!{each.cell}"}
            at = int(each.cell.removeprefix(letter))
            letters = dict.fromkeys(said, letter)
            parts.append(
                Records(get(_TABLE), {k: [v] for k, v in said.items()}, place.file, place.sheet, [at], letters)
            )
    return join_parts(parts) if parts else None


def say_whose(tables: Tables, new: Mapping[str, Records]) -> None:
    """Says of the totals that lists of people show which contract each is about: that of whoever has one among those
    that were read with it, and stands once in the list."""
    listed = tables.get(_TABLE)
    if not listed or None not in listed.column("contract"):
        return
    called: dict[str, set[str]] = defaultdict(set)
    for people in filter(None, (tables.get("people"), new.get("people"))):
        for name in ("person", "name"):
            for person, spelling in zip(people.column("person"), people.column(name), strict=True):
                called[fold_name(spelling or "")].add(person)
    contracts = list(zip(*(new["contracts"].column(name) for name in ("holder", "contract")), strict=True))
    held = Counter(holder for holder, _ in contracts)
    only = {holder: contract for holder, contract in contracts if held[holder] == 1}
    whose, spellings = listed.columns["contract"], [fold_name(who or "") for who in listed.column("holder")]
    counts = Counter(spellings)
    for i, spelling in enumerate(spellings):
        persons = called.get(spelling, ())
        if whose[i] is None and counts[spelling] == 1 and len(persons) == 1:
            whose[i] = only.get(next(iter(persons)))


def known_totals(tables: Tables) -> dict[str, Records]:
    """The tables, of lists of totals only the rows that are about a contract."""
    listed = tables.get(_TABLE)
    known = dict(tables)
    if listed and None in listed.column("contract"):
        at = [i for i, contract in enumerate(listed.column("contract")) if contract is not None]
        columns = {name: [values[i] for i in at] for name, values in listed.columns.items()}
        rows, origins = [listed.rows[i] for i in at], [(listed, i) for i in at]
        known[_TABLE] = Gathered(
            listed.table, columns, listed.file, listed.sheet, rows, dict(listed.letters), origins=origins
        )
    if not known.get(_TABLE):
        known.pop(_TABLE, None)
    return known


def _shown_of(lines: Records, sheets: Records) -> dict[str, tuple[int, ShownTotals]]:
    """Contract -> a row of its own and the totals shown, where one table holds all that the contract has."""
    origins = lines.origins if isinstance(lines, Gathered) else ()
    rows: dict[str, list[int]] = defaultdict(list)
    for line, contract in enumerate(lines.column("contract")):
        rows[contract].append(origins[line][1])
    forms = sheets.column("form")
    found = {}
    for contract, places in rows.items():
        form = forms[places[0]]
        if form is not None and form.shown and form.shown.rows == len(places):
            found[contract] = places[0], form.shown
    return found
