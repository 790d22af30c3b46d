"""Controlled rounding: shares of pools as whole people, so that a pool's make its size and a grade's the company's.

Every figure becomes the whole number below or above it. Such a rounding always exists where the sums by columns are
such numbers themselves; it is a flow from pools to grades.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import floor

_NEAR = 1e-9


def largest_remainder(shares: Sequence[float], total: int) -> list[int]:
    """Shares that sum to `total` as whole numbers: those with the largest remainders are rounded up, the first of equal
    ones."""
    whole = [floor(share + _NEAR) for share in shares]
    order = sorted(range(len(shares)), key=lambda i: (-round(shares[i] - whole[i], 9), i))
    for i in order[: total - sum(whole)]:
        whole[i] += 1
    return whole


def round_table(shares: Sequence[Sequence[float]]) -> list[list[int]]:
    """A table of shares in whole numbers; each row sums to what its shares sum to, which is whole, and so do the
    columns, to theirs by the largest remainders."""
    whole = [[floor(share + _NEAR) for share in row] for row in shares]
    open_ = [
        [share - low > _NEAR for share, low in zip(row, lows, strict=True)]
        for row, lows in zip(shares, whole, strict=True)
    ]
    sums = [sum(column) for column in zip(*shares, strict=True)]
    columns = largest_remainder(sums, round(sum(sums)))
    needs = [goal - sum(column) for goal, column in zip(columns, zip(*whole, strict=True), strict=True)]
    chosen: list[set[int]] = [set() for _ in shares]
    given: list[list[int]] = [[] for _ in needs]  # column -> rows that are rounded up there
    for row, lows in enumerate(whole):
        wanted = round(sum(shares[row])) - sum(lows)
        order = sorted(
            (at for at, on in enumerate(open_[row]) if on), key=lambda at: -round(shares[row][at] - lows[at], 9)
        )
        for _ in range(wanted):
            _augment(row, order, open_, chosen, given, needs)
    for row, up in enumerate(chosen):
        for at in up:
            whole[row][at] += 1
    return whole


def _augment(
    row: int,
    order: list[int],
    open_: list[list[bool]],
    chosen: list[set[int]],
    given: list[list[int]],
    needs: list[int],
) -> None:
    """One more figure of the row is rounded up; others give way along a path where their columns are full."""
    before: dict[
        int, tuple[int, int]
    ] = {}  # column -> the row that reaches it, and the column where that row gives way
    queue = [(row, -1, at) for at in order if at not in chosen[row]]
    while queue:
        by, left, at = queue.pop(0)
        if at in before:
            continue
        before[at] = by, left
        if len(given[at]) < needs[at]:
            while True:
                by, left = before[at]
                chosen[by].add(at)
                given[at].append(by)
                if left < 0:
                    return
                chosen[by].discard(left)
                given[left].remove(by)
                at = left
        queue += [
            (other, at, to)
            for other in given[at]
            for to, on in enumerate(open_[other])
            if on and to not in chosen[other] and to not in before
        ]
    raise ValueError("the shares of a row do not make a whole number")
