"""What the cascade book shows of a program's design: each target against SMART, and the screened library."""

from __future__ import annotations

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


class Review(NamedTuple):
    """`targets` in the order of the contract lines, `screened` in that of the library."""

    targets: tuple[ReviewedTarget, ...]
    screened: tuple[Screened, ...]


def review(tables: Tables, policy: Policy) -> Review:
    """Judges the targets and screens the library; what is wrong with either is among the checks of the program."""
    names, contracts, lines, kpis = (
        Names.of(tables),
        contracts_of(tables),
        rows_of(tables, "contract_lines"),
        rows_of(tables, "kpis"),
    )
    cards, targets = first_rows(kpis, "kpi"), []
    for line in Smart(tables, policy).judge():
        assert lines is not None and kpis is not None
        contract = contracts.get(line.contract)
        holders = (
            "、".join(names.people[person] for person in contract.holders) if contract else str(line.contract or "")
        )
        targets.append(
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
    return Review(tuple(targets), tuple(screen(tables, policy)))
