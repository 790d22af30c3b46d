"""Which company KPIs are carried by whom."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from perfxl.core.cascade import EXEMPT, HELD, LINKED, NOBODY, Cascade, cascade, manner, state_label, summary_rows
from perfxl.core.checks.links import check_links
from perfxl.core.policy import Policy
from perfxl.core.records import Records, from_rows
from perfxl.sample import program
from tests.core import clean_program
from tests.core.clean_program import END, START, Edit, add, put, without

HEAD: list[Edit] = [
    put("units", 0, head="E1"),
    add("contracts", contract="C0", holder="E1", issuer="E1", start=START, end=END),
    *(add("contract_lines", contract="C0", kpi=kpi, weight=weight) for kpi, weight in (("K1", 60.0), ("K4", 40.0))),
    add("contract_lines", contract="C0", kpi="K10"),
    add("contract_lines", contract="C0", kpi="K14", weight=0.0),
    add("links", kpi="K1", owner="E1", sub_kpi="K1", sub_owner="E2", mode="share", share=60.0, responsibility="main"),
    add("links", kpi="K1", owner="E1", sub_kpi="K2", sub_owner="E3", mode="share", share=40.0),
]


def company(*edits: Edit) -> Cascade:
    found, problems = cascade(clean_program.book(*HEAD, *edits))
    assert problems == []
    return found


def test_links_from_the_head_of_the_root_unit() -> None:
    found = company()
    revenue = found.kpis[0]
    assert (revenue.kpi, revenue.owner, revenue.kind, revenue.state) == ("K1", "E1", "quantitative", LINKED)
    assert [(c.kpi, c.owner, c.unit, c.mode, c.share, c.responsibility) for c in revenue.carriers] == [
        ("K1", "E2", "U2", "share", 60.0, "main"),
        ("K2", "E3", "U3", "share", 40.0, None),
    ]
    assert found.names.units[revenue.carriers[0].unit] == "营销部"


def test_the_same_kpi_below_counts_where_no_link_says_so() -> None:
    """Only direct subordinates' contracts: E2 reports to the head, E3 to E2."""
    satisfaction = company().kpis[1]
    assert satisfaction.state == HELD
    assert [(c.owner, c.mode) for c in satisfaction.carriers] == [("E2", "")]


def test_who_has_no_superior_typed_reports_to_the_head_of_the_unit_here_too() -> None:
    """Blank superiors were nobody's reports: what they hold was said to be carried by nobody."""
    satisfaction = company(put("people", 1, superior=None)).kpis[1]
    assert [(c.owner, c.mode) for c in satisfaction.carriers] == [("E2", "")]


def test_states() -> None:
    found = company()
    assert {kpi.kpi: kpi.state for kpi in found.kpis} == {"K1": LINKED, "K4": HELD, "K10": EXEMPT, "K14": NOBODY}
    assert found.carried == 3
    monitored = company(put("kpis", 13, verdict="monitor"))
    assert monitored.kpis[3].state == EXEMPT


def test_units_one_level_down_and_all_that_carry() -> None:
    assert company().units == ("U2", "U3")
    apart = company(add("units", unit="U4", name="财务部", parent="U1"))
    assert apart.units == ("U2", "U3", "U4")


def test_programs_that_say_nothing_of_a_company() -> None:
    for edits in ((), (without("units"),), (without("people"),), (without("links", "contracts"),)):
        book = clean_program.book(*edits)
        assert cascade(book)[0].kpis == ()
    assert cascade({})[0].units == ()
    found, _ = cascade(clean_program.book(*HEAD, without("links", "people")))
    assert [kpi.state for kpi in found.kpis] == [NOBODY, NOBODY, EXEMPT, NOBODY]


@pytest.mark.parametrize(
    ("code", "place", "edits"),
    [
        ("C220", "人员", (without("units"),)),
        ("C221", "组织!C4", (put("units", 0, parent="U2"),)),
        ("C222", "组织!D4", ()),
        ("C223", "组织!D4", (put("units", 0, head="E1"),)),
        (
            "C224",
            "合同!A6",
            (
                put("units", 0, head="E1"),
                add("contracts", contract="C0", holder="E1", issuer="E1", start=START, end=END),
            ),
        ),
    ],
)
def test_an_empty_cascade_says_why(code: str, place: str, edits: Sequence[Edit]) -> None:
    found, (why,) = cascade(clean_program.book(*edits))
    assert found.kpis == () and (why.code, why.address.place) == (code, place)
    assert why.message("zh") and why.hint("en")


def test_summary_rows_name_everything_in_words() -> None:
    assert summary_rows(company(), "zh") == [
        ("营销收入", "王总", "李梅 · 营销部 · 营销收入", "分摊 60% 主要"),
        ("", "", "张三 · 大客户组 · 营销成本", "分摊 40%"),
        ("客户满意度", "王总", "李梅 · 营销部 · 客户满意度", "同一指标"),
        ("安全事故", "王总", "李梅 · 营销部 · 安全事故", "同一指标"),
        ("旧指标", "王总", "无人承接", ""),
    ]
    english = summary_rows(company(), "en")
    assert english[0][3] == "share 60% main" and english[-1][2] == "carried by nobody"


def test_the_sample_carries_every_company_kpi_that_has_weight() -> None:
    for lang in ("zh", "en"):
        found, _ = cascade(program(24, lang=lang))
        assert {kpi.state for kpi in found.kpis} <= {LINKED, EXEMPT}
        assert len(found.kpis) > 5 and all(manner(c, lang) for kpi in found.kpis for c in kpi.carriers)
        assert all(state_label(kpi.state, lang) for kpi in found.kpis)


def test_without_links_it_says_that_nothing_was_judged() -> None:
    """Who holds the same KPI is shown; shares and targets are nobody's word."""
    rows = program_of_two()
    assert [p.name for p in cascade(rows)[1]] == ["cascade_without_links"]
    link = {"kpi": "K", "owner": "A", "sub_kpi": "K", "sub_owner": "B", "mode": "full"}
    assert cascade({**rows, "links": from_rows("links", [link])})[1] == []


@pytest.mark.parametrize(
    ("unit", "mode", "expected"), [("%", "share", ["E4"]), ("万元", "share", []), ("%", "full", [])]
)
def test_a_rate_divided_by_shares_is_named(unit: str, mode: str, expected: list[str]) -> None:
    link = {"kpi": "K", "owner": "A", "sub_kpi": "K", "sub_owner": "B", "mode": mode}
    rows = program_of_two(unit) | {"links": from_rows("links", [link | ({"share": 100.0} if mode == "share" else {})])}
    found = [p.address.cell for p in check_links(rows, Policy()) if p.name == "link_rate_divided"]
    assert found == expected


def program_of_two(unit: str = "万元") -> dict[str, Records]:
    return {
        "units": from_rows("units", [{"unit": "U", "name": "公司", "head": "A"}]),
        "people": from_rows("people", [{"person": "A", "unit": "U"}, {"person": "B", "unit": "U", "superior": "A"}]),
        "kpis": from_rows("kpis", [{"kpi": "K", "name": "毛利率", "unit": unit}]),
        "contracts": from_rows("contracts", [{"contract": p, "holder": p} for p in "AB"]),
        "contract_lines": from_rows("contract_lines", [{"contract": p, "kpi": "K", "target": 0.3} for p in "AB"]),
    }
