"""The XML of one document made fit to stand beside others: IDs, names, lists, styles and page counts of its own.

Parts are changed as text: what is changed is always within a tag, and nothing else in XML looks like one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import count

from perfxl.documents.merge.styles_and_lists import ListPattern, Numbering, StyleNumber

__all__ = ["CONTENTS", "BodyRewriter", "IdCounters", "MarkupCache", "TemplateProfile", "bound_contents"]


@dataclass(frozen=True, eq=False)
class TemplateProfile:
    """What all documents of one template have in common in the merged one: the styles that have another name now, the
    style of paragraphs that name none (blank: as it is), the lists, and the lists that styles (as they are called now)
    bring."""

    renamed: Mapping[bytes, bytes]
    plain: bytes
    lists: Mapping[str, ListPattern]
    by_style: Mapping[bytes, StyleNumber]

    @cached_property
    def listed_paragraphs(self) -> re.Pattern[bytes]:
        """The properties of paragraphs whose style puts them in a list."""
        styles = b"|".join(map(re.escape, self.by_style))
        return re.compile(rb'<w:pPr><w:pStyle w:val="(%b)"/>.*?</w:pPr>' % styles, re.DOTALL)

    def normalize(self, xml: bytes) -> bytes:
        """What is the same for every document: without what is not printed and would have to be unique (IDs of
        revisions and paragraphs, tracked formatting), with the styles as they are called now."""
        xml = without_comments(xml)
        if b" w:rsid" in xml or b" w14:paraId" in xml:
            xml = _EDITING.sub(b"", xml)
        if b"PrChange" in xml:
            xml = _CHANGE.sub(b"", xml)
        if b"<w:sdtPr>" in xml:
            xml = _CONTROL_ID.sub(b"", xml)
        if b":dataBinding" in xml:  # to data that stay with the document: its first one would show everywhere
            xml = _BINDING.sub(b"", xml)
        if self.renamed:
            xml = _STYLE.sub(lambda match: match[1] + self.renamed.get(match[2], match[2]), xml)
        return _UNSTYLED.sub(self._add_style, xml) if self.plain else xml

    def _add_style(self, match: re.Match[bytes]) -> bytes:
        attributes, closed, properties = match.groups()
        end = b"" if properties == b"<w:pPr>" else b"</w:pPr>"
        begin = b'<w:p%b><w:pPr><w:pStyle w:val="%b"/>%b' % (attributes, self.plain, end)
        return begin + b"</w:p>" if closed else begin


def without_comments(xml: bytes) -> bytes:
    """The XML without its comments."""
    return _COMMENT.sub(b"", xml) if b"<!--" in xml else xml


CONTENTS = re.compile(rb'((?:<w:instrText[^<>]*>|<w:fldSimple\b[^<>]*? w:instr=")\s*TOC\b)([^<]*)')
"""The field of a table of contents: up to its name, and what follows."""


def bound_contents(xml: bytes, bookmark: bytes) -> bytes:
    """The XML with its tables of contents listing what is within the bookmark."""
    return CONTENTS.sub(
        lambda match: match[0] if b"\\b" in match[2] else b"%b \\b %b%b" % (match[1], bookmark, match[2]), xml
    )


_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_EDITING = re.compile(rb' (?:w:rsid\w*|w14:paraId|w14:textId)="[0-9A-Fa-f]*"(?=[^<>]*>)')
_CHANGE = re.compile(rb"<w:(sectPrChange|pPrChange)\b.*?</w:\1>", re.DOTALL)
_CONTROL_ID = re.compile(rb'<w:id w:val="-?\d+"/>')
_BINDING = re.compile(rb"<w(?:15)?:dataBinding\b[^<>]*/>")
_STYLE = re.compile(rb'(<w:(?:pStyle|rStyle|tblStyle) w:val=")([^"]*)')
_UNSTYLED = re.compile(rb"<w:p((?: [^<>]*?)?)(?:(/)>|>(<w:pPr/>|<w:pPr>(?!<w:pStyle )|(?!<w:pPr)))")


class IdCounters:
    """IDs that are unique in the whole merged document."""

    def __init__(self) -> None:
        self._marks, self._pictures = count(1), count(1)

    def mark(self) -> bytes:
        """Of a bookmark, a change or the like."""
        return b"%d" % next(self._marks)

    def picture(self, match: re.Match[bytes]) -> bytes:
        return b'%b"%d"' % (match[1], next(self._pictures))


@dataclass
class BodyRewriter:
    """Changes the XML of one document.

    number        that the document has among all
    end_name      the bookmark at its end
    one_section   whether its pages are those of a section
    notes         kind of note -> old ID -> new
    counts_pages  whether the field was put anywhere
    """

    profile: TemplateProfile
    number: int
    ids: IdCounters
    numbering: Numbering
    end_name: bytes = b"end"
    one_section: bool = True
    notes: dict[bytes, Mapping[bytes, bytes]] = field(default_factory=dict)
    counts_pages: bool = False
    _bookmarks: dict[bytes, bytes] = field(init=False, default_factory=dict)
    _lists: dict[str, bytes] = field(init=False, default_factory=dict)
    _sequences: set[bytes] = field(init=False, default_factory=set)

    def name_bookmarks(self, xml: bytes) -> None:
        """Gives the bookmarks of a part names of their own; parts that refer to them are to be changed after."""
        if b"<w:bookmarkStart" in xml:
            for name in _BOOKMARK.findall(xml):
                self._bookmarks.setdefault(name, b"%b_%d" % (name[:_LONGEST_BOOKMARK], self.number))

    def rewrite(self, xml: bytes, relations: Mapping[bytes, bytes] | None = None) -> bytes:
        """The part; `relations`: old ID -> new, where its relations have other IDs now."""
        if b' w:id="' in xml:
            marks: defaultdict[bytes, bytes] = defaultdict(self.ids.mark)
            xml = _MARK.sub(lambda match: self._rewrite_mark(match, marks), xml)
        if self._bookmarks:
            xml = _BOOKMARK_USE.sub(lambda match: match[1] + self._bookmarks.get(match[2], match[2]), xml)
            xml = _FIELD.sub(self._rewrite_field, xml)
        if b"<wp:docPr" in xml:
            xml = _PICTURE.sub(self.ids.picture, xml)
        if b"<w:instrText" in xml or b"<w:fldSimple" in xml:
            xml = _PROPERTY_FIELD.sub(lambda match: _OF_FIELDS.sub(b"", match[0]), xml)
        if b"<w:numId" in xml:
            xml = _LIST.sub(lambda match: b'<w:numId w:val="%b"/>' % self._own_list(match[1].decode()), xml)
        if self.profile.by_style:
            xml = self.profile.listed_paragraphs.sub(self._rewrite_listed, xml)
        if b"NUMPAGES" in xml:
            self.counts_pages = True
            if self.one_section:
                xml = _PAGES_FIELD.sub(self._count_in_section, xml)
                xml = _PAGES_SIMPLE.sub(self._count_in_simple_field, xml)
            pages = b"SECTIONPAGES" if self.one_section else self._last_page
            xml = _PAGES.sub(lambda match: match[1] + pages, xml)
        if relations:
            xml = _RELATION.sub(lambda match: match[1] + relations.get(match[2], match[2]), xml)
        return xml

    @property
    def _last_page(self) -> bytes:
        return b"PAGEREF " + self.end_name

    def _count_in_section(self, match: re.Match[bytes]) -> bytes:
        """Programs that know SECTIONPAGES work it out; for others, what it says is a field too, the page of the end."""
        begin, rest, look, result, end = match.groups()
        look = look or b""
        field = b'<w:r>%b<w:fldChar w:fldCharType="%b"/></w:r>'
        code = b'<w:r>%b<w:instrText xml:space="preserve"> %b </w:instrText></w:r>' % (look, self._last_page)
        inner = field % (look, b"begin") + code + field % (look, b"separate") + result + field % (look, b"end")
        return begin + b"SECTIONPAGES" + rest + inner + end

    def _count_in_simple_field(self, match: re.Match[bytes]) -> bytes:
        begin, rest, result = match.groups()
        inner = b'<w:fldSimple w:instr=" %b ">%b</w:fldSimple>' % (self._last_page, result)
        return b"%bSECTIONPAGES%b%b</w:fldSimple>" % (begin, rest, inner)

    def restart_sequences(self, xml: bytes) -> bytes:
        """The body with its captions numbered from 1."""
        return _SEQUENCE.sub(self._restart_sequence, xml) if b"SEQ" in xml else xml

    def _restart_sequence(self, match: re.Match[bytes]) -> bytes:
        begin, name, switches = match.groups()
        if name in self._sequences:
            return match[0]
        self._sequences.add(name)
        return match[0] if _NUMBERED.search(switches) else b"%b%b \\r 1%b" % (begin, name, switches)

    def _rewrite_mark(self, match: re.Match[bytes], marks: Mapping[bytes, bytes]) -> bytes:
        tag, old = match[1], match[2]
        note = _NOTE.fullmatch(tag.partition(b" ")[0])
        new = self.notes.get(note[1], {}).get(old, old) if note else marks[old]
        return tag + b' w:id="%b"' % new

    def _rewrite_field(self, match: re.Match[bytes]) -> bytes:
        return _WORD.sub(lambda word: self._bookmarks.get(word[0], word[0]), match[0])

    def _own_list(self, old: str) -> bytes:
        """The document's own copy of a list, made when it is met first."""
        if old not in self._lists:
            pattern = self.profile.lists.get(old)
            self._lists[old] = b"%d" % self.numbering.copy(pattern) if pattern else b"0"
        return self._lists[old]

    def _rewrite_listed(self, match: re.Match[bytes]) -> bytes:
        """Paragraphs that are in a list by their style say so themselves, to be in this document's copy of it."""
        if b"<w:numPr" in match[0]:
            return match[0]
        style = self.profile.by_style[match[1]]
        begin, end = _around_list(match[0], style)
        return begin + self._own_list(style.list) + end


