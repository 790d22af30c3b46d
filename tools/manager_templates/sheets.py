"""What stands on the sheets: for each job its columns, how wide, which are filled in, and what is said about them."""

from __future__ import annotations

from typing import NamedTuple

from perfxl.core.language import Text
from perfxl.core.requests import PREVIEW


class Column(NamedTuple):
    """A column: its field, its header (a text, or table.column of the schema), its width.

    wide    its width in English, whose words are longer; 0: the same
    kind    shown, or what is typed: figure, words, date, grade, mark, choice (of `choices`)
    hint    shown when the cell is chosen
    """

    field: str
    header: Text | str
    width: float
    kind: str = "shown"
    hint: Text | None = None
    wide: float = 0

    def width_in(self, lang: str) -> float:
        """Its width on the sheet in a language."""
        return self.wide if self.wide and lang == "en" else self.width


class Sheet(NamedTuple):
    """A job's sheet: its columns, what is said above them, its colour (a stage of the cycle) and the field that makes a
    row done; blank where nothing is filled in."""

    job: str
    title: Text
    help: Text
    stage: str
    columns: tuple[Column, ...]
    needed: str


_NAME = Column("name", "people.name", 13)
_WHO = (Column("holder", "people.person", 10, wide=12), _NAME)
_KPI = (
    Column("kpi", "kpis.kpi", 9),
    Column("kpi_name", "kpis.name", 26, wide=36),
    Column("kpi_unit", "kpis.unit", 7, wide=11),
)
SCORES = Sheet(
    "scores",
    PREVIEW,
    Text(
        "不用填：随“实绩填报”“定性评价”的输入变化。“预计”是按目前进度到期末的数；得分仅供参考，以公布的结果为准。",
        "Nothing to fill in: it follows what you type on the other sheets. Expected is what the pace so far comes to "
        "by the end; the points are provisional.",
    ),
    "results",
    (
        *_WHO,
        *_KPI,
        Column("aspect", "contract_lines.aspect", 13, wide=18),
        Column("weight", "contract_lines.weight", 7),
        Column("target", "contract_lines.target", 11),
        Column("to_date", Text("累计实绩", "To date"), 12),
        Column("estimate", Text("预计", "Expected"), 12),
        Column("points", Text("预估得分", "Points"), 12),
        Column("effective", Text("折算权重", "Effective weight"), 10),
        Column("weighted", Text("加权得分", "Weighted"), 10),
        Column("contract", "contracts.contract", 14),
        Column("spread", Text("类别内折算权重", "Weight within the category"), 12),
    ),
    "",
)
"""Shown where actuals or grades are asked for."""

_NUMBER = Text(
    "填数字；不适用填 N/A；未知留空，不要填 0", "A number; N/A where it does not apply; blank while unknown, not 0"
)

