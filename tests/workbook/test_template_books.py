"""Workbook templates: what is filled, what grows, what stays as it was."""

from __future__ import annotations

import io
import pickle
import re
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import Rule
from openpyxl.styles import PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from perfxl.ooxml.package import open_package
from perfxl.outputs import label, read_mark
from perfxl.workbook.template import HEIGHT, BookTemplate, Calculated, CellValue, Columns, Figure
from perfxl.workbook.template.references import CURRENT, Growth, References
from tests.oracles import by_formualizer, by_libreoffice
from tests.workbook.office import convert, format_errors, needs_libreoffice

SHEET = "实绩 报送"
FORMULA = '=IF(ISNUMBER(F5),ROUND(F5/E5*100,2),"")'


def make_template(path: Path) -> Path:
    """A form as HR may draw it: title, header, one row to repeat, a total below, a second job, a summary."""
    book = openpyxl.Workbook()
    sheet = book.create_sheet(SHEET, 0)
    del book["Sheet"]
    sheet["A1"] = "{{manager}} 的填报表 {{period}}"
    sheet["A2"] = "=COUNT(F5:F5)"
    for column, header in enumerate(["工号", "姓名", "指标", "单位", "目标", "实际", "得分", "排名", "日期"], 1):
        sheet.cell(4, column, header)
    row = ["{{person}}", "{{name}}", "{{kpi}} {{kpi_name}}", "{{unit}}", "{{target}}", "{{value}}", FORMULA]
    for column, text in enumerate([*row, "=RANK(G5,$G$5:$G$5)", "{{day}}"], 1):
        sheet.cell(5, column, text)
    sheet["I5"].number_format = "yyyy-mm-dd"
    sheet["A6"], sheet["F6"] = "合计", "=SUM(F5:F5)"
    sheet["A8"] = "签字 {{manager}}"
    sheet.merge_cells("A8:C8")
    sheet.merge_cells("J5:K5")
    sheet["A8"].comment = Comment("手签", "HR")
    valid = DataValidation(type="decimal", operator="between", formula1="0", formula2="1000", sqref="F5")
    sheet.add_data_validation(valid)
    late = Rule("expression", dxf=DifferentialStyle(fill=PatternFill("solid", bgColor="FFC7CE")), formula=["$F5<$E5"])
    sheet.conditional_formatting.add("F5", late)
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=7, min_row=5, max_row=5))
    sheet.add_chart(chart, "A12")
    sheet.print_area, sheet.freeze_panes = "A1:I8", "A5"
    assert sheet.oddHeader is not None
    sheet.oddHeader.center.text = "{{manager}}"
    marks = book.create_sheet("评价")
    marks["A2"], marks["B2"] = "被评价人", "评分"
    marks["A3"], marks["B3"] = "{{ratee}}", "{{mark}}"
    marks.add_table(Table(displayName="Marks", ref="A2:B3"))
    summary = book.create_sheet("汇总")
    summary["A1"] = f"=SUM('{SHEET}'!F5:F5)+LOG10(100)"
    summary["A2"], summary["A3"] = "实绩", "评价"
    names = {
        "perfxl_rows_actuals": f"'{SHEET}'!$A$5:$K$5",
        "perfxl_result_points": f"'{SHEET}'!$G$5",
        "perfxl_rows_marks": "'评价'!$A$3:$B$3",
        "perfxl_if_marks": "'汇总'!$A$3",
    }
    for name, reach in names.items():
        book.defined_names[name] = DefinedName(name, attr_text=reach)
    book.save(path)
    return path


def compiled(path: Path, tables: list[str] | None = None) -> BookTemplate:
    return BookTemplate(open_package(path), label("manager", "p.xlsx"), tables, ["0%"])


def people(count: int) -> list[dict[str, CellValue]]:
    facts: dict[str, CellValue] = {"kpi": "K1", "kpi_name": "=收入", "unit": "%"}
    facts |= {"target": Figure(0.5, "0%"), "day": date(2026, 3, 31)}
    return [
        facts | {"person": f"00{i}", "name": f"王{i}<&>", "value": i / 10, "points": 20.0 * i} for i in range(count)
    ]


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


@pytest.fixture
def template(tmp_path: Path) -> Path:
    return make_template(tmp_path / "t.xlsx")


