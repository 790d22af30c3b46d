"""HR's own methods (sheet 自定义计分方法): their formulas are read and their worked cases recomputed when a program is
loaded, so that a method is either right on its cases or named as a problem."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from perfxl.core.formula import LOOKUPS, FormulaError, names_of, parse, to_python
from perfxl.core.language import Text
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem, problem
from perfxl.core.records import Tables, empty
from perfxl.core.rulebook import ALIASES, LINE_NAMES, POLICY_NAMES
from perfxl.core.schema import get
from perfxl.core.scoring.scalar import LineScorer

# What the formula's mistake is called -> the problem.
_PROBLEMS = {
    "syntax": "formula_syntax",
    "name": "formula_name_unknown",
    "function": "formula_function_unknown",
    "arguments": "formula_argument_count",
    "length": "formula_too_long",
}
_NAMES = frozenset({*LINE_NAMES, *POLICY_NAMES, "FLOOR", "CAP"})
_UNLIMITED = {"floor": float("-inf"), "cap": float("inf")}
# Ordinary figures; with the actual at zero or at the target a formula most often divides by zero.
_ORDINARY = {"T": 100.0, "L": 80.0, "C": 120.0, "B": 50.0, "D": 1.0, "K": 2.0, "U": 1.0, "LO": 90.0, "HI": 110.0}
_ORDINARY |= {"PL": 60.0, "PT": 100.0, "PC": 120.0, "EARLY": 0.0, "LIMIT": 10.0, "FLOOR": 0.0, "CAP": 120.0, "G": 0.0}


def check_own_methods(tables: Tables, policy: Policy) -> tuple[Policy, list[Problem]]:
    """The policy without the methods that cannot be read or fail one of their cases, and what is wrong with them."""
    sheet = tables.get("methods") or empty("methods")
    cases = tables.get("method_cases") or empty("method_cases")
    problems: list[Problem] = []
    usable = dict(policy.methods)
    for row, name in enumerate(sheet.column("method")):
        if name in policy.methods:
            text = policy.methods[name]
            try:
                of_formula = list(_judge(name, text))
            except FormulaError as error:
                usable.pop(name, None)
                of_formula = [_about(_PROBLEMS[error.kind], name, text, what=error.what, at=error.at)]
            problems += [about.at(sheet.address(row, "formula")) for about in of_formula]
    policy = replace(policy, methods=usable)
    scorer, tried, failing = LineScorer(policy), set(), set()
    for row, case in enumerate(cases.records()):
        name, points = case["method"], case["points"]
        tried.add(name)
        if name not in usable or points is None:
            continue
        score = scorer.score({**case, **_UNLIMITED})
        if score.points != points:
            result = _why_not(score.problem, name) if score.problem else score.points
            about = _about("method_case_fails", name, points, "method_cases", "points", found=result)
            problems.append(about.at(cases.address(row, "points")))
            failing.add(name)
    policy = replace(policy, methods={name: text for name, text in usable.items() if name not in failing})
    for row, name in enumerate(sheet.column("method")):
        if name in usable and name not in tried:
            problems.append(_about("method_case_missing", name, name).at(sheet.address(row, "method")))
    return policy, problems


def _why_not(why: Problem, method: str) -> Text:
    """Why a case has no points: told of the method, for it has no KPI; a table that is not named is missing."""
    if why.name == "scale_unknown" and why.value is None:
        figure = get("method_cases").column(why.column).text
        why = problem("figure_missing", table=why.table, column=why.column, figure=figure, method=method)
    why = replace(why, details={**why.details, "kpi": method})
    return Text(why.message("zh"), why.message("en"))


def _judge(name: str, text: str) -> Iterator[Problem]:
    """Raises: FormulaError where the formula cannot be read."""
    tree = parse(text, _NAMES, ALIASES)
    if "A" not in names_of(tree):
        yield _about("formula_ignores_actual", name, text)
    rule = to_python(tree, {lookup: lambda figures, *values: 0.0 for lookup in LOOKUPS})
    values = [rule({**_ORDINARY, "A": actual}) for actual in (0.0, 100.0)]
    if any(value != value for value in values):
        yield _about("formula_divides_by_zero", name, text)


def _about(
    name: str, method: str, value: object, table: str = "methods", column: str = "formula", **details: Any
) -> Problem:
    return problem(name, table=table, column=column, value=value, method=method, **details)
