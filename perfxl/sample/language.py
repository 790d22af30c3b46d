"""Which of a text's two languages the sample speaks."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter

Pair = tuple[str, str]
Say = Callable[[Pair], str]


def speaker(lang: str) -> Say:
    """A function from a (Chinese, English) pair to the text in `lang`."""
    return itemgetter(0 if lang == "zh" else 1)
