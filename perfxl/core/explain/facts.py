"""What an explanation is made of: figures with the cell each came from, and the steps from them to the total."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from perfxl.core.policy import Band
from perfxl.core.problems import Address, Problem
from perfxl.core.rulebook import Method
from perfxl.core.scoring.scalar import Status
from perfxl.core.scoring.totals_plain import Veto


class Figure(NamedTuple):
    """A figure that a rule uses: its symbol, the column of the schema it stands in ("table.column", or "policy" and
    the setting's name), and where."""

    symbol: str
    column: str
    value: Any
    address: Address


class Report(NamedTuple):
    """One row of actuals."""

    period: str
    value: Any
    numerator: float | None
    denominator: float | None
    evidence: str
    address: Address


class Event(NamedTuple):
    day: date | None
    times: float
    fact: str
    source: str
    address: Address


class Rule(NamedTuple):
    """text: the rule for the line's direction; applied: what is left of it for the line's figures, with them put in,
    and raw its value; floor and cap are None where points have no limits. table: the steps (at, points) or grades
    (label, points) that the rule looks up, the best first; reached: the one it found, None where none was."""

    text: str
    applied: str
    raw: float | None
    floor: float | None
    cap: float | None
    table: tuple[tuple[Any, float], ...] = ()
    reached: tuple[Any, float] | None = None

    @property
    def hit(self) -> str:
        """cap or floor, where one changed the points."""
        if self.raw is None or self.floor is None or self.cap is None:
            return ""
        return "cap" if self.raw > self.cap else "floor" if self.raw < self.floor else ""


class Spread(NamedTuple):
    """Weight of lines that are not applicable went to the others of a scope (category or contract):
    each x whole / able. `givers` are the KPIs it came from."""

    scope: str
    whole: float
    able: float
    givers: tuple[str, ...]


class Line(NamedTuple):
    """A contract line. weighted is effective x points / 100."""

    kpi: str
    name: str
    aspect: str | None
    unit: str
    address: Address
    method: Method | None
    method_name: str
    direction: float
    status: Status
    problems: tuple[Problem, ...]
    figures: tuple[Figure, ...]
    rule: Rule | None
    points: float | None
    weight: float | None
    effective: float
    spread: tuple[Spread, ...]
    weighted: float | None
    aggregation: str | None
    reports: tuple[Report, ...]
    actual: Any
    to_date: Any
    events: tuple[Event, ...]
    veto: Veto | None = None  # one that an event set off

    @property
    def adjusts(self) -> bool:
        return self.method is not None and self.method.effect == "total"


class Result(NamedTuple):
    """Of a contract or a person. weighted is the sum of weighted points, adjusted bonuses less deductions; total is
    None while something is open, and provisional stands on the weight known so far."""

    total: float | None
    provisional: float | None
    completeness: float
    band: Band | None


class Contract(NamedTuple):
    """A segment of the period. veto_total is the most that vetoes leave of the total (None where free), veto_grade
    the best grade."""

    contract: str
    holder: str
    issuer: str
    unit: str
    post: str
    start: date | None
    end: date | None
    days: float
    address: Address
    lines: tuple[Line, ...]
    weighted: float
    adjusted: float
    known: float
    whole: float
    result: Result
    veto_total: float | None
    veto_grade: str | None


class Explanation(NamedTuple):
    person: str
    name: str
    unit: str
    post: str
    contracts: tuple[Contract, ...]
    result: Result
    total_cap: float
    bands: tuple[Band, ...]  # from the best down
    settings: Mapping[str, Any]
