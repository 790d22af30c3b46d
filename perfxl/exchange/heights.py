"""How high a row has to be for its texts: not every program finds that out when it opens a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from perfxl.workbook.style import ROW_HEIGHT, row_height
from perfxl.workbook.template import HEIGHT, BookTemplate, Columns

__all__ = ["set_heights"]

_TEXTS = (
    *("name", "kpi_name", "kpi_unit", "aspect", "dimension", "relation", "sentences", "evidence", "comment"),
    *("market", "cause", "resources"),
)
_NARROW = 40.0  # digits


def set_heights(rows: Mapping[str, Columns], template: BookTemplate) -> None:
    """Says of each record how high its row has to be in this template, where its texts take more than a line."""
    for table, records in rows.items():
        widths = template.widths.get(table, {})
        highest: Sequence[float] = ()
        for name in (each for each in _TEXTS if each in widths):
            texts, room = records.column(name), _room(widths[name])
            known = {text: _height(text, room) for text in {*texts} if isinstance(text, str)}
            if any(height > ROW_HEIGHT for height in known.values()):
                before = highest or [ROW_HEIGHT] * len(texts)
                heights: Sequence[float] = [
                    known.get(text, ROW_HEIGHT) if isinstance(text, str) else ROW_HEIGHT for text in texts
                ]
                highest = [*map(max, before, heights)]
        if highest:
            records.put(HEIGHT, [height if height > ROW_HEIGHT else None for height in highest])


@lru_cache(maxsize=4096)
def _height(text: str, room: float) -> float:
    """KPIs and people come again from sheet to sheet, and KPIs from file to file."""
    return row_height(text, room)


def _room(width: float) -> float:
    """Of narrow columns a little more: their words hang over less than lines do."""
    return width + 4 if width < _NARROW else width - 3
