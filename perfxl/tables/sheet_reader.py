"""The rows below one sheet's header: merged cells filled down, columns typed, extras kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from typing import Any, NamedTuple

from perfxl.core.cells import a1, column_letter
from perfxl.core.codes import Named
from perfxl.core.language import LANGUAGES, Text, join_texts
from perfxl.core.problems import Address, Problem, problem
from perfxl.core.records import Records
from perfxl.core.rulebook import METHODS
from perfxl.core.schema import Column, Table, Type
from perfxl.core.schema.categories import USUAL, Categories
from perfxl.core.schema.choices import CATEGORY
from perfxl.core.values.dates import Span
from perfxl.core.values.numbers import MULTIPLIED
from perfxl.core.values.text import DATE_IN_TEXT, clean
from perfxl.tables.beside import OtherName
from perfxl.tables.bounded import BoundedProblems, Phase, grouped, listed
from perfxl.tables.columns import NO_VALUE, NOT_ALLOWED, OWN_WORD, Converted, FractionCount, convert, count_fractions
from perfxl.tables.contract_rows import ContractRows, read_contract_rows
from perfxl.tables.grid import NOT_STORED, Grid
from perfxl.tables.headers import Header, Match, bare, meanings
from perfxl.tables.multiplied import Multiplied, MultipliedFigures
from perfxl.tables.number_formats import show_all_padded, take_percent_points
from perfxl.tables.titles import read_period, year_around
from perfxl.tables.totals import is_total_word

_MOST_LIKELY = 200  # headers that are compared with the names of columns
_WORDS = (Type.TEXT, Type.REF, Type.CHOICE, Type.DATE, Type.PERIOD)
_DATA_CELLS, _ALIKE = 3, 0.75  # cells that make a row one of data, and the part of them that another such row fills
_NUMERAL = re.compile(r"\d")
_SPREAD = ("section_weight",)  # a figure that holds for all the rows of its merged cell
_NUMBERED = ("contracts", "kpis", "people")  # tables whose rows have IDs: none of these is called 小计
# Said once about a sheet, and where it counts something with the sum.
_ONCE = {
    "cells_filled_down",
    "rows_hidden",
    "sheet_hidden",
    "fractions_as_percent",
    "rows_without_known_columns",
    "blank_takes_default",
}


class ColumnInfo(NamedTuple):
    """One header as typed and the canonical column it was taken for; "" where it is kept as it is. `names`: the column
    beside which it says the names."""

    letter: str
    header: str
    column: str
    names: str = ""


@dataclass
class SheetInfo:
    """One sheet. `table` is "" where the sheet was not read, and `why` says so; rows are counted from 1."""

    sheet: str
    table: str = ""
    header_row: int = 0
    columns: list[ColumnInfo] = field(default_factory=list)
    records: int = 0
    last_row: int = 0
    hidden: bool = False
    why: Text = field(default=Text("", ""))


class SheetReader:
    """`read` turns rows, all at once or by blocks, into records; `info` and `problems` tell of what has been read."""

    def __init__(
        self,
        file: str,
        sheet: Grid,
        match: Match,
        header: Header,
        labels: frozenset[str],
        within: Span | None = None,
        categories: Categories = USUAL,
    ) -> None:
        self._categories = categories
        self._given_days, self._above = within, (sheet.rows[: header.row], sheet.name, file)
        self._found = BoundedProblems()
        self._phase: Phase = (0, 0)
        self.contract = ContractRows()
        self.names: dict[str, Sequence[Any]] = {}  # beside the codes of a column in the rows that were read last
        self._filled: dict[int, list[int]] = {}  # column -> rows that took the value above
        self._file, self._sheet, self._header, self._labels = file, sheet, header, labels
        self._table: Table = match.table
        self._fractions: dict[int, FractionCount] = {}
        self._count = self._last = 0
        self._multiplied = MultipliedFigures()
        self._check_header(match)

    @property
    def problems(self) -> list[Problem]:
        """What is wrong with the header and the rows that were read, as it comes where all are read at once."""
        self._tell(self._multiplied.rest())
        return self._found.problems()

    @cached_property
    def _within(self) -> Span | None:
        """The days for a period without a year."""
        return self._given_days or year_around(*self._above)

    def settle_units(self, records: Records, units: Callable[[], Mapping[Any, Any]]) -> None:
        """950万 of a KPI in 万元 is 950: figures of the rows just read take the unit of their KPI.

        units  gives the unit of each KPI
        """
        self._tell(self._multiplied.settle(records, units))

    def _tell(self, told: Iterable[tuple[Multiplied, str, dict[str, Any]]]) -> None:
        for figure, name, details in told:
            self._phase = 8, self._table.columns.index(figure.column)
            self._add(name, figure.row, figure.at, column=figure.column.name, **details)

    def count_fractions(self, at: int, sheet: Grid) -> None:
        """Takes note of a column's percent points ahead of `read`: they are judged by the column as a whole."""
        start = self._start(sheet)
        percent = sheet.percent_rows(at, range(sheet.first + start, sheet.first + len(sheet.rows)))
        column = self._table.column(self._header.columns[at])
        count = count_fractions(column, [row[at] for row in sheet.rows[start:]], percent, self._labels)
        self._fractions[at] = self._fractions.get(at, FractionCount()) + count

    def read(self, sheet: Grid) -> Records:
        """The records of the next rows; their merged cells are filled in place."""
        self._tell(self._multiplied.rest())
        self._sheet, self._phase = sheet, (1, 0)
        self._filled.clear()
        self._fill_merged()
        if self._table.name == "contract_sheet" and "kpi" in self._header.columns.values():
            self._phase = 2, 0
            self.contract = contract = read_contract_rows(
                self._header, sheet.rows, sheet.merges, sheet.totals, self._labels
            )
            for name, row, at, text in contract.others:
                self._add(name, row, at, value=text)
            points = take_percent_points(contract.rows, self._header, frozenset(contract.percents), sheet)
            for row, at in (*contract.percents, *list(points)):
                sheet.percent.setdefault(at, set()).add(row)
            for column, carried in contract.carried.items():
                at = next(at for at, name in self._header.columns.items() if name == column)
                self._filled.setdefault(at, []).extend(carried)
            numbers: Sequence[int] = [i for i, _ in contract.rows]
            records = self._records(numbers, list(zip(*(row for _, row in contract.rows), strict=True)))
            _add_fields(records, contract)
            self._read_title_period(records)
        else:
            numbers, columns = self._columns_of_rows()
            records = self._records(numbers, columns)
        self._note_rows(numbers)
        self._count += len(records)
        self._last = max(self._last, numbers[-1] + 1 if len(numbers) else 0)
        return records

    def note_names(self, records: Records, named: Sequence[Named]) -> None:
        """Says where names stood in place of codes."""
        for each in named:
            self._phase = 7, self._table.columns.index(each.column)
            address = records.address(each.row, each.column.name)
            details = {"column": each.column.name, "value": each.name, "target": each.code, "count": each.cells}
            self._found.add(self._phase, problem("names_as_codes", address, table=self._table.name, **details), True)

    def note_other_names(self, records: Records, others: Sequence[OtherName]) -> None:
        """Says where something else stands in a grey column than follows, such as somebody else's name."""
        for each in others:
            at = next(at for at, code in self._header.names.items() if code == each.column.name)
            self._phase = 9, at
            details = {"value": each.shown, "target": each.code, "likely": each.name, "count": each.cells}
            self._add(each.problem, records.rows[each.row] - 1, at, column=each.column.name, **details)

    @property
    def info(self) -> SheetInfo:
        header = self._header
        columns = [
            ColumnInfo(column_letter(at), header.texts[at], header.columns.get(at, ""), header.names.get(at, ""))
            for at in sorted(header.texts)
        ]
        return SheetInfo(
            self._sheet.name, self._table.name, header.row + 1, columns, self._count, self._last, self._sheet.hidden
        )

    # The header

    def _check_header(self, match: Match) -> None:
        for found in grouped(self._header_problems(match)):
            self._found.add(self._phase, found)

    def _header_problems(self, match: Match) -> Iterator[Problem]:
        header, columns, texts = self._header, self._header.columns, self._header.texts
        if not match.named:
            yield self._problem("sheet_read_by_headers", header.row, 0)
        for name in header.missing:
            yield self._problem("column_missing", header.row, min(columns), column=name)
        above = self._rows_above()
        if above:
            yield self._problem("rows_above_header", above[0], min(columns), count=len(above), first=above[0] + 1)
        for at, first in header.twins.items():
            if first in columns:
                cell = a1(header.row, first)
                yield self._problem(
                    "header_repeated", header.row, at, column=columns[first], value=texts[at], first=cell
                )
        for at, rival in header.rivals.items():
            if at not in header.twins:
                details = {"column": columns[rival], "value": texts[at], "other": texts[rival]}
                yield self._problem("header_ambiguous", header.row, at, **details)
        unread = [at for at, text in texts.items() if text in NO_VALUE]
        for at in unread:
            yield self._problem("header_unreadable", header.row, at)
        named = (columns, header.twins, header.beside, header.names, unread)
        unused = [at for at in texts if not any(at in those for those in named)]
        likely = {at: self._likely_column(texts[at]) for at in unused[:_MOST_LIKELY] if at not in header.rivals}
        for at, column in likely.items():
            if column:
                name = "column_unfit" if bare(texts[at]) in meanings(self._table.name) else "header_unknown"
                yield self._problem(name, header.row, at, column=column.name, value=texts[at], likely=column.text)
        kept = [texts[at] for at in unused if not likely.get(at)]
        if kept:
            names = listed([" ".join(text.split()) for text in kept])
            yield self._problem("columns_unused", header.row, unused[0], value=names)

    def _rows_above(self) -> list[int]:
        """Rows above the header that are like the first one below it, figures where it has figures: neither titles nor
        headers."""
        rows = self._sheet.rows
        below = next((row for row in rows[self._start(self._sheet) :] if not all(map(_is_blank, row))), None)
        if below is None:
            return []
        kinds = {at: _kind_of_cell(below[at]) for at in self._header.columns if not _is_blank(below[at])}
        telling = [at for at, kind in kinds.items() if kind is not str] or list(kinds)
        if len(kinds) < _DATA_CELLS or all(kinds[at] is str and not _NUMERAL.search(below[at]) for at in telling):
            return []
        return [
            i
            for i, row in enumerate(rows[: self._header.row])
            if sum(not _is_blank(row[at]) for at in kinds) > _ALIKE * len(kinds)
            and any(_is_alike(row[at], below[at]) for at in telling)
            and all(_is_blank(row[at]) or _is_alike(row[at], below[at]) for at in telling)
        ]

    def _likely_column(self, text: str) -> Column | None:
        """The column whose name is all but the text, where the sheet lacks that column."""
        by_text = meanings(self._table.name)
        near = get_close_matches(bare(text), by_text, 1, 0.75)
        name = by_text[near[0]][0].column if near else ""
        return self._table.column(name) if name and name not in self._header.columns.values() else None

    # The rows

    def _columns_of_rows(self) -> tuple[Sequence[int], list[Sequence[Any]]]:
        """The rows below the header that fill a known column: their numbers, and their cells column by column."""
        first = self._sheet.first
        rows = self._sheet.rows[self._start(self._sheet) :]
        columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
        known = sorted(self._header.columns)
        below = range(first + len(self._sheet.rows) - len(rows), first + len(self._sheet.rows))
        blanks = set(filter(_is_blank, set(columns[known[0]]))) if columns else set()
        totals = self._total_rows(below, rows, columns)
        if not blanks and not totals:
            return below, columns
        numbers: list[int] = []
        kept: list[list[Any]] = []
        idle: list[int] = []
        self._phase = 1, 1
        for i, row in zip(below, rows, strict=True):
            if i in totals:
                self._add("row_is_total", i, totals[i], value=row[totals[i]] or None)
            elif row.count("") == len(row):  # the usual kind, told at a look: above a cell far below are a million
                continue
            elif row[known[0]] not in blanks or not all(_is_blank(row[at]) for at in known):
                numbers.append(i)
                kept.append(row)
            elif not all(map(_is_blank, row)) and not all(map(_is_blank, self._without_names(row))):
                idle.append(i)
        if idle:
            self._phase = 2, 0
            self._add("rows_without_known_columns", idle[0], known[0], count=len(idle), first=idle[0] + 1)
        return numbers, list(zip(*kept, strict=True))

    def _without_names(self, row: Sequence[Any]) -> Iterator[Any]:
        """A row without the formulas that would show a name, had they been calculated."""
        names = self._header.names
        return (value for at, value in enumerate(row) if at not in names or value != NOT_STORED)

    def _total_rows(
        self, below: Sequence[int], rows: Sequence[list[Any]], columns: Sequence[Sequence[Any]]
    ) -> dict[int, int]:
        """Rows that hold sums of the rows above -> the column that says so: an Excel table's own, and those that have
        小计 or the like for an ID, or beside a blank ID."""
        header, table = self._header, self._table
        ids, required = set(), set()
        words: dict[int, set[Any]] = {}  # of columns of texts: 累计 is a choice among others in the KPI library
        for at, column in sorted((at, table.column(name)) for at, name in header.columns.items()):
            if column.type in (Type.TEXT, Type.REF):
                words[at] = set(filter(is_total_word, set(columns[at]))) if columns else set()
                if _is_id(table, column):
                    ids.add(at)
            if column.required:
                required.add(at)
        found = {i: min(header.columns) for i in below if i in self._sheet.totals}
        for i, row in zip(below, rows, strict=True) if any(words.values()) else ():
            said = next((at for at, those in words.items() if row[at] in those), None)
            if said is not None and (said in ids or any(_is_blank(row[other]) for other in required)):
                found[i] = said
        return found

    def _start(self, sheet: Grid) -> int:
        """Where the rows below the header begin."""
        return max(self._header.row + self._header.height - sheet.first, 0)

    def _fill_merged(self) -> None:
        """Words in merged cells hold for each of their rows; a figure holds for the first one only."""
        rows, header, first = self._sheet.rows, self._header, self._sheet.first
        below = header.row + header.height
        for top, left, bottom, right in self._sheet.merges:
            column = header.columns.get(left)
            bottom = min(bottom, first + len(rows) - 1)
            if column is None or top < below or bottom <= top:
                continue
            if any(at in header.columns for at in range(left + 1, right + 1)) or rows[top - first][left] == "":
                continue
            if self._table.column(column).type not in _WORDS and column not in _SPREAD:
                self._add("merged_cell_counts_once", top, left, column=column, count=bottom - top)
                continue
            for i in range(top + 1, bottom + 1):
                rows[i - first][left] = rows[top - first][left]
                self._filled.setdefault(left, []).append(i)

    def _note_rows(self, numbers: Sequence[int]) -> None:
        for at, rows in sorted(self._filled.items()):
            self._phase = 4, at
            self._add("cells_filled_down", min(rows), at, column=self._header.columns[at], count=len(rows))
        self._phase = 5, 0
        if self._sheet.hidden:
            self._add("sheet_hidden", self._header.row, 0)
        hidden = self._sheet.hidden_rows and self._sheet.hidden_rows.intersection(numbers)
        if hidden:
            self._phase = 6, 0
            self._add("rows_hidden", min(hidden), 0, count=len(hidden))

    # The columns

    def _records(self, numbers: Sequence[int], columns: Sequence[Sequence[Any]]) -> Records:
        header, table = self._header, self._table
        records = Records(table, {}, self._file, self._sheet.name, [i + 1 for i in numbers])
        order = {column.name: i for i, column in enumerate(table.columns)}
        unread: dict[str, set[int]] = {}
        for at, name in sorted(header.columns.items(), key=lambda item: order[item[1]]):
            records.letters[name] = column_letter(at)
            raw = columns[at] if at < len(columns) else ()
            percent = self._sheet.percent_rows(at, numbers)
            if at in self._sheet.padded and table.column(name).type in (Type.TEXT, Type.REF):
                raw = show_all_padded(raw, numbers, self._sheet.padded[at])
            column = self._own_choices(table.column(name))
            days = self._within if column.type is Type.PERIOD else None
            converted = convert(column, raw, percent, self._labels, self._fractions.get(at), days)
            records.columns[name] = converted.values
            if converted.percent:
                records.percent[name] = converted.percent
            unread[name] = self._add_cell_problems(table.column(name), at, numbers, converted)
        self._fill_blanks(records, unread)
        self.names = {code: columns[at] for at, code in header.names.items() if at < len(columns)}
        for at in range(len(columns)):
            text = header.texts.get(at, "")
            if at in header.columns or at in header.names or not (text or any(value != "" for value in columns[at])):
                continue
            name = "" if text in NO_VALUE else clean(text)
            name = name or column_letter(at)
            if name in records.extra:
                name = f"{name} ({column_letter(at)})"
            records.extra[name] = [None if value == "" or value in NO_VALUE else value for value in columns[at]]
        return records

    def _own_choices(self, column: Column) -> Column:
        """The column with the company's own categories, where it is one of categories."""
        own = self._categories.own and column.choices is CATEGORY
        return column._replace(choices=self._categories.choices) if own else column

    def _fill_blanks(self, records: Records, unread: Mapping[str, set[int]]) -> None:
        """Gives blank cells what their column says that a blank one is taken for; `unread`: rows whose cell holds what
        cannot be read."""
        for at, name in self._header.columns.items():
            column, values = self._table.column(name), records.columns[name]
            if None not in values or not column.has_default:
                continue
            by, known = column.default_for[0], dict[Any, str](column.default_for[1])
            others = records.column(column.default_from or by) if column.default_from or by else [None] * len(values)
            self._phase = 3, 2 * self._table.columns.index(column) + 1
            filled, first = list(values), -1
            for i, value in enumerate(values):
                if value is not None or i in unread.get(name, ()):
                    continue
                filled[i] = others[i] if column.default_from else known.get(others[i], column.default)
                if filled[i] is None:
                    self._add("required_blank", records.rows[i] - 1, at, column=name)
                elif first < 0:
                    first = i
            if first >= 0:
                count = sum(new is not value for new, value in zip(filled, values, strict=True))
                details = {"column": name, "value": _say_default(column, filled[first]), "count": count}
                self._add("blank_takes_default", records.rows[first] - 1, at, **details)
            records.columns[name] = filled

    def _read_title_period(self, records: Records) -> None:
        """The period of the lines above: a month of no year is asked about at its cell, once."""
        if "period" not in records.columns or "period" in records.letters:
            return
        said = records.columns["period"]
        records.columns["period"] = [read_period(text or "", self._within) or None for text in said]
        for text, period in dict(zip(said, records.columns["period"], strict=True)).items():
            if text and not period:
                cells = ((i, at) for i, row in enumerate(self._sheet.rows) for at, cell in enumerate(row))
                own = ((i, at) for i, at in cells if text in clean(str(self._sheet.rows[i][at])))
                row, at = next(own, (self._header.row, min(self._header.columns)))
                self._add("not_a_period", row, at, column="period", value=text)

    def _add_cell_problems(self, column: Column, at: int, numbers: Sequence[int], converted: Converted) -> set[int]:
        """Returns: the rows of which something was said."""
        named = set()
        self._phase = 3, 2 * self._table.columns.index(column)
        for i, name, raw in converted.problems:
            if name == DATE_IN_TEXT and self._table.name == "policy":
                continue  # a setting may be a date; core/policy_reading reads it as its type says
            if name == OWN_WORD and self._categories.own and column.choices is CATEGORY:
                continue  # checks/categories names it, with the company's list
            named.add(i)
            if name == MULTIPLIED and column.type is Type.FIGURE:
                self._multiplied.add(Multiplied(column, i, numbers[i], at, raw))
                continue
            details: dict[str, Any] = {"value": None if raw in NO_VALUE else raw}
            if name in (NOT_ALLOWED, OWN_WORD):
                details["allowed"] = join_texts(choice.text for choice in column.choices)
            self._add(name, numbers[i], at, column=column.name, **details)
        if column.required and None in converted.values and not column.has_default:
            self._phase = 3, 2 * self._table.columns.index(column) + 1
            for i, value in enumerate(converted.values):
                if value is None and i not in named:
                    self._add(
                        "blank_waits" if column.may_wait else "required_blank", numbers[i], at, column=column.name
                    )
        return named

    def _add(self, name: str, row: int, at: int, **details: Any) -> None:
        self._found.add(self._phase, self._problem(name, row, at, **details), once=name in _ONCE)

    def _problem(self, name: str, row: int, at: int, **details: Any) -> Problem:
        address = Address(self._file, self._sheet.name, a1(row, at))
        return problem(name, address, table=self._table.name, **details)


