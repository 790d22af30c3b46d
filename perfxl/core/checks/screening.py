"""KPIs that screening would not keep and that contracts weigh all the same."""

from __future__ import annotations

from perfxl.core.cascade.screening import DROP, KEEP, screen
from perfxl.core.language import LANGUAGES, Text
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Tables
from perfxl.core.table_access import columns_of, problem_at, rows_of
from perfxl.core.weights.rules import UNWEIGHTED

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
