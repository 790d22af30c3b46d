"""Raters' marks in every host: a workbook read whole and from disk, worksheet functions, DataFrames, explanations."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from perfxl import frames
from perfxl.core import explain
from perfxl.core.explain import as_dict
from perfxl.core.policy import Policy
from perfxl.core.records import from_rows
from perfxl.core.scoring.program import score_program
from perfxl.documents.papers import KINDS
from perfxl.documents.papers.contexts import Contexts
from perfxl.excel.cells import Failure
from perfxl.excel.rating import score_marks
from perfxl.excel.settings import read_policy_ranges
from perfxl.judgement import judge, judge_scored
from perfxl.program import from_tables, load
from perfxl.table_store import TableStore
from perfxl.workbook.program.book import write_program
from perfxl.workbook.score.book import write_scores

POLICY = Policy().but(share_self=20.0, share_superior=50.0, share_peer=30.0)
PEERS = [("peer", 70.0, "E3"), ("peer", 60.0, "E4"), ("peer", 80.0, "E5")]
GIVEN = [("self", 90.0, "E1"), ("superior", 80.0, "E2"), *PEERS]
POINTS = 79.0  # 0.2 x 90 + 0.5 x 80 + 0.3 x 70


def tables(given: list[tuple[str, Any, str]] = GIVEN, **kpi: Any) -> dict[str, Any]:
    card = {"kpi": "K1", "name": "协作", "category": "people", "kind": "qualitative", "method": "评分法"}
    shares = [
        ("自评占比", "20%"),
        ("上级评价占比", "50%"),
        ("同级评价占比", "30%"),
        ("单项权重上限", "100%"),
        ("指标数下限", 1),
    ]
    rows: dict[str, list[dict[str, Any]]] = {
        "policy": [{"key": key, "value": value} for key, value in shares],
        "units": [{"unit": "U1", "name": "公司", "head": "E2"}],
        "people": [
            {"person": f"E{i}", "name": f"员工{i}", "unit": "U1", "post": "员工", "superior": None if i == 2 else "E2"}
            for i in range(1, 6)
        ],
        "kpis": [{**card, "full_marks": 100.0, **kpi}],
        "contracts": [
            {"contract": "C1", "holder": "E1", "issuer": "E2", "start": date(2025, 1, 1), "end": date(2025, 12, 31)}
        ],
        "contract_lines": [{"contract": "C1", "kpi": "K1", "weight": 100.0}],
        "marks": [
            {"rater": rater, "ratee": "E1", "relation": relation, "dimension": "协作", "mark": value}
            for relation, value, rater in given
        ],
    }
    return {name: from_rows(name, of_table, "方案.xlsx") for name, of_table in rows.items()}


def test_a_program_in_memory_and_on_disk_judge_marks_alike() -> None:
    for given in (GIVEN, [*GIVEN, ("peer", 120.0, "E2")], [*GIVEN, ("peer", 75.0, "E5")]):
        held = tables(given)
        program, _ = from_tables(held)
        store = TableStore()
        for records in held.values():
            store.add(records)
        store.finish()
        whole = judge_scored(program.tables, [*program.problems, *program.check()], *program.score())
        sliced = judge(store, program.policy, program.problems)
        assert dict(whole.results) == dict(sliced.results)
        assert {(p.code, p.address) for p in whole.problems} == {(p.code, p.address) for p in sliced.problems}
        assert bool(whole.results) == (given != GIVEN)


@pytest.mark.parametrize("given", [GIVEN, [*GIVEN, ("peer", 120.0, "E3")]], ids=["sound", "off the scale"])
@pytest.mark.parametrize("at_once", [1, 500])
def test_marks_of_either_holder_count_wherever_people_are_judged(
    at_once: int, given: list[tuple[str, Any, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """E4 holds a contract with E1, and all marks of it are about E4, who is judged with others."""
    held = tables()
    year = {"issuer": "E2", "start": date(2025, 1, 1), "end": date(2025, 12, 31)}
    contracts = [{"contract": "C1", "holder": "E1", "second_holder": "E4", **year}]
    swapped = {"E1": "E4", "E4": "E1"}
    marks = [
        {"rater": swapped.get(rater, rater), "ratee": "E4", "relation": relation, "dimension": "协作", "mark": value}
        for relation, value, rater in given
    ]
    of_table = {"contracts": contracts, "marks": marks}
    held |= {name: from_rows(name, rows, "方案.xlsx") for name, rows in of_table.items()}
    program, _ = from_tables(held)
    store = TableStore()
    for records in held.values():
        store.add(records)
    store.finish()
    scores, _ = program.score()
    whole = judge_scored(program.tables, [*program.problems, *program.check()], *program.score())
    monkeypatch.setattr("perfxl.judgement._AT_ONCE", at_once)
    sliced = judge(store, program.policy, program.problems)
    assert sliced.totals is not None
    totals = sliced.totals.of(scores.people).total.tolist()
    assert str(totals) == str(scores.totals.total.tolist()) and (totals == [POINTS, POINTS]) == (given == GIVEN)
    assert whole.results.keys() == sliced.results.keys() == (set() if given == GIVEN else {"C1"})
    assert {(p.code, p.address) for p in whole.problems} == {(p.code, p.address) for p in sliced.problems}


def test_a_workbook_with_marks_is_read_and_scored(tmp_path: Path) -> None:
    path = tmp_path / "方案.xlsx"
    write_program(path, tables())
    scores, _ = load(path)[0].score()
    assert scores.totals.total.tolist() == [POINTS]


def test_an_explanation_names_superiors_and_no_peers() -> None:
    held = tables()
    program, _ = from_tables(held)
    line = explain.explain(held, program.score()[0], "E1").contracts[0].lines[0]
    assert [(r.relations, r.size, r.mean, r.counted) for r in line.raters] == [
        (("self",), 1, 90.0, 20.0),
        (("superior",), 1, 80.0, 50.0),
        (("peer",), 3, 70.0, 30.0),
    ]
    text = "\n".join(explain.as_text_lines(explain.explain(held, program.score()[0], "E1")))
    assert "员工2 80 [评价!E5]" in text and "3 人，平均 70" in text
    assert not any(word in text for word in ("员工3", "员工4", "员工5", "评价!E6", "评价!E7", "评价!E8"))


def test_few_peers_are_told_together_with_the_superior() -> None:
    """Their mean apart, 65, would follow from the total and the superior's mark."""
    held = tables(GIVEN[:4])
    scores, _ = score_program(held, POLICY)
    explanation = explain.explain(held, scores, "E1")
    (line,) = as_dict(explanation)["contracts"][0]["lines"]
    # (50 x 80 + 30 x 65) / 80 = 74.375
    assert [(r["relations"], r["count"], r["mean"], r["counted"]) for r in line["raters"]] == [
        (["self"], 1, 90.0, 20.0),
        (["superior", "peer"], 3, 74.375, 80.0),
    ]
    assert [[mark["mark"] for mark in r["marks"]] for r in line["raters"]] == [[90.0], []]
    assert not {"65", "员工2", "员工3"} & set(
        re.findall(r"员工\d|\b65\b", "\n".join(explain.as_text_lines(explanation)))
    )


