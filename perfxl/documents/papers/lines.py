"""The lines of a contract beside their KPIs, in the order and with the numbers that every paper prints."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from perfxl.core.language import Text
from perfxl.core.problems import problem
from perfxl.core.schema.categories import Categories
from perfxl.core.values.numbers import is_percent
from perfxl.core.wording.formatting import (
    BLANK,
    PERCENTAGE_POINTS,
    capitalize,
    format_figure,
    format_number,
    format_weight,
    text_or_dash,
)
from perfxl.core.wording.rules import Kpi, Terms, read_terms
from perfxl.documents.papers.contexts import ContextError, Contexts, Row
from perfxl.documents.papers.kind import Field

STAR = "*"
_DAYS = (Text("晚 {} 天", "{} days later"), Text("早 {} 天", "{} days earlier"))
ADJUSTING = ("deduct", "bonus", "veto")

SCORING_TEXT = Field(
    "scoring_text",
    "评分标准原文；没有时为空",
    "Scoring in your own words; blank if none",
    "每低1%扣2分",
    "2 points off per 1% below",
)
# Of every flat list of lines.
WORDING: tuple[Field, ...] = (
    Field("lines[].aspect", "考核方面", "Aspect"),
    Field("lines[].rule", "计分规则（全文；先是评分标准原文）", "Scoring rule in full, your own sentence first"),
    SCORING_TEXT._replace(path="lines[].scoring_text"),
)


@dataclass(slots=True)
class Line:
    """A contract line; `position` is its row in the table."""

    position: int
    row: Row
    kpi: Kpi
    terms: Terms
    kind: str
    aspect: str
    number: str = ""

    @property
    def name(self) -> str:
        return f"{text_or_dash(self.kpi.row['name'])}{STAR if self.kind == 'monitor' else ''}"

    @property
    def graded(self) -> bool:
        return self.kpi.method is not None and self.kpi.method.name == "grade"

    @property
    def adjusting(self) -> bool:
        """Whether it deducts, adds or vetoes."""
        return self.kind in ADJUSTING

    @property
    def counts(self) -> bool:
        """Whether it carries weight."""
        return self.kind not in ("monitor", *ADJUSTING)

    @property
    def scoring_text(self) -> str:
        """How HR's own sentence says that it is scored; blank where there is none."""
        return self.kpi.row["scoring_text"] or ""

    @property
    def weight(self) -> str:
        return format_weight(self.row["weight"]) if self.counts else BLANK

    @property
    def unit(self) -> str:
        return text_or_dash(self.kpi.unit)

    def shown(self, column: str, lang: str) -> str:
        """A figure of the line as it reads in the KPI's unit."""
        return self.figure(self.row[column], lang)

    def figure(self, value: object, lang: str) -> str:
        return format_figure(value, self.kpi.unit, self.kpi.decimals, lang)

    def target(self, lang: str) -> str:
        """The target, or what is aimed at in words; of a KPI that is to stay within a range, the range."""
        if self.row["target"] is None and self.row["low"] is not None and self.row["high"] is not None:
            return f"{self.shown('low', lang)}–{self.shown('high', lang)}"
        if self.row["target"] is None and self.row["target_text"]:
            return str(self.row["target_text"])
        return self.shown("target", lang)

    def aspect_shown(self, categories: Categories, lang: str) -> str:
        """The aspect in the language of the paper."""
        return capitalize(categories.label(self.aspect, lang)) or BLANK


def describe_wording(contexts: Contexts, line: Line) -> dict[str, str]:
    """What a line says beside its figures: where it belongs, and how it is scored."""
    return {
        "aspect": line.aspect_shown(contexts.policy.categories, contexts.lang),
        "rule": contexts.words.rule(line.kpi, line.terms),
        "scoring_text": line.scoring_text,
    }


def read_lines(contexts: Contexts, contract_id: str, at: int) -> list[Line]:
    """The lines of the contract in row `at`, by aspect as the company lists them or else as they first appear, what
    deducts, adds or vetoes last.

    Raises: ContextError for a contract without lines, or with a KPI that is not in the library.
    """
    lines = []
    for position, row in contexts.index.rows("contract_lines", "contract", contract_id):
        kpi = contexts.kpi(contract_id, "contract_lines", position, row["kpi"])
        kind = kpi.method.name if kpi.method and kpi.method.effect != "points" else kpi.row["kind"]
        aspect = row["aspect"] or kpi.row["category"] or ""
        lines.append(Line(position, row, kpi, read_terms(row, kpi), kind or "quantitative", aspect))
    if not lines:
        address = contexts.index.address("contracts", at)
        raise ContextError([problem("paper_contract_without_lines", address, record=contract_id)], contexts.lang)
    order = list(dict.fromkeys(line.aspect for line in lines))
    if contexts.policy.categories.own:
        order = contexts.policy.categories.order(order)
    lines.sort(key=lambda line: (line.adjusting, order.index(line.aspect)))
    for i, line in enumerate(lines, 1):
        line.number = str(i)
    return lines


def sum_weights(lines: Iterable[Line]) -> str:
    """Shows the weights of some lines in all, percent points; a dash where none has any."""
    weights = [line.row["weight"] for line in lines if line.counts and line.row["weight"] is not None]
    return format_weight(sum(weights)) if weights else BLANK


def format_difference(contexts: Contexts, line: Line, value: Any, other: Any) -> str:
    """`value` less `other`, in the KPI's unit and in percent of the other; blank where they agree or one is missing."""
    if value is None or other is None or value == other:
        return ""
    if isinstance(value, date) and isinstance(other, date):
        days = (value - other).days
        return _DAYS[days < 0](contexts.lang).format(abs(days))
    if not isinstance(value, float) or not isinstance(other, float):
        return f"{line.figure(other, contexts.lang)} → {line.figure(value, contexts.lang)}"
    gap = value - other
    sign, places = "+" if gap > 0 else "−", line.kpi.decimals or 0
    if is_percent(line.kpi.unit):
        points = format_number(abs(round(gap * 100, max(places, 2))), places)
        return sign + PERCENTAGE_POINTS[points == "1"](contexts.lang).format(points)
    shown = f"{sign}{format_number(abs(round(gap, max(places, 2))), places)}"
    return f"{shown} ({sign}{abs(gap / other) * 100:.1f}%)" if other else shown
