"""The papers that can be made from a program, one module each: its fields, what it says, its kind."""

from __future__ import annotations

from collections.abc import Collection

from perfxl.core.schema import all_tables
from perfxl.documents.papers import (
    amendment,
    appeal,
    coaching,
    contract,
    improvement,
    interview,
    negotiation,
    notice,
    preparation,
    unit_summary,
)
from perfxl.documents.papers.kind import DocumentKind

KINDS: dict[str, DocumentKind] = {
    "contract": contract.KIND,
    "negotiation": negotiation.KIND,
    "amendment": amendment.KIND,
    "coaching": coaching.KIND,
    "notice": notice.KIND,
    "preparation": preparation.KIND,
    "interview": interview.KIND,
    "improvement": improvement.KIND,
    "appeal": appeal.KIND,
    "unit_summary": unit_summary.KIND,
}

_ON_NO_PAPER = {"links", "marks", "objectives", "contract_sheet"}
_RESULTS = {"actuals", "events", "phasing"}


def tables_of(kinds: Collection[str] | None) -> set[str]:
    """Names the tables that papers of some kinds (None: of all) are made from."""
    scored = kinds is None or any(KINDS[kind].results for kind in kinds)
    return all_tables().keys() - _ON_NO_PAPER - (set() if scored else _RESULTS)
