"""Forced distribution and rater errors for DataFrames of any kind (core/evaluation)."""

from __future__ import annotations

from collections.abc import Mapping
from math import isnan
from typing import Any, NamedTuple

import pandas as pd

from perfxl.core.evaluation.distribution import Limits, Quota, Rated, distribute
from perfxl.core.evaluation.rater_errors import Finding, Mark, Ratee, find_errors
from perfxl.core.language import Text
from perfxl.core.policy import DEFAULT_SCALE, Policy
from perfxl.core.scoring.scalar import blank
from perfxl.core.values.numbers import parse_figure, parse_number
from perfxl.frames.columns import as_pandas, key_text, policy_of, renamed
from perfxl.frames.events import column_of

_SMALLEST = 5
_LEAST = 5
_DISCOVERY = 0.10


class Distributed(NamedTuple):
    """People with the grades proposed, and each pool's quotas."""

    frame: Any
    quotas: Any


def distribution(
    results: Any,
    quotas: Mapping[str, float | Limits],
    policy: Policy | None = None,
    *,
    parents: Mapping[str, str | None] | None = None,
    unit_quotas: Mapping[str, Mapping[str, float]] | None = None,
    smallest: int = _SMALLEST,
    columns: Mapping[str, str] | None = None,
    lang: str = "zh",
) -> Distributed:
    """Grades under a forced distribution 强制分布, beside those that totals earn.

    results      columns person, total (points; NaN where none is official), and optionally unit, grade (what the total
                 earns; else by the policy's bands), days (in service) and veto (true: vetoed)
    quotas       {grade: percent points} for all grades: {"A": 20, "B": 40, "C": 30, "D": 10, "E": 0}; or limits
                 {grade: (at least, at most)}, of the best or worst grades together too:
                 {"A": (None, 20), "D+E": (5, None)}
    parents      {unit: the unit above it}: a unit of fewer people than `smallest` is pooled there with small siblings
    unit_quotas  {unit: quotas of its own}, as the unit's own grade moves them
    columns      the frame's own names for columns of results

    Vetoed people, those without a total and those of fewer days than the policy's service_min stay outside with the
    grade they have. Of people of one total on a boundary none is chosen.

    Returns: (frame, quotas): a copy with pool, grade, proposed (missing where a boundary divides equals, and for
        whoever has no grade), choices (the grades that equals could get), moved (grades up, 0, or down below 0) and
        reason; and for each pool its people and how many may have each grade, which sum to the pool's size and, with
        shares, to the company's.
    Raises: ValueError for quotas that make no whole or cannot be kept; ColumnsError for a column that is not there.
    Source: scoring.md section 6.

    >>> import pandas as pd, perfxl as px
    >>> totals = pd.DataFrame({"person": ["甲", "乙", "丙", "丁", "戊"], "total": [96, 95, 93, 91, 85]})
    >>> made = px.distribution(totals, {"A": 20, "B": 60, "C": 20})
    >>> made.frame.proposed.tolist(), made.frame.moved.tolist()
    (['A', 'B', 'B', 'B', 'C'], [0, -1, -1, -1, -1])
    """
    policy = policy_of(policy)
    own, back = as_pandas(results)
    frame = renamed(own, columns, ("person", "total"), ("veto", "days"))
    grades = [band.grade for band in policy.bands]
    people, why = _rated(frame, policy, grades)
    placed, counted = distribute(people, grades, quotas, parents=parents, of_units=unit_quotas, smallest=smallest)
    rank = {grade: -at for at, grade in enumerate(grades)}
    moved, reasons = [], []
    for one, at, outside in zip(people, placed, why, strict=True):
        known = at.grade in rank and one.grade in rank
        moved.append(rank[at.grade] - rank[one.grade] if known else 0)
        reasons.append(outside(lang) if outside else _reason(one.grade, at.grade, at.choices, at.pool, moved[-1])(lang))
    made = own.assign(
        pool=[at.pool for at in placed],
        grade=_cells([one.grade for one in people]),
        proposed=_cells([at.grade for at in placed]),
        choices=["/".join(at.choices) for at in placed],
        moved=moved,
        reason=reasons,
    )
    return Distributed(back(made), back(_of_pools(counted, grades)))


_VETOED = Text("被否决，不参加强制分布", "vetoed: outside the distribution")
_NO_TOTAL = Text("没有正式总分，不参加强制分布", "no official total: outside the distribution")


def _rated(frame: pd.DataFrame, policy: Policy, grades: list[str]) -> tuple[list[Rated], list[Text | None]]:
    least = int(policy["service_min"])
    columns = (column_of(frame, name).tolist() for name in ("total", "grade", "days", "veto"))
    units = key_text(column_of(frame, "unit")).tolist()
    people: list[Rated] = []
    why: list[Text | None] = []
    for unit, total, grade, days, veto in zip(units, *columns, strict=True):
        figure = None if blank(total) else parse_number(total).value
        figure = None if figure is None or isnan(figure) else figure
        earned = str(grade) if not blank(grade) else "" if figure is None else policy.grade(figure).grade
        service = None if blank(days) else parse_number(days).value
        outside = None
        if not blank(veto) and str(veto).strip().casefold() not in ("0", "false", "no", "否", "0.0"):
            outside = _VETOED
        elif figure is None:
            outside = _NO_TOTAL
        elif service is not None and service < least:
            outside = Text(f"在岗不足 {least} 天，不参加强制分布", f"fewer than {least} days: outside the distribution")
        people.append(Rated(figure, earned, unit, outside is not None))
        why.append(outside)
    return people, why


