"""The template of a unit's summary (部门绩效汇总), with native charts."""

from __future__ import annotations

from perfxl.core.language import Text
from tools.doc_templates.chart import BLUE, LIGHT, Chart, Series
from tools.doc_templates.kit import Cell, Paper, caption, label

_TITLE = "{{ title }}"  # the company is no unit of its own
_CONFIDENTIAL = Text("机密　仅限单位负责人与人力资源部", "Confidential: head of the unit and Human Resources only")
_TO_WRITE = (
    Text("突出的成绩", "What went well"),
    Text("主要差距与原因", "Gaps and causes"),
    Text("下期重点与改进", "Next priorities"),
)


def unit_summary(lang: str) -> Paper:
    """Builds the template of a unit summary (部门绩效汇总)."""
    paper = Paper(lang, f"{_TITLE} {{{{ number }}}} {{{{ unit.name }}}}")
    paper.open(_TITLE, _CONFIDENTIAL)
    _about(paper)
    _overview(paper)
    _distribution(paper)
    _units(paper)
    _people(paper)
    paper.heading(Text("分析与意见", "Comments"))
    paper.table((3.4, 13.6)).named_blanks(_TO_WRITE, height=1.4, keep=True)
    paper.gap()
    paper.signed_by(
        (Text("单位负责人", "Head of the unit"), "{{ head.name }}", "{{ head.post }}"),
        (Text("人力资源部", "Human Resources"), "", ""),
    )
    paper.end()
    return paper


def _about(paper: Paper) -> None:
    """What the unit is; the company stands below nothing."""
    grid = paper.table((2.6, 5.9, 2.6, 5.9))

    def row(*pairs: tuple[Text, str]) -> None:
        grid.row(*(cell for name, value in pairs for cell in (caption(name), value)))

    row((label("units.name"), "{{ unit.name }}"), (label("units.unit"), "{{ unit.id }}"))
    grid.tag("{%tr if not unit.whole %}")
    row((label("units.parent"), "{{ unit.parent }}"), (label("units.grade"), "{{ unit.grade }}"))
    grid.tag("{%tr elif unit.grade != '—' %}")
    grid.row(caption(label("units.grade")), Cell("{{ unit.grade }}", 3))
    grid.tag("{%tr endif %}")
    row((label("units.head"), "{{ head.name }}"), (Text("考核期", "Period"), "{{ period }}"))


def _overview(paper: Paper) -> None:
    paper.heading(Text("总体情况", "At a glance"))
    grid = paper.table((17 / 6,) * 6, "cccccc")
    grid.head(
        Text("参评人数", "People"),
        Text("已有正式总分", "Official"),
        Text("未定", "Open"),
        Text("平均分", "Average"),
        Text("最高分", "Highest"),
        Text("最低分", "Lowest"),
    )
    names = ("count", "official", "pending", "average", "highest", "lowest")
    grid.row(*(Cell(f"{{{{ {name} }}}}", style="Figure") for name in names), height=1.1)
    paper.note(
        Text("含下级单位的人员；未定者不计入分数与等级。", "Units below included; open results are not counted.")
    )


def _distribution(paper: Paper) -> None:
    """The grades, beside the company's; the company's own summary has nothing to be compared with."""
    paper.heading(Text("等级分布", "Grades"))
    for condition, compared in (("not unit.whole", True), ("unit.whole", False)):
        paper.tag(f"{{%p if {condition} %}}")
        _grades(paper, compared)
        paper.tag("{%p endif %}")


def _grades(paper: Paper, compared: bool) -> None:
    columns = 5 if compared else 4
    grid = paper.table((3.0, 5.0, 3.0, 3.0, 3.0) if compared else (3.5, 6.5, 3.5, 3.5), "ccrrr"[:columns])
    heads = (
        label("grade_bands.grade"),
        Text("总分范围", "Totals"),
        Text("人数", "People"),
        Text("占比", "Share"),
        Text("全公司占比", "Company"),
    )
    grid.head(*heads[:columns])
    grid.tag("{%tr for d in distribution %}")
    names = ("grade", "range", "count", "share", "company")[:columns]
    grid.row(*(f"{{{{ d.{name} }}}}" for name in names), keep=True)
    grid.tag("{%tr endfor %}")
    paper.tag("{%p if official != '0' %}")
    own = Text("本单位（%）", "This unit (%)") if compared else Text("占比（%）", "Share (%)")
    series = (
        Series(paper.say(own), "d.share_number", BLUE, 40),
        Series(paper.say(Text("全公司（%）", "Company (%)")), "d.company_number", LIGHT, 35),
    )
    paper.chart(
        Chart(
            paper.say(Text("等级分布", "Grades")),
            "d in distribution",
            "d.grade",
            series if compared else series[:1],
            height=5.0,
            gap=80,
            labels="0.0",
        )
    )
    paper.tag("{%p endif %}")


def _units(paper: Paper) -> None:
    paper.tag("{%p if units %}")
    paper.heading(Text("下级单位", "Units below"))
    grid = paper.table((4.6, 2.8, 1.8, 2.0, 5.8), "lcrrl")
    grid.head(
        label("units.name"),
        label("units.head"),
        Text("人数", "People"),
        Text("平均分", "Average"),
        Text("等级分布", "Grades"),
    )
    grid.tag("{%tr for u in units %}")
    grid.row(*(f"{{{{ u.{name} }}}}" for name in ("name", "head", "count", "average", "grades")))
    grid.tag("{%tr endfor %}")
    paper.tag("{%p if unit_chart|length > 1 %}")
    paper.chart(
        Chart(
            paper.say(Text("下级单位平均分", "Averages of the units below")),
            "u in unit_chart",
            "u.unit",
            (Series(paper.say(Text("平均分", "Average")), "u.average", BLUE, 85),),
            height=5.6,
            bars=True,
            gap=50,
            labels="0.00",
        )
    )
    paper.tag("{%p endif %}")
    paper.tag("{%p endif %}")


def _people(paper: Paper) -> None:
    paper.heading(Text("人员结果", "People"))
    paper.note(
        Text(
            "列出本单位人员与下级单位负责人，按总分从高到低；暂定分排在最后。",
            "The unit's own people and the heads of the units below, by total; provisional totals come last.",
        ),
        keep=True,
    )
    grid = paper.table((0.9, 2.0, 2.5, 3.6, 2.9, 1.7, 1.2, 2.2), "cllllrcl")
    grid.head(
        Text("序号", "No."),
        label("people.person"),
        label("people.name"),
        label("people.post"),
        label("people.unit"),
        Text("总分", "Total"),
        label("grade_bands.grade"),
        Text("状态", "State"),
    )
    grid.tag("{%tr for p in people %}")
    names = ("number", "id", "name", "post", "unit", "total", "grade", "state")
    grid.row(*(f"{{{{ p.{name} }}}}" for name in names))
    grid.tag("{%tr endfor %}")
    grid.tag("{%tr if not people %}")
    grid.row(Cell(Text("没有直属人员。", "Nobody belongs to the unit itself."), 8))
    grid.tag("{%tr endif %}")
