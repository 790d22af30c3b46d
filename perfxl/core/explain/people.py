"""Everybody with their result as plain dicts, for --json of score and for DataFrames: what a payroll reads."""

from __future__ import annotations

from typing import Any

from perfxl.core.official import Standing
from perfxl.core.records import Tables
from perfxl.core.scoring.outcomes import outcome_as_dicts
from perfxl.core.scoring.placing import rank_totals, units_of_people
from perfxl.core.scoring.program import Scores
from perfxl.core.scoring.totals import ordered_bands
from perfxl.core.table_access import Names

__all__ = ["people_as_dicts"]


def people_as_dicts(tables: Tables, scores: Scores, lang: str = "zh") -> list[dict[str, Any]]:
    """Each person once, in order of first contract, however many contracts there are.

    person, name, unit; contracts, their IDs
    total (points), grade, coefficient, rank (1 is best, ties share it)  None unless the total is official
    status        official, provisional or undetermined; official says the same as true or false
    provisional   points over what is known; None where something is wrong
    completeness  of what should be known, percent points; None where no weight is known to be due
    reason        the problem that keeps the total from being official, None where there is none
    results       only where something was decided about the result: the original and all later ones, who and when
    """
    names, bands, totals = Names.of(tables), ordered_bands(scores.policy), scores.totals
    verdicts, units = scores.verdicts.people, units_of_people(tables, scores.segments, scores.line_table.contracts)
    contract_ids = scores.line_table.contracts.column("contract")
    counts = [verdict.standing is Standing.OFFICIAL for verdict in verdicts]
    points = [_finite(float(total)) if ok else None for total, ok in zip(totals.total, counts, strict=True)]
    ranks = rank_totals(points)
    told = []
    for at, (person, verdict, official) in enumerate(zip(scores.people, verdicts, counts, strict=True)):
        outcome = scores.decisions.people.get(person, ())
        band = bands[totals.grade[at]] if official and totals.grade[at] >= 0 else None
        told.append(
            {
                "person": str(person),
                "name": names.people[person],
                "unit": names.units[units[at]],
                "contracts": [str(contract_ids[row]) for row in scores.segments[person]],
                "total": points[at],
                "grade": band.grade if band else None,
                "coefficient": band.coefficient if band else None,
                "rank": ranks[at],
                "status": verdict.standing.value,
                "official": official,
                "provisional": None if verdict.is_undetermined else _finite(float(totals.provisional[at])),
                "completeness": _finite(float(totals.completeness[at])),
                "reason": verdict.reason.as_dict(lang) if verdict.reason else None,
                **({"results": outcome_as_dicts(outcome)} if outcome else {}),
            }
        )
    return told


def _finite(value: float) -> float | None:
    return value if value - value == 0.0 else None