def _reason(grade: str, proposed: str, choices: tuple[str, ...], pool: str, moved: int) -> Text:
    if choices:
        among = "、".join(choices)
        return Text(f"同分者跨 {among}，请人决定", f"equals stand on the boundary of {among}: to be decided")
    if moved:
        way = Text("升", "up") if moved > 0 else Text("降", "down")
        whose = Text(f"“{pool}”的" if pool else "", f" of {pool}" if pool else "")
        return Text(
            f"按{whose.zh}比例由 {grade} {way.zh}为 {proposed}",
            f"{way.en} from {grade} to {proposed} by the quotas{whose.en}",
        )
    return Text("", "")


def _cells(texts: list[str]) -> Any:
    return pd.Series([text or None for text in texts], dtype=object).to_numpy()


def _of_pools(counted: list[Quota], grades: list[str]) -> pd.DataFrame:
    rows = [[each.pool, each.people, *each.counts] for each in counted]
    return pd.DataFrame(rows, columns=["pool", "people", *grades])


def diagnose(
    marks: Any,
    people: Any = None,
    raters: Any = None,
    policy: Policy | None = None,
    *,
    least: int = _LEAST,
    discovery: float = _DISCOVERY,
    lang: str = "zh",
) -> Any:
    """Rater errors: what each rater's marks show beside the others' of the same people. Advisory; no score changes.

    marks   columns rater, person, kpi, mark, and optionally full_marks; marks without a rater are left out
    people  columns person and optionally group, tenure (years), result (points of the period) and last_month (points)
    raters  columns rater and group: of whom it is known, whether they favour their own group is tested
    least   people by whom a statistic is judged at least
    discovery  the rate of false discoveries, over raters, up to which one is flagged

    Returns: a row for each rater and statistic that could be computed: rater, error (leniency, central_tendency, halo,
        stereotype, similar_to_me, substitution, recency), name, value (leniency: percent points of the scale above the
        others; central_tendency and halo: the share of the others' variance; stereotype: the share of the distance that
        goes with groups; similar_to_me: percent points; the last two: correlations), people (the sample), p, q (p
        corrected for many raters; NaN where the sample is too small), flagged, and remedy.
    Raises: ColumnsError for a column that is not there.
    Source: domain.md section 8, scoring.md section 5.

    >>> import pandas as pd, perfxl as px
    >>> levels = {"E1": 60, "E2": 70, "E3": 80, "E4": 75, "E5": 65, "E6": 90}
    >>> rows = [(r, p, "K1", v + up + (i + at) % 3) for r, up, at in (("甲", 0, 0), ("乙", 0, 1), ("丙", 9, 2))
    ...         for i, (p, v) in enumerate(levels.items())]
    >>> found = px.diagnose(pd.DataFrame(rows, columns=["rater", "person", "kpi", "mark"]))
    >>> found[found.flagged & (found.error == "leniency") & (found.value > 0)].rater.tolist()
    ['丙']
    """
    policy = policy_of(policy)
    given, back = as_pandas(marks)
    frame = renamed(given, None, ("rater", "person", "kpi", "mark"), ("full_marks",))
    known = None if people is None else renamed(as_pandas(people)[0], None, ("person",))
    sides = None if raters is None else renamed(as_pandas(raters)[0], None, ("rater",))
    groups = {} if sides is None else _texts(sides, "rater", "group")
    found = find_errors(_marks(frame, policy), _ratees(known), groups, least=least)
    return back(_told(found, discovery, lang))


def _marks(frame: pd.DataFrame, policy: Policy) -> list[Mark]:
    labels = frozenset((*DEFAULT_SCALE, *(label for scale in policy.scales.values() for label in scale)))
    raters, people = (key_text(column_of(frame, name)).tolist() for name in ("rater", "person"))
    columns = (column_of(frame, name).tolist() for name in ("kpi", "mark", "full_marks"))
    made: list[Mark] = []
    for rater, person, kpi, raw, full in zip(raters, people, *columns, strict=True):
        value: Any = None if blank(raw) else parse_figure(raw, labels).value
        value = DEFAULT_SCALE.get(value) if isinstance(value, str) else value
        whole = None if blank(full) else parse_number(full).value
        if rater and person and isinstance(value, float):
            made.append(Mark(rater, person, str(kpi), value / whole * 100 if whole else value))
    return made


def _ratees(frame: pd.DataFrame | None) -> dict[str, Ratee]:
    if frame is None:
        return {}
    people = key_text(column_of(frame, "person")).tolist()
    columns = [column_of(frame, name).tolist() for name in ("group", "tenure", "result", "last_month")]
    made = {}
    for person, group, *figures in zip(people, *columns, strict=True):
        numbers = [None if blank(each) else parse_number(each).value for each in figures]
        made[person] = Ratee(None if blank(group) else str(group), *numbers)
    return made


def _texts(frame: pd.DataFrame, key: str, column: str) -> dict[str, str]:
    cells = zip(key_text(column_of(frame, key)), column_of(frame, column), strict=True)
    return {name: str(value) for name, value in cells if name and not blank(value)}


def _told(found: list[Finding], discovery: float, lang: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "rater": [each.rater for each in found],
            "error": [each.error.name for each in found],
            "name": [each.error.text(lang) for each in found],
            "value": [each.value for each in found],
            "people": [each.sample for each in found],
            "p": [each.chance for each in found],
            "q": [each.discovery for each in found],
            "flagged": [each.discovery <= discovery for each in found],
            "remedy": [each.error.remedy(lang) if each.discovery <= discovery else "" for each in found],
        }
    )
