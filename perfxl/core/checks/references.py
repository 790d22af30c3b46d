"""References between tables: every Type.REF column of the schema must name a row that exists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from perfxl.core.language import Text
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Records, Tables
from perfxl.core.schema import Column, Type
from perfxl.core.table_access import column_text, finding, rows_of, table_text
from perfxl.core.values.text import Nearest, fold_name


def check(book: Tables, policy: Policy) -> list[Problem]:
    """A table that is absent or still empty is not checked against: people start small."""
    return [
        found
        for records in book.values()
        for column in records.table.columns
        if column.type is Type.REF and column.name in records.columns
        for found in _column(book, records, column)
    ]


def _column(book: Tables, records: Records, column: Column) -> Iterator[Problem]:
    table, key = column.ref.split(".")
    target = rows_of(book, table)
    if target is None:
        return
    values = records.columns[column.name]
    unknown = set(values) - set(target.column(key)) - {None}
    if not unknown:
        return
    suggest = _Suggestions(target, key)
    sentences = {value: suggest(value) for value in unknown}
    names = {"target": table_text(table), "key": column_text(table, key)}
    for i, value in enumerate(values):
        if value in unknown:
            yield finding("reference_unknown", records, i, column.name, suggestion=sentences[value], **names)


class _Suggestions:
    """The key that was meant: the one of the row whose name was typed, or the nearest key."""

    def __init__(self, target: Records, key: str) -> None:
        keys = target.column(key)
        self._nearest = Nearest(value for value in keys if value is not None)
        self._by_name: dict[str, list[str]] = {}
        if "name" in target.columns:
            for value, name in zip(keys, target.columns["name"], strict=True):
                self._by_name.setdefault(fold_name(name or ""), []).append(value)

    def __call__(self, unknown: Any) -> Text:
        named = self._by_name.get(fold_name(unknown), [])
        if len(named) == 1:
            return Text(f"；“{unknown}”是名称，其编号为“{named[0]}”", f"; that is the name of “{named[0]}”")
        return self._nearest.sentence(unknown)
