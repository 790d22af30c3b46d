"""What the cells of a column speak for: sums, sentences, repeats, percent, words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from perfxl.core.values.numbers import parse_number
from perfxl.core.values.text import fold
from perfxl.tables.blocks import Block
from perfxl.tables.grid import Grid
from perfxl.tables.lexicon import LIKELY, MARK, row_kind
from perfxl.tables.totals import is_total_word

_SAMPLE = 400  # rows by which a column is judged
_SENTENCE = re.compile(
    r"每|扣|得.*分|加.*分|满分|按比例|完成率|≥|<=|>=|≤|以上|以下|per |deduct|points? (?:for|off|each)|if |below|above"
)

_RULE = re.compile(
    r"每.{0,12}[扣减加]\s*\d|扣\s*\d+(?:\.\d+)?\s*分|得\s*\d+\s*分|得满分|不得分"
    r"|points? (?:off|each|per|for)|deduct \d"
)

_POINTS = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(?:分|points?|pts)\s*", re.IGNORECASE)  # 30分


class Column:
    """A column's cells below the header, and what they speak for.

    senses  meaning -> how surely: what the header says, and what other columns prove
    """

    def __init__(self, grid: Grid, block: Block, at: int) -> None:
        rows = range(block.first, min(block.bottom, len(grid.rows), block.first + _SAMPLE))
        self.at, self.heard = at, block.heard[at]
        self.senses = dict(self.heard.senses)
        self.cells = [
            grid.rows[i][at]
            for i in rows
            if not any(is_total_word(cell) for cell in grid.rows[i][block.left : block.right])
        ]
        filled = [cell for cell in self.cells if cell != ""]
        self.filled = len(filled)
        self.numbers = [number for cell in filled if (number := number_in(cell)) is not None]
        self.texts = [fold(cell) for cell in filled if isinstance(cell, str)]
        self.words = [text for text in self.texts if number_in(text) is None]
        shown = grid.percent.get(at, set())
        self.percent = any(i in shown for i in rows)
        self.merged = sum(
            1
            for top, left, bottom, right in grid.merges
            if left == at and bottom > top >= block.first and top < block.bottom
        )

    def support(self, meaning: str, kind: str = "") -> float:
        """What the cells say for or against a meaning; nothing where there are none."""
        if not self.filled:
            return 0.0
        worded = len(self.words) / self.filled
        if kind == "rubric" and meaning == "kpi":
            return (0.3 if self.filled < len(self.cells) else -0.9) - 0.6 * (1 - worded)
        if meaning in ("kpi", "deduction_item", "bonus_item", "action", "gap"):
            several = len(set(self.words)) / len(self.words) if self.words else 0.0
            return (0.15 if several > 0.8 else 0.0) - 0.6 * (1 - worded) - (0.3 if self.merged else 0.0)
        if meaning == "category":
            repeats = len(set(self.words)) < len(self.words) or self.merged or self.filled < len(self.cells) / 2
            return (0.25 if repeats else 0.0) - 0.6 * (1 - worded)
        if meaning in ("weight", "section_weight", "full_marks", "option_points"):
            whole = meaning != "option_points" and self.sums_to_whole()
            return (0.3 if whole else 0.0) - 0.8 * worded * (not all(_is_effect(word) for word in self.words))
        if meaning.startswith(MARK):
            return 0.2 - 0.9 * worded
        if meaning in ("points", "weighted", "deduction", "bonus", "coefficient"):
            return -0.4 * worded
        if meaning in ("rule", "definition", "note"):
            sentences = sum(bool(_SENTENCE.search(word)) for word in self.words) / self.filled
            return (0.3 * sentences if meaning == "rule" else -0.2 * sentences) - 0.5 * (1 - worded)
        if meaning == "method":
            return -0.2 if self.words and all(_SENTENCE.search(word) for word in self.words) else 0.0
        if meaning == "option":
            return (0.2 if worded > 0.9 and self.filled > 1 else -0.4) - (0.3 if self.merged else 0.0)
        if meaning == "row_kind":
            return (
                0.4 if self.words and all(row_kind(word) for word in self.words) and len(set(self.words)) > 1 else -0.6
            )
        if meaning in ("name", "issuer", "owner"):
            return -0.6 if any(len(word) > 20 for word in self.words) or worded < 0.5 else 0.05
        if meaning in ("target", "actual"):
            figures = sum(any(c.isdigit() for c in word) for word in self.words) + len(self.numbers)
            return 0.1 if self.numbers else 0.0 if figures else -0.2
        return 0.0

    def ruled(self) -> bool:
        """Whether most cells are sentences that say how points are taken or given."""
        return bool(self.words) and 2 * sum(bool(_RULE.search(word)) for word in self.words) > len(self.words)

    def varies(self) -> bool:
        """Whether it holds more than one number."""
        return len(set(self.numbers)) > 1

    def is_unknown(self) -> bool:
        """Whether its header says nothing, and nothing was proved."""
        return max(self.senses.values(), default=0.0) < LIKELY

    def names_things(self) -> bool:
        """Whether the cells are words, each another, and no rules."""
        words = self.words
        return len(words) > 1 and len(words) == self.filled == len(set(words)) and not self.ruled()

    def sums_to_whole(self) -> bool:
        """Whether the numbers, or their running parts, make 1 or 100."""
        total = sum(self.numbers)
        return len(self.numbers) > 1 and (abs(total - 1) < 1e-6 or abs(total - 100) < 1e-6 or _in_wholes(self.numbers))


def number_in(cell: Any) -> float | None:
    """The number that a cell holds or its text reads as, percent as a fraction."""
    if isinstance(cell, float):
        return cell
    if isinstance(cell, str) and (points := _POINTS.fullmatch(fold(cell))):
        return float(points[1])
    return parse_number(cell).value if isinstance(cell, str) and any(c.isdigit() for c in cell) else None


def _in_wholes(numbers: Sequence[float]) -> bool:
    """Whether the numbers fall into parts, one after the other, that each make 1 or 100: tables of several posts."""
    for whole in (1.0, 100.0):
        total, parts = 0.0, 0
        for number in numbers:
            total += number
            if abs(total - whole) < 1e-6:
                total, parts = 0.0, parts + 1
        if parts > 0 and total == 0.0:
            return True
    return False


def _is_effect(word: str) -> bool:
    return word.strip("*()") in (
        "扣分",
        "加分",
        "否决",
        "一票否决",
        "监控",
        "减分",
        "deduct",
        "bonus",
        "veto",
        "monitor",
        "-",
        "/",
        "—",
        "n/a",
    )
