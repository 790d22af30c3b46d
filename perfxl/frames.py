"""The rules for pandas DataFrames: notebooks and bulk work. Column names are those of scoring.md section 1."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from perfxl import frame_events, frame_marks
from perfxl.core import weights
from perfxl.core.amendments import note_versions
from perfxl.core.language import COMMA, Text
from perfxl.core.official import wrong_weight
from perfxl.core.policy import DEFAULT_SCALE, Policy
from perfxl.core.problems import Problem, problem
from perfxl.core.rulebook import COLUMNS, RuleBook
from perfxl.core.schema import get
from perfxl.core.scoring import totals, vector
from perfxl.core.scoring.marks import RELATIONS, shown_means
from perfxl.core.scoring.scalar import blank
from perfxl.core.scoring.vector import Factor, Lines
from perfxl.core.values.numbers import parse_figure, parse_number, parse_points
from perfxl.core.values.text import DASH_IS_BLANK, NOT_APPLICABLE
from perfxl.frame_events import column_of
from perfxl.frame_figures import doubtful, read_figures

if TYPE_CHECKING:
    from numpy.typing import NDArray


def score_lines(lines: pd.DataFrame, policy: Policy | None = None, lang: str = "zh") -> pd.DataFrame:
    """Points for contract lines.

    lines   columns method, direction, actual, target, threshold, challenge, base, weight, cap, floor, k, u, lo, hi,
            full_marks, limit (of deductions and bonuses; cap where there is no such column), grade (a label, or a
            scale's name), steps (a table's name, pairs (at, points), or "100:120;95:100"), unit, person, kpi;
            absent columns are taken as blank; text that reads as a number is read so, 950万 of a KPI in 万元 as 950
            weight in percent points, cap, floor and limit in points, target and the other figures in the KPI's unit

    Returns: a copy with points (float, NaN where there are none), status (scored, pending, not_applicable, problem,
        monitored), rule (canonical name of the method applied; missing for an unknown one) and reason (code and text of
        what keeps the line from having points or its total from being official, or of an actual that was taken as
        blank; blank where all is well).
        Deductions have negative points; they and bonuses count in the contract's total, not by weight.
    Source: scoring.md section 1.
    """
    policy = policy or Policy()
    read, doubts = _lines(lines, policy)
    scores = vector.score_lines(read, policy)
    return lines.assign(
        points=scores.points,
        status=_categories(scores.status, [status.value for status in vector.STATUSES]),
        rule=_categories(scores.method, [method.name for method in scores.methods]),
        reason=_reasons(lines, read, scores, doubts, policy, lang),
    )


def score_contracts(
    lines: pd.DataFrame,
    events: pd.DataFrame | None = None,
    policy: Policy | None = None,
    lang: str = "zh",
    marks: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Totals by person, in order of first appearance.

    lines   as for score_lines, with person and weight (percent points); category where weights of lines that are not
            applicable stay in their category
    events  columns person, kpi, and optionally kind (deduct, bonus, veto), count (blank: 1), date and fact. The same
            event in two rows, of those with a date, is a problem. Events of deduct and bonus lines are their count;
            events of a veto line apply the policy's (or the line's veto_effect, limit, veto_grade) limits.
    marks   columns person, kpi, relation (self, superior, peer, subordinate, customer), mark, and optionally rater: who
            gave what for lines of the method marks, on the scale of the line's full_marks. Shares of the relations are
            the policy's (share_self, ...) or the line's rater_shares ("self 20%; superior 80%").

    Words for methods, directions, vetoes and kinds are understood in Chinese and English.

    Returns: columns person, total and provisional (points; total NaN while something is pending, both NaN where
        something is wrong), completeness (percent points, 0-100), grade, coefficient, reason (what is wrong, with its
        codes; blank where nothing is). A policy that counts amended contracts by days is noted there: lines have no
        versions.
    Source: scoring.md sections 2 and 7.
    """
    policy = policy or Policy()
    read, doubts = _lines(lines, policy)
    codes, people = pd.factorize(column_of(lines, "person").fillna(""))
    contract = codes.astype(np.int64)
    wrong = frame_events.Wrong(len(people))
    counts = frame_events.put_counts(lines, events, read, contract, people, policy, wrong)
    frame_marks.put_marks(lines, marks, read, contract, policy, wrong)
    scores = vector.score_lines(read, policy)
    for row, about in _problems(lines, read, scores, policy):
        wrong.add(contract[row], about)
    for row, doubted in doubts.items():
        for about in doubted:
            wrong.add(contract[row], about)
    for about in note_versions(policy):
        for at in range(len(people)):
            wrong.add(at, about)
    category = pd.factorize(column_of(lines, "category"))[0].astype(np.int64)
    weights = _weights(lines, scores, contract, wrong)
    frame_events.find_repeated(lines, contract, people, wrong)
    effective = totals.effective_weights(scores, weights, contract, category, policy)
    vetoes = frame_events.vetoes(lines, counts, read, contract, policy, wrong)
    result = totals.contract_totals(scores, effective, contract, len(people), policy, vetoes)
    bands = totals.ordered_bands(policy)
    grades = np.array([*(band.grade for band in bands), None], dtype=object)
    coefficients = np.array([*(np.nan if b.coefficient is None else b.coefficient for b in bands), np.nan])
    undetermined = wrong.errors()
    grade = np.where(undetermined, -1, result.grade)
    return pd.DataFrame(
        {
            "person": people,
            "total": np.where(undetermined, np.nan, result.total),
            "provisional": np.where(undetermined, np.nan, result.provisional),
            "completeness": result.completeness,
            "grade": grades[grade],
            "coefficient": coefficients[grade],
            "reason": wrong.texts(lang),
        }
    )


