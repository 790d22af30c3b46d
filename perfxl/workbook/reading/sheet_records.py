"""One recognised sheet to Records: rows below the header, merged cells filled down, columns typed, extras kept."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from perfxl.core.cells import a1, column_letter
from perfxl.core.language import Text
from perfxl.core.problems import Address, Problem, problem
from perfxl.core.records import Records
from perfxl.core.schema import Column, Table, Type
from perfxl.core.values.text import DATE_IN_TEXT, clean
from perfxl.tables.columns import NOT_STORED, Converted, Share, convert, share
from perfxl.tables.contract_rows import LoneRows, lone_rows
from perfxl.tables.headers import Header, bare, meanings
from perfxl.tables.title import period_in
from perfxl.workbook.reading.info import ColumnInfo, SheetInfo
from perfxl.workbook.reading.raw import RawSheet
from perfxl.workbook.reading.recognise import Match

MANY = 1000  # problems of a sheet that is read in blocks
_WORDS = (Type.TEXT, Type.REF, Type.CHOICE, Type.DATE, Type.PERIOD)
_ONCE = {"cells_filled_down", "rows_hidden", "fractions_as_percent", "rows_without_known_columns"}
_BLANK, _NOT_ALLOWED, _UNSTORED = "required_blank", "choice_unknown", "formula_without_result"


class SheetReader:
    """`read` turns rows of the sheet, all at once or block by block, into records; `info` and `problems` tell of what
    has been read so far. Blocks after the first add problems only until there are many, so that memory stays bounded.
    """

    def __init__(self, file: str, sheet: RawSheet, match: Match, header: Header, labels: frozenset[str]) -> None:
        self.problems: list[Problem] = []
        self._filled: dict[int, list[int]] = {}  # column -> rows that took the value above
        self._file, self._sheet, self._header, self._labels = file, sheet, header, labels
        self._table: Table = match.table
        self._shares: dict[int, Share] = {}
        self._blocks = self._count = 0
        self._check_header(match)

    def weigh(self, at: int, sheet: RawSheet) -> None:
        """Takes note of a column's percent points ahead of `read`: they are judged by the column as a whole."""
        rows = sheet.rows[self._start(sheet) :]
        numbers = range(sheet.first + self._start(sheet), sheet.first + len(sheet.rows))
        marked = _marked(sheet, at, numbers)
        found = share(self._table.column(self._header.columns[at]), [row[at] for row in rows], marked, self._labels)
        self._shares[at] = self._shares.get(at, Share()) + found

    @property
    def points(self) -> list[int]:
        """The columns of percent points."""
        return [at for at, name in self._header.columns.items() if self._table.column(name).type is Type.POINTS]

    def read(self, sheet: RawSheet) -> Records:
        known = len(self.problems)
        self._sheet = sheet
        self._filled.clear()
        self._fill_merged()
        lone = lone_rows(self._header, sheet.rows, sheet.merges) if self._table.name == "contract_sheet" else None
        numbers, rows = self._lone(lone) if lone else self._data_rows()
        records = self._records(numbers, rows)
        if lone:
            self._add_fields(records, lone)
        self._note_others(numbers)
        if self._blocks:
            self._thin(known)
        self._blocks += 1
        self._count += len(records)
        return records

    def _thin(self, known: int) -> None:
        """Of the problems after the known ones, those stay that do not say again what is said once about a sheet."""
        said = {(one.name, one.column) for one in self.problems[:known] if one.name in _ONCE}
        new = [one for one in self.problems[known:] if (one.name, one.column) not in said]
        self.problems[known:] = new[: max(MANY - known, 0)]

    @property
    def info(self) -> SheetInfo:
        header = self._header
        columns = [
            ColumnInfo(column_letter(at), header.texts[at], header.columns.get(at, "")) for at in sorted(header.texts)
        ]
        return SheetInfo(self._sheet.name, self._table.name, header.row + 1, columns, self._count, self._sheet.hidden)

    # The header

    def _check_header(self, match: Match) -> None:
        header = self._header
        if not match.named:
            self._say("sheet_read_by_headers", header.row, 0)
        for name in header.missing:
            self._say("column_missing", header.row, min(header.columns), column=name)
        for at, first in header.twins.items():
            if first in header.columns:
                self._say(
                    "header_repeated",
                    header.row,
                    at,
                    column=header.columns[first],
                    value=header.texts[at],
                    first=self._cell(header.row, first),
                )
        for at, taken in header.rivals.items():
            if at not in header.twins:
                self._say(
                    "header_ambiguous",
                    header.row,
                    at,
                    column=header.columns[taken],
                    value=header.texts[at],
                    other=header.texts[taken],
                )
        unused = [at for at in header.texts if at not in header.columns and at not in header.twins]
        likely = {at: self._meant(header.texts[at]) for at in unused if at not in header.rivals}
        for at, column in likely.items():
            if column:
                self._say(
                    "header_unknown",
                    header.row,
                    at,
                    column=column.name,
                    value=header.texts[at],
                    likely=Text(column.zh, column.en),
                )
        kept = [header.texts[at] for at in unused if not likely.get(at)]
        if kept:
            self._say("columns_unused", header.row, unused[0], value="、".join(" ".join(text.split()) for text in kept))

    def _meant(self, text: str) -> Column | None:
        """The column whose name is all but the text, where the sheet lacks that column."""
        known = meanings(self._table.name)
        near = get_close_matches(bare(text), known, 1, 0.75)
        name = known[near[0]][0].column if near else ""
        return self._table.column(name) if name and name not in self._header.columns.values() else None

    # The rows

    def _data_rows(self) -> tuple[Sequence[int], list[list[Any]]]:
        first = self._sheet.first
        rows = self._sheet.rows[self._start(self._sheet) :]
        known = sorted(self._header.columns)
        below = range(first + len(self._sheet.rows) - len(rows), first + len(self._sheet.rows))
        nothing = {value for value in {row[known[0]] for row in rows} if _is_nothing(value)}
        if not nothing:
            return below, rows
        numbers: list[int] = []
        kept: list[list[Any]] = []
        idle: list[int] = []
        for i, row in zip(below, rows, strict=True):
            if row[known[0]] not in nothing or not all(_is_nothing(row[at]) for at in known):
                numbers.append(i)
                kept.append(row)
            elif not all(map(_is_nothing, row)):
                idle.append(i)
        if idle:
            self._say("rows_without_known_columns", idle[0], known[0], count=len(idle), first=idle[0] + 1)
        return numbers, kept

    def _start(self, sheet: RawSheet) -> int:
        """Where the rows below the header begin."""
        return max(self._header.row + self._header.height - sheet.first, 0)

    def _lone(self, lone: LoneRows) -> tuple[list[int], list[list[Any]]]:
        for code, row, at, text in lone.others:
            self._say(code, row, at, value=text)
        for column, rows in lone.carried.items():
            at = next(at for at, name in self._header.columns.items() if name == column)
            self._filled.setdefault(at, []).extend(rows)
        return [i for i, _ in lone.rows], [row for _, row in lone.rows]

    def _fill_merged(self) -> None:
        """Words in merged cells hold for each of their rows; a figure holds for the first one only."""
        rows, header, first = self._sheet.rows, self._header, self._sheet.first
        below = header.row + header.height
        for top, left, bottom, right in self._sheet.merges:
            column = header.columns.get(left)
            bottom = min(bottom, first + len(rows) - 1)
            if column is None or top < below or bottom <= top or self._spans(left, right):
                continue
            if rows[top - first][left] == "":
                continue
            if self._table.column(column).type not in _WORDS:
                self._say("merged_cell_counts_once", top, left, column=column, count=bottom - top)
                continue
            for i in range(top + 1, bottom + 1):
                rows[i - first][left] = rows[top - first][left]
                self._filled.setdefault(left, []).append(i)

    def _spans(self, left: int, right: int) -> bool:
        return any(at in self._header.columns for at in range(left + 1, right + 1))

    # The columns

    def _records(self, numbers: Sequence[int], rows: list[list[Any]]) -> Records:
        header, table = self._header, self._table
        width = len(rows[0]) if rows else 0
        columns: Sequence[Sequence[Any]] = list(zip(*rows, strict=True)) if rows else [()] * width
        records = Records(table, {}, self._file, self._sheet.name, [i + 1 for i in numbers])
        order = {column.name: i for i, column in enumerate(table.columns)}
        for at, name in sorted(header.columns.items(), key=lambda item: order[item[1]]):
            records.letters[name] = column_letter(at)
            raw = columns[at] if at < len(columns) else ()
            marked = _marked(self._sheet, at, numbers)
            converted = convert(table.column(name), raw, marked, self._labels, self._shares.get(at))
            records.columns[name] = converted.values
            if converted.percent:
                records.percent[name] = converted.percent
            self._judge(table.column(name), at, numbers, converted)
        for at in range(width):
            if at not in header.columns:
                self._keep_extra(records, at, columns[at] if columns else ())
        return records

    def _judge(self, column: Column, at: int, numbers: Sequence[int], converted: Converted) -> None:
        named = set()
        for i, code, raw in converted.findings:
            if code == DATE_IN_TEXT and self._table.name == "policy":
                continue  # a setting may be a date; core/policy_reading reads it as its type says
            named.add(i)
            details: dict[str, Any] = {"value": raw}
            if code == _NOT_ALLOWED:
                details["allowed"] = Text(
                    "、".join(choice.zh for choice in column.choices), ", ".join(choice.en for choice in column.choices)
                )
            elif code == _UNSTORED:
                details["value"] = None
            self._say(code, numbers[i], at, column=column.name, **details)
        if column.required and None in converted.values:
            for i, value in enumerate(converted.values):
                if value is None and i not in named:
                    self._say(_BLANK, numbers[i], at, column=column.name)

    def _keep_extra(self, records: Records, at: int, raw: Sequence[Any]) -> None:
        text = self._header.texts.get(at, "")
        if not text and not any(value != "" for value in raw):
            return
        name = clean(text) or column_letter(at)
        if name in records.extra:
            name = f"{name} ({column_letter(at)})"
        records.extra[name] = [None if value in ("", NOT_STORED) else value for value in raw]

    # What the sheet says outside its rows

    def _add_fields(self, records: Records, lone: LoneRows) -> None:
        """Person, post ... from the title, and category from a heading, where the sheet has no such column."""
        held = records.columns
        for name in ("person", "name", "post", "department", "issuer", "period"):
            if name not in held and any(name in fields for fields in lone.fields):
                held[name] = [fields.get(name) for fields in lone.fields]
        if "period" in held and "period" not in records.letters:
            held["period"] = [period_in(text or "") or None for text in held["period"]]
        for name, said in (("category", lone.headings), ("direction", lone.directions)):
            if said:
                given = records.column(name)
                held[name] = [value or said.get(i) for value, (i, _) in zip(given, lone.rows, strict=True)]

    def _note_others(self, numbers: Sequence[int]) -> None:
        for at, rows in sorted(self._filled.items()):
            self._say("cells_filled_down", min(rows), at, column=self._header.columns[at], count=len(rows))
        if self._sheet.hidden:
            self._say("sheet_hidden", self._header.row, 0)
        hidden = self._sheet.hidden_rows and self._sheet.hidden_rows.intersection(numbers)
        if hidden:
            self._say("rows_hidden", min(hidden), 0, count=len(hidden))

    def _cell(self, row: int, at: int) -> str:
        return a1(row, at)

    def _say(self, code: str, row: int, at: int, **details: Any) -> None:
        address = Address(self._file, self._sheet.name, a1(row, at))
        self.problems.append(problem(code, address, table=self._table.name, **details))


def _marked(sheet: RawSheet, at: int, numbers: Sequence[int]) -> set[int]:
    """The indices of rows whose cell in a column shows a percentage."""
    marked = sheet.percent.get(at)
    return {i for i, row in enumerate(numbers) if row in marked} if marked else set()


def _is_nothing(value: Any) -> bool:
    return isinstance(value, str) and not value.strip()
