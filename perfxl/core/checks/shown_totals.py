"""The totals that tables show of people, set against what their lines give: where they differ, the table contradicts
our reading of it, and no total may be official that rests on this reading."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from perfxl.core.language import Text
from perfxl.core.official import Standing
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem, problem
from perfxl.core.records import Records, Tables
from perfxl.core.table_access import rows_of
from perfxl.core.values.numbers import canonical

if TYPE_CHECKING:
    from perfxl.core.scoring.program import Scores

_NEAR = 0.05  # points of a line that a table shows with one decimal


def check_shown_totals(tables: Tables, policy: Policy) -> list[Problem]:
    """A problem at each total shown that is not what the lines of its contract give. Nothing is said while lines wait
    for their actuals, or where something is wrong, for then there is no total to compare."""
    shown = rows_of(tables, "shown_totals")
    if shown is None or not any(contract is not None for contract in shown.column("contract")):
        return []
    return list(_compare(tables, policy, shown))


def _compare(tables: Tables, policy: Policy, shown: Records) -> Iterator[Problem]:
    from perfxl.core.scoring.program import score_program  # only here; most programs show no totals of their own

    by_contract: dict[Any, list[int]] = defaultdict(list)
    for i, (contract, total) in enumerate(zip(shown.column("contract"), shown.column("total"), strict=True)):
        if contract is not None and isinstance(total, int | float):
            by_contract[contract].append(i)
    scores, _ = score_program(tables, policy)
    of, unread = scores.contracts, _unread(tables.get("contract_lines"))
    for at, contract in enumerate(scores.line_table.contracts.column("contract")):
        if (
            contract not in by_contract
            or contract in unread
            or scores.verdicts.contracts[at].standing is not Standing.OFFICIAL
        ):
            continue
        due = [float(each[at]) for each in (of.total, of.adjusted, of.weighted)]
        rows = [_Row(shown, i) for i in by_contract[contract]]
        for told in _contradicting(rows, due):
            yield problem(
                "shown_total_differs",
                shown.address(told.at, "total"),
                table="shown_totals",
                column="total",
                of_contract=contract,
                likely=_likely(scores, at, told.value - due[0], told.near),
                value=f"{told.value:.{told.places}f}",
                due=canonical(round(due[0], 2)),
            )


def _unread(lines: Records | None) -> set[Any]:
    """The contracts of lines whose weight could not be read, and stands there as typed."""
    if not lines:
        return set()
    pairs = zip(lines.column("contract"), lines.column("weight"), strict=True)
    return {contract for contract, weight in pairs if isinstance(weight, str)}


class _Row:
    """One total shown: its value, the decimals shown, and by how much rounding may have it off."""

    def __init__(self, shown: Records, at: int) -> None:
        self.at, self.value = at, float(shown.column("total")[at])
        places = shown.column("places")[at]
        self.places = int(places) if isinstance(places, int | float) and 0 <= places < 10 else _places(self.value)
        self.near = 0.5 * float(10**-self.places) + 1e-6


def _places(value: float) -> int:
    return len(f"{value:.10g}".partition(".")[2])


def _contradicting(rows: Sequence[_Row], due: Sequence[float]) -> Sequence[_Row]:
    """All of a contract's totals where none of them is what the lines give."""
    agree = any(abs(way - row.value) <= row.near for row in rows for way in due)
    return () if agree else rows


def _likely(scores: Scores, contract: int, off: float, near: float) -> Text:
    """The line that would make the difference if its other direction were the better one; else all lines."""
    for line in scores.lines_of(contract):
        weight, points = float(scores.effective[line]), float(scores.lines.points[line])
        if weight and abs((200 - 2 * points) * weight / 100 - off) <= near + _NEAR and abs(points - 100) > _NEAR:
            kpi = scores.line_table.lines.column("kpi")[line]
            return Text(f"很可能是“{kpi}”的方向相反", f"most likely the direction of {kpi} is the other one")
    return Text("看各行的计分方法和方向", "look at each line's scoring method and direction")