SHEETS: tuple[Sheet, ...] = (
    Sheet(
        "targets",
        Text("目标提议", "Target proposals"),
        Text(
            "逐行填写发约人提议和受约人预测（黄色），写明依据和差异原因；谈妥后填商定目标，所需资源一并写上。",
            "For each row the issuer's proposal and the holder's forecast (yellow), on what grounds and why they "
            "differ; once settled, the agreed target and the resources that it takes.",
        ),
        "contract",
        (
            *_WHO,
            *_KPI,
            Column("weight", "contract_lines.weight", 7),
            Column("base", "contract_lines.base", 10),
            Column("target", "contract_lines.target", 10),
            Column("proposal", "negotiations.proposal", 11, "figure", _NUMBER),
            Column("forecast", "negotiations.forecast", 11, "figure", _NUMBER),
            Column("difference", Text("差异", "Difference"), 12),
            Column("market", Text("依据（市场分析）", "Grounds (market)"), 20, "words"),
            Column("cause", "negotiations.cause", 20, "words"),
            Column("resources", "negotiations.resources", 16, "words"),
            Column("agreed", "negotiations.agreed", 11, "figure", _NUMBER),
            Column("contract", "contracts.contract", 14),
        ),
        "proposal",
    ),
    Sheet(
        "actuals",
        Text("实绩填报", "Actuals"),
        Text(
            "填写黄色单元格：实际完成值；由分子、分母得出的比率也可只填分子和分母。“依据”写数据从哪里来。",
            "Fill in the yellow cells: the actual, or for a ratio its two parts. Evidence: where the figure is from.",
        ),
        "results",
        (
            *_WHO,
            *_KPI,
            Column("period", "actuals.period", 10),
            Column("period_target", Text("本期目标", "Target of the period"), 12),
            Column("value", "actuals.value", 13, "figure", _NUMBER),
            Column("numerator", "actuals.numerator", 13, "figure"),
            Column("denominator", "actuals.denominator", 14, "figure"),
            Column("figure", Text("计入值", "Counts as"), 11),
            Column("light", Text("亮灯", "Light"), 7),
            Column("evidence", "actuals.evidence", 30, "words"),
        ),
        "value",
    ),
    Sheet(
        "grades",
        Text("定性评价", "Grades"),
        Text(
            "对照每一级的描述，在黄色单元格选择级别；“依据”写事实，不写印象。",
            "Compare with the sentences and choose a grade in the yellow cell. Evidence: facts, not impressions.",
        ),
        "results",
        (
            *_WHO,
            *(column for column in _KPI if column.field != "kpi_unit"),
            Column("period", "actuals.period", 10),
            Column("sentences", Text("各级描述", "What each grade looks like"), 52),
            Column("value", Text("级别", "Grade"), 11, "grade", Text("从列表选择", "Choose from the list")),
            Column("evidence", "actuals.evidence", 36, "words"),
        ),
        "value",
    ),
    Sheet(
        "marks",
        Text("评分", "Marks"),
        Text(
            "在黄色单元格打分，不超过满分；不了解的留空或填 N/A。同级、下级、客户的打分不会单独出现在任何文件里。",
            "Give a mark up to the full marks; blank or N/A where you cannot judge. Single marks of peers, "
            "subordinates and customers appear in no document.",
        ),
        "results",
        (
            Column("rater", "marks.rater", 10),
            Column("ratee", "marks.ratee", 10),
            _NAME,
            Column("relation", "marks.relation", 9, wide=12),
            Column("dimension", "marks.dimension", 16, wide=24),
            Column("kpi_name", Text("评价内容", "What is judged"), 28),
            Column("full_marks", "kpis.full_marks", 9, wide=12),
            Column("mark", "marks.mark", 10, "mark"),
            Column("comment", "marks.comment", 42, "words"),
            Column("contract", "marks.contract", 15),
        ),
        "mark",
    ),
    Sheet(
        "coaching",
        Text("辅导记录", "Coaching"),
        Text(
            "每次辅导一行，随时记：何时、什么情况、原因、您的意见、如何跟进。没有的行留空。",
            "A row for each talk, as it happens: when, what, why, your advice, what follows. Leave other rows blank.",
        ),
        "follow_up",
        (
            *_WHO,
            Column("date", "coaching.date", 12, "date"),
            Column("kpi", "coaching.kpi", 10, "words"),
            Column("situation", "coaching.situation", 30, "words"),
            Column("cause", "coaching.cause", 24, "words"),
            Column("advice", "coaching.advice", 30, "words"),
            Column("follow_up", "coaching.follow_up", 24, "words"),
        ),
        "situation",
    ),
    Sheet(
        "improvement",
        Text("改进措施", "Improvement"),
        Text(
            "针对差距写具体的措施：做什么、谁支持、何时完成、如何衡量、何时检查。没有的行留空。",
            "For each gap an action: what, whose support, by when, measured how, checked when. Leave other rows blank.",
        ),
        "follow_up",
        (
            *_WHO,
            Column("kpi", "improvements.kpi", 10, "words"),
            Column("gap", "improvements.gap", 20, "words"),
            Column("cause", "improvements.cause", 20, "words"),
            Column("action", "improvements.action", 28, "words"),
            Column("support", "improvements.support", 12, "words"),
            Column("due", "improvements.due", 12, "date"),
            Column("measure", "improvements.measure", 20, "words"),
            Column("check_date", "improvements.check_date", 12, "date"),
            Column("status", "improvements.status", 10, "status"),
        ),
        "action",
    ),
    Sheet(
        "interview",
        Text("面谈记录", "Interviews"),
        Text(
            "每人一行：谈工作不谈性格，先听员工说；肯定成绩，也指出不足，约定下期目标。",
            "A row for each person. About work, not character; let them speak first; affirm, name shortfalls, agree.",
        ),
        "follow_up",
        (
            *_WHO,
            Column("date", "interviews.date", 12, "date"),
            Column("place", "interviews.place", 12, "words"),
            Column("self_assessment", "interviews.self_assessment", 22, "words"),
            Column("affirmed", "interviews.affirmed", 22, "words"),
            Column("shortfalls", "interviews.shortfalls", 22, "words"),
            Column("causes", "interviews.causes", 20, "words"),
            Column("next_targets", "interviews.next_targets", 22, "words"),
            Column("support", "interviews.support", 16, "words"),
        ),
        "date",
    ),
)
