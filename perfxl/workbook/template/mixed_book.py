"""A workbook some of whose sheets are a template's, filled, while XlsxWriter writes the others: the template's formats
come first and keep their numbers, XlsxWriter's are appended, and parts that the template's sheets need are added.

Sheets of XML text may be written by two processes. All formats of their cells have numbers by then, so that the file is
the same whoever writes which sheet."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from copy import deepcopy
from pathlib import Path
from typing import Any, NamedTuple

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.packager import Packager
from xlsxwriter.worksheet import Worksheet

from perfxl.ooxml.text import quote_attribute
from perfxl.ooxml.xml import Element, namespace, parse, serialize
from perfxl.processes import share_out
from perfxl.workbook.patch.style_sheet import StyleSheet
from perfxl.workbook.row_sheet import RowSheet
from perfxl.workbook.writing import PackedPart, PartWriter

__all__ = ["AddedPart", "Look", "MixedWorkbook", "RawSheet"]

_STYLES, _THEME, _TYPES = "xl/styles.xml", "xl/theme/theme1.xml", "[Content_Types].xml"


class AddedPart(NamedTuple):
    """A part beside XlsxWriter's: its content, and its type ("" for relationships, which have one by their name)."""

    content: bytes
    content_type: str = ""


class Look:
    """A format of the template, as XlsxWriter's are asked for their number."""

    def __init__(self, number: int) -> None:
        self._number = number

    def _get_xf_index(self) -> int:
        return self._number


class RawSheet(Worksheet):
    """A sheet whose XML comes from `source`, called once while the file is written."""

    source: Callable[[], Iterable[str | bytes]]

    def _assemble_xml_file(self) -> None:
        for text in self.source():
            self.fh.write(text)
        self._xml_close()


class MixedWorkbook(Workbook):
    """`styles` is the template's styles part, `theme` its theme (blank for none).

    shared   whether another process helps to write sheets
    written  hears of each sheet that is written
    """

    shared: bool
    written: Callable[[Worksheet], object]

    def __init__(self, file: Any, options: dict[str, Any], styles: bytes, theme: bytes) -> None:
        super().__init__(file, options)
        self.added: dict[str, AddedPart] = {}
        self.theme = theme
        self._styles = parse(styles)
        self._formats, self._dxfs = (_count(self._styles, name) for name in ("cellXfs", "dxfs"))
        self.xf_format_indices.update({f"template {i}": i for i in range(self._formats)})
        self.dxf_format_indices.update({f"template {i}": i for i in range(self._dxfs)})
        self._variants: dict[tuple[int, str], _Variant] = {}
        self.shared, self.written = False, _unheard

    def look(self, style: int, shown: str = "") -> Look | Format:
        """A format of the template, with another number format where one is given."""
        if not shown:
            return Look(style)
        variant = self._variants.get((style, shown))
        if variant is None:
            variant = self._variants[style, shown] = _Variant(self, style, shown)
            self.formats.append(variant)
        return variant

    def merge_styles(self, own: bytes) -> bytes:
        """The styles part: the template's with what XlsxWriter's has behind it."""
        merged = _Merged(deepcopy(self._styles), parse(own))
        variants = {v.xf_index: v.style for v in self._variants.values() if v.xf_index is not None}
        return serialize(merged.with_formats(variants))

    def _prepare_formats(self) -> None:
        """XlsxWriter lists its own formats from 0 on; every sheet is written by now."""
        for each in self.formats:
            if each.xf_index:
                each.xf_index -= self._formats
            if each.dxf_index is not None:
                each.dxf_index -= self._dxfs
        super()._prepare_formats()

    def _get_packager(self) -> Packager:
        return _MixedPackager()


def _unheard(_: Worksheet) -> None:
    """Nobody asks how far the book is."""


class _Variant(Format):
    """A format of the template with another number format."""

    def __init__(self, workbook: MixedWorkbook, style: int, shown: str) -> None:
        super().__init__({"num_format": shown}, workbook.xf_format_indices, workbook.dxf_format_indices)
        self.style, self._own_key = style, f"variant {style} {shown}"

    def _get_format_key(self) -> str:
        return self._own_key


