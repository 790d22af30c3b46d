"""Small workbooks whose cells mean something else than they say at first sight: what `check` must say of each."""

from __future__ import annotations

from pathlib import Path

from perfxl.core.problems import Problem, Severity
from perfxl.program import Program, load

CASES = Path(__file__).parent.parent / "data" / "trust"


def checked(name: str) -> tuple[Program, list[Problem]]:
    program, problems = load(CASES / f"{name}.xlsx")
    return program, [*problems, *program.check()]


def errors(problems: list[Problem]) -> dict[str, set[str]]:
    """Code -> where it stands."""
    found: dict[str, set[str]] = {}
    for each in problems:
        if each.severity is Severity.ERROR:
            found.setdefault(each.code, set()).add(each.address.cell or each.address.sheet)
    return found


def test_rows_without_a_contract_are_named_for_each_table() -> None:
    _, problems = checked("no_contracts_sheet_events")
    assert errors(problems) == {"R102": {"合同指标", "目标进度", "实绩", "事件"}}
    counts = {p.table: p.details["count"] for p in problems if p.code == "R102"}
    assert counts == {"contract_lines": 290, "phasing": 36, "actuals": 1111, "events": 4}


def test_three_thirds_are_a_whole_and_default_limits_are_advice() -> None:
    _, problems = checked("thirds")
    assert errors(problems) == {}
    assert {p.code for p in problems} >= {"W103", "W104", "W105"}
    assert not any("E-" in p.message(lang) for p in problems for lang in ("zh", "en"))


def test_a_sum_of_140_stays_an_error() -> None:
    _, problems = checked("weights140")
    assert errors(problems) == {"W101": {"E4"}}


def test_an_excel_tables_totals_row_is_no_kpi() -> None:
    program, problems = checked("table_total_row_huizong")
    assert errors(problems) == {}
    assert program.tables["kpis"].column("name") == ["收入", "满意度"]
    assert [p.address.cell for p in problems if p.code == "S111"] == ["A6"]


def test_ids_are_as_the_person_sees_them() -> None:
    program, problems = checked("leading_zero_ids")
    assert program.tables["people"].column("person") == ["000123"]
    assert errors(problems) == {}


def test_a_percentage_beside_a_plain_number_is_an_error() -> None:
    _, problems = checked("percent_target_plain_actual")
    assert errors(problems) == {"M130": {"J4"}}


def test_a_date_for_a_number_is_an_error() -> None:
    _, problems = checked("date_as_actual")
    assert errors(problems) == {"M106": {"J4"}}


def test_two_people_of_one_name_in_two_departments_are_two() -> None:
    program, problems = checked("same_name_two_departments")
    assert errors(problems) == {}
    people = program.tables["people"]
    assert people.column("name") == ["张三", "张三"]
    assert people.column("unit") == ["销售部", "市场部"]
    assert len(set(people.column("person"))) == 2
    assert program.tables["contract_lines"].column("kpi") == ["收入", "满意度", "活动", "线索"]
