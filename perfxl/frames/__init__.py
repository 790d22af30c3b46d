"""The rules for DataFrames of any kind.

api      what perfxl gives: score_lines, score_contracts, evaluate, derive_weights, check_weights
columns  kinds of dataframes, names of columns
lines    lines as they are scored, and what is said of each; figures as people type them
events   events and vetoes; marks: raters' marks
evaluation  quotas of grades, raters' errors
totals   contracts judged one by one, and those of a person put together
"""

from perfxl.frames.api import Weighed, check_weights, derive_weights, evaluate, score_contracts, score_lines
from perfxl.frames.columns import ColumnsError
from perfxl.frames.evaluation import Distributed, diagnose, distribution

__all__ = [
    "ColumnsError",
    "Distributed",
    "Weighed",
    "check_weights",
    "derive_weights",
    "diagnose",
    "distribution",
    "evaluate",
    "score_contracts",
    "score_lines",
]