def evaluate(marks: pd.DataFrame, policy: Policy | None = None, lang: str = "zh") -> pd.DataFrame:
    """What raters' marks make of each person and KPI, in order of first appearance.

    marks   columns person, kpi, relation (self, superior, peer, subordinate, customer), mark, and optionally rater,
            full_marks (of the KPI) and rater_shares ("self 20%; superior 80%"); shares are the policy's else

    Returns: columns person, kpi, points (of 100; NaN where there are none), raters (how many), for each relation its
        mean on the KPI's scale and `counted_` its share (percent points, those of absent relations scaled up), and
        reason (codes and texts). The mean of a relation with fewer raters than the confidentiality minimum is NaN, and
        so is that of whatever it is told together with.
    Source: scoring.md section 5.
    """
    policy = policy or Policy()
    keys = [column_of(marks, name).fillna("").astype(str) for name in ("person", "kpi")]
    first = ~pd.DataFrame({"person": keys[0], "kpi": keys[1]}).duplicated()
    lines = marks.loc[first.to_numpy()].drop(columns=["actual", "weight"], errors="ignore")
    lines = lines.assign(method="marks").reset_index(drop=True)
    read, _ = _lines(lines, policy)
    each_its_own = np.arange(len(lines), dtype=np.int64)
    wrong = frame_events.Wrong(len(lines))
    combined = frame_marks.put_marks(lines, marks, read, each_its_own, policy, wrong)
    scores = vector.score_lines(read, policy)
    for row, about in _problems(lines, read, scores, policy):
        wrong.add(row, about)
    undetermined = wrong.errors()
    found: dict[str, Any] = {
        "person": column_of(lines, "person"),
        "kpi": column_of(lines, "kpi"),
        "points": np.where(undetermined, np.nan, scores.points),
        "raters": [sum(len(r.marks) for r in combined[i].relations) if i in combined else 0 for i in range(len(lines))],
    }
    least = int(policy["confidentiality_min"])
    for name in RELATIONS:
        found |= {name: np.full(len(lines), np.nan), f"counted_{name}": np.zeros(len(lines))}
    for row, of_row in combined.items():
        for relation in of_row.relations:
            found[f"counted_{relation.relation}"][row] = relation.counted
        for shown in shown_means(of_row, least) if not undetermined[row] else ():
            if len(shown.relations) == 1 and shown.mean is not None:
                found[shown.relations[0]][row] = shown.mean
    return pd.DataFrame({**found, "reason": wrong.texts(lang)})


def derive_weights(
    kpis: pd.DataFrame, category_weights: Mapping[str, float], policy: Policy | None = None
) -> tuple[pd.DataFrame, list[Problem]]:
    """Weights from ratings.

    kpis              columns kpi, category, impact, controllability, measurability (ratings, 1-4), optionally kind
    category_weights  {category: percent points}

    Returns: a copy with importance (1-4), raw_weight and weight (percent points, NaN where there is none), and the
        problems.
    Source: scoring.md section 3, domain.md section 4.
    """
    found, problems = weights.derive(_candidates(kpis), category_weights, _rules(policy))
    return (
        kpis.assign(
            importance=np.array([row.importance for row in found], dtype=float),
            raw_weight=np.array([row.raw for row in found], dtype=float),
            weight=np.array([row.weight for row in found], dtype=float),
        ),
        problems,
    )


def check_weights(
    kpis: pd.DataFrame, policy: Policy | None = None, category_weights: Mapping[str, float] | None = None
) -> list[Problem]:
    """Judges one table of weights.

    kpis              columns kpi, weight (percent points), optionally category and kind
    category_weights  {category: percent points}, where the categories have shares to keep

    Returns: the problems, none where the table is legal. Sums are taken in exact decimals.
    Source: scoring.md section 3.
    """
    return weights.check(_candidates(kpis), _rules(policy), category_weights=category_weights)


