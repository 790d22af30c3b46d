"""What the columns of a table prove about each other: products that come out, sums that repeat, groups that fold.

Arithmetic of the table's own figures is the strongest evidence; what it shows is added to the meanings that the
columns' headers allow.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from perfxl.core.policy import DEFAULT_SCALE
from perfxl.core.values.text import fold
from perfxl.tables.evidence import Column, number_in
from perfxl.tables.levels import find_levels, read_level
from perfxl.tables.lexicon import EXACT, LIKELY, MARK, PERIOD, SURE, row_kind
from perfxl.tables.ticks import ticked_label

LEVEL = "level"
"""The meaning of a column of levels; there are several."""
_NEAR = 0.051  # a figure shown with one decimal


def add_proof(columns: Mapping[int, Column], texts: Mapping[int, str]) -> None:
    """Changes the columns' meanings by what their cells prove together."""
    _mark_levels(columns, texts)
    _mark_row_kinds(columns)
    _part_years(columns)
    _part_thresholds(columns)
    _part_weights(columns)
    _part_kpis(columns)
    _find_weighted(columns)
    _find_means(columns)
    _drop_sums(columns)
    _drop_sums_among_periods(columns)
    _find_options(columns)
    _find_rules(columns)
    _find_effect_items(columns)
    _find_deducted(columns)


def heard_as(columns: Mapping[int, Column], meaning: str, least: float = LIKELY) -> list[Column]:
    """The columns that may have a meaning, from left to right."""
    return [columns[at] for at in sorted(columns) if columns[at].senses.get(meaning, 0.0) >= least]


def _mark_levels(columns: Mapping[int, Column], texts: Mapping[int, str]) -> None:
    """Columns of levels, and a column that names the level reached."""
    levels = find_levels(columns, texts)
    labels = {fold(read_level(texts[at]).label).casefold() for at in levels} - {""}
    for at in levels:
        columns[at].senses = {LEVEL: EXACT}
    for column in columns.values():
        words = {word.casefold() for word in column.words}
        reached = words and words <= labels and len(column.words) == column.filled and column.at not in levels
        if reached or _grades(column):
            column.senses = {"actual": EXACT}


def _grades(column: Column) -> bool:
    """Whether the cells below 评定 or the like are labels of the usual scale, or tick one of them."""
    worded = column.words and len(column.words) == column.filled
    labels = {ticked_label(word) or word for word in column.words}
    return bool(worded) and labels <= DEFAULT_SCALE.keys() and bool({"points", "grade"} & column.heard.senses.keys())


def _mark_row_kinds(columns: Mapping[int, Column]) -> None:
    """目标, 实际 under each other say what a row is, and are no KPIs."""
    for column in columns.values():
        if len(set(column.words)) > 1 and all(map(row_kind, column.words)) and len(column.words) == column.filled:
            column.senses = {"row_kind": EXACT}


def _part_years(columns: Mapping[int, Column]) -> None:
    """Of actuals of several years the last one's count; the year before is the base."""
    for kind, before in (("actual", "base"), ("target", "")):
        dated = [
            (int(match[0]), column)
            for column in heard_as(columns, kind, 0.1)
            if (match := _YEAR.search(column.heard.text))
        ]
        years = sorted({year for year, _ in dated})
        for year, column in dated if len(years) > 1 else ():
            if year == years[-1]:
                column.senses = {kind: EXACT}
            else:
                column.senses = {before: SURE} if before and year == years[-2] else {}


_YEAR = re.compile(r"20\d\d")


def _part_thresholds(columns: Mapping[int, Column]) -> None:
    """底线目标 | 基本目标 | 挑战目标: of two thresholds without a target beside them, the one between the other and the
    challenge is the target."""
    thresholds, challenges = heard_as(columns, "threshold", SURE - 0.05), heard_as(columns, "challenge", SURE - 0.05)
    if len(thresholds) != 2 or len(challenges) != 1 or heard_as(columns, "target", SURE - 0.05):
        return
    for low, middle in (thresholds, thresholds[::-1]):
        cells = zip(low.cells, middle.cells, challenges[0].cells, strict=True)
        rows = [[number for cell in row if (number := number_in(cell)) is not None] for row in cells]
        known = [row for row in rows if len(row) == 3]
        if known and all(row[0] < row[1] < row[2] or row[0] > row[1] > row[2] for row in known):
            middle.senses = {"target": SURE}
            return


def _part_weights(columns: Mapping[int, Column]) -> None:
    """Of two columns of weights the one with fewer cells holds the sections'."""
    weights = heard_as(columns, "weight", SURE - 0.05)
    if len(weights) == 2 and weights[0].filled < weights[1].filled:
        weights[0].senses = {"section_weight": EXACT}


