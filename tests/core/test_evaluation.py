"""Quotas of grades as whole people, and what raters' marks show, against figures worked out by hand or from tables."""

from __future__ import annotations

import random
from math import isnan

import pytest

from perfxl.core.evaluation.distribution import Rated, distribute, pool_units
from perfxl.core.evaluation.rater_errors import Mark, Ratee, find_errors
from perfxl.core.evaluation.rounding import largest_remainder, round_table
from perfxl.core.evaluation.statistics import beta_below, f_below, false_discovery, t_above

GRADES = ("A", "B", "C", "D")


def people(*totals: float, unit: str = "", grade: str = "B") -> list[Rated]:
    return [Rated(total, grade, unit) for total in totals]


# Rounding


def test_largest_remainders_go_up_the_first_of_equal_ones() -> None:
    assert largest_remainder([1.4, 2.8, 3.8], 8) == [1, 3, 4]
    assert largest_remainder([0.5, 0.5, 1.0], 2) == [1, 0, 1]


@pytest.mark.parametrize("seed", range(60))
def test_rounding_keeps_each_pools_size_and_the_companys_quota(seed: int) -> None:
    draw = random.Random(seed)
    shares = draw.choice(([20, 35, 30, 15], [10, 20, 40, 20, 10], [33.3, 33.3, 33.4], [5, 95]))
    table = [[share * size / 100 for share in shares] for size in draw.choices(range(1, 60), k=draw.randint(1, 40))]
    whole = round_table(table)
    assert all(
        abs(figure - share) < 1
        for row, of in zip(whole, table, strict=True)
        for figure, share in zip(row, of, strict=True)
    )
    assert [sum(row) for row in whole] == [round(sum(row)) for row in table]
    columns = [sum(column) for column in zip(*table, strict=True)]
    assert [sum(column) for column in zip(*whole, strict=True)] == largest_remainder(columns, round(sum(columns)))


# Distribution


def test_shares_rank_people_in_their_pool() -> None:
    placed, quotas = distribute(people(96, 95, 93, 91, 85), GRADES, {"A": 20, "B": 60, "C": 20})
    assert [each.grade for each in placed] == ["A", "B", "B", "B", "C"]
    assert quotas[0].counts == (1, 3, 1, 0)


def test_equals_on_a_boundary_are_shown_and_not_chosen() -> None:
    placed, _ = distribute(people(96, 95, 95, 80, 70), GRADES, {"A": 40, "B": 40, "C": 20})
    assert [(each.grade, each.choices) for each in placed[:3]] == [("A", ()), ("", ("A", "B")), ("", ("A", "B"))]
    assert [each.grade for each in placed[3:]] == ["B", "C"]


def test_who_is_outside_keeps_the_grade_and_takes_no_quota() -> None:
    staff = [Rated(99, "A", outside=True), Rated(None, ""), *people(90, 80, 70, 60, 50)]
    placed, quotas = distribute(staff, GRADES, {"A": 20, "B": 60, "D": 20})
    assert [each.grade for each in placed] == ["A", "", "A", "B", "B", "B", "D"]
    assert quotas[0].people == 5


def test_small_units_are_pooled_below_the_one_above() -> None:
    parents = {"甲": "生产", "乙": "生产", "丙": "生产", "生产": "公司", "财务": "公司", "公司": None}
    units = ["甲"] * 2 + ["乙"] * 3 + ["丙"] * 8 + ["财务"] * 2
    assert pool_units(units, parents, 5) == {"甲": "生产", "乙": "生产", "丙": "丙", "财务": "公司"}
    # A pool that is still too small goes on up.
    assert pool_units(["甲", "乙", "财务"], parents, 5) == {"甲": "公司", "乙": "公司", "财务": "公司"}
    assert pool_units(["甲", "乙", *["丙"] * 5], {}, 5) == {"甲": "", "乙": "", "丙": "丙"}
    assert pool_units(["甲"], {"甲": "乙", "乙": "甲"}, 5)  # units in a circle come to an end


def test_pools_of_several_units_keep_the_companys_quota() -> None:
    staff = [one for unit in "甲乙丙丁" for one in people(*range(100, 93, -1), unit=unit)]
    _, quotas = distribute(staff, GRADES, {"A": 20, "B": 50, "C": 20, "D": 10})
    whole = [sum(counts) for counts in zip(*(each.counts for each in quotas), strict=True)]
    assert whole == [6, 14, 5, 3]  # of 5.6, 14, 5.6, 2.8
    assert all(sum(each.counts) == 7 for each in quotas)


def test_a_units_own_shares_move_its_quota() -> None:
    staff = people(*range(100, 90, -1), unit="甲") + people(*range(100, 90, -1), unit="乙")
    shares = {"A": 20, "B": 60, "C": 20}
    _, quotas = distribute(staff, GRADES, shares, of_units={"甲": {"A": 30, "B": 60, "C": 10}})
    assert [each.counts for each in quotas] == [(3, 6, 1, 0), (2, 6, 2, 0)]


def test_within_limits_earned_grades_are_kept() -> None:
    staff = [Rated(total, "A" if total >= 90 else "B" if total >= 80 else "C") for total in range(99, 79, -1)]
    placed, quotas = distribute(staff, GRADES, {"A": (None, 20), "C+D": (10, None)})  # ten earned A, ten B
    assert quotas[0].counts == (4, 14, 2, 0)
    kept, _ = distribute(staff, GRADES, {"A": (None, 60), "D": (0, 10)})
    assert [each.grade for each in kept] == [one.grade for one in staff]
    assert [each.grade for each in placed[:5]] == ["A"] * 4 + ["B"]


