"""Forced distribution 强制分布: how many of each pool may have which grade, and who would get another one.

Source: scoring.md section 6.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, floor
from typing import NamedTuple

from perfxl.core.evaluation.rounding import round_table

Limits = tuple[float | None, float | None]
"""At least and at most so many percent points of a pool; None: no limit."""
_NEAR = 1e-9


class Rated(NamedTuple):
    """Somebody with a total and the grade that it earns; whoever is outside keeps that grade and takes no quota."""

    total: float | None
    grade: str
    unit: str = ""
    outside: bool = False


class Placed(NamedTuple):
    """The pool, and the grade proposed; "" where people of one total stand on a boundary, who could get `choices`."""

    pool: str
    grade: str
    choices: tuple[str, ...] = ()


class Quota(NamedTuple):
    """A pool's people and, grade by grade, how many of them may have it."""

    pool: str
    people: int
    counts: tuple[int, ...]


def distribute(
    people: Sequence[Rated],
    grades: Sequence[str],
    quotas: Mapping[str, float | Limits],
    *,
    parents: Mapping[str, str | None] | None = None,
    of_units: Mapping[str, Mapping[str, float]] | None = None,
    smallest: int = 5,
) -> tuple[list[Placed], list[Quota]]:
    """Proposed grades.

    grades    the best first
    quotas    grade -> percent points of each pool, for all grades; or limits of grades (A) or of several from either
              end together (D+E), within which the grades that totals earn are kept
    parents   unit -> the unit above it; units of fewer people than `smallest` are pooled below it
    of_units  unit -> shares of its own, as its own grade moves them

    Raises: ValueError for quotas that make no whole, name no grade, or leave no way to keep them.
    """
    limited = any(isinstance(quota, tuple) for quota in quotas.values())
    shares = None if limited else _shares(quotas, grades)
    own = {unit: _shares(given, grades) for unit, given in (of_units or {}).items()}
    if own and shares is None:
        raise ValueError(
            "各单位的比例只能与全公司的比例同用 / shares of units go with shares of the company, not limits"
        )
    inside = [i for i, one in enumerate(people) if not one.outside and one.total is not None]
    pools = pool_units([people[i].unit for i in inside], parents or {}, smallest)
    members: dict[str, list[int]] = {}
    for i in inside:
        members.setdefault(pools[people[i].unit], []).append(i)
    if shares is not None:
        table = [[share * len(those) / 100 for share in own.get(pool, shares)] for pool, those in members.items()]
        counts = round_table(table) if table else []
    else:
        bounds = _Bounds(quotas, grades)
        earned = [[sum(people[i].grade == grade for i in those) for grade in grades] for those in members.values()]
        counts = [bounds.keep(each) for each in earned]
    placed = [Placed(pools.get(one.unit, one.unit), one.grade) for one in people]
    for (pool, those), count in zip(members.items(), counts, strict=True):
        for i, choices in _place(those, people, grades, count).items():
            placed[i] = Placed(pool, choices[0] if len(choices) == 1 else "", choices if len(choices) > 1 else ())
    found = zip(members.items(), counts, strict=True)
    return placed, [Quota(pool, len(those), tuple(count)) for (pool, those), count in found]


def pool_units(units: Sequence[str], parents: Mapping[str, str | None], smallest: int) -> dict[str, str]:
    """Unit -> its pool: the unit itself, or, where it has too few people, the unit above it together with the small
    ones beside it; without units above, all small ones together."""
    sizes: dict[str, int] = {}
    for unit in units:
        sizes[unit] = sizes.get(unit, 0) + 1
    pools = {unit: unit for unit in sizes}
    for unit in sorted(sizes.keys() | _above(sizes, parents), key=lambda unit: -len(_path(unit, parents))):
        size = sum(count for each, count in sizes.items() if pools[each] == unit)
        parent = parents.get(unit) or ("" if unit and not parents else None)
        if 0 < size < smallest and parent is not None:
            pools = {each: parent if pool == unit else pool for each, pool in pools.items()}
    return pools


def _above(units: Mapping[str, int], parents: Mapping[str, str | None]) -> set[str]:
    return {each for unit in units for each in _path(unit, parents)}


def _path(unit: str, parents: Mapping[str, str | None]) -> list[str]:
    """The unit and those above it; a circle ends where it begins."""
    path = [unit]
    while (parent := parents.get(path[-1])) and parent not in path:
        path.append(parent)
    return path


