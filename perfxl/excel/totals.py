"""Totals for the worksheet functions: the lines of each person, events and vetoes, grades and coefficients."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from perfxl.core.language import Text
from perfxl.core.official import events_repeated, kpis_repeated, weights_off, wrong_event, wrong_weight
from perfxl.core.policy import Band
from perfxl.core.problems import Problem, problem
from perfxl.core.records import Records
from perfxl.core.scoring.scalar import STATUS_LABELS, LineScore, Status, blank, denies
from perfxl.core.scoring.totals_plain import ContractTotal, Counted, Veto, contract_total
from perfxl.core.values.numbers import parse_figure
from perfxl.core.values.text import NOT_APPLICABLE, fold_name, parse_text
from perfxl.excel.cells import CellError, Failure, failure
from perfxl.excel.decided import DecidedResults, Person
from perfxl.excel.lines import describe_problem, read_number, score
from perfxl.excel.names import NamesOfLines, only_one, several
from perfxl.excel.scores import SCORED_BY, ScoredTable
from perfxl.excel.settings import PolicyRanges


def total_everybody(scored: ScoredTable) -> dict[str, ContractTotal | Failure]:
    """The total of each person in order of appearance (of one nameless contract where the range names nobody)."""
    lacking = [name for name in ("kpi", "weight") if name not in scored.range.records.columns]
    if lacking:
        raise Failure([problem("range_lacks_column", table="contract_sheet", column=name) for name in lacking])
    totals = _Totals(scored)
    return {person: totals.of(lines) for person, lines in scored.lines_of.items()}


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


def name_unheld(scored: ScoredTable) -> dict[str, list[Problem]]:
    """By person, the events of KPIs that none of their lines is of: they count nowhere, as in files. Events of people
    who are not in the range may be others' business."""
    found: dict[str, list[Problem]] = {}
    if not scored.settings.tables.get("events"):
        return found
    names = NamesOfLines(scored)
    held = {(scored.people[i], names.kpis[i]) for lines in scored.lines_of.values() for i in lines}
    for person, kpi in _Events(scored.settings, names).counts:
        if person in scored.lines_of and (person, kpi) not in held:
            about = problem("event_kpi_not_held", column="kpi", value=kpi, kpi=kpi, person=person)
            found.setdefault(person, []).append(about)
    return found


def why_no_total(scored: ScoredTable, person: str, lang: str) -> str:
    """Why there is no official total: something is pending, or nothing applies."""
    own = (scored.scores[i] for i in scored.lines_of.get(person, ()))
    status = Status.PENDING if any(line.status is Status.PENDING for line in own) else Status.NOT_APPLICABLE
    return STATUS_LABELS[status](lang)


def without_total(raw: Any, lang: str) -> str:
    """What stands in place of a grade or a coefficient where there is no total: 待报, also of a blank cell, or 不适用;
    blank where there is one."""
    for status in (Status.PENDING, Status.NOT_APPLICABLE):
        if isinstance(raw, str) and fold_name(raw) in map(fold_name, STATUS_LABELS[status]):
            return STATUS_LABELS[status](lang)
    if parse_figure(raw, frozenset()).value == NOT_APPLICABLE:
        return STATUS_LABELS[Status.NOT_APPLICABLE](lang)
    return STATUS_LABELS[Status.PENDING](lang) if blank(raw) else ""


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
    """The key of a person, asked for by ID or name. Raises: Failure where several go by the name."""
    asked = parse_text(person).value or ""
    by_spelling = {fold_name(key): key for key in scored.lines_of}
    return by_spelling.get(fold_name(asked)) or only_one("people", NamesOfLines(scored).people, asked)


_VETO = ("veto_effect", "limit", "veto_grade")
_WHOSE, _WHAT = ("person", "name"), ("kpi_id", "kpi")


