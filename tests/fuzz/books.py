"""Small workbooks for the fuzz harness: cells in memory, written by a plain writer of its own, with a planted ID in
every row, so that a row that gets lost is seen."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from perfxl import sample
from perfxl.core.cells import column_letter
from perfxl.core.records import Tables
from perfxl.core.schema import Type, get
from perfxl.core.values.dates import serial

TABLES = (
    *("policy", "grade_bands", "category_weights", "units", "people", "kpis", "step_tables", "grade_tables"),
    *("methods", "method_cases", "contracts", "contract_lines", "phasing", "actuals", "events"),
)
PLANTED_IN = {
    "people": "name",
    "kpis": "definition",
    "contracts": "version",
    "contract_lines": "note",
    "actuals": "evidence",
    "events": "fact",
}
MARK = "ZQ"

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


@dataclass
class Sheet:
    """A sheet: its title, its rows of cells, and the table that it was made from (blank for others)."""

    title: str
    rows: list[list[Any]]
    table: str = ""
    hidden_rows: set[int] = field(default_factory=set)
    merges: list[str] = field(default_factory=list)


@dataclass
class Book:
    """A workbook as it is mutated; `hit` are the planted IDs of the rows that a mutation changed."""

    sheets: list[Sheet]
    lang: str = "zh"
    hit: set[str] = field(default_factory=set)
    focus: frozenset[str] = frozenset()
    """The tables whose sheets are mutated; all where there are none."""

    def copy(self) -> Book:
        return deepcopy(self)

    def planted(self) -> dict[str, tuple[str, int]]:
        """Planted ID -> sheet title and row number (from 1), where it stands now."""
        return {
            cell[cell.index(MARK) :][:8]: (sheet.title, number)
            for sheet in self.sheets
            for number, row in enumerate(sheet.rows, 1)
            for cell in row
            if isinstance(cell, str) and MARK in cell
        }


def program_book(people: int, seed: int, lang: str = "zh") -> Book:
    """The sample program with the tables that scores are made from."""
    return book_of(sample.program(people, seed, lang), TABLES, lang)


def book_of(tables: Tables, names: Sequence[str], lang: str, planted_in: Mapping[str, str] = PLANTED_IN) -> Book:
    """Some tables of a program, with the columns that are filled and a planted ID in each row of some."""
    number, sheets = 0, []
    used = set(tables["contract_lines"].column("kpi"))
    for name in names:
        records, declared = tables.get(name), get(name)
        if records is None or not len(records):
            continue
        planted = planted_in.get(name, "")
        columns = [
            c for c in declared.columns if c.name == planted or any(v is not None for v in records.column(c.name))
        ]
        rows: list[list[Any]] = [[column.header(lang) for column in columns]]
        for record in records.records():
            if name == "kpis" and record["kpi"] not in used:
                continue
            if planted:
                number += 1
                record[planted] = f"{record[planted] or ''}{MARK}{number:06d}"
            rows.append([_cell(record[column.name], column.type, column.choices, lang) for column in columns])
        sheets.append(Sheet(declared.title(lang), rows, name))
    return Book(sheets, lang)


def lone_book(seed: int, lang: str = "zh") -> Book:
    """A contract table as HR has it, without a program: a title, the header in row 3, a totals row, a note."""
    rows: list[list[Any]]
    if lang == "zh":
        rows = [
            ["2025年度业绩合同"],
            [],
            ["姓名", "指标名称", "计分方法", "方向", "权重(%)", "目标值", "实际完成值", "备注"],
        ]
        words = ("比率法", "越大越好", "合计", "备注：数据以财务部为准")
    else:
        rows = [
            ["Contract 2025"],
            [],
            ["Name", "KPI name", "Scoring method", "Direction", "Weight (%)", "Target", "Actual", "Note"],
        ]
        words = ("ratio", "higher", "Total", "Note: data of finance")
    number = 0
    for person in ("Ann", "Bo", "Cy"):
        for kpi, weight in (("Sales", 40.0), ("Quality", 35.0), ("Growth", 25.0)):
            number += 1
            actual = 80.0 + (seed * 7 + number * 13) % 30
            rows.append([person, f"{kpi}{number}", *words[:2], weight, 100.0, actual, f"{MARK}{number:06d}"])
    rows += [[words[2], None, None, None, 300.0], [words[3]]]
    return Book([Sheet("Sheet1", rows, "contract_sheet")], lang)


def _cell(value: Any, kind: Type, choices: Any, lang: str) -> Any:
    if kind is Type.CHOICE and isinstance(value, str):
        return next((choice.label(lang) for choice in choices if choice.name == value), value)
    return ("是" if lang == "zh" else "yes") if value is True else value


def parts(book: Book, shared: bool = False) -> dict[str, bytes]:
    """The parts of the .xlsx; `shared` puts texts into the table of shared strings."""
    strings: dict[str, int] = {}
    made: dict[str, bytes] = {}
    overrides, sheets, relations = [], [], []
    for number, sheet in enumerate(book.sheets, 1):
        made[f"xl/worksheets/sheet{number}.xml"] = _sheet_xml(sheet, strings if shared else None).encode(
            "utf-8", "ignore"
        )
        overrides.append((f"xl/worksheets/sheet{number}.xml", "worksheet"))
        title = escape(sheet.title, {'"': "&quot;"})
        sheets.append(f'<sheet name="{title}" sheetId="{number}" r:id="rId{number}"/>')
        relations.append((f"rId{number}", "worksheet", f"worksheets/sheet{number}.xml"))
    if shared:
        items = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in strings)
        made["xl/sharedStrings.xml"] = f'{_HEAD}<sst xmlns="{_MAIN}">{items}</sst>'.encode("utf-8", "ignore")
        overrides.append(("xl/sharedStrings.xml", "sharedStrings"))
        relations.append(("rIdS", "sharedStrings", "sharedStrings.xml"))
    made["xl/styles.xml"] = (
        f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
        '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        '<cellXfs count="3"><xf/>'
        '<xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="9" applyNumberFormat="1"/></cellXfs></styleSheet>'
    ).encode()
    overrides.append(("xl/styles.xml", "styles"))
    relations.append(("rIdT", "styles", "styles.xml"))
    made["xl/workbook.xml"] = (
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{"".join(sheets)}</sheets></workbook>'
    ).encode()
    made["xl/_rels/workbook.xml.rels"] = _relations(relations)
    made["_rels/.rels"] = _relations([("rId1", "officeDocument", "xl/workbook.xml")])
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    listed = "".join(f'<Override PartName="/{name}" ContentType="{kind}.{what}+xml"/>' for name, what in overrides)
    made["[Content_Types].xml"] = (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        f'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
        f'ContentType="{kind}.sheet.main+xml"/>{listed}</Types>'
    ).encode()
    return made


def zipped(made: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The package."""
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w", method, compresslevel=1) as archive:
        for name, content in made.items():
            archive.writestr(zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0)), content, method)
    return whole.getvalue()


