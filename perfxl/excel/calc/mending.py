"""Formulas in files of Excel as Calc opens them: which of them call a function of the add-in that Calc has not found,
and the same without the link to the add-in's file, which Calc cannot follow (Err:507)."""

from __future__ import annotations

import re

from perfxl.excel.functions import FUNCTIONS

_NAMES = "|".join(name.removeprefix("PX_") for name in FUNCTIONS)
_CALL = rf"(?i:PX_(?:{_NAMES})\s*\()"
NOT_FOUND = rf"\bpx_(?:{_NAMES.lower()})\s*\(|!{_CALL}"
"""A function that Calc has not found stands in small letters, or behind a link. As Calc's search, which minds the case,
and Python's both read it."""

_TEXT = r'"(?:[^"]|"")*"'
_ADD_IN = r"\[\d+\]|'[^']*perfxl\.xlam'|perfxl\.xlam"
_LINKED = re.compile(rf"({_TEXT})|(?:{_ADD_IN})!(?={_CALL})", re.IGNORECASE)


def mended(formula: str) -> str:
    """The formula with each function of the add-in called by its name alone; texts in it stay."""
    return _LINKED.sub(lambda found: found[1] or "", formula)
