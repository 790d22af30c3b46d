"""Figures beside a unit that is a multiple: 950万元 of a KPI in 万元 is 950, not 9500000."""

from __future__ import annotations

import re
from dataclasses import replace

from perfxl.core.values.multiples import in_multiples
from perfxl.core.values.numbers import canonical
from perfxl.core.values.text import fold
from perfxl.tables.notation.targets import Target

_DIGITS = re.compile(r"(?:\d[\d, ]*(?:\.\d+)?|\.\d+)(?:e[-+]?\d+)?", re.IGNORECASE)


def times_of(typed: object, read: Target) -> float:
    """By how much the words behind a figure multiply it: 10000 for 12万."""
    digits = _DIGITS.search(fold(typed)) if isinstance(typed, str) else None
    plain = float(re.sub("[, ]", "", digits[0])) if digits else 0.0
    return canonical(abs(read.number) / plain) if plain and read.number and not read.is_percent else 1.0


def in_multiple(read: Target, typed: object, multiple: float | None) -> Target:
    """A figure with a unit or a multiple of its own, in the KPI's unit."""
    if multiple is None or read.number is None or read.is_percent or not (read.unit or times_of(typed, read) != 1.0):
        return read
    return replace(read, number=in_multiples(read.number, multiple), unit="")
