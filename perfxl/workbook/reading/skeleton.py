"""A workbook without its cells: which part each sheet is, and small packages in memory that hold the workbook's own
formats and date system together with just the sheets to be read.

The parts of these packages have the names that calamine looks for, however the workbook names its own.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from xml.etree import ElementTree
from zipfile import ZIP_STORED

from lxml import etree
from python_calamine import CalamineWorkbook

from perfxl.ooxml.package import WORKBOOK, Package
from perfxl.ooxml.relations import XML_HEAD, Relation, office_relations, read_relations, relations_part, relations_xml
from perfxl.ooxml.text import quote_attribute
from perfxl.ooxml.xml import Element, check_well_formed, namespace, parse, well_formed
from perfxl.ooxml.zip_write import write_zip
from perfxl.workbook.reading import sheet_xml
from perfxl.workbook.reading.shown import LARGE_PART, ShownCells, remembered

MAX_STRINGS = 5_000_000
MAX_SHEETS = 10_000
STRINGS, _STYLES = "xl/sharedStrings.xml", "xl/styles.xml"
_LEAST_STRING = len(b"<si/>")
_STRING = re.compile(rb"<(?:\w+:)?si[\s/>]")
_STRING_END = re.compile(rb"</(?:\w+:)?si>|<(?:\w+:)?si\s*/>")
_IN_SHEETS = {"sheet", "AlternateContent", "Choice", "Fallback"}
_NO_CELLS = {"chartsheet", "dialogsheet", "xlMacrosheet", "xlIntlMacrosheet"}
_ODD_TARGET = re.compile(rb"%|\\|\./|<!")
_TYPES = (
    f'{XML_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
_BUILT_IN_PERCENT = {9, 10}
_NOT_CODE = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


class WorkbookSkeleton:
    """`sheets` maps each worksheet, in the workbook's order, to its part; `hidden` are those that are not shown,
    `missing` those whose part is not in the file; `percent_styles` are the indices of cell styles that show a
    percentage; `is_plain`, whether calamine can be given the file itself.

    Raises: PackageError; what `broken_is_damaged` knows, where a part makes no sense.
    """

    def __init__(self, package: Package) -> None:
        self._package = package
        xml = package.part(package.find(relations_part(package.main)))
        relations = read_relations(xml, package.main)
        strings, styles = (_related(package, relations, kind) for kind in ("sharedStrings", "styles"))
        self.strings_part = strings or package.find(STRINGS)
        self._check_strings()
        styles_part = styles or package.find(_STYLES)
        self._styles = remembered(sheet_xml.without_markup, package.part(styles_part)) if styles_part else b""
        self.percent_styles = remembered(_percent_styles, self._styles)
        self.shown = ShownCells(package, self._styles)
        self._tree = parse(package.part(package.main))
        self.sheets: dict[str, str] = {}
        self.hidden: set[str] = set()
        self.missing: list[str] = []
        self._find_sheets(relations)
        targets = {relation.target for relation in relations}
        self.is_plain = (
            package.is_plain
            and package.main == WORKBOOK
            and not _ODD_TARGET.search(xml.removeprefix(XML_HEAD.encode()))
            and self.strings_part in ("", STRINGS)
            and styles_part in ("", _STYLES)
            and all(part in targets and part.startswith("xl/worksheets/") for part in self.sheets.values())
            and not self.missing
        )
        self._places = {name: f"worksheets/sheet{i}.xml" for i, name in enumerate(self.sheets, 1)}

    def package_with(self, sheets: Mapping[str, bytes], strings: bytes | None = None) -> bytes:
        """A package with nothing but some sheets, by name, and shared strings."""
        parts = {**self._fixed, **{f"xl/{self._places[name]}": xml for name, xml in sheets.items()}}
        if strings is not None:
            parts[STRINGS] = strings
        target = io.BytesIO()
        write_zip(target, parts, ZIP_STORED)
        return target.getvalue()

    def open_with(self, sheets: Mapping[str, bytes], strings: bytes | None = None) -> CalamineWorkbook:
        return CalamineWorkbook.from_filelike(io.BytesIO(self.package_with(sheets, strings)))

    def pieces_of_strings(self) -> Iterator[bytes]:
        """The XML of the shared strings, piece by piece. Nothing where there are none."""
        return self._package.pieces(self.strings_part) if self.strings_part else iter(())

    def strings(self) -> bytes | None:
        return sheet_xml.without_markup(self._package.part(self.strings_part)) if self.strings_part else None

    @property
    def size_of_strings(self) -> int:
        """The bytes of the part that holds them; none of them is longer."""
        return self._package.entries[self.strings_part].file_size if self.strings_part else 0

    @cached_property
    def sizes_of_strings(self) -> list[int]:
        """The bytes that each shared string takes in the file; one at least."""
        return list(map(len, _STRING_END.split(self.strings() or b"")))

    @cached_property
    def names(self) -> dict[str, str]:
        """What the defined names of the whole workbook say."""
        section = self._tree.find("{*}definedNames")
        named = (each for each in section if each.get("localSheetId") is None) if section is not None else ()
        return {each.get("name", ""): each.text or "" for each in named}

    def _find_sheets(self, relations: tuple[Relation, ...]) -> None:
        by_id = {relation.id: relation for relation in relations}
        key = f"{{{office_relations(self._tree)}}}id"
        if any(_name(element) not in _IN_SHEETS for element in self._tree.iterfind("{*}sheets//{*}*")):
            raise self._package.error("damaged")  # a sheet perhaps
        elements = list(self._tree.iter("{*}sheet"))
        if len(elements) > MAX_SHEETS:
            raise self._package.error("too_many", what="sheets", count=len(elements))
        for element in elements:
            name, relation = element.get("name", ""), by_id.get(element.get(key) or _any_id(element))
            part = self._package.find(relation.target) if relation else ""
            if relation and relation.kind in _NO_CELLS:
                continue
            if not part or not relation or relation.kind != "worksheet":
                self.missing.append(name)
                continue
            if name in self.sheets or part in self.sheets.values():  # one of the two would be lost
                raise self._package.error("damaged")
            self.sheets[name] = part
            if element.get("state", "visible") != "visible":
                self.hidden.add(name)

    @cached_property
    def _fixed(self) -> dict[str, bytes]:
        """The parts that every small package has."""
        main, office = namespace(self._tree), office_relations(self._tree)
        settings = next((each for each in self._tree if _name(each) == "workbookPr"), None)
        mac = settings is not None and settings.get("date1904", "0") in ("1", "true", "on")
        lines = [
            f'<sheet name={quote_attribute(name)} sheetId="{i}" r:id="rId{i}"/>'
            for i, name in enumerate(self.sheets, 1)
        ]
        targets = [(f"{office}/worksheet", place) for place in self._places.values()]
        targets += [(f"{office}/sharedStrings", "sharedStrings.xml")]
        if self._styles:
            targets += [(f"{office}/styles", "styles.xml")]
        book = (
            f'{XML_HEAD}<workbook xmlns="{main}" xmlns:r="{office}"><workbookPr date1904="{int(mac)}"/>'
            f"<sheets>{''.join(lines)}</sheets></workbook>"
        )
        parts = {
            "[Content_Types].xml": _TYPES.encode(),
            "_rels/.rels": relations_xml((f"{office}/officeDocument", WORKBOOK)).encode(),
            WORKBOOK: book.encode(),
            relations_part(WORKBOOK): relations_xml(*targets).encode(),
        }
        return {**parts, _STYLES: self._styles} if self._styles else parts

    def _check_strings(self) -> None:
        """They are XML, since calamine skips or stops where tags make no sense, and not too many: blank ones take much
        more room in memory than in the file."""
        if not self.strings_part:
            return
        many, count = self.size_of_strings >= MAX_STRINGS * _LEAST_STRING, 0
        if self.size_of_strings <= LARGE_PART and not many:
            remembered(check_well_formed, self._package.part(self.strings_part))
            return
        for piece in well_formed(self.pieces_of_strings()):
            count += count_strings(piece) if many else 0
            if count > MAX_STRINGS:
                raise self._package.error("too_many", what="strings", count=count)


def count_strings(xml: bytes) -> int:
    """The shared strings in a part, or a piece of it."""
    return sum(1 for _ in _STRING.finditer(xml))


def _related(package: Package, relations: tuple[Relation, ...], kind: str) -> str:
    return next((part for r in relations if r.kind == kind and (part := package.find(r.target))), "")


def _name(element: Element) -> str:
    return etree.QName(element).localname


def _any_id(element: Element) -> str:
    """The id under another namespace than the workbook's dialect says."""
    names = (name for name in element.attrib if etree.QName(str(name)).localname == "id")
    return next((element.get(name) or "" for name in names), "")


def _percent_styles(xml: bytes) -> frozenset[int]:
    """The indices of cell styles whose number format, built in or custom, shows a percentage."""
    if not xml:
        return frozenset()
    root = ElementTree.fromstring(xml)
    formats = set(_BUILT_IN_PERCENT)
    for element in root.iter():
        if _local(element.tag) == "numFmt" and "%" in _NOT_CODE.sub("", element.get("formatCode", "")):
            formats.add(int(element.get("numFmtId", "0")))
    styles = next((element for element in root if _local(element.tag) == "cellXfs"), ())
    return frozenset(i for i, style in enumerate(styles) if int(style.get("numFmtId", "0")) in formats)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
