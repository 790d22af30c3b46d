"""The template of the minutes of a target negotiation (目标质询会纪要)."""

from __future__ import annotations

from perfxl.core.language import Text
from tools.doc_templates.kit import Paper, beside_if_known, caption, label

_TITLE = Text("目标质询会纪要", "Target Negotiation Minutes")
_CONFIDENTIAL = Text("内部资料　仅限与会人员", "Internal: for those present only")
_ATTENDING = Text(
    "发约人：{{ issuer.name }}{% if issuer.post %}（{{ issuer.post }}）{% endif %}\n"
    "受约人：{% for h in holders %}{{ h.name }}（{{ h.post }}）"
    "{% if not loop.last %}、{% endif %}{% endfor %}\n财务部：\n人力资源部：\n相关单位负责人：",
    "Issuer: {{ issuer.name }}{% if issuer.post %} ({{ issuer.post }}){% endif %}\n"
    "Holder: {% for h in holders %}{{ h.name }} ({{ h.post }})"
    "{% if not loop.last %}, {% endif %}{% endfor %}\nFinance:\nHuman Resources:\nHeads of units concerned:",
)
_PURPOSE = Text(
    "会议就受约人{% if contract.valid_from != '—' %} {{ contract.validity }} {% endif %}的业绩目标进行质询："
    "发约人依据上级目标、市场分析、历史实绩与预算提出目标，"
    "受约人依据市场、历史、自身能力与预算作出预测，双方就差异及其原因、所需资源与服务水平逐项讨论并商定目标。",
    "The meeting negotiated the holder's targets{% if contract.valid_from != '—' %} for {{ contract.validity }}"
    "{% endif %}. The issuer proposes from superior "
    "targets, market analysis, history and budget; the holder forecasts from market, history, ability and budget. "
    "Differences, their causes, resources and service levels were discussed one by one and the targets agreed.",
)
_GROUNDS = (
    Text("上级目标与战略要求", "Superior targets, strategy"),
    Text("市场与客户分析", "Market and customers"),
    Text("历史实绩", "History"),
    Text("预算", "Budget"),
    Text("能力与资源", "Ability and resources"),
)
_NAMED = ("superior_target", "market", "history", "ability", "budget")
_CONCLUSIONS = (
    Text(
        "1．双方同意以第二项所列商定目标作为拔高指标，写入业绩合同 {{ contract.number }}；"
        "挑战值用于鼓励超额完成，不作为考核合格的条件。",
        "1. The parties agree to the targets of section 2 as stretch targets and write them into the contract "
        "{{ contract.number }}. Challenge values encourage more; they are no condition of a good result.",
    ),
    Text(
        "2．第四项所列资源与服务由提供方按约定时限落实，未落实并影响目标完成的，在辅导与考核时如实记录。",
        "2. Those who promised resources and services in section 4 deliver them in time; what fails and affects a "
        "target is recorded in coaching and evaluation.",
    ),
)


def negotiation(lang: str) -> Paper:
    """Builds the template of the minutes of a target negotiation (目标质询会纪要)."""
    paper = Paper(lang, f"{_TITLE(lang)} {{{{ number }}}} {{{{ holder_names }}}}")
    paper.open(_TITLE, _CONFIDENTIAL)
    paper.facts(
        (label("contracts.contract"), "{{ contract.number }}"),
        (label("contracts.unit"), "{{ business_unit }}"),
        (Text("质询会", "Session"), "{{ session }}"),
        (Text("会议时间", "Time"), "{{ session_on }}"),
        (Text("会议地点", "Place"), ""),
        (Text("主持人", "Chair"), ""),
        (Text("记录人", "Minutes by"), ""),
        (Text("出席人员", "Present"), _ATTENDING),
    )
    paper.gap()
    paper.text(_PURPOSE)
    _grounds(paper)
    _targets(paper)
    _differences(paper)
    _supports(paper)
    paper.heading(Text("会议结论", "Conclusions"))
    grid = paper.table((3.4, 13.6))
    grid.row(caption(Text("未决事项、责任人与期限", "Open points, who and by when")), "{{ open_points }}", height=1.4)
    paper.gap()
    for conclusion in _CONCLUSIONS:  # the last stays with the signatures, which so are not alone on a page
        paper.text(conclusion, keep=conclusion is _CONCLUSIONS[-1])
    paper.heading(Text("签署", "Signatures"))
    signed = paper.signatures("parties", "{{ party.role }}", "{{ party.name }}", "{{ party.post }}")
    for role in (Text("财务部", "Finance"), Text("人力资源部", "Human Resources")):
        signed.sign(role)
    paper.end()
    return paper


