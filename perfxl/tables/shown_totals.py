"""The total score that a table shows of the person whose lines it holds, kept with its cell, to be set against what the
lines give: in a row of totals, beside a label, in a column of totals, in a note.

Sums of weights, of targets, of other people, of one who judges and of months are none; where it is not sure that a
figure is the person's total, it is none either.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Any

from perfxl.core.cells import a1
from perfxl.core.records import Records
from perfxl.tables.contract_rows import HEADER_AGAIN, TITLE, ContractRows
from perfxl.tables.evidence import number_in
from perfxl.tables.forms import Form
from perfxl.tables.lexicon import MARK, PERIOD
from perfxl.tables.row_form import ShownTotal, ShownTotals
from perfxl.tables.total_words import (
    Figure,
    figure_of,
    figures_in,
    is_plain_total,
    is_total_score,
    may_be_score,
    result_label,
)

_OWNER = ("person", "name", "post", "department", "period")
_NO_FIGURES = ("", "note", "rule", "grade", "points", "weighted", "total_score", "source", "definition")
"""Meanings of columns below which a plain Total is not that of the column's own figures."""
_EXACT = 1e-6
_MOST = 300.0  # beside months, more than this is a sum of several months' scores


def keep_shown_totals(records: Records, read: ContractRows, form: Form) -> None:
    """Puts the totals that the table shows of each person beside the person's rows."""
    forms = records.columns.get("form")
    keys = list(zip(*(records.column(name) for name in _OWNER), strict=True))
    groups: dict[Any, list[int]] = {}
    for place, key in enumerate(keys):
        groups.setdefault(key, []).append(place)
    parted = any(places[-1] - places[0] + 1 != len(places) for places in groups.values())
    if not forms or parted:
        return
    finder = _Finder(records, read, form, list(groups.values()))
    shown = [finder.totals(number) for number in range(len(groups))]
    if not all(shown):  # a total that stands below the last of several people may be everybody's
        return
    for places, totals in zip(groups.values(), shown, strict=True):
        for place in places:
            forms[place] = forms[place]._replace(shown=ShownTotals(len(places), tuple(totals)))