TO_CHANGE = (
    rb' (?:w:id="|r:)|<w(?:p:docPr|:(?:bookmarkStart|hyperlink|instrText|fldSimple|numId|sectPr))\b'
    rb'|w:fldCharType="end"|</w:fldSimple>'
)
"""Where this does not match, nothing changes, but for paragraphs whose style puts them in a list."""

_MARK = re.compile(rb'(<w:\w+\b[^<>]*?) w:id="(-?\d+)"')
_NOTE = re.compile(rb"<w:(footnote|endnote|comment)(?:Reference|RangeStart|RangeEnd)?")
_BOOKMARK = re.compile(rb'<w:bookmarkStart\b[^<>]*? w:name="([^"]+)"')
_BOOKMARK_USE = re.compile(rb'(<w:bookmarkStart\b[^<>]*? w:name="|<w:hyperlink\b[^<>]*? w:anchor=")([^"]+)')
_LONGEST_BOOKMARK = 30  # Word allows 40; the number of the document follows
_FIELD = re.compile(rb"<w:instrText[^<>]*>[^<]*|<w:fldSimple\b[^<>]*>")
_WORD = re.compile(rb'[^\s"\\&;<>]+')
_PICTURE = re.compile(rb'(<wp:docPr\b[^<>]*? id=)"\d+"')
_LIST = re.compile(rb'<w:numId w:val="(\d+)"/>')
_PAGES = re.compile(rb'(<w:instrText[^<>]*>\s*|<w:fldSimple\b[^<>]*? w:instr="\s*)NUMPAGES\b')
_LOOK = rb"(?:<w:rPr>(?:(?!</w:rPr>).)*</w:rPr>|<w:rPr/>)"
_PAGES_FIELD = re.compile(
    rb"(<w:instrText[^<>]*>\s*)NUMPAGES\b([^<]*</w:instrText></w:r>(?:(?!<w:fldChar\b).)*?<w:r\b[^<>]*>(%b)?"
    rb'<w:fldChar\b[^<>]*w:fldCharType="separate"[^<>]*/></w:r>)((?:(?!<w:fldChar\b).)*?)'
    rb'(<w:r\b[^<>]*>%b?<w:fldChar\b[^<>]*w:fldCharType="end"[^<>]*/>)' % (_LOOK, _LOOK),
    re.DOTALL,
)
_PAGES_SIMPLE = re.compile(
    rb'(<w:fldSimple\b[^<>]*? w:instr="\s*)NUMPAGES\b([^<>]*(?<!/)>)((?:(?!</?w:fldSimple\b).)*)</w:fldSimple>',
    re.DOTALL,
)
# What these say would be the print file's own: of such a field what it says in its document stays, as text.
_PROPERTIES = (
    rb"(?:TITLE|SUBJECT|AUTHOR|KEYWORDS|COMMENTS|LASTSAVEDBY|CREATEDATE|SAVEDATE|PRINTDATE|EDITTIME|REVNUM|FILENAME|"
    rb"FILESIZE|NUMWORDS|NUMCHARS|TEMPLATE|DOCPROPERTY|DOCVARIABLE|INFO)\b"
)
_WITHIN_FIELD = rb'(?:(?!<w:fldChar\b[^<>]*w:fldCharType="(?:begin|end)").)*?'
_PROPERTY_FIELD = re.compile(
    rb'<w:fldChar\b[^<>]*w:fldCharType="begin"(?:(?!<w:fldChar\b|<w:instrText\b).)*<w:instrText[^<>]*>\s*%b%b'
    rb'<w:fldChar\b[^<>]*w:fldCharType="end"[^<>]*/>|<w:fldSimple\b[^<>]*? w:instr="\s*%b.*?</w:fldSimple>'
    % (_PROPERTIES, _WITHIN_FIELD, _PROPERTIES),
    re.DOTALL | re.IGNORECASE,
)
_OF_FIELDS = re.compile(
    rb"<w:fldChar\b[^<>]*/>|<w:fldChar\b[^<>]*[^/<>]>.*?</w:fldChar>|<w:instrText[^<>]*>[^<]*</w:instrText>|</?w:fldSimple\b[^<>]*>",
    re.DOTALL,
)
_SEQUENCE = re.compile(rb'((?:<w:instrText[^<>]*>|<w:fldSimple\b[^<>]*? w:instr=")\s*SEQ\s+)([^\s"\\<>]+)([^<>"]*)')
_NUMBERED = re.compile(rb"\\[rc]\b")
_RELATION = re.compile(rb'( r:\w+=")([^"]*)(?="[^<>]*>)')
_BEFORE_LIST = re.compile(
    rb"<w:pPr><w:pStyle [^<>]*/>(?:<w:(?:keepNext|keepLines|pageBreakBefore|framePr|widowControl)\b[^<>]*/>)*"
)
_AFTER_INDENT = re.compile(
    rb"<w:(?:contextualSpacing|mirrorIndents|suppressOverlap|jc|textDirection|textAlignment|textboxTightWrap|outlineLvl"
    rb"|divId|cnfStyle|rPr|sectPr)\b|</w:pPr>"
)