class _Totals:
    """The totals of a table; its columns and the counts of events are looked up once for all people."""

    def __init__(self, scored: ScoredTable) -> None:
        self.scored, self.settings = scored, scored.settings
        names = dict.fromkeys((*SCORED_BY, *_VETO, *_WHOSE, *_WHAT))
        self.columns = {name: scored.range.records.column(name) for name in names}
        self.names = NamesOfLines(scored)
        self.events = _Events(self.settings, self.names)
        places = [-1] * len(scored.scores)
        for lines in scored.lines_of.values():
            for i in lines:
                places[i] = lines[0]
        self.off, self.repeated = self._weights_off(places), self._repeated(places)
        self.decided = DecidedResults(self.settings.tables, self.settings.policy)
        self._named = any(scored.kpis)
        own = ([self._no_kpi(i) for i in lines if self._unnamed(i)] for lines in scored.lines_of.values())
        alone = (not any(scored.kpis[i] for i in lines) for lines in scored.lines_of.values())
        self.anybodys = [about for each, is_alone in zip(own, alone, strict=True) if is_alone for about in each]

    def of(self, lines: Sequence[int]) -> ContractTotal | Failure:
        """The total of all lines of a person, or what is wrong with them (scoring.md section 7)."""
        scored, settings = self.scored, self.settings
        reasons = [describe_problem(scored.scores[i], scored.kpis[i]) for i in lines if scored.scores[i].problem]
        counted, most, best_grade = [], math.inf, ""
        for i in lines:
            line_score, method = scored.scores[i], scored.scores[i].method
            errors = scored.range.errors(i)
            is_veto = method is not None and method.name == "veto"
            reasons += [about for about in errors.values() if not _is_said(about, line_score)]
            reasons += scored.doubts(i)
            if self._unnamed(i):
                reasons.append(self._no_kpi(i))
            elif "weight" not in errors and not (
                scored.weights[i] > 0 and (method is None or method.effect == "points")
            ):
                reasons += self._wrong_weight(i, lines)
            key = (scored.people[i], self.names.kpis[i])
            reasons += self.events.wrong.get(key, ())
            times = self.events.counts.get(key)
            clashes = (wrong_event(kind, method, scored.kpis[i]) for kind in self.events.kinds.get(key, ()))
            reasons += filter(None, clashes)
            if method and method.effect == "total" and times is not None:
                line = {name: self.columns[name][i] for name in SCORED_BY}
                if blank(line["actual"]):
                    line_score = score(line | {"actual": times}, errors, settings)
                elif denies(line["actual"], times, is_veto=False):
                    reasons.append(self._contradiction(i, line["actual"], times))
            if is_veto and times is not None and denies(self.columns["actual"][i], times, is_veto=True):
                reasons.append(self._contradiction(i, self.columns["actual"][i], times))
            if is_veto and self._happened(i, times, reasons):
                limits = {name: self.columns[name][i] for name in _VETO}
                most, best_grade = _apply_veto(Veto.of(limits, settings.policy), most, best_grade, settings)
            counted.append(Counted(line_score, scored.weights[i], scored.categories[i]))
        reasons += [found[lines[0]] for found in (self.repeated, self.off) if lines and lines[0] in found]
        reasons += self.events.unclear.get(scored.people[lines[0]], ()) if lines else ()
        reasons += (about for about in self.anybodys if about not in reasons)
        reasons += self.events.of_nobody(self.names.kpis[i] for i in lines)
        if reasons:
            return Failure(reasons)

        def recount(changed: Mapping[int, float]) -> ContractTotal:
            """The total with points that were decided on, by line."""
            lines_now = [
                each._replace(score=each.score._replace(points=changed.get(i, each.score.points)))
                for i, each in zip(lines, counted, strict=True)
            ]
            return contract_total(lines_now, settings.policy, most=most, best_grade=best_grade)

        total = recount({})
        return self._decide(total, lines, counted, recount, most, best_grade) if self.decided.rows else total

    def _decide(
        self,
        total: ContractTotal,
        lines: Sequence[int],
        counted: Sequence[Counted],
        recount: Callable[[Mapping[int, float]], ContractTotal],
        most: float,
        best_grade: str,
    ) -> ContractTotal | Failure:
        """What calibration and appeals make of it."""
        by_kpi: dict[str, list[int]] = {}
        for i in lines:
            for kpi in {str(self.columns[name][i]) for name in _WHAT if self.columns[name][i] is not None}:
                by_kpi.setdefault(kpi, []).append(i)
        scores = {i: each.score for i, each in zip(lines, counted, strict=True)}
        figures = {i: self.columns["limit"][i] for i in lines}
        limits = {i: value for i, value in figures.items() if isinstance(value, float)}
        names = [str(self.columns[name][i]) for name in _WHOSE for i in lines[:1] if self.columns[name][i] is not None]
        for name in names:
            sharing = self.names.people.named(name)
            if len(sharing) > 1 and name in self.decided.rows:
                return Failure(several("people", name, sharing))
        person = Person(self.scored.people[lines[0]], by_kpi, scores, limits, most, best_grade, recount)
        try:
            return self.decided.apply(total, names, person)
        except Failure as failed:
            return failed

    def _repeated(self, places: Sequence[int]) -> dict[int, Problem]:
        """First line of a person -> a KPI stands there twice, as no program may have it."""
        scored, records = self.scored, self.scored.range.records
        found = {}
        for first, (before, again) in kpis_repeated(places, self.names.kpis).items():
            row = records.rows[before]
            details: dict[str, Any] = {
                "key": " / ".join(part for part in (scored.people[again], scored.kpis[again]) if part),
                "first": Text(f"表的第 {row} 行", f"row {row} of the range"),
            }
            value = scored.kpis[again]
            found[first] = problem("key_repeated", records.address(again, "kpi"), column="kpi", value=value, **details)
        return found

    def _unnamed(self, i: int) -> bool:
        """Whether a line names no KPI where others do: nobody knows what its weight is for. Of somebody who has no
        other line, it may be anybody's: a total, a note, a slip in a name."""
        return not self.scored.kpis[i] and self._named

    def _no_kpi(self, i: int) -> Problem:
        records = self.scored.range.records
        place = records.address(i, "kpi")
        return problem("required_blank", place, table="contract_sheet", column="kpi", of_row=records.rows[i])

    def _weights_off(self, places: Sequence[int]) -> dict[int, Problem]:
        """First line of a person -> the weights do not sum to 100."""
        scored = self.scored
        carries = [not line.method or line.method.effect == "points" for line in scored.scores]
        off = weights_off(scored.range.records, places, scored.weights, carries)
        return {
            first: replace(about, details={**about.details, "subject": scored.people[first]})
            for first, about in off.items()
        }

    def _wrong_weight(self, i: int, lines: Sequence[int]) -> list[Problem]:
        method, weight = self.scored.scores[i].method, self.scored.range.records.columns["weight"][i]
        carries = method is None or method.effect == "points"
        label = Text(method.zh, method.name) if method else Text("", "")
        total = sum(self.scored.weights[line] for line in lines)
        about = wrong_weight(weight, carries, self.scored.kpis[i], total, label)
        return [about] if about else []

    def _contradiction(self, i: int, actual: Any, times: float) -> Problem:
        details: dict[str, Any] = {
            "person": self.scored.people[i],
            "kpi": self.scored.kpis[i],
            "times": times,
            "cells": "",
        }
        return problem("actual_differs_from_events", value=actual, **details)

    def _happened(self, i: int, times: float | None, reasons: list[Problem]) -> bool:
        """Whether a veto's event took place: by the table of events, or by the count that stands for its actual."""
        actual = self.columns["actual"][i]
        if times is not None or blank(actual) or actual == NOT_APPLICABLE:
            return times is not None
        if isinstance(actual, float):
            return actual > 0
        reasons.append(problem("veto_actual_unclear", value=actual, kpi=self.scored.kpis[i]))
        return False


