"""How high a row has to be for its texts: not every program finds that out when it opens a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
        for name in (each for each in _TEXTS if each in widths):
            room = _room(widths[name])
            texts = {record.get(name) for record in records}  # most rows have the KPIs of others
            heights: dict[CellValue, float] = {text: row_height(text, room) for text in texts if isinstance(text, str)}
            if any(height > ROW_HEIGHT for height in heights.values()):
                for record in records:
                    before, height = record.get(HEIGHT), heights.get(record.get(name), ROW_HEIGHT)
                    if height > (before if isinstance(before, float) else ROW_HEIGHT):
                        record[HEIGHT] = height


def _room(width: float) -> float:
    """Of narrow columns a little more: their words hang over less than lines do."""
    return width + 4 if width < _NARROW else width - 3