class _MixedPackager(Packager):
    def _create_package(self) -> list[tuple[str, str, bool]]:
        files: list[tuple[str, str, bool]] = super()._create_package()
        paths = {name: Path(path) for path, name, _ in files}
        paths[_STYLES].write_bytes(self.workbook.merge_styles(paths[_STYLES].read_bytes()))
        if self.workbook.theme:
            paths[_THEME].write_bytes(self.workbook.theme)
        overrides = []
        for name, part in self.workbook.added.items():
            Path(self._filename(name)).write_bytes(part.content)
            if part.content_type:
                kind = quote_attribute(part.content_type)
                overrides.append(f"<Override PartName={quote_attribute(f'/{name}')} ContentType={kind}/>")
        types = paths[_TYPES].read_text("utf-8")
        paths[_TYPES].write_text(types.replace("</Types>", "".join(overrides) + "</Types>"), "utf-8")
        self.workbook.added.clear()
        return files

    def _write_worksheet_files(self) -> None:
        """Those of cells first: XlsxWriter numbers a cell's format when it writes it."""
        book: MixedWorkbook = self.workbook
        sheets, first = book.worksheets(), len(self.filenames)
        paths = [self._filename(f"xl/worksheets/sheet{i}.xml") for i in range(1, len(sheets) + 1)]
        of_text = [i for i, sheet in enumerate(sheets) if isinstance(sheet, RowSheet | RawSheet)]
        of_cells = sorted(set(range(len(sheets))).difference(of_text))
        parts = {place: _written(sheets[place], paths[place]) for place in of_cells}
        known, own = len(book.xf_format_indices), os.getpid()

        def write(i: int) -> PackedPart:
            part = _written(sheets[of_text[i]], paths[of_text[i]])
            if os.getpid() != own and len(book.xf_format_indices) != known:
                raise RuntimeError("a format got its number where the book does not learn of it")
            return part

        shared = share_out(len(of_text), write, lambda i: book.written(sheets[of_text[i]]), alone=not book.shared)
        parts.update(zip(of_text, shared, strict=True))
        for place, part in parts.items():
            _, name, is_binary = self.filenames[first + place]
            self.filenames[first + place] = part, name, is_binary


def _written(sheet: Worksheet, path: str) -> PackedPart:
    with PartWriter(path) as writer:
        sheet.fh = writer
        sheet._assemble_xml_file()
    return writer.part


class _Merged:
    """Puts one book's styles behind another's."""

    def __init__(self, base: Element, own: Element) -> None:
        self._base, self._own, self._of = base, own, namespace(base)
        self._sheet = StyleSheet(base)
        self._numbers = {
            known.get("numFmtId", ""): str(self._sheet.number_format(known.get("formatCode", "")))
            for known in self._section(own, "numFmts")
        }

    def with_formats(self, variants: dict[int, int]) -> Element:
        """`variants`: which of the own formats are copies of one of the base, but for their number format."""
        offsets = {name: self._append(name, list(self._section(self._own, name))) for name in _SHARED}
        formats = []
        for i, own in enumerate(self._section(self._own, "cellXfs")):
            xf, number = deepcopy(own), own.get("numFmtId", "0")
            if i in variants:
                xf = deepcopy(self._section(self._base, "cellXfs")[variants[i]])
                xf.set("applyNumberFormat", "1")
            else:
                xf.set("xfId", "0")
                for attribute, name in (("fontId", "fonts"), ("fillId", "fills"), ("borderId", "borders")):
                    xf.set(attribute, str(int(xf.get(attribute, "0")) + offsets[name]))
            xf.set("numFmtId", self._numbers.get(number, number))
            formats.append(xf)
        self._append("cellXfs", formats)
        dxfs = list(self._section(self._own, "dxfs"))
        for dxf in dxfs:
            for number in dxf.iter(f"{{{self._of}}}numFmt"):
                number.set("numFmtId", str(self._sheet.number_format(number.get("formatCode", ""))))
        self._append("dxfs", dxfs)
        return self._base

    def _append(self, name: str, elements: list[Element]) -> int:
        """Appends to a section of the base and says how many it had."""
        parent = self._sheet.section(name)
        before = len(parent)
        parent.extend(deepcopy(element) for element in elements)
        parent.set("count", str(len(parent)))
        return before

    def _section(self, tree: Element, name: str) -> Any:
        found = tree.find(f"{{{self._of}}}{name}")
        return () if found is None else found


_SHARED = ("fonts", "fills", "borders")


def _count(styles: Element, name: str) -> int:
    section = styles.find(f"{{{namespace(styles)}}}{name}")
    return 0 if section is None else len(section)
