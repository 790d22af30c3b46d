"""Word templates compiled once: docxtpl's language, docxtpl's result, many times its speed.

template = CompiledTemplate("contract.zh.docx")
Path("0001.docx").write_bytes(template.render({"person": {"name": "张三"}, "kpis": [...]}))
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from docxtpl import DocxTemplate
from lxml import etree

from perfxl.core.language import Text
from perfxl.core.problems import Problem
from perfxl.documents.pictures.filling import PicturePartMissing, declare_pictures, picture_parts, with_pictures
from perfxl.documents.pictures.image import Picture
from perfxl.documents.pictures.places import is_picture_field
from perfxl.documents.template import variables
from perfxl.documents.template.contexts import read_often, reads_within
from perfxl.documents.template.fallback import Fallback, adopt, find_differences, render_with_docxtpl
from perfxl.documents.template.language import Environment, NeedsDocxtpl
from perfxl.documents.template.parts import PartSource, TemplatePart
from perfxl.documents.template.render_problems import (
    PlaceFinder,
    RenderError,
    TemplateError,
    TemplatePlace,
    label_part,
)
from perfxl.documents.template.slips import lint, lint_package
from perfxl.documents.template.sources import Original, open_template, read_template
from perfxl.ooxml.mark import Label, seal_for
from perfxl.ooxml.relations import CONTENT_TYPES, relations_part
from perfxl.ooxml.zip_read import Packed, read_parts
from perfxl.ooxml.zip_write import SharedArchive

__all__ = ["CompiledTemplate", "RenderError", "TemplateError"]


class CompiledTemplate:
    """A .docx template, compiled to render many papers.

    `filters` are further Jinja filters by name. Rendering is safe in several threads, and a template can be sent to
    other processes.

    Raises: TemplateError, with all problems found, if it cannot be used.

    >>> import perfxl as px
    >>> from docx import Document
    >>> document = Document()
    >>> _ = document.add_paragraph("{{ name }}：{{ total }}")
    >>> document.save("t.docx")
    >>> template = px.CompiledTemplate("t.docx")
    >>> sorted(template.variables())
    ['name', 'total']
    >>> [each.code for each in template.check({"name": "李庆静"})]
    ['D115']
    >>> data = template.render({"name": "李庆静", "total": 87.24})
    >>> data[:2]
    b'PK'
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        lang: str = "zh",
        filters: Mapping[str, Callable[..., Any]] | None = None,
    ) -> None:
        source = Path(path)
        data, problems = read_template(source)
        if problems:
            raise TemplateError(problems, lang)
        self._compile(data, source.name, lang, filters)

    @classmethod
    def from_bytes(
        cls,
        data: bytes,
        name: str,
        lang: str = "zh",
        filters: Mapping[str, Callable[..., Any]] | None = None,
    ) -> CompiledTemplate:
        """A template that is not in a file; problems call it `name`."""
        template = cls.__new__(cls)
        template._compile(data, name, lang, filters)
        return template

    def render(
        self,
        context: Mapping[str, Any],
        document: DocxTemplate | None = None,
        label: Label | None = None,
        plain: bool = False,
        pictures: Mapping[str, Picture] | None = None,
    ) -> bytes:
        """The document of one record, marked where there is a `label`. `pictures` by digest are those that it may show
        where the template has placeholder pictures: a field's value is then the picture's token, blank for none.

        `plain`: the context is known to hold plain data, no generators, and whatever stands in places for pictures.

        Pictures (InlineImage) and subdocuments may be among the values. Links and replaced pictures are prepared on a
        `document` of `self.docxtpl()`.

        Raises: RenderError: what is missing or wrong, and where.
        """
        context = context if plain else self._with_blank_places(read_often(context, self._reads_within))
        pictures = pictures or {}
        if document is not None:
            return self._completed(self._fallback.render(context, document), label, pictures)
        try:
            changed = [(part.name, part.render(context)) for part in self._changing]
        except NeedsDocxtpl:
            return self._completed(self._fallback.render(context), label, pictures)
        except RenderError as error:
            raise self._all_that_is_missing(error, context) from error
        archive = self._archives.get(label) or self._archive_for(label)
        if not self._illustrated:
            return archive.document(changed)
        relations, media = self._picture_parts(changed, self._illustrated, pictures)
        return archive.document([*changed, *relations], media)

    def docxtpl(self) -> DocxTemplate:
        """The template as a DocxTemplate, for what must be prepared on one (new_subdoc, build_url_id, replace_pic)."""
        return self._fallback.document()

    def variables(self) -> set[str]:
        """The names and dotted paths that the template uses, as far as reading it can tell: person, person.name,
        kpis, kpis[].weight."""
        return {use.path for part in self._parts for use in variables.read_uses(part.tree)}

    def check(self, context_or_fields: Mapping[str, Any] | Iterable[str]) -> list[Problem]:
        """What the template uses and an example record (or a list of fields, written as `variables` gives them) does
        not have. Renders nothing."""
        lookup = variables.make_lookup(context_or_fields)
        misplaced = [problem for part in self._parts for problem in variables.find_printed_pictures(part, lookup)]
        return [
            *misplaced,
            *(problem for part in self._parts for problem in variables.find_missing(part, lookup)),
        ]

    @cached_property
    def picture_paths(self) -> list[str]:
        """The fields that lead to pictures: photo, issuer.signature, parties[].signature."""
        return sorted(filter(is_picture_field, self.variables())) if self._illustrated else []

    @cached_property
    def person_pictures(self) -> list[str]:
        """Those of them that come from files."""
        return [path for path in self.picture_paths if not path.endswith("qr")]

    @cached_property
    def shows_code(self) -> bool:
        """Whether papers show what their prints are checked by."""
        return "qr" in self.picture_paths or _CODE in self.variables()

    def lint(self) -> list[Problem]:
        """Slips of the pen: full-width brackets, unfinished tags and the like, which are printed as they stand; texts
        beside tags, which are lost; what goes out with every paper though few look at it."""
        whole = TemplatePlace(self.name, Text("文件", "the file"), self.lang)
        revised = [whole.problem("revisions_accepted", count=self._revisions)] if self._revisions else []
        slips = [problem for part in self._parts for problem in lint(part.places)]
        parts = {part.name: None for part in (*self._parts, *self._workbooks)}
        return [*slips, *lint_package(whole, self._saved, parts), *revised]

    def self_check(self, context: Mapping[str, Any]) -> list[Problem]:
        """Renders the record with docxtpl too and compares, in canonical XML.

        Raises: RenderError, as `render` does; docxtpl, whose memory nothing bounds, is not asked then.
        """
        context = self._with_blank_places(read_often(context))
        made = self.render(context)
        reference = render_with_docxtpl(self._data, context)
        differing = find_differences(made, reference) if reference else []
        return [
            self._place(name).problem("part_differs_from_docxtpl")
            for name in differing
            if not name.startswith(_OUR_OWN) and not (self._illustrated and name == CONTENT_TYPES)
        ]

    @cached_property
    def _reads_within(self) -> bool:
        return reads_within(part.tree for part in (*self._parts, *self._workbooks))

    def _with_blank_places(self, context: Mapping[str, Any]) -> Mapping[str, Any]:
        """The context with blanks for the pictures, and for the code of the print, that it says nothing of."""
        if self.shows_code:
            context = {_CODE: "", **context}
        return with_pictures(context, self.picture_paths, lambda field, owner: "") if self._illustrated else context

    def __reduce__(self) -> tuple[Callable[..., CompiledTemplate], tuple[Any, ...]]:
        return CompiledTemplate.from_bytes, (self._given, self.name, self.lang, self._filters)

    @cached_property
    def _fallback(self) -> Fallback:
        parts = {part.name: part for part in (*self._parts, *self._workbooks)}
        return Fallback(self._data, self.name, self.lang, parts, Environment(self._filters, adopt))

    def _compile(self, data: bytes, name: str, lang: str, filters: Mapping[str, Callable[..., Any]] | None) -> None:
        self.name, self.lang, self._given, self._filters = name, lang, data, dict(filters or {})
        environment = Environment(self._filters)
        original, problems = open_template(data, name, environment)
        if original is None:
            raise TemplateError(problems, lang)
        self._data, self._revisions = original.data, original.revisions
        self._parts = self._compiled_parts(original, environment)
        self._workbooks = [self._workbook(source, environment) for source in original.workbooks]
        everything = [*self._parts, *self._workbooks]
        self._changing = [part for part in everything if part.constant is None]
        changing = {part.name for part in self._changing}
        constant = {part.name: part.constant for part in everything if part.constant is not None}
        self._saved, self.has_contents = original.saved, original.has_contents
        static = {name: content for name, content in original.saved.items() if name not in changing}
        self._static = {**static, **constant}
        self._illustrated = {part: self._static.pop(relations_part(part), b"") for part in original.illustrated}
        if self._illustrated:
            self._static[CONTENT_TYPES] = declare_pictures(self._static)
        self._archives: dict[Label | None, SharedArchive] = {}

    def _archive_for(self, label: Label | None) -> SharedArchive:
        parts = dict(self._static)
        seal = seal_for(parts, label) if label else None
        self._archives[label] = SharedArchive(parts, seal)
        return self._archives[label]

    def _picture_parts(
        self, changed: Sequence[tuple[str, bytes]], places: Mapping[str, bytes], pictures: Mapping[str, Picture]
    ) -> tuple[list[tuple[str, bytes]], list[tuple[str, Packed]]]:
        try:
            return picture_parts(changed, places, pictures)
        except PicturePartMissing as missing:
            raise RenderError([self._place(str(missing)).problem("relation_dangling")], self.lang) from missing

    def _completed(self, document: bytes, label: Label | None, pictures: Mapping[str, Picture]) -> bytes:
        """What docxtpl has made, with its pictures and its mark."""
        if label is None and not self._illustrated:
            return document
        parts = read_parts(document, _MOST_BYTES, _MOST_PARTS)
        media: list[tuple[str, Packed]] = []
        if self._illustrated:
            changed = [(name, parts[name]) for name in self._illustrated]
            places = {name: parts.get(relations_part(name), b"") for name in self._illustrated}
            relations, media = self._picture_parts(changed, places, pictures)
            parts.update(relations)
            parts[CONTENT_TYPES] = declare_pictures(parts)
        seal = seal_for(parts, label) if label else None
        return SharedArchive(parts, seal).document([], media)

    def _compiled_parts(self, original: Original, environment: Environment) -> list[TemplatePart]:
        """All parts, or the problems of all parts."""
        parts, problems = [], []
        for source, element in original.sources:
            places = PlaceFinder(self._place(source.name), element, source.text)
            try:
                parts.append(TemplatePart(source, places, environment, self.lang))
            except TemplateError as error:
                problems += [*error.problems, *lint(places)]
        if problems:
            raise TemplateError(problems, self.lang)
        return parts

    def _workbook(self, source: PartSource, environment: Environment) -> TemplatePart:
        """It says what its chart says, which is among the parts: that is where mistakes are reported."""
        places = PlaceFinder(self._place(source.name), etree.Element("none"), source.text)
        return TemplatePart(source, places, environment, self.lang)

    def _place(self, part: str) -> TemplatePlace:
        return TemplatePlace(self.name, label_part(part), self.lang)

    def _all_that_is_missing(self, error: RenderError, context: Mapping[str, Any]) -> RenderError:
        """Rendering stops at the first thing missing; the person who mends the record wants the list, each once."""
        problems: dict[object, Problem] = {}
        for lack in (*error.problems, *self.check(context)):
            variable = lack.details.get("variable")  # rendering speaks of k.weight, reading of kpis[].weight
            problems.setdefault(str(variable).rpartition(".")[2] if variable else lack, lack)
        return RenderError(list(problems.values()), self.lang)


_CODE = "verify_code"
_MOST_BYTES, _MOST_PARTS = 2**31, 65_000
# docxtpl escapes properties twice, and leaves charts, SmartArt, endnotes and comments alone.
_OUR_OWN = ("docProps/core", "word/charts/", "word/embeddings/", "word/diagrams/", "word/endnotes", "word/comments")
