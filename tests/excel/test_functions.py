"""The worksheet functions as plain Python, and the registry that every host reads."""

from __future__ import annotations

import ast
import math
import re
import subprocess
import sys
from datetime import date, datetime, timezone
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfxl.excel import cells, functions
from perfxl.excel.cells import CellError
from perfxl.excel.registry import FUNCTIONS, ArgumentKind, Session, answer
from tests.excel.cases import CASES, CONTRACT, CONTRACT_POINTS, NA, PEOPLE, Case


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.function)
def test_a_case(case: Case) -> None:
    assert FUNCTIONS[case.function].call(*case.arguments) == case.rows


def test_every_function_has_a_case() -> None:
    never = {"PX_TOTALS", "PX_METHODS", "PX_SETTINGS"}  # tables too long for the list; below
    assert {case.function for case in CASES} | never == set(FUNCTIONS)


def test_names_and_helps_fit_the_function_wizard() -> None:
    for name, function in FUNCTIONS.items():
        # No cell reference (PX1), nothing but what Excel, VBA and IDL take as a name.
        assert re.fullmatch(r"PX_[A-Z]+", name)
        texts = [function.zh, function.en, f"{function.zh} / {function.en}"]
        assert len({argument.name for argument in function.arguments}) == len(function.arguments)
        for argument in function.arguments:
            assert re.fullmatch(r"[a-z][a-z0-9_]*", argument.name)
            texts += [argument.zh, argument.en, f"{argument.zh} / {argument.en}"]
        assert all(0 < len(text) <= 255 for text in texts)
        assert getattr(functions, name) is function.call and name in functions.__all__
        assert function.call.__doc__ == f"{function.zh} / {function.en}"
        optional = [argument.optional for argument in function.arguments]
        assert optional == sorted(optional), "Excel leaves out arguments from the end"


def test_a_function_is_written_in_one_place() -> None:
    """No other source of the package may have to name a function when one is added."""
    package = Path(functions.__file__).parent
    for name in FUNCTIONS:
        held = [p.name for p in package.rglob("*.py") if re.search(rf"def {name}\b", p.read_text(encoding="utf-8"))]
        assert held == ["functions.py"]


def test_totals_of_everybody() -> None:
    heads, *lines = FUNCTIONS["PX_TOTALS"].call(PEOPLE)
    assert heads[:4] == ["Employee ID", "Name", "Total", "Provisional"]
    assert lines[0] == ["E1", "Ann", 97.0, 97.0, 100.0, "A", 1.2, ""]
    assert lines[1] == ["E2", "Bo", "pending", 0.0, 40.0, "", "", ""]
    assert lines[2][2] == CellError.VALUE and "target is 0" in lines[2][7]


@pytest.mark.parametrize(
    ("weights", "said"),
    [((70.0, 70.0), "W101 张三：权重合计 140%"), ((100.0, "四十"), "V1"), ((60.0, 39.99), "99.99%")],
)
def test_a_total_that_is_not_right_is_an_error_with_its_reason(weights: tuple[Any, Any], said: str) -> None:
    """scoring.md section 7: weights that do not sum, or a cell that cannot be read, leave no total."""
    rows: list[list[Any]] = [["姓名", "指标名称", "计分方法", "权重", "目标值", "实际完成值"]]
    rows += [["张三", kpi, "比率法", w, 100.0, 100.0] for kpi, w in zip("ab", weights, strict=True)]
    rows += [["李四", kpi, "比率法", 50.0, 100.0, 100.0] for kpi in "ab"]
    _, wrong, right = FUNCTIONS["PX_TOTALS"].call(rows)
    assert wrong[1:6] == [CellError.VALUE, "", "", "", ""] and said in wrong[6]
    assert said in FUNCTIONS["PX_WHY"].call()[0][0]
    assert right[1:5] == [100.0, 100.0, 100.0, "A"]
    assert FUNCTIONS["PX_TOTAL"].call(rows, "张三") == [[CellError.VALUE]]
    assert said in FUNCTIONS["PX_WHY"].call("PX_TOTALS", rows)[0][0]
    assert said in FUNCTIONS["PX_WHY"].call("PX_TOTAL", rows, "张三")[0][0]
    assert FUNCTIONS["PX_TOTAL"].call(rows, "李四") == [[100.0]]


