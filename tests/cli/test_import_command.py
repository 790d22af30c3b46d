"""`perfxl import`: tables that HR has become a program that counts as they do and says how each column was read."""

from __future__ import annotations

import json
import re
from math import isnan
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfxl import sample
from perfxl.cli import main
from perfxl.core.problems import Severity
from perfxl.core.schema import get
from perfxl.importing import import_files
from perfxl.program import Program, load
from perfxl.workbook.program.book import write_program
from tests.workbook.books import save

TABLES = Path(__file__).parent.parent / "data" / "tables"
FORM = ["姓名：甲", "部门：一部", "岗位：经理"]
HEADER = ["指标名称", "权重", "目标值", "实际完成值"]
LINES = [["收入", 50, 100, 90], ["回款", 30, 100, 100], ["利润", 20, 100, 80]]


def standings(program: Program) -> dict[str, tuple[str, float | None]]:
    """Each person's standing and total."""
    scores, _ = program.score()
    totals = (None if isnan(total) else round(float(total), 9) for total in scores.totals.total)
    people = zip(scores.people, scores.verdicts.people, totals, strict=True)
    return {str(person): (verdict.standing.value, total) for person, verdict, total in people}


def errors(program: Program) -> set[str]:
    return {each.name for each in program.all_problems() if each.severity is Severity.ERROR}


def run(*words: object) -> int:
    return main(["import", *map(str, words)])


