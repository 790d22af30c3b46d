"""Names in place of IDs in DataFrames, as in a program's sheets: a name leads to the one that alone has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from perfxl.core.codes import Codes, of_several
from perfxl.core.problems import problem
from perfxl.core.values.text import fold_name
from perfxl.frames.columns import key_text
from perfxl.frames.events import Wrong, column_of

__all__ = ["FrameNames"]

_NAMES = {"person": ("people", ("person_name",)), "kpi": ("kpis", ("kpi_name", "name"))}
"""Column of IDs -> their table, and the columns of the lines in which their names may stand."""


class FrameNames:
    """The names of the people and KPIs of some lines; of lines without columns of names there are none."""

    def __init__(self, lines: pd.DataFrame) -> None:
        self._known: dict[str, tuple[str, Codes]] = {}
        for column, (table, names) in _NAMES.items():
            given = [_cells(lines, name) for name in names if name in lines]
            if given and column in lines:
                self._known[column] = table, Codes(_without_names(_cells(lines, column), given), given)

    def put_ids(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame with IDs in place of names; a name that several have stays."""
        for column, (_, codes) in self._known.items():
            cells = _cells(frame, column)
            found = codes.translations(cells)
            if found:
                frame = frame.assign(**{column: [found.get(cell, cell) for cell in cells]})
        return frame

    def take_out(
        self, frame: pd.DataFrame | None, places: Mapping[str, Sequence[int]], wrong: Wrong
    ) -> pd.DataFrame | None:
        """The frame without rows that name somebody, or a KPI, by what several are called: they are a problem of the
        contracts of all who may be meant.

        places  the contracts of each person
        """
        if frame is None or frame.empty or not self._known:
            return frame
        rows = list(zip(_cells(frame, "person"), _cells(frame, "kpi"), strict=True))
        unclear = {row: about for row in dict.fromkeys(rows) if (about := self._judge(*row))}
        if not unclear:
            return frame
        for row, found in unclear.items():
            for person in self._meant("person", row[0]) or row[:1]:
                for place in places.get(person, ()):
                    for about in found:
                        wrong.add(place, about)
        return frame.loc[[row not in unclear for row in rows]]

    def _judge(self, *row: Any) -> list[Any]:
        return [
            problem("name_of_several", column=column, value=value, **of_several(self._known[column][0], several))
            for column, value in zip(_NAMES, row, strict=True)
            if (several := self._meant(column, value))
        ]

    def _meant(self, column: str, value: Any) -> list[Any]:
        """All that go by a name, where they are several."""
        if column not in self._known or value is None or value in self._known[column][1]:
            return []
        named = self._known[column][1].named(value)
        return named if len(named) > 1 else []


def _without_names(ids: list[Any], names: Sequence[Sequence[Any]]) -> list[Any]:
    """A column of IDs without the names in it that other rows have beside their ID."""
    pairs = {pair for column in names for pair in zip(ids, column, strict=True) if None not in pair}
    named = {fold_name(name) for key, name in pairs if fold_name(key) != fold_name(name)}
    known = {key: None if fold_name(key) in named else key for key in set(ids) - {None}}
    return [known.get(key) for key in ids]


def _cells(frame: pd.DataFrame, column: str) -> list[Any]:
    return [key or None for key in key_text(column_of(frame, column)).tolist()]
