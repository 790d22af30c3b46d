"""What the words of a table's header say: each meaning that its last head word allows, and how surely.

The words stand in lexicon.toml, where a reader adds one; the schema's own spellings are known beside them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from perfxl.core.values.text import fold, simplified
from perfxl.tables.headers import bare, meanings
from perfxl.tables.totals import is_total_word

EXACT, SURE, LIKELY, NEAR, DOUBTFUL = 1.0, 0.9, 0.5, 0.7, 0.45
"""How surely a header says a thing: as a sheet of perfxl's own does, by a head word, by one that may mean another
thing as well, by a spelling that is all but known, and by one so short that it may be another word."""

CLEAR = 0.2
"""How far the best reading of a column must be ahead of the next for it to be sure."""

LEAST_LEVELS = 3
"""Columns of levels at least."""
MARK, PERIOD = "mark:", "period:"
"""Meanings with a part of their own: mark:self, period:actual."""


@dataclass(frozen=True)
class Heard:
    """What a header says.

    senses  meaning -> how surely, 0 to 1
    share   percent points named with it: 自评30%, 代码质量 45%
    scale   the range or full marks named with it: (1-5), (100分)
    period  the month, quarter ... that it names, as typed
    percent whether plain numbers below it are percent points
    near    the known spelling that it is all but, where only that speaks: 考核指标 of 考核指示
    """

    text: str
    senses: dict[str, float]
    share: float | None = None
    scale: tuple[float, float] | None = None
    period: str = ""
    percent: bool = False
    language: str = "zh"
    near: str = ""

    @property
    def best(self) -> float:
        """How surely it says anything."""
        return max(self.senses.values(), default=0.0)


LONGEST_HEADER = 500
"""Letters. A cell may hold 32,767; looking for words and figures in them takes time that grows with their square."""


@lru_cache(maxsize=8192)
def hear(text: str) -> Heard:
    """What the text says as a header; nothing where no word of it is known, or where it is longer than any header."""
    if len(text) > LONGEST_HEADER:
        return Heard(text, {})
    folded = simplified(fold(text.replace("\n", " ")).casefold())
    share, scale, plain = _take_figures(folded)
    period, rest = _take_period(plain)
    if period:
        kind = "target" if _is_kind(rest, "target") else "variance" if _is_kind(rest, "variance") else "actual"
        of_period = {} if rest and not _is_kind(rest, kind) else {PERIOD + kind: SURE}
        return Heard(text, of_period, share, scale, period, "%" in folded, "en" if folded.isascii() else "zh")
    if any(is_total_word(part) for part in folded.split()[:-1] if not part.isascii()):
        return Heard(text, {"total_score": SURE}, share, scale)  # the sum of the columns beside it
    if relation := _relation_below(plain.split(" ")):
        return Heard(text, {MARK + relation: SURE}, share, scale)  # 评分 over 上级 over 直接
    chinese, latin = _scripts(plain)
    senses: dict[str, float] = {}
    near, plainly = "", False
    for part in (bare(folded), chinese, latin):
        said, spelling = _senses(part) if part else ({}, "")
        near = near or spelling
        plainly = plainly or (not spelling and max(said.values(), default=0.0) >= LIKELY)
        for meaning, score in said.items():
            senses[meaning] = max(score, senses.get(meaning, 0.0))
    near = near if not plainly and max(senses.values(), default=0.0) < SURE * NEAR + 1e-9 else ""
    return Heard(text, senses, share, scale, "", "%" in folded, "zh" if chinese else "en", near)


def relation_words() -> dict[str, frozenset[str]]:
    """Relation -> the words for it."""
    return {name: frozenset(words) for name, words in _data()["relations"].items()}


def label_columns() -> dict[str, str]:
    """Bare words of labels above a table -> the column of the contract sheet that they name there."""
    return {bare(word): column for column, words in _data()["labels"].items() for word in words}


def row_kind(text: str) -> str:
    """target, actual or variance, where that is what a row's label says; else ""."""
    plain = fold(text).casefold().strip(" :")
    return next((kind for kind, words in _data()["row_kinds"].items() if plain in words), "")


@cache
def level_scales() -> tuple[tuple[str, ...], ...]:
    """The labels of known scales, each from the best down."""
    return tuple(tuple(scale) for scale in _data()["levels"]["scales"])


