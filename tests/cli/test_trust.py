"""Small workbooks that once went wrong without a word, through the real command line: what each must give."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import perfxl.program
from perfxl.cli import main
from perfxl.ribbon.jobs import JOBS
from perfxl.ribbon.request import Request
from tests.workbook.books import save

CASES = Path(__file__).parent.parent / "data" / "trust"

Captured = pytest.CaptureFixture[str]


def run(capsys: Captured, *arguments: str) -> tuple[int, str]:
    """Exit code and what was printed."""
    code = main(list(arguments))
    printed = capsys.readouterr()
    assert "Traceback" not in printed.out + printed.err
    return code, printed.out + printed.err


def run_json(capsys: Captured, *arguments: str) -> tuple[int, dict[str, Any]]:
    code = main([*arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def score(capsys: Captured, tmp_path: Path, name: str) -> tuple[int, dict[str, Any]]:
    return run_json(capsys, "score", str(CASES / f"{name}.xlsx"), "-o", str(tmp_path / "score.xlsx"))


def at(result: dict[str, Any], code: str) -> set[str]:
    """Where the problems of a code stand: sheet!cell."""
    return {f"{p['sheet']}!{p['cell']}" for p in result["problems"] if p["code"] == code}


def totals(result: dict[str, Any]) -> dict[str, tuple[bool, float | None]]:
    """Person -> official, total."""
    return {contract["person"]: (contract["official"], contract["total"]) for contract in result["contracts"]}


@pytest.mark.parametrize(
    ("name", "code", "cells"),
    [
        ("weights140", "W101", {"业绩合同!E4"}),
        ("date_as_actual", "M106", {"业绩合同!J4"}),
        ("percent_target_plain_actual", "M130", {"业绩合同!J4"}),
        ("score_IndexError", "V109", {"事件!A4"}),
    ],
)
def test_the_problem_stands_at_its_cell_in_every_command(
    name: str, code: str, cells: set[str], tmp_path: Path, capsys: Captured
) -> None:
    path = str(CASES / f"{name}.xlsx")
    for command in (["check", path], ["score", path, "-o", str(tmp_path / "s.xlsx")]):
        exit_code, result = run_json(capsys, *command)
        assert exit_code == 1
        assert cells <= at(result, code), command
    assert run(capsys, "documents", "notice", path, "-o", str(tmp_path / "papers"))[0] == 1


@pytest.mark.parametrize("name", ["weights140", "date_as_actual", "percent_target_plain_actual", "actual_twice_summed"])
def test_what_is_wrong_has_no_official_total(name: str, tmp_path: Path, capsys: Captured) -> None:
    exit_code, result = score(capsys, tmp_path, name)
    assert exit_code == 1
    assert all(not official and total is None for official, total in totals(result).values())
    assert all(contract["grade"] is None for contract in result["contracts"])
    run(capsys, "documents", "notice", str(CASES / f"{name}.xlsx"), "-o", str(tmp_path / "papers"))
    assert not list((tmp_path / "papers").rglob("*.docx"))


def test_an_actual_reported_twice_names_both_cells(tmp_path: Path, capsys: Captured) -> None:
    code, result = score(capsys, tmp_path, "actual_twice_summed")
    twice = [p for p in result["problems"] if p["severity"] == "error" and p["sheet"] == "实绩"]
    assert code == 1
    assert any("实绩!D4" in p["message"] and p["cell"].endswith("9") for p in twice)


def test_a_totals_row_under_another_word_is_no_kpi(tmp_path: Path, capsys: Captured) -> None:
    code, result = score(capsys, tmp_path, "table_total_row_huizong")
    (contract,) = result["contracts"]
    assert (code, contract["official"], contract["total"]) == (0, True, 92.0)
    assert [line["kpi"] for line in contract["lines"]] == ["收入", "满意度"]


def test_ids_are_as_the_person_sees_them(tmp_path: Path, capsys: Captured) -> None:
    _, result = score(capsys, tmp_path, "leading_zero_ids")
    assert [contract["person"] for contract in result["contracts"]] == ["000123"]
    assert at(result, "W101") == set()


def test_two_people_of_one_name_in_two_departments_are_two(tmp_path: Path, capsys: Captured) -> None:
    _, result = score(capsys, tmp_path, "same_name_two_departments")
    assert [(contract["name"], contract["unit"]) for contract in result["contracts"]] == [
        ("张三", "销售部"),
        ("张三", "市场部"),
    ]
    assert at(result, "W101") == set()


def test_three_thirds_are_a_whole(capsys: Captured, tmp_path: Path) -> None:
    code, result = run_json(capsys, "check", str(CASES / "thirds.xlsx"))
    assert code == 0
    assert not [p for p in result["problems"] if p["severity"] == "error"]
    assert "E-" not in run(capsys, "check", str(CASES / "thirds.xlsx"))[1]


@pytest.mark.parametrize("name", ["workbook22", "backslash_zip", "lone_without_issuer"])
def test_odd_but_sound_files_are_read_and_papers_made(name: str, tmp_path: Path, capsys: Captured) -> None:
    code, result = score(capsys, tmp_path, name)
    assert result["contracts"] and code in (0, 1)
    assert not [p for p in result["problems"] if p["code"].startswith("F")]
    code, printed = run(capsys, "documents", "contract", str(CASES / f"{name}.xlsx"), "-o", str(tmp_path / "papers"))
    assert list((tmp_path / "papers").rglob("*.docx")), printed


def test_a_sheet_whose_part_is_written_in_another_case_is_read(capsys: Captured) -> None:
    from perfxl.program import load

    assert "people" in load(CASES / "part_name_case.xlsx")[0].tables


def test_rows_that_find_no_contract_are_named_for_each_table(capsys: Captured, tmp_path: Path) -> None:
    code, result = run_json(capsys, "check", str(CASES / "no_contracts_sheet_events.xlsx"))
    assert code == 1
    named = {p["sheet"] for p in result["problems"] if p["severity"] == "error"}
    assert {"合同指标", "实绩", "事件"} <= named
    assert len([p for p in result["problems"] if p["severity"] == "error"]) < 10


@pytest.mark.parametrize("command", ["score", "weights", "explain", "documents contract", "documents notice"])
@pytest.mark.parametrize("name", ["unreadable_actuals", "unreadable_cells_documents"])
def test_every_command_lists_the_cells_that_could_not_be_read(
    name: str, command: str, tmp_path: Path, capsys: Captured
) -> None:
    path = str(CASES / f"{name}.xlsx")
    cells = at(run_json(capsys, "check", path)[1], "V117" if name == "unreadable_actuals" else "V101")
    verb, *kind = command.split()
    where = [] if verb == "explain" else ["-o", str(tmp_path / ("papers" if kind else "out.xlsx"))]
    who = [_first_person(path)] if verb == "explain" else []
    code, printed = run(capsys, verb, *kind, path, *who, *where)
    assert code == 1
    assert all(cell.split("!")[1] in printed for cell in cells)


def _first_person(path: str) -> str:
    from perfxl.program import load

    return str(load(path)[0].tables["contracts"].column("holder")[0])


def test_no_contract_is_printed_where_its_lines_are_unreadable(tmp_path: Path, capsys: Captured) -> None:
    path = str(CASES / "unreadable_cells_documents.xlsx")
    run(capsys, "documents", "contract", path, "-o", str(tmp_path / "papers"))
    assert not list((tmp_path / "papers").rglob("*.docx"))
    run(capsys, "documents", "contract", path, "-o", str(tmp_path / "drafts"), "--draft")
    assert list((tmp_path / "drafts").rglob("*.docx"))


def test_no_notice_is_printed_where_actuals_are_unreadable(tmp_path: Path, capsys: Captured) -> None:
    path = str(CASES / "unreadable_actuals.xlsx")
    _, result = score(capsys, tmp_path, "unreadable_actuals")
    undetermined = {contract["person"] for contract in result["contracts"] if contract["standing"] == "undetermined"}
    code, _ = run(capsys, "documents", "notice", path, "-o", str(tmp_path / "papers"))
    papers = [p.name for p in (tmp_path / "papers").rglob("*.docx")]
    assert code == 1
    assert undetermined
    assert not {name.split(" ")[0] for name in papers} & undetermined


def test_quarters_that_cross_a_contracts_end_count_with_a_notice(tmp_path: Path, capsys: Captured) -> None:
    _, result = score(capsys, tmp_path, "period_ends_outside_contract")
    pending = [line for contract in result["contracts"] for line in contract["lines"] if line["points"] is None]
    assert not pending or result["problems"]
    assert [p for p in result["problems"] if p["sheet"] == "实绩" and p["severity"] == "notice"]


def test_a_marked_copy_is_made_of_a_file_with_a_dangling_relation(tmp_path: Path, capsys: Captured) -> None:
    out = tmp_path / "checked.xlsx"
    run(capsys, "check", str(CASES / "dangling_comments_relation.xlsx"), "-o", str(out))
    assert out.exists()


@pytest.mark.skipif(not Path("/proc").exists(), reason="memory is read from /proc")
def test_far_cells_cost_one_line_and_little_memory(tmp_path: Path) -> None:
    # VmHWM: ru_maxrss also holds the peak of whoever started the process. Its own workers began small.
    code = "import resource, sys; from perfxl.cli import main; code = main(sys.argv[1:]); "
    code += "own = int(open('/proc/self/status').read().split('VmHWM:')[1].split()[0]); "
    code += "print(code, own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code, "check", str(CASES / "multi8_far_cells.xlsx")], capture_output=True, text=True
    )
    exit_code, *memory = done.stderr.strip().splitlines()[-1].split()
    assert exit_code == "2"
    assert max(map(int, memory)) < 300 * 1024
    assert len((done.stdout + done.stderr).strip().splitlines()) <= 3


def shared_contract(path: Path, told: str) -> Path:
    """A contract of E1 and E2 and one of E3, with something told of E2, or of one KPI of both, that counts nowhere."""
    kpis = [f"K{i}" for i in range(1, 6)]
    actual: list[list[Any]] = [[person, kpi, "2025", 95] for person in ("E1", "E3") for kpi in kpis]
    sheets: dict[str, list[list[Any]]] = {
        "人员": [["工号", "姓名", "岗位", "所属单位"], *([f"E{i}", f"张{i}", "经理", None] for i in range(4))],
        "指标库": [
            ["指标编号", "指标名称", "指标类别", "指标性质", "计分方法", "方向", "汇总方式", "每单位分值"],
            *([kpi, f"指标{kpi}", "财务", "定量", "比率法", "越大越好", "累计", None] for kpi in kpis),
            ["D", "事故", "质量", "扣分", "扣分", None, None, 2],
        ],
        "合同": [
            ["合同编号", "受约人", "共同受约人", "发约人", "生效日期", "截止日期"],
            ["C1", "E1", "E2", "E0", "2025-01-01", "2025-12-31"],
            ["C2", "E3", None, "E0", "2025-01-01", "2025-12-31"],
        ],
        "合同指标": [
            ["合同编号", "指标编号", "权重", "目标值"],
            *([contract, kpi, 20, 100] for contract in ("C1", "C2") for kpi in kpis),
            ["C1", "D", None, None],
        ],
        "实绩": [["工号", "指标编号", "期间", "实际完成值"], *actual],
    }
    if told == "actual":
        sheets["实绩"].append(["E2", "K1", "2025", 80])
    elif told == "event":
        events: list[list[Any]] = [
            ["工号", "指标编号", "类型", "日期", "次数", "事实"],
            ["E2", "D", "扣分", "2025-03-01", 1, "迟报"],
        ]
        sheets["事件"] = events
    elif told == "appeal":
        header: list[Any] = ["申诉编号", "工号", "指标编号", "申诉日期", "申诉理由", "处理决定"]
        header += ["变更后得分", "决定人", "决定日期"]
        row: list[Any] = ["S1", "E1", "K1", "2026-01-05", "少计", "变更结果", 99, "E0", "2026-01-08"]
        sheets["申诉"] = [header, row]
    return save(path, sheets)


@pytest.mark.parametrize("stored_from", [0, 2**40])
@pytest.mark.parametrize(
    ("told", "where"),
    [
        ("actual", ("C147", "实绩", "A12")),
        ("event", ("C147", "事件", "A2")),
        ("appeal", ("C204", "申诉", "C2")),
        ("nothing", None),
    ],
)
def test_what_counts_nowhere_of_a_shared_contract_is_shown_by_all(
    told: str,
    where: tuple[str, str, str] | None,
    stored_from: int,
    tmp_path: Path,
    capsys: Captured,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And neither holder has an official result, while others have theirs."""
    monkeypatch.setattr(perfxl.program, "STORED_FROM", stored_from)
    path = str(shared_contract(tmp_path / "方案.xlsx", told))
    wanted, code = [where] if where else [], 1 if where else 0
    official = {"C1": not where, "C2": True}
    for command in (["check", path], ["score", path, "-o", str(tmp_path / "得分.xlsx")]):
        given, answer = run_json(capsys, *command)
        assert (given, errors_of(answer["problems"])) == (code, wanted)
        assert {each["contract"]: each["official"] for each in answer["contracts"]} == official
    for person in ("E1", "E2"):
        given, answer = run_json(capsys, "explain", path, person)
        assert (given, errors_of(answer["problems"])) == (code, wanted)
        assert (answer["total"] is None) == bool(where)
    given, shown = run(capsys, "documents", "notice", path, "-o", str(tmp_path / "通知"))
    assert given == code and all(one[0] in shown and one[2] in shown for one in wanted)
    assert len(list((tmp_path / "通知").rglob("*.docx"))) == (1 if where else 3)
    found = JOBS["score"](Request(Path(path), tmp_path / "按钮", "zh")).problems
    assert errors_of([each.as_dict("zh") for each in found]) == wanted
    assert all(each.hint("zh") and each.hint("en") for each in found if each.code == (where or ("",))[0])


def errors_of(problems: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(p["code"], p["sheet"], p["cell"]) for p in problems if p["severity"] == "error"]