@pytest.mark.parametrize(("rule", "said"), [("按天数", "C244"), ("按现行版本", "")])
def test_lines_without_versions_say_so_where_the_settings_count_them(rule: str, said: str) -> None:
    rows: list[list[Any]] = [["姓名", "指标名称", "计分方法", "权重", "目标值", "实际完成值"]]
    rows += [["张三", "收入", "比率法", 100.0, 100.0, 92.0]]
    settings = [["参数", "取值"], ["变更计分", rule]]
    line = FUNCTIONS["PX_TOTALS"].call(rows, settings)[1]
    assert line[1] == 92.0 and line[6][:4] == said
    assert FUNCTIONS["PX_TOTAL"].call(rows, None, settings) == [[92.0]]
    assert said in FUNCTIONS["PX_WHY"].call("PX_TOTAL", rows, None, settings)[0][0]


def test_words_for_a_figure_are_a_problem_and_a_band_is_one() -> None:
    rows: list[list[Any]] = [["姓名", "指标名称", "计分方法", "权重", "目标值", "实际完成值", "每单位分值", "计分单位"]]
    rows += [["张三", "收入", "比率法", 60.0, 100.0, "完成得不错", "", ""]]
    rows += [["张三", "温度", "区间控制", 40.0, "20-25", 26.0, 5.0, 1.0]]
    assert FUNCTIONS["PX_SCORES"].call(rows) == [["得分"], [CellError.VALUE], [95.0]]
    assert FUNCTIONS["PX_TOTAL"].call(rows, "张三") == [[CellError.VALUE]]
    assert "完成得不错" in FUNCTIONS["PX_WHY"].call()[0][0]


@pytest.mark.parametrize("head", ["指标名称", "指标编号"])
def test_a_kpi_that_stands_twice_leaves_no_total(head: str) -> None:
    """As in a program: which of the two lines counts is for a person to say."""
    rows: list[list[Any]] = [["姓名", head, "指标", "计分方法", "权重", "目标值", "实际完成值"]]
    rows += [["张三", "收入", "收入", "比率法", 50.0, 100.0, 90.0] for _ in range(2)]
    rows += [["李四", kpi, kpi, "比率法", 50.0, 100.0, 100.0] for kpi in ("收入", "回款")]
    _, wrong, right = FUNCTIONS["PX_TOTALS"].call(rows)
    assert wrong[1:6] == [CellError.VALUE, "", "", "", ""] and wrong[6].startswith("R110 “张三 / 收入”")
    assert "2" in wrong[6] and right[1] == 100.0
    assert FUNCTIONS["PX_TOTAL"].call(rows, "张三") == [[CellError.VALUE]]
    assert "R110" in FUNCTIONS["PX_WHY"].call()[0][0]


def test_totals_take_work_that_grows_with_the_people_and_no_faster() -> None:
    """Counted in calls: neither clock nor load says anything of it."""

    def calls(people: int) -> int:
        table: list[list[Any]] = [["工号", "姓名", "指标名称", "计分方法", "权重", "目标值", "实际完成值"]]
        table += [[f"E{i}", f"人{i}", kpi, "比率法", 50.0, 100.0, 90.0] for i in range(people) for kpi in "ab"]
        count = 0

        def note(frame: Any, event: str, arg: Any) -> None:
            nonlocal count
            count += event in ("call", "c_call")

        sys.setprofile(note)
        try:
            rows = FUNCTIONS["PX_TOTALS"].call(table)
        finally:
            sys.setprofile(None)
        assert [row[0] for row in rows[1:]] == [f"E{i}" for i in range(people)]
        return count

    first, second, third = (calls(people) for people in (300, 600, 1_200))
    assert third - second < 2.2 * (second - first)


def test_settings_come_back_as_they_were_set() -> None:
    rows = FUNCTIONS["PX_SETTINGS"].call()
    assert rows[0] == ["参数", "取值", "单位", "说明"]
    rows[next(i for i, row in enumerate(rows) if row[0] == "单项得分上限")][1] = 150.0
    assert FUNCTIONS["PX_SETTINGS"].call(rows) == rows
    assert FUNCTIONS["PX_SCORE"].call("比率法", 200.0, 100.0, *[None] * 13, rows) == [[150.0]]


