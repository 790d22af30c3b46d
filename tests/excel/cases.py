"""One table of cases for every host: function, cells as people have them, what the cells show.

Each host test sends the cells the way its program does (COM variants, references to cells in Calc) and compares what
comes back. Lines are those of tests/core/test_scoring, so that rules, files and hosts share their figures.

The whole list runs in Python (test_functions), through xlwings' own CallUDF (test_calludf), through the add-in's VBA
with cells of Excel's model (test_addin_vba), in LibreOffice Calc (test_calc; without dates in place of numbers, which
Calc hands over as numbers) and in Pyodide (test_lite). What of it is a line's score runs as LAMBDA names in a second
engine (test_lambdas), and the lines in data frames (tests/test_frames).
"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from perfxl.core.scoring.scalar import STATUS_LABELS, Status
from perfxl.excel.functions import FUNCTIONS
from tests.core.test_scoring import CASES as LINES
from tests.core.test_scoring import PROBLEMS as WRONG_LINES

VALUE, NUM, NA, DIV0 = "#VALUE!", "#NUM!", "#N/A", "#DIV/0!"


class Case(NamedTuple):
    """`gives` is one cell, or rows; `formula` is for a host that shall be given it word for word."""

    function: str
    arguments: tuple[Any, ...]
    gives: Any
    formula: str = ""

    @property
    def rows(self) -> list[list[Any]]:
        return self.gives if isinstance(self.gives, list) else [[self.gives]]


class Typed(NamedTuple):
    """An actual as somebody typed it, and what every host makes of it: the points of the ratio method with 100 for a
    target, or why there are none. `spelt`: a formula reads it as well; where it does not, it has no number either."""

    actual: Any
    gives: float | Status
    spelt: bool = False

    @property
    def shown(self) -> Any:
        """What a cell shows."""
        if isinstance(self.gives, float):
            return self.gives
        return VALUE if self.gives is Status.PROBLEM else STATUS_LABELS[self.gives]("zh")


TYPED = [
    *(Typed(85.0, 85.0, True), Typed("85", 85.0, True), Typed(" 85 ", 85.0, True), Typed("85%", 0.85, True)),
    *(Typed("085.50", 85.5, True), Typed("85.", 85.0, True), Typed(".5", 0.5, True), Typed("-8.5", 0.0, True)),
    *(Typed("-.5%", 0.0, True), Typed("0", 0.0, True), Typed("８５", 85.0), Typed("+85", 85.0)),
    *(Typed("1,234", 120.0), Typed("12万", 120.0), Typed("(3)", 0.0), Typed("1e1", 10.0)),
    *(Typed(text, Status.PROBLEM) for text in ("abc", "8 5", "5-", "%5", "85%%")),
    *(Typed(text, Status.PROBLEM) for text in ("1.2.3", "3-5", "3/5", "2025-03-05", "inf", "NaN", "TRUE", "--5")),
    *(Typed(text, Status.NOT_APPLICABLE) for text in ("不适用", " 不适用 ", "N/A", "n/a")),
    *(Typed(text, Status.PENDING) for text in (None, "", " ", "-", "—", "/", "无", "暂无")),
]

STEPS = [
    ["分档表", "达到值", "得分"],
    *(["份额", at, points] for at, points in ((100.0, 120.0), (95.0, 100.0), (90.0, 80.0))),
]
STEPS += [["投诉", at, points] for at, points in ((1.0, 120.0), (3.0, 100.0), (5.0, 60.0))]
SCALES = [["分级表", "级别", "得分"], ["五级", "A", 100.0], ["五级", "B", 85.0], ["五级", "C", 70.0]]
OWN = [
    ["方法名称", "公式"],
    ["奖优", "IF(D*A>=D*T,100+50*D*(A-T)/ABS(T),100-200*D*(T-A)/ABS(T))"],
]
BANDS = [["等级", "总分下限", "系数"], ["优秀", 90.0, 1.5], ["合格", 60.0, 1.0], ["不合格", 0.0, 0.0]]

COVERED = [["指标编号", "指标名称"], ["K1", "销售收入"], ["K2", "市场份额"], ["K3", "废品率"]]
LINKED = [
    ["上级指标", "上级责任人", "分解方式", "份额", "责任"],
    ["K1", "E1", "分摊", 60.0, "主要"],
    ["K1", "E1", "分摊", 39.0, "次要"],
    ["K2", "E1", "全额承担", None, "主要"],
    ["K2", "E2", "支撑", None, "主要"],
]
COVERAGE = [
    ["份额合计", "主要责任人数", "结论"],
    [99.0, 1.0, "份额合计不是 100%"],
    ["", 1.0, "已承接"],
    ["", 0.0, "无人承接"],
]
VALUE_TREE: list[list[Any]] = [
    ["节点编号", "节点名称", "节点公式", "实际值", "目标值"],
    ["P", "利润", "收入-固定成本", None, None],
    ["R", "收入", "客户数×户均收入", None, None],
    ["A", "客户数", None, 10.0, 20.0],
    ["B", "户均收入", None, 30.0, 33.0],
    ["C", "固定成本", None, 100.0, 105.0],
]
# 300 to 660 of revenue: 10 more customers at 31.5 on average, 3 more each of 15 on average.
TREE_STEPS = [["分解额", "影响评分"], ["", 3.0], ["", 4.0], [315.0, 4.0], [45.0, 4.0], [-5.0, 2.0]]

# A contract as HR has it: title, headers, subtotals, a note; deductions and a veto; text that reads as numbers.
CONTRACT: list[list[Any]] = [
    ["2025年度业绩合同", None, None, None, None, None, None, None],
    ["类别", "指标名称", "计分方法", "方向", "权重(%)", "目标值", "实际完成值", "每次扣分"],
    ["财务", "销售收入", "比率法", "越大越好", 40.0, 8000.0, 8400.0, None],
    [None, "销售费用", "比率法", "越小越好", 20.0, "1,000", "９００", None],
    ["客户", "客户满意度", "功效系数法", "越大越好", 25.0, "90%", "不适用", None],
    [None, "投诉处理", "说明法", None, 15.0, None, "良", None],
    ["合计", None, None, None, 100.0, None, None, None],
    ["扣分项", "重大事故", "扣分", None, None, None, 2.0, 1.5],
    ["备注：数据以财务部为准", None, None, None, None, None, None, None],
]
# 40% x 105 + 20% x 110 + 15% x 75 and, as satisfaction does not apply, its 25% on the complaints' 75; less 3.
CONTRACT_POINTS = [[""], ["得分"], [105.0], [110.0], ["不适用"], [75.0], [""], [-3.0], [""]]
CONTRACT_TOTAL = 91.0
PEOPLE: list[list[Any]] = [
    ["Employee ID", "Name", "KPI name", "Scoring method", "Weight", "Target", "Actual"],
    ["E1", "Ann", "Sales", "ratio", 60.0, 100.0, 95.0],
    ["E1", "Ann", "Quality", "pass_fail", 40.0, 0.99, 0.995],
    ["E2", "Bo", "Sales", "ratio", 60.0, 100.0, None],
    ["E2", "Bo", "Quality", "pass_fail", 40.0, 0.99, 0.98],
    ["E3", "Cy", "Sales", "ratio", 100.0, 0.0, 5.0],
]
# How often a vetoing KPI happened stands for its actual.
VETOED: list[list[Any]] = [
    ["姓名", "指标名称", "计分方法", "权重", "目标值", "实际完成值"],
    ["张三", "销售收入", "比率法", 100.0, 100.0, 95.0],
    ["张三", "安全事故", "否决", None, None, 1.0],
    ["李四", "销售收入", "比率法", 100.0, 100.0, 95.0],
    ["李四", "安全事故", "否决", None, None, 0.0],
    ["王五", "销售收入", "比率法", 100.0, 100.0, 95.0],
    ["王五", "安全事故", "否决", None, None, None],
]
VETOED_TOTALS = {"张三": 0.0, "李四": 95.0, "王五": 95.0}
# The worked example of domain.md section 4.
WORKED: list[list[Any]] = [
    ["指标名称", "类别", "效益影响", "可控性", "可测性"],
    ["净营运资产贡献率", "财务", 2.0, 2.0, 4.0],
    ["营销收入", "财务", 4.0, 2.0, 4.0],
    ["预算网络成本贡献率", "财务", 2.0, 3.0, 4.0],
    ["应收帐款周转次数", "财务", 1.0, 2.0, 4.0],
    ["营销成本", "财务", 1.0, 2.0, 4.0],
    ["大客户收入/总收入", "服务/营运", 2.0, 2.0, 4.0],
    ["客户满意度", "服务/营运", 2.0, 2.0, 3.0],
    ["关键人员流失率", "人员", 3.0, 2.0, 4.0],
]
SHARES = [["财务", 70.0], ["服务/营运", 20.0], ["人员", 10.0]]
HEADS = ["代码", "级别", "行", "问题", "怎么办"]

_ORDER = [argument.name for argument in FUNCTIONS["PX_SCORE"].arguments]
_ERROR_OF = {"M101": NA, "M107": NA, "M108": NA, "M103": NUM, "M104": NUM, "M111": NUM}


def _line(cells: dict[str, Any]) -> tuple[Any, ...]:
    """A line's cells as the arguments of PX_SCORE, with step tables, scales and own methods."""
    given = {**cells, "actual": cells.get("label", cells.get("actual"))}
    given |= {"settings": STEPS, "settings2": SCALES, "settings3": OWN}
    return tuple(given.get(name) for name in _ORDER)


