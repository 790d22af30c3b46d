"""Rows in the form that programs write, recognised in one look: most of a large sheet. What such a row is proved to be
need not be looked for in it: it is XML, its cells stand in it, in columns A to Z and each in a column of its own, and
nothing in it is odd. Of formulas it holds those that gave a text or a number, as forms and names beside codes do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

ROW = b"<rows/>"
"""Stands for plain rows. An element, so that it makes no sense where rows make none."""

# Branches rather than options: they are told apart by their first letter.
_NUMBER = rb"-?\d++(?:</v>|\.\d++(?:</v>|[eE][-+]?\d++</v>)|[eE][-+]?\d++</v>)"
# Signs of which no sequence is odd or no XML: printable ASCII without markup and what escapes other signs (_x000D_),
# Chinese and its punctuation, signs of lights.
_SIGN = rb"[ -%'-;=?-^`-~]++|_(?!x)|(?:[\xe2-\xe9][\x80-\xbf][\x80-\xbf])++|\xef[\xbc\xbd][\x80-\xbf]"
_TEXT = rb"(?:" + _SIGN + rb")*+"
_FORMULA = rb"(?:" + _SIGN + rb"|&(?:lt|gt|amp);)*+</f>"
_CALCULATED = rb"tr\"><f>" + _FORMULA + rb"<v>" + _TEXT + rb"</v></c>"
_INLINE = rb'inlineStr"><is><t(?: xml:space="preserve")?>' + _TEXT + rb"</t></is></c>"
_VALUE = (
    rb'(?: t="(?:s(?:"><v>\d{1,9}+</v></c>|'
    + _CALCULATED
    + rb")|"
    + _INLINE
    + rb'|b"><v>[01]</v></c>)|/>|><(?:v>'
    + _NUMBER
    + rb"</c>|/c>|f>"
    + _FORMULA
    + rb"<v>"
    + _NUMBER
    + rb"</c>))"
)
_CONTENT = rb'(?: s="\d{1,5}+"' + _VALUE + rb"|" + _VALUE + rb")"
# Every letter once, in order: no two cells have one address.
_CELLS = b"".join(rb'(?:<c r="%c\1"' % letter + _CONTENT + rb"|)" for letter in range(ord("A"), ord("Z") + 1))
_ATTRIBUTES = (  # in the order of programs, so that none comes twice
    rb'(?: spans="\d++:\d++")?(?: s="\d{1,5}")?(?: customFormat="1")?(?: ht="[\d.]++")?'
    rb'(?: customHeight="1")?(?: outlineLevel="\d")?(?: collapsed="1")?'
)
_PLAIN = rb'<row r="([1-9]\d{0,5}+)"' + _ATTRIBUTES + rb"(?:/>|>" + _CELLS + rb"</row>)"
_SMALL = 2**17  # bytes, of which all may be looked at in less time than the pattern takes to be made
_FEW = 2**20  # bytes of small sheets: whoever reads hundreds of them is sooner done with the pattern
_looked_at = 0
_NUMBERED = re.compile(rb'<row r="(\d++)"')


@dataclass(frozen=True)
class Rest:
    """A sheet, or a part of it, with ROW in place of plain rows, and the number of every row that says its own.

    The XML is well-formed just where the sheet's is: a plain row is, opens nothing that it does not close, and ROW,
    like any tag, is an error wherever a tag would be one.
    """

    xml: bytes
    numbers: list[int]

    @property
    def is_numbered(self) -> bool:
        """Whether every row says its number first."""
        return self.xml.count(b"<row") - self.xml.count(ROW) == len(_NUMBERED.findall(self.xml))


@cache
def _pattern() -> re.Pattern[bytes]:
    return re.compile(_PLAIN)


def without_plain_rows(xml: bytes) -> Rest:
    """What is not sure of a sheet at the first look; all of a small one, as long as there were but few."""
    global _looked_at
    _looked_at += len(xml)
    if len(xml) < _SMALL and _looked_at < _FEW:
        return Rest(xml, list(map(int, _NUMBERED.findall(xml))))
    between, *pairs = _pattern().split(xml)
    texts, numbers = [between], list(map(int, _NUMBERED.findall(between)))
    for number, text in zip(pairs[::2], pairs[1::2], strict=True):
        numbers.append(int(number))
        if text:
            numbers += map(int, _NUMBERED.findall(text))
            texts.append(text)
    if pairs and not pairs[-1]:
        texts.append(b"")
    return Rest(ROW.join(texts), numbers)
