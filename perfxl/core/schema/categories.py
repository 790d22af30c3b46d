"""KPI categories: the company's own list where its sheet 指标类别 holds one, else the usual ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from perfxl.core.schema.choices import CATEGORY
from perfxl.core.schema.declare import Choice

_FINANCIAL = "financial"
# What 安全 is called on a table of HR's own as well.
_ENDINGS = ("类", "类指标", "指标")


class Categories(NamedTuple):
    """The categories in their order; `financial`, the names of those that count as financial; `own`: the company's own
    list, so that no other category may stand."""

    choices: tuple[Choice, ...] = CATEGORY
    financial: tuple[str, ...] = (_FINANCIAL,)
    own: bool = False

    def label(self, name: str, lang: str) -> str:
        """What a category is called; a word that is none stays as typed."""
        known = (*self.choices, *CATEGORY) if self.own else CATEGORY
        return next((choice.label(lang) for choice in known if choice.name == name), name)

    def order(self, names: Iterable[str]) -> list[str]:
        """Categories in the order of the list, and after them those that it does not hold."""
        given = set(names)
        listed = [choice.name for choice in self.choices if choice.name in given]
        return [*listed, *sorted(given.difference(listed))]


USUAL = Categories()


def list_categories(rows: Sequence[tuple[Any, Any, Any, Any]]) -> Categories:
    """The company's own list.

    rows     category, its English name, its place, whether it is financial, each blank where not given
    Returns: the usual ones where no row names a category.
    """
    chosen: dict[str, tuple[float, Choice, bool]] = {}
    for at, (typed, english, place, financial) in enumerate(rows):
        if typed is None or not str(typed).strip():
            continue
        usual = next((choice for choice in CATEGORY if _same(str(typed), choice)), None)
        name = usual.name if usual else str(typed).strip()
        zh = usual.zh if usual else name
        en = str(english).strip() if english else usual.en if usual else name
        aliases = (*(usual.aliases if usual else ()), *(zh + ending for ending in _ENDINGS))
        counts = name == _FINANCIAL if financial is None else bool(financial)
        order = float(place) if isinstance(place, int | float) else float(at + len(rows))
        chosen.setdefault(name, (order, Choice(name, zh, en, aliases), counts))
    if not chosen:
        return USUAL
    ordered = sorted(chosen.values(), key=lambda each: each[0])
    choices = tuple(choice for _, choice, _ in ordered)
    return Categories(choices, tuple(choice.name for _, choice, counts in ordered if counts), own=True)


def _same(typed: str, choice: Choice) -> bool:
    plain = "".join(typed.split()).casefold()
    return plain in {"".join(text.split()).casefold() for text in (choice.name, choice.zh, choice.en, *choice.aliases)}
