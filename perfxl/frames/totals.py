"""Totals of the people of a DataFrame: contracts judged one by one, and a person's averaged by their days."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from math import fsum
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from perfxl.core.amendments import note_versions
from perfxl.core.language import Text
from perfxl.core.official import wrong_weight
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem, problem
from perfxl.core.schema import get
from perfxl.core.scoring import totals, vector
from perfxl.core.scoring.scalar import blank
from perfxl.core.values.dates import parse_date, serial
from perfxl.core.values.numbers import parse_points
from perfxl.core.values.text import DASH_IS_BLANK
from perfxl.frames import events as happened
from perfxl.frames.columns import key_text
from perfxl.frames.events import Wrong, column_of
from perfxl.frames.lines import line_problems, read_lines
from perfxl.frames.marks import put_marks
from perfxl.frames.names import FrameNames

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = ["score_people"]

_UNSURE = 1e-6  # percent points by which the sum of very many weights may be off, taken one after the other


@dataclass
class _Holding:
    """Whose lines are whose.

    contract  the place of each line's contract; names: what each is called
    people    who they are, as typed, in order of first appearance; person: the place of each contract's
    days      the calendar days of each contract, NaN where its dates are not known
    """

    contract: Ints
    names: list[str]
    people: list[Any]
    person: Ints
    days: Floats

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """The places of each person's contracts, by ID."""
        found: dict[str, list[int]] = {}
        keys = key_text(pd.Series(self.people, dtype=object)).tolist()
        for place, person in enumerate(self.person.tolist()):
            found.setdefault(keys[person], []).append(place)
        return found

    @property
    def are_of_several(self) -> bool:
        """Whether the lines say whose they are."""
        return any(not blank(person) for person in self.people)

    @property
    def one_each(self) -> bool:
        """Whether nobody has two contracts."""
        return len(self.names) == len(self.people)


def score_people(
    lines: pd.DataFrame, events: pd.DataFrame | None, marks: pd.DataFrame | None, policy: Policy, lang: str
) -> tuple[pd.DataFrame, list[Problem], list[Problem]]:
    """As perfxl.score_contracts, of pandas frames with known columns. Returns: a row for each person; every problem of
    theirs; what is of nobody here."""
    called = FrameNames(lines)
    lines = called.put_ids(lines)
    events, marks = (None if frame is None else called.put_ids(frame) for frame in (events, marks))
    held = _holding(lines, policy)
    names = np.array([*held.names, ""], dtype=object)
    lines = lines.assign(person=names[held.contract], kpi=key_text(column_of(lines, "kpi")))
    read, doubts = read_lines(lines, policy)
    wrong, strangers = Wrong(len(held.names)), list[Problem]()
    events, marks = (called.take_out(frame, held.places, wrong) for frame in (events, marks))
    events, lost = _of_contracts(events, held, lines, wrong, dated=True)
    marks, others = _of_contracts(marks, held, lines, wrong, dated=False)
    strangers += lost + others
    _name_unheld(events, lines, held, wrong)
    contract = held.contract
    counts = happened.put_counts(lines, events, read, contract, held.names, policy, wrong)
    put_marks(lines, marks, read, contract, policy, wrong)
    scores = vector.score_lines(read, policy)
    for row, about in line_problems(lines, read, scores, policy):
        wrong.add(contract[row], about)
    for row, doubted in doubts.items():
        for about in doubted:
            wrong.add(contract[row], about)
    _ask_for_dates(held, wrong)
    _judge_dates(lines, held, wrong)
    _ask_for_people(held, wrong)
    _ask_for_kpis(lines, contract, wrong)
    for about in note_versions(policy):
        for at in range(len(wrong)):
            wrong.add(at, about)
    category = pd.factorize(column_of(lines, "category"))[0].astype(np.int64)
    weights = _weights(lines, scores, contract, wrong)
    happened.find_repeated(lines, contract, held.names, wrong)
    effective = totals.effective_weights(scores, weights, contract, category, policy)
    vetoes = happened.vetoes(lines, counts, read, contract, policy, wrong)
    result = totals.contract_totals(scores, effective, contract, len(wrong), policy, vetoes)
    undetermined = wrong.errors()
    if not held.one_each:  # known above to have dates
        result.total = np.where(undetermined, np.nan, result.total)
        result = totals.people_totals(result, held.person, held.days, len(held.people), policy, vetoes)
        undetermined = np.bincount(held.person, weights=undetermined, minlength=len(held.people)) > 0
    return _people_frame(held, result, undetermined, wrong, policy, lang), wrong.all(), strangers