@lru_cache(1024)
def _around_list(properties: bytes, style: StyleNumber) -> tuple[bytes, bytes]:
    """What stands before and after the ID of the list that a paragraph is said to be in. The style's indent, which goes
    before the list's as long as the list comes with the style, is said too."""
    begin = _BEFORE_LIST.match(properties)
    assert begin
    rest = properties[begin.end() :]
    if style.indent and b"<w:ind " not in rest:
        place = _AFTER_INDENT.search(rest)
        assert place
        rest = rest[: place.start()] + style.indent + rest[place.start() :]
    return b'%b<w:numPr><w:ilvl w:val="%d"/><w:numId w:val="' % (begin[0], style.level), b'"/></w:numPr>' + rest


class SplitMarkup:
    """A document in pieces. `markup` is what may have to be changed, the end always included; it may not lose its NUL
    bytes. `places` are the pieces in front of which it belongs."""

    def __init__(self, pieces: list[bytes], places: list[int], markup: list[bytes]) -> None:
        self.markup = _BETWEEN.join(markup)
        self._pieces, self._places = pieces, places

    def join(self, changed: bytes) -> bytes:
        """All of it, with the markup as it is now. To be called once."""
        for at, markup in zip(self._places, changed.split(_BETWEEN), strict=True):
            self._pieces[at] = markup + self._pieces[at]
        return _TEXT_END.join(self._pieces)


