"""SMART: the letters that a target fails, each at its cell."""

from __future__ import annotations

from perfxl.core.cascade.smart import Smart
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Tables

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
