"""A company's own KPI categories (安全, 党建) on their way through a program: checked, weighed, scored, printed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook

import perfxl
from perfxl.core.checks import run_checks
from perfxl.core.policy_reading import read_policy
from perfxl.core.problems import Address
from perfxl.core.records import from_rows
from perfxl.core.schema.categories import list_categories
from perfxl.documents.batch import make_documents
from perfxl.workbook.program.book import write_program
from perfxl.workbook.score.book import write_scores
from perfxl.workbook.weights.book import write_weights

START, END = date(2025, 1, 1), date(2025, 12, 31)
WEIGHTS = {"K1": 30.0, "K2": 20.0, "K3": 25.0, "K4": 25.0}
CATEGORY_OF = {"K1": "效益", "K2": "financial", "K3": "安全", "K4": "党建"}


def rows(**changes: Any) -> dict[str, list[dict[str, Any]]]:
    names = {"K1": "利润", "K2": "收入", "K3": "安全培训人次", "K4": "党员活动次数"}
    ratings = {"impact": 3.0, "controllability": 3.0, "measurability": 3.0}
    card = {"kind": "quantitative", "method": "比率法", "direction": "higher", "period": "year", **ratings}
    tables: dict[str, list[dict[str, Any]]] = {
        "policy": [{"key": "考核期开始", "value": "2025-01-01"}, {"key": "考核期结束", "value": "2025-12-31"}],
        "categories": [
            {"category": "安全", "english": "Safety", "place": 2.0},
            {"category": "党建", "english": "Party building", "place": 3.0},
            {"category": "效益", "english": "Result", "place": 1.0, "financial": True},
            {"category": "financial", "place": 1.5},
        ],
        "category_weights": [
            {"post_type": "班组", "category": "效益", "weight": 30.0, "lower": 20.0, "upper": 30.0},
            {"post_type": "班组", "category": "financial", "weight": 20.0, "upper": 20.0},
            {"post_type": "班组", "category": "安全", "weight": 25.0},
            {"post_type": "班组", "category": "党建", "weight": 25.0},
        ],
        "units": [{"unit": "U1", "name": "公司"}],
        "people": [
            {"person": "E1", "name": "王总", "unit": "U1", "post": "总经理"},
            {"person": "E2", "name": "李梅", "unit": "U1", "post": "班长", "post_type": "班组", "superior": "E1"},
        ],
        "kpis": [{"kpi": k, "name": names[k], "category": c, **card} for k, c in CATEGORY_OF.items()],
        "contracts": [{"contract": "C1", "holder": "E2", "issuer": "E1", "start": START, "end": END}],
        "contract_lines": [
            {"contract": "C1", "kpi": k, "weight": w, "target": 100.0} for k, w in reversed(WEIGHTS.items())
        ],
        "actuals": [{"holder": "E2", "kpi": k, "period": "2025", "value": 90.0} for k in WEIGHTS],
    }
    return tables | changes


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "方案.xlsx"
    write_program(path, {name: from_rows(name, held) for name, held in rows().items()}, "zh")
    return path


def retype(path: Path, sheet: str, cell: str, value: str) -> None:
    book = load_workbook(path)
    book[sheet][cell] = value
    book.save(path)


def cell_of(program: perfxl.Program, table: str, row: int, column: str) -> str:
    address: Address = program.tables[table].address(row, column)
    return address.cell


def test_the_companys_list_is_no_word_of_ones_own(program: Path) -> None:
    loaded, problems = perfxl.load(program)
    found = [*problems, *loaded.check()]
    assert {p.code for p in found} & {"V133", "R234", "W123", "W124", "W125"} == set()
    assert loaded.policy.categories.order(["党建", "安全", "financial", "效益"]) == [
        "效益",
        "financial",
        "安全",
        "党建",
    ]
    assert loaded.policy.categories.financial == ("效益", "financial")


def test_another_word_is_a_problem_that_lists_the_companys(program: Path) -> None:
    cell = cell_of(perfxl.load(program)[0], "kpis", 2, "category")
    retype(program, "指标库", cell, "环保")
    loaded, problems = perfxl.load(program)
    found = [p for p in [*problems, *loaded.check()] if p.code in ("R234", "V133")]
    assert [(p.code, p.address.cell) for p in found] == [("R234", cell)]
    assert "效益、财务、安全、党建" in found[0].hint("zh") and "Safety" in found[0].hint("en")


def test_a_usual_category_that_the_company_does_not_list_is_unknown_too() -> None:
    tables = {name: from_rows(name, held) for name, held in rows().items()}
    tables["kpis"].columns["category"][0] = "people"
    assert [(p.code, p.column) for p in run_checks(tables, read_policy(tables)[0]) if p.code == "R234"] == [
        ("R234", "category")
    ]


@pytest.mark.parametrize("typed", ["Safety", "安全类", "安 全", "safety"])
def test_spellings_are_one_category(program: Path, typed: str) -> None:
    cell = cell_of(perfxl.load(program)[0], "kpis", 2, "category")
    retype(program, "指标库", cell, typed)
    loaded, _ = perfxl.load(program)
    assert loaded.tables["kpis"].column("category")[2] == "安全"


def test_several_categories_count_as_financial() -> None:
    """Up to 30 and up to 20 make 50: 55 is over, and within where only one of the two counts."""
    tables = {name: from_rows(name, held) for name, held in rows().items()}
    tables["contract_lines"].columns["weight"] = [20.0, 25.0, 25.0, 30.0]
    shares = [p.value for p in run_checks(tables, read_policy(tables)[0]) if p.code == "W110"]
    assert shares == [55.0]
    tables["categories"].columns["financial"] = [None, None, None, None]
    (alone,) = [p.value for p in run_checks(tables, read_policy(tables)[0]) if p.code == "W110"]
    assert alone == 25.0


def test_weights_scores_and_papers_take_the_companys_list(program: Path, tmp_path: Path) -> None:
    loaded, _ = perfxl.load(program)
    weighing, _ = loaded.weigh()
    assert dict(weighing.contracts[0].shares) == {"效益": 30.0, "financial": 20.0, "安全": 25.0, "党建": 25.0}
    weights = tmp_path / "权重.xlsx"
    write_weights(weights, weighing, [], "en")
    said = {c.value for sheet in load_workbook(weights) for row in sheet for c in row if isinstance(c.value, str)}
    assert {"Safety", "Party building", "Result"} <= said
    scores, _ = loaded.score()
    assert scores.contracts.total[0] == 90.0
    book = tmp_path / "得分.xlsx"
    write_scores(book, loaded.tables, scores, "zh")
    said_in_order = [
        c.value
        for sheet in load_workbook(book)
        for row in sheet
        for c in row
        if c.value in ("效益", "财务", "安全", "党建")
    ]
    assert said_in_order[:4] == ["效益", "财务", "安全", "党建"]
    papers, _ = make_documents("contract", loaded.tables, loaded.policy, tmp_path / "合同", jobs=1)
    (paper,) = [path for path in papers if path.suffix == ".docx"]
    table = next(t for t in Document(str(paper)).tables if any("党建" in c.text for row in t.rows for c in row.cells))
    aspects = [
        text for row in table.rows for text in [row.cells[0].text] if text[:2] in ("效益", "财务", "安全", "党建")
    ]
    assert [text[:2] for text in dict.fromkeys(aspects)] == ["效益", "财务", "安全", "党建"]


def test_a_blank_list_leaves_the_usual_ones() -> None:
    assert not list_categories([]).own
    assert not list_categories([(None, None, None, None), (" ", "", 1.0, None)]).own
    assert list_categories([("财务类", None, None, None)]).choices[0].name == "financial"
