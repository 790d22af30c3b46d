"""A template compiled: which parts are the same in every copy, and what is written anew for each."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import NamedTuple

from perfxl.core.cells import column_index
from perfxl.ooxml.edit import PackageEditor
from perfxl.ooxml.mark import Label, seal_for
from perfxl.ooxml.package import Package
from perfxl.ooxml.text import escape
from perfxl.ooxml.xml import Element, new_element
from perfxl.ooxml.zip_read import Packed
from perfxl.ooxml.zip_write import SharedArchive, pack
from perfxl.workbook.patch.workbook_parts import WorkbookParts
from perfxl.workbook.template.columns import Record, Records
from perfxl.workbook.template.other_parts import OtherPart, follow_rows
from perfxl.workbook.template.references import Column, Growth, title_key
from perfxl.workbook.template.sheet import FIELD, Block, Field, SheetLayout, SheetTemplate

__all__ = ["COLUMN", "FORM", "RESULT", "ROWS", "BookTemplate", "Fault", "TemplateCell"]

ROWS, RESULT, IF, COLUMN = "perfxl_rows_", "perfxl_result_", "perfxl_if_", "perfxl_col_"
"""What defined names begin with: the repeated row of a table, a formula that shows a field, a row that is there only
where a table is asked for; and, in what is written, the column of a field."""

FORM, _FORM_VERSION = "perfxl_form", 1
"""A name that every filled copy has, with the version of what the names mean."""

_NAME = re.compile(r"^(.*)!\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?$")
_NAMES_END = re.compile(rb"</((?:[\w.-]+:)?)definedNames>")
_NUMBERED = re.compile(r"_\d+$")  # several marks of one field or table
_CALC_CHAIN = "calcChain"
_MOST_LAYOUTS = 32  # kept
_USUAL_WIDTH = 8.43  # of columns, in digits


class TemplateCell(NamedTuple):
    """A field and the sheet on which it stands."""

    sheet: str
    field: Field


class Fault(NamedTuple):
    """A defined name that does not mark what it should: one row of a table, or one cell with a formula."""

    name: str
    reach: str


class BookTemplate:
    """A template, compiled once; it can be sent to other processes.

    package  the template, opened safely
    label    the mark of what is written
    tables   those to be filled; sheets and rows for others are left out. None: all
    formats  number formats that values may need beside their cell's own

    fields   where which field goes; faults: names that mark nothing
    widths   of the columns of fields in repeated rows, by table, in digits

    Raises: PackageError, etree.XMLSyntaxError for a file that cannot be used.
    """

    def __init__(
        self, package: Package, label: Label, tables: Collection[str] | None = None, formats: Collection[str] = ()
    ) -> None:
        compiler = _Compiler(package, tables)
        self.faults: list[Fault] = compiler.faults
        self.fields: list[TemplateCell] = []
        self._blocks = compiler.blocks
        self._columns: dict[tuple[str, str], Column] = {}
        self._sheets: list[tuple[str, SheetTemplate]] = []
        self.widths: dict[str, dict[str, float]] = {}
        for title, part, widths, sheet in compiler.compiled_sheets(formats):
            self.fields += [TemplateCell(title, field) for field in sheet.fields]
            for (table, field), (_, letters) in sheet.columns.items():
                self.widths.setdefault(table, {})[field] = widths(column_index(letters))
            self._columns |= {key: Column(title, *place) for key, place in sheet.columns.items()}
            if sheet.is_filled:
                self._sheets.append((part, sheet))
        *self._others, self._workbook = others = compiler.other_parts()
        self._archive = compiler.archive({part for part, _ in self._sheets} | {part.name for part in others}, label)
        self._layouts: dict[tuple[int, ...], _Layout] = {}

    @property
    def tables(self) -> list[str]:
        """The tables that it holds rows for, in the order of its sheets."""
        return [block.table for blocks in self._blocks.values() for block in blocks]

    def render(
        self,
        values: Record,
        rows: Mapping[str, Records],
        constants: Mapping[str, str] | None = None,
    ) -> bytes:
        """A filled copy.

        values     by field, for cells outside of repeated rows
        rows       by table: the records, in the order in which they are to stand
        constants  hidden defined names with a text each, of at most 255 characters

        Returns: the file.
        """
        layout = self._laid_out(tuple(max(1, len(rows.get(table, ()))) for table in self.tables))
        parts = [(name, sheet.render(values, rows)) for name, sheet in layout.sheets]
        parts.append((self._workbook.name, layout.workbook(constants or {})))
        return self._archive.document(parts, layout.others)

    def _laid_out(self, counts: tuple[int, ...]) -> _Layout:
        """What depends on how many rows there are of each table alone: many managers have as many people."""
        layout = self._layouts.pop(counts, None)
        if layout is None:
            each = iter(counts)
            of_sheets = {key: {block.row: next(each) for block in blocks} for key, blocks in self._blocks.items()}
            growth = Growth(of_sheets, self._columns)
            workbook = self._workbook.render(growth)
            end = _NAMES_END.search(workbook)
            assert end, f"every copy has the name {FORM}"
            layout = _Layout(
                [(name, sheet.laid_out(growth)) for name, sheet in self._sheets],
                [(part.name, pack(part.render(growth))) for part in self._others],
                *(workbook[: end.start()], workbook[end.start() :], end[1].decode()),
            )
        self._layouts[counts] = layout  # the last one used stands last
        if len(self._layouts) > _MOST_LAYOUTS:
            del self._layouts[next(iter(self._layouts))]
        return layout

    def __getstate__(self) -> dict[str, object]:
        return {**vars(self), "_layouts": {}}


class _Layout(NamedTuple):
    """A book with so many rows of each table: its sheets, the other parts as they lie in the file, the workbook's up to
    where more names go, and from there on."""

    sheets: list[tuple[str, SheetLayout]]
    others: list[tuple[str, Packed]]
    head: bytes
    tail: bytes
    prefix: str  # of the workbook's names

    def workbook(self, constants: Mapping[str, str]) -> bytes:
        """The workbook's part."""
        return b"".join((self.head, _constants(constants, self.prefix).encode(), self.tail))


