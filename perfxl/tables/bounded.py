"""Problems that come by the thousand: the first ones of each kind are named, the rest counted, so that neither memory
nor what a person has to read grows with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from perfxl.core.language import Text
from perfxl.core.problems import Address, Problem, Severity, problem

MANY = 10_000
"""Of one kind in one column of a sheet: so many are named one by one."""
FEW = 20
"""The same of headers and of sheets: of more, one line says how many."""

_MORE = {Severity.ERROR: "more_errors", Severity.WARNING: "more_warnings", Severity.NOTICE: "more_notices"}
_REST, _ALL = Text("另有", "another"), Text("共", "all in all")


Phase = tuple[int, int]
"""When a problem of a sheet that is read at once is found; those found earlier come first."""


class BoundedProblems:
    """The problems of one sheet, as they are found, be it in one block of rows or in many."""

    def __init__(self) -> None:
        self._named: list[tuple[Phase, Problem]] = []
        self._counts: dict[tuple[str, str], int] = {}
        self._firsts: dict[tuple[str, str], int] = {}  # places in _named

    def add(self, phase: Phase, found: Problem, once: bool = False) -> None:
        """`once` is for what is said once about a column or sheet, and where it counts something with the sum."""
        key = found.name, found.column
        first = self._firsts.setdefault(key, len(self._named))
        if once and first < len(self._named):
            self._sum_up(first, found)
            return
        count = self._counts[key] = self._counts.get(key, 0) + 1
        if count <= MANY:
            self._named.append((phase, found))

    def problems(self) -> list[Problem]:
        """Those that are named, and what is said of the rest."""
        rests = {self._firsts[key]: count - MANY for key, count in self._counts.items() if count > MANY}
        more = [(self._named[at][0], _counted(self._named[at][1], count, _REST)) for at, count in rests.items()]
        return [found for _, found in sorted([*self._named, *more], key=lambda one: one[0])]

    def _sum_up(self, at: int, found: Problem) -> None:
        phase, first = self._named[at]
        if "count" in found.details:
            count = first.details["count"] + found.details["count"]
            self._named[at] = phase, replace(first, details={**first.details, "count": count})


def grouped(problems: Iterable[Problem]) -> list[Problem]:
    """The problems with one for each kind of which there are more than a FEW, in place of the first of them."""
    by_name: dict[str, list[Problem]] = {}
    for each in problems:
        by_name.setdefault(each.name, []).append(each)
    return [
        each
        for alike in by_name.values()
        for each in (alike if len(alike) <= FEW else [_counted(alike[0], len(alike), _ALL)])
    ]


def listed(names: list[str]) -> str:
    """Names side by side; of more than a FEW the first ones, and how many there are."""
    shown = "、".join(names[:FEW])
    return shown if len(names) <= FEW else f"{shown} … ({len(names)})"


def _counted(first: Problem, count: int, lead: Text) -> Problem:
    """An error among them may be in any row, so it is said of the sheet; else the place is that of the first."""
    address = first.address
    if first.severity is Severity.ERROR:
        address = Address(address.file, address.sheet)
    message = Text(first.message("zh"), first.message("en"))
    more = problem(_MORE[first.severity], address, count=count, lead=lead, first=message, code=first.code)
    return replace(more, table=first.table, column=first.column)
