"""The rules for DataFrames: notebooks and bulk work. Column names are those of scoring.md section 1; `columns` maps
others to them. Pandas, polars, pyarrow, DuckDB: whatever kind comes in goes out."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from perfxl import __version__
from perfxl.core import weights
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.scoring import vector
from perfxl.core.scoring.marks import RELATIONS, shown_means
from perfxl.core.scoring.scalar import blank
from perfxl.core.values.numbers import parse_number
from perfxl.frames.columns import (
    EVENT_COLUMNS,
    LINE_FIGURES,
    LINE_SETTINGS,
    MARK_COLUMNS,
    as_pandas,
    key_text,
    policy_of,
    renamed,
)
from perfxl.frames.events import Wrong, column_of, told
from perfxl.frames.lines import line_problems, line_reasons, read_lines
from perfxl.frames.marks import put_marks
from perfxl.frames.totals import score_people
from perfxl.problem_list import ProblemList

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Weighed", "check_weights", "derive_weights", "evaluate", "score_contracts", "score_lines"]


class Weighed(NamedTuple):
    """A frame with its weights, and what is wrong with them."""

    frame: Any
    problems: ProblemList


def score_lines(
    lines: Any, policy: Policy | None = None, lang: str = "zh", *, columns: Mapping[str, str] | None = None
) -> Any:
    """Points for contract lines.

    lines   columns method, direction, actual, target, threshold, challenge, base, weight, cap, floor, k, u, lo, hi,
            full_marks, limit (of deductions and bonuses; cap where there is no such column), grade (a label, or a
            scale's name), steps (a table's name, pairs (at, points), or "100:120;95:100"), unit, person, kpi;
            absent columns are taken as blank; text that reads as a number is read so, 950万 of a KPI in 万元 as 950
            weight in percent points, cap, floor and limit in points, target and the other figures in the KPI's unit
    columns  the frame's own names for these: {"实际": "actual"}

    Returns: a copy with points (float, NaN where there are none), status (scored, pending, not_applicable, problem,
        monitored), rule (canonical name of the method applied; missing for an unknown one) and reason (code and text of
        what keeps the line from having points or its total from being official, or of an actual that was taken as
        blank; blank where all is well).
        Deductions have negative points; they and bonuses count in the contract's total, not by weight.
    Raises: ColumnsError for a column that stands twice, or is all but spelt like one that is not there.
    Source: scoring.md section 1.

    >>> import pandas as pd, perfxl as px
    >>> raw = pd.DataFrame({"kpi": ["收入"], "method": ["比率法"], "目标": [100.0], "实际": [98.0]})
    >>> px.score_lines(raw, columns={"目标": "target", "实际": "actual"}).points.tolist()
    [98.0]
    """
    policy = policy_of(policy)
    own, back = as_pandas(lines)
    frame = renamed(own, columns, may=(*LINE_FIGURES, *LINE_SETTINGS))
    read, doubts = read_lines(frame, policy)
    scores = vector.score_lines(read, policy)
    return back(
        own.assign(
            points=scores.points,
            status=_categories(scores.status, [status.value for status in vector.STATUSES]),
            rule=_categories(scores.method, [method.name for method in scores.methods]),
            reason=pd.Series(line_reasons(frame, read, scores, doubts, policy, lang), dtype="str").array,
        )
    )


def score_contracts(
    lines: Any,
    events: Any = None,
    policy: Policy | None = None,
    lang: str = "zh",
    marks: Any = None,
    *,
    columns: Mapping[str, str] | None = None,
) -> Any:
    """Totals by person, in order of first appearance.

    lines   as for score_lines, with person, method and weight (percent points); category where weights of lines that
            are not applicable stay in their category. Where somebody has several contracts, contract says which each
            line is of, and start and end give their dates: the person's total is their mean, weighted by days.
    events  columns person, kpi, and optionally kind (deduct, bonus, veto), count (blank: 1), date and fact. The same
            event in two rows, of those with a date, is a problem. Events of deduct and bonus lines are their count;
            events of a veto line apply the policy's (or the line's veto_effect, limit, veto_grade) limits.
    marks   columns person, kpi, relation (self, superior, peer, subordinate, customer), mark, and optionally rater: who
            gave what for lines of the method marks, on the scale of the line's full_marks. Shares of the relations are
            the policy's (share_self, ...) or the line's rater_shares ("self 20%; superior 80%").

    columns  the own names of columns of lines: {"实际": "actual"}

    IDs are texts: 100001 and "100001" are one person. Where the lines have names (person_name; kpi_name or name), these
    stand for IDs in all three frames; one that several have is a problem of each of them. Words for methods,
    directions, vetoes and kinds are understood in Chinese and English.

    Returns: columns person, total and provisional (points; total NaN while something is pending, both NaN where
        something is wrong), completeness (percent points, 0-100), grade, coefficient, reason (what is wrong, with its
        codes; blank where nothing is). A policy that counts amended contracts by days is noted there: lines have no
        versions. Of pandas, `attrs` holds every problem (problems) and what the totals were made by (perfxl: its
        version, policy_hash); events and marks of nobody here are warned of.
    Raises: ColumnsError for a column that is needed and not there, or stands twice, or is misspelt.
    Source: scoring.md sections 2 and 7.

    >>> import pandas as pd, perfxl as px
    >>> lines = pd.DataFrame({"person": "E1", "kpi": ["收入", "成本"], "direction": ["higher", "lower"],
    ...                       "method": "比率法", "weight": [60, 40], "target": [100, 50], "actual": [98, 50]})
    >>> px.score_contracts(lines)[["person", "total", "grade"]].values.tolist()
    [['E1', 98.8, 'A']]
    """
    policy = policy_of(policy)
    own, back = as_pandas(lines)
    frame = renamed(own, columns, ("person", "method", "weight"), (*LINE_FIGURES, *LINE_SETTINGS))
    others = [
        None if each is None else renamed(as_pandas(each)[0], None, ("person", "kpi"), may)
        for each, may in ((events, EVENT_COLUMNS), (marks, MARK_COLUMNS))
    ]
    found, problems, strangers = score_people(frame, others[0], others[1], policy, lang)
    if strangers:
        warnings.warn("; ".join(dict.fromkeys(told(each, lang) for each in strangers)), stacklevel=2)
    result = back(found)
    if isinstance(result, pd.DataFrame):
        result.attrs.update(
            problems=ProblemList([*problems, *strangers], lang), perfxl=__version__, policy_hash=policy.fingerprint
        )
    return result


def evaluate(marks: Any, policy: Policy | None = None, lang: str = "zh") -> Any:
    """What raters' marks make of each person and KPI, in order of first appearance.

    marks   columns person, kpi, relation (self, superior, peer, subordinate, customer), mark, and optionally rater,
            full_marks (of the KPI) and rater_shares ("self 20%; superior 80%"); shares are the policy's else

    Returns: columns person, kpi, points (of 100; NaN where there are none), raters (how many), for each relation its
        mean on the KPI's scale and `counted_` its share (percent points, those of absent relations scaled up), and
        reason (codes and texts). The mean of a relation with fewer raters than the confidentiality minimum is NaN, and
        so is that of whatever it is told together with.
    Source: scoring.md section 5.

    >>> import pandas as pd, perfxl as px
    >>> given = pd.DataFrame({"person": "E1", "kpi": "T05", "relation": ["自评", "上级"], "mark": [9, 8]})
    >>> policy = px.Policy().but(share_self=20, share_superior=80)
    >>> px.evaluate(given.assign(full_marks=10), policy)[["person", "points", "raters"]].values.tolist()
    [['E1', 82.0, 2]]
    """
    policy = policy_of(policy)
    marks, back = as_pandas(marks)
    marks = renamed(marks, None, ("person", "kpi", "relation", "mark"), MARK_COLUMNS)
    keys = [column_of(marks, name).fillna("").astype(str) for name in ("person", "kpi")]
    first = ~pd.DataFrame({"person": keys[0], "kpi": keys[1]}).duplicated()
    lines = marks.loc[first.to_numpy()].drop(columns=["actual", "weight"], errors="ignore")
    lines = lines.assign(method="marks").reset_index(drop=True)
    read, _ = read_lines(lines, policy)
    each_its_own = np.arange(len(lines), dtype=np.int64)
    wrong = Wrong(len(lines))
    combined = put_marks(lines, marks, read, each_its_own, policy, wrong)
    scores = vector.score_lines(read, policy)
    for row, about in line_problems(lines, read, scores, policy):
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
    return back(pd.DataFrame({**found, "reason": wrong.texts(lang)}))


def derive_weights(
    kpis: Any,
    category_weights: Mapping[Any, Any],
    policy: Policy | None = None,
    *,
    by: str | None = None,
    columns: Mapping[str, str] | None = None,
    lang: str = "zh",
) -> Weighed:
    """Weights from ratings.

    kpis              columns kpi, category, impact, controllability, measurability (ratings, 1-4), optionally kind
    category_weights  {category: percent points}; where `by` is given also {whose: {category: percent points}}
    by                a column, such as person: each of its values has weights of its own, which sum to 100
    columns           the frame's own names for these

    Returns: (frame, problems): a copy with importance (1-4), raw_weight and weight (percent points, NaN where there is
        none), and what is wrong.
    Raises: ColumnsError for a column that is not there, KeyError for somebody without category weights.
    Source: scoring.md section 3, domain.md section 4.

    >>> import pandas as pd, perfxl as px
    >>> rated = pd.DataFrame({"kpi": ["收入", "利润", "回款", "投诉", "流失"], "category": ["财务"] * 3 + ["客户"] * 2,
    ...                       "impact": [4, 3, 2, 4, 3], "controllability": 3, "measurability": 4})
    >>> px.derive_weights(rated, {"财务": 60, "客户": 40}).frame.weight.tolist()
    [25.0, 20.0, 15.0, 20.0, 20.0]
    """
    if not isinstance(category_weights, Mapping):
        raise TypeError(f"{{category: percent points}} is due, not {type(category_weights).__name__}")
    own, back = as_pandas(kpis)
    frame = renamed(
        own, columns, ("kpi", "impact", "controllability", "measurability", *([by] if by else [])), ("category",)
    )
    found, problems = np.full((len(frame), 3), np.nan), list[Problem]()
    keys = key_text(frame[by]) if by else pd.Series("", index=frame.index)
    own_shares = {_id(key): shares for key, shares in category_weights.items() if isinstance(shares, Mapping)}
    codes, whose = pd.factorize(keys.to_numpy(dtype=object))
    for place, key in enumerate(whose.tolist()):
        rows = np.flatnonzero(codes == place)
        shares = own_shares[key] if by and own_shares else category_weights
        derived, wrong = weights.derive(_candidates(frame.iloc[rows]), shares, _rules(policy))
        found[rows] = [[row.importance, row.raw, np.nan if row.weight is None else row.weight] for row in derived]
        problems += [replace(each, details={**each.details, "subject": key}) for each in wrong] if by else wrong
    importance, raw, weight = found.T
    return Weighed(back(own.assign(importance=importance, raw_weight=raw, weight=weight)), ProblemList(problems, lang))


def check_weights(
    kpis: Any,
    policy: Policy | None = None,
    category_weights: Mapping[str, float] | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    lang: str = "zh",
) -> ProblemList:
    """Judges one table of weights.

    kpis              columns kpi, weight (percent points), optionally category and kind
    category_weights  {category: percent points}, where the categories have shares to keep
    columns           the frame's own names for these

    Returns: the problems, none where the table is legal; `.to_frame()` gives them as a table. Sums are taken in exact
        decimals.
    Raises: ColumnsError for a column that is not there.
    Source: scoring.md section 3.

    >>> import pandas as pd, perfxl as px
    >>> table = pd.DataFrame({"kpi": ["收入", "成本", "满意度", "流失率", "培训"], "weight": [30, 20, 20, 20, 5]})
    >>> px.check_weights(table).to_frame()[["code", "severity"]].values.tolist()
    [['W101', 'error']]
    """
    frame = renamed(as_pandas(kpis)[0], columns, ("kpi", "weight"), ("category",))
    return ProblemList(weights.check(_candidates(frame), _rules(policy), category_weights=category_weights), lang)


def _categories(codes: NDArray[Any], names: list[str]) -> Any:
    return pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(names))


def _id(key: Any) -> str:
    return str(key_text(pd.Series([key], dtype=object)).iloc[0])


def _rules(policy: Policy | None) -> Any:
    return weights.WeightRules.of(policy_of(policy))


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
