"""The sheet Sources, corrected by HR in every way: read accordingly ever after, and what cannot be is named."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfxl.importing import import_files
from perfxl.program import Program, load
from perfxl.workbook.program.book import write_program
from tests.fuzz.harness import official_totals
from tests.workbook.books import save

HEADER = ["指标名称", "权重", "目标值", "实际完成值", "杂项"]
LINES = [["收入", 50, 100, 90, 70], ["回款", 30, 100, 100, 70], ["利润", 20, 100, 80, 70]]
MISC = {"实际完成值": "不读取", "杂项": "实际完成值"}  # 90, 100, 80 are not the actuals, 70 are


def book(path: Path, person: str, header: list[str] | None = None) -> Path:
    path.parent.mkdir(exist_ok=True)
    return save(path, {"合同": [["2026年度业绩合同"], [f"姓名：{person}"], header or HEADER, *LINES]})


def imported(
    out: Path, *files: Path, into: Path | None = None, sources: Path | None = None
) -> tuple[Program, set[str]]:
    """The program that the files make, read again, and what importing them told."""
    result = import_files(files, year=2026, into=into, sources=sources)
    if result.usable:
        write_program(out, result.tables, result.lang)
    return load(out)[0], {each.name for each in result.problems}


def correct(program: Path, out: Path, changes: Mapping[str, str | None], file: str = "") -> Path:
    """A copy with the dropdown of each header changed, of all files or of one; "=kind" changes the table's kind."""
    workbook = openpyxl.load_workbook(program)
    sheet: Any = workbook["来源"]
    columns = {cell.value: cell.column for cell in sheet[3]}
    for row in range(4, sheet.max_row + 1):
        header, name = (sheet.cell(row, columns[column]).value for column in ("原表头", "来源文件"))
        if header in changes and file in ("", name):
            change = changes[header]
            kind = change is not None and change.startswith("=")
            sheet.cell(row, columns["表的类型" if kind else "读作"]).value = (
                change.removeprefix("=") if change else None
            )
    workbook.save(out)
    return out


def actuals(program: Program) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    records = program.tables["actuals"]
    for holder, value in zip(records.column("holder"), records.column("value"), strict=True):
        found.setdefault(holder, []).append(value)
    return found


READ, CORRECTED = [90.0, 100.0, 80.0], [70.0, 70.0, 70.0]


@pytest.fixture
def both(tmp_path: Path) -> tuple[Path, Path, Path]:
    first, second = book(tmp_path / "甲.xlsx", "甲"), book(tmp_path / "乙.xlsx", "乙")
    program, _ = imported(tmp_path / "方案.xlsx", first, second)
    assert actuals(program) == {"甲": READ, "乙": READ}
    return first, second, tmp_path / "方案.xlsx"


def test_one_correction_holds_for_all_tables_of_these_headers(both: tuple[Path, Path, Path], tmp_path: Path) -> None:
    first, second, program = both
    corrected = correct(program, tmp_path / "改好.xlsx", MISC, "甲.xlsx")
    result, _ = imported(tmp_path / "新.xlsx", first, second, sources=corrected)
    assert actuals(result) == {"甲": CORRECTED, "乙": CORRECTED}
    assert "source_changed" not in {each.name for each in result.all_problems()}


