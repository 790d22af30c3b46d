"""What happens with contracts during and after the year: events and marks; plans, coaching, interviews, improvements,
appeals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from perfxl.core.language import Text
from perfxl.sample import material
from perfxl.sample.builder import TableBuilder
from perfxl.sample.contracts import YEAR_START, list_terms
from perfxl.sample.organisation import Organisation, Person

_CHANCE = {"deduct": 0.05, "bonus": 0.1}
# Happens in every sample: Strategy over budget.
_CERTAIN = ("strategy_head", "X05")
# The one veto: the engineer who is the so many-th.
_VETO = ("engineer", 5, "V01")


def _write_events(tables: TableBuilder, organisation: Organisation, rng: Random, lang: str) -> None:
    for term in list_terms(organisation):
        holder, days = term.holder, (term.end - term.start).days
        for _, kpi in term.lines():
            if kpi.id not in material.EVENTS:
                continue
            vetoed = (holder.post, holder.turn, kpi.id) == _VETO and term.current
            certain = (holder.post, kpi.id) == _CERTAIN or vetoed
            if not certain and rng.random() >= _CHANCE.get(kpi.method, 0.0):
                continue
            fact, source = material.EVENTS[kpi.id]
            tables.add(
                "events",
                holder=holder.id,
                kpi=kpi.id,
                kind=kpi.method,
                date=term.start + timedelta(days=rng.randrange(days)),
                count=2.0 if kpi.id == "X05" else 1.0,
                fact=fact(lang),
                source=source(lang),
            )


# Every so many without reports is rated too; all who lead are.
_RATED = 12
# Raters who show what diagnostics should find: marks that hardly differ, and one mark for everything.
_CENTRAL, _HALO = 17, 29


def _write_marks(tables: TableBuilder, organisation: Organisation, rng: Random, lang: str) -> None:
    places = {person.id: place for place, person in enumerate(organisation.people)}
    leniency = [rng.gauss(0, 3) for _ in organisation.people]
    day = date(YEAR_START.year, 12, 15)
    dimensions = [dimension(lang) for dimension in material.choices("dimensions")]
    high, low = (material.by_name("comments")[name](lang) for name in ("high", "low"))
    for ratee in organisation.people:
        if ratee.superior is None or not (ratee.leads or places[ratee.id] % _RATED == 0):
            continue
        true = [min(97.0, max(55.0, ratee.level - 4 + rng.gauss(0, 4))) for _ in dimensions]
        for relation, rater in _raters(ratee, rng):
            place = places[rater.id]
            marks = _marks(true, leniency[place] + (4 if relation == "self" else 0), place, rng)
            tables.add_rows(
                "marks",
                len(marks),
                rater=rater.id,
                ratee=ratee.id,
                relation=relation,
                dimension=dimensions,
                mark=marks,
                comment=[high if mark >= 96 else low if mark < 66 else None for mark in marks],
                date=day - timedelta(days=place % 12),
            )


def _marks(true: list[float], leniency: float, place: int, rng: Random) -> list[float]:
    """A rater's marks: the true levels as this rater sees them."""
    marks = [level + leniency + rng.gauss(0, 3) for level in true]
    if place % 40 == _CENTRAL:
        marks = [80 + (mark - 80) * 0.1 for mark in marks]
    elif place % 40 == _HALO:
        marks = [sum(marks) / len(marks)] * len(marks)
    return [float(round(min(100.0, max(40.0, mark)))) for mark in marks]


def _raters(ratee: Person, rng: Random) -> Iterator[tuple[str, Person]]:
    """Oneself, the superior, and up to four peers and subordinates each."""
    superior = ratee.superior
    assert superior is not None
    yield "self", ratee
    yield "superior", superior
    peers = [person for person in superior.reports[:40] if person is not ratee]
    for relation, group in (("peer", peers), ("subordinate", ratee.reports[:40])):
        for rater in rng.sample(group, min(4, len(group))):
            yield relation, rater


# Below this average a person gets an improvement plan.
_WEAK = 80.0
_DECISIONS = ("changed", "upheld", "open")


def write(tables: TableBuilder, organisation: Organisation, rng: Random, lang: str) -> None:
    """Fills events and marks, then plans, coaching, interviews, improvements and appeals."""
    _write_events(tables, organisation, rng, lang)
    _write_marks(tables, organisation, rng, lang)
    writer = _Writer(tables, rng, lang)
    staff = 0
    for person in organisation.people:
        if not person.gone or person.superior is None:
            continue
        first = not person.reports and staff == 0
        if person.leads or staff % 3 == 0:
            writer.plans(person)
        if person.leads or staff % 4 == 1 or first:
            writer.coaching(person, person.superior)
            writer.interview(person, person.superior)
        if person.level < _WEAK or first:
            writer.improvement(person, person.superior)
        if staff % 45 == 13 or first:
            writer.appeal(person)
        staff += not person.reports


