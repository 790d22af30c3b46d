"""Who answers for a KPI that several units carry: one main owner, with the larger weight."""

from __future__ import annotations

from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Tables
from perfxl.core.table_access import rows_of
from perfxl.core.weights.program import compare_units


def check_owners(tables: Tables, policy: Policy) -> list[Problem]:
    """What is unclear in the comparison across units (domain.md section 3); a table of lines alone has no units."""
    if rows_of(tables, "units") is None or rows_of(tables, "contract_lines") is None:
        return []
    return compare_units(tables, policy)[1]
