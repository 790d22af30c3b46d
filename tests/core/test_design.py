"""The rules of the design methods: a sound program is silent, each planted fault is named at its cell, and alone."""

from __future__ import annotations

import pytest

from perfxl.core.checks import run_checks
from perfxl.core.checks.wording import holds_figure, is_slogan, states_action
from perfxl.core.policy_reading import read_policy
from perfxl.core.problems import Severity
from tests.core.clean_program import Edit, add, book, put

# Every objective of the clean program with its three CSFs, and KPIs that name the CSF they measure.
CSFS = {
    0: ("盈利能力", "成本预算管理", "渠道建设"),
    1: ("客户保有", "需求响应", "综合方案"),
    2: ("交付及时性", "计划排产", "供应商协同"),
    3: ("骨干稳定性", "岗位技能培训", "后备人才"),
    4: ("客户满意度", "窗口服务", "投诉处理"),
}
SOUND: tuple[Edit, ...] = (
    *(
        put("objectives", i, csf_result=result, csf_action_1=first, csf_action_2=second)
        for i, (result, first, second) in CSFS.items()
    ),
    put("kpis", 3, csf="客户保有"),
    put("kpis", 4, objective="O2", csf="需求响应"),
    put("kpis", 11, objective="O2", csf="综合方案"),
)

CASES: list[tuple[str, tuple[str, int, str], tuple[Edit, ...]]] = [
    ("R210", ("objectives", 1, "text"), (put("objectives", 1, text="大客户忠诚度"),)),
    ("R210", ("objectives", 1, "text"), (put("objectives", 1, text="Loyal customers"),)),
    ("R211", ("objectives", 1, "text"), (put("objectives", 1, text="不断提高管理水平"),)),
    ("R211", ("objectives", 1, "text"), (put("objectives", 1, text="做大做强，争创一流"),)),
    ("R211", ("objectives", 1, "text"), (put("objectives", 1, text="Continuously improve our performance"),)),
    (
        "R212",
        ("objectives", 11, "unit"),
        (
            put("units", 2, head="E2"),
            *(add("objectives", objective=f"N{i}", parent="O2", unit="U2", text="提高产量") for i in range(4)),
            *(add("objectives", objective=f"M{i}", parent="O2", unit="U3", text="提高产量") for i in range(3)),
        ),
    ),
    (
        "R213",
        ("objectives", 3, "csf_result"),
        (put("objectives", 3, **dict.fromkeys(("csf_result", "csf_action_1", "csf_action_2"))),),
    ),
    ("R134", ("objectives", 3, "csf_action_1"), (put("objectives", 3, csf_action_1=None),)),
    ("R134", ("objectives", 3, "csf_action_1"), (put("objectives", 3, csf_action_1=None, csf_action_2=None),)),
    (
        "R214",
        ("objectives", 4, "csf_result"),
        (put("objectives", 4, csf_result="收入规模", csf_action_1="费用预算", csf_action_2="应收帐款管理"),),
    ),
    ("R135", ("objectives", 4, "csf_action_1"), (put("objectives", 4, csf_action_1="高员工质量"),)),
    ("R135", ("objectives", 4, "csf_action_1"), (put("objectives", 4, csf_action_1="满意的客户数目"),)),
    ("R135", ("objectives", 4, "csf_action_1"), (put("objectives", 4, csf_action_1="三家合作伙伴"),)),
    ("R135", ("objectives", 4, "csf_action_1"), (put("objectives", 4, csf_action_1="客户满意度提升"),)),
    ("R215", ("kpis", 3, "csf"), (put("kpis", 3, csf="客户保留"), put("kpis", 13, objective="O2", csf="客户保有"))),
    (
        "R216",
        ("kpis", 12, "csf"),
        tuple(put("kpis", i, objective="O2", csf="客户保有") for i in (9, 10, 12)),
    ),
    ("R217", ("objectives", 1, "csf_action_2"), (put("kpis", 11, csf="需求响应"),)),
    ("R218", ("kpis", 1, "period"), (put("kpis", 1, period=None),)),
    ("R219", ("kpis", 6, "denominator"), (put("kpis", 6, definition="关键岗位人员的流失情况"),)),
    ("R219", ("kpis", 1, "denominator"), (put("kpis", 1, name="市场占有率"),)),
    ("R220", ("kpis", 2, "denominator"), (put("kpis", 2, denominator=None),)),
    ("R220", ("kpis", 0, "numerator"), (put("kpis", 0, denominator="客户数"),)),
    ("R221", ("objectives", 4, "objective"), (put("kpis", 8, objective="O3"), put("objectives", 4, parent=None))),
    ("R221", ("objectives", 3, "objective"), (put("kpis", 6, objective="O3"),)),
    ("R222", ("kpis", 7, "source"), (put("kpis", 7, source=None),)),
]


