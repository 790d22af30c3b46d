"""How a person's total came about, line by line, so that it can be followed in an appeal.

facts   what an explanation is made of, and what its parts are called
gather  scores -> explanation
data    explanation -> a plain dict, for --json
contracts  every contract with its lines as plain dicts, for --json
people  everybody with their result as plain dicts, for --json and DataFrames
words   explanation -> lines of text, for the terminal
"""

from perfxl.core.explain.contracts import contracts_as_dicts
from perfxl.core.explain.data import as_dict
from perfxl.core.explain.facts import Explanation
from perfxl.core.explain.gather import explain
from perfxl.core.explain.people import people_as_dicts
from perfxl.core.explain.words import as_text_lines

__all__ = ["Explanation", "as_dict", "as_text_lines", "contracts_as_dicts", "explain", "people_as_dicts"]
