"""What has to be looked into of one more document: what stands between the texts of documents of one template is nearly
always the same, and most of it holds nothing that must differ in the merged document. It is known again at a glance.
"""

from __future__ import annotations

import re

from perfxl.documents.merge.family import Family, without_comments
from perfxl.documents.merge.words import TO_CHANGE

__all__ = ["Sieve", "Sifted"]


class Sifted:
    """A document taken apart. `markup` is what may have to be changed, the end always included; it may not lose its NUL
    bytes. `places` are the pieces in front of which it belongs."""

    def __init__(self, pieces: list[bytes], places: list[int], markup: list[bytes]) -> None:
        self.markup = _BETWEEN.join(markup)
        self._pieces, self._places = pieces, places

    def whole(self, changed: bytes) -> bytes:
        """All of it, with the markup as it is now. To be called once."""
        for at, markup in zip(self._places, changed.split(_BETWEEN), strict=True):
            self._pieces[at] = markup + self._pieces[at]
        return _END.join(self._pieces)


class Sieve:
    """For documents of one family."""

    def __init__(self, family: Family) -> None:
        self.family = family
        self._marks = re.compile(b"|".join((TO_CHANGE, b"-->", family.listed.pattern)), re.DOTALL)
        self._forget()

    def sifted(self, xml: bytes) -> Sifted:
        """The XML of a document as the family has it."""
        if self._size > _MOST:
            self._forget()
        *pieces, end = xml.split(_END)
        staying = self._staying
        places, markup = [], []
        for at in [at for at, piece in enumerate(pieces) if piece[: piece.rfind(b">") + 1] not in staying]:
            begin = pieces[at].rfind(b">") + 1
            before, text = pieces[at][:begin], pieces[at][begin:]
            settled, stays = self._settled.get(before) or self._learnt(before)
            if stays:
                pieces[at] = settled + text
            else:
                pieces[at] = text
                places.append(at)
                markup.append(settled)
        sifted = Sifted([*pieces, b""], [*places, len(pieces)], [*markup, self.family.settled(end)])
        if b"-->" in sifted.markup and xml != (plain := without_comments(xml)):  # the comment has a text in it
            return self.sifted(plain)
        return sifted

    def _learnt(self, markup: bytes) -> tuple[bytes, bool]:
        """As the family has it, and whether it stays so in every document."""
        settled = self.family.settled(markup)
        stays = not self._marks.search(settled)
        self._size += len(markup)
        if stays and settled == markup:
            self._staying.add(markup)
        else:
            self._settled[markup] = settled, stays
        return settled, stays

    def _forget(self) -> None:
        self._staying: set[bytes] = set()
        self._settled: dict[bytes, tuple[bytes, bool]] = {}
        self._size = 0


_END = b"</w:t>"
_BETWEEN = b"\0"
_MOST = 1 << 22  # bytes
