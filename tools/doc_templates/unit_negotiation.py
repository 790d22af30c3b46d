"""The template of the minutes of one session about a unit's contracts (单位目标质询会纪要)."""

from __future__ import annotations

from perfxl.core.language import Text
from tools.doc_templates.kit import Cell, Paper, caption, label

_TITLE = Text("目标质询会纪要", "Target Negotiation Minutes")
_CONFIDENTIAL = Text("内部资料　仅限与会人员", "Internal: for those present only")
_ATTENDING = Text(
    "{% for p in parties %}{{ p.name }}{% if not loop.last %}、{% endif %}{% endfor %}\n"
    "财务部：\n人力资源部：\n相关单位负责人：",
    "{% for p in parties %}{{ p.name }}{% if not loop.last %}, {% endif %}{% endfor %}\n"
    "Finance:\nHuman Resources:\nHeads of units concerned:",
)
_PURPOSE = Text(
    "会议逐份质询下列合同的业绩目标：发约人依据上级目标、市场分析、历史实绩与预算提出目标，受约人依据市场、历史、自身能力与预算"
    "作出预测，就差异及其原因、所需资源与服务水平逐项讨论并商定。双方都签字以前为未决。",
    "The meeting negotiated the targets of these contracts one by one. The issuer proposes from superior targets, "
    "market, history and budget; the holder forecasts from market, history, ability and budget; differences, causes, "
    "resources and service levels were discussed. A target is open until both have signed.",
)
_CONCLUSION = Text(
    "双方签字的商定目标写入各自的业绩合同；未决事项由责任人在期限前落实并补签。所列资源与服务由提供方按约定时限落实。",
    "Targets that both signed are written into the contracts. Open points are settled by those named, and signed "
    "thereafter. Resources and services are provided as promised.",
)
_NAMED = ("superior_target", "market", "history", "ability", "budget")
_WHO = label("contracts.holder")


def unit_negotiation(lang: str) -> Paper:
    """Builds the template of the minutes of a unit's session (单位目标质询会纪要)."""
    paper = Paper(lang, f"{_TITLE(lang)} {{{{ number }}}} {{{{ session }}}}")
    paper.open(_TITLE, _CONFIDENTIAL)
    paper.facts(
        (Text("质询会", "Session"), "{{ session }}"),
        (Text("单位", "Unit"), "{{ unit.name }}"),
        (Text("会议时间", "Time"), "{{ session_on }}"),
        (Text("会议地点", "Place"), ""),
        (Text("主持人", "Chair"), ""),
        (Text("记录人", "Minutes by"), ""),
        (Text("出席人员", "Present"), _ATTENDING),
    )
    paper.gap()
    paper.text(_PURPOSE)
    _contracts(paper)
    _targets(paper)
    _grounds(paper)
    _differences(paper)
    _supports(paper)
    _open_points(paper)
    paper.heading(Text("会议结论", "Conclusions"))
    paper.text(_CONCLUSION)
    paper.heading(Text("签署", "Signatures"))
    signed = paper.signatures("parties", "{{ party.role }}", "{{ party.name }}", "{{ party.post }}")
    for role in (Text("财务部", "Finance"), Text("人力资源部", "Human Resources")):
        signed.sign(role)
    paper.end()
    return paper


def _contracts(paper: Paper) -> None:
    paper.heading(Text("质询的合同", "Contracts"))
    paper.note(
        Text(
            "{{ count }} 份合同、{{ line_count }} 项指标：双方已签 {{ signed_count }} 项，未决 {{ open_count }} 项。",
            "Contracts: {{ count }}. KPIs: {{ line_count }}, of which {{ signed_count }} signed by both and "
            "{{ open_count }} open.",
        ),
        keep=True,
    )
    grid = paper.table((0.9, 2.6, 2.2, 2.6, 2.7, 2.1, 1.2, 1.5, 1.2), "clllllrrr")
    grid.head(
        Text("序号", "No."),
        label("contracts.contract"),
        _WHO,
        label("people.post"),
        label("people.unit"),
        label("contracts.issuer"),
        Text("指标", "KPIs"),
        Text("已签", "Signed"),
        Text("未决", "Open"),
    )
    grid.tag("{%tr for c in contracts %}")
    names = ("number", "contract", "holder_names", "post", "unit", "issuer", "count", "signed", "open")
    grid.row(*(f"{{{{ c.{name} }}}}" for name in names))
    grid.tag("{%tr endfor %}")


