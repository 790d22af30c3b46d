"""A patched copy of a workbook: which part is which sheet, its formats, and how a sheet is put first."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cached_property
from pathlib import Path

from lxml import etree

from perfxl.core.problems import Address, Problem, problem
from perfxl.disk import is_same_file
from perfxl.ooxml.edit import PackageEditor
from perfxl.ooxml.package import WORKBOOK, PackageError
from perfxl.ooxml.relations import CONTENT_TYPES, Relation, office_relations
from perfxl.ooxml.xml import Element, namespace, new_element
from perfxl.outputs import explain_error, replacing
from perfxl.workbook.files import file_problem, open_workbook
from perfxl.workbook.patch.style_sheet import StyleSheet, minimal_styles
from perfxl.workbook.program.layout import quoted

_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_TRANSITIONAL = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_VBA = "application/vnd.ms-office.vbaProject"
_MACRO_PARTS = {"vbaProject", "attachedToolbars"}
_MACRO_SHEETS = {"xlMacrosheet", "xlIntlMacrosheet"}
_ROOT_EXTRAS = {"extensibility", "origin"}  # ribbon buttons that call macros; signatures that no longer hold
_BEFORE_NAMES = {"sheets", "functionGroups", "externalReferences"}
_BEFORE_CALCULATION = {*_BEFORE_NAMES, "definedNames"}


def write_patched_copy(
    source: Path,
    out: Path,
    kind: str,
    patch: Callable[[PackageEditor], None],
    stamp: tuple[int, ...] | None = None,
    name: str = "",
) -> list[Problem]:
    """Writes a copy of a workbook in which `patch` has edited some parts, marked with its kind; the source is never
    touched. `stamp` is that of the file that is meant, where it was read before; `name` what it is called, where it
    lies under another name.

    Returns: what kept it from being written; empty where it was.
    """
    if is_same_file(out, source):
        return [problem("output_is_input", Address(out.name), value=str(source))]
    package, problems = open_workbook(source)
    if package is None:
        return problems
    if stamp is not None and package.stamp != stamp:
        return [problem("file_changed_while_read", Address(package.name))]
    try:
        parts = PackageEditor(package)
        patch(parts)
        with replacing(out, kind, name or source.name) as temporary:
            parts.save(temporary)
    except PackageError as error:
        return [file_problem(error)]
    except (etree.XMLSyntaxError, ValueError):  # a part that no reader of values looks at, or a tag without its end
        return [problem("file_damaged", Address(package.name))]
    except OSError as error:
        return [problem("output_not_writable", Address(out.name), value=str(out), reason=explain_error(error, out))]
    return []


class WorkbookParts:
    """Edits `parts` in place."""

    def __init__(self, parts: PackageEditor) -> None:
        self.parts = parts
        main = parts.main_part(WORKBOOK)
        self.part = main if main in parts else WORKBOOK
        self._tree = parts.tree(self.part)
        self.namespace, self._relations = namespace(self._tree), office_relations(self._tree)

    def sheets(self) -> dict[str, str]:
        """The sheets' parts by title, in the workbook's order."""
        targets = {relation.id: relation.target for relation in self.parts.relations(self.part)}
        pairs = ((sheet.get("name", ""), targets.get(self._id_of(sheet), "")) for sheet in self._section("sheets"))
        return {title: part for title, part in pairs if part in self.parts}

    def names(self) -> list[Element]:
        """The defined names."""
        return list(self._tree.iter(self._tag("definedName")))

    def define(self, name: str, formula: str) -> None:
        """Adds a name of the whole workbook, in place of one that is there."""
        for old in self.names():
            if old.get("name", "").casefold() == name.casefold() and old.get("localSheetId") is None:
                self._names_section().remove(old)
        element = self._element("definedName", name=name)
        element.text = formula
        self._names_section().append(element)

    def part_of_kind(self, kind: str) -> str:
        """The part to which the workbook has a relationship of that kind; "" for none."""
        found = (r.target for r in self.parts.relations(self.part) if r.kind == kind and r.target in self.parts)
        return next(found, "")

    @property
    def is_since_1904(self) -> bool:
        """Whether its dates count from 1904."""
        properties = self._tree.find(self._tag("workbookPr"))
        return properties is not None and properties.get("date1904") in ("1", "true")

    def calculate_on_load(self) -> None:
        """Whoever opens it calculates every formula."""
        properties = self._tree.find(self._tag("calcPr"))
        if properties is None:
            properties = self._element("calcPr")
            behind = [i for i, child in enumerate(self._tree) if etree.QName(child).localname in _BEFORE_CALCULATION]
            self._tree.insert(behind[-1] + 1, properties)
        properties.set("fullCalcOnLoad", "1")

    def drop_sheets(self, titles: Collection[str]) -> None:
        """Takes sheets out, and the names that refer to them."""
        targets = {relation.id: relation for relation in self.parts.relations(self.part)}
        kept = []
        for sheet in self._section("sheets"):
            relation = targets.get(self._id_of(sheet))
            if sheet.get("name") not in titles:
                kept.append(sheet)
            elif relation is not None:
                for below in self.parts.relations(relation.target):
                    if not below.external and below.target in self.parts:
                        self.parts.drop(below.target)
                self._remove(self.part, relation)
        if not titles:
            return
        self._keep_sheets(kept)
        references = [f"{title.casefold()}!" for title in titles] + [f"{quoted(title).casefold()}!" for title in titles]
        for name in self.names():
            if any(reference in (name.text or "").casefold() for reference in references):
                self._names_section().remove(name)
        self._open_first()

    @cached_property
    def styles(self) -> StyleSheet:
        for relation in self.parts.relations(self.part):
            if relation.kind == "styles" and relation.target in self.parts:
                return StyleSheet(self.parts.tree(relation.target))
        name = self.parts.free_name("xl/styles{}.xml")
        tree = minimal_styles(self.namespace)
        self.parts.add_tree(name, tree)
        self.parts.declare(name, f"{_SPREADSHEET}styles+xml")
        self.parts.relate(self.part, self._relations, "styles", name)
        return StyleSheet(tree)

    def drop_macros(self) -> None:
        """Takes out what an .xlsx may not hold."""
        self.parts.declare(self.part, f"{_SPREADSHEET}sheet.main+xml")
        for relation in self.parts.relations(self.part):
            if relation.kind in _MACRO_PARTS:
                for below in self.parts.relations(relation.target):
                    self.parts.drop(below.target)
                self._remove(self.part, relation)
            elif relation.kind in _MACRO_SHEETS:
                self._remove(self.part, relation)
                gone = {id(sheet) for sheet in self._section("sheets") if self._id_of(sheet) == relation.id}
                self._keep_sheets([sheet for sheet in self._section("sheets") if id(sheet) not in gone])
        for relation in self.parts.relations(""):
            if relation.kind in _ROOT_EXTRAS:
                self._remove("", relation)
        for default in self.parts.tree(CONTENT_TYPES):
            if default.get("ContentType") == _VBA:
                default.set("ContentType", f"{_SPREADSHEET}printerSettings")

    def put_first(self, title: str, xml: bytes, filtered: str, header_row: int) -> None:
        """Adds a sheet before all others and opens the workbook there. `filtered` is the range of its autofilter."""
        title = self._free_title(title)
        name = self.parts.free_name("xl/worksheets/sheet{}.xml")
        self.parts[name] = xml.replace(_TRANSITIONAL, self.namespace.encode(), 1)
        self.parts.declare(name, f"{_SPREADSHEET}worksheet+xml")
        relation = self.parts.relate(self.part, self._relations, "worksheet", name)
        sheets = list(self._section("sheets"))
        number = max((int(sheet.get("sheetId", "0")) for sheet in sheets), default=0) + 1
        sheet = self._element("sheet", name=title, sheetId=str(number))
        sheet.set(f"{{{self._relations}}}id", relation)
        self._keep_sheets([sheet, *sheets])
        for kind, reach in (("_FilterDatabase", filtered), ("Print_Titles", f"{header_row}:{header_row}")):
            self._add_name(kind, title, reach)
        self._open_first()

    def _keep_sheets(self, kept: list[Element]) -> None:
        """Sets which sheets there are, in this order; names that hold for one sheet follow it."""
        sheets = self._section("sheets")
        moved = {sheets.index(sheet): i for i, sheet in enumerate(kept) if sheet.getparent() is sheets}
        sheets[:] = kept
        for name in list(self._tree.iter(self._tag("definedName"))):
            before = name.get("localSheetId")
            if before is None:
                continue
            if int(before) in moved:
                name.set("localSheetId", str(moved[int(before)]))
            else:
                self._section("definedNames").remove(name)

    def _add_name(self, kind: str, title: str, reach: str) -> None:
        first, _, last = reach.partition(":")
        hidden = {"hidden": "1"} if kind == "_FilterDatabase" else {}
        name = self._element("definedName", name=f"_xlnm.{kind}", localSheetId="0", **hidden)
        name.text = f"{quoted(title)}!{_absolute(first)}:{_absolute(last)}"
        self._names_section().insert(0, name)

    def _names_section(self) -> Element:
        names = self._tree.find(self._tag("definedNames"))
        if names is None:
            names = self._element("definedNames")
            before = [i for i, child in enumerate(self._tree) if etree.QName(child).localname in _BEFORE_NAMES]
            self._tree.insert(before[-1] + 1, names)
        return names

    def _open_first(self) -> None:
        views = self._tree.find(self._tag("bookViews"))
        if views is None:
            views = self._element("bookViews")
            views.append(self._element("workbookView"))
            self._section("sheets").addprevious(views)
        for view in views:
            view.set("activeTab", "0")
            view.attrib.pop("firstSheet", "")

    def _free_title(self, title: str) -> str:
        titles = {sheet.get("name", "").casefold() for sheet in self._section("sheets")}
        candidates = (title, *(f"{title} ({number})" for number in range(2, len(titles) + 3)))
        return next(candidate for candidate in candidates if candidate.casefold() not in titles)

    def _remove(self, part: str, relation: Relation) -> None:
        self.parts.drop(relation.target)
        self.parts.unrelate(part, relation)

    def _id_of(self, sheet: Element) -> str:
        return sheet.get(f"{{{self._relations}}}id", "")

    def _section(self, name: str) -> Element:
        section = self._tree.find(self._tag(name))
        if section is None:
            raise PackageError("damaged", self.parts.file)
        return section

    def _element(self, tag: str, **attributes: str) -> Element:
        return new_element(self.namespace, tag, **attributes)

    def _tag(self, name: str) -> str:
        return f"{{{self.namespace}}}{name}"


def _absolute(reference: str) -> str:
    """A5 -> $A$5, 5 -> $5."""
    letters = reference.rstrip("0123456789")
    return f"${letters}${reference[len(letters) :]}" if letters else f"${reference}"