def _people_frame(
    held: _Holding, result: totals.Totals, undetermined: Any, wrong: Wrong, policy: Policy, lang: str
) -> pd.DataFrame:
    bands = totals.ordered_bands(policy)
    grades = np.array([*(band.grade for band in bands), None], dtype=object)
    coefficients = np.array([*(np.nan if b.coefficient is None else b.coefficient for b in bands), np.nan])
    grade = np.where(undetermined | (result.grade < 0), len(bands), result.grade)
    texts: list[list[str]] = [[] for _ in held.people]
    for place, text in zip(held.person.tolist(), wrong.texts(lang), strict=True):
        texts[place] += [text] if text else []
    return pd.DataFrame(
        {
            "person": pd.Series(held.people, dtype=None if held.people else "str"),
            "total": np.where(undetermined, np.nan, result.total),
            "provisional": np.where(undetermined, np.nan, result.provisional),
            "completeness": result.completeness,
            "grade": grades[grade],
            "coefficient": coefficients[grade],
            "reason": pd.Series(["；".join(each) for each in texts], dtype="str"),
        }
    )


def _holding(lines: pd.DataFrame, policy: Policy) -> _Holding:
    """A contract for each person, or for each person and number in the column contract."""
    typed = column_of(lines, "person")
    keys = key_text(typed)
    codes, known = pd.factorize(keys)
    first = pd.Series(np.arange(len(codes))).groupby(codes).first()
    people = [typed.iloc[row] if not blank(typed.iloc[row]) else "" for row in first.tolist()]
    if "contract" not in lines:
        places = np.arange(len(known), dtype=np.int64)
        return _Holding(codes.astype(np.int64), list(known), people, places, np.ones(len(known)))
    pairs = keys + " / " + key_text(lines["contract"])
    contract, names = pd.factorize(pairs)
    rows = pd.Series(np.arange(len(contract))).groupby(contract).first().tolist()
    days = np.array([_days(lines, row, policy) for row in rows], dtype=np.float64)
    return _Holding(contract.astype(np.int64), list(names), people, codes[rows].astype(np.int64), days)


def _days(lines: pd.DataFrame, row: int, policy: Policy) -> float:
    """Calendar days of a contract within the policy's period; NaN where a date is not known."""
    dates = [parse_date(column_of(lines, name).iloc[row]).value for name in ("start", "end")]
    if None in dates:
        return np.nan
    limits = policy["period_start"], policy["period_end"]
    start = max(each for each in (dates[0], limits[0]) if each)
    end = min(each for each in (dates[1], limits[1]) if each)
    return float(max(serial(end) - serial(start) + 1, 0.0))


def _of_contracts(
    frame: pd.DataFrame | None, held: _Holding, lines: pd.DataFrame, wrong: Wrong, *, dated: bool
) -> tuple[pd.DataFrame | None, list[Problem]]:
    """Events or marks under the contracts that they are of: named there, or of the person's only one; events else by
    their date, marks in each. What is of nobody here is named.

    Returns: the rows, with the contract's name in the column person; the problems.
    """
    if frame is None or frame.empty:
        return frame, []
    whose, of_contract = key_text(column_of(frame, "person")), key_text(column_of(frame, "contract"))
    spans = _spans(lines, held) if dated and not held.one_each else {}
    rows, names, strangers = list[int](), list[str](), list[Problem]()
    for row, (person, number) in enumerate(zip(whose.tolist(), of_contract.tolist(), strict=True)):
        mine = held.places.get(person, [])
        if not person and held.are_of_several:
            _may_be_of_anybody(key_text(column_of(frame, "kpi")).iloc[row], held, lines, wrong)
            continue
        if number:
            mine = [place for place in mine if held.names[place] == f"{person} / {number}"]
        elif len(mine) > 1 and dated:
            day = parse_date(column_of(frame, "date").iloc[row]).value
            mine_then = [place for place in mine if day is not None and place in spans and _within(day, spans[place])]
            if not mine_then:
                about: dict[str, Any] = {"kpi": column_of(frame, "kpi").iloc[row], "person": person}
                wrong.add(mine[0], problem("event_outside_contracts", value=day, **about))
                continue
            mine = mine_then
        if not mine:
            details: dict[str, Any] = {"target": "lines", "key": "person", "suggestion": ""}
            strangers.append(problem("reference_unknown", column="person", value=person, **details))
        rows += [row] * len(mine)
        names += [held.names[place] for place in mine]
    kpi = key_text(column_of(frame, "kpi")).iloc[rows].to_numpy()
    return frame.iloc[rows].assign(person=names, kpi=kpi).reset_index(drop=True), strangers


def _may_be_of_anybody(kpi: str, held: _Holding, lines: pd.DataFrame, wrong: Wrong) -> None:
    """An event or mark that does not say whose it is may be of any line with its KPI; without a KPI, of any line."""
    names = set(lines["person"][lines["kpi"] == kpi]) if kpi else set(held.names)
    for place, name in enumerate(held.names):
        if name in names:
            wrong.add(place, problem("required_blank", table="events", column="holder"))


