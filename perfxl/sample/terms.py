"""Who signs which contract, from when to when: one a person and post, two for those who changed post in mid-year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from perfxl.sample.data.kpis import KPIS, Kpi
from perfxl.sample.data.posts import PROFILES, Line, Profile
from perfxl.sample.organisation import Organisation, Person, Unit

YEAR_START, YEAR_END = date(2025, 1, 1), date(2025, 12, 31)
CHANGE = date(2025, 7, 1)

# Every so many of a profile, the one at this place, came from the other profile in mid-year.
_CHANGERS = {"agent": ("engineer", 60, 7), "engineer": ("agent", 60, 11)}


class Period(NamedTuple):
    label: str
    end: date


@dataclass(slots=True)
class Term:
    """One contract."""

    id: str
    holder: Person
    profile: Profile
    unit: Unit
    issuer: Person
    start: date
    end: date
    second: Person | None = None

    @property
    def current(self) -> bool:
        """Whether this is the post that the holder has today."""
        return self.end == YEAR_END

    def lines(self) -> Iterator[tuple[Line, Kpi]]:
        return ((line, KPIS[line.kpi]) for line in self.profile.lines)

    def periods(self, kpi: Kpi) -> tuple[Period, ...]:
        return periods(kpi.period, self.start, self.end)


def terms(organisation: Organisation) -> Iterator[Term]:
    """Every contract, superiors' first."""
    former = {profile: organisation.of(profile) for profile in _CHANGERS}
    for person in organisation.people:
        issuer = person.superior
        if person.deputy or issuer is None:
            continue
        id = f"HT2025-{person.id[1:]}"
        profile = PROFILES[person.profile]
        second = next((report for report in person.reports if report.deputy), None)
        before = _before(person, former)
        start = CHANGE if before else YEAR_START
        if before and before.superior:
            yield Term(
                f"{id}A",
                person,
                PROFILES[before.profile],
                before.unit,
                before.superior,
                YEAR_START,
                CHANGE - timedelta(days=1),
            )
        yield Term(f"{id}B" if before else id, person, profile, person.unit, issuer, start, YEAR_END, second)


def _before(person: Person, former: dict[str, list[Person]]) -> Person | None:
    """Somebody at the post that a person who changed held before."""
    if person.profile not in _CHANGERS:
        return None
    profile, every, place = _CHANGERS[person.profile]
    if person.turn % every != place or not former[profile]:
        return None
    return former[profile][person.turn % len(former[profile])]


_MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_LABELS = {"month": "2025-{:02d}", "quarter": "2025Q{}", "half": "2025H{}", "year": "2025"}


@cache
def periods(kind: str, start: date, end: date) -> tuple[Period, ...]:
    """The periods of 2025 that end within a contract's validity."""
    months = _MONTHS[kind]
    ends = [date(2025 + last // 12, last % 12 + 1, 1) - timedelta(days=1) for last in range(months, 13, months)]
    found = (Period(_LABELS[kind].format(i), at) for i, at in enumerate(ends, 1))
    return tuple(period for period in found if start <= period.end <= end)
