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
    texts = ((row.get(name), width) for name, width in _WIDTHS.items())
    height = max([_height(text, width) for text, width in texts if isinstance(text, str)], default=0.0)
    return height if height > ROW_HEIGHT else None


@lru_cache(maxsize=4096)
def _height(text: str, width: float) -> float:
    return row_height(text, width)