class _Compiler:
    """Takes a template apart: what its names mark, which sheets stay, what grows."""

    def __init__(self, package: Package, tables: Collection[str] | None) -> None:
        self._editor = PackageEditor(package)
        self._book = WorkbookParts(self._editor)
        self._tables = tables
        self.faults: list[Fault] = []
        self._marks = self._read_marks()
        self._drop_sheets(self._marks, tables)
        self._name_columns(self._marks)
        self._book.define(FORM, f'"{_FORM_VERSION}"')
        self._keys = [title_key(title) for title in self._book.sheets()]
        self.blocks = {key: self._marks.blocks.get(key, []) for key in self._keys}
        self._repeated = {key: frozenset(block.row for block in blocks) for key, blocks in self.blocks.items()}

    def compiled_sheets(
        self, formats: Collection[str]
    ) -> Iterator[tuple[str, str, Callable[[int], float], SheetTemplate]]:
        """Each sheet's title, part, widths of columns (counted from 0) and template."""
        strings, styles = self._shared_strings(), _Styles(self._book, formats)
        for title, part in self._book.sheets().items():
            key = title_key(title)
            conditions = self._marks.conditions.get(key, {})
            absent = (
                [] if self._tables is None else [row for row, table in conditions.items() if table not in self._tables]
            )
            tree = deepcopy(self._editor.tree(part))
            results, since_1904 = self._marks.results.get(key, {}), self._book.is_since_1904
            widths = _widths(tree, self._book.namespace)
            yield (
                title,
                part,
                widths,
                SheetTemplate(
                    tree, key, self.blocks[key], results, absent, self._repeated, strings, styles, since_1904
                ),
            )

    def other_parts(self) -> list[OtherPart]:
        """What refers to rows that grow, the workbook's own part last."""
        parts: list[OtherPart] = []
        for title, part in self._book.sheets().items():
            if self._repeated[title_key(title)]:
                parts += follow_rows(self._editor, part, title_key(title), self._repeated)
        parts += follow_rows(self._editor, "", "", self._repeated)
        self._book.calculate_on_load()
        for relation in self._editor.relations(self._book.part):
            if relation.kind == _CALC_CHAIN:
                self._editor.drop(relation.target)
                self._editor.unrelate(self._book.part, relation)
        return [*parts, OtherPart.workbook(self._book.part, self._editor.tree(self._book.part), self._repeated)]

    def archive(self, written: Collection[str], label: Label) -> SharedArchive:
        """Packs what is the same in every copy; `written` are the parts that are not."""
        self._blank_fields()
        parts = {name: self._editor.content(name) for name in self._editor}
        seal = seal_for(parts, label)
        return SharedArchive({name: content for name, content in parts.items() if name not in written}, seal)

    def _read_marks(self) -> _Marks:
        marks = _Marks({}, {}, {})
        titles = {title_key(title) for title in self._book.sheets()}
        for name in self._book.names():
            label, text = name.get("name", ""), (name.text or "").strip()
            if not label.startswith((ROWS, RESULT, IF)):
                continue
            found = _NAME.match(text)
            sheet = title_key(found[1]) if found else ""
            if found is None or sheet not in titles or (found[5] or found[3]) != found[3]:
                self.faults.append(Fault(label, text))
            elif label.startswith(ROWS):
                marks.blocks.setdefault(sheet, []).append(Block(label.removeprefix(ROWS), int(found[3])))
            elif label.startswith(IF):
                table = _NUMBERED.sub("", label.removeprefix(IF))
                marks.conditions.setdefault(sheet, {})[int(found[3])] = table
            else:
                field = _NUMBERED.sub("", label.removeprefix(RESULT))
                marks.results.setdefault(sheet, {})[f"{found[2]}{found[3]}"] = field
        return marks

    def _drop_sheets(self, marks: _Marks, tables: Collection[str] | None) -> None:
        """Takes out the sheets of which no table is asked for, neither for its rows nor for a row about it."""
        if tables is None:
            return
        gone = []
        for title in self._book.sheets():
            blocks = marks.blocks.get(title_key(title), ())
            named = {block.table for block in blocks} | {*marks.conditions.get(title_key(title), {}).values()}
            if blocks and named.isdisjoint(tables):
                gone.append(title)
        self._book.drop_sheets(gone)

    def _name_columns(self, marks: _Marks) -> None:
        """Each field of a repeated row gets a name for its column, by which what comes back is understood however
        columns were moved; the first of two cells with one field."""
        strings, named = self._shared_strings(), set[tuple[str, str]]()
        for title, part in self._book.sheets().items():
            for block in marks.blocks.get(title_key(title), ()):
                for row in self._editor.tree(part).iter(f"{{{self._book.namespace}}}row"):
                    if row.get("r") != str(block.row):
                        continue
                    for cell in row:
                        text = _text_of(cell, self._book.namespace, strings)
                        found = FIELD.fullmatch(text.strip())
                        letters = cell.get("r", "").rstrip("0123456789")
                        if found and letters and (block.table, found[1]) not in named:
                            named.add((block.table, found[1]))
                            reach = f"'{title.replace(chr(39), chr(39) * 2)}'!${letters}${block.row}"
                            self._book.define(f"{COLUMN}{block.table}_{found[1]}", f"{reach}:${letters}${block.row}")

    def _shared_strings(self) -> list[str]:
        part = self._book.part_of_kind("sharedStrings")
        if not part:
            return []
        of = self._book.namespace
        items = self._editor.tree(part).iter(f"{{{of}}}si")
        return ["".join(text.text or "" for text in item.iter(f"{{{of}}}t")) for item in items]

    def _blank_fields(self) -> None:
        """Shared texts with fields are used no more: nobody is to find them."""
        part = self._book.part_of_kind("sharedStrings")
        if not part:
            return
        of = self._book.namespace
        for item in self._editor.tree(part).iter(f"{{{of}}}si"):
            if FIELD.search("".join(text.text or "" for text in item.iter(f"{{{of}}}t"))):
                item[:] = [new_element(of, "t")]


