"""What a look at all lines of a KPI shows is shown of rows on disk, too."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from perfxl import judgement
from perfxl import program as programs
from perfxl.program import load, load_for_papers
from tests.workbook.books import save

CARDS = [
    ["指标编号", "指标名称", "指标类别", "指标性质", "计分方法", "方向"],
    ["K1", "周转天数", "财务", "定量", "功效系数法", None],
    ["K2", "收入", "财务", "定量", "比率法", "越大越好"],
]
# Threshold and target of a line: higher is better, lower is better, nothing said, what is no number.
SIDES = {"higher": (80, 100), "lower": (120, 100), "open": (None, 100), "words": ("见附件", 100)}


def write(path: Path, sides: tuple[str, ...]) -> Path:
    people = [f"E{i}" for i in range(len(sides))]
    lines: list[list[object]] = []
    for i, side in enumerate(sides):  # the first line of a contract is looked at in any case
        lines.append([f"C{i}", "K2", 50, 100, None, None])
        lines.append([f"C{i}", "K1", 50, SIDES[side][1], SIDES[side][0], 130 if side != "lower" else 70])
    return save(
        path,
        {
            "人员": [["工号", "姓名"], *([person, f"人{person}"] for person in people)],
            "指标库": CARDS,
            "合同": [["合同编号", "受约人", "发约人"], *([f"C{i}", person, "E0"] for i, person in enumerate(people))],
            "合同指标": [["合同编号", "指标编号", "权重 (%)", "目标值", "门槛值", "挑战值"], *lines],
        },
    )


@pytest.mark.parametrize("sides", [*permutations(SIDES, 3), ("higher", "higher", "lower", "lower")], ids="-".join)
def test_the_direction_that_thresholds_say(
    sides: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "a.xlsx", sides)
    whole = load(path)[0]
    monkeypatch.setattr(programs, "STORED_FROM", 0)
    monkeypatch.setattr(judgement, "_AT_ONCE", 1)
    stored = load_for_papers(path)[0]
    assert {"contracts", "contract_lines"} <= stored.tables.keys()

    def told(problems: object) -> set[tuple[str, str, str]]:
        return {(each.code, str(each.address), each.message()) for each in problems}  # type: ignore[attr-defined]

    assert told(stored.judgement.problems) == told(whole.judgement.problems)
    assert ("M167" in {each.code for each in whole.judgement.problems}) == ("lower" in sides)
