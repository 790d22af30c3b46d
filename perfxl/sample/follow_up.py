"""What the sample's people plan, discuss and improve: plans, coaching, interviews, improvements, appeals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from perfxl.sample.book import Book
from perfxl.sample.data import phrases
from perfxl.sample.data.kpi_texts import NAMES
from perfxl.sample.data.kpis import KPIS
from perfxl.sample.language import Pair, Say
from perfxl.sample.organisation import Organisation, Person

# Below this average a person gets an improvement plan.
_WEAK = 80.0
_DECISIONS = ("changed", "upheld", "open")


def write(book: Book, organisation: Organisation, rng: Random, say: Say) -> None:
    """Fills plans, coaching, interviews, improvements and appeals."""
    writer = _Writer(book, rng, say)
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
    def __init__(self, book: Book, rng: Random, say: Say) -> None:
        self.book, self.rng, self.say = book, rng, say
        self.appeals = 0

    def text(self, choices: Sequence[Pair], kpi: str) -> str:
        return self.say(self.rng.choice(choices)).format(kpi=self.say(NAMES[kpi]))

    def plans(self, person: Person) -> None:
        for _, kpi in sorted(person.gone)[: 2 if person.leads else 1]:
            start = date(2025, 1, 6) + timedelta(days=self.rng.randrange(120))
            late = self.rng.random()
            self.book.add(
                "plans",
                holder=person.id,
                kpi=kpi,
                action=self.text(phrases.ACTIONS, kpi),
                start=start,
                end=min(date(2025, 12, 31), start + timedelta(days=self.rng.randrange(60, 200))),
                resources=self.text(phrases.RESOURCES, kpi),
                status="late" if late < 0.06 else "stopped" if late < 0.09 else "done",
            )

    def coaching(self, person: Person, superior: Person) -> None:
        for month in self.rng.sample(range(2, 13), 2 if person.leads else 1):
            _, kpi = min(person.gone) if self.rng.random() < 0.6 else self.rng.choice(person.gone)
            situation, cause, advice, follow_up = (
                self.text((text,), kpi) for text in self.rng.choice(phrases.COACHING)
            )
            self.book.add(
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
        agreed = self.rng.random() < 0.92
        self.book.add(
            "interviews",
            holder=person.id,
            interviewer=superior.id,
            date=_weekday(date(2026, 1, 12) + timedelta(days=self.rng.randrange(12))),
            place=self.text(phrases.PLACES, weakest),
            self_assessment=self.text(phrases.SELF_ASSESSMENTS, strongest),
            affirmed=self.text(phrases.AFFIRMED, strongest),
            shortfalls=self.text(phrases.SHORTFALLS, weakest),
            causes=self.text(phrases.CAUSES, weakest),
            next_targets=self.text(phrases.NEXT_TARGETS, weakest),
            support=self.text(phrases.SUPPORT, weakest),
            agreed=agreed,
            opinion=self.text(phrases.OPINIONS[:2] if agreed else phrases.OPINIONS[2:], weakest),
        )

    def improvement(self, person: Person, superior: Person) -> None:
        _, kpi = min(person.gone)
        due = date(2026, 3, 31)
        self.book.add(
            "improvements",
            holder=person.id,
            kpi=kpi,
            gap=self.text(phrases.GAPS, kpi),
            cause=self.text(phrases.CAUSES, kpi),
            action=self.text(phrases.IMPROVEMENTS, kpi),
            owner=person.id,
            support=superior.name,
            due=due,
            measure=self.text(phrases.MEASURES, kpi),
            check_date=due + timedelta(days=10),
            status="running",
        )

    def appeal(self, person: Person) -> None:
        """Appeals end in turn: the result changed, upheld, still open."""
        points, kpi = min(item for item in person.gone if KPIS[item[1]].kind == "quantitative")
        decision = _DECISIONS[self.appeals % len(_DECISIONS)]
        which = self.appeals % len(phrases.REASONS)
        self.appeals += 1
        date_ = _weekday(date(2026, 1, 26) + timedelta(days=self.rng.randrange(4)))
        decided: dict[str, Any] = {}
        if decision != "open":
            decided = {"decided_by": self.say(phrases.GROUP), "decided_on": date_ + timedelta(days=7)}
        if decision == "changed":
            decided["points"] = float(round(min(100.0, points + 10)))
        self.book.add(
            "appeals",
            appeal=f"SS2025-{self.appeals:03d}",
            holder=person.id,
            kpi=kpi,
            date=date_,
            reason=self.text((phrases.REASONS[which],), kpi),
            evidence=self.text((phrases.EVIDENCE[which],), kpi),
            finding=self.say(phrases.FINDINGS[decision]),
            decision=decision,
            **decided,
        )


def _weekday(day: date) -> date:
    """The day itself, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))
