"""The sample program, put together table by table."""

from __future__ import annotations

from random import Random

from perfxl.core.records import Records
from perfxl.sample import contracts, follow_up, library, organisation, results, setup
from perfxl.sample.book import Book
from perfxl.sample.language import speaker

LEAST_PEOPLE = 12  # the heads of the departments and somebody to lead


def program(people: int = 120, seed: int = 2025, lang: str = "zh") -> dict[str, Records]:
    """Every table of a program for so many people (12 or more), in the order of the schema. The same seed gives the
    same program; the cost grows with the number of people."""
    rng, say, book = Random(seed), speaker(lang), Book()
    company = organisation.build(max(people, LEAST_PEOPLE), rng, say)
    setup.write(book, company, rng, say)
    library.write(book, company, say)
    contracts.write(book, company, rng, say)
    results.write_events(book, company, rng, say)
    results.write_marks(book, company, rng, say)
    follow_up.write(book, company, rng, say)
    return book.records(lang)
