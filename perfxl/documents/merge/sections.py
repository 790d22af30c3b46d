"""Pages, headers and footers of a merged document, and the root that all its XML stands in."""

from __future__ import annotations

import re
from functools import lru_cache

from lxml import etree

from perfxl.documents.merge.styles_and_lists import w
from perfxl.ooxml.xml import SAFE_PARSER

__all__ = [
    "BLANK_FOOTER",
    "BLANK_HEADER",
    "NAMESPACES",
    "ROOT_BEGIN",
    "ROOT_END",
    "SECTION",
    "adapt_section",
    "end_body",
    "ends_with_text",
    "needs_own_names",
    "read_body",
    "split_section",
    "with_endnotes_by_section",
    "with_own_names",
]


_OFFICE = "http://schemas.microsoft.com/office"
_OPEN = "http://schemas.openxmlformats.org"
NAMESPACES = {
    "w": f"{_OPEN}/wordprocessingml/2006/main",
    "r": f"{_OPEN}/officeDocument/2006/relationships",
    "mc": f"{_OPEN}/markup-compatibility/2006",
    "m": f"{_OPEN}/officeDocument/2006/math",
    "wp": f"{_OPEN}/drawingml/2006/wordprocessingDrawing",
    "a": f"{_OPEN}/drawingml/2006/main",
    "pic": f"{_OPEN}/drawingml/2006/picture",
    "c": f"{_OPEN}/drawingml/2006/chart",
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "w10": "urn:schemas-microsoft-com:office:word",
    "wpc": f"{_OFFICE}/word/2010/wordprocessingCanvas",
    "wpg": f"{_OFFICE}/word/2010/wordprocessingGroup",
    "wpi": f"{_OFFICE}/word/2010/wordprocessingInk",
    "wps": f"{_OFFICE}/word/2010/wordprocessingShape",
    "wp14": f"{_OFFICE}/word/2010/wordprocessingDrawing",
    "wne": f"{_OFFICE}/word/2006/wordml",
    "w14": f"{_OFFICE}/word/2010/wordml",
    "w15": f"{_OFFICE}/word/2012/wordml",
    "w16cex": f"{_OFFICE}/word/2018/wordml/cex",
    "w16cid": f"{_OFFICE}/word/2016/wordml/cid",
    "w16": f"{_OFFICE}/word/2018/wordml",
    "w16sdtdh": f"{_OFFICE}/word/2020/wordml/sdtdatahash",
    "w16se": f"{_OFFICE}/word/2015/wordml/symex",
    "mo": f"{_OFFICE}/mac/office/2008/main",
    "mv": "urn:schemas-microsoft-com:mac:vml",
}
_IGNORABLE = "w14 w15 w16se w16cid w16 w16cex w16sdtdh wp14"

_DECLARED = "".join(f' xmlns:{prefix}="{name}"' for prefix, name in NAMESPACES.items())
ROOT_BEGIN = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    f'<w:document{_DECLARED} mc:Ignorable="{_IGNORABLE}"><w:body>'
).encode()
ROOT_END = b"</w:body></w:document>"

_DECLARATION = re.compile(rb'\sxmlns:([\w.-]+)="([^"]*)"')


@lru_cache(64)
def needs_own_names(root_tag: bytes) -> bool:
    """Whether a document's root declares what the merged document's does not."""
    known = NAMESPACES.get
    return any(known(prefix.decode()) != name.decode() for prefix, name in _DECLARATION.findall(root_tag))


def with_own_names(document: bytes) -> bytes:
    """The document with every element of the body declaring what it uses."""
    root = etree.fromstring(document, SAFE_PARSER)
    ignorable = root.get(f"{{{NAMESPACES['mc']}}}Ignorable")
    (body,) = root.iterfind(f"{{{NAMESPACES['w']}}}body")
    for element in body:
        if ignorable and isinstance(element.tag, str):
            element.set(f"{{{NAMESPACES['mc']}}}Ignorable", ignorable)
    inner = b"".join(etree.tostring(element, with_tail=False) for element in body)
    return b"<w:body>" + inner + b"</w:body>"


BLANK_HEADER, BLANK_FOOTER = "perfxlBlankHeader", "perfxlBlankFooter"  # relations to empty parts

