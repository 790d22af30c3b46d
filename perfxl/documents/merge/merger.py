"""Documents into one: body after body, the parts they bring, and what the whole shares."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from xml.sax.saxutils import escape

from perfxl.documents.merge.namespaces import NAMESPACES, ROOT_BEGIN, ROOT_END, needs_own_names, with_own_names
from perfxl.documents.merge.notes import NOTES, Notes
from perfxl.documents.merge.numbering import Numbering
from perfxl.documents.merge.opened import BROKEN, CannotMerge, Opened, Relation, relation_type
from perfxl.documents.merge.parts import Parts, Relations
from perfxl.documents.merge.sections import BLANK_FOOTER, BLANK_HEADER, SECTION, ended, in_section, split_body
from perfxl.documents.merge.styles import Styles, Taken, style_numbers
from perfxl.documents.merge.words import Family, Ids, Words, clean
from perfxl.documents.merge.zipout import ZipOut

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
        self._parts = Parts(self._zip.add)
        self._relations = Relations()
        self._styles, self._numbering = Styles(), Numbering()
        self._notes = {kind: Notes() for kind in NOTES}
        self._families: dict[object, Family] = {}
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
        inner, section = split_body(_readable(opened))
        one_section = b"<w:sectPr" not in inner
        words = self._words(opened, one_section and not self._for_libreoffice)
        words.name_bookmarks(inner)
        self._take_notes(opened, words)
        relations = self._related(opened, words)
        inner, section = self._sectioned(inner, section, one_section)
        changed = words.changed(inner, relations), words.changed(section, relations)
        self._put_held()
        self._held = *changed, self._end_mark(words)

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

    def _words(self, opened: Opened, by_section: bool) -> Words:
        pages = b"SECTIONPAGES" if by_section else b"PAGEREF " + self._end_name
        return Words(self._family(opened), self._count, self._ids, self._numbering, pages)

    def _family(self, opened: Opened) -> Family:
        styles, numbering = opened.related("styles"), opened.related("numbering")
        key = opened.mark(styles), opened.mark(numbering)
        if key not in self._families:
            self._families[key] = self._new_family(
                opened.read(styles) if styles else None, opened.read(numbering) if numbering else None
            )
        return self._families[key]

    def _new_family(self, styles: bytes | None, numbering: bytes | None) -> Family:
        taken = self._styles.take(styles) if styles else Taken({}, "")
        lists = self._numbering.take(numbering, taken.renamed) if numbering else {}
        by_style = style_numbers(styles) if styles else {}
        if taken.renamed:
            own = {style.list for style in by_style.values() if style.list in lists}
            self._styles.renumber(taken, {old: self._numbering.copy(lists[old]) for old in sorted(own)})
        renamed = {old.encode(): new.encode() for old, new in taken.renamed.items()}
        return Family(renamed, taken.plain.encode(), lists, {style.encode(): by_style[style] for style in by_style})

    def _take_notes(self, opened: Opened, words: Words) -> None:
        for kind, note in NOTES.items():
            part = opened.related(kind)
            if part:
                notes = self._notes[kind]
                relations = self._copied(opened, part, words, notes.relations)
                changed = partial(words.changed, relations=relations)
                words.notes[note] = notes.take(clean(opened.read(part)), changed)

    def _related(self, opened: Opened, words: Words) -> dict[bytes, bytes]:
        return self._copied(opened, opened.main, words, self._relations)

    def _copied(self, opened: Opened, part: str, words: Words, into: Relations) -> dict[bytes, bytes]:
        """Brings along what a part refers to: old ID -> new."""
        ids = {}
        for relation in opened.relations(part):
            if relation_type(relation) in _SHARED:
                continue
            target = relation.target
            if not relation.external:
                target = _from_word(self._parts.copy(opened, relation, partial(_fit, words)))
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
            kind = relation_type(relation)
            if kind in _OF_THE_FIRST and not relation.external:
                if kind == "settings":
                    self._both_sides = _EVEN in opened.read(relation.target)
                copied = self._parts.copy(opened, relation, lambda _, content: content)
                self._relations.add(relation.type, _from_word(copied))

    def _put_shared(self) -> None:
        parts = ("styles", self._styles.xml()), ("numbering", self._numbering.xml())
        for kind, content in parts:
            self._put(kind, content)
        for kind, notes in self._notes.items():
            self._put(kind, notes.xml(), notes.relations)
        if self._blanks:
            for kind, tag, name in (("header", "hdr", BLANK_HEADER), ("footer", "ftr", BLANK_FOOTER)):
                blank = f'{_XML}<w:{tag} xmlns:w="{NAMESPACES["w"]}"><w:p/></w:{tag}>'.encode()
                self._parts.put(f"word/{name}.xml", blank, f"{_WORD_ML}{kind}+xml")
                self._relations.add(f"{_OFFICE}/{kind}", f"{name}.xml", id=name)
        self._put_package()

    def _put(self, kind: str, content: bytes | None, relations: Relations | None = None) -> None:
        if content is not None:
            self._parts.put(f"word/{kind}.xml", content, f"{_WORD_ML}{kind}+xml", relations)
            self._relations.add(f"{_OFFICE}/{kind}", f"{kind}.xml")

    def _put_package(self) -> None:
        root = Relations()
        root.add(f"{_OFFICE}/officeDocument", "word/document.xml")
        root.add(_CORE, "docProps/core.xml")
        self._zip.add("_rels/.rels", root.xml())
        self._zip.add("word/_rels/document.xml.rels", self._relations.xml())
        title = f"<dc:title>{escape(self._title)}</dc:title>"
        self._parts.put("docProps/core.xml", f"{_CORE_BEGIN}{title}</cp:coreProperties>".encode(), _CORE_TYPE)
        self._parts.declare("word/document.xml", f"{_WORD_ML}document.main+xml")
        self._zip.add("[Content_Types].xml", self._parts.types_xml())


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
_EVEN = b"<w:evenAndOddHeaders/>"

_OF_THE_FIRST = {"settings", "fontTable", "theme", "webSettings"}
# What the merged document has once, and what only an editor needs.
_SHARED = {
    *_OF_THE_FIRST, *NOTES, "styles", "numbering", "stylesWithEffects", "customXml", "glossaryDocument",
    "people", "commentsExtended", "commentsIds", "commentsExtensible", "vbaProject", "keyMapCustomizations",
}  # fmt: skip


def _readable(opened: Opened) -> bytes:
    xml = clean(opened.read(opened.main))
    root_tag = xml[: xml.index(b"<w:body")]
    return with_own_names(xml) if needs_own_names(root_tag) else xml


def _fit(words: Words, relation: Relation, content: bytes) -> bytes:
    """Headers and footers hold words, like the body; other parts stay as they are."""
    if relation_type(relation) not in ("header", "footer"):
        return content
    content = clean(content)
    words.name_bookmarks(content)
    return words.changed(content)


def _from_word(part: str) -> str:
    """A target as parts in word/ name it."""
    return part.removeprefix("word/") if part.startswith("word/") else f"/{part}"
