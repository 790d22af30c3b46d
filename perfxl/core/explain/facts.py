"""What an explanation is made of: figures with the cell each came from, the steps from them to the total, and what
people call them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from perfxl.core.language import COMMA, Text
from perfxl.core.official import Verdict
from perfxl.core.policy import SETTINGS, Band
from perfxl.core.problems import Address, Problem
from perfxl.core.rulebook import FIGURES, Method
from perfxl.core.schema import Choice, get
from perfxl.core.schema.choices import AGGREGATION, CATEGORY, DIRECTION, RELATION, VETO_EFFECT
from perfxl.core.scoring.outcomes import Changed, Outcome, VersionScore
from perfxl.core.scoring.scalar import Status
from perfxl.core.scoring.totals_plain import Veto

# Figures in the KPI's unit, which may be percent; the others are points.
IN_UNIT = frozenset(FIGURES) - {"K", "LIMIT", "FULL"}


class RuleFigure(NamedTuple):
    """A figure that a rule uses: its symbol, the column of the schema it stands in ("table.column", or "policy" and
    the setting's name), and where."""

    symbol: str
    column: str
    value: Any
    address: Address


class ReportedActual(NamedTuple):
    """One row of actuals, as it was reported; `parts` are the cells of numerator and denominator, such as E7:F7."""

    period: str
    value: Any
    numerator: float | None
    denominator: float | None
    evidence: str
    address: Address
    parts: str = ""


class CountedEvent(NamedTuple):
    """One row of events; `times` is its count."""

    day: date | None
    times: float
    fact: str
    source: str
    address: Address


class GivenMark(NamedTuple):
    """One mark with who gave it; of self and superior only."""

    rater: str
    value: Any
    address: Address


class RatersOpinion(NamedTuple):
    """What the raters of one relation gave, or of several of which so few answered that they are told together only:
    how many, their mean on the KPI's scale (None where it is not told), the share set for them and the one that
    counted, percent points."""

    relations: tuple[str, ...]
    size: int
    mean: float | None
    share: float | None
    counted: float
    marks: tuple[GivenMark, ...]


class AppliedRule(NamedTuple):
    """A rule with a line's figures put in.

    text          the rule for the line's direction
    applied, raw  what is left of it for the line's figures, with them put in, and its value before floor and cap
    floor, cap    None where points have no limits
    table         the steps (at, points) or grades (label, points) that the rule looks up, the best first
    reached       the one of them that counts; None where none does
    """

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


class WeightSpread(NamedTuple):
    """Weight of lines that are not applicable, gone to the others of a scope (category or contract):
    each x whole / able. `givers` are the KPIs it came from."""

    scope: str
    whole: float
    able: float
    givers: tuple[str, ...]


class LineExplanation(NamedTuple):
    """A contract line; weighted is effective x points / 100."""

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
    figures: tuple[RuleFigure, ...]
    rule: AppliedRule | None
    points: float | None
    weight: float | None
    effective: float
    spread: tuple[WeightSpread, ...]
    weighted: float | None
    aggregation: str | None
    reports: tuple[ReportedActual, ...]
    actual: Any
    to_date: Any
    events: tuple[CountedEvent, ...]
    veto: Veto | None = None  # one that an event set off
    changed: Changed | None = None  # by an appeal: `points` are those decided on
    raters: tuple[RatersOpinion, ...] = ()
    said: Text = Text("", "")  # the whole rule in words
    decimals: int | None = None  # of the KPI's figures

    @property
    def adjusts(self) -> bool:
        return self.method is not None and self.method.effect == "total"


class ExplainedTotal(NamedTuple):
    """The total of a contract or a person: None while something is open; provisional stands on the weight known so
    far, completeness (0-100) says how much that is. All None where `verdict` says that it is undetermined."""

    total: float | None
    provisional: float | None
    completeness: float | None
    band: Band | None
    verdict: Verdict


class ContractExplanation(NamedTuple):
    """A contract: a segment of the person's period.

    weighted, adjusted      the sum of weighted points; bonuses less deductions; None where the total is undetermined
    known, whole            weights in percent points: of the lines that have points, and of all
    outcome                 original, calibrated and appealed result, where something was decided
    veto_total, veto_grade  the most that vetoes leave of the total, and of the grade; None where free
    versions                of an amended contract, with what each comes to where they count by days
    """

    contract: str
    holder: str
    issuer: str
    unit: str
    post: str
    start: date | None
    end: date | None
    days: float
    address: Address
    lines: tuple[LineExplanation, ...]
    weighted: float | None
    adjusted: float | None
    known: float
    whole: float
    result: ExplainedTotal
    veto_total: float | None
    veto_grade: str | None
    outcome: Outcome = ()
    versions: tuple[VersionScore, ...] = ()


class Explanation(NamedTuple):
    """How a person's total came about: the contracts in order, and the policy it stands on; `outcome`, the original,
    calibrated and appealed result where something was decided. Points; weights in percent points."""

    person: str
    name: str
    unit: str
    post: str
    contracts: tuple[ContractExplanation, ...]
    result: ExplainedTotal
    total_cap: float
    bands: tuple[Band, ...]  # from the best down
    settings: Mapping[str, Any]
    outcome: Outcome = ()

    @property
    def averaged(self) -> float | None:
        """The total that follows from those of the contracts, before anything was decided about the whole."""
        of_lines = any(line.changed for contract in self.contracts for line in contract.lines)
        return self.outcome[0].total if self.outcome and not of_lines else self.result.total


def figure_label(figure: RuleFigure, lang: str) -> str:
    """The header of the column, or the label of the setting, that a figure stands under."""
    table, column = figure.column.split(".")
    return (_SETTINGS[column] if table == "policy" else get(table).column(column)).text(lang)


def aspect_label(aspect: str | None, lang: str) -> str:
    """The category of a KPI as people read it."""
    return _label(CATEGORY, aspect, lang)


def aggregation_label(aggregation: str | None, lang: str) -> str:
    """How the periods' actuals are taken together."""
    return _label(AGGREGATION, aggregation, lang)


def direction_label(line: LineExplanation, lang: str) -> str:
    """Which way the KPI is better; blank for methods that go the same way for every KPI."""
    if line.method is None or not line.method.directed:
        return ""
    return DIRECTION[0 if line.direction > 0 else 1].label(lang)


def relations_label(relations: Sequence[str], lang: str) -> str:
    """How raters stand to whom they mark."""
    return COMMA(lang).join(_label(RELATION, relation, lang) for relation in relations)


def veto_text(veto: Veto, lang: str) -> str:
    """What a veto does, with the limit that it sets."""
    limit = {"limit_total": f" {veto.limit:.15g}", "limit_grade": f" {veto.grade}"}.get(veto.effect, "")
    return _label(VETO_EFFECT, veto.effect, lang) + limit


def _label(choices: Sequence[Choice], name: str | None, lang: str) -> str:
    return next((choice.label(lang) for choice in choices if choice.name == name), name or "")


_SETTINGS = {setting.name: setting for setting in SETTINGS}
