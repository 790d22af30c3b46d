"""A .docx taken apart the way docxtpl does it: the parts it renders, and what it saves unchanged."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Collection, Iterator
from copy import deepcopy
from functools import partial
from html import unescape
from io import BytesIO
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

import docx
from docx.opc.constants import CONTENT_TYPE as CT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.coreprops import CoreProperties
from docx.opc.oxml import serialize_part_xml
from docx.oxml.parser import parse_xml
from docxtpl import DocxTemplate
from jinja2.exceptions import TemplateSyntaxError
from lxml import etree
from markupsafe import escape

from perfxl.core.language import Text
from perfxl.core.problems import Address, Problem, problem
from perfxl.documents.pictures.places import FIELDS, bind_places, keep_places
from perfxl.documents.template import charts
from perfxl.documents.template.controls import as_document, bind_check_boxes, has_contents, is_strict, update_contents
from perfxl.documents.template.inserts import keep_formats
from perfxl.documents.template.language import Environment
from perfxl.documents.template.parts import PartSource
from perfxl.documents.template.prepare import prepare
from perfxl.documents.template.render_problems import label_part
from perfxl.documents.template.structure import join_runs, number_pictures
from perfxl.ooxml.package import PackageError, read_whole
from perfxl.ooxml.relations import CONTENT_TYPES
from perfxl.ooxml.xml import SAFE_PARSER
from perfxl.ooxml.zip_read import read_parts
from perfxl.ooxml.zip_write import SharedArchive

__all__ = [
    "MAX_ENTRIES",
    "MAX_UNPACKED",
    "PROPERTIES",
    "Original",
    "core_properties_part",
    "open_template",
    "package_problems",
    "patch_xml",
    "read_as_jinja",
    "read_template",
    "with_places",
]

MAX_UNPACKED = 256 * 1024 * 1024  # bytes
MAX_XML = 32 * 1024 * 1024  # bytes; of texts, which take many times as much as trees
MAX_PIECES = {b"<": 300_000, b"=": 600_000, b"&": 300_000, b"{{": 20_000, b"{%": 20_000}
"""What takes memory when it is read, many times its length: markup, attributes, entities, tags."""
MAX_ENTRIES = 4096
PROPERTIES = ("author", "comments", "identifier", "language", "subject", "title")  # those that docxtpl renders


class Original(NamedTuple):
    """`sources` with the elements they come from, in docxtpl's order; `workbooks`, the sheets behind the charts;
    `saved`: all parts as docxtpl saves them; `data`: the file with its `revisions` accepted and the like;
    `illustrated`: the parts with places for pictures; `has_contents`: there is a table of contents."""

    sources: list[tuple[PartSource, etree._Element]]
    workbooks: list[PartSource]
    saved: dict[str, bytes]
    data: bytes
    revisions: int
    illustrated: list[str]
    has_contents: bool


def open_template(data: bytes, name: str, environment: Environment) -> tuple[Original | None, list[Problem]]:
    """The template taken apart, or why it cannot be."""
    parts, problems = _read_package(data, name)
    if problems:
        return None, problems
    changed, revisions = prepare(parts)
    types = as_document(parts[CONTENT_TYPES])
    if types != parts[CONTENT_TYPES]:
        changed[CONTENT_TYPES] = types
    changed |= bind_check_boxes({**parts, **changed})
    changed |= update_contents({**parts, **changed})
    bound = bind_places({**parts, **changed})
    if bound.unusable:
        place = Address(file=name)
        return None, [
            problem("picture_place_unusable", place, part=label_part(part), word=alt) for part, alt in bound.unusable
        ]
    changed |= bound.changed
    if changed:
        data = SharedArchive({**parts, **changed}).document([])
    try:
        document: Any = docx.Document(BytesIO(data))
        if document.element.body is None:
            raise ValueError
    except (KeyError, ValueError, AttributeError, etree.XMLSyntaxError):  # parts missing, or of another application
        return None, [problem("template_not_docx", Address(file=name))]
    for part_property in PROPERTIES:  # docxtpl writes them all, blank ones too
        setattr(document.core_properties, part_property, getattr(document.core_properties, part_property))
    filled, workbooks, problems = _charts(document, name)
    if problems:
        return None, problems
    notes = [_whole_part(part, root) for kind in _NOTES for part, root in _by_content_type(document, kind)]
    graphics = [_graphic(part, root) for kind in _GRAPHICS for part, root in _by_content_type(document, kind)]
    properties = _properties(document, environment)
    sources = [_body(document), *_headers_footers(document), *notes, *filled, *graphics, properties]
    return Original(sources, workbooks, _saved(document), data, revisions, list(bound.paths), has_contents(parts)), []


def patch_xml(xml: str) -> str:
    """The XML as docxtpl makes it a Jinja source: a line for each paragraph."""
    return re.sub(r"<w:p([ >])", r"\n<w:p\1", read_as_jinja(xml))


def read_as_jinja(xml: str) -> str:
    """The XML as a Jinja source. In tags, texts stand as they were typed: docxtpl leaves `&amp;` in them."""
    return _TAG.sub(lambda tag: unescape(tag[0]), _docxtpl_patch(None, keep_formats(_with_whole_tags(xml))))


def _with_whole_tags(xml: str) -> str:
    """The XML with what Word puts within tags taken out: the first of docxtpl's own steps, which it repeats in vain."""
    return _TAG_BEGUN.sub(lambda tag: _WITHIN_TAG.sub("", tag[0]), _SPLIT_BRACKET.sub("", xml))


