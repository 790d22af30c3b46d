"""Figures and scoring sentences as HR types them: what is understood, what it scores, what is left to people."""

from __future__ import annotations

import csv
import re
import tomllib
from importlib.resources import files
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfxl.core.scoring.scalar import LineScorer
from perfxl.tables.notation.clauses import read_clauses
from perfxl.tables.notation.lines import LineRule, settle_rule
from perfxl.tables.notation.names import direction_of_name
from perfxl.tables.notation.rules import NO_METHOD, UNKNOWN_SCALE, UNSAID_BELOW, Basis, Rule
from perfxl.tables.notation.sentences import read_bands, read_sentence
from perfxl.tables.notation.targets import Direction, Target, clash_of_units, read_target
from perfxl.tables.notation.words import describe_rule

DATA = Path(__file__).parents[1] / "data" / "notation"


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


SENTENCES, VALUES, NAMES = rows("sentences.csv"), rows("values.csv"), rows("names.csv")


def points_of(sentence: str, target: Any, actual: Any, name: str = "", full: float | None = None) -> float | None:
    """What a sentence scores through the rule book; None where it is left open."""
    rule, _ = read_sentence(sentence, full, name)
    if rule is None:
        return None
    goal, reached = read_target(target), read_target(actual)
    line, _ = settle_rule(rule, goal, actual=reached.number, name=name)
    if line is None:
        return None
    columns = {name: value for name, value in vars(line).items() if value not in (None, ())}
    columns["actual"] = reached.date or reached.number
    if goal.date:
        columns["target"] = goal.date
    return LineScorer().score(columns).points


@pytest.mark.parametrize("row", SENTENCES, ids=lambda row: row["sentence"][:30])
def test_a_sentence_is_understood_whole_or_not_at_all(row: dict[str, str]) -> None:
    rule, why = read_sentence(row["sentence"], name=row["name"])
    assert (describe_rule(rule, "zh") if rule else "") == row["understood"]
    assert bool(why("zh")) == bool(why("en")) == (rule is None)


@pytest.mark.parametrize(
    "row", [row for row in SENTENCES if row["actual"]], ids=lambda row: f"{row['sentence'][:20]} {row['actual']}"
)
def test_a_sentence_scores_as_by_hand(row: dict[str, str]) -> None:
    expected = float(row["points"]) if row["points"] else None
    assert points_of(row["sentence"], row["target"], row["actual"], row["name"]) == expected


@pytest.mark.parametrize(
    ("target", "actual", "points"),
    [("≥98%", "97%", 98), ("≥95%", "96%", 100), ("≥95%", "95%", 100), ("≥90%", "91%", 100)],
)
def test_points_taken_off_below_the_target_are_no_reward_above_it(target: str, actual: str, points: float) -> None:
    assert points_of("每降低1%扣2分", target, actual, "合格率") == points


@pytest.mark.parametrize(
    ("sentence", "full", "target", "actual", "points"),
    [
        ("每低1%扣2分", 20, "95%", "94%", 90),
        ("每低1%扣2分", 100, "95%", "94%", 98),
        ("每低1%扣2分，扣完为止", 10, "95%", "80%", 0),
        ("每低1%扣2分，最多扣5分", 20, "95%", "80%", 75),
        ("每起扣5分", 20, 0, 1, 75),
        ("≥95%得20分，≥90%得10分，其他不得分", 20, "95%", "92%", 50),
        ("≥95%得100分，≥90%得60分，其他不得分", 20, "95%", "92%", 60),
        ("达标得20分，未达标得10分", 20, 90, 80, 50),
        ("达标得满分，未达标不得分", 20, 90, 95, 100),
        ("达标得100分，每低1%扣2分", 20, "95%", "94%", 98),
        ("满分20分，每低1%扣2分", 20, "95%", "94%", 90),
        # Of how many points these are, nobody can tell.
        ("每低1%扣30分", 20, "95%", "94%", None),
        ("每低1%扣2分，最多扣30分", 20, "95%", "94%", None),
        ("≥95%得18分，≥90%得10分，其他不得分", 20, "95%", "92%", None),
        ("≥95%得100分，≥90%得20分，其他不得分", 20, "95%", "92%", None),
        ("满分100分，每低1%扣2分", 20, "95%", "94%", None),
    ],
)
def test_points_are_of_the_full_marks(
    sentence: str, full: float, target: Any, actual: Any, points: float | None
) -> None:
    assert points_of(sentence, target, actual, full=full) == points


