"""Conservation: no row without effect. What stands in the workbook but in no result is named."""

from __future__ import annotations

from collections.abc import Iterator

from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Tables
from perfxl.core.table_access import columns_of, finding, first_rows, labels, lines_by_holder, rows_of

# Table, its name column, and the KPI library's column that would name it.
_NAMED_BY_KPIS = (("step_tables", "table", "steps"), ("grade_tables", "scale", "scale"))
_LINK_ENDS = (("kpi", "owner"), ("sub_kpi", "sub_owner"))


def check(book: Tables, policy: Policy) -> list[Problem]:
    return [*_unused_kpis(book), *_unused_tables(book), *_stray_phasing(book), *_stray_links(book)]


def _unused_kpis(book: Tables) -> Iterator[Problem]:
    kpis, lines = rows_of(book, "kpis"), rows_of(book, "contract_lines")
    if kpis is None or lines is None:
        return
    used, names = set(lines.column("kpi")), labels(book, "kpis")
    for i, kpi, verdict in columns_of(kpis, "kpi", "verdict"):
        if kpi is not None and kpi not in used and verdict != "drop":
            yield finding("kpi_unused", kpis, i, "kpi", kpi=names[kpi])


def _unused_tables(book: Tables) -> Iterator[Problem]:
    kpis = rows_of(book, "kpis")
    if kpis is None:
        return
    for table, column, by in _NAMED_BY_KPIS:
        records, used = rows_of(book, table), set(kpis.column(by))
        if records is None:
            continue
        for name, i in first_rows(records, column).items():
            if name is not None and name not in used:
                yield finding("scale_unused", records, i, column)


def _stray_phasing(book: Tables) -> Iterator[Problem]:
    phasing, lines = rows_of(book, "phasing"), rows_of(book, "contract_lines")
    if phasing is None or lines is None:
        return
    agreed = set(zip(lines.column("contract"), lines.column("kpi"), strict=True))
    names = labels(book, "kpis")
    for i, contract, kpi in columns_of(phasing, "contract", "kpi"):
        if contract is not None and kpi is not None and (contract, kpi) not in agreed:
            yield finding("phasing_kpi_not_held", phasing, i, "kpi", contract=contract, kpi=names[kpi])


def _stray_links(book: Tables) -> Iterator[Problem]:
    links = rows_of(book, "links")
    if links is None:
        return
    held = lines_by_holder(book)
    if held is None:
        return
    people, kpis = labels(book, "people"), labels(book, "kpis")
    for kpi_column, owner_column in _LINK_ENDS:
        for i, kpi, owner in columns_of(links, kpi_column, owner_column):
            if kpi is not None and owner is not None and (owner, kpi) not in held:
                yield finding("link_kpi_not_held", links, i, kpi_column, person=people[owner], kpi=kpis[kpi])
