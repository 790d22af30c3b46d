"""Whose a lone sheet is: "姓名：张三  岗位：经理" in a title line, or 姓名 | 张三 in cells side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from perfxl.core.values.dates import parse_period
from perfxl.core.values.text import clean
from perfxl.tables.headers import bare, meanings

Fields = dict[str, str]
"""Canonical column of the contract sheet -> text from the title."""

_COLUMNS = ("person", "name", "post", "department", "issuer", "period")
_LABEL = re.compile(r"([^\s:：,，;；|、]+(?: [^\s:：,，;；|、]+)?)\s*[:：]")
_END = re.compile(r"\s{2,}|[,，;；|、\t\n]|_{2,}")
_PERIOD = re.compile(
    r"20\d\d\s*(?:年\s*(?:第?[一二三四1-4]季度|[上下]半年|1[0-2]月|[1-9]月)|年度?|[QH][1-4]|[-.](?:1[0-2]|0[1-9])(?!\d))?"
)


def title_fields(rows: Sequence[Sequence[Any]]) -> Fields:
    """What the lines say; the first mention of each holds."""
    found: Fields = {}
    for row in rows:
        cells = [clean(value) if isinstance(value, str) else value for value in row]
        for i, cell in enumerate(cells):
            if isinstance(cell, str) and cell:
                for column, text in (*_in_text(cell), *_beside(cell, cells[i + 1 : i + 6])):
                    found.setdefault(column, text)
    if "period" not in found:
        period = _period(rows)
        if period:
            found["period"] = period
    return found


def period_in(text: str) -> str:
    """The first period a text mentions, as core/dates writes it."""
    found = _PERIOD.search(text)
    return (parse_period(found[0]).value or "") if found else ""


def _in_text(cell: str) -> list[tuple[str, str]]:
    labels = [_label(found) for found in _LABEL.finditer(cell)]
    ends = [*(start for start, _, _ in labels[1:]), len(cell)]
    pairs = []
    for (_, start, column), end in zip(labels, ends, strict=False):
        text = _END.split(cell[start:end].strip())[0].strip(" _")
        if column and text:
            pairs.append((column, text))
    return pairs


def _label(found: re.Match[str]) -> tuple[int, int, str]:
    """Where a label begins and ends, and its column; of two words, the first may belong to the value before."""
    column = _column(found[1])
    if column or " " not in found[1]:
        return found.start(1), found.end(), column
    word = found[1].rpartition(" ")[2]
    return found.end(1) - len(word), found.end(), _column(word)


def _beside(cell: str, right: Sequence[Any]) -> list[tuple[str, str]]:
    column = _column(cell)
    value = next((value for value in right if value != ""), "")
    text = f"{value:.15g}" if isinstance(value, float) else str(value)
    if not column or not text or _column(text) or _LABEL.match(text):
        return []
    return [(column, text.strip(" _"))]


def _column(label: str) -> str:
    known = meanings("contract_sheet").get(bare(label), ())
    return next((meaning.column for meaning in known if meaning.column in _COLUMNS), "")


def _period(rows: Sequence[Sequence[Any]]) -> str:
    texts = (cell for row in rows for cell in row if isinstance(cell, str))
    return next((period for period in map(period_in, texts) if period), "")