def _agreed(*weights: float) -> list[list[Any]]:
    return [["指标名称", "权重"], *([f"指标{i}", weight] for i, weight in enumerate(weights, 1))]


CASES: list[Case] = [
    *(Case("PX_SCORE", _line(cells), points) for cells, points in LINES),
    *(Case("PX_SCORE", _line(cells), _ERROR_OF.get(code, VALUE)) for cells, code in WRONG_LINES if cells["method"]),
    Case("PX_SCORE", (None, 1.0, 1.0), VALUE),
    # Blank, zero and not applicable are three things; a failure is an error, never a number.
    Case("PX_SCORE", ("比率法", None, 100.0), "待报"),
    Case("PX_SCORE", ("比率法", 0.0, 100.0), 0.0),
    Case("PX_SCORE", ("ratio", "N/A", 100.0), "not applicable"),
    *(Case("PX_SCORE", ("比率法", each.actual, 100.0), each.shown) for each in TYPED),
    Case("PX_SCORE", ("比率法", [[each.actual] for each in TYPED], 100.0), [[each.shown] for each in TYPED]),
    Case("PX_SCORE", ("监控", 5.0), "仅监控"),
    Case("PX_SCORE", ("比率法", "#N/A", 100.0), VALUE),
    Case("PX_SCORE", ("比率法", 95.0, 100.0, "#REF!"), VALUE),  # a threshold that cannot be read is not left out
    Case("PX_SCORE", ("比率法", date(2025, 3, 5), 100.0), VALUE),  # Excel turned 3.5 into a date
    Case("PX_SCORE", ("节点法", 98.0, date(2025, 3, 1), *[None] * 4, 5.0), VALUE),
    Case("PX_SCORE", ("比率法", "85%", "９０%"), 94.44),
    Case("PX_SCORE", ("比率法", "12万", 100000.0), 120.0),
    Case("PX_SCORE", ("扣分", "#VALUE!", None, *[None] * 4, 2.0), VALUE),  # an error is not "no event"
    Case("PX_SCORE", ("层差法", 96.0, *[None] * 12, [["达到", "得分"], [100.0, 120.0], [95.0, 100.0]]), 100.0),
    Case("PX_SCORE", ("说明法", "B", *[None] * 13, [["A", 100.0], ["B", 85.0]]), 85.0),
    Case("PX_SCORE", ("比率法", 150.0, 100.0, *[None] * 13, [["参数", "取值"], ["单项得分上限", 130.0]]), 130.0),
    Case("PX_SCORE", ("比率法", 150.0, 100.0, *[None] * 13, [["Points cap", 140.0]]), 140.0),
    Case("PX_SCORE", ("比率法", 150.0, 100.0, *[None] * 13, [["单项得分上限", "很高"]]), VALUE),
    Case("PX_SCORE", ("比率法", 150.0, 100.0, *[None] * 13, [["参数", "取值"], ["单项权重下限", 0.05]]), VALUE),
    # Columns in place of cells give a column.
    Case("PX_SCORE", ("比率法", [[98.0], [None], ["x"], [105.0]], 100.0), [[98.0], ["待报"], [VALUE], [105.0]]),
    Case("PX_SCORE", ([["比率法"], ["非此即彼法"]], [[98.0], [98.0]], [[100.0], [90.0]]), [[98.0], [100.0]]),
    Case("PX_METHOD", ("线性", "100*A/T", 45.0, 60.0), 75.0),
    Case("PX_METHOD", ("奖优", OWN, 110.0, 100.0), 105.0),
    Case("PX_METHOD", ("坏", "100*A/X", 45.0, 60.0), VALUE),
    Case(
        "PX_EXPLAIN",
        ("比率法", 150.0, 100.0),
        "比率法：100*(1+(A-T)/ABS(T)) = 100*(1+(150-100)/ABS(100)) = 150 → 120（封顶 120）",
    ),
    Case("PX_EXPLAIN", ("grade", "良"), "grade: 良 = 75"),
    Case("PX_EXPLAIN", ("层差法", 96.0, *[None] * 12, "100:120;95:100"), "层差法：96 = 100"),
    Case("PX_EXPLAIN", ("扣分", 3.0, *[None] * 5, 2.0), "减分法：-(K*A) = -(2*3) = -6"),
    Case("PX_SCORES", (CONTRACT,), CONTRACT_POINTS),
    Case("PX_SCORES", ([*CONTRACT, *[[None] * 8] * 40],), CONTRACT_POINTS),
    Case(
        "PX_SCORES",
        (PEOPLE, "points,status"),
        [
            ["Points", "Status"],
            *([95.0, "scored"], [100.0, "scored"], ["pending", "pending"], [0.0, "scored"], [NUM, "problem"]),
        ],
    ),
    Case("PX_SCORES", ([["甲", "乙"], [1.0, 2.0]],), VALUE),
    Case("PX_TOTAL", (CONTRACT,), CONTRACT_TOTAL),
    *(Case("PX_TOTAL", (VETOED, person), total) for person, total in VETOED_TOTALS.items()),
    Case("PX_TOTAL", (PEOPLE, "E1"), 97.0),
    Case("PX_TOTAL", (PEOPLE, "Bo"), "pending"),
    Case("PX_TOTAL", (PEOPLE, "Cy"), VALUE),
    Case("PX_TOTAL", (PEOPLE, "Di"), NA),
    Case("PX_TOTAL", (PEOPLE,), VALUE),
    Case("PX_TOTAL", ([["指标", "目标值", "实际完成值"], ["a", 1.0, 1.0]],), VALUE),  # no weights, no total
    Case("PX_TOTAL", ([["指标", "权重", "目标值", "实际完成值"], ["a", 100.0, 1.0, "不适用"]],), "不适用"),
    Case("PX_GRADE", (89.99,), "B"),
    Case("PX_GRADE", ([[95.0], [59.0], ["x"]],), [["A"], ["E"], [VALUE]]),
    Case("PX_GRADE", (75.0, BANDS), "合格"),
    # A column of totals as PX_TOTALS gives it.
    Case("PX_GRADE", ([["待报"], [None], ["不适用"], [95.0]],), [["待报"], ["待报"], ["不适用"], ["A"]]),
    Case("PX_COEFFICIENT", ([["pending"], [80.0], ["N/A"]],), [["pending"], [1.1], ["not applicable"]]),
    Case("PX_COEFFICIENT", ([[95.0], ["B"], ["Z"]],), [[1.2], [1.1], [VALUE]]),
    Case("PX_COEFFICIENT", ("优秀", BANDS), 1.5),
    Case("PX_IMPORTANCE", (4.0, 2.0, 4.0), 3.5),
    Case("PX_IMPORTANCE", (5.0, 2.0, 4.0), VALUE),
    Case("PX_WEIGHTS", (WORKED, SHARES), [["权重"], *([w] for w in (15.0, 20.0, 15.0, 10.0, 10.0, 10.0, 10.0, 10.0))]),
    Case("PX_WEIGHTS", (WORKED, [["财务", 70.0], ["服务/营运", 20.0]]), NUM),
    Case("PX_WEIGHTS", (WORKED[:3], None, "取整前"), NUM),  # two KPIs cannot hold 100
    Case("PX_REPAIR", (_agreed(33.0, 30.0, 20.0, 12.0),), [["权重"], [30.0], [30.0], [25.0], [15.0]]),
    Case("PX_REPAIR", (_agreed(60.0, 40.0),), NUM),
    Case("PX_WEIGHTCHECK", (_agreed(30.0, 25.0, 20.0, 15.0, 10.0),), [HEADS, ["", "", "", "没有问题", ""]]),
    Case("PX_CASCADE", (100.0, [[50.0], [30.0], [20.0]], 0.0), [[50.0], [30.0], [20.0]]),
    Case("PX_CASCADE", (10.0, [["33.3%", "33.3%", "33.4%"]], 0.0), [[3.0, 3.0, 4.0]]),
    Case("PX_CASCADE", (-10.0, [[0.25], [0.25], [0.5]], 0.0), [[-3.0], [-2.0], [-5.0]]),
    Case("PX_CASCADE", (0.3, [[50.0], [50.0]]), [[0.2], [0.1]]),
    Case("PX_CASCADE", (2e9, [[60.0], [None], [40.0]]), [[1.2e9], [""], [8e8]]),
    Case("PX_CASCADE", (100.0, [[33.33], [33.33], [33.33]]), VALUE),
    Case("PX_CASCADE", (99.0, [[100.0 / 3], [100.0 / 3], [100.0 / 3]]), [[33.0], [33.0], [33.0]]),
    Case("PX_CASCADE", (99.0, [[33.3333], [33.3333], [33.3333]]), VALUE),
    Case("PX_CASCADE", (0.25, [[50.0], [50.0]], 1.0), VALUE),
    Case("PX_COVERAGE", (COVERED, LINKED), [["承接数"], [2.0], [2.0], [0.0]]),
    Case("PX_COVERAGE", (COVERED, LINKED, "份额合计、主要责任人数、结论"), COVERAGE),
    Case("PX_COVERAGE", (COVERED, [*LINKED, ["K1", "E1", "分摊", "一半", None]]), NUM),
    Case("PX_VALUETREE", (VALUE_TREE,), [["弹性"], [1.0], [1.5], [1.5], [1.5], [-0.5]]),
    Case("PX_VALUETREE", (VALUE_TREE, "分解额、影响评分"), TREE_STEPS),
    Case("PX_VALUETREE", (VALUE_TREE, "单项增益", "利润"), [["单项增益"], [""], [""], [300.0], [30.0], [-5.0]]),
    Case("PX_VALUETREE", ([*VALUE_TREE, ["D", "现金", "收入-税", None, None]],), NUM),
    Case("PX_VALUETREE", (VALUE_TREE, "弹性", "现金"), NA),
    Case("PX_ATTAINMENT", (90.0, 100.0), 90.0),
    Case("PX_ATTAINMENT", (90.0, 100.0, "越小越好"), 110.0),
    Case("PX_ATTAINMENT", (90.0, 0.0), DIV0),
    Case("PX_ATTAINMENT", (None, 100.0), "待报"),
    Case("PX_PHASED", (120.0, 3.0), 30.0),
    Case("PX_PHASED", (0.95, 3.0, 12.0, "平均"), 0.95),
    Case("PX_PHASED", (120.0, 13.0), VALUE),
    Case("PX_LIGHT", ([[96.0], [85.0], [60.0]], 100.0), [["绿灯"], ["黄灯"], ["红灯"]]),
    Case("PX_LIGHT", (5.0, 4.0, "lower"), "red"),
    Case("PX_FORECAST", (50.0, 6.0), 100.0),
    Case("PX_FORECAST", (0.8, 6.0, 12.0, "last"), 0.8),
    Case("PX_AGGREGATE", ([[1.0], [2.5], [None]], "累计"), 3.5),
    Case("PX_AGGREGATE", ([[90.0], [45.0]], "分子合计/分母合计", [[100.0], [50.0]]), 0.9),
    Case("PX_AGGREGATE", ([[1.0], [2.0]], "随便"), VALUE),
    Case("PX_FIND", (PEOPLE, "E2", "Sales", "Target"), 100.0),
    Case("PX_FIND", (PEOPLE, "Bo"), [PEOPLE[0], [*PEOPLE[3][:6], ""], PEOPLE[4]]),
    Case("PX_FIND", (PEOPLE, "Zoe"), NA),
    Case(
        "PX_COLUMNS",
        ([["指标", "目标", "别的"], ["a", 1.0, 2.0]],),
        [["表头", "当作", "说明"], ["指标", "指标名称", ""], ["目标", "目标值", ""], ["别的", "（不用）", ""]],
    ),
    Case(
        "PX_NUMBER",
        ([["12万"], ["85%"], ["(3)"], ["1,234"], ["12人"]],),
        [[120000.0], [0.85], [-3.0], [1234.0], [VALUE]],
    ),
    # 0.2 x 90 + 0.8 x (80 + 90) / 2 = 86; of 5: 0.5 x 5 + 0.5 x 4 = 4.5, 90 points
    Case("PX_MARKS", ([[90.0], [80.0], [90.0]], [["自评"], ["上级"], ["上级"]], 100.0, "自评20%；上级80%"), 86.0),
    Case("PX_MARKS", ([[5.0], [4.0]], [["self"], ["superior"]], 5.0, "self 50%, superior 50%"), 90.0),
    Case("PX_MARKS", ([[None], [80.0]], [["自评"], ["上级"]], 100.0, "自评20%；上级80%"), "待报"),
    Case("PX_MARKS", ([[80.0], [None]], [["自评"], ["上级"]], 100.0, "自评20%；上级80%"), "待报"),
    Case("PX_MARKS", ([[80.0, None]], [["自评", "上级"]], 100.0, "自评20%；上级80%"), "待报"),
    Case(
        "PX_MARKS",
        ([[90.0, None], [80.0, None]], [["自评", None], ["上级", "同级"]], 100.0, "自评20%；上级80%"),
        "待报",
    ),
    Case("PX_MARKS", ([[90.0], [80.0]], [["自评"], [None]], 100.0, "自评20%；上级80%"), VALUE),  # whose is the second?
    Case("PX_MARKS", ([[90.0], [80.0]], [["自评"], ["上级"]], 100.0), VALUE),  # no shares: no guess
    Case("PX_MARKS", ([[90.0], [120.0]], [["自评"], ["上级"]], 100.0, "自评20%；上级80%"), VALUE),
    Case("PX_RULE", ("比率法",), "IF(AND(ISNUMBER(L),D*A<D*L),0,100*(1+D*(A-T)/ABS(T)))"),
    Case("PX_RULE", ("奖优", OWN), OWN[1][1]),
    Case("PX_RULE", ("没有",), NA),
    Case("PX_WHY", ("PX_SCORE", "比率法", 98.0, 100.0), "没有出错"),
    Case("PX_WHY", ("PX_GRADE", "很多"), "X104 “总分”应为数字，这里是“很多” → 填数字，如 120、85%、12万"),
    Case("PX_WHY", ("PX_SKORE",), NA),
]
