"""The strategy map as values: objectives in their perspectives, the KPIs that measure them, what brings about what."""

from __future__ import annotations

import re
from typing import NamedTuple

from perfxl.core.cascade.tree import OBJECTIVE, CascadeTree
from perfxl.core.records import Tables
from perfxl.core.schema.choices import PERSPECTIVE
from perfxl.core.table_access import columns_of, rows_of

_SEPARATORS = re.compile(r"[;；,，、\s]+")
_WORST_FIRST = ("red", "amber", "green")


class Measure(NamedTuple):
    """A KPI of an objective, with its light (blank: no actual)."""

    kpi: str
    name: str
    light: str


class Objective(NamedTuple):
    """A box of the map. `perspective` is blank where the sheet says none; `effects` are the objectives that it brings
    about, those of the map only."""

    key: str
    text: str
    unit: str
    unit_name: str
    perspective: str
    effects: tuple[str, ...]
    measures: tuple[Measure, ...]

    @property
    def light(self) -> str:
        """The worst of its KPIs'."""
        lights = {measure.light for measure in self.measures}
        return next((light for light in _WORST_FIRST if light in lights), "")


class StrategyMap(NamedTuple):
    """Objectives in the order of the units' sheet, then of their own."""

    objectives: tuple[Objective, ...]


def strategy_map(tables: Tables, tree: CascadeTree) -> StrategyMap:
    """The map of a program's sheet of objectives: those of the tree, which may be a leader's part.

    An objective shows its KPIs as the head of its unit stands; where the head does not hold one, as the worst of the
    unit's people does.
    """
    objectives = rows_of(tables, "objectives")
    if objectives is None:
        return StrategyMap(())
    shown = {node.key[0] for node in tree.nodes if node.kind == OBJECTIVE}
    names, heads, places = _units(tables)
    held = _held(tables, tree)
    kpis: dict[str, list[tuple[str, str]]] = {}
    library = rows_of(tables, "kpis")
    for _, kpi, name, objective in columns_of(library, "kpi", "name", "objective") if library else ():
        if kpi is not None and objective is not None:
            kpis.setdefault(objective, []).append((kpi, name or kpi))
    found: dict[str, Objective] = {}
    columns = ("objective", "text", "unit", "perspective", "causes")
    for _, key, text, unit, perspective, causes in columns_of(objectives, *columns):
        if key not in shown or key in found:
            continue
        measures = tuple(
            Measure(kpi, name, held.get((kpi, unit, heads.get(unit)), held.get((kpi, unit, None), "")))
            for kpi, name in kpis.get(key, ())
        )
        effects = tuple(dict.fromkeys(part for part in _SEPARATORS.split(str(causes or "")) if part and part != key))
        found[key] = Objective(
            key, text or key, unit or "", names.get(unit, unit or ""), perspective or "", effects, measures
        )
    known = [
        each._replace(effects=tuple(effect for effect in each.effects if effect in found)) for each in found.values()
    ]
    return StrategyMap(tuple(sorted(known, key=lambda each: places.get(each.unit, len(places)))))


def perspective_label(perspective: str, lang: str) -> str:
    """What a lane is called."""
    return next((choice.label(lang) for choice in PERSPECTIVE if choice.name == perspective), "")


def _units(tables: Tables) -> tuple[dict[str, str], dict[str, str], dict[str, int]]:
    """Names, heads, and places in the sheet, by unit."""
    units = rows_of(tables, "units")
    rows = list(columns_of(units, "unit", "name", "head")) if units else []
    return (
        {unit: name or unit for _, unit, name, _ in rows},
        {unit: head for _, unit, _, head in rows if head},
        {unit: i for i, unit, _, _ in rows},
    )


def _held(tables: Tables, tree: CascadeTree) -> dict[tuple[str, str, str | None], str]:
    """(KPI, unit, holder) -> light; with None for the holder the worst of the unit."""
    roster = rows_of(tables, "people")
    homes = {person: unit for _, person, unit in columns_of(roster, "person", "unit")} if roster else {}
    result: dict[tuple[str, str, str | None], str] = {}
    for node in tree.nodes:
        unit = homes.get(node.person)
        if not node.light or node.kpi is None or unit is None:
            continue
        result[node.kpi, unit, node.person] = node.light
        worst = result.get((node.kpi, unit, None), node.light)
        result[node.kpi, unit, None] = min(worst, node.light, key=_WORST_FIRST.index)
    return result
