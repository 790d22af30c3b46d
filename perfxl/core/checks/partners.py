"""Rows that lead to a table which the workbook does not hold or nobody has filled in: read, and used for nothing; and
programs that nobody has filled in at all."""

from __future__ import annotations

from collections.abc import Iterator

from perfxl.core.language import join_texts
from perfxl.core.policy import Policy
from perfxl.core.problems import Address, Problem, problem
from perfxl.core.records import Records, Tables
from perfxl.core.schema import Type
from perfxl.core.table_access import lines_by_holder, rows_of, table_text

# Tables without which a row that must name one of theirs says nothing of anybody.
_PARTNERS = ("contracts", "kpis", "people")
# Rows that count by way of somebody's contract lines, although they name only a person or a contract.
_BY_LINES = ("phasing", "actuals", "events")
_SHOWN = 3


def check_partners(tables: Tables, policy: Policy) -> list[Problem]:
    """One problem for each table whose rows find no partner, for everybody whom they might be about."""
    return [about for records in tables.values() if len(records) for about in _without_partner(tables, records)]


def check_empty(tables: Tables, policy: Policy) -> list[Problem]:
    """A program without people, KPIs and contracts, which has nothing to find fault with; one that begins with its
    objectives or a value tree has."""
    sheets = [tables[name] for name in _FILLED_FIRST if name in tables]
    if not sheets or any(len(tables[name]) for name in (*_FILLED_FIRST, *_DESIGNED_FIRST) if name in tables):
        return []
    return [problem("program_empty", Address(sheets[0].file), first=join_texts(r.table.text for r in sheets[:2]))]


# In the order in which they are filled in.
_FILLED_FIRST = ("people", "kpis", "contracts", "contract_lines", "contract_sheet")
_DESIGNED_FIRST = ("objectives", "value_tree")


def _without_partner(tables: Tables, records: Records) -> Iterator[Problem]:
    missing, rows, first = dict[str, None](), set[int](), ""
    for column in records.table.columns:
        target = column.ref.partition(".")[0]
        if column.type is not Type.REF or not column.required or target not in _PARTNERS:
            continue
        if rows_of(tables, target) is not None:
            continue
        values = records.columns.get(column.name, [])
        filled = [i for i, value in enumerate(values) if value is not None]
        if filled:
            missing[target] = None
            rows.update(filled)
            first = first or column.name
    if records.table.name in _BY_LINES and lines_by_holder(tables) is None:
        missing.update((name, None) for name in ("contracts", "contract_lines") if rows_of(tables, name) is None)
        rows.update(range(len(records)))
    if missing:
        cells = [records.address(i, first).cell for i in sorted(rows)[:_SHOWN]]
        yield problem(
            "rows_without_partner",
            Address(records.file, records.sheet),
            table=records.table.name,
            count=len(rows),
            missing=join_texts(table_text(name) for name in missing),
            cells="、".join(filter(None, cells)) + ("…" if len(rows) > _SHOWN else ""),
        )
