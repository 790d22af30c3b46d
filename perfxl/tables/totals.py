"""The words by which rows of totals are known."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from perfxl.core.values.text import clean
from perfxl.tables.headers import bare

WHOLE = (1.0, 100.0)
_TOTALS = (
    *("小计", "合计", "总计", "共计", "总分", "总得分", "合计得分", "综合得分", "最终得分", "汇总", "总和", "之和"),
    *("累计", "平均", "平均值", "平均分", "subtotal", "total", "grandtotal", "totalweight", "totalscore", "finalscore"),
    *("overallscore", "totalpoints", "sum", "average", "mean"),
)
BEFORE_TOTAL = frozenset(
    (
        *("", "权重", "得分", "考核", "指标", "加权", "综合", "本页", "目标", "目标权重", "各项", "全部"),
        *("weight", "score"),
    )
)
"""What may stand before such a word in a row that is certainly a total; anything else may be a KPI's name."""

_OTHER_LETTERS = r"[^\u4e00-\u9fff\x00-@\[-`{-\x7f]"
_LIKELY = re.compile(f"[计計分总總和累纍均汇匯彙]|{_OTHER_LETTERS}")  # names and figures hold none of these as a rule
_CODE = re.compile(r"[A-Za-z]*+\d[\w.-]*+", re.ASCII)  # no word for totals holds a digit


class Sum:
    """The weights so far, for a row below that holds their sum."""

    def __init__(self) -> None:
        self._count, self._total = 0, 0.0

    def add(self, weight: float) -> None:
        """One more."""
        self._count += 1
        self._total += weight

    def __bool__(self) -> bool:
        return self._count > 0

    def whole(self) -> bool:
        """Whether the weights are all of them: 100%."""
        return any(abs(self._total - whole) < 1e-6 for whole in WHOLE)

    def is_exactly(self, weight: float | None) -> bool:
        """Whether they make that much."""
        return weight is not None and self._count > 0 and abs(self._total - weight) < 1e-6

    def makes(self, weight: float) -> bool:
        """Whether several make that much."""
        return self._count > 1 and abs(self._total - weight) < 1e-6


def before_total_word(name: str) -> Iterator[str]:
    """What stands before a word for totals at the end of a bare text; nothing where there is no such word."""
    if name.endswith(_TOTALS):
        yield from (name.removesuffix(word) for word in _TOTALS if name.endswith(word))


def is_subtotal(name: str) -> bool:
    """Whether a bare text ends in the word for the total of a part."""
    return name.endswith(("小计", "subtotal"))


def is_total_word(cell: Any) -> bool:
    """Whether a cell says 小计, Total or the like, and nothing else."""
    if not isinstance(cell, str) or not _LIKELY.search(cell) or _CODE.fullmatch(cell):
        return False
    return bare(cell) in _TOTALS


class PlainTexts(dict[str, bool]):
    """Text of a cell -> whether it is neither one of the header's nor ends in a word for totals; found out once, since
    names and methods stand in many rows."""

    def __init__(self, heads: Collection[str]) -> None:
        self._heads = heads

    def __missing__(self, text: str) -> bool:
        name = bare(clean(text))
        self[text] = plain = name not in self._heads and next(before_total_word(name), None) is None
        return plain
