"""What raters' marks make: scoring.md section 5 and the last line of section 7."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfxl.core.official import Standing
from perfxl.core.own_methods import check_own_methods
from perfxl.core.policy_reading import read_policy
from perfxl.core.problems import Problem
from perfxl.core.records import Tables, from_rows
from perfxl.core.scoring.marks import RELATIONS, Mark, combine_marks, read_shares, shown_means
from perfxl.core.scoring.program import Scores, score_program
from perfxl.core.values.text import NOT_APPLICABLE

HALVES = {"self": 30.0, "superior": 70.0}
SHARES: list[dict[str, Any]] = [{"key": "自评占比", "value": "30%"}, {"key": "上级评价占比", "value": "70%"}]


def mark(relation: str | None, value: Any, rater: str | None = None, **more: Any) -> dict[str, Any]:
    return {"ratee": "E1", "relation": relation, "dimension": "K1", "mark": value, "rater": rater, **more}


def program(marks: list[dict[str, Any]], *, policy: list[dict[str, Any]] = SHARES, **kpi: Any) -> Tables:
    """One contract of one KPI that people mark."""
    card = {"kpi": "K1", "name": "团队协作", "category": "people", "kind": "qualitative", "method": "评分法"}
    rows: dict[str, list[dict[str, Any]]] = {
        "policy": policy,
        "people": [{"person": person, "name": f"员工{person}"} for person in ("E1", "E2", "E3", "E4", "E5")],
        "kpis": [{**card, "full_marks": 100.0, **kpi}],
        "contracts": [{"contract": "C1", "holder": "E1", "start": date(2025, 1, 1), "end": date(2025, 12, 31)}],
        "contract_lines": [{"contract": "C1", "kpi": "K1", "weight": 100.0}],
        "marks": marks,
    }
    return {name: from_rows(name, of_table, "方案.xlsx") for name, of_table in rows.items()}


def score(tables: Tables) -> tuple[Scores, list[Problem]]:
    policy, found = check_own_methods(tables, read_policy(tables)[0])
    assert not found
    return score_program(tables, policy)


def outcome(tables: Tables) -> tuple[float | None, Standing, set[tuple[str, str, str]]]:
    """The total, how it stands, and what was found: code, sheet, cell."""
    scores, found = score(tables)
    total = float(scores.totals.total[0])
    places = {(about.code, about.address.sheet, about.address.cell) for about in found}
    return (total if total == total else None), scores.verdicts.people[0].standing, places


WORKED: list[tuple[list[dict[str, Any]], dict[str, Any], float]] = [
    # 0.3 x 90 + 0.7 x 80 = 83
    ([mark("self", 90.0), mark("superior", 80.0)], {}, 83.0),
    # two superiors, their mean first: 0.3 x 90 + 0.7 x (80 + 85) / 2 = 84.75
    ([mark("self", 90.0), mark("superior", 80.0, "E2"), mark("superior", 85.0, "E3")], {}, 84.75),
    # of 5: 0.3 x 5 + 0.7 x 4 = 4.3, 86 points
    ([mark("self", 5.0), mark("superior", 4.0)], {"full_marks": 5.0}, 86.0),
    # of 20: 17 by both, 85 points
    ([mark("self", 17.0), mark("superior", 17.0)], {"full_marks": 20.0}, 85.0),
    # the KPI's own shares: half and half
    ([mark("self", 90.0), mark("superior", 80.0)], {"rater_shares": "自评50%；上级50%"}, 85.0),
    # grades: 优 100, 良 75: 0.3 x 100 + 0.7 x 75 = 82.5; no full marks are needed
    ([mark("self", "优"), mark("superior", "良")], {"full_marks": None}, 82.5),
    # grades of a full mark of 20 beside a number of it: 0.3 x 20 + 0.7 x 16 = 17.2, 86 points
    ([mark("self", "优"), mark("superior", 16.0)], {"full_marks": 20.0}, 86.0),
    # one superior has no opinion
    ([mark("self", 90.0), mark("superior", 80.0, "E2"), mark("superior", NOT_APPLICABLE, "E3")], {}, 83.0),
    # thirds: (80 + 80 + 81) / 3 = 80.3333; 0.3 x 90 + 0.7 x 80.3333 = 83.23
    (
        [
            mark("self", 90.0),
            *(mark("superior", value, rater) for value, rater in ((80.0, "E2"), (80.0, "E3"), (81.0, "E4"))),
        ],
        {},
        83.23,
    ),
]


@pytest.mark.parametrize(("marks", "kpi", "total"), WORKED)
def test_marks_make_the_points(marks: list[dict[str, Any]], kpi: dict[str, Any], total: float) -> None:
    found, standing, problems = outcome(program(marks, **kpi))
    assert (found, standing, problems) == (total, Standing.OFFICIAL, set())


def test_an_absent_relation_is_left_out_and_the_rest_scaled_up() -> None:
    policy: list[dict[str, Any]] = [
        *SHARES[:1],
        {"key": "上级评价占比", "value": 50},
        {"key": "同级评价占比", "value": 20},
    ]
    found, standing, problems = outcome(program([mark("self", 90.0), mark("superior", 80.0)], policy=policy))
    # (30 x 90 + 50 x 80) / 80 = 83.75
    assert (found, standing) == (83.75, Standing.OFFICIAL)
    assert problems == {("M157", "合同指标", "B4")}


def test_without_shares_the_total_is_open_and_one_message_asks_for_them() -> None:
    tables = dict(program([], policy=[]))
    tables["kpis"] = from_rows("kpis", [{**tables["kpis"].record(0), "kpi": kpi} for kpi in ("K1", "K2")])
    tables["contract_lines"] = from_rows(
        "contract_lines", [{"contract": "C1", "kpi": kpi, "weight": 50.0} for kpi in ("K1", "K2")]
    )
    marks = [mark(r, 80.0, dimension=kpi) for kpi in ("K1", "K2") for r in ("self", "superior")]
    tables["marks"] = from_rows("marks", marks)
    scores, found = score(tables)
    assert scores.verdicts.people[0].is_undetermined
    assert (
        scores.verdicts.people[0].reason is not None and scores.verdicts.people[0].reason.name == "rater_shares_missing"
    )
    assert len({(each.name, each.address, each.message()) for each in found}) == 1


def test_one_relation_alone_needs_no_shares() -> None:
    assert outcome(program([mark("superior", 85.0)], policy=[])) == (85.0, Standing.OFFICIAL, set())
    # but one's own mark alone is said to be one
    assert outcome(program([mark("self", 85.0)], policy=[])) == (85.0, Standing.OFFICIAL, {("M159", "合同指标", "B4")})


def test_without_full_marks_the_line_is_open() -> None:
    found, standing, problems = outcome(program([mark("superior", 4.0)], full_marks=None))
    assert (found, standing) == (None, Standing.UNDETERMINED)
    assert [code for code, _, _ in problems if code == "M165"]


WRONG: list[tuple[dict[str, Any], tuple[str, str, str]]] = [
    ({"marks": [mark("superior", 120.0)]}, ("M150", "评价", "E4")),
    ({"marks": [mark("superior", -1.0)]}, ("M150", "评价", "E4")),
    ({"marks": [mark("superior", "棒")]}, ("M152", "评价", "E4")),
    ({"marks": [mark("superior", date(2025, 3, 5))]}, ("M152", "评价", "E4")),
    ({"marks": [mark("superior", 80.0, "E2"), mark("superior", 80.0, "E2")]}, ("M153", "评价", "E5")),
    ({"marks": [mark("superior", 80.0)], "full_marks": 0.0}, ("M151", "合同指标", "R4")),
    ({"marks": [mark("superior", 80.0)], "rater_shares": "自评三成"}, ("M156", "指标库", "R4")),
    ({"marks": [mark("superior", 80.0)], "rater_shares": "自评20 上级70"}, ("M155", "指标库", "R4")),
    ({"marks": [mark("superior", 80.0)], "policy": SHARES[:1]}, ("M155", "参数", "")),
]


@pytest.mark.parametrize(("given", "place"), WRONG)
def test_what_is_wrong_is_named_and_leaves_no_total(given: dict[str, Any], place: tuple[str, str, str]) -> None:
    found, standing, problems = outcome(program(**given))
    code, sheet, _ = place
    assert (found, standing) == (None, Standing.UNDETERMINED)
    if sheet == "指标库":
        assert any(each[:2] == (code, sheet) and each[2] for each in problems)
    else:
        assert place in problems


def test_the_second_mark_names_the_first() -> None:
    _, found = score(program([mark("superior", 80.0, "E2"), mark("superior", 90.0, "E2")]))
    assert [("评价!E4" in each.message()) for each in found if each.name == "mark_repeated"] == [True]


def test_a_mark_not_yet_given_leaves_the_line_pending() -> None:
    tables = program([mark("self", 90.0), mark("superior", None, "E2")])
    assert outcome(tables) == (None, Standing.PROVISIONAL, {("M157", "合同指标", "B4"), ("M159", "合同指标", "B4")})


def test_marks_belong_to_the_contract_they_name_or_else_to_its_days() -> None:
    tables = dict(program([]))
    halves = [(date(2025, 1, 1), date(2025, 6, 30)), (date(2025, 7, 1), date(2025, 12, 31))]
    tables["contracts"] = from_rows(
        "contracts",
        [{"contract": f"C{i}", "holder": "E1", "start": start, "end": end} for i, (start, end) in enumerate(halves, 1)],
    )
    tables["contract_lines"] = from_rows(
        "contract_lines", [{"contract": c, "kpi": "K1", "weight": 100.0} for c in ("C1", "C2")]
    )

    def totals(*marks: dict[str, Any]) -> list[float]:
        tables["marks"] = from_rows("marks", list(marks))
        return [float(each) for each in score(tables)[0].contracts.total]

    named = mark("superior", 80.0, contract="C1", ratee=None), mark("superior", 90.0, contract="C2")
    assert totals(*named) == [80.0, 90.0]
    dated = mark("superior", 80.0, date=date(2025, 6, 1)), mark("superior", 90.0, date=date(2025, 12, 1))
    assert totals(*dated) == [80.0, 90.0]
    assert totals(mark("superior", 70.0)) == [70.0, 70.0]
    assert "mark_counts_in_several" in {each.name for each in score(tables)[1]}


def test_a_percentage_is_a_part_of_the_full_marks() -> None:
    tables = program([mark("superior", 0.85)], full_marks=20.0)
    tables["marks"].percent["mark"] = {0}
    assert outcome(tables)[0] == 85.0


def test_marks_and_a_different_actual_contradict_each_other() -> None:
    tables = dict(program([mark("superior", 80.0)]))
    for value, total in ((80.0, 80.0), (75.0, None)):
        actual = {"holder": "E1", "kpi": "K1", "period": "2025", "value": value}
        tables["actuals"] = from_rows("actuals", [actual])
        assert outcome(tables)[0] == total


SHARE_TEXTS = {
    "自评20%；上级80%": {"self": 20.0, "superior": 80.0},
    "自评：30 上级：70": {"self": 30.0, "superior": 70.0},
    "self 20%, superior 80%": {"self": 20.0, "superior": 80.0},
    "上级70％、同级 20％、下级10": {"superior": 70.0, "peer": 20.0, "subordinate": 10.0},
    "领导 100": {"superior": 100.0},
    "自评20%；自评80%": None,
    "某人20%": None,
    "自评": None,
    "自评20%；上级": None,
}


@pytest.mark.parametrize("text", SHARE_TEXTS)
def test_shares_are_read_as_people_write_them(text: str) -> None:
    assert read_shares(text) == SHARE_TEXTS[text]


MARKS = st.lists(
    st.builds(Mark, st.sampled_from(RELATIONS), st.floats(0, 100).map(lambda x: round(x, 2))), min_size=1, max_size=12
)
FIFTHS = dict.fromkeys(RELATIONS, 20.0)


@given(MARKS, st.randoms(use_true_random=False))
def test_the_order_of_raters_does_not_matter(marks: list[Mark], rng: Any) -> None:
    shuffled = list(marks)
    rng.shuffle(shuffled)
    assert combine_marks(marks, FIFTHS).value == combine_marks(shuffled, FIFTHS).value


@given(st.lists(st.sampled_from(RELATIONS), min_size=1, max_size=9), st.sampled_from([5.0, 20.0, 100.0, 0.3, 33.33]))
def test_full_marks_of_everybody_are_100_points(relations: list[str], full: float) -> None:
    marks = [Mark(relation, full) for relation in relations]
    assert combine_marks(marks, FIFTHS).value == full


@given(MARKS, st.sampled_from(RELATIONS))
def test_leaving_out_a_relation_scales_up_the_rest(marks: list[Mark], left: str) -> None:
    rest = [each for each in marks if each.relation != left]
    combined = combine_marks(rest, FIFTHS)
    if rest:
        means = [each.mean for each in combined.relations]
        assert combined.value == pytest.approx(sum(means) / len(means), abs=1e-9)
        assert left in combined.absent
        assert sum(each.counted for each in combined.relations) == pytest.approx(100)


def test_shares_that_do_not_sum_or_are_missing_give_nothing() -> None:
    marks = [Mark("self", 90.0), Mark("superior", 80.0)]
    assert combine_marks(marks, HALVES).value == 83.0
    assert combine_marks(marks, {}).problem == "rater_shares_missing"
    assert combine_marks(marks, {"self": 30.0, "superior": 60.0}).problem == "rater_shares_sum"
    assert combine_marks(marks, {"self": 0.0, "superior": 100.0}).value == 80.0
    assert combine_marks(marks, {"superior": 100.0}).uncounted == ("self",)


@given(MARKS, st.integers(2, 4))
def test_no_mean_of_few_raters_follows_from_what_is_told(marks: list[Mark], least: int) -> None:
    """The whole and the shown means are sums over the relations' means: none of them is a hidden one's."""
    combined = combine_marks(marks, FIFTHS)
    present = [each.relation for each in combined.relations]
    shown = shown_means(combined, least)
    told = [
        [1.0 if relation in each.relations else 0.0 for relation in present] for each in shown if each.mean is not None
    ]
    told.append([1.0] * len(present))  # the whole: equal shares
    assert sorted(relation for each in shown for relation in each.relations) == sorted(present)
    for at, each in enumerate(combined.relations):
        if each.relation in ("self", "superior") or len(each.marks) >= least or len(present) == 1:
            continue
        alone = [float(i == at) for i in range(len(present))]
        assert np.linalg.matrix_rank([*told, alone]) > np.linalg.matrix_rank(told)


def test_marks_without_a_whole_tell_no_mean_of_few() -> None:
    marks = [Mark("superior", 80.0), Mark("peer", 65.0)]
    assert [each.mean for each in shown_means(combine_marks(marks, {}), 3)] == [None]
    assert [each.mean for each in shown_means(combine_marks(marks[:1], {}), 3)] == [80.0]
