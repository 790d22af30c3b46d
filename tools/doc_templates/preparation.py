"""The template of the preparation of an interview (面谈准备表): for the interviewer, prefilled from the data."""

from __future__ import annotations

from perfxl.core.language import Text
from tools.doc_templates.chart import BLUE, ORANGE, Chart, Series
from tools.doc_templates.kit import Cell, Paper, caption, label
from tools.doc_templates.person import about, result

_TITLE = Text("面谈准备表", "Interview Preparation")
_CONFIDENTIAL = Text("机密　仅限面谈人与人力资源部", "Confidential: interviewer and Human Resources only")
_COURSE = (
    (
        Text("面谈前", "Before"),
        Text(
            "□ 提前通知员工并请其准备自我评价　□ 备好合同、考核结果通知、辅导记录　□ 地点安静，时间留足",
            "□ Employee told in time, self-assessment asked for  □ Contract, score notice, coaching record at hand  "
            "□ A quiet place, enough time",
        ),
    ),
    (
        Text("开场", "Opening"),
        Text(
            "说明目的：就结果、原因、下期目标与改进达成一致；请员工先谈自我评价。",
            "Say what it is for: to agree on the result, its causes, next targets and improvements. The employee "
            "speaks first.",
        ),
    ),
    (
        Text("过程", "Course"),
        Text(
            "先肯定成绩，再谈差距；谈工作不谈性格，用事实与数据；多问原因，少下结论；着眼今后。",
            "Affirm results, then gaps. Talk about work, not character, with facts and figures. Ask for causes before "
            "concluding. Look ahead.",
        ),
    ),
    (
        Text("结束", "Closing"),
        Text(
            "复述达成的一致：结果、下期目标、改进措施与所需支持；确认并签字，约定检查时间。",
            "Repeat what was agreed: result, next targets, improvements and support. Confirm, sign, set the date of "
            "the check.",
        ),
    ),
)


def preparation(lang: str) -> Paper:
    """Builds the template of an interview preparation (面谈准备表)."""
    paper = Paper(lang, f"{_TITLE(lang)} {{{{ number }}}} {{{{ holder.name }}}}")
    paper.open(_TITLE, _CONFIDENTIAL)
    grid = about(paper)
    grid.row(caption(Text("面谈时间", "Date")), "{{ date }}", caption(Text("面谈地点", "Place")), "{{ place }}")
    paper.heading(Text("结果概览", "The result at a glance"))
    result(paper)
    paper.tag("{%p if trend %}")
    paper.chart(_trend_chart(paper))
    paper.note(
        Text(
            "累计完成率：有分期数据的计权指标，各期末累计实绩与进度目标之比，按权重平均，单项最高计 120%。",
            "Attainment to date of the weighted KPIs that report during the year: actual against phased target, "
            "averaged by weight, each at most 120%.",
        )
    )
    paper.tag("{%p endif %}")
    _affirmed(paper)
    _gaps(paper)
    _questions(paper)
    _promises(paper)
    paper.heading(Text("面谈提纲", "Outline"))
    grid = paper.table((2.2, 14.8))
    for stage, points in _COURSE:  # stays with the rows to write in, which so are not alone on a page
        grid.row(caption(stage), points, keep=True)
    paper.heading(Text("下期目标与改进的设想", "Ideas for next targets and improvements"))
    grid = paper.table((0.9, 6.4, 5.2, 4.5), "clll")
    grid.head(
        Text("序号", "No."),
        Text("目标或改进点", "Target or improvement"),
        Text("衡量标准", "Measure"),
        Text("所需支持", "Support"),
    )
    grid.blank(3, height=0.75)
    paper.end()
    return paper


