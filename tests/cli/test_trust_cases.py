"""Every small workbook that once went wrong, through every command: the same problems, exit and totals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from perfxl.cli import main
from perfxl.core.problems import Problem, Severity
from perfxl.excel.functions import FUNCTIONS
from perfxl.program import Program, load
from perfxl.ribbon.jobs import JOBS
from perfxl.ribbon.request import Request

CASES = Path(__file__).parent.parent / "data" / "trust"
NOTHING_FOUND = "没有发现问题"
Captured = pytest.CaptureFixture[str]
Place = tuple[str, str, str]


class Wanted(NamedTuple):
    """What `check` must give: the exit, errors that must be among its own (code, sheet, cell), and which person has
    which official total, as far as it is stated; "*": nobody has one."""

    exit: int
    errors: frozenset[Place] = frozenset()
    official: dict[str, float] | None = None


WANTED: dict[str, Wanted] = {
    "actual_twice_summed": Wanted(1, frozenset({("M117", "实绩", "D9")}), {}),
    "backslash_zip": Wanted(0),
    "dangling_comments_relation": Wanted(1, frozenset({("W101", "业绩合同", "F4"), ("V117", "业绩合同", "F6")}), {}),
    "date_as_actual": Wanted(1, frozenset({("M106", "业绩合同", "J4")}), {}),
    "leading_zero_ids": Wanted(0),
    "lone_without_issuer": Wanted(0),
    "multi8_far_cells": Wanted(2, frozenset({("F111", "S0", "Z1000000")})),
    "no_contracts_sheet_events": Wanted(
        1, frozenset(("R102", sheet, "") for sheet in ("事件", "合同指标", "实绩", "目标进度")), {}
    ),
    "part_name_case": Wanted(0, frozenset(), {}),
    "percent_target_plain_actual": Wanted(1, frozenset({("M130", "业绩合同", "J4")}), {}),
    "period_ends_outside_contract": Wanted(0),
    "same_name_two_departments": Wanted(0),
    "score_IndexError": Wanted(1, frozenset({("V109", "事件", "A4")}), {}),
    "stray_XFD1_in_each_sheet": Wanted(0),
    "table_total_row_huizong": Wanted(0),
    "thirds": Wanted(0),
    "unreadable_actuals": Wanted(1, frozenset({("V117", "实绩", "D10")})),
    "unreadable_cells_documents": Wanted(1, frozenset({("V101", "合同指标", "D5"), ("V116", "实绩", "D6")}), {}),
    "weights140": Wanted(1, frozenset({("W101", "业绩合同", "E4")}), {}),
    "workbook22": Wanted(0),
}


def test_every_case_is_here() -> None:
    assert {path.stem for path in CASES.glob("*.xlsx")} == WANTED.keys()


def errors(problems: list[dict[str, Any]]) -> set[Place]:
    return {(p["code"], p["sheet"], p["cell"]) for p in problems if p["severity"] == "error"}


def places(problems: list[Problem]) -> set[Place]:
    return errors([each.as_dict("zh") for each in problems])


def holders(program: Program) -> list[str]:
    contracts = program.tables.get("contracts") if program.usable else None
    return [str(holder) for holder in contracts.column("holder")] if contracts else []


@pytest.mark.parametrize("name", WANTED)
def test_every_command_says_what_check_says(name: str, tmp_path: Path, capsys: Captured) -> None:
    path, wanted = str(CASES / f"{name}.xlsx"), WANTED[name]
    program = load(path)[0]
    found = places(program.all_problems()) if program.usable else places(program.problems)
    assert wanted.errors <= found
    person = next(iter(holders(program)), "")
    commands = {
        "check": ["check", path],
        "score": ["score", path, "-o", str(tmp_path / "s.xlsx")],
        "weights": ["weights", path, "-o", str(tmp_path / "w.xlsx")],
        "cascade": ["cascade", path, "-o", str(tmp_path / "c.xlsx")],
        "import": ["import", path, "-o", str(tmp_path / "i.xlsx")],
        "explain": ["explain", path, person or "E1"],
    }
    for command, arguments in commands.items():
        capsys.readouterr()
        code = main([*arguments, "--json"])
        told = json.loads(capsys.readouterr().out)
        nobody = command == "explain" and not person
        assert code == (2 if nobody else wanted.exit), command
        if command == "explain":  # and what is wrong with the person alone, of a large file
            assert found <= errors(told["problems"]), command
        elif command == "import":  # of the program that was made, where an unreadable figure is a text and is compared
            assert {place[1:] for place in found} <= {place[1:] for place in errors(told["problems"])}
        else:
            assert errors(told["problems"]) == found, command
    for kind in ("contract", "notice"):
        code = main(["documents", kind, path, "-o", str(tmp_path / kind)])
        said = "".join(capsys.readouterr())
        assert code == wanted.exit, (kind, said)
        missing = [code for code, *_ in wanted.errors if code not in said]
        assert not missing or wanted.exit == 2, kind  # a file that is refused is refused in one line, without a code
        assert not (found and NOTHING_FOUND in said), kind
    for job in ("check", "score") if program.usable else ():
        pressed = JOBS[job](Request(Path(path), tmp_path / f"ribbon-{job}", "zh"))
        assert places(list(pressed.problems)) == found, job


@pytest.mark.parametrize("name", [name for name, wanted in WANTED.items() if wanted.exit == 1])
def test_nobody_says_that_nothing_is_wrong(name: str, tmp_path: Path, capsys: Captured) -> None:
    path = str(CASES / f"{name}.xlsx")
    for command in ("check", "score", "weights", "cascade", "import"):
        where = [] if command == "check" else ["-o", str(tmp_path / f"{command}.xlsx")]
        assert main([command, path, *where]) == 1
        said = "".join(capsys.readouterr())
        assert NOTHING_FOUND not in said, command
        assert not [place for place in WANTED[name].errors if place[0] not in said], command


@pytest.mark.parametrize("name", WANTED)
def test_every_message_quotes_what_it_is_about(name: str) -> None:
    """“” is not a number: F01 stood at the KPI of a line whose reports could not be read."""
    said = [f"{each.message('zh')} {each.message('en')}" for each in load(CASES / f"{name}.xlsx")[0].all_problems()]
    assert not [text for text in said if "“”" in text]


@pytest.mark.parametrize("name", [name for name, wanted in WANTED.items() if wanted.official is not None])
def test_no_total_is_official(name: str, tmp_path: Path) -> None:
    program = load(CASES / f"{name}.xlsx")[0]
    scores, _ = program.score()
    standings = {str(verdict.standing.name) for verdict in scores.verdicts.people}
    assert "OFFICIAL" not in standings
    problems = [each for each in program.all_problems() if each.severity is Severity.ERROR]
    assert bool(problems) == bool(WANTED[name].errors)


@pytest.mark.parametrize("name", ["weights140", "date_as_actual", "actual_twice_summed"])
def test_a_range_has_no_total_either(name: str) -> None:
    """The same cells asked about in a worksheet; of a program, which a range cannot hold, its sheet of lines."""
    from perfxl.workbook.files import open_workbook
    from perfxl.workbook.reading.grids import read_grids

    package, _ = open_workbook(CASES / f"{name}.xlsx")
    assert package is not None
    for grid in read_grids(package)[0]:
        rows = [[None if cell == "" else cell for cell in row] for row in grid.rows]
        answer = FUNCTIONS["PX_TOTALS"].call(rows) if rows else []
        shown = [row[1] for row in answer[1:]] if len(answer) > 1 else []
        assert not [total for total in shown if isinstance(total, float)], (grid.name, answer)
