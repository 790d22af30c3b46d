"""The versions that a contract had: its lines as they stand now, and before each amendment that all parties signed.

The sheet of contract lines holds the current version. An amendment says what one item was and what it became; the
earlier versions follow by taking the amendments back, the latest first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from perfxl.core.policy import Policy
from perfxl.core.problems import Problem, problem
from perfxl.core.records import Records, Tables
from perfxl.core.schema.choices import AMENDED
from perfxl.core.table_access import cell, columns_of, contracts_of, line_labels, place, problem_at, rows_of
from perfxl.core.values.dates import Span, span
from perfxl.core.values.numbers import canonical

FIELDS = tuple(choice.name for choice in AMENDED if choice.name not in ("added", "removed"))
"""What an amendment may change of a line."""
_LABELS = {choice.name: choice.text for choice in AMENDED}
_NUMBERS = frozenset(("weight", "k", "unit_step", "floor", "cap", "limit", "full_marks"))
_DAY = timedelta(days=1)
# Taking back what one day changed: lines that fell away return first, new ones leave last.
_ORDER = {"removed": 0, "added": 2}

Lines = dict[str, dict[str, Any]]
"""KPI -> FIELDS -> value."""


class Version(NamedTuple):
    """One version of a contract and the days it held, within the contract and the program's period (none: `days` 0).

    number   1 for the contract as it was first signed
    lines    what its lines said
    sources  KPI -> the row of amendments that tells how this version's line differs from the current one
    """

    number: int
    first: date
    last: date
    days: int
    lines: Lines
    sources: Mapping[str, int]


class _Amended(NamedTuple):
    row: int
    kpi: str
    change: str
    effective: date
    old: Any
    new: Any
    missing: tuple[str, ...]


class _Contract(NamedTuple):
    row: int
    term: Span | None
    shared: bool


class Histories(NamedTuple):
    """versions: contract -> its versions, the earliest first, of each contract with an amendment in force; problems:
    what is wrong with the rows of amendments."""

    versions: dict[str, tuple[Version, ...]]
    problems: list[Problem]


def histories(tables: Tables, policy: Policy) -> Histories:
    """Which versions the contracts had, and what is wrong with the amendments that say so."""
    amendments, contracts = rows_of(tables, "amendments"), rows_of(tables, "contracts")
    if amendments is None or contracts is None:
        return Histories({}, [])
    return _Historian(tables, policy, amendments, contracts).histories()


def note_versions(policy: Policy) -> list[Problem]:
    """For those who see lines alone: where the policy counts by days, contracts may have versions that nobody gave."""
    return [problem("versions_not_seen")] if policy["amendment_scoring"] == "days" else []


def once_held(tables: Tables, policy: Policy) -> set[tuple[str, str]]:
    """(first holder, KPI) of the lines that only an earlier version has, where that version counts by its days."""
    if policy["amendment_scoring"] != "days":
        return set()
    contracts, versions = contracts_of(tables), histories(tables, policy).versions
    return {
        (contracts[contract].holders[0], kpi)
        for contract, held in versions.items()
        if contracts[contract].holders
        for version in held[:-1]
        if version.days
        for kpi in version.lines
    }


class _Historian:
    def __init__(self, tables: Tables, policy: Policy, amendments: Records, contracts: Records) -> None:
        self.policy, self.amendments, self.contracts = policy, amendments, contracts
        self.label = line_labels(tables)
        self.rows: dict[str, list[_Amended]] = defaultdict(list)
        self.agreed: dict[str, dict[str, int]] = defaultdict(dict)
        self.lines = rows_of(tables, "contract_lines")
        self.held = self._held()
        self.problems: list[Problem] = []

    def histories(self) -> Histories:
        names = ("contract", "kpi", "change", "effective")
        for row, contract, kpi, change, effective in columns_of(self.amendments, *names):
            if contract in self.held and None not in (kpi, change, effective):
                missing = self._unsigned(row, self.held[contract].shared)
                values = (self._value(row, change, "old"), self._value(row, change, "new"))
                self.rows[contract].append(_Amended(row, kpi, change, effective, *values, missing))
        if self.lines is not None:
            for row, contract, kpi in columns_of(self.lines, "contract", "kpi"):
                if contract in self.rows:
                    self.agreed[contract].setdefault(kpi, row)
        versions = {}
        for contract, rows in self.rows.items():
            found = self._history(contract, rows)
            if found:
                versions[contract] = found
        return Histories(versions, self.problems)

    def _held(self) -> dict[str, _Contract]:
        held: dict[str, _Contract] = {}
        names = ("contract", "start", "end", "second_holder")
        for row, contract, start, end, second in columns_of(self.contracts, *names):
            if contract is not None:
                held.setdefault(contract, _Contract(row, span(start, end), second is not None))
        return held

    def _unsigned(self, row: int, shared: bool) -> tuple[str, ...]:
        names = ("signed_issuer", "signed_holder", *(("signed_second",) if shared else ()))
        return tuple(name for name in names if cell(self.amendments, row, name) is None)

    def _value(self, row: int, change: str, column: str) -> Any:
        """A weight that is typed as a percentage is in percent points, as in the contract line."""
        value = cell(self.amendments, row, column)
        if change == "weight" and isinstance(value, float) and row in self.amendments.percent.get(column, ()):
            return canonical(value * 100)
        return value

    def _say(self, name: str, contract: str, about: _Amended, column: str, **details: Any) -> None:
        names = {"line": self.label(contract, about.kpi), "change": _LABELS[about.change], "contract": contract}
        found = problem_at(name, self.amendments, about.row, column, **(names | details))
        self.problems.append(found if found.value is not None else replace(found, value=_shown(None)))

    def _history(self, contract: str, rows: list[_Amended]) -> tuple[Version, ...]:
        term = self.held[contract].term
        if term is None:
            self._say("amendment_contract_undated", contract, rows[0], "contract")
            return ()
        counted, unsigned = [], []
        for about in self._whole(contract, rows):
            if not term.start <= about.effective <= term.end:
                self._say("amendment_outside_contract", contract, about, "effective", start=term.start, end=term.end)
            elif about.missing:
                missing = self.amendments.table.column(about.missing[0]).text
                self._say("amendment_not_signed", contract, about, "effective", missing=missing)
                unsigned.append(about)
            else:
                signed = max(cell(self.amendments, about.row, name) for name in ("signed_issuer", "signed_holder"))
                if signed > about.effective:
                    late = "signed_issuer"
                    if cell(self.amendments, about.row, late) != signed:
                        late = "signed_holder"
                    self._say("amendment_signed_late", contract, about, late, date=about.effective)
                counted.append(about)
        now = self._current(contract)
        self._taken_early(contract, now, unsigned, {(each.kpi, each.change) for each in counted})
        return tuple(self._versions(contract, term, now, counted)) if counted else ()

    def _whole(self, contract: str, rows: list[_Amended]) -> Iterator[_Amended]:
        """The rows that say what an amendment must say, the first of a day for each item."""
        seen: dict[tuple[str, str, date], int] = {}
        for about in rows:
            key = about.kpi, about.change, about.effective
            if key in seen:
                first = place(self.amendments, seen[key], "change")
                self._say("amendment_repeated", contract, about, "change", date=about.effective, first=first)
                continue
            seen[key] = about.row
            if about.change in FIELDS and about.old is None and about.new is None:
                self._say("amendment_value_missing", contract, about, "new")
                continue
            wrong = [
                name
                for name, value in (("old", about.old), ("new", about.new))
                if about.change in _NUMBERS and value is not None and not isinstance(value, float)
            ]
            if wrong:
                self._say("amendment_not_a_number", contract, about, wrong[0])
                continue
            yield about

    def _current(self, contract: str) -> Lines:
        lines: Lines = {}
        for kpi, row in self.agreed[contract].items():
            assert self.lines is not None
            lines[kpi] = {name: cell(self.lines, row, name) for name in FIELDS}
        return lines

    def _where(self, contract: str, kpi: str, column: str) -> str:
        row = self.agreed[contract].get(kpi)
        return place(self.lines, row, column) if self.lines is not None and row is not None else ""

    def _taken_early(self, contract: str, now: Lines, unsigned: list[_Amended], counted: set[tuple[str, str]]) -> None:
        """Nothing of an amendment that is not signed by all may stand in the contract's lines."""
        for about in unsigned:
            held = about.kpi in now
            if (about.kpi, about.change) in counted or (about.change == "removed" and held):
                continue
            if about.change in FIELDS:
                value = now[about.kpi][about.change] if held else None
                early = about.old != about.new and value == about.new and (held or about.old is not None)
            else:
                early = held == (about.change == "added")
            column = about.change if about.change in FIELDS else "kpi"
            if early:
                other = self._where(contract, about.kpi, column)
                self._say("amendment_taken_early", contract, about, "change", other=other or contract)

    def _versions(self, contract: str, term: Span, now: Lines, counted: list[_Amended]) -> Iterator[Version]:
        days = sorted({about.effective for about in counted})
        starts = [term.start, *days]
        ends = [day - _DAY for day in days] + [term.end]
        self._numbered(contract, days, counted)
        before = self._taken_back(contract, now, days, counted)
        within = Span(self.policy["period_start"] or date.min, self.policy["period_end"] or date.max)
        for number, (first, last, (lines, sources)) in enumerate(zip(starts, ends, before, strict=True), 1):
            begin, finish = max(first, within.start), min(last, within.end)
            length = max((finish - begin).days + 1, 0)
            yield Version(number, first, last, length, lines, sources)

    def _numbered(self, contract: str, days: list[date], counted: list[_Amended]) -> None:
        for about in counted:
            number, typed = days.index(about.effective) + 2, cell(self.amendments, about.row, "version")
            if typed is not None and typed != number:
                details = {"date": about.effective, "expected": number}
                self._say("amendment_version_wrong", contract, about, "version", **details)
        row, last = self.held[contract].row, len(days) + 1
        typed = str(cell(self.contracts, row, "version") or "")
        if typed.isdecimal() and int(typed) != last:
            details = {"contract": contract, "expected": last}
            self.problems.append(problem_at("contract_version_differs", self.contracts, row, "version", **details))

    def _taken_back(
        self, contract: str, now: Lines, days: list[date], counted: list[_Amended]
    ) -> list[tuple[Lines, dict[str, int]]]:
        """The lines of every version with the rows that made them differ, the earliest version first."""
        lines = {kpi: dict(values) for kpi, values in now.items()}
        sources: dict[str, int] = {}
        latest: dict[tuple[str, str], _Amended] = {}
        versions = [(lines, sources)]
        for day in reversed(days):
            lines, sources = {kpi: dict(values) for kpi, values in lines.items()}, dict(sources)
            rows = [about for about in counted if about.effective == day]
            for about in sorted(rows, key=lambda each: _ORDER.get(each.change, 1)):
                self._take_back(contract, about, lines, latest)
                sources[about.kpi] = about.row
            latest |= {(about.kpi, about.change): about for about in rows}
            versions.append((lines, sources))
        return versions[::-1]

    def _take_back(
        self, contract: str, about: _Amended, lines: Lines, latest: Mapping[tuple[str, str], _Amended]
    ) -> None:
        if about.change == "removed":
            if about.kpi in lines:
                other = self._where(contract, about.kpi, "kpi") or contract
                self._say("amendment_line_still_there", contract, about, "kpi", other=other)
            lines.setdefault(about.kpi, dict.fromkeys(FIELDS))
            return
        if about.kpi not in lines:
            self._say("amendment_line_unknown", contract, about, "kpi")
            return
        if about.change == "added":
            del lines[about.kpi]
            return
        value = lines[about.kpi][about.change]
        if value != about.new:
            after = latest.get((about.kpi, about.change))
            if after is None:
                other = self._where(contract, about.kpi, about.change) or contract
                self._say("amendment_new_differs", contract, about, "new", expected=_shown(value), other=other)
            else:
                details = {"expected": _shown(about.new), "other": place(self.amendments, about.row, "new")}
                self._say("amendment_old_differs", contract, after, "old", **details)
        lines[about.kpi][about.change] = about.old


def _shown(value: Any) -> str:
    return "—" if value is None else f"{value:.15g}" if isinstance(value, float) else str(value)