def test_methods_name_their_figures() -> None:
    rows = {row[0]: row for row in FUNCTIONS["PX_METHODS"].call([["Setting", "Value"], ["Points cap", 130.0]])}
    assert rows["progress"] == ["progress", "100*(A-B)/(T-B)", "Actual, Base, Target"]


def test_why_tells_the_last_failure_and_any_other() -> None:
    FUNCTIONS["PX_SCORE"].call("ratio", 5.0, 0.0)
    (reason,) = FUNCTIONS["PX_WHY"].call()[0]
    assert reason == FUNCTIONS["PX_WHY"].call("PX_SCORE", "ratio", 5.0, 0.0)[0][0]
    assert "target is 0" in reason and "→" in reason
    assert "目标值为 0" in FUNCTIONS["PX_WHY"].call("px_score", "比率法", 5.0, 0.0)[0][0]
    several = FUNCTIONS["PX_WHY"].call("PX_SCORES", [["a", "b"], [1.0, 2.0]])
    assert "KPI name" in several[0][0]


def test_a_mistaken_name_is_told_the_near_one() -> None:
    assert "PX_SCORE" in answer("PX_WHY", ["PX_SKORE"]).problems[0].hint()


def test_problems_of_weights_are_a_table() -> None:
    heads, *lines = FUNCTIONS["PX_WEIGHTCHECK"].call([["KPI name", "Weight"], ["a", 33.0], ["b", 33.33], ["c", 33.33]])
    assert heads[:3] == ["Code", "Severity", "Row"]
    assert [line[0] for line in lines] == ["W103", "W104", "W103", "W104", "W103", "W104", "W105", "W101"]
    assert lines[0][2] == 2.0 and "0.34" in lines[-1][3]


def test_percent_weights_are_percent_points() -> None:
    rows = [["指标名称", "权重"], *([f"{i}", w] for i, w in enumerate((0.3, 0.25, 0.2, 0.15, 0.1)))]
    assert FUNCTIONS["PX_WEIGHTCHECK"].call(rows)[1][3] == "没有问题"


def test_a_veto_and_events_count() -> None:
    lines: list[list[Any]] = [
        ["姓名", "指标名称", "计分方法", "权重", "目标值", "实际完成值", "每次扣分", "否决后果"],
        ["张三", "收入", "比率法", 100.0, 100.0, 95.0, None, None],
        ["张三", "违规", "扣分", None, None, None, 2.0, None],
        ["张三", "死亡事故", "否决", None, None, 0.0, None, "总分封顶"],
    ]
    events = [
        ["受约人", "指标编号", "类型", "日期", "次数", "事实"],
        ["张三", "违规", "扣分", "2025-03-01", 2.0, "迟报"],
    ]
    total = FUNCTIONS["PX_TOTAL"].call
    assert total(lines) == [[95.0]]
    assert total(lines, None, events) == [[91.0]]
    lines[3][5] = 1.0
    assert total(lines) == [[59.0]]
    lines[3][5] = "可能"
    assert total(lines) == [["#VALUE!"]]


# What hosts send


def test_cells_of_every_host() -> None:
    cell = cells.cell
    assert [cell(x) for x in (None, "", math.nan, 3, Decimal("1.5"), True, cells.MISSING)] == [
        *(None, None, None, 3.0, 1.5, True, None)
    ]
    assert [cell(code) for code in (-2146826281, -2146826246, -2146826243)] == ["#DIV/0!", "#N/A", "#VALUE!"]
    assert cell({"type": "Error", "basicValue": "#REF!"}) == "#REF!"
    assert cell({"type": "FormattedNumber", "basicValue": 5.0}) == 5.0
    assert cell(datetime(2025, 3, 5, tzinfo=timezone.utc)) == date(2025, 3, 5)  # noqa: UP017  # as pywin32 gives it


def test_ranges_of_every_host() -> None:
    assert cells.rows((1.0, 2.0)) == cells.rows([[1.0, 2.0]]) == [[1.0, 2.0]]
    assert cells.rows([[1.0, None, None], [None, "", None], [None, None, None]]) == [[1.0]]
    assert cells.rows([[None, None], [None, 0.0]]) == [["", ""], ["", 0.0]]
    assert cells.rows(None) == cells.rows([[None]]) == cells.rows(()) == []


