"""Cells as they come from a file of another format, written as a package that reads like an .xlsx."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zipfile import ZIP_STORED

from perfxl.core.cells import a1
from perfxl.ooxml.package import WORKBOOK, PackageError
from perfxl.ooxml.relations import CONTENT_TYPES, XML_HEAD, relations_part, relations_xml
from perfxl.ooxml.text import escape, quote_attribute
from perfxl.ooxml.zip_write import write_zip
from perfxl.tables.grid import Merge

MAX_CELLS = 5_000_000  # of a whole file: each is held as XML
MAX_ROWS, MAX_COLUMNS, MAX_SHEETS, MAX_MERGES = 1_048_576, 16_384, 1_000, 100_000
GENERAL, PERCENT, DAY, MOMENT, SPAN = "", "0%", "yyyy\\-mm\\-dd", "yyyy\\-mm\\-dd\\ hh:mm:ss", "[h]:mm:ss"


class ErrorText(str):
    """What a cell shows whose formula fails: #DIV/0!"""

    __slots__ = ()


Value = str | float | bool | ErrorText
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_FIRST_FORMAT = 164  # numbers below are Excel's own
_EPOCH, _FIRST_SURE = datetime(1899, 12, 30), date(1900, 3, 1)  # Excel counts a 29 February 1900
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MAX_NAMES, _LONGEST_FORMULA = 10_000, 1_000
_NAME = re.compile(r"[^\W\d][\w.]{0,254}")
_WIDEST, _PADDING = 40, 2  # characters


def serial_day(value: datetime | date) -> float | None:
    """The number that a cell holds for a day or a moment; None for what Excel has no sure number for."""
    moment = value if isinstance(value, datetime) else datetime.combine(value, time())
    return (moment - _EPOCH) / timedelta(days=1) if moment.date() >= _FIRST_SURE else None


