"""Raters' marks of pandas DataFrames, judged and put together as those of a workbook are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from perfxl.core.language import COMMA, LANGUAGES, Text
from perfxl.core.policy import DEFAULT_SCALE, Policy
from perfxl.core.problems import problem
from perfxl.core.records import Records, empty, from_columns
from perfxl.core.rulebook import RuleBook
from perfxl.core.schema import get
from perfxl.core.schema.choices import RELATION
from perfxl.core.scoring.marked_lines import MarkJoiner
from perfxl.core.scoring.marks import Combined, relation_of
from perfxl.core.scoring.scalar import blank
from perfxl.core.scoring.vector import Lines
from perfxl.core.values.numbers import parse_figure
from perfxl.core.values.text import DASH_IS_BLANK, NOT_APPLICABLE
from perfxl.frames.events import Wrong, column_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]


def put_marks(
    lines: pd.DataFrame, marks: pd.DataFrame | None, read: Lines, contract: Ints, policy: Policy, wrong: Wrong
) -> dict[int, Combined]:
    """The marks of each line of the method marks become its actual; what is wrong with them is its contract's.

    Returns: row of a line -> what its marks make, relation by relation."""
    book = RuleBook(policy)
    methods = [book.find(name) for name in read.method.values]
    is_rated = np.array([*(method is not None and method.name == "marks" for method in methods), False])
    rated = np.flatnonzero(is_rated[read.method.codes]).tolist()
    if marks is None or marks.empty or not rated:
        return {}
    whose = (column_of(lines, "person"), column_of(lines, "kpi"))
    places: dict[Any, int] = {str(whose[0].iloc[row]): int(contract[row]) for row in rated}
    places |= {(str(whose[0].iloc[row]), str(whose[1].iloc[row])): int(contract[row]) for row in rated}
    joiner = _join(lines, _records(marks, policy, places, wrong), read, rated, contract, policy)
    # Copies: these may be the caller's own columns.
    actual, full = (read.figures[name].copy() for name in ("actual", "full_marks"))
    read.figures["actual"], read.figures["full_marks"] = actual, full
    for at, row in enumerate(rated):
        if at in joiner.wrong:
            wrong.add(contract[row], joiner.wrong[at])
        value = joiner.columns["actual"][at]
        if value == NOT_APPLICABLE:
            read.not_applicable[row] = True
        else:
            actual[row] = value if isinstance(value, float) else np.nan
        stated = joiner.columns["full_marks"][at]
        full[row] = np.nan if blank(stated) else stated
    for at, about in joiner.notices:
        wrong.add(contract[rated[at]], about)
    return {rated[at]: marked.combined for at, marked in joiner.marked.items()}


def _join(
    lines: pd.DataFrame, marks: Records, read: Lines, rated: list[int], contract: Ints, policy: Policy
) -> MarkJoiner:
    """The rated lines as the tables of a program: a contract for each person."""

    def cells(*names: str) -> list[Any]:
        columns = [column_of(lines, name) for name in names]
        rows = ([column.iloc[row] for column in columns] for row in rated)
        return [next((value for value in row if not blank(value)), None) for row in rows]

    numbers = [str(contract[row]) for row in rated]
    holders = dict(zip(numbers, cells("person"), strict=True))
    kpis = cells("kpi")
    scales = [name if str(name).strip() in policy.scales else None for name in cells("scale", "grade")]
    full, actual = (read.figures[name] for name in ("full_marks", "actual"))
    columns: dict[str, list[Any]] = {
        "kpi": kpis,
        "name": cells("name"),
        "unit": [None] * len(rated),
        "scale": scales,
        "rater_shares": cells("rater_shares"),
        "full_marks": [None if np.isnan(full[row]) else float(full[row]) for row in rated],
        "actual": [None if np.isnan(actual[row]) else float(actual[row]) for row in rated],
    }
    tables = {
        "marks": marks,
        "contracts": from_columns(
            "contracts", {"contract": list(holders), "holder": [str(holder) for holder in holders.values()]}
        ),
        "contract_lines": from_columns("contract_lines", {"contract": numbers, "kpi": kpis}),
        "kpis": from_columns("kpis", {"kpi": kpis}),
        "people": empty("people"),
    }
    places = {number: place for place, number in enumerate(holders)}
    methods = [RuleBook(policy).find("marks")] * len(rated)
    joiner = MarkJoiner(tables, policy, columns, methods, [places[n] for n in numbers], [None] * len(holders))
    joiner.join()
    return joiner


def _records(marks: pd.DataFrame, policy: Policy, places: dict[Any, int], wrong: Wrong) -> Records:
    """The frame as the table of marks. A word that is no relation, or a mark that cannot be read, is wrong with the
    person's contract."""
    labels = frozenset((*DEFAULT_SCALE, *(label for scale in policy.scales.values() for label in scale)))
    names = ("person", "kpi", "relation", "mark", "rater")
    rows = list(zip(*(column_of(marks, name).tolist() for name in names), strict=True))
    values: list[Any] = []
    percent: set[int] = set()
    for i, (person, kpi, word, raw, _) in enumerate(rows):
        place = places.get((str(person), str(kpi)), places.get(str(person)))
        read = parse_figure(None if blank(raw) else raw, labels)
        if relation_of(word) is None and place is not None:
            words = Text(*(COMMA(lang).join(choice.label(lang) for choice in RELATION) for lang in LANGUAGES))
            wrong.add(place, problem("choice_unknown", table="marks", column="relation", value=word, allowed=words))
        values.append(str(raw) if read.value is None and read.problem not in ("", DASH_IS_BLANK) else read.value)
        if read.percent:
            percent.add(i)
    return Records(
        get("marks"),
        {
            "rater": [None if blank(rater) else str(rater) for *_, rater in rows],
            "ratee": [None if blank(person) else str(person) for person, *_ in rows],
            "relation": [relation_of(word) for _, _, word, _, _ in rows],
            "dimension": [None if blank(kpi) else str(kpi) for _, kpi, *_ in rows],
            "mark": values,
        },
        sheet="marks",
        rows=range(2, 2 + len(rows)),
        percent={"mark": percent},
    )
