"""Explanations: the figures in them recompute to the points and totals, and stand in the cells they name."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from math import prod
from typing import Any

import pytest

from perfxl.core.explain import Explanation, as_dict, as_text_lines, explain
from perfxl.core.explain.facts import ContractExplanation, LineExplanation
from perfxl.core.formula import parse, to_python
from perfxl.core.own_methods import check_own_methods
from perfxl.core.policy_reading import read_policy
from perfxl.core.records import Tables, from_rows
from perfxl.core.rulebook import LIMITED, ROUNDED, tree_of
from perfxl.core.scoring.program import Scores, score_program
from perfxl.core.scoring.scalar import Status
from perfxl.core.values.dates import serial
from perfxl.core.values.numbers import round_half_away
from perfxl.core.values.text import NOT_APPLICABLE
from perfxl.sample import program
from tests.workbook.random_program import program as random_program

LINE = {"contract": "C1", "aspect": "financial"}


def scored(book: Tables) -> Scores:
    policy, _ = check_own_methods(book, read_policy(book)[0])
    return score_program(book, policy)[0]


@pytest.fixture(scope="module", params=["sample", "random", "working days"])
def explained(request: pytest.FixtureRequest) -> tuple[Tables, list[Explanation]]:
    working_days = {"milestone_days": "工作日", "na_rule": "contract", "milestone_early": "是"}
    makers: dict[str, Callable[[], Tables]] = {
        "sample": lambda: program(60, 7),
        "random": lambda: random_program(60, 11),
        "working days": lambda: random_program(60, 12, False, **working_days),
    }
    book = makers[request.param]()
    scores = scored(book)
    return book, [explain(book, scores, person) for person in scores.people]


def lines_of(found: list[Explanation]) -> Iterator[LineExplanation]:
    return (line for each in found for contract in each.contracts for line in contract.lines)


def test_the_figures_put_in_recompute_to_the_points(explained: tuple[Tables, list[Explanation]]) -> None:
    seen = 0
    for line in lines_of(explained[1]):
        if line.status is not Status.SCORED:
            continue
        assert line.rule is not None and line.rule.raw is not None
        raw = to_python(parse(line.rule.applied))({})
        assert raw == pytest.approx(line.rule.raw, rel=1e-9, abs=1e-9)
        limits: dict[str, Any] = (
            {"RAW": raw} if line.adjusts else {"RAW": raw, "FLOOR": line.rule.floor, "CAP": line.rule.cap}
        )
        assert to_python(tree_of(ROUNDED if line.adjusts else LIMITED))(limits) == (
            line.changed.original if line.changed else line.points
        )
        seen += 1
    assert seen > 200


def test_weights_and_points_recompute_to_the_totals(explained: tuple[Tables, list[Explanation]]) -> None:
    official = 0
    for found in explained[1]:
        for contract in found.contracts:
            for line in contract.lines:
                if line.spread:
                    factors = [spread.whole / spread.able for spread in line.spread]
                    assert line.effective == pytest.approx((line.weight or 0.0) * prod(factors))
            if contract.result.total is not None:
                assert contract.result.total == _total(contract, found.total_cap)
                official += 1
        assert found.result.total == _average(found)
    assert official > 10


def _total(contract: ContractExplanation, cap: float) -> float:
    weighted = sum(line.weighted for line in contract.lines if line.weighted is not None)
    adjusted = sum(line.points or 0.0 for line in contract.lines if line.adjusts)
    total = round_half_away(min(cap, max(0.0, round(weighted, 8) + adjusted)))
    return total if contract.veto_total is None else min(total, contract.veto_total)


def _average(found: Explanation) -> float | None:
    contracts = [contract for contract in found.contracts if contract.days > 0]
    totals = [contract.result.total for contract in contracts]
    if not totals or None in totals:
        return None
    days = sum(contract.days for contract in contracts)
    mean = round_half_away(sum(t * c.days for t, c in zip(totals, contracts, strict=True) if t is not None) / days)
    return min([mean, *(c.veto_total for c in contracts if c.veto_total is not None)])


def test_every_figure_stands_in_the_cell_it_names(explained: tuple[Tables, list[Explanation]]) -> None:
    book, found = explained
    cells = {
        (records.sheet, records.address(row, column).cell): value
        for records in book.values()
        for column, values in records.columns.items()
        for row, value in enumerate(values)
    }
    seen = 0
    for line in lines_of(found):
        for figure in line.figures:
            if figure.symbol != "A" and figure.address.cell and not figure.column.startswith("policy."):
                held = cells[figure.address.sheet, figure.address.cell]
                assert held == figure.value or held == pytest.approx(figure.value)
                seen += 1
        for report in line.reports:
            assert cells[report.address.sheet, report.address.cell] == report.value
        for event in line.events:
            assert (cells[event.address.sheet, event.address.cell] or "") == event.fact
    assert seen > 200


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_text_and_json_hold_no_gaps(explained: tuple[Tables, list[Explanation]], lang: str) -> None:
    for found in explained[1]:
        text = "\n".join(as_text_lines(found, lang))
        assert found.name in text and not re.search(r"\b(None|nan|inf)\b", text)
        told = json.loads(json.dumps(as_dict(found, lang), allow_nan=False))
        assert told["total"] == found.result.total
        assert [c["contract"] for c in told["contracts"]] == [c.contract for c in found.contracts]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_rules_are_told_in_words(explained: tuple[Tables, list[Explanation]], lang: str) -> None:
    """As the score notice tells them: no name of the rule book's language, no letter for a figure."""
    for found in explained[1]:
        rules = [
            line for line in as_text_lines(found, lang) if re.match(r" {5}(规则|数据|对照|rule|figures|table) ", line)
        ]
        own = {
            line.method.text
            for contract in found.contracts
            for line in contract.lines
            if line.method and line.method.own
        }
        for told in rules:
            if not any(text in told for text in own):
                assert not re.search(r"STEPS|GRADES|ISNUMBER|\bIF\(|\bA[<>]|[A-Z] [\u4e00-\u9fff]+ =", told), told