class _Finder:
    def __init__(self, records: Records, read: ContractRows, form: Form, groups: Sequence[Sequence[int]]) -> None:
        self._records, self._form, self._groups = records, form, groups
        self._rows, self._block = form.grid.rows, form.block
        if form.whole and len(groups) == 1:
            pairs = zip(form.grid.rows, form.whole.rows, strict=True)
            self._rows = [own if any(cell != "" for cell in own) else whole for own, whole in pairs]
        self._sheet_rows = [i for i, _ in read.rows]
        self._lines = set(self._sheet_rows)
        self._ends = sorted(i for kind, i, _, _ in read.others if kind in (TITLE, HEADER_AGAIN))
        self._totals = read.totals
        self._meanings = {**form.header.beside, **form.header.columns}
        self._by_others = {*form.reading.all(MARK), *form.reading.all(PERIOD)}
        self._months = bool(form.reading.all(PERIOD))

    def totals(self, number: int) -> list[ShownTotal]:
        """What is shown of one person, each cell once."""
        places = self._groups[number]
        found = {each.cell: each for each in self._find(number, places)}
        return [each for each in found.values() if not (self._months and each.value > _MOST)]

    def _find(self, number: int, places: Sequence[int]) -> Iterator[ShownTotal]:
        yield from self._in_column(places)
        name = str(self._records.column("name")[places[0]] or "")
        period = str(self._records.column("period")[places[0]] or "")
        yearly = not period or (len(period) == 4 and period.isdigit())
        parts = self._of_parts(places)
        for i in self._span(number, places):
            if i in self._lines or self._block.row <= i < self._block.first or i in parts:
                continue
            for at, cell in enumerate(self._rows[i]):
                if isinstance(cell, str) and cell.strip():
                    yield from self._said(i, at, cell, name, yearly, places)

    def _span(self, number: int, places: Sequence[int]) -> range:
        """The rows that may speak of a person: the whole table, or, of several people's, those up to the next one."""
        if len(self._groups) == 1:
            return range(len(self._rows))
        last = self._sheet_rows[places[-1]]
        following = self._groups[number + 1 : number + 2]
        end = self._sheet_rows[following[0][0]] if following else len(self._rows)
        at = bisect_right(self._ends, last)
        after = self._ends[at : at + 1]
        return range(last + 1, min([end, *after]))

    def _of_parts(self, places: Sequence[int]) -> set[int]:
        """Rows of totals that are of some of the lines: those between the lines, and then the first one below them."""
        first, last = (self._sheet_rows[places[at]] for at in (0, -1))
        at = bisect_right(self._totals, last)
        between = set(self._totals[bisect_right(self._totals, first) : at])
        return between | ({last + 1} & set(self._totals[at : at + 1]) if between else set())

    def _in_column(self, places: Sequence[int]) -> Iterator[ShownTotal]:
        """One figure for several rows in a column of totals."""
        for at, text in self._block.texts.items():
            if len(places) < 2 or at in self._by_others or not is_total_score(text):
                continue
            cells = [(self._sheet_rows[place], self._rows[self._sheet_rows[place]][at]) for place in places]
            filled = [(i, cell) for i, cell in cells if cell != ""]
            if len(filled) == 1 and (figure := self._figure(filled[0][0], at)) and may_be_score(figure, text):
                yield self._shown(filled[0][0], at, figure)

    def _said(self, i: int, at: int, cell: str, name: str, yearly: bool, places: Sequence[int]) -> Iterator[ShownTotal]:
        """What one text says or labels."""
        below = self._block.first <= i < self._block.bottom
        certain = is_total_score(cell, name, yearly)
        if certain or (below and is_plain_total(cell)):
            place = self._beside(i, at, places, certain)
            figure = self._figure(*place) if place else None
            if place and figure and may_be_score(figure, cell):
                yield self._shown(*place, figure)
        elif figures := figures_in(cell, name, yearly, below):
            yield self._shown(i, at, figures[-1])

    def _beside(self, i: int, at: int, places: Sequence[int], certain: bool) -> tuple[int, int] | None:
        """The cell whose figure a label is about: the next one to the right, or the only one that is no column's sum;
        above a table, where no figure is to the right, the cell below."""
        row, figures = self._rows[i], []
        for right in range(at + 1, len(row)):
            if row[right] == "" or row[right] == row[at]:
                continue
            if number_in(row[right]) is None and figure_of(row[right]) is None:
                break
            figures.append(right)
        kept = [right for right in figures if self._may_be_total(i, right, places, certain)]
        if kept and (len(kept) == 1 or kept[0] == figures[0]):
            return i, kept[0]
        below = certain and not figures and i + 1 < len(self._rows) and self._figure(i + 1, at)
        apart = i + 1 < self._block.row or self._is_over_values(i)
        return (i + 1, at) if below and apart else None

    def _is_over_values(self, i: int) -> bool:
        """Whether a row of labels, each of one person's result, stands over one row of values: 考核总分 | 考核等级 over
        90 | A."""
        if i + 1 >= len(self._rows):
            return False
        labels, values = self._rows[i : i + 2]
        more = self._rows[i + 2] if i + 2 < len(self._rows) else []
        filled = [at for at, cell in enumerate(labels) if cell != ""]
        told = all(isinstance(labels[at], str) and result_label(labels[at])[0] for at in filled)
        under = [at for at, cell in enumerate(values) if cell != ""]
        return told and set(under) <= set(filled) and not any(isinstance(cell, float) for cell in more)

    def _may_be_total(self, i: int, at: int, places: Sequence[int], certain: bool) -> bool:
        figure = self._figure(i, at)
        if figure is None or (i >= self._block.first and at in self._by_others):
            return False
        if i < self._block.first:
            return True
        cells = [self._rows[self._sheet_rows[place]][at] for place in places]
        above = [number for cell in cells if (number := number_in(cell)) is not None]
        meaning = self._meanings.get(at, "")
        if meaning in ("points", "weighted") and len(above) == len(places) > 1:
            return False  # cross_checks compares them with the lines' own points
        weights = [self._records.column("weight")[place] for place in places]
        mean = [w * a for w, a in zip(weights, above, strict=True) if w] if len(above) == len(places) else []
        ways = (sum(above), sum(above) / len(above), 100 * sum(above), sum(mean) / 100) if above else ()
        if any(abs(way - figure.value) <= figure.near for way in ways):
            return False
        apart = not any(value != "" for value in self._rows[i - 1])
        if i >= self._block.bottom:
            return apart  # else it belongs to another table's rows
        beside = meaning == "actual" and self._is_sum_of_weights(i, weights) and figure.value <= _MOST
        return certain or apart or beside or (meaning in _NO_FIGURES and not above)

    def _is_sum_of_weights(self, i: int, weights: Sequence[float | None]) -> bool:
        """Whether a row of totals sums up the weights and leaves the targets out, so that a figure below the actuals
        that is none of their sums is the score."""
        at = {meaning: at for at, meaning in self._meanings.items()}
        weight = number_in(self._rows[i][at["weight"]]) if "weight" in at else None
        whole = sum(each or 0.0 for each in weights)
        target = self._rows[i][at["target"]] if "target" in at else ""
        return weight is not None and target == "" and any(abs(weight * n - whole) < _EXACT for n in (1.0, 100.0))

    def _figure(self, i: int, at: int) -> Figure | None:
        return None if i in self._form.grid.percent.get(at, ()) else figure_of(self._rows[i][at])

    def _shown(self, i: int, at: int, figure: Figure) -> ShownTotal:
        return ShownTotal(a1(i, at), figure.value, figure.places, figure.near)
