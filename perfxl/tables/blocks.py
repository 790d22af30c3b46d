"""Where the tables of a sheet lie: the rows and columns of each, its header, and the lines above that speak of it.

A table begins with its header; it ends where another begins, or where a blank row is followed by a row of text alone.
Tables side by side are parted by a blank column. Lines of text alone and rows of labels and values belong to what
comes below them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from perfxl.core.values.multiples import multiple_of
from perfxl.core.values.text import clean, fold
from perfxl.tables.grid import Grid
from perfxl.tables.headers import bare
from perfxl.tables.lexicon import LEAST_LEVELS, LIKELY, MARK, PERIOD, SURE, Heard, hear, is_level
from perfxl.tables.memory import NOTHING_SETTLED, Memory
from perfxl.tables.notation.targets import unit_of

MAX_HEIGHT = 3
"""Rows of one header at most."""
MAX_COLUMNS = 1024
"""Columns of a sheet in which tables are looked for."""
_LONGEST = 40  # characters of a header; what is longer is a sentence
_TITLES = frozenset(("name", "person", "post", "department", "issuer", "period", "contract"))
_PEOPLE = frozenset((*_TITLES, "email"))
_MEASURED = frozenset(("weight", "section_weight", "full_marks", "target", "actual", "points", "weighted"))
_SAYS = LIKELY * 0.8  # how surely a cell must speak to count as a header


@dataclass
class Block:
    """One table of a sheet; rows and columns count from 0, `bottom` and `right` lie outside.

    top      the first line that belongs to it, its title or its header
    heard    column -> what its header says; texts, as typed
    """

    top: int
    row: int
    height: int
    bottom: int
    left: int
    right: int
    heard: dict[int, Heard] = field(default_factory=dict)
    texts: dict[int, str] = field(default_factory=dict)

    @property
    def first(self) -> int:
        """The first row below the header."""
        return self.row + self.height


def find_blocks(grid: Grid, limit: int | None = None, memory: Memory = NOTHING_SETTLED) -> list[Block]:
    """The tables of a sheet with a header that says something, in the order of their rows.

    limit   how many rows are looked at; all, where it is left out
    memory  readings settled before, whose headers count as words for columns too
    """
    finder = _Finder(grid, limit, memory)
    return [part for block in finder.blocks() for part in finder.side_by_side(block)]


def cell_text(value: Any) -> str:
    """A cell's text in one line; "" for a number or a blank."""
    return " ".join(clean(value).split()) if isinstance(value, str) else ""