def _categories(codes: NDArray[Any], names: list[str]) -> Any:
    return pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(names))


def _rules(policy: Policy | None) -> Any:
    return weights.WeightRules.of(policy or Policy())


def _candidates(kpis: pd.DataFrame) -> list[weights.Candidate]:
    def column(name: str) -> list[Any]:
        return [None if blank(value) else value for value in column_of(kpis, name)]

    def numbers(name: str) -> list[Any]:
        return [value if value is None else parse_number(value).value for value in column(name)]

    rows = zip(
        column("kpi"),
        column("category"),
        numbers("impact"),
        numbers("controllability"),
        numbers("measurability"),
        column("kind"),
        numbers("weight"),
        strict=True,
    )
    return [
        weights.Candidate(str(kpi or ""), str(category or ""), i, c, m, str(kind or "quantitative"), agreed)
        for kpi, category, i, c, m, kind, agreed in rows
    ]


def _lines(frame: pd.DataFrame, policy: Policy) -> tuple[Lines, Mapping[int, list[Problem]]]:
    """The lines as they are scored, and what is wrong with figures that can be read."""
    size = len(frame)
    method = _factor(frame, "method")
    using = _Users(method, policy)
    grade = _factor(frame, "grade", using.rows("GRADES"))
    read = read_figures(frame)
    absent = np.fromiter((label == NOT_APPLICABLE for label in read.labels), dtype=bool, count=size)
    label = Factor.of([None if label == NOT_APPLICABLE else label for label in read.labels])
    if "limit" not in frame:
        read.values["limit"] = read.values["cap"]  # the limit of deductions and bonuses
    label, scale = _label_and_scale(label, grade, policy)
    lines = Lines(
        size,
        method,
        _factor(frame, "direction", using.rows("D")),
        read.values,
        _steps(frame, using.rows("STEPS")),
        scale,
        label,
        absent,
        read.unreadable,
        read.dates,
    )
    return lines, doubtful(frame, read)


def _label_and_scale(label: Factor, grade: Factor, policy: Policy) -> tuple[Factor, Factor]:
    """The column grade holds a scale's name where the policy has one of that name, otherwise a label."""
    if not any(known := [str(value).strip() in policy.scales for value in grade.values]) and not label.values:
        return grade, Factor.blank(len(grade.codes))
    is_scale = np.array([*known, False])
    scale = Factor(np.where(is_scale[grade.codes], grade.codes, -1), grade.values)
    given = np.where(is_scale[grade.codes], -1, grade.codes)
    values = [*label.values, *grade.values]
    codes = np.where((label.codes < 0) & (given >= 0), given + len(label.values), label.codes)
    return Factor(codes, values), scale


class _Users:
    """Which rows use what: telling the texts of a column apart is most of the work, so only those that count are."""

    def __init__(self, method: Factor, policy: Policy) -> None:
        book = RuleBook(policy)
        self.codes = method.codes
        self.methods = [book.find(name) for name in method.values]

    def rows(self, what: str) -> NDArray[np.bool_]:
        """Rows whose method names a figure or look-up."""
        using = [bool(m and m.text) and what in re.findall(r"\w+", m.text if m else "") for m in self.methods]
        return np.array([*using, False])[self.codes]


def _factor(frame: pd.DataFrame, name: str, rows: NDArray[np.bool_] | None = None) -> Factor:
    """A column of few values; rows that nobody asks about stay blank."""
    column = column_of(frame, name)
    if isinstance(column.dtype, pd.CategoricalDtype):
        return Factor(column.cat.codes.to_numpy().astype(np.int32), list(column.cat.categories))
    if column.dtype.kind == "f" and bool(column.isna().all()):
        return Factor.blank(len(frame))
    texts = column.to_numpy(dtype=object)  # half the time of pandas' own string columns
    if rows is None or bool(rows.all()):
        codes, values = pd.factorize(texts)
        return Factor(codes.astype(np.int64), list(values))
    factor = Factor.blank(len(frame))
    some, values = pd.factorize(texts[rows])
    factor.codes[rows], factor.values = some, list(values)
    return factor


def _steps(frame: pd.DataFrame, rows: NDArray[np.bool_]) -> Factor:
    try:
        return _factor(frame, "steps", rows)
    except TypeError:  # lists of pairs cannot be told apart by hash
        pairs = column_of(frame, "steps").map(lambda v: tuple(map(tuple, v)) if isinstance(v, list | tuple) else v)
        return Factor.of(pairs.tolist())


