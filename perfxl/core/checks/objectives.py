"""Objectives: not too many, few KPIs for each, no empty perspective, no effect without a cause."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from perfxl.core.checks.trees import cycles, path_text
from perfxl.core.language import Text
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Records, Tables
from perfxl.core.schema.choices import PERSPECTIVE
from perfxl.core.table_access import cell, columns_of, finding, first_rows, labels, rows_of
from perfxl.core.values.text import Nearest

_KPIS_PER_CSF = 3
_CSFS = ("csf_result", "csf_action_1", "csf_action_2")
# Where cause-and-effect chains begin: these need no cause of their own.
_ORIGIN = "learning"
_SEPARATORS = re.compile(r"[;；,，、\s]+")


def check(book: Tables, policy: Policy) -> list[Problem]:
    objectives = rows_of(book, "objectives")
    if objectives is None:
        return []
    company = _company(book, objectives)
    return [
        *_too_many(book, objectives, policy["objectives_max"]),
        *_too_many_kpis(book, objectives),
        *_perspectives(objectives, company),
        *_causes(book, objectives, company),
    ]


def _too_many(book: Tables, objectives: Records, limit: int) -> Iterator[Problem]:
    units, held = labels(book, "units"), Counter[str]()
    totals = Counter(objectives.column("unit"))
    for i, unit in columns_of(objectives, "unit"):
        held[unit] += 1
        if unit is not None and held[unit] == limit + 1:
            yield finding(
                "objectives_too_many", objectives, i, "unit", unit=units[unit], count=totals[unit], limit=limit
            )


def _too_many_kpis(book: Tables, objectives: Records) -> Iterator[Problem]:
    kpis = rows_of(book, "kpis")
    if kpis is None:
        return
    rows, names = first_rows(objectives, "objective"), labels(book, "objectives")
    totals, held = Counter(kpis.column("objective")), Counter[str]()
    for i, objective in columns_of(kpis, "objective"):
        if objective is None or objective not in rows:
            continue
        csfs = sum(cell(objectives, rows[objective], csf) is not None for csf in _CSFS) or 1
        limit = csfs * _KPIS_PER_CSF
        held[objective] += 1
        if held[objective] == limit + 1:
            yield finding(
                "objective_kpis_too_many",
                kpis,
                i,
                "objective",
                objective=names[objective],
                count=totals[objective],
                csfs=csfs,
                limit=limit,
            )


def _company(book: Tables, objectives: Records) -> list[int]:
    """Rows of the company's own objectives: those of the top unit; without units, those with no parent."""
    units = rows_of(book, "units")
    if units is None:
        return [i for i, parent in columns_of(objectives, "parent") if parent is None]
    top = {unit for _, unit, parent in columns_of(units, "unit", "parent") if parent is None}
    return [i for i, unit in columns_of(objectives, "unit") if unit in top]


def _perspectives(objectives: Records, company: list[int]) -> Iterator[Problem]:
    used = {cell(objectives, i, "perspective") for i in company}
    if not used - {None}:
        return  # no balanced scorecard here
    for perspective in PERSPECTIVE:
        if perspective.name not in used:
            label = Text(perspective.zh, perspective.en)
            yield finding("perspective_empty", objectives, company[0], "perspective", perspective=label)


def _causes(book: Tables, objectives: Records, company: list[int]) -> Iterator[Problem]:
    rows, names = first_rows(objectives, "objective"), labels(book, "objectives")
    graph = {
        objective: tuple(part for part in _SEPARATORS.split(str(causes)) if part)
        for _, objective, causes in columns_of(objectives, "objective", "causes")
        if objective and causes
    }
    if not graph:
        return  # causes and effects were not drawn
    nearest = Nearest(rows.keys() - {None})
    for objective, effects in graph.items():
        for effect in effects:
            if effect not in rows:
                yield finding(
                    "cause_unknown",
                    objectives,
                    rows[objective],
                    "causes",
                    objective=names[objective],
                    cause=effect,
                    suggestion=nearest.sentence(effect),
                )
    for cycle in cycles(graph):
        row, first = min((rows[node], at) for at, node in enumerate(cycle))
        yield finding(
            "causes_circular", objectives, row, "causes", path=path_text([names[node] for node in cycle], first)
        )
    supported = {effect for effects in graph.values() for effect in effects}
    for i in company:
        objective = cell(objectives, i, "objective")
        if objective not in supported and cell(objectives, i, "perspective") not in (_ORIGIN, None):
            yield finding("effect_without_cause", objectives, i, "objective", objective=names[objective])
