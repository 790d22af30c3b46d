"""Names beside codes: columns that the program's sheets fill by formulas. What stands there is no data; where it is
another name than the code's, somebody typed it and may have meant another code."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from perfxl.core.codes import Codes
from perfxl.core.records import Records
from perfxl.core.schema import Column
from perfxl.core.values.text import fold_name
from perfxl.tables.grid import NOT_STORED, UNREADABLE

_SAYS_NOTHING = ("", NOT_STORED, UNREADABLE)


class OtherName(NamedTuple):
    """A column of codes beside which other names stand: the row of the first and how many cells are like it, its code,
    what is shown beside it, and the code's name, "" where there is no code."""

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
    for name, shown in names.items():
        column, values = records.table.column(name), records.column(name)
        known = codes(column.ref.partition(".")[0])
        pairs = set(zip(values, shown, strict=True))
        wrong = {pair for pair in pairs if pair[1] not in _SAYS_NOTHING and _differs(*pair, known)}
        if wrong:
            at = [i for i, pair in enumerate(zip(values, shown, strict=True)) if pair in wrong]
            code, text = values[at[0]], shown[at[0]]
            called = known.names_of(code) if known and code is not None else []
            said = "" if code is None else str(code)
            found.append(OtherName(column, at[0], said, str(text), str(called[0]) if called else "", len(at)))
    return found


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