def _weights(
    lines: pd.DataFrame, scores: vector.LineScores, contract: NDArray[np.int64], wrong: frame_events.Wrong
) -> NDArray[np.float64]:
    """Percent points: 15, "15%" and "15" are one weight. What cannot be read is a problem, and so are a weight that is
    missing or must not be, and a sum that is not 100 in exact decimals."""
    column, carries = column_of(lines, "weight"), totals.carries_weight(scores)
    weights = column.to_numpy(dtype=np.float64) if column.dtype.kind in "iuf" else np.full(len(column), np.nan)
    unread = np.isinf(weights)
    if column.dtype.kind not in "iuf":
        read = [parse_points(value) for value in column.tolist()]
        weights = np.array([np.nan if each.value is None else each.value for each in read], dtype=np.float64)
        unread = np.array([each.value is None and each.problem not in ("", DASH_IS_BLANK) for each in read])
        unread |= np.isinf(weights)
    for row in np.flatnonzero(unread).tolist():
        value = column.iloc[row]
        name = "not_a_number" if isinstance(value, float | int) else parse_points(value).problem or "not_a_number"
        wrong.add(contract[row], problem(name, table="contract_lines", column="weight", value=value))
    weights = np.where(unread, np.nan, weights)
    counted = np.where(carries & ~np.isnan(weights), weights, 0.0)
    sums = np.bincount(contract, weights=counted, minlength=len(wrong))
    weighed = np.bincount(contract, weights=carries, minlength=len(wrong)) > 0
    for place in np.flatnonzero(
        weighed & (np.round(sums, 10) != 100)
    ).tolist():  # 33.33 three times is not, 1/3 three times is
        whole = Decimal(repr(round(float(sums[place]), 10)))
        way = Text("少", "short") if whole < 100 else Text("多", "over")
        amount = f"{abs(100 - whole).normalize():f}"
        shown: dict[str, Any] = {
            "total": f"{whole.normalize():f}",
            "amount": amount,
            "way_zh": way.zh,
            "way_en": way.en,
        }
        wrong.add(place, problem("weights_sum", table="contract_lines", column="weight", value=float(whole), **shown))
    kpis = column_of(lines, "kpi")
    for row in np.flatnonzero(np.where(carries, ~(weights >= 0), weights > 0) & ~unread).tolist():
        label = scores.methods[scores.method[row]].label if scores.method[row] >= 0 else Text("", "")
        kpi, total = "" if blank(kpis.iloc[row]) else str(kpis.iloc[row]), float(sums[contract[row]])
        about = wrong_weight(float(weights[row]), bool(carries[row]), kpi, total, label)
        if about is not None:
            wrong.add(contract[row], about)
    return weights


def _problems(
    frame: pd.DataFrame, read: Lines, scores: vector.LineScores, policy: Policy
) -> Iterator[tuple[int, Problem]]:
    """Row and problem of every line that cannot be scored."""
    names = column_of(frame, "kpi")
    for row in np.flatnonzero(scores.problem).tolist():
        name, symbol = vector.PROBLEMS[scores.problem[row]], scores.symbol[row]
        place = scores.method[row]
        method = scores.methods[place].label if place >= 0 else ""
        column = COLUMNS[vector.SYMBOLS[symbol]] if symbol >= 0 else _COLUMN_OF.get(name, "target")
        value = column_of(frame, column).iloc[row]
        kpi = names.iloc[row]
        yield (
            row,
            problem(
                name,
                table="contract_sheet",
                column=column,
                value=None if blank(value) else value,
                kpi=Text("此指标", "This KPI") if blank(kpi) else str(kpi),
                method=method,
                figure=get("contract_sheet").column(column).text if symbol >= 0 else "",
                floor=_limit(read, "floor", row, policy),
                cap=_limit(read, "cap", row, policy),
            ),
        )


_COLUMN_OF = {
    "method_unknown": "method",
    "direction_unknown": "direction",
    "grade_unknown": "actual",
    "scale_unknown": "steps",
}


def _limit(read: Lines, name: str, row: int, policy: Policy) -> float:
    own = float(read.figure(name)[row])
    return own if own == own else float(policy[f"points_{name}"])


def _reasons(
    frame: pd.DataFrame,
    read: Lines,
    scores: vector.LineScores,
    doubts: Mapping[int, list[Problem]],
    policy: Policy,
    lang: str,
) -> list[str]:
    reasons = [""] * len(frame)
    column = column_of(frame, "actual")
    for row, value in enumerate(column.tolist() if column.dtype.kind == "O" else ()):
        if isinstance(value, str) and parse_figure(value, DEFAULT_SCALE).problem == DASH_IS_BLANK:
            reasons[row] = frame_events.told(problem(DASH_IS_BLANK, value=value), lang)
    for row, doubted in doubts.items():
        reasons[row] = COMMA(lang).join(frame_events.told(about, lang) for about in doubted)
    for row, about in _problems(frame, read, scores, policy):
        reasons[row] = frame_events.told(about, lang)
    return reasons