def test_rows_are_repeated_and_what_refers_to_them_grows(template: Path) -> None:
    book = opened(compiled(template).render({"manager": "张三"}, {"actuals": people(3), "marks": []}))
    sheet = book[SHEET]
    assert [sheet.cell(row, 1).value for row in range(5, 9)] == ["000", "001", "002", "合计"]
    formulas = [FORMULA.replace("F5", f"F{row}").replace("E5", f"E{row}") for row in (5, 6, 7)]
    assert [sheet.cell(row, 7).value for row in (5, 6, 7)] == formulas
    assert sheet["H7"].value == "=RANK(G7,$G$5:$G$7)"
    assert sheet["F8"].value == "=SUM(F5:F7)"
    assert sheet["A2"].value == "=COUNT(F5:F7)"
    assert {str(area) for area in sheet.merged_cells.ranges} == {"A10:C10", "J5:K5", "J6:K6", "J7:K7"}
    assert sheet["A10"].comment is not None
    assert [str(valid.sqref) for valid in sheet.data_validations.dataValidation] == ["F5:F7"]
    assert [str(rule.sqref) for rule in sheet.conditional_formatting] == ["F5:F7"]
    assert sheet.print_area == f"'{SHEET}'!$A$1:$I$10"
    assert sheet._charts[0].anchor._from.row == 13  # type: ignore[attr-defined]
    assert book["汇总"]["A1"].value == f"=SUM('{SHEET}'!F5:F7)+LOG10(100)"
    assert book["评价"].tables["Marks"].ref == "A2:B3"
    assert book.defined_names["perfxl_col_actuals_value"].attr_text == f"'{SHEET}'!$F$5:$F$7"


def test_charts_follow_their_figures(template: Path) -> None:
    content = compiled(template).render({}, {"actuals": people(4)})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        chart = archive.read("xl/charts/chart1.xml").decode()
    assert "$G$5:$G$8" in chart
    assert "Cache" not in chart


def test_values_are_what_they_are(template: Path) -> None:
    sheet = opened(compiled(template).render({"manager": "A & B", "period": "Q1"}, {"actuals": people(2)}))[SHEET]
    assert sheet["A1"].value == "A & B 的填报表 Q1"
    assert sheet["A6"].value == "001"  # an ID keeps its zeros
    assert (sheet["C6"].value, sheet["C6"].data_type) == ("K1 =收入", "s")
    assert sheet["B6"].value == "王1<&>"
    assert (sheet["E6"].value, sheet["E6"].number_format) == (0.5, "0%")
    assert sheet["I6"].value.date() == date(2026, 3, 31)
    assert sheet.oddHeader is not None
    assert sheet.oddHeader.center.text == "A && B"


def test_text_never_becomes_a_formula(template: Path) -> None:
    nasty = ['=HYPERLINK("http://x")', "{=1+1}", "+1", "@SUM(A1)", "_x000A_", "{{person}}", CURRENT]
    rows = [{"person": text} for text in nasty]
    book = opened(compiled(template).render({}, {"actuals": rows}))
    cells = [book[SHEET].cell(5 + i, 1) for i in range(len(nasty))]
    assert [cell.data_type for cell in cells] == ["s"] * len(nasty)
    assert cells[0].value == nasty[0]
    assert cells[-1].value == CURRENT


def test_formulas_carry_the_results_that_the_engine_knows(template: Path) -> None:
    content = compiled(template).render({}, {"actuals": people(2)})
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    assert [book[SHEET].cell(row, 7).value for row in (5, 6)] == [0, 20]


def test_a_row_may_bring_its_own_formula(template: Path, tmp_path: Path) -> None:
    rule = Calculated('IF(ISNUMBER({{value}}),ROUND({{value}}*{{target}}&"",1),"<")', 0.3)
    rows = [row | {"unit": rule} for row in people(3)]
    path = tmp_path / "out.xlsx"
    path.write_bytes(compiled(template).render({}, {"actuals": rows}))
    assert opened(path.read_bytes())[SHEET]["D7"].value == '=IF(ISNUMBER(F7),ROUND(F7*E7&"",1),"<")'
    assert by_formualizer(path, tmp_path)[SHEET, "D7"] == pytest.approx(0.1)


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory) -> BookTemplate:
    return compiled(make_template(tmp_path_factory.mktemp("form") / "form.xlsx"))


def test_a_row_may_be_higher_than_the_others(template: Path) -> None:
    rows = people(3)
    rows[1][HEIGHT] = 61.5
    sheet = opened(compiled(template).render({}, {"actuals": rows}))[SHEET]
    assert [sheet.row_dimensions[row].height for row in (5, 6, 7)] == [None, 61.5, None]


