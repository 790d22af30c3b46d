"""The shared strings of a workbook as calamine reads them, in little more memory than their text takes."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perfxl.core.values.text import fold_name, parse_text
from perfxl.tables.grid import UNREADABLE
from perfxl.workbook.reading.cut import MARK, UnsupportedLayout
from perfxl.workbook.reading.skeleton import WorkbookSkeleton

PART = 2**20  # of the XML that calamine reads at once
_MOST = 64 * 2**20  # of one string
_MOST_TAKEN = 500_000  # strings that are held as such
_END = b"</si>"
_OTHER = re.compile(rb"(?:<|:)si[\s/>]")  # an element that is not written <si>
_LAST = "\ue002perfxl:last"  # comes back as the last string, which shows that none was left out


class SharedStrings:
    """The strings by their index. Raises: UnsupportedLayout where calamine might count them in another way."""

    def __init__(self, skeleton: WorkbookSkeleton) -> None:
        self._text, self._ends = bytearray(), array("Q", [0])
        self._taken, self._is_taken = np.empty(0, object), np.empty(0, bool)
        if skeleton.strings_part and skeleton.sheets:
            for part in _cut(skeleton.pieces_of_strings()):
                for text in _read(skeleton, part):
                    self._text += text.encode("utf-8", "surrogatepass")
                    self._ends.append(len(self._text))

    def put(self, rows: list[list[Any]]) -> list[list[Any]]:
        """Rows with the strings in place of their marks. A string that is none is UNREADABLE."""
        marks = {value for value in set().union(*rows) if type(value) is str and value.startswith(MARK)}
        if not marks:
            return rows
        texts = {value: self._string(value.removeprefix(MARK)) for value in marks}
        return [list(map(texts.get, row, row)) for row in rows]

    def take(self, indices: NDArray[np.integer[Any]]) -> NDArray[np.object_]:
        """The strings of some indices; UNREADABLE for one that there is not."""
        count = len(self._ends) - 1
        if len(self._taken) != count + 1 or self._is_taken.sum() > _MOST_TAKEN:
            self._taken, self._is_taken = np.full(count + 1, UNREADABLE, object), np.zeros(count + 1, bool)
            self._is_taken[count] = True
        indices = np.minimum(indices, count)
        for i in np.unique(indices[~self._is_taken[indices]]).tolist():
            self._taken[i] = self._string(str(i))
            self._is_taken[i] = True
        taken: NDArray[np.object_] = self._taken[indices]
        return taken

    def places_of(self, texts: frozenset[str]) -> list[int]:
        """The indices of the strings that are read as one of the texts, or as another spelling of one."""
        return sorted(i for word in set(map(fold_name, texts)) for i in self._places.get(word, ()))

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        """A string as names are compared -> its indices."""
        places: dict[str, list[int]] = {}
        for i, (start, end) in enumerate(pairwise(self._ends)):
            text = self._text[start:end].decode("utf-8", "surrogatepass")
            # Most are codes, of which it is sure at a glance what fold_name makes of them.
            is_code = text.isascii() and text.replace("-", "0").isalnum()
            folded = text.lower() if is_code else fold_name(parse_text(text).value)
            places.setdefault(folded, []).append(i)
        return places

    def _string(self, index: str) -> str:
        if not index:  # a blank cell
            return ""
        i = int(index)
        if not 0 <= i < len(self._ends) - 1:
            return UNREADABLE
        return self._text[self._ends[i] : self._ends[i + 1]].decode("utf-8", "surrogatepass")


def _cut(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The <si> elements, some at a time."""
    pending, begun = b"", False
    for piece in pieces:
        pending += piece
        if not begun and (at := pending.find(b"<si>")) >= 0:
            _check(pending[:at])
            pending, begun = pending[at:], True
        while begun and len(pending) >= PART and (at := _border(pending)) > 0:
            yield pending[:at]
            pending = pending[at:]
        if len(pending) > _MOST:
            raise UnsupportedLayout
    while begun and (at := _border(pending)) > 0:
        yield pending[:at]
        pending = pending[at:]
    _check(pending)
    if b"</sst>" not in pending and (begun or b"/>" not in pending):
        raise UnsupportedLayout


def _border(pending: bytes) -> int:
    """Where to cut: after an element, 0 where there is none."""
    at = pending.rfind(_END, 0, PART)
    return (at if at >= 0 else pending.find(_END)) + len(_END) if _END in pending else 0


def _check(xml: bytes) -> None:
    if b"<!" in xml or xml.count(b"<?") > 1 or _OTHER.search(xml):
        raise UnsupportedLayout


def _read(skeleton: WorkbookSkeleton, part: bytes) -> list[str]:
    count = part.count(_END)
    if part.count(b"<si>") != count:
        raise UnsupportedLayout
    _check(part.replace(b"<si>", b""))
    strings = b"<sst>%b<si><t>%b</t></si></sst>" % (part, _LAST.encode())
    cells = "".join(f'<c r="A{i + 1}" t="s"><v>{i}</v></c>' for i in range(count + 1))
    name = next(iter(skeleton.sheets))
    xml = f"<worksheet><sheetData><row>{cells}</row></sheetData></worksheet>".encode()
    sheet = skeleton.open_with({name: xml}, strings).get_sheet_by_name(name)
    texts = [str(row[0]) for row in sheet.to_python(skip_empty_area=False)]
    if len(texts) != count + 1 or texts.pop() != _LAST:
        raise UnsupportedLayout
    return texts
