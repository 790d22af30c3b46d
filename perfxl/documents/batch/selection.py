"""Which papers a batch makes: those asked for by ID, or of a unit and all below it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from perfxl.core.language import Text
from perfxl.core.problems import Problem, problem
from perfxl.core.records import Tables
from perfxl.documents.papers import KINDS
from perfxl.documents.papers.contexts import Contexts

__all__ = ["select"]


def select(
    contexts: Contexts, kinds: Iterable[str], only: Collection[str] | None, unit: str | None
) -> tuple[dict[str, list[str]], list[Problem]]:
    """kind -> the records to make, in order, and a problem for each ID or unit that nothing answers to."""
    chosen = {kind: list(KINDS[kind].ids(contexts)) for kind in kinds}
    problems: list[Problem] = []
    if only is not None:
        wanted = set(only)
        found: set[str] = set()
        for kind, records in chosen.items():
            chosen[kind], asked = _asked(contexts, kind, records, wanted)
            found |= asked
        problems += [
            problem("paper_unknown", value=one, kind=_named(chosen)) for one in dict.fromkeys(only) if one not in found
        ]
    if unit is not None:
        below = _at_or_below(contexts.tables, unit)
        if not below:
            return {}, [*problems, problem("unit_unknown", value=unit)]
        members = below | _people(contexts.tables, below)
        chosen = {kind: _asked(contexts, kind, records, members)[0] for kind, records in chosen.items()}
    return chosen, problems


def _asked(contexts: Contexts, kind: str, records: list[str], wanted: set[str]) -> tuple[list[str], set[str]]:
    """The records that answer to one of the IDs, and the IDs that were answered."""
    asked = {record: KINDS[kind].asked_by(contexts, record) & wanted for record in records}
    return [record for record in records if asked[record]], set().union(*asked.values())


def _named(chosen: Mapping[str, Any]) -> Text:
    if len(chosen) == 1:
        kind = KINDS[next(iter(chosen))]
        return kind.title
    return Text("文件", "document")


def _at_or_below(book: Tables, unit: str) -> set[str]:
    """The IDs of a unit, given by ID or name, and of all units below."""
    if "units" not in book:
        return set()
    ids, names, parents = (book["units"].column(name) for name in ("unit", "name", "parent"))
    below = {one for one in ids if one == unit} or {one for one, name in zip(ids, names, strict=True) if name == unit}
    grew = bool(below)
    while grew:
        more = {one for one, parent in zip(ids, parents, strict=True) if parent in below} - below
        below |= more
        grew = bool(more)
    return below


def _people(book: Tables, units: set[str]) -> set[str]:
    if "people" not in book:
        return set()
    pairs = zip(book["people"].column("person"), book["people"].column("unit"), strict=True)
    return {person for person, unit in pairs if unit in units}
