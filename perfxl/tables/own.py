"""Sheets that perfxl puts into a user's workbook to look at: never read back as tables."""

from __future__ import annotations

OWN_PREFIX = "PX "


def is_own(sheet: str) -> bool:
    """Whether perfxl put the sheet there."""
    return sheet.startswith(OWN_PREFIX)