SECTION = re.compile(rb"<w:sectPr\b[^<>]*?(?:/>|(?<!/)>.*?</w:sectPr>)", re.DOTALL)

_R = NAMESPACES["r"]
_BODY = re.compile(rb"<w:body\b[^<>]*>")
_PARAGRAPH_BEGIN = re.compile(rb"<w:p(?: [^<>]*)?>(<w:pPr>|<w:pPr/>)?")
_EMPTY_LAST = re.compile(rb"<w:p((?: [^<>]*?)?)/>\Z")
_TINY = b'<w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/><w:rPr><w:sz w:val="2"/></w:rPr>'
_WRAP = ("<x" + "".join(f' xmlns:{prefix}="{name}"' for prefix, name in NAMESPACES.items()) + ">").encode()
_AFTER_TYPE = (
    *("pgSz", "pgMar", "paperSrc", "pgBorders", "lnNumType", "pgNumType", "cols", "formProt", "vAlign", "noEndnote"),
    *("titlePg", "textDirection", "bidi", "rtlGutter", "docGrid", "printerSettings"),
)
_AFTER_NOTES = ("type", *_AFTER_TYPE)
_AFTER_NO_ENDNOTE = _AFTER_TYPE[_AFTER_TYPE.index("titlePg") :]
_AFTER_ENDNOTES = frozenset(
    (
        *("compat", "docVars", "rsids", "mathPr", "attachedSchema", "themeFontLang", "clrSchemeMapping"),
        *("doNotIncludeSubdocsInStats", "doNotAutoCompressPictures", "forceUpgrade", "captions", "readModeInkLockDown"),
        *("smartTagType", "schemaLibrary", "shapeDefaults", "doNotEmbedSmartTags", "decimalSymbol", "listSeparator"),
        *("docId", "conflictMode", "discardImageEditingData", "defaultImageDpi", "chartTrackingRefBased"),
    )
)
_AFTER_NUMBERS = _AFTER_TYPE[_AFTER_TYPE.index("cols") :]


def read_body(document: bytes) -> bytes:
    """What stands in the body."""
    begin = _BODY.search(document)
    return document[begin.end() : document.rindex(b"</w:body>")].rstrip() if begin else b""


def split_section(inner: bytes) -> tuple[bytes, bytes]:
    """A body without the section that it ends with, and the section."""
    at = inner.rfind(b"<w:sectPr")
    if at >= 0 and SECTION.fullmatch(inner, at):
        return inner[:at].rstrip(), inner[at:]
    return inner, b"<w:sectPr/>"


@lru_cache(256)
def adapt_section(
    section: bytes,
    first: bool,
    title_pages: bool,
    both_sides: bool,
    last: bool = True,
    notes: tuple[str, ...] = (),
    begin: str = "nextPage",
) -> bytes:
    """A section as it is in the merged document. `first`, `last` of its document; `title_pages`: some sections of the
    document have headers of their own for their first page; `both_sides`: the merged document has them for even pages;
    `notes`: the kinds of notes that the document has, which are numbered from 1 in it; `begin`: where the first section
    begins that does not say so itself, nextPage or oddPage."""
    root = etree.fromstring(_WRAP + section + b"</x>")
    (element,) = root
    if first:
        kind = element.find(w("type"))
        if kind is None:
            kind = _insert(element, "type", _AFTER_TYPE)
        if kind.get(w("val")) not in ("oddPage", "evenPage"):
            kind.set(w("val"), begin)
        numbers = element.find(w("pgNumType"))
        if numbers is None:
            numbers = _insert(element, "pgNumType", _AFTER_NUMBERS)
        if numbers.get(w("start")) is None:
            numbers.set(w("start"), "1")
    for note in notes:
        _number_notes(element, note, restart=first)
    if "endnote" in notes and not last and element.find(w("noEndnote")) is None:
        _insert(element, "noEndnote", _AFTER_NO_ENDNOTE)  # they stand at the end of the document, not of each section
    for part, blank in (("header", BLANK_HEADER), ("footer", BLANK_FOOTER)):
        _refer(element, part, blank, ("default", "first")[: 1 + title_pages] if first else (), both_sides)
    text: bytes = etree.tostring(root)
    return text[text.index(b">") + 1 : text.rindex(b"</x>")]