class _Writer:
    def __init__(self, tables: TableBuilder, rng: Random, lang: str) -> None:
        self.tables, self.rng, self.lang = tables, rng, lang
        self.appeals = 0

    def text(self, choices: Sequence[Text], kpi: str) -> str:
        return self.rng.choice(choices)(self.lang).format(kpi=material.KPIS[kpi].name(self.lang))

    def draw(self, phrases: str, kpi: str) -> str:
        return self.text(material.choices(phrases), kpi)

    def plans(self, person: Person) -> None:
        for _, kpi in sorted(person.gone)[: 2 if person.leads else 1]:
            start = date(2025, 1, 6) + timedelta(days=self.rng.randrange(120))
            late = self.rng.random()
            self.tables.add(
                "plans",
                holder=person.id,
                kpi=kpi,
                action=self.draw("actions", kpi),
                start=start,
                end=min(date(2025, 12, 31), start + timedelta(days=self.rng.randrange(60, 200))),
                resources=self.draw("resources", kpi),
                status="late" if late < 0.06 else "stopped" if late < 0.09 else "done",
            )

    def coaching(self, person: Person, superior: Person) -> None:
        for month in self.rng.sample(range(2, 13), 2 if person.leads else 1):
            _, kpi = min(person.gone) if self.rng.random() < 0.6 else self.rng.choice(person.gone)
            situation, cause, advice, follow_up = (
                self.text((text,), kpi) for text in self.rng.choice(material.COACHING)
            )
            self.tables.add(
                "coaching",
                holder=person.id,
                coach=superior.id,
                date=_weekday(date(2025, month, self.rng.randrange(3, 27))),
                kpi=kpi,
                situation=situation,
                cause=cause,
                advice=advice,
                follow_up=follow_up,
            )

    def interview(self, person: Person, superior: Person) -> None:
        (_, weakest), (_, strongest) = min(person.gone), max(person.gone)
        agreed, opinions = self.rng.random() < 0.92, material.choices("opinions")
        self.tables.add(
            "interviews",
            holder=person.id,
            interviewer=superior.id,
            date=_weekday(date(2026, 1, 12) + timedelta(days=self.rng.randrange(12))),
            place=self.draw("places", weakest),
            self_assessment=self.draw("self_assessments", strongest),
            affirmed=self.draw("affirmed", strongest),
            shortfalls=self.draw("shortfalls", weakest),
            causes=self.draw("causes", weakest),
            next_targets=self.draw("next_targets", weakest),
            support=self.draw("support", weakest),
            agreed=agreed,
            opinion=self.text(opinions[:2] if agreed else opinions[2:], weakest),
        )

    def improvement(self, person: Person, superior: Person) -> None:
        _, kpi = min(person.gone)
        due = date(2026, 3, 31)
        self.tables.add(
            "improvements",
            holder=person.id,
            kpi=kpi,
            gap=self.draw("gaps", kpi),
            cause=self.draw("causes", kpi),
            action=self.draw("improvements", kpi),
            owner=person.id,
            support=superior.name,
            due=due,
            measure=self.draw("measures", kpi),
            check_date=due + timedelta(days=10),
            status="running",
        )

    def appeal(self, person: Person) -> None:
        """Appeals end in turn: the result changed, upheld, still open."""
        points, kpi = min(item for item in person.gone if material.KPIS[item[1]].kind == "quantitative")
        decision = _DECISIONS[self.appeals % len(_DECISIONS)]
        reasons, evidence = material.choices("reasons"), material.choices("evidence")
        which = self.appeals % len(reasons)
        self.appeals += 1
        date_ = _weekday(date(2026, 1, 26) + timedelta(days=self.rng.randrange(4)))
        decided: dict[str, Any] = {}
        if decision != "open":
            decided = {"decided_by": material.text("appeals_group")(self.lang), "decided_on": date_ + timedelta(days=7)}
        if decision == "changed":
            decided["points"] = float(round(min(100.0, points + 10)))
        self.tables.add(
            "appeals",
            appeal=f"SS2025-{self.appeals:03d}",
            holder=person.id,
            kpi=kpi,
            date=date_,
            reason=self.text((reasons[which],), kpi),
            evidence=self.text((evidence[which],), kpi),
            finding=material.by_name("findings")[decision](self.lang),
            decision=decision,
            **decided,
        )


def _weekday(day: date) -> date:
    """The day itself, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))
