"""Problems are values: what is wrong, where, how bad, and how to mend it.

Everything that judges returns `(result, problems)` and prints nothing. The texts live in `core/catalogue`, one
module per subject; a code never changes its meaning once released.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, NamedTuple


class Severity(StrEnum):
    """error: cannot be used as it stands; warning: usable, look at it; notice: perfxl took it so, for you to know."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


SEVERITY_LABELS = {
    Severity.ERROR: ("错误", "error"),
    Severity.WARNING: ("警告", "warning"),
    Severity.NOTICE: ("提示", "notice"),
}


class Kind(NamedTuple):
    """One entry of the catalogue. The four texts are str.format templates over the problem's details, plus the
    names value, column, table, sheet, cell and file."""

    severity: Severity
    zh: str
    en: str
    hint_zh: str
    hint_en: str


class Text(NamedTuple):
    """A detail that reads differently in the two languages, such as a table's name."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Address:
    """Where a value stands in the file as it came: file name, sheet title, cell such as "E7"; blank where unknown."""

    file: str = ""
    sheet: str = ""
    cell: str = ""

    def __str__(self) -> str:
        place = "!".join(part for part in (self.sheet, self.cell) if part)
        return " ".join(part for part in (self.file, place) if part)


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding. `table` and `column` are canonical names from core/tables; `value` is what was found there."""

    code: str
    address: Address = Address()
    table: str = ""
    column: str = ""
    value: Any = None
    details: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def severity(self) -> Severity:
        return _kind(self.code).severity

    def message(self, lang: str = "zh") -> str:
        """The text, after the detail "subject" where there is one: whose contract, which post type."""
        kind = _kind(self.code)
        text = self._fill(kind.zh if lang == "zh" else kind.en, lang)
        subject = _shown(self.details.get("subject"), lang)
        return f"{subject}{'：' if lang == 'zh' else ': '}{text}" if subject else text

    def hint(self, lang: str = "zh") -> str:
        kind = _kind(self.code)
        return self._fill(kind.hint_zh if lang == "zh" else kind.hint_en, lang)

    def at(self, address: Address) -> Problem:
        """The same problem, addressed."""
        return replace(self, address=address)

    def as_dict(self, lang: str = "zh") -> dict[str, Any]:
        """The JSON object of `--json` (architecture: code, severity, message, hint, file, sheet, cell, ...)."""
        plain = self.value if isinstance(self.value, str | int | float | bool | None) else str(self.value)
        return {
            "code": self.code,
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
        from perfxl.core import tables

        names = {
            "value": _shown(self.value, lang),
            "column": tables.column_label(self.table, self.column, lang),
            "table": tables.table_label(self.table, lang),
            "sheet": self.address.sheet,
            "cell": self.address.cell,
            "file": self.address.file,
        }
        names.update({key: _shown(value, lang) for key, value in self.details.items()})
        return template.format(**names)


def problem(
    code: str,
    address: Address = Address(),
    *,
    table: str = "",
    column: str = "",
    value: Any = None,
    **details: Any,
) -> Problem:
    """Makes a problem; an unknown code raises KeyError at once rather than when it is shown."""
    _kind(code)
    return Problem(code, address, table, column, value, details)


def has_errors(problems: Iterable[Problem]) -> bool:
    return any(p.severity is Severity.ERROR for p in problems)


def count(problems: Iterable[Problem]) -> dict[Severity, int]:
    """How many of each severity, all three always present."""
    counts = dict.fromkeys(Severity, 0)
    for found in problems:
        counts[found.severity] += 1
    return counts


def _kind(code: str) -> Kind:
    from perfxl.core.catalogue import CATALOGUE

    return CATALOGUE[code]


def _shown(value: Any, lang: str) -> str:
    if value is None:
        return ""
    if isinstance(value, Text):
        return value.zh if lang == "zh" else value.en
    if isinstance(value, float):
        return f"{value:.15g}"
    return str(value)
