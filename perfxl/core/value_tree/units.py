"""Units of figures that are calculated with: 元/户 x 万户 is 万元, and 万元 + 元 is none."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from perfxl.core.language import Text
from perfxl.core.values.numbers import is_percent
from perfxl.core.values.text import fold_name

# What may stand before a unit, longest first.
_SCALES = {
    "千亿": 10**11,
    "百亿": 10**10,
    "十亿": 10**9,
    "亿": 10**8,
    "千万": 10**7,
    "百万": 10**6,
    "十万": 10**5,
    "万": 10**4,
    "千": 10**3,
    "百": 10**2,
    "10,000": 10**4,
    "10k": 10**4,
    "100 billion": 10**11,
    "10 billion": 10**10,
    "billion": 10**9,
    "100 million": 10**8,
    "10 million": 10**7,
    "million": 10**6,
    "thousand": 10**3,
}
_SAME = {
    **dict.fromkeys(("人民币", "人民币元", "元人民币", "rmb", "cny", "yuan", "¥", "元整"), "元"),
    **dict.fromkeys(("日", "天", "day"), "天"),
    **dict.fromkeys(("个月", "月", "month"), "月"),
    **dict.fromkeys(("年", "年度", "year"), "年"),
    **dict.fromkeys(("人", "名", "person", "people"), "人"),
    **dict.fromkeys(("倍", "无", "-", "—", "比", "比率", "系数", "ratio", "time"), ""),
}
# What messages in English call them; others are called as they were typed.
_ENGLISH_SCALES = {
    10**11: "100 billion",
    10**10: "10 billion",
    10**9: "billion",
    10**8: "100 million",
    10**7: "10 million",
    10**6: "million",
    10**5: "100k",
    10**4: "10k",
    1000: "thousand",
    100: "hundred",
}
_ENGLISH = {"元": "yuan", "天": "day", "月": "month", "年": "year", "人": "person"}
_TIMES = re.compile(r"[·•*×.]|(?<=[a-z])\s+(?=[a-z])")


class Unit(NamedTuple):
    """`parts`: base unit -> power, sorted; `scale`: how many base units make one."""

    parts: tuple[tuple[str, int], ...]
    scale: Fraction = Fraction(1)

    @property
    def text(self) -> Text:
        """For messages: 万元, 元/户, without the bases that cancel out."""
        size = next((name for name, scale in _SCALES.items() if scale == self.scale), "")
        number = "" if size or self.scale == 1 else f"{float(self.scale):g}"
        english = _ENGLISH_SCALES.get(self.scale.numerator, "") if size else number
        words = {name: _ENGLISH.get(name, name) for name, _ in self.parts}
        return Text(self._written(size or number, {}), self._written(english and f"{english} ", words).strip())

    def _written(self, size: str, words: Mapping[str, str]) -> str:
        above = "·".join(words.get(name, name) for name, power in self.parts for _ in range(power))
        below = "/".join(words.get(name, name) for name, power in self.parts for _ in range(-power))
        plain = "" if size and not below else "1"
        return f"{size}{above or plain}{'/' if below else ''}{below}"


PLAIN = Unit(())


def read_unit(text: object) -> Unit | None:
    """The unit that is written; None where none is: then nothing is known of it."""
    word = unicodedata.normalize("NFKC", str(text or "")).strip().lower().removeprefix("每")
    if not word:
        return None
    if is_percent(word):
        return PLAIN
    parts: Counter[str] = Counter()
    scale = Fraction(1)
    for place, group in enumerate(re.split(r"[/每]|\bper\b", word)):
        for piece in _TIMES.split(group):
            base, size = _base(piece.strip())
            power = 1 if place == 0 else -1
            scale *= Fraction(size) ** power
            if base:
                parts[base] += power
    return _made(parts, scale)


def multiply(one: Unit, other: Unit, power: int) -> Unit:
    """One unit times the other (power 1) or divided by it (-1)."""
    parts = Counter(dict(one.parts))
    for name, count in other.parts:
        parts[name] += power * count
    return _made(parts, one.scale * other.scale**power)


def _made(parts: Mapping[str, int], scale: Fraction) -> Unit:
    return Unit(tuple(sorted((name, power) for name, power in parts.items() if power)), scale)


def _base(piece: str) -> tuple[str, int]:
    for name, size in _SCALES.items():
        if piece.startswith(name):
            base, more = _base(piece.removeprefix(name).strip())
            return base, size * more
    folded = fold_name(piece)
    if folded.isascii() and len(folded) > 3:
        folded = folded.removesuffix("s")  # customers, customer
    return ("" if is_percent(piece) else _SAME.get(folded, folded)), 1