class BookWriter:
    """Takes sheets cell by cell, and gives the package. Raises: PackageError where it gets too large."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.since_1904 = False
        self._sheets: list[SheetWriter] = []
        self._formats: dict[str, int] = {GENERAL: 0}
        self._strings: dict[str, int] = {}
        self._names: dict[str, str] = {}
        self._cells = self._merges = 0
        self.formulas: dict[str, set[tuple[int, int]]] = {}
        """By sheet the cells whose value a formula gave; the package has the values alone."""

    def define(self, name: str, formula: str) -> None:
        """A name of the whole workbook, for an area or a text: by these a form is known again."""
        if len(self._names) < _MAX_NAMES and _NAME.fullmatch(name) and len(formula) <= _LONGEST_FORMULA:
            self._names.setdefault(name, _clean(formula))

    def sheet(self, name: str, hidden: bool = False) -> SheetWriter:
        """The next sheet."""
        if len(self._sheets) == MAX_SHEETS:
            raise PackageError("too_many", self.file, what="sheets", count=MAX_SHEETS + 1)
        if any(sheet.name == name for sheet in self._sheets):
            raise self.damaged()
        self._sheets.append(SheetWriter(self, name, hidden))
        return self._sheets[-1]

    def damaged(self) -> PackageError:
        return PackageError("damaged", self.file)

    def count(self, cells: int = 0, merges: int = 0) -> None:
        self._cells += cells
        self._merges += merges
        if self._cells > MAX_CELLS:
            raise PackageError("too_many", self.file, what="cells", count=MAX_CELLS)
        if self._merges > MAX_MERGES:
            raise PackageError("too_many", self.file, what="merges", count=self._merges)

    def style(self, code: str) -> int:
        return self._formats.setdefault(code, len(self._formats))

    def string(self, text: str) -> int:
        return self._strings.setdefault(_clean(text), len(self._strings))

    def finish(self) -> bytes:
        """The package; a file without any sheet is damaged."""
        if not self._sheets:
            raise self.damaged()
        places = [f"worksheets/sheet{i}.xml" for i in range(1, len(self._sheets) + 1)]
        lines = "".join(
            f'<sheet name={quote_attribute(_clean(sheet.name))} sheetId="{i}" r:id="rId{i}"'
            + (' state="hidden"/>' if sheet.hidden else "/>")
            for i, sheet in enumerate(self._sheets, 1)
        )
        targets = [(f"{_OFFICE}/worksheet", place) for place in places]
        targets += [(f"{_OFFICE}/styles", "styles.xml"), (f"{_OFFICE}/sharedStrings", "sharedStrings.xml")]
        types = "".join(
            f'<Override PartName="/xl/{name}" ContentType="{_TYPE}.{kind}+xml"/>'
            for name, kind in [
                ("workbook.xml", "sheet.main"),
                ("styles.xml", "styles"),
                ("sharedStrings.xml", "sharedStrings"),
                *((p, "worksheet") for p in places),
            ]
        )
        parts = {
            CONTENT_TYPES: (
                f'{XML_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
                '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                f'<Default Extension="xml" ContentType="application/xml"/>{types}</Types>'
            ),
            "_rels/.rels": relations_xml((f"{_OFFICE}/officeDocument", WORKBOOK)),
            WORKBOOK: (
                f'{XML_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
                f'<workbookPr date1904="{int(self.since_1904)}"/><sheets>{lines}</sheets>{self._defined()}</workbook>'
            ),
            relations_part(WORKBOOK): relations_xml(*targets),
            "xl/styles.xml": self._styles(),
            "xl/sharedStrings.xml": self._shared_strings(),
        }
        packed = {name: xml.encode() for name, xml in parts.items()}
        for place, sheet in zip(places, self._sheets, strict=True):
            packed[f"xl/{place}"] = sheet.xml()
        target = io.BytesIO()
        write_zip(target, packed, ZIP_STORED)
        return target.getvalue()

    def _defined(self) -> str:
        names = "".join(
            f"<definedName name={quote_attribute(name)}>{escape(formula)}</definedName>"
            for name, formula in self._names.items()
        )
        return f"<definedNames>{names}</definedNames>" if names else ""

    def _shared_strings(self) -> str:
        texts = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in self._strings)
        return f'{XML_HEAD}<sst xmlns="{_MAIN}" uniqueCount="{len(self._strings)}">{texts}</sst>'

    def _styles(self) -> str:
        codes = [code for code in self._formats if code != GENERAL]
        formats = "".join(
            f'<numFmt numFmtId="{i}" formatCode={quote_attribute(_clean(code))}/>'
            for i, code in enumerate(codes, _FIRST_FORMAT)
        )
        styles = "".join(
            f'<xf numFmtId="{i}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
            for i in range(_FIRST_FORMAT, _FIRST_FORMAT + len(codes))
        )
        plain = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"'
        return (
            f'{XML_HEAD}<styleSheet xmlns="{_MAIN}">'
            + (f'<numFmts count="{len(codes)}">{formats}</numFmts>' if codes else "")
            + '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
            '<fills count="2"><fill><patternFill patternType="none"/></fill>'
            '<fill><patternFill patternType="gray125"/></fill></fills>'
            '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
            f'<cellStyleXfs count="1">{plain}/></cellStyleXfs>'
            f'<cellXfs count="{len(self._formats)}">{plain} xfId="0"/>{styles}</cellXfs>'
            '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
        )


class SheetWriter:
    """One sheet; rows come in their order."""

    def __init__(self, book: BookWriter, name: str, hidden: bool) -> None:
        self.name, self.hidden, self._book = name, hidden, book
        self._rows: list[str] = []
        self._merges: list[str] = []
        self._widths: dict[int, int] = {}

    def row(self, at: int, cells: Iterable[tuple[int, Value, str]], hidden: bool = False) -> None:
        """The cells that hold something: column, value, number format."""
        written = [self._cell(at, column, value, code) for column, value, code in cells]
        self._book.count(cells=max(len(written), 1))
        if at >= MAX_ROWS:
            self._book.count(cells=MAX_CELLS + 1)
        state = ' hidden="1"' if hidden else ""
        self._rows.append(f'<row r="{at + 1}"{state}>{"".join(written)}</row>')

    def merge(self, merge: Merge) -> None:
        top, left, bottom, right = merge
        if (top, left) < (bottom, right):
            self._book.count(merges=1)
            self._merges.append(f'<mergeCell ref="{a1(top, left)}:{a1(bottom, right)}"/>')

    def xml(self) -> bytes:
        merges = f'<mergeCells count="{len(self._merges)}">{"".join(self._merges)}</mergeCells>' if self._merges else ""
        columns = "".join(
            f'<col min="{at + 1}" max="{at + 1}" width="{width + _PADDING}" customWidth="1"/>'
            for at, width in sorted(self._widths.items())
        )
        head = f'{XML_HEAD}<worksheet xmlns="{_MAIN}">' + (f"<cols>{columns}</cols>" if columns else "")
        return b"".join(
            (head.encode(), b"<sheetData>", "".join(self._rows).encode(), f"</sheetData>{merges}</worksheet>".encode())
        )

    def _cell(self, row: int, column: int, value: Value, code: str) -> str:
        if column >= MAX_COLUMNS:
            self._book.count(cells=MAX_CELLS + 1)
        style = self._book.style(code)
        place = f'r="{a1(row, column)}"' + (f' s="{style}"' if style else "")
        if isinstance(value, bool):
            return f'<c {place} t="b"><v>{int(value)}</v></c>'
        if isinstance(value, ErrorText):
            return f'<c {place} t="e"><v>{escape(_clean(value))}</v></c>'
        if isinstance(value, str):
            shown = max(map(_shown_width, value.split("\n")), default=0)
            self._widths[column] = max(self._widths.get(column, 0), min(shown, _WIDEST))
            return f'<c {place} t="s"><v>{self._book.string(value)}</v></c>'
        return f"<c {place}><v>{value!r}</v></c>"


def _shown_width(text: str) -> int:
    """In digits: a Chinese character takes two."""
    return len(text) + sum(char > "\u2e80" for char in text)


def _clean(text: str) -> str:
    """Without what XML cannot hold."""
    return _NOT_XML.sub(" ", text)
