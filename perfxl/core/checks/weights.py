"""Weights: each contract's lines against the rules of core/weight_checks, with the cell of every finding."""

from __future__ import annotations

from perfxl.core.findings import rows_of
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Book
from perfxl.core.weighing import addressed, contract_tables, financial_range
from perfxl.core.weight_checks import check as check_weights
from perfxl.core.weight_rules import WeightRules


def check(book: Book, policy: Policy) -> list[Problem]:
    """A sheet without a column of weights has none to judge."""
    lines = rows_of(book, "contract_lines")
    if lines is None or "weight" not in lines.columns:
        return []
    rules, derived = WeightRules.of(policy), lines.column("derived_weight")
    problems: list[Problem] = []
    for table in contract_tables(book, policy):
        found = check_weights(
            table.candidates,
            rules,
            category_weights={category: s.weight for category, s in table.shares.items()} or None,
            derived=[derived[i] for i in table.rows],
            financial_range=financial_range(table.shares),
        )
        problems += [addressed(each, lines, table) for each in found]
    return problems
