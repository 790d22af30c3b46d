"""File names that Windows, macOS and Linux all take, unique whatever the case."""

from __future__ import annotations

import re
import unicodedata

from perfxl.core.values.text import clean

_MAX_BYTES = 255  # of a name, in UTF-8 (Linux)
_MAX_PATH = 259  # characters of a whole path (Windows)
_LEAST_ROOM = 24  # a name shorter than this says nothing
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\.|$)", re.IGNORECASE)


class FileNames:
    """Hands out the names of one folder, `folder` characters deep (its absolute path, without the last separator)."""

    def __init__(self, folder: int, suffix: str) -> None:
        self._suffix = suffix
        self._room = _MAX_PATH - folder - 1
        self._taken: set[int] = set()

    @property
    def fit(self) -> bool:
        """Whether the folder's path leaves room for names at all."""
        return self._room >= _LEAST_ROOM + len(self._suffix)

    def give(self, wanted: str) -> str:
        """A name as close to the wanted one as can be; what is cut off is its end."""
        number = 1
        while True:
            ending = self._suffix if number == 1 else f" ({number}){self._suffix}"
            name = _cut(safe(wanted), ending, self._room)
            if not self.is_taken(name):
                self.add(name)
                return name
            number += 1

    def is_taken(self, name: str) -> bool:
        """Whether a name, in whatever case, is in use."""
        return _key(name) in self._taken

    def add(self, name: str) -> None:
        """Notes a name that is in use already."""
        self._taken.add(_key(name))


def safe(text: str) -> str:
    """The text without what a file name may not hold."""
    text = unicodedata.normalize("NFC", clean(text))
    text = " ".join(_FORBIDDEN.sub("_", text).split()).strip(". ")
    return f"_{text}" if not text or _RESERVED.match(text) else text


def _key(name: str) -> int:
    """Of 64 bits; names that should share one would only be numbered without need."""
    return hash(unicodedata.normalize("NFKC", name).casefold())


def _cut(stem: str, ending: str, room: int) -> str:
    stem = stem[: max(1, room - len(ending))]
    while len((stem + ending).encode()) > _MAX_BYTES:
        stem = stem[:-1]
    return (stem.rstrip(". ") or "_") + ending