def with_endnotes_by_section(settings: bytes) -> bytes:
    """The settings of a document whose endnotes stand at the end of sections, not of the whole."""
    root = etree.fromstring(settings, SAFE_PARSER)
    notes = root.find(w("endnotePr"))
    if notes is None:
        notes = etree.Element(w("endnotePr"))
        places = (at for at, child in enumerate(root) if etree.QName(child).localname in _AFTER_ENDNOTES)
        root.insert(next(places, len(root)), notes)
    place = notes.find(w("pos"))
    if place is None:
        place = etree.Element(w("pos"))
        notes.insert(0, place)
    place.set(w("val"), "sectEnd")
    whole: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)
    return whole


def end_body(inner: bytes, section: bytes, marks: bytes = b"") -> bytes:
    """A body with its section (blank: it is put elsewhere) and marks in its last paragraph, or in one that nobody
    sees."""
    if inner.endswith(b"/>"):
        inner = _EMPTY_LAST.sub(rb"<w:p\1></w:p>", inner)
    at = _last_paragraph(inner)
    if at is None:
        if not section and not marks:
            return inner
        return b"%b<w:p><w:pPr>%b%b</w:pPr>%b</w:p>" % (inner, _TINY, section, marks)
    paragraph = inner[at : -len(b"</w:p>")]
    match = _PARAGRAPH_BEGIN.match(paragraph)
    assert match
    properties, end = match[1], match.end()
    if properties == b"<w:pPr>":
        end = paragraph.index(b"</w:pPr>")
        paragraph = paragraph[:end] + section + paragraph[end:]
    elif section:
        begin = match.start(1) if properties else end
        paragraph = b"%b<w:pPr>%b</w:pPr>%b" % (paragraph[:begin], section, paragraph[end:])
    return b"".join((inner[:at], paragraph, marks, b"</w:p>"))


def ends_with_text(inner: bytes) -> bool:
    """Whether a body ends with a paragraph of text, without fields."""
    at = _last_paragraph(inner)
    return at is not None and inner.endswith(b"</w:t></w:r></w:p>") and b"<w:fld" not in inner[at:]


def _last_paragraph(inner: bytes) -> int | None:
    """Where the last paragraph begins; None where the body ends with something else, or with a section of its own."""
    if not inner.endswith(b"</w:p>"):
        return None
    begin = inner.rfind(b"</w:p>", 0, -1) + 1
    at = max(inner.rfind(b"<w:p>", begin), inner.rfind(b"<w:p ", begin))  # none where it holds a text box, say
    return at if at >= 0 and b"<w:sectPr" not in inner[at:] else None


def _number_notes(section: etree._Element, kind: str, restart: bool) -> None:
    """Footnotes or endnotes begin at 1 in the first section of a document, and go on in the others."""
    properties = section.find(w(f"{kind}Pr"))
    if properties is None:
        later = _AFTER_NOTES if kind == "endnote" else ("endnotePr", *_AFTER_NOTES)
        properties = _insert(section, f"{kind}Pr", later)
    numbering = properties.find(w("numRestart"))
    if numbering is None:
        numbering = etree.SubElement(properties, w("numRestart"))
        numbering.set(w("val"), "eachSect" if restart else "continuous")
    elif restart and numbering.get(w("val")) == "continuous":
        numbering.set(w("val"), "eachSect")


def _insert(element: etree._Element, name: str, before: tuple[str, ...]) -> etree._Element:
    new = etree.Element(w(name))
    places = (i for i, child in enumerate(element) if etree.QName(child).localname in before)
    element.insert(next(places, len(element)), new)
    return new


def _refer(element: etree._Element, part: str, blank: str, needed: tuple[str, ...], both_sides: bool) -> None:
    """A section without a header of its own takes the one of the section before; at the beginning of a document, that
    would be somebody else's."""
    references = {r.get(w("type"), "default"): r.get(f"{{{_R}}}id", "") for r in element.findall(w(f"{part}Reference"))}
    wanted = dict.fromkeys(needed, blank)
    if both_sides and (needed or "default" in references):
        wanted["even"] = references.get("default", blank)
    for place, relation in wanted.items():
        if place not in references:
            reference = etree.Element(w(f"{part}Reference"))
            reference.set(w("type"), place)
            reference.set(f"{{{_R}}}id", relation)
            element.insert(0, reference)
