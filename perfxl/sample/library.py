"""The sample's design tables: objectives, the KPI library, step and grade tables, the company's own method."""

from __future__ import annotations

from collections.abc import Mapping

from perfxl.core.rulebook import built_in
from perfxl.sample.book import Book
from perfxl.sample.data import kpi_texts, scales
from perfxl.sample.data.kpis import KPIS, Kpi
from perfxl.sample.data.objectives import BRANCH_OBJECTIVES, OBJECTIVES, Objective
from perfxl.sample.data.posts import PROFILES
from perfxl.sample.data.scales import Scale
from perfxl.sample.language import Pair, Say
from perfxl.sample.organisation import Organisation


def write(book: Book, organisation: Organisation, say: Say) -> None:
    """Fills objectives, kpis, step_tables, grade_tables, methods and method_cases."""
    _objectives(book, organisation, say)
    held = {line.kpi for person in organisation.people for line in PROFILES[person.profile].lines}
    library = [kpi for kpi in KPIS.values() if kpi.id in held or kpi.verdict == "drop"]
    used = {kpi.table for kpi in library}
    for kpi in library:
        _kpi(book, kpi, say)
    for key, (name, steps) in scales.STEPS.items():
        for at, points in steps if key in used else ():
            book.add("step_tables", table=say(name), at=at, points=float(points))
    for key, scale in scales.SCALES.items():
        for label, points, sentence in (
            zip(scale.labels, scales.POINTS, scale.sentences, strict=True) if key in used else ()
        ):
            book.add("grade_tables", scale=say(scale.name), grade=say(label), points=points, sentence=say(sentence))
    book.add("methods", method=say(scales.OWN_METHOD), formula=scales.OWN_FORMULA, help=say(scales.OWN_HELP))
    for actual, target, direction, points in scales.OWN_CASES:
        book.add(
            "method_cases",
            method=say(scales.OWN_METHOD),
            actual=actual,
            target=target,
            direction=direction,
            points=points,
        )


def _objectives(book: Book, organisation: Organisation, say: Say) -> None:
    """The company's and the departments', then each branch's under those of the branch or company above it."""
    company = organisation.units[0]
    revenue = organisation.top.span * 60
    for objective in OBJECTIVES:
        holder = objective.unit or company.id
        _objective(book, objective, objective.id, holder, objective.parent, objective.causes, say, revenue=revenue)
    branches = {person.unit.id: person.unit for person in organisation.of("branch_gm")}
    for unit in branches.values():
        for objective in BRANCH_OBJECTIVES:
            above = f"{unit.parent}-{objective.id}" if unit.parent in branches else objective.parent
            causes = tuple(f"{unit.id}-{cause}" for cause in objective.causes)
            _objective(book, objective, f"{unit.id}-{objective.id}", unit.id, above, causes, say, unit=unit.name)


def _objective(
    book: Book,
    objective: Objective,
    id: str,
    unit_id: str,
    parent: str | None,
    causes: tuple[str, ...],
    say: Say,
    **figures: object,
) -> None:
    book.add(
        "objectives",
        objective=id,
        parent=parent,
        unit=unit_id,
        perspective=objective.perspective,
        text=say(objective.text).format(**figures),
        csf_result=say(objective.result),
        csf_action_1=say(objective.actions[0]),
        csf_action_2=say(objective.actions[1]),
        causes=say(("；", "; ")).join(causes) or None,
    )


def _kpi(book: Book, kpi: Kpi, say: Say) -> None:
    keeper, collector, due = kpi_texts.KEEPERS[kpi.data]
    numerator, denominator = kpi_texts.FRACTIONS.get(kpi.id, (None, None))
    impact, controllability, measurability = map(float, kpi.ratings) if kpi.ratings != "-" else (None, None, None)
    verdict = kpi_texts.VERDICTS.get(kpi.id)
    book.add(
        "kpis",
        kpi=kpi.id,
        name=say(kpi_texts.NAMES[kpi.id]),
        objective=kpi.objective,
        category=kpi.category,
        kind=kpi.kind,
        source=kpi.source,
        method=_method(kpi.method, say),
        direction=_direction(kpi),
        unit=say(kpi_texts.UNITS[kpi.unit]),
        decimals=kpi.decimals,
        numerator=say(numerator) if numerator else None,
        denominator=say(denominator) if denominator else None,
        definition=_definition(kpi, say),
        data_source=say(keeper),
        collector=say(collector),
        reporter=say(keeper),
        due_day=due,
        period=kpi.period,
        aggregation=kpi.aggregation,
        k=kpi.k,
        unit_step=kpi.step,
        limit=kpi.limit,
        steps=_table_name(kpi, scales.STEPS, say),
        scale=_table_name(kpi, scales.SCALES, say),
        veto_effect=kpi.veto,
        veto_grade=kpi.veto_grade,
        impact=impact,
        controllability=controllability,
        measurability=measurability,
        verdict=kpi.verdict,
        note=say(verdict) if verdict else None,
    )


def _direction(kpi: Kpi) -> str | None:
    """Blank where neither more nor less is better."""
    if kpi.method in ("within", "milestone"):
        return None
    return "lower" if kpi.lower or kpi.method in ("deduct", "veto") else "higher"


def _method(name: str, say: Say) -> str:
    if name == "own":
        return say(scales.OWN_METHOD)
    method = built_in()[name]
    return say((method.zh, method.name))


def _definition(kpi: Kpi, say: Say) -> str:
    if kpi.id in kpi_texts.FRACTIONS:
        numerator, denominator = map(say, kpi_texts.FRACTIONS[kpi.id])
        percent = "×100%" if kpi.unit == "percent" else ""
        return say((f"{_term(numerator)}÷{_term(denominator)}{percent}", f"{numerator} ÷ {denominator}"))
    fallback = {"milestone": kpi_texts.MILESTONE, "grade": kpi_texts.GRADED}
    return say(kpi_texts.DEFINITIONS.get(kpi.id) or fallback[kpi.method])


def _term(text: str) -> str:
    return f"({text})" if "+" in text or "-" in text else text


def _table_name(kpi: Kpi, tables: Mapping[str, tuple[Pair, object] | Scale], say: Say) -> str | None:
    return say(tables[kpi.table][0]) if kpi.table and kpi.table in tables else None