def test_why_a_sentence_is_left_open() -> None:
    assert read_sentence("≥95%得18分，低于95%得0分")[1] == UNKNOWN_SCALE
    assert read_sentence("每低1%扣2分，每高1%加1分")[1] == NO_METHOD
    assert "酌情" in read_sentence("每低1%扣2分，其他酌情")[1]("zh")
    met, _ = read_sentence("达标得满分")
    assert met
    assert settle_rule(met, read_target("≥95%"), actual=0.9)[1] == UNSAID_BELOW


def settled(sentence: str, *, target: Any = None, name: str = "", weighted: bool = True) -> LineRule | None:
    rule, _ = read_sentence(sentence)
    assert rule
    return settle_rule(rule, read_target(target), name=name, weighted=weighted)[0]


def test_lines_without_weight_take_points_off_the_total() -> None:
    assert settled("每发生1起扣10分，最多扣30分", weighted=False) == LineRule("deduct", k=10, limit=30)
    assert settled("每次加2分", weighted=False) == LineRule("bonus", k=2)
    assert settled("每次加2分", weighted=True) is None
    assert settled("满分20分，每次扣2分", weighted=False) is None
    assert settled("一票否决", weighted=False) == LineRule("veto")


def test_a_sentence_against_the_sign_or_the_name_is_left_open() -> None:
    assert settled("每低1%扣2分", target="≤5%") is None
    assert settled("每降低1%扣2分", target="5%", name="客户投诉率") is None
    assert settled("每高1%扣2分", target="5%", name="客户投诉率")


def test_grades_are_points_of_100() -> None:
    rule, _ = read_sentence("优秀40分、良好30分、合格20分", 40)
    assert rule
    line, _ = settle_rule(rule)
    assert line
    assert line.grades == (("优秀", 100), ("良好", 75), ("合格", 50))


@pytest.mark.parametrize(
    ("heads", "cells", "understood"),
    [
        (["优(100分)", "良(80分)", "差(0分)"], ["≥95%", "90%-95%", "<90%"], "≥95%得100分，≥90%得80分，其他得0分"),
        (["100", "80", "60"], [">=95", "85-95", "<85"], "≥95得100分，≥85得80分，其他得60分"),
        (["A:100", "B:80", "C:60"], ["≤2天", "≤5天", ">5天"], "≤2天得100分，≤5天得80分，其他得60分"),
        (["100分", "80分", "60分"], ["3次及以上", "2次", ""], "≥3次得100分，≥2次得80分"),
        (["优", "良"], ["≥95%", "<95%"], ""),
        (["100分", "80分"], ["表现突出", "表现良好"], ""),
        (["100分"], [""], ""),
    ],
)
def test_bands_in_columns(heads: list[str], cells: list[str], understood: str) -> None:
    rule, _ = read_bands(heads, cells)
    assert (describe_rule(rule, "zh") if rule else "") == understood


@pytest.mark.parametrize("row", VALUES, ids=lambda row: row["text"])
def test_a_cell_is_a_figure_or_a_text(row: dict[str, str]) -> None:
    cell = read_target(row["text"])
    number, lower, upper = (float(row[name]) if row[name] else None for name in ("number", "lower", "upper"))
    assert (cell.kind, cell.number, cell.unit, cell.direction) == (
        row["kind"],
        number,
        row["unit"],
        row["direction"] or None,
    )
    assert (cell.is_percent, cell.lower, cell.upper) == (row["percent"] == "yes", lower, upper)
    assert (cell.text != "") == (cell.kind in ("text", "not_applicable"))


WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F) if chr(code) not in "\\-"}


@pytest.mark.parametrize("row", VALUES, ids=lambda row: row["text"])
def test_full_width_and_outer_space_change_nothing(row: dict[str, str]) -> None:
    plain, wide = read_target(row["text"]), read_target(f"　{row['text'].translate(WIDE)} ")
    if plain.kind in ("number", "band", "blank"):
        assert (wide.kind, wide.number, wide.unit, wide.lower) == (plain.kind, plain.number, plain.unit, plain.lower)
    assert wide.kind == plain.kind or plain.kind == "error"


