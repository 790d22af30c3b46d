"""What every paper about one person begins with, and the lines of the person's contracts beside their results."""

from __future__ import annotations

from typing import Any, NamedTuple

from perfxl.core.problems import problem
from perfxl.core.scoring.line import STATUS_LABELS, Status
from perfxl.core.values.numbers import round_half_away
from perfxl.documents.contexts.base import Contexts, coefficient, heading
from perfxl.documents.contexts.index import ContextError
from perfxl.documents.contexts.lines import Line, lines_of
from perfxl.documents.contexts.results import LineResult, Total
from perfxl.documents.formatting import BLANK, PERCENT_UNITS, capital, day, number, weight

_SPAN = ("{start}至{end}", "{start} to {end}")
_OFFICIAL = ("正式", "Official")
_PROVISIONAL = ("暂定，完整度 {share}", "Provisional, {share} known")
_NONE = ("尚无得分", "No points yet")
_NOT_APPLICABLE = ("不适用", "N/A")
_PENDING = ("待报", "Pending")
_TIMES = ("{count} 次", "{count}")


class Scored(NamedTuple):
    """A line of a contract and its result."""

    line: Line
    result: LineResult


def people(contexts: Contexts, table: str = "") -> list[str]:
    """Everybody with a contract, and who else stands in `table`."""
    held = contexts.standing.people
    more = contexts.index.values(table, "holder") if table else []
    known = set(held)
    return [*held, *(person for person in more if person not in known)]


def asked_by(contexts: Contexts, person: str) -> set[str]:
    return {person}


def person_head(contexts: Contexts, prefix: str, person: str, record: str = "") -> dict[str, Any]:
    """Company, person, superior, period and the result so far, for the paper `record` (the person's only one, if
    blank). Raises ContextError for somebody without a contract, or who is not in the table people."""
    rows = contexts.results.contracts(person)
    if not rows:
        raise ContextError([problem("paper_without_result", record=record or person, value=person)], contexts.lang)
    return {
        **heading(contexts, prefix, record or person),
        "holder": holder(contexts, person, rows[-1]),
        "superior": _superior(contexts, person, rows[-1]),
        "period": _period(contexts, rows),
        "result": total(contexts, contexts.results.person(person)),
    }


def holder(contexts: Contexts, person: str, contract: int) -> dict[str, str]:
    """A person as the contract in row `contract` has them: its post and unit go before the person's own."""
    row = contexts.index.at("contracts", contract)
    column = "holder" if row["holder"] == person else "second_holder"
    found = contexts.index.refer(person, "contracts", contract, column, person)
    if column != "holder":
        return contexts.described(person, found)
    unit = contexts.index.refer(person, "contracts", contract, "unit", row["unit"])["name"] if row["unit"] else None
    return contexts.described(person, found, row["post"], unit)


def current_lines(contexts: Contexts, person: str) -> list[Scored]:
    """The lines of the contract that the person holds now."""
    return scored_lines(contexts, contexts.results.contracts(person)[-1])


def scored_lines(contexts: Contexts, contract: int) -> list[Scored]:
    contract_id = contexts.index.at("contracts", contract)["contract"]
    lines = lines_of(contexts, contract_id, contract)
    return [Scored(line, contexts.results.line(line.position)) for line in lines]


def total(contexts: Contexts, found: Total) -> dict[str, Any]:
    """A total as papers show it: the official one, else the provisional one and how much of it is known."""
    official = found.total is not None
    shown = found.total if official else found.provisional
    if official:
        state = contexts.say(_OFFICIAL)
    elif shown is None:
        state = contexts.say(_NONE)
    else:
        state = contexts.say(_PROVISIONAL).format(share=weight(round(found.completeness, 2)))
    return {
        "official": official,
        "state": state,
        "total": points(shown),
        "grade": found.band.grade if found.band else BLANK,
        "coefficient": coefficient(found.band.coefficient) if found.band else BLANK,
    }


def points(value: float | None, digits: int = 2) -> str:
    """With two decimals, or up to `digits` where more of them matter."""
    return BLANK if value is None else number(round_half_away(value, digits), 2)


def actual(contexts: Contexts, scored: Scored) -> str:
    """What was reached so far, in the KPI's unit; how often, of what is counted; pending and N/A in words."""
    line, result = scored
    if result.not_applicable:
        return contexts.say(_NOT_APPLICABLE)
    if line.adjusting:
        return contexts.say(_TIMES).format(count=number(result.actual or 0.0))
    if result.actual is None:
        return contexts.say(_PENDING)
    return rounded(contexts, line, result.actual, least=2)


def status(contexts: Contexts, state: Status) -> str:
    return capital(contexts.say(STATUS_LABELS[state]))


def rounded(contexts: Contexts, line: Line, value: Any, least: int = 0) -> str:
    """A figure that was worked out (a target to date, a forecast), to the KPI's decimals but no fewer than `least`."""
    if isinstance(value, float):
        places = max(line.kpi.decimals or 0, least)
        value = round(value, places + 2 if line.kpi.unit in PERCENT_UNITS else places)
    return line.figure(value, contexts.lang)


def percent(value: float | None) -> str:
    return BLANK if value is None else f"{value:.1f}%"


def _superior(contexts: Contexts, person: str, contract: int) -> dict[str, str]:
    """The person's superior; where the table does not say, who issued the contract."""
    for at, row in contexts.index.rows("people", "person", person):
        if row["superior"]:
            return contexts.person(person, "people", at, "superior")
    return contexts.person(person, "contracts", contract, "issuer")


def _period(contexts: Contexts, contracts: list[int]) -> str:
    """The program's period; where it sets none, that of the person's contracts."""
    rows = [contexts.index.at("contracts", row) for row in contracts]
    start = contexts.policy["period_start"] or min((row["start"] for row in rows if row["start"]), default=None)
    end = contexts.policy["period_end"] or max((row["end"] for row in rows if row["end"]), default=None)
    return contexts.say(_SPAN).format(start=day(start, contexts.lang), end=day(end, contexts.lang))
