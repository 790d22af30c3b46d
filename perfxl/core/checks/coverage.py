"""What of the superiors' KPIs nobody below carries, who carries all of it, and who nothing."""

from __future__ import annotations

from perfxl.core.cascade.coverage import cards_of, cover
from perfxl.core.cascade.tree import build_tree
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Tables
from perfxl.core.table_access import rows_of


def check_coverage(tables: Tables, policy: Policy) -> list[Problem]:
    """Of a program with a sheet of links: whether they reach everybody. Source: domain.md section 3."""
    if rows_of(tables, "links") is None:
        return []
    return cover(build_tree(tables), cards_of(tables))[1]
