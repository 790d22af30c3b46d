"""Where the shipped template folders are: beside the package in a checkout, inside it in an installed wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def workbook_templates() -> Path:
    """The folder of the workbooks that HR edits."""
    return _folder("workbook_templates")


def doc_templates() -> Path:
    """The folder of the Word templates."""
    return _folder("doc_templates")


def _folder(name: str) -> Path:
    shipped = _PACKAGE / f"_{name}"
    return shipped if shipped.is_dir() else _PACKAGE.parent / name
