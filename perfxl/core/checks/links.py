"""Links: shares that make a whole, targets that follow, one main owner, owners below the superior; and what of the
company's nobody carries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from perfxl.core.cascade import NOBODY, LinkedTargets, cascade
from perfxl.core.cascade.organisation import superiors
from perfxl.core.cascade.targets import FORMULA, Follows, Group, linked_targets, read_shares
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Tables
from perfxl.core.table_access import Labels, columns_of, labels, place, problem_at, rows_of
from perfxl.core.values.numbers import is_percent, show_figure
from perfxl.core.weights.rules import WHOLE, exact, plain

_SHARED = "share"
_DIVIDING = frozenset(("share", "full"))
_MAIN = "main"


def check_links(tables: Tables, policy: Policy) -> list[Problem]:
    """What is wrong with the links, and with the targets at their ends. Source: scoring.md section 4."""
    if rows_of(tables, "links") is None:
        return []
    links = _Links(tables)
    return [*links.judge(), *_nobody_carries(tables, links.targets)]


def check_divided(tables: Tables, policy: Policy) -> list[Problem]:
    """Targets below zero that links divide by shares: they sum, but are they meant?"""
    if rows_of(tables, "links") is None or rows_of(tables, "contract_lines") is None:
        return []
    of, found = linked_targets(tables), list[Problem]()
    name = _Ends(labels(tables, "people"), labels(tables, "kpis"))
    for group in of.groups:
        upper = of.held.get(group.key)
        if upper is None or not isinstance(upper.target, float | int) or not upper.target < 0:
            continue
        if any(of.modes[i] == _SHARED for i in group.rows):
            found.append(problem_at("link_target_negative", of.lines, upper.row, "target", upper=name(*group.key)))
    return found


class _Ends(NamedTuple):
    """What messages call the ends of links."""

    people: Labels
    kpis: Labels

    def __call__(self, kpi: Any, owner: Any) -> str:
        return " · ".join(part for part in (self.people[owner], self.kpis[kpi]) if part)


class _Links:
    def __init__(self, tables: Tables) -> None:
        self.targets = linked_targets(tables)
        self.links, self.lines = self.targets.links, self.targets.lines
        self.name = _Ends(labels(tables, "people"), labels(tables, "kpis"))
        self.units = labels(tables, "units")
        self.roles = self.links.column("responsibility")
        self.reach = _Reach(tables)

    def judge(self) -> Iterator[Problem]:
        yield from self._single()
        for group in self.targets.groups:
            yield from self._shares(group)
            yield from self._roles(group)
            if self.targets.lines:
                yield from self._follow(group)

    def _single(self) -> Iterator[Problem]:
        """Links by themselves."""
        of = self.targets
        units, below, superiors = of.units, _Kept(self.reach.below), self.reach.superiors
        for i, (kpi, owner, sub_kpi, sub_owner, mode, share) in enumerate(
            zip(of.kpis, of.owners, of.sub_kpis, of.sub_owners, of.modes, of.shares, strict=True)
        ):
            if mode == _SHARED and share is None:
                yield problem_at("link_share_missing", self.links, i, "share", upper=self.name(kpi, owner))
            elif share is not None and mode is not None and mode != _SHARED:
                yield problem_at("link_share_unused", self.links, i, "share")
            elif share is not None and not 0 < share <= 100:
                yield problem_at("link_share_out_of_range", self.links, i, "share")
            if kpi is None or owner is None or sub_kpi is None or sub_owner is None:
                continue
            if owner == sub_owner:
                if kpi != sub_kpi and mode in _DIVIDING:
                    yield problem_at("link_to_oneself", self.links, i, "sub_owner", person=self.name.people[owner])
            elif superiors.get(sub_owner) != owner and not below[sub_owner, owner]:
                yield problem_at(
                    "link_not_below",
                    self.links,
                    i,
                    "sub_owner",
                    person=self.name.people[sub_owner],
                    owner=self.name.people[owner],
                    unit=self.units[self.reach.homes.get(sub_owner)],
                    upper=self.units[self.reach.homes.get(owner)],
                )
            if mode == FORMULA and sub_kpi not in of.of_tree:
                name = self.name.kpis[sub_kpi]
                yield problem_at("link_formula_without_node", self.links, i, "mode", kpi=name)
            if kpi == sub_kpi or mode not in _DIVIDING:
                continue
            unit, other = units.get(sub_kpi), units.get(kpi)
            if unit is not None and other is not None and unit != other:
                yield problem_at(
                    "link_units_differ",
                    self.links,
                    i,
                    "sub_kpi",
                    kpi=self.name.kpis[sub_kpi],
                    upper=self.name.kpis[kpi],
                    unit=unit,
                    other=other,
                )

    def _shares(self, group: Group) -> Iterator[Problem]:
        modes, column = self.targets.modes, self.targets.shares
        shared = [i for i in group.rows if modes[i] == _SHARED]
        if not shared:
            return
        if is_percent(self.targets.units.get(group.kpi)):
            yield problem_at("link_rate_divided", self.links, shared[0], "mode", upper=self.name(*group.key))
        if len(shared) < len(group.rows):
            full = [i for i in group.rows if modes[i] == "full"]
            if full:
                first = place(self.links, shared[0], "mode")
                yield problem_at(
                    "link_modes_mixed", self.links, full[0], "mode", upper=self.name(*group.key), first=first
                )
        shares = read_shares(tuple([column[i] for i in shared]))
        if shares is not None and not shares.whole:
            total = sum((share for i in shared if (share := exact(column[i])) is not None), Fraction(0))
            way_zh, way_en = ("少", "short") if total < WHOLE else ("多", "over")
            yield problem_at(
                "link_shares_sum",
                self.links,
                shared[0],
                "share",
                upper=self.name(*group.key),
                total=plain(total),
                amount=plain(abs(WHOLE - total)),
                way_zh=way_zh,
                way_en=way_en,
                count=len(shared),
            )

    def _roles(self, group: Group) -> Iterator[Problem]:
        """One main owner, and the contracts say the same."""
        roles = self.roles
        stated = [i for i in group.rows if roles[i] is not None]
        if not stated:
            return
        main = [i for i in stated if roles[i] == _MAIN]
        upper = self.name(*group.key)
        for i in main[1:]:
            first = place(self.links, main[0], "responsibility")
            yield problem_at("link_main_owners_many", self.links, i, "responsibility", upper=upper, first=first)
        if not main and len(group.rows) > 1:
            yield problem_at("link_main_owner_missing", self.links, group.rows[0], "responsibility", upper=upper)
        for i in stated:
            held = self.targets.below[i]
            # Of a KPI that the subordinate answers for elsewhere too, the contract can say only one thing.
            if held and held.responsibility not in (None, roles[i]) and self.targets.sub_kpis[i] == group.kpi:
                there = place(self.lines, held.row, "responsibility")
                lower = self.name(*self.targets.lower(i))
                yield problem_at("link_role_differs", self.links, i, "responsibility", lower=lower, there=there)

    def _follow(self, group: Group) -> Iterator[Problem]:
        upper = self.targets.held.get(group.key)
        if upper is None:
            return
        below = self.targets.below
        if upper.target is None:
            modes = self.targets.modes
            carried = [below[i] for i in group.rows if modes[i] in _DIVIDING]
            if any(held is not None and held.target is not None for held in carried):
                yield problem_at(
                    "link_superior_without_target", self.lines, upper.row, "target", upper=self.name(*group.key)
                )
        follows = self.targets.follow(group)
        wrong = False
        for each in follows:
            held = below[each.row]
            if held is not None and not each.allows(held.target):
                wrong = True
                yield self._off(group, each, upper.row, held.row, held.target, upper.target)
        if follows and not wrong:
            yield from self._sum(group, [each for each in follows if each.division is not None], upper.target)

    def _off(self, group: Group, each: Follows, upper: int, lower: int, target: Any, whole: Any) -> Problem:
        share = self.targets.shares[each.row]
        shared = self.targets.modes[each.row] == _SHARED
        details = {
            "lower": self.name(*self.targets.lower(each.row)),
            "upper": self.name(*group.key),
            "whole": _show(whole),
            "there": place(self.lines, upper, "target"),
            "link": place(self.links, each.row, "share" if shared else "mode"),
            "expected": _show(each.target),
            "share": f"{share:.15g}%" if share is not None else "",
        }
        if target is None:
            return problem_at("link_target_missing", self.lines, lower, "target", **details)
        figures = [exact(figure) for figure in (target, each.target)]
        apart = "" if None in figures else _show(float(figures[0] - figures[1]))  # type: ignore[operator]
        if each.rounded and apart:
            return problem_at("link_target_not_of_tree", self.lines, lower, "target", apart=apart, **details)
        if not apart:
            return problem_at("link_target_not_the_same", self.lines, lower, "target", **details)
        name = "link_target_not_its_share" if shared else "link_target_not_in_full"
        return problem_at(name, self.lines, lower, "target", apart=apart, **details)

    def _sum(self, group: Group, shared: Sequence[Follows], whole: Any) -> Iterator[Problem]:
        """Each may be rounded for itself and yet all of them not make the whole."""
        off = self.targets.off_by(shared, whole)
        if off is None:
            return
        total, apart = off
        below = [self.targets.below[each.row] for each in shared[:5]]
        yield problem_at(
            "link_targets_sum",
            self.lines,
            self.targets.held[group.key].row,
            "target",
            upper=self.name(*group.key),
            total=plain(total.exact),
            apart=plain(apart.exact),
            cells="、".join(place(self.lines, held.row, "target") for held in below[:4] if held)
            + ("…" if len(shared) > 4 else ""),
        )


def _show(figure: Any) -> str:
    return show_figure(figure, "") if isinstance(figure, int | float) else str(figure)


class _Kept(dict[tuple[Any, Any], bool]):
    """(Person, owner) -> whether the one stands below the other: many KPIs ask for the same two."""

    def __init__(self, below: Callable[[Any, Any], bool]) -> None:
        super().__init__()
        self._below = below

    def __missing__(self, key: tuple[Any, Any]) -> bool:
        found = self[key] = self._below(*key)
        return found


class _Reach:
    """Who stands below whom: in a unit below, or in the line of superiors."""

    def __init__(self, tables: Tables) -> None:
        people, units = rows_of(tables, "people"), rows_of(tables, "units")
        rows = list(columns_of(people, "person", "unit", "superior")) if people else []
        self.homes: dict[Any, Any] = {person: unit for _, person, unit, _ in rows}
        self.superiors = superiors(tables)
        self._parents = {unit: parent for _, unit, parent in columns_of(units, "unit", "parent")} if units else {}

    def below(self, person: Any, owner: Any) -> bool:
        """Whether a person stands below an owner; of those of whom nothing is known, nothing is said."""
        if person not in self.homes or owner not in self.homes:
            return True
        home, above = self.homes[person], self.homes[owner]
        if _leads_to(self.superiors, person, owner):
            return True
        if not self._parents or home not in self._parents or above not in self._parents:
            return not any(self.superiors.values())
        return home != above and _leads_to(self._parents, home, above)


def _leads_to(parents: dict[Any, Any], start: Any, end: Any) -> bool:
    seen, node = {start}, parents.get(start)
    while node is not None and node not in seen:
        if node == end:
            return True
        seen.add(node)
        node = parents.get(node)
    return False


def _nobody_carries(tables: Tables, targets: LinkedTargets) -> Iterator[Problem]:
    """KPIs with weight of the company's head that nobody below carries."""
    company, _ = cascade(tables)
    for kpi in company.kpis:
        held = targets.held.get((kpi.kpi, kpi.owner))
        if kpi.state == NOBODY and held is not None:
            name = _Ends(labels(tables, "people"), labels(tables, "kpis"))(kpi.kpi, kpi.owner)
            yield problem_at("company_kpi_not_carried", targets.lines, held.row, "kpi", upper=name)
