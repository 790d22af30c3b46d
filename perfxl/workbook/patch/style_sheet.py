"""A workbook's styles.xml, added to: copies of cell formats with another fill, and formats of our own."""

from __future__ import annotations

import re
from copy import deepcopy

from lxml import etree

from perfxl.ooxml.xml import Element, namespace, new_element, parse


def minimal_styles(of: str) -> Element:
    """Styles for a workbook that has none, in the namespace `of`."""
    return parse(_MINIMAL % of.encode())


class StyleSheet:
    """Formats that are there keep their numbers; new ones are appended."""

    def __init__(self, tree: Element) -> None:
        self._tree = tree
        self._namespace = namespace(tree)
        self._filled: dict[tuple[int, str], int] = {}
        self._fills: dict[str, int] = {}
        self._but_for_fill: dict[int, tuple[str, ...]] = {}

    def filled(self, base: int, colour: str) -> int:
        """The format `base` with a solid fill, everything else as it was. Colours are RRGGBB."""
        key = base, colour
        if key not in self._filled:
            formats = self.section("cellXfs")
            copied = deepcopy(formats[base]) if base < len(formats) else self._element("xf", xfId="0")
            copied.set("fillId", str(self._fill(colour)))
            copied.set("applyFill", "1")
            self._filled[key] = self._append("cellXfs", copied)
        return self._filled[key]

    def filled_as(self, base: int, other: int) -> int:
        """The format `base` with the fill of another one, everything else as it was."""
        formats = self.section("cellXfs")
        key = base, f"as {formats[other].get('fillId', '0')}"
        if key not in self._filled:
            copied = deepcopy(formats[base])
            copied.set("fillId", formats[other].get("fillId", "0"))
            self._filled[key] = self._append("cellXfs", copied)
        return self._filled[key]

    def fill_colour(self, style: int) -> str:
        """The colour of a format's solid fill, RRGGBB; blank where it has none or one of a theme."""
        formats, fills = self.section("cellXfs"), self.section("fills")
        at = int(formats[style].get("fillId", "0")) if style < len(formats) else 0
        pattern = fills[at].find(f"{{{self._namespace}}}patternFill") if at < len(fills) else None
        if pattern is None or pattern.get("patternType") != "solid":
            return ""
        colour = pattern.find(f"{{{self._namespace}}}fgColor")
        return "" if colour is None else colour.get("rgb", "")[-6:].upper()

    def but_for_fill(self, style: int) -> tuple[str, ...]:
        """What a format says besides its fill: formats that are alike in this have it equal."""
        if style not in self._but_for_fill:
            formats = self.section("cellXfs")
            own = formats[style] if style < len(formats) else self._element("xf")
            said = [f"{name}={own.get(name, '0')}" for name in ("numFmtId", "fontId", "borderId")]
            below = [etree.tostring(child, method="c14n").decode().strip() for child in own]
            self._but_for_fill[style] = (*said, *sorted(below))
        return self._but_for_fill[style]

    def with_number_format(self, base: int, shown: str) -> int:
        """The format `base` with another number format, everything else as it was."""
        formats = self.section("cellXfs")
        copied = deepcopy(formats[base]) if base < len(formats) else self._element("xf", xfId="0")
        copied.set("numFmtId", str(self.number_format(shown)))
        copied.set("applyNumberFormat", "1")
        return self._append("cellXfs", copied)

    def is_date(self, style: int) -> bool:
        """Whether the numbers of a format show as dates."""
        number, own = self._shown(style)
        return 14 <= number <= 17 or number == 22 or "yy" in own.casefold()

    def is_percent(self, style: int) -> bool:
        """Whether the numbers of a format show as percentages."""
        number, own = self._shown(style)
        return number in (9, 10) or "%" in re.sub(r'"[^"]*"|\\.', "", own)

    def _shown(self, style: int) -> tuple[int, str]:
        """A format's number format: its number, and its code where the workbook has defined it."""
        formats = self.section("cellXfs")
        number = formats[style].get("numFmtId", "0") if style < len(formats) else "0"
        own = next((e.get("formatCode", "") for e in self.section("numFmts") if e.get("numFmtId") == number), "")
        return int(number), own

    def number_format(self, shown: str) -> int:
        """The number of a number format, which is added where it is not there."""
        section = self.section("numFmts")
        for known in section:
            if known.get("formatCode") == shown:
                return int(known.get("numFmtId", "0"))
        number = max([_FIRST_OWN_FORMAT - 1, *(int(known.get("numFmtId", "0")) for known in section)]) + 1
        self._append("numFmts", self._element("numFmt", numFmtId=str(number), formatCode=shown))
        return number

    def font(self, name: str, size: float, colour: str, *, bold: bool = False, underline: bool = False) -> int:
        font = self._element("font")
        for tag in [*(["b"] if bold else []), *(["u"] if underline else [])]:
            font.append(self._element(tag))
        for tag, attributes in (
            ("sz", {"val": f"{size:g}"}),
            ("color", {"rgb": f"FF{colour}"}),
            ("name", {"val": name}),
        ):
            font.append(self._element(tag, **attributes))
        return self._append("fonts", font)

    def border(self, colour: str) -> int:
        """A thin line all round."""
        border = self._element("border")
        for side in ("left", "right", "top", "bottom"):
            line = self._element(side, style="thin")
            line.append(self._element("color", rgb=f"FF{colour}"))
            border.append(line)
        border.append(self._element("diagonal"))
        return self._append("borders", border)

    def format(self, font: int, *, fill: str = "", border: int = 0, wrap: bool = False, centred: bool = False) -> int:
        ids = {"numFmtId": "0", "fontId": str(font), "fillId": str(self._fill(fill) if fill else 0)}
        applied = {"applyFont": "1", "applyFill": "1", "applyBorder": "1", "applyAlignment": "1"}
        cell_format = self._element("xf", **ids, borderId=str(border), xfId="0", **applied)
        alignment = {"vertical": "center"} | ({"wrapText": "1"} if wrap else {})
        alignment |= {"horizontal": "center"} if centred else {"horizontal": "left", "indent": "1"} if border else {}
        cell_format.append(self._element("alignment", **alignment))
        return self._append("cellXfs", cell_format)

    def _fill(self, colour: str) -> int:
        if colour not in self._fills:
            pattern = self._element("patternFill", patternType="solid")
            pattern.append(self._element("fgColor", rgb=f"FF{colour}"))
            pattern.append(self._element("bgColor", indexed="64"))
            fill = self._element("fill")
            fill.append(pattern)
            self._fills[colour] = self._append("fills", fill)
        return self._fills[colour]

    def _append(self, section: str, element: Element) -> int:
        parent = self.section(section)
        parent.append(element)
        parent.set("count", str(len(parent)))
        return len(parent) - 1

    def section(self, name: str) -> Element:
        """The part of styles.xml of that name, put in with its defaults where the file leaves it out."""
        section = self._tree.find(f"{{{self._namespace}}}{name}")
        if section is None:
            section = minimal_styles(self._namespace).find(f"{{{self._namespace}}}{name}")
            section = self._element(name) if section is None else section
            behind = _ORDER[_ORDER.index(name) + 1 :]
            places = (i for i, child in enumerate(self._tree) if etree.QName(child).localname in behind)
            self._tree.insert(next(places, len(self._tree)), section)
        return section

    def _element(self, tag: str, **attributes: str) -> Element:
        return new_element(self._namespace, tag, **attributes)


_FIRST_OWN_FORMAT = 164  # lower numbers are those that every program knows
_ORDER = (
    *("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles"),
    *("dxfs", "tableStyles", "colors", "extLst"),
)
_MINIMAL = (
    b'<styleSheet xmlns="%b">'
    b'<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    b'<fills count="2"><fill><patternFill patternType="none"/></fill>'
    b'<fill><patternFill patternType="gray125"/></fill></fills>'
    b'<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    b'<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    b'<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs></styleSheet>'
)
