"""M codes: scoring methods and contract lines."""

from __future__ import annotations

from perfxl.core.problems import Kind, Severity

E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTICE

KINDS: dict[str, Kind] = {}
