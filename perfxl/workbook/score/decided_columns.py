"""What calibration and appeals decided, as columns of the list of everybody: the results side by side, and who decided,
when and why. Only where something was decided."""

from __future__ import annotations

from collections.abc import Iterator

from perfxl.core.language import BRACKETS, SEMICOLON
from perfxl.core.scoring.outcomes import STAGE_LABELS, Decided, Outcome, Stage
from perfxl.core.scoring.program import Scores
from perfxl.workbook.row_sheet import Tail
from perfxl.workbook.score.cell_writer import CellWriter
from perfxl.workbook.score.sheet_plan import PersonPlan
from perfxl.workbook.score.texts import say
from perfxl.workbook.style import row_height

_RESULTS = {"total": (10, "strong"), "grade": (8, "centred")}
_WHO_WIDTH = 60
# An appeal that upholds the result stands where others show the changed one.
_SHOWN = {Stage.ORIGINAL: Stage.ORIGINAL, Stage.CALIBRATED: Stage.CALIBRATED}


class DecidedColumns:
    """The columns, from `first` on."""

    def __init__(self, scores: Scores, writer: CellWriter, first: int) -> None:
        self._outcomes, self._writer, self._lang, self._first = scores.decisions.people, writer, writer.lang, first
        there = {_column(each.stage) for outcome in self._outcomes.values() for each in outcome}
        self._stages = [stage for stage in (Stage.ORIGINAL, Stage.CALIBRATED, Stage.APPEALED) if stage in there]

    @property
    def widths(self) -> tuple[int, ...]:
        """None where nothing was decided."""
        of_results = tuple(width for _ in self._stages for width, _ in _RESULTS.values())
        return (*of_results, _WHO_WIDTH) if self._stages else ()

    def headers(self) -> list[str]:
        labels = (STAGE_LABELS[stage](self._lang) for stage in self._stages)
        results = [f"{label} {say(name, self._lang)}" for label in labels for name in _RESULTS]
        return [*results, say("decided", self._lang)] if self._stages else []

    def cells(self, page: PersonPlan) -> dict[int, Tail]:
        """A person's cells. The result in force is taken from the person's page, as the total is."""
        if not self._stages:
            return {}
        outcome = self._outcomes.get(page.person, ())
        tails = [*self._results(outcome, page), self._writer.text(self._who(outcome), "text")]
        return dict(enumerate(tails, self._first))

    def height(self, page: PersonPlan) -> float:
        """The height of a person's row: who decided and why wraps."""
        outcome = self._outcomes.get(page.person, ())
        return row_height(self._who(outcome), _WHO_WIDTH)

    def _results(self, outcome: Outcome, page: PersonPlan) -> Iterator[Tail]:
        by_stage = {_column(each.stage): each for each in outcome}
        for stage in self._stages:
            decided = by_stage.get(stage)
            for name, (_, role) in _RESULTS.items():
                yield self._result(decided, name, role, page, decided is outcome[-1] if decided else False)

    def _result(self, decided: Decided | None, name: str, role: str, page: PersonPlan, is_in_force: bool) -> Tail:
        if decided is None:
            return self._writer.text("", role)
        value = decided.total if name == "total" else decided.grade
        if is_in_force:
            return self._writer.formula(page.cell(name), value, role)
        return self._writer.number(value, role) if name == "total" else self._writer.text(str(value), role)

    def _who(self, outcome: Outcome) -> str:
        lang = self._lang
        return SEMICOLON(lang).join(
            f"{STAGE_LABELS[each.stage](lang)} {each.source(lang)}"
            + (BRACKETS(lang).format(each.reason) if each.reason else "")
            for each in outcome[1:]
        )


def _column(stage: Stage) -> Stage:
    return _SHOWN.get(stage, Stage.APPEALED)