def _add_fields(records: Records, contract: ContractRows) -> None:
    """Person, post ... from the title, and category from a heading, where the sheet has no such column."""
    columns = records.columns
    for name in ("contract", "person", "name", "post", "department", "issuer", "period"):
        if name not in columns and any(name in fields for fields in contract.fields):
            columns[name] = [fields.get(name) for fields in contract.fields]
    for name, by_row in (("category", contract.headings), ("direction", contract.directions)):
        if by_row:
            typed = records.column(name)
            columns[name] = [value or by_row.get(i) for value, (i, _) in zip(typed, contract.rows, strict=True)]


def _say_default(column: Column, value: str) -> Text:
    """A default as a dropdown shows it."""
    if column.default_from:
        return Text(value, value)
    labels = {choice.name: choice.text for choice in column.choices}
    labels |= {method.name: Text(*(method.label(lang) for lang in LANGUAGES)) for method in METHODS}
    return labels.get(value, Text(value, value))


def _is_id(table: Table, column: Column) -> bool:
    """Whether it says which contract, KPI or person the row is about."""
    return column.ref.partition(".")[0] in _NUMBERED or (table.name in _NUMBERED and column.name in table.key)


def _kind_of_cell(cell: Any) -> type:
    return float if isinstance(cell, int | float) else type(cell)


def _is_alike(cell: Any, other: Any) -> bool:
    """Whether both are figures, both dates, or both texts with a numeral in them or both without."""
    if _kind_of_cell(cell) is not _kind_of_cell(other):
        return False
    return not isinstance(cell, str) or bool(_NUMERAL.search(cell)) == bool(_NUMERAL.search(other))


def _is_blank(value: Any) -> bool:
    return isinstance(value, str) and not value.strip()