def test_whole_columns_are_cut_to_the_used_cells() -> None:
    blank = (None,) * 8
    column = (*(tuple(row) for row in CONTRACT), *(blank for _ in range(1_048_576 - len(CONTRACT))))
    assert FUNCTIONS["PX_SCORES"].call(column) == CONTRACT_POINTS


def test_a_large_table_scores_as_its_lines_do() -> None:
    head, rows = ["指标名称", "计分方法", "目标值", "实际完成值", "门槛值"], []
    for i in range(500):
        actual: Any = "#N/A" if i % 50 == 7 else None if i % 40 == 3 else float(i)
        rows.append([f"指标{i}", ("比率法", "功效系数法", "达标法")[i % 3], 100.0 + i % 7, actual, 60.0])
    whole = FUNCTIONS["PX_SCORES"].call([head, *rows])
    parts = [FUNCTIONS["PX_SCORES"].call([head, row])[1] for row in rows]
    assert whole[1:] == parts


CELL = st.one_of(
    st.none(),
    st.floats(allow_nan=True, allow_infinity=True),
    st.booleans(),
    st.integers(-(2**31), 2**31),
    st.sampled_from(["", "比率法", "ratio", "N/A", "#N/A", "85%", "指标名称", "权重", "目标值", "参数", "全部", "\0"]),
    st.text(max_size=5),
    st.dates(date(1900, 1, 1), date(2200, 1, 1)),
)
GIVEN = st.one_of(CELL, st.lists(st.lists(CELL, min_size=1, max_size=4), min_size=1, max_size=4))


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(FUNCTIONS)), st.lists(GIVEN, max_size=8))
def test_nothing_that_stands_in_cells_breaks_a_function(name: str, arguments: list[Any]) -> None:
    function = FUNCTIONS[name]
    rows = function.call(*arguments[: len(function.arguments)])
    assert rows and len({len(row) for row in rows}) == 1
    for value in (value for row in rows for value in row):
        assert isinstance(value, str | bool) or (isinstance(value, float) and math.isfinite(value))


# What people and programs put where something else is due.
ODD: tuple[Any, ...] = (
    *(None, "", "\u3000", 0.0, -1.0, 1e308, 1e-300, True, "N/A", "-", "#DIV/0!", "优", "85%", "12万", "abc", "2次"),
    *("40分", date(2025, 3, 5), datetime(2025, 3, 5, 1), "3月", "inf", "nan", "合计", "扣分", 45000.0, "1e400"),
    *("{0}", "全部", "9" * 400, "越小越好", "层差法", "说明法", "节点法"),
)


def _with_odd_cells(seed: int) -> tuple[str, list[Any]]:
    """A case's arguments, with something odd in one to three places."""
    rng, tables = Random(seed), (list, tuple)
    case = rng.choice(CASES)
    given: list[Any] = [
        [list(row) for row in each] if isinstance(each, tables) and each and isinstance(each[0], tables) else each
        for each in case.arguments
    ]
    for _ in range(rng.choice([1, 1, 2, 3])):
        if len(given) < len(FUNCTIONS[case.function].arguments) and (not given or rng.random() < 0.2):
            given.append(rng.choice(ODD))
            continue
        at = rng.randrange(len(given))
        row = rng.choice(given[at]) if isinstance(given[at], list) and given[at] else []
        if isinstance(row, list) and row:
            row[rng.randrange(len(row))] = rng.choice(ODD)
        else:
            given[at] = rng.choice(ODD)
    return case.function, given


def test_no_odd_cell_breaks_a_function_that_works() -> None:
    """Among them a date as the name of a step table (1071), and figures about a node called “-” (43328)."""
    for seed in (*range(1200), 8156, 43328):
        name, given = _with_odd_cells(seed)
        rows = FUNCTIONS[name].call(*given)  # what nobody foresaw is a report, which no test may leave behind
        assert rows and len({len(row) for row in rows}) == 1, (seed, name, given)
        figures = (value for row in rows for value in row if not isinstance(value, str | bool))
        assert all(isinstance(value, float) and math.isfinite(value) for value in figures), (seed, name, given)