class MarkupCache:
    """Tells what of a document's XML has to be looked into.

    What stands between the texts of documents of one template is nearly always the same, and most of it holds nothing
    that must differ in the merged document: it is remembered.
    """

    def __init__(self, profile: TemplateProfile) -> None:
        self.profile = profile
        self._marks = re.compile(b"|".join((TO_CHANGE, b"-->", profile.listed_paragraphs.pattern)), re.DOTALL)
        self._clear()

    def split(self, xml: bytes) -> SplitMarkup:
        """The XML of a document, normalized, apart from what may have to be rewritten."""
        if self._size > _MOST_REMEMBERED:
            self._clear()
        *pieces, end = xml.split(_TEXT_END)
        constant = self._constant
        places, markup = [], []
        for at in [at for at, piece in enumerate(pieces) if piece[: piece.rfind(b">") + 1] not in constant]:
            begin = pieces[at].rfind(b">") + 1
            before, text = pieces[at][:begin], pieces[at][begin:]
            normal, is_constant = self._varying.get(before) or self._learn(before)
            if is_constant:
                pieces[at] = normal + text
            else:
                pieces[at] = text
                places.append(at)
                markup.append(normal)
        markup_parts = SplitMarkup([*pieces, b""], [*places, len(pieces)], [*markup, self.profile.normalize(end)])
        if b"-->" in markup_parts.markup and xml != (plain := without_comments(xml)):  # the comment has a text in it
            return self.split(plain)
        return markup_parts

    def _learn(self, markup: bytes) -> tuple[bytes, bool]:
        """Normalized, and whether it is the same in every document."""
        normal = self.profile.normalize(markup)
        is_constant = not self._marks.search(normal)
        self._size += len(markup)
        if is_constant and normal == markup:
            self._constant.add(markup)
        else:
            self._varying[markup] = normal, is_constant
        return normal, is_constant

    def _clear(self) -> None:
        self._constant: set[bytes] = set()
        self._varying: dict[bytes, tuple[bytes, bool]] = {}
        self._size = 0


_TEXT_END = b"</w:t>"
_BETWEEN = b"\0"
_MOST_REMEMBERED = 1 << 22  # bytes
