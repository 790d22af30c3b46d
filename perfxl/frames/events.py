"""Events for pandas DataFrames: counted for deductions and bonuses, vetoes; and what is wrong, contract by contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from perfxl.core.language import COMMA, LANGUAGES, Text
from perfxl.core.official import events_repeated, kpis_repeated, wrong_event
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem, Severity, problem
from perfxl.core.rulebook import RuleBook
from perfxl.core.schema.choices import EVENT_KIND, VETO_EFFECT
from perfxl.core.scoring import totals
from perfxl.core.scoring.scalar import blank, denies
from perfxl.core.scoring.totals_plain import Veto, veto_effect
from perfxl.core.scoring.vector import Factor, Lines
from perfxl.core.values.dates import parse_date
from perfxl.core.values.numbers import parse_count
from perfxl.core.values.text import NOT_APPLICABLE, fold_name

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

# Column of the frame -> column of the line, where the short names of scoring.md differ from the schema's.
_SHORT = {"unit_step": "u", "low": "lo", "high": "hi"}
_VETO = ("veto_effect", "limit", "veto_grade")
_KINDS = {fold_name(word): kind.name for kind in EVENT_KIND for word in (kind.name, *kind.text, *kind.aliases)}


def column_of(frame: pd.DataFrame, name: str) -> pd.Series[Any]:
    """A column by its name or its short name; blanks where there is none."""
    spelling = column_name(frame, name)
    return pd.Series(np.nan, index=frame.index, dtype=float) if spelling is None else frame[spelling]


def column_name(frame: pd.DataFrame, name: str) -> str | None:
    """What a column is called in the frame: by its name or its short one; None where there is none."""
    return next((spelling for spelling in (name, _SHORT.get(name, name)) if spelling in frame), None)


def told(about: Problem, lang: str) -> str:
    """A problem in one line: its code and what it says."""
    return f"{about.code} {about.message(lang)}"


class Wrong:
    """What is wrong with each of `size` contracts."""

    def __init__(self, size: int) -> None:
        self._problems: list[list[Problem]] = [[] for _ in range(size)]

    def __len__(self) -> int:
        return len(self._problems)

    def add(self, contract: int, about: Problem) -> None:
        """One more problem of a contract."""
        self._problems[contract].append(about)

    def errors(self) -> Bools:
        """The contracts that have an error: they have no total."""
        return np.array([any(p.severity is Severity.ERROR for p in each) for each in self._problems], dtype=bool)

    def all(self) -> list[Problem]:
        """Every problem, contract by contract."""
        return [about for each in self._problems for about in each]

    def texts(self, lang: str) -> list[str]:
        """What is wrong with each contract, blank where nothing is."""
        return [COMMA(lang).join(told(about, lang) for about in each) for each in self._problems]


def find_repeated(lines: pd.DataFrame, contract: Ints, people: Any, wrong: Wrong) -> None:
    """A KPI that stands twice in the lines of a person is wrong, as it is in the contracts of a program."""
    kpis = column_of(lines, "kpi")
    texts = kpis.astype(str).str.strip()
    named = (kpis.notna() & (texts != "")).to_numpy()
    twice = pd.DataFrame({"contract": contract, "kpi": texts.to_numpy()}).duplicated().to_numpy()
    rows = np.flatnonzero(named & twice)
    if not len(rows):
        return
    for place, (before, again) in kpis_repeated(contract.tolist(), texts.where(named, "").tolist()).items():
        key = " / ".join(part for part in (str(people[place]), texts.iloc[again]) if part)
        first = Text(f"第 {before + 1} 行", f"row {before + 1}")
        wrong.add(place, problem("key_repeated", column="kpi", value=kpis.iloc[again], key=key, first=first))


def put_counts(
    lines: pd.DataFrame,
    events: pd.DataFrame | None,
    read: Lines,
    contract: Ints,
    people: Any,
    policy: Policy,
    wrong: Wrong,
) -> Floats:
    """How often what happened to each line (NaN for never); blank actuals become that count. A deduction or bonus whose
    actual says otherwise is wrong."""
    if events is None or events.empty:
        return np.full(len(lines), np.nan)
    counted = _count(events, {person: place for place, person in enumerate(people)}, wrong)
    pairs = zip(column_of(lines, "person").fillna(""), column_of(lines, "kpi"), strict=True)
    counts = np.fromiter((counted.get(pair, np.nan) for pair in pairs), dtype=np.float64, count=len(lines))
    _judge_kinds(lines, events, read, contract, policy, wrong)
    actual, happened = read.figures["actual"], ~np.isnan(counts)
    unreadable = read.unreadable.get("actual", np.zeros(len(lines), dtype=bool))
    free = happened & np.isnan(actual) & ~unreadable & ~read.not_applicable & (read.label.codes < 0)
    adjusting = _rows(read.method, policy, "total")
    is_veto = _rows(read.method, policy, "", "veto")
    for row in np.flatnonzero(happened & (adjusting | is_veto) & (read.not_applicable | ~np.isnan(actual))):
        said = NOT_APPLICABLE if read.not_applicable[row] else float(actual[row])
        if not denies(said, float(counts[row]), is_veto=bool(is_veto[row])):
            continue
        details: dict[str, Any] = {"times": float(counts[row]), "cells": "", "person": str(people[contract[row]])}
        kpi = str(column_of(lines, "kpi").iloc[row])
        wrong.add(contract[row], problem("actual_differs_from_events", value=said, kpi=kpi, **details))
    read.figures["actual"] = np.where(free, counts, actual)
    return counts


def _judge_kinds(
    lines: pd.DataFrame, events: pd.DataFrame, read: Lines, contract: Ints, policy: Policy, wrong: Wrong
) -> None:
    """An event of another kind than its line takes, and any of a line that takes none, is wrong."""
    names = ("person", "kpi", "kind")
    kinds: dict[tuple[Any, Any], set[str | None]] = {}
    for person, kpi, kind in zip(*(column_of(events, name).tolist() for name in names), strict=True):
        kinds.setdefault((person, kpi), set()).add(None if blank(kind) else _KINDS.get(fold_name(kind)))
    methods = [RuleBook(policy).find(name) for name in read.method.values]
    whose, which = column_of(lines, "person").fillna("").tolist(), column_of(lines, "kpi").tolist()
    for row, key in enumerate(zip(whose, which, strict=True)):
        for kind in sorted(kinds.get(key, ()), key=str):
            code = read.method.codes[row]
            about = wrong_event(kind, methods[code] if code >= 0 else None, str(key[1]))
            if about is not None:
                wrong.add(contract[row], about)


def vetoes(
    lines: pd.DataFrame, counts: Floats, read: Lines, contract: Ints, policy: Policy, wrong: Wrong
) -> totals.Vetoes:
    """What vetoes leave of the totals: a veto takes place by an event, or by the count that stands for its actual."""
    found = totals.Vetoes.none(len(wrong))
    vetoing = _rows(read.method, policy, "", "veto")
    unreadable = read.unreadable.get("actual", np.zeros(len(lines), dtype=bool))
    with np.errstate(invalid="ignore"):
        happened = vetoing & ((read.figures["actual"] > 0) | (counts > 0))
    grades = [band.grade for band in policy.bands]
    columns = [column_of(lines, name).astype(object) for name in (*_VETO, "kpi", "actual")]
    for row in np.flatnonzero(vetoing).tolist():
        effect, limit, grade, kpi, actual = (column.iloc[row] for column in columns)
        kpi = "" if blank(kpi) else str(kpi)
        if unreadable[row]:
            wrong.add(contract[row], problem("veto_actual_unclear", value=actual, kpi=kpi))
        if veto_effect(effect) is None:
            words = Text(*(COMMA(lang).join(choice.label(lang) for choice in VETO_EFFECT) for lang in LANGUAGES))
            about = problem("choice_unknown", table="kpis", column="veto_effect", value=effect, allowed=words)
            wrong.add(contract[row], about)
        if "limit" in read.unreadable and read.unreadable["limit"][row]:
            wrong.add(contract[row], problem("not_a_number", table="kpis", column="limit", value=limit))
        if not blank(grade) and grade not in grades:
            known = "、".join(grades)
            wrong.add(contract[row], problem("veto_grade_of_kpi_unknown", value=grade, kpi=kpi, grades=known))
        if happened[row]:
            own = read.figures["limit"][row] if "limit" in lines else np.nan
            given = {"veto_effect": effect, "limit": own, "veto_grade": grade}
            found.add(int(contract[row]), Veto.of(given, policy), policy)
    return found


def _count(events: pd.DataFrame, places: dict[Any, int], wrong: Wrong) -> dict[tuple[Any, Any], float]:
    """(person, KPI) -> how often; counts and kinds that are none are wrong with the person's contract."""
    counted: dict[tuple[Any, Any], float] = {}
    names = ("person", "kpi", "kind", "count")
    for person, kpi, kind, raw in zip(*(column_of(events, name).tolist() for name in names), strict=True):
        place, read = places.get(person), parse_count(raw)
        given = read.value is not None or read.problem not in ("", "dash_is_blank")
        if given and not ((read.value or 0) > 0 and read.value == int(read.value or 0)):
            if place is not None:
                wrong.add(place, problem("event_count_invalid", value=raw, person=str(person)))
            continue
        if not blank(kind) and fold_name(kind) not in _KINDS and place is not None:
            words = Text(*(COMMA(lang).join(choice.label(lang) for choice in EVENT_KIND) for lang in LANGUAGES))
            wrong.add(place, problem("choice_unknown", table="events", column="kind", value=kind, allowed=words))
        if not kpi and place is not None:
            wrong.add(place, problem("required_blank", table="events", column="kpi"))
        counted[person, kpi] = counted.get((person, kpi), 0.0) + (read.value if given else 1.0)
    _find_repeated(events, places, wrong)
    return counted


