"""perfxl: performance contracts (业绩合同) in Excel and Word.

Names are loaded on first use, so that `import perfxl` (and with it `perfxl --help` and the Excel functions)
stays fast and pandas is imported only by what works on tables.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # what type checkers see; the names are loaded on first use
    from perfxl.analysis.loaded import LoadedProgram, ProgramError, load
    from perfxl.core.policy import Policy, PolicyError
    from perfxl.core.problems import Problem
    from perfxl.documents.template.compiled import CompiledTemplate
    from perfxl.frames import (
        ColumnsError,
        check_weights,
        derive_weights,
        diagnose,
        distribution,
        evaluate,
        score_contracts,
        score_lines,
    )
    from perfxl.problem_list import ProblemList
    from perfxl.program import Program

__version__ = "0.1.0"

_HOMES = {
    "load": "perfxl.analysis.loaded",
    "LoadedProgram": "perfxl.analysis.loaded",
    "Program": "perfxl.program",
    "ProgramError": "perfxl.analysis.loaded",
    "score_lines": "perfxl.frames",
    "score_contracts": "perfxl.frames",
    "evaluate": "perfxl.frames",
    "distribution": "perfxl.frames",
    "diagnose": "perfxl.frames",
    "derive_weights": "perfxl.frames",
    "check_weights": "perfxl.frames",
    "ColumnsError": "perfxl.frames",
    "CompiledTemplate": "perfxl.documents.template.compiled",
    "Policy": "perfxl.core.policy",
    "PolicyError": "perfxl.core.policy",
    "Problem": "perfxl.core.problems",
    "ProblemList": "perfxl.problem_list",
}

__all__ = [
    "ColumnsError",
    "CompiledTemplate",
    "LoadedProgram",
    "Policy",
    "PolicyError",
    "Problem",
    "ProblemList",
    "Program",
    "ProgramError",
    "__version__",
    "check_weights",
    "derive_weights",
    "diagnose",
    "distribution",
    "evaluate",
    "load",
    "score_contracts",
    "score_lines",
]


if not TYPE_CHECKING:  # whom a name that does not exist would be Any

    def __getattr__(name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module 'perfxl' has no attribute {name!r}")
        return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
