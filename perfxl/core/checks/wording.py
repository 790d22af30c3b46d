"""What a text says: whether an objective states an action and is specific, whether a CSF holds a figure or a direction,
whether it is about money. Judged by the word lists of words.py, never by the name of a case."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache

from perfxl.core.checks.words import (
    EMPTY_EN,
    EMPTY_ZH,
    FINANCIAL_EN,
    FINANCIAL_ZH,
    MEASURES_ZH,
    NAMING_VERBS_EN,
    NAMING_VERBS_ZH,
    SLOGANS,
    SLOGANS_EN,
    VERBS_EN,
    VERBS_ZH,
    VERBS_ZH_FIRST,
)
from perfxl.core.values.text import fold

# Figures, but not names of methods (ISO9001, ISO 9001, 5S).
_FIGURE = re.compile(
    r"(?<![A-Za-z\d])(?<!(?-i:[A-Z][A-Z] ))\d+(?:\.\d+)?(?![A-Za-z\d])|[%％‰]"
    r"|[二两三四五六七八九十百千万亿]+(?:个|家|次|元|成|倍|项|名|台|套|户)"
    r"|(?:数目|数量|人数|户数|次数|件数)$|\bnumber of\b",
    re.IGNORECASE,
)
_UP_OR_DOWN = "提高|提升|增加|增长|扩大|降低|下降|减少|缩短|压缩"
_MEASURED = "员工|客户|质量|品质|满意|效率|成本|利润|收入|市场|服务|安全|合格|产量|销售|毛利|能耗|周转|流失|回报"
_DIRECTION = re.compile(
    rf"^(?:{_UP_OR_DOWN})|(?:{_UP_OR_DOWN})$|^(?:更|较)[高低多少快短]|^[高低](?={_MEASURED})"
    r"|^(?:increase|raise|improve|reduce|lower|cut|shorten|higher|more|less|fewer|high|low)\b(?!-)",
    re.IGNORECASE,
)
_ENGLISH = re.compile(r"[a-z][a-z\-]+")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
# What stands before the action: in 2025, by the end of June, in a bracket.
_LEAD = re.compile(
    r"^(?:[\s\d年月日底前内后,，、:：.()（）《》“”\"'【】第一二三四五六七八九十]|在|于|到|至|通过|本年度?|全年"
    r"|[今明去]年|[上下]半年|季度)+"
)


def states_action(text: str, own: Collection[str] = ()) -> bool:
    """Whether an objective contains an action verb of the lists, or one of the company's `own`; a measure's name, such
    as 销售收入 or market share, states none though its words may be verbs elsewhere."""
    words = fold(text).casefold()
    if any(verb and verb.casefold() in words for verb in own):
        return True
    verbs = [verb for verb in VERBS_ZH if verb in words]
    if verbs and not (NAMING_VERBS_ZH.issuperset(verbs) and _names_a_measure(words, verbs)):
        return True
    begun = _LEAD.sub("", words)
    if begun[:1] in VERBS_ZH_FIRST or _COMES_TO.match(begun):
        return True
    return any(_acts(clause) for clause in _CLAUSES.split(words))


def _names_a_measure(words: str, verbs: Iterable[str]) -> bool:
    """Whether a text of verbs that mostly name things ends as measures do, before any figure: 销售收入2亿元."""
    if any(f"{verb}{done}" in words for verb in verbs for done in _DONE):
        return False
    return _TARGET_AT_END.sub("", words).endswith(tuple(MEASURES_ZH))


def _acts(clause: str) -> bool:
    """Whether an English clause holds a verb; what mostly names a thing has to begin it: plan, but not sales plan."""
    begun = False
    for word in _ENGLISH.findall(clause):
        forms = _plain_forms(word) & VERBS_EN
        if forms and not (begun and forms <= NAMING_VERBS_EN):
            return True
        begun = begun or word not in _BEFORE_VERBS
    return False


def is_slogan(text: str) -> bool:
    """Whether an objective says nothing of what is to be reached: a slogan alone, or verbs with words that may stand
    for anything."""
    words = fold(text).casefold()
    if _FIGURE.search(words) or not words:
        return False
    for slogan in sorted((*SLOGANS, *SLOGANS_EN), key=len, reverse=True):
        words = words.replace(slogan, " ")
    return not any(_says_what(clause) for clause in _CLAUSES.split(words))


def _says_what(clause: str) -> bool:
    """Whether anything is left of it beside its first verb and words that may stand for anything."""
    if _CHINESE.search(clause):
        verbs = [(at, -len(verb), verb) for verb in VERBS_ZH if (at := clause.find(verb)) >= 0]
        rest = clause.replace(min(verbs)[2], " ", 1) if verbs else clause
        for word in _LONGEST_FIRST:
            rest = rest.replace(word, " ")
        return len("".join(rest.split())) >= _LEAST_SAID
    words = _ENGLISH.findall(clause)
    first = next((i for i, word in enumerate(words) if _plain_forms(word) & VERBS_EN), None)
    return any(word not in EMPTY_EN for i, word in enumerate(words) if i != first)


# A verb of one character with what it comes to: 开满 12 家门店, 签下战略伙伴; but not 支出, 产出.
_COMES_TO = re.compile(r"[^支产输进突演地当线名目时](?:出|下|满|住|掉|完|回|齐|足)[^入]")
_DONE = "好到出"  # after a verb: 管理好
_TARGET_AT_END = re.compile(
    r"[\s\d.,%％‰万亿千百十元美家个件次天户人名台套吨分秒年月日以上下内不低高于超过小大约或≥≤<>=:~—()《》\-]+$"
)
_BEFORE_VERBS = frozenset(("to", "we", "will", "shall", "must", "should", "can"))
_LEAST_SAID = 2  # characters
_LONGEST_FIRST = sorted(EMPTY_ZH, key=len, reverse=True)
_CLAUSES = re.compile(r"[,;:.!，；：。！、]|\band\b")


def holds_figure(csf: str) -> bool:
    """Whether a CSF holds a figure or a direction of value, which belong to KPIs and targets."""
    text = fold(csf)
    return bool(_FIGURE.search(text) or _DIRECTION.search(text))


def is_about_money(csf: str) -> bool:
    """Whether a CSF is a financial one, by its words."""
    words = fold(csf).casefold()
    return any(word in words for word in (*FINANCIAL_ZH, *FINANCIAL_EN))


@lru_cache(maxsize=4096)
def _plain_forms(word: str) -> frozenset[str]:
    """A verb without the endings of its other forms: reduces, reduced, cutting."""
    forms = {word}
    for ending in ("s", "es", "d", "ed", "ing"):
        if word.endswith(ending) and len(word) > len(ending) + 1:
            stem = word.removesuffix(ending)
            forms |= {stem, stem + "e"}
            if len(stem) > 2 and stem[-1] == stem[-2]:
                forms.add(stem[:-1])
    if word.endswith("ies"):
        forms.add(word[:-3] + "y")
    return frozenset(forms)