def _name_unheld(events: pd.DataFrame | None, lines: pd.DataFrame, held: _Holding, wrong: Wrong) -> None:
    """An event of a KPI that its contract does not hold counts nowhere: it is wrong."""
    if events is None or events.empty:
        return
    known = set(zip(lines["person"], lines["kpi"], strict=True))
    places = {name: place for place, name in enumerate(held.names)}
    for person, kpi in zip(events["person"], events["kpi"], strict=True):
        if kpi and (person, kpi) not in known:
            wrong.add(places[person], problem("event_kpi_not_held", column="kpi", value=kpi, kpi=kpi, person=person))


def _ask_for_dates(held: _Holding, wrong: Wrong) -> None:
    """Of somebody with several contracts their days must be known: a mean without them would be a guess."""
    several = np.bincount(held.person, minlength=len(held.people)) > 1
    for place in np.flatnonzero(several[held.person] & np.isnan(held.days)).tolist():
        wrong.add(place, problem("required_blank", table="contracts", column="start"))


def _judge_dates(lines: pd.DataFrame, held: _Holding, wrong: Wrong) -> None:
    """Of somebody with several contracts each day counts once, and those of all lines of a contract are the same."""
    if held.one_each or "contract" not in lines:
        return
    several = np.bincount(held.person, minlength=len(held.people)) > 1
    typed = {name: column_of(lines, name).astype(object).to_numpy() for name in ("start", "end")}
    rows = pd.DataFrame({"place": held.contract, **typed}).drop_duplicates()
    spans: dict[int, dict[tuple[Any, Any], None]] = {}  # of each person's contracts, by place and day
    for place, *dates in rows[several[held.person[rows["place"]]]].itertuples(index=False):
        start, end = (parse_date(each).value for each in dates)
        if start is not None and end is not None:
            spans.setdefault(place, {})[start, end] = None
    by_person: dict[int, list[tuple[Any, Any, int]]] = {}
    for place, found in spans.items():
        by_person.setdefault(int(held.person[place]), []).extend((*span, place) for span in found)
    for person, contracts in by_person.items():
        contracts.sort()
        for start, end, place in contracts:
            if end < start:
                earlier = get("contracts").column("start").text
                about: dict[str, Any] = {"column": "end", "value": end, "earlier": earlier, "date": start}
                wrong.add(place, problem("date_before_earlier", table="contracts", **about))
        for (_, until, other), (start, _, place) in pairwise(contracts):
            if start <= until:
                whose: dict[str, Any] = {"contract": held.names[place], "person": str(held.people[person])}
                whose |= {"other": held.names[other], "until": until}
                wrong.add(place, problem("contracts_overlap", table="contracts", column="start", value=start, **whose))


def _ask_for_people(held: _Holding, wrong: Wrong) -> None:
    """Lines of nobody are of several people, or of somebody whose total lacks them."""
    for place in np.flatnonzero([blank(held.people[person]) for person in held.person.tolist()]).tolist():
        wrong.add(place, problem("required_blank", column="person"))


def _ask_for_kpis(lines: pd.DataFrame, contract: Any, wrong: Wrong) -> None:
    """A line that names no KPI where others do: nobody knows what its weight is for. Of somebody who has no other line,
    it may be anybody's: a total, a note, a slip in a name."""
    unnamed = (lines["kpi"] == "").to_numpy()
    known = np.bincount(contract, weights=~unnamed, minlength=len(wrong)) > 0
    for row in np.flatnonzero(unnamed & ~unnamed.all()).tolist():
        about = problem("required_blank", column="kpi")
        for place in [contract[row]] if known[contract[row]] else range(len(wrong)):
            wrong.add(place, about)


def _spans(lines: pd.DataFrame, held: _Holding) -> dict[int, tuple[Any, Any]]:
    """The dates of each contract, where both are known."""
    first = pd.Series(np.arange(len(lines))).groupby(held.contract).first()
    dates = {
        place: tuple(parse_date(column_of(lines, name).iloc[row]).value for name in ("start", "end"))
        for place, row in first.items()
    }
    return {int(str(place)): (span[0], span[1]) for place, span in dates.items() if None not in span}


def _within(day: Any, span: tuple[Any, Any]) -> bool:
    return bool(span[0] <= day <= span[1])


def _weights(
    lines: pd.DataFrame, scores: vector.LineScores, contract: NDArray[np.int64], wrong: Wrong
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
    unsure = (np.round(sums, 10) != 100) & (np.abs(sums - 100) < _UNSURE)
    if unsure.any():
        asked = np.flatnonzero(unsure[contract])
        exact = pd.Series(counted[asked]).groupby(contract[asked]).agg(fsum)
        sums[exact.index.to_numpy(dtype=np.int64)] = exact.to_numpy()
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
