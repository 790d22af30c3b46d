"""A program broken in twenty-odd ways: each gives its code at its cell, through the real command line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from perfxl import sample
from perfxl.cli import main
from perfxl.core.schema import get, template_tables
from perfxl.workbook.program.book import write_program

HEADER = 3


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("program") / "方案.xlsx"
    write_program(path, sample.program(24), blank_rows=2)
    return path


class Sheets:
    """The workbook by canonical names: cells by table, column and data row (from 0)."""

    def __init__(self, book: openpyxl.Workbook) -> None:
        self.book = book
        self.sheets = {table.name: book[table.zh] for table in template_tables()}

    def sheet(self, table: str) -> Worksheet:
        return self.sheets[table]

    def at(self, table: str, column: str, row: int) -> str:
        header = get(table).column(column).header("zh")
        for cell in self.sheet(table)[HEADER]:
            if str(cell.value).replace("*", "").strip() == header:
                return f"{get_column_letter(cell.column or 1)}{HEADER + 1 + row}"
        raise KeyError(header)

    def get(self, table: str, column: str, row: int) -> Any:
        return self.sheet(table)[self.at(table, column, row)].value

    def put(self, table: str, column: str, row: int, value: Any) -> tuple[str, str]:
        """Returns (sheet, cell)."""
        cell = self.at(table, column, row)
        self.sheet(table)[cell].value = value
        return get(table).zh, cell

    def row(self, table: str, column: str, test: Callable[[Any], bool], start: int = 0) -> int:
        """The first data row from `start` whose value passes."""
        sheet = self.sheet(table)
        for row in range(start, sheet.max_row - HEADER):
            value = self.get(table, column, row)
            if value is not None and test(value):
                return row
        raise LookupError(f"{table}.{column}")


def found(path: Path, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, set[tuple[str, str, str]]]:
    capsys.readouterr()
    code = main(["check", str(path), "--json", *options])
    problems = json.loads(capsys.readouterr().out)["problems"]
    return code, {(p["code"], p["sheet"], p["cell"]) for p in problems}


def _weight_9999(s: Sheets) -> list[tuple[str, str, str]]:
    row = s.row("contract_lines", "weight", lambda w: w == 15)
    first = s.row("contract_lines", "contract", lambda c: c == s.get("contract_lines", "contract", row))
    s.put("contract_lines", "weight", row, 14.99)
    return [("W101", get("contract_lines").zh, s.at("contract_lines", "weight", first))]


def _put(table: str, column: str, row: int, value: Any, *codes: str) -> Callable[[Sheets], list[tuple[str, str, str]]]:
    def breaks(s: Sheets) -> list[tuple[str, str, str]]:
        place = s.put(table, column, row, value)
        return [(code, *place) for code in codes]

    return breaks


def _duplicate_person(s: Sheets) -> list[tuple[str, str, str]]:
    return [("R110", *s.put("people", "person", 5, s.get("people", "person", 4)))]


def _unit_cycle(s: Sheets) -> list[tuple[str, str, str]]:
    """Two departments, each said to be the other's parent."""
    s.put("units", "parent", 2, s.get("units", "unit", 1))
    return [("R120", *s.put("units", "parent", 1, s.get("units", "unit", 2)))]


def _missing_target(s: Sheets) -> list[tuple[str, str, str]]:
    row = s.row("contract_lines", "kpi", lambda kpi: kpi == "F02")
    return [("M102", *s.put("contract_lines", "target", row, None))]


def _threshold_beyond_target(s: Sheets) -> list[tuple[str, str, str]]:
    row = s.row("contract_lines", "threshold", lambda value: isinstance(value, int | float))
    target = s.get("contract_lines", "target", row)
    challenge = s.get("contract_lines", "challenge", row)
    beyond = 2 * target - (s.get("contract_lines", "threshold", row))
    assert challenge is None or beyond != target
    return [("M105", *s.put("contract_lines", "threshold", row, beyond))]


def _overlap(s: Sheets) -> list[tuple[str, str, str]]:
    """A second contract of the same person over the same days."""
    row = s.row("contracts", "contract", lambda c: True, 3)
    holder = s.put("contracts", "holder", row, s.get("contracts", "holder", row - 1))
    return [("C110", holder[0], s.at("contracts", "start", row))]


def _sheet_renamed(s: Sheets) -> list[tuple[str, str, str]]:
    """A sheet of another name is still known by its headers."""
    s.sheet("people").title = "甲乙丙"
    return [("S104", "甲乙丙", s.at("people", "person", -1))]


def _unknown_sheet(s: Sheets) -> list[tuple[str, str, str]]:
    sheet = s.book.create_sheet("随手记")
    sheet["A1"] = "买菜"
    sheet["B2"] = 5
    return [("S103", "随手记", "")]


def _header_lost(s: Sheets) -> list[tuple[str, str, str]]:
    cell = s.at("people", "name", -1)
    s.sheet("people")[cell].value = "张三李四"
    return [("S106", get("people").zh, s.at("people", "person", -1))]


