"""The manufacturer of domain.md section 7 as a program."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from perfxl.core.schema import Type, get
from tests.core.clean_program import Rows

DATA = Path(__file__).parent.parent / "data" / "cascade" / "manufacturer.toml"
_NUMBERS = {Type.NUMBER, Type.INTEGER, Type.COUNT, Type.POINTS, Type.FIGURE}


def rows() -> Rows:
    """The rows of its tables; every cell as a reader would give it."""
    return {table: _rows(table, text) for table, text in tomllib.loads(DATA.read_text(encoding="utf-8")).items()}


def _rows(table: str, text: str) -> list[dict[str, Any]]:
    header, *lines = (line.split() for line in text.strip().splitlines())
    return [{name: _cell(table, name, cell) for name, cell in zip(header, line, strict=True)} for line in lines]


def _cell(table: str, column: str, cell: str) -> Any:
    kind = get(table).column(column).type
    if cell == "-":
        return None
    if kind is Type.DATE:
        return date.fromisoformat(cell)
    return float(cell) if kind in _NUMBERS else cell
