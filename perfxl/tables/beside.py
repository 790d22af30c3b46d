"""Columns that the program's sheets fill by formulas: names beside codes, and what follows from other columns. What
stands there is no data; where it is another name than the code's, or another figure than follows, somebody typed it and
may have meant another code or figure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from perfxl.core.codes import Codes
from perfxl.core.language import LANGUAGES
from perfxl.core.records import Records
from perfxl.core.schema import Column
from perfxl.core.schema.beside import worked_beside
from perfxl.core.schema.worked import Worked
from perfxl.core.values.numbers import same
from perfxl.core.values.text import fold_name
from perfxl.tables.grid import NOT_STORED, UNREADABLE

_SAYS_NOTHING = ("", NOT_STORED, UNREADABLE)
_ARROW = "→"


class OtherName(NamedTuple):
    """A column beside which something else stands than follows: the problem, the row of the first and how many cells
    are like it, its code, what is shown beside it, and what follows, "" where nothing does."""

    problem: str
    column: Column
    row: int
    code: str
    shown: str
    name: str
    cells: int


def other_names(
    records: Records, names: Mapping[str, Sequence[Any]], codes: Callable[[str], Codes | None]
) -> list[OtherName]:
    """Where the name beside a code is not one of its names, or beside no code at all.

    names  what stands beside the codes of a column, row by row
    codes  a table's codes
    """
    found = []
    worked = worked_beside(records.table)
    for name, shown in names.items():
        column, values = records.table.column(name), records.column(name)
        if name in worked:
            found += _other_results(records, worked[name], shown)
            continue
        known = codes(column.ref.partition(".")[0])
        pairs = set(zip(values, shown, strict=True))
        wrong = {pair for pair in pairs if pair[1] not in _SAYS_NOTHING and _differs(*pair, known)}
        if wrong:
            at = [i for i, pair in enumerate(zip(values, shown, strict=True)) if pair in wrong]
            code, text = values[at[0]], shown[at[0]]
            called = known.names_of(code) if known and code is not None else []
            said = "" if code is None else str(code)
            likely, kind = str(called[0]) if called else "", "name_beside_differs" if said else "name_beside_no_code"
            found.append(OtherName(kind, column, at[0], said, str(text), likely, len(at)))
    return found


def _other_results(records: Records, worked: Worked, shown: Sequence[Any]) -> list[OtherName]:
    """Where something else stands than follows from the row."""
    columns = {column.name: records.column(column.name) for column in records.table.columns}
    rows = [{name: values[i] for name, values in columns.items()} for i in range(len(records))]
    follows = [[worked.value(row, lang) for lang in LANGUAGES] for row in rows]
    at = [i for i, text in enumerate(shown) if text not in _SAYS_NOTHING and not _is_one_of(text, follows[i])]
    if not at:
        return []
    likely = next((str(value) for value in follows[at[0]] if value is not None), "")
    beside = records.table.column(worked.after)
    return [OtherName("worked_beside_differs", beside, at[0], "", str(shown[at[0]]), likely, len(at))]


def _is_one_of(text: Any, follows: Sequence[Any]) -> bool:
    if isinstance(text, float | int):
        return any(isinstance(value, float) and same(float(text), value) for value in follows)
    if not str(text).strip() or _ARROW in str(text):  # of figures that are texts there: 950万
        return True
    return fold_name(str(text)) in {fold_name(str(value)) for value in follows}


def _differs(code: Any, shown: Any, known: Codes | None) -> bool:
    """Whether a text is none of a code's names; of a code that nobody has, nothing can be said."""
    if not str(shown).strip():
        return False
    if code is None:
        return True
    names = known.names_of(code) if known else []
    if shown in names:
        return False
    return bool(names) and fold_name(str(shown)) not in {fold_name(str(each)) for each in (code, *names)}
