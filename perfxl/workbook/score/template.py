"""The template of the score workbook, compiled: HR's own or the one that ships. Its two sheets are found by what their
defined names mark: the summary by the rows of units, a person's page by the rows of lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from perfxl.assets import workbook_templates
from perfxl.core.problems import Address, Problem, problem
from perfxl.ooxml.edit import PackageEditor
from perfxl.ooxml.package import Package, PackageError, open_package
from perfxl.ooxml.xml import Element, new_element
from perfxl.workbook.files import file_problem
from perfxl.workbook.patch.workbook_parts import WorkbookParts
from perfxl.workbook.score.grade_chart import restore_grades
from perfxl.workbook.score.page import CONTRACT, DECIDED, PERSON, PageTemplate
from perfxl.workbook.template.book import ROWS, Fault
from perfxl.workbook.template.columns import Record
from perfxl.workbook.template.references import Growth, Place, title_key
from perfxl.workbook.template.sheet import Block, Field, SheetTemplate
from perfxl.workbook.template.sheet_parts import SheetParts

__all__ = ["SUMMARY", "ScoreTemplate", "SummaryTemplate", "is_score_template", "template_for"]

SUMMARY = ("units", "more_units", "gaps", "grades", "bins")
"""The tables of the summary; charts show the first 20 units, the others follow at once."""
_KINDS = frozenset((*CONTRACT, *PERSON, DECIDED))
_NEEDED = ("lines", "result", "segments", "person_result")
_REACH = re.compile(r"^(.*)!\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?$")


class ScoreTemplate:
    """Raises: PackageError, etree.XMLSyntaxError for a file that cannot be used; MissingRows where rows that it needs
    are not marked, or not in order."""

    def __init__(self, package: Package) -> None:
        editor = PackageEditor(package)
        book = WorkbookParts(editor)
        self.marks, self.faults = _read_marks(book)
        sheets = book.sheets()
        self.styles = editor[book.part_of_kind("styles")]
        theme = book.part_of_kind("theme")
        self.theme = editor[theme] if theme else b""
        strings = _shared_strings(editor, book)
        areas = _print_areas(book)
        titles = {title_key(title): title for title in sheets}
        summary = next((key for key, marks in self.marks.items() if "units" in marks), None)
        page = next((key for key, marks in self.marks.items() if "lines" in marks), None)
        if summary is None or page is None:
            raise MissingRows(["units"] if summary is None else ["lines"])
        _judge_order(self.marks[page])
        trees = {key: _ready(editor.tree(sheets[titles[key]]), strings) for key in (summary, page)}
        rows = {name: row for name, row in self.marks[page].items() if name in _KINDS}
        self.page_title, self.summary_title = titles[page], titles[summary]
        self.page = PageTemplate(trees[page], rows, page, areas.get(page, (0, 17)))
        whole = range(self.page.first, self.page.last + 1)
        self.page_parts = SheetParts(editor, sheets[titles[page]], page, titles[page], {page: whole})
        tables = {name: row for name, row in self.marks[summary].items() if name in SUMMARY}
        if "grades" in tables:
            restore_grades(editor, summary, tables["grades"])
        parts = SheetParts(editor, sheets[titles[summary]], summary, titles[summary], {summary: tables.values()})
        self.summary = SummaryTemplate(trees[summary], summary, tables, parts, areas.get(summary, (0, 16)))


class MissingRows(Exception):
    """Which kinds of rows."""

    def __init__(self, kinds: Sequence[str]) -> None:
        super().__init__(", ".join(kinds))
        self.kinds = kinds


class SummaryTemplate:
    """The first sheet: values, tables that grow, charts that follow them."""

    def __init__(
        self, tree: Element, key: str, tables: Mapping[str, int], parts: SheetParts, printed: tuple[int, int]
    ) -> None:
        self.key, self.tables, self.parts, self.printed = key, tables, parts, printed
        self.last = max((int(row.get("r", "0")) for row in tree.iter("{*}row")), default=1)
        blocks = [Block(table, row) for table, row in tables.items()]
        repeated = {key: tuple(tables.values())}
        self._sheet = SheetTemplate(tree, key, blocks, {}, (), repeated, [], lambda _: {})

    @property
    def fields(self) -> Sequence[Field]:
        """Which field stands where."""
        return self._sheet.fields

    def growth(self, rows: Mapping[str, Sequence[Record]]) -> Growth:
        """How many rows stand where the template has one."""
        return Growth({self.key: {row: max(1, len(rows.get(table, ()))) for table, row in self.tables.items()}})

    def last_row(self, growth: Growth) -> int:
        """The last row, once tables have grown."""
        return growth.row(Place(self.key, self.last, end=True))

    def places(self, table: str, field: str, growth: Growth) -> Iterator[str]:
        """The cells of a field, one for each row from the first on; just one outside of tables."""
        if table:
            found = self._sheet.columns.get((table, field))
            if found:
                first = growth.row(Place(self.key, found[0]))
                yield from (f"{found[1]}{first + i}" for i in range(1_048_576 - first))
            return
        for each in self._sheet.fields:
            if not each.table and each.name == field and each.cell[-1:].isdigit():
                letters = each.cell.rstrip("0123456789")
                yield f"{letters}{growth.row(Place(self.key, int(each.cell[len(letters) :])))}"

    def render(self, values: Record, rows: Mapping[str, Sequence[Record]], growth: Growth) -> str:
        """The sheet's XML, without links."""
        return self._sheet.laid_out(growth).render(values, rows).decode()


