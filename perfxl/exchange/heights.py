"""How high a row has to be for its texts: not every program finds that out when it opens a file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from perfxl.workbook.style import ROW_HEIGHT, row_height

__all__ = ["needed_height"]

_WIDTHS = {"kpi_name": 31, "aspect": 16, "dimension": 19, "name": 16, "evidence": 34, "sentences": 49}
"""Of columns in the template, in digits; of narrow ones a little more: their words hang over less than lines do."""


def needed_height(row: Mapping[str, Any]) -> float | None:
    """In points; None where the texts stand on one line."""
    return _height(tuple(map(row.get, _WIDTHS)))


@lru_cache(maxsize=4096)  # most rows have the KPIs and people of others
def _height(values: tuple[Any, ...]) -> float | None:
    texts = ((value, width) for value, width in zip(values, _WIDTHS.values(), strict=True) if isinstance(value, str))
    height = max((row_height(text, width) for text, width in texts), default=0.0)
    return height if height > ROW_HEIGHT else None
