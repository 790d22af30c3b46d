"""Documents into one: body after body, the parts they bring, and what the whole shares."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from xml.sax.saxutils import escape

from perfxl.documents.merge.document import BROKEN, CannotMerge, RecentCache, SourceDocument
from perfxl.documents.merge.parts import NOTES, Change, Notes, PartsWriter, RelationsWriter
from perfxl.documents.merge.rewriting import (
    CONTENTS,
    BodyRewriter,
    IdCounters,
    MarkupCache,
    TemplateProfile,
    bound_contents,
)
from perfxl.documents.merge.sections import (
    BLANK_FOOTER,
    BLANK_HEADER,
    NAMESPACES,
    ROOT_BEGIN,
    ROOT_END,
    SECTION,
    adapt_section,
    end_body,
    ends_with_text,
    needs_own_names,
    read_body,
    split_section,
    with_endnotes_by_section,
    with_own_names,
)
from perfxl.documents.merge.styles_and_lists import Numbering, StyleMapping, Styles, style_numbers
from perfxl.ooxml.mark import CUSTOM_TYPE, Label, Seal
from perfxl.ooxml.relations import CONTENT_TYPES, XML_HEAD, Relation
from perfxl.ooxml.spool import Spool
from perfxl.ooxml.zip_write import ZipStream, pack

__all__ = ["Merger"]


class Merger:
    """One print file of many documents, a section each; memory does not grow with their number.

    Writes to `path`, which is no document before `close`. `title` goes into the properties, `label` into its mark.

    "Of y pages" is a SECTIONPAGES field where a document is one section, which Word keeps right by itself; programs
    that do not know that field, such as LibreOffice, show what it says, which is the page that the document's last
    paragraph is on. Of several sections it is that page. With `odd_pages` each document begins on an odd page.
    """

    def __init__(self, path: Path, title: str, *, odd_pages: bool = False, label: Label | None = None) -> None:
        self._title, self._begin = title, "oddPage" if odd_pages else "nextPage"
        self._seal = Seal(label) if label else None
        self._zip = ZipStream(path, "word/document.xml", self._seal)
        scratch = self._zip.scratch
        self._parts = PartsWriter(self._zip.add, scratch)
        self._relations = RelationsWriter(scratch)
        self._styles, self._numbering = Styles(), Numbering(Spool(scratch))
        self._notes = {kind: Notes(scratch) for kind in NOTES}
        self._profiles: dict[object, TemplateProfile] = {}
        self._caches: RecentCache[TemplateProfile, MarkupCache] = RecentCache(_CACHES)
        self._ids = IdCounters()
        self._count = 0
        self._both_sides = self._blanks = self._has_settings = False
        self._last: tuple[bytes, bytes, bytes] | None = None  # the last document: body, section, marks
        self._zip.grow(ROOT_BEGIN)

    def add(self, document: bytes) -> None:
        """Adds a document at the end.

        Raises: CannotMerge for what is no whole .docx; the merged document goes on without it.
        """
        try:
            self._add(SourceDocument(document))
        except BROKEN as error:
            raise CannotMerge(str(error)) from error

    def _add(self, document: SourceDocument) -> None:
        if not self._count:
            self._copy_settings(document)
        self._count += 1
        cache = self._markup_cache(document)
        xml = document.read(document.main)
        if needs_own_names(xml[: xml.index(b"<w:body")]):
            xml = with_own_names(xml)
        split = cache.split(read_body(xml))
        inner, section = split_section(split.markup)
        one_section = b"<w:sectPr" not in inner
        end_name = b"end_of_%d" % self._count
        rewriter = BodyRewriter(cache.profile, self._count, self._ids, self._numbering, end_name, one_section)
        rewriter.name_bookmarks(inner)
        fit = partial(_fit_part, cache, rewriter)
        for kind, note in NOTES.items():
            part = document.related(kind)
            if part:
                notes = self._notes[kind]
                relations = self._copy_relations(document, part, fit, notes.relations)
                normal = cache.profile.normalize(document.read(part))
                rewriter.notes[note] = notes.add(normal, partial(rewriter.rewrite, relations=relations))
        relations = self._copy_relations(document, document.main, fit, self._relations)
        kinds = tuple(note.decode() for note in _NUMBERED_NOTES if rewriter.notes.get(note))
        inner, section = self._adapt_sections(inner, section, one_section, kinds)
        inner = rewriter.restart_sequences(rewriter.rewrite(inner, relations))
        begin, inner, end_of_contents = self._bound_contents(inner)
        inner = begin + split.join(inner)
        section = rewriter.rewrite(section, relations)
        if self._last:
            self._zip.grow(end_body(*self._last))
        end_mark = b""
        if rewriter.counts_pages:  # what the page count refers to
            id = self._ids.mark()
            end_mark = b'<w:bookmarkStart w:id="%b" w:name="%b"/><w:bookmarkEnd w:id="%b"/>' % (id, end_name, id)
        self._last = inner, section, end_mark + end_of_contents

    def _bound_contents(self, inner: bytes) -> tuple[bytes, bytes, bytes]:
        """A body whose table of contents lists its own headings, not those of all documents: what goes before it, the
        body, what goes to its end."""
        if not CONTENTS.search(inner):
            return b"", inner, b""
        id, name = self._ids.mark(), b"all_of_%d" % self._count
        begin = b'<w:bookmarkStart w:id="%b" w:name="%b"/>' % (id, name)
        return begin, bound_contents(inner, name), b'<w:bookmarkEnd w:id="%b"/>' % id

    @property
    def has_notes(self) -> bool:
        """Whether documents brought footnotes or endnotes, which LibreOffice numbers, and gathers, in the whole."""
        return any(self._notes[kind].count for kind in ("footnotes", "endnotes"))

    def close(self) -> None:
        """Writes what the whole has once; the file is a document then."""
        if self._last:
            inner, section, marks = self._last
            if not ends_with_text(inner):  # LibreOffice loses an empty bookmark there, at the end of the whole
                marks = marks.replace(_EMPTY_MARK, _INVISIBLE_MARK)
            self._zip.grow(end_body(inner, b"", marks) + section)
        self._zip.grow(ROOT_END)
        self._put_shared()
        self._zip.close()

    def abandon(self) -> None:
        """Closes the files, whole or not."""
        self._zip.abandon()

    def _markup_cache(self, document: SourceDocument) -> MarkupCache:
        styles, numbering = document.related("styles"), document.related("numbering")
        key = document.mark(styles), document.mark(numbering)
        if key not in self._profiles:
            self._profiles[key] = self._new_profile(
                document.read(styles) if styles else None, document.read(numbering) if numbering else None
            )
        profile = self._profiles[key]
        return self._caches.recall(profile) or self._caches.keep(profile, MarkupCache(profile))

    def _new_profile(self, styles: bytes | None, numbering: bytes | None) -> TemplateProfile:
        mapping = self._styles.add(styles) if styles else StyleMapping({}, "")
        lists = self._numbering.add(numbering, mapping.renamed) if numbering else {}
        by_style = style_numbers(styles, lists) if styles else {}
        if mapping.renamed:
            own = {style.list for style in by_style.values()}
            self._styles.renumber(mapping, {old: self._numbering.copy(lists[old]) for old in sorted(own)})
        renamed = {old.encode(): new.encode() for old, new in mapping.renamed.items()}
        by_style = {mapping.renamed.get(name, name): style for name, style in by_style.items()}
        return TemplateProfile(
            renamed, mapping.plain.encode(), lists, {name.encode(): by_style[name] for name in by_style}
        )

    def _copy_relations(
        self, document: SourceDocument, part: str, fit: Change, into: RelationsWriter
    ) -> dict[bytes, bytes]:
        """Brings along what a part refers to: old ID -> new."""
        ids = {}
        for relation in document.relations(part):
            if relation.kind in _SHARED:
                continue
            target = relation.target
            if not relation.external:
                target = _from_word(self._parts.copy(document, relation, fit))
            ids[relation.id.encode()] = into.add(relation.type, target, relation.external).encode()
        return ids

    def _adapt_sections(
        self, inner: bytes, section: bytes, one_section: bool, notes: tuple[str, ...]
    ) -> tuple[bytes, bytes]:
        title_pages = b"<w:titlePg" in inner or b"<w:titlePg" in section
        adapted = partial(
            adapt_section, title_pages=title_pages, both_sides=self._both_sides, notes=notes, begin=self._begin
        )
        if not one_section:
            first, *rest = SECTION.finditer(inner)
            pieces: list[bytes] = []
            at = 0
            for match in (first, *rest):
                pieces += (inner[at : match.start()], adapted(match[0], match is first, last=False))
                at = match.end()
            inner = b"".join((*pieces, inner[at:]))
            self._blanks = self._blanks or b"perfxlBlank" in inner
        section = adapted(section, one_section)
        self._blanks = self._blanks or b"perfxlBlank" in section
        return inner, section

    def _copy_settings(self, document: SourceDocument) -> None:
        """Settings, fonts and theme are the first document's."""
        for relation in document.relations(document.main):
            if relation.kind in _OF_THE_FIRST and not relation.external:
                if relation.kind == "settings":
                    self._has_settings = True
                    self._both_sides = _EVEN in document.read(relation.target)
                copy = self._parts.copy(document, relation, _fit_settings)
                self._relations.add(relation.type, _from_word(copy))

    def _put_shared(self) -> None:
        self._put("styles", self._styles.xml())
        self._put("numbering", self._numbering.xml())
        for kind, notes in self._notes.items():
            self._put(kind, notes.xml())
            if notes.relations:
                self._zip.add_long(f"word/_rels/{kind}.xml.rels", notes.relations.xml())
        if self._notes["endnotes"] and not self._has_settings:
            settings = with_endnotes_by_section(f'<w:settings xmlns:w="{NAMESPACES["w"]}"/>'.encode())
            self._parts.put("word/settings.xml", pack(settings), f"{_WORD_ML}settings+xml")
            self._relations.add(f"{_OFFICE}/settings", "settings.xml")
        if self._blanks:
            for kind, tag, name in (("header", "hdr", BLANK_HEADER), ("footer", "ftr", BLANK_FOOTER)):
                blank = f'{XML_HEAD}<w:{tag} xmlns:w="{NAMESPACES["w"]}"><w:p/></w:{tag}>'.encode()
                self._parts.put(f"word/{name}.xml", pack(blank), f"{_WORD_ML}{kind}+xml")
                self._relations.add(f"{_OFFICE}/{kind}", f"{name}.xml", id=name)
        root = RelationsWriter(self._zip.scratch)
        root.add(f"{_OFFICE}/officeDocument", "word/document.xml")
        root.add(_CORE, "docProps/core.xml")
        if self._seal:
            root.add(f"{_OFFICE}/custom-properties", self._seal.part)
            self._parts.declare(self._seal.part, CUSTOM_TYPE)
        self._zip.add_long("_rels/.rels", root.xml())
        self._zip.add_long("word/_rels/document.xml.rels", self._relations.xml())
        title = f"<dc:title>{escape(self._title)}</dc:title>"
        properties = f"{_CORE_BEGIN}{title}</cp:coreProperties>".encode()
        self._parts.put("docProps/core.xml", pack(properties), _CORE_TYPE)
        self._parts.declare("word/document.xml", f"{_WORD_ML}document.main+xml")
        self._zip.add_long(CONTENT_TYPES, self._parts.types_xml())

    def _put(self, kind: str, content: Iterable[bytes] | None) -> None:
        if content is not None:
            name = f"word/{kind}.xml"
            self._zip.add_long(name, content)
            self._parts.declare(name, f"{_WORD_ML}{kind}+xml")
            self._relations.add(f"{_OFFICE}/{kind}", f"{kind}.xml")