def core_properties_part(document: Any) -> Any:
    """The part of the core properties; python-docx makes one where there is none."""
    document.core_properties  # noqa: B018 - makes it
    return document.part.package.part_related_by(RELATIONSHIP_TYPE.CORE_PROPERTIES)


def read_template(path: str | PathLike[str]) -> tuple[bytes, list[Problem]]:
    """A template's own bytes, or why there are none: a device or a pipe would never end."""
    address = Address(file=str(path))
    try:
        return read_whole(Path(path), MAX_UNPACKED)[0], []
    except PackageError as error:
        if error.reason == "missing":
            return b"", [problem("template_missing", address)]
        if error.reason == "too_large":
            return b"", [problem("template_too_large", address, limit=MAX_UNPACKED // 1024**2)]
        return b"", [problem("template_not_readable", address, reason=_UNREADABLE[error.reason])]


def with_places(data: bytes, name: str, fields: Collection[str]) -> bytes:
    """The template with the places of these pictures alone; as it is where it cannot be used at all."""
    if set(FIELDS) <= set(fields):
        return data
    parts, problems = _read_package(data, name)
    changed = {} if problems else keep_places(parts, fields)
    return SharedArchive({**parts, **changed}).document([]) if changed else data


def package_problems(data: bytes, name: str) -> list[Problem]:
    """What is wrong with the file as such, before anything of it is used."""
    return _read_package(data, name)[1]


def _read_package(data: bytes, name: str) -> tuple[dict[str, bytes], list[Problem]]:
    address = Address(file=name)
    if data.startswith(_COMPOUND_FILE):
        return {}, [problem("template_not_docx", address)]
    try:
        parts = read_parts(data, MAX_UNPACKED, MAX_ENTRIES)
    except PackageError as error:
        if error.reason in ("too_large", "unsafe"):
            return {}, [problem("template_too_large", address, limit=MAX_UNPACKED // 1024**2)]
        return {}, [problem("template_damaged", address, reason=error.details["cause"])]
    texts = {part: content for part, content in parts.items() if _is_xml(part, content)}
    if sum(map(len, texts.values())) > MAX_XML:
        return {}, [problem("template_too_large", address, limit=MAX_XML // 1024**2)]
    pieces = {kind: sum(content.count(kind) for content in texts.values()) for kind in MAX_PIECES}
    if any(pieces[kind] > most for kind, most in MAX_PIECES.items()):
        return {}, [problem("template_too_rich", address, count=max(pieces.values()))]
    problems = []
    if "[Content_Types].xml" not in parts or not any(part.startswith("word/") for part in parts):
        problems.append(problem("template_not_docx", address))
    elif is_strict(parts):
        problems.append(problem("template_strict", address))
    elif _MACRO_PART in parts:
        problems.append(problem("template_has_macros", address))
    for part, content in texts.items():
        if _DTD.search(content[:_MOST_SEARCHED].replace(b"\0", b"")):  # Word writes none, attackers do
            problems.append(problem("template_has_dtd", address, part=part))
        elif part.endswith((".xml", ".rels")):
            try:
                etree.fromstring(content, SAFE_PARSER)
            except etree.XMLSyntaxError as error:
                problems.append(problem("template_damaged", address, reason=f"{part}: {error.msg}"))
    return parts, problems


def _is_xml(part: str, content: bytes) -> bool:
    """By its name, or by how it begins, whatever it is called; web pages (altChunk) are none."""
    if part.endswith((".xml", ".rels")):
        return True
    head = content[:_MOST_SEARCHED].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:100].lower()
    return head.startswith(b"<") and not part.lower().endswith((".htm", ".html", ".mht", ".svg"))


_DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_MOST_SEARCHED = 1 << 16  # bytes: declarations stand at the beginning
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0"  # .doc, or a .docx with a password
_UNREADABLE = {
    "loop": Text("是绕回自己的链接（符号链接循环）", "it is a link that leads back to itself"),
    "folder": Text("是文件夹", "it is a folder"),
    "lock": Text("是 Word 打开文件时留下的临时文件", "it is what Word leaves beside a file that is open"),
    "not_regular": Text("是设备或管道，不是文件", "it is a device or a pipe, not a file"),
    "changed": Text("读取时文件有变动", "it was changed while it was read"),
    "not_readable": Text("没有权限，或读取出错", "no permission, or an error while reading"),
}
# Content types, as they end, of what is text of Word's own, and of what has texts of drawings.
_NOTES = tuple(f"wordprocessingml.{kind}+xml" for kind in ("footnotes", "endnotes", "comments"))
_GRAPHICS = ("drawingml.diagramData+xml", "drawingml.diagramDrawing+xml")
_MACRO_PART = "word/vbaProject.bin"
_DECLARATION = "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"
_TOKEN = "perfxl-property-"
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_SPLIT_BRACKET = re.compile(r"(?<={)(<[^>]*>)+(?=[\{%\#])|(?<=[%\}\#])(<[^>]*>)+(?=\})")
_TAG_BEGUN = re.compile(r"{%(?:(?!%}).)*|{#(?:(?!#}).)*|{{(?:(?!}}).)*", re.DOTALL)
_WITHIN_TAG = re.compile(r"</w:t>.*?(?:<w:t>|<w:t [^>]*>)", re.DOTALL)
_docxtpl_patch: Any = DocxTemplate.patch_xml  # uses nothing of its template


def _body(document: Any) -> tuple[PartSource, etree._Element]:
    root, body = document.element, document.element.body
    text = number_pictures(patch_xml(etree.tostring(body, encoding="unicode")))
    if body.nsmap == root.nsmap:  # declared on the root already
        text = re.sub(r"^<w:body[^>]*>", "<w:body>", text)
    whole = serialize_part_xml(root).decode()
    before = whole[: whole.index("<w:body")]
    after = whole[whole.rindex("</w:body>") + len("</w:body>") :]
    return PartSource(
        _zip_name(document.part), text, before, after, body=True, relations=_relations(document.part)
    ), root


def _headers_footers(document: Any) -> Iterator[tuple[PartSource, etree._Element]]:
    for kind in (DocxTemplate.HEADER_URI, DocxTemplate.FOOTER_URI):
        parts = {rel.target_part: None for rel in document.part.rels.values() if rel.reltype == kind}
        for part in parts:
            yield _whole_part(part, parse_xml(part.blob))


def _by_content_type(document: Any, ending: str) -> Iterator[tuple[Any, etree._Element]]:
    for part in document.part.package.iter_parts():
        if part.content_type.endswith(ending):
            yield part, etree.fromstring(part.blob, SAFE_PARSER)


def _charts(
    document: Any, name: str
) -> tuple[list[tuple[PartSource, etree._Element]], list[PartSource], list[Problem]]:
    """Charts, the workbooks behind those whose series are filled, and what is wrong with any."""
    sources, workbooks, problems = [], [], []
    for part, root in _by_content_type(document, "drawingml.chart+xml"):
        join_runs(root)
        try:
            filled, binding = charts.bind_chart(root)
        except charts.ChartError as error:
            problems.append(
                problem(
                    "chart_series_incomplete", Address(file=name), part=label_part(_zip_name(part)), word=str(error)
                )
            )
            continue
        text = patch_xml(etree.tostring(filled, encoding="unicode"))
        sources.append((PartSource(_zip_name(part), text, before=_DECLARATION, steps=False), root))
        if binding:
            sheet, archive = charts.workbook_source(binding), SharedArchive(charts.workbook_parts())
            pack = partial(_packed, archive)
            workbooks += [
                PartSource(_zip_name(workbook), sheet, steps=False, pack=pack) for workbook in _workbooks(part)
            ]
    return sources, workbooks, problems


def _workbooks(chart: Any) -> Iterator[Any]:
    for relation in chart.rels.values():
        if not relation.is_external and relation.target_part.content_type == CT.SML_SHEET:
            yield relation.target_part


def _packed(archive: SharedArchive, sheet: bytes) -> bytes:
    return archive.document([(charts.SHEET, sheet)])


def _whole_part(part: Any, root: etree._Element) -> tuple[PartSource, etree._Element]:
    return PartSource(
        _zip_name(part),
        patch_xml(etree.tostring(root, encoding="unicode")),
        before=_DECLARATION,
        relations=_relations(part),
    ), root


def _graphic(part: Any, root: etree._Element) -> tuple[PartSource, etree._Element]:
    """The texts of a SmartArt graphic, or the drawing of them that Word keeps."""
    join_runs(root)
    text = patch_xml(etree.tostring(root, encoding="unicode"))
    return PartSource(_zip_name(part), text, before=_DECLARATION, steps=False), root


def _properties(document: Any, environment: Environment) -> tuple[PartSource, etree._Element]:
    """Only six of the properties are templates, each for itself; what looks like a tag elsewhere is text."""
    part = core_properties_part(document)
    texts = [getattr(document.core_properties, name) for name in PROPERTIES]
    marked = CoreProperties(deepcopy(part.element))
    for number, name in enumerate(PROPERTIES):
        setattr(marked, name, f"{_TOKEN}{number};")
    xml = etree.tostring(marked._element, encoding="unicode").replace("{", "&#123;")
    for number, text in enumerate(texts):
        xml = xml.replace(f"{_TOKEN}{number};", _escaped_outside_tags(text, environment))
    return PartSource(_zip_name(part), xml, before=_DECLARATION, steps=False), part.element


def _escaped_outside_tags(text: str, environment: Environment) -> str:
    try:
        tokens = list(environment.lex(text))
    except TemplateSyntaxError:
        return text  # reported when the part is compiled
    return "".join(str(escape(piece)) if kind == "data" else piece for _, kind, piece in tokens)


def _saved(document: Any) -> dict[str, bytes]:
    packed = BytesIO()
    document.save(packed)
    with zipfile.ZipFile(packed) as saved:
        return {entry.filename: saved.read(entry) for entry in saved.infolist()}


def _relations(part: Any) -> frozenset[str]:
    return frozenset(part.rels)


def _zip_name(part: Any) -> str:
    return str(part.partname).lstrip("/")
