"""The template of an improvement plan (绩效改进计划): a card for each improvement, and what the checks found."""

from __future__ import annotations

from perfxl.core.language import Text
from tools.doc_templates.kit import GROUP_FILL, Cell, Paper, beside, caption, label
from tools.doc_templates.person import PRIVATE, about

_TITLE = Text("绩效改进计划", "Improvement Plan")
_WARNING = "C00000"
_PURPOSE = Text(
    "本计划针对影响考核结果最大的差距，约定做什么、谁来做、谁支持、何时完成、如何衡量、何时检查。"
    "措施要切实可行、有时限、可衡量，每项由直接上级按检查日期核对。",
    "This plan takes the gaps that cost the result most and says what is done, by whom, with whose support, by when, "
    "how it is measured and when it is checked. The superior checks each item on its date.",
)
_HEAD = Text(
    "{{ i.number }}　{{ i.kpi }}\t{% if i.points %}目标 {{ i.target }}　实绩 {{ i.actual }}　得分 {{ i.points }}"
    "{% endif %}",
    "{{ i.number }}　{{ i.kpi }}\t{% if i.points %}Target {{ i.target }}, actual {{ i.actual }}, points {{ i.points }}"
    "{% endif %}",
)
_VAGUE = Text(
    "{% if i.vague %}　▲ 措施不够具体：请补充数量、期限或衡量标准。{% endif %}",
    "{% if i.vague %}  ▲ Too vague: add a figure, a date or a measure.{% endif %}",
)


def improvement(lang: str) -> Paper:
    """Builds the template of an improvement plan (绩效改进计划)."""
    paper = Paper(lang, f"{_TITLE(lang)} {{{{ number }}}} {{{{ holder.name }}}}")
    paper.open(_TITLE, PRIVATE)
    grid = about(paper)
    result = beside("{{ result.total }}　{{ result.grade }}", "{{ result.state }}")
    words = (f"{{% if result.total == '—' %}}{{{{ result.state }}}}{{% else %}}{said}{{% endif %}}" for said in result)
    shown = Cell(Text(*words), 3)
    grid.row(caption(Text("总分、等级", "Total, grade")), shown)
    paper.gap()
    paper.text(_PURPOSE)
    paper.heading(Text("改进事项", "Improvements"))
    paper.tag("{%p if not items %}")
    paper.note(
        Text(
            "已计分的指标中没有低于目标的；可在下表填写发展性改进。",
            "No scored KPI fell short of its target; below is room for development.",
        )
    )
    paper.tag("{%p endif %}")
    paper.tag("{%p if items and not planned %}")
    paper.note(
        Text(
            "以下指标对总分影响最大，差距由数据得出，原因、措施等由员工与直接上级共同填写。",
            "These KPIs cost the total most. The gaps come from the data; employee and superior fill in the rest.",
        )
    )
    paper.tag("{%p endif %}")
    paper.tag("{%p for i in items %}")
    _card(paper)
    paper.tag("{%p endfor %}")
    _more(paper)
    _checks(paper)
    paper.heading(Text("签署", "Signatures"))
    paper.signed_by(
        (Text("员工", "Employee"), "{{ holder.name }}", "{{ holder.post }}"),
        (Text("直接上级", "Superior"), "{{ superior.name }}", "{{ superior.post }}"),
    )
    paper.end()
    return paper


def _card(paper: Paper) -> None:
    paper.gap()
    grid = paper.table((2.2, 3.5, 2.2, 3.4, 2.2, 3.5))
    grid.row(Cell(_HEAD, 6), style="Card Head", fill=GROUP_FILL, keep=True)
    for name in ("gap", "cause"):
        grid.row(caption(label(f"improvements.{name}")), Cell(f"{{{{ i.{name} }}}}", 5), keep=True, height=0.7)
    action = Cell("{{ i.action }}", 5, tints=[(_VAGUE, _WARNING)])
    grid.row(caption(label("improvements.action")), action, keep=True, height=1.05)
    grid.row(caption(label("improvements.measure")), Cell("{{ i.measure }}", 5), keep=True, height=0.7)
    grid.row(caption(label("improvements.support")), Cell("{{ i.support }}", 5), keep=True, height=0.7)
    grid.row(*_named("owner", "due", "status"), keep=True, height=0.7)
    checked_by = caption(Text("检查人", "Checked by"))
    grid.row(*_named("check_date"), checked_by, Cell("{{ superior.name }}", 3), keep=True, height=0.7)
    grid.row(caption(Text("检查情况", "Found")), Cell("", 5), height=0.8)


def _named(*names: str) -> list[Cell | str]:
    """Columns of the improvements beside their names."""
    pairs = ((caption(label(f"improvements.{name}")), f"{{{{ i.{name} }}}}") for name in names)
    return [cell for pair in pairs for cell in pair]


def _more(paper: Paper) -> None:
    paper.heading(Text("其他改进与发展", "Other improvements"))
    grid = paper.table((0.9, 6.1, 2.2, 2.6, 2.8, 2.4), "clllll")
    grid.head(
        Text("序号", "No."),
        label("improvements.action"),
        label("improvements.owner"),
        label("improvements.support"),
        label("improvements.measure"),
        label("improvements.due"),
    )
    grid.blank(2, height=0.7)


def _checks(paper: Paper) -> None:
    paper.heading(Text("检查与结论", "Checks and conclusion"))
    grid = paper.table((3.0, 14.0))
    grid.row(
        caption(Text("期末结论", "Conclusion")),
        Text(
            "□ 已达到改进目标　　□ 部分达到，继续改进　　□ 未达到，采取其他措施",
            "□ Reached  □ In part  □ Not reached",
        ),
        keep=True,
        height=0.8,
    )
    grid.row(caption(Text("说明", "Remarks")), "", height=0.8, keep=True)
