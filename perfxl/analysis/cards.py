"""How programs, scores, explanations and problems show themselves: HTML in a notebook, a few lines in a terminal. Every
text of a cell is escaped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

from perfxl.core.language import COLON, COMMA, Text
from perfxl.core.official import STANDING_LABELS, Standing
from perfxl.core.problem_table import SEVERITY_COLOURS, ProblemGroup, group_problems, spell_counts
from perfxl.core.problems import Problem, count
from perfxl.core.schema import all_tables

if TYPE_CHECKING:
    import pandas as pd

    from perfxl.core.explain import Explanation
    from perfxl.core.official import Verdict
    from perfxl.program import Program

__all__ = ["explanation_card", "problem_table", "program_card", "program_lines", "score_card", "score_lines_of"]

_MOST_ROWS = 50
_NOT_READ = Text("不能读取", "not readable")
_NO_PROBLEMS = Text("没有发现问题", "no problems found")
_TABLES = Text("表", "Tables")
_HEADERS = (
    *(Text("级别", "Severity"), Text("编码", "Code"), Text("位置", "Where")),
    *(Text("问题", "Problem"), Text("怎么办", "What to do")),
)
_READING = Text("读取", "Reading")
_PEOPLE = Text("人", "people")
_MORE = Text("其余 {} 条未显示", "{} more")
_STYLE = (
    "font:13px/1.5 'Microsoft YaHei','Noto Sans CJK SC',sans-serif;border:1px solid #d9e0e7;border-radius:6px;"
    "padding:10px 14px;display:inline-block;max-width:100%;overflow-x:auto"
)


def program_lines(program: Program) -> list[str]:
    """The file, its tables and its problems: three lines."""
    counted = _counted(program.problems, program.lang)
    return [_title(program), _contents(program), f"{_READING(program.lang)}{COLON(program.lang)}{counted}"]


def program_card(program: Program) -> str:
    """The same with the first problems."""
    title, contents, counted = (escape(line) for line in program_lines(program))
    return _card(f"<b>{title}</b><br>{contents}<br>{counted}{_rows_of(program.problems, program.lang)}")


def score_lines_of(program: Program, verdicts: Sequence[Verdict], problems: Sequence[Problem]) -> list[str]:
    """How many people, how their totals stand, what is wrong."""
    lang = program.lang
    standings = Counter(verdict.standing for verdict in verdicts)
    told = COMMA(lang).join(f"{STANDING_LABELS[standing](lang)} {standings[standing]}" for standing in Standing)
    people = f"{len(verdicts)} {_PEOPLE(lang)}{COLON(lang)}{told}"
    return [_title(program), people, _counted(problems, lang)]


def score_card(lines: Sequence[str], frame: pd.DataFrame, lang: str) -> str:
    """These lines, and the first people."""
    table = frame.head(_MOST_ROWS).to_html(index=False, na_rep="", escape=True, border=0)
    left = len(frame) - _MOST_ROWS
    more = f"<br>{escape(_MORE(lang).format(left))}" if left > 0 else ""
    return _card("<br>".join(map(escape, lines)) + table + more)


def explanation_card(explanation: Explanation, lang: str) -> str:
    """The explanation line by line."""
    from perfxl.core.explain import as_text_lines

    lines = "\n".join(as_text_lines(explanation, lang))
    return _card(f'<pre style="white-space:pre-wrap;margin:0">{escape(lines)}</pre>')


def problem_table(problems: Sequence[Problem], lang: str) -> str:
    """The problems, the worst first."""
    return _card(f"<b>{escape(_counted(problems, lang))}</b>{_rows_of(problems, lang)}")


def _title(program: Program) -> str:
    name = program.path.name if program.path else program.info.file if program.info else ""
    company, title = (str(program.policy[key] or "") for key in ("company", "program"))
    return " ".join(part for part in ("perfxl", name, company, title) if part)


def _contents(program: Program) -> str:
    if not program.usable:
        return _NOT_READ(program.lang)
    declared = all_tables()
    counts = [(name, len(records)) for name, records in program.tables.items() if name in declared and len(records)]
    told = COMMA(program.lang).join(f"{declared[name].title(program.lang)} {size}" for name, size in counts)
    return f"{_TABLES(program.lang)}{COLON(program.lang)}{told}"


def _counted(problems: Sequence[Problem], lang: str) -> str:
    return spell_counts({s: n for s, n in count(problems).items() if n}, lang) or _NO_PROBLEMS(lang)


def _rows_of(problems: Sequence[Problem], lang: str) -> str:
    if not problems:
        return ""
    groups = group_problems(problems, linked=True)
    shown = groups[:_MOST_ROWS]
    head = "".join(f"<th style='text-align:left'>{escape(header(lang))}</th>" for header in _HEADERS)
    rows = "".join(_row(each, lang) for each in shown)
    left = sum(len(group.problems) for group in groups[_MOST_ROWS:])
    more = f"<p>{escape(_MORE(lang).format(left))}</p>" if left else ""
    return f"<table><tr>{head}</tr>{rows}</table>{more}"


def _row(group: ProblemGroup, lang: str) -> str:
    problem, message = group.first, group.message(lang, brief=False)
    colour = SEVERITY_COLOURS[problem.severity]
    cells = (problem.code, problem.address.place, message, problem.hint(lang))
    return f"<tr><td style='background:#{colour}'>{problem.severity.value}</td>{_cells(cells)}</tr>"


def _cells(texts: Iterable[str]) -> str:
    return "".join(f"<td style='text-align:left'>{escape(text)}</td>" for text in texts)


def _card(content: str) -> str:
    return f'<div style="{_STYLE}">{content}</div>'
