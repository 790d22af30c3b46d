"""The slower tier: docxtpl itself makes the document, for values that add parts to the package (pictures, subdocuments,
links, replaced pictures). The templates it needs are compiled once all the same. And the comparison with docxtpl."""

from __future__ import annotations

import copy
import re
import zipfile
from collections.abc import Mapping
from contextvars import ContextVar
from functools import lru_cache
from io import BytesIO
from typing import Any

from docx.opc.part import XmlPart
from docx.oxml.parser import parse_xml
from docxtpl import DocxTemplate, InlineImage
from jinja2.exceptions import TemplateError as JinjaError
from jinja2.runtime import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from lxml import etree

from perfxl.core.language import Text
from perfxl.core.problems import Address, problem
from perfxl.documents.template.breaks import hide_breaks, place_breaks, without_hidden
from perfxl.documents.template.containers import repair
from perfxl.documents.template.inserts import INSERTING
from perfxl.documents.template.language import Environment, NeedsDocxtpl, clean_text
from perfxl.documents.template.parts import PartSource, TemplatePart
from perfxl.documents.template.render_problems import RenderError
from perfxl.documents.template.sources import core_properties_part, patch_xml, read_as_jinja
from perfxl.documents.template.structure import unescape_braces
from perfxl.ooxml.xml import SAFE_PARSER
from perfxl.ooxml.zip_write import SharedArchive

__all__ = ["Fallback", "adopt", "find_differences", "render_with_docxtpl"]


class Fallback:
    """docxtpl, with the work that is the same for every document done before.

    `parts` of the template by zip name; `environment` adopts.
    """

    def __init__(
        self, data: bytes, name: str, lang: str, parts: Mapping[str, TemplatePart], environment: Environment
    ) -> None:
        self.data, self.name, self.lang, self.parts, self._environment = data, name, lang, parts, environment
        self.patched = lru_cache(_KEPT)(patch_xml)
        self.compiled = lru_cache(_KEPT)(self._compile)

    def document(self) -> DocxTemplate:
        """The template as a DocxTemplate."""
        return _Document(self)

    def render(self, context: Mapping[str, Any], document: DocxTemplate | None = None) -> bytes:
        """By docxtpl, in the document that the values belong to, if they belong to one."""
        try:
            return self._render(context, document or self.document())
        except NeedsDocxtpl as needed:
            if document is not None or needed.value.tpl is None:
                raise self._of_another_document() from needed
            owner = needed.value.tpl
        return self.render(context, owner)

    def _compile(self, name: str, source: str) -> TemplatePart:
        return TemplatePart(PartSource(name, source), self.parts[name].places, self._environment, self.lang)

    def _render(self, context: Mapping[str, Any], document: DocxTemplate) -> bytes:
        if not isinstance(document, _Document) or document.fallback is not self:
            raise self._of_another_document()
        saved = BytesIO()
        try:
            document.render(context)
            document.save(saved)
        except etree.XMLSyntaxError as error:
            raise RenderError(
                [problem("part_invalid", Address(self.name), part=Text("文档", "the document"), reason=error.msg)],
                self.lang,
            ) from error
        return saved.getvalue()

    def _of_another_document(self) -> RenderError:
        return RenderError([problem("insert_of_other_document", Address(self.name))], self.lang)


def adopt(value: Any) -> Any:
    """What is printed for a picture or subdocument: it must belong to the document that is being made."""
    document = _current.get()
    if isinstance(value, InlineImage):  # bound to a document only when printed
        value = copy.copy(value)
        value.tpl = document
    elif value.docx is not document.docx:
        raise NeedsDocxtpl(value)
    return value


def render_with_docxtpl(data: bytes, context: Mapping[str, Any]) -> bytes | None:
    """The document as docxtpl makes it by itself, but for None (blank), control characters (dropped), and what docxtpl
    has no valid result for: breaks within links, controls and the like, and what a template empties. None where docxtpl
    makes no document at all."""
    environment = SandboxedEnvironment(undefined=StrictUndefined, finalize=_plain)
    environment.filters.update(INSERTING)
    document, saved = _Reference(BytesIO(data)), BytesIO()
    try:
        document.render(context, environment, autoescape=True)
        document.save(saved)
        parts = _unzipped(saved.getvalue())
        settled = {name: _settled(xml) for name, xml in parts.items() if _WORDS.fullmatch(name)}
    except (etree.XMLSyntaxError, JinjaError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError):
        return None
    return SharedArchive({**parts, **settled}).document([])


