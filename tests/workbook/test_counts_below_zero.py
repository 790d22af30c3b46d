"""A count below zero typed into a score workbook: points of that line and the total are gone, none are won."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from perfxl.core.records import from_rows
from perfxl.program import from_tables
from perfxl.workbook.score.book import write_scores
from tests import oracles
from tests.core.clean_program import START, book
from tests.workbook.office import needs_libreoffice


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tables = {name: records for name, records in book().items() if name != "category_weights"}
    tables["policy"] = from_rows("policy", [{"key": "单项权重上限", "value": "100%"}])
    tables["contract_lines"] = from_rows(
        "contract_lines",
        [
            {"contract": "C1", "kpi": "K2", "weight": 100.0, "target": 500.0, "challenge": 450.0, "threshold": 600.0},
            *({"contract": "C1", "kpi": kpi} for kpi in ("K10", "K13")),
        ],
    )
    tables["actuals"] = from_rows("actuals", [{"holder": "E2", "kpi": "K2", "period": "2025", "value": 500.0}])
    event = {"holder": "E2", "date": START, "fact": "事"}
    tables["events"] = from_rows(
        "events", [{**event, "kpi": "K10", "kind": "deduct"}, {**event, "kpi": "K13", "kind": "bonus"}]
    )
    program = from_tables(tables)[0]
    made = tmp_path_factory.mktemp("scores") / "scores.xlsx"
    write_scores(made, program.tables, program.score()[0])
    return made


@needs_libreoffice
@pytest.mark.parametrize(("kpi", "count", "total"), [("安全事故", 1, 97.0), ("安全事故", -1, ""), ("创新奖励", -1, "")])
def test_a_count_below_zero_is_no_figure(
    path: Path, kpi: str, count: float, total: float | str, tmp_path: Path
) -> None:
    changed = openpyxl.load_workbook(path)
    sheet = changed["李梅"]
    row = next(row for row in range(1, 40) if sheet.cell(row, 2).value == kpi)
    sheet.cell(row, 12).value = count
    last = next(row for row in range(1, 40) if sheet.cell(row, 1).value == "合同结果")
    changed.save(tmp_path / "typed.xlsx")
    for engine in (oracles.by_libreoffice, oracles.by_formualizer):
        folder = tmp_path / engine.__name__
        folder.mkdir()
        found = engine(tmp_path / "typed.xlsx", folder)
        assert found.get(("李梅", f"F{last}"), "") == total
        assert (found.get(("李梅", f"O{row}")) == "有问题") == (count < 0)
