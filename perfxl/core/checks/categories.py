"""Categories that the company's own list does not hold."""

from __future__ import annotations

from perfxl.core.language import LANGUAGES, Text
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Tables
from perfxl.core.table_access import problem_at, rows_of

_HELD = (("category_weights", "category"), ("kpis", "category"), ("contract_lines", "aspect"))


def check_categories(tables: Tables, policy: Policy) -> list[Problem]:
    """Of a company with a list of its own. Without one the reader names words that are none of the usual."""
    if not policy.categories.own:
        return []
    known = {choice.name for choice in policy.categories.choices}
    allowed = Text(*("、".join(c.label(lang) for c in policy.categories.choices) for lang in LANGUAGES))
    found = []
    for table, column in _HELD:
        records = rows_of(tables, table)
        values = records.columns.get(column, ()) if records else ()
        if not records or not set(values) - known - {None}:
            continue
        found += [
            problem_at("category_unknown", records, i, column, allowed=allowed)
            for i, value in enumerate(values)
            if value is not None and value not in known
        ]
    return found
