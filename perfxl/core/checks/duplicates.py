"""Duplicates: the key columns of a table identify its rows; and no two KPIs share a name."""

from __future__ import annotations

from collections.abc import Iterator

from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Records, Tables
from perfxl.core.table_access import columns_of, finding, place, rows_of
from perfxl.core.values.text import fold_name


def check(book: Tables, policy: Policy) -> list[Problem]:
    return [found for records in book.values() for found in _keys(records)] + list(_names(book))


def _keys(records: Records) -> Iterator[Problem]:
    key = records.table.key
    if not key or any(name not in records.columns for name in key):
        return
    columns = [records.columns[name] for name in key]
    if len(set(zip(*columns, strict=True))) == len(records):
        return
    seen: dict[tuple[object, ...], int] = {}
    for i, values in enumerate(zip(*columns, strict=True)):
        if None in values:
            continue
        first = seen.setdefault(values, i)
        if first != i:
            yield finding(
                "key_repeated",
                records,
                i,
                key[0],
                key=" / ".join(map(str, values)),
                first=place(records, first, key[0]),
            )


def _names(book: Tables) -> Iterator[Problem]:
    kpis = rows_of(book, "kpis")
    if kpis is None:
        return
    seen: dict[str, tuple[str, str]] = {}
    for i, kpi, name in columns_of(kpis, "kpi", "name"):
        if name is None:
            continue
        first, where = seen.setdefault(fold_name(name), (kpi, place(kpis, i, "name")))
        if first != kpi:
            yield finding("kpi_name_repeated", kpis, i, "name", kpi=kpi, other=first, first=where)
