"""The cascade in plain values, for --json: the matrix row by row, coverage, and the comparison of units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from perfxl.core.cascade.coverage import Coverage, Leader
from perfxl.core.cascade.targets import Follows
from perfxl.core.cascade.tree import CascadeTree, Step
from perfxl.core.weights.compare import Comparison


def matrix_rows(tree: CascadeTree, expected: Mapping[int, Follows]) -> Iterator[dict[str, Any]]:
    """The outline from objectives and company KPIs down to people. `expected` is what follows from the link that a row
    is reached by; a row that stands further up already says `again`, and nothing below it is repeated."""
    return (_row(tree, step, expected) for step in tree.walk())


def _row(tree: CascadeTree, step: Step, expected: Mapping[int, Follows]) -> dict[str, Any]:
    node, edge = step.node, step.edge
    address = tree.address(node)
    follows = expected.get(edge.row) if edge else None
    return {
        "depth": step.depth,
        "kind": node.kind,
        "objective": node.key[0] if node.kpi is None else None,
        "kpi": node.kpi,
        "name": node.name,
        "unit": node.unit,
        "person": node.person,
        "mode": edge.mode if edge else None,
        "share": edge.share if edge else None,
        "responsibility": (edge.responsibility if edge else None) or node.responsibility,
        "weight": node.weight,
        "measure": node.measure,
        "target": _plain(node.target),
        "expected": _plain(follows.target) if follows else None,
        "threshold": _plain(node.threshold),
        "challenge": _plain(node.challenge),
        "actual": _plain(node.actual),
        "points": node.points,
        "light": node.light,
        "again": step.again,
        "sheet": address.sheet,
        "cell": address.cell,
    }


def coverage_as_dict(coverage: Coverage) -> dict[str, list[dict[str, Any]]]:
    """The company's KPIs, leaders, and people who carry nothing from above."""
    company = [
        {
            "kpi": each.node.kpi,
            "owner": each.node.person,
            "carriers": len(each.edges),
            "main_owners": each.main,
            "shares": each.shares,
            "shares_make_whole": each.shares_make_whole,
        }
        for each in coverage.company
    ]
    without = [{"person": node.person, "unit": node.unit} for node in coverage.without]
    return {"company": company, "leaders": [_leader(leader) for leader in coverage.leaders], "without": without}


def _leader(leader: Leader) -> dict[str, Any]:
    return {
        "person": leader.person,
        "unit": leader.unit,
        "kpis": [node.kpi for node in leader.kpis],
        "uncovered": [node.kpi for node in leader.uncovered],
        "reports": list(leader.reports),
        "kpis_of_reports": leader.theirs,
        "shared": leader.shared,
        "overloaded": leader.overloaded,
    }


def comparison_rows(comparison: Comparison) -> list[dict[str, Any]]:
    """Each KPI with the units that carry it: the main owner first, then by weight."""
    return [
        {"kpi": kpi, "unit": owner.unit, "weight": owner.weight, "role": owner.role}
        for kpi in comparison.kpis
        for owner in comparison.owners(kpi)
    ]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