BREAKS: dict[str, tuple[int, Callable[[Sheets], list[tuple[str, str, str]]]]] = {
    "weights 99.99": (1, _weight_9999),
    "text in a number": (1, _put("actuals", "value", 0, "五百多", "V116")),
    "number typed as text": (0, _put("actuals", "value", 0, " 541 ", "V121")),
    "full-width digits": (0, _put("actuals", "value", 0, "５４１", "V122")),
    "thousands": (0, _put("actuals", "value", 0, "1,234", "V122")),
    "unit multiplier": (0, _put("actuals", "value", 0, "12万", "V136")),
    "error cell": (1, _put("actuals", "value", 0, "#DIV/0!", "V104")),
    "boolean in a number": (1, _put("actuals", "value", 0, True, "V102")),
    "duplicate id": (1, _duplicate_person),
    "cycle of units": (1, _unit_cycle),
    "missing target": (1, _missing_target),
    "unknown person": (1, _put("contracts", "holder", 0, "E999999", "R101")),
    "unknown KPI": (1, _put("contract_lines", "kpi", 0, "F0l", "R101")),
    "unknown superior": (1, _put("people", "superior", 3, "没有此人", "R101")),
    "impossible date": (1, _put("contracts", "start", 0, "2025-02-30", "V105")),
    "ambiguous date": (1, _put("contracts", "start", 0, "3/5/2025", "V106")),
    "ends before it starts": (1, _put("contracts", "end", 0, "2024-01-01", "C101")),
    "not an allowed value": (1, _put("kpis", "direction", 0, "越多越好吧", "V108")),
    "required and blank": (1, _put("kpis", "name", 2, None, "V109")),
    "unknown method": (1, _put("kpis", "method", 0, "比率法二", "M101")),
    "threshold beyond target": (1, _threshold_beyond_target),
    "two contracts over the same days": (1, _overlap),
    "weight over 100": (1, _put("contract_lines", "weight", 0, 150, "W103")),
    "negative weight": (1, _put("contract_lines", "weight", 0, -5, "W112")),
    "unknown setting": (1, _put("policy", "key", 0, "权重上线", "P101")),
    "rating outside the scale": (1, _put("kpis", "impact", 0, 7, "W122")),
    "not a period": (1, _put("actuals", "period", 0, "春天", "V107")),
    "sheet renamed": (0, _sheet_renamed),
    "a sheet of something else": (0, _unknown_sheet),
    "a required header lost": (1, _header_lost),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_program(name: str, program: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exit_code, breaks = BREAKS[name]
    book = openpyxl.load_workbook(program)
    expected = breaks(Sheets(book))
    path = tmp_path / "方案.xlsx"
    book.save(path)
    code, problems = found(path, capsys)
    assert set(expected) <= problems, sorted(problems)
    assert code == exit_code, sorted(problems)


def test_the_program_as_made_has_no_errors(program: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert found(program, capsys)[0] == 0


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda path: None, "F101"),
        (lambda path: path.mkdir(), "F102"),
        (lambda path: path.write_text("姓名,得分\n张三,90\n", encoding="utf-8"), "S101"),  # read as text, but no table
        (lambda path: path.write_bytes(b""), "F1"),
        (lambda path: path.write_bytes(b"PK\x03\x04 cut off"), "F1"),
    ],
)
def test_unusable_input_is_one_line_and_exit_2(
    make: Callable[[Path], object], code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "方案.xlsx"
    make(path)
    assert main(["check", str(path)]) == 2
    shown = capsys.readouterr()
    assert shown.out == "" and len(shown.err.strip().splitlines()) == 1 and "方案.xlsx" in shown.err
    exit_code, problems = found(path, capsys)
    assert exit_code == 2 and any(p[0].startswith(code) for p in problems)


def test_truncated(program: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "方案.xlsx"
    path.write_bytes(program.read_bytes()[:20_000])
    assert main(["check", str(path)]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


COMMANDS = {
    "check": ["check", "P", "-o", "R.xlsx"],
    "score": ["score", "P", "-o", "R.xlsx"],
    "weights": ["weights", "P", "-o", "R.xlsx"],
    "cascade": ["cascade", "P", "-o", "R.xlsx"],
    "explain": ["explain", "P", "PERSON"],
    "cascade into": ["cascade", "P", "-o", "R.xlsx", "--into", "R2.xlsx"],
    "documents": ["documents", "contract", "P", "-o", "R", "--draft"],
    "all documents": ["documents", "all", "P", "-o", "R", "--zip", "R.zip", "--draft"],
    "distribute": ["distribute", "P", "-o", "R", "--zip", "--mail", "R.csv"],
    "collect": ["collect", "P", "EMPTY", "-o", "R.xlsx"],
    "relink": ["addin", "relink", "P", "-o", "R.xlsx"],
    "import": ["import", "P", "-o", "R.xlsx"],
    "lambda": ["addin", "lambda", "P", "-o", "R.xlsx"],
}


@pytest.mark.parametrize("command", COMMANDS)
def test_the_input_is_never_changed(
    command: str, program: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By no command, and neither is the time it was changed at."""
    path = Path(shutil.copy(program, tmp_path / "方案.xlsx"))
    before, changed = path.read_bytes(), path.stat().st_mtime_ns
    person = str(sample.program(24)["contracts"].column("holder")[0])
    (tmp_path / "空").mkdir()
    names = {"P": str(path), "PERSON": person, "R": str(tmp_path / "结果"), "EMPTY": str(tmp_path / "空")}
    names |= {f"R{end}": str(tmp_path / f"结果{end}") for end in (".xlsx", "2.xlsx", ".zip", ".csv")}
    main([names.get(word, word) for word in COMMANDS[command]])
    assert capsys.readouterr().out
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (before, changed)
    assert command in ("explain", "import") or any(each.name.startswith("结果") for each in tmp_path.iterdir())


def test_a_marked_copy_begins_with_what_was_found(program: Path, tmp_path: Path) -> None:
    main(["check", str(program), "-o", str(tmp_path / "报告.xlsx")])
    assert openpyxl.load_workbook(tmp_path / "报告.xlsx").sheetnames[0] == "检查结果"
