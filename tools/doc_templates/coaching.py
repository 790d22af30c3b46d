"""The template of a coaching record (绩效辅导记录): one for each person, all coachings of the period on it."""

from __future__ import annotations

from perfxl.core.language import Text
from tools.doc_templates.kit import GROUP_FILL, Cell, Grid, Paper, caption, label
from tools.doc_templates.person import PRIVATE, about, progress

_TITLE = Text("绩效辅导记录", "Coaching Record")
_PARTS = ("situation", "cause", "advice", "follow_up")


def coaching(lang: str) -> Paper:
    """Builds the template of a coaching record (绩效辅导记录)."""
    paper = Paper(lang, f"{_TITLE(lang)} {{{{ number }}}} {{{{ holder.name }}}}")
    paper.open(_TITLE, PRIVATE)
    about(paper)
    progress(paper)
    paper.heading(Text("辅导记录", "Coachings"))
    paper.tag("{%p if not entries %}")
    paper.note(Text("本期尚无辅导记录。", "There have been no coachings in this period."))
    paper.tag("{%p endif %}")
    paper.tag("{%p for e in entries %}")
    _held(paper)
    paper.tag("{%p endfor %}")
    paper.heading(Text("本次辅导", "This coaching"))
    paper.note(
        Text(
            "先由员工自述，再分析偏差原因；既肯定进步，也指出差距；约定谁在何时做什么。",
            "The employee speaks first, then look for causes; affirm progress, name gaps; agree who does what by when.",
        ),
        keep=True,
    )
    _to_hold(paper)
    paper.end()
    return paper


def _held(paper: Paper) -> None:
    """A coaching that was held; what nobody has written down takes no row."""
    by = Text("辅导人 {{ e.coach }}", "Coach: {{ e.coach }}")
    grid = _card(paper, Text(*(f"{{{{ e.number }}}}　{{{{ e.date }}}}\t{words}" for words in by)))
    for name in ("kpi", *_PARTS):
        grid.tag(f"{{%tr if e.{name} != '—' %}}")
        grid.row(caption(_name(name)), Cell(f"{{{{ e.{name} }}}}", 3), keep=True)
        grid.tag("{%tr endif %}")
    _sign(grid)


def _to_hold(paper: Paper) -> None:
    """A coaching to write down."""
    grid = _card(
        paper, Text("日期　　　　年　　月　　日\t辅导人 {{ superior.name }}", "Date\tCoach: {{ superior.name }}")
    )
    grid.row(caption(_name("kpi")), Cell("", 3), keep=True)
    for name in _PARTS:
        grid.row(caption(_name(name)), Cell("", 3), keep=True, height=1.3)
    _sign(grid)


def _card(paper: Paper, head: Text) -> Grid:
    paper.gap()
    grid = paper.table((2.6, 5.9, 2.6, 5.9))
    grid.row(Cell(head, 4), style="Card Head", fill=GROUP_FILL, keep=True)
    return grid


def _name(part: str) -> Text:
    return Text("相关指标", "KPI") if part == "kpi" else label(f"coaching.{part}")


def _sign(grid: Grid) -> None:
    grid.row(caption(Text("辅导人签字", "Coach")), "", caption(Text("员工签字", "Employee")), "", height=0.9)
