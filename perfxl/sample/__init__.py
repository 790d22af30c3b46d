"""A believable sample program, made up from a seed: a telecom operator's year 2025 with every table filled.

It is clean save for what a demonstration should find: the marketing company's agreed weights differ from the derived
ones by five points twice (the worked contract), and the strategy department's weights of 4, 6, 8 and 12 on thirteen
KPIs are no multiples of the step and more KPIs than the policy wants (the functional example). Some actuals are
pending, not applicable or zero, some people changed post in mid-year, and two hold one contract.
"""

from __future__ import annotations

from random import Random

from perfxl.core.records import Records
from perfxl.sample import contracts, design, follow_up, organisation
from perfxl.sample.builder import TableBuilder

__all__ = ["program"]

_LEAST_PEOPLE = 12  # the heads of the departments and somebody to lead


def program(people: int = 120, seed: int = 2025, lang: str = "zh") -> dict[str, Records]:
    """Makes every table of a program for so many people (12 or more), in the order of the schema. The same seed gives
    the same program; the cost grows with the number of people."""
    rng, tables = Random(seed), TableBuilder()
    company = organisation.build(max(people, _LEAST_PEOPLE), rng, lang)
    design.write(tables, company, rng, lang)
    contracts.write(tables, company, rng, lang)
    follow_up.write(tables, company, rng, lang)
    return tables.records(lang)
