"""What a parsed formula is made of, and the closed list of operators and functions."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias


class Number(NamedTuple):
    value: float


class Name(NamedTuple):
    """A figure (A, T, ...) or a policy value."""

    name: str


class Operation(NamedTuple):
    """An operator with one operand (NEG, PERCENT) or two."""

    sign: str
    operands: tuple[Node, ...]


class Call(NamedTuple):
    function: str
    arguments: tuple[Node, ...]


Node: TypeAlias = Number | Name | Operation | Call

COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")

# Sign -> binding strength, as Excel has it: the sign of a number binds tighter than ^, so -2^2 is 4.
STRENGTH = {**dict.fromkeys(COMPARISONS, 1), "+": 2, "-": 2, "*": 3, "/": 3, "^": 4, "NEG": 5, "PERCENT": 6}

# Function -> least and greatest number of arguments. The last three are look-ups that each host answers its own way:
# STEPS(A, D) points of the first step reached; GRADES(G) points of a label; DAYS(x, y) days after x up to y.
FUNCTIONS = {
    "IF": (3, 3),
    "AND": (1, 30),
    "OR": (1, 30),
    "NOT": (1, 1),
    "MIN": (1, 30),
    "MAX": (1, 30),
    "ABS": (1, 1),
    "ROUND": (2, 2),
    "INT": (1, 1),
    "ISNUMBER": (1, 1),
    "TRUE": (0, 0),
    "FALSE": (0, 0),
    "STEPS": (2, 2),
    "GRADES": (1, 1),
    "DAYS": (2, 2),
}
LOOKUPS = ("STEPS", "GRADES", "DAYS")

# Relative difference below which two numbers are the same to Excel and LibreOffice.
SAME = 2.0**-48

# Decimals that a person sees: INT cuts a figure rounded to so many, so that 0.3/0.1 is 3.
SEEN = 10
