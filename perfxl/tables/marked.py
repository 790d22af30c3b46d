"""Scored by people: on which scale the marks of a table are, and with which share each giver's count.

A scale or a share is taken only where the table says so or its own arithmetic proves it: a header's (1-5) or 30%, full
marks, weighted scores that follow from one giver's marks, points that are one giver's. Else the question stays open.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import NamedTuple

from perfxl.core.values.text import fold
from perfxl.tables.lexicon import SURE, Heard, relation_words

_NEAR = 0.051  # a figure shown with one decimal
LEAST_OF_HUNDRED = 10.0
"""Marks up to this may be of 5, of 10, or of 100."""


class MarkCell(NamedTuple):
    """One mark as it stands: whose (a relation), the value, the column's letter."""

    relation: str
    value: float
    letter: str


@dataclass
class MarkedRow:
    """What the settling of scale and shares goes by: one KPI of one contract.

    weight   percent points; full: its full marks; points, weighted: what the table says came out
    """

    marks: tuple[MarkCell, ...] = ()
    points: float | None = None
    weighted: float | None = None
    weight: float | None = None
    full: float | None = None


@dataclass
class Settled:
    """How a table's marks count.

    full     row -> the full marks of its marks; None where nothing says
    shares   relation -> percent points; empty where nothing says
    proved   whether the table's own figures prove the shares
    off      rows whose weighted score or points do not follow
    """

    full: list[float | None] = field(default_factory=list)
    shares: dict[str, float] = field(default_factory=dict)
    proved: bool = False
    off: list[int] = field(default_factory=list)


def join_heard(columns: Iterable[tuple[str, Heard]]) -> dict[str, Heard]:
    """Relation -> what its columns' headers say; the shares of several add up: 直接上级(60%), 分管领导(20%)."""
    heard: dict[str, Heard] = {}
    for relation, each in columns:
        known = heard.get(relation)
        both = known is not None and known.share is not None and each.share is not None
        share = (known.share or 0.0) + (each.share or 0.0) if known and both else each.share
        heard[relation] = replace(each, share=share)
    return heard


def join_marks(cells: Sequence[MarkCell], shares: Mapping[str, float | None]) -> tuple[MarkCell, ...]:
    """A row's marks. Those of one relation whose columns have different shares are one, their weighted mean: within a
    relation each would count alike.

    shares  letter of a column -> the percent points that its header gives
    """
    found: dict[str, list[MarkCell]] = {}
    for cell in cells:
        found.setdefault(cell.relation, []).append(cell)
    joined: list[MarkCell] = []
    for relation, those in found.items():
        weights = [shares.get(cell.letter) or 0.0 for cell in those]
        if len(set(weights)) > 1 and all(weights):
            mean = sum(w * cell.value for w, cell in zip(weights, those, strict=True)) / sum(weights)
            those = [MarkCell(relation, round(mean, 10), those[0].letter)]
        joined += those
    return tuple(joined)


def is_final(rows: Sequence[MarkedRow], points: Heard | None) -> bool:
    """Whether the table itself says what came of the marks, in a column 得分 or Final score filled throughout."""
    sure = points is not None and points.senses.get("points", 0.0) >= SURE - 0.05
    return sure and bool(rows) and all(row.points is not None for row in rows)


def settle(
    rows: Sequence[MarkedRow],
    heard: Mapping[str, Heard],
    points_heard: Heard | None,
    texts: Iterable[str] = (),
    total: float | None = None,
    weight_is_full: bool = False,
    totals: Mapping[str, float] = MappingProxyType({}),
) -> Settled:
    """Scale and shares of a table's marks.

    heard  relation -> its column's header; points_heard, the header of the points' column
    texts  the lines around the table, which may state the shares
    total  what the table's row of totals shows for the points
    totals  relation -> what the row of totals shows below its marks
    weight_is_full  the header of the weights says that they are the points to be had (分值)
    """
    scale = next((each.scale[1] for each in (*heard.values(), points_heard) if each and each.scale), None)
    texts = list(texts)
    common = scale or _scale_by_values(rows, total, weight_is_full) or stated_scale(rows, texts)
    settled = Settled([row.full or common or (row.weight if weight_is_full else None) for row in rows])
    unsaid = common is None and not weight_is_full and all(row.full is None for row in rows)
    if unsaid and (_sums_up(rows, total) or any(_marks_sum_up(rows, *each) for each in totals.items())):
        settled.full = [row.weight for row in rows]
    stated = {relation: each.share for relation, each in heard.items() if each.share is not None} or _stated(
        texts, heard
    )
    given = {cell.relation for row in rows for cell in row.marks}
    if sum(stated.values()) == 100 and given <= stated.keys():
        settled.shares = stated
        settled.off = _off(rows, stated)
    elif proved := _proved(rows, given):
        settled.shares, settled.proved = proved, True
    elif relation := _proved_by_total(rows, given, totals):
        settled.shares, settled.proved = {relation: 100.0}, True
    elif given == {"superior"}:
        settled.shares = {"superior": 100.0}
        settled.off = _off(rows, settled.shares)
    return settled