class _Marks(NamedTuple):
    """What the defined names say, by sheet: repeated rows, cells of results, rows that depend on a table."""

    blocks: dict[str, list[Block]]
    results: dict[str, dict[str, str]]
    conditions: dict[str, dict[int, str]]


class _Styles:
    """Copies of styles with other number formats, each made once."""

    def __init__(self, book: WorkbookParts, formats: Collection[str]) -> None:
        self._book, self._formats = book, formats
        self._made: dict[str, dict[str, str]] = {}

    def __call__(self, style: str) -> Mapping[str, str]:
        if style not in self._made:
            self._made[style] = {
                shown: str(self._book.styles.with_number_format(int(style), shown)) for shown in self._formats
            }
        return self._made[style]


def _widths(tree: Element, of: str) -> Callable[[int], float]:
    """How wide a sheet's columns are, counted from 0."""
    usual = next((each.get("defaultColWidth") for each in tree.iter(f"{{{of}}}sheetFormatPr")), None)
    said = [
        (int(each.get("min", "1")), int(each.get("max", "1")), float(each.get("width", "0")))
        for each in tree.iter(f"{{{of}}}col")
    ]

    def width(column: int) -> float:
        found = (wide for first, last, wide in said if first <= column + 1 <= last)
        return next(found, 0.0) or float(usual or _USUAL_WIDTH)

    return width


def _text_of(cell: Element, of: str, strings: Sequence[str]) -> str:
    if cell.get("t") == "s":
        index = (cell.findtext(f"{{{of}}}v") or "").strip()
        return strings[int(index)] if index.isdigit() and int(index) < len(strings) else ""
    return "".join(text.text or "" for text in cell.iter(f"{{{of}}}t"))


def _constants(constants: Mapping[str, str], prefix: str) -> str:
    """Hidden names that hold a text each."""
    texts = ((name, escape(text.replace('"', '""'))) for name, text in constants.items())
    tag = f"{prefix}definedName"
    return "".join([f'<{tag} name="{name}" hidden="1">"{text}"</{tag}>' for name, text in texts])
