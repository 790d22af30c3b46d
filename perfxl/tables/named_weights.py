"""Weights that stand with the KPIs' names: 收入(50%), 回款 权重30%, 服务 20%."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from perfxl.core.problems import Problem
from perfxl.core.records import Records
from perfxl.core.values.numbers import canonical
from perfxl.core.values.text import fold
from perfxl.tables.forms import Form
from perfxl.tables.row_kpi import EFFECTS

_NAMED = re.compile(
    r"(?P<name>.*?[^\s(\[:=≥≤<>\d.])\s*(?P<open>[(\[])?\s*(?:权重|占比|比重|weight)?\s*[:=]?\s*(?P<percent>\d+(?:\.\d+)?)\s*%\s*[)\]]?"
)


class Named(NamedTuple):
    """A name without its weight, the percent points, and whether brackets set them apart from the name."""

    name: str
    percent: float
    apart: bool


def read_named_weights(
    records: Records, form: Form, groups: Sequence[Sequence[int]], sheet_rows: Sequence[int], kpi: int
) -> Iterator[Problem]:
    """Sets the weights that stand with the names, where the table has no other; beside others they must be the same.

    groups  the rows of each contract; kpi, the column of the names
    """
    columns, names = records.columns, records.column("kpi")
    kinds, weights = records.column("kind"), records.column("weight")
    groups = [[i for i in group if kinds[i] not in EFFECTS] for group in groups]
    rows = [i for group in groups for i in group]
    found = {i: each for i, each in read_names(names).items() if i in rows}
    if not found or any(value is not None for value in records.column("full_marks")):
        return
    about = {"value": _show(found)}
    whole = _are_weights(found, groups, "target" in columns)
    if any(weight is not None for weight in weights):
        off = [i for i in found if weights[i] is not None and abs(weights[i] - found[i].percent) > 1e-6]
        if whole and off and _make_whole(found, groups):
            yield form.problem("weights_in_names_differ", sheet_rows[off[0]], kpi, **about)
    elif whole:
        columns["weight"] = [found[i].percent if i in found else None for i in range(len(records))]
        columns["kpi"] = [found[i].name if i in found else name for i, name in enumerate(names)]
        records.letters["weight"] = records.letters["kpi"]
        yield form.problem("weights_in_names", sheet_rows[min(found)], kpi, **about)
    elif any(each.apart for each in found.values()):
        yield form.problem("weights_in_names_unclear", sheet_rows[min(found)], kpi, **about)


def read_names(names: Iterable[str | None]) -> dict[int, Named]:
    """Row -> the weight in its KPI's name, of those that have one."""
    found = {}
    for i, name in enumerate(names):
        match = _NAMED.fullmatch(fold(name or ""))
        if match:
            found[i] = Named(match["name"].strip(), float(match["percent"]), match["open"] is not None)
    return found


def _are_weights(found: Mapping[int, Named], groups: Sequence[Sequence[int]], targets: bool) -> bool:
    """Whether the percentages are weights: each contract's rows all have one, in brackets, or they make 100 beside
    targets that stand elsewhere."""
    rows = [i for group in groups for i in group]
    if not rows or any(i not in found for i in rows):
        return False
    return all(found[i].apart for i in rows) or (targets and _make_whole(found, groups))


def _make_whole(found: Mapping[int, Named], groups: Sequence[Sequence[int]]) -> bool:
    """Whether each contract's rows make 100."""
    return all(abs(sum(found[i].percent for i in group if i in found) - 100) < 1e-6 for group in groups if group)


def _show(found: Mapping[int, Named], most: int = 4) -> str:
    """Some names with their weights."""
    shown = [f"{each.name} {canonical(each.percent):.10g}%" for each in list(found.values())[:most]]
    return "、".join(shown) + ("…" if len(found) > most else "")
