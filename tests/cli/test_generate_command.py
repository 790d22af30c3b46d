"""From an empty program to signed contracts with twelve columns typed, and what `cascade --into` keeps of a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import PatternFill

from perfxl.cli import main
from perfxl.program import load

KPIS = ["销售收入", "新增客户", "客户满意度", "人均产值", "合格率", "交货及时率"]
TYPED: dict[str, tuple[list[str], list[tuple[Any, ...]]]] = {
    "组织": (
        ["单位名称", "上级单位", "负责人"],
        [("公司", None, "王芳"), ("销售部", "公司", "李强"), ("生产部", "公司", "赵敏")],
    ),
    "人员": (
        ["工号", "姓名", "所属单位", "岗位"],
        [
            ("P1", "王芳", "公司", "总经理"),
            ("P2", "李强", "销售部", "部门经理"),
            ("P3", "赵敏", "生产部", "生产经理"),
            ("P4", "周杰", "销售部", "客户经理"),
            ("P5", "吴刚", "销售部", "客户经理"),
            ("P6", "郑爽", "销售部", "客户经理"),
            ("P7", "孙丽", "生产部", "班组长"),
            ("P8", "钱进", "生产部", "班组长"),
        ],
    ),
    "指标库": (
        ["指标名称", "汇总方式"],
        list(zip(KPIS, ["累计", "累计", "平均", "平均", "平均", "平均"], strict=True)),
    ),
    "岗位指标": (
        ["岗位", "指标编号", "目标值"],
        [
            *(("总经理", kpi, target) for kpi, target in zip(KPIS, (20000, 300, 0.9, 50, 0.95), strict=False)),
            *(("部门经理", kpi, None) for kpi in KPIS[:5]),
            *(("生产经理", kpi, None) for kpi in KPIS[:5]),
            *(("客户经理", kpi, None) for kpi in KPIS[1:5]),
            ("客户经理", KPIS[0], 4000),
            *(("班组长", kpi, None) for kpi in KPIS[1:5]),
            ("班组长", KPIS[5], 0.98),
        ],
    ),
}


def fill(book: openpyxl.Workbook, sheet: str, headers: list[str], rows: list[tuple[Any, ...]]) -> None:
    at = {cell.value: cell.column or 0 for cell in book[sheet][3]}
    for i, row in enumerate(rows, 4):
        for header, value in zip(headers, row, strict=True):
            if value is not None:
                book[sheet].cell(i, at[header]).value = value


@pytest.fixture
def typed(tmp_path: Path) -> Path:
    assert main(["new", str(tmp_path)]) == 0
    book = openpyxl.load_workbook(tmp_path / "绩效方案.xlsx")
    for sheet, (headers, rows) in TYPED.items():
        fill(book, sheet, headers, rows)
    note = book.create_sheet("我的备忘")
    note["B2"] = "勿删"
    book["组织"]["A4"].fill = PatternFill("solid", fgColor="FFABCDEF")
    book.save(tmp_path / "p.xlsx")
    return tmp_path / "p.xlsx"


def test_twelve_columns_make_a_program_that_is_complete(typed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sum(len(headers) for headers, _ in TYPED.values()) == 12
    new, folder = typed.parent / "new.xlsx", typed.parent
    assert main(["cascade", str(typed), "-o", str(folder / "c.xlsx"), "--into", str(new)]) == 0
    assert main(["check", str(new)]) == 0
    assert main(["weights", str(new), "-o", str(folder / "w.xlsx")]) == 0
    program, _ = load(new)
    assert {name: len(program.tables[name]) for name in ("contracts", "contract_lines", "actuals")} == {
        "contracts": 8,
        "contract_lines": 40,
        "actuals": 40,
    }
    lines = program.tables["contract_lines"]
    assert set(lines.column("weight")) == {20.0}
    assert {
        target for kpi, target in zip(lines.column("kpi"), lines.column("target"), strict=True) if kpi == "合格率"
    } == {0.95}
    book = openpyxl.load_workbook(new)
    sheet = book["实绩"]
    at = {cell.value: cell.column or 0 for cell in sheet[3]}
    targets = {
        key[:2]: key[2]
        for key in zip(lines.column("contract"), lines.column("kpi"), lines.column("target"), strict=True)
    }
    for row in range(4, 44):
        person, kpi = (sheet.cell(row, at[header]).value for header in ("工号", "指标编号"))
        sheet.cell(row, at["实际完成值"]).value = targets[next(n for n, _ in targets if n.endswith(person)), kpi]
    book.save(new)
    capsys.readouterr()
    assert main(["score", str(new), "-o", str(folder / "s.xlsx"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [contract["total"] for contract in told["contracts"]] == [100.0] * 8
    assert main(["documents", "contract", str(new), "-o", str(folder / "papers")]) == 0
    assert len(list((folder / "papers").rglob("*.docx"))) == 8


def test_what_hr_had_is_kept_and_twice_gives_nothing_new(typed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, before = typed.parent, typed.read_bytes()
    first, second = folder / "n1.xlsx", folder / "n2.xlsx"
    assert main(["cascade", str(typed), "-o", str(folder / "c.xlsx"), "--into", str(first)]) == 0
    assert typed.read_bytes() == before
    book = openpyxl.load_workbook(first)
    assert book["我的备忘"]["B2"].value == "勿删"
    assert book["组织"]["A4"].fill.fgColor.rgb == "FFABCDEF"
    assert book["合同"].tables and book["合同"].data_validations.dataValidation
    capsys.readouterr()
    assert main(["cascade", str(first), "-o", str(folder / "c2.xlsx"), "--into", str(second), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["generated"], told["differences"]) == ({}, [])
    tables = [load(path)[0].tables for path in (first, second)]
    assert {name: records.columns for name, records in tables[0].items()} == {
        name: records.columns for name, records in tables[1].items()
    }


def test_differences_are_on_their_sheet_and_what_is_there_stays(typed: Path) -> None:
    book = openpyxl.load_workbook(typed)
    fill(book, "合同", ["合同编号", "受约人", "发约人"], [("H1", "周杰", "王芳")])
    fill(book, "合同指标", ["合同编号", "指标编号", "目标值"], [("H1", "销售收入", 1)])
    book.save(typed)
    new, out = typed.parent / "n.xlsx", typed.parent / "c.xlsx"
    main(["cascade", str(typed), "-o", str(out), "--into", str(new)])
    rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(out)["差异"].iter_rows(min_row=8)]
    assert ["合同指标", "目标值"] in [[row[0], row[3]] for row in rows]
    assert ["合同", "发约人"] in [[row[0], row[3]] for row in rows]
    kept = load(new)[0].tables["contract_lines"]
    assert (kept.column("contract")[0], kept.column("target")[0]) == ("H1", 1.0)


@pytest.mark.parametrize("name", ["p.xlsx", "c.xlsx"])
def test_into_is_a_third_file(typed: Path, name: str) -> None:
    into = typed.parent / name
    before = typed.read_bytes()
    assert main(["cascade", str(typed), "-o", str(typed.parent / "c.xlsx"), "--into", str(into)]) == 2
    assert typed.read_bytes() == before


def test_new_rows_look_like_those_that_were_ready(typed: Path) -> None:
    new = typed.parent / "n.xlsx"
    assert main(["cascade", str(typed), "-o", str(typed.parent / "c.xlsx"), "--into", str(new)]) == 0
    sheet = openpyxl.load_workbook(new)["合同指标"]
    looks = {sheet.cell(row, 1).fill.fgColor.rgb for row in range(4, 44)}
    assert len(looks) == 1
    assert sheet.cell(3, 1).fill.fgColor.rgb not in looks
