"""How programs, scores, explanations and problems show themselves: HTML in a notebook, a few lines in a terminal. Every
text of a cell is escaped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from perfxl.core.language import COLON, COMMA, Text
from perfxl.core.official import STANDING_LABELS, Standing
from perfxl.core.problems import Problem
from perfxl.core.schema import all_tables
from perfxl.problem_list import MORE, MOST_ROWS, card, counted, rows_of

if TYPE_CHECKING:
    import pandas as pd

    from perfxl.core.explain import Explanation
    from perfxl.core.official import Verdict
    from perfxl.program import Program

__all__ = ["explanation_card", "program_card", "program_lines", "score_card", "score_lines_of"]

_NOT_READ = Text("不能读取", "not readable")
_TABLES = Text("表", "Tables")
_READING = Text("读取", "Reading")
_PEOPLE = Text("人", "people")


def program_lines(program: Program) -> list[str]:
    """The file, its tables and its problems: three lines."""
    found = counted(program.problems, program.lang)
    return [_title(program), _contents(program), f"{_READING(program.lang)}{COLON(program.lang)}{found}"]


def program_card(program: Program) -> str:
    """The same with the first problems."""
    title, contents, found = (escape(line) for line in program_lines(program))
    return card(f"<b>{title}</b><br>{contents}<br>{found}{rows_of(program.problems, program.lang)}")


def score_lines_of(program: Program, verdicts: Sequence[Verdict], problems: Sequence[Problem]) -> list[str]:
    """How many people, how their totals stand, what is wrong."""
    lang = program.lang
    standings = Counter(verdict.standing for verdict in verdicts)
    told = COMMA(lang).join(f"{STANDING_LABELS[standing](lang)} {standings[standing]}" for standing in Standing)
    people = f"{len(verdicts)} {_PEOPLE(lang)}{COLON(lang)}{told}"
    return [_title(program), people, counted(problems, lang)]


def score_card(lines: Sequence[str], frame: pd.DataFrame, lang: str) -> str:
    """These lines, and the first people."""
    table = frame.head(MOST_ROWS).to_html(index=False, na_rep="", escape=True, border=0)
    left = len(frame) - MOST_ROWS
    more = f"<br>{escape(MORE(lang).format(left))}" if left > 0 else ""
    return card("<br>".join(map(escape, lines)) + table + more)


def explanation_card(explanation: Explanation, lang: str) -> str:
    """The explanation line by line."""
    from perfxl.core.explain import as_text_lines

    lines = "\n".join(as_text_lines(explanation, lang))
    return card(f'<pre style="white-space:pre-wrap;margin:0">{escape(lines)}</pre>')


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