def rows_of(content: bytes) -> list[bytes]:
    """The repeated rows of the first sheet, as they are written."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return re.findall(rb'<row r="(?:[5-9]|\d\d+)".*?</row>', archive.read("xl/worksheets/sheet1.xml"))


_SINGLE = st.sampled_from([None, "", "x", "y", 0.0, -0.0, 1.0, 1, True, 0, False, float("inf"), Figure(0.0, "0%")])
_CELLS = st.one_of(_SINGLE, st.builds(Calculated, st.sampled_from(["{{value}}", "{{value}}+1", "{{none}}"]), _SINGLE))


@given(values=st.lists(_CELLS, min_size=1, max_size=6), same=st.booleans())
def test_each_row_is_written_as_if_it_were_alone(values: list[CellValue], same: bool, form: BookTemplate) -> None:
    """Cells that are the same in all rows are made once; 1 is True, and 0.0 is -0.0, and are written otherwise."""
    values = values[:1] * len(values) if same else values
    together = rows_of(form.render({}, {"actuals": [{"unit": value} for value in values]}))
    for at, value in enumerate(values):
        alone: list[dict[str, CellValue]] = [{"unit": "another"} for _ in values]
        alone[at] = {"unit": value}
        assert together[at] == rows_of(form.render({}, {"actuals": alone}))[at]


def test_columns_are_written_as_records_are(form: BookTemplate) -> None:
    records = people(1_200)
    for at in (3, 700):
        records[at] |= {"name": None, HEIGHT: 61.5}
    columns = Columns([{**record, "name": "?"} for record in records])
    for name in ("name", HEIGHT):
        columns.put(name, [record.get(name) for record in records])
    assert [{**record} for record in columns] == [{HEIGHT: None, **record} for record in records]
    assert form.render({}, {"actuals": columns}) == form.render({}, {"actuals": records})


@pytest.mark.parametrize("hidden", ["false", "true", None])
def test_what_a_row_sets_takes_the_place_of_the_templates_own(
    hidden: str | None, template: Path, tmp_path: Path
) -> None:
    """LibreOffice says of each row that it is not hidden: a row without height, which is, said both, and no program
    opened the file."""
    own = f' hidden="{hidden}" ht="20" customHeight="1"' if hidden else ' ht="20" customHeight="1"'
    saved = tmp_path / "saved.xlsx"
    with zipfile.ZipFile(template) as source, zipfile.ZipFile(saved, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name.startswith("xl/worksheets/sheet"):
                content = re.sub(rb"<row ", b"<row" + own.encode() + b" ", content)
            target.writestr(name, content)
    rows = people(3)
    rows[1][HEIGHT], rows[2][HEIGHT] = 61.5, 0.0
    book = opened(compiled(saved, ["actuals"]).render({}, {"actuals": rows}))
    shown = [book[SHEET].row_dimensions[row] for row in (5, 6, 7, 8)]
    assert [each.height for each in shown] == [20, 61.5, 0, 20]
    assert [each.hidden for each in shown] == [hidden == "true", hidden == "true", True, hidden == "true"]
    assert book["汇总"].row_dimensions[3].hidden, "its job is not asked for"


def test_sheets_and_rows_that_are_not_asked_for_are_left_out(template: Path) -> None:
    content = compiled(template, ["actuals"]).render({}, {"actuals": people(1)})
    book = opened(content)
    assert book.sheetnames == [SHEET, "汇总"]
    assert book["汇总"].row_dimensions[3].hidden
    assert book["汇总"]["A3"].value is None
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert not [name for name in archive.namelist() if "table" in name]


def test_nothing_of_the_template_remains_in_shared_texts(template: Path) -> None:
    content = compiled(template, ["actuals"]).render({}, {"actuals": people(1)})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert not [name for name in archive.namelist() if b"{{" in archive.read(name)]


def test_parts_that_are_not_filled_stay_byte_for_byte(template: Path) -> None:
    content = compiled(template).render({}, {"actuals": people(3)})
    with zipfile.ZipFile(template) as before, zipfile.ZipFile(io.BytesIO(content)) as after:
        for name in ("xl/theme/theme1.xml", "docProps/app.xml", "xl/worksheets/_rels/sheet1.xml.rels"):
            assert before.read(name) == after.read(name)


def test_the_file_is_marked_and_holds_its_constants(template: Path, tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    path.write_bytes(compiled(template).render({}, {}, {"perfxl_file": 'a"b'}))
    mark = read_mark(path)
    assert mark is not None
    assert mark.kind == "manager"
    name = openpyxl.load_workbook(path).defined_names["perfxl_file"]
    assert (name.attr_text, name.hidden) == ('"a""b"', True)


def test_a_mark_that_marks_nothing_is_a_fault(template: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(template)
    book.defined_names["perfxl_rows_grades"] = DefinedName("perfxl_rows_grades", attr_text="'评价'!$A$3:$B$9")
    book.defined_names["perfxl_rows_lost"] = DefinedName("perfxl_rows_lost", attr_text="#REF!")
    book.save(tmp_path / "f.xlsx")
    faults = compiled(tmp_path / "f.xlsx").faults
    assert {fault.name for fault in faults} == {"perfxl_rows_grades", "perfxl_rows_lost"}


def test_other_programs_calculate_what_was_written(template: Path, tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    path.write_bytes(compiled(template).render({"manager": "张三"}, {"actuals": people(4)}))
    for values in (by_formualizer(path, tmp_path), by_libreoffice(path, tmp_path)):
        assert values[SHEET, "F9"] == pytest.approx(0.6)
        assert [values[SHEET, f"G{row}"] for row in range(5, 9)] == [0, 20, 40, 60]
        assert values["汇总", "A1"] == pytest.approx(2.6)


def test_a_compiled_template_can_be_sent_to_another_process(template: Path) -> None:
    once = compiled(template)
    again = pickle.loads(pickle.dumps(once))
    assert again.render({"manager": "张三"}, {"actuals": people(2)}) == once.render(
        {"manager": "张三"}, {"actuals": people(2)}
    )


def test_what_is_written_is_valid(template: Path, tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    path.write_bytes(compiled(template, ["actuals"]).render({}, {"actuals": people(3)}, {"perfxl_file": "x"}))
    # Its advice against inline strings is not taken: they keep text from becoming a formula.
    new = set(format_errors(path)) - set(format_errors(template))
    assert not [error for error in new if "inline-string" not in error]


@needs_libreoffice
def test_a_template_saved_by_libreoffice_works_the_same(template: Path, tmp_path: Path) -> None:
    saved = convert(template, tmp_path / "office", "xlsx")
    sheet = opened(compiled(saved).render({"manager": "张三"}, {"actuals": people(3)}))[SHEET]
    assert sheet["A1"].value == "张三 的填报表 "
    assert [sheet.cell(row, 1).value for row in range(5, 9)] == ["000", "001", "002", "合计"]
    assert sheet["F8"].value == "=SUM(F5:F7)"
    assert [str(valid.sqref) for valid in sheet.data_validations.dataValidation] == ["F5:F7"]


REFERENCES = {
    "SUM(F5:F5)": "SUM(F5:F7)",
    "F5": "F5",
    "F6+$F$6": "F8+$F$8",
    "LOG10(5)+A6": "LOG10(5)+A8",
    '"F6"&F6': '"F6"&F8',
    "'实绩 报送'!F6": "'实绩 报送'!F8",
    "Other!F6": "Other!F6",
    "[1]Other!F6": "[1]Other!F6",
    "'[b.xlsx]实绩 报送'!F6": "'[b.xlsx]实绩 报送'!F6",
    "Table1[[#This Row],[F6]]": "Table1[[#This Row],[F6]]",
    "px_F6+F6.x": "px_F6+F6.x",
    "5:5": "5:7",
    "SUM($6:$9)": "SUM($8:$11)",
    "F:F": "F:F",
    "A1:F6": "A1:F8",
    "IF(A6>=B6,1,0)": "IF(A8>=B8,1,0)",
}


@pytest.mark.parametrize("text", REFERENCES)
def test_references_follow_the_rows(text: str) -> None:
    references = References({"实绩 报送": [5]})
    moved = references.formula(text, "实绩 报送")
    assert references.resolved(moved, Growth({"实绩 报送": {5: 3}})) == REFERENCES[text]


@given(st.lists(st.integers(1, 30), min_size=1, max_size=4, unique=True), st.data())
def test_rows_keep_their_order_and_their_distance(repeated: list[int], data: st.DataObject) -> None:
    """Rows that are not repeated keep their order, and a repeated one takes as many rows as it has records."""
    counts = {row: data.draw(st.integers(1, 9)) for row in repeated}
    references = References({"s": repeated})
    growth = Growth({"s": counts})
    at = [int(references.resolved(references.row(row, "s"), growth)) for row in range(1, 40)]
    for row in range(1, 39):
        assert at[row] - at[row - 1] == counts.get(row, 1)
