"""What a subordinate's target is by its link: the superior's own where it is carried in full, a share of it where it is
divided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

from perfxl.core.cascade.allocation import allocate, places_of
from perfxl.core.records import Records, Tables, empty
from perfxl.core.table_access import columns_of, contracts_of, rows_of
from perfxl.core.values.numbers import is_percent
from perfxl.core.weights.rules import WHOLE, exact

Key = tuple[Any, Any]
_SHARED, _IN_FULL = "share", "full"
# A share written with as many decimals is rounded itself: 59.69% of 7,140 is 4,262 as well as 4,261.87.
_ROUNDED_FROM = 2


class Held(NamedTuple):
    """A KPI in somebody's contract: the row of its line, and what stands there."""

    row: int
    target: Any
    responsibility: str | None


class Group(NamedTuple):
    """The links that carry one KPI of one owner, in sheet order."""

    kpi: str
    owner: str
    rows: tuple[int, ...]

    @property
    def key(self) -> Key:
        """(KPI, owner)."""
        return self.kpi, self.owner


class Follows(NamedTuple):
    """What follows from one link: the target; of a shared figure also the share of it before rounding, the last place
    that it is rounded to, and by how much it is unsure where the share itself is rounded."""

    row: int
    target: Any
    unrounded: Fraction | None = None
    step: Fraction = Fraction(0)
    unsure: Fraction = Fraction(0)

    def allows(self, target: Any) -> bool:
        """Whether a subordinate's target follows from the link: rounded up or down, for which of them, only the sum
        of all can say."""
        figure = exact(target) if isinstance(target, int | float) else None
        if figure is None or self.unrounded is None:
            return bool(target == self.target)
        off = abs(figure - self.unrounded)
        return off == 0 or off < self.step or off <= self.unsure


class LinkedTargets:
    """The links of a program with the contract lines at both ends."""

    def __init__(self, tables: Tables) -> None:
        self.links: Records = rows_of(tables, "links") or empty("links")
        self.lines: Records = rows_of(tables, "contract_lines") or empty("contract_lines")
        self.held = held_lines(tables, self.lines)
        """(KPI, holder) -> the line; of several contracts the last one's."""
        kpis = rows_of(tables, "kpis")
        cards = columns_of(kpis, "kpi", "unit", "decimals") if kpis else ()
        self.units: dict[str, str | None] = {}
        self._decimals: dict[str, int | None] = {}
        for _, kpi, unit, decimals in cards:
            self.units[kpi] = unit
            percent = 2 if is_percent(unit) else 0
            self._decimals[kpi] = None if decimals is None else max(int(decimals), 0) + percent

    def groups(self) -> Iterator[Group]:
        """Each KPI of each owner that some link carries; rows that name only one end are left out."""
        rows: dict[Key, list[int]] = {}
        for i, kpi, owner, sub_kpi, sub_owner in columns_of(self.links, "kpi", "owner", "sub_kpi", "sub_owner"):
            if kpi is not None and owner is not None and sub_kpi is not None and sub_owner is not None:
                rows.setdefault((kpi, owner), []).append(i)
        for (kpi, owner), members in rows.items():
            yield Group(kpi, owner, tuple(members))

    def lower(self, row: int) -> Key:
        """(KPI, holder) at a link's lower end."""
        return self.links.column("sub_kpi")[row], self.links.column("sub_owner")[row]

    def follow(self, group: Group) -> list[Follows]:
        """The targets that follow from the links of one KPI; none where the superior has no target, where shares do
        not make a whole, or where the KPIs are not in one unit. Source: scoring.md section 4."""
        upper = self.held.get(group.key)
        if upper is None or upper.target is None:
            return []
        modes, sub_kpis = self.links.column("mode"), self.links.column("sub_kpi")
        unit = self.units.get(group.kpi)
        alike = [i for i in group.rows if self.units.get(sub_kpis[i]) == unit]
        follows = [Follows(i, upper.target) for i in alike if modes[i] == _IN_FULL]
        shared = [i for i in group.rows if modes[i] == _SHARED]
        total = exact(upper.target) if isinstance(upper.target, int | float) else None
        if total is None or not shared or len(alike) < len(group.rows):
            return follows
        column = self.links.column("share")
        shares = [_exact(column[i]) for i in shared]
        known = [share for share in shares if share is not None and share >= 0]
        if len(known) == len(shares) and sum(known) == WHOLE:
            follows += self._divided(group, shared, total, known)
        return follows

    def _divided(self, group: Group, rows: Sequence[int], total: Fraction, shares: Sequence[Fraction]) -> list[Follows]:
        places = max(self.places(group, rows, total), places_of([total]))
        parts = allocate(total, [share / WHOLE for share in shares], places) or []
        step = Fraction(1, 10**places)
        follows = []
        for row, share, part in zip(rows, shares, parts, strict=True):
            digits = places_of([share])
            unsure = abs(total) / (200 * 10**digits) if digits >= _ROUNDED_FROM else Fraction(0)
            follows.append(Follows(row, float(part), total * share / WHOLE, step, unsure))
        return follows

    def places(self, group: Group, rows: Sequence[int], total: Fraction) -> int:
        """The decimals of a KPI's figures: as its card says, else as they are written."""
        decimals = self._decimals.get(group.kpi)
        if decimals is not None:
            return decimals
        below = (self.held.get(self.lower(row)) for row in rows)
        figures = (exact(held.target) for held in below if held and isinstance(held.target, int | float))
        return places_of([total, *(figure for figure in figures if figure is not None)])


@lru_cache(maxsize=65536)
def _exact(share: Any) -> Fraction | None:
    return exact(share)


def held_lines(tables: Tables, lines: Records) -> dict[Key, Held]:
    """(KPI, holder) -> the line that holds it; of several contracts the last one's."""
    contracts = contracts_of(tables)
    held: dict[Key, Held] = {}
    begins: dict[Key, date] = {}
    columns = ("contract", "kpi", "target", "responsibility")
    for i, number, kpi, target, role in columns_of(lines, *columns):
        contract = contracts.get(number)
        if contract is None or kpi is None:
            continue
        start = contract.span.start if contract.span else date.min
        for holder in contract.holders:
            key = kpi, holder
            if key not in held or begins[key] < start:
                held[key], begins[key] = Held(i, target, role), start
    return held
