"""What the parties agreed on: negotiated targets against the contract, amendments against each other and the lines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from perfxl.core.amendments import histories
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Records, Tables
from perfxl.core.schema.worked import SIGNED, negotiation_status
from perfxl.core.scoring.scalar import number
from perfxl.core.table_access import (
    LineLabels,
    cell,
    columns_of,
    contracts_of,
    labels,
    line_labels,
    place,
    problem_at,
    rows_of,
)
from perfxl.core.values.dates import serial
from perfxl.core.values.numbers import same


def check_amendments(tables: Tables, policy: Policy) -> list[Problem]:
    """Amendments that do not follow from one another and lead to the contract's lines, lie outside it or are not in
    force."""
    return histories(tables, policy).problems


def check_negotiations(tables: Tables, policy: Policy) -> list[Problem]:
    """Negotiated targets that are not in the contract, out of order, or not settled in time."""
    negotiations, lines = rows_of(tables, "negotiations"), rows_of(tables, "contract_lines")
    if negotiations is None or lines is None:
        return []
    return list(_Judge(tables, policy, negotiations, lines).problems())


class _Judge:
    def __init__(self, tables: Tables, policy: Policy, negotiations: Records, lines: Records) -> None:
        self.negotiations, self.lines, self.as_of = negotiations, lines, policy["as_of"]
        self.label: LineLabels = line_labels(tables)
        self.kpis, self.contracts, self.sheet = (
            labels(tables, "kpis"),
            contracts_of(tables),
            rows_of(tables, "contracts"),
        )
        self.versions = histories(tables, policy).versions
        self.at: dict[tuple[Any, Any], int] = {}
        for i, contract, kpi in columns_of(lines, "contract", "kpi"):
            self.at.setdefault((contract, kpi), i)

    def problems(self) -> Iterator[Problem]:
        for i, contract, kpi in columns_of(self.negotiations, "contract", "kpi"):
            if contract is None or kpi is None or contract not in self.contracts:
                continue  # said already, of the cell or of the reference
            first = self._first(contract, kpi)
            if first is None:
                yield problem_at(
                    "negotiation_line_unknown", self.negotiations, i, "kpi", contract=contract, kpi=self.kpis[kpi]
                )
                continue
            name = self.label(contract, kpi)
            yield from self._agreed(i, contract, kpi, first, name)
            yield from self._proposals(i, contract, kpi, first, name)
            yield from self._late(i, contract, name)

    def _first(self, contract: Any, kpi: Any) -> dict[str, Any] | None:
        """The line as it was negotiated: that of the contract's first version."""
        if contract in self.versions:
            return self.versions[contract][0].lines.get(kpi)
        row = self.at.get((contract, kpi))
        return None if row is None else {name: cell(self.lines, row, name) for name in _COMPARED}

    def _agreed(self, i: int, contract: Any, kpi: Any, first: dict[str, Any], name: str) -> Iterator[Problem]:
        agreed, *signed = (cell(self.negotiations, i, each) for each in ("agreed", *_SIGNED))
        if agreed is None:
            for column, day in zip(_SIGNED, signed, strict=True):
                if day is not None:
                    yield problem_at("negotiation_signed_without_target", self.negotiations, i, column, line=name)
                    return
            return
        row = self.at.get((contract, kpi))
        in_words = cell(self.lines, row, "target_text") if row is not None and first["target"] is None else None
        if not _equal(agreed, first["target"] if in_words is None else in_words):
            where = place(self.lines, row, "target") if row is not None else str(contract)
            kind = "negotiation_target_differs" if all(signed) else "negotiation_not_in_contract"
            details = {"target": _shown(first["target"]), "cell_of_line": where}
            yield problem_at(kind, self.negotiations, i, "agreed", line=name, **details)

    def _proposals(self, i: int, contract: Any, kpi: Any, first: dict[str, Any], name: str) -> Iterator[Problem]:
        if cell(self.negotiations, i, "proposal") is not None and cell(self.negotiations, i, "forecast") is None:
            yield problem_at("negotiation_forecast_missing", self.negotiations, i, "forecast", line=name)
        row = self.at.get((contract, kpi))
        for column, other in (("proposal", "proposal_issuer"), ("forecast", "proposal_holder")):
            value = cell(self.negotiations, i, column)
            typed = None if row is None else cell(self.lines, row, other)
            if value is None:
                continue
            if typed is not None and not _equal(value, typed):
                details = {"other": f"{_shown(typed)} ({place(self.lines, row or 0, other)})"}
                yield problem_at("negotiation_proposal_differs", self.negotiations, i, column, line=name, **details)
            low, high = first["threshold"], first["challenge"]
            if _outside(value, low, high, first["target"]):
                details = {"threshold": _shown(low), "challenge": _shown(high)}
                yield problem_at("negotiation_out_of_order", self.negotiations, i, column, line=name, **details)

    def _late(self, i: int, contract: Any, name: str) -> Iterator[Problem]:
        """Not settled although the contract is signed or has begun, as far as the program's date tells."""
        agreed, issuer, holder = (cell(self.negotiations, i, each) for each in ("agreed", *_SIGNED))
        status = negotiation_status(agreed, issuer, holder)
        if status is SIGNED or self.sheet is None:
            return
        row = self.contracts[contract].row
        start, contract_signed = cell(self.sheet, row, "start"), cell(self.sheet, row, "signed")
        known = [day for day in (self.as_of, issuer, holder, cell(self.negotiations, i, "date")) if day]
        if start and (contract_signed or any(day > start for day in known)):
            details = {"start": start, "status": status}
            yield problem_at("negotiation_open_after_start", self.negotiations, i, "agreed", line=name, **details)


_SIGNED = ("signed_issuer", "signed_holder")
_COMPARED = ("target", "threshold", "challenge")


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return same(one, other)
    return bool(one == other)


def _outside(value: Any, threshold: Any, challenge: Any, target: Any) -> bool:
    """Whether a figure is worse than the threshold or better than the challenge; which way is better follows from the
    figures of the line."""
    at, low, high, aim = (_place(each) for each in (value, threshold, challenge, target))
    if at != at:
        return False
    ends = [(low, aim), (aim, high), (low, high)]
    up = next((start < end for start, end in ends if start == start and end == end and start != end), None)
    if up is None:
        return False
    sign = 1.0 if up else -1.0
    return bool((low == low and sign * at < sign * low) or (high == high and sign * at > sign * high))


def _place(value: Any) -> float:
    return serial(value) if isinstance(value, date) else number(value)


def _shown(value: Any) -> str:
    return "—" if value is None else f"{value:.15g}" if isinstance(value, float) else str(value)
