"""What the labels of a form mean, as fields of a kind of paper; the words stand in lexicon.toml."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from perfxl.documents.template.render_problems import suggest_name
from perfxl.tables.lexicon import SURE, hear

LEXICON = Path(__file__).with_name("lexicon.toml")
_BRACKETS = re.compile(r"\(.*?\)|\[.*?\]|【.*?】|《.*?》")
_NUMBERING = re.compile(r"^(?:\(?[\d一二三四五六七八九十]{1,3}[.、)]\s*)+")
_HAN = re.compile(r"[\u3400-\u9fff]")
_OF = re.compile(r"^(.+?)(?:'s)? of (?:the )?(.+)$")
_LINKS = re.compile(r"^(?:的|'s |s' | )|(?:的|'s| )$")
_NEAR, _LEAST_NEAR = 0.9, 6  # how alike a misspelt word must be, and how long


def fold(text: str) -> str:
    """A label as the lexicon has it: without colon, brackets, numbering, star; Chinese without spaces."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").strip()
    plain = _NUMBERING.sub("", plain)
    plain = _BRACKETS.sub("", plain).strip(" :*?？。.、,;_-\u3000\t\n")
    return re.sub(r"\s+", "" if _HAN.search(plain) else " ", plain)


class Meanings:
    """The fields that labels and columns stand for in one kind of paper, whose fields are `paths`."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths = frozenset(paths)
        self.single = {path for path in self._paths if "[]" not in path}
        heads = {path.partition("[]")[0] for path in self._paths if "[]" in path}
        self.lists = {head: self._names_in(head) for head in heads if "." not in head}

    def field(self, label: str) -> str:
        """The field that a label stands for, blank if none does."""
        folded = fold(label)
        known = self._of_person(folded) or self._plain(folded) or self._near(folded)
        return known or self._as_heard(label)

    def role(self, label: str) -> str:
        """Who a label that is a person's stands for, other than the holder; blank for none."""
        role = _roles().get(fold(label), "")
        return "" if role == "holder" else role

    def is_attribute(self, label: str) -> bool:
        """Whether a label says what of a person, and not of whom."""
        return fold(label) in _attributes()

    def attribute_of(self, role: str, label: str) -> str:
        """The field of somebody's attribute."""
        return self._person(tuple(_lexicon()["people"][role]["fields"]), _attributes()[fold(label)])

    def tag_field(self, name: str) -> str:
        """The field that a name in brackets, a merge field or another system's variable stands for."""
        spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.strip().strip("\"'")).replace("_", " ").replace(".", " ")
        found = self.field(spaced) or (name if name in self.single else "")
        return found or _known(suggest_name(name, self.single), self.single)

    def column(self, header: str, names: frozenset[str]) -> str:
        """The field of a list's element that a column header stands for, blank if none does."""
        folded = fold(header)
        words = _words("columns")
        for meaning in words.get(folded, ()) or words.get(_near_word(folded, "columns"), ()):
            found = next((name for name in meaning if name in names), "")
            if found:
                return found
        return next((name for meaning in _heard(header) for name in _COLUMNS.get(meaning, ()) if name in names), "")

    def _as_heard(self, label: str) -> str:
        """What a label says as a header of HR's own tables does, in both languages at once: 姓名 Name."""
        for meaning in _heard(label):
            if meaning in _PEOPLE:
                who, what = _PEOPLE[meaning]
                if path := self._person(tuple(_lexicon()["people"][who]["fields"]), what):
                    return path
            found = next((path for path in _FIELDS.get(meaning, ()) if path in self.single), "")
            if found:
                return found
        return ""

    def _names_in(self, head: str) -> frozenset[str]:
        start = f"{head}[]."
        names = (path.removeprefix(start) for path in self._paths if path.startswith(start))
        return frozenset(name for name in names if "[]" not in name and "." not in name)

    def _plain(self, folded: str) -> str:
        for fields in _words("labels").get(folded, ()):
            found = next((field for field in fields if field in self.single), "")
            if found:
                return found
        return ""

    def _near(self, folded: str) -> str:
        near = _near_word(folded, "labels")
        return self._plain(near) if near else ""

    def _of_person(self, folded: str) -> str:
        """被考核人岗位, Employee name, Title of the manager; 姓名 alone is the holder's, 考核人 alone a name."""
        people, attributes = _people(), _attributes()
        if folded in people:
            return self._person(people[folded], "name")
        plain = self._plain(folded)
        if folded in attributes:
            of_paper = plain and attributes[folded] == "id" and "编号" in folded  # 编号 alone is the paper's
            return plain if of_paper else self._person(_holder_fields(), attributes[folded]) or plain
        if of := _OF.match(folded):
            folded = f"{of[2]} {of[1]}"
        for end in range(len(folded) - 1, 0, -1):
            who, what = folded[:end], _LINKS.sub("", folded[end:])
            who = _LINKS.sub("", who)
            if who in people and what in attributes:
                return self._person(people[who], attributes[what])
        return ""

    def _person(self, patterns: tuple[str, ...], attribute: str) -> str:
        for pattern in patterns:
            path = pattern.format(attribute)
            if path.replace("[0]", "[]") in self._paths:
                return "holder_names" if path == "holders[0].name" and "holder_names" in self._paths else path
        return ""