def _shares(quotas: Mapping[str, float | Limits], grades: Sequence[str]) -> list[float]:
    unknown = [grade for grade in quotas if grade not in grades]
    if unknown:
        raise ValueError(f"没有等级 / no grade {unknown}: {list(grades)}")
    shares = [quota if isinstance(quota := quotas.get(grade, 0.0), (int, float)) else 0.0 for grade in grades]
    if min(shares) < 0 or abs(sum(shares) - 100) > 1e-6:
        raise ValueError(f"各等级比例应合计 100，现为 {sum(shares):g} / the shares sum to {sum(shares):g}, not 100")
    return [float(share) for share in shares]


class _Bounds:
    """Limits of how many have each grade or one of the best or worst ones together, kept by moving the boundaries
    between grades as little as they must, from the best down."""

    def __init__(self, quotas: Mapping[str, float | Limits], grades: Sequence[str]) -> None:
        self._grades = list(grades)
        self._single: dict[int, Limits] = {}
        self._best: dict[int, Limits] = {}  # how many of the best grades together
        self._worst: dict[int, Limits] = {}
        for names, quota in quotas.items():
            limits = quota if isinstance(quota, tuple) else (quota, quota)
            at = sorted(self._at(name.strip()) for name in names.split("+"))
            if at != list(range(at[0], at[-1] + 1)):
                raise ValueError(f"{names}：等级应相邻 / the grades must follow one another")
            if len(at) == 1:
                self._single[at[0]] = limits
            elif at[0] == 0:
                self._best[len(at)] = limits
            elif at[-1] == len(self._grades) - 1:
                self._worst[at[0]] = limits
            else:
                raise ValueError(
                    f"{names}：应从最好或最差的等级算起 / they must begin with the best grade or end with the worst"
                )

    def _at(self, grade: str) -> int:
        if grade not in self._grades:
            raise ValueError(f"没有等级 / no grade {grade}: {self._grades}")
        return self._grades.index(grade)

    def keep(self, earned: Sequence[int]) -> list[int]:
        """How many have each grade, as near to what they earned as the limits allow."""
        people, count = sum(earned), len(self._grades)
        single = [_whole(self._single.get(at), people) for at in range(count)]
        # From above and from below: between which numbers the best k grades together may hold.
        reach = [(0, 0)]
        for k in range(1, count + 1):
            low, high = reach[-1][0] + single[k - 1][0], min(people, reach[-1][1] + single[k - 1][1])
            for least, most in (_whole(self._best.get(k), people), _rest(self._worst.get(k), people)):
                low, high = max(low, least), min(high, most)
            reach.append((low, high))
        reach[count] = (max(people, reach[count][0]), reach[count][1])
        for k in range(count - 1, -1, -1):
            low, high = reach[k + 1][0] - single[k][1], reach[k + 1][1] - single[k][0]
            reach[k] = max(reach[k][0], low), min(reach[k][1], high)
        if any(low > high for low, high in reach):
            raise ValueError(f"{people} 人时比例无法同时满足 / the limits cannot be kept for {people} people")
        cuts = [0]
        for k in range(1, count + 1):
            low = max(reach[k][0], cuts[-1] + single[k - 1][0])
            high = min(reach[k][1], cuts[-1] + single[k - 1][1])
            cuts.append(min(max(sum(earned[:k]), low), high))
        return [cuts[k + 1] - cuts[k] for k in range(count)]


def _whole(limits: Limits | None, people: int) -> tuple[int, int]:
    least, most = limits or (None, None)
    low = 0 if least is None else ceil(least * people / 100 - _NEAR)
    return low, people if most is None else floor(most * people / 100 + _NEAR)


def _rest(limits: Limits | None, people: int) -> tuple[int, int]:
    """Limits of the worst grades as those of the others."""
    low, high = _whole(limits, people)
    return people - high, people - low


def _place(
    those: Sequence[int], people: Sequence[Rated], grades: Sequence[str], counts: Sequence[int]
) -> dict[int, tuple[str, ...]]:
    """Each one's grade by rank; the grades between which people of one total stand."""
    order = sorted(those, key=lambda i: -(people[i].total or 0.0))
    ranked = [grade for grade, count in zip(grades, counts, strict=True) for _ in range(count)]
    by_total: dict[float | None, list[str]] = {}
    for i, grade in zip(order, ranked, strict=True):
        by_total.setdefault(people[i].total, []).append(grade)
    return {i: tuple(dict.fromkeys(by_total[people[i].total])) for i in order}
