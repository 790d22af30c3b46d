"""Which company KPIs are carried by whom: the links from superior to subordinate, from the root unit down."""

from __future__ import annotations

from typing import NamedTuple

from perfxl.core.findings import columns_of, rows_of
from perfxl.core.lookups import labels
from perfxl.core.problems import Problem
from perfxl.core.records import Book


class Carrier(NamedTuple):
    """One link: a subordinate's KPI that carries the superior's; share in percent points where it is shared."""

    kpi: str
    owner: str
    mode: str
    share: float | None
    responsibility: str | None
    row: int


class CompanyKpi(NamedTuple):
    """A KPI held by the head of the root unit, and the links that carry it one level down."""

    kpi: str
    owner: str
    carriers: tuple[Carrier, ...]


class Cascade(NamedTuple):
    """kpis are the company's; labels give the words for people, KPIs and units."""

    kpis: tuple[CompanyKpi, ...]
    people: dict[str, str]
    names: dict[str, str]
    units: dict[str, str]

    @property
    def carried(self) -> int:
        return sum(1 for kpi in self.kpis if kpi.carriers)


def cascade(book: Book) -> tuple[Cascade, list[Problem]]:
    """The company's KPIs with their carriers. Gaps in the cascade are among the checks of the program."""
    carriers: dict[tuple[str, str], list[Carrier]] = {}
    links = rows_of(book, "links")
    columns = ("kpi", "owner", "sub_kpi", "sub_owner", "mode", "share", "responsibility")
    for row, kpi, owner, sub_kpi, sub_owner, mode, share, role in columns_of(links, *columns) if links else ():
        carriers.setdefault((kpi, owner), []).append(Carrier(sub_kpi, sub_owner, mode, share, role, row))
    kpis = [CompanyKpi(kpi, head, tuple(carriers.get((kpi, head), ()))) for kpi, head in _company_kpis(book)]
    return Cascade(tuple(kpis), labels(book, "people"), labels(book, "kpis"), _units_of_people(book)), []


def _company_kpis(book: Book) -> list[tuple[str, str]]:
    """(KPI, head) of the contracts that the head of the root unit holds."""
    units, contracts, lines = (rows_of(book, name) for name in ("units", "contracts", "contract_lines"))
    if units is None or contracts is None or lines is None:
        return []
    heads = {head for _, head, parent in columns_of(units, "head", "parent") if head and parent is None}
    held = {number: holder for _, number, holder in columns_of(contracts, "contract", "holder") if holder in heads}
    return [(kpi, held[contract]) for _, contract, kpi in columns_of(lines, "contract", "kpi") if contract in held]


def _units_of_people(book: Book) -> dict[str, str]:
    people, units = rows_of(book, "people"), labels(book, "units")
    return {person: units[unit] for _, person, unit in columns_of(people, "person", "unit")} if people else {}