class _Finder:
    def __init__(self, grid: Grid, limit: int | None, memory: Memory) -> None:
        self._hear = memory.hear if memory.words else hear
        self._rows = grid.rows if limit is None else grid.rows[:limit]
        self._width = min(len(self._rows[0]), MAX_COLUMNS) if self._rows else 0
        self._merges = [merge for merge in grid.merges if merge[0] < len(self._rows) and merge[1] < self._width]
        self._across: dict[int, list[tuple[int, int, int]]] = {}
        for top, left, bottom, right in self._merges:
            if right > left or bottom > top:
                self._across.setdefault(top, []).append((left, bottom, min(right, self._width - 1)))

    def blocks(self) -> list[Block]:
        headers = self._headers()
        blocks: list[Block] = []
        for row, height, texts in headers:
            if blocks and self._is_same(blocks[-1].texts, texts):
                continue  # the same header again, for the next person or page: contract_rows knows it
            blocks.append(
                Block(row, row, height, 0, 0, self._width, {at: self._hear(text) for at, text in texts.items()}, texts)
            )
            self._take_units(blocks[-1])
        for i, block in enumerate(blocks):
            after = blocks[i - 1].first if i else 0
            block.top = self._title_from(block.row, after)
        for block, below in zip(blocks, [*(b.top for b in blocks[1:]), len(self._rows)], strict=False):
            block.bottom = self._end(block, below)
        return blocks

    def _take_units(self, block: Block) -> None:
        """The units of the columns right below the header, （%） | （万元） | （万元）, are part of it: each stands in
        brackets behind the header's text."""
        row = self._rows[block.first][: self._width] if block.first < len(self._rows) else []
        cells = {at: cell_text(value) for at, value in enumerate(row) if value != ""}
        first = min(cells, default=-1)
        if cells.get(first, "").strip("()（）:：") in _UNIT_LABELS and block.heard.get(first):
            del cells[first]
        units = {at: _unit(text) for at, text in cells.items()}
        marked = any(text[:1] in _BRACKETS for text in cells.values())
        if (
            not units
            or not all(units.values())
            or not (marked or len(units) > 1)
            or not units.keys() <= block.texts.keys()
        ):
            return
        for at, unit in units.items():
            if unit not in block.texts[at]:
                block.texts[at] = f"{block.texts[at]}({unit})"
        block.height += 1

    # Headers

    def _headers(self) -> list[tuple[int, int, dict[int, str]]]:
        found: list[tuple[int, int, dict[int, str]]] = []
        i = 0
        while i < len(self._rows):
            header = self._header_at(i) if self._may_be_header(i) else None
            if header and (not found or self._begins_anew(i, header[1], found[-1][2])):
                found.append((i, *header))
                i += header[0]
            else:
                i += 1
        return found

    def _begins_anew(self, i: int, texts: dict[int, str], above: dict[int, str]) -> bool:
        """Whether a header below a table begins another one: after a blank row or a line of text, or by saying as much
        as a header does. A row right below others of its table, such as 部门费用 | 扣分, is one more of them."""
        if self._is_blank(i - 1) or self._is_line(i - 1) or self._is_same(above, texts):
            return True
        return sum(self._hear(text).best >= _SAYS for text in texts.values() if len(text) <= _LONGEST) >= 3

    def _may_be_header(self, i: int) -> bool:
        """Text alone, or nearly: a number is no header but for levels of 1 to 5, a date may be a month."""
        row = self._rows[i][: self._width]
        if sum(value != "" for value in row) < 2 or _other_figures(row):
            return False
        texts = [cell_text(value) for value in row]
        if self._is_pairs([text for value, text in zip(row, texts, strict=True) if value != ""]):
            return False
        return not any(_is_label(text) or _SAID.match(text) or _SIGNED.search(text) for text in texts)

    def _header_at(self, i: int) -> tuple[int, dict[int, str]] | None:
        """The height and texts of the header that begins in the row; None where it is no header."""
        best: tuple[int, dict[int, str]] | None = None
        gained = 0.0
        for height in range(1, MAX_HEIGHT + 1):
            if height > 1 and (i + height > len(self._rows) or not self._continues(i, i + height - 1)):
                break
            texts = self._texts(i, height)
            said = self._said(texts)
            spanned = any(bottom > i or right > left for left, bottom, right in self._across.get(i, ()))
            least = 0.1 if height > 2 and self._is_under_spans(i, i + height - 1) else 0.5 if spanned else 1.5
            if best is None or said >= gained + least:
                best, gained = (height, texts), said
            if height == 1 and self._is_label_row(i, texts):
                break
        if best and best[0] > 1 and self._said(self._texts(i + 1, best[0] - 1)) >= gained:
            return None  # the row only names what stands below, such as whose table it is
        return best if best and self._is_header(i, *best) else None

    def _continues(self, top: int, row: int) -> bool:
        """Whether a further row may belong to the header: text alone, below cells that are merged or blank, or beside
        such as reach down."""
        cells = self._rows[row][: self._width]
        if _other_figures(cells) or not any(value != "" for value in cells):
            return False
        above = self._rows[row - 1]
        reaching = any(
            left <= at <= right and bottom >= row
            for at in range(self._width)
            for left, bottom, right in self._across.get(top, ())
        )
        spanning = any(right > left for r in range(top, row) for left, _, right in self._across.get(r, ()))
        return reaching or spanning or any(above[at] == "" and cells[at] != "" for at in range(self._width))

    def _is_under_spans(self, top: int, row: int) -> bool:
        """Whether all that a row holds stands below cells of the header that span several columns: 直接 | 分管 below
        上级."""
        spans = [(left, right) for r in range(top, row) for left, _, right in self._across.get(r, ()) if right > left]
        filled = [at for at, cell in enumerate(self._rows[row][: self._width]) if cell != ""]
        return len(filled) > 1 and all(any(left <= at <= right for left, right in spans) for at in filled)

    def _texts(self, top: int, height: int) -> dict[int, str]:
        """Column -> the header's words from above down; merged words hold for all their columns."""
        lines: list[dict[int, str]] = []
        for row in range(top, top + height):
            line = {at: _header_text(value) for at, value in enumerate(self._rows[row][: self._width]) if value != ""}
            for left, _, right in self._across.get(row, ()):
                if left in line and row < top + height - 1:
                    line.update(dict.fromkeys(range(left, right + 1), line[left]))
            lines.append(line)
        texts: dict[int, str] = {}
        for at in range(self._width):
            words = list(dict.fromkeys(line[at] for line in lines if line.get(at)))
            if words:
                texts[at] = _join(words)
        return texts

    def _said(self, texts: dict[int, str]) -> float:
        """How much a header says: its meanings, each counted once."""
        best: dict[str, float] = {}
        levels = [at for at, text in texts.items() if is_level(text)]
        levels = levels if len(levels) >= LEAST_LEVELS else []
        for at, text in texts.items():
            heard = self._hear(text) if len(text) <= _LONGEST else Heard(text, {})
            meaning = _best(heard)
            key = f"{meaning}{at}" if meaning.startswith((MARK, PERIOD)) else meaning
            if meaning:
                best[key] = max(best.get(key, 0.0), heard.senses[meaning])
            if heard.share is not None or at in levels:
                best[f"share{at}"] = SURE
        return sum(score for score in best.values() if score >= _SAYS)

    def _is_header(self, i: int, height: int, texts: dict[int, str]) -> bool:
        heard = {at: self._hear(text) for at, text in texts.items() if len(text) <= _LONGEST}
        telling = {at: each for at, each in heard.items() if each.best >= _SAYS}
        shares = [at for at, each in heard.items() if at not in telling and each.share is not None]
        meanings = {_best(each) for each in telling.values()}
        surely = {meaning for each in heard.values() for meaning, score in each.senses.items() if score >= SURE - 0.05}
        if "kpi" in surely and any(meaning in _MEASURED or meaning.startswith(MARK) for meaning in surely):
            return True  # whatever else stands beside a KPI and its weight, target or score
        named = any(each.senses.get("kpi", 0.0) >= LIKELY for each in heard.values())
        if named and sum(is_level(text) for text in (texts[at] for at in heard)) >= LEAST_LEVELS:
            return True  # levels beside what is judged
        if meanings & {"name", "person", "department", "post"} and len(shares) >= 2:
            return True  # people below, KPIs with their weights across
        if len(telling) < 2 or len(meanings) < 2 or 3 * len(telling) < len(texts):
            return (
                len(telling) >= 1
                and bool(meanings & {"name", "person"})
                and self._figures_below(i + height, texts.keys() - telling.keys())
            )
        if meanings <= _TITLES | {"note", "email"}:
            return self._is_people(i + height, telling)
        return True

    def _is_label_row(self, i: int, texts: dict[int, str]) -> bool:
        """Labels with values or blanks beside them: 部门 | 一部 | 姓名 | 甲. No people stand below."""
        telling = {
            at: each for at, each in ((at, self._hear(text)) for at, text in texts.items()) if each.best >= _SAYS
        }
        return (
            bool(telling)
            and {_best(each) for each in telling.values()} <= _TITLES
            and not self._is_people(i + 1, telling)
        )

    def _is_pairs(self, texts: Sequence[str]) -> bool:
        """Labels of whose table it is, each with its value behind it, whatever else the value may say: 姓名 | 甲 |
        岗位 | 经理 | 考核期 | 2026年1月."""
        labels, values, label = 0, 0, ""
        for text in texts:
            heard = self._hear(text) if text and len(text) <= _LONGEST else Heard(text, {})
            meaning = _best(heard) if heard.best >= SURE - 0.05 else ""
            told = meaning if not meaning.startswith((MARK, PERIOD) if label == "period" else MARK) else ""
            if meaning in _TITLES and not heard.period:
                labels, label = labels + 1, meaning
            elif told or not label:
                return False
            else:
                values, label = values + 1, ""
        return labels >= 2 and 2 * values >= labels

    def _figures_below(self, row: int, columns: Any) -> bool:
        """Whether at least two of the columns hold a number in each of the next rows."""
        below = [line for line in self._rows[row : row + 3] if any(value != "" for value in line[: self._width])]
        filled = [at for at in columns if below and all(isinstance(line[at], float) for line in below)]
        return len(filled) >= 2

    def _is_people(self, row: int, telling: dict[int, Heard]) -> bool:
        """Labels side by side, with values below rather than beside them."""
        columns = sorted(telling)
        if row >= len(self._rows) or any(b - a > 1 for a, b in pairwise(columns)):
            return False
        below = self._rows[row]
        values = [below[at] for at in columns]
        filled = sum(value != "" for value in values)
        labels = sum(bool(isinstance(value, str) and self._hear(cell_text(value)).best >= LIKELY) for value in values)
        return 2 * filled > len(columns) and labels == 0

    def _is_same(self, one: dict[int, str], other: dict[int, str]) -> bool:
        same = sum(bare(one.get(at)) == bare(text) for at, text in other.items())
        return same >= 2 and 2 * same >= max(len(one), len(other)) and 4 * same >= 3 * len(other)

    # Where a table begins and ends

    def _title_from(self, header: int, after: int) -> int:
        """The first of the lines directly above a header that speak of it: text alone, up to a blank row or a table."""
        top = header
        while top > after and self._is_line(top - 1):
            top -= 1
        return top

    def _is_line(self, i: int) -> bool:
        cells = [value for value in self._rows[i][: self._width] if value != ""]
        return len(cells) == 1 and isinstance(cells[0], str)

    def _end(self, block: Block, below: int) -> int:
        """The table's end: the next one's title, or a blank row that is followed by a row of words as a header."""
        for i in range(block.first + 1, below):
            if self._is_blank(i - 1) and not self._is_blank(i) and self._is_foreign(i, below):
                return i
        return below

    def _is_foreign(self, i: int, below: int) -> bool:
        """Several words and no figure, and below them rows that have both: another table's header, in words unknown."""
        cells = self._rows[i][: self._width]
        words = [cell_text(value) for value in cells if value != ""]
        if (
            len(words) < 2
            or not all(words)
            or any(len(word) > 12 or any(c in word for c in ":：_") or any(c.isdigit() for c in word) for word in words)
        ):
            return False
        rows = [row for row in self._rows[i + 1 : min(i + 4, below)] if any(value != "" for value in row)]
        under = {at for at, value in enumerate(cells) if value != ""}
        return bool(rows) and any(isinstance(row[at], float) for row in rows for at in under)

    def _is_blank(self, i: int) -> bool:
        return all(
            value == "" or (isinstance(value, str) and not value.strip()) for value in self._rows[i][: self._width]
        )

    # Beside each other

    def side_by_side(self, block: Block) -> list[Block]:
        """The block, or its parts where a blank column parts two headers that each name what is measured."""
        edges = [0]
        for at in range(1, self._width - 1):
            if at not in block.texts and self._is_empty_column(at, block) and edges[-1] < at:
                edges.append(at + 1)
        spans = [(a, b) for a, b in zip(edges, [*edges[1:], self._width], strict=True)]
        parts = [{at: text for at, text in block.texts.items() if a <= at < b} for a, b in spans]
        kept = [(span, part) for span, part in zip(spans, parts, strict=True) if part]
        if len(kept) < 2 or any(not self._stands_alone(part) for _, part in kept):
            return [block]
        above = self._rows[block.row - 1] if block.row else []
        named = above and all(sum(isinstance(v, str) and v != "" for v in above[a:b]) == 1 for (a, b), _ in kept)
        top = min(block.top, block.row - 1) if named else block.top
        return [
            Block(top, block.row, block.height, block.bottom, a, b, {at: block.heard[at] for at in part}, part)
            for (a, b), part in kept
        ]

    def _is_empty_column(self, at: int, block: Block) -> bool:
        covered = any(left <= at <= right for top, left, _, right in self._merges if block.row <= top < block.bottom)
        return not covered and all(row[at] == "" for row in self._rows[block.row : block.bottom])

    def _stands_alone(self, texts: dict[int, str]) -> bool:
        said = {_best(self._hear(text)) for text in texts.values() if self._hear(text).best >= _SAYS}
        return len(said) >= 2


