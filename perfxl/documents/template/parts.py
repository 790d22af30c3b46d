"""One templated part of a document: compiled once, rendered per record.

docxtpl patches the XML into a Jinja source; here that source is compiled once and rendered to the bytes of the part.
A failure becomes a problem naming the part, the paragraph and the tag or variable.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from jinja2 import nodes
from jinja2.exceptions import TemplateAssertionError, TemplateSyntaxError
from lxml import etree

from perfxl.documents.pictures.filling import is_picture_relation
from perfxl.documents.template import structure
from perfxl.documents.template.bounds import bounded_pieces
from perfxl.documents.template.breaks import hide_breaks
from perfxl.documents.template.containers import needs_repair
from perfxl.documents.template.language import Environment, RenderContext
from perfxl.documents.template.render_problems import (
    RENDERING_FAILS,
    PlaceFinder,
    RenderError,
    TemplateError,
    explain_render_error,
    explain_syntax_error,
)
from perfxl.documents.template.structure import PartShape, find_shape

__all__ = ["PartSource", "TemplatePart"]


class PartSource(NamedTuple):
    """A part as docxtpl reads it: what it renders (`text`, patched, a line per paragraph) between what it leaves
    alone."""

    name: str  # of the zip entry
    text: str
    before: str = ""
    after: str = ""
    body: bool = False  # tables and pictures are put right in the body only
    steps: bool = True  # is it Word's text, so that docxtpl's later steps apply?
    relations: frozenset[str] = frozenset()  # what the XML may refer to
    pack: Callable[[bytes], bytes] | None = None  # makes the part of the XML, where that is not all of it


class TemplatePart:
    """A part compiled. `is_text`: it is Word's text, as docxtpl knows it.

    Raises: TemplateError if Jinja does not take the source.
    """

    def __init__(self, source: PartSource, places: PlaceFinder, environment: Environment, lang: str) -> None:
        self.name = source.name
        self.places = places
        self.lang = lang
        self.is_text = source.steps
        self._environment = environment
        try:
            self.tree = environment.parse(source.text)
            # Jinja leaves filters and tests within an `if` to the rendering; a misspelt one is reported at once.
            for kind, names in ((nodes.Filter, environment.filters), (nodes.Test, environment.tests)):
                for node in self.tree.find_all(kind):
                    if node.name not in names:
                        raise TemplateAssertionError(f"No {kind.__name__.lower()} named '{node.name}'.", node.lineno)
            # The line ends before paragraphs make the line of an error its paragraph; they are taken out of the texts
            # here, once, not out of each document.
            for text in self.tree.find_all(nodes.TemplateData):
                text.data = re.sub(r"\n<w:p([ >])", r"<w:p\1", text.data)
            self._template = environment.compile_tree(self.tree, self.name)
        except TemplateSyntaxError as error:
            problem = explain_syntax_error(error, source.text, places, [*environment.filters, *environment.tests])
            raise TemplateError([problem], lang) from error
        except (
            RecursionError,
            SyntaxError,
            MemoryError,
            ValueError,
            OverflowError,
        ) as error:  # what Python cannot take
            reason = str(error).partition("\n")[0] or type(error).__name__
            raise TemplateError([places.whole.problem("template_syntax", reason=reason)], lang) from error
        self._source = source
        self._before, self._after = source.before.encode(), source.after.encode()
        texts = [text.data for text in self.tree.find_all(nodes.TemplateData)]
        self._breaks = any(_BREAK.search(text) for text in texts)
        self._braces = any(_HALF_ESCAPE.search(text) for text in texts)

    @cached_property
    def _shape(self) -> PartShape:
        whole = self._source.before + self._source.text + self._source.after
        return find_shape(whole, self._environment)

    @cached_property
    def constant(self) -> bytes | None:
        """The part, if it is the same for every record."""
        return None if _has_tags(self.tree) else self.render({})

    def render(self, context: Mapping[str, Any]) -> bytes:
        """The part for this record. Raises: RenderError, and NeedsDocxtpl for values that bring parts of their own."""
        filled, rendering = self.fill(context)
        if not self._source.steps:
            return self._assemble(_WORDS_OWN.sub(b" ", filled) if rendering.breaks else filled)
        if self._is_final and not (rendering.breaks or rendering.braces or rendering.rich):
            return self._assemble(filled)
        return self._finish(filled.decode(), rendering)

    def fill(self, context: Mapping[str, Any]) -> tuple[bytes, RenderContext]:
        """What Jinja makes of the source, and what it met on its way."""
        rendering: RenderContext = self._template.new_context(dict(context))  # type: ignore[assignment]
        pieces: Any = self._template.root_render_func(rendering)
        try:
            return bounded_pieces(pieces), rendering
        except RENDERING_FAILS as error:
            problem = explain_render_error(error, self._template, self.places, context)
            raise RenderError([problem], self.lang) from error

    @cached_property
    def _is_final(self) -> bool:
        """Is there nothing to do after rendering, but for what a value may ask?"""
        shape = self._shape
        body_settled = shape.tables_fit and shape.pictures_fixed
        return (
            shape.well_formed
            and shape.filled
            and (body_settled or not self._source.body)
            and not self._breaks
            and not self._braces
        )

    def _finish(self, text: str, rendering: RenderContext) -> bytes:
        shape, breaks = self._shape, self._breaks or rendering.breaks
        if self._braces or rendering.braces:
            text = structure.unescape_braces(text)
        if breaks:
            return self._through_tree(self._assemble(hide_breaks(text).encode()), breaks=True)
        if rendering.rich or not shape.well_formed or (self._source.body and not shape.tables_fit):
            return self._through_tree(self._assemble(text.encode()))
        if self._source.body and not shape.pictures_fixed:
            text = structure.number_pictures(text)
        whole = self._assemble(text.encode())
        return self._through_tree(whole) if not shape.filled and needs_repair(whole) else whole

    def _through_tree(self, xml: bytes, breaks: bool = False) -> bytes:
        try:
            fixed, references = structure.fix_tree(xml, body=self._source.body, breaks=breaks)
        except etree.XMLSyntaxError as error:
            raise RenderError([self.places.whole.problem("part_invalid", reason=error.msg)], self.lang) from error
        if any(r not in self._source.relations and not is_picture_relation(r) for r in references):  # a url_id, say
            raise RenderError([self.places.whole.problem("relation_dangling")], self.lang)
        return fixed

    def _assemble(self, filled: bytes) -> bytes:
        whole = b"".join((self._before, filled, self._after))
        return self._source.pack(whole) if self._source.pack else whole


_BREAK = re.compile("[\n\t\a\f\x0e]")
_WORDS_OWN = re.compile(b"[\a\f\x0e]")  # the breaks that are no characters of XML
_HALF_ESCAPE = re.compile(r"\{_[{%]|[}%]_\}|[{}]_?$|^_?[{}]")  # an escape of docxtpl's, or what a value may complete


def _has_tags(tree: nodes.Template) -> bool:
    outputs = [child for child in tree.body if isinstance(child, nodes.Output)]
    return len(outputs) != len(tree.body) or any(
        not isinstance(node, nodes.TemplateData) for output in outputs for node in output.nodes
    )
