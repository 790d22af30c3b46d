"""What a subordinate's target is by its link: the superior's own where it is carried in full, a share of it where it is
divided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from perfxl.core.cascade.allocation import Figure, divide, read_figure
from perfxl.core.records import Records, Tables, empty
from perfxl.core.table_access import columns_of, contracts_of, once, rows_of
from perfxl.core.value_tree import read_trees, targets_of
from perfxl.core.values.numbers import is_percent

Key = tuple[Any, Any]
_SHARED, _IN_FULL, FORMULA = "share", "full", "formula"
# A share written with as many decimals is rounded itself: 59.69% of 7,140 is 4,262 as well as 4,261.87.
_ROUNDED_FROM = 2
_WHOLE = Figure(100, 0)


class Held(NamedTuple):
    """A KPI in somebody's contract: the row of its line, what stands there, and its place among all of them."""

    row: int
    target: Any
    responsibility: str | None
    at: int = 0


class Group(NamedTuple):
    """The links that carry one KPI of one owner, in sheet order."""

    kpi: str
    owner: str
    rows: tuple[int, ...]

    @property
    def key(self) -> Key:
        """(KPI, owner)."""
        return self.kpi, self.owner


class Shares(NamedTuple):
    """Shares in percent of one figure: as figures, and in whole numbers of `digits` decimals."""

    figures: tuple[Figure, ...]
    digits: int
    sizes: tuple[int, ...]
    whole: bool


@lru_cache(maxsize=4096)
def read_shares(typed: tuple[Any, ...]) -> Shares | None:
    """What divides a figure: few companies know more than some dozens of ways to do so. None where one is no number.
    They are whole where they sum to 100, as far as what was calculated is sure of its digits: a third three times does,
    33.33 three times does not. Source: scoring.md section 7."""
    figures = tuple(figure for each in typed if (figure := read_figure(each)) is not None)
    if len(figures) < len(typed) or not typed:
        return None
    digits = max(figure.places for figure in figures)
    whole = min(figure.units for figure in figures) >= 0 and not apart(figures, _WHOLE)
    return Shares(figures, digits, tuple(figure.at(digits) for figure in figures), whole)


class Division(NamedTuple):
    """A superior's figure, the shares that it is divided by, and to how many decimals."""

    total: Figure
    shares: Shares
    places: int

    def allows(self, part: int, target: Figure) -> bool:
        """Whether a target is one of the parts, rounded up or down, or off by no more than the last digit of what its
        share, or what was calculated, is sure of."""
        total, share = self.total, self.shares.figures[part]
        last = share.places if share.sure is None else max(share.sure, share.places)
        finest = (total.places + last, total.sure or 0, target.places, target.sure or 0, self.places)
        # Percents of the last of so many decimals: half a digit is a whole number of them too.
        places = 1 + max(finest)
        per_share = 10 ** (places - total.places - share.places)
        off = abs(100 * target.at(places) - total.units * share.units * per_share)
        unsure = sum(100 * 10 ** (places - figure.sure) for figure in (total, target) if figure.sure is not None)
        if share.sure is not None:
            unsure += abs(total.units) * 10 ** (places - total.places - share.sure)
        elif share.places >= _ROUNDED_FROM:
            unsure += abs(total.units) * per_share // 2
        return bool(off < 100 * 10 ** (places - self.places) or off <= unsure)


class Follows(NamedTuple):
    """What follows from one link: the target; of a divided figure also the division and which of its parts. A target
    of the value tree may be `rounded` to the decimals that it is written with."""

    row: int
    target: Any
    division: Division | None = None
    part: int = 0
    rounded: bool = False

    def allows(self, target: Any) -> bool:
        """Whether a subordinate's target follows from the link: rounded up or down, for which of them, only the sum
        of all can say."""
        if target == self.target:
            return True
        figure = read_figure(target)
        if figure is not None and self.division is not None:
            return self.division.allows(self.part, figure)
        whole = read_figure(self.target)
        if figure is None or whole is None:
            return False
        if self.rounded:
            return abs(figure.exact - whole.exact) <= Fraction(1, 2 * 10**figure.places)
        return not apart([figure], whole)


