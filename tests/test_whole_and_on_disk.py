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


@pytest.mark.parametrize(
    ("event", "open_people"),
    [
        (["E0", "V1", "否决", "2025-03-05", 1, "事"], set()),  # known whose it is: he is vetoed
        (["E9", "V1", "否决", "2025-03-05", 1, "事"], {0, 1}),
        ([None, "V1", "否决", "2025-03-05", 1, "事"], {0, 1}),
        ([None, "V2", "否决", "2025-03-05", 1, "事"], set()),  # nobody's contract holds it
        (["E9", "没有", "否决", "2025-03-05", 1, "事"], {0, 1, 2}),
        (["E0", "V2", "否决", "2025-03-05", 1, "事"], set()),  # a warning: not agreed, so it counts for nobody
    ],
)
def test_an_event_of_nobody_may_be_of_whoever_holds_its_kpi(
    event: list[object], open_people: set[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A veto whose ID was mistyped left the one that it was meant for with an official total."""
    vetoes = [[kpi, kpi, "财务", "否决", "否决", None] for kpi in ("V1", "V2")]
    lines = [[f"C{i}", "K2", 100, 100] for i in range(3)] + [[f"C{i}", "V1", None, None] for i in (0, 1)]
    path = save(
        tmp_path / "a.xlsx",
        {
            "参数": [["参数名称", "值"], ["单项权重上限", "100%"]],
            "组织": [["单位编号", "单位名称"], ["D", "公司"]],
            "人员": [["工号", "姓名", "所属单位", "岗位"], *([f"E{i}", f"人{i}", "D", "岗"] for i in range(3))],
            "指标库": [*CARDS, *vetoes],
            "合同": [["合同编号", "受约人", "发约人", "生效日期", "截止日期"]]
            + [[f"C{i}", f"E{i}", f"E{(i + 1) % 3}", "2025-01-01", "2025-12-31"] for i in range(3)],
            "合同指标": [["合同编号", "指标编号", "权重 (%)", "目标值"], *lines],
            "实绩": [["工号", "指标编号", "期间", "实际完成值"], *([f"E{i}", "K2", "2025", 90] for i in range(3))],
            "事件": [["工号", "指标编号", "类型", "日期", "次数", "事实"], event],
        },
    )
    whole = load(path)[0]
    verdicts = whole.score()[0].verdicts.people
    assert {i for i, verdict in enumerate(verdicts) if verdict.standing != "official"} == open_people
    monkeypatch.setattr(programs, "STORED_FROM", 0)
    monkeypatch.setattr(judgement, "_AT_ONCE", 1)
    stored = load_for_papers(path)[0]
    assert {*stored.judgement.results} == {*whole.judgement.results} == {f"C{i}" for i in open_people}
    codes = [{each.code for each in program.judgement.problems} for program in (whole, stored)]
    assert codes[0] == codes[1] and ("C304" in codes[0]) == (event[0] != "E0")
