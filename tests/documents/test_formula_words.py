"""Own methods on a contract: in words that nobody needs Excel for, never the formula itself."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from perfxl.core.formula import parse
from perfxl.core.rulebook import FIGURES, METHODS, for_direction
from perfxl.core.schema import get
from perfxl.core.wording.formula_words import FormulaWords
from perfxl.documents.papers import contract, notice
from perfxl.documents.papers.contexts import Contexts
from tests.documents.contract_book import KPIS, policy
from tests.documents.cycle_book import MANAGER, book


def say(formula: str, lang: str = "zh", direction: float = 1.0) -> str:
    def name(symbol: str) -> str:
        if symbol not in FIGURES:
            return symbol
        column = get("contract_sheet").column(FIGURES[symbol])
        return column.zh if lang == "zh" else column.en

    return FormulaWords(lang, name).say(for_direction(parse(formula), direction))


@pytest.mark.parametrize(
    ("formula", "zh", "en"),
    [
        (
            "IF(D*A>=D*T,100,0)",
            "实际完成值≥目标值时得 100 分；其他情况得 0 分",
            "if Actual ≥ Target: 100 points; otherwise 0 points",
        ),
        (
            "IF(A>=C,120,IF(A>=T,100,100*A/T))",
            "实际完成值≥挑战值时得 120 分；实际完成值≥目标值时得 100 分；其他情况得分＝100×实际完成值÷目标值",
            "if Actual ≥ Challenge: 120 points; if Actual ≥ Target: 100 points; "
            "otherwise points = 100 × Actual ÷ Target",
        ),
        (
            "MIN(120,100+5*(A-T))",
            "得分＝（120与100＋5×（实际完成值－目标值）中较小者）",
            "points = (the smaller of 120 and 100 + 5 × (Actual − Target))",
        ),
        (
            "IF(AND(A>=T,OR(A<C,NOT(ISNUMBER(C)))),100,-10)",
            "实际完成值≥目标值且（实际完成值＜挑战值或并非（设有挑战值））时得 100 分；其他情况得 −10 分",
            "if Actual ≥ Target and (Actual < Challenge or not (Challenge is given)): 100 points; otherwise −10 points",
        ),
        (
            "100-(A-(T-B))/(T/2)",
            "得分＝100－（实际完成值－（目标值－基数））÷（目标值÷2）",
            "points = 100 − (Actual − (Target − Base)) ÷ (Target ÷ 2)",
        ),
        (
            "100*IF(A>T,2,1)",
            "得分＝100×（实际完成值＞目标值时取 2，否则取 1）",
            "points = 100 × (2 if Actual > Target, else 1)",
        ),
        (
            "100*(A/T)^1.5",
            "得分＝100×（（实际完成值÷目标值）的 1.5 次方）",
            "points = 100 × ((Actual ÷ Target) to the power of 1.5)",
        ),
        (
            "ROUND(ABS(A-T),1)",
            "得分＝（实际完成值－目标值）的绝对值（四舍五入，保留 1 位小数）",
            "points = the size of (Actual − Target) (rounded to 1 decimals)",
        ),
    ],
)
def test_a_formula_in_words(formula: str, zh: str, en: str) -> None:
    assert (say(formula), say(formula, "en")) == (zh, en)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("method", [method for method in METHODS if method.text], ids=lambda method: method.name)
@pytest.mark.parametrize("direction", [1.0, -1.0])
def test_nothing_of_excel_is_left(method: Any, direction: float, lang: str) -> None:
    """Every built-in rule, as if a company had typed it as its own."""
    said = say(method.text, lang, direction)
    assert not re.search(r"\b(IF|AND|OR|NOT|MIN|MAX|ABS|ISNUMBER|STEPS|GRADES|DAYS)\b|[*<>]=|\bD\b", said), said
    assert said.count("（") + said.count("(") == said.count("）") + said.count(")")


@pytest.fixture(scope="module")
def own() -> Contexts:
    formula = "IF(D*A>=D*T,100+MIN(20,K*(A-T)/U),MAX(0,100-K*(T-A)/U))"
    kpis = [{**kpi, "method": "本公司法", "k": 10.0, "unit_step": 0.5} if kpi["kpi"] == "F05" else kpi for kpi in KPIS]
    held = replace(policy(), methods={"本公司法": formula})
    return Contexts(book(kpis=kpis, methods=[{"method": "本公司法", "formula": formula}]), held)


def test_a_contract_has_no_raw_formula(own: Contexts) -> None:
    context = contract.context(own, "HT-2025-002")
    (rule,) = [d["rule"] for d in context["definitions"] if d["kpi"] == "应收帐款周转次数"]
    assert rule == (
        "按公司自定义方法计分：实际完成值≥目标值时得分＝100＋（20与10×（实际完成值－目标值）÷0.5 次中较小者）；"
        "其他情况得分＝（0与100－10×（目标值－实际完成值）÷0.5 次中较大者）；得分不低于 0 分、不高于 120 分。"
    )


def test_a_notice_says_its_figures_in_words_too(own: Contexts) -> None:
    context = notice.context(own, MANAGER)
    (line,) = [each for each in context["lines"] if each["kpi"] == "应收帐款周转次数"]
    assert not re.search(r"\b(IF|MIN|MAX)\b", line["rule"] + line["calculation"])
    assert "代入：（0与100−10×（6−5.5）÷0.5中较大者）＝90 分" in line["calculation"].replace("－", "−")
