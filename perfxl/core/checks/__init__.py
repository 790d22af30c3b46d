"""The checks of a program: tables in, problems out, one subject per module."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from perfxl.core.checks.agreements import check_amendments, check_negotiations
from perfxl.core.checks.cascade import (
    check_collective,
    check_coverage,
    check_owners,
    check_screening,
    check_smart,
    check_value_tree,
)
from perfxl.core.checks.categories import check_categories
from perfxl.core.checks.contracts import check_contracts, check_dates
from perfxl.core.checks.design import check_design
from perfxl.core.checks.lines import check_lines
from perfxl.core.checks.links import check_divided, check_links
from perfxl.core.checks.marks import check_marks
from perfxl.core.checks.methods import check_methods
from perfxl.core.checks.multiples import check_multiples
from perfxl.core.checks.partners import check_empty, check_partners
from perfxl.core.checks.percents import check_percents
from perfxl.core.checks.results import check_actuals, check_events
from perfxl.core.checks.shown_totals import check_shown_totals
from perfxl.core.checks.sources import check_sources
from perfxl.core.checks.structure import check_duplicates, check_references, check_trees
from perfxl.core.checks.weights import check_conservation, check_weights
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Tables
from perfxl.core.table_access import let_go, lookups_kept

Check = Callable[[Tables, Policy], list[Problem]]
DoAll = Callable[[int, Callable[[int], list[Problem]]], Sequence[list[Problem]]]

CHECKS: tuple[Check, ...] = (
    check_duplicates,
    check_references,
    check_partners,
    check_empty,
    check_trees,
    check_links,
    check_divided,
    check_coverage,
    check_design,
    check_smart,
    check_screening,
    check_categories,
    check_collective,
    check_value_tree,
    check_methods,
    check_dates,
    check_contracts,
    check_negotiations,
    check_amendments,
    check_lines,
    check_percents,
    check_multiples,
    check_weights,
    check_owners,
    check_actuals,
    check_events,
    check_marks,
    check_conservation,
    check_sources,
    check_shown_totals,
)


def _one_by_one(count: int, run: Callable[[int], list[Problem]]) -> list[list[Problem]]:
    return [run(i) for i in range(count)]


def run_checks(tables: Tables, policy: Policy, do_all: DoAll = _one_by_one) -> list[Problem]:
    """Everything that is wrong between the tables. Single cells are judged by whoever reads them, the policy's own
    sheets by core/policy_reading.

    do_all  makes the results of so many checks from what makes each, as several processes do
    """
    with lookups_kept() as here:

        def run(i: int) -> list[Problem]:
            check = _ORDER[i]
            found = check(tables, policy)
            if check in _LAST_OF and here:
                let_go(_LAST_OF[check])
            return found

        found = dict(zip(_ORDER, do_all(len(_ORDER), run), strict=True))
    return [problem for check in CHECKS for problem in found[check]]


# What the cascade's checks look up takes as much room as the tables: one after the other, and before all else. Then
# what takes longest, so that of two processes none waits for the other; reports last, for scoring looks them up first.
_CASCADE = (check_coverage, check_links, check_divided)
_LONGEST = (check_owners, check_weights, check_lines, check_trees, check_actuals, check_smart, check_percents)
_ORDER = tuple(dict.fromkeys((*_CASCADE, *_LONGEST, *CHECKS)))
_LAST_OF: dict[Check, str] = {
    check_coverage: "perfxl.core.cascade.tree",
    check_divided: "perfxl.core.cascade.targets",
}
"""The last check that asks for what a module looks up."""
