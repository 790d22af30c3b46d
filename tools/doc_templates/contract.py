"""The template of the performance contract (业绩合同)."""

from __future__ import annotations

from perfxl.core.language import Text
from tools.doc_templates.kit import GROUP_FILL, Cell, Paper, beside_if_known, caption, label

_TITLE = Text("业绩合同", "Performance Contract")
_CONFIDENTIAL = Text("机密　仅限合同双方与人力资源部", "Confidential: for the parties and Human Resources only")
_LABEL = "Table Head"
_RULE = Text("{{ d.method }}：{{ d.rule }}", "{{ d.method }}: {{ d.rule }}")
_FACTS = "{% if d.facts %} {{ d.facts }}{% endif %}"
_RULE_AND_FACTS = Text(f"{_RULE.zh}{_FACTS}", f"{_RULE.en}{_FACTS}")

_INTRODUCTION = Text(
    "为落实{{ company }}的经营目标，发约人与受约人经目标质询与协商，就受约人在合同有效期内应完成的业绩指标、权重、"
    "目标与计分方法达成一致，签订本合同。",
    "To carry the objectives of {{ company }}, the issuer and the holder have negotiated and agree on the KPIs, "
    "weights, targets and scoring methods that follow for the term of this contract.",
)

# Heading -> clauses. HR edits them in Word; these are what a company starts from.
_TERMS = (
    (
        Text("考核与结果", "Evaluation and result"),
        (
            Text(
                "各指标按附件一的规则计分，单项得分限于 {{ rules.points_floor }} 分至 {{ rules.points_cap }} 分"
                "（指标另有规定的从其规定），保留两位小数。",
                "Each KPI is scored by its rule in Annex 1, limited to {{ rules.points_floor }} to "
                "{{ rules.points_cap }} points unless the KPI sets its own limits, and rounded to two decimals.",
            ),
            Text(
                "合同总分为各指标权重与得分乘积之和，加上加分、减去扣分，限于 0 分至 {{ rules.total_cap }} 分，"
                "再适用否决条款。",
                "The total is the sum of weight times points, plus bonuses, less deductions, limited to 0 to "
                "{{ rules.total_cap }}; vetoes apply after that.",
            ),
            Text(
                "经双方确认不适用的指标，其权重按比例分给{{ rules.not_applicable }}。尚未上报实绩的指标不按零分处理，"
                "补报前只出具暂定得分。",
                "The weight of a KPI that both sides find not applicable is spread over {{ rules.not_applicable }}. "
                "A KPI without a reported actual is not zero: until it is reported there is only a provisional total.",
            ),
            Text(
                "总分与绩效等级{% if rules.coefficients %}、奖金系数{% endif %}的对应关系："
                "{% for g in grades %}{{ g.grade }} 级，{{ g.range }}"
                "{% if g.coefficient %}，系数 {{ g.coefficient }}{% endif %}"
                "{% if loop.last %}。{% else %}；{% endif %}{% endfor %}",
                "Totals{% if rules.coefficients %}, grades and bonus coefficients{% else %} and grades{% endif %}: "
                "{% for g in grades %}{{ g.grade }}: {{ g.range }}"
                "{% if g.coefficient %}, coefficient {{ g.coefficient }}{% endif %}"
                "{% if loop.last %}.{% else %}; {% endif %}{% endfor %}",
            ),
            Text(
                "受约人在合同期内变动岗位的，前后合同按任职的日历天数加权平均计算总分。",
                "A holder who changes post within the term is given the average of both contracts, weighted by "
                "calendar days.",
            ),
        ),
    ),
    (
        Text("执行与变更", "Execution and change"),
        (
            Text(
                "数据由附件一所列收集人、上报人按期提供，受约人对其所报数据的真实性负责，发约人提供查阅数据所需的便利。",
                "The collectors and reporters named in Annex 1 deliver the data in time. The holder answers for the "
                "truth of what is reported; the issuer gives access to the data.",
            ),
            Text(
                "发约人每季度至少与受约人回顾一次进展，分析偏差、给予辅导与必要的资源，并作书面记录。",
                "At least once a quarter the issuer and the holder review progress and deviations; the issuer coaches, "
                "gives the resources needed and keeps a written record.",
            ),
            Text(
                "经营环境、组织或职责发生重大变化，需要调整指标、权重或目标的，由双方协商一致并签署合同变更；"
                "未签署变更前按本合同执行。",
                "Where the market, the organisation or the duties change substantially, KPIs, weights or targets are "
                "changed by a signed amendment; until then this contract holds.",
            ),
            Text(
                "受约人对考核结果有异议的，可在收到考核结果通知之日起 5 个工作日内向人力资源部书面申诉，"
                "由申诉工作小组调查并作出决定。",
                "A holder who disputes the result may appeal in writing to Human Resources within 5 working days of "
                "the score notice; the appeals group investigates and decides.",
            ),
            Text(
                "本合同签字后生效，发约人、受约人各执一份，人力资源部存档一份；附件与正文具有同等效力。",
                "This contract takes effect when signed. Each party and Human Resources keep a copy. The annexes are "
                "part of it.",
            ),
        ),
    ),
)


