"""The clauses of a scoring sentence: what each one says, by the patterns of data/sentences.toml.

Clauses must cover the sentence from its first character to its last; at each place the longest one is taken. So what
is not known is never passed over, and the time grows with the length alone.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from perfxl.core.values.text import fold, simplified
from perfxl.tables.notation.targets import any_of, unit_spellings

_BETWEEN = re.compile(r"[,;、。.|: ]+|[(](?=[^()]{1,60}[)])|[)]")
_LONGEST = 2_000  # no cell of a table holds a longer rule
_CLAUSE = 120  # and no clause is longer
_ENGLISH = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_WORDS = {word: at for words in ("一二三四五六七八九十", _ENGLISH) for at, word in enumerate(words, 1)} | {"两": 2}


@dataclass(frozen=True)
class Clause:
    """One thing that a sentence says: its fact, side and sign as the patterns give them, and its figures as typed."""

    fact: str
    side: str = ""
    sign: int = 0
    groups: dict[str, str] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Whether a group took part, be it empty."""
        return name in self.groups

    def number(self, name: str) -> float | None:
        """A figure of the clause."""
        return spelled_number(self.groups.get(name, ""))


def read_clauses(text: str, subjects: Collection[str] = ()) -> tuple[list[Clause], str]:
    """A sentence's clauses in its order. `subjects`: what a clause may call the KPI itself, before what it says of it.

    Returns: the clauses, and the rest of the text from the first place that none fits; "" where all is read."""
    plain = normalised(text)
    if len(plain) > _LONGEST:
        return [], plain
    found: list[Clause] = []
    scripts = _Scripts(bool(_HAN.search(plain)), bool(_LATIN.search(plain)))
    at = 0
    while at < len(plain):
        clause, end = _longest(plain, at, scripts)
        if clause is not None:
            if clause.fact != "nothing":
                found.append(clause)
            at = end
            continue
        gap = _BETWEEN.match(plain, at)
        starts = at == 0 or plain[at - 1] in ",;、。:" or (plain[at - 1] == "." and not plain[at].isdigit())
        named = max((len(word) for word in subjects if starts and plain.startswith(word, at)), default=0)
        if not gap and not named:
            return found, plain[at:]
        at = gap.end() if gap else at + named
    return found, ""


def normalised(text: str) -> str:
    """Half-width, lower case, one sign for each comparison, no spaces beside Chinese characters."""
    folded = simplified(fold(text)).casefold()
    for signs, sign in _SIGNS:
        for each in signs:
            folded = folded.replace(each, sign)
    return _SPACES.sub("", folded)


def spelled_number(word: str) -> float | None:
    """2, 0.5, 两, 十 as a number; None for what is none."""
    if word in _WORDS:
        return float(_WORDS[word])
    return float(word) if re.fullmatch(r"\d{1,9}(?:\.\d{1,4})?", word, re.ASCII) else None


_SIGNS = (
    ((">=", "=>", "≧", "⩾"), "≥"),
    (("<=", "=<", "≦", "⩽"), "≤"),
    (("×", "✕", "✖"), "*"),
    (("÷",), "/"),
    (("“", "”", '"', "【", "】", "'"), ""),
)
_SPACES = re.compile(r"(?<=[^a-z0-9.%]) | (?=[^a-z0-9.%+-])")


# A clause that ends inside a number is none: 得100 of 得1000分.
_CUT = re.compile(r"\d\.?\d", re.ASCII)


def _longest(text: str, at: int, scripts: _Scripts) -> tuple[Clause | None, int]:
    best, end = None, at
    window = min(len(text), at + _CLAUSE)
    for pattern, fact, side, sign in _patterns(scripts):
        match = pattern.match(text, at, window)
        if match and match.end() > end and not _CUT.match(text, match.end() - 1):
            groups = {name: value for name, value in match.groupdict().items() if value is not None}
            best, end = Clause(fact, side, sign, groups), match.end()
    return best, end


class _Scripts(NamedTuple):
    """What a text is written in: patterns of the other script cannot fit, and are not even made."""

    chinese: bool
    latin: bool


# Limits and points may stand without a word: ≥95%: 100, A=90.
_WORDLESS = ("band", "grade")


@cache
def _patterns(scripts: _Scripts) -> tuple[tuple[re.Pattern[str], str, str, int], ...]:
    """Each pattern with its fact, side and sign. Chinese ones know no English units, which saves most of the time that
    making them takes."""
    data, spellings = _data(), unit_spellings()
    chinese = {"unit": any_of(word for word in spellings if not word.isascii() or word == "%")}
    either = {"unit": any_of(word for word in spellings if word.isascii() or len(word) == 1)}
    for name, text in data["fragments"].items():
        for fragments in (chinese, either):
            fragments[name] = _filled(text, fragments)
    bare = {**chinese, "u": "", "unit": "", "n": "", "event_en": ""}
    made = []
    for clause in data["clause"]:
        for text in clause["patterns"]:
            is_chinese = bool(_HAN.search(_filled(text, bare)))
            if (scripts.chinese if is_chinese else scripts.latin) or clause["fact"] in _WORDLESS:
                whole = re.compile(_filled(text, chinese if is_chinese else either), re.ASCII)
                made.append((whole, clause["fact"], clause.get("side", ""), clause.get("sign", 0)))
    return tuple(made)


_HAN = re.compile("[\u4e00-\u9fff]")
_LATIN = re.compile("[a-z]{2}")


def _filled(text: str, fragments: dict[str, str]) -> str:
    for name, fragment in fragments.items():
        text = text.replace(f"{{{name}}}", fragment)
    return text


@cache
def _data() -> dict[str, Any]:
    path = files("perfxl.tables.notation") / "data" / "sentences.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))
