"""Columns that follow from others of their row: grey, filled by formulas, never read as data. What the formula says and
what it gives here stand side by side, and tests hold them to one another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

from perfxl.core.language import Text
from perfxl.core.schema.declare import Column, Type

OPEN, AGREED = Text("未决", "open"), Text("已商定，双方未签", "agreed, not signed")
BY_ISSUER, BY_HOLDER = Text("发约人已签", "signed by the issuer"), Text("受约人已签", "signed by the holder")
SIGNED = Text("双方已签", "signed by both")

_DIGITS = 10  # of a difference of binary floats, those that a person would write


class Worked(NamedTuple):
    """A column that follows from others.

    after    the column right of which it stands
    formula  says it in a cell, in a language; {name} is the cell of that column
    value    the same of a row, in a language; None where the row says nothing yet
    """

    column: Column
    after: str
    formula: Callable[[str], str]
    value: Callable[[Mapping[str, Any], str], Any]


def negotiation_status(agreed: Any, signed_issuer: date | None, signed_holder: date | None) -> Text:
    """How far the negotiation of a target is: open until both sign."""
    if agreed is None:
        return OPEN
    if signed_issuer and signed_holder:
        return SIGNED
    return BY_ISSUER if signed_issuer else BY_HOLDER if signed_holder else AGREED


def _status_formula(lang: str) -> str:
    opened, agreed, issuer, holder, both = (f'"{text(lang)}"' for text in (OPEN, AGREED, BY_ISSUER, BY_HOLDER, SIGNED))
    by_issuer = f'IF({{signed_holder}}<>"",{both},{issuer})'
    signed = f'IF({{signed_issuer}}<>"",{by_issuer},IF({{signed_holder}}<>"",{holder},{agreed}))'
    return f'IF({{kpi}}="","",IF({{agreed}}="",{opened},{signed}))'


def _status(row: Mapping[str, Any], lang: str) -> str | None:
    if row["kpi"] is None:
        return None
    return negotiation_status(row["agreed"], row["signed_issuer"], row["signed_holder"])(lang)


def _difference_formula(lang: str) -> str:
    """Of dates the days between; of grades both, for nothing can be taken from them."""
    less = f'IFERROR(ROUND({{forecast}}-{{proposal}},{_DIGITS}),{{proposal}}&" → "&{{forecast}})'
    return f'IF(OR({{proposal}}="",{{forecast}}=""),"",IF({{forecast}}={{proposal}},0,{less}))'


def _difference(row: Mapping[str, Any], lang: str) -> Any:
    proposal, forecast = row["proposal"], row["forecast"]
    if proposal is None or forecast is None:
        return None
    if forecast == proposal:
        return 0.0
    if isinstance(proposal, date) and isinstance(forecast, date):
        return float((forecast - proposal).days)
    if isinstance(proposal, float) and isinstance(forecast, float):
        return round(forecast - proposal, _DIGITS)
    return f"{proposal} → {forecast}"


WORKED: dict[str, tuple[Worked, ...]] = {
    "negotiations": (
        Worked(
            Column("difference", "预测与提议之差", "Forecast less proposal", Type.FIGURE),
            "forecast",
            _difference_formula,
            _difference,
        ),
        Worked(Column("status", "质询状态", "Negotiation status"), "signed_holder", _status_formula, _status),
    ),
}
"""Table -> its columns that follow from others."""
