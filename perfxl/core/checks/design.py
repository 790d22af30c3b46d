"""Objectives, their CSFs and what measures them: the rules of the CSF method and of the balanced scorecard.

A method is judged where it is used: without CSFs on the sheet nobody asks for them, without causes for a cause. What is
only advice is a notice. Source: domain.md section 2.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from perfxl.core.checks.structure import find_cycles, path_text
from perfxl.core.checks.wording import holds_figure, is_about_money, is_slogan, states_action
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Records, Tables
from perfxl.core.schema.choices import PERSPECTIVE
from perfxl.core.table_access import cell, columns_of, first_rows, labels, place, problem_at, rows_of
from perfxl.core.values.numbers import is_percent
from perfxl.core.values.text import Nearest, fold_name
from perfxl.core.weights.rules import UNWEIGHTED

_KPIS_PER_CSF = 3
_CSFS = ("csf_result", "csf_action_1", "csf_action_2")
# Where cause-and-effect chains begin: these need no cause of their own.
_ORIGIN = "learning"
_SEPARATORS = re.compile(r"[;；,，、\s]+")


def check_design(tables: Tables, policy: Policy) -> list[Problem]:
    """Objectives that are too many, vague, without KPIs or outside the chain of causes and effects; CSFs that are not
    all there or hold what belongs to KPIs; KPIs that say neither how often nor from what they are measured."""
    return [*_Objectives(tables, policy).judge(), *_Library(tables).judge()]


class _Objectives:
    def __init__(self, tables: Tables, policy: Policy) -> None:
        self.tables, self.policy = tables, policy
        self.objectives = rows_of(tables, "objectives")
        self.names = labels(tables, "objectives")
        self.kpis = rows_of(tables, "kpis")

    def judge(self) -> Iterator[Problem]:
        if self.objectives is None:
            return
        company = _company(self.tables, self.objectives)
        yield from self._too_many(self.objectives)
        yield from self._wording(self.objectives)
        yield from self._csfs(self.objectives)
        yield from self._money(self.objectives)
        yield from _perspectives(self.objectives, company)
        yield from self._causes(self.objectives, company)
        if self.kpis is not None:
            yield from self._too_many_kpis(self.objectives, self.kpis)
            yield from self._kpis_of_csfs(self.objectives, self.kpis)
            yield from self._unmeasured(self.objectives, self.kpis)

    def _too_many(self, objectives: Records) -> Iterator[Problem]:
        """Of a unit, and of a manager whose units together hold more than one may."""
        limit = self.policy["objectives_max"]
        totals = Counter(objectives.column("unit"))
        units, people = labels(self.tables, "units"), labels(self.tables, "people")
        organisation = rows_of(self.tables, "units")
        pairs = columns_of(organisation, "unit", "head") if organisation else ()
        heads = {unit: head for _, unit, head in pairs if unit and head}
        of_heads = Counter[str]()
        for unit, count in totals.items():
            if unit in heads and count <= limit:
                of_heads[heads[unit]] += count
        counts, managers = Counter[str](), Counter[str]()
        for i, unit in columns_of(objectives, "unit"):
            if unit is None:
                continue
            counts[unit] += 1
            if counts[unit] == limit + 1:
                yield problem_at(
                    "objectives_too_many", objectives, i, "unit", unit=units[unit], count=totals[unit], limit=limit
                )
            head = heads.get(unit)
            if head is None or totals[unit] > limit:
                continue
            managers[head] += 1
            if managers[head] == limit + 1:
                yield problem_at(
                    "manager_objectives_too_many",
                    objectives,
                    i,
                    "unit",
                    person=people[head],
                    count=of_heads[head],
                    limit=limit,
                )

    def _wording(self, objectives: Records) -> Iterator[Problem]:
        own = [word for word in _SEPARATORS.split(self.policy["own_verbs"] or "") if word]
        for i, text in columns_of(objectives, "text"):
            if text and not states_action(str(text), own):
                yield problem_at("objective_without_verb", objectives, i, "text")
            elif text and is_slogan(str(text)):
                yield problem_at("objective_vague", objectives, i, "text")

    def _csfs(self, objectives: Records) -> Iterator[Problem]:
        """CSFs that are not all there where action CSFs are used, or that hold what belongs to KPIs."""
        rows = list(columns_of(objectives, "objective", "unit", *_CSFS))
        used = any(csf for *_, first, second in rows for csf in (first, second))
        complete = {unit for _, _, unit, *csfs in rows if all(csfs)}
        for i, objective, unit, *csfs in rows:
            if used and any(csfs) and not all(csfs):
                blank = next(column for column, csf in zip(_CSFS, csfs, strict=True) if not csf)
                yield problem_at("csfs_incomplete", objectives, i, blank, objective=self.names[objective])
            elif objective and unit in complete and not any(csfs):
                yield problem_at("csfs_missing", objectives, i, "csf_result", objective=self.names[objective])
            for column, csf in zip(_CSFS, csfs, strict=True):
                if csf and holds_figure(str(csf)):
                    yield problem_at("csf_with_figure", objectives, i, column)

    def _money(self, objectives: Records) -> Iterator[Problem]:
        """Units all of whose CSFs are about money."""
        units = labels(self.tables, "units")
        by_unit: dict[str, list[tuple[int, str, str]]] = {}
        for i, unit, *csfs in columns_of(objectives, "unit", *_CSFS):
            if unit:
                held = [(i, column, str(csf)) for column, csf in zip(_CSFS, csfs, strict=True) if csf]
                by_unit.setdefault(unit, []).extend(held)
        for unit, held in by_unit.items():
            if len(held) >= len(_CSFS) and all(is_about_money(csf) for *_, csf in held):
                i, column, _ = held[0]
                yield problem_at("csfs_all_financial", objectives, i, column, unit=units[unit], count=len(held))

    def _too_many_kpis(self, objectives: Records, kpis: Records) -> Iterator[Problem]:
        rows = first_rows(objectives, "objective")
        totals, counts = Counter(kpis.column("objective")), Counter[str]()
        for i, objective in columns_of(kpis, "objective"):
            if objective is None or objective not in rows:
                continue
            csfs = sum(cell(objectives, rows[objective], csf) is not None for csf in _CSFS) or 1
            limit = csfs * _KPIS_PER_CSF
            counts[objective] += 1
            if counts[objective] == limit + 1:
                details = {"count": totals[objective], "csfs": csfs, "limit": limit}
                yield problem_at(
                    "objective_kpis_too_many", kpis, i, "objective", objective=self.names[objective], **details
                )

    def _kpis_of_csfs(self, objectives: Records, kpis: Records) -> Iterator[Problem]:
        """KPIs that name the CSF they measure: one that their objective does not hold, too many of one, none of one."""
        rows = first_rows(objectives, "objective")
        counts, totals = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
        named = [(i, o, fold_name(c), c) for i, o, c in columns_of(kpis, "objective", "csf") if o in rows and c]
        totals.update((objective, csf) for _, objective, csf, _ in named)
        of_objective = {
            objective: {fold_name(csf): csf for column in _CSFS if (csf := cell(objectives, rows[objective], column))}
            for objective in {objective for _, objective, *_ in named}
        }
        for i, objective, csf, typed in named:
            held = of_objective[objective]
            if csf not in held:
                candidates = "、".join(map(str, held.values())) or "—"
                details = {"objective": self.names[objective], "candidates": candidates}
                yield problem_at("csf_unknown", kpis, i, "csf", **details)
                continue
            counts[objective, csf] += 1
            if counts[objective, csf] == _KPIS_PER_CSF + 1:
                count = totals[objective, csf]
                yield problem_at("csf_kpis_too_many", kpis, i, "csf", csf=typed, count=count, limit=_KPIS_PER_CSF)
        for objective in of_objective:
            for column in _CSFS:
                csf = cell(objectives, rows[objective], column)
                if csf and (objective, fold_name(csf)) not in totals:
                    yield problem_at("csf_without_kpi", objectives, rows[objective], column)

    def _unmeasured(self, objectives: Records, kpis: Records) -> Iterator[Problem]:
        """Objectives that no KPI measures: neither theirs nor one of an objective below. Units that measure none of
        their objectives by KPIs of their own carry the KPIs of the objectives above."""
        measured = set(kpis.column("objective")) - {None}
        if not measured:
            return  # this library says nowhere what its KPIs measure
        rows = list(columns_of(objectives, "objective", "parent", "unit"))
        parents = {objective: parent for _, objective, parent, _ in rows}
        covered = {above for objective in measured for above in _chain(objective, parents)}
        measuring = {unit for _, objective, _, unit in rows if objective in covered}
        for i, objective, _, unit in rows:
            if objective is None or objective in covered:
                continue
            if unit in measuring or covered.isdisjoint(_chain(objective, parents)):
                yield problem_at("objective_without_kpi", objectives, i, "objective", objective=self.names[objective])

    def _causes(self, objectives: Records, company: list[int]) -> Iterator[Problem]:
        rows = first_rows(objectives, "objective")
        graph = {
            objective: tuple(part for part in _SEPARATORS.split(str(causes)) if part)
            for _, objective, causes in columns_of(objectives, "objective", "causes")
            if objective and causes
        }
        if not graph:
            return  # causes and effects were not drawn
        nearest = Nearest(rows.keys() - {None})
        for objective, effects in graph.items():
            for effect in effects:
                if effect not in rows:
                    yield problem_at(
                        "cause_unknown",
                        objectives,
                        rows[objective],
                        "causes",
                        objective=self.names[objective],
                        cause=effect,
                        suggestion=nearest.sentence(effect),
                    )
        for cycle in find_cycles(graph):
            row, first = min((rows[node], at) for at, node in enumerate(cycle))
            around = [*cycle[first:], *cycle[:first]]
            yield problem_at(
                "causes_circular",
                objectives,
                row,
                "causes",
                path=path_text([self.names[node] for node in around]),
                cells="、".join(place(objectives, rows[node], "causes") for node in around),
            )
        supported = {effect for effects in graph.values() for effect in effects}
        for i in company:
            objective = cell(objectives, i, "objective")
            if objective not in supported and cell(objectives, i, "perspective") not in (_ORIGIN, None):
                yield problem_at("effect_without_cause", objectives, i, "objective", objective=self.names[objective])


def _chain(objective: str | None, parents: Mapping[str, str | None]) -> list[str]:
    """An objective and those above it, whatever circle they run in."""
    chain: dict[str, None] = {}
    while objective is not None and objective not in chain:
        chain[objective] = None
        objective = parents.get(objective)
    return list(chain)


def _company(tables: Tables, objectives: Records) -> list[int]:
    """Rows of the company's own objectives: those of the top unit; without units, those with no parent."""
    units = rows_of(tables, "units")
    if units is None:
        return [i for i, parent in columns_of(objectives, "parent") if parent is None]
    top = {unit for _, unit, parent in columns_of(units, "unit", "parent") if parent is None}
    return [i for i, unit in columns_of(objectives, "unit") if unit in top]


