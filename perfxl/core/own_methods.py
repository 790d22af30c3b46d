"""HR's own methods (sheet 自定义计分方法): their formulas are read and their worked cases recomputed when a program is
loaded, so that a method is either right on its cases or named as a problem."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from perfxl.core.formula import FormulaError, names_of, parse, to_python
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem, problem
from perfxl.core.records import Tables, empty
from perfxl.core.rulebook import ALIASES, LINE_NAMES, POLICY_NAMES
from perfxl.core.scoring.scalar import LineScorer

_CODES = {
    "syntax": "formula_syntax",
    "name": "formula_name_unknown",
    "function": "formula_function_unknown",
    "arguments": "formula_argument_count",
    "length": "formula_too_long",
}
_NAMES = frozenset({*LINE_NAMES, *POLICY_NAMES, "FLOOR", "CAP"})
_UNLIMITED = {"floor": float("-inf"), "cap": float("inf")}


def check_own_methods(book: Tables, policy: Policy) -> tuple[Policy, list[Problem]]:
    """The policy without the methods that cannot be read, and what is wrong with methods and cases."""
    sheet = book.get("methods") or empty("methods")
    problems: list[Problem] = []
    good = dict(policy.methods)
    for row, name in enumerate(sheet.column("method")):
        if name not in policy.methods:
            continue
        found = _judge(str(name), policy.methods[name])
        problems += [p.at(sheet.address(row, "formula")) for p in found]
        if any(p.name in _CODES.values() for p in found):
            good.pop(name, None)
    usable = replace(policy, methods=good)
    return usable, problems + _cases(book, usable)


def _judge(name: str, text: str) -> list[Problem]:
    try:
        tree = parse(text, _NAMES, ALIASES)
    except FormulaError as error:
        return [_about(_CODES[error.kind], name, text, what=error.what, at=error.at)]
    found = [] if "A" in names_of(tree) else [_about("formula_ignores_actual", name, text)]
    # Ordinary figures, with the actual at zero and at the target: there a formula most often divides by zero.
    ordinary = {"T": 100.0, "L": 80.0, "C": 120.0, "B": 50.0, "D": 1.0, "K": 2.0, "U": 1.0, "LO": 90.0, "HI": 110.0}
    rule = to_python(tree, {name: lambda figures, *values: 0.0 for name in ("STEPS", "GRADES", "DAYS")})
    knots = {"PL": 60.0, "PT": 100.0, "PC": 120.0, "EARLY": 0.0, "LIMIT": 10.0, "FLOOR": 0.0, "CAP": 120.0, "G": 0.0}
    values = [rule({**ordinary, **knots, "A": actual}) for actual in (0.0, 100.0)]
    return found + ([_about("formula_divides_by_zero", name, text)] if any(v != v for v in values) else [])


def _cases(book: Tables, policy: Policy) -> list[Problem]:
    cases = book.get("method_cases") or empty("method_cases")
    sheet = book.get("methods") or empty("methods")
    scorer, problems, tried = LineScorer(policy), [], set()
    for row, case in enumerate(cases.records()):
        name = case["method"]
        tried.add(name)
        if name not in policy.methods or case["points"] is None:
            continue
        found = scorer.score({**case, **_UNLIMITED})
        if found.points != case["points"]:
            shown = found.problem.message() if found.problem else found.points
            about = _about("method_case_fails", str(name), case["points"], "method_cases", "points", found=shown)
            problems.append(about.at(cases.address(row, "points")))
    for row, name in enumerate(sheet.column("method")):
        if name in policy.methods and name not in tried:
            problems.append(_about("method_case_missing", str(name), name).at(sheet.address(row, "method")))
    return problems


def _about(
    code: str, name: str, value: object, table: str = "methods", column: str = "formula", **details: Any
) -> Problem:
    return problem(code, table=table, column=column, value=value, method=name, **details)
