"""The template of a score notice (考核结果通知): the result, every line explained, how to appeal."""

from __future__ import annotations

from perfxl.core.language import Text
from perfxl.documents.papers.notice import CHARTS
from tools.doc_templates.kit import GROUP_FILL, Cell, Paper, label
from tools.doc_templates.person import PRIVATE, about, result, score_chart

_TITLE = Text("考核结果通知", "Score Notice")
_OPENING = Text(
    "{{ holder.name }}：您{% if period %}在 {{ period }} {% endif %}的绩效考核结果如下。"
    "请逐项核对目标、实绩与计分过程；第三项说明总分的构成，如有异议，可按第四项的办法申诉。",
    "Dear {{ holder.name }}, this is your result{% if period %} for {{ period }}{% endif %}. "
    "Please check targets, actuals and how they were scored; section 3 says how the total came about, section 4 "
    "how to appeal.",
)
_CONTRACT = Text(
    "{{ c.number }}　{{ c.unit }} {{ c.post }}（{% if c.validity %}{{ c.validity }}，{% endif %}{{ c.days }} 天）",
    "{{ c.number }}  {{ c.unit }}, {{ c.post }} ({% if c.validity %}{{ c.validity }}, {% endif %}{{ c.days }} days)",
)
_SUM = Text(
    "{% if several %}{{ c.number }}：{% endif %}{% if c.result.total == '—' %}{{ c.result.state }}。{% else %}"
    "{{ c.sum }}总分 {{ c.result.total }} 分（{{ c.result.state }}）。{% endif %}",
    "{% if several %}{{ c.number }}: {% endif %}{% if c.result.total == '—' %}{{ c.result.state }}.{% else %}"
    "{{ c.sum }} Total {{ c.result.total }} ({{ c.result.state }}).{% endif %}",
)
_AVERAGE = Text(
    "本期有 {{ contracts|length }} 份合同，按日历天数加权：{{ average }}＝{{ result.total }} 分"
    "（{{ result.state }}）。",
    "{{ contracts|length }} contracts in the period, averaged by calendar days: {{ average }} = {{ result.total }} "
    "({{ result.state }}).",
)
_NOTE = "{{ line.rule }} {{ line.calculation }}{% if line.fraction %} {{ line.fraction }}{% endif %}"
_LIMITS = Text(
    "单项得分限于 {{ rules.points_floor }} 分至 {{ rules.points_cap }} 分（指标另有规定的除外），"
    "总分限于 0 分至 {{ rules.total_cap }} 分。等级{% if rules.coefficients %}与系数{% endif %}："
    "{% for g in grades %}{{ g.grade }} 级 {{ g.range }}{% if g.coefficient %}，系数 {{ g.coefficient }}{% endif %}"
    "{% if loop.last %}。{% else %}；{% endif %}{% endfor %}",
    "Points are limited to {{ rules.points_floor }} to {{ rules.points_cap }} unless the KPI sets its own limits, the "
    "total to 0 to {{ rules.total_cap }}. Grades{% if rules.coefficients %} and coefficients{% endif %}: "
    "{% for g in grades %}{{ g.grade }} {{ g.range }}{% if g.coefficient %}, coefficient "
    "{{ g.coefficient }}{% endif %}{% if loop.last %}.{% else %}; {% endif %}{% endfor %}",
)
_APPEAL = (
    Text(
        "1．对结果有异议的，可在收到本通知之日起 5 个工作日内，填写《绩效申诉表》并附依据，书面提交人力资源部。",
        "1. You may appeal in writing to Human Resources within 5 working days of this notice, with the appeal form "
        "and your evidence.",
    ),
    Text(
        "2．申诉工作小组在受理后 10 个工作日内调查核实，向有关人员取证，作出维持或变更的决定并书面答复。"
        "原结果与申诉后的结果均予保存。",
        "2. The appeals group investigates within 10 working days, hears those concerned, confirms or changes the "
        "result and answers in writing. Both the original and the later result are kept.",
    ),
    Text(
        "3．任何人不得因申诉对申诉人作出不利处理。签收本通知仅表示已收到，不表示同意结果。",
        "3. Nobody may be disadvantaged for an appeal. Signing says that the notice was received, not that you agree.",
    ),
)


