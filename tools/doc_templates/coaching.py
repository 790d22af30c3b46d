"""The template of a coaching record (绩效辅导记录): one for each person, all coachings of the period on it."""

from __future__ import annotations

from perfxl.core.language import Text
from tools.doc_templates.kit import GROUP_FILL, Cell, Paper, caption, label
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
    _card(
        paper,
        Text(
            "{{ e.number }}　{{ e.date }}\t辅导人 {{ e.coach }}", "{{ e.number }}　{{ e.date }}\tCoach: {{ e.coach }}"
        ),
        "{{ e.kpi }}",
        {name: f"{{{{ e.{name} }}}}" for name in _PARTS},
    )
    paper.tag("{%p endfor %}")
    paper.heading(Text("本次辅导", "This coaching"))
    paper.note(
        Text(
            "先由员工自述，再分析偏差原因；既肯定进步，也指出差距；约定谁在何时做什么。",
            "The employee speaks first, then look for causes; affirm progress, name gaps; agree who does what by when.",
        ),
        keep=True,
    )
    _card(
        paper,
        Text("日期　　　　年　　月　　日\t辅导人 {{ superior.name }}", "Date\tCoach: {{ superior.name }}"),
        "",
        {},
    )
    paper.end()
    return paper


def _card(paper: Paper, head: Text, kpi: str, values: dict[str, str]) -> None:
    """A coaching; without values one to write in."""
    paper.gap()
    grid = paper.table((2.6, 5.9, 2.6, 5.9))
    grid.row(Cell(head, 4), style="Card Head", fill=GROUP_FILL, keep=True)
    grid.row(caption(Text("相关指标", "KPI")), Cell(kpi, 3), keep=True)
    for name in _PARTS:
        text = Cell(values.get(name, ""), 3)
        grid.row(caption(label(f"coaching.{name}")), text, keep=True, height=0 if values else 1.3)
    grid.row(caption(Text("辅导人签字", "Coach")), "", caption(Text("员工签字", "Employee")), "", height=0.9)
