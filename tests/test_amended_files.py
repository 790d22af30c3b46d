"""Amended contracts in workbooks: read whole, for one person, and from rows on disk, they give the same; names stand
for codes; an error holds the papers back."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import perfxl.program
from perfxl.cli import main
from perfxl.core.records import Tables, from_rows
from perfxl.documents.batch import make_documents
from perfxl.program import load, load_for_papers, load_person
from perfxl.table_store import TableStore
from perfxl.workbook.program.book import write_program
from tests.core.test_amendments import change, program


def amended(*more: dict[str, Any]) -> Tables:
    """C of E, shared with F, had K1's target 100 to 30 June; the person G has a contract that was never changed."""
    signed: dict[str, Any] = {"signed_second": date(2024, 12, 30)}
    rows = [
        change("target", 100.0, 80.0, **signed),
        change("weight", 50.0, 60.0, **signed),
        change("weight", 50.0, 40.0, kpi="指标2", **signed),
        *({**each, **signed} for each in more),
    ]
    others: dict[str, list[dict[str, Any]]] = {
        "people": [{"person": "G", "name": "庚"}],
        "contracts": [
            {"contract": "D", "holder": "G", "issuer": "S", "start": date(2025, 1, 1), "end": date(2025, 12, 31)}
        ],
        "contract_lines": [{"contract": "D", "kpi": "K3", "weight": 100.0, "target": 10.0}],
        "actuals": [{"holder": "G", "kpi": "K3", "period": "2025", "value": 9.0}],
        "policy": [
            {"key": "考核期开始", "value": "2025-01-01"},
            {"key": "考核期结束", "value": "2025-12-31"},
            {"key": "单项权重上限", "value": "100%"},
            {"key": "指标数下限", "value": "1"},
            {"key": "变更计分", "value": "按天数"},
        ],
    }
    tables = {**program(*rows, more=others, second_holder="F")}
    return {"policy": tables.pop("policy"), **tables}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write_program(tmp_path / "amended.xlsx", amended())
    return tmp_path / "amended.xlsx"


def test_whole_and_in_part(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = load(path)[0]
    scores, _ = whole.score()
    # (80 x 181 + 92 x 184) / 365, as worked out in test_amendments; both holders have it
    assert dict(zip(scores.people, scores.totals.total.tolist(), strict=True)) == {"E": 86.05, "F": 86.05, "G": 90.0}
    assert {p.name for p in whole.all_problems() if p.table == "amendments"} == {"names_as_codes"}
    monkeypatch.setattr(perfxl.program, "STORED_FROM", 0)
    for person in "EF":
        part = load_person(path, person)
        assert part.person == person
        scores, _ = part.score()
        assert scores.totals.total[scores.people.index(person)] == 86.05
    stored, _ = load_for_papers(path)
    assert isinstance(stored.tables, TableStore)
    totals = stored.judgement.totals
    assert totals is not None
    outline = stored.tables.make_outline(stored.policy, totals)
    assert outline.totals is not None and sorted(outline.totals.total.tolist()) == [86.05, 86.05, 90.0]


def test_papers_of_rows_on_disk_are_those_of_the_whole(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = load(path)[0]
    for kind in ("amendment", "notice", "contract"):
        monkeypatch.setattr(perfxl.program, "STORED_FROM", 2**40)
        one, _ = make_documents(kind, whole.tables, whole.policy, tmp_path / f"{kind}1", jobs=1)
        monkeypatch.setattr(perfxl.program, "STORED_FROM", 0)
        stored, _ = load_for_papers(path)
        judged = stored.judgement
        other, _ = make_documents(kind, stored.tables, stored.policy, tmp_path / f"{kind}2", jobs=1, judgement=judged)
        assert [file.name for file in one] == [file.name for file in other] != []
        assert [file.read_bytes() for file in one] == [file.read_bytes() for file in other]


@pytest.mark.parametrize("size", [0, 2**40])
def test_an_error_in_an_amendment_holds_the_papers_back(
    size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(perfxl.program, "STORED_FROM", size)
    path = tmp_path / "wrong.xlsx"
    write_program(path, amended(change("challenge", 90.0, 120.0)))
    program, _ = load_for_papers(path)
    for kind, names in (("notice", ["G"]), ("contract", ["D"])):
        files, problems = make_documents(
            kind, program.tables, program.policy, tmp_path / kind, judgement=program.judgement
        )
        assert len(files) == len(names) and names[0] in files[0].name
        assert {each.details["code"] for each in problems if each.name == "paper_held_back"} == {"C281"}


def test_json_tells_versions_and_days(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = str(path)
    for command in (["score", book, "-o", str(path.with_name("out.xlsx"))], ["check", book], ["explain", book, "E"]):
        main([*command, "--json"])
        contracts = json.loads(capsys.readouterr().out)["contracts"]
        assert contracts[0]["versions"] == [
            {"version": 1, "from": "2025-01-01", "to": "2025-06-30", "days": 181, "total": 80.0},
            {"version": 2, "from": "2025-07-01", "to": "2025-12-31", "days": 184, "total": 92.0},
        ]
        assert contracts[0]["total"] == 86.05 and all("versions" not in each for each in contracts[1:])


def test_a_value_that_cannot_be_read_leaves_no_total(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book["合同变更"]
    rows = list(sheet.iter_rows(values_only=True))
    row, header = next((i, cells) for i, cells in enumerate(rows, 1) if "生效日期" in cells)
    sheet.cell(row + 1, header.index("生效日期") + 1).value = "七月初"
    book.save(path)
    scores, _ = load(path)[0].score()
    assert scores.verdicts.contracts[0].is_undetermined
    assert from_rows("amendments", []).table.name == scores.verdicts.contracts[0].reason.table  # type: ignore[union-attr]
