"""Names as people type them: compared without case, width and spaces; and the nearest known one for "did you mean"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import cached_property

from perfxl.core.language import Text
from perfxl.core.values.text import fold

NO_SUGGESTION = Text("", "")


def spelling(name: object) -> str:
    """What two spellings of the same name have in common."""
    return fold(str(name)).casefold().replace(" ", "")


class Nearest:
    """The known name that is meant by an unknown one, if any comes near.

    A handful of names are compared by difflib; ids by the thousand through their shortened forms, so that a
    workbook full of wrong ids is still checked in linear time.
    """

    _FEW = 300

    def __init__(self, names: Iterable[object]) -> None:
        self._names: dict[str, str] = {}
        for name in names:
            self._names.setdefault(spelling(name), str(name))

    def __call__(self, unknown: object) -> str:
        """The name as it stands where it is declared; blank where nothing comes near."""
        word = spelling(unknown)
        if word in self._names:
            return self._names[word]
        if len(self._names) <= self._FEW:
            near = get_close_matches(word, self._names, n=1, cutoff=0.6)
            return self._names[near[0]] if near else ""
        return next((self._shortened[form] for form in _shortened(word) if form in self._shortened), "")

    def sentence(self, unknown: object) -> Text:
        """ "，是否为“…”？" to append to a message; blank where nothing comes near."""
        near = self(unknown)
        return Text(f"，是否为“{near}”？", f"; did you mean “{near}”?") if near else NO_SUGGESTION

    @cached_property
    def _shortened(self) -> dict[str, str]:
        """Every name by each of its forms with at most one character left out."""
        forms: dict[str, str] = {}
        for word, name in self._names.items():
            for form in _shortened(word):
                forms.setdefault(form, name)
        return forms


def _shortened(word: str) -> Iterator[str]:
    yield word
    for i in range(len(word)):
        yield word[:i] + word[i + 1 :]