def _part_kpis(columns: Mapping[int, Column]) -> None:
    """Of two columns of KPIs the left one holds categories where each of its cells stands for several rows."""
    kpis = heard_as(columns, "kpi")
    if not kpis:
        _promote_category(columns)
    if kpis and kpis[0].names_things():
        for right in kpis[1:]:
            if "definition" in right.senses:
                right.senses = {**right.senses, "kpi": 0.0}  # Goal | Description
    for left in kpis[:-1]:
        grouping = left.filled and (left.merged or left.filled < kpis[-1].filled or len(set(left.words)) < left.filled)
        if grouping:
            left.senses = {**left.senses, "category": max(SURE, left.senses.get("category", 0.0)), "kpi": 0.0}


def _promote_category(columns: Mapping[int, Column]) -> None:
    """What differs in every row is what is judged, where no other column names it: 评估方面."""
    naming = [column for column in columns.values() if column.names_things() and LEVEL not in column.senses]
    known = [column for column in naming if column.senses.get("category", 0.0) >= SURE - 0.05]
    unknown = [column for column in naming if column.is_unknown()]
    if len(known) == 1 and not unknown and known[0].filled == len(known[0].cells):
        known[0].senses = {"kpi": SURE}


def _find_weighted(columns: Mapping[int, Column]) -> None:
    """A figure that is weight x points in every row is the weighted score, whatever its header says."""
    scored = [column for column in columns.values() if _may_be_points(column)]
    _find_weighted_ratio(columns, scored)
    for weight in heard_as(columns, "weight"):
        for points in scored:
            full = points.heard.scale[1] if points.heard.scale else 0.0
            for product in scored:
                if product is not points and product.at != weight.at and _is_product(weight, points, product, full):
                    product.senses = {"weighted": EXACT}
                    if not any(meaning.startswith(MARK) for meaning in points.senses):
                        points.senses = {"points": EXACT}
                    return


def _find_weighted_ratio(columns: Mapping[int, Column], scored: Sequence[Column]) -> None:
    """A figure that is weight x actual / target in every row is the weighted score."""
    of = [heard_as(columns, meaning) for meaning in ("weight", "target", "actual")]
    if all(len(found) == 1 for found in of):
        weight, target, actual = (found[0] for found in of)
        for column in scored:
            cells = zip(weight.cells, target.cells, actual.cells, column.cells, strict=True)
            rows = [[number_in(cell) for cell in row] for row in cells]
            known = [(w, t, a, made) for w, t, a, made in rows if w and t and a is not None and made is not None]
            share = 100.0 if sum(w for w, _, _, _ in known) <= 1 + 1e-9 else 1.0
            if len(known) > 1 and all(abs(made - w * share * a / t) < _NEAR for w, t, a, made in known):
                column.senses = {"weighted": EXACT}
                return


def _may_be_points(column: Column) -> bool:
    return any(
        meaning in ("points", "weighted", "total_score", "full_marks") or meaning.startswith(MARK)
        for meaning in column.senses
    )


def _is_product(weight: Column, points: Column, product: Column, full: float) -> bool:
    rows = [tuple(map(number_in, row)) for row in zip(weight.cells, points.cells, product.cells, strict=True)]
    known = [(w, p, made) for w, p, made in rows if w is not None and p is not None and made is not None]
    share = 1.0 if sum(w for w, _, _ in known) <= 1 + 1e-9 else 100.0
    scales = [1.0, *((full,) if full else ())]
    if len(known) < 2 or all(abs(made - p) < _NEAR for _, p, made in known):
        return False
    near = 0.006 if max(abs(made) for _, _, made in known) <= 5 else _NEAR
    return any(
        all(abs(made - w / share * p / scale * times) < near for w, p, made in known)
        for scale in scales
        for times in ((1.0,) if scale == 1.0 else (1.0, 100.0))
    )


def _find_means(columns: Mapping[int, Column]) -> None:
    """The mean of all marks beside it in every row is the points."""
    marks = [column for column in columns.values() if any(meaning.startswith(MARK) for meaning in column.senses)]
    marks = [column for column in marks if column.numbers and not column.words]
    for column in columns.values() if len(marks) > 1 and not heard_as(columns, "points") else ():
        if column not in marks and _follows([mark.cells for mark in marks], column.cells, mean=True):
            column.senses = {"points": EXACT}
            return


def _drop_sums(columns: Mapping[int, Column]) -> None:
    """A figure that is the sum or the mean of the periods beside it adds nothing to them."""
    for kind in ("actual", "target"):
        periods = heard_as(columns, PERIOD + kind)
        for column in heard_as(columns, kind, 0.1) if len(periods) > 1 else ():
            if _follows([period.cells for period in periods], column.cells):
                column.senses = {"total_score": SURE}


def _drop_sums_among_periods(columns: Mapping[int, Column]) -> None:
    """1月 | 2月 | 3月 | 一季度: a longer period that is the sum or the mean of those right before it adds nothing."""
    for kind in ("actual", "target"):
        before: list[Column] = []
        for column in heard_as(columns, PERIOD + kind):
            longer = before and not _MONTH.search(column.heard.period) and _MONTH.search(before[-1].heard.period)
            if longer and len(before) > 1 and _follows([each.cells for each in before], column.cells):
                column.senses, before = {"total_score": SURE}, []
            else:
                before.append(column)


