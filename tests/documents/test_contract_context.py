"""What a contract says, before it is printed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from perfxl.core.policy import Band, Policy
from perfxl.core.records import Tables
from perfxl.core.rulebook import METHODS
from perfxl.core.wording.rules import ScoringWords, read_terms
from perfxl.documents.papers import contract
from perfxl.documents.papers.contexts import ContextError, Contexts
from tests.documents.contract_book import KPIS, LINES, PEOPLE, YEAR, book, policy
from tests.documents.papers import paths, strings

MANAGER = "HT-2025-002"
COUPLE = "HT-2025-003"
LONG_NAME = "HT-2025-005"


def says(tables: Tables, policy: Policy, contract_id: str, lang: str = "zh") -> dict[str, Any]:
    return contract.context(Contexts(tables, policy, lang), contract_id)


@pytest.fixture(scope="module")
def manager() -> dict[str, Any]:
    return says(book(), policy(), MANAGER)


def rule_of(context: dict[str, Any], kpi: str) -> str:
    return str(next(d["rule"] for d in context["definitions"] if d["kpi"] == kpi))


def test_parties_posts_and_term(manager: dict[str, Any]) -> None:
    assert manager["issuer"]["name"] == "周建国"
    assert [(h["role"], h["name"], h["post"], h["unit"]) for h in manager["holders"]] == [
        ("受约人", "林晓梅", "总经理", "营销公司")
    ]
    assert manager["contract"]["validity"] == "2025年1月1日至2025年12月31日"
    assert manager["contract"]["signed_on"] == "2025年1月6日"


def test_aspects_hold_their_lines_and_subtotals(manager: dict[str, Any]) -> None:
    shown = [(a["name"], a["weight"], [line["kpi"] for line in a["lines"]]) for a in manager["aspects"]]
    assert [(name, weight, len(kpis)) for name, weight, kpis in shown] == [
        ("财务", "70%", 6),
        ("服务/营运", "15%", 4),
        ("人员", "15%", 2),
    ]
    assert manager["total_weight"] == "100%"


def test_figures_are_in_the_unit_of_the_kpi(manager: dict[str, Any]) -> None:
    lines = {line["kpi"]: line for aspect in manager["aspects"] for line in aspect["lines"]}
    assert [lines["净营运资产贡献率"][c] for c in ("threshold", "target", "challenge")] == ["8.0%", "10.5%", "12.0%"]
    assert [lines["营销收入"][c] for c in ("threshold", "target", "challenge")] == ["64,000", "80,000", "100,000"]
    assert lines["新计费系统上线"]["target"] == "2025-09-30"
    assert lines["客户满意度"]["target"] == "85.0–95.0"
    assert [lines["部门协调能力"][c] for c in ("threshold", "target", "challenge")] == ["—", "—", "—"]


def test_monitored_kpis_carry_a_star_and_no_weight(manager: dict[str, Any]) -> None:
    starred = [(line["kpi"], line["weight"]) for a in manager["aspects"] for line in a["lines"] if "*" in line["kpi"]]
    assert starred == [("收入增长率*", "—"), ("市场占有率（语音）*", "—")]
    assert manager["monitored"] == ["收入增长率", "市场占有率（语音）"]


def test_numbers_run_through_the_whole_contract(manager: dict[str, Any]) -> None:
    numbers = [line["number"] for a in manager["aspects"] for line in a["lines"]]
    numbers += [item["number"] for item in manager["adjustments"]]
    assert numbers == [str(i) for i in range(1, len(LINES) + 1)]
    assert numbers == [d["number"] for d in manager["definitions"]]


def test_what_deducts_adds_or_vetoes_stands_apart(manager: dict[str, Any]) -> None:
    assert [(item["kind"], item["kpi"], item["rule"]) for item in manager["adjustments"]] == [
        ("扣分", "重大通信障碍", "每发生一次扣 5 分；累计最多扣 20 分。"),
        ("加分", "集团通报表扬", "每发生一次加 2 分；累计最多加 4 分。"),
        ("否决", "重大安全责任事故", "一经发生，总分不超过 59 分。"),
    ]


@pytest.mark.parametrize(
    ("kpi", "rule"),
    [
        ("营销收入", "得分＝实绩÷目标值×100；实绩劣于门槛值的得 0 分；得分不低于 0 分、不高于 120 分。"),
        ("营销成本", "得分＝（2－实绩÷目标值）×100；得分不低于 0 分、不高于 110 分。"),
        (
            "应收帐款周转次数",
            "达到目标值得 100 分，每高 0.5 次 加 10 分，每低 0.5 次 扣 10 分（按比例折算）；"
            "得分不低于 0 分、不高于 120 分。",
        ),
        (
            "大客户收入/总收入",
            "按分档计分，从最好的一档往下：达到 40% 得 120 分，达到 35% 得 100 分，达到 30% 得 80 分，"
            "均未达到得 0 分。",
        ),
        ("部门协调能力", "按分级描述评定：优 100 分，良 75 分，中 50 分，差 0 分。"),
        ("关键人员流失率", "达到或优于目标值得 100 分，否则得 0 分。"),
    ],
)
def test_rules_are_said_in_plain_words(manager: dict[str, Any], kpi: str, rule: str) -> None:
    assert rule_of(manager, kpi) == rule


def test_steps_of_a_falling_kpi_run_from_the_lowest() -> None:
    kpis = [{**k, "direction": "lower"} if k["kpi"] == "S01" else k for k in KPIS]
    context = says(book(kpis=kpis), policy(), MANAGER)
    assert "达到 30% 得 80 分，达到 35% 得 100 分" in rule_of(context, "大客户收入/总收入")


def test_own_methods_explain_their_letters() -> None:
    kpis = [{**k, "method": "翻番法"} if k["kpi"] == "F02" else k for k in KPIS]
    methods = [{"method": "翻番法", "formula": "100*(A/T)^2", "help": "超额部分加速。"}]
    own = replace(policy(), methods={"翻番法": "100*(A/T)^2"})
    rule = rule_of(says(book(kpis=kpis, methods=methods), own, MANAGER), "营销收入")
    assert rule.startswith("按公司自定义方法计分：得分＝100×（实际完成值÷目标值）²；超额部分加速；")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("direction", ["higher", "lower", None])
@pytest.mark.parametrize("method", [m.name for m in METHODS])
def test_every_built_in_method_has_words(method: str, direction: str | None, lang: str) -> None:
    row = book()["kpis"].record(0) | {"method": method, "direction": direction, "k": 2.0, "unit_step": 0.01}
    line = book()["contract_lines"].record(0) | {"base": 0.1, "low": 0.1, "high": 0.2}
    words = ScoringWords(policy(), lang, {})
    kpi = words.kpi(row)
    said = words.rule(kpi, read_terms(line, kpi))
    assert kpi.method is not None
    assert said.endswith("。" if lang == "zh" else ".")
    assert "{" not in said


def test_qualitative_kpis_bring_their_sentences(manager: dict[str, Any]) -> None:
    (scale,) = manager["scales"]
    assert (scale["kpi"], scale["number"], scale["weight"]) == ("部门协调能力", "12", "5%")
    assert [(g["grade"], g["points"]) for g in scale["grades"]] == [
        ("优", "100"),
        ("良", "75"),
        ("中", "50"),
        ("差", "0"),
    ]
    assert scale["grades"][0]["sentence"].startswith("主动协调相关部门")


def test_a_scale_without_sentences_shows_its_points() -> None:
    scales = says(book(), policy(), LONG_NAME)["scales"]
    assert [g["sentence"] for g in scales[1]["grades"]] == ["—"] * 4


def test_two_holders_are_both_parties() -> None:
    context = says(book(), policy(), COUPLE)
    assert [h["role"] for h in context["holders"]] == ["受约人一", "受约人二"]
    assert context["holder_names"] == "欧阳思远、陈立"
    assert [p["name"] for p in context["parties"]] == ["林晓梅", "欧阳思远", "陈立"]


def test_the_second_holder_may_stand_with_the_person() -> None:
    people = [{**p, "second_holder": "E005"} if p["person"] == "E002" else p for p in PEOPLE]
    context = says(book(people=people), policy(), MANAGER)
    assert [h["id"] for h in context["holders"]] == ["E002", "E005"]


def test_post_and_unit_of_the_contract_go_before_the_persons() -> None:
    contract = {"contract": "C1", "holder": "E003", "issuer": "E001", "post": "客户经理", "unit": "U2", **YEAR}
    lines = [{"contract": "C1", "kpi": "F02", "weight": 100.0, "target": 1.0}]
    context = says(book(contracts=[contract], contract_lines=lines), policy(), "C1")
    assert (context["holders"][0]["post"], context["holders"][0]["unit"]) == ("客户经理", "战略发展部")
    assert context["business_unit"] == "战略发展部"


def test_a_contract_says_nothing_about_other_peoples() -> None:
    said = "\n".join(strings(says(book(), policy(), MANAGER)))
    for stranger in ("E003", "欧阳思远", "陈立", "阿卜杜热西提", COUPLE, LONG_NAME, "战略发展部"):
        assert stranger not in said


def test_empty_parts_are_empty() -> None:
    context = says(book(), policy(), COUPLE)
    assert (context["scales"], context["adjustments"], context["monitored"]) == ([], [], [])


def test_english_papers_are_english() -> None:
    context = says(book(), policy(), MANAGER, "en")
    assert context["contract"]["validity"] == "1 Jan 2025 to 31 Dec 2025"
    assert context["holders"][0]["role"] == "Holder"
    assert [a["name"] for a in context["aspects"]] == ["Financial", "Service/operations", "People"]
    assert rule_of(context, "营销收入").startswith("Points = actual ÷ target × 100;")


def test_grades_say_what_they_take() -> None:
    bands = (Band("优", 90.0, 1.5), Band("良", 75.0, None), Band("差", 0.0, 0.0))
    context = says(book(), replace(policy(), bands=bands), MANAGER)
    assert [(g["grade"], g["range"], g["coefficient"]) for g in context["grades"]] == [
        ("优", "90 分及以上", "1.5"),
        ("良", "75 分（含）至 90 分", ""),
        ("差", "75 分以下", "0.0"),
    ]


def test_company_and_program_have_defaults() -> None:
    context = says(book(), policy().but(company="", program=""), MANAGER)
    assert (context["company"], context["program"]) == ("华信通信股份有限公司", "2025年度绩效方案")


@pytest.mark.parametrize(
    ("tables", "cell"),
    [
        ({"people": PEOPLE[:1]}, "B4"),
        ({"kpis": KPIS[1:]}, "B4"),
        ({"units": [{"unit": "U0", "name": "总部"}]}, "C5"),
    ],
)
def test_what_is_referred_to_must_be_there(tables: dict[str, Any], cell: str) -> None:
    with pytest.raises(ContextError) as caught:
        says(book(**tables), policy(), MANAGER)
    (found,) = caught.value.problems
    assert (found.code, found.address.cell) == ("D201", cell)
    assert MANAGER in found.message("zh") and MANAGER in found.message("en")


def test_a_contract_without_lines_is_a_problem() -> None:
    contract = {"contract": "C9", "holder": "E003", "issuer": "E001", **YEAR}
    with pytest.raises(ContextError) as caught:
        says(book(contracts=[contract]), policy(), "C9")
    assert [p.code for p in caught.value.problems] == ["D202"]


def test_a_table_that_is_not_there_is_not_missed() -> None:
    contracts = [{"contract": "C1", "holder": "张三", "issuer": "李四", **YEAR}]
    lines = [{"contract": "C1", "kpi": "销售额", "weight": 100.0, "target": 500.0, "aspect": "financial"}]
    small: dict[str, list[dict[str, Any]]] = {"people": [], "units": [], "kpis": [], "grade_tables": []}
    context = says(book(contracts=contracts, contract_lines=lines, **small), policy(), "C1")
    assert context["holders"][0]["name"] == "张三"
    assert context["aspects"][0]["lines"][0]["kpi"] == "销售额"
    assert context["aspects"][0]["lines"][0]["target"] == "500"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_fields_are_documented_and_documented_fields_are_there(lang: str) -> None:
    contexts = Contexts(book(), policy(), lang)
    held = {path for one in contract.ids(contexts) for path in paths(contract.context(contexts, one))}
    assert held == {field.path for field in contract.FIELDS}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_contexts_are_texts_ready_to_print(lang: str) -> None:
    contexts = Contexts(book(), policy(), lang)
    made = [contract.context(contexts, one) for one in contract.ids(contexts)]
    known = [_without(_without(context, "scoring_text"), "version") for context in made]  # blank: room, or an `if`
    said = [text for context in known for text in strings(context)]
    assert said
    assert not [text for text in said if not text.strip() or "None" in text]


def _without(value: Any, name: str) -> Any:
    """A context without the fields of a name."""
    if isinstance(value, dict):
        return {key: _without(held, name) for key, held in value.items() if key != name}
    return [_without(held, name) for held in value] if isinstance(value, list) else value


def test_a_batch_says_the_same_as_one_by_one() -> None:
    contexts = Contexts(book(), policy())
    assert list(contract.ids(contexts)) == [MANAGER, COUPLE, LONG_NAME]
    for one in contract.ids(contexts):
        assert contract.context(contexts, one) == says(book(), policy(), one)
