"""Raters' marks: whom they are about, whether anybody's contract holds what they mark, and which enter no score."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from perfxl.core.checks.methods import plans_of
from perfxl.core.checks.strangers import check_strangers
from perfxl.core.language import Text
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Records, Tables
from perfxl.core.schema.choices import RELATION
from perfxl.core.scoring.marked_lines import LineFinder
from perfxl.core.table_access import (
    columns_of,
    contracts_of,
    labels,
    place,
    problem_at,
    rows_of,
)
from perfxl.core.values.text import fold_name

_RELATIONS = {relation.name: relation.text for relation in RELATION}
_SAME, _DIFFERENT = Text("是同一人", "the same person"), Text("不是同一人", "not the same person")


def check_marks(tables: Tables, policy: Policy) -> list[Problem]:
    """Marks of nobody, of KPIs that nobody holds, twice by one rater, under a relation that cannot be, or without
    effect (scoring.md section 5). What single marks are worth is judged where they are scored."""
    marks = rows_of(tables, "marks")
    if marks is None:
        return []
    rated = rated_kpis(tables, policy)
    return [
        *check_strangers(tables, policy, marks),
        *_unheld(tables, marks, rated),
        *_repeated(tables, marks, rated),
        *_doubtful(marks),
        *_unused(marks, rated),
    ]


def rated_kpis(tables: Tables, policy: Policy) -> dict[str, str]:
    """How the dimension of a mark may spell a KPI of the method marks -> its name for messages."""
    names = labels(tables, "kpis")
    spellings: dict[str, str] = {}
    for kpi, plan in plans_of(tables, policy).items():
        if plan.method is not None and plan.method.name == "marks":
            for word in (kpi, plan.card["name"]):
                if word is not None:
                    spellings.setdefault(fold_name(word), names[kpi])
    return spellings


def _unheld(tables: Tables, marks: Records, rated: dict[str, str]) -> Iterator[Problem]:
    """A sheet without lines or contracts has nothing to compare with."""
    lines, contracts = rows_of(tables, "contract_lines"), contracts_of(tables)
    finder, kpi_names = LineFinder(), _names(tables)
    held = set(lines.column("kpi")) if lines is not None else set()
    meant = {kpi for kpi in held if not rated.keys().isdisjoint(map(fold_name, (kpi, kpi_names.get(kpi))))}
    for i, number, kpi in columns_of(lines, "contract", "kpi") if lines is not None else ():
        if kpi not in meant:  # no mark is about it
            continue
        signed = contracts.get(number)
        finder.add(i, number, signed.holders if signed else (), kpi, kpi_names.get(kpi))
    people = labels(tables, "people")
    kpis = {word: rated.get(fold_name(word)) for word in set(marks.column("dimension")) - {None}}
    for i, number, ratee, dimension in columns_of(marks, "contract", "ratee", "dimension"):
        if number is None and ratee is None:
            yield problem_at("mark_of_nobody", marks, i, "ratee")
            continue
        kpi = kpis.get(dimension)
        if kpi is None or lines is None or not contracts or (number is not None and number not in contracts):
            continue
        if number is not None and ratee is not None and ratee not in contracts[number].holders:
            yield problem_at("mark_of_other_contract", marks, i, "contract", person=people[ratee], contract=number)
        elif not finder.find(number, ratee, dimension):
            subject = people[ratee] if number is None else number
            yield problem_at("mark_kpi_not_held", marks, i, "dimension", subject=subject, kpi=kpi)


def _names(tables: Tables) -> dict[Any, Any]:
    kpis = rows_of(tables, "kpis")
    return {} if kpis is None else {kpi: name for _, kpi, name in columns_of(kpis, "kpi", "name")}


def _repeated(tables: Tables, marks: Records, rated: dict[str, str]) -> Iterator[Problem]:
    """Of what is not scored; two marks of one rater for one line are a matter of scoring."""
    people, unscored = labels(tables, "people"), _unscored(marks, rated) - {None}
    first: dict[tuple[Any, ...], int] = {}
    for i, *key in columns_of(marks, "contract", "rater", "ratee", "dimension", "date"):
        _, rater, ratee, dimension, _ = key
        if rater is None or ratee is None or dimension not in unscored:
            continue
        before = first.setdefault(tuple(key), i)
        if before != i:
            other = place(marks, before, "mark")
            yield problem_at("mark_repeated", marks, i, "mark", rater=people[rater], kpi=dimension, first=other)


def _doubtful(marks: Records) -> Iterator[Problem]:
    """Only oneself marks oneself."""
    for i, rater, ratee, relation in columns_of(marks, "rater", "ratee", "relation"):
        if (
            rater is not None
            and ratee is not None
            and relation is not None
            and (rater == ratee) != (relation == "self")
        ):
            yield problem_at(
                "rater_relation_doubtful",
                marks,
                i,
                "relation",
                found=_SAME if rater == ratee else _DIFFERENT,
                relation=_RELATIONS[relation],
            )


def _unused(marks: Records, rated: dict[str, str]) -> Iterator[Problem]:
    """One notice of all marks that are about no KPI of the method marks."""
    unscored = _unscored(marks, rated)
    unused = [i for i, word in enumerate(marks.column("dimension")) if word in unscored] if unscored else []
    if unused:
        yield problem_at("marks_not_used", marks, unused[0], "dimension", count=len(unused))


def _unscored(marks: Records, rated: dict[str, str]) -> set[Any]:
    """What marks are about that no KPI of the method marks is called, blanks included."""
    return {word for word in set(marks.column("dimension")) if word is None or fold_name(word) not in rated}