def contract(lang: str) -> Paper:
    """Builds the template of the performance contract (业绩合同)."""
    paper = Paper(lang, f"{_TITLE(lang)} {{{{ contract.number }}}} {{{{ holder_names }}}}")
    number = paper.say(label("contracts.contract"))
    shown = f"{{% if contract.number %}}{number} {{{{ contract.number }}}}{{% endif %}}"
    paper.open(_TITLE, _CONFIDENTIAL, shown, photo=True)
    _parties(paper)
    paper.gap()
    paper.text(_INTRODUCTION)
    paper.heading(Text("业绩指标", "Performance indicators"))
    _kpis(paper)
    _adjustments(paper)
    _terms(paper)
    _signatures(paper)
    _definitions(paper)
    _scales(paper)
    paper.end()
    return paper


def _parties(paper: Paper) -> None:
    post, unit = label("people.post"), label("contracts.unit")
    grid = paper.table((2.6, 5.9, 2.6, 5.9))
    number, version = caption(label("contracts.contract")), caption(label("contracts.version"))
    grid.tag("{%tr if contract.version %}")
    grid.row(number, "{{ contract.number }}", version, "{{ contract.version }}")
    grid.tag("{%tr else %}")
    grid.row(number, Cell("{{ contract.number }}", 3))
    grid.tag("{%tr endif %}")
    grid.row(caption(unit), "{{ business_unit }}", caption(label("contracts.signed")), "{{ contract.signed_on }}")
    grid.row(caption(Text("合同有效期", "Term")), Cell("{{ contract.validity }}", 3))
    grid.row(caption("{{ issuer.role }}"), "{{ issuer.name }}", caption(post), "{{ issuer.post }}")
    grid.tag("{%tr for holder in holders %}")
    grid.row(
        caption("{{ holder.role }}"),
        beside_if_known("holder.name", "holder.id"),
        caption(post),
        "{{ holder.post }}",
    )
    grid.tag("{%tr endfor %}")


def _kpis(paper: Paper) -> None:
    grid = paper.table((0.9, 4.0, 1.3, 1.4, 2.0, 2.2, 2.0, 1.9, 1.3), "clccrrrrr")
    grid.head(
        Text("序号", "No."),
        label("kpis.name"),
        label("kpis.unit"),
        label("contract_lines.weight"),
        label("contract_lines.threshold"),
        label("contract_lines.target"),
        label("contract_lines.challenge"),
        label("actuals.value"),
        Text("得分", "Points"),
    )
    grid.tag("{%tr for aspect in aspects %}")
    grid.tag("{%tr if aspects|length > 1 or aspect.name != '—' %}")
    grid.row(
        Cell("{{ aspect.name }}", 3, "left"),
        "{{ aspect.weight }}",
        Cell("", 5),
        style=_LABEL,
        fill=GROUP_FILL,
        keep=True,
    )
    grid.tag("{%tr endif %}")
    grid.tag("{%tr for line in aspect.lines %}")
    grid.row(
        "{{ line.number }}",
        "{{ line.kpi }}",
        "{{ line.unit }}",
        "{{ line.weight }}",
        "{{ line.threshold }}",
        "{{ line.target }}",
        "{{ line.challenge }}",
        "",
        "",
    )
    grid.tag("{%tr endfor %}")
    grid.tag("{%tr endfor %}")
    grid.row(Cell(Text("合计", "Total"), 3, "left"), "{{ total_weight }}", Cell("", 5), style=_LABEL, fill=GROUP_FILL)
    paper.tag("{%p if monitored %}")
    paper.note(
        Text(
            "* 监控指标：按期上报、不设权重、不计分，用于关注经营状况。",
            "* Monitored KPI: reported in time, without weight or points; it shows how the business stands.",
        )
    )
    paper.tag("{%p endif %}")
    paper.note(
        Text(
            "横线表示不设该项；实际完成值与得分在期末填写。各指标的定义、数据来源与计分规则见附件一。",
            "A dash means that none is set; actuals and points are filled in at the end. Definitions, data sources and "
            "scoring rules are in Annex 1.",
        )
    )


def _adjustments(paper: Paper) -> None:
    paper.tag("{%p if adjustments %}")
    paper.heading(Text("扣分、加分与否决", "Deductions, bonuses and vetoes"))
    grid = paper.table((0.9, 1.6, 5.5, 9.0), "ccll")
    grid.head(Text("序号", "No."), Text("类型", "Kind"), label("kpis.name"), Text("规则", "Rule"))
    grid.tag("{%tr for item in adjustments %}")
    grid.row("{{ item.number }}", "{{ item.kind }}", "{{ item.kpi }}", "{{ item.rule }}", keep=True)
    grid.tag("{%tr endfor %}")
    paper.note(
        Text(
            "上列指标不设权重，发生时直接作用于合同总分；同一事实不重复扣分。",
            "These carry no weight and act on the contract's total; one fact is not deducted twice.",
        )
    )
    paper.tag("{%p endif %}")