@pytest.mark.parametrize(
    ("value", "code", "expected"),
    [
        (0.98, "0%", Target("number", 0.98, is_percent=True)),
        (0.98, "0.00%", Target("number", 0.98, is_percent=True)),
        (3, '0"次"', Target("number", 3, unit="次")),
        (90, '"≥"0"分"', Target("number", 90, unit="分", direction="higher", how="≥")),
        (0.05, '"≤"0%', Target("number", 0.05, is_percent=True, direction="lower", how="≤")),
        (1234.5, "#,##0.00", Target("number", 1234.5)),
        (5, '0"度假"', Target("number", 5)),
    ],
)
def test_number_formats_carry_units_and_signs(value: float, code: str, expected: Target) -> None:
    assert read_target(value, code) == expected


def test_what_the_table_says_of_a_cell() -> None:
    assert read_target("合格率≥98%", name="产品合格率").number == 0.98
    assert read_target("同比≥98%", name="产品合格率").kind == "text"
    assert read_target("30桶", unit="桶") == Target("number", 30, unit="桶")
    assert read_target("30桶").kind == "text"
    assert read_target(True).kind == "error"
    assert read_target(None).kind == "blank"
    assert read_target("少于2起").strict


@pytest.mark.parametrize(
    ("target", "actual", "clash"),
    [
        ("≥90分", "92分", ""),
        ("≥90分", 92, ""),
        ("≥90分", "3次", "units_differ"),
        ("24小时", "1天", "units_differ"),
        ("≤2次", "1起", ""),
        ("12万元", "100000元", ""),
        ("100元", "5美元", "units_differ"),
        ("2次/月", "2次", "units_differ"),
        ("95%", "96%", ""),
        ("95%", 96, "percent_on_one_side"),
        (0.95, "96%", "percent_on_one_side"),
        ("95%", "96分", "units_differ"),
        ("5%", 0, ""),
        ("85-90分", "3次", "units_differ"),
        ("预算内", "3次", ""),
        ("95%", "", ""),
    ],
)
def test_units_that_do_not_fit(target: Any, actual: Any, clash: str) -> None:
    assert clash_of_units(read_target(target), read_target(actual)) == clash


@pytest.mark.parametrize("row", NAMES, ids=lambda row: row["name"])
def test_a_name_speaks_by_its_head(row: dict[str, str]) -> None:
    direction, head = direction_of_name(row["name"])
    assert direction == (row["direction"] or None)
    assert bool(head) == (direction is not None)


NUMBERS = st.sampled_from([0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 12.25])
SCALES = st.sampled_from([100.0, 20.0, 40.0])
UNITS = st.sampled_from(["%", "百分点", "分", "天", "小时", "次", "起", "万元", "工作日", "家", ""])
COUNTED = st.sampled_from(["次", "起", "例", "件", "个", "项"])
SIDES: list[Direction] = ["higher", "lower"]
DIRECTIONS = st.sampled_from(SIDES)
BASES: list[Basis] = ["", "achievement", "target"]


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """Any rule that a sentence can say."""
    method, scale = draw(st.sampled_from(["per_unit", "late", "deduct", "within", "steps", "grade"])), draw(SCALES)
    k, step, unit = draw(NUMBERS), draw(NUMBERS), draw(UNITS)
    floor = draw(st.sampled_from([None, 0.0, scale - 5]))
    if method == "per_unit":
        cap = draw(st.sampled_from([None, scale, scale + 10]))
        of = draw(st.sampled_from(BASES[:2]))
        return Rule(method, scale, draw(DIRECTIONS), k, step, unit, floor, cap, basis=of)
    if method == "late":
        return Rule(method, scale, "lower", k, step, draw(st.sampled_from(["天", "周", "小时"])), floor, scale)
    if method == "deduct":
        limit = scale - floor if floor else None
        return Rule(method, scale, "lower", k, 1.0, draw(COUNTED), floor, limit=limit)
    if method == "within":
        return Rule(method, scale, None, k, step, unit, floor, scale)
    points = draw(st.lists(st.integers(1, int(scale) - 1), unique=True, min_size=2, max_size=4))
    best_first = [scale, *sorted(map(float, points), reverse=True)]
    if method == "grade":
        return Rule(method, scale, grades=tuple(zip(["优秀", "良好", "合格", "较差", "差"], best_first, strict=False)))
    direction = draw(DIRECTIONS)
    drawn = draw(st.lists(st.integers(1, 150), unique=True, min_size=len(best_first), max_size=len(best_first)))
    limits = map(float, sorted(drawn, reverse=direction == "higher"))
    basis = draw(st.sampled_from(BASES if unit == "%" else BASES[:1]))
    otherwise = draw(st.sampled_from([None, 0.0]))
    steps = tuple(zip(limits, best_first, strict=True))
    unit = "%" if unit == "百分点" else unit
    return Rule(method, scale, direction, unit=unit, basis=basis, steps=steps, otherwise=otherwise)


