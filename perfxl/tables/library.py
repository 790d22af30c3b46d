"""The KPI library of a program beside what a table of HR's own says of a KPI by the same name.

Of what the table does not say the library's card holds. What it says otherwise changes points, or what is printed: such
a row never goes by that card.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from perfxl.core.records import Records, Tables
from perfxl.core.rulebook import RuleBook
from perfxl.core.schema import get
from perfxl.core.schema.categories import Categories
from perfxl.core.values.text import fold_name
from perfxl.tables.row_form import NOTHING_ELSE, RowForm
from perfxl.tables.row_kpi import EFFECTS, category_of, direction_of, kind_of

# Columns of a card that decide points; a table that gives one of them means that way.
_SCORING = ("unit", "scoring_text", "full_marks", "rater_shares", "aggregation", "veto_effect", "veto_grade")
_WORDS = ("category", "definition", "data_source", "impact", "controllability", "measurability")
_TABLES = {"steps": ("step_tables", "table", ("at", "points")), "scale": ("grade_tables", "scale", ("grade", "points"))}
_NO_MATTER = re.compile(r"[\s,.;:，。；：、]+")
_SAID_AT_ONCE = {"direction": "higher"}  # what a card without a word of it stands for


class Library:
    """The cards of a program's KPI library, by ID and by name."""

    def __init__(self, tables: Tables, methods: RuleBook) -> None:
        self._tables, self._methods = tables, methods
        self.cards: Records | None = tables.get("kpis") or None
        self._rows = list(self.cards.records()) if self.cards else []
        self._named: dict[str, list[int]] = {}
        for at, row in enumerate(self._rows):
            for spelling in dict.fromkeys(fold_name(row[name]) for name in ("kpi", "name") if row[name]):
                self._named.setdefault(spelling, []).append(at)
        self._ids = {fold_name(row["kpi"]): at for at, row in enumerate(self._rows) if row["kpi"]}

    def __contains__(self, kpi: object) -> bool:
        return fold_name(kpi) in self._ids

    def cards_of(self, kpi_id: str | None, name: str | None) -> list[int]:
        """The rows of the cards that an ID stands for, else of those by the name."""
        for spelling in (fold_name(each) for each in (kpi_id, name) if each):
            if spelling in self._ids:
                return [self._ids[spelling], *(at for at in self._named[spelling] if at != self._ids[spelling])]
            if spelling in self._named:
                return self._named[spelling]
        return []

    def id_of(self, at: int) -> str:
        """The ID of a card."""
        return str(self._rows[at]["kpi"])

    def place(self, at: int) -> str:
        """Where a card stands."""
        assert self.cards is not None
        return str(self.cards.address(at, "kpi"))

    def methods(self) -> dict[str, str]:
        """ID -> the name of the card's method, as typed where it is none."""
        named = {str(row["kpi"]): (self._methods.find(row["method"]), row["method"]) for row in self._rows}
        return {kpi: found.name if found else typed for kpi, (found, typed) in named.items()}

    def scores_otherwise(self, at: int, said: Mapping[str, Any]) -> list[str]:
        """The columns of a card that would score a row otherwise than the row says, by what it says."""
        card = self._rows[at]
        found = []
        texts = [fold_name(_NO_MATTER.sub("", each.get("scoring_text") or "")) for each in (said, card)]
        method = self._methods.find(card["method"])
        same_text = bool(texts[0]) and texts[0] == texts[1]  # whoever set the method of such a card has read it
        if said.get("method") not in (None, method.name if method else None) and not same_text:
            found.append("method")
        directed = method is None or method.directed
        if directed and said.get("direction") not in (None, card["direction"] or _SAID_AT_ONCE["direction"]):
            found.append("direction")
        for name in _SCORING:
            value, known = said.get(name), card.get(name)
            if None in (value, known) or value == "" or known == "":
                continue
            same = same_text if name == "scoring_text" else fold_name(value) == fold_name(known)
            if not same:
                found.append(name)
        found += [name for name in _TABLES if said.get(name) and not found and not self._same_table(card, name, said)]
        return found

    def words_lost(self, at: int, said: Mapping[str, Any]) -> list[str]:
        """The columns in which the row says something that the card does not, without points depending on it."""
        card = self._rows[at]
        return [
            name
            for name in (*_SCORING, *_WORDS)
            if said.get(name) and fold_name(said[name]) != fold_name(card.get(name) or "")
        ]

    def _same_table(self, card: Mapping[str, Any], column: str, said: Mapping[str, Any]) -> bool:
        """Whether the steps or grades that a sentence makes are those of the card's table."""
        table, key, names = _TABLES[column]
        records = self._tables.get(table)
        rows = (
            [tuple(row[name] for name in names) for row in records.records() if row[key] == card[column]]
            if records
            else []
        )
        return sorted(map(_plain, rows)) == sorted(map(_plain, said[column]))


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(round(each, 10) if isinstance(each, float) else fold_name(each) for each in row)


def names_for(kpi: str, person: str) -> Iterator[str]:
    """The IDs that a KPI's card may have: its name, the name for this person, and further ones for other cards."""
    yield kpi
    yield f"{kpi} ({person})"
    number = 2
    while True:
        yield f"{kpi} ({person} {number})"
        number += 1


def said_of(row: Mapping[str, Any], methods: RuleBook, categories: Categories) -> dict[str, Any]:
    """What a row says of its KPI's card itself; nothing that would only be assumed."""
    form: RowForm = row["form"] or NOTHING_ELSE
    rule, kind = form.rule, kind_of(row)
    typed = methods.find(row["method"]) if row["method"] else None
    method = (
        (typed.name if typed else None)
        or (kind if kind in EFFECTS else None)
        or ("grade" if any(option.chosen for option in form.options) else None)
        or ("marks" if form.judged or form.open else None)
        or (rule.method if rule else None)
    )
    shown, by_name = direction_of(row, row["kpi"] or "")
    by_rule = rule.direction if rule and not row["direction"] else None
    is_said = bool(row["direction"]) or (shown == "lower" and not by_name)
    return {
        **{name: row[name] for name in (*_SCORING, *_WORDS) if row.get(name) is not None},
        "method": method,
        "direction": by_rule or (shown if is_said else None),
        "scoring_text": form.text,
        "category": category_of(row["category"], categories),
        **({"full_marks": form.full, "rater_shares": form.shares} if form.judged else {}),
        **({"steps": rule.steps, "scale": rule.grades} if rule else {}),
    }


def titles(columns: list[str]) -> list[Any]:
    """The headers of columns of the library, as users know them."""
    return [get("kpis").column(name).text for name in columns]
