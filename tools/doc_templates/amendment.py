"""The template of a contract amendment (合同变更): what changed, or a form prefilled with the contract's lines."""

from __future__ import annotations

from perfxl.core.language import Text
from tools.doc_templates.kit import GROUP_FILL, Cell, Paper, beside_if_known, caption, label

_TITLE = Text("业绩合同变更书", "Contract Amendment")
_CONFIDENTIAL = Text("机密　仅限合同双方与人力资源部", "Confidential: for the parties and Human Resources only")
_REASONS = Text(
    "□ 市场环境变化　□ 组织调整　□ 职责变化　□ 上级目标调整　□ 数据口径变化　□ 其他",
    "□ Market   □ Organisation   □ Duties   □ Superior targets   □ How data are counted   □ Other",
)
_CHANGED = "{% if previous %}{{ previous.number }}{% else %}{{ contract.number }}{% endif %}"
_AGREED = Text(
    f"发约人与受约人经协商一致，对业绩合同 {_CHANGED} 作如下变更，自生效日期起执行。"
    "未列入本变更书的内容按原合同执行。变更后各指标权重合计应为 100%。",
    f"The issuer and the holder agree to change the contract {_CHANGED} as follows from the effective date. "
    "What is not listed here stays as it was. After the change all weights must add up to 100%.",
)


def amendment(lang: str) -> Paper:
    """Builds the template of a contract amendment (合同变更)."""
    paper = Paper(lang, f"{_TITLE(lang)} {{{{ number }}}} {{{{ holder_names }}}}")
    paper.open(_TITLE, _CONFIDENTIAL)
    _facts(paper)
    paper.gap()
    paper.text(_AGREED)
    paper.tag("{%p if not amended %}")
    paper.heading(Text("变更原因", "Reason"))
    grid = paper.table((3.4, 13.6))
    grid.row(caption(Text("原因类别", "Kind")), _REASONS)
    grid.row(caption(Text("具体说明与依据", "What happened, evidence")), "", height=2.2)
    paper.tag("{%p endif %}")
    paper.heading(Text("变更内容", "Changes"))
    paper.tag("{%p if amended %}")
    _registered(paper)
    paper.tag("{%p elif previous %}")
    _compared(paper)
    paper.tag("{%p else %}")
    _form(paper)
    paper.tag("{%p endif %}")
    paper.heading(Text("签署", "Signatures"))
    paper.text(
        Text(
            "本变更书一式三份，发约人、受约人、人力资源部各执一份，与原合同具有同等效力。",
            "Each party and Human Resources keep a copy. This amendment is part of the contract.",
        ),
        keep=True,
    )
    signed = paper.signatures("parties", "{{ party.role }}", "{{ party.name }}", "{{ party.post }}")
    signed.sign(Text("人力资源部", "Human Resources"))
    paper.end()
    return paper


def _facts(paper: Paper) -> None:
    grid = paper.facts(
        (label("contracts.contract"), "{{ contract.number }}"),
        (label("contracts.version"), "{{ contract.version }}"),
        (label("contracts.unit"), "{{ business_unit }}"),
        (Text("合同有效期", "Term"), "{{ contract.validity }}"),
        (
            label("contracts.issuer"),
            beside_if_known("issuer.name", "issuer.post"),
        ),
        (label("contracts.holder"), "{{ holder_names }}"),
    )
    grid.tag("{%tr if current %}")
    grid.row(
        caption(Text("现行版本", "Version in force")),
        Text("第 {{ current.version }} 版", "{{ current.version }}"),
        caption(Text("变更生效日期", "Effective from")),
        "{{ current.valid_from }}",
    )
    grid.tag("{%tr elif previous %}")
    grid.row(
        caption(Text("变更前合同", "Version before")),
        Text(
            "{{ previous.number }}（版本 {{ previous.version }}）",
            "{{ previous.number }} (version {{ previous.version }})",
        ),
        caption(Text("变更生效日期", "Effective from")),
        "{{ contract.valid_from }}",
    )
    grid.tag("{%tr else %}")
    grid.row(caption(Text("变更生效日期", "Effective from")), Cell(Text("　　　　年　　月　　日", ""), 3), height=0.8)
    grid.tag("{%tr endif %}")


def _registered(paper: Paper) -> None:
    grid = paper.table((1.5, 2.5, 2.7, 1.8, 1.8, 1.8, 2.6, 2.3), "cclcrrll")
    grid.head(
        label("amendments.version"),
        label("amendments.effective"),
        label("kpis.name"),
        label("amendments.change"),
        label("amendments.old"),
        label("amendments.new"),
        label("amendments.reason"),
        Text("签字日期", "Signed on"),
    )
    grid.tag("{%tr for c in amended %}")
    names = ("version", "effective", "kpi", "item", "before", "after", "reason", "signed")
    grid.row(*(f"{{{{ c.{name} }}}}" for name in names))
    grid.tag("{%tr endfor %}")
    paper.note(
        Text(
            "横线表示不设该项。变更后的全部指标、定义与计分规则见业绩合同 {{ contract.number }} 的现行版本。",
            "A dash means that none is set. All KPIs, definitions and scoring rules are in the version of the contract "
            "{{ contract.number }} that is in force.",
        )
    )


def _compared(paper: Paper) -> None:
    grid = paper.table((4.6, 2.0, 3.0, 3.7, 3.7), "lclrr")
    grid.head(
        label("kpis.name"),
        Text("变化", "Change"),
        Text("项目", "Item"),
        Text("变更前", "Before"),
        Text("变更后", "After"),
    )
    grid.tag("{%tr for c in changes %}")
    grid.row("{{ c.kpi }}", "{{ c.kind }}", "{{ c.item }}", "{{ c.before }}", "{{ c.after }}")
    grid.tag("{%tr endfor %}")
    grid.tag("{%tr if not changes %}")
    grid.row(Cell(Text("各指标的权重与目标均无变化", "No weight or target has changed"), 5, "center"))
    grid.tag("{%tr endif %}")
    paper.note(
        Text(
            "横线表示不设该项。变更后的全部指标、定义与计分规则见新版合同 {{ contract.number }}。",
            "A dash means that none is set. All KPIs, definitions and scoring rules are in the new version "
            "{{ contract.number }}.",
        )
    )


def _form(paper: Paper) -> None:
    grid = paper.table((0.9, 3.7, 1.3, 1.4, 2.1, 2.1, 1.5, 2.0, 2.0), "clccrrrrr")
    grid.head(
        Text("序号", "No."),
        label("kpis.name"),
        label("kpis.unit"),
        Text("现权重", "Weight now"),
        Text("现目标", "Target now"),
        Text("现挑战值", "Challenge now"),
        Text("新权重", "New weight"),
        Text("新目标", "New target"),
        Text("新挑战值", "New challenge"),
    )
    grid.tag("{%tr for line in lines %}")
    names = ("number", "kpi", "unit", "weight", "target", "challenge")
    grid.row(*(f"{{{{ line.{name} }}}}" for name in names), "", "", "")
    grid.tag("{%tr endfor %}")
    for _ in range(2):
        grid.row("", Cell(Text("新增：", "New: ")), *[""] * 7)
    total = Cell(Text("合计", "Total"), 3, "left")
    grid.row(total, "{{ total_weight }}", Cell("", 2), "", Cell("", 2), style="Table Head", fill=GROUP_FILL)
    paper.note(
        Text(
            "只填写有变化的项目；取消的指标在“新权重”栏填“取消”。",
            "Fill in only what changes; write “dropped” as the new weight of a KPI that falls away.",
        )
    )
