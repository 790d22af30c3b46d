"""What is typed into a score workbook and is no figure there: the total is gone, no points are won."""

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
    secret = {"kpi": "K15", "name": "重大泄密", "category": "quality", "method": "否决", "kind": "veto"}
    tables["kpis"] = from_rows("kpis", [*tables["kpis"].records(), {**secret, "veto_effect": "zero"}])
    tables["contract_lines"] = from_rows(
        "contract_lines",
        [
            {"contract": "C1", "kpi": "K2", "weight": 100.0, "target": 500.0, "challenge": 450.0, "threshold": 600.0},
            *({"contract": "C1", "kpi": kpi} for kpi in ("K10", "K11", "K13", "K15")),
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


TYPED: tuple[tuple[str, str, float | str | None, float | str], ...] = (
    # KPI, column, what is typed there, the contract's total
    *(("安全事故", "actual", count, total) for count, total in ((1, 97.0), (-1, ""), ("2次", ""), (None, 102.0))),
    ("创新奖励", "actual", -1, ""),
    *(("重大泄密", "actual", count, total) for count, total in ((1, 0.0), (0, 97.0), (None, 97.0), ("不适用", 97.0))),
    *(("重大泄密", "actual", count, "") for count in (-1, "2次", "是")),
    *(("重大违规", "actual", count, total) for count, total in ((1, 97.0), (-1, ""), ("是", ""))),
    *(("营销成本", "weight", weight, "") for weight in (95, -100, None)),
)


@needs_libreoffice
def test_what_is_no_count_or_weight_leaves_no_total(path: Path, tmp_path: Path) -> None:
    """A veto's -1 left the total as it was, and 是 vetoed; weights of 95 gave 95 points in a hundred.

    All at once: a sheet for each, so that the spreadsheets start once."""
    changed = openpyxl.load_workbook(path)
    first = changed["李梅"]
    places = {first.cell(row, 2).value: row for row in range(1, 40)}
    last = next(row for row in range(1, 40) if first.cell(row, 1).value == "合同结果")
    column = {"actual": 12, "weight": 6}
    for number, (kpi, name, typed, _) in enumerate(TYPED):
        sheet = changed.copy_worksheet(first)
        sheet.title = f"第{number}"
        sheet.cell(places[kpi], column[name]).value = typed
    changed.save(tmp_path / "typed.xlsx")
    for engine in (oracles.by_libreoffice, oracles.by_formualizer):
        folder = tmp_path / engine.__name__
        folder.mkdir()
        found = engine(tmp_path / "typed.xlsx", folder)
        totals = [found.get((f"第{number}", f"F{last}"), "") for number in range(len(TYPED))]
        assert totals == [total for *_, total in TYPED], engine
        for number, (kpi, name, _, total) in enumerate(TYPED):
            if name == "actual":
                assert (found.get((f"第{number}", f"O{places[kpi]}")) == "有问题") == (total == ""), (engine, kpi)