def _scale_by_values(rows: Sequence[MarkedRow], total: float | None, weight_is_full: bool) -> float | None:
    """Of 100, where marks are too high for their KPI's own weight, or the total shown is their weighted mean. Where the
    weights are points to be had (分值), or the total is the plain sum, one mark above them may be a mark with a bonus:
    then all must be above."""
    pairs = [
        (value, row.weight)
        for row in rows
        for value in (*(cell.value for cell in row.marks), row.points)
        if value is not None
    ]
    highest = max((value for value, _ in pairs), default=0.0)
    if highest <= LEAST_OF_HUNDRED or highest > 100:
        return None
    above = [weight is not None and value > weight + _NEAR for value, weight in pairs]
    of_two_scales = any(0 < value <= LEAST_OF_HUNDRED for value, _ in pairs)  # 90 and 4: of 100 and of 5, it may be
    if not of_two_scales and (all(above) if weight_is_full else any(above) and not _sums_up(rows, total)):
        return 100.0
    weighted = [(row.points, row.weight) for row in rows if row.points is not None and row.weight is not None]
    mean = sum(value * weight for value, weight in weighted) / 100
    return (
        100.0
        if weighted and total is not None and abs(mean - total) < _NEAR < abs(sum(v for v, _ in weighted) - total)
        else None
    )


def _sums_up(rows: Sequence[MarkedRow], total: float | None) -> bool:
    """Whether the total shown is the plain sum of the points, so that each is of its KPI's weight."""
    points = [row.points for row in rows if row.points is not None]
    return total is not None and len(points) > 1 and abs(sum(points) - total) < _NEAR


def _marks_sum_up(rows: Sequence[MarkedRow], relation: str, total: float) -> bool:
    """Whether the total below a giver's marks is their plain sum, and none is above its KPI's weight."""
    pairs = [(cell.value, row.weight) for row in rows for cell in row.marks if cell.relation == relation]
    within = all(weight is not None and value <= weight + _NEAR for value, weight in pairs)
    return within and len(pairs) > 1 and abs(sum(value for value, _ in pairs) - total) < _NEAR


def _proved_by_total(rows: Sequence[MarkedRow], given: set[str], totals: Mapping[str, float]) -> str:
    """The giver whose marks alone have a total that follows from them: the form's result is what that giver says."""
    if len(totals) != 1 or "self" in totals or not given > totals.keys():
        return ""
    [(relation, total)] = totals.items()
    if _marks_sum_up(rows, relation, total):
        return relation
    made = 0.0
    for row in rows:
        mark = _mean(row.marks, {relation: 100.0})
        if mark is None or row.weight is None:
            return ""
        made += mark * row.weight / 100
    return relation if abs(made - total) < _NEAR else ""


def _proved(rows: Sequence[MarkedRow], given: set[str]) -> dict[str, float]:
    """The giver whose marks alone are the points, or make the weighted scores; or the even mean of all that is."""
    for relation in sorted(given, key=lambda name: (name == "self", name)):
        if _follows(rows, {relation: 100.0}):
            return {relation: 100.0}
    if len(given) == 2 and (shares := _solved(rows, *sorted(given))):
        return shares
    even = {relation: 100 / len(given) for relation in given}
    return even if len(given) in (2, 4, 5) and _follows(rows, even) else {}


_SHARE_STEP = 5.0  # percent points: shares are agreed in such steps


def _solved(rows: Sequence[MarkedRow], one: str, other: str) -> dict[str, float]:
    """The shares of two givers by which every row's points come out; none where they are no round figures, or where
    fewer than two rows tell them."""
    told: set[float] = set()
    count = 0
    for row in rows:
        first, second = (_mean(row.marks, {relation: 100.0}) for relation in (one, other))
        if first is None or second is None or row.points is None or abs(first - second) < 1:
            continue
        share = (row.points - second) / (first - second) * 100
        told.add(round(share / _SHARE_STEP) * _SHARE_STEP)
        count += 1
    if count < 2 or len(told) != 1 or not 0 < (share := told.pop()) < 100:
        return {}
    shares = {one: share, other: 100 - share}
    return shares if _follows(rows, shares) else {}


