"""Results side by side: as scored, after calibration, after an appeal, each with who decided, when and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from math import inf
from typing import Any, NamedTuple

from perfxl.core.language import BRACKETS, COMMA, SEMICOLON, Text
from perfxl.core.problems import Address


class Stage(StrEnum):
    """Where a result comes from."""

    ORIGINAL = "original"
    CALIBRATED = "calibrated"
    UPHELD = "upheld"
    APPEALED = "appealed"


STAGE_LABELS = {
    Stage.ORIGINAL: Text("原结果", "original"),
    Stage.CALIBRATED: Text("校准后", "calibrated"),
    Stage.UPHELD: Text("申诉维持原结果", "confirmed on appeal"),
    Stage.APPEALED: Text("申诉后", "after appeal"),
}

_POINTS = Text("申诉后 {:.12g} 分，原 {:.12g} 分", "{:.12g} after appeal, {:.12g} before")


class Decided(NamedTuple):
    """A result of a person or contract: total, grade by name and as a place in ordered_bands, and the decision behind
    it, which the original one does not have."""

    stage: Stage
    total: float
    place: int
    grade: str
    record: str = ""
    by: str = ""
    on: date | None = None
    reason: str = ""
    address: Address = Address()

    def label(self, lang: str) -> str:
        """The result with its name: 申诉后 93.53 A."""
        return f"{STAGE_LABELS[self.stage](lang)} {self.total:.2f} {self.grade}".rstrip()

    def source(self, lang: str) -> str:
        """Which record says so, who decided, when; blank for the original result."""
        parts = (self.record, self.by, self.on.isoformat() if self.on else "")
        return COMMA(lang).join(part for part in parts if part)

    def text(self, lang: str) -> str:
        """Both: 申诉后 93.53 A（SS-001、评审组、2026-02-03）."""
        source = self.source(lang)
        return self.label(lang) + (BRACKETS(lang).format(source) if source else "")


Outcome = tuple[Decided, ...]
"""The results side by side: the original one first, the one in force last."""


def outcome_text(outcome: Outcome, lang: str) -> str:
    """The results side by side, in one line; blank where nothing was decided."""
    return SEMICOLON(lang).join(each.text(lang) for each in outcome)


class Changed(NamedTuple):
    """Points of a line that an appeal changed: what they were and are, and the decision."""

    original: float
    points: float
    decision: Decided

    def text(self, lang: str) -> str:
        """申诉后 87，原 76（SS-001、评审组、2026-02-03）."""
        return _POINTS(lang).format(self.points, self.original) + BRACKETS(lang).format(self.decision.source(lang))


@dataclass(slots=True)
class Decisions:
    """What was decided, of those whose result is official.

    people     employee ID -> the results side by side
    contracts  row of the table contracts -> the same, where the decision changes or upholds the contract's total
    lines      line -> the change of its points
    stated     people whose result was decided as a whole, not by way of a line; stated_contracts: their only ones
    """

    people: dict[str, Outcome] = field(default_factory=dict)
    contracts: dict[int, Outcome] = field(default_factory=dict)
    lines: dict[int, Changed] = field(default_factory=dict)
    stated: set[str] = field(default_factory=set)
    stated_contracts: set[int] = field(default_factory=set)

    def stated_total(self, person: str) -> Decided | None:
        """The result that was decided as a whole; None where it follows from the lines."""
        return self.people[person][-1] if person in self.stated else None

    def stated_contract(self, contract: int) -> Decided | None:
        """The same of a person's only contract."""
        return self.contracts[contract][-1] if contract in self.stated_contracts else None


def outcome_as_dicts(outcome: Outcome) -> list[dict[str, Any]]:
    """The results side by side, for JSON: the original one first, the one in force last."""
    return [
        {
            "stage": each.stage.value,
            "total": each.total,
            "grade": each.grade or None,
            "record": each.record or None,
            "decided_by": each.by or None,
            "decided_on": each.on.isoformat() if each.on else None,
            "reason": each.reason or None,
            "source": {"file": each.address.file, "sheet": each.address.sheet, "cell": each.address.cell},
        }
        for each in outcome
    ]


class VersionLine(NamedTuple):
    """A line of a version: KPI and its name, weight once those of lines that are not applicable are spread, target,
    actual, points (None where there are none)."""

    kpi: str
    name: str
    weight: float
    target: Any
    actual: Any
    points: float | None
    adjusts: bool


class VersionScore(NamedTuple):
    """A version of a contract, the days it held in the program's period, and what it comes to; no figures where it does
    not count by itself.

    counts        whether its days count: not where it held none, or where nothing in it applies
    completeness  known weight in percent of the weight there is
    most, worst   what its vetoes leave of the total (inf where free) and the best grade they leave, as a place
    """

    number: int
    first: date
    last: date
    days: int
    counts: bool = False
    total: float | None = None
    provisional: float | None = None
    completeness: float = 0.0
    most: float = inf
    worst: int = 0
    lines: tuple[VersionLine, ...] = ()


def versions_as_dicts(versions: Sequence[VersionScore]) -> list[dict[str, Any]]:
    """The versions of a contract for --json: version, from, to, days in the period, total where it counts by days."""
    return [
        {
            "version": each.number,
            "from": each.first.isoformat(),
            "to": each.last.isoformat(),
            "days": each.days,
            "total": each.total,
        }
        for each in versions
    ]
