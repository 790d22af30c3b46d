"""Weights (权重; scoring.md section 3), in exact fractions.

rules    the rules, the rows in and out, and which weights are legal at all
derive   weights from ratings, rounded to legal ones, and mended with the smallest change
checks   what is wrong with agreed weights
compare  who carries which KPI with which weight, across units
program  the weights of a whole program, contract by contract
"""

from perfxl.core.weights.checks import check
from perfxl.core.weights.compare import Carried, Comparison, Owner, compare
from perfxl.core.weights.derive import derive, repair, round_legal
from perfxl.core.weights.rules import Candidate, Weighted, WeightRules

__all__ = [
    "Candidate",
    "Carried",
    "Comparison",
    "Owner",
    "WeightRules",
    "Weighted",
    "check",
    "compare",
    "derive",
    "repair",
    "round_legal",
]