def _targets(paper: Paper) -> None:
    paper.heading(Text("目标提议与商定", "Proposals and targets agreed"))
    paper.note(
        Text(
            "差异为受约人提议减发约人提议；提议为空的，由双方会上填写。",
            "The difference is the holder's proposal less the issuer's; blank proposals are filled in at the meeting.",
        ),
        keep=True,
    )
    grid = paper.table((0.9, 3.6, 1.3, 2.1, 2.1, 2.6, 2.1, 2.3), "clcrrrrl")
    grid.head(
        Text("序号", "No."),
        label("kpis.name"),
        label("kpis.unit"),
        label("contract_lines.proposal_issuer"),
        label("contract_lines.proposal_holder"),
        Text("差异", "Difference"),
        Text("商定目标", "Agreed"),
        Text("状态", "State"),
    )
    grid.tag("{%tr for c in contracts %}")
    who = Text(
        "{{ c.holder_names }}　{{ c.post }}　{{ c.contract }}", "{{ c.holder_names }}  {{ c.post }}  {{ c.contract }}"
    )
    grid.row(caption(who, 8), keep=True)
    grid.tag("{%tr for line in c.lines %}")
    names = ("number", "kpi", "unit", "proposal_issuer", "proposal_holder", "difference", "target", "status")
    grid.row(*(f"{{{{ line.{name} }}}}" for name in names))
    grid.tag("{%tr endfor %}")
    grid.tag("{%tr endfor %}")


def _grounds(paper: Paper) -> None:
    paper.tag("{%p if grounds %}")
    paper.heading(Text("提议依据", "Grounds of the proposals"))
    grid = paper.table((2.0, 3.0, 2.2, 3.2, 2.1, 2.5, 2.0), "llrlrlr")
    grid.head(_WHO, label("kpis.name"), *(label(f"negotiations.{name}") for name in _NAMED))
    grid.tag("{%tr for g in grounds %}")
    grid.row("{{ g.holder_names }}", "{{ g.kpi }}", *(f"{{{{ g.{name} }}}}" for name in _NAMED))
    grid.tag("{%tr endfor %}")
    paper.tag("{%p endif %}")


def _differences(paper: Paper) -> None:
    paper.heading(Text("差异、原因与措施", "Differences, causes, measures"))
    grid = paper.table((2.0, 2.7, 2.6, 3.5, 3.5, 2.7), "llllll")
    grid.head(
        _WHO,
        label("kpis.name"),
        Text("差异与结果", "Difference, outcome"),
        Text("差异原因", "Cause"),
        Text("解决措施与所需资源", "Measures and resources"),
        Text("责任人、期限", "Who, by when"),
    )
    grid.tag("{%tr for line in differences %}")
    grid.row(
        "{{ line.holder_names }}",
        "{{ line.kpi }}",
        "{{ line.difference }}\n{{ line.outcome }}",
        "{{ line.cause }}",
        "{{ line.resources }}",
        "{{ line.owner }}\n{{ line.due }}",
        height=1.3,
    )
    grid.tag("{%tr endfor %}")
    grid.tag("{%tr if not differences %}")
    grid.blank(3, "", "", "", "", "", "", height=1.3)
    grid.tag("{%tr endif %}")


def _supports(paper: Paper) -> None:
    paper.heading(Text("资源与服务水平协议", "Resources and service levels"))
    grid = paper.table((2.0, 3.0, 3.7, 2.4, 3.7, 2.2))
    grid.head(
        _WHO,
        Text("对应指标", "KPI"),
        Text("所需资源、服务", "Resources, services"),
        Text("提供方", "Provided by"),
        Text("服务水平（时限、质量）", "Service level (time, quality)"),
        Text("确认", "Confirmed"),
    )
    grid.tag("{%tr for s in supports %}")
    fields = ("holder_names", "kpi", "resources", "provider", "sla")
    grid.row(*(f"{{{{ s.{name} }}}}" for name in fields), "", split=True)
    grid.tag("{%tr endfor %}")
    grid.blank(2, "", "", "", "", "", "")


def _open_points(paper: Paper) -> None:
    paper.heading(Text("未决事项", "Open points"))
    grid = paper.table((2.0, 3.4, 6.6, 2.2, 2.8))
    grid.head(
        _WHO,
        label("kpis.name"),
        label("negotiations.open_point"),
        label("negotiations.owner"),
        label("negotiations.due"),
    )
    grid.tag("{%tr for p in open_points %}")
    fields = ("holder_names", "kpi", "point", "owner", "due")
    grid.row(*(f"{{{{ p.{name} }}}}" for name in fields), split=True)
    grid.tag("{%tr endfor %}")
    grid.tag("{%tr if not open_points %}")
    grid.row(Cell(Text("没有登记的未决事项。", "No open points recorded."), 5))
    grid.tag("{%tr endif %}")
