"""The formula language of the rule book: a small, closed subset of Excel's, parsed once and rendered many ways.

    tree     what a parsed formula is made of; which figures it needs, substitution and simplification
    text     text -> tree, every mistake named with its position; tree -> cell formula or LAMBDA
    python   tree -> function of single figures, no NumPy
    arrays   tree -> function of NumPy arrays

A value is a number or "no number" (NaN: a blank, or an error such as division by zero). Comparisons give 1 or 0, and
NaN where a side is none; numbers that differ by less than 2**-48 of their size are equal, as in Excel and LibreOffice.
"""

from perfxl.core.formula.arrays import to_numpy
from perfxl.core.formula.python import Rule, to_python
from perfxl.core.formula.text import FormulaError, number_text, parse, to_text
from perfxl.core.formula.tree import (
    LOOKUPS,
    SAME,
    SEEN,
    Call,
    Name,
    Node,
    Number,
    Operation,
    calls_over,
    for_cells,
    names_of,
    needs,
    put_in,
    simplify,
    substitute,
)

__all__ = [
    "LOOKUPS",
    "SAME",
    "SEEN",
    "Call",
    "FormulaError",
    "Name",
    "Node",
    "Number",
    "Operation",
    "Rule",
    "calls_over",
    "for_cells",
    "names_of",
    "needs",
    "number_text",
    "parse",
    "put_in",
    "simplify",
    "substitute",
    "to_numpy",
    "to_python",
    "to_text",
]