def found(*edits: Edit) -> set[tuple[str, str]]:
    program = book(*SOUND, *edits)
    policy, problems = read_policy(program)
    return {(p.code, p.address.place) for p in problems + run_checks(program, policy)}


def test_a_sound_program_is_silent() -> None:
    assert found() == set()


@pytest.mark.parametrize(("code", "cell", "edits"), CASES, ids=[f"{c[0]}-{i}" for i, c in enumerate(CASES)])
def test_a_planted_fault_is_named_at_its_cell(code: str, cell: tuple[str, int, str], edits: tuple[Edit, ...]) -> None:
    table, row, column = cell
    address = book(*SOUND, *edits)[table].address(row, column)
    named = found(*edits)
    # Objectives added for the sake of the case have neither CSFs nor KPIs of their own.
    assert {each for each in named if not (code == "R212" and each[0] in ("R213", "R221"))} == {(code, address.place)}


def test_a_circle_of_causes_names_all_its_cells() -> None:
    program = book(put("objectives", 0, causes="O3"))
    (circle,) = run_checks(program, read_policy(program)[0])
    assert circle.code == "R123"
    sheet = program["objectives"].address(0, "causes").sheet
    cells = [program["objectives"].address(i, "causes").place for i in (0, 2)]
    assert sheet in cells[0] and all(cell in circle.message("zh") for cell in cells)


def test_a_broken_reference_is_an_error_and_advice_is_not() -> None:
    program = book(*SOUND, put("kpis", 3, csf="客户保留"), put("objectives", 0, text="利润"))
    severities = {p.code: p.severity for p in run_checks(program, read_policy(program)[0])}
    assert severities["R215"] is Severity.ERROR
    assert severities["R210"] is Severity.NOTICE


def test_a_company_adds_verbs_of_its_own() -> None:
    edits = put("objectives", 1, text="贯标ISO9001体系"), add("policy", key="目标动词", value="贯标、对标")
    assert found(*edits) == set()
    assert {code for code, _ in found(edits[0])} == {"R210"}


@pytest.mark.parametrize(
    "text",
    [
        *(
            "提高利润",
            "2025年内完成系统上线",
            "客户满意度提升到80%",
            "建渠道、拓客户",
            "在北方区新开三家门店，扩大覆盖",
        ),
        *("Reducing scrap to 5%", "Cut the time to repair", "Key posts filled by hiring able people"),
    ],
)
def test_objectives_that_state_an_action(text: str) -> None:
    assert states_action(text) and not is_slogan(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "深耕华南区域",
            "疏通晋升通道",
            "开满12家门店",
            "上半年开出10家新店",
            "签下五家战略伙伴",
            "去库存",
            "客户投诉归零",
        ),
        *("销售收入达到2亿元", "管理好采购费用", "提高服务质量", "研发费用控制在8%以内", "收入翻一番", "延长设备寿命"),
        *("Boost sales in the north", "Become the preferred supplier", "Ship within 24 hours", "Embed safety culture"),
        *("Plan capacity for 2027", "To lead the market", "Be on time in 98% of deliveries", "Retire legacy systems"),
    ],
)
def test_well_formed_objectives_give_no_alarm(text: str) -> None:
    assert states_action(text) and not is_slogan(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "销售收入2亿元",
            "客户服务水平",
            "员工培训覆盖率",
            "生产安全",
            "管理费用",
            "研发项目交付及时率≥95%",
            "运营成本",
        ),
        *("Market share of 30%", "Customer service level", "Production cost per unit", "Net sales plan", "Order book"),
    ],
)
def test_the_name_of_a_measure_states_no_action(text: str) -> None:
    """Its words are verbs elsewhere: 销售, 培训; share, plan."""
    assert not states_action(text)


@pytest.mark.parametrize(
    "text", ["缩短交付", "加强培训", "降低采购成本", "扩大销售", "安全第一，全年零事故率控制在0.1%"]
)
def test_short_objectives_are_no_slogans(text: str) -> None:
    assert not is_slogan(text)


@pytest.mark.parametrize(
    "csf",
    [
        "ISO9001认证",
        "5S管理",
        "高新技术研发",
        "第三方合作",
        "低压设备维护",
        "客户满意度",
        "Highway upkeep",
        "ISO 9001",
        "High-value customers",
    ],
)
def test_csfs_without_figure_and_direction(csf: str) -> None:
    assert not holds_figure(csf)
