"""Rows in the form that programs write, recognised in one look: most of a large sheet. What such a row is proved to be
need not be looked for in it: it is XML, its cells stand in it, in columns A to Z and each in a column of its own, and
nothing in it is odd. Of formulas it holds those that gave a text or a number, as forms and names beside codes do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

ROW = b"<rows/>"
"""Stands for plain rows. An element, so that it makes no sense where rows make none."""

# Branches rather than options: they are told apart by their first letter. No number is larger than a date can be.
_NUMBER = rb"-?\d{1,9}+(?:</v>|\.\d++(?:</v>|[eE]-\d++</v>)|[eE]-\d++</v>)"
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
    + rb'|n"><v>'
    + _NUMBER
    + rb'</c>|b"><v>[01]</v></c>)|/>|><(?:v>'
    + _NUMBER
    + rb"</c>|/c>|f>"
    + _FORMULA
    + rb"<v>"
    + _NUMBER
    + rb"</c>))"
)
_CONTENT = rb'(?: s="\d{1,5}+"' + _VALUE + rb"|" + _VALUE + rb")"
_LETTERS = range(ord("A"), ord("Z") + 1)
# Every letter once, in order: no two cells have one address.
_CELLS = b"".join(rb'(?:<c r="%c\1"' % letter + _CONTENT + rb"|)" for letter in _LETTERS)
_FLAG = rb'="(?:\d|false|true)"'
_ATTRIBUTES = (  # in the order of programs, so that none comes twice; of hidden rows more is to be told
    rb'(?: spans="\d++:\d++")?(?: s="\d{1,5}")?(?: customFormat' + _FLAG + rb')?(?: ht="[\d.]++")?'
    rb'(?: hidden="false")?(?: customHeight' + _FLAG + rb')?(?: outlineLevel="\d")?(?: collapsed' + _FLAG + rb")?"
    rb"(?: thickTop" + _FLAG + rb")?(?: thickBot" + _FLAG + rb')?(?: x14ac:dyDescent="[\d.]++")?'
)
_PLAIN = rb'<row r="([1-9]\d{0,5}+)"' + _ATTRIBUTES + rb"(?:/>|>" + _CELLS + rb"</row>)"
# What a row is with every digit as a 0. Which digit it is says something of a row's number, which begins with another
# one and is the same in its cells' addresses, and of a truth value, which may be no more than 1.
_SHAPE = _PLAIN.replace(rb"[1-9]\d{0,5}+", rb"0{1,6}+").replace(rb'|b"><v>[01]</v></c>', b"")
_AS_ZERO = bytes.maketrans(b"123456789", b"0" * 9)
_MOST_SHAPES = 1000  # of some 10,000 rows; rows with texts of their own are no two alike
_FEW_ODD = 0.1
_ROW_NUMBER, _ADDRESS, _ROW_END = b'<row r="', b'<c r="', b"</row>"
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
    if xml.startswith(_ROW_NUMBER) and (rest := _by_shapes(xml)):
        return rest
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


def _by_shapes(xml: bytes) -> Rest | None:
    """The same of rows of few shapes, nearly all of them plain: most of a sheet of figures. None where they are not.
    Each shape is looked at once, and in the rows that have it just the digits of their numbers."""
    shapes = xml.translate(_AS_ZERO).split(_ROW_END)
    if shapes.pop() or len(set(shapes)) > _MOST_SHAPES:
        return None
    alike: dict[bytes, list[int]] = {}
    for i, shape in enumerate(shapes):
        alike.setdefault(shape, []).append(i)
    text = np.frombuffer(xml, np.uint8)
    ends = np.cumsum([len(shape) + len(_ROW_END) for shape in shapes])
    numbers, odd = np.zeros(len(shapes), np.int64), np.zeros(len(shapes), bool)
    for shape, those in alike.items():
        places = _places_of_numbers(shape)
        if not places.size:
            odd[those] = True
            continue
        starts = ends[those] - len(shape) - len(_ROW_END)
        digits = text[starts[:, None, None] + places]
        number = digits[:, 0]
        odd[those] = (number[:, 0] == ord("0")) | (digits != number[:, None]).any(axis=(1, 2))
        numbers[those] = (number - ord("0")) @ 10 ** np.arange(number.shape[1])[::-1]
    others = np.flatnonzero(odd).tolist()
    if len(others) > _FEW_ODD * len(shapes):
        return None
    texts, found, before = [], [], 0
    for i in [*others, len(shapes)]:
        if i > before:
            texts.append(ROW)
            found += numbers[before:i].tolist()
        if i < len(shapes):
            row = xml[ends[i] - len(shapes[i]) - len(_ROW_END) : ends[i]]
            texts.append(row)
            found += map(int, _NUMBERED.findall(row))
        before = i + 1
    return Rest(b"".join(texts), found)


@lru_cache(_MOST_SHAPES)
def _places_of_numbers(shape: bytes) -> NDArray[np.int64]:
    """Where in a row the digits of its number stand, and below them those in each cell's address; nothing where it is
    not plain."""
    row = _shape_pattern().fullmatch(shape + _ROW_END)
    if not row:
        return np.empty((0, 0), np.int64)
    cells = [match.end() + 1 for match in re.finditer(_ADDRESS, shape)]
    return np.array([len(_ROW_NUMBER), *cells])[:, None] + np.arange(len(row[1]))


@cache
def _shape_pattern() -> re.Pattern[bytes]:
    return re.compile(_SHAPE)
