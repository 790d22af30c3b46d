"""The template of a coaching record (绩效辅导记录): one for each person, all coachings of the period on it."""

from __future__ import annotations

from perfxl.documents.build.kit import GROUP_FILL, Cell, Grid, Paper, caption, label

_TITLE = ("绩效辅导记录", "Coaching Record")
_CONFIDENTIAL = (
    "机密　仅限员工本人、直接上级与人力资源部",
    "Confidential: employee, superior, Human Resources",
)
# Light -> its colour; the dot says it too where papers are printed in black.
LIGHTS = (("green", "548235", "●"), ("amber", "BF9000", "▲"), ("red", "C00000", "■"))
_PARTS = ("situation", "cause", "advice", "follow_up")


def coaching(lang: str) -> Paper:
    paper = Paper(lang, f"{_TITLE[lang == 'en']} {{{{ number }}}} {{{{ holder.name }}}}")
    paper.open(_TITLE, _CONFIDENTIAL)
    about(paper)
    progress(paper)
    paper.heading(("辅导记录", "Coachings"))
    paper.tag("{%p if not entries %}")
    paper.note(("本期尚无辅导记录。", "There have been no coachings in this period."))
    paper.tag("{%p endif %}")
    paper.tag("{%p for e in entries %}")
    _card(
        paper,
        ("{{ e.number }}　{{ e.date }}\t辅导人 {{ e.coach }}", "{{ e.number }}　{{ e.date }}\tCoach: {{ e.coach }}"),
        "{{ e.kpi }}",
        {name: f"{{{{ e.{name} }}}}" for name in _PARTS},
    )
    paper.tag("{%p endfor %}")
    paper.heading(("本次辅导", "This coaching"))
    paper.note(
        (
            "先由员工自述，再分析偏差原因；既肯定进步，也指出差距；约定谁在何时做什么。",
            "The employee speaks first, then look for causes; affirm progress, name gaps; agree who does what by when.",
        ),
        keep=True,
    )
    _card(paper, ("日期　　　　年　　月　　日\t辅导人 {{ superior.name }}", "Date\tCoach: {{ superior.name }}"), "", {})
    paper.end()
    return paper


def about(paper: Paper) -> Grid:
    """Who the paper is about."""
    return paper.facts(
        (label("people.name"), "{{ holder.name }}"),
        (label("people.person"), "{{ holder.id }}"),
        (label("people.post"), "{{ holder.post }}"),
        (label("people.unit"), "{{ holder.unit }}"),
        (label("people.superior"), "{{ superior.name }}"),
        (("考核期", "Period"), "{{ period }}"),
    )


def progress(paper: Paper) -> None:
    """How the KPIs stand, with their lights."""
    paper.heading(("目标进展（截至{{ as_of }}）", "Progress (to {{ as_of }})"))
    grid = paper.table((0.8, 3.1, 1.5, 1.4, 1.8, 1.8, 1.9, 1.7, 1.0, 2.0), "clccrrrrcr")
    grid.head(
        ("序号", "No."),
        label("kpis.name"),
        label("kpis.unit"),
        label("contract_lines.weight"),
        label("contract_lines.target"),
        ("进度目标", "To date"),
        label("actuals.value"),
        ("完成率", "Reached"),
        ("亮灯", "Light"),
        ("预计", "Forecast"),
    )
    grid.tag("{%tr for line in lines %}")
    cells = (f"{{{{ line.{name} }}}}" for name in ("number", "kpi", "unit", "weight", "target", "aim", "actual"))
    grid.row(*cells, "{{ line.attainment }}", light("line"), "{{ line.forecast }}")
    grid.tag("{%tr endfor %}")


def light(line: str) -> Cell:
    """A light in its colour and shape."""
    tints = [(f"{{% if {line}.light == '{name}' %}}{sign}{{% endif %}}", color) for name, color, sign in LIGHTS]
    return Cell("", align="center", tints=[*tints, (f"{{% if not {line}.light %}}—{{% endif %}}", "595959")])


def _card(paper: Paper, head: tuple[str, str], kpi: str, values: dict[str, str]) -> None:
    """A coaching; without values one to write in."""
    paper.gap()
    grid = paper.table((2.6, 5.9, 2.6, 5.9))
    grid.row(Cell(head, 4), style="Card Head", fill=GROUP_FILL, keep=True)
    grid.row(caption(("相关指标", "KPI")), Cell(kpi, 3), keep=True)
    for name in _PARTS:
        grid.row(
            caption(label(f"coaching.{name}")), Cell(values.get(name, ""), 3), keep=True, height=0 if values else 1.3
        )
    grid.row(caption(("辅导人签字", "Coach")), "", caption(("员工签字", "Employee")), "", height=0.9)
