"""What the minutes of a target negotiation (目标质询会纪要) say: proposals, differences, what was agreed."""

from __future__ import annotations

from datetime import date
from typing import Any

from perfxl.documents.contexts.base import Contexts
from perfxl.documents.contexts.contract import asked_by, contract_head, ids
from perfxl.documents.contexts.lines import Line, difference, lines_of
from perfxl.documents.formatting import text

__all__ = ["asked_by", "context", "ids"]

_PREFIX = "ZX"
_OUTCOMES = {
    "issuer": ("采纳发约人提议", "Issuer's proposal"),
    "holder": ("采纳受约人提议", "Holder's proposal"),
    "between": ("双方折中", "Between the two"),
    "beyond": ("另行商定", "Agreed otherwise"),
}


def context(contexts: Contexts, contract_id: str) -> dict[str, Any]:
    """Raises as the contract's context does."""
    at = contexts.index.position("contracts", contract_id)
    lines = [line for line in lines_of(contexts, contract_id, at) if not line.adjusting]
    shown = [_line(contexts, line) for line in lines]
    return {
        **contract_head(contexts, contract_id, at),
        "number": f"{_PREFIX}-{contract_id}",
        "lines": shown,
        "differences": [line for line in shown if line["difference"]],
        "supports": _supports(contexts, contract_id, at),
    }


def _line(contexts: Contexts, line: Line) -> dict[str, str]:
    issuer, holder = line.row["proposal_issuer"], line.row["proposal_holder"]
    lang = contexts.lang
    return {
        "number": line.number,
        "kpi": line.name,
        "unit": line.unit,
        "weight": line.weight,
        "base": line.shown("base", lang),
        "proposal_issuer": "" if issuer is None else line.figure(issuer, lang),
        "proposal_holder": "" if holder is None else line.figure(holder, lang),
        "difference": difference(contexts, line, holder, issuer),
        "target": line.target(lang),
        "challenge": line.shown("challenge", lang),
        "outcome": _outcome(contexts, line.row["target"], issuer, holder),
    }


def _outcome(contexts: Contexts, target: Any, issuer: Any, holder: Any) -> str:
    if issuer is None or holder is None or not isinstance(target, type(issuer)):
        return ""
    if target == issuer:
        kind = "issuer"
    elif target == holder:
        kind = "holder"
    elif isinstance(target, float | date):
        kind = "between" if min(issuer, holder) < target < max(issuer, holder) else "beyond"
    else:
        kind = "beyond"
    return contexts.say(_OUTCOMES[kind])


def _supports(contexts: Contexts, contract_id: str, at: int) -> list[dict[str, str]]:
    """What the holder's action plans need."""
    holder = contexts.index.at("contracts", at)["holder"]
    found = []
    for position, row in contexts.index.rows("plans", "holder", holder):
        if row["resources"]:
            kpi = contexts.kpi(contract_id, "plans", position, row["kpi"]).row["name"] if row["kpi"] else None
            found.append({"kpi": text(kpi), "action": text(row["action"]), "resources": text(row["resources"])})
    return found
