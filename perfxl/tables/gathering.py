"""A program's tables put together from blocks of rows in as little memory as lists allow: a value that stands in many
cells is held once. Of texts `convert` sees to that."""

from __future__ import annotations

from array import array
from datetime import date
from typing import Any

from perfxl.core.records import Records, join_parts
from perfxl.core.schema import all_tables

_MOST_SHARED = 200_000  # values of one type; of more, most would stand in one cell only


class TableGatherer:
    """`take` the blocks of each sheet in order; `tables` gives what join_parts would make of them."""

    def __init__(self) -> None:
        self._parts: dict[str, list[Records]] = {}
        # By type, since 1, 1.0 and True are one key.
        self._shared: dict[type, dict[Any, Any]] = {float: {}, date: {}}

    def take(self, block: Records) -> None:
        """Adds rows of a sheet: a new one, or that of the last block of this table."""
        parts = self._parts.setdefault(block.table.name, [])
        if not parts or (parts[-1].file, parts[-1].sheet) != (block.file, block.sheet):
            parts.append(Records(block.table, {}, block.file, block.sheet, array("L"), block.letters))
        whole = parts[-1]
        before, count = len(whole.rows), len(block.rows)
        for into, more in ((whole.columns, block.columns), (whole.extra, block.extra)):
            for name in into.keys() - more.keys():
                into[name] += [None] * count
            for name, values in more.items():
                if name not in into:
                    into[name] = [None] * before
                into[name] += self._once(values)
        for marks, added in ((whole.percent, block.percent), (whole.multiplied, block.multiplied)):
            for name, marked in added.items():
                marks.setdefault(name, set()).update([before + i for i in marked])
        assert isinstance(whole.rows, array)
        whole.rows.extend(block.rows)

    def tables(self) -> dict[str, Records]:
        """The tables by name, in the schema's order. Ends the gathering."""
        self._shared = {}
        return {name: join_parts(self._parts.pop(name)) for name in all_tables() if name in self._parts}

    def _once(self, values: list[Any]) -> list[Any]:
        """The values, each as the one object that stands for all that are the same. Of 0.0 and -0.0 neither is."""
        kinds = set(map(type, values))
        for kind in kinds & self._shared.keys():
            known = self._shared[kind]
            share = known.setdefault if len(known) < _MOST_SHARED else known.get
            if kinds <= {kind, type(None)} and (kind is not float or 0.0 not in values):
                return list(map(share, values, values))  # most columns
            values = [share(value, value) if value and type(value) is kind else value for value in values]
        return values
