"""Problems as lines to show: worst first, equal ones together, no cell of an error left out."""

from __future__ import annotations

from perfxl.core.problem_table import group_problems
from perfxl.core.problems import Address, Problem, problem


def at(name: str, cell: str, sheet: str = "实绩", **details: object) -> Problem:
    return problem(name, Address("p.xlsx", sheet, cell), table="actuals", column="value", **details)


def test_equal_problems_of_a_sheet_are_one_line_with_count_and_cells() -> None:
    wrong = [at("number_with_unit", f"D{row}", value="95abc") for row in range(4, 44)]
    other = at("number_with_unit", "D50", value="7x")
    notices = [at("marks_not_used", f"A{row}", count=row) for row in range(4, 10)]
    groups = group_problems([*notices, *wrong, other])
    assert [len(group.problems) for group in groups] == [40, 1, 6]
    assert [group.first for group in groups] == [wrong[0], other, notices[0]]
    shown = groups[0].message("zh")
    assert "40" in shown and all(each.address.cell in shown for each in wrong)
    assert groups[1].message("zh") == other.message("zh")
    assert "A4, A5, A6 …" in groups[2].message("en") and "A7" not in groups[2].message("en")


def test_sheets_are_told_apart() -> None:
    problems = [at("number_with_unit", "D4", sheet, value="x") for sheet in ("实绩", "合同指标")]
    assert [group.first for group in group_problems(problems)] == problems