class _Reference(DocxTemplate):
    """docxtpl, with what its templates say read as ours are."""

    def patch_xml(self, src_xml: str) -> str:
        return read_as_jinja(src_xml)

    def resolve_listing(self, xml: str) -> str:
        return hide_breaks(xml)


def _settled(xml: bytes) -> bytes:
    root = etree.fromstring(xml, SAFE_PARSER)
    place_breaks(root)
    repair(root)
    return without_hidden(etree.tostring(root, encoding="UTF-8", standalone=True))


_WORDS = re.compile(r"word/(?:document|header|footer|footnotes|endnotes|comments)\d*\.xml")
_COMMENTS = "wordprocessingml.comments+xml"
_KEPT = 32  # a subdocument can change the parts of a template; most have a handful that never change
_current: ContextVar[DocxTemplate] = ContextVar("current document")


def _plain(value: Any) -> Any:
    if value is None:
        return ""
    return clean_text(value) if type(value) is str else value


class _Document(DocxTemplate):
    """docxtpl, with patching and compiling done before."""

    def __init__(self, fallback: Fallback) -> None:
        super().__init__(BytesIO(fallback.data))
        self.fallback = fallback

    def render(self, context: Mapping[str, Any], jinja_env: Any = None, autoescape: bool = True) -> None:
        current = _current.set(self)
        try:
            super().render(context)
        finally:
            _current.reset(current)

    def patch_xml(self, src_xml: str) -> str:
        return self.fallback.patched(src_xml)

    def render_xml_part(self, src_xml: str, part: Any, context: Mapping[str, Any], jinja_env: Any = None) -> str:
        self.current_rendering_part = part
        filled, _ = self.fallback.compiled(_zip_name(part), src_xml).fill(context)
        hidden = hide_breaks(unescape_braces(filled.decode()))
        return _settled(hidden.encode()).decode().partition("?>")[2]

    def render_properties(self, context: Mapping[str, Any], jinja_env: Any = None) -> None:
        """As docxtpl, but not escaped twice."""
        part = core_properties_part(self.docx)
        part._element = parse_xml(self.fallback.parts[_zip_name(part)].render(context))

    def render_footnotes(self, context: Mapping[str, Any], jinja_env: Any = None) -> None:
        """Once, not once per section; charts, endnotes and the like too, of which docxtpl knows nothing."""
        for part in self.docx.part.package.iter_parts():
            own = self.fallback.parts.get(_zip_name(part))
            if own is None or (isinstance(part, XmlPart) and not part.content_type.endswith(_COMMENTS)):
                continue
            if not own.is_text:
                part._blob = own.render(context)
                continue
            if isinstance(part, XmlPart):  # of which python-docx keeps the tree
                source = self.patch_xml(etree.tostring(part.element, encoding="unicode"))
                part._element = parse_xml(self.render_xml_part(source, part, context))
                continue
            source = self.patch_xml(etree.tostring(etree.fromstring(part.blob, SAFE_PARSER), encoding="unicode"))
            part._blob = self.render_xml_part(source, part, context).encode()


def _zip_name(part: Any) -> str:
    return str(part.partname).lstrip("/")


def find_differences(first: bytes, second: bytes) -> list[str]:
    """The zip names of the parts that differ, or that only one of the documents has."""
    left, right = _unzipped(first), _unzipped(second)
    both = left.keys() & right.keys()
    return sorted((left.keys() ^ right.keys()) | {name for name in both if _differ(name, left[name], right[name])})


def _unzipped(document: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(document)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def _differ(name: str, first: bytes, second: bytes) -> bool:
    if first == second or not name.endswith((".xml", ".rels")):
        return first != second
    return _canonical(name, first) != _canonical(name, second)


def _canonical(name: str, content: bytes) -> str:
    root = etree.fromstring(content, SAFE_PARSER)
    if name.endswith((".rels", "[Content_Types].xml")):  # sets: their order says nothing
        root[:] = sorted(root, key=lambda entry: etree.tostring(entry, method="c14n"))
    text: str = etree.canonicalize(etree.tostring(root, encoding="unicode"), rewrite_prefixes=True)
    return text
