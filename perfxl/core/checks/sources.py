"""The sheet Sources after HR corrected it: what was read before still counts, until it is read again."""

from __future__ import annotations

from perfxl.core.policy import Policy
from perfxl.core.problems import Problem, problem
from perfxl.core.records import Records, Tables
from perfxl.core.schema.sources import NOT_READ, TAKEN_FOR
from perfxl.core.table_access import rows_of

_NAMES = {choice.name: choice.text for choice in TAKEN_FOR}


def check_sources(tables: Tables, policy: Policy) -> list[Problem]:
    """The tables whose columns are taken for something else by now than they were read as, each once."""
    sources = rows_of(tables, "sources")
    if sources is None or "read_as" not in sources.columns:
        return []
    changed: dict[tuple[object, ...], list[int]] = {}
    columns = [sources.column(name) for name in ("file", "sheet", "range")]
    for i in range(len(sources)):
        if _is_changed(sources, i):
            changed.setdefault(tuple(column[i] for column in columns), []).append(i)
    return [_tell(sources, rows) for rows in changed.values()]


def _is_changed(sources: Records, i: int) -> bool:
    now, then = sources.column("taken_for")[i], sources.column("read_as")[i]
    if sources.column("kind")[i] == "none":
        now = NOT_READ
    return (now or NOT_READ) != (then or NOT_READ)


def _tell(sources: Records, rows: list[int]) -> Problem:
    first = rows[0]
    then = _NAMES.get(sources.column("read_as")[first] or NOT_READ)
    details = {"value": sources.column("header")[first], "then": then, "count": len(rows)}
    address = sources.address(first, "taken_for")
    return problem("source_changed", address, table="sources", column="taken_for", **details)
