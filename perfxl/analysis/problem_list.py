"""What is wrong, as a list that is also a table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from perfxl.analysis.cards import problem_table
from perfxl.core.language import Text
from perfxl.core.problem_table import spell_counts, worst_first
from perfxl.core.problems import Problem, count

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["COLUMNS", "ProblemList"]

COLUMNS = ("code", "name", "severity", "message", "hint", "file", "sheet", "cell", "table", "column", "value")
_NONE = Text("没有发现问题", "no problems found")
_MOST_SHOWN = 20


class ProblemList(list[Problem]):
    """Problems in the order in which they were found; `lang` is the language they tell themselves in."""

    def __init__(self, problems: Iterable[Problem] = (), lang: str = "zh") -> None:
        super().__init__(problems)
        self.lang = lang

    def to_frame(self, lang: str | None = None) -> pd.DataFrame:
        """A row for each, the worst first: columns code (W101), name, severity (error, warning, notice), message and
        hint (in the language), file, sheet, cell, table, column, value (blank where not known)."""
        import pandas as pd

        lang = lang or self.lang
        rows = [problem.as_dict(lang) for problem in worst_first(self)]
        return pd.DataFrame({name: [row.get(name) for row in rows] for name in COLUMNS})

    def __repr__(self) -> str:
        lines = [spell_counts({s: n for s, n in count(self).items() if n}, self.lang) or _NONE(self.lang)]
        shown = worst_first(self)[:_MOST_SHOWN]
        lines += [f"{each.code} {each.address.place} {each.message(self.lang)}" for each in shown]
        left = len(self) - len(shown)
        return "\n".join([*lines, *([f"… {left}"] if left > 0 else [])])

    def _repr_html_(self) -> str:
        return problem_table(self, self.lang)
