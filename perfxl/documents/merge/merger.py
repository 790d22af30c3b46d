"""Documents into one: body after body, the parts they bring, and what the whole shares."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from xml.sax.saxutils import escape

from perfxl.documents.merge.document import BROKEN, CannotMerge, Opened, Relation
from perfxl.documents.merge.parts import NOTES, Change, Notes, Parts, Relations
from perfxl.documents.merge.rewriting import Family, Ids, Sieve, Words
from perfxl.documents.merge.sections import (
    BLANK_FOOTER,
    BLANK_HEADER,
    NAMESPACES,
    ROOT_BEGIN,
    ROOT_END,
    SECTION,
    body,
    ended,
    in_section,
    needs_own_names,
    split_section,
    with_own_names,
)
from perfxl.documents.merge.styles_and_lists import Numbering, Styles, Taken, style_numbers
from perfxl.documents.merge.zip_files import Recent, Spool, ZipOut, pack

__all__ = ["Merger"]


class Merger:
    """Writes to `path`, which is no document before `close`. `title` goes into the properties.

    "Of y pages" is a SECTIONPAGES field where a document is one section, which Word keeps right by itself. LibreOffice
    does not know that field: with `for_libreoffice`, and for documents of several sections, it is the page that the
    document's last paragraph is on.
    """

    def __init__(self, path: Path, title: str, *, for_libreoffice: bool = False) -> None:
        self._title, self._for_libreoffice = title, for_libreoffice
        self._zip = ZipOut(path, "word/document.xml")
        scratch = self._zip.scratch
        self._parts = Parts(self._zip.add, scratch)
        self._relations = Relations(scratch)
        self._styles, self._numbering = Styles(), Numbering(Spool(scratch))
        self._notes = {kind: Notes(scratch) for kind in NOTES}
        self._families: dict[object, Family] = {}
        self._sieves: Recent[Family, Sieve] = Recent(_SIEVES)
        self._ids = Ids()
        self._count = 0
        self._both_sides = self._blanks = False
        self._held: tuple[bytes, bytes, bytes] | None = None  # the last document: body, section, marks
        self._zip.grow(ROOT_BEGIN)

    def add(self, document: bytes) -> None:
        """Raises CannotMerge for what is no whole .docx; the merged document goes on without it."""
        try:
            self._add(Opened(document))
        except BROKEN as error:
            raise CannotMerge(str(error)) from error

    def _add(self, opened: Opened) -> None:
        if not self._count:
            self._take_settings(opened)
        self._count += 1
        sieve = self._sieve(opened)
        sifted = sieve.sifted(body(_readable(opened)))
        inner, section = split_section(sifted.markup)
        one_section = b"<w:sectPr" not in inner
        words = self._words(sieve.family, one_section and not self._for_libreoffice)
        words.name_bookmarks(inner)
        fit = partial(_fit, sieve, words)
        self._take_notes(opened, words, fit)
        relations = self._copied(opened, opened.main, fit, self._relations)
        inner, section = self._sectioned(inner, section, one_section)
        inner = sifted.whole(words.changed(inner, relations))
        section = words.changed(section, relations)
        self._put_held()
        self._held = inner, section, self._end_mark(words)

    def close(self) -> None:
        if self._held:
            inner, section, marks = self._held
            self._zip.grow(ended(inner, b"", marks) + section)
        self._zip.grow(ROOT_END)
        self._put_shared()
        self._zip.close()

    def abandon(self) -> None:
        self._zip.abandon()

    # One document

    def _words(self, family: Family, by_section: bool) -> Words:
        pages = b"SECTIONPAGES" if by_section else b"PAGEREF " + self._end_name
        return Words(family, self._count, self._ids, self._numbering, pages)

    def _sieve(self, opened: Opened) -> Sieve:
        styles, numbering = opened.related("styles"), opened.related("numbering")
        key = opened.mark(styles), opened.mark(numbering)
        if key not in self._families:
            self._families[key] = self._new_family(
                opened.read(styles) if styles else None, opened.read(numbering) if numbering else None
            )
        family = self._families[key]
        return self._sieves.recall(family) or self._sieves.keep(family, Sieve(family))

    def _new_family(self, styles: bytes | None, numbering: bytes | None) -> Family:
        taken = self._styles.take(styles) if styles else Taken({}, "")
        lists = self._numbering.take(numbering, taken.renamed) if numbering else {}
        by_style = style_numbers(styles, lists) if styles else {}
        if taken.renamed:
            own = {style.list for style in by_style.values()}
            self._styles.renumber(taken, {old: self._numbering.copy(lists[old]) for old in sorted(own)})
        renamed = {old.encode(): new.encode() for old, new in taken.renamed.items()}
        by_style = {taken.renamed.get(name, name): style for name, style in by_style.items()}
        return Family(renamed, taken.plain.encode(), lists, {name.encode(): by_style[name] for name in by_style})

    def _take_notes(self, opened: Opened, words: Words, fit: Change) -> None:
        for kind, note in NOTES.items():
            part = opened.related(kind)
            if part:
                notes = self._notes[kind]
                relations = self._copied(opened, part, fit, notes.relations)
                changed = partial(words.changed, relations=relations)
                words.notes[note] = notes.take(words.family.settled(opened.read(part)), changed)

    def _copied(self, opened: Opened, part: str, fit: Change, into: Relations) -> dict[bytes, bytes]:
        """Brings along what a part refers to: old ID -> new."""
        ids = {}
        for relation in opened.relations(part):
            if relation.kind in _SHARED:
                continue
            target = relation.target
            if not relation.external:
                target = _from_word(self._parts.copy(opened, relation, fit))
            ids[relation.id.encode()] = into.add(relation.type, target, relation.external).encode()
        return ids

    def _sectioned(self, inner: bytes, section: bytes, one_section: bool) -> tuple[bytes, bytes]:
        title_pages = b"<w:titlePg" in inner or b"<w:titlePg" in section
        adapted = partial(in_section, title_pages=title_pages, both_sides=self._both_sides)
        if not one_section:
            first, *rest = SECTION.finditer(inner)
            pieces: list[bytes] = []
            at = 0
            for found in (first, *rest):
                pieces += (inner[at : found.start()], adapted(found[0], found is first))
                at = found.end()
            inner = b"".join((*pieces, inner[at:]))
            self._blanks = self._blanks or b"perfxlBlank" in inner
        section = adapted(section, one_section)
        self._blanks = self._blanks or b"perfxlBlank" in section
        return inner, section

    @property
    def _end_name(self) -> bytes:
        return b"end_of_%d" % self._count

    def _end_mark(self, words: Words) -> bytes:
        """What a page count refers to."""
        if not words.counts_pages or words.pages == b"SECTIONPAGES":
            return b""
        mark = self._ids.mark()
        return b'<w:bookmarkStart w:id="%b" w:name="%b"/><w:bookmarkEnd w:id="%b"/>' % (mark, self._end_name, mark)

    def _put_held(self) -> None:
        if self._held:
            self._zip.grow(ended(*self._held))

    # The whole

    def _take_settings(self, opened: Opened) -> None:
        """Settings, fonts and theme are the first document's."""
        for relation in opened.relations(opened.main):
            if relation.kind in _OF_THE_FIRST and not relation.external:
                if relation.kind == "settings":
                    self._both_sides = _EVEN in opened.read(relation.target)
                copied = self._parts.copy(opened, relation, lambda _, content: content)
                self._relations.add(relation.type, _from_word(copied))

    def _put_shared(self) -> None:
        self._put("styles", self._styles.xml())
        self._put("numbering", self._numbering.xml())
        for kind, notes in self._notes.items():
            self._put(kind, notes.xml())
            if notes.relations:
                self._zip.add_long(f"word/_rels/{kind}.xml.rels", notes.relations.xml())
        if self._blanks:
            for kind, tag, name in (("header", "hdr", BLANK_HEADER), ("footer", "ftr", BLANK_FOOTER)):
                blank = f'{_XML}<w:{tag} xmlns:w="{NAMESPACES["w"]}"><w:p/></w:{tag}>'.encode()
                self._parts.put(f"word/{name}.xml", pack(blank), f"{_WORD_ML}{kind}+xml")
                self._relations.add(f"{_OFFICE}/{kind}", f"{name}.xml", id=name)
        self._put_package()

    def _put(self, kind: str, content: Iterable[bytes] | None) -> None:
        if content is not None:
            name = f"word/{kind}.xml"
            self._zip.add_long(name, content)
            self._parts.declare(name, f"{_WORD_ML}{kind}+xml")
            self._relations.add(f"{_OFFICE}/{kind}", f"{kind}.xml")

    def _put_package(self) -> None:
        root = Relations(self._zip.scratch)
        root.add(f"{_OFFICE}/officeDocument", "word/document.xml")
        root.add(_CORE, "docProps/core.xml")
        self._zip.add_long("_rels/.rels", root.xml())
        self._zip.add_long("word/_rels/document.xml.rels", self._relations.xml())
        title = f"<dc:title>{escape(self._title)}</dc:title>"
        properties = f"{_CORE_BEGIN}{title}</cp:coreProperties>".encode()
        self._parts.put("docProps/core.xml", pack(properties), _CORE_TYPE)
        self._parts.declare("word/document.xml", f"{_WORD_ML}document.main+xml")
        self._zip.add_long("[Content_Types].xml", self._parts.types_xml())


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_CORE = f"{_PACKAGE}/relationships/metadata/core-properties"
_CORE_TYPE = "application/vnd.openxmlformats-package.core-properties+xml"
_CORE_BEGIN = (
    f'{_XML}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/">'
)
_WORD_ML = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_SIEVES = 4  # families whose paragraphs are remembered
_EVEN = b"<w:evenAndOddHeaders/>"

_OF_THE_FIRST = {"settings", "fontTable", "theme", "webSettings"}
# What the merged document has once, and what only an editor needs.
_SHARED = {
    *_OF_THE_FIRST, *NOTES, "styles", "numbering", "stylesWithEffects", "customXml", "glossaryDocument",
    "people", "commentsExtended", "commentsIds", "commentsExtensible", "vbaProject", "keyMapCustomizations",
}  # fmt: skip


def _readable(opened: Opened) -> bytes:
    xml = opened.read(opened.main)
    root_tag = xml[: xml.index(b"<w:body")]
    return with_own_names(xml) if needs_own_names(root_tag) else xml


def _fit(sieve: Sieve, words: Words, relation: Relation, content: bytes) -> bytes:
    """Headers and footers hold words, like the body; other parts stay as they are."""
    if relation.kind not in ("header", "footer"):
        return content
    sifted = sieve.sifted(content)
    words.name_bookmarks(sifted.markup)
    return sifted.whole(words.changed(sifted.markup))


def _from_word(part: str) -> str:
    """A target as parts in word/ name it."""
    return part.removeprefix("word/") if part.startswith("word/") else f"/{part}"
