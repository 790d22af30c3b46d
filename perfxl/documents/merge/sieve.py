"""What has to be looked into of one more document: documents of a template repeat each other paragraph by paragraph,
and most paragraphs hold nothing that must differ in the merged document. These are known again at a glance.
"""

from __future__ import annotations

import re
from typing import Any

from perfxl.documents.merge.family import Family, without_comments
from perfxl.documents.merge.words import ATTRIBUTES_TO_CHANGE, TAGS_TO_CHANGE

__all__ = ["Sieve", "Sifted"]


class Sifted:
    """`text` is what may have to be changed, the end always included; what is changed may not lose its NUL bytes."""

    def __init__(self, pieces: list[Any], places: list[int]) -> None:
        self.text = _BETWEEN.join([pieces[at] for at in places])
        self._pieces, self._places = pieces, places

    def whole(self, changed: bytes) -> bytes:
        """All of it, with the text as it is now."""
        for at, piece in zip(self._places, changed.split(_BETWEEN), strict=True):
            self._pieces[at] = piece
        return _END.join(self._pieces)


class Sieve:
    """For documents of one family. It remembers pieces as the family has them: those that stay, those to be changed."""

    def __init__(self, family: Family) -> None:
        self.family = family
        self._tags = re.compile(b"|".join((TAGS_TO_CHANGE, b"<!--", family.listed.pattern)), re.DOTALL)
        self._stay: dict[bytes, bytes] = {}
        self._change: dict[bytes, bytes] = {}
        self._size = 0

    def sifted(self, xml: bytes) -> Sifted:
        """The XML of a document as the family has it, taken apart."""
        if self._size > _MOST:
            self._stay, self._change, self._size = {}, {}, 0
        *pieces, end = xml.split(_END)
        settled: list[Any] = list(map(self._stay.get, pieces))
        unsure = [at for at, piece in enumerate(settled) if piece is None]
        self._learn([pieces[at] for at in unsure if pieces[at] not in self._change])
        places = [at for at in unsure if pieces[at] in self._change]
        for at in unsure:
            settled[at] = self._change.get(pieces[at]) or self._stay[pieces[at]]
        sifted = Sifted([*settled, self.family.settled(end)], [*places, len(pieces)])
        if b"<!--" in sifted.text and xml != (plain := without_comments(xml)):  # one that goes on behind a paragraph
            return self.sifted(plain)
        return sifted

    def _learn(self, pieces: list[bytes]) -> None:
        if not pieces:
            return
        together = _BETWEEN.join(pieces)
        self._size += len(together)
        as_settled = self.family.settled(together).split(_BETWEEN)
        if len(as_settled) != len(pieces):
            raise ValueError("a NUL byte in XML")
        for piece, settled in zip(pieces, as_settled, strict=True):
            among = self._change if self._is_to_change(settled) else self._stay
            among[piece] = piece if piece == settled else settled

    def _is_to_change(self, piece: bytes) -> bool:
        attribute, other = ATTRIBUTES_TO_CHANGE
        return attribute in piece or other in piece or bool(self._tags.search(piece))


_END = b"</w:p>"
_BETWEEN = b"\0"
_MOST = 1 << 22  # bytes
