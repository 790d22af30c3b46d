"""The rules for pandas DataFrames: notebooks and bulk work. Column names are those of scoring.md section 1."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from perfxl.core import weights
from perfxl.core.policy import DEFAULT_SCALE, Policy
from perfxl.core.problems import Problem
from perfxl.core.rulebook import FIGURES, RuleBook
from perfxl.core.scoring import totals, vector
from perfxl.core.scoring.scalar import blank
from perfxl.core.scoring.vector import Factor, Lines
from perfxl.core.values.dates import serial
from perfxl.core.values.numbers import parse_figure, parse_number
from perfxl.core.values.text import NOT_APPLICABLE

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Column of the frame -> column of the line, where the short names of scoring.md differ from the schema's.
_SHORT = {"unit_step": "u", "low": "lo", "high": "hi"}
_FIGURES = (*dict.fromkeys(FIGURES.values()), "floor", "cap")


def score_lines(lines: pd.DataFrame, policy: Policy | None = None) -> pd.DataFrame:
    """Points for contract lines.

    lines   columns method, direction, actual, target, threshold, challenge, base, weight, cap, floor, k, u, lo, hi,
            limit (of deductions and bonuses; cap where there is no such column), grade (a label, or a scale's name),
            steps (a table's name, pairs (at, points), or "100:120;95:100"), person, kpi;
            absent columns are taken as blank; text that reads as a number is read so
            weight in percent points, cap, floor and limit in points, target and the other figures in the KPI's unit

    Returns: a copy with points (float, NaN where there are none), status (scored, pending, not_applicable, problem,
        monitored) and rule (canonical name of the method applied; missing for an unknown one). Deductions have
        negative points; they and bonuses count in the contract's total, not by weight.
    Source: scoring.md section 1.
    """
    policy = policy or Policy()
    scores = vector.score_lines(_lines(lines, policy), policy)
    return lines.assign(
        points=scores.points,
        status=_categories(scores.status, [status.value for status in vector.STATUSES]),
        rule=_categories(scores.method, [method.name for method in scores.methods]),
    )


def score_contracts(
    lines: pd.DataFrame, events: pd.DataFrame | None = None, policy: Policy | None = None
) -> pd.DataFrame:
    """Totals by person, in order of first appearance.

    lines   as for score_lines, with person and weight (percent points); category where weights of lines that are not
            applicable stay in their category
    events  columns person, kpi, and optionally kind (deduct, bonus, veto) and count (blank: 1). Events of deduct and
            bonus lines are their count; events of a veto line apply the policy's (or the line's veto_effect,
            limit, veto_grade) limits.

    Returns: columns person, total and provisional (points; total NaN while something is pending), completeness
        (percent points, 0-100), grade, coefficient.
    Source: scoring.md section 2.
    """
    policy = policy or Policy()
    lines = _with_counts(lines, events)
    scores = vector.score_lines(_lines(lines, policy), policy)
    codes, people = pd.factorize(_column(lines, "person").fillna(""))
    contract = codes.astype(np.int64)
    category = pd.factorize(_column(lines, "category"))[0].astype(np.int64)
    effective = totals.effective_weights(scores, _numbers(_column(lines, "weight")), contract, category, policy)
    vetoes = _vetoes(lines, events, people, policy)
    result = totals.contract_totals(scores, effective, contract, len(people), policy, vetoes)
    bands = totals.ordered_bands(policy)
    grades = np.array([*(band.grade for band in bands), None], dtype=object)
    coefficients = np.array([*(np.nan if b.coefficient is None else b.coefficient for b in bands), np.nan])
    return pd.DataFrame(
        {
            "person": people,
            "total": result.total,
            "provisional": result.provisional,
            "completeness": result.completeness,
            "grade": grades[result.grade],
            "coefficient": coefficients[result.grade],
        }
    )


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
        return [None if blank(value) else value for value in _column(kpis, name)]

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


def _column(frame: pd.DataFrame, name: str) -> pd.Series[Any]:
    """A column by its name or its short name; blanks where there is none."""
    for spelling in (name, _SHORT.get(name, name)):
        if spelling in frame:
            return frame[spelling]
    return pd.Series(np.nan, index=frame.index, dtype=float)


def _lines(frame: pd.DataFrame, policy: Policy) -> Lines:
    size = len(frame)
    method = _factor(frame, "method")
    using = _Users(method, policy)
    grade = _factor(frame, "grade", using.rows("GRADES"))
    figures, unreadable = {}, {}
    label, absent = Factor.blank(size), np.zeros(size, dtype=bool)
    for name in _FIGURES:
        column = _column(frame, name)
        if column.dtype.kind == "f":
            figures[name] = column.to_numpy(dtype=np.float64)
            continue
        figures[name], text = _read(column)
        if name == "actual":
            absent = np.fromiter((t == NOT_APPLICABLE for t in text), dtype=bool, count=size)
            label = Factor.of([None if t == NOT_APPLICABLE else t for t in text])
        unreadable[name] = np.fromiter((t is not None for t in text), dtype=bool, count=size)
    if "limit" not in frame:
        figures["limit"] = figures["cap"]  # the limit of deductions and bonuses
    label, scale = _label_and_scale(label, grade, policy)
    return Lines(
        size,
        method,
        _factor(frame, "direction", using.rows("D")),
        figures,
        _steps(frame, using.rows("STEPS")),
        scale,
        label,
        absent,
        unreadable,
    )


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
    column = _column(frame, name)
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
        pairs = _column(frame, "steps").map(lambda v: tuple(map(tuple, v)) if isinstance(v, list | tuple) else v)
        return Factor.of(pairs.tolist())


def _numbers(column: pd.Series[Any]) -> NDArray[np.float64]:
    return column.to_numpy(dtype=np.float64) if column.dtype.kind == "f" else _read(column)[0]


def _read(column: pd.Series[Any]) -> tuple[NDArray[np.float64], list[Any]]:
    """The numbers of a column of anything, and beside each what was there instead of a number (None where nothing)."""
    if column.dtype.kind in "iu":
        return column.to_numpy(dtype=np.float64), [None] * len(column)
    numbers, texts = np.full(len(column), np.nan), [None] * len(column)
    for place, value in enumerate(column.tolist()):
        if isinstance(value, float):
            numbers[place] = value
        elif not blank(value) and value is not pd.NaT and value is not pd.NA:
            numbers[place], texts[place] = _read_one(value)
    return numbers, texts


def _read_one(value: Any) -> tuple[float, Any]:
    found = parse_figure(value, DEFAULT_SCALE).value
    if isinstance(found, float):
        return found, None
    if hasattr(found, "toordinal"):
        return serial(found), None
    return np.nan, value if found is None else found


def _with_counts(lines: pd.DataFrame, events: pd.DataFrame | None) -> pd.DataFrame:
    """Lines whose blank actual is filled with the count of their events."""
    if events is None or events.empty:
        return lines
    counts = _column(events, "count").fillna(1.0).astype(float)
    summed = counts.groupby([events["person"], events["kpi"]]).sum()
    keys = pd.MultiIndex.from_arrays([_column(lines, "person"), _column(lines, "kpi")])
    found = pd.Series(summed.reindex(keys).to_numpy(), index=lines.index)
    actual = _column(lines, "actual")
    return lines.assign(actual=actual.where(actual.notna() | found.isna(), found))


def _vetoes(lines: pd.DataFrame, events: pd.DataFrame | None, people: Any, policy: Policy) -> totals.Vetoes:
    """A veto takes place by an event, or by the count of them that stands for the line's actual."""
    from perfxl.core.scoring.totals_plain import Veto

    vetoes = totals.Vetoes.none(len(people))
    method = _factor(lines, "method")
    vetoing = np.array([*(_is_veto(name, policy) for name in method.values), False])[method.codes]
    chosen = lines[vetoing]
    happened = _numbers(_column(chosen, "actual")) > 0
    if events is not None and not events.empty:
        counted = events[_column(events, "count").fillna(1.0).astype(float) > 0]
        hit = set(zip(counted["person"], counted["kpi"], strict=True))
        pairs = zip(_column(chosen, "person"), _column(chosen, "kpi"), strict=True)
        happened |= np.fromiter((pair in hit for pair in pairs), dtype=bool, count=len(chosen))
    chosen = chosen[happened]
    places = {person: place for place, person in enumerate(people)}
    effects = [_column(chosen, name).astype(object) for name in _VETO]
    for person, *effect in zip(_column(chosen, "person"), *effects, strict=True):
        vetoes.add(places[person], Veto.of(dict(zip(_VETO, effect, strict=True)), policy), policy)
    return vetoes


_VETO = ("veto_effect", "limit", "veto_grade")


def _is_veto(name: Any, policy: Policy) -> bool:
    found = RuleBook(policy).find(name)
    return found is not None and found.name == "veto"