_LEVEL = re.compile(r"(.*?)\s*[(\[:]?\s*(?:(\d+(?:\.\d+)?)\s*(%|分|points?|pts|marks)?)?\s*[)\]]?")


def level_parts(text: str) -> tuple[str, str]:
    """The label and the points of a header such as 优(100分), A:90, 80分; of a header over two rows, of its last."""
    if len(text) > LONGEST_HEADER:
        return text, ""
    plain = fold(text.replace("\n", " ")).strip()
    parts = [match for part in (plain, plain.rpartition(" ")[2]) if (match := _LEVEL.fullmatch(part))]
    labels = [(match[1].strip(" ("), match[2] or "") for match in parts]
    known = (each for each in labels if not each[0] or any(each[0].casefold() in scale for scale in level_scales()))
    return next(known, labels[-1] if labels else (plain, ""))


def is_level(text: str) -> bool:
    """Whether a header names a level: one of a known scale, or its points alone (5分)."""
    label, points = level_parts(text)
    return bool(points) if not label else any(label.casefold() in scale for scale in level_scales())


def title_rest(title: str) -> tuple[str, str]:
    """("post" or "department", name) where a title such as 计划主管考核标准 names one, else two blanks."""
    plain = re.sub(_OF_TITLES, "", fold(title).casefold())
    rest = _without_title_words(plain)
    if rest == plain or len(rest) < 2 or rest in _data()["titles"]["department_ends"]:
        return "", ""
    at = fold(title).casefold().find(rest)
    name = fold(title)[at : at + len(rest)] if at >= 0 else rest
    return ("department" if rest.endswith(tuple(_data()["titles"]["department_ends"])) else "post"), name


def is_title(text: str) -> bool:
    """Whether a text is nothing but a title: 2026年度绩效考核表."""
    plain = re.sub(_OF_TITLES, "", fold(text).casefold())
    return plain != "" and _without_title_words(plain) == ""


_OF_TITLES = r"\d{4}\s*年?度?|\d{1,2}月(?:份)?|第?[一二三四1-4]季度|[上下]半年|[()\s\d]"


def _without_title_words(rest: str) -> str:
    words = sorted(_data()["titles"]["words"], key=len, reverse=True)
    while rest and (word := next((word for word in words if rest.endswith(word)), "")):
        rest = rest.removesuffix(word)
    return rest


# The figures in a header

_BRACKETED = re.compile(r"[(\[【<]([^()\[\]【】<>]*)[)\]】>]")
_SHARE = re.compile(r"(?<!\d)(\d++(?:\.\d+)?)\s*%")
_RANGE = re.compile(r"(\d+(?:\.\d+)?)\s*(?:-|~|至|to|–|—)\s*(\d+(?:\.\d+)?)\s*分?")
_FULL = re.compile(r"(?:满分|共|out of|max\.?|/)?\s*(\d+(?:\.\d+)?)\s*(?:分|points|marks|pts)?(?:制|满分)?")


def _take_figures(text: str) -> tuple[float | None, tuple[float, float] | None, str]:
    share: float | None = None
    scale: tuple[float, float] | None = None
    for inside in _BRACKETED.findall(text):
        if match := _RANGE.fullmatch(inside.strip()):
            scale = float(match[1]), float(match[2])
        elif match := _SHARE.search(inside):
            share = float(match[1])
        elif inside.strip() and (match := _FULL.fullmatch(inside.strip())):
            scale = 0.0, float(match[1])
    plain = _BRACKETED.sub(" ", text)
    if match := _SHARE.search(plain):
        share = float(match[1])
        plain = plain[: match.start()] + " " + plain[match.end() :]
    return share, scale, plain.strip(" :*★☆%")


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_PERIOD = re.compile(
    r"(?:20\d\d\s*年?\s*[-./]?\s*)?(?:1[0-2]|0?[1-9])\s*月(?:份|度)?|(?:20\d\d年?)?\s*(?:十[一二]?|[一二三四五六七八九])月(?:份)?"
    r"|(?:20\d\d年?)?\s*第?\s*[一二三四1-4]\s*季度?|(?:20\d\d)?\s*q[1-4](?:\s*20\d\d)?|(?:20\d\d年?)?[上下]半年|20\d\d-(?:1[0-2]|0[1-9])(?:-01)?"
    r"|(?:" + "|".join(_MONTHS) + r")(?:uary|ruary|ch|il|e|y|ust|tember|t|ober|ember)?\.?(?:\s*[-' ]?\s*(?:20)?\d\d)?"
)
_CHINESE_MONTHS = {
    c: i + 1 for i, c in enumerate(("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"))
}


