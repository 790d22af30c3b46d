"""The value tree: formulas that cannot be read, circles, divisions by zero, drivers without figures, units that do not
fit."""

from __future__ import annotations

from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Tables
from perfxl.core.table_access import rows_of
from perfxl.core.value_tree import read_trees


def check_value_tree(tables: Tables, policy: Policy) -> list[Problem]:
    """What is wrong with the sheet of the value tree."""
    return read_trees(rows_of(tables, "value_tree"))[1]
