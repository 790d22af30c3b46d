"""The shared strings of a workbook as calamine reads them, in little more memory than their text takes."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator
from typing import Any

from perfxl.ooxml.package import Package
from perfxl.workbook.reading.cut import MARK, Odd
from perfxl.workbook.reading.frame import Frame

PART = 2**20  # of the XML that calamine reads at once
_MOST = 64 * 2**20  # of one string
_END = b"</si>"
_OTHER = re.compile(rb"(?:<|:)si[\s/>]")  # an element that is not written <si>
_LAST = "\ue002perfxl:last"  # comes back as the last string, which shows that none was left out


class SharedStrings:
    """Raises Odd where calamine might count the strings in another way than this does."""

    def __init__(self, package: Package, frame: Frame) -> None:
        self._text, self._ends = bytearray(), array("Q", [0])
        if frame.strings_part:
            for part in _cut(package.pieces(frame.strings_part)):
                for text in _read(frame, part):
                    self._text += text.encode("utf-8", "surrogatepass")
                    self._ends.append(len(self._text))

    def put(self, rows: list[list[Any]]) -> list[list[Any]]:
        """Rows with the strings in place of their marks. Raises KeyError or ValueError for a string that is none."""
        found = {value for value in set().union(*rows) if type(value) is str and value.startswith(MARK)}
        if not found:
            return rows
        texts = {value: self._string(value.removeprefix(MARK)) for value in found}
        return [list(map(texts.get, row, row)) for row in rows]

    def _string(self, index: str) -> str:
        if not index:  # a blank cell
            return ""
        i = int(index)
        if not 0 <= i < len(self._ends) - 1:
            raise KeyError(index)
        return self._text[self._ends[i] : self._ends[i + 1]].decode("utf-8", "surrogatepass")


def _cut(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The <si> elements, some at a time."""
    held, begun = b"", False
    for piece in pieces:
        held += piece
        if not begun and (at := held.find(b"<si>")) >= 0:
            _check(held[:at])
            held, begun = held[at:], True
        while begun and len(held) >= PART and (at := _border(held)) > 0:
            yield held[:at]
            held = held[at:]
        if len(held) > _MOST:
            raise Odd
    while begun and (at := _border(held)) > 0:
        yield held[:at]
        held = held[at:]
    _check(held)
    if b"</sst>" not in held and (begun or b"/>" not in held):
        raise Odd


def _border(held: bytes) -> int:
    """Where to cut: after an element, 0 where there is none."""
    at = held.rfind(_END, 0, PART)
    return (at if at >= 0 else held.find(_END)) + len(_END) if _END in held else 0


def _check(xml: bytes) -> None:
    if b"<!" in xml or xml.count(b"<?") > 1 or _OTHER.search(xml):
        raise Odd


def _read(frame: Frame, part: bytes) -> list[str]:
    count = part.count(_END)
    if part.count(b"<si>") != count:
        raise Odd
    _check(part.replace(b"<si>", b""))
    strings = b"<sst>%b<si><t>%b</t></si></sst>" % (part, _LAST.encode())
    cells = "".join(f'<c r="A{i + 1}" t="s"><v>{i}</v></c>' for i in range(count + 1))
    name = next(iter(frame.sheets))
    xml = f"<worksheet><sheetData><row>{cells}</row></sheetData></worksheet>".encode()
    sheet = frame.book({name: xml}, strings).get_sheet_by_name(name)
    texts = [str(row[0]) for row in sheet.to_python(skip_empty_area=False)]
    if len(texts) != count + 1 or texts.pop() != _LAST:
        raise Odd
    return texts
