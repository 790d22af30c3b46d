"""Targets from the company down: who carries what, a target divided, what follows from a link."""

from __future__ import annotations

from perfxl.core.cascade.allocation import allocate
from perfxl.core.cascade.company import (
    EXEMPT,
    HELD,
    LINKED,
    NOBODY,
    Carrier,
    Cascade,
    CompanyKpi,
    as_dicts,
    cascade,
    manner,
    state_label,
    summary_rows,
)
from perfxl.core.cascade.targets import Follows, Held, LinkedTargets

__all__ = [
    "EXEMPT",
    "HELD",
    "LINKED",
    "NOBODY",
    "Carrier",
    "Cascade",
    "CompanyKpi",
    "Follows",
    "Held",
    "LinkedTargets",
    "allocate",
    "as_dicts",
    "cascade",
    "manner",
    "state_label",
    "summary_rows",
]
