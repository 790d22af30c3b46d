"""What is wrong, as a list that is also a table: for those who work in Python."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

from perfxl.core.language import Text
from perfxl.core.problem_table import SEVERITY_COLOURS, ProblemGroup, group_problems, spell_counts, worst_first
from perfxl.core.problems import Problem, count

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["COLUMNS", "MORE", "MOST_ROWS", "ProblemList", "card", "counted", "rows_of"]

COLUMNS = ("code", "name", "severity", "message", "hint", "file", "sheet", "cell", "table", "column", "value")
_NONE = Text("没有发现问题", "no problems found")
_MOST_SHOWN = 20  # in a terminal
MOST_ROWS = 50
MORE = Text("其余 {} 条未显示", "{} more")
_HEADERS = (
    *(Text("级别", "Severity"), Text("编码", "Code"), Text("位置", "Where")),
    *(Text("问题", "Problem"), Text("怎么办", "What to do")),
)
_STYLE = (
    "font:13px/1.5 'Microsoft YaHei','Noto Sans CJK SC',sans-serif;border:1px solid #d9e0e7;border-radius:6px;"
    "padding:10px 14px;display:inline-block;max-width:100%;overflow-x:auto"
)


class ProblemList(list[Problem]):
    """Problems in the order in which they were found; `lang` is the language they tell themselves in.

    >>> import pandas as pd, perfxl as px
    >>> problems = px.check_weights(pd.DataFrame({"kpi": ["收入", "成本"], "weight": [60, 45]}))
    >>> [problem.code for problem in problems if "sum" in problem.name]
    ['W101']
    >>> problems.to_frame().columns[:3].tolist()
    ['code', 'name', 'severity']
    """

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
        lines = [counted(self, self.lang)]
        shown = worst_first(self)[:_MOST_SHOWN]
        lines += [f"{each.code} {each.address.place} {each.message(self.lang)}" for each in shown]
        left = len(self) - len(shown)
        return "\n".join([*lines, *([f"… {left}"] if left > 0 else [])])

    def _repr_html_(self) -> str:
        return card(f"<b>{escape(counted(self, self.lang))}</b>{rows_of(self, self.lang)}")


def counted(problems: Sequence[Problem], lang: str) -> str:
    """How many of each severity, in words."""
    return spell_counts({s: n for s, n in count(problems).items() if n}, lang) or _NONE(lang)


def rows_of(problems: Sequence[Problem], lang: str) -> str:
    """The problems as rows of HTML, equal ones together, the worst first; blank for none."""
    if not problems:
        return ""
    groups = group_problems(problems, linked=True)
    shown = groups[:MOST_ROWS]
    head = "".join(f"<th style='text-align:left'>{escape(header(lang))}</th>" for header in _HEADERS)
    rows = "".join(_row(each, lang) for each in shown)
    left = sum(len(group.problems) for group in groups[MOST_ROWS:])
    more = f"<p>{escape(MORE(lang).format(left))}</p>" if left else ""
    return f"<table><tr>{head}</tr>{rows}</table>{more}"


def _row(group: ProblemGroup, lang: str) -> str:
    problem, message = group.first, group.message(lang, brief=False)
    colour = SEVERITY_COLOURS[problem.severity]
    cells = (problem.code, problem.address.place, message, problem.hint(lang))
    return f"<tr><td style='background:#{colour}'>{problem.severity.value}</td>{_cells(cells)}</tr>"


def _cells(texts: Iterable[str]) -> str:
    return "".join(f"<td style='text-align:left'>{escape(text)}</td>" for text in texts)


def card(content: str) -> str:
    """HTML in the frame in which everything shows itself in a notebook."""
    return f'<div style="{_STYLE}">{content}</div>'
