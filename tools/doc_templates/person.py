"""What papers about one person share: who it is, how the KPIs stand, the points as a chart."""

from __future__ import annotations

from perfxl.core.language import Text
from tools.doc_templates.chart import BLUE, GREY, LIGHT, Chart, Series
from tools.doc_templates.kit import Cell, Grid, Paper, label

PRIVATE = Text("机密　仅限员工本人、直接上级与人力资源部", "Confidential: employee, superior, Human Resources")

# Light -> its colour and its sign, which tells it where papers are printed in black.
_LIGHTS = (("green", "548235", "●"), ("amber", "BF9000", "▲"), ("red", "C00000", "■"))


def about(paper: Paper) -> Grid:
    """Who the paper is about."""
    return paper.facts(
        (label("people.name"), "{{ holder.name }}"),
        (label("people.person"), "{{ holder.id }}"),
        (label("people.post"), "{{ holder.post }}"),
        (label("people.unit"), "{{ holder.unit }}"),
        (label("people.superior"), "{{ superior.name }}"),
        (Text("考核期", "Period"), "{{ period }}"),
    )


def result(paper: Paper) -> None:
    """Total, grade, coefficient (where grades have any) and whether they are official, large."""
    total, grade, coefficient = Text("总分", "Total"), Text("等级", "Grade"), label("grade_bands.coefficient")
    heads = {"total": total, "grade": grade, "coefficient": coefficient}
    for condition, names in (("", (*heads,)), ("not ", ("total", "grade"))):
        paper.tag(f"{{%p if {condition}result.has_coefficient %}}")
        grid = paper.table((17 / (len(names) + 1),) * (len(names) + 1), "c" * (len(names) + 1))
        grid.head(*(heads[name] for name in names), Text("结果状态", "State"))
        figures = (Cell(f"{{{{ result.{name} }}}}", style="Figure") for name in names)
        grid.row(*figures, "{{ result.state }}", height=1.2)
        paper.tag("{%p endif %}")


def progress(paper: Paper) -> None:
    """How the KPIs stand, with their lights."""
    to_when = Text("（截至{{ as_of }}）", " (to {{ as_of }})")
    words = zip(Text("目标进展", "Progress"), to_when, strict=True)
    paper.heading(Text(*(f"{name}{{% if as_of %}}{when}{{% endif %}}" for name, when in words)))
    grid = paper.table((0.9, 2.9, 1.3, 1.4, 2.0, 1.8, 2.0, 1.6, 1.2, 1.9), "clccrrrrcr")
    grid.head(
        Text("序号", "No."),
        label("kpis.name"),
        label("kpis.unit"),
        label("contract_lines.weight"),
        label("contract_lines.target"),
        Text("进度目标", "To date"),
        label("actuals.value"),
        Text("完成率", "Reached"),
        Text("亮灯", "Light"),
        Text("预计", "Forecast"),
    )
    grid.tag("{%tr for line in lines %}")
    cells = (f"{{{{ line.{name} }}}}" for name in ("number", "kpi", "unit", "weight", "target", "aim", "actual"))
    grid.row(*cells, "{{ line.attainment }}", _light("line"), "{{ line.forecast }}")
    grid.tag("{%tr endfor %}")


def score_chart(paper: Paper, lines: str) -> Chart:
    """Points by KPI: what is missing to the target shows behind the bar."""
    return Chart(
        paper.say(Text("各指标得分与目标", "Points by KPI against the target")),
        f"line in {lines}",
        "line.kpi",
        (
            Series(paper.say(Text("目标", "Target")), "line.target", GREY, 100, labels=False),
            Series(paper.say(Text("达到目标", "Target met")), "line.met", BLUE, 105),
            Series(paper.say(Text("未达目标", "Target missed")), "line.missed", LIGHT, 90),
        ),
        height=5.8,
        bars=True,
        overlap=100,
        gap=45,
        labels="0.0",
    )


def _light(line: str) -> Cell:
    """A light in its colour and shape."""
    tints = [(f"{{% if {line}.light == '{name}' %}}{sign}{{% endif %}}", color) for name, color, sign in _LIGHTS]
    return Cell("", align="center", tints=[*tints, (f"{{% if not {line}.light %}}—{{% endif %}}", "595959")])
