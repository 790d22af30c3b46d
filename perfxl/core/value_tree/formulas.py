"""The formula of a node: text over the names or IDs of other nodes to a tree over IDs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from perfxl.core.formula import Call, FormulaError, Name, Node, Number, Operation, names_of, parse
from perfxl.core.value_tree.arithmetic import renamed
from perfxl.core.values.text import Nearest, fold_name

# As people write them, to signs of the formula language.
_SIGNS = str.maketrans({"×": "*", "✕": "*", "÷": "/", "−": "-", "–": "-", "—": "-", "【": "(", "】": ")"})
_MOST_SIGNS = 200
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_ARITHMETIC = ("+", "-", "*", "/", "NEG", "PERCENT")
# A letter that no keyboard has begins and ends the names put in place of what was typed: a figure may follow.
_STAND_IN = "\u16a0"


class Misread(NamedTuple):
    """Why a formula cannot be used: a problem's name and its details."""

    about: str
    details: dict[str, Any]


class Labels:
    """What the nodes are called in formulas: IDs first, then names."""

    def __init__(self, ids: Iterable[str], names: Mapping[str, str]) -> None:
        self._ids = {_folded(node): node for node in ids}
        self._named: dict[str, list[str]] = {}
        for node, name in names.items():
            self._named.setdefault(_folded(name), []).append(node)
        called = {*self._ids, *self._named} - {""}
        self._numbers = {label for label in called if _NUMBER.fullmatch(label)}
        labels = sorted(called - self._numbers, key=lambda label: (-len(label), label))
        self._known = [*ids, *(name for name in names.values() if name)]
        self._pattern = re.compile("|".join(map(_bounded, labels)), re.IGNORECASE) if labels else None

    def parse(self, typed: str) -> Node | Misread:
        """The tree of the formula over IDs, or why there is none."""
        text = unicodedata.normalize("NFKC", typed).translate(_SIGNS).strip()
        if sum(sign in "+-*/" for sign in text) > _MOST_SIGNS:
            return Misread("value_tree_formula", {"what": f"> {_MOST_SIGNS} + - * /"})
        put: list[str] = []

        def put_in(match: re.Match[str]) -> str:
            put.append(match[0])
            return f"{_STAND_IN}{len(put) - 1}{_STAND_IN}"

        try:
            tree = parse(self._pattern.sub(put_in, text) if self._pattern else text)
        except FormulaError as error:
            what = self._typed(error.what, put)
            return Misread("value_tree_formula", {"what": what})
        wrong = _outside(tree)
        if wrong:
            return Misread("value_tree_formula", {"what": wrong})
        if not names_of(tree):
            return Misread("value_tree_formula", {"what": typed})
        figures = self._numbers & set(_NUMBER.findall(_folded(text)))
        if figures:  # 2 may be the node or the number
            figure = min(figures)
            return Misread("value_tree_name_ambiguous", {"called": figure, "nodes": f"{figure}, ={figure}"})
        meant: dict[str, str] = {}
        for token in names_of(tree):
            label = self._typed(token, put)
            found = self._find(label)
            if isinstance(found, Misread):
                return found
            meant[token] = found
        return renamed(tree, lambda token: meant[token])

    def _typed(self, token: str, put: list[str]) -> str:
        return re.sub(
            rf"{_STAND_IN}(\d+){_STAND_IN}", lambda m: put[int(m[1])] if int(m[1]) < len(put) else m[0], token
        )

    def _find(self, label: str) -> str | Misread:
        folded = _folded(label)
        if any(sign in folded for sign in "+-*/") and self._reads_as_formula(folded):
            return Misread("value_tree_name_ambiguous", {"called": label, "nodes": f"{label}, {' '.join(label)}"})
        if folded in self._ids:
            return self._ids[folded]
        named = self._named.get(folded, [])
        if len(named) == 1:
            return named[0]
        if named:
            return Misread("value_tree_name_ambiguous", {"called": label, "nodes": ", ".join(named)})
        return Misread("value_tree_name_unknown", {"called": label, "suggestion": Nearest(self._known).sentence(label)})

    def _reads_as_formula(self, label: str) -> bool:
        """Whether a name such as A-B is as well a formula over nodes that there are."""
        try:
            tree = parse(label)
        except FormulaError:
            return False
        parts = {_folded(name) for name in names_of(tree)}
        return bool(parts) and parts <= {*self._ids, *self._named}


def _folded(label: object) -> str:
    return fold_name(unicodedata.normalize("NFKC", str(label)).translate(_SIGNS))


def _bounded(label: str) -> str:
    """A label as a whole word, whatever stands between its letters in blanks."""
    body = r"\s*".join(re.escape(char) for char in label)
    return (r"(?<!\w)" if re.match(r"\w", label) else "") + body + (r"(?!\w)" if re.search(r"\w$", label) else "")


def _outside(node: Node) -> str:
    """The first piece that is no arithmetic of + - x / and brackets."""
    if isinstance(node, Call):
        return node.function
    if isinstance(node, Name | Number):
        return ""
    assert isinstance(node, Operation)
    if node.sign not in _ARITHMETIC:
        return node.sign
    return next(filter(None, map(_outside, node.operands)), "")
