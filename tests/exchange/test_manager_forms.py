"""The workbooks that managers get: shipped templates, filled with what is due."""

from __future__ import annotations

import io
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from perfxl import sample
from perfxl.assets import workbook_templates
from perfxl.core.policy import Policy
from perfxl.core.requests import JOBS, Request, ask
from perfxl.core.values.dates import period_span
from perfxl.exchange.figures import FORMATS
from perfxl.exchange.fill import fill
from perfxl.exchange.provisional import Preview
from perfxl.exchange.send import Order, distribute
from perfxl.ooxml.package import open_package
from perfxl.outputs import label
from perfxl.program import from_tables
from perfxl.workbook.template import BookTemplate
from tests.core.test_requests import QUARTER, program
from tests.oracles import by_formualizer, by_libreoffice, differences, stored
from tools.manager_templates.build import build_templates


def compiled(lang: str, jobs: list[str] | None = None) -> BookTemplate:
    return BookTemplate(open_package(workbook_templates() / f"manager.{lang}.xlsx"), label("manager"), jobs, FORMATS)


def request(*jobs: str) -> Request:
    reported = [{"holder": "E2", "kpi": "K1", "period": "2026Q1", "value": 22.0, "evidence": "=报表"}]
    requests, _ = ask(program(actuals=reported), Policy(), "manager", jobs or list(JOBS), QUARTER)
    return next(each for each in requests if each.recipient.key == "E1")


def filled(lang: str = "zh", *jobs: str) -> bytes:
    values, rows = fill(request(*jobs), Policy(), lang, "2026Q1", date(2026, 4, 10))
    return compiled(lang, [*jobs, "choices"] if jobs else None).render(values, rows)


def test_the_shipped_templates_are_those_of_the_tool(tmp_path: Path) -> None:
    for made in build_templates(tmp_path):
        shipped = workbook_templates() / made.name
        assert made.read_bytes() == shipped.read_bytes(), f"{made.name}: python -m tools.manager_templates"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_field_of_the_templates_is_filled(lang: str) -> None:
    template = compiled(lang)
    assert not template.faults
    made = from_tables(program(actuals=[]), lang)[0]
    outlook = Preview(made.tables, made.policy, made.score()[0], lang).outlook(request())
    values, rows = fill(request(), Policy(), lang, "2026Q1", date(2026, 4, 10), outlook)
    known = {(job, name) for job, each in rows.items() for row in each for name in row} | {
        ("", name) for name in values
    }
    wanted = {(cell.field.table, cell.field.name) for cell in template.fields}
    assert wanted <= known


def test_what_is_asked_stands_in_order_with_what_is_known() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(filled("zh", "actuals")))["实绩填报"]
    header = {str(cell.value): int(cell.column or 0) for cell in sheet[4]}
    rows = [
        [sheet.cell(row, header[name]).value for name in ("工号", "姓名", "指标名称", "期间", "本期目标", "实际完成值")]
        for row in (5, 6)
    ]
    assert rows == [["E2", "乙", "收入", "2026Q1", 100, 22], ["E3", "丙", "收入", "2026Q1", 100, None]]
    assert sheet.cell(5, header["依据"]).data_type == "s"
    assert not sheet.cell(5, header["实际完成值"]).protection.locked
    assert sheet.cell(5, header["本期目标"]).protection.locked
    assert sheet.protection.sheet


def test_only_the_sheets_that_are_asked_for() -> None:
    book = openpyxl.load_workbook(io.BytesIO(filled("zh", "actuals", "marks")))
    assert book.sheetnames == ["首页", "实绩填报", "评分", "列表"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_progress_and_lights_are_live(lang: str, tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    path.write_bytes(filled(lang))
    known = stored(path)
    assert {"▲", "■", "●"} & set(map(str, known.values()))
    for calculated in (by_formualizer(path, tmp_path), by_libreoffice(path, tmp_path)):
        assert not differences(known, calculated)


def test_days_are_shown_as_days_and_rates_as_rates(tmp_path: Path) -> None:
    """A KPI whose target is a day counted as 45946, and a rate that was typed counted as 0.95."""
    tables = sample.program(60, 2025, "en")
    actuals = tables["actuals"]
    kpis = dict(zip(tables["kpis"].column("kpi"), tables["kpis"].column("unit"), strict=True))
    blank = next(i for i, kpi in enumerate(actuals.column("kpi")) if kpis[kpi] == "%")
    longest = max(tables["kpis"].column("name"), key=len)
    tables["kpis"].columns["name"] = [
        f"{name} of the whole year" if name == longest else name for name in tables["kpis"].column("name")
    ]
    for name in ("value", "numerator", "denominator"):
        actuals.columns[name][blank] = None
    order = Order(jobs=("actuals",), within=period_span("2025"), period="2025")
    sent, _ = distribute(from_tables(tables, "en")[0], tmp_path, order)
    days, blanks, tall = set(), set(), 0
    for file in sent.files:
        book = openpyxl.load_workbook(tmp_path / file.path, data_only=True)
        for title, shown in (
            ("Actuals", ("Target of the period", "Actual", "Counts as")),
            ("Provisional points", ("Target", "To date", "Expected")),
        ):
            sheet = book[title]
            header = {str(cell.value): int(cell.column or 0) for cell in sheet[4]}
            for row in range(5, sheet.max_row + 1):
                cells = {name: sheet.cell(row, header[name]) for name in shown}
                height = sheet.row_dimensions[row].height
                tall += bool(height and height > 30 and len(str(sheet.cell(row, header["KPI name"]).value)) > 32)
                if isinstance(cells[shown[0]].value, datetime):
                    days |= {(title, name, each.number_format) for name, each in cells.items()}
                    assert all(isinstance(each.value, datetime | None) for each in cells.values()), (title, row)
                elif title == "Actuals" and sheet.cell(row, header["Unit"]).value == "%" and not cells["Actual"].value:
                    blanks |= {(name, cells[name].number_format) for name in ("Actual", "Counts as")}
    assert days == {
        *(("Actuals", name, "yyyy-mm-dd") for name in ("Target of the period", "Actual", "Counts as")),
        *(("Provisional points", name, "yyyy-mm-dd") for name in ("Target", "To date", "Expected")),
    }
    assert blanks == {("Actual", "0.0%"), ("Counts as", "0.0%")}
    assert tall


def test_a_word_that_is_no_figure_counts_as_what_its_formula_says(tmp_path: Path) -> None:
    """The stored result was the word; calculated, the cell showed a question mark."""
    reported = [
        {"holder": "E2", "kpi": "K1", "period": "2026Q1", "value": "未出数"},
        {"holder": "E3", "kpi": "K1", "period": "2026Q1", "value": "N/A"},
    ]
    made = from_tables(program(actuals=reported), "zh")[0]
    result, _ = distribute(made, tmp_path, Order(jobs=("actuals",), within=QUARTER))
    (path,) = (tmp_path / file.path for file in result.files if file.key == "E1")
    known = stored(path)
    assert {"?", "不适用"} <= {*known.values()} and "未出数" not in known.values()
    assert not differences(known, by_formualizer(path, tmp_path))
