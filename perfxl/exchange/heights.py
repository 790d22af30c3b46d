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
        columns = [(name, _room(widths[name])) for name in _TEXTS if name in widths]
        for record in records:
            height = ROW_HEIGHT
            for name, room in columns:
                text = record.get(name)
                if isinstance(text, str) and (2 * len(text) >= room - 2 or "\n" in text):  # it may need more
                    height = max(height, _height(text, room))
            if height > ROW_HEIGHT:
                record[HEIGHT] = height


def _room(width: float) -> float:
    """Of narrow columns a little more: their words hang over less than lines do."""
    return width + 4 if width < _NARROW else width - 3


_height = lru_cache(maxsize=4096)(row_height)  # most rows have the KPIs of others
