"""What scoring gave, as a data person wants it: DataFrames, explanations, comparisons, files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from perfxl import __version__
from perfxl.analysis.cards import explanation_card, score_card, score_lines_of
from perfxl.core import explain as explaining
from perfxl.core.problems import Problem, Severity
from perfxl.core.scoring.outcomes import Stage, outcome_text
from perfxl.core.scoring.program import Scores, problems_of
from perfxl.problem_list import ProblemList

if TYPE_CHECKING:
    import pandas as pd

    from perfxl.program import Program

__all__ = ["Explained", "Scored"]

_COLUMNS = (
    *("person", "name", "unit", "total", "grade", "coefficient", "rank", "status", "official", "provisional"),
    "completeness",
)
# An appeal that upholds the result stands where others show the changed one.
_STAGES = {
    "original": (Stage.ORIGINAL,),
    "calibrated": (Stage.CALIBRATED,),
    "appealed": (Stage.UPHELD, Stage.APPEALED),
}
_FIGURES = ("total", "coefficient", "provisional", "completeness")


class Scored(tuple[Scores, list[Problem]]):
    """The scores of a program. `scores, problems = program.score()` takes it apart: the engine's arrays, and what only
    scoring found.

    perfxl        the version that scored
    policy_hash   of the policy, input_hash of the file (blank for one that was handed over as bytes): two results with
                  the same three are the same figures
    """

    program: Program
    input_hash: str

    def __new__(cls, scores: Scores, problems: list[Problem], program: Program, input_hash: str = "") -> Scored:
        made = super().__new__(cls, (scores, problems))
        made.program, made.input_hash = program, input_hash
        return made

    def __getnewargs__(self) -> tuple[Scores, list[Problem], Program, str]:  # to be pickled
        return self[0], self[1], self.program, self.input_hash

    @property
    def scores(self) -> Scores:
        """The engine's own result."""
        return self[0]

    @property
    def problems(self) -> ProblemList:
        """Everything that is wrong with the program: reading, checks, scoring."""
        return ProblemList(self.program.all_problems(), self.program.lang)

    @property
    def provenance(self) -> dict[str, str]:
        """perfxl (its version), policy_hash and input_hash."""
        return {
            "perfxl": __version__,
            "policy_hash": self.scores.policy.fingerprint,
            "input_hash": self.input_hash,
        }

    def to_frame(self) -> pd.DataFrame:
        """A row for each person, in order of first contract.

        Columns: person, name, unit, contract (several parted by 、), total (points, NaN unless official), grade and
        coefficient (None, NaN unless official), rank (1 is best, ties share it; of official totals only), status
        (official, provisional, undetermined), official (bool), provisional (points over what is known), completeness
        (percent points), reason (code, cell and text of what is wrong). Where a calibration or an appeal decided about
        anybody's result: original_total, calibrated_total, appealed_total with the grades beside them, and decided (who
        and when), blank for the others. `attrs` holds the provenance.
        """
        import pandas as pd

        lang = self.program.lang
        people = explaining.people_as_dicts(self.program.tables, self.scores, lang)
        told = {name: [person[name] for person in people] for name in _COLUMNS}
        figures = {name: np.array(told[name], dtype=float) for name in _FIGURES}
        frame = pd.DataFrame(
            {
                **told,
                **figures,
                "contract": ["、".join(person["contracts"]) for person in people],
                "rank": pd.array(told["rank"], dtype="Int64"),
                "reason": [
                    f"{v.reason.code} {v.reason.address.place} {v.reason.message(lang)}" if v.reason else ""
                    for v in self.scores.verdicts.people
                ],
            }
        )[["person", "name", "unit", "contract", *_COLUMNS[3:], "reason"]]
        if self.scores.decisions.people:
            frame = frame.assign(**self._decided())
        frame.attrs.update(self.provenance)
        return frame

    def _decided(self) -> dict[str, Any]:
        """The results side by side, as columns: as scored, calibrated, after appeal; and who decided, when."""
        outcomes = [self.scores.decisions.people.get(person, ()) for person in self.scores.people]
        columns: dict[str, Any] = {}
        for name, stages in _STAGES.items():
            found = [next((each for each in outcome if each.stage in stages), None) for outcome in outcomes]
            columns[f"{name}_total"] = np.array([each.total if each else np.nan for each in found])
            columns[f"{name}_grade"] = [each.grade or None if each else None for each in found]
        columns["decided"] = [outcome_text(outcome, self.program.lang) for outcome in outcomes]
        return columns

    def lines_frame(self) -> pd.DataFrame:
        """A row for each contract line, in sheet order.

        Columns: person, contract, kpi (ID), name, category, method, weight and effective (percent points, effective
        after what is not applicable is spread), target, actual (as reported; a percentage is a fraction), points (NaN
        where there are none), status (scored, pending, not_applicable, problem, monitored), reason (codes and texts of
        errors at the line), sheet, cell.
        """
        import pandas as pd

        scores, lang = self.scores, self.program.lang
        table, columns = scores.line_table, scores.line_table.columns
        contract_ids = [str(each) for each in table.contracts.column("contract")]
        places = [table.lines.address(line, "kpi") for line in range(len(table))]
        frame = pd.DataFrame(
            {
                "person": columns["holder"],
                "contract": [contract_ids[row] if row >= 0 else None for row in table.contract],
                "kpi": columns["kpi"],
                "name": columns["name"],
                "category": [scores.policy.categories.label(each or "", lang) or None for each in columns["aspect"]],
                "method": columns["method"],
                "weight": _figures(columns["weight"]),
                "effective": scores.effective,
                "target": columns["target"],
                "actual": columns["actual"],
                "points": scores.lines.points,
                "status": [scores.status(line).value for line in range(len(table))],
                "reason": self._reasons(places, lang),
                "sheet": [place.sheet for place in places],
                "cell": [place.cell for place in places],
            }
        )
        frame.attrs.update(self.provenance)
        return frame

    def explain(self, person: str) -> Explained:
        """How a person's total came about: HTML in a notebook, text in a terminal, `as_dict()` for a service.

        person  an employee ID, or a name that only one has

        Raises: KeyError where there is nobody of that name.
        """
        found = self.program.find_person(str(person))
        if found is None or found not in self.scores.segments:
            raise KeyError(person)
        return Explained(explaining.explain(self.program.tables, self.scores, found), self.program.lang)

    def compare(self, other: Scored) -> pd.DataFrame:
        """What differs from another result, person by person: columns person, name, total, total_before, difference
        (points), grade, grade_before, status, status_before. Whoever is in one of them only has blanks in the other."""
        kept = ["person", "name", "total", "grade", "status"]
        joined = self.to_frame()[kept].merge(
            other.to_frame()[kept], on="person", how="outer", suffixes=("", "_before"), sort=False
        )
        joined["name"] = joined["name"].where(joined["name"].notna(), joined["name_before"])
        joined["difference"] = joined["total"] - joined["total_before"]
        return joined[
            [
                *("person", "name", "total", "total_before", "difference"),
                *("grade", "grade_before", "status", "status_before"),
            ]
        ]

    def to_excel(self, path: str | os.PathLike[str], template: str | os.PathLike[str] | None = None) -> Path:
        """Writes the score workbook with its formulas, as `perfxl score` does.

        template  HR's own score sheets (.xlsx), made from workbook_templates/scorecard.zh.xlsx or .en.xlsx; None: those

        Raises: OutputRefused where the path is the program's or the template's own file, or was changed by somebody
        since; ValueError where the template cannot be used; OSError.
        """
        from perfxl.outputs import refuse_output
        from perfxl.workbook.score.book import write_scores
        from perfxl.workbook.score.template import template_for

        program, path, own = self.program, Path(path), Path(template) if template else None
        refuse_output(path, [program.path, own], [".xlsx"])
        used, of_template = template_for(own, program.lang)
        if used is None:
            raise ValueError("\n".join(f"{each.code} {each.message(program.lang)}" for each in of_template))
        problems, source = [*program.all_problems(), *of_template], program.path.name if program.path else ""
        write_scores(path, program.tables, self.scores, program.lang, None, problems, source, used)
        return path

    def to_parquet(self, path: str | os.PathLike[str]) -> Path:
        """Writes `to_frame` as Parquet, with the provenance in its metadata. Needs pyarrow.

        Raises: ImportError without pyarrow; OutputRefused where the path is the program's own file, or no .parquet;
        OSError.
        """
        from perfxl.outputs import refuse_output, replacing

        path = Path(path)
        refuse_output(path, [self.program.path], [".parquet"], overwrite=True)
        with replacing(path) as temporary:
            self.to_frame().to_parquet(temporary)
        return path

    def __repr__(self) -> str:
        return "\n".join(self._lines())

    def _repr_html_(self) -> str:
        return score_card(self._lines(), self.to_frame(), self.program.lang)

    def _lines(self) -> list[str]:
        return score_lines_of(self.program, self.scores.verdicts.people, self.problems)

    def _reasons(self, places: Sequence[Any], lang: str) -> list[str]:
        """The errors that stand in the rows of lines, and those of lines without points."""
        at: dict[tuple[str, str, str], list[Problem]] = {}
        for each in self.program.all_problems():
            if each.severity is Severity.ERROR and each.address.cell:
                at.setdefault(_row_of(each.address), []).append(each)
        reasons = []
        for line, place in enumerate(places):
            own = [*problems_of(self.scores.line_table, self.scores.lines, line), *at.get(_row_of(place), ())]
            told = dict.fromkeys(f"{each.code} {each.message(lang)}" for each in own)
            reasons.append("；".join(told))
        return reasons


class Explained:
    """How a total came about."""

    def __init__(self, explanation: explaining.Explanation, lang: str) -> None:
        self._explanation, self._lang = explanation, lang

    def as_dict(self) -> dict[str, Any]:
        """The whole explanation as plain dicts, each figure with its file, sheet and cell."""
        return explaining.as_dict(self._explanation, self._lang)

    def __repr__(self) -> str:
        return "\n".join(explaining.as_text_lines(self._explanation, self._lang))

    def _repr_html_(self) -> str:
        return explanation_card(self._explanation, self._lang)


def _figures(values: Sequence[Any]) -> list[float]:
    return [float(value) if isinstance(value, int | float) else float("nan") for value in values]


def _row_of(address: Any) -> tuple[str, str, str]:
    return address.file, address.sheet, address.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
