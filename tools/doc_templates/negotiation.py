"""The templates of the minutes of target negotiations: of one contract (目标质询会纪要), and of a session about those
of a unit (单位目标质询会纪要), whose tables say of each line whose it is."""

from __future__ import annotations

from perfxl.core.language import Text
from tools.doc_templates.kit import Cell, Paper, beside_if_known, caption, label

_TITLE = Text("目标质询会纪要", "Target Negotiation Minutes")
_CONFIDENTIAL = Text("内部资料　仅限与会人员", "Internal: for those present only")
_OTHERS_PRESENT = Text(
    "\n财务部：\n人力资源部：\n相关单位负责人：", "\nFinance:\nHuman Resources:\nHeads of units concerned:"
)
_PARTIES_OF_ONE = Text(
    "发约人：{{ issuer.name }}{% if issuer.post %}（{{ issuer.post }}）{% endif %}\n"
    "受约人：{% for h in holders %}{{ h.name }}（{{ h.post }}）{% if not loop.last %}、{% endif %}{% endfor %}",
    "Issuer: {{ issuer.name }}{% if issuer.post %} ({{ issuer.post }}){% endif %}\n"
    "Holder: {% for h in holders %}{{ h.name }} ({{ h.post }}){% if not loop.last %}, {% endif %}{% endfor %}",
)
_PARTIES_OF_ALL = Text(
    "{% for p in parties %}{{ p.name }}{% if not loop.last %}、{% endif %}{% endfor %}",
    "{% for p in parties %}{{ p.name }}{% if not loop.last %}, {% endif %}{% endfor %}",
)
_PURPOSE_OF_ONE = Text(
    "会议就受约人{% if contract.valid_from != '—' %} {{ contract.validity }} {% endif %}的业绩目标进行质询："
    "发约人依据上级目标、市场分析、历史实绩与预算提出目标，"
    "受约人依据市场、历史、自身能力与预算作出预测，双方就差异及其原因、所需资源与服务水平逐项讨论并商定目标。",
    "The meeting negotiated the holder's targets{% if contract.valid_from != '—' %} for {{ contract.validity }}"
    "{% endif %}. The issuer proposes from superior "
    "targets, market analysis, history and budget; the holder forecasts from market, history, ability and budget. "
    "Differences, their causes, resources and service levels were discussed one by one and the targets agreed.",
)
_PURPOSE_OF_ALL = Text(
    "会议逐份质询下列合同的业绩目标：发约人依据上级目标、市场分析、历史实绩与预算提出目标，受约人依据市场、历史、自身能力与预算"
    "作出预测，就差异及其原因、所需资源与服务水平逐项讨论并商定。双方都签字以前为未决。",
    "The meeting negotiated the targets of these contracts one by one. The issuer proposes from superior targets, "
    "market, history and budget; the holder forecasts from market, history, ability and budget; differences, causes, "
    "resources and service levels were discussed. A target is open until both have signed.",
)
_GROUNDS = (
    Text("上级目标与战略要求", "Superior targets, strategy"),
    Text("市场与客户分析", "Market and customers"),
    Text("历史实绩", "History"),
    Text("预算", "Budget"),
    Text("能力与资源", "Ability and resources"),
)
_NAMED = ("superior_target", "market", "history", "ability", "budget")
_CONCLUSIONS_OF_ONE = (
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
_CONCLUSIONS_OF_ALL = (
    Text(
        "双方签字的商定目标写入各自的业绩合同；未决事项由责任人在期限前落实并补签。所列资源与服务由提供方按约定时限落实。",
        "Targets that both signed are written into the contracts. Open points are settled by those named, and signed "
        "thereafter. Resources and services are provided as promised.",
    ),
)
_NO_OPEN_POINTS = Text(
    "{% if open_count == '0' %}没有未决事项：各项目标双方都已签字。{% else %}没有另外登记事项；"
    "{{ open_count }} 项目标双方尚未都签字，见上文“状态”一栏。{% endif %}",
    "{% if open_count == '0' %}Nothing is open: both have signed all targets.{% else %}No points are noted beside the "
    "targets ({{ open_count }}) that not both have signed: see State above.{% endif %}",
)
_WHO = label("contracts.holder")
_ROLES = (Text("财务部", "Finance"), Text("人力资源部", "Human Resources"))


def negotiation(lang: str) -> Paper:
    """Builds the template of the minutes about one contract (目标质询会纪要)."""
    paper = Paper(lang, f"{_TITLE(lang)} {{{{ number }}}} {{{{ holder_names }}}}")
    head = (
        (label("contracts.contract"), "{{ contract.number }}"),
        (label("contracts.unit"), "{{ business_unit }}"),
        (Text("质询会", "Session"), "{{ session }}"),
    )
    _open(paper, head, _PARTIES_OF_ONE, _PURPOSE_OF_ONE)
    _grounds(paper, (), (3.4, 2.4, 3.6, 2.4, 2.8, 2.4))
    _targets_of_one(paper)
    _differences(paper, (), (3.4, 2.7, 4.2, 4.4, 2.3), height=1.1)
    _supports(paper, (), beside_if_known("s.resources", "s.action"), (3.4, 4.2, 2.6, 4.4, 2.4), height=0.8)
    paper.heading(Text("会议结论", "Conclusions"))
    grid = paper.table((3.4, 13.6))
    grid.row(caption(Text("未决事项、责任人与期限", "Open points, who and by when")), "{{ open_points }}", height=1.4)
    paper.gap()
    _close(paper, _CONCLUSIONS_OF_ONE)
    return paper


def unit_negotiation(lang: str) -> Paper:
    """Builds the template of the minutes of a unit's session (单位目标质询会纪要)."""
    paper = Paper(lang, f"{_TITLE(lang)} {{{{ number }}}} {{{{ session }}}}")
    head = ((Text("质询会", "Session"), "{{ session }}"), (Text("单位", "Unit"), "{{ unit.name }}"))
    _open(paper, head, _PARTIES_OF_ALL, _PURPOSE_OF_ALL)
    _contracts(paper)
    _targets_of_all(paper)
    _grounds(paper, (_WHO,), (2.0, 3.0, 2.2, 3.2, 2.1, 2.5, 2.0))
    _differences(paper, (_WHO,), (2.0, 2.7, 2.6, 3.5, 3.5, 2.7), height=1.3)
    _supports(paper, (_WHO,), "{{ s.resources }}", (2.0, 3.0, 3.7, 2.4, 3.7, 2.2), height=0.9)
    _open_points(paper)
    paper.heading(Text("会议结论", "Conclusions"))
    _close(paper, _CONCLUSIONS_OF_ALL)
    return paper


def _open(paper: Paper, head: tuple[tuple[Text, str], ...], parties: Text, purpose: Text) -> None:
    paper.open(_TITLE, _CONFIDENTIAL)
    paper.facts(
        *head,
        (Text("会议时间", "Time"), "{{ session_on }}"),
        (Text("会议地点", "Place"), ""),
        (Text("主持人", "Chair"), ""),
        (Text("记录人", "Minutes by"), ""),
        (Text("出席人员", "Present"), Text(*map("".join, zip(parties, _OTHERS_PRESENT, strict=True)))),
    )
    paper.gap()
    paper.text(purpose)


def _close(paper: Paper, conclusions: tuple[Text, ...]) -> None:
    for conclusion in conclusions:  # the last stays with the signatures, which so are not alone on a page
        paper.text(conclusion, keep=conclusion is conclusions[-1])
    paper.heading(Text("签署", "Signatures"))
    signed = paper.signatures("parties", "{{ party.role }}", "{{ party.name }}", "{{ party.post }}")
    for role in _ROLES:
        signed.sign(role)
    paper.end()


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


def _grounds(paper: Paper, who: tuple[Text, ...], widths: tuple[float, ...]) -> None:
    """What proposals rest on; places to write it in, where the paper is about one contract."""
    if who:
        paper.tag("{%p if grounds %}")
    paper.heading(Text("提议依据", "Grounds of the proposals"))
    if not who:
        paper.tag("{%p if grounds %}")
    grid = paper.table(widths, ("l" if who else "") + "lrlrlr")
    grid.head(*who, label("kpis.name"), *(label(f"negotiations.{name}") for name in _NAMED))
    grid.tag("{%tr for g in grounds %}")
    grid.row(*_whose("g", who), "{{ g.kpi }}", *(f"{{{{ g.{name} }}}}" for name in _NAMED))
    grid.tag("{%tr endfor %}")
    if not who:
        paper.tag("{%p else %}")
        grid = paper.table((3.4, 6.8, 6.8))
        grid.head(Text("依据", "Ground"), label("contracts.issuer"), _WHO)
        grid.named_blanks(_GROUNDS, height=0.85)
    paper.tag("{%p endif %}")


def _whose(each: str, who: tuple[Text, ...]) -> tuple[str, ...]:
    return tuple(f"{{{{ {each}.holder_names }}}}" for _ in who)


def _targets_heading(paper: Paper) -> None:
    paper.heading(Text("目标提议与商定", "Proposals and targets agreed"))
    paper.note(
        Text(
            "差异为受约人提议减发约人提议；提议为空的，由双方会上填写。",
            "The difference is the holder's proposal less the issuer's; blank proposals are filled in at the meeting.",
        ),
        keep=True,
    )


def _targets_of_one(paper: Paper) -> None:
    _targets_heading(paper)
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


def _targets_of_all(paper: Paper) -> None:
    _targets_heading(paper)
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


def _differences(paper: Paper, who: tuple[Text, ...], widths: tuple[float, ...], height: float) -> None:
    paper.heading(Text("差异、原因与措施", "Differences, causes, measures"))
    grid = paper.table(widths, "l" * len(widths))
    grid.head(
        *who,
        label("kpis.name"),
        Text("差异与结果", "Difference, outcome"),
        Text("差异原因", "Cause"),
        Text("解决措施与所需资源", "Measures and resources"),
        Text("责任人、期限", "Who, by when"),
    )
    grid.tag("{%tr for line in differences %}")
    grid.row(
        *_whose("line", who),
        "{{ line.kpi }}",
        "{{ line.difference }}\n{{ line.outcome }}",
        "{{ line.cause }}",
        "{{ line.resources }}",
        "{{ line.owner }}\n{{ line.due }}",
        height=height,
    )
    grid.tag("{%tr endfor %}")
    grid.tag("{%tr if not differences %}")
    grid.blank(3, *[""] * len(widths), height=height)
    grid.tag("{%tr endif %}")


def _supports(
    paper: Paper, who: tuple[Text, ...], needed: str | Text, widths: tuple[float, ...], height: float
) -> None:
    paper.heading(Text("资源与服务水平协议", "Resources and service levels"))
    grid = paper.table(widths)
    grid.head(
        *who,
        Text("对应指标", "KPI"),
        Text("所需资源、服务", "Resources, services"),
        Text("提供方", "Provided by"),
        Text("服务水平（时限、质量）", "Service level (time, quality)"),
        Text("确认", "Confirmed"),
    )
    grid.tag("{%tr for s in supports %}")
    grid.row(*_whose("s", who), "{{ s.kpi }}", needed, "{{ s.provider }}", "{{ s.sla }}", "", split=True)
    grid.tag("{%tr endfor %}")
    grid.blank(2, *[""] * len(widths), height=height)


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
    grid.row(Cell(_NO_OPEN_POINTS, 5))
    grid.tag("{%tr endif %}")
