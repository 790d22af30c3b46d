"""SVG text: shapes and lines of text, in which what a cell holds stays text."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import NamedTuple

from perfxl.core.language import Text
from perfxl.pictures.measure import FONTS, text_width

INK, MUTED, RULE, PAPER = "#262626", "#5B6472", "#D0D5DD", "#FFFFFF"
PAGE_SHAPE, PAGE_WIDTH = 1.35, 968.0
"""How high an upright page is for its width; and how wide one is at least, in points of the screen: printed on A4, the
smallest text of a picture is of about 6 points then."""
LIGHTS = {"green": "#2E9E5B", "amber": "#D99A00", "red": "#D1372C", "": "#B8BFC9"}
LIGHT_NAMES = {
    "green": Text("绿灯", "green"),
    "amber": Text("黄灯", "amber"),
    "red": Text("红灯", "red"),
    "": Text("尚无实绩", "no actual yet"),
}
# Told apart without colour too: a disc, a triangle, a square, a ring.
_SIGNS = {
    "green": '<circle cx="{x:g}" cy="{y:g}" r="4.5" fill="{fill}"/>',
    "amber": '<path d="M{x:g} {top:g}l5.5 9.6h-11z" fill="{fill}"/>',
    "red": '<rect x="{left:g}" y="{up:g}" width="8.6" height="8.6" fill="{fill}"/>',
    "": '<circle cx="{x:g}" cy="{y:g}" r="3.8" fill="#fff" stroke="{fill}" stroke-width="1.4"/>',
}
# What XML 1.0 has no place for, by whatever escape.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Picture(NamedTuple):
    """A drawing: its name without extension, what it shows, what stands inside its svg element, its size in points of
    the screen."""

    name: str
    title: str
    body: str
    width: float
    height: float

    @property
    def svg(self) -> str:
        """The whole file, on white paper."""
        size = f'width="{self.width:g}" height="{self.height:g}" viewBox="0 0 {self.width:g} {self.height:g}"'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{escape(FONTS)}" role="img">'
        paper = rect(0, 0, self.width, self.height, PAPER)
        return "\n".join([head, f"<title>{escape(self.title)}</title>", paper, self.body, "</svg>", ""])


def escape(text: object) -> str:
    """Text for an element or an attribute."""
    return html.escape(_NO_XML.sub("\ufffd", str(text)))


def text(x: float, y: float, said: str, size: float, fill: str = INK, bold: bool = False, anchor: str = "start") -> str:
    """One line; y is its base."""
    weight = ' font-weight="bold"' if bold else ""
    place = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" fill="{fill}"{weight}{place}>{escape(said)}</text>'


def rect(x: float, y: float, width: float, height: float, fill: str, stroke: str = "none", more: str = "") -> str:
    """A rectangle; `more`: attributes as they stand."""
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{fill}" stroke="{stroke}"'
        f"{' ' + more if more else ''}/>"
    )


def light(x: float, y: float, colour: str) -> str:
    """The sign of a light around a middle."""
    return _SIGNS[colour].format(x=x, y=y, top=y - 5.4, left=x - 4.3, up=y - 4.3, fill=LIGHTS[colour])


def rounded(points: Sequence[tuple[float, float]], radius: float = 5.0) -> str:
    """The d of a path along right angles whose corners are round."""
    parts = [f"M{points[0][0]:g} {points[0][1]:g}"]
    for (x0, y0), (x1, y1), (x2, y2) in zip(points, points[1:], points[2:], strict=False):
        before, after = abs(x1 - x0) + abs(y1 - y0), abs(x2 - x1) + abs(y2 - y1)
        bend = min(radius, before / 2, after / 2)
        if bend < 0.5:
            parts.append(f"L{x1:g} {y1:g}")
            continue
        from_x, from_y = x1 - bend * _sign(x1 - x0), y1 - bend * _sign(y1 - y0)
        to_x, to_y = x1 + bend * _sign(x2 - x1), y1 + bend * _sign(y2 - y1)
        parts.append(f"L{from_x:g} {from_y:g}Q{x1:g} {y1:g} {to_x:g} {to_y:g}")
    parts.append(f"L{points[-1][0]:g} {points[-1][1]:g}")
    return "".join(parts)


def legend(x: float, y: float, lang: str) -> str:
    """What the signs of the lights mean, in one line."""
    parts = []
    for colour, name in LIGHT_NAMES.items():
        parts += [light(x + 5, y - 4, colour), text(x + 15, y, name(lang), 11, MUTED)]
        x += 36 + text_width(name(lang), 11)
    return "".join(parts)


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)
