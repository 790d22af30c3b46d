"""The totals that tables show of people, set against what their lines give: where they differ, the table contradicts
our reading of it, and no total may be official that rests on this reading."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from perfxl.core.language import Text
from perfxl.core.official import Standing, row_of
from perfxl.core.own_methods import check_own_methods
from perfxl.core.policy_reading import read_policy
from perfxl.core.problems import Address, Problem, problem
from perfxl.core.records import Gathered, Records, Tables, join_parts
from perfxl.core.scoring.program import Scores, score_program
from perfxl.core.values.numbers import canonical
from perfxl.tables.row_form import ShownTotals

_SHARED = ("people", "kpis", "step_tables", "grade_tables", "policy", "methods", "units", "categories")
"""Tables of a program that hold for contracts that are added to it."""
_NEAR = 0.05  # points of a line that a table shows with one decimal


def shows_totals(sheets: Records) -> bool:
    """Whether any table shows a total of its person."""
    return any(form is not None and form.shown for form in sheets.column("form"))


def compare_totals(
    tables: Tables, new: Mapping[str, Records], sheets: Records, unread: Collection[tuple[str, str, str]] = ()
) -> Iterator[Problem]:
    """A problem at each total that is not what the lines of its contract give. Nothing is said while lines wait for
    their actuals, or where something is wrong, for then there is no total to compare.

    new     the rows that the contract sheets add to the tables
    unread  file, sheet and cell of what could not be read: its contract has no total
    """
    wrong = {row_of(Address(*cell)) for cell in unread}
    shown = _shown_of(new["contract_lines"], sheets, wrong)
    if not shown:
        return
    whole = {name: records for name in _SHARED if (records := tables.get(name))}
    whole |= {name: join_parts([whole[name], each]) if name in whole else each for name, each in new.items()}
    policy, _ = check_own_methods(whole, read_policy(whole)[0])
    scores, _ = score_program(whole, policy)
    for at, contract in enumerate(new["contracts"].column("contract")):
        if contract not in shown or scores.verdicts.contracts[at].standing is not Standing.OFFICIAL:
            continue
        row, totals = shown[contract]
        of = scores.contracts
        due = [float(each[at]) for each in (of.total, of.adjusted, of.weighted)]
        if any(abs(way - each.value) <= each.near for each in totals.totals for way in due):
            continue
        for each in totals.totals:
            place = sheets.address(row)
            details: dict[str, Any] = {"value": f"{each.value:.{each.places}f}", "due": canonical(round(due[0], 2))}
            yield problem(
                "shown_total_differs",
                Address(place.file, place.sheet, each.cell),
                table="contract_sheet",
                of_contract=contract,
                likely=_likely(scores, at, each.value - due[0], each.near),
                **details,
            )


def _shown_of(lines: Records, sheets: Records, wrong: Collection[Any]) -> dict[str, tuple[int, ShownTotals]]:
    """Contract -> a row of its own and the totals shown, where one table holds all that the contract has."""
    origins = lines.origins if isinstance(lines, Gathered) else ()
    rows: dict[str, list[int]] = defaultdict(list)
    for line, contract in enumerate(lines.column("contract")):
        rows[contract].append(origins[line][1])
    forms = sheets.column("form")
    found = {}
    for contract, places in rows.items():
        form = forms[places[0]]
        if form is not None and form.shown and form.shown.rows == len(places):
            if any(row_of(sheets.address(place)) in wrong for place in places):
                continue
            found[contract] = places[0], form.shown
    return found


def _likely(scores: Scores, contract: int, off: float, near: float) -> Text:
    """The line that would make the difference if its other direction were the better one; else all lines."""
    for line in scores.lines_of(contract):
        weight, points = float(scores.effective[line]), float(scores.lines.points[line])
        if weight and abs((200 - 2 * points) * weight / 100 - off) <= near + _NEAR and abs(points - 100) > _NEAR:
            kpi = scores.line_table.lines.column("kpi")[line]
            return Text(f"很可能是“{kpi}”的方向相反", f"most likely the direction of {kpi} is the other one")
    return Text("看各行的计分方法和方向", "look at each line's scoring method and direction")
