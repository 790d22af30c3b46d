"""Placeholder pictures as Word kept them before 2007, and WPS and converters still do (VML): made new where they stand
in a line of text, so that they are places as others are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

__all__ = ["has_old_pictures", "old_pictures", "renew_picture"]

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_V = "{urn:schemas-microsoft-com:vml}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_SIZE = re.compile(r"(?:^|;)\s*(width|height)\s*:\s*(\d+(?:\.\d+)?|\.\d+)\s*(pt|in|cm|mm|px)\s*(?=;|$)")
_EMU = {"pt": 12700, "in": 914400, "cm": 360000, "mm": 36000, "px": 9525}
_FLOATING = re.compile(r"(?:^|;)\s*(?:position\s*:\s*absolute|rotation\s*:)")
_DRAWING = (
    '<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent {size}/><wp:docPr id="1" name="Picture"/><a:graphic>'
    '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr>'
    '<pic:cNvPr id="0" name="Picture"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip/><a:stretch><a:fillRect/>'
    '</a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm>'
    '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline>'
    "</w:drawing>"
)


def has_old_pictures(part: bytes) -> bool:
    """Whether a part may have any with an alt text: a look that costs nothing."""
    return b":imagedata" in part and b' alt="' in part


def old_pictures(root: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """Each picture of the old kind with its alt text, those beside a new one for older programs left out."""
    for picture in list(root.iter(f"{W}pict")):
        shapes = [shape for shape in picture.iter() if shape.get("alt") and shape.find(f"{_V}imagedata") is not None]
        within = (etree.QName(above).localname for above in picture.iterancestors() if isinstance(above.tag, str))
        if shapes and "Fallback" not in within:
            yield picture, shapes[0].get("alt", "")


def renew_picture(picture: etree._Element, alt: str) -> etree._Element | None:
    """The w:drawing that has taken the picture's place; None for one that floats or is turned, which is left."""
    shape = next(shape for shape in picture.iter() if shape.get("alt"))
    style = shape.get("style", "")
    size = {name: round(float(number) * _EMU[unit]) for name, number, unit in _SIZE.findall(style)}
    parent = picture.getparent()
    if parent is None or _FLOATING.search(style) or not all(size.get(name) for name in ("width", "height")):
        return None
    drawing = etree.fromstring(_DRAWING.format(size=f'cx="{size["width"]}" cy="{size["height"]}"'))
    next(drawing.iter("{*}docPr")).set("descr", alt)
    parent.replace(picture, drawing)
    return drawing
