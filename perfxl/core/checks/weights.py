"""Weights: each contract's lines against the rules of core/weights/checks, with the cell of every finding."""

from __future__ import annotations

from collections.abc import Iterator

from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Tables
from perfxl.core.table_access import columns_of, labels, rows_of
from perfxl.core.weights.checks import check as check_weights
from perfxl.core.weights.checks import judge_ratings
from perfxl.core.weights.program import addressed, contract_tables, financial_range
from perfxl.core.weights.rules import Candidate, WeightRules

_RATINGS = ("impact", "controllability", "measurability")


def check(book: Tables, policy: Policy) -> list[Problem]:
    rules = WeightRules.of(policy)
    return [*_ratings(book, rules), *_contracts(book, policy, rules)]


def _ratings(book: Tables, rules: WeightRules) -> Iterator[Problem]:
    """Ratings off the scale, or some of the three without the others; with none at all there is nothing to derive."""
    kpis, names = rows_of(book, "kpis"), labels(book, "kpis")
    if kpis is None:
        return
    rows, candidates = [], []
    for i, kpi, kind, verdict, *ratings in columns_of(kpis, "kpi", "kind", "verdict", *_RATINGS):
        if verdict not in ("drop", "monitor") and any(rating is not None for rating in ratings):
            rows.append(i)
            impact, controllability, measurability = ratings
            made = Candidate(names[kpi], "", impact, controllability, measurability, kind or "quantitative")
            candidates.append(made)
    for found in judge_ratings(candidates, rules)[1]:
        yield found.at(kpis.address(rows[found.details["index"]], found.column))


def _contracts(book: Tables, policy: Policy, rules: WeightRules) -> list[Problem]:
    """A sheet without a column of weights has none to judge."""
    lines = rows_of(book, "contract_lines")
    if lines is None or "weight" not in lines.columns:
        return []
    derived = lines.column("derived_weight")
    problems: list[Problem] = []
    # A program signs few different sets of weights: what was found right once need not be judged again.
    right: set[tuple[object, ...]] = set()
    for table in contract_tables(book, policy):
        own = [derived[i] for i in table.rows]
        weights = (tuple(table.shares.items()), *(each[1:] for each in table.candidates), *own)
        if weights in right:
            continue
        found = check_weights(
            table.candidates,
            rules,
            category_weights={category: s.weight for category, s in table.shares.items()} or None,
            derived=own,
            financial_range=financial_range(table.shares),
        )
        if not found:
            right.add(weights)
        problems += [addressed(each, lines, table) for each in found]
    return problems