def _is_said(about: Problem, line_score: LineScore) -> bool:
    """Whether a line's score says already what is wrong with a cell."""
    said = line_score.problem
    return said is not None and (said.name, said.column) == (about.name, about.column)


def _apply_veto(veto: Veto, most: float, best_grade: str, settings: PolicyRanges) -> tuple[float, str]:
    if veto.effect != "limit_grade":
        return min(most, 0.0 if veto.effect == "zero" else veto.limit), best_grade
    names = [band.grade for band in settings.policy.bands]
    rank = {grade: place for place, grade in enumerate(names)}
    return most, max((g for g in (best_grade, veto.grade) if g), key=lambda grade: rank.get(grade, len(names)))


_Event = tuple[str, Any]  # whose, of which KPI


class _Events:
    """How often what happened to whom, by the IDs of the lines that it happened to; of a name that several people have,
    or several KPIs of a person, nobody knows whose it is.

    kinds    what the events say they are, None where they do not
    wrong    counts that are none, and events that are entered twice
    unclear  the names that several have, and events without a KPI, by person
    """

    def __init__(self, settings: PolicyRanges, names: NamesOfLines) -> None:
        self.counts: dict[_Event, float] = {}
        self.kinds: dict[_Event, dict[str | None, None]] = {}
        self.wrong: dict[_Event, list[Problem]] = {}
        self._nobodys: list[tuple[str, Problem]] = []  # KPI, "" for any
        self.unclear: dict[str, list[Problem]] = {}
        events = settings.tables.get("events")
        if events:
            self._count(events, names)

    def _count(self, events: Records, names: NamesOfLines) -> None:
        names_of = ("holder", "kpi", "kind", "count", "date", "fact")
        holders, kpis, kinds, number, days, facts = map(events.column, names_of)
        keys = [self._key(str(holder or ""), str(kpi or ""), names) for holder, kpi in zip(holders, kpis, strict=True)]
        for i, (key, kind, count) in enumerate(zip(keys, kinds, number, strict=True)):
            person, kpi = key
            if not kpi or (not person and not names.are_of_one):
                self._lay_aside(person, kpi, events, i)
            elif count is not None and (count <= 0 or count != int(count)):
                about = problem("event_count_invalid", value=count, person=str(holders[i]))
                self.wrong.setdefault(key, []).append(about)
            else:
                self.kinds.setdefault(key, {})[kind] = None
                self.counts[key] = self.counts.get(key, 0.0) + (1.0 if count is None else float(count))
        people, of_kpi = [person for person, _ in keys], [kpi for _, kpi in keys]
        for i, first in events_repeated(people, of_kpi, days, facts):
            row = events.rows[first]
            said: dict[str, Any] = {"first": Text(f"事件表的第 {row} 行", f"row {row} of the events"), "date": days[i]}
            about = problem("event_repeated", value=days[i], person=str(holders[i]), kpi=str(kpis[i]), **said)
            self.wrong.setdefault(keys[i], []).append(about)

    def _lay_aside(self, person: str, kpi: str, events: Records, i: int) -> None:
        """An event that does not say whose it is may be of any line with its KPI, one without a KPI of any line."""
        column = "kpi" if person else "holder"
        where: dict[str, Any] = {"table": "events", "column": column, "of_row": events.rows[i]}
        about = problem("required_blank", events.address(i, column), **where)
        if person:
            self.unclear.setdefault(person, []).append(about)
        else:
            self._nobodys.append((kpi, about))

    def of_nobody(self, kpis: Iterable[str]) -> Iterator[Problem]:
        """The events that may be of somebody with these KPIs, since they do not say whose they are."""
        mine = set(kpis) if self._nobodys else set[str]()
        return (about for kpi, about in self._nobodys if not kpi or kpi in mine)

    def _key(self, holder: str, kpi: str, names: NamesOfLines) -> _Event:
        if not kpi or (not holder and not names.are_of_one):
            return holder, kpi
        named = [] if holder in names.people else names.people.named(holder)
        if len(named) > 1:
            for person in named:
                self.unclear.setdefault(person, []).append(several("people", holder, named))
        person = named[0] if len(named) == 1 else holder
        own = names.kpis_of(person)
        found = [] if kpi in own else own.named(kpi)
        if len(found) > 1:
            self.unclear.setdefault(person, []).append(several("kpis", kpi, found))
        return person, found[0] if len(found) == 1 else kpi
