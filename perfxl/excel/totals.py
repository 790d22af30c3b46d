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
from perfxl.excel.errors import CellError, Failure, failure
from perfxl.excel.lines import number, score, told
from perfxl.excel.scores import SCORED_BY, Scored
from perfxl.excel.settings import Given


def totals(scored: Scored) -> dict[str, ContractTotal | Failure]:
    """The total of each person in order of appearance (of one nameless contract where the range names nobody)."""
    if "weight" not in scored.range.records.columns:
        raise failure("range_lacks_column", table="contract_sheet", column="weight")
    lines: dict[str, list[int]] = {}
    for i, person in enumerate(scored.people):
        lines.setdefault(person, []).append(i)
    return {person: _total(scored, mine) for person, mine in lines.items()}


def total(scored: Scored, person: Any, lang: str) -> float | str:
    """One person's official total; 待报 while a weighted line is."""
    found = totals(scored)
    if person is None and len(found) > 1:
        raise failure("person_not_named", count=len(found))
    who = next(iter(found), "") if person is None else _who(scored, person)
    if who not in found:
        raise failure("name_unknown", CellError.NA, value=person, known="、".join(list(found)[:10]))
    made = found[who]
    if isinstance(made, Failure):
        raise made
    return made.total if made.total is not None else no_total(scored, who, lang)


def no_total(scored: Scored, person: str, lang: str) -> str:
    """Why there is no official total: something is pending, or nothing applies."""
    mine = (found for found, whose in zip(scored.scores, scored.people, strict=True) if whose == person)
    state = Status.PENDING if any(found.status is Status.PENDING for found in mine) else Status.NOT_APPLICABLE
    return STATUS_LABELS[state][0 if lang == "zh" else 1]


def band(raw: Any, given: Given) -> Band:
    """The grade band of a total."""
    return given.policy.grade(number(raw, Text("总分", "Total")))


def coefficient(raw: Any, given: Given) -> float:
    """The coefficient of a total, or of a grade by name."""
    named = {fold_name(each.grade): each for each in given.policy.bands}
    found = named.get(fold_name(raw)) if isinstance(raw, str) else None
    found = found or band(raw, given)
    if found.coefficient is None:
        raise failure(
            "name_unknown", CellError.NA, value=found.grade, known="、".join(each.grade for each in named.values())
        )
    return found.coefficient


def _who(scored: Scored, person: Any) -> str:
    """The key of a person, asked for by ID or name."""
    asked, records = fold_name(parse_text(person).value or ""), scored.range.records
    for name in ("person", "name"):
        for i, held in enumerate(records.column(name)):
            if held is not None and fold_name(held) == asked:
                return scored.people[i]
    return asked


def _total(scored: Scored, lines: Sequence[int]) -> ContractTotal | Failure:
    given = scored.given
    reasons = [told(scored.scores[i], scored.kpis[i]) for i in lines if scored.scores[i].problem]
    counted, most, best_grade = [], math.inf, ""
    events = _events(given)
    for i in lines:
        found, record = scored.scores[i], scored.range.records
        errors = scored.range.errors(i)
        if "weight" in errors:
            reasons.append(errors["weight"])
        counts = [events[key] for key in _keys(record, i) if key in events]
        if found.method and found.method.effect == "total" and counts and blank(record.column("actual")[i]):
            line = {name: record.column(name)[i] for name in SCORED_BY} | {"actual": counts[0]}
            found = score(line, errors, given)
        if found.method and found.method.name == "veto":
            happened = _happened(record, i, counts, reasons)
            if happened:
                veto = Veto.of({n: record.column(n)[i] for n in ("veto_effect", "limit", "veto_grade")}, given.policy)
                most, best_grade = _vetoed(veto, most, best_grade, given)
        counted.append(Counted(found, scored.weights[i], scored.categories[i]))
    if reasons:
        return Failure(reasons)
    return contract_total(counted, given.policy, most=most, best_grade=best_grade)


def _vetoed(veto: Veto, most: float, best_grade: str, given: Given) -> tuple[float, str]:
    if veto.effect != "limit_grade":
        return min(most, 0.0 if veto.effect == "zero" else veto.limit), best_grade
    names = [band.grade for band in given.policy.bands]
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


def _keys(records: Records, i: int) -> list[tuple[str, str]]:
    """How an event may name the line: person or name, KPI ID or name."""
    who = [records.column(name)[i] for name in ("person", "name")]
    what = [records.column(name)[i] for name in ("kpi_id", "kpi")]
    return [(str(a), str(b)) for a in who if a is not None for b in what if b is not None]


def _events(given: Given) -> dict[tuple[str, str], float]:
    """How often what happened to whom."""
    events, found = given.book.get("events"), dict[tuple[str, str], float]()
    if events:
        for holder, kpi, count in zip(*(events.column(name) for name in ("holder", "kpi", "count")), strict=True):
            key = (str(holder), str(kpi))
            found[key] = found.get(key, 0.0) + (1.0 if count is None else float(count))
    return found