def _take_period(plain: str) -> tuple[str, str]:
    """The period that begins or ends a header, as core/values/dates reads it, and what else the header says."""
    match = _PERIOD.match(plain)
    if match is None or (match.end() < len(plain) and plain[match.end()].isascii() and plain[match.end()].isalpha()):
        return "", plain
    return _spelt(match[0].strip()), plain[match.end() :].strip(" /-:")


def _spelt(period: str) -> str:
    month = next((i for i, name in enumerate(_MONTHS) if period.startswith(name)), None)
    if month is not None:
        year = re.search(r"(?:20)?(\d\d)$", period)
        return f"20{year[1]}-{month + 1:02}" if year else f"{month + 1}月"
    if match := re.search(r"(十[一二]?|[一二三四五六七八九])月", period):
        return period.replace(match[1], str(_CHINESE_MONTHS[match[1]]), 1)
    return (
        re.sub(r"月(?:份|度)$", "月", period).removesuffix("-01")
        if period.count("-") == 2
        else re.sub(r"月(?:份|度)$", "月", period)
    )


def _is_kind(text: str, kind: str) -> bool:
    return bool(text) and (text in _data()["row_kinds"][kind] or kind in _senses(text)[0])


# Words

_FAINT = 0.15  # less of a header that is known says nothing
_HEAD_OF = re.compile(r"^(.+?) (?:of|for) .+$")


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("perfxl.tables").joinpath("lexicon.toml").read_text(encoding="utf-8"))


@cache
def _heads() -> dict[str, dict[str, float]]:
    """Head word -> meaning -> how surely."""
    heads: dict[str, dict[str, float]] = {}
    for meaning, words in _data()["meanings"].items():
        for certainty, score in (("likely", LIKELY), ("sure", SURE)):
            for word in words.get(certainty, ()):
                heads.setdefault(simplified(word), {})[meaning] = score
    return heads


@cache
def _relations() -> dict[str, str]:
    return {simplified(word): name for name, words in _data()["relations"].items() for word in words}


@cache
def _said_marks() -> dict[str, str]:
    """Words that say both, whose and marks, as they are heard: simplified, with blanks or bare of them."""
    said = _data()["marks"]["said"]
    return {plain: name for name, words in said.items() for word in words for plain in (simplified(word), bare(word))}


@cache
def _vocabulary() -> frozenset[str]:
    data = _data()
    return frozenset((*_heads(), *_relations(), *data["neutral"]["words"], *data["marks"]["words"]))


@cache
def _beginnings() -> frozenset[str]:
    """What known words begin with: a letter of Chinese ones, a word of those that are parted by blanks."""
    return frozenset(start for word in _vocabulary() for start in (word[:1], word.partition(" ")[0]))


def _relation_below(parts: Sequence[str]) -> str:
    """Whose marks stand in a column, by a header over several rows: words for marks over words for who gives them."""
    if len(parts) < 2 or parts[0].isascii():
        return ""
    of_marks = set(_data()["marks"]["words"])
    over, known = _cut(parts[0])
    if not (parts[0] in of_marks or (over and known == 1 and set(over) <= of_marks)):
        return ""
    return next(
        (_relations()[word] for part in parts[1:] for word in (part, *_cut(part)[0]) if word in _relations()), ""
    )


def _scripts(plain: str) -> tuple[str, str]:
    """The Chinese and the Latin half of a header in both languages; digits belong to neither."""
    chinese = re.sub(r"[^㐀-鿿]", "", plain)
    latin = " ".join(re.findall(r"[a-zß-öø-ÿœ#][-a-zß-öø-ÿœ#.&/]*|%", re.sub(r"[㐀-鿿]|['’]s\b", " ", plain)))
    return chinese, latin if latin != "%" else ""