def _relations(entries: list[tuple[str, str, str]]) -> bytes:
    listed = "".join(f'<Relationship Id="{key}" Type="{_OFFICE}/{kind}" Target="{to}"/>' for key, kind, to in entries)
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'.encode()


def _sheet_xml(sheet: Sheet, strings: dict[str, int] | None) -> str:
    rows = []
    for number, row in enumerate(sheet.rows, 1):
        cells = [_cell_xml(f"{column_letter(at)}{number}", value, strings) for at, value in enumerate(row)]
        hidden = ' hidden="1"' if number in sheet.hidden_rows else ""
        rows.append(f'<row r="{number}"{hidden}>{"".join(cells)}</row>')
    merged = "".join(f'<mergeCell ref="{ref}"/>' for ref in sheet.merges)
    merged = f"<mergeCells>{merged}</mergeCells>" if merged else ""
    return f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>{"".join(rows)}</sheetData>{merged}</worksheet>'


def _cell_xml(ref: str, value: Any, strings: dict[str, int] | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return f'<c r="{ref}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, date):
        return f'<c r="{ref}" s="1"><v>{serial(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{ref}"><v>{value!r}</v></c>'
    if isinstance(value, Raw):
        return value.xml.format(ref=ref)
    if strings is not None:
        return f'<c r="{ref}" t="s"><v>{strings.setdefault(value, len(strings))}</v></c>'
    return f'<c r="{ref}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


@dataclass
class Raw:
    """A cell given as XML; {ref} stands for its address."""

    xml: str