def notice(lang: str) -> Paper:
    """Builds the template of a score notice (考核结果通知)."""
    paper = Paper(lang, f"{_TITLE(lang)} {{{{ number }}}} {{{{ holder.name }}}}")
    paper.open(_TITLE, PRIVATE, photo=True)
    about(paper)
    paper.gap()
    paper.text(_OPENING)
    paper.heading(Text("考核结果", "Result"))
    result(paper)
    _charts(paper)
    _lines(paper)
    _total(paper)
    paper.heading(Text("异议与申诉", "How to appeal"))
    for clause in _APPEAL:  # stays with the signatures, which so are never alone on a page
        paper.text(clause, keep=True)
    paper.heading(Text("签收", "Received"))
    paper.seal()
    paper.signed_by(
        (Text("员工", "Employee"), "{{ holder.name }}", "{{ holder.post }}"),
        (Text("直接上级", "Superior"), "{{ superior.name }}", "{{ superior.post }}"),
        pictures=("", "superior.signature"),  # nobody's receipt is signed by a machine
    )
    paper.end()
    return paper


def _charts(paper: Paper) -> None:
    """The points of each contract, with its name where there are several. A chart is a part of the document, which no
    loop can repeat."""
    for at in range(CHARTS):
        paper.tag(f"{{%p if score_charts[{at}].lines %}}")
        paper.tag(f"{{%p if score_charts[{at}].title %}}")
        paper.note(f"{{{{ score_charts[{at}].title }}}}", keep=True)
        paper.tag("{%p endif %}")
        paper.chart(score_chart(paper, f"score_charts[{at}].lines"))
        paper.tag("{%p endif %}")


def _lines(paper: Paper) -> None:
    paper.heading(Text("逐项计分", "Line by line"))
    paper.tag("{%p for c in contracts %}")
    paper.tag("{%p if several %}")
    paper.subheading(_CONTRACT)
    paper.tag("{%p endif %}")
    grid = paper.table((0.9, 4.4, 1.7, 2.2, 2.2, 1.8, 1.6, 2.2), "clcrrrcr")
    grid.head(
        Text("序号", "No."),
        label("kpis.name"),
        label("kpis.unit"),
        label("contract_lines.target"),
        label("actuals.value"),
        Text("得分", "Points"),
        label("contract_lines.weight"),
        Text("加权得分", "Weighted"),
    )
    grid.tag("{%tr for line in c.lines %}")
    names = ("number", "kpi", "unit", "target", "actual", "points", "weight", "weighted")
    grid.row(*(f"{{{{ line.{name} }}}}" for name in names), keep=True)
    grid.tag("{%tr if loop.last %}")  # the sum is not left alone on the next page
    grid.row("", Cell(_NOTE, 7, "left"), style="Table Note", keep=True)
    grid.tag("{%tr else %}")
    grid.row("", Cell(_NOTE, 7, "left"), style="Table Note")
    grid.tag("{%tr endif %}")
    grid.tag("{%tr endfor %}")
    total = Cell(Text("加权得分合计", "Weighted points in all"), 7, "left")
    grid.row(total, "{{ c.weighted }}", style="Table Head", fill=GROUP_FILL)
    _adjustments(paper)
    paper.tag("{%p endfor %}")


def _adjustments(paper: Paper) -> None:
    paper.tag("{%p if c.adjustments %}")
    paper.gap()
    grid = paper.table((0.9, 3.6, 1.2, 3.8, 5.2, 2.3), "clcllr")
    grid.head(
        Text("序号", "No."),
        Text("扣分、加分与否决", "Deductions, bonuses, vetoes"),
        Text("类型", "Kind"),
        Text("规则", "Rule"),
        Text("发生的事件", "What happened"),
        Text("加减分", "Points"),
    )
    grid.tag("{%tr for a in c.adjustments %}")
    grid.row(*(f"{{{{ a.{name} }}}}" for name in ("number", "kpi", "kind", "rule", "events", "points")))
    grid.tag("{%tr endfor %}")
    paper.tag("{%p endif %}")


def _total(paper: Paper) -> None:
    paper.heading(Text("总分与等级", "Total and grade"))
    paper.tag("{%p for c in contracts %}")
    paper.text(_SUM)
    paper.tag("{%p endfor %}")
    paper.tag("{%p if several %}")
    paper.text(_AVERAGE)
    paper.tag("{%p endif %}")
    paper.text(_LIMITS)
