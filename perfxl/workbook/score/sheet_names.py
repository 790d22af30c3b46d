"""Sheet names that Excel takes: short, without its forbidden signs, each once."""

from __future__ import annotations

import re

_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_LONGEST = 31
_RESERVED = {"history"}


class SheetNames:
    def __init__(self) -> None:
        self._taken = set(_RESERVED)

    def take(self, wish: str, tell_apart: str = "") -> str:
        """A free name like the one wished for; a second of the same name gets `tell_apart` or a number."""
        plain = _FORBIDDEN.sub("_", wish).strip().strip("'") or "_"
        extras = ["", *([f" {_FORBIDDEN.sub('_', tell_apart)}"] if tell_apart else [])]
        number = 2
        while True:
            extra = extras.pop(0) if extras else f" ({(number := number + 1) - 1})"
            name = plain[: _LONGEST - len(extra[:_LONGEST])].rstrip() + extra[:_LONGEST]
            if name.casefold() not in self._taken:
                self._taken.add(name.casefold())
                return name
