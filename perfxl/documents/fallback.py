"""The slower tier: docxtpl itself makes the document, for values that add parts to the package (pictures, subdocuments,
links, replaced pictures). The templates it needs are compiled once all the same.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from contextvars import ContextVar
from io import BytesIO
from typing import Any

from docx.opc.part import XmlPart
from docx.oxml.parser import parse_xml
from docxtpl import DocxTemplate, InlineImage
from jinja2.runtime import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from lxml import etree

from perfxl.core.problems import Address, problem
from perfxl.documents.errors import RenderError
from perfxl.documents.language import NeedsDocxtpl, clean_text
from perfxl.documents.parts import TemplatePart
from perfxl.documents.xmlsteps import unescape_braces

__all__ = ["Fallback", "adopt", "plain_docxtpl"]


class Fallback:
    """`parts` by zip name, compiled in an environment that adopts."""

    def __init__(self, data: bytes, name: str, lang: str, parts: Mapping[str, TemplatePart]) -> None:
        self.data, self.name, self.lang, self.parts = data, name, lang, parts

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

    def _render(self, context: Mapping[str, Any], document: DocxTemplate) -> bytes:
        if not isinstance(document, _Document) or document.fallback is not self:
            raise self._of_another_document()
        current = _current.set(document)
        try:
            document.render(context)
            saved = BytesIO()
            document.save(saved)
        except etree.XMLSyntaxError as error:
            raise RenderError([problem("D119", Address(self.name), part="", reason=error.msg)], self.lang) from error
        finally:
            _current.reset(current)
        return saved.getvalue()

    def _of_another_document(self) -> RenderError:
        return RenderError([problem("D120", Address(self.name))], self.lang)


def adopt(value: Any) -> Any:
    """What is printed for a picture or subdocument: it must belong to the document that is being made."""
    document = _current.get()
    if isinstance(value, InlineImage):  # bound to a document only when printed
        value = copy.copy(value)
        value.tpl = document
    elif value.docx is not document.docx:
        raise NeedsDocxtpl(value)
    return value


def plain_docxtpl(data: bytes, context: Mapping[str, Any]) -> bytes:
    """The document as docxtpl makes it by itself, but for None (blank) and control characters (dropped)."""
    environment = SandboxedEnvironment(undefined=StrictUndefined, finalize=_plain)
    document = DocxTemplate(BytesIO(data))
    document.render(context, environment, autoescape=True)
    saved = BytesIO()
    document.save(saved)
    return saved.getvalue()


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

    def patch_xml(self, src_xml: str) -> str:
        return src_xml

    def render_xml_part(self, src_xml: str, part: Any, context: Mapping[str, Any], jinja_env: Any = None) -> str:
        self.current_rendering_part = part
        text, _ = self._part(part).text(context)
        body = re.match(r"<w:body[^>]*>", src_xml)
        if body:
            text = body[0] + text.removeprefix("<w:body>")
        return str(self.resolve_listing(unescape_braces(text)))

    def render_properties(self, context: Mapping[str, Any], jinja_env: Any = None) -> None:
        """As docxtpl, but not escaped twice."""
        part = self.docx.part.package._core_properties_part
        part._element = parse_xml(self._part(part).text(context)[0])

    def render_footnotes(self, context: Mapping[str, Any], jinja_env: Any = None) -> None:
        """Once, not once per section; charts too."""
        for part in self.docx.part.package.iter_parts():
            if _zip_name(part) in self.fallback.parts and not isinstance(part, XmlPart):
                part._blob = self.render_xml_part("", part, context).encode()

    def _part(self, part: Any) -> TemplatePart:
        return self.fallback.parts[_zip_name(part)]


def _zip_name(part: Any) -> str:
    return str(part.partname).lstrip("/")
