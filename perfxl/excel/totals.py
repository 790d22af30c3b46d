"""Totals for the worksheet functions: the lines of each person, events and vetoes, grades and coefficients."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from perfxl.core.language import Text
from perfxl.core.policy import Band
from perfxl.core.problems import Problem, problem
from perfxl.core.records import Records
from perfxl.core.scoring.scalar import STATUS_LABELS, Status, blank
from perfxl.core.scoring.totals_plain import ContractTotal, Counted, Veto, contract_total
from perfxl.core.values.text import NOT_APPLICABLE, fold_name, parse_text
from perfxl.excel.cells import CellError, Failure, failure
from perfxl.excel.lines import describe_problem, read_number, score
from perfxl.excel.scores import SCORED_BY, ScoredTable
from perfxl.excel.settings import PolicyRanges


def total_everybody(scored: ScoredTable) -> dict[str, ContractTotal | Failure]:
    """The total of each person in order of appearance (of one nameless contract where the range names nobody)."""
    if "weight" not in scored.range.records.columns:
        raise failure("range_lacks_column", table="contract_sheet", column="weight")
    lines: dict[str, list[int]] = {}
    for i, person in enumerate(scored.people):
        lines.setdefault(person, []).append(i)
    return {person: _total(scored, mine) for person, mine in lines.items()}


def total_person(scored: ScoredTable, person: Any, lang: str) -> float | str:
    """One person's official total; 待报 while a weighted line is."""
    totals = total_everybody(scored)
    if person is None and len(totals) > 1:
        raise failure("person_not_named", count=len(totals))
    key = next(iter(totals), "") if person is None else _find_key(scored, person)
    if key not in totals:
        raise failure("name_unknown", CellError.NA, value=person, known="、".join(list(totals)[:10]))
    total = totals[key]
    if isinstance(total, Failure):
        raise total
    return total.total if total.total is not None else why_no_total(scored, key, lang)


def why_no_total(scored: ScoredTable, person: str, lang: str) -> str:
    """Why there is no official total: something is pending, or nothing applies."""
    own = (line for line, whose in zip(scored.scores, scored.people, strict=True) if whose == person)
    status = Status.PENDING if any(line.status is Status.PENDING for line in own) else Status.NOT_APPLICABLE
    return STATUS_LABELS[status](lang)


def find_band(raw: Any, settings: PolicyRanges) -> Band:
    """The grade band of a total."""
    return settings.policy.grade(read_number(raw, Text("总分", "Total")))


def find_coefficient(raw: Any, settings: PolicyRanges) -> float:
    """The coefficient of a total, or of a grade by name."""
    by_grade = {fold_name(band.grade): band for band in settings.policy.bands}
    band = by_grade.get(fold_name(raw)) if isinstance(raw, str) else None
    band = band or find_band(raw, settings)
    if band.coefficient is None:
        known = "、".join(band.grade for band in by_grade.values())
        raise failure("name_unknown", CellError.NA, value=band.grade, known=known)
    return band.coefficient


def _find_key(scored: ScoredTable, person: Any) -> str:
    """The key of a person, asked for by ID or name."""
    asked, records = fold_name(parse_text(person).value or ""), scored.range.records
    for name in ("person", "name"):
        for i, cell in enumerate(records.column(name)):
            if cell is not None and fold_name(cell) == asked:
                return scored.people[i]
    return asked


def _total(scored: ScoredTable, lines: Sequence[int]) -> ContractTotal | Failure:
    settings = scored.settings
    reasons = [describe_problem(scored.scores[i], scored.kpis[i]) for i in lines if scored.scores[i].problem]
    counted, most, best_grade = [], math.inf, ""
    events = _count_events(settings)
    for i in lines:
        line_score, record = scored.scores[i], scored.range.records
        errors = scored.range.errors(i)
        if "weight" in errors:
            reasons.append(errors["weight"])
        counts = [events[key] for key in _event_keys(record, i) if key in events]
        if line_score.method and line_score.method.effect == "total" and counts and blank(record.column("actual")[i]):
            line = {name: record.column(name)[i] for name in SCORED_BY} | {"actual": counts[0]}
            line_score = score(line, errors, settings)
        if line_score.method and line_score.method.name == "veto" and _happened(record, i, counts, reasons):
            limits = {name: record.column(name)[i] for name in ("veto_effect", "limit", "veto_grade")}
            most, best_grade = _apply_veto(Veto.of(limits, settings.policy), most, best_grade, settings)
        counted.append(Counted(line_score, scored.weights[i], scored.categories[i]))
    if reasons:
        return Failure(reasons)
    return contract_total(counted, settings.policy, most=most, best_grade=best_grade)


def _apply_veto(veto: Veto, most: float, best_grade: str, settings: PolicyRanges) -> tuple[float, str]:
    if veto.effect != "limit_grade":
        return min(most, 0.0 if veto.effect == "zero" else veto.limit), best_grade
    names = [band.grade for band in settings.policy.bands]
    rank = {grade: place for place, grade in enumerate(names)}
    return most, max((g for g in (best_grade, veto.grade) if g), key=lambda grade: rank.get(grade, len(names)))


def _happened(records: Records, i: int, counts: Sequence[float], reasons: list[Problem]) -> bool:
    """Whether a veto's event took place: by the table of events, or by the count that stands for its actual."""
    actual = records.column("actual")[i]
    if counts or blank(actual) or actual == NOT_APPLICABLE:
        return bool(counts)
    if isinstance(actual, float):
        return actual > 0
    reasons.append(problem("veto_actual_unclear", value=actual, kpi=str(records.column("kpi")[i] or "")))
    return False


def _event_keys(records: Records, i: int) -> list[tuple[str, str]]:
    """How an event may name the line: person or name, KPI ID or name."""
    who = [records.column(name)[i] for name in ("person", "name")]
    what = [records.column(name)[i] for name in ("kpi_id", "kpi")]
    return [(str(a), str(b)) for a in who if a is not None for b in what if b is not None]


def _count_events(settings: PolicyRanges) -> dict[tuple[str, str], float]:
    """How often what happened to whom."""
    counts: dict[tuple[str, str], float] = {}
    events = settings.tables.get("events")
    if events:
        for holder, kpi, count in zip(*map(events.column, ("holder", "kpi", "count")), strict=True):
            key = (str(holder), str(kpi))
            counts[key] = counts.get(key, 0.0) + (1.0 if count is None else float(count))
    return counts
