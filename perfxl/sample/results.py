"""The sample's events and the marks that several raters gave."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from perfxl.sample.book import Book
from perfxl.sample.data import phrases
from perfxl.sample.language import Say
from perfxl.sample.organisation import Organisation, Person
from perfxl.sample.terms import YEAR_START, terms

_CHANCE = {"deduct": 0.05, "bonus": 0.1}
# Happens in every sample: Strategy over budget.
_CERTAIN = ("strategy_head", "X05")
# The one veto: the engineer who is the so many-th.
_VETO = ("engineer", 5, "V01")


def write_events(book: Book, organisation: Organisation, rng: Random, say: Say) -> None:
    for term in terms(organisation):
        holder, days = term.holder, (term.end - term.start).days
        for _, kpi in term.lines():
            if kpi.id not in phrases.EVENTS:
                continue
            vetoed = (holder.profile, holder.turn, kpi.id) == _VETO and term.current
            certain = (holder.profile, kpi.id) == _CERTAIN or vetoed
            if not certain and rng.random() >= _CHANCE.get(kpi.method, 0.0):
                continue
            fact, source = phrases.EVENTS[kpi.id]
            book.add(
                "events",
                holder=holder.id,
                kpi=kpi.id,
                kind=kpi.method,
                date=term.start + timedelta(days=rng.randrange(days)),
                count=2.0 if kpi.id == "X05" else 1.0,
                fact=say(fact),
                source=say(source),
            )


# Every so many without reports is rated too; all who lead are.
_RATED = 12
# Raters who show what diagnostics should find: marks that hardly differ, and one mark for everything.
_CENTRAL, _HALO = 17, 29


def write_marks(book: Book, organisation: Organisation, rng: Random, say: Say) -> None:
    places = {person.id: place for place, person in enumerate(organisation.people)}
    leniency = [rng.gauss(0, 3) for _ in organisation.people]
    day = date(YEAR_START.year, 12, 15)
    dimensions = [say(dimension) for dimension in phrases.DIMENSIONS]
    high, low = say(phrases.COMMENTS["high"]), say(phrases.COMMENTS["low"])
    for ratee in organisation.people:
        if ratee.superior is None or not (ratee.leads or places[ratee.id] % _RATED == 0):
            continue
        true = [min(97.0, max(55.0, ratee.level - 4 + rng.gauss(0, 4))) for _ in dimensions]
        for relation, rater in _raters(ratee, rng):
            place = places[rater.id]
            marks = _marks(true, leniency[place] + (4 if relation == "self" else 0), place, rng)
            book.add_rows(
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