def _senses(plain: str) -> tuple[dict[str, float], str]:
    """What one language's part of a header says, and the known spelling that it is near to, where that made it so."""
    senses = dict(_heads().get(plain, {}))
    for said in meanings("contract_sheet").get(bare(plain), ()):
        if said.column in ("form", "actual_text"):
            continue  # made by the reader
        senses[said.column] = max(EXACT - said.rank / 200, senses.get(said.column, 0.0))
    if senses:
        if plain in _relations():
            senses[MARK + _relations()[plain]] = LIKELY  # whose marks they are, where marks stand below: 上级, 同级1
        return senses, ""
    if relation := _said_marks().get(plain, ""):
        return {MARK + relation: SURE}, ""
    words, known = _cut(plain)
    of_marks = set(_data()["marks"]["words"])
    relation = next((_relations()[word] for word in words if word in _relations()), "")
    if relation and words and words[-1] in of_marks and (len(words) > 1 or words[-1] not in _relations()):
        return {MARK + relation: SURE}, ""
    if len(words) > 1 and words[0] in of_marks and words[-1] in _said_marks():
        return {MARK + relation: SURE}, ""  # 评分 over 自评
    head = next((word for word in reversed(words) if word in _heads()), "")
    senses = {meaning: score * known for meaning, score in _heads().get(head, {}).items()}
    if max(senses.values(), default=0.0) < _FAINT:
        senses = {}
    near = _near(plain) if not senses or known < 0.75 else ""
    for meaning, score in _heads().get(near, {}).items():
        senses[meaning] = max(senses.get(meaning, 0.0), score * (NEAR if len(plain) > 3 else DOUBTFUL))
    if relation and len(words) == 1 and known == 1:
        senses[MARK + relation] = LIKELY  # whose marks they are, where marks stand below: 上级, 同级1
    return senses, near


def _near(plain: str) -> str:
    """The known spelling that differs by a letter or two; of Chinese words, by one character."""
    if not 3 <= len(plain) <= 40:
        return ""
    latin = _is_latin(plain)
    cutoff = 0.8 if latin else 0.75 if len(plain) > 3 else 0.66
    spellings = [word for size in (-1, 0, 1) for word in _spellings(latin).get(len(plain) + size, ())]
    letters = set(plain)  # a word with too many others cannot be near: most texts of a sheet are far from every word
    able = [w for w in spellings if len(w) - len(set(w) - letters) >= cutoff * (len(w) + len(plain)) / 2]
    return next(iter(get_close_matches(plain, able, 1, cutoff)), "")


@cache
def _spellings(latin: bool) -> dict[int, list[str]]:
    """The known words of a script, by their length."""
    words: dict[int, list[str]] = {}
    for word in _heads():
        if _is_latin(word) == latin and len(word) > 2:
            words.setdefault(len(word), []).append(word)
    return words


def _is_latin(text: str) -> bool:
    """Whether words are parted by blanks: Latin letters, with their accents."""
    return text.isascii() or max(text) < "\u0370"


def _cut(plain: str) -> tuple[list[str], float]:
    """The known words in order, neutral ones left out, and the part of the text that known words make up."""
    if _is_latin(plain):
        match = _HEAD_OF.match(plain)
        units = (match[1] if match else plain).split(" ")
        found = list(_longest_first(units, " "))
    else:
        found = list(_longest_first(list(plain), ""))
    whole = sum(size for _, size in found)
    known = sum(size for word, size in found if word)
    return [word for word, _ in found if word and word not in _neutral()], known / whole if whole else 0.0


@cache
def _neutral() -> frozenset[str]:
    """Words that say nothing of what a column holds."""
    said = {*_heads(), *_relations(), *_data()["marks"]["words"]}
    return frozenset(set(_data()["neutral"]["words"]) - said)


def _longest_first(units: list[str], glue: str) -> Iterator[tuple[str, int]]:
    """The units as known words and ("", 1) for each that belongs to none: the cut that leaves fewest unknown, then has
    fewest words, and longer words to the end, where the head stands."""
    vocabulary, begins, best = _vocabulary(), _beginnings(), [(0, 0, 0)] * (len(units) + 1)
    step = [(1, "")] * len(units)
    for i in range(len(units) - 1, -1, -1):
        unknown, words, squares = best[i + 1]
        best[i], step[i] = (unknown + 1, words + 1, squares), (1, "")
        longest = min(12, len(units) - i) if units[i] in begins else 0
        for size in range(1, longest + 1):
            word = glue.join(units[i : i + size])
            if word in vocabulary:
                unknown, words, squares = best[i + size]
                cost = (unknown, words + 1, squares - size * size)
                if cost < best[i]:
                    best[i], step[i] = cost, (size, word)
    i = 0
    while i < len(units):
        size, word = step[i]
        yield word, size
        i += size