@pytest.mark.parametrize(
    ("numerators", "denominators", "gives"),
    [
        ([90.0, 45.0], [100.0, 50.0], 0.9),
        ([90.0, "N/A"], [100.0, 50.0], 0.9),
        ([90.0, 45.0], [100.0, "不适用"], 0.9),
        ([90.0, 45.0], [100.0, "优"], CellError.VALUE),
        ([90.0, 45.0], [100.0, date(2025, 3, 5)], CellError.VALUE),
        (["优", 45.0], [100.0, 50.0], CellError.VALUE),
    ],
)
def test_parts_of_a_ratio_are_numbers(numerators: list[Any], denominators: list[Any], gives: Any) -> None:
    """A grade or a date below the line raised TypeError."""
    parts = [[each] for each in numerators], "分子合计/分母合计", [[each] for each in denominators]
    assert FUNCTIONS["PX_AGGREGATE"].call(*parts) == [[gives]]


def test_each_host_is_told_its_own_failures() -> None:
    """PX_WHY() without arguments tells of the calls of the same session alone."""
    first, second = Session(), Session()
    assert first.call("PX_SCORE", ["比率法", "很多", 100.0]) == [["#VALUE!"]]
    assert second.call("PX_GRADE", [95.0]) and second.last_failure is None
    assert "很多" in first.call("PX_WHY", [])[0][0]
    assert "很多" not in second.call("PX_WHY", [])[0][0]


# What they stand on


def test_functions_start_without_heavy_libraries() -> None:
    code = (
        "import sys\n"
        "from perfxl.excel.functions import PX_SCORE, PX_TOTAL\n"
        "from tests.excel.cases import CONTRACT\n"
        "assert PX_SCORE('比率法', 98.0, 100.0) == [[98.0]] and PX_TOTAL(CONTRACT) == [[91.0]]\n"
        "print(*sys.modules)"
    )
    code = code.replace("from tests.excel.cases import CONTRACT\n", f"CONTRACT = {CONTRACT!r}\n")
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"numpy", "pandas", "openpyxl", "lxml", "xlwings"} & set(loaded)


def test_no_source_of_the_functions_names_pandas() -> None:
    for path in Path(functions.__file__).parent.glob("*.py"):
        names = {
            a.name for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Import) for a in n.names
        }
        assert not names & {"pandas", "numpy"}


def test_kinds_of_arguments() -> None:
    kinds = {argument.kind for function in FUNCTIONS.values() for argument in function.arguments}
    assert kinds == set(ArgumentKind)


def test_a_percent_lost_on_one_side_is_no_total() -> None:
    """As in files: 0.93 beside 95 of a KPI in %."""
    header = ["姓名", "指标名称", "计分方法", "方向", "权重(%)", "单位", "目标值", "实际完成值"]
    line = ["甲", "回款率", "比率法", "越大越好", 100.0, "%", 0.93, 95.0]
    told = FUNCTIONS["PX_TOTALS"].call([header, line])[1]
    assert told[1] == "#VALUE!" and told[-1].startswith("M130")
    line[6] = 93.0
    assert FUNCTIONS["PX_TOTALS"].call([header, line])[1][1] > 100


def test_a_negative_target_is_divided_with_a_word() -> None:
    assert FUNCTIONS["PX_CASCADE"].call(-100.0, [[0.6, 0.4]]) == [[-60.0, -40.0]]
    assert FUNCTIONS["PX_WHY"].call("PX_CASCADE", -100.0, [[0.6, 0.4]])[0][0].startswith("S262")


@pytest.mark.parametrize(
    "header",
    [
        ("指标 KPI", "权重 Weight (%)", "目标值 Target", "实际值 Actual", "计分方法 Method"),
        ("KPI / 考核指标", "Weightage 权重", "Target（目标值）", "Actual\n实际完成值", "Scoring method 计分方法"),
        ("考核指标", "权重分配", "目标值 Target", "完成值", "计算方式"),
        ("Measure", "Weightage", "Target", "Achievement", "Scoring method"),
        ("序号 No.", "指标名称 KPI name", "权重 Weight", "目标值 Target", "实际值 Actual", "计分方法 Method"),
    ],
)
def test_headers_are_understood_as_in_files(header: tuple[str, ...]) -> None:
    number = [1.0] if len(header) == 6 else []
    rows: list[list[Any]] = [list(header)]
    rows += [[*number, "甲", 60.0, 100.0, 98.0, "比率法"], [*number, "乙", 40.0, 100.0, 110.0, "比率法"]]
    assert FUNCTIONS["PX_SCORES"].call(rows)[1:] == [[98.0], [110.0]]
    assert FUNCTIONS["PX_TOTAL"].call(rows) == [[pytest.approx(0.6 * 98 + 0.4 * 110)]]
    other = [row if at == 0 else [*row[:-1], "非此即彼法"] for at, row in enumerate(rows)]
    assert FUNCTIONS["PX_SCORES"].call(other)[1:] == [[0.0], [100.0]]


