"""The weights of a whole program: derived, agreed and repaired, each finding at its cell, units compared."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest

from perfxl.core.policy import Policy, Share
from perfxl.core.problems import Problem
from perfxl.core.records import from_rows
from perfxl.core.weights.compare import Carried, ComparisonBasis, compare
from perfxl.core.weights.program import ContractWeights, Weighing, weigh
from perfxl.sample import program
from tests.core import clean_program
from tests.core.clean_program import add, line, put

# domain.md section 4.
WORKED_RAW = (13.7, 20.9, 15.2, 10.1, 10.1, 10.3, 9.7, 10.0)
WORKED_IMPORTANCE = (2.30, 3.50, 2.55, 1.70, 1.70, 2.30, 2.15, 2.90)
WORKED_ROUNDED = (15, 20, 15, 10, 10, 10, 10, 10)
WORKED_AGREED = (10, 25, 15, 10, 10, 10, 10, 10)

POLICY = Policy(category_weights={"营销": {"financial": Share(60.0), "service": Share(30.0), "people": Share(10.0)}})


def of(weighing: Weighing, contract: str) -> ContractWeights:
    return next(each for each in weighing.contracts if each.contract == contract)


def cells(problems: Iterable[Problem]) -> list[tuple[str, str, str]]:
    return [(p.code, p.address.sheet, p.address.cell) for p in problems]


def test_worked_example_is_a_contract_of_the_sample() -> None:
    book = program(12)
    shares = {"营销管理": {"financial": Share(70.0), "service": Share(20.0), "people": Share(10.0)}}
    weighing, _ = weigh(book, Policy(category_weights=shares).but(weight_difference=0.0))
    found = next(each for each in weighing.contracts if each.unit == "D01" and each.post_type == "营销管理")
    weighted = [i for i, candidate in enumerate(found.candidates) if candidate.weighted]
    assert [round(found.raw[i] or 0.0, 1) for i in weighted] == list(WORKED_RAW)
    assert [found.importance[i] for i in weighted] == list(WORKED_IMPORTANCE)
    assert [found.derived[i] for i in weighted] == list(WORKED_ROUNDED)
    assert [found.candidates[i].agreed for i in weighted] == list(WORKED_AGREED)
    # Legal as agreed: derived ones only differ, and the two lines that do are noticed.
    assert found.legal and [found.repaired[i] for i in weighted] == list(WORKED_AGREED)
    assert [p.code for p in found.problems] == ["W109", "W109"]
    assert weighing.shares["营销管理"] == {"financial": 70.0, "service": 20.0, "people": 10.0}


def test_clean_program_needs_no_change() -> None:
    weighing, problems = weigh(clean_program.book(), POLICY)
    assert problems == []
    assert [each.contract for each in weighing.contracts if each.legal] == ["C1", "C2"]
    assert {each.total for each in weighing.contracts} == {100.0}
    assert weighing.names.kpis["K1"] == "营销收入" and weighing.names.units["U2"] == "营销部"


def test_illegal_weights_are_found_at_their_cells_and_mended() -> None:
    edits = [
        put("contract_lines", line("C1", "K1"), weight=19.99),
        put("contract_lines", line("C2", "K10"), weight=5.0),
    ]
    weighing, problems = weigh(clean_program.book(*edits), POLICY)
    first, second = of(weighing, "C1"), of(weighing, "C2")
    assert not first.legal and not second.legal
    assert set(cells(first.problems)) == {
        ("W101", "合同指标", "D4"),
        ("W104", "合同指标", "D4"),
        ("W106", "合同指标", "D4"),
    }
    row = 4 + line("C2", "K10")
    assert cells(second.problems) == [("W107", "合同指标", f"D{row}")]
    assert problems == [*first.problems, *second.problems]
    assert [p.message() for p in second.problems] == ["C2 张三 (E3)：“安全事故 (K10)”是扣分指标，不应有权重（现为 5%）"]
    weighted = [weight for weight in first.repaired if weight is not None]
    assert sum(weighted) == 100 and weighted[0] == 20
    assert first.total == 99.99 and second.total == 100


def test_contracts_alike_are_each_addressed() -> None:
    edits = [put("contract_lines", line(contract, "K1"), weight=25.0) for contract in ("C1", "C2")]
    _, problems = weigh(clean_program.book(*edits), POLICY)
    over = [p for p in problems if p.code == "W101"]
    assert cells(over) == [("W101", "合同指标", "D4"), ("W101", "合同指标", "D17")]
    assert [p.details["subject"] for p in over] == ["C1 李梅 (E2)", "C2 张三 (E3)"]


def test_without_category_weights_the_agreed_ones_say_what_a_category_has() -> None:
    weighing, problems = weigh(clean_program.book(), Policy())
    contract = of(weighing, "C1")
    assert problems == [] and contract.post_type == "" and weighing.shares == {}
    assert contract.shares == {"financial": 60.0, "service": 30.0, "people": 10.0}
    assert contract.derived == (None,) * 13


def test_without_category_weights_nothing_is_derived_until_the_agreed_ones_sum_up() -> None:
    rate = [put("kpis", i, impact=3.0, controllability=2.0, measurability=4.0) for i in range(9)]
    weighing, _ = weigh(clean_program.book(*rate), Policy())
    assert sum(weight for weight in of(weighing, "C1").derived if weight is not None) == 100
    weighing, _ = weigh(clean_program.book(*rate, put("contract_lines", 0, weight=19.99)), Policy())
    contract = of(weighing, "C1")
    assert contract.importance[0] == 2.9 and contract.raw[0] is None and contract.shares == {}
    assert {p.code for p in contract.problems} == {"W101", "W104"}


def test_programs_without_lines() -> None:
    assert weigh({}, Policy())[0].contracts == ()
    weighing, problems = weigh({"contract_lines": from_rows("contract_lines", [])}, Policy())
    assert (weighing.contracts, weighing.comparison.kpis, problems) == ((), (), [])


def test_line_without_contract_or_kpi_is_weighed_but_not_compared() -> None:
    book = clean_program.book(add("contract_lines", weight=5.0))
    weighing, problems = weigh(book, POLICY)
    assert [each.contract for each in weighing.contracts] == ["C1", "C2", None]
    assert None not in weighing.comparison.kpis
    assert "W101" in {p.code for p in problems}


@pytest.mark.parametrize(("source", "found"), [("collective", True), (None, True), ("routine", False)])
def test_only_a_shared_kpi_needs_a_main_owner(source: str | None, found: bool) -> None:
    """Two departments carry the same KPI with the same weight."""
    start, end = date(2025, 1, 1), date(2025, 12, 31)
    edits = [
        put("units", 2, parent="U1"),
        put("kpis", 0, source=source),
        add("contracts", contract="C3", holder="E3", issuer="E1", start=start, end=end),
    ]
    weighing, problems = weigh(clean_program.book(*edits), POLICY)
    owners = {owner.unit: owner.role for owner in weighing.comparison.owners("K1")}
    assert owners == dict.fromkeys(("U2", "U3"), "" if found else "own")
    unclear = [p for p in problems if p.code == "W143" and p.details["kpi"] == "营销收入 (K1)"]
    assert [p.details["units"] for p in unclear] == (["营销部 (U2)、大客户组 (U3)"] if found else [])
    assert [p.address.sheet for p in unclear] == ["合同指标"] * found


TREE = ComparisonBasis(parents={"公司": None, "营销": "公司", "一组": "营销", "二组": "营销", "网络": "公司"})


def roles(*carried: tuple[str, float, str | None]) -> tuple[dict[str, str], list[str]]:
    comparison, problems = compare([Carried(unit, "K", weight, role) for unit, weight, role in carried], TREE)
    return {owner.unit: owner.role for owner in comparison.owners("K")}, [p.code for p in problems]


def test_units_above_and_below_an_owner_do_not_compete() -> None:
    found, codes = roles(
        ("公司", 30, None), ("营销", 15, None), ("一组", 25, None), ("二组", 25, None), ("网络", 10, None)
    )
    assert found == {"公司": "in_line", "营销": "main", "一组": "in_line", "二组": "in_line", "网络": "secondary"}
    assert codes == []


def test_a_unit_stated_as_main_competes_wherever_it_stands() -> None:
    found, codes = roles(("营销", 15, None), ("一组", 10, "main"))
    assert found == {"营销": "secondary", "一组": "main"} and codes == ["W142"]


def test_the_company_alone_is_its_own_owner() -> None:
    assert roles(("公司", 30, None)) == ({"公司": "main"}, [])
    assert roles(("一组", 20, None), ("二组", 20, None)) == ({"一组": "", "二组": ""}, ["W143"])


def test_units_in_a_cycle_end() -> None:
    comparison, _ = compare(
        [Carried("a", "K", 10), Carried("b", "K", 5)], ComparisonBasis(parents={"a": "b", "b": "a", "c": None})
    )
    assert {owner.unit for owner in comparison.owners("K")} == {"a", "b"}
