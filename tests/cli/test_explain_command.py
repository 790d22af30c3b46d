"""`perfxl explain`: text and JSON from a real file; somebody without a contract is one line and exit 2."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from perfxl.cli import main
from perfxl.core.records import from_rows
from perfxl.sample import program
from perfxl.workbook.program.book import write_program
from tests.fuzz.books import lone_book, parts, zipped


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """E999 is on the list of people and holds nothing."""
    path, book = tmp_path_factory.mktemp("program") / "方案.xlsx", program(20, 3)
    people = list(book["people"].records())
    book["people"] = from_rows("people", [*people, {**people[-1], "person": "E999", "name": "无合同"}])
    write_program(path, book)
    return path


def test_the_total_of_a_person_is_told_with_its_cells(workbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(workbook), "E100003", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["person"] == "E100003" and told["total"] is not None
    sources = [figure["source"] for line in told["contracts"][0]["lines"] for figure in line["figures"]]
    assert {"file": "方案.xlsx", "sheet": "合同指标"}.items() <= next(
        s for s in sources if s["sheet"] != "实绩"
    ).items()
    assert main(["explain", str(workbook), "E100003"]) == 0
    assert f"{told['total']}" in capsys.readouterr().out


@pytest.mark.parametrize("person", ["E999", "E000", ""])
def test_somebody_without_a_contract_is_one_line(
    workbook: Path, person: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", str(workbook), person]) == 2
    printed = capsys.readouterr()
    assert "Traceback" not in printed.out + printed.err


def test_no_year_is_made_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A lone sheet that does not say its year has its actuals told without one."""
    book = lone_book(4)
    book.sheets[0].rows[0] = ["业绩合同"]
    path = tmp_path / "合同.xlsx"
    path.write_bytes(zipped(parts(book)))
    main(["explain", str(path), "Ann"])
    assert "2000" not in capsys.readouterr().out
    main(["explain", str(path), "Ann", "--json"])
    assert "2000" not in capsys.readouterr().out