_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_CORE = f"{_PACKAGE}/relationships/metadata/core-properties"
_CORE_TYPE = "application/vnd.openxmlformats-package.core-properties+xml"
_CORE_BEGIN = (
    f'{XML_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/">'
)
_WORD_ML = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_NUMBERED_NOTES = (b"footnote", b"endnote")
_CACHES = 4  # templates whose markup is remembered
_EVEN = b"<w:evenAndOddHeaders/>"
_EMPTY_MARK = b'"/><w:bookmarkEnd '
_INVISIBLE_MARK = b'"/><w:r><w:t>\xe2\x80\x8b</w:t></w:r><w:bookmarkEnd '  # a space of no width

_OF_THE_FIRST = {"settings", "fontTable", "theme", "webSettings"}
# What the merged document has once, and what only an editor needs.
_SHARED = {
    *_OF_THE_FIRST, *NOTES, "styles", "numbering", "stylesWithEffects", "customXml", "glossaryDocument",
    "people", "commentsExtended", "commentsIds", "commentsExtensible", "vbaProject", "keyMapCustomizations",
}  # fmt: skip


def _fit_settings(relation: Relation, content: bytes) -> bytes:
    return with_endnotes_by_section(content) if relation.kind == "settings" else content


def _fit_part(cache: MarkupCache, rewriter: BodyRewriter, relation: Relation, content: bytes) -> bytes:
    """Headers and footers hold words, like the body; other parts stay as they are."""
    if relation.kind not in ("header", "footer"):
        return content
    split = cache.split(content)
    rewriter.name_bookmarks(split.markup)
    return split.join(rewriter.rewrite(split.markup))


def _from_word(part: str) -> str:
    """A target as parts in word/ name it."""
    return part.removeprefix("word/") if part.startswith("word/") else f"/{part}"
