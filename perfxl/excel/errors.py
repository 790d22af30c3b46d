"""A failure of a worksheet function: an Excel error value in the cell, and the reason that PX_WHY tells."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from perfxl.core.problems import Problem, problem


class CellError(StrEnum):
    """An Excel error value. A result holds it as this text; each host turns the text into its own error."""

    VALUE = "#VALUE!"  # the input cannot be used
    NUM = "#NUM!"  # the rule gives no number
    NA = "#N/A"  # there is no such thing
    DIV0 = "#DIV/0!"
    REF = "#REF!"
    NAME = "#NAME?"
    NULL = "#NULL!"


class Failure(Exception):
    """Raised by a worksheet function that has no answer; the registry makes it an error value."""

    def __init__(self, problems: Problem | Sequence[Problem], error: CellError = CellError.VALUE) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        self.error = error
        super().__init__("; ".join(found.code for found in self.problems))


def failure(code: str, error: CellError = CellError.VALUE, *, value: Any = None, **details: Any) -> Failure:
    """A failure with one reason of the catalogue."""
    return Failure(problem(code, value=value, **details), error)
