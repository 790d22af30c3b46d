"""The template of an appeal (绩效申诉表): the form, the check, the decision."""

from __future__ import annotations

from perfxl.core.language import Text
from tools.doc_templates.kit import Cell, Paper, caption, label

_TITLE = Text("绩效申诉表", "Performance Appeal")
_CONFIDENTIAL = Text(
    "机密　仅限申诉人、申诉工作小组与人力资源部",
    "Confidential: appellant, appeals group, HR",
)
_RULES = Text(
    "收到考核结果通知之日起 5 个工作日内，将本表与依据书面提交人力资源部；申诉工作小组在 10 个工作日内调查并书面答复。"
    "任何人不得因申诉对申诉人作出不利处理。",
    "Hand this form and your evidence to Human Resources within 5 working days of the score notice. The appeals group "
    "investigates and answers in writing within 10 working days. Nobody may be disadvantaged for an appeal.",
)


def appeal(lang: str) -> Paper:
    """Builds the template of an appeal (绩效申诉表)."""
    paper = Paper(lang, f"{_TITLE(lang)} {{{{ number }}}} {{{{ holder.name }}}}")
    paper.open(_TITLE, _CONFIDENTIAL)
    paper.text(_RULES)
    _appellant(paper)
    _matter(paper)
    _check(paper)
    _decision(paper)
    paper.end()
    return paper


def _appellant(paper: Paper) -> None:
    paper.heading(Text("申诉人", "Appellant"))
    paper.facts(
        (label("people.name"), "{{ holder.name }}"),
        (label("people.person"), "{{ holder.id }}"),
        (label("people.post"), "{{ holder.post }}"),
        (label("people.unit"), "{{ holder.unit }}"),
        (label("people.superior"), "{{ superior.name }}"),
        (label("appeals.date"), "{{ date }}"),
        (Text("考核期", "Period"), "{{ period }}"),
        (Text("原总分、等级", "Total and grade"), "{{ result.total }}　{{ result.grade }}"),
    )


def _matter(paper: Paper) -> None:
    paper.heading(Text("申诉事项", "What the appeal is about"))
    grid = paper.table((3.0, 5.5, 2.0, 2.25, 2.0, 2.25))
    grid.row(
        caption(Text("申诉的指标", "KPI")),
        "{{ line.kpi }}",
        caption(label("contract_lines.target")),
        "{{ line.target }}",
        caption(Text("实绩", "Actual")),
        "{{ line.actual }}",
        keep=True,
        height=0.8,
    )
    grid.row(
        caption(Text("申诉范围", "Scope")),
        Text(
            "□ 实绩数据　□ 计分　□ 扣分与事件　□ 定性评定　□ 总分等级　□ 其他",
            "□ Actual  □ Scoring  □ Events  □ Grading  □ Total, grade  □ Other",
        ),
        caption(Text("原得分", "Points")),
        "{{ line.points }}",
        caption(label("contract_lines.weight")),
        "{{ line.weight }}",
        keep=True,
    )
    grid.row(caption(label("appeals.reason")), Cell("{{ reason }}", 5), height=2.6, split=True)
    grid.row(caption(label("appeals.evidence")), Cell("{{ evidence }}", 5), height=1.6, split=True)
    grid.row(caption(Text("申诉人签字", "Appellant signs")), "", caption(Text("日期", "Date")), Cell("", 3), height=0.9)


def _check(paper: Paper) -> None:
    paper.heading(Text("受理与复核", "Received and checked"))
    grid = paper.table((3.0, 5.5, 3.0, 5.5))
    grid.row(
        caption(Text("受理人", "Received by")), "", caption(Text("受理日期", "Received on")), "", keep=True, height=0.8
    )
    grid.row(caption(Text("取证对象与材料", "Heard, documents")), Cell("", 3), keep=True, height=1.2)
    grid.row(caption(label("appeals.finding")), Cell("{{ finding }}", 3), height=2.0, split=True)


def _decision(paper: Paper) -> None:
    paper.heading(Text("处理决定", "Decision"))
    grid = paper.table((3.0, 5.5, 3.0, 5.5))
    grid.row(caption(label("appeals.decision")), Cell("{{ decisions }}", 3), keep=True, height=0.8)
    grid.row(
        caption(Text("变更后得分", "Changed points")),
        "{{ changed.points }}",
        caption(Text("变更后总分、等级", "Changed total, grade")),
        "{{ changed.total }}　{{ changed.grade }}",
        keep=True,
        height=0.8,
    )
    grid.row(
        caption(label("appeals.decided_by")),
        "{{ decided_by }}",
        caption(label("appeals.decided_on")),
        "{{ decided_on }}",
        keep=True,
        height=0.8,
    )
    grid.row(caption(Text("决定的理由", "Grounds")), Cell("", 3), keep=True, height=1.4)
    paper.gap()
    paper.signed_by(
        (Text("申诉工作小组", "Appeals group"), "", ""),
        (Text("人力资源部", "Human Resources"), "", ""),
        (Text("申诉人（收到决定）", "Appellant (received)"), "{{ holder.name }}", "{{ holder.post }}"),
    )