class Loaded(NamedTuple):
    """A template, None where it cannot be used, and what is wrong with it."""

    template: ScoreTemplate | None
    problems: list[Problem]


def template_for(path: Path | None, lang: str) -> Loaded:
    """HR's own template, or the one that ships."""
    path = path or workbook_templates() / f"scorecard.{lang}.xlsx"
    try:
        template = ScoreTemplate(open_package(path))
    except PackageError as error:
        return Loaded(None, [file_problem(error)])
    except etree.XMLSyntaxError:
        return Loaded(None, [problem("file_damaged", Address(path.name))])
    except MissingRows as error:
        kinds = ", ".join(f"{ROWS}{kind}" for kind in error.kinds)
        return Loaded(None, [problem("score_template_unusable", Address(path.name), value=kinds)])
    return Loaded(
        template,
        [
            problem("template_name_marks_nothing", Address(path.name), value=fault.name, reach=fault.reach)
            for fault in template.faults
        ],
    )


def is_score_template(path: Path) -> bool:
    """Whether a workbook marks lines of a contract, as templates of score books do."""
    try:
        book = WorkbookParts(PackageEditor(open_package(path)))
        return any(name.get("name") == f"{ROWS}lines" for name in book.names())
    except (PackageError, etree.XMLSyntaxError):
        return False


def _judge_order(marks: Mapping[str, int]) -> None:
    """A contract's rows stand before a person's, each kind in a row of its own."""
    rows = {kind: row for kind, row in marks.items() if kind in _KINDS}
    missing = [kind for kind in _NEEDED if kind not in rows]
    parts = [[row for kind, row in rows.items() if kind in kinds] for kinds in (CONTRACT, PERSON, (DECIDED,))]
    follow = [part for part in parts if part]
    if missing or len(set(rows.values())) < len(rows):
        shared = [kind for kind, row in rows.items() if list(rows.values()).count(row) > 1]
        raise MissingRows(missing or shared)
    for before, after in pairwise(follow):
        if max(before) >= min(after):
            raise MissingRows([kind for kind, row in rows.items() if row == min(after)])


def _read_marks(book: WorkbookParts) -> tuple[dict[str, dict[str, int]], list[Fault]]:
    """The row of each kind by sheet, and names that mark none."""
    marks: dict[str, dict[str, int]] = {}
    faults, titles = [], {title_key(title) for title in book.sheets()}
    for name in book.names():
        label, text = name.get("name", ""), (name.text or "").strip()
        if not label.startswith(ROWS):
            continue
        found = _REACH.match(text)
        sheet = title_key(found[1]) if found else ""
        if found is None or sheet not in titles or (found[5] or found[3]) != found[3]:
            faults.append(Fault(label, text))
        else:
            marks.setdefault(sheet, {})[label.removeprefix(ROWS)] = int(found[3])
    return marks, faults


def _print_areas(book: WorkbookParts) -> dict[str, tuple[int, int]]:
    """The first and last column that each sheet prints, from 0."""
    areas = {}
    for name in book.names():
        found = _REACH.match((name.text or "").split(",")[0].strip())
        if name.get("name") == "_xlnm.Print_Area" and found and found[4]:
            areas[title_key(found[1])] = _index(found[2]), _index(found[4])
    return areas


def _shared_strings(editor: PackageEditor, book: WorkbookParts) -> list[Element]:
    part = book.part_of_kind("sharedStrings")
    return list(editor.tree(part)) if part else []


def _ready(tree: Element, strings: Sequence[Element]) -> Element:
    """A copy whose texts stand in their cells, rows and cells numbered, and which nobody has selected."""
    tree = _in_default_namespace(deepcopy(tree))
    of = etree.QName(tree).namespace or ""
    number = 0
    for row in tree.iter(f"{{{of}}}row"):
        number = int(row.get("r", number + 1))
        row.set("r", str(number))
        row.attrib.pop("spans", "")
        for cell in row:
            if cell.get("t") == "s":
                at = int(cell.findtext(f"{{{of}}}v") or "0")
                inside = new_element(of, "is")
                for part in strings[at] if at < len(strings) else ():
                    if etree.QName(part).localname in ("t", "r"):
                        inside.append(deepcopy(part))
                cell[:] = [inside]
                cell.set("t", "inlineStr")
    for view in tree.iter(f"{{{of}}}sheetView"):
        view.attrib.pop("tabSelected", "")
    for dimension in tree.findall(f"{{{of}}}dimension"):
        tree.remove(dimension)
    return tree


def _in_default_namespace(tree: Element) -> Element:
    """Some programs write x:worksheet; rows are written without a prefix."""
    if not tree.prefix:
        return tree
    of = etree.QName(tree).namespace
    declared: dict[str | None, str] = {prefix: uri for prefix, uri in tree.nsmap.items() if prefix and uri != of}
    root = etree.Element(tree.tag, nsmap=declared | {None: str(of)})  # type: ignore[arg-type]
    for name, value in tree.attrib.items():
        root.set(name, value)
    root.extend(list(tree))
    return root


def _index(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
