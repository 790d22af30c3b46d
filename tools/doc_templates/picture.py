"""Places for pictures: what stands in them tells HR, in Word, what will come there; the alt text tells perfxl."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import quoteattr

from docx.oxml.parser import parse_xml

_CM = 360000  # EMU


class Floating(NamedTuple):
    """Where a picture stands that takes no room of the text: behind it, `down` cm below the top of its paragraph; at
    the `side` of the text, or `right` cm from its left."""

    down: float
    side: str = ""
    right: float = 0


def place(document: Any, path: str, width: float, height: float, floating: Floating | None = None) -> Any:
    """The w:drawing of a place so many cm large at most, for a field such as photo, party.signature, seal or qr."""
    field = path.rpartition(".")[2]
    relation, _ = document.part.get_or_add_image(str(Path(__file__).parent / "pictures" / f"{field}.png"))
    alt = quoteattr(path if path == field else f"{{{{ {path} }}}}")
    size = f'cx="{width * _CM:.0f}" cy="{height * _CM:.0f}"'
    picture = _PICTURE.format(size=size, alt=alt, relation=relation, wrap="<wp:wrapNone/>" if floating else "")
    if floating is None:
        return parse_xml(_INLINE.format(begin=_BEGIN, picture=picture))
    across = f"<wp:align>{floating.side}</wp:align>" if floating.side else _offset(floating.right)
    return parse_xml(_FLOATING.format(begin=_BEGIN, across=across, down=_offset(floating.down), picture=picture))


def _offset(centimetres: float) -> str:
    return f"<wp:posOffset>{centimetres * _CM:.0f}</wp:posOffset>"


_BEGIN = (
    '<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
)
_PICTURE = (
    '<wp:extent {size}/>{wrap}<wp:docPr id="1" name="Picture" descr={alt}/>'
    '<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr><a:graphic>'
    '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr>'
    '<pic:cNvPr id="0" name="Picture"/><pic:cNvPicPr/></pic:nvPicPr>'
    '<pic:blipFill><a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
    '<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
    "</pic:spPr></pic:pic></a:graphicData></a:graphic>"
)
_INLINE = '{begin}<wp:inline distT="0" distB="0" distL="0" distR="0">{picture}</wp:inline></w:drawing>'
_FLOATING = (
    '{begin}<wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="1" behindDoc="1" '
    'locked="0" layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>'
    '<wp:positionH relativeFrom="column">{across}</wp:positionH>'
    '<wp:positionV relativeFrom="paragraph">{down}</wp:positionV>{picture}</wp:anchor></w:drawing>'
)