_COLUMNS = {
    **{
        name: (name,)
        for name in ("kpi", "unit", "weight", "threshold", "target", "challenge", "base", "actual", "note")
    },
    **{name: (name,) for name in ("points", "weighted", "definition", "data_source", "attainment")},
    "category": ("aspect",),
    "rule": ("rule", "method"),
    "no": ("number",),
}
"""Meanings of the headers of HR's own tables -> the names that elements of a list have."""
_PEOPLE = {
    "name": ("holder", "name"),
    "person": ("holder", "id"),
    "post": ("holder", "post"),
    "department": ("holder", "unit"),
    "issuer": ("superior", "name"),
}
_FIELDS = {
    "period": ("period", "contract.validity"),
    "total_score": ("result.total",),
    "grade": ("result.grade",),
    "coefficient": ("result.coefficient",),
}


@cache
def _heard(text: str) -> tuple[str, ...]:
    """What a text surely says as a header in two languages, 权重 Weight; one language's words stand in the lexicon."""
    plain = unicodedata.normalize("NFKC", text).strip(" :*")
    both = bool(_HAN.search(plain)) and bool(re.search("[a-zA-Z]{2}", plain))
    senses = hear(plain).senses if both else {}
    return tuple(sorted((meaning for meaning, sure in senses.items() if sure >= SURE - 0.05), key=lambda m: -senses[m]))


def guess_kinds(texts: Iterable[str]) -> list[str]:
    """The kinds of paper that a form's title or file name speak of, those of the earliest text first."""
    found: dict[str, None] = {}
    for text in texts:
        folded = unicodedata.normalize("NFKC", text).casefold()
        squeezed = re.sub(r"\s+", "", folded)
        for kind, words in _lexicon()["kinds"].items():
            if any(word in (squeezed if _HAN.search(word) else folded) for word in words):
                found.setdefault(kind)
    return list(found)


def is_total(text: str) -> bool:
    """Whether a row begins as a row of totals does."""
    return fold(text) in _set("totals")


def is_signature(text: str) -> bool:
    """Whether something is to be signed here."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return any(
        word in folded if _HAN.search(word) else re.search(rf"\b{word}\b", folded) for word in _set("signatures")
    )


def is_date(label: str) -> bool:
    """Whether a label asks for a day and says not which."""
    return fold(label) in ("日期", "时间", "date", "年月日")


def _known(name: str, paths: set[str]) -> str:
    return name if name in paths else ""


@cache
def _lexicon() -> Mapping[str, Any]:
    return tomllib.loads(LEXICON.read_text(encoding="utf-8"))


@cache
def _words(section: str) -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """Word -> the fields of each meaning that it has."""
    words: dict[str, tuple[tuple[str, ...], ...]] = {}
    for meaning in _lexicon()[section].values():
        for word in map(fold, meaning["words"]):
            words[word] = (*words.get(word, ()), tuple(meaning["fields"]))
    return words


@cache
def _near_word(folded: str, section: str) -> str:
    if len(folded) < _LEAST_NEAR:
        return ""
    near = get_close_matches(folded, list(_words(section)), n=1, cutoff=_NEAR)
    return near[0] if near else ""


@cache
def _people() -> Mapping[str, tuple[str, ...]]:
    return {fold(word): tuple(person["fields"]) for person in _lexicon()["people"].values() for word in person["words"]}


@cache
def _roles() -> Mapping[str, str]:
    return {fold(word): role for role, person in _lexicon()["people"].items() for word in person["words"]}


@cache
def _attributes() -> Mapping[str, str]:
    return {fold(word): name for name, found in _lexicon()["attributes"].items() for word in found["words"]}


@cache
def _holder_fields() -> tuple[str, ...]:
    return tuple(_lexicon()["people"]["holder"]["fields"])


@cache
def _set(section: str) -> frozenset[str]:
    return frozenset(map(fold, _lexicon()[section]["words"]))