_BRACKETS = "()（）[]［］【】〔〕 "
_UNIT_LABELS = ("单位", "计量单位", "unit", "Unit", "units", "Units")


def _unit(text: str) -> str:
    """A cell that holds nothing but a unit, in brackets or not; "" for any other."""
    plain = fold(text).strip(_BRACKETS)
    plain = re.sub(r"^(?:单位|unit)\s*:\s*", "", plain, flags=re.IGNORECASE)
    return plain if plain == "%" or unit_of(plain) or (multiple_of([plain]) is not None and len(plain) < 4) else ""


_SIGNED = re.compile(r"(?:签字|签名|签章|签署|盖章|日期|signature|signed)\s*[:：_]", re.IGNORECASE)
_SAID = re.compile(r"[^:：]{1,20}[:：]\s*\S")  # a label with its value
_LABEL = re.compile(r"([^:：]{1,20})[:：]")


def _is_label(text: str) -> bool:
    """姓名：甲, or 被考核人: with its value beside it."""
    match = _LABEL.match(text)
    heard = hear(match[1]) if match else None
    return heard is not None and bool(_TITLES & heard.senses.keys()) and heard.best >= LIKELY


def _other_figures(row: Sequence[Any]) -> bool:
    """Whether a row holds numbers that are not levels one after the other: 5 | 4 | 3 | 2 | 1."""
    at = [place for place, value in enumerate(row) if isinstance(value, float)]
    if not at:
        return False
    levels = [row[place] for place in at]
    ends = (min(levels), max(levels))
    steps = {b - a for a, b in pairwise(levels)}
    side_by_side = at == list(range(at[0], at[-1] + 1))
    return len(at) < LEAST_LEVELS or not side_by_side or steps not in ({1.0}, {-1.0}) or ends[0] not in (0.0, 1.0)


def _best(heard: Heard) -> str:
    return max(heard.senses, key=lambda sense: heard.senses[sense], default="")


def _header_text(value: Any) -> str:
    if isinstance(value, str):
        return fold(value.replace("\n", " ")) if value.strip() else ""
    if isinstance(value, float):
        return f"{value:.15g}"
    month = getattr(value, "month", None)
    return f"{value.year}-{month:02}" if month else ""


def _join(words: Sequence[str]) -> str:
    """The words of a header over several rows, without one that the next one repeats."""
    kept = [word for i, word in enumerate(words) if not any(word in later for later in words[i + 1 :])]
    return " ".join(kept)