def _find_repeated(events: pd.DataFrame, places: dict[Any, int], wrong: Wrong) -> None:
    """The same event in two rows, of events with a day."""
    names = ("person", "kpi", "date", "fact")
    people, kpis, dates, facts = ([None if blank(v) else v for v in column_of(events, name)] for name in names)
    read = [parse_date(day) for day in dates]
    for person, day, each in zip(people, dates, read, strict=True):
        if each.problem and each.value is None and person in places:
            wrong.add(places[person], problem(each.problem, table="events", column="date", value=day))
    days = [each.value or day for each, day in zip(read, dates, strict=True)]
    for row, first in events_repeated(people, kpis, days, facts):
        person, kpi = people[row], kpis[row]
        if person in places:
            said: dict[str, Any] = {"first": Text(f"第 {first + 1} 行", f"row {first + 1}"), "date": days[row]}
            about = problem("event_repeated", value=days[row], person=str(person), kpi=str(kpi), **said)
            wrong.add(places[person], about)


def _rows(method: Factor, policy: Policy, effect: str, name: str = "") -> Bools:
    """The rows whose method works on `effect`, or is the one of that name."""
    book = RuleBook(policy)
    known = [book.find(each) for each in method.values]
    fits = [m is not None and (m.name == name if name else m.effect == effect) for m in known]
    chosen: Bools = np.array([*fits, False])[method.codes]
    return chosen
