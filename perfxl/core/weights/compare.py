"""The cross-department comparison (横向比较): who carries which KPI with which weight, and who answers for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from perfxl.core.problems import Problem, problem
from perfxl.core.weights.rules import exact

# Besides: each unit carries the KPI for itself; the unit is above or below the owners, so it does not compete.
MAIN, SECONDARY, UNDECIDED, OWN, IN_LINE = "main", "secondary", "", "own", "in_line"

# No weight at all, less than any.
_NOTHING = Fraction(-1)


class Carried(NamedTuple):
    """One row in: a unit carries a KPI with a weight; `responsibility` is main or secondary, blank if unstated."""

    unit: str
    kpi: str
    weight: float | None
    responsibility: str | None = None


class Owner(NamedTuple):
    """One cell of the comparison. `lines` are the positions of its rows in the input, the one that decides first;
    with several, the weight is the largest: a unit answers for a KPI as much as its most responsible holder."""

    unit: str
    weight: float | None
    role: str
    lines: tuple[int, ...]


class Comparison(NamedTuple):
    """The table KPI x unit; both in the order they first appear. A unit that does not carry a KPI has no cell."""

    kpis: tuple[str, ...]
    units: tuple[str, ...]
    cells: Mapping[tuple[str, str], Owner]

    def owners(self, kpi: str) -> list[Owner]:
        """Who carries a KPI: the main owner first, then by weight."""
        owners = [self.cells[kpi, unit] for unit in self.units if (kpi, unit) in self.cells]
        return sorted(owners, key=lambda owner: (owner.role != MAIN, -_size(owner.weight)))


class ComparisonBasis(NamedTuple):
    """What surrounds the comparison.

    parents  unit -> the unit above it (None for the root): units above and below an owner are no rivals
    own      KPIs that are not shared: where several units carry one alike, each answers for its own figure
    kpis, units  what messages call them
    """

    parents: Mapping[str, str | None] = {}
    own: Collection[str] = frozenset()
    kpis: Mapping[str, str] = {}
    units: Mapping[str, str] = {}


ALONE = ComparisonBasis()


def compare(rows: Sequence[Carried], basis: ComparisonBasis = ALONE) -> tuple[Comparison, list[Problem]]:
    """Who answers for each KPI: the unit stated as main owner, else the one with the largest weight.

    Returns: the comparison, and the problems: two main owners; a main owner who carries less than a secondary one;
        nobody who stands out as main. Each carries the position of the row to look at as details["index"].
    Source: scoring.md section 3.
    """
    held: dict[str, dict[str, list[int]]] = {}
    for i, row in enumerate(rows):
        held.setdefault(row.kpi, {}).setdefault(row.unit, []).append(i)
    cells: dict[tuple[str, str], Owner] = {}
    problems: list[Problem] = []
    ranks = _ranks([row.weight for row in rows])
    for kpi, by_unit in held.items():
        owners, unclear = _assign([_owner(rows, ranks, unit, lines) for unit, lines in by_unit.items()], kpi, basis)
        cells.update({(kpi, owner.unit): owner for owner in owners})
        problems += unclear
    return Comparison(tuple(held), tuple(dict.fromkeys(row.unit for row in rows)), cells), problems


def _ranks(weights: Sequence[float | None]) -> list[int]:
    """Which of the weights are greater than others, in numbers that are compared faster than fractions."""
    kinds = list(zip(map(type, weights), weights, strict=True))
    sizes = {kind: _size(kind[1]) for kind in set(kinds)}
    places = {size: place for place, size in enumerate(sorted(set(sizes.values())))}
    ranks = {kind: places[size] for kind, size in sizes.items()}
    return [ranks[kind] for kind in kinds]


def _owner(rows: Sequence[Carried], ranks: Sequence[int], unit: str, lines: Sequence[int]) -> Owner:
    """A unit's rows for one KPI in one; the role is what they state, blank where they state nothing."""
    stated = {rows[i].responsibility for i in lines}
    role = next((role for role in (MAIN, SECONDARY) if role in stated), UNDECIDED)
    first = sorted(lines, key=lambda i: (rows[i].responsibility != MAIN, -ranks[i]))
    heaviest = max(lines, key=ranks.__getitem__)
    known = exact(rows[heaviest].weight) is not None
    return Owner(unit, rows[heaviest].weight if known else None, role, tuple(first))


def _assign(owners: Sequence[Owner], kpi: str, basis: ComparisonBasis) -> tuple[list[Owner], list[Problem]]:
    """Roles for the owners of one KPI: main as stated, else the heaviest of those not stated as secondary."""
    rivals = _rivals(owners, basis.parents)
    stated = [owner for owner in rivals if owner.role == MAIN]
    leading = stated or _heaviest([owner for owner in rivals if owner.role == UNDECIDED])
    alike = OWN if kpi in basis.own else UNDECIDED
    role = MAIN if stated or len(leading) == 1 else alike
    leaders = {owner.unit for owner in leading}
    roles = {owner.unit: role if owner.unit in leaders else SECONDARY for owner in rivals}
    decided = [owner._replace(role=roles.get(owner.unit, IN_LINE)) for owner in owners]
    if len(stated) > 1:
        return decided, [_problem("main_owners_many", kpi, stated, basis, stated[1])]
    if role == MAIN:
        main = leading[0]
        heavier = [owner for owner in rivals if _size(owner.weight) > _size(main.weight)]
        return decided, [_problem("main_owner_outweighed", kpi, [main, *heavier], basis, main)] if heavier else []
    # Where nobody carries a weight (a monitored KPI) there is no responsibility to compare.
    weighed = any(_size(owner.weight) > _NOTHING for owner in rivals)
    unclear = leading or rivals
    return decided, [_problem("main_owner_unclear", kpi, unclear, basis, unclear[0])] if weighed and role != OWN else []


def _rivals(owners: Sequence[Owner], parents: Mapping[str, str | None]) -> list[Owner]:
    """The owners who compete: neither the company as a whole nor units below another owner, unless stated as main; of
    main owners one below the other, the higher: each level has its own."""
    units = {owner.unit for owner in owners}
    roots = {unit for unit in units if unit in parents and parents[unit] is None}
    departments = units - roots
    mains = {owner.unit for owner in owners if owner.role == MAIN} - roots

    def below(unit: str, others: Collection[str]) -> bool:
        seen, above = {unit}, parents.get(unit)
        while above is not None and above not in seen:
            if above in others:
                return True
            seen.add(above)
            above = parents.get(above)
        return False

    competing = [
        o
        for o in owners
        if (not below(o.unit, mains) if o.role == MAIN else not (o.unit in roots or below(o.unit, departments)))
    ]
    return competing or list(owners)


def _heaviest(owners: Sequence[Owner]) -> list[Owner]:
    most = max((_size(owner.weight) for owner in owners), default=_NOTHING)
    return [owner for owner in owners if _size(owner.weight) == most]


def _size(weight: float | None) -> Fraction:
    size = exact(weight)
    return _NOTHING if size is None else size


def _problem(code: str, kpi: str, owners: Sequence[Owner], basis: ComparisonBasis, nearest: Owner) -> Problem:
    units = "、".join(basis.units.get(owner.unit, owner.unit) for owner in owners)
    return problem(
        code,
        table="contract_lines",
        column="responsibility",
        value=units,
        kpi=basis.kpis.get(kpi, kpi),
        units=units,
        index=nearest.lines[0],
    )