_MONTH = re.compile(r"月|-\d\d$")


def _follows(parts: Sequence[Sequence[object]], wholes: Sequence[object], mean: bool = False) -> bool:
    """Whether each whole is the sum or the mean of its parts, or the mean alone."""
    told = 0
    for *cells, whole in zip(*parts, wholes, strict=True):
        figures, shown = [number for cell in cells if (number := number_in(cell)) is not None], number_in(whole)
        if shown is None or not figures:
            continue
        ways = (sum(figures) / len(figures), *(() if mean else (sum(figures),)))
        if all(abs(way - shown) > _NEAR for way in ways):
            return False
        told += 1
    return told > 0


def _find_options(columns: Mapping[int, Column]) -> None:
    """Rows that belong to a KPI in groups, each with points of its own, and the best of each group make the whole, or
    are one beside weights that do: options to choose from, though the header says 评分标准 and 分值."""
    kpis = [column for column in heard_as(columns, "kpi") if column.filled < len(column.cells)]
    worths = [column for column in heard_as(columns, "option_points") if not column.sums_to_whole()]
    labels = heard_as(columns, "option")
    if len(kpis) == 1 and worths and labels:
        best: list[float] = []
        for head, cell in zip(kpis[0].cells, worths[0].cells, strict=True):
            number = number_in(cell)
            if head != "" and number is not None:
                best.append(number)
            elif best and number is not None:
                best[-1] = max(best[-1], number)
        if abs(sum(best) - 100) < 1e-6 or (len(set(best)) == 1 and _weighed_once(columns, kpis[0])):
            kpis[0].senses = {"kpi": EXACT, "category": LIKELY}
            labels[0].senses, worths[0].senses = {"option": EXACT}, {"option_points": EXACT}


def _find_effect_items(columns: Mapping[int, Column]) -> None:
    """项目 beside 扣分, or 事由 beside 加分, is what points were taken off or added for, where nothing is weighed."""
    amounts = {effect: heard_as(columns, effect, SURE - 0.05) for effect in ("deduction", "bonus")}
    weighed = any(heard_as(columns, meaning) for meaning in ("weight", "target", "actual", "full_marks", "points"))
    told = [effect for effect, found in amounts.items() if found]
    if weighed or not told or heard_as(columns, f"{told[0]}_item", SURE - 0.05):
        return
    worded = [column for column in columns.values() if column.words and len(column.words) == column.filled]
    items = [
        each for each in worded if not each.ruled() and (each.is_unknown() or each.senses.get("kpi", 0.0) >= LIKELY)
    ]
    if items:
        items[-1].senses = {f"{told[0]}_item": SURE}


def _find_deducted(columns: Mapping[int, Column]) -> None:
    """扣分 beside 分值, where nothing else says what came about, is what the points lack of full marks."""
    off = heard_as(columns, "deduction", SURE - 0.05)
    full = [each for each in columns.values() if each.senses.get("full_marks", 0.0) > 0.0 or "分" in each.heard.text]
    full = [each for each in full if each not in off and (each.sums_to_whole() or "full_marks" in each.senses)]
    scored = [each for each in columns.values() if each.filled and each not in (*off, *full) and _may_be_said(each)]
    if len(off) != 1 or len(full) != 1 or scored or not off[0].numbers or off[0].words:
        return
    rows = [(number_in(w), number_in(o)) for w, o in zip(full[0].cells, off[0].cells, strict=True)]
    if all(o is None or (w is not None and abs(o) <= w) for w, o in rows):
        off[0].senses = {"deducted": EXACT}


def _may_be_said(column: Column) -> bool:
    """Whether a column may say what came about: points, marks, an actual."""
    said = ("points", "weighted", "actual", "total_score", "attainment", "bonus")
    return any(column.senses.get(of, 0.0) >= LIKELY for of in said) or any(of.startswith(MARK) for of in column.senses)


def _weighed_once(columns: Mapping[int, Column], kpi: Column) -> bool:
    """Whether weights that make a whole stand beside each KPI's first row and no other."""
    first = [cell != "" for cell in kpi.cells]
    weights = heard_as(columns, "weight", SURE - 0.05)
    return any(column.sums_to_whole() and [cell != "" for cell in column.cells] == first for column in weights)


def _find_rules(columns: Mapping[int, Column]) -> None:
    """Sentences that say how points are taken off are a scoring rule under any header; under one that may mean another
    thing as well (说明) nothing else is."""
    for column in columns.values():
        if 0 < column.senses.get("rule", 0.0) <= LIKELY and column.filled and not column.ruled():
            column.senses = {meaning: score for meaning, score in column.senses.items() if meaning != "rule"}
    if not heard_as(columns, "rule"):
        for column in columns.values():
            if column.filled and not column.numbers and column.ruled() and not heard_as({0: column}, "kpi"):
                column.senses = {**column.senses, "rule": SURE}
                return
