"""The papers that can be made from a program, one module each: its fields, what it says, its kind."""

from __future__ import annotations

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
    unit_negotiation,
    unit_summary,
)
from perfxl.documents.papers.kind import DocumentKind

KINDS: dict[str, DocumentKind] = {
    "contract": contract.KIND,
    "negotiation": negotiation.KIND,
    "unit_negotiation": unit_negotiation.KIND,
    "amendment": amendment.KIND,
    "coaching": coaching.KIND,
    "notice": notice.KIND,
    "preparation": preparation.KIND,
    "interview": interview.KIND,
    "improvement": improvement.KIND,
    "appeal": appeal.KIND,
    "unit_summary": unit_summary.KIND,
}
