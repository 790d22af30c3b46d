"""A template made fit to be read: with the prefixes that Word writes, without processing instructions, with its tracked
changes accepted, as whoever handed it out meant them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from perfxl.documents.template.containers import repair

__all__ = ["prepare"]

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OPEN = "http://schemas.openxmlformats.org"
_OFFICE = "http://schemas.microsoft.com/office"
_COMPATIBILITY = f"{_OPEN}/markup-compatibility/2006"
# The prefixes that docxtpl, and what else reads XML as text, count on.
_PREFIXES = {
    "w": f"{_OPEN}/wordprocessingml/2006/main",
    "r": f"{_OPEN}/officeDocument/2006/relationships",
    "mc": _COMPATIBILITY,
    "m": f"{_OPEN}/officeDocument/2006/math",
    "wp": f"{_OPEN}/drawingml/2006/wordprocessingDrawing",
    "a": f"{_OPEN}/drawingml/2006/main",
    "pic": f"{_OPEN}/drawingml/2006/picture",
    "v": "urn:schemas-microsoft-com:vml",
    "w14": f"{_OFFICE}/word/2010/wordml",
    "wps": f"{_OFFICE}/word/2010/wordprocessingShape",
}
_BY_NAME = {name: prefix for prefix, name in _PREFIXES.items()}
_DECLARATION = re.compile(rb"""\bxmlns(?::([\w.-]+))?\s*=\s*["']([^"']*)["']""")
_INSTRUCTION = re.compile(rb"<\?(?!xml\s)")
_CHANGED = re.compile(
    rb"<w:(?:ins|del|moveFrom|moveTo|cellIns|cellDel|cellMerge|numberingChange|\w+PrChange|tblGridChange|"
    rb"tblPrExChange|customXml(?:Ins|Del|MoveFrom|MoveTo)RangeStart)\b"
)
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_pis=True)
_LISTS = tuple(f"{{{_COMPATIBILITY}}}{name}" for name in ("Ignorable", "MustUnderstand"))


def prepare(parts: Mapping[str, bytes]) -> tuple[dict[str, bytes], int]:
    """What is different in those parts that have to be made fit, and the number of tracked changes accepted."""
    changed, revisions = {}, 0
    for name, content in parts.items():
        if not name.startswith("word/") or not name.endswith(".xml"):
            continue
        foreign = any(_BY_NAME.get(uri.decode(), "") not in ("", prefix.decode()) for prefix, uri in _declared(content))
        if not foreign and not _INSTRUCTION.search(content) and not _CHANGED.search(content):
            continue
        root = etree.fromstring(content, _PARSER)
        if foreign:
            root = _with_usual_prefixes(root)
        accepted = _accept(root)
        if accepted:
            repair(root)
        revisions += accepted
        changed[name] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return changed, revisions


def _declared(content: bytes) -> list[tuple[bytes, bytes]]:
    return _DECLARATION.findall(content)


def _with_usual_prefixes(root: etree._Element) -> etree._Element:
    usual: dict[str, str] = {prefix: name for prefix, name in _PREFIXES.items() if _uses(root, name)}
    for prefix, name in root.nsmap.items():
        if prefix is not None and name not in _BY_NAME and prefix not in usual:
            usual[prefix] = name
    renamed = {prefix: _BY_NAME.get(name, prefix) for prefix, name in root.nsmap.items() if prefix}
    new = etree.Element(root.tag, {str(k): str(v) for k, v in root.attrib.items()}, usual)
    new.text = root.text
    for child in list(root):
        new.append(child)
    etree.cleanup_namespaces(new, top_nsmap=usual, keep_ns_prefixes=list(usual))
    known = {prefix for prefix in new.nsmap if prefix}
    for name in _LISTS:
        if name in new.attrib:
            tokens = [renamed.get(token, token) for token in str(new.attrib[name]).split()]
            new.set(name, " ".join(token for token in tokens if token in known))
    for choice in new.iter(f"{{{_COMPATIBILITY}}}Choice"):
        requires = choice.get("Requires", "").split()
        choice.set("Requires", " ".join(renamed.get(token, token) for token in requires))
    return new


def _uses(root: etree._Element, name: str) -> bool:
    return name in root.nsmap.values() or any(name in element.nsmap.values() for element in root.iter("*"))


_MARKERS = tuple(f"{W}{name}" for name in ("ins", "del", "moveFrom", "moveTo"))
_GONE = tuple(f"{W}{name}" for name in ("del", "moveFrom"))
_KEPT = tuple(f"{W}{name}" for name in ("ins", "moveTo"))
_FORMER = re.compile(r"\{.*\}(?:\w+PrChange|tblPrExChange|tblGridChange|numberingChange|cellIns|cellMerge)")
_RANGES = re.compile(r"\{.*\}(?:moveFrom|moveTo|customXml(?:Ins|Del|MoveFrom|MoveTo))Range(?:Start|End)")
_P, _R_PR, _P_PR, _ROW_PR = f"{W}p", f"{W}rPr", f"{W}pPr", f"{W}trPr"


def _accept(root: etree._Element) -> int:
    """Accepts the tracked changes of a part: how many."""
    count = 0
    for element in [each for each in root.iter("*") if _FORMER.fullmatch(str(each.tag))]:
        count += 1
        _remove(element)
    for element in [each for each in root.iter("*") if _RANGES.fullmatch(str(each.tag))]:
        _remove(element)
    rows = [marker for marker in root.iter(*_MARKERS) if _parent_tag(marker) == _ROW_PR]
    marks = [marker for marker in root.iter(*_MARKERS) if _parent_tag(marker) in (_R_PR, f"{W}numPr")]
    apart = {*rows, *marks}
    for element in [marker for marker in root.iter(*_GONE) if marker not in apart]:
        count += 1
        _remove(element)
    for element in [marker for marker in root.iter(*_KEPT) if marker not in apart]:
        count += 1
        _unwrap(element)
    for marker in rows:
        row = next(marker.iterancestors(f"{W}tr"), None)
        count += 1
        _remove(row if marker.tag in _GONE and row is not None else marker)
    for cell in [marker.getparent() for marker in root.iter(f"{W}cellDel")]:
        count += 1
        _remove(next(cell.iterancestors(f"{W}tc"), None) if cell is not None else None)
    for marker in marks:
        count += 1
        paragraph = _marked_paragraph(marker)
        _remove(marker)
        if marker.tag in _GONE and paragraph is not None:
            _join_next(paragraph)
    return count


def _marked_paragraph(marker: etree._Element) -> etree._Element | None:
    """The paragraph whose mark was changed, where the marker stands for that."""
    format = marker.getparent()
    properties = None if format is None else format.getparent()
    if format is None or format.tag != _R_PR or properties is None or properties.tag != _P_PR:
        return None
    return properties.getparent()


def _join_next(paragraph: etree._Element) -> None:
    """A paragraph whose mark is gone: what it still says begins the next one."""
    parent, following = paragraph.getparent(), paragraph.getnext()
    content = [child for child in paragraph if child.tag != _P_PR]
    if parent is None or ((following is None or following.tag != _P) and (content or parent[-1] is paragraph)):
        return
    if following is not None and following.tag == _P:
        at = 1 if len(following) and following[0].tag == _P_PR else 0
        for offset, child in enumerate(content):
            following.insert(at + offset, child)
    parent.remove(paragraph)


def _unwrap(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        at = parent.index(element)
        for offset, child in enumerate(list(element)):
            parent.insert(at + offset, child)
        parent.remove(element)


def _remove(element: etree._Element | None) -> None:
    parent = None if element is None else element.getparent()
    if element is not None and parent is not None:
        parent.remove(element)


def _parent_tag(element: etree._Element) -> object:
    parent = element.getparent()
    return None if parent is None else parent.tag