def read_json(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def person(path: Path, name: str, lines: list[list[Any]] = LINES, *, title: str = "2026年度业绩合同") -> Path:
    return save(path, {"合同": [[title], [f"姓名：{name}", None, "部门：一部", None, "岗位：经理"], HEADER, *lines]})


@pytest.mark.parametrize("file", sorted(TABLES.glob("*.xls*")), ids=lambda path: path.name)
def test_the_program_stands_as_the_lone_file_does(file: Path, tmp_path: Path) -> None:
    lone, _ = load(file)
    imported = import_files([file], year=2026)
    assert imported.usable == bool(lone.score()[0].people)
    if not imported.usable:
        return
    write_program(tmp_path / "p.xlsx", imported.tables, imported.lang)
    program, _ = load(tmp_path / "p.xlsx")
    assert standings(program) == standings(lone)
    # A lone table may have no column of weights, which a program's lines always have.
    without_weights = (
        {"weight_missing", "weights_sum"} if "weight" not in lone.tables["contract_lines"].columns else set()
    )
    assert errors(program) - errors(lone) <= without_weights
    years = {day.year for name in ("start", "end") for day in program.tables["contracts"].column(name)}
    assert years and 2000 not in years


def test_a_folder_becomes_one_program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "合同"
    for place, name in (("一部", "甲"), ("一部", "乙"), ("二部", "甲")):
        (folder / place).mkdir(parents=True, exist_ok=True)
        header = [["2026年度业绩合同"], [f"姓名：{name}{place}", None, f"部门：{place}"], HEADER, *LINES]
        save(folder / place / f"{name}.xlsx", {"合同": header})
    (folder / "~$甲.xlsx").write_bytes(b"lock")
    (folder / "说明.docx").write_bytes(b"no table")
    (folder / "坏.xlsx").write_bytes(b"PK\x03\x04 cut off")
    out = tmp_path / "方案.xlsx"
    assert run(folder, "-o", out, "--json") == 1
    answer = read_json(capsys)
    assert [file["file"] for file in answer["files"]] == ["乙.xlsx", "一部/甲.xlsx", "二部/甲.xlsx", "坏.xlsx"]
    table = answer["files"][0]["tables"][0]
    assert {c["letter"]: c["column"] for c in table["columns"]} == {
        "A": "kpi",
        "B": "weight",
        "C": "target",
        "D": "actual",
    }
    assert (table["range"], table["rows_read"]) == ("A3:D6", 3)
    left = {each["file"] for each in answer["problems"] if each["name"] == "file_left"}
    assert left == {"~$甲.xlsx", "说明.docx"}
    assert [each["file"] for each in answer["problems"] if each["severity"] == "error"] == ["坏.xlsx"]
    program, _ = load(out)
    assert standings(program) == dict.fromkeys(("甲一部", "乙一部", "甲二部"), ("official", 91.0))
    assert not errors(program)
    units = program.tables["units"]
    assert list(zip(units.column("unit"), units.column("parent"), strict=True)) == [
        ("公司", None),
        ("一部", "公司"),
        ("二部", "公司"),
    ]
    assert any(each["name"] == "company_unit_added" for each in answer["problems"])


def test_the_terminal_tells_what_each_file_gave(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    person(tmp_path / "甲.xlsx", "甲")
    assert run(tmp_path / "甲.xlsx", TABLES / "06_table_above_lost.xlsx", "-o", tmp_path / "方案.xlsx") == 0
    shown = capsys.readouterr().out
    for word in ("甲.xlsx", "06_table_above_lost.xlsx", "A3:D6", "合同或权重表", "来源"):
        assert word in shown


def test_one_kpi_with_one_scoring_is_one_card_and_another_scoring_another(tmp_path: Path) -> None:
    rule = [[*LINES[0], "每低1%扣2分"], [*LINES[1], None], [*LINES[2], None]]
    other = [[*LINES[0], "每低1%扣5分"], [*LINES[1], None], [*LINES[2], None]]
    for name, lines in (("甲", rule), ("乙", other)):
        save(tmp_path / f"{name}.xlsx", {"合同": [["2026年度"], [f"姓名：{name}"], [*HEADER, "评分标准"], *lines]})
    imported = import_files([tmp_path / "甲.xlsx", tmp_path / "乙.xlsx"], year=2026)
    assert imported.tables["kpis"].column("kpi") == ["收入", "回款", "利润", "收入 (乙)"]
    # Two contracts of one person with a third way of scoring get a third card, not the second one's.
    third = [[*LINES[0], "每低1%扣4分"], [*LINES[1], None], [*LINES[2], None]]
    rows = [["2025年度"], ["姓名：乙"], [*HEADER, "评分标准"], *third]
    save(tmp_path / "乙2025.xlsx", {"合同": rows})
    imported = import_files([tmp_path / f"{name}.xlsx" for name in ("甲", "乙", "乙2025")], year=2026)
    cards = dict(
        zip(imported.tables["kpis"].column("kpi"), imported.tables["kpis"].column("scoring_text"), strict=True)
    )
    assert list(cards.values()).count("每低1%扣4分") == 1
    texts = [cards[kpi] for kpi in imported.tables["contract_lines"].column("kpi")]
    assert [text for text in texts if text] == ["每低1%扣2分", "每低1%扣5分", "每低1%扣4分"]


def test_the_same_grade_bands_count_once_and_others_are_told(tmp_path: Path) -> None:
    def bands(path: Path, name: str, lower: int) -> Path:
        table = [
            ["等级", "分数区间", "系数"],
            ["A", "90-100", 1.2],
            ["B", f"{lower}-89", 1],
            ["C", f"{lower}以下", 0.8],
        ]
        rows = [["2026年度"], [f"姓名：{name}"], HEADER, *LINES, [], ["等级划分"], *table]
        return save(path, {"合同": rows})

    paths = [bands(tmp_path / f"{name}.xlsx", name, lower) for name, lower in (("甲", 80), ("乙", 80), ("丙", 70))]
    imported = import_files(paths, year=2026)
    assert imported.tables["grade_bands"].column("grade") == ["A", "B", "C"]
    assert imported.tables["grade_bands"].column("lower") == [90.0, 80.0, 0.0]
    told = [each for each in imported.problems if each.name == "table_repeated"]
    assert [each.address.file for each in told] == ["丙.xlsx"]


def test_two_files_named_after_nobody_are_two_people(tmp_path: Path) -> None:
    for name in ("张三", "李四"):
        save(tmp_path / f"{name}.xlsx", {"Sheet1": [HEADER, *LINES]})
    imported = import_files([tmp_path / "张三.xlsx", tmp_path / "李四.xlsx"], year=2026)
    assert imported.tables["people"].column("person") == ["张三", "李四"]
    assert imported.tables["contracts"].column("contract") == ["张三", "李四"]


def test_without_a_year_the_contracts_are_this_years_or_of_the_period_given(tmp_path: Path) -> None:
    file = person(tmp_path / "甲.xlsx", "甲", title="业绩合同")
    imported = import_files([file], year=2031)
    assert {day.year for day in imported.tables["contracts"].column("end")} == {2031}
    assert [each.value for each in imported.problems if each.name == "year_assumed"] == [2031]
    assert run(file, "-o", tmp_path / "方案.xlsx", "--period", "2027Q2") == 0
    program, _ = load(tmp_path / "方案.xlsx")
    days = [program.tables["contracts"].column(name)[0].isoformat() for name in ("start", "end")]
    assert days == ["2027-04-01", "2027-06-30"]
    assert program.tables["actuals"].column("period") == ["2027Q2"] * 3
    assert standings(program)["甲"] == ("official", 91.0)


def test_what_could_not_be_read_stands_in_the_program_as_it_is(tmp_path: Path) -> None:
    lines = [LINES[0], [*LINES[1][:3], "见附件"], ["利润", 20, "??", 80]]
    file = person(tmp_path / "甲.xlsx", "甲", lines)
    lone, _ = load(file)
    assert run(file, "-o", tmp_path / "方案.xlsx") in (0, 1)
    program, _ = load(tmp_path / "方案.xlsx")
    assert standings(program)["甲"][0] == standings(lone)["甲"][0] == "undetermined"


def test_a_mark_that_is_none_stands_in_the_program_and_is_an_error_there(tmp_path: Path) -> None:
    header = ["考核指标", "权重", "自评分30%", "上级评分70%"]
    rows = [["收入", 50, 90, "很好啊"], ["回款", 50, 80, 85]]
    file = save(tmp_path / "甲.xlsx", {"Sheet1": [["2026年度绩效考核表"], ["姓名：甲"], header, *rows]})
    assert run(file, "-o", tmp_path / "方案.xlsx") == 1
    program, _ = load(tmp_path / "方案.xlsx")
    found = [(each.name, each.value) for each in program.all_problems() if each.severity is Severity.ERROR]
    assert found == [("not_a_figure", "很好啊")] and standings(program)["甲"][0] == "undetermined"


# Adding to a program


def test_into_a_program_people_and_kpis_are_its_own_and_nothing_changes(tmp_path: Path) -> None:
    first = tmp_path / "方案.xlsx"
    assert run(person(tmp_path / "甲.xlsx", "甲"), "-o", first) == 0
    before = first.read_bytes()
    more = tmp_path / "更多.xlsx"
    save(
        more,
        {
            "甲": [["2027年度业绩合同"], ["姓名：甲"], HEADER, *LINES],
            "乙": [["2026年度业绩合同"], ["姓名：乙", None, "部门：二部"], HEADER, *LINES],
        },
    )
    out = tmp_path / "新方案.xlsx"
    assert run(more, "--into", first, "-o", out) == 0
    assert first.read_bytes() == before
    program, _ = load(out)
    assert program.tables["people"].column("person") == ["甲", "乙"]
    assert program.tables["kpis"].column("kpi") == ["收入", "回款", "利润"]
    assert program.tables["contracts"].column("contract") == ["甲", "甲-2", "乙"]
    assert program.tables["units"].column("unit") == ["一部", "二部"]
    assert program.tables["units"].column("parent") == [None, "一部"]
    assert not errors(program)
    assert {each.name for each in import_files([more], year=2026, into=first).problems} >= {"person_added"}


def test_an_input_is_never_an_output(tmp_path: Path) -> None:
    file = person(tmp_path / "甲.xlsx", "甲")
    program = tmp_path / "方案.xlsx"
    assert run(file, "-o", program) == 0
    for words in (
        (file, "-o", file),
        (file, "--into", program, "-o", program),
        (file, "--sources", program, "-o", program),
    ):
        before = program.read_bytes(), file.read_bytes()
        assert run(*words) == 2
        assert (program.read_bytes(), file.read_bytes()) == before
    # In a folder the program of an earlier import is no input.
    assert run(tmp_path, "-o", program) == 0
    assert load(program)[0].tables["contracts"].column("contract") == ["甲"]


# The sheet Sources


def rows_of_sources(path: Path, lang: str = "zh") -> tuple[Any, Any, dict[str, int]]:
    book = openpyxl.load_workbook(path)
    sheet = book["来源" if lang == "zh" else "Sources"]
    header = {str(cell.value): cell.column for cell in sheet[3] if cell.value}
    return book, sheet, header


def test_sources_say_what_each_column_was_taken_for(tmp_path: Path) -> None:
    out = tmp_path / "方案.xlsx"
    assert run(TABLES / "01_self_superior_scores.xlsx", "-o", out) in (0, 1)
    program, problems = load(out)
    sources = program.tables["sources"]
    taken = dict(zip(sources.column("header"), sources.column("taken_for"), strict=True))
    assert "mark:self" in taken.values() and "kpi" in taken.values() and "weight" in taken.values()
    assert all(sources.column("sample")[i] for i, header in enumerate(sources.column("header")) if header == "权重")
    assert not [each for each in problems if each.address.sheet == "来源"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_corrected_dropdown_is_read_so_ever_after(lang: str, tmp_path: Path) -> None:
    rows: list[list[Any]] = [["2026年度"], ["姓名：甲"], [*HEADER, "杂项"], *([*line, 70] for line in LINES)]
    file = save(tmp_path / "甲.xlsx", {"合同": rows})
    first, second = tmp_path / "方案.xlsx", tmp_path / "新方案.xlsx"
    assert run(file, "-o", first, "--lang", lang) == 0
    assert standings(load(first)[0])["甲"] == ("official", 91.0)
    book, sheet, columns = rows_of_sources(first, lang)
    names = {
        "zh": ("原表头", "读作", "杂项", "不读取", "实际完成值"),
        "en": ("Header as typed", "Taken for", "", "not read", "Actual"),
    }
    head, taken = columns[names[lang][0]], columns[names[lang][1]]
    for row in range(4, sheet.max_row + 1):
        if sheet.cell(row, head).value == "实际完成值":
            sheet.cell(row, taken).value = names[lang][3]
        elif sheet.cell(row, head).value == "杂项":
            sheet.cell(row, taken).value = names[lang][4]
    corrected = tmp_path / "改好.xlsx"
    book.save(corrected)
    assert run(file, "-o", second, "--sources", corrected) == 0
    assert standings(load(second)[0])["甲"][1] == pytest.approx(70.0)
    # Another file with the same headers in another order, read with the program that remembers them.
    other: list[list[Any]] = [["2026年度"], ["姓名：乙"], ["杂项", "实际完成值", "指标名称", "权重", "目标值"]]
    other += [[60, line[3], *line[:3]] for line in LINES]
    third = tmp_path / "又一个.xlsx"
    assert run(save(tmp_path / "乙.xlsx", {"合同": other}), "-o", third, "--into", second) == 0
    assert standings(load(third)[0]) == {"甲": ("official", 70.0), "乙": ("official", 60.0)}


def test_words_that_nobody_knows_are_settled_by_sources(tmp_path: Path) -> None:
    rows = [["2026年度"], ["姓名：甲"], ["指标名称", "权重", "目标值", "甩锅数"], *LINES]
    file, out = save(tmp_path / "甲.xlsx", {"合同": rows}), tmp_path / "方案.xlsx"
    assert run(file, "-o", out) == 0
    assert standings(load(out)[0])["甲"] == ("provisional", None)
    book, sheet, columns = rows_of_sources(out)
    for row in range(4, sheet.max_row + 1):
        if sheet.cell(row, columns["原表头"]).value == "甩锅数":
            assert sheet.cell(row, columns["读作"]).value == "不读取"
            sheet.cell(row, columns["读作"]).value = "实际完成值"
    book.save(tmp_path / "改好.xlsx")
    assert run(file, "-o", tmp_path / "新.xlsx", "--sources", tmp_path / "改好.xlsx") == 0
    assert standings(load(tmp_path / "新.xlsx")[0])["甲"] == ("official", 91.0)


def test_what_sources_settle_wrongly_is_told_at_the_header(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, out = person(tmp_path / "甲.xlsx", "甲"), tmp_path / "方案.xlsx"
    assert run(file, "-o", out) == 0
    book, sheet, columns = rows_of_sources(out)
    sheet.cell(5, columns["读作"]).value = sheet.cell(
        6, columns["读作"]
    ).value  # the weights' column as a second target
    book.save(tmp_path / "改坏.xlsx")
    capsys.readouterr()
    assert run(file, "-o", tmp_path / "新.xlsx", "--sources", tmp_path / "改坏.xlsx", "--json") == 2
    wrong = [each for each in read_json(capsys)["problems"] if each["severity"] == "error"]
    assert (wrong[0]["code"], wrong[0]["cell"]) == ("S241", "C3")
    sheet.cell(5, columns["读作"]).value = "权重"
    sheet.cell(5, columns["表的类型"]).value = "人员名单"
    book.save(tmp_path / "改坏.xlsx")
    assert run(file, "-o", tmp_path / "新.xlsx", "--sources", tmp_path / "改坏.xlsx", "--json") == 1
    assert "S240" in {each["code"] for each in read_json(capsys)["problems"]}


def test_a_corrected_reading_is_checked_all_the_same(tmp_path: Path) -> None:
    file, out = TABLES / "13_people_by_kpi_matrix.xlsx", tmp_path / "方案.xlsx"
    told = [each.code for each in import_files([file], year=2026).problems]
    assert "S208" in told and run(file, "-o", out) == 0
    again = import_files([file], year=2026, sources=out)
    assert {each.code for each in again.problems} >= {"S208"}
    assert all(c.how == "sources" for table in again.files[0].tables for c in table.columns if c.column)


def test_a_program_made_from_english_tables_is_english(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "program.xlsx"
    assert run(TABLES / "03_english_kra.xlsx", "-o", out) == 0
    assert "Program:" in capsys.readouterr().out
    assert "Sources" in openpyxl.load_workbook(out, read_only=True).sheetnames


# After importing


def test_every_command_works_on_the_program_as_it_comes(tmp_path: Path) -> None:
    out = tmp_path / "方案.xlsx"
    assert run(person(tmp_path / "甲.xlsx", "甲"), "-o", out) == 0
    assert main(["check", str(out)]) == 0
    assert main(["weights", str(out), "-o", str(tmp_path / "权重.xlsx")]) == 0
    assert main(["score", str(out), "-o", str(tmp_path / "得分.xlsx")]) == 0
    assert main(["explain", str(out), "甲"]) == 0
    for kind in ("contract", "notice"):
        assert main(["documents", kind, str(out), "-o", str(tmp_path / kind)]) == 0
        assert len(list((tmp_path / kind).glob("*.docx"))) == 1


def test_a_blank_form_gives_no_program_and_it_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(TABLES / "02c_blank_form.xlsx", "-o", tmp_path / "方案.xlsx", "--json") == 2
    assert [each["code"] for each in read_json(capsys)["problems"] if each["severity"] == "error"] == ["T178"]
    assert not (tmp_path / "方案.xlsx").exists()


def test_nothing_to_import_is_said_in_json_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path / "没有.xlsx", "-o", tmp_path / "方案.xlsx", "--json") == 2
    answer = read_json(capsys)
    assert [each["code"] for each in answer["problems"]] == ["F101"]
    assert answer["files"] == [{"file": "没有.xlsx", "tables": []}]
    assert not (tmp_path / "方案.xlsx").exists()


def test_what_could_not_be_read_is_kept_and_judged_as_unread(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A program's cells of words where dates, figures and periods are due stay for HR to mend; comparing a word with a
    date raised TypeError, so that no problem was told."""
    source = tmp_path / "program.xlsx"
    wrong = {"contracts": "start", "actuals": "period", "contract_lines": "weight", "events": "date"}
    write_program(source, sample.program(12, 1, "en"), "en")
    changed = openpyxl.load_workbook(source)
    for name, column in wrong.items():
        sheet = changed[get(name).title("en")]
        header = get(name).column(column).header("en")
        places = ((row, at) for row in range(1, 7) for at in range(1, sheet.max_column + 1))
        row, at = next(place for place in places if header in str(sheet.cell(*place).value))
        sheet.cell(row + 1, at).value = "nobody knows"
    changed.save(source)
    out = tmp_path / "out.xlsx"
    assert main(["import", str(source), "-o", str(out)]) == 1
    told = capsys.readouterr()
    assert "nobody knows" in told.out and "读取 / Reading" in told.err and not re.search("[\u3400-\u9fff]", told.out)


def test_the_sheets_of_a_program_are_called_as_people_call_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A sheet 评价 was read as “marks”."""
    source = tmp_path / "program.xlsx"
    write_program(source, sample.program(12, 1, "zh"), "zh")
    run(source, "-o", tmp_path / "out.xlsx")
    shown = capsys.readouterr().out
    assert re.search(r"评价 +A\d+:\w+ +评价 ", shown) and not re.search(r" (marks|kpis|events|people) ", shown)
