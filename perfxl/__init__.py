"""perfxl: performance contracts (业绩合同) in Excel and Word.

Names are loaded on first use, so that `import perfxl` (and with it `perfxl --help` and the Excel functions)
stays fast and pandas is imported only by what works on tables.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "load": "perfxl.program",
    "Program": "perfxl.program",
    "score_lines": "perfxl.frames",
    "score_contracts": "perfxl.frames",
    "evaluate": "perfxl.frames",
    "derive_weights": "perfxl.frames",
    "check_weights": "perfxl.frames",
    "CompiledTemplate": "perfxl.documents.template.compiled",
    "Policy": "perfxl.core.policy",
    "Problem": "perfxl.core.problems",
}

__all__ = [*_HOMES, "__version__"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'perfxl' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
