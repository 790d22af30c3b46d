"""The words by which the total score of one person is known, beside a table or in a note, and the figure behind."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from perfxl.core.values.text import fold
from perfxl.tables.lexicon import SURE, hear

_OF_WHOM = r"(?:员工|个人|本人|被考核人|本期|本年度?|本季度?|本月)?"
_YEAR = r"(?:(?:20\d\d)?年度?|全年)?"
_SCORE_ZH = (
    r"(?:(?:绩效|考核|考评|评估|综合|最终|最后|合计|总计|加权|实际|各项|总评)*"
    r"(?:总分数?|总得分|总成绩|总评分|得分合计|得分总计|分数合计|合计得分|总计得分"
    r"|(?:综合|最终|最后|绩效考核|考核|绩效)(?:得分|评分|分数|成绩)))"
)
_SCORE_EN = (
    r"(?:(?:kpi|performance|appraisal|weighted)\s*)?(?:final|overall|total|grand total|composite)\s*"
    r"(?:kpi|performance|appraisal|weighted)?\s*(?:scores?|points|marks?|result)"
)
_OF_SCORE = re.compile(f"{_OF_WHOM}{_SCORE_ZH}|{_SCORE_EN}", re.IGNORECASE)
_OF_YEAR = re.compile(f"{_YEAR}{_OF_WHOM}{_SCORE_ZH}")
_PLAIN = re.compile(r"合计|总计|共计|总和|(?:grand\s*)?total", re.IGNORECASE)
_FULL_MARKS = re.compile(
    r"\((?:满分(?:为|:)?\s*100\s*分?|100\s*分(?:制)?|百分制|分|points?|(?:out )?of 100)\)", re.IGNORECASE
)
_MAY_BE_FULL = re.compile(r"得分|评分|综合|最终|最后|final|overall", re.IGNORECASE)
_FIGURE = re.compile(r"(\d+(?:\.\d+)?)\s*(?:分|points?|pts\.?|/\s*100)?(?:\s*\([^()\d%]*\))?\.?", re.IGNORECASE)
_IN_TEXT = re.compile(
    r"(?:^|(?<=[,;。:!|、\s])|(?<=the\s))(?P<label>[^\W\d_](?:[^,;。:=()%|]{0,40}?[^\W\d_])??|20\d\d年[^,;。:=()%|]{0,40}?)"
    r"(?P<full>\([^()]{0,20}\))?\s?(?P<by>[:=]|为|是|\bis\b|\bwas\b|)\s?"
    r"(?P<figure>\d{1,4}(?:\.\d{1,6})?)\s?(?:分(?!之)|points?|pts|/\s?100(?!\d))?\s?(?=$|[,;。()|、]|\.(?:\s|$)|\s+[^\W\d])",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"如|若|凡|则|当|以上|以下|以内|不得|低于|高于|不足|达到|大于|小于|超过|满分|须|应|标准|权重|占|例"
    r"|[<>≤≥~%]|\b(?:if|when|where|least|most|above|below|over|under|or|must|should|max(?:imum)?|out of|full)\b",
    re.IGNORECASE,
)
_SPREAD = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")  # 总 分
_LONG_VALUE = 12
_LONG_LABEL, _LONGEST = 60, 500  # characters: a label, and a line that may state a total
_LEAST = 10.0  # what is not above may be of 5 or of 10


class Figure(NamedTuple):
    """A figure and how many decimals are shown of it."""

    value: float
    places: int

    @property
    def near(self) -> float:
        """By how much it may be off from what it was rounded from."""
        return 0.5 * float(10**-self.places) + 1e-6


def is_total_score(label: str, name: str = "", yearly: bool = False) -> bool:
    """Whether a label is certainly that of one person's total score: not of a part, of a group, of one who judges.

    name    of the person whose table it is, which may stand before it
    yearly  whether the table is of a year
    """
    plain = (
        _FULL_MARKS.sub("", _SPREAD.sub("", fold(label).strip())).strip(" :=").removeprefix("the ").removeprefix("The ")
    )
    plain = plain.removeprefix(name).removeprefix("的").strip(" :") if name else plain
    return bool(_OF_SCORE.fullmatch(plain) or (yearly and _OF_YEAR.fullmatch(plain)))


_RESULTS = ("total_score", "grade", "coefficient", "rank")
_LABELLED = re.compile(r"([^:]{1,40}?)\s*:\s*(.*)")


def result_label(text: str) -> tuple[str, str]:
    """The label of a person's result, 考核总分 or 等级, and what stands behind its colon; blanks for any other text."""
    plain = fold(text).strip()
    match = _LABELLED.fullmatch(plain)
    label, value = (match[1], match[2]) if match else (plain, "")
    said = hear(label).senses if len(label) <= _LONG_LABEL else {}
    is_result = is_total_score(label) or any(said.get(meaning, 0.0) >= SURE - 0.05 for meaning in _RESULTS)
    return (label, value) if is_result else ("", "")


def is_result_row(row: Sequence[object]) -> bool:
    """Whether a row says one person's result and nothing else: 考核总分：90 | 考核等级：A, or 总分 | 90 | 等级 | A."""
    open_label, labels, longest = False, 0, _LONG_VALUE
    for cell in (cell for cell in row if cell != ""):
        label, value = result_label(cell) if isinstance(cell, str) else ("", "")
        if label:
            longest = (
                _LONG_LABEL if str(cell).rstrip()[-1:] in ":：" else _LONG_VALUE
            )  # 考核等级： | 优秀（ ） 良好（√）
            open_label, labels = not value, labels + 1
        elif open_label and (isinstance(cell, float) or len(str(cell)) <= longest):
            open_label = False
        else:
            return False
    return labels > 0


def is_plain_total(label: str) -> bool:
    """Whether it says that something is a total, not of what."""
    return len(label) <= _LONG_LABEL and bool(_PLAIN.fullmatch(_SPREAD.sub("", fold(label)).strip(" :=")))


def may_be_score(figure: Figure, label: str) -> bool:
    """Whether a figure is one of 100: not a blank sum, a mark of 5 or 10, nor the full marks."""
    return figure.value > _LEAST and (figure.value != 100 or bool(_MAY_BE_FULL.search(label)))


def figure_of(cell: object) -> Figure | None:
    """A number, or a text that is one with its unit: 85, 85.0, 85分, 85/100. A percentage is none."""
    if isinstance(cell, float):
        return _figure(f"{round(cell, 2):.10g}")
    text = fold(cell).strip() if isinstance(cell, str) and len(cell) <= _LONG_LABEL else ""
    match = _FIGURE.fullmatch(text)
    return _figure(match[1]) if match else None


def figures_in(text: str, name: str = "", yearly: bool = False, plain: bool = False) -> list[Figure]:
    """The total scores that a line states: 考核总分：85, 总分为85分，评级B. A line that sets conditions states none.

    plain  whether Total: 85 will do
    """
    said = " ".join(fold(text).split()) if len(text) <= _LONGEST else ""
    if _CONDITION.search(said):
        return []
    found: list[Figure] = []
    for match in _IN_TEXT.finditer(said):
        label, figure = match["label"] + (match["full"] or ""), _figure(match["figure"])
        certain = is_total_score(label, name, yearly) or (plain and match["by"] == ":" and is_plain_total(label))
        if certain and may_be_score(figure, label):
            found.append(figure)
    return found


def _figure(text: str) -> Figure:
    return Figure(float(text), len(text.partition(".")[2]))
