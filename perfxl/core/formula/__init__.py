"""The formula language of the rule book: a small, closed subset of Excel's, parsed once and rendered many ways.

    tree     what a parsed formula is made of
    parse    text -> tree; every mistake is named with its position
    analyse  which figures a formula needs, substitution and simplification
    python   tree -> function of single figures, no NumPy
    arrays   tree -> function of NumPy arrays
    text     tree -> cell formula, LAMBDA, or the formula with its figures put in

A value is a number or "no number" (NaN: a blank, or an error such as division by zero). Comparisons give 1 or 0, and
NaN where a side is none; numbers that differ by less than 2**-48 of their size are equal, as in Excel and LibreOffice.
"""

from perfxl.core.formula.analyse import needs, simplify, substitute
from perfxl.core.formula.arrays import to_numpy
from perfxl.core.formula.parse import FormulaError, parse
from perfxl.core.formula.python import to_python
from perfxl.core.formula.text import to_text
from perfxl.core.formula.tree import Call, Name, Node, Number, Operation

__all__ = [
    "Call",
    "FormulaError",
    "Name",
    "Node",
    "Number",
    "Operation",
    "needs",
    "parse",
    "simplify",
    "substitute",
    "to_numpy",
    "to_python",
    "to_text",
]
