"""Whether the weights of each contract sum to 100, live, in a workbook that asks for targets and shows no points."""

from __future__ import annotations

from typing import Any, NamedTuple

from perfxl.core.requests import Request
from perfxl.core.scoring.scalar import number
from perfxl.exchange.provisional import TOTALS
from perfxl.workbook.score.formulas import quote_text
from perfxl.workbook.template import Calculated, CellValue, Columns

__all__ = ["Weights"]

_JOB = "targets"
_SUM = "ROUND(SUMPRODUCT(--({{targets.contract}}=%s),{{targets.weight}}),6)"
_CHECK = 'IF({{weight_sum}}=100,"✓","✗")'


class Weights(NamedTuple):
    """A row for each contract, in the order of its lines."""

    contracts: tuple[dict[str, Any], ...]

    @classmethod
    def of(cls, request: Request) -> Weights | None:
        """Those of one recipient's workbook; None where no line has a weight."""
        contracts: dict[Any, dict[str, Any]] = {}
        for row in request.rows.get(_JOB, ()):
            weight = number(row.get("weight"))
            about = {name: row.get(name) for name in ("contract", "holder", "name")}
            shown = contracts.setdefault(row["contract"], {**about, "lines": 0, "sum": 0.0})
            shown["lines"] += 1
            shown["sum"] += weight if weight == weight else 0.0
        weighed = tuple(each for each in contracts.values() if each["sum"])
        return cls(weighed) if weighed else None

    def rows(self, lang: str) -> dict[str, Columns]:
        """The rows of the table of totals; there are no points yet."""
        totals: list[dict[str, CellValue]] = []
        for each in self.contracts:
            whole = round(each["sum"], 6)
            totals.append(
                {
                    **{name: each[name] for name in ("contract", "holder", "name", "lines")},
                    "weight_sum": Calculated(_SUM % quote_text(str(each["contract"])), whole),
                    "weight_check": Calculated(_CHECK, "✓" if whole == 100 else "✗"),
                    "scored": "—",
                    "provisional": "—",
                }
            )
        return {TOTALS: Columns(totals)}