def _perspectives(objectives: Records, company: list[int]) -> Iterator[Problem]:
    used = {cell(objectives, i, "perspective") for i in company}
    if not used - {None}:
        return  # no balanced scorecard here
    for perspective in PERSPECTIVE:
        if perspective.name not in used:
            label = perspective.text
            yield problem_at("perspective_empty", objectives, company[0], "perspective", perspective=label)


# A ratio by its name, save what only ends like one.
_RATIO_NAME = re.compile(r"(?:率|占比|比例|比率|比重)$|\b(?:rate|ratio|share|margin|percentage)$", re.IGNORECASE)
_NO_RATIO = re.compile(r"(?:利率|汇率|功率|频率|效率)$")
_DIVIDES = re.compile(
    r"[/÷／]|除以|之比|占.{1,30}的|比例|占比|百分比|比重"
    r"|\b(?:divided by|per|over|(?:share|percentage|proportion|ratio) of)\b",
    re.IGNORECASE,
)


class _Library:
    """The KPI cards. A column that nobody has filled in asks nothing of a card; nor does a KPI that was dropped."""

    def __init__(self, tables: Tables) -> None:
        self.kpis, self.names = rows_of(tables, "kpis"), labels(tables, "kpis")
        self.links = rows_of(tables, "links")

    def judge(self) -> Iterator[Problem]:
        if self.kpis is None:
            return
        kept = [
            (i, kpi, kind)
            for i, kpi, kind, verdict in columns_of(self.kpis, "kpi", "kind", "verdict")
            if kpi is not None and verdict != "drop"
        ]
        counted = [(i, kpi) for i, kpi, kind in kept if kind not in UNWEIGHTED]
        if self._used("period"):
            for i, kpi in counted:
                if cell(self.kpis, i, "period") is None:
                    yield problem_at("kpi_without_frequency", self.kpis, i, "period", kpi=self.names[kpi])
        yield from self._parts([(i, kpi) for i, kpi, kind in kept if kind in ("quantitative", None)])
        if self._used("objective", "source"):
            yield from self._sources(counted)

    def _used(self, *columns: str) -> bool:
        assert self.kpis is not None
        return any(value is not None for column in columns for value in self.kpis.columns.get(column, ()))

    def _parts(self, counted: list[tuple[int, str]]) -> Iterator[Problem]:
        """Ratios and percentages that say neither their numerator and denominator nor how they are divided."""
        assert self.kpis is not None
        used = self._used("numerator", "denominator", "definition")
        for i, kpi in counted:
            name, unit, over, below, definition = (
                cell(self.kpis, i, column) for column in ("name", "unit", "numerator", "denominator", "definition")
            )
            if (over is None) != (below is None):
                column = "numerator" if over is None else "denominator"
                yield problem_at("kpi_half_a_ratio", self.kpis, i, column, kpi=self.names[kpi])
                continue
            ratio = is_percent(unit) or (_RATIO_NAME.search(str(name or "")) and not _NO_RATIO.search(str(name or "")))
            if used and ratio and over is None and not _DIVIDES.search(str(definition or "")):
                column = "denominator" if "denominator" in self.kpis.columns else "definition"
                yield problem_at("ratio_without_parts", self.kpis, i, column, kpi=self.names[kpi])

    def _sources(self, counted: list[tuple[int, str]]) -> Iterator[Problem]:
        """KPIs that lead to no objective, come from no source, and carry no superior's."""
        assert self.kpis is not None
        carrying = set(self.links.column("sub_kpi")) | set(self.links.column("kpi")) if self.links else set()
        for i, kpi in counted:
            given = cell(self.kpis, i, "objective") or cell(self.kpis, i, "source")
            if not given and kpi not in carrying:
                yield problem_at("kpi_without_source", self.kpis, i, "source", kpi=self.names[kpi])
