"""The sample's set-up tables: policy, grades, category weights, holidays, units and people."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from perfxl.core.policy import DEFAULT_BANDS, SETTINGS
from perfxl.sample.book import Book
from perfxl.sample.data import calendar, names, phrases
from perfxl.sample.data.posts import POST_TYPES, PROFILES
from perfxl.sample.language import Say
from perfxl.sample.organisation import Organisation
from perfxl.sample.terms import YEAR_END, YEAR_START


def write(book: Book, organisation: Organisation, rng: Random, say: Say) -> None:
    """Fills policy, grade_bands, category_weights, holidays, units and people."""
    _policy(book, say)
    for band in DEFAULT_BANDS:
        meaning = say(phrases.BANDS[band.grade])
        book.add(
            "grade_bands", grade=band.grade, lower=max(0.0, band.lower), coefficient=band.coefficient, meaning=meaning
        )
    for name, categories in POST_TYPES.values():
        for category, (weight, lower, upper) in categories.items():
            book.add(
                "category_weights",
                post_type=say(name),
                category=category,
                weight=float(weight),
                lower=float(lower),
                upper=float(upper),
            )
    for day, kind, holiday in calendar.DAYS_2025:
        book.add("holidays", date=date.fromisoformat(f"2025-{day}"), kind=kind, name=say(holiday))
    for unit in organisation.units:
        grade = next(grade for least, grade in _UNIT_GRADES if unit.level >= least) if unit.parent else None
        book.add("units", unit=unit.id, name=unit.name, parent=unit.parent, head=unit.head, grade=grade)
    _people(book, organisation, rng, say)


_UNIT_GRADES = ((2.0, "A"), (-1.5, "B"), (-99.0, "C"))


def _policy(book: Book, say: Say) -> None:
    """Only what this company sets for itself; the rest are the defaults."""
    set_here: dict[str, Any] = {
        "company": say(names.COMPANY),
        "program": say(phrases.PROGRAM),
        "period_start": YEAR_START,
        "period_end": YEAR_END,
        "as_of": YEAR_END,
        "weight_min": 4.0,
    }
    reasons = {"weight_min": phrases.LEAST_WEIGHT}
    for setting in SETTINGS:
        if setting.name in set_here:
            book.add(
                "policy",
                key=say((setting.zh, setting.en)),
                value=set_here[setting.name],
                unit=setting.unit or None,
                help=say(reasons.get(setting.name, (setting.zh_help, setting.en_help))),
            )


def _people(book: Book, organisation: Organisation, rng: Random, say: Say) -> None:
    for person in organisation.people:
        profile = PROFILES[person.profile]
        second = next((report for report in person.reports if report.deputy), None)
        book.add(
            "people",
            person=person.id,
            name=person.name,
            unit=person.unit.id,
            post=say(phrases.DEPUTY_POST if person.deputy else profile.post),
            post_type=say(POST_TYPES[profile.post_type][0]),
            superior=person.superior.id if person.superior else None,
            second_holder=second.id if second else None,
            start=YEAR_START - timedelta(days=int(365 * rng.uniform(1, 25))),
            email=person.email,
        )
