"""How high a row has to be for its texts: not every program finds that out when it opens a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from perfxl.workbook.style import ROW_HEIGHT, row_height
from perfxl.workbook.template import HEIGHT, BookTemplate, CellValue

__all__ = ["set_heights"]

_TEXTS = (
    *("name", "kpi_name", "kpi_unit", "aspect", "dimension", "relation", "sentences", "evidence", "comment"),
    *("market", "cause", "resources"),
)
_NARROW = 40.0  # digits


def set_heights(rows: Mapping[str, Sequence[dict[str, CellValue]]], template: BookTemplate) -> None:
    """Says of each record how high its row has to be in this template, where its texts take more than a line."""
    for table, records in rows.items():
        widths = template.widths.get(table, {})
        names = [name for name in _TEXTS if name in widths]
        room = tuple([_room(widths[name]) for name in names])
        for record in records:
            if height := _height(tuple(map(record.get, names)), room):
                record[HEIGHT] = height


def _room(width: float) -> float:
    """Of narrow columns a little more: their words hang over less than lines do."""
    return width + 4 if width < _NARROW else width - 3


@lru_cache(maxsize=4096)  # most rows have the KPIs and people of others
def _height(values: tuple[CellValue, ...], room: tuple[float, ...]) -> float | None:
    texts = ((value, width) for value, width in zip(values, room, strict=True) if isinstance(value, str))
    height = max((row_height(text, width) for text, width in texts), default=0.0)
    return height if height > ROW_HEIGHT else None