@pytest.mark.parametrize(
    "quotas",
    [
        *({"A": 20, "B": 70}, {"A": 120, "B": -20}, {"Z": 100}),
        *({"A": (50, None), "B+C+D": (60, None)}, {"A+C": (1, None)}, {"B+C": (1, 5)}),
    ],
)
def test_quotas_that_cannot_hold_are_refused(quotas: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="/"):
        distribute(people(90, 80, 70, 60), GRADES, quotas)  # type: ignore[arg-type]


# Statistics


def test_probabilities_are_those_of_the_tables() -> None:
    assert t_above(2.228, 10) == pytest.approx(0.025, abs=1e-5)
    assert t_above(-2.228, 10) == pytest.approx(0.975, abs=1e-5)
    assert t_above(1.645, 1e6) == pytest.approx(0.05, abs=1e-4)
    assert f_below(4.74, 2, 7) == pytest.approx(0.95, abs=1e-3)
    assert f_below(3.33, 5, 10) == pytest.approx(0.95, abs=1e-3)
    assert beta_below(0.5, 3, 3) == pytest.approx(0.5)


def test_false_discoveries_are_those_of_the_worked_example() -> None:
    """Four tests: p x 4 / rank, never less than that of a larger p."""
    assert false_discovery([0.01, 0.04, 0.03, 0.5]) == pytest.approx([0.04, 4 * 0.04 / 3, 4 * 0.04 / 3, 0.5])
    assert isnan(false_discovery([float("nan"), 0.2])[0]) and false_discovery([float("nan"), 0.2])[1] == 0.2


# Rater errors

STAFF = [f"E{i}" for i in range(12)]


def marks_of(rater: str, level: object, *, seed: int, noise: float = 2.0, kpis: str = "甲乙丙") -> list[Mark]:
    """Marks at each one's level, with an error of each mark."""
    draw = random.Random(seed)
    assert callable(level)
    return [
        Mark(rater, e, kpi, level(i, at) + draw.gauss(0, noise))
        for i, e in enumerate(STAFF)
        for at, kpi in enumerate(kpis)
    ]


def fair(i: int, at: int) -> float:
    return 60 + 2.5 * i + 5 * ((i * 7 + at * 5) % 4)


def flagged(
    marks: list[Mark], known: dict[str, Ratee] | None = None, groups: dict[str, str] | None = None
) -> set[tuple[str, str]]:
    return {(each.rater, each.error.name) for each in find_errors(marks, known, groups) if each.discovery <= 0.01}


THREE_FAIR = [mark for seed, rater in enumerate(("张", "王", "李")) for mark in marks_of(rater, fair, seed=seed)]


def test_fair_raters_show_nothing() -> None:
    assert not flagged(THREE_FAIR)


def test_one_who_is_lenient_or_severe() -> None:
    marks = [*THREE_FAIR, *marks_of("宽", lambda i, at: fair(i, at) + 10, seed=9)]
    assert ("宽", "leniency") in flagged(marks)
    value = next(each.value for each in find_errors(marks) if (each.rater, each.error.name) == ("宽", "leniency"))
    assert value == pytest.approx(10, abs=1.5)


def test_one_who_marks_all_alike() -> None:
    marks = [*THREE_FAIR, *marks_of("平", lambda i, at: 80 + 5 * (at - 1), seed=9, noise=1)]
    assert ("平", "central_tendency") in flagged(marks)


def test_one_who_marks_a_persons_kpis_alike() -> None:
    marks = [*THREE_FAIR, *marks_of("晕", lambda i, at: fair(i, 0), seed=9, noise=0.5)]
    assert ("晕", "halo") in flagged(marks)


def test_one_who_favours_a_group_the_own_group_or_the_old() -> None:
    known = {e: Ratee("男" if i % 2 else "女", tenure=float((i * 5) % 12)) for i, e in enumerate(STAFF)}
    by_group = [*THREE_FAIR, *marks_of("偏", lambda i, at: fair(i, at) + 8 * (i % 2), seed=9)]
    assert flagged(by_group, known) >= {("偏", "stereotype")}
    assert ("偏", "similar_to_me") in flagged(by_group, known, {"偏": "男", "张": "男"})
    assert ("张", "similar_to_me") not in flagged(by_group, known, {"偏": "男", "张": "男"})
    by_tenure = [*THREE_FAIR, *marks_of("资", lambda i, at: fair(i, at) + 2 * ((i * 5) % 12), seed=9)]
    assert ("资", "substitution") in flagged(by_tenure, known)


def test_one_who_remembers_the_last_month() -> None:
    known = {e: Ratee(result=fair(i, 0), last_month=50 + 37 * (i * i % 11) % 41) for i, e in enumerate(STAFF)}
    marks = [*THREE_FAIR, *marks_of("近", lambda i, at: float(known[STAFF[i]].last_month or 0), seed=9)]
    assert ("近", "recency") in flagged(marks, known)
    assert not {rater for rater, error in flagged(marks, known) if error == "recency"} - {"近"}


def test_few_people_give_a_value_and_no_chance() -> None:
    marks = [Mark(rater, e, "甲", value) for rater, value in (("张", 60.0), ("宽", 90.0)) for e in STAFF[:3]]
    found = [each for each in find_errors(marks) if each.error.name == "leniency"]
    assert [(each.rater, each.value, each.sample) for each in found] == [("张", -30.0, 3), ("宽", 30.0, 3)]
    assert all(isnan(each.chance) and isnan(each.discovery) for each in found)


def test_who_shares_nobody_with_others_is_not_judged() -> None:
    assert not find_errors([Mark("张", e, "甲", 60.0) for e in STAFF])
