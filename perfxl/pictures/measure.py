"""How wide text will be, and where it breaks, before any font is at hand: full-width signs are one em, the others as
wide as in the widest of the fonts that pictures ask for."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

FONTS = "'Noto Sans CJK SC','Noto Sans SC','Source Han Sans SC','Microsoft YaHei','PingFang SC','SimHei',sans-serif"
"""The stack of font families: Linux, Windows, macOS."""

# Hundredths of an em, regular or bold, whichever is wider.
_WIDTHS = {
    30: " i|j',.:;lI",
    38: "!-f()[]{}/\\",
    46: "trs*?zc",
    58: 'x"J_yFLYev#$+0123456789<=>^a~',
    64: "gkZESTVX`oAbdhnpqu",
    72: "CPBRKDG&",
    78: "NUHOQ",
    94: "Mw",
    101: "Wm%@",
}
_EM = {sign: width * 1.02 / 100 for width, signs in _WIDTHS.items() for sign in signs}
_NARROW = 0.72  # of a letter that is not named
_WIDE = frozenset("WFA")  # East Asian classes; A is ambiguous, and full-width in a Chinese font
_NOT_FIRST = frozenset("，。、；：！？）》」』】〕”’％…,.;:!?)]}%")
_NOT_LAST = frozenset("（《「『【〔“‘([{")


@lru_cache(maxsize=4096)
def _em(sign: str) -> float:
    if sign in _EM:
        return _EM[sign]
    if unicodedata.category(sign) in ("Mn", "Me", "Cf"):
        return 0.0
    return 1.0 if unicodedata.east_asian_width(sign) in _WIDE else _NARROW


def text_width(text: str, size: float) -> float:
    """The width of one line in a font of this size; in the same unit."""
    return sum(map(_em, text)) * size


def wrap(text: str, width: float, size: float, most: int = 12) -> list[str]:
    """The lines of a text in a column of this width: Chinese breaks anywhere but before closing signs and after opening
    ones, other words between them. What needs more than `most` lines ends with an ellipsis.
    """
    lines, line, used = list[str](), "", 0.0
    for piece in _pieces(" ".join(text.split())):
        wide = text_width(piece, size)
        if used + wide <= width or not line:
            line, used = line + piece, used + wide
        else:
            lines.append(line)
            line = piece.lstrip()
            used = text_width(line, size)
        while used > width and len(line) > 1:  # one word that is wider than a line
            fits = _fitting(line, width, size)
            lines.append(line[:fits])
            line = line[fits:]
            used = text_width(line, size)
    if line.strip():
        lines.append(line)
    lines = [each.rstrip() for each in lines]
    if len(lines) > most:
        last = lines[most - 1]
        lines = [*lines[: most - 1], last[: max(1, _fitting(last, width - size, size))] + "…"]
    return lines


def _fitting(text: str, width: float, size: float) -> int:
    """How many signs fit; one at least."""
    used = 0.0
    for i, sign in enumerate(text):
        used += _em(sign) * size
        if used > width:
            return max(i, 1)
    return len(text)


def _pieces(text: str) -> Iterator[str]:
    """What is not broken: a Chinese sign with the closing signs behind it and opening ones before it, a word with the
    space before it."""
    piece = ""
    for sign in text:
        before = piece[-1:]
        joined = sign in _NOT_FIRST or before in _NOT_LAST or (_is_word(sign) and (_is_word(before) or before == " "))
        if piece and not joined:
            yield piece
            piece = ""
        piece += sign
    if piece:
        yield piece


def _is_word(sign: str) -> bool:
    return bool(sign) and sign != " " and unicodedata.east_asian_width(sign) not in _WIDE