def test_a_ratio_is_told_with_numerators_denominators_and_their_cells() -> None:
    found = one_contract(
        [{"method": "非此即彼法", "kind": "quantitative", "unit": "%", "direction": "higher", "aggregation": "ratio"}],
        [{"weight": 100.0, "target": 0.8}],
        actuals=[
            {"holder": "E1", "kpi": "K0", "period": "2025H1", "numerator": 90.0, "denominator": 100.0},
            {"holder": "E1", "kpi": "K0", "period": "2025H2", "numerator": 60.0, "denominator": 100.0},
        ],
    )
    text = "\n".join(as_text_lines(found))
    for told in ("90 ÷ 100 [实绩!E4:F4]", "60 ÷ 100 [实绩!E5:F5]", "→ 150 ÷ 200 = 75%", "实际完成值 75%\n"):
        assert told in text.replace("；", "\n") + "\n"
    assert "[实绩!D" not in text  # nothing stands there


def test_methods_have_names_that_people_read() -> None:
    found = one_contract(
        [{"method": "per_unit", "direction": "higher", "kind": "quantitative", "k": 5.0, "unit_step": 1.0}],
        [{"weight": 100.0, "target": 10.0}],
        actuals=[actual("K0", "2025", 9.0)],
    )
    assert "Per unit (higher)" in "\n".join(as_text_lines(found, "en"))
    assert "加减分法（越大越好）" in "\n".join(as_text_lines(found, "zh"))


def one_contract(kpis: list[dict[str, Any]], lines: list[dict[str, Any]], **more: Any) -> Explanation:
    """Somebody with one contract; each line's KPI has the same place."""
    contract = {"contract": "C1", "holder": "E1", "start": date(2025, 1, 1), "end": date(2025, 12, 31)}
    tables = {
        "people": [{"person": "E1", "name": "张三", "unit": "U1", "post": "经理"}],
        "units": [{"unit": "U1", "name": "营销部"}],
        "contracts": [contract],
        "kpis": [{"kpi": f"K{i}", "name": f"指标{i}", "aggregation": "sum", **kpi} for i, kpi in enumerate(kpis)],
        "contract_lines": [{**LINE, "kpi": f"K{i}", **line} for i, line in enumerate(lines)],
        **more,
    }
    book = {name: from_rows(name, rows, "方案.xlsx") for name, rows in tables.items()}
    return explain(book, scored(book), "E1")


def actual(kpi: str, period: str, value: Any) -> dict[str, Any]:
    return {"holder": "E1", "kpi": kpi, "period": period, "value": value}


@pytest.mark.parametrize(("reported", "total"), [((0.0, 0.0), 90.0), ((0.0, 1.0), 59.0), ((None, 2.0), 59.0)])
def test_a_veto_may_be_reported_as_an_actual(reported: tuple[float | None, float], total: float) -> None:
    found = one_contract(
        [
            {"method": "比率法", "direction": "higher", "kind": "quantitative"},
            {"method": "否决", "kind": "veto", "veto_effect": "limit_total", "limit": 59.0},
        ],
        [{"weight": 100.0, "target": 100.0}, {}],
        actuals=[
            actual("K0", "2025", 90.0),
            *(actual("K1", period, value) for period, value in zip(("2025H1", "2025H2"), reported, strict=True)),
        ],
    )
    assert found.result.total == total
    told = "\n".join(as_text_lines(found))
    assert ("未发生" in told) == (total == 90.0)


