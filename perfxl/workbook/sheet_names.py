"""What sheets may be called: Excel refuses some characters, full-width ones too where it runs in Chinese, an apostrophe
at either end, and more than 31 UTF-16 units."""

from __future__ import annotations

import re

__all__ = ["SheetNames", "cut_name", "plain_name"]

_FORBIDDEN = re.compile(r"[\[\]:*?/\\［］：＊？／＼\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_LONGEST = 31
_RESERVED = {"history"}


def plain_name(wish: str, other: str = "_") -> str:
    """The wish without what Excel refuses in the name of a sheet; `other` stands for each such character."""
    return (
        cut_name(_FORBIDDEN.sub(other, wish).strip().strip("'").strip(), _LONGEST).rstrip("' ") or other.strip() or "1"
    )


def cut_name(text: str, longest: int) -> str:
    """The beginning of a text that is at most so many UTF-16 units long; of a character beyond the first 65,536 both
    units or none."""
    return text.encode("utf-16-le")[: 2 * longest].decode("utf-16-le", "ignore")


class SheetNames:
    """The sheet names of one workbook that are taken."""

    def __init__(self) -> None:
        self._taken = set(_RESERVED)

    def take(self, wish: str, tell_apart: str = "") -> str:
        """A free name like the one wished for; a second of the same name gets `tell_apart` or a number."""
        plain = plain_name(wish)
        extras = ["", *([f" {plain_name(tell_apart)}"] if tell_apart else [])]
        number = 2
        while True:
            extra = extras.pop(0) if extras else f" ({(number := number + 1) - 1})"
            ending = cut_name(extra, _LONGEST).rstrip("'")
            name = (cut_name(plain, _LONGEST - _units(ending)).rstrip() + ending).strip("' ")
            if name.casefold() not in self._taken:
                self._taken.add(name.casefold())
                return name


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
