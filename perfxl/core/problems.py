"""Problems are values: what is wrong, where, how bad, and how to mend it.

Everything that judges returns `(result, problems)` and prints nothing. The texts live in `core/catalogue`, one
module per subject; a code never changes its meaning once released.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from math import isfinite
from typing import Any

from perfxl.core import schema
from perfxl.core.catalogue import CATALOGUE
from perfxl.core.catalogue.declare import SEVERITY_LABELS, Severity
from perfxl.core.catalogue.lone import LONE_HINTS
from perfxl.core.language import COLON, Text

__all__ = ["SEVERITY_LABELS", "Address", "Problem", "Severity", "count", "has_errors", "problem", "said_once"]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a value stands in the file as it came: file name, sheet title, cell such as "E7"; blank where unknown."""

    file: str = ""
    sheet: str = ""
    cell: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.file, self.place) if part)

    @property
    def place(self) -> str:
        """Sheet and cell without the file: 合同指标!E7."""
        return "!".join(part for part in (self.sheet, self.cell) if part)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong, and where.

    name           what the catalogue calls its kind; `code` is its number for users
    address        file, sheet and cell, as far as they are known
    table, column  canonical names from the schema
    value          what stands there
    details        what the texts of the catalogue name beside it
    lone           of a table that stands alone, so that its remedy names no sheet of a program
    advice         held against a rule that nobody agreed on, such as a default limit: an error of its kind is a warning

    >>> import perfxl as px
    >>> (found,) = px.load("missing.xlsx").problems
    >>> found.code, found.name, found.severity.value, found.address.file
    ('F101', 'file_missing', 'error', 'missing.xlsx')
    """

    name: str
    address: Address = Address()
    table: str = ""
    column: str = ""
    value: Any = None
    details: Mapping[str, Any] = field(default_factory=dict, hash=False)
    advice: bool = False
    lone: bool = False

    @property
    def code(self) -> str:
        """The number that users see and look up: W101."""
        return CATALOGUE[self.name].code

    @property
    def severity(self) -> Severity:
        """How bad it is, as the catalogue says; advice is never an error."""
        severity = CATALOGUE[self.name].severity
        return Severity.WARNING if self.advice and severity is Severity.ERROR else severity

    def message(self, lang: str = "zh") -> str:
        """The text, after the detail "subject" where there is one: whose contract, which post type."""
        kind = CATALOGUE[self.name]
        text = self._fill(kind.text(lang), lang)
        subject = _shown(self.details.get("subject"), lang)
        return f"{subject}{COLON(lang)}{text}" if subject else text

    def hint(self, lang: str = "zh") -> str:
        """What to do about it."""
        alone = LONE_HINTS.get(self.name) if self.lone else None
        return self._fill((alone or CATALOGUE[self.name].hint)(lang), lang)

    def at(self, address: Address) -> Problem:
        """The same problem, addressed."""
        return replace(self, address=address)

    def as_dict(self, lang: str = "zh") -> dict[str, Any]:
        """The JSON object of `--json` (architecture: code, severity, message, hint, file, sheet, cell, ...)."""
        value = self.value(lang) if isinstance(self.value, Text) else self.value
        plain = value if isinstance(value, str | int | float | bool | None) else str(value)
        if isinstance(plain, float) and not isfinite(plain):  # JSON has no such number
            plain = str(plain)
        return {
            "code": self.code,
            "name": self.name,
            "severity": self.severity.value,
            "message": self.message(lang),
            "hint": self.hint(lang),
            "file": self.address.file,
            "sheet": self.address.sheet,
            "cell": self.address.cell,
            "table": self.table,
            "column": self.column,
            "value": plain,
        }

    def _fill(self, template: str, lang: str) -> str:
        names = {
            "value": _shown(self.value, lang),
            "column": schema.column_label(self.table, self.column, lang),
            "table": schema.table_label(self.table, lang),
            "sheet": self.address.sheet,
            "cell": self.address.cell,
            "file": self.address.file,
        }
        names.update({key: _shown(value, lang) for key, value in self.details.items()})
        return template.format(**names)


def problem(
    name: str,
    address: Address = Address(),
    *,
    table: str = "",
    column: str = "",
    value: object = None,
    **details: object,
) -> Problem:
    """Makes a problem. Raises: KeyError for an unknown name, at once rather than when it is shown."""
    if name not in CATALOGUE:
        raise KeyError(name)
    return Problem(name, address, table, column, value, details)


def said_once(problems: Iterable[Problem]) -> list[Problem]:
    """The problems in order, without those that say of one place what is said there already."""
    kept: list[Problem] = []
    firsts: dict[tuple[str, Address], int] = {}
    said: dict[tuple[str, Address], set[str]] = {}
    for each in problems:
        place = each.name, each.address
        first = firsts.setdefault(place, len(kept))
        if first < len(kept):
            # Only now is it worked out what they say: to say a million problems takes longer than to find them.
            there = said.setdefault(place, {kept[first].message()})
            message = each.message()
            if message in there:
                continue
            there.add(message)
        kept.append(each)
    return kept


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether one of them is an error."""
    return any(p.severity is Severity.ERROR for p in problems)


def count(problems: Iterable[Problem]) -> dict[Severity, int]:
    """How many of each severity, all three always present."""
    counts = dict.fromkeys(Severity, 0)
    for about in problems:
        counts[about.severity] += 1
    return counts


def _shown(value: Any, lang: str) -> str:
    if value is None:
        return ""
    if isinstance(value, Text):
        return value(lang)
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value)
