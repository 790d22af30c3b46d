"""The two languages of everything that a user sees: Chinese first, English beside it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

LANGUAGES = ("zh", "en")


class Text(NamedTuple):
    """A label, header or message in both languages; called with the language, it gives that side:
    Text("错误", "error")("zh")."""

    zh: str
    en: str

    def __call__(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


# How each language joins words.
COLON = Text("：", ": ")
COMMA = Text("、", ", ")
SEMICOLON = Text("；", "; ")
PAUSE = Text("，", ", ")
FULL_STOP = Text("。", ".")
WORD_SPACE = Text("", " ")
BRACKETS = Text("（{}）", " ({})")


def join_texts(texts: Iterable[Text]) -> Text:
    """Several texts as a list in each language."""
    pairs = list(texts)
    return Text(COMMA.zh.join(text.zh for text in pairs), COMMA.en.join(text.en for text in pairs))


def several(count: int, noun: str) -> str:
    """So many in English: 1 document, 2 documents."""
    return f"{count} {noun}{'s' * (count != 1)}"
