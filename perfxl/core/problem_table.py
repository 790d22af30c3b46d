"""Problems as a table: its columns, their order from the worst down, the colours of severities, and what a marked cell
says. Terminal, workbooks and ribbon only paint it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from perfxl.core.language import Text
from perfxl.core.problems import SEVERITY_LABELS, Problem, Severity

SEVERITY_COLOURS = {Severity.ERROR: "F8B4B4", Severity.WARNING: "FFDF8C", Severity.NOTICE: "BFDBFE"}
"""Fill of a problem's line and of its cell: RRGGBB."""
SEVERITY_RANKS = {severity: rank for rank, severity in enumerate(Severity)}
"""0 is the worst."""


class ProblemColumn(NamedTuple):
    """A column: its header, its usual width in column units, what it shows of a problem."""

    header: Text
    width: float
    value: Callable[[Problem, str], str]


def _shown(value: object) -> str:
    """What a cell held, as people write it: 99, not 99.0."""
    return "" if value is None else f"{value:.15g}" if isinstance(value, float) else str(value)


SEVERITY = ProblemColumn(Text("级别", "Severity"), 9, lambda p, lang: SEVERITY_LABELS[p.severity](lang))
CODE = ProblemColumn(Text("代码", "Code"), 8, lambda p, lang: p.code)
FILE = ProblemColumn(Text("文件", "File"), 30, lambda p, lang: p.address.file)
SHEET = ProblemColumn(Text("工作表", "Sheet"), 18, lambda p, lang: p.address.sheet)
CELL = ProblemColumn(Text("单元格", "Cell"), 10, lambda p, lang: p.address.cell)
MESSAGE = ProblemColumn(Text("问题", "Problem"), 60, lambda p, lang: p.message(lang))
HINT = ProblemColumn(Text("建议", "What to do"), 50, lambda p, lang: p.hint(lang))
VALUE = ProblemColumn(Text("原值", "Value"), 20, lambda p, lang: _shown(p.value))
# The heading of hints where they answer at once: on the terminal, under a formula, in a summary.
ANSWER = HINT._replace(header=Text("怎么办", "What to do"))

_HINT_LINE = Text("建议：", "What to do: ")


def worst_first(problems: Iterable[Problem], by_code: bool = False) -> list[Problem]:
    """The problems by severity, and within one as given or by code."""
    return sorted(problems, key=lambda p: (SEVERITY_RANKS[p.severity], p.code if by_code else ""))


class ProblemGroup(NamedTuple):
    """Problems that one line tells: `first` with all of them, itself included, in the order given."""

    first: Problem
    problems: list[Problem]

    def message(self, lang: str, brief: bool = True) -> str:
        """The text of the first; of several, how many there are and where the first of them stand. `brief` names few
        cells of notices, as a terminal has room for."""
        text, cells = self.first.message(lang), [each.address.cell for each in self.problems if each.address.cell]
        if len(self.problems) == 1:
            return text
        most = _FEW_CELLS if brief and self.first.severity is Severity.NOTICE else _MOST_CELLS
        shown = ", ".join(dict.fromkeys(cells[:most])) + (" …" if len(cells) > most else "")
        return text + _IN_ALL(lang).format(len(self.problems), shown)

    def shown(self, column: ProblemColumn, lang: str) -> str:
        """What a column of a sheet shows of them."""
        return self.message(lang, brief=False) if column.header == MESSAGE.header else column.value(self.first, lang)


_FEW_CELLS, _MOST_CELLS = 3, 60
_IN_ALL = Text("（共 {} 处： {}）", " ({} in all: {})")


def group_problems(problems: Iterable[Problem], linked: bool = False) -> list[ProblemGroup]:
    """The problems as lines to show, worst first, by code within a severity: equal ones of a sheet together. Notices
    are equal when they are of one kind, others when they say the same.

    linked  each line leads to a cell: within a severity as given, every error and warning has a line of its own, and
            notices are equal when only the value differs
    """
    groups: dict[tuple[object, ...], ProblemGroup] = {}
    for at, each in enumerate(worst_first(problems, by_code=not linked)):
        key: tuple[object, ...] = (each.address.file, each.address.sheet, each.name)
        if each.severity is not Severity.NOTICE:
            key += (at if linked else each.message(),)
        elif linked:
            key += (each.table, each.column, *(f"{name}={value}" for name, value in each.details.items()))
        if key in groups:
            groups[key].problems.append(each)
        else:
            groups[key] = ProblemGroup(each, [each])
    return list(groups.values())


def comment_text(problems: Sequence[Problem], lang: str) -> str:
    """What the comment of a marked cell says: each problem with its hint, nothing twice."""
    lines = []
    for problem in problems:
        lines.append(f"[{SEVERITY_LABELS[problem.severity](lang)} {problem.code}] {problem.message(lang)}")
        if problem.hint(lang):
            lines.append(_HINT_LINE(lang) + problem.hint(lang))
    return "\n".join(dict.fromkeys(lines))


def spell_counts(counts: Mapping[Severity, int], lang: str) -> str:
    """Counts by severity in words: "2 errors, 1 warning"."""
    labels = [(SEVERITY_LABELS[severity], n) for severity, n in counts.items()]
    zh = "，".join(f"{label.zh} {n}" for label, n in labels)
    return Text(zh, ", ".join(f"{n} {label.en}{'s' * (n != 1)}" for label, n in labels))(lang)
