"""Collective KPIs whose carriers do not have one target and one actual."""

from __future__ import annotations

from perfxl.core.cascade.collective import Collective
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Tables


def check_collective(tables: Tables, policy: Policy) -> list[Problem]:
    """Targets and actuals that differ among those who carry the same collective KPI."""
    return list(Collective(tables).problems())
