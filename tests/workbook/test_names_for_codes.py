"""A name stands wherever a code may: of a person, a unit, a KPI, a contract by its holder; read whole, in blocks, or
for one person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from perfxl import program, sample
from perfxl.core.schema import Type, all_tables
from perfxl.workbook.program.book import write_program
from perfxl.workbook.reading import person as person_reading
from perfxl.workbook.reading.read import read_book, read_large_book
from tests.workbook.books import save

BOOK: dict[str, list[list[Any]]] = {
    "组织": [
        ["单位编号", "单位名称", "上级单位", "负责人"],
        ["U1", "公司", "", "王芳"],
        ["U2", "销售部", "公司", "李 强"],
    ],
    "人员": [
        ["工号", "姓名", "所属单位", "岗位", "直接上级"],
        ["P1", "王芳", "公司", "总经理", ""],
        ["P2", "李强", "销售部", "经理", "王芳"],
        ["P3", "张伟", "销售部", "员工", "李强"],
        ["P4", "张伟", "U2", "员工", "P2"],
    ],
    "指标库": [
        ["指标编号", "指标名称", "指标类别", "指标性质", "计分方法"],
        ["K1", "收入", "财务", "定量", "比率法"],
        ["K2", "回款", "财务", "定量", "比率法"],
    ],
    "合同": [
        ["合同编号", "受约人", "发约人", "生效日期", "截止日期"],
        ["C1", "王芳", "王芳", "2026-01-01", "2026-12-31"],
        ["C2", "李强", "王芳", "2026-01-01", "2026-12-31"],
        ["C3", "张伟", "李强", "2026-01-01", "2026-12-31"],
    ],
    "合同指标": [
        ["合同编号", "指标编号", "权重", "目标值"],
        ["李强", "收入", 60, 100],
        ["P2", "回款", 40, 100],
        ["王芳", "K1", 100, 100],
    ],
    "实绩": [
        ["工号", "指标编号", "期间", "实际完成值"],
        ["李强", "收入", "2026", 90],
        ["Ｌi", "收入", "2026", 90],
    ],
}


@pytest.mark.parametrize("read", [read_book, read_large_book])
def test_names_are_read_as_codes(tmp_path: Path, read: Any) -> None:
    tables, _, problems = read(save(tmp_path / "a.xlsx", BOOK))
    assert tables["units"].column("parent") == [None, "U1"]
    assert tables["units"].column("head") == ["P1", "P2"]
    assert tables["people"].column("unit") == ["U1", "U2", "U2", "U2"]
    assert tables["people"].column("superior") == [None, "P1", "P2", "P2"]
    assert tables["contracts"].column("holder") == ["P1", "P2", "张伟"]
    assert tables["contracts"].column("issuer") == ["P1", "P1", "P2"]
    assert tables["contract_lines"].column("contract") == ["C2", "C2", "C1"]
    assert tables["contract_lines"].column("kpi") == ["K1", "K2", "K1"]
    assert tables["actuals"].column("holder") == ["P2", "Ｌi"]
    told = [(p.address.sheet, p.address.cell, p.details["count"]) for p in problems if p.code == "C230"]
    assert ("组织", "D2", 2) in told
    assert ("合同指标", "A2", 3) in told


@pytest.mark.parametrize("limit", [0, 1 << 40])
def test_a_shared_name_lists_whom_it_may_mean(tmp_path: Path, limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "STORED_FROM", limit)
    loaded, _ = program.load_for_papers(save(tmp_path / "a.xlsx", BOOK))
    problems = list(loaded.judgement.problems)
    (shared,) = [p for p in problems if p.code == "C231"]
    assert (shared.address.sheet, shared.address.cell) == ("合同", "B4")
    assert shared.details["candidates"] == "P3、P4"
    unknown = [(p.address.sheet, p.address.cell) for p in problems if p.code == "R101"]
    assert unknown == [("实绩", "A3")]


def test_a_code_wins_over_a_name(tmp_path: Path) -> None:
    rows = [
        ["工号", "姓名", "所属单位", "岗位", "直接上级"],
        ["P1", "p2", "U1", "总经理", ""],
        ["P2", "李强", "U1", "经理", "P2"],
        ["P3", "张伟", "U1", "员工", "p2"],
    ]
    loaded, _ = program.load(save(tmp_path / "a.xlsx", {"人员": rows}))
    assert loaded.tables["people"].column("superior") == [None, "P2", "p2"]
    assert [p.address.cell for p in loaded.all_problems() if p.code == "R101"] == ["E4"]


def _named(lang: str) -> dict[str, Any]:
    """The sample with names wherever a code may be and one row alone has the name."""
    tables = dict(sample.program(40, lang=lang))
    for name, records in tables.items():
        for column in records.table.columns:
            target = column.ref.partition(".")[0]
            if column.type is Type.REF and target in ("people", "units", "kpis"):
                key, label = all_tables()[target].key[0], "name"
                pairs = list(zip(tables[target].column(key), tables[target].column(label), strict=True))
                labels = [each for _, each in pairs]
                names = {code: each for code, each in pairs if labels.count(each) == 1}
                values = records.column(column.name)
                tables[name].columns[column.name] = [names.get(value, value) for value in values]
    return tables


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_program_in_names_is_the_program_in_codes(tmp_path: Path, lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    write_program(tmp_path / "codes.xlsx", sample.program(40, lang=lang), lang)
    write_program(tmp_path / "names.xlsx", _named(lang), lang)
    codes, _, _ = read_book(tmp_path / "codes.xlsx")
    for read in (read_book, read_large_book):
        names, _, _ = read(tmp_path / "names.xlsx")
        for name, records in codes.items():
            assert names[name].columns == records.columns, name
    holder = codes["contracts"].column("holder")[0]
    whole = person_reading.read_person(tmp_path / "codes.xlsx", holder)
    part = person_reading.read_person(tmp_path / "names.xlsx", holder)
    assert whole is not None and part is not None
    assert all(part[0][name].columns == records.columns for name, records in whole[0].items())
