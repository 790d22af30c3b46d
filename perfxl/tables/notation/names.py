"""Which way a KPI's name says is better. Only its head noun speaks: 投诉处理及时率 is about timeliness, 成本节约率
about savings, and a name without such a head says nothing. The words stand in data/directions.toml."""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from perfxl.core.values.text import fold, simplified
from perfxl.tables.notation.targets import Direction

_HANZI = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[a-z][a-z0-9 .,'&%#()/-]*")
_NOTE = re.compile(r"\([^()]{0,40}\)|\[[^\[\]]{0,40}\]|[★☆*]")
_LONGEST = 100


@lru_cache(maxsize=4096)
def direction_of_name(name: str) -> tuple[Direction | None, str]:
    """Which way is better by the name's head noun.

    Returns: direction and the head that showed it; None and "" where the name does not say, or says both."""
    text = _NOTE.sub(" ", simplified(fold(name)).casefold()).strip()
    if len(text) > _LONGEST:
        return None, ""
    if other := _other(" ".join(text.split())):
        return "lower", other
    if not _HANZI.search(text):
        return _english(" ".join(text.split()))
    latin = max((match[0].strip() for match in _LATIN.finditer(text)), key=len, default="")
    chinese = _chinese(
        _LATIN.sub("", text).replace(" ", "").strip("-/:、") if len(latin) > 3 else text.replace(" ", "")
    )
    english = _english(latin) if len(latin) > 3 else (None, "")
    if chinese[0] and english[0] and chinese[0] != english[0]:
        return None, ""
    return chinese if chinese[0] else (None, "")


def _other(name: str) -> str:
    """How a name in another language begins or ends of which less is better."""
    starts, ends = _others()
    begun = (word for word in starts if name == word or name.startswith(f"{word} "))
    return max((*begun, *(word for word in ends if name.endswith(word))), key=len, default="")


@cache
def _others() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Beginnings and ends as names are compared."""
    words = _words()["others"]
    starts, ends = (tuple(map(simplified, words[name])) for name in ("starts", "ends"))
    return starts, ends


def subjects_of(name: str) -> frozenset[str]:
    """What a sentence may call a KPI: its name or the end of it, its measure left out or not: 投诉 of 客户投诉次数."""
    text = _NOTE.sub("", simplified(fold(name)).casefold()).replace(" ", "")[:40]
    if not _HANZI.search(text):
        return frozenset()
    stems = {text.removesuffix(measure) for measure in _words()["zh"]["measures"]}
    return frozenset(stem[at:] for stem in stems for at in range(len(stem) - 1))


def is_open_name(name: str) -> bool:
    """Whether a name ends in days or hours without a head that says which way is better: 项目完成天数 is as likely one
    of which less is better as 出勤天数 is one of which more is."""
    text = _NOTE.sub("", simplified(fold(name)).casefold()).strip()
    return text.endswith(tuple(_words()["open"]["ends"])) and direction_of_name(name)[0] is None


def is_rate_name(name: str) -> bool:
    """Whether figures under this name are as a rule percentages: 合格率, 费用占比, pass rate; not 周转率."""
    text = _NOTE.sub("", simplified(fold(name)).casefold()).strip()
    if text.endswith(tuple(_words()["rates"]["never"])):
        return False
    return text.endswith(tuple(_words()["rates"]["ends"]))


def is_flow_name(name: str) -> bool:
    """Whether figures under this name come about in a period and add up: 销售收入, 投诉次数; not 期末余额, 人均收入."""
    text = _NOTE.sub("", simplified(fold(name)).casefold()).strip()
    flows = _words()["flows"]
    return text.endswith(tuple(flows["ends"])) and not text.endswith(tuple(flows["never"]))


@cache
def _words() -> dict[str, Any]:
    path = files("perfxl.tables.notation") / "data" / "directions.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _chinese(name: str) -> tuple[Direction | None, str]:
    words = _words()["zh"]
    name = re.sub(r"(?:指标|考核)$", "", name)
    head, direction, start = _head(name, words)
    if direction == "higher" and name.endswith(tuple(words["met"])):
        rest = name[:start]
        if any(word in rest for word in words["spent"]) and "预算" in rest:
            return None, ""
    if direction == "lower":
        before = name[:start]
        acted_on = any(word in before for word in (*words["acts"], *words["wanted"]))
        if acted_on or before.endswith(tuple(words["none_of"])) or not _joined_alike(before, words):
            return None, ""
    return direction, head


def _head(name: str, words: dict[str, list[str]]) -> tuple[str, Direction | None, int]:
    """The longest ending that says something, its direction, and where its noun begins."""
    found: list[tuple[int, str, Direction]] = [(len(w), w, "lower") for w in words["whole"] if name.endswith(w)]
    for noun, measure in _endings(name, words["lower"], words["measures"]):
        found.append((len(noun + measure), noun + measure, "lower"))
    for noun, measure in _endings(name, words["higher"], words["rates"]):
        found.append((len(noun + measure), noun + measure, "higher"))
    if not found:
        return "", None, 0
    length, head, direction = max(found, key=lambda one: one[0])
    start = len(name) - length
    negated = name[:start].endswith(("不", "未", "非"))
    if direction == "higher" and negated:
        return name[start - 1 :], "lower", start - 1
    return head, direction, start


def _endings(name: str, nouns: list[str], measures: list[str]) -> list[tuple[str, str]]:
    stems = [(name.removesuffix(measure), measure) for measure in measures if name.endswith(measure)]
    return [(noun, measure) for stem, measure in stems for noun in nouns if stem.endswith(noun)]


def _joined_alike(before: str, words: dict[str, list[str]]) -> bool:
    """Whether everything that is joined to the head goes its way: 退货及投诉率 does, 收入和成本 does not."""
    lefts = [before.rpartition(join)[0] for join in words["joins"] if join in before and f"{join}时" not in before]
    return all(left.endswith(tuple(words["lower"])) for left in lefts)


def _english(name: str) -> tuple[Direction | None, str]:
    words = _words()["en"]
    name = name.strip(" .:%#-")
    if name.endswith(tuple(words["not_lower"])):
        return None, ""
    for lead in words["head_of"]:
        if name.startswith(lead + " "):
            return "lower", lead
    for lead in words["of"]:
        name = name.removeprefix(lead + " ")
    for head in sorted(words["higher"], key=len, reverse=True):
        if name == head or name.endswith(" " + head):
            return "higher", head
    for measure in words["measures"]:
        stem = name.removesuffix(measure).strip() if measure else name
        if measure and stem == name:
            continue
        head = max((w for w in words["lower"] if stem == w or stem.endswith(" " + w)), key=len, default="")
        if head:
            before = re.split(r"[ -]", stem.removesuffix(head))
            if set(before) & set(words["acts"]) or {"and", "or", "vs", "&", "per"} & set(before) or "/" in stem:
                return None, ""
            return "lower", f"{head} {measure}".strip()
    return None, ""