class LinkedTargets:
    """The links of a program with the contract lines at both ends."""

    def __init__(self, tables: Tables) -> None:
        self.of_tree: Mapping[Any, float] = targets_of(read_trees(rows_of(tables, "value_tree"))[0])
        """KPI -> the target of its node in the value tree, which is what follows from links by formula."""
        self.links: Records = rows_of(tables, "links") or empty("links")
        self.lines: Records = rows_of(tables, "contract_lines") or empty("contract_lines")
        self.held = held_lines(tables)
        """(KPI, holder) -> the line; of several contracts the last one's."""
        names = ("kpi", "owner", "sub_kpi", "sub_owner", "mode", "share")
        self.kpis, self.owners, self.sub_kpis, self.sub_owners, self.modes, self.shares = map(self.links.column, names)
        held = self.held.get
        self.below: list[Held | None] = [held(key) for key in zip(self.sub_kpis, self.sub_owners, strict=True)]
        """The line at each link's lower end."""
        kpis = rows_of(tables, "kpis")
        cards = columns_of(kpis, "kpi", "unit", "decimals") if kpis else ()
        self.units: dict[str, str | None] = {}
        self._decimals: dict[str, int | None] = {}
        for _, kpi, unit, decimals in cards:
            self.units[kpi] = unit
            percent = 2 if is_percent(unit) else 0
            self._decimals[kpi] = None if decimals is None else max(int(decimals), 0) + percent

    @cached_property
    def groups(self) -> Sequence[Group]:
        """Each KPI of each owner that some link carries; rows that name only one end are left out."""
        rows: dict[Key, list[int]] = {}
        ends = zip(self.kpis, self.owners, self.sub_kpis, self.sub_owners, strict=True)
        for i, (kpi, owner, sub_kpi, sub_owner) in enumerate(ends):
            if kpi is None or owner is None or sub_kpi is None or sub_owner is None:
                continue
            members = rows.get((kpi, owner))
            if members is None:
                rows[kpi, owner] = [i]
            else:
                members.append(i)
        return [Group(kpi, owner, tuple(members)) for (kpi, owner), members in rows.items()]

    def lower(self, row: int) -> Key:
        """(KPI, holder) at a link's lower end."""
        return self.sub_kpis[row], self.sub_owners[row]

    def follow(self, group: Group) -> list[Follows]:
        """The targets that follow from the links of one KPI; none where the superior has no target, where shares do
        not make a whole, or where the KPIs are not in one unit. Source: scoring.md section 4."""
        modes, sub_kpis = self.modes, self.sub_kpis
        computed = [i for i in group.rows if modes[i] == FORMULA and sub_kpis[i] in self.of_tree]
        by_formula = [Follows(i, self.of_tree[sub_kpis[i]], rounded=True) for i in computed]
        upper = self.held.get(group.key)
        if upper is None or upper.target is None:
            return by_formula
        return by_formula + self._carried(group, upper)

    def _carried(self, group: Group, upper: Held) -> list[Follows]:
        modes, sub_kpis = self.modes, self.sub_kpis
        unit = self.units.get(group.kpi)
        alike = [i for i in group.rows if self.units.get(sub_kpis[i]) == unit]
        follows = [Follows(i, upper.target) for i in alike if modes[i] == _IN_FULL]
        shared = [i for i in group.rows if modes[i] == _SHARED]
        total = read_figure(upper.target)
        dividing = sum(modes[i] in (_SHARED, _IN_FULL) for i in group.rows)
        if total is None or not shared or sum(modes[i] in (_SHARED, _IN_FULL) for i in alike) < dividing:
            return follows
        shares = read_shares(tuple([self.shares[i] for i in shared]))
        if shares is None or not shares.whole:
            return follows
        places = self.places(group, shared, total)
        division, scale = Division(total, shares, places), 10**places
        for at, part in enumerate(divide(total.at(places), shares.sizes)):
            follows.append(Follows(shared[at], part / scale if places else float(part), division, at))
        return follows

    def places(self, group: Group, rows: Sequence[int], total: Figure) -> int:
        """The decimals of what divides a figure: as the KPI's card says, else as they are written; no fewer than the
        figure's own."""
        decimals = self._decimals.get(group.kpi)
        if decimals is None:
            below = [self.below[row] for row in rows]
            figures = [read_figure(held.target) for held in below if held is not None]
            decimals = max([figure.places for figure in figures if figure is not None], default=0)
        return max(decimals, total.places)

    def off_by(self, follows: Sequence[Follows], whole: Any) -> tuple[Figure, Figure] | None:
        """Of parts that each follow from their links: what the targets below sum to and by how much that differs from
        the superior's, if it does; None where it does not, or some target is not there."""
        below = [self.below[each.row] for each in follows]
        if all(held is not None and held.target == each.target for held, each in zip(below, follows, strict=True)):
            return None  # parts of an allocation sum to it
        figures = [read_figure(held.target) for held in below if held]
        known, aim = [figure for figure in figures if figure is not None], read_figure(whole)
        if aim is None or not known or len(known) < len(follows):
            return None
        places = max(max(figure.places, figure.sure or 0) for figure in (*known, aim))
        more, total = apart(known, aim), sum(figure.at(places) for figure in known)
        return (Figure(total, places), Figure(more, places)) if more else None


def apart(parts: Sequence[Figure], whole: Figure) -> int:
    """By how much figures sum to more than a whole, in units of the last decimal of all; 0 where calculated ones are no
    surer than that."""
    figures = (*parts, whole)
    places = max([max(figure.places, figure.sure or 0) for figure in figures])
    more = sum([part.at(places) for part in parts]) - whole.at(places)
    unsure = sum([int(10 ** (places - figure.sure)) for figure in figures if figure.sure is not None])
    return 0 if abs(more) <= unsure else more


@once
def linked_targets(tables: Tables) -> LinkedTargets:
    """The links of a program, read once for all who ask."""
    return LinkedTargets(tables)


@once
def expected_targets(tables: Tables) -> dict[int, Follows]:
    """Row of a link -> the target that follows from it, where one does."""
    targets = linked_targets(tables)
    return {each.row: each for group in targets.groups for each in targets.follow(group)}


@once
def held_lines(tables: Tables) -> dict[Key, Held]:
    """(KPI, holder) -> the line that holds it; of several contracts the last one's."""
    contracts, lines = contracts_of(tables), rows_of(tables, "contract_lines")
    held: dict[Key, Held] = {}
    numbers = lines.column("contract") if lines else []
    columns = ("contract", "kpi", "target", "responsibility")
    for i, number, kpi, target, role in columns_of(lines, *columns) if lines else ():
        contract = contracts.get(number)
        if contract is None or kpi is None:
            continue
        for holder in contract.holders:
            key = kpi, holder
            before = held.get(key)
            if before is None:
                held[key] = Held(i, target, role, len(held))
            else:
                start = contract.span.start if contract.span else date.min
                first = contracts[numbers[before.row]].span
                if (first.start if first else date.min) < start:
                    held[key] = Held(i, target, role, before.at)
    return held
