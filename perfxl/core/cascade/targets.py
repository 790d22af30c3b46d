"""What a subordinate's target is by its link: the superior's own where it is carried in full, a share of it where it is
divided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from perfxl.core.cascade.allocation import Figure, divide, read_figure
from perfxl.core.records import Records, Tables, empty
from perfxl.core.table_access import columns_of, contracts_of, rows_of
from perfxl.core.values.numbers import is_percent

Key = tuple[Any, Any]
_SHARED, _IN_FULL = "share", "full"
# A share written with as many decimals is rounded itself: 59.69% of 7,140 is 4,262 as well as 4,261.87.
_ROUNDED_FROM = 2
_WHOLE = Figure(100, 0)


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
    """What follows from one link: the target; of a shared figure also its part before rounding, in `hundredths` of
    units of `places` decimals, and by how much a target may be off from it, in the same: less than `step`, or no more
    than `unsure` where the share itself is rounded or a figure was calculated."""

    row: int
    target: Any
    hundredths: int | None = None
    places: int = 0
    step: int = 0
    unsure: int = 0

    def allows(self, target: Any) -> bool:
        """Whether a subordinate's target follows from the link: rounded up or down, for which of them, only the sum
        of all can say."""
        if target == self.target:
            return True
        figure = read_figure(target) if isinstance(target, int | float) else None
        if figure is None or self.hundredths is None:
            whole = read_figure(self.target) if isinstance(self.target, int | float) else None
            return figure is not None and whole is not None and not _apart([figure], whole)
        more = max(figure.places, figure.sure or 0, self.places) - self.places
        scale = int(10**more)
        off = abs(100 * figure.at(self.places + more) - self.hundredths * scale)
        rough = 0 if figure.sure is None else 100 * int(10 ** (self.places + more - figure.sure))
        return off == 0 or off < self.step * scale or off <= self.unsure * scale + rough


class LinkedTargets:
    """The links of a program with the contract lines at both ends."""

    def __init__(self, tables: Tables) -> None:
        self.links: Records = rows_of(tables, "links") or empty("links")
        self.lines: Records = rows_of(tables, "contract_lines") or empty("contract_lines")
        self.held = held_lines(tables, self.lines)
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

    def groups(self) -> Iterator[Group]:
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
        for (kpi, owner), members in rows.items():
            yield Group(kpi, owner, tuple(members))

    def lower(self, row: int) -> Key:
        """(KPI, holder) at a link's lower end."""
        return self.sub_kpis[row], self.sub_owners[row]

    def follow(self, group: Group) -> list[Follows]:
        """The targets that follow from the links of one KPI; none where the superior has no target, where shares do
        not make a whole, or where the KPIs are not in one unit. Source: scoring.md section 4."""
        upper = self.held.get(group.key)
        if upper is None or upper.target is None:
            return []
        modes, sub_kpis = self.modes, self.sub_kpis
        unit = self.units.get(group.kpi)
        alike = [i for i in group.rows if self.units.get(sub_kpis[i]) == unit]
        follows = [Follows(i, upper.target) for i in alike if modes[i] == _IN_FULL]
        shared = [i for i in group.rows if modes[i] == _SHARED]
        total = read_figure(upper.target) if isinstance(upper.target, int | float) else None
        if total is None or not shared or len(alike) < len(group.rows):
            return follows
        shares = [read_figure(self.shares[i]) for i in shared]
        known = [share for share in shares if share is not None and share.units >= 0]
        if len(known) == len(shares) and makes_whole(known):
            follows += self._divided(group, shared, total, known)
        return follows

    def _divided(self, group: Group, rows: Sequence[int], total: Figure, shares: Sequence[Figure]) -> list[Follows]:
        """Each part in whole numbers, at the decimals of the KPI for what follows and at those of share and total
        together for what a target is compared with."""
        places = max(self.places(group, rows, total), total.places)
        digits = max(share.places for share in shares)
        sizes = [share.at(digits) for share in shares]
        parts = divide(total.at(places), sizes)
        # One decimal more than all have, so that half a digit is a whole number too.
        fine = max(digits, *(share.sure or 0 for share in shares), (total.sure or 0) - places) + 1
        whole, scale, step = total.at(places), 10**places, 100 * int(10**fine)
        unsure_total = 0 if total.sure is None else 100 * int(10 ** (places + fine - total.sure))
        spread = 10 ** (fine - digits)
        follows = []
        for row, share, size, part in zip(rows, shares, sizes, parts, strict=True):
            if share.sure is not None:
                unsure = abs(whole) * int(10 ** (fine - share.sure))
            else:
                unsure = abs(whole) * int(10 ** (fine - share.places)) // 2 if share.places >= _ROUNDED_FROM else 0
            target = part / scale if places else float(part)
            follows.append(Follows(row, target, whole * size * spread, places + fine, step, unsure + unsure_total))
        return follows

    def places(self, group: Group, rows: Sequence[int], total: Figure) -> int:
        """The decimals of a KPI's figures: as its card says, else as they are written."""
        decimals = self._decimals.get(group.kpi)
        if decimals is not None:
            return decimals
        below = (self.below[row] for row in rows)
        targets = (held.target for held in below if held is not None)
        figures = (read_figure(target) for target in targets if isinstance(target, int | float))
        return max((figure.places for figure in figures if figure is not None), default=total.places)

    def off_by(self, follows: Sequence[Follows], whole: Any) -> tuple[Figure, Figure] | None:
        """Of parts that each follow from their links: what the targets below sum to and by how much that differs from
        the superior's, if it does; None where it does not, or some target is not there."""
        below = [self.below[each.row] for each in follows]
        if all(held is not None and held.target == each.target for held, each in zip(below, follows, strict=True)):
            return None  # parts of an allocation sum to it
        figures = [read_figure(held.target) for held in below if held and isinstance(held.target, int | float)]
        known, aim = [figure for figure in figures if figure is not None], read_figure(whole)
        if aim is None or not known or len(known) < len(follows):
            return None
        places = max(max(figure.places, figure.sure or 0) for figure in (*known, aim))
        apart, total = _apart(known, aim), sum(figure.at(places) for figure in known)
        return (Figure(total, places), Figure(apart, places)) if apart else None


def makes_whole(shares: Iterable[Figure]) -> bool:
    """Whether shares in percent sum to 100, as far as what was calculated is sure of its digits: a third three times
    does, 33.33 three times does not. Source: scoring.md section 7."""
    return not _apart(list(shares), _WHOLE)


def _apart(parts: Sequence[Figure], whole: Figure) -> int:
    """By how much figures sum to more than a whole, in units of the last decimal of all; 0 where calculated ones are no
    surer than that."""
    figures = (*parts, whole)
    places = max(max(figure.places, figure.sure or 0) for figure in figures)
    apart = sum(part.at(places) for part in parts) - whole.at(places)
    unsure = sum(int(10 ** (places - figure.sure)) for figure in figures if figure.sure is not None)
    return 0 if abs(apart) <= unsure else apart


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
