"""Where a template wants pictures: a placeholder picture whose alt text names the field, `photo` or
`{{ issuer.signature }}`. Its place becomes one that is filled: the picture of whoever the paper is about, no larger
than the placeholder, its proportions kept; none where there is none. The placeholder itself goes out with no paper."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, NamedTuple

from lxml import etree

from perfxl.core.language import Text
from perfxl.documents.pictures.old_places import has_old_pictures, old_pictures, renew_picture
from perfxl.ooxml.relations import RELATIONS, read_relations, relations_part
from perfxl.ooxml.xml import SAFE_PARSER

__all__ = [
    "FIELDS",
    "PICTURE_FILTERS",
    "BoundTemplate",
    "bind_places",
    "is_picture_field",
    "keep_places",
    "picture_field",
    "token_parts",
]

FIELDS: Mapping[str, tuple[Text, tuple[str, ...]]] = {
    "photo": (Text("照片", "photo"), ("照片", "相片", "头像")),
    "signature": (Text("签名", "signature"), ("签名", "签字", "手写签名")),
    "seal": (Text("公章", "seal"), ("公章", "印章", "盖章")),
    "qr": (Text("二维码", "QR code"), ("二维码", "校验码")),
}
"""The fields by name: what a user calls them, and by what other words templates and files may name them."""


class BoundTemplate(NamedTuple):
    """`changed`: parts that are different now. `paths` by part: the fields that its places show, in order.
    `unusable`: (part, alt text) of places that are no pictures."""

    changed: dict[str, bytes]
    paths: dict[str, list[str]]
    unusable: list[tuple[str, str]]


def is_picture_field(path: str) -> bool:
    """Whether a path such as `parties[].signature` leads to a picture."""
    return picture_field(path) in FIELDS


def picture_field(path: str) -> str:
    """The last step of a path: `signature` of `parties[].signature`."""
    return path.rpartition(".")[2]


def keep_places(parts: Mapping[str, bytes], fields: Collection[str]) -> dict[str, bytes]:
    """The parts that are different without the places of all other fields: as if these had never been there."""
    changed = {}
    for name, content in parts.items():
        if not _may_hold_places(name, content):
            continue
        root = etree.fromstring(content, SAFE_PARSER)
        _renew(root)
        drawings = root.iter(f"{W}drawing")
        paths = ((drawing, next(filter(None, map(_path_of, _alts(drawing))), "")) for drawing in drawings)
        surplus = [drawing for drawing, path in paths if path and picture_field(path) not in fields]
        for drawing in surplus:
            _take_out(drawing)
        if surplus:
            changed[name] = etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)
            relations = relations_part(name)
            if relations in parts:
                changed[relations] = _without_unused(parts[relations], name, changed[name])
    return changed


def bind_places(parts: Mapping[str, bytes]) -> BoundTemplate:
    """The template with its places bound to fields."""
    bound = BoundTemplate({}, {}, [])
    for name, content in parts.items():
        if not _may_hold_places(name, content):
            continue
        root = etree.fromstring(content, SAFE_PARSER)
        bound.unusable.extend((name, alt) for alt in _renew(root))
        paths = []
        for drawing in list(root.iter(f"{W}drawing")):
            path = _bind(drawing)
            if path:
                paths.append(path)
            else:
                bound.unusable.extend((name, alt) for alt in _alts(drawing) if _path_of(alt))
        if not paths:
            continue
        changed = etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)
        bound.changed[name], bound.paths[name] = changed, paths
        relations = relations_part(name)
        if relations in parts:
            bound.changed[relations] = _without_unused(parts[relations], name, changed)
    return bound


W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
PIC = "{http://schemas.openxmlformats.org/drawingml/2006/picture}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_WP14 = "{http://schemas.microsoft.com/office/word/2010/wordprocessingDrawing}"
_BINDABLE = re.compile(r"word/(?:document|header|footer)\d*\.xml")
_ALT = re.compile(rb'(?:descr|title)="[^"]+"')
_PATH = re.compile(r"[^\W\d]\w*(?:\[\d+\])?(?:\.[^\W\d]\w*(?:\[\d+\])?)*")
_WRITTEN = re.compile(r"\{\{\s*(.*?)\s*\}\}")
_BY_WORD = {word: field for field, (_, words) in FIELDS.items() for word in (field, *words)}
_REFERENCE = re.compile(rb'\br:\w+="([^"{]+)"')


def _may_hold_places(name: str, content: bytes) -> bool:
    if not _BINDABLE.fullmatch(name):
        return False
    return has_old_pictures(content) or (b"docPr" in content and _ALT.search(content) is not None)


def _renew(root: etree._Element) -> list[str]:
    """Makes new pictures of the old ones that are places: the alt texts of those that cannot be."""
    places = [(picture, alt) for picture, alt in old_pictures(root) if _path_of(alt)]
    return [alt for picture, alt in places if renew_picture(picture, alt) is None]


def _path_of(alt: str) -> str:
    """The path that an alt text names; blank where it is a text like others."""
    written = _WRITTEN.fullmatch(alt.strip())
    path = written[1] if written else alt.strip()
    owner, dot, word = path.rpartition(".")
    field = _BY_WORD.get(word) or _BY_WORD.get(word.lower(), "")
    return f"{owner}{dot}{field}" if field and _PATH.fullmatch(path) else ""


def _alts(drawing: etree._Element) -> Iterator[str]:
    for element in drawing.iter(f"{WP}docPr", f"{PIC}cNvPr"):
        yield from filter(None, (element.get("descr"), element.get("title")))


def _bind(drawing: etree._Element) -> str:
    """Binds the place that a drawing is: the path of its field; blank where it is none."""
    path = next(filter(None, map(_path_of, _alts(drawing))), "")
    blips = list(drawing.iter(f"{A}blip"))
    extent = next(drawing.iter(f"{WP}extent"), None)
    if not path or len(blips) != 1 or extent is None or drawing.getparent() is None:
        return ""
    (blip,) = blips
    _leave_alternatives(drawing)
    for element in drawing.iter(f"{WP}docPr", f"{PIC}cNvPr"):
        element.attrib.pop("title", "")
        if element.get("descr"):
            element.set("descr", path.rpartition(".")[2])
    blip.attrib.pop(f"{R}link", "")
    blip.set(f"{R}embed", f"{{{{ {path}|perfxl_picture }}}}")
    for extension in blip.findall(f"{A}extLst"):  # the same picture as SVG, and the like
        blip.remove(extension)
    for relative in (*drawing.iter(f"{_WP14}sizeRelH", f"{_WP14}sizeRelV"), *drawing.iter(f"{A}srcRect")):
        parent = relative.getparent()
        if parent is not None:
            parent.remove(relative)
    width, height = extent.get("cx", "0"), extent.get("cy", "0")
    for size in (extent, *drawing.findall(f".//{PIC}spPr/{A}xfrm/{A}ext")):
        for attribute in ("cx", "cy"):
            size.set(attribute, f"{{{{ {path}|perfxl_{attribute}({int(width)}, {int(height)}) }}}}")
    _wrap(drawing, path)
    return path


def _leave_alternatives(drawing: etree._Element) -> None:
    """Puts a drawing in the place of what holds both it and its form for older programs: that shows the placeholder."""
    choice = drawing.getparent()
    both = None if choice is None or choice.tag != f"{MC}Choice" else choice.getparent()
    around = None if both is None else both.getparent()
    if both is not None and around is not None:
        around.replace(both, drawing)


def _take_out(drawing: etree._Element) -> None:
    """Takes a drawing out, and what then holds nothing else: its run, and its form for older programs."""
    taken, holder = drawing, drawing.getparent()
    while holder is not None and holder.tag in (f"{MC}Choice", f"{MC}AlternateContent"):
        taken, holder = holder, holder.getparent()
    if holder is None:
        return
    holder.remove(taken)
    around = holder.getparent()
    if around is not None and holder.tag == f"{W}r" and all(child.tag == f"{W}rPr" for child in holder):
        around.remove(holder)


def _wrap(drawing: etree._Element, path: str) -> None:
    """Leaves the drawing out where there is no picture."""
    parent, before = drawing.getparent(), drawing.getprevious()
    begin, end = f"{{% if {path} %}}", "{% endif %}"
    if before is not None:
        before.tail = (before.tail or "") + begin
    elif parent is not None:
        parent.text = (parent.text or "") + begin
    drawing.tail = end + (drawing.tail or "")


def _without_unused(relations: bytes, part: str, content: bytes) -> bytes:
    """The relations of a part without the pictures that it does not show any more."""
    used = {match.decode() for match in _REFERENCE.findall(content)}
    gone = {r.id for r in read_relations(relations, part) if r.kind in ("image", "hdphoto") and r.id not in used}
    root = etree.fromstring(relations, SAFE_PARSER)
    for relation in root.findall(f"{{{RELATIONS}}}Relationship"):
        if relation.get("Id") in gone:
            root.remove(relation)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)


_TOKEN = re.compile(r"picture:([0-9a-f]{24}):(\d+)x(\d+)")


def token_parts(value: Any) -> tuple[str, int, int]:
    """Digest, width and height of the picture that a value stands for.

    Raises: ValueError for a value that stands for none.
    """
    match = _TOKEN.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("no picture")
    return match[1], int(match[2]), int(match[3])


def _picture(value: Any) -> str:
    return f"rIdP{token_parts(value)[0]}"


def _fitted(value: Any, width: int, height: int) -> tuple[int, int]:
    """The picture as large as it can be within the placeholder."""
    _, across, down = token_parts(value)
    scale = min(width / across, height / down)
    return max(1, round(across * scale)), max(1, round(down * scale))


def _cx(value: Any, width: int, height: int) -> int:
    return _fitted(value, width, height)[0]


def _cy(value: Any, width: int, height: int) -> int:
    return _fitted(value, width, height)[1]


PICTURE_FILTERS: dict[str, Callable[..., Any]] = {"perfxl_picture": _picture, "perfxl_cx": _cx, "perfxl_cy": _cy}