def test_a_cap_a_deduction_and_a_veto_are_told() -> None:
    found = one_contract(
        [
            {"method": "比率法", "direction": "higher", "kind": "quantitative"},
            {"method": "减分法", "kind": "deduct", "k": 2.0, "limit": 5.0},
            {"method": "否决", "kind": "veto", "veto_effect": "limit_total", "limit": 59.0},
        ],
        [{"weight": 100.0, "target": 100.0}, {}, {}],
        actuals=[actual("K0", "2025H1", 60.0), actual("K0", "2025H2", 70.0)],
        events=[
            {"holder": "E1", "kpi": "K1", "kind": "deduct", "date": date(2025, 5, 1), "count": 3.0, "fact": "迟报"},
            {"holder": "E1", "kpi": "K2", "kind": "veto", "date": date(2025, 6, 1), "fact": "违规", "source": "审计"},
        ],
    )
    (contract,) = found.contracts
    ratio, deduct, veto = contract.lines
    assert ratio.rule is not None and (ratio.rule.hit, ratio.rule.applied) == ("cap", "100*(1+(130-100)/ABS(100))")
    assert [(r.period, r.value, r.address.cell) for r in ratio.reports] == [
        ("2025H1", 60.0, "D4"),
        ("2025H2", 70.0, "D5"),
    ]
    assert deduct.rule is not None and (deduct.rule.applied, deduct.points) == ("-MIN(5,2*3)", -5.0)
    assert veto.veto is not None and veto.events[0].source == "审计"
    assert (contract.weighted, contract.adjusted, contract.veto_total) == (120.0, -5.0, 59.0)
    assert found.result.total == 59.0
    text = "\n".join(as_text_lines(found))
    for told in ("130 → 120", "迟报", "总分封顶 59", "来源：审计", "[实绩!D4]"):
        assert told in text


def test_weight_that_was_spread_is_told_with_its_givers() -> None:
    ratio = {"method": "比率法", "direction": "higher", "kind": "quantitative"}
    found = one_contract(
        [ratio] * 3,
        [
            {"weight": 20.0, "target": 10.0},
            {"weight": 40.0, "target": 10.0},
            {"weight": 40.0, "target": 1.0, "aspect": "people"},
        ],
        actuals=[actual("K0", "2025", NOT_APPLICABLE), actual("K1", "2025", 9.0), actual("K2", "2025", 1.0)],
    )
    absent, same, other = found.contracts[0].lines
    assert (absent.effective, same.effective, other.effective) == (0.0, 60.0, 40.0)
    assert [(s.scope, s.whole, s.able, s.givers) for s in same.spread] == [("category", 60.0, 40.0, ("指标0",))]
    assert not other.spread
    assert "40 × 60 ÷ 40（同类内“指标0”不适用）" in "\n".join(as_text_lines(found))


def test_a_date_shows_as_one_and_its_days_are_counted() -> None:
    found = one_contract(
        [{"method": "节点法", "kind": "quantitative", "k": 5.0, "aggregation": "last"}],
        [{"weight": 100.0, "target": date(2025, 6, 30)}],
        actuals=[actual("K0", "2025", date(2025, 7, 4))],
    )
    (line,) = found.contracts[0].lines
    assert line.rule is not None and line.rule.applied == "100-5*4"
    text = "\n".join(as_text_lines(found))
    assert "2025-07-04" in text and f"{serial(date(2025, 7, 4)):.0f}" not in text


def test_what_keeps_a_line_from_points_is_told_with_the_way_out() -> None:
    found = one_contract(
        [{"method": "改善法", "kind": "quantitative"}],
        [{"weight": 100.0, "target": 10.0}],
        actuals=[actual("K0", "2025", 9.0)],
    )
    (line,) = found.contracts[0].lines
    assert [problem.code for problem in line.problems] == ["M102"] and line.status is Status.PROBLEM
    assert line.problems[0].message() in "\n".join(as_text_lines(found)) and found.result.total is None


def test_nobody_without_a_contract_is_explained() -> None:
    book = program(20, 1)
    with pytest.raises(KeyError):
        explain(book, scored(book), "E999999")


@pytest.mark.parametrize("unit", ["%", "％", "百分比", "百分数", "percent"])
def test_every_spelling_of_percent_shows_percentages(unit: str) -> None:
    explanation = one_contract(
        [{"method": "比率法", "direction": "higher", "kind": "quantitative", "unit": unit}],
        [{"weight": 100.0, "target": 0.36}],
        actuals=[actual("K0", "2025", 0.45)],
    )
    text = "\n".join(as_text_lines(explanation))
    assert "36%" in text and "45%" in text and "0.36" not in text and "0.45" not in text