def _trend_chart(paper: Paper) -> Chart:
    return Chart(
        paper.say(Text("累计完成率走势", "Attainment to date by month")),
        "point in trend",
        "point.period",
        (
            Series(
                paper.say(Text("累计完成率（%）", "Attainment to date (%)")), "point.attainment", BLUE, 96, inside=True
            ),
            Series(paper.say(Text("目标", "Target")), "point.target", ORANGE, 100, line=True, labels=False),
        ),
        height=5.0,
        gap=70,
        labels="0.0",
    )


def _affirmed(paper: Paper) -> None:
    paper.heading(Text("值得肯定的成绩", "What to affirm"))
    grid = paper.table((4.6, 2.4, 2.4, 1.8, 5.8), "lrrrl")
    grid.head(
        label("kpis.name"),
        label("contract_lines.target"),
        label("actuals.value"),
        Text("得分", "Points"),
        Text("具体事例", "What was done well"),
    )
    grid.tag("{%tr for a in affirmed %}")
    grid.row("{{ a.kpi }}", "{{ a.target }}", "{{ a.actual }}", "{{ a.points }}", "", height=0.8)
    grid.tag("{%tr endfor %}")
    grid.tag("{%tr if not affirmed %}")
    grid.row(
        Cell(
            Text(
                "已计分的指标中没有达到目标的，请从过程与行为中找出值得肯定之处。",
                "No scored KPI met its target: look for what to affirm in how the work was done.",
            ),
            5,
        )
    )
    grid.tag("{%tr endif %}")


def _gaps(paper: Paper) -> None:
    paper.heading(Text("差距与待了解的原因", "Gaps, and causes to ask for"))
    paper.note(
        Text(
            "按对总分的影响从大到小列出；失分为该指标少得的加权得分。",
            "Those that cost the total most come first; cost is what was lost in weighted points.",
        ),
        keep=True,
    )
    grid = paper.table((3.0, 1.9, 1.9, 2.5, 1.3, 3.8, 2.6), "lrrrrll")
    grid.head(
        label("kpis.name"),
        label("contract_lines.target"),
        label("actuals.value"),
        label("improvements.gap"),
        Text("失分", "Cost"),
        Text("已知原因", "Known cause"),
        Text("员工的说明", "Employee's view"),
    )
    grid.tag("{%tr for g in gaps %}")
    grid.row(
        "{{ g.kpi }}",
        "{{ g.target }}",
        "{{ g.actual }}",
        "{{ g.gap }}",
        "{{ g.lost }}",
        "{{ g.cause }}",
        "",
        height=0.9,
        split=True,
    )
    grid.tag("{%tr endfor %}")
    grid.tag("{%tr if not gaps %}")
    grid.row(Cell(Text("已计分的指标中没有低于目标的。", "No scored KPI fell short of its target."), 7))
    grid.tag("{%tr endif %}")


def _questions(paper: Paper) -> None:
    paper.tag("{%p if questions %}")
    paper.heading(Text("需要核实的问题", "Open questions"))
    grid = paper.table((0.9, 9.7, 6.4), "cll")
    grid.head(Text("序号", "No."), Text("问题", "Question"), Text("核实结果", "Answer"))
    grid.tag("{%tr for q in questions %}")
    grid.row("{{ loop.index }}", "{{ q }}", "", height=0.9, split=True)
    grid.tag("{%tr endfor %}")
    paper.tag("{%p endif %}")


def _promises(paper: Paper) -> None:
    paper.tag("{%p if promises %}")
    paper.heading(Text("上期承诺与计划", "What was promised"))
    grid = paper.table((2.4, 7.4, 2.8, 1.9, 2.5), "clccl")
    grid.head(
        Text("来源", "From"),
        Text("内容", "What"),
        Text("期限", "By when"),
        Text("状态", "Status"),
        Text("完成情况", "Done"),
    )
    grid.tag("{%tr for p in promises %}")
    grid.row("{{ p.source }}", "{{ p.text }}", "{{ p.due }}", "{{ p.status }}", "", split=True)
    grid.tag("{%tr endfor %}")
    paper.tag("{%p endif %}")
