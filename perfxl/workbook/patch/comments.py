"""Adds comments to a sheet: to the comments it has, or as parts of their own (the text, and a VML shape for each)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from perfxl.core.cells import a1
from perfxl.ooxml.edit import PackageEditor
from perfxl.ooxml.relations import office_relations
from perfxl.ooxml.text import xml_safe
from perfxl.ooxml.xml import Element, namespace, new_element, parse, serialize
from perfxl.workbook.style import text_width

AUTHOR = "perfxl"
_LONGEST = 4_000
_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_THREAD = "tc="  # an author of this kind stands for a threaded comment, which this text may not speak into

_BLOCK = 1024  # shapes are numbered in blocks; a block belongs to one sheet
_BLOCKS = re.compile(rb"""(<o:idmap[^>]*?\sdata=["'])([\d,\s]*)""")
_WIDTH_COLUMNS, _LINE_UNITS, _LEAST_ROWS = 4, 44, 4
_LAST_ROW, _LAST_COLUMN = 1_048_575, 16_383

_PREFIXES = {
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "x": "urn:schemas-microsoft-com:office:excel",
}
_VML = (
    b'<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    b' xmlns:x="urn:schemas-microsoft-com:office:excel">'
    b'<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data=""/></o:shapelayout></xml>'
)
_SHAPE_TYPE = (
    b'<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    b'<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_SHAPE = (
    '<v:shape id="_x0000_s{id}" type="#_x0000_t202" style="position:absolute;margin-left:60pt;margin-top:2pt;'
    'width:220pt;height:{height}pt;z-index:{order};visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
    '<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
    "<x:Anchor>{left}, 15, {top}, 2, {right}, 15, {bottom}, 4</x:Anchor><x:AutoFill>False</x:AutoFill>"
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
# What comes behind legacyDrawing in a sheet.
_BEHIND = frozenset(
    ["legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst"]
)

Cell = tuple[int, int]


def add_comments(parts: PackageEditor, sheet: str, frame: Element, texts: Mapping[Cell, str]) -> None:
    """Puts the texts at their cells (row, column; zero-based). A cell that has a comment keeps it, ours below."""
    comments = _Comments(parts, sheet, frame)
    drawing = _drawing(parts, sheet, frame)
    if drawing is None:
        return
    added = {cell: text for cell, text in texts.items() if comments.add(a1(*cell), text[:_LONGEST])}
    parts[drawing] = _with_shapes(parts[drawing], added, _free_block(parts))


def usual_drawing(vml: bytes) -> bytes:
    """The shapes of comments with the usual prefixes, which some programs replace by their own; as it is where it
    cannot be read."""
    if _is_usual(vml):
        return vml
    try:
        tree = parse(vml)
    except etree.XMLSyntaxError:
        return vml
    etree.cleanup_namespaces(tree, top_nsmap=_PREFIXES)
    return serialize(tree)


def _is_usual(vml: bytes) -> bool:
    return all(sign in vml for sign in (b"</xml>", b"xmlns:v=", b"xmlns:x="))


class _Comments:
    """The sheet's comments part, made where there is none."""

    def __init__(self, parts: PackageEditor, sheet: str, frame: Element) -> None:
        relations = (relation for relation in parts.relations(sheet) if not relation.external)
        related = [relation.target for relation in relations if relation.kind == "comments"]
        if related and related[0] in parts:
            self._tree = parts.tree(related[0])
            self._namespace = namespace(self._tree)
        else:
            self._namespace = namespace(frame)
            name = related[0] if related else parts.free_name("xl/comments{}.xml")
            self._tree = self._element("comments", None)
            self._tree.append(self._element("authors"))
            self._tree.append(self._element("commentList"))
            parts.add_tree(name, self._tree)
            parts.declare(name, _COMMENTS_TYPE)
            if not related:  # else what it led to is missing, and is made
                parts.relate(sheet, office_relations(frame), "comments", name)
        authors = self._section("authors")
        self._threads = {str(i) for i, author in enumerate(authors) if (author.text or "").startswith(_THREAD)}
        self._author = str(len(authors))
        authors.append(self._element("author", AUTHOR))
        self._existing = {comment.get("ref"): comment for comment in self._section("commentList")}

    def add(self, cell: str, text: str) -> bool:
        """Whether the comment is new, and needs a shape."""
        existing = self._existing.get(cell)
        if existing is None:
            comment = self._element("comment", ref=cell, authorId=self._author)
            comment.append(self._element("text"))
            comment[0].append(self._run(text))
            self._section("commentList").append(comment)
        elif existing.get("authorId") not in self._threads:
            self._extend(existing, text)
        return existing is None

    def _extend(self, comment: Element, text: str) -> None:
        body = comment.find(f"{{{self._namespace}}}text")
        if body is None:
            body = self._element("text")
            comment.insert(0, body)
        for plain in body.findall(f"{{{self._namespace}}}t"):  # plain text and runs do not mix
            run = self._element("r")
            body.replace(plain, run)
            run.append(plain)
        body.append(self._run("\n\n" + text))

    def _run(self, text: str) -> Element:
        run, content = self._element("r"), self._element("t", text)
        content.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        run.append(content)
        return run

    def _section(self, name: str) -> Element:
        section = self._tree.find(f"{{{self._namespace}}}{name}")
        if section is None:
            section = self._element(name)
            self._tree.insert(0 if name == "authors" else len(self._tree), section)
        return section

    def _element(self, tag: str, text: str | None = None, **attributes: str) -> Element:
        element = new_element(self._namespace, tag, **attributes)
        element.text = text and xml_safe(text)
        return element


def _drawing(parts: PackageEditor, sheet: str, frame: Element) -> str | None:
    """The part that holds the sheet's comment shapes, made where there is none; None where it cannot be extended."""
    main, relations = namespace(frame), office_relations(frame)
    legacy = frame.find(f"{{{main}}}legacyDrawing")
    if legacy is not None:
        wanted = legacy.get(f"{{{relations}}}id")
        name = next((relation.target for relation in parts.relations(sheet) if relation.id == wanted), "")
        if name in parts:
            parts[name] = usual_drawing(parts[name])
        return name if name in parts and _is_usual(parts[name]) else None
    name = parts.free_name("xl/drawings/vmlDrawing{}.vml")
    parts.declare_extension("vml", _VML_TYPE)
    parts[name] = _VML
    relation = parts.relate(sheet, relations, "vmlDrawing", name)
    element = etree.Element(f"{{{main}}}legacyDrawing", {f"{{{relations}}}id": relation}, nsmap={"r": relations})
    behind = (i for i, child in enumerate(frame) if etree.QName(child).localname in _BEHIND)
    frame.insert(next(behind, len(frame)), element)
    return name


def _free_block(parts: PackageEditor) -> int:
    """The first block of shape numbers that no drawing of the workbook uses."""
    used = [
        int(number)
        for name in parts
        if name.endswith(".vml")
        for blocks in _BLOCKS.finditer(parts[name])
        for number in blocks[2].replace(b",", b" ").split()
    ]
    return max(used, default=0) + 1


def _with_shapes(vml: bytes, texts: Mapping[Cell, str], block: int) -> bytes:
    blocks = range(block, block + -(-len(texts) // (_BLOCK - 1)))
    kind = b"" if b'id="_x0000_t202"' in vml else _SHAPE_TYPE
    shapes = "".join(
        _shape(block * _BLOCK + 1 + i + i // (_BLOCK - 1), i, cell, text)
        for i, (cell, text) in enumerate(texts.items())
    )
    claimed = ",".join(map(str, blocks)).encode()
    vml = _BLOCKS.sub(lambda match: match[1] + b",".join(filter(None, (match[2].strip(), claimed))), vml, count=1)
    end = vml.rindex(b"</xml>")
    return vml[:end] + kind + shapes.encode() + vml[end:]


def _shape(number: int, order: int, cell: Cell, text: str) -> str:
    row, column = cell
    lines = sum(1 + text_width(line) // _LINE_UNITS for line in text.split("\n"))
    left = min(column + 1, _LAST_COLUMN - _WIDTH_COLUMNS)
    rows = max(_LEAST_ROWS, lines + 1)
    top = min(max(row - 1, 0), _LAST_ROW - rows)
    places = {"left": left, "right": left + _WIDTH_COLUMNS, "top": top, "bottom": top + rows}
    return _SHAPE.format(id=number, order=order + 1, height=15 * rows, row=row, column=column, **places)
