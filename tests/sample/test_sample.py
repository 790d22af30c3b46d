"""The sample program: the same for the same seed, complete, clean save for what it says, and the worked contracts."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from perfxl.core.checks import run_checks
from perfxl.core.own_methods import check_own_methods
from perfxl.core.policy_reading import read_policy
from perfxl.core.records import Tables
from perfxl.core.schema import Type, all_tables, template_tables
from perfxl.core.scoring.program import score_program
from perfxl.core.values.text import NOT_APPLICABLE
from perfxl.core.weights import Candidate, derive
from perfxl.sample import program
from perfxl.sample.material import POSTS

SIZES = ((12, "zh"), (40, "en"), (120, "zh"), (1000, "en"))
WEIGHTLESS = {"deduct", "bonus", "veto", "monitor"}


@pytest.fixture(scope="module")
def book() -> Tables:
    return program()


@pytest.fixture(scope="module", params=SIZES, ids=str)
def any_book(request: pytest.FixtureRequest) -> Tables:
    size, lang = request.param
    return program(size, lang=lang)


def columns(book: Tables) -> dict[str, dict[str, list[Any]]]:
    return {name: records.columns for name, records in book.items()}


def by_key(book: Tables, table: str) -> dict[str, dict[str, Any]]:
    key = all_tables()[table].key[0]
    return {row[key]: row for row in book[table].records()}


def lines_of(book: Tables, holder: str) -> list[dict[str, Any]]:
    contracts = {row["contract"] for row in book["contracts"].records() if row["holder"] == holder}
    return [row for row in book["contract_lines"].records() if row["contract"] in contracts]


def held_by(book: Tables, post: str) -> list[dict[str, Any]]:
    return lines_of(book, next(row["person"] for row in book["people"].records() if row["post"] == post))


def test_the_same_seed_gives_the_same_program() -> None:
    assert columns(program(60)) == columns(program(60))
    assert columns(program(60, seed=1)) != columns(program(60))


@pytest.mark.parametrize("people", [12, 13, 47, 120, 261, 1000])
def test_exactly_so_many_people(people: int) -> None:
    assert len(program(people)["people"]) == people


def test_fewer_than_the_departments_need_still_makes_a_program() -> None:
    assert len(program(3)["people"]) == 12


# The usual categories do, its contracts were made without the KPIs of posts and agreed as they were proposed, and
# nobody's result is calibrated before it is scored.
LEFT_BLANK = {"categories", "post_kpis", "negotiations", "amendments", "calibrations"}


def test_every_table_is_filled_in_sheet_order(any_book: Tables) -> None:
    assert list(any_book) == [table.name for table in template_tables()]
    assert {name for name, records in any_book.items() if not len(records)} == LEFT_BLANK


def test_every_column_but_those_left_to_the_library_is_used(book: Tables) -> None:
    # The library's figures hold where a contract line has none of its own; nobody has left the company.
    left = {f"contract_lines.{name}" for name in ("k", "unit_step", "floor", "cap", "limit", "full_marks", "note")}
    left |= {f"method_cases.{name}" for name in ("threshold", "challenge", "base", "k", "unit_step", "low", "high")}
    left |= {"method_cases.steps", "method_cases.scale"}  # of methods that look up
    left |= {
        "contract_lines.target_text",
        "kpis.scoring_text",
        "kpis.roll_up",
        "kpis.csf",
        "kpis.required_by",
        "kpis.valid_to",
    }  # what tables of HR's own say in words
    left |= {"kpis.floor", "kpis.cap", "people.end", "appeals.grade"}
    left |= {f"{table}.{name}" for table in LEFT_BLANK for name in book[table].columns}
    left |= {"kpis.floor", "kpis.cap", "people.end", "marks.contract", "method_cases.full_marks"}
    blank = {
        f"{name}.{column}"
        for name, records in book.items()
        for column, values in records.columns.items()
        if all(value is None for value in values)
    }
    assert blank == left


def test_required_cells_are_filled_and_typed(any_book: Tables) -> None:
    types: dict[Type, type | tuple[type, ...]] = {
        Type.NUMBER: float,
        Type.POINTS: float,
        Type.COUNT: float,
        Type.INTEGER: int,
        Type.DATE: date,
        Type.BOOL: bool,
        Type.FIGURE: (float, date, str),
    }
    for name, records in any_book.items():
        for column in records.table.columns:
            values = records.columns[column.name]
            assert not (column.required and None in values), f"{name}.{column.name}"
            given = [value for value in values if value is not None]
            if name != "policy":
                assert all(isinstance(value, types.get(column.type, str)) for value in given), f"{name}.{column.name}"
            if column.type is Type.CHOICE:
                assert set(given) <= {choice.name for choice in column.choices}, f"{name}.{column.name}"


def test_keys_are_unique(any_book: Tables) -> None:
    for name, records in any_book.items():
        if key := records.table.key:
            rows = list(zip(*(records.columns[column] for column in key), strict=True))
            assert len(rows) == len(set(rows)), name


def test_references_resolve(any_book: Tables) -> None:
    for name, records in any_book.items():
        for column in records.table.columns:
            if column.type is Type.REF:
                table, _, key = column.ref.partition(".")
                known = {*any_book[table].columns[key], None}
                assert set(records.columns[column.name]) <= known, f"{name}.{column.name}"


def test_weights_are_whole_and_follow_the_post_type(any_book: Tables) -> None:
    people, contracts = by_key(any_book, "people"), by_key(any_book, "contracts")
    kinds = {kpi: row["kind"] for kpi, row in by_key(any_book, "kpis").items()}
    should: dict[str, dict[str, float]] = defaultdict(dict)
    for row in any_book["category_weights"].records():
        should[row["post_type"]][row["category"]] = row["weight"]
    sums: dict[str, defaultdict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in any_book["contract_lines"].records():
        assert (row["weight"] is None) == (row["derived_weight"] is None) == (kinds[row["kpi"]] in WEIGHTLESS)
        if row["weight"] is not None:
            sums[row["contract"]][row["aspect"]] += Decimal(row["weight"])
    for contract, by_category in sums.items():
        assert sum(by_category.values()) == 100
        post_type = contracts[contract]["post_type"] or people[contracts[contract]["holder"]]["post_type"]
        assert by_category == should[post_type], contract


def test_the_checks_find_what_the_sample_says_and_nothing_else(any_book: Tables) -> None:
    policy, problems = read_policy(any_book)
    policy, more = check_own_methods(any_book, policy)
    found = Counter(problem.code for problem in [*problems, *more, *run_checks(any_book, policy)])
    assert found == {"W104": 9, "W105": 1, "W109": 2, "C160": 1}


def test_every_line_is_scored_without_a_problem(any_book: Tables) -> None:
    _, problems = score_program(any_book, read_policy(any_book)[0])
    assert problems == []


def test_totals_spread_over_the_grades(book: Tables) -> None:
    scores, _ = score_program(book, read_policy(book)[0])
    totals = [total for total in scores.totals.total if total == total]
    assert sum(80 <= total <= 105 for total in totals) > 0.75 * len(totals)
    for low, high in ((90, 121), (80, 90), (70, 80), (60, 70), (0, 60)):
        assert any(low <= total < high for total in totals), (low, high)


def test_derived_weights_are_those_derived_from_the_ratings() -> None:
    book = program(600)  # with branches, so that every profile is there
    kpis, people = by_key(book, "kpis"), by_key(book, "people")
    shares: dict[str, dict[str, float]] = defaultdict(dict)
    for row in book["category_weights"].records():
        shares[row["post_type"]][row["category"]] = row["weight"]
    lines = defaultdict(list)
    for row in book["contract_lines"].records():
        if row["weight"] is not None:
            lines[row["contract"]].append(row)
    by_post = {
        people[row["holder"]]["post"]: (lines[row["contract"]], shares[people[row["holder"]]["post_type"]])
        for row in book["contracts"].records()
        if row["post"] is None
    }
    assert len(by_post) == len(POSTS) - 1  # all but the chair
    for post, (rows, categories) in by_post.items():
        candidates = [
            Candidate(
                row["kpi"],
                row["aspect"],
                *(kpis[row["kpi"]][rating] for rating in ("impact", "controllability", "measurability")),
            )
            for row in rows
        ]
        weighted, problems = derive(candidates, categories)
        assert problems == []
        assert [found.weight for found in weighted] == [row["derived_weight"] for row in rows], post


def test_the_marketing_manager_holds_the_worked_contract(book: Tables) -> None:
    kpis = by_key(book, "kpis")
    lines = held_by(book, "营销公司总经理")
    weighted = [
        (
            kpis[row["kpi"]]["name"],
            row["aspect"],
            *(kpis[row["kpi"]][rating] for rating in ("impact", "controllability", "measurability")),
            row["derived_weight"],
            row["weight"],
        )
        for row in lines
        if row["weight"] is not None
    ]
    assert weighted == [
        ("净营运资产贡献率", "financial", 2, 2, 4, 15, 10),
        ("营销收入", "financial", 4, 2, 4, 20, 25),
        ("预算网络成本贡献率", "financial", 2, 3, 4, 15, 15),
        ("应收帐款周转次数", "financial", 1, 2, 4, 10, 10),
        ("营销成本", "financial", 1, 2, 4, 10, 10),
        ("大客户收入/总收入", "service", 2, 2, 4, 10, 10),
        ("客户满意度", "service", 2, 2, 3, 10, 10),
        ("关键人员流失率", "people", 3, 2, 4, 10, 10),
    ]
    assert {kpis[row["kpi"]]["kind"] for row in lines} >= {"monitor", "deduct", "veto"}


def test_the_strategy_head_holds_the_functional_example(book: Tables) -> None:
    lines = held_by(book, "战略发展部主任")
    by_aspect = defaultdict(list)
    for row in lines:
        if row["weight"] is not None:
            by_aspect[row["aspect"]].append(row["weight"])
    assert by_aspect == {
        "key_task": [10, 12, 4, 6, 8, 6, 4],
        "duty": [8, 4, 8, 10],
        "efficiency": [10, 10],
    }
    kpis = by_key(book, "kpis")
    deducting = [kpis[row["kpi"]]["name"] for row in lines if row["weight"] is None]
    assert deducting == ["重大法律或监管事件", "部门费用超支"]


def test_every_scoring_method_appears(book: Tables) -> None:
    from perfxl.core.rulebook import METHODS

    used = {by_key(book, "kpis")[kpi]["method"] for kpi in book["contract_lines"].columns["kpi"]}
    assert used == {method.zh for method in METHODS} | set(book["methods"].columns["method"])
    cases = Counter(book["method_cases"].columns["method"])
    assert all(cases[method] >= 3 for method in book["methods"].columns["method"])


def test_every_aggregation_and_period_appears(book: Tables) -> None:
    kpis = by_key(book, "kpis")
    used = [kpis[kpi] for kpi in set(book["actuals"].columns["kpi"])]
    assert {row["aggregation"] for row in used} == {"sum", "last", "mean", "max", "min", "ratio"}
    assert {row["period"] for row in used} == {"month", "quarter", "half", "year"}


def test_shares_and_shared_targets_sum_exactly(any_book: Tables) -> None:
    holders = {row["contract"]: row["holder"] for row in any_book["contracts"].records()}
    targets = {(holders[row["contract"]], row["kpi"]): row["target"] for row in any_book["contract_lines"].records()}
    shares: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    below: Counter[tuple[str, str]] = Counter()
    mains: Counter[tuple[str, str]] = Counter()
    for row in any_book["links"].records():
        above = row["owner"], row["kpi"]
        mains[above] += row["responsibility"] == "main"
        if row["mode"] == "share":
            shares[above] += Decimal(str(row["share"]))
            below[above] += targets[row["sub_owner"], row["sub_kpi"]]
        elif row["mode"] == "full":
            assert targets[above] == targets[row["sub_owner"], row["sub_kpi"]]
    assert set(shares.values()) == {100}
    assert all(below[above] == targets[above] for above in below)
    assert set(mains.values()) == {1}


def test_actuals_of_shared_kpis_sum_to_the_superiors(book: Tables) -> None:
    values = {(row["holder"], row["kpi"], row["period"]): row["value"] for row in book["actuals"].records()}
    months = [f"2025-{month:02d}" for month in range(1, 13)]
    below: Counter[tuple[str, str, str]] = Counter()
    for row in book["links"].records():
        if row["mode"] == "share":
            for month in months:
                below[row["owner"], row["kpi"], month] += values[row["sub_owner"], row["sub_kpi"], month]
    assert all(values[above] == total for above, total in below.items())


def test_every_company_kpi_is_carried(any_book: Tables) -> None:
    chair = next(row["person"] for row in any_book["people"].records() if row["superior"] is None)
    top = next(row["holder"] for row in any_book["contracts"].records() if row["issuer"] == chair)
    carried = {row["kpi"] for row in any_book["links"].records() if row["owner"] == top}
    assert {row["kpi"] for row in lines_of(any_book, top) if row["weight"] is not None} == carried


def test_the_unusual_is_there(book: Tables) -> None:
    value = book["actuals"].columns["value"]
    assert None in value and 0.0 in value and NOT_APPLICABLE in value
    holders = Counter(book["contracts"].columns["holder"])
    assert 1 <= sum(count == 2 for count in holders.values()) <= 3
    assert sum(second is not None for second in book["contracts"].columns["second_holder"]) == 1
    assert Counter(book["events"].columns["kind"])["veto"] == 1
    assert set(book["events"].columns["kind"]) == {"deduct", "bonus", "veto"}
    assert set(book["links"].columns["mode"]) == {"full", "share", "support"}
    assert set(book["appeals"].columns["decision"]) == {"open", "upheld", "changed"}
    assert set(book["marks"].columns["relation"]) == {"self", "superior", "peer", "subordinate"}


def test_english_texts_hold_no_chinese() -> None:
    for name, records in program(120, lang="en").items():
        for column, values in records.columns.items():
            for value in values:
                assert not (isinstance(value, str) and any("\u4e00" <= sign <= "\u9fff" for sign in value)), (
                    f"{name}.{column}: {value}"
                )


def test_size_grows_with_the_people() -> None:
    small, large = ({name: len(records) for name, records in program(people).items()} for people in (1000, 4000))
    fixed = {
        "policy", "grade_bands", "category_weights", "holidays", "kpis", "step_tables", "grade_tables", "methods",
        "method_cases", "value_tree", *LEFT_BLANK,
    }  # fmt: skip
    assert {name for name in small if small[name] == large[name]} == fixed
    assert all(3 < large[name] / small[name] < 5.5 for name in small if name not in fixed | {"objectives"})