def _grounds(paper: Paper) -> None:
    paper.heading(Text("提议依据", "Grounds of the proposals"))
    paper.tag("{%p if grounds %}")
    grid = paper.table((3.4, 2.4, 3.6, 2.4, 2.8, 2.4), "lrlrlr")
    grid.head(label("kpis.name"), *(label(f"negotiations.{name}") for name in _NAMED))
    grid.tag("{%tr for g in grounds %}")
    grid.row("{{ g.kpi }}", *(f"{{{{ g.{name} }}}}" for name in _NAMED))
    grid.tag("{%tr endfor %}")
    paper.tag("{%p else %}")
    grid = paper.table((3.4, 6.8, 6.8))
    grid.head(Text("依据", "Ground"), label("contracts.issuer"), label("contracts.holder"))
    grid.named_blanks(_GROUNDS, height=0.85)
    paper.tag("{%p endif %}")


def _targets(paper: Paper) -> None:
    paper.heading(Text("目标提议与商定", "Proposals and targets agreed"))
    paper.note(
        Text(
            "差异为受约人提议减发约人提议；提议为空的，由双方会上填写。",
            "The difference is the holder's proposal less the issuer's; blank proposals are filled in at the meeting.",
        ),
        keep=True,
    )
    grid = paper.table((0.9, 3.0, 1.3, 1.5, 2.0, 2.0, 2.5, 1.9, 1.9), "clcrrrrrr")
    grid.head(
        Text("序号", "No."),
        label("kpis.name"),
        label("kpis.unit"),
        label("contract_lines.base"),
        label("contract_lines.proposal_issuer"),
        label("contract_lines.proposal_holder"),
        Text("差异", "Difference"),
        Text("商定目标", "Agreed"),
        label("contract_lines.challenge"),
    )
    grid.tag("{%tr for line in lines %}")
    names = ("number", "kpi", "unit", "base", "proposal_issuer", "proposal_holder", "difference", "target", "challenge")
    grid.row(*(f"{{{{ line.{name} }}}}" for name in names))
    grid.tag("{%tr endfor %}")


def _differences(paper: Paper) -> None:
    paper.heading(Text("差异、原因与措施", "Differences, causes, measures"))
    grid = paper.table((3.4, 2.7, 4.2, 4.4, 2.3), "lllll")
    grid.head(
        label("kpis.name"),
        Text("差异与结果", "Difference, outcome"),
        Text("差异原因", "Cause"),
        Text("解决措施与所需资源", "Measures and resources"),
        Text("责任人、期限", "Who, by when"),
    )
    grid.tag("{%tr for line in differences %}")
    grid.row(
        "{{ line.kpi }}",
        "{{ line.difference }}\n{{ line.outcome }}",
        "{{ line.cause }}",
        "{{ line.resources }}",
        "{{ line.owner }}\n{{ line.due }}",
        height=1.1,
    )
    grid.tag("{%tr endfor %}")
    grid.tag("{%tr if not differences %}")
    grid.blank(3, "", "", "", "", "", height=1.1)
    grid.tag("{%tr endif %}")


def _supports(paper: Paper) -> None:
    paper.heading(Text("资源与服务水平协议", "Resources and service levels"))
    grid = paper.table((3.4, 4.2, 2.6, 4.4, 2.4))
    grid.head(
        Text("对应指标", "KPI"),
        Text("所需资源、服务", "Resources, services"),
        Text("提供方", "Provided by"),
        Text("服务水平（时限、质量）", "Service level (time, quality)"),
        Text("确认", "Confirmed"),
    )
    grid.tag("{%tr for s in supports %}")
    grid.row(
        "{{ s.kpi }}", beside_if_known("s.resources", "s.action"), "{{ s.provider }}", "{{ s.sla }}", "", split=True
    )
    grid.tag("{%tr endfor %}")
    grid.blank(2, "", "", "", "", "", height=0.8)
