"""What the cascade book shows of a program's design: each target against SMART, and the screened library."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from perfxl.core.cascade.screening import Screened, screen
from perfxl.core.cascade.smart import Smart
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Tables
from perfxl.core.table_access import Names, cell, contracts_of, first_rows, rows_of


class ReviewedTarget(NamedTuple):
    """A contract line with its holders, its target with the KPI's unit, and the letters that it fails."""

    holders: str
    kpi: Any
    name: str
    target: Any
    unit: str
    place: str
    fails: Mapping[str, Problem]


LISTED = 20_000
"""Of more targets only those that fail are listed, and of these not more than so many."""


class ReviewedTargets(NamedTuple):
    """How many targets were judged, how many fail, and at which letter; `listed` in the order of the contract lines."""

    judged: int
    failing: int
    by_letter: Mapping[str, int]
    listed: tuple[ReviewedTarget, ...]


class Review(NamedTuple):
    """`screened` in the order of the library."""

    targets: ReviewedTargets
    screened: tuple[Screened, ...]


def review(tables: Tables, policy: Policy) -> Review:
    """Judges the targets and screens the library; what is wrong with either is among the checks of the program."""
    return Review(_review_targets(tables, policy), tuple(screen(tables, policy)))


def _review_targets(tables: Tables, policy: Policy) -> ReviewedTargets:
    """Goes through all of them and keeps those that are listed: a company has a million."""
    names, contracts = Names.of(tables), contracts_of(tables)
    lines, kpis = rows_of(tables, "contract_lines"), rows_of(tables, "kpis")
    cards, listed = first_rows(kpis, "kpi"), list[ReviewedTarget]()
    count, failing, by_letter = 0, 0, Counter[str]()
    for line in Smart(tables, policy).judge():
        assert lines is not None and kpis is not None
        count, failing = count + 1, failing + bool(line.fails)
        by_letter.update(line.fails.keys())
        if count == LISTED + 1:
            listed = [target for target in listed if target.fails]
        if len(listed) == LISTED or (count > LISTED and not line.fails):
            continue
        contract = contracts.get(line.contract)
        holders = (
            "、".join(names.people[person] for person in contract.holders) if contract else str(line.contract or "")
        )
        listed.append(
            ReviewedTarget(
                holders,
                line.kpi,
                names.kpis[line.kpi],
                cell(lines, line.row, "target"),
                cell(kpis, cards[line.kpi], "unit") or "",
                lines.address(line.row, "target").place,
                line.fails,
            )
        )
    return ReviewedTargets(count, failing, by_letter, tuple(listed))
