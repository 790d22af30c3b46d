"""The scores of a program as papers need them: a line, a contract or a person at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple

from perfxl.core.official import Standing as Judged
from perfxl.core.policy import Band, Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Records
from perfxl.core.scoring.marks import means_texts, shown_means
from perfxl.core.scoring.missed import find_missed
from perfxl.core.scoring.outcomes import Changed, Outcome, VersionScore
from perfxl.core.scoring.program import Scores
from perfxl.core.scoring.scalar import Status
from perfxl.core.scoring.totals import Totals, ordered_bands
from perfxl.core.values.text import NOT_APPLICABLE
from perfxl.judgement import Reasons


class LineResult(NamedTuple):
    """One contract line. `actual` is what was reported so far (number, date, label, N/A or None); `unclear`, what was
    reported where nothing can be made of it, so that there is no actual; `weight`, percent points after those of lines
    that are not applicable are spread; `earned`, weight x points. `aim`, `attainment` and `light` look at the target to
    date; `forecast` and `outlook`, its points, at the period's end."""

    status: Status
    points: float | None
    weight: float
    actual: Any
    complete: bool
    aim: float | None
    attainment: float | None
    light: str
    forecast: float | None
    outlook: float | None
    unclear: str = ""

    @property
    def earned(self) -> float | None:
        return None if self.points is None else self.weight * self.points / 100

    @property
    def not_applicable(self) -> bool:
        return bool(self.actual == NOT_APPLICABLE)


class Total(NamedTuple):
    """Of a contract or a person. `total` is None while something is pending; `provisional` where nothing is known.
    `undetermined`: something is wrong, so there is neither, and `reason` says what. `outcome`: the original, calibrated
    and appealed result, where something was decided."""

    total: float | None
    provisional: float | None
    completeness: float
    band: Band | None
    weighted: float
    adjusted: float
    undetermined: bool = False
    reason: Problem | None = None
    outcome: Outcome = ()


class Standing:
    """Who holds which contracts, and where everybody stands; people by ID, contracts by their rows."""

    def __init__(
        self,
        contracts: Records,
        segments: dict[str, list[int]],
        totals: Totals | None,
        policy: Policy,
        undetermined: Reasons,
        outcomes: Mapping[str, Outcome],
    ) -> None:
        self._outcomes = outcomes
        self._segments, self._totals, self._undetermined = segments, totals, undetermined
        self._starts, self._numbers = contracts.column("start"), contracts.column("contract")
        self._bands = ordered_bands(policy)

    @cached_property
    def people(self) -> list[str]:
        """Everybody with a contract, in order of first contract."""
        return list(self._segments)

    def contracts(self, person: str) -> list[int]:
        """The rows of a person's contracts, earliest first."""
        rows, starts = self._segments.get(person, []), self._starts
        return sorted(rows, key=lambda row: (starts[row] is None, starts[row] or row))

    def person(self, person: str) -> Total:
        assert self._totals is not None, "asked of people who were not scored"
        for row in self._segments[person]:
            if self._numbers[row] in self._undetermined:
                return _without_figures(self._undetermined[self._numbers[row]])
        return self._total(self._totals, self._place[person], self._outcomes.get(person, ()))

    @cached_property
    def _place(self) -> dict[str, int]:
        return {person: i for i, person in enumerate(self.people)}

    def _total(self, totals: Totals, row: int, outcome: Outcome = ()) -> Total:
        grade = int(totals.grade[row])
        return Total(
            _known(totals.total[row]),
            _known(totals.provisional[row]),
            float(totals.completeness[row]),
            None if grade < 0 else self._bands[grade],
            float(totals.weighted[row]),
            float(totals.adjusted[row]),
            outcome=outcome,
        )


class Results(Standing):
    """The lines and contracts too."""

    def __init__(self, scores: Scores, undetermined: Reasons) -> None:
        """`undetermined`: what is known of contracts beside what scoring itself has found."""
        contracts = scores.line_table.contracts
        found = {
            number: verdict.reason
            for number, verdict in zip(contracts.column("contract"), scores.verdicts.contracts, strict=True)
            if verdict.standing is Judged.UNDETERMINED
        }
        undetermined, outcomes = {**found, **undetermined}, scores.decisions.people
        super().__init__(contracts, scores.segments, scores.totals, scores.policy, undetermined, outcomes)
        self.scores = scores

    def lines(self, contract: int) -> list[int]:
        """The rows of a contract's lines, in sheet order."""
        return self._lines.get(contract, [])

    def line(self, row: int) -> LineResult:
        scores, outlook, so_far = self.scores, self.scores.outlook, self.scores.line_table.to_date[row]
        actual: Any = so_far.value
        unclear = ""
        if actual is None:
            actual = scores.line_table.columns["actual"][row]  # how many events there were, or what is wrong
            if isinstance(actual, str):
                actual, unclear = None, actual
        return LineResult(
            scores.status(row),
            _known(scores.lines.points[row]),
            float(scores.effective[row]),
            actual,
            so_far.complete,
            outlook.target[row],
            outlook.attainment[row],
            outlook.light[row],
            outlook.forecast[row],
            _known(scores.forecast_points[row]),
            unclear,
        )

    def means(self, row: int, lang: str) -> list[str]:
        """What raters gave a line, as far as it may be told."""
        marked = self.scores.line_table.marked.get(row)
        least = self.scores.policy["confidentiality_min"]
        return means_texts(shown_means(marked.combined, least), lang) if marked else []

    def events(self, row: int) -> list[int]:
        """The rows of the events that count for a line."""
        return self.scores.line_table.events.get(row, [])

    def vetoed(self, row: int) -> float:
        """How often the line's veto took place; 0 for every other line."""
        return self.scores.line_table.vetoed.get(row, 0.0)

    def contract(self, row: int) -> Total:
        if self._numbers[row] in self._undetermined:
            return _without_figures(self._undetermined[self._numbers[row]])
        return self._total(self.scores.contracts, row, self.scores.decisions.contracts.get(row, ()))

    def changed(self, row: int) -> Changed | None:
        """How an appeal changed the points of a line."""
        return self.scores.decisions.lines.get(row)

    @cached_property
    def missed(self) -> frozenset[int]:
        """The rows of the lines that missed their target."""
        return find_missed(self.scores)

    def days(self, contract: int) -> float:
        """Calendar days of a contract in the period."""
        return float(self.scores.days[contract])

    def versions(self, contract: int) -> tuple[VersionScore, ...]:
        """The versions of an amended contract, the earliest first."""
        return self.scores.versions.get(contract, ())

    def veto(self, contract: int) -> tuple[float | None, str]:
        """The most that vetoes leave of a contract's total, and the best grade they leave; None and blank: free."""
        total, grade = self.scores.vetoes.total[contract], int(self.scores.vetoes.grade[contract])
        return (None if total == float("inf") else float(total)), (self._bands[grade].grade if grade else "")

    @cached_property
    def _lines(self) -> dict[int, list[int]]:
        lines: dict[int, list[int]] = defaultdict(list)
        for line, contract in enumerate(self.scores.line_table.contract):
            lines[contract].append(line)
        return dict(lines)


def _without_figures(reason: Problem | None) -> Total:
    return Total(None, None, 0.0, None, 0.0, 0.0, True, reason)


def _known(value: Any) -> float | None:
    return None if value != value else float(value)