def _follows(rows: Sequence[MarkedRow], shares: Mapping[str, float]) -> bool:
    checked = [value for i, row in enumerate(rows) if (value := _agrees(row, shares)) is not None]
    return bool(checked) and all(checked)


def _off(rows: Sequence[MarkedRow], shares: Mapping[str, float]) -> list[int]:
    return [i for i, row in enumerate(rows) if _agrees(row, shares) is False]


def _agrees(row: MarkedRow, shares: Mapping[str, float]) -> bool | None:
    """Whether the row's own points or weighted score are what the marks give; None where it shows neither."""
    mark = _mean(row.marks, shares)
    if mark is None:
        return None
    if row.points is not None:
        return abs(row.points - mark) < _NEAR
    if row.weighted is None or row.weight is None:
        return None
    ways = (mark, mark * row.weight / 100, *((mark / row.full * row.weight,) if row.full else ()))
    return any(abs(row.weighted - way) < _NEAR for way in ways)


def _mean(marks: Sequence[MarkCell], shares: Mapping[str, float]) -> float | None:
    """The mean of the relations' means; None where one of them has no mark."""
    total = 0.0
    for relation, share in shares.items():
        values = [cell.value for cell in marks if cell.relation == relation]
        if not values:
            return None
        total += share * sum(values) / len(values)
    return total / 100


_STATED_SCALE = re.compile(
    r"(?<!\d)(?:\d++\s*(?:-|~|至|到|—)\s*)?(\d++)\s*分制|满分(?:为|是)?\s*[:=]?\s*(\d+)\s*分?"
    r"|(?:scale|rated?|score|ratings?)\D{0,20}\d+\s*(?:-|~|to|–)\s*(\d+)|out of\s*(\d+)"
)
_OF_SCALE = re.compile(r"scale|rating|score|评分|分值|标度|分制")
_KEY = re.compile(r"(?:^|\D)(\d+)\s*(?:=|:|-)\s*[a-z\u4e00-\u9fff]")


def stated_scale(rows: Sequence[MarkedRow], texts: Iterable[str]) -> float | None:
    """The full marks in a note or a title: 评分为1-5分制, 满分100分, 1 = Poor ... 5 = Excellent. 100 may be
    the whole form's, so that beside weights it says nothing of one KPI."""
    found: set[float] = set()
    for text in texts:
        plain = fold(text).casefold()
        key = [float(number) for number in _KEY.findall(plain)]
        found |= {float(next(filter(None, match.groups()))) for match in _STATED_SCALE.finditer(plain)}
        both_ends = (
            len(key) == 2 and min(key) in (0.0, 1.0) and bool(_OF_SCALE.search(plain))
        )  # 1 = poor, 5 = excellent
        found |= {max(key)} if len(key) > 2 or both_ends else set()
    highest = max((cell.value for row in rows for cell in row.marks), default=0.0)
    highest = max(highest, *(row.points or 0.0 for row in rows)) if rows else highest
    if len(found) != 1 or highest > max(found):
        return None
    full = found.pop()
    return full if full <= LEAST_OF_HUNDRED or all(row.weight is None for row in rows) else None


_PERCENT = r"\s*(?:评分|评价|评|打分|得分|分|rating|score)?\s*(?:占比?|权重|[:*x×]|of)?\s*(\d+(?:\.\d+)?)\s*%"


def _stated(texts: Iterable[str], heard: Mapping[str, Heard]) -> dict[str, float]:
    """Shares in a note or a title: 自评占30%，上级评占70%."""
    words = relation_words()
    for text in texts:
        plain = fold(text).casefold()
        found: dict[str, float] = {}
        for relation in heard:
            for word in sorted(words.get(relation, ()), key=len, reverse=True):
                if match := re.search(re.escape(word) + _PERCENT, plain):
                    found[relation] = float(match[1])
                    break
        if len(found) > 1 and abs(sum(found.values()) - 100) < 1e-9:
            return found
    return {}


def relation_among(relation: str, all_relations: Iterable[str]) -> str:
    """Who reviews counts as a superior, where no other superior marks."""
    return "superior" if relation == "review" and "superior" not in set(all_relations) else relation


RELATION_NAMES = {
    "self": "自评",
    "superior": "上级",
    "peer": "同级",
    "subordinate": "下级",
    "customer": "客户",
    "review": "复核",
}