def test_two_corrections_of_the_same_headers_are_each_their_files(
    both: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    first, second, program = both
    half = correct(program, tmp_path / "改了一半.xlsx", MISC, "甲.xlsx")
    corrected = correct(half, tmp_path / "改好.xlsx", {"杂项": "备注"}, "乙.xlsx")
    result, told = imported(tmp_path / "新.xlsx", first, second, sources=corrected)
    assert actuals(result) == {"甲": CORRECTED, "乙": READ}
    assert "source_unfit" not in told
    # Of another file with these headers nobody can say which holds.
    _, told = imported(tmp_path / "新.xlsx", book(tmp_path / "丙.xlsx", "丙"), sources=corrected)
    assert "source_unfit" in told


def test_a_correction_without_importing_again_is_told(both: tuple[Path, Path, Path], tmp_path: Path) -> None:
    _, _, program = both
    corrected = correct(program, tmp_path / "改好.xlsx", MISC, "甲.xlsx")
    found = [each for each in load(corrected)[0].all_problems() if each.name == "source_changed"]
    assert [(each.code, each.address.sheet, each.address.cell) for each in found] == [("T176", "来源", "H7")]
    assert official_totals(load(corrected)[0]) == {}  # they rest on what HR says is wrong
    assert official_totals(load(program)[0]).keys() == {"甲", "乙"}
    # Adding another file to it reads that one accordingly; what was read before stands as it was, and is told.
    result, _ = imported(tmp_path / "新.xlsx", book(tmp_path / "丙.xlsx", "丙"), into=corrected)
    assert actuals(result) == {"甲": READ, "乙": READ, "丙": CORRECTED}
    assert "source_changed" in {each.name for each in result.all_problems()}


def test_what_is_only_remembered_is_no_change(both: tuple[Path, Path, Path], tmp_path: Path) -> None:
    """A program made of one file alone holds nothing of the other's, whose correction it remembers."""
    first, _, program = both
    corrected = correct(program, tmp_path / "改好.xlsx", MISC)
    result, _ = imported(tmp_path / "新.xlsx", first, sources=corrected)
    assert "source_changed" not in {each.name for each in result.all_problems()}
    assert set(result.tables["sources"].column("file")) == {"甲.xlsx", "乙.xlsx"}


def test_both_programs_are_remembered_where_one_is_added_to_and_one_tells(
    both: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    """What --sources says counts before what the program says; what only the program says holds as well."""
    _, _, program = both
    corrected = correct(program, tmp_path / "改好.xlsx", MISC)
    other_header = ["指标名称", "权重", "目标值", "甩锅数", "其他"]
    imported(tmp_path / "另一个.xlsx", book(tmp_path / "x" / "丁.xlsx", "丁", other_header))
    into = correct(tmp_path / "另一个.xlsx", tmp_path / "另一个改好.xlsx", {"甩锅数": "实际完成值"})
    files = book(tmp_path / "丙.xlsx", "丙"), book(tmp_path / "戊.xlsx", "戊", other_header)
    result, _ = imported(tmp_path / "新.xlsx", *files, into=into, sources=corrected)
    assert actuals(result) == {"丙": CORRECTED, "戊": READ}
    assert set(result.tables["sources"].column("file")) == {"甲.xlsx", "乙.xlsx", "丙.xlsx", "丁.xlsx", "戊.xlsx"}


def test_files_of_one_name_are_remembered_both(tmp_path: Path) -> None:
    """Every month has its 考核表.xlsx; what was corrected in January holds in March."""
    first = book(tmp_path / "1月" / "考核表.xlsx", "甲")
    imported(tmp_path / "方案.xlsx", first)
    corrected = correct(tmp_path / "方案.xlsx", tmp_path / "改好.xlsx", MISC)
    imported(tmp_path / "二.xlsx", first, sources=corrected)
    second = book(tmp_path / "2月" / "考核表.xlsx", "乙", ["指标名称", "权重", "目标值", "实际完成值", "其他"])
    imported(tmp_path / "三.xlsx", second, into=tmp_path / "二.xlsx")
    third = book(tmp_path / "3月" / "考核表3.xlsx", "丙")
    result, _ = imported(tmp_path / "四.xlsx", third, into=tmp_path / "三.xlsx")
    assert actuals(result) == {"甲": CORRECTED, "乙": READ, "丙": CORRECTED}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"杂项": "实际值啊"}, "choice_unknown"),
        ({"实际完成值": "目标值"}, "source_unfit"),
        ({"杂项": "人员名单"}, "choice_unknown"),
        ({"指标名称": "不读取"}, "source_unfit"),
        ({"权重": "=人员名单"}, "source_kinds_differ"),
        (dict.fromkeys(HEADER, "=人员名单"), "source_unfit"),
        (dict.fromkeys(HEADER, "=其他表"), "table_left"),
    ],
)
def test_wrong_corrections_are_named(changes: Mapping[str, str | None], told: str, tmp_path: Path) -> None:
    file = book(tmp_path / "甲.xlsx", "甲")
    imported(tmp_path / "方案.xlsx", file)
    corrected = correct(tmp_path / "方案.xlsx", tmp_path / "改坏.xlsx", changes)
    assert told in {each.name for each in import_files([file], year=2026, sources=corrected).problems}


def test_a_workbook_without_sources_settles_nothing_and_is_told(tmp_path: Path) -> None:
    file = book(tmp_path / "甲.xlsx", "甲")
    told = [each for each in import_files([file], year=2026, sources=file).problems if each.name == "sources_missing"]
    assert [(each.code, each.address.file) for each in told] == [("T177", "甲.xlsx")]
