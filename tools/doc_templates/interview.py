"""The template of the record of an interview (绩效面谈记录表)."""

from __future__ import annotations

from perfxl.core.language import Text
from tools.doc_templates.kit import Cell, Paper, beside_if_known, caption, label
from tools.doc_templates.person import PRIVATE, about, result

_TITLE = Text("绩效面谈记录表", "Interview Record")
# Heading -> rows (column of the table interviews, what to bear in mind, height in cm).
_SECTIONS = (
    (
        Text("成绩与差距", "Results and gaps"),
        (
            ("self_assessment", Text("员工先谈", "The employee speaks first"), 1.9),
            ("affirmed", Text("用事实与数据", "With facts and figures"), 1.7),
            ("shortfalls", Text("谈工作，不谈性格", "Work, not character"), 1.7),
            ("causes", Text("双方的分析", "As both see it"), 1.7),
        ),
    ),
    (
        Text("下期目标与支持", "Next targets and support"),
        (
            ("next_targets", Text("数量、期限、衡量标准", "How much, by when, measured how"), 1.7),
            ("support", Text("谁提供、何时到位", "By whom and when"), 1.5),
        ),
    ),
)


def interview(lang: str) -> Paper:
    """Builds the template of an interview record (绩效面谈记录表)."""
    paper = Paper(lang, f"{_TITLE(lang)} {{{{ number }}}} {{{{ holder.name }}}}")
    paper.open(_TITLE, PRIVATE)
    grid = about(paper)
    grid.row(caption(label("interviews.date")), "{{ date }}", caption(label("interviews.place")), "{{ place }}")
    interviewer = Cell(beside_if_known("interviewer.name", "interviewer.post"), 3)
    grid.row(caption(label("interviews.interviewer")), interviewer)
    paper.heading(Text("考核结果", "Result"))
    result(paper)
    for heading, rows in _SECTIONS:
        paper.heading(heading)
        grid = paper.table((3.0, 14.0))
        for column, hint, height in rows:
            name, said = label(f"interviews.{column}"), hint
            grid.row(_hinted(paper, name, said), f"{{{{ {column} }}}}", height=height, split=True)
    _actions(paper)
    paper.heading(Text("员工意见与确认", "Employee's opinion"))
    grid = paper.table((3.0, 14.0))
    agreed = Text(
        "{{ agreed_box }} 认可考核结果　　{{ disagreed_box }} 不认可，保留意见（可按规定申诉）",
        "{{ agreed_box }} I agree with the result    {{ disagreed_box }} I do not agree (and may appeal)",
    )
    grid.row(caption(label("interviews.agreed")), agreed, keep=True, height=0.8)
    grid.row(caption(label("interviews.opinion")), "{{ opinion }}", keep=True, height=1.5)
    paper.gap()
    paper.signed_by(
        (Text("员工", "Employee"), "{{ holder.name }}", "{{ holder.post }}"),
        (Text("面谈人", "Interviewer"), "{{ interviewer.name }}", "{{ interviewer.post }}"),
    )
    paper.end()
    return paper


def _hinted(paper: Paper, name: Text, hint: Text) -> Cell:
    return Cell(f"{paper.say(name)}\n", style="Table Head", fill=caption("").fill, tints=[(hint, "7F7F7F")])


def _actions(paper: Paper) -> None:
    paper.heading(Text("改进事项", "Improvements agreed"))
    grid = paper.table((0.9, 7.3, 2.6, 3.0, 3.2), "clccl")
    grid.head(
        Text("序号", "No."),
        label("improvements.action"),
        label("improvements.owner"),
        label("improvements.due"),
        label("improvements.support"),
    )
    grid.tag("{%tr for a in actions %}")
    grid.row("{{ loop.index }}", "{{ a.action }}", "{{ a.owner }}", "{{ a.due }}", "{{ a.support }}", split=True)
    grid.tag("{%tr endfor %}")
    grid.blank(2, "", "", "", "", "", height=0.8)
