"""What a KPI's card says about scoring its lines: method, direction, what the lines must hold."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from perfxl.core.formula import FormulaError
from perfxl.core.language import Text
from perfxl.core.policy import Policy
from perfxl.core.records import Tables
from perfxl.core.rulebook import FIGURES, Method, RuleBook
from perfxl.core.table_access import rows_of


class Plan:
    """method  as the rule book knows it; None where the name is unknown or missing
    needs   columns of a contract line without which there is no score, the actual aside
    sign    +1 higher is better, -1 lower, 0 where the card does not say"""

    def __init__(self, row: int, card: Mapping[str, Any], method: Method | None) -> None:
        self.row, self.card, self.method = row, card, method
        self.kind = "monitor" if card["verdict"] == "monitor" else card["kind"]
        self.sign = {"higher": 1, "lower": -1}.get(card["direction"], 0)
        self.scored = method is not None and method.effect == "points" and self.kind not in _UNSCORED

    @cached_property
    def needs(self) -> tuple[str, ...]:
        if self.method is None or self.method.effect == "none" or self.kind == "monitor":
            return ()
        try:
            return tuple(FIGURES[name] for name in self.method.needs if name in FIGURES and name != "A")
        except FormulaError:  # an own method's mistake, named where it is read
            return ()

    @cached_property
    def directed(self) -> bool:
        try:
            return self.method is not None and self.method.directed
        except FormulaError:
            return False

    @property
    def method_text(self) -> Text:
        return Text(self.method.label("zh"), self.method.label("en")) if self.method else Text("", "")

    def uses(self, function: str) -> bool:
        """Whether the method's formula looks something up: STEPS, GRADES, DAYS."""
        return self.method is not None and f"{function}(" in self.method.text


# Kinds whose lines never give points, whatever the method.
_UNSCORED = frozenset({"deduct", "bonus", "veto", "monitor"})


def plans_of(book: Tables, policy: Policy) -> dict[str, Plan]:
    """KPI -> plan, for the KPIs of the library that were not dropped in screening."""
    kpis = rows_of(book, "kpis")
    if kpis is None:
        return {}
    rules = RuleBook(policy)
    found: dict[str, Plan] = {}
    for i, card in enumerate(kpis.records()):
        if card["kpi"] is not None and card["verdict"] != "drop":
            found.setdefault(card["kpi"], Plan(i, card, rules.find(card["method"])))
    return found