@settings(deadline=None)
@given(rules())
def test_a_rule_read_back_is_the_same_rule(rule: Rule) -> None:
    for lang in ("zh", "en"):
        assert read_sentence(describe_rule(rule, lang)) == (rule, ("", ""))


@pytest.mark.parametrize("row", [row for row in SENTENCES if row["understood"]], ids=lambda row: row["sentence"][:30])
def test_what_was_understood_is_read_alike_in_both_languages(row: dict[str, str]) -> None:
    rule, _ = read_sentence(row["sentence"], name=row["name"])
    assert rule
    assert [read_sentence(describe_rule(rule, lang))[0] for lang in ("zh", "en")] == [rule, rule]


@settings(deadline=None)
@given(
    st.sampled_from([row["sentence"] for row in SENTENCES if row["understood"]]),
    st.text("另议酌情除外若特殊", min_size=1),
)
def test_a_clause_that_is_not_known_leaves_the_line_open(sentence: str, more: str) -> None:
    assert read_sentence(f"{sentence}，{more}")[0] is None
    assert read_sentence(f"{more}，{sentence}")[0] is None


PIECES = sorted(
    {piece for row in chain(SENTENCES, VALUES) for piece in row.get("sentence", row.get("text", "")).split("，")}
)
CELLS = (
    st.text()
    | st.lists(st.sampled_from(PIECES), max_size=4).map("，".join)
    | st.text("≥≤<>%0123456789.-~±/_天次分内起扣每低得")
)


@settings(deadline=None)
@given(CELLS)
def test_any_cell_is_read_without_failing(text: str) -> None:
    cell = read_target(text)
    assert (cell.number is not None) <= any(
        c.isdigit() or c in "零〇一二两三四五六七八九十" for c in text
    ) or "±" in text
    rule, _ = read_sentence(text)
    direction_of_name(text)
    if rule:
        settle_rule(rule, cell, name=text)


def test_no_pattern_can_run_away() -> None:
    """No repeat without an end, so that a cell of any length costs time in proportion to it."""
    words = tomllib.loads((files("perfxl.tables.notation") / "data" / "sentences.toml").read_text(encoding="utf-8"))
    texts = [*words["fragments"].values(), *chain.from_iterable(clause["patterns"] for clause in words["clause"])]
    bare = [re.sub(r"\\.|\[[^\]]*\]", "", text) for text in texts]
    assert len(bare) > 50
    assert not [text for text in bare if re.search(r"[*+]|\{\d*,\}", text)]


def test_a_cell_too_long_to_be_a_rule_is_none() -> None:
    clauses, rest = read_clauses("每低1%扣2分，" * 1000)
    assert not clauses
    assert rest
    assert read_target("9" * 5000).kind == "text"


FIGURES = [
    row["text"] for row in VALUES if row["kind"] in ("number", "band") and row["text"].strip("() ") == row["text"]
]


@pytest.mark.parametrize(
    "word", ["同比下降", "环比增长", "较去年提升", "每月", "下降", "超支", "约", "预计", "reduce by ", "about "]
)
def test_a_figure_behind_other_words_is_for_people(word: str) -> None:
    assert {read_target(word + figure, name="合格率").kind for figure in FIGURES} == {"text"}


@pytest.mark.parametrize("word", ["左右", "前完成", "（暂定）", "的增长", " of revenue", " lower than last year"])
def test_a_figure_before_other_words_is_for_people(word: str) -> None:
    assert {read_target(figure + word, name="合格率").kind for figure in FIGURES} == {"text"}