def test_a_notice_and_a_score_book_show_the_means_that_may_be_told(tmp_path: Path) -> None:
    held = tables(GIVEN[:4])
    program, _ = from_tables(held)
    scores, problems = program.score()
    contexts = Contexts(held, program.policy, "zh")
    (line,) = KINDS["notice"].context(contexts, "E1")["contracts"][0]["lines"]
    said = "自评 90（20%）", "上级、同级 74.38（80%）"
    assert all(text in line["calculation"] for text in said) and "65" not in line["calculation"]
    path = tmp_path / "得分.xlsx"
    write_scores(path, held, scores, "zh", problems=problems)
    cells = [str(cell.value) for sheet in openpyxl.load_workbook(path) for row in sheet.rows for cell in row]
    assert "评分法\n" + "\n".join(said) in cells
    assert not any("上级 80" in cell or "同级 65" in cell for cell in cells)


def test_frames_score_marks() -> None:
    lines = pd.DataFrame(
        [{"person": "甲", "kpi": "K1", "method": "评分法", "weight": 100, "full_marks": 100, "actual": None}]
    )
    rows = [{"person": "甲", "kpi": "K1", "relation": r, "mark": m, "rater": who} for r, m, who in GIVEN]
    scored = frames.score_contracts(lines, policy=POLICY, marks=pd.DataFrame(rows))
    assert scored.total.tolist() == [POINTS] and scored.reason.tolist() == [""]
    unshared = frames.score_contracts(lines, marks=pd.DataFrame(rows))
    assert unshared.total.isna().all() and "M154" in unshared.reason[0]
    odd = pd.DataFrame([*rows, {"person": "甲", "kpi": "K1", "relation": "邻居", "mark": 60}])
    assert frames.score_contracts(lines, policy=POLICY, marks=odd).total.isna().all()
    no_scale = frames.score_contracts(lines.drop(columns="full_marks"), policy=POLICY, marks=pd.DataFrame(rows))
    assert no_scale.total.isna().all() and "M165" in no_scale.reason[0]


CELLS = {
    "marks": [[90.0], [80.0], [70.0], [60.0], [80.0], [""]],
    "relations": [["自评"], ["上级"], ["同级"], ["peer"], ["同事"], [""]],
    "full_marks": 100.0,
    "shares": "自评20%；上级50%；同级30%",
}


@pytest.mark.parametrize(
    "shares",
    [
        CELLS["shares"],
        [["自评", 0.2], ["上级", 0.5], ["同级", 0.3]],
        [["self", 20.0], ["superior", 50.0], ["peer", "30%"]],
    ],
)
def test_cells_score_marks(shares: Any) -> None:
    assert score_marks({**CELLS, "shares": shares}, read_policy_ranges()).points == POINTS


WRONG_CELLS: list[tuple[dict[str, Any], str]] = [
    ({"shares": None}, "M154"),
    ({"shares": "自评20%；上级50%"}, "M155"),
    ({"shares": "三成"}, "M156"),
    ({"full_marks": 80.0}, "M150"),
    ({"marks": [[0.9], [0.8], [0.7], [0.6], [0.8], [""]]}, "X134"),
    ({"relations": [["上级"]]}, "X133"),
]


@pytest.mark.parametrize(("cells", "code"), WRONG_CELLS)
def test_cells_that_cannot_be_scored_say_why(cells: dict[str, Any], code: str) -> None:
    with pytest.raises(Failure) as raised:
        score_marks({**CELLS, **cells}, read_policy_ranges())
    assert code in {about.code for about in raised.value.problems}
