"""Cells whose XML makes no sense: read as openpyxl reads them where there is a way to, else named at their place.

Calamine leaves some of them blank without a word and gives up the whole workbook for others; so they are settled before
it sees them. A cell that cannot be read holds UNREADABLE.
"""

from __future__ import annotations

import re
from functools import partial
from math import isnan

from perfxl.tables.grid import UNREADABLE

# What ordinary programs write; everything else is looked at one by one.
_TYPED = rb't="s"><v>\d{1,9}</v></c>|t="inlineStr"><is>|t="str">|t="b"><v>[01]</v></c>'
_NUMBER = rb"-?\d{1,9}(?:\.\d+)?(?:[eE]-\d+)?"
_PLAIN = rb'(?: s="\d{1,5}")?(?:/>|></c>|><v>' + _NUMBER + rb"</v></c>| (?:" + _TYPED + rb"))"
_ODD = re.compile(rb'<c (r="[A-Z]+\d+")(?!' + _PLAIN + rb")([^<>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
_INDEX = re.compile(rb'<c (r="[A-Z]+\d+")([^<>]*? t="s"[^<>]*)>(.*?)</c>', re.DOTALL)
_ATTRIBUTE = re.compile(rb"""(?:^|\s)t\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_PARTS = re.compile(
    rb"\s*(?:(<f\b[^<>]*/>|<f\b[^<>]*>[^<]*</f>)\s*)?(?:<v\b[^<>]*/>|<v\b[^<>]*>([^<]*)</v>)?"
    rb"\s*(<is\b.*?</is>|<is\b[^<>]*/>)?\s*(?:<extLst\b.*?</extLst>|<extLst\b[^<>]*/>)?\s*",
    re.DOTALL,
)
_STYLE = re.compile(rb"""\ss\s*=\s*(?:"[^"]*"|'[^']*')""")
_NO_DATE = 1e9  # days; where a style takes such a number for a date or for hours, calamine gives up
_BOOLEANS = {b"0", b"1", b"true", b"false"}
_MOST_STRINGS = 10**9
_MARK = UNREADABLE.encode()


def settled(xml: bytes) -> bytes:
    """A sheet of the usual form without cells that make no sense. The same object where there are none."""
    return _ODD.sub(partial(_settle, None), xml) if _ODD.search(xml) else xml


def without_lost_strings(xml: bytes, strings: int) -> bytes:
    """The same where the workbook has so many shared strings: what refers to another is unreadable."""
    return _INDEX.sub(partial(_settle, strings), settled(xml))


def _settle(strings: int | None, cell: re.Match[bytes]) -> bytes:
    """The cell as calamine can take it. What it takes already stays as it is."""
    reference, rest, content = cell.groups()
    if content is None:
        return cell[0]
    kind = _ATTRIBUTE.search(rest)
    named = (kind[1] or kind[2] or b"") if kind else b"n"
    parts = _PARTS.fullmatch(content)
    if parts is None:
        return _text(reference, rest, _MARK)
    value, inline = (parts[2] or b"").strip(), parts[3]
    if named == b"inlineStr" and inline is None and value:
        return _text(reference, rest, parts[2])
    if named == b"s" and not value and b"<v" in content:  # a text was here, and which one is gone
        return _text(reference, rest, _MARK)
    if named in (b"str", b"inlineStr", b"e", b"d") or not value:
        return cell[0]
    if named == b"s":
        index = _index(value)
        if index is None or not 0 <= index < (_MOST_STRINGS if strings is None else strings):
            return _text(reference, rest, _MARK)
        return cell[0] if parts[2].isdigit() else b"<c %b%b><v>%d</v></c>" % (reference, rest, index)
    if named == b"b":
        return cell[0] if value in _BOOLEANS else _text(reference, rest, _MARK)
    if named != b"n" or not _is_number(value):
        return _text(reference, rest, _MARK)
    if abs(float(value)) >= _NO_DATE and _STYLE.search(rest):
        return b"<c %b%b><v>%b</v></c>" % (reference, _STYLE.sub(b"", rest), value)
    return cell[0] if parts[2] == value else b"<c %b%b><v>%b</v></c>" % (reference, rest, value)


def _text(reference: bytes, rest: bytes, text: bytes) -> bytes:
    """A cell of the same style that holds a text."""
    return b'<c %b%b t="str"><v>%b</v></c>' % (reference, _ATTRIBUTE.sub(b"", rest), text)


def _index(value: bytes) -> int | None:
    try:
        return int(value.decode())
    except ValueError:
        return None


def _is_number(value: bytes) -> bool:
    try:
        return b"_" not in value and not isnan(float(value))
    except ValueError:
        return False