def test_a_rule_in_words_is_no_plain_method() -> None:
    """Files read it; a function that does not must not score by another one."""
    rows: list[list[Any]] = [["指标名称", "权重", "目标值", "实际完成值", "计分规则"]]
    rows += [["甲", 60.0, 100.0, 98.0, "每低于目标1%扣2分，扣完为止"], ["乙", 40.0, 100.0, 110.0, "非此即彼法"]]
    assert FUNCTIONS["PX_SCORES"].call(rows)[1:] == [[NA], [100.0]]
    assert "每低于目标1%扣2分" in FUNCTIONS["PX_WHY"].call("PX_SCORES", rows)[0][0]
    assert FUNCTIONS["PX_TOTAL"].call(rows) == [[CellError.VALUE]]
    named = [["计分方法", *rows[0]], ["比率法", *rows[1]], ["比率法", *rows[2]]]  # beside methods it is a note
    assert FUNCTIONS["PX_SCORES"].call(named)[1:] == [[98.0], [110.0]]


def test_settings_have_headers_in_two_languages_too() -> None:
    bands = [["等级 Grade", "总分下限 Total from", "系数 Coefficient"], ["优", 70.0, 1.5], ["差", 0.0, 1.0]]
    assert FUNCTIONS["PX_GRADE"].call(75.0, bands) == [["优"]]
    settings_ = [["参数 Setting", "取值 Value"], ["单项得分上限", 130.0]]
    assert FUNCTIONS["PX_SCORE"].call("比率法", 150.0, 100.0, *[None] * 13, settings_) == [[130.0]]


def test_halves_that_mean_two_things_are_no_header() -> None:
    rows = [["指标 KPI", "目标值 Challenge", "实际值 Actual"], ["甲", 100.0, 98.0]]
    taken = {row[0]: row[1] for row in FUNCTIONS["PX_COLUMNS"].call(rows)[1:]}
    assert taken["目标值 Challenge"] == "（不用）"


def test_a_header_that_may_mean_two_things_is_not_used() -> None:
    rows = [
        ["指标名称", "权重", "目标值", "实际完成值", "上年实际", "Actual last year"],
        ["甲", 100.0, 100.0, 98.0, 50.0, 40.0],
    ]
    assert FUNCTIONS["PX_SCORES"].call(rows)[1:] == [[98.0]]
    taken = {row[0]: row[1] for row in FUNCTIONS["PX_COLUMNS"].call(rows)[1:]}
    assert taken["实际完成值"] == "实际完成值" and taken["Actual last year"] != "实际完成值"


def test_a_unit_says_what_a_word_for_tens_of_thousands_means() -> None:
    """As in files: 950万 of a KPI in 万元 is 950, of one in 元 9,500,000."""
    at = [argument.name for argument in FUNCTIONS["PX_SCORE"].arguments]

    def score(function: str, **cells: Any) -> Any:
        return FUNCTIONS[function].call(*(cells.get(name) for name in at))[0][0]

    given = {"method": "比率法", "actual": "950万"}
    assert score("PX_SCORE", **given, target=1000.0, unit="万元") == 95.0
    assert score("PX_SCORE", **given, target=10_000_000.0, unit="元") == 95.0
    assert score("PX_SCORE", method="比率法", actual=950.0, target="1000万", unit="万元") == 95.0
    assert "(950-1000)" in score("PX_EXPLAIN", **given, target=1000.0, unit="万元")
    wrong = ["PX_SCORE", *({"method": "比率法", "actual": "abc", "unit": "元"}.get(name) for name in at)]
    assert FUNCTIONS["PX_WHY"].call(*wrong) != [["没有出错"]]
