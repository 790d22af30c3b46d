"""What the analyses of the cascade and of the weights find in a program: each is asked for its problems alone."""

from __future__ import annotations

from perfxl.core.cascade.collective import Collective
from perfxl.core.cascade.coverage import cards_of, judge_coverage
from perfxl.core.cascade.screening import DROP, KEEP, screen
from perfxl.core.cascade.smart import Smart
from perfxl.core.cascade.tree import build_tree
from perfxl.core.language import LANGUAGES, Text
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Tables
from perfxl.core.table_access import columns_of, problem_at, rows_of
from perfxl.core.value_tree import read_trees
from perfxl.core.weights.program import compare_units
from perfxl.core.weights.rules import UNWEIGHTED


def check_coverage(tables: Tables, policy: Policy) -> list[Problem]:
    """Of a program with a sheet of links: whether they reach everybody. Source: domain.md section 3."""
    if rows_of(tables, "links") is None:
        return []
    return judge_coverage(build_tree(tables), cards_of(tables))


def check_owners(tables: Tables, policy: Policy) -> list[Problem]:
    """What is unclear in the comparison across units (domain.md section 3); a table of lines alone has no units."""
    if rows_of(tables, "units") is None or rows_of(tables, "contract_lines") is None:
        return []
    return compare_units(tables, policy)[1]


def check_collective(tables: Tables, policy: Policy) -> list[Problem]:
    """Targets and actuals that differ among those who carry the same collective KPI."""
    return list(Collective(tables).problems())


def check_value_tree(tables: Tables, policy: Policy) -> list[Problem]:
    """What is wrong with the sheet of the value tree."""
    return read_trees(rows_of(tables, "value_tree"))[1]


_ELSEWHERE = ("kpi_without_source", "direction_against_base")


def check_smart(tables: Tables, policy: Policy) -> list[Problem]:
    """What a card fails is said once for all its targets. What is a finding of another check too is named by that."""
    found = {
        (problem.name, problem.address): problem
        for line in Smart(tables, policy).judge()
        for problem in line.fails.values()
        if problem.name not in _ELSEWHERE
    }
    return list(found.values())


_PROPOSALS = {DROP: Text("剔除", "dropping it"), "monitor": Text("转为监控", "monitoring it")}


def check_screening(tables: Tables, policy: Policy) -> list[Problem]:
    """Where HR has typed a verdict, that holds."""
    kpis, lines = rows_of(tables, "kpis"), rows_of(tables, "contract_lines")
    if kpis is None or lines is None:
        return []
    weighed = {kpi for _, kpi, weight in columns_of(lines, "kpi", "weight") if weight}
    return [
        problem_at(
            "kpi_screened_out",
            kpis,
            each.row,
            "verdict",
            kpi=each.name,
            proposal=_PROPOSALS[each.proposal],
            reasons=Text(*("；".join(text(lang) for text in each.reasons) for lang in LANGUAGES)),
        )
        for each in screen(tables, policy)
        if each.proposal != KEEP and not each.verdict and each.kpi in weighed and each.kind not in UNWEIGHTED
    ]