def _terms(paper: Paper) -> None:
    """The last clause stays with the signatures, which so are never alone on a page."""
    last = _TERMS[-1][1][-1]
    for heading, clauses in _TERMS:
        paper.heading(heading)
        for clause in clauses:
            paper.clause(clause, keep=clause is last)


def _signatures(paper: Paper) -> None:
    paper.heading(Text("签署", "Signatures"))
    paper.text(
        Text(
            "双方已充分理解并同意本合同及附件的全部内容。",
            "The parties have understood and agree to this contract and its annexes.",
        ),
        keep=True,
    )
    paper.seal()
    paper.signatures("parties", "{{ party.role }}", "{{ party.name }}", "{{ party.post }}")


def _definitions(paper: Paper) -> None:
    """A card for each KPI of which enough is known, one table for all others; what is not known takes no row. A page
    of its own is for cards: the table alone would leave most of one blank."""
    title = Text("指标定义与计分规则", "KPI definitions and scoring rules")
    for condition, new_page in (("if cards", True), ("else", False)):
        paper.tag(f"{{%p {condition} %}}")
        paper.annex(title, new_page)
    paper.tag("{%p endif %}")
    paper.tag("{%p for d in cards %}")
    paper.gap()
    grid = paper.table((2.2, 14.8))
    about = Text(
        "{{ d.number }}　{{ d.kpi }}\t{{ d.kind }}{% if d.weight != '—' %}　权重 {{ d.weight }}{% endif %}"
        "{% if d.unit != '—' %}　单位 {{ d.unit }}{% endif %}",
        "{{ d.number }}　{{ d.kpi }}\t{{ d.kind }}{% if d.weight != '—' %}, weight {{ d.weight }}{% endif %}"
        "{% if d.unit != '—' %}, unit {{ d.unit }}{% endif %}",
    )
    grid.row(Cell(about, 2), style="Card Head", fill=GROUP_FILL, keep=True)
    for name in ("definition", "numerator", "denominator"):
        grid.tag(f"{{%tr if d.{name} != '—' %}}")
        grid.row(caption(label(f"kpis.{name}")), f"{{{{ d.{name} }}}}", keep=True)
        grid.tag("{%tr endif %}")
    grid.tag("{%tr if d.facts %}")
    grid.row(caption(Text("数据", "Data")), "{{ d.facts }}", keep=True)
    grid.tag("{%tr endif %}")
    grid.row(caption(Text("计分规则", "Scoring rule")), _RULE)
    paper.tag("{%p endfor %}")
    paper.tag("{%p if briefs %}")
    paper.gap()
    grid = paper.table((0.9, 4.1, 1.5, 1.5, 9.0), "clccl")
    grid.head(
        Text("序号", "No."),
        label("kpis.name"),
        label("kpis.unit"),
        label("contract_lines.weight"),
        Text("计分规则", "Scoring rule"),
    )
    grid.tag("{%tr for d in briefs %}")
    grid.row(
        "{{ d.number }}",
        "{{ d.kpi }}",
        "{{ d.unit }}",
        "{{ d.weight }}",
        _RULE_AND_FACTS,
    )
    grid.tag("{%tr endfor %}")
    paper.tag("{%p endif %}")


def _scales(paper: Paper) -> None:
    paper.tag("{%p if described_scales %}")
    paper.annex(Text("定性指标分级评估表", "Grade tables of the qualitative KPIs"), new_page=False)
    paper.text(
        Text(
            "定性指标由发约人对照下列描述评定级别，并注明所依据的事实。",
            "The issuer grades qualitative KPIs by these descriptions and notes the facts behind each grade.",
        ),
        keep=True,
    )
    paper.tag("{%p for scale in described_scales %}")
    paper.gap()
    grid = paper.table((1.8, 1.8, 13.4), "ccl")
    grid.row(
        Cell(
            Text(
                "{{ scale.number }}　{{ scale.kpi }}（权重 {{ scale.weight }}）",
                "{{ scale.number }}　{{ scale.kpi }} (weight {{ scale.weight }})",
            ),
            3,
            "left",
        ),
        style=_LABEL,
        fill=GROUP_FILL,
        keep=True,
    )
    grid.row(
        *(Cell(label(f"grade_tables.{name}"), align="center") for name in ("grade", "points", "sentence")),
        style=_LABEL,
        keep=True,
    )
    grid.tag("{%tr for g in scale.grades %}")
    grid.row("{{ g.grade }}", "{{ g.points }}", "{{ g.sentence }}", keep=True)
    grid.tag("{%tr endfor %}")
    paper.tag("{%p endfor %}")
    paper.tag("{%p endif %}")
