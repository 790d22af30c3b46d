"""Programs in which more than the year's figures makes the results: amended contracts, decisions on appeals and of
calibration, raters' marks, actuals rolled up from subordinates, a value tree. Their sheets are what is mutated."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from perfxl import sample
from perfxl.core.records import Records, Tables, from_rows
from tests.fuzz.books import PLANTED_IN, TABLES, Book, book_of

OF_AGREEMENTS = ("negotiations", "amendments", "marks", "calibrations", "appeals", "links", "value_tree")
_PLANTED_IN = {
    **PLANTED_IN,
    "negotiations": "cause",
    "amendments": "reason",
    "marks": "comment",
    "calibrations": "reason",
    "appeals": "evidence",
    "value_tree": "note",
}
_ROLLED, _SIGNED = "F01", {"signed_issuer": date(2025, 6, 20), "signed_holder": date(2025, 6, 25)}
_DECIDED = {"decided_by": "Committee", "decided_on": date(2026, 2, 4)}
_MARKS = 60  # more say nothing else, and take time


def agreed_book(seed: int, lang: str = "zh") -> Book:
    """The sample program with such sheets filled. Of every other one amended contracts count by days."""
    tables: Tables = sample.program(12 + seed % 3, seed, lang)
    tables = {**tables, **dict(_rolled_up(tables))}
    people = tables["people"].column("person")
    rows: dict[str, list[dict[str, Any]]] = {
        "policy": [
            *tables["policy"].records(),
            {"key": "变更计分" if lang == "zh" else "Amended contracts count", "value": ("days", "current")[seed % 2]},
        ],
        "amendments": list(_amendments(tables)),
        "negotiations": list(_negotiations(tables)),
        "marks": list(_marks(tables["marks"])),
        "calibrations": [
            {"holder": people[8], "total": 91.0, "reason": "Market", **_DECIDED},
            {"holder": people[9], "grade": "C", "reason": "Conduct", **_DECIDED},
        ],
        "appeals": list(_appeals(tables)),
    }
    tables = {**tables, **{name: from_rows(name, each) for name, each in rows.items()}}
    book = book_of(tables, (*TABLES, *OF_AGREEMENTS), lang, _PLANTED_IN)
    book.focus = frozenset(OF_AGREEMENTS)
    return book


def _rolled_up(tables: Tables) -> Iterator[tuple[str, Records]]:
    """The cards with one that is rolled up, and the actuals without what its owners would report themselves."""
    cards, links = list(tables["kpis"].records()), tables["links"]
    owners = {owner for kpi, owner in zip(links.column("kpi"), links.column("owner"), strict=True) if kpi == _ROLLED}
    kept = [row for row in tables["actuals"].records() if row["kpi"] != _ROLLED or row["holder"] not in owners]
    for card in cards:
        card["roll_up"] = "sum" if card["kpi"] == _ROLLED else None
    yield "kpis", from_rows("kpis", cards)
    yield "actuals", from_rows("actuals", kept)


def _amendments(tables: Tables) -> Iterator[dict[str, Any]]:
    """Of each third contract a target that was another one until July; of the first two weights that changed places;
    and one amendment that nobody has signed."""
    lines: dict[str, list[dict[str, Any]]] = {}
    for row in tables["contract_lines"].records():
        if isinstance(row["target"], float) and row["weight"]:
            lines.setdefault(row["contract"], []).append(row)
    for i, (contract, rows) in enumerate(lines.items()):
        about = {"contract": contract, "effective": date(2025, 7, 1), "reason": "Market"}
        first = rows[0]
        if i % 3 == 0:
            old = first["target"] * 0.95
            yield {**about, "kpi": first["kpi"], "change": "target", "old": old, "new": first["target"], **_SIGNED}
        if i == 0:
            for row, change in ((rows[0], -1.0), (rows[1], 1.0)):
                weights = {"old": row["weight"] + change, "new": row["weight"]}
                yield {**about, "kpi": row["kpi"], "change": "weight", **weights, **_SIGNED}
        if i == 1:
            yield {**about, "kpi": first["kpi"], "change": "target", "old": first["target"], "new": 1.0}


def _negotiations(tables: Tables) -> Iterator[dict[str, Any]]:
    for row in list(tables["contract_lines"].records())[4::9]:
        if isinstance(row["target"], float):
            figures = {"proposal": row["target"], "forecast": row["target"] * 0.98, "agreed": row["target"]}
            signed = {"signed_issuer": date(2024, 12, 20), "signed_holder": date(2024, 12, 21)}
            yield {"contract": row["contract"], "kpi": row["kpi"], "cause": "Market", **figures, **signed}


def _marks(marks: Records) -> list[dict[str, Any]]:
    """Those that count, and some of the others."""
    rows = list(marks.records())
    counting = [row for row in rows if row["contract"] is not None]
    return [*counting, *[row for row in rows if row["contract"] is None][: _MARKS - len(counting)]]


def _appeals(tables: Tables) -> Iterator[dict[str, Any]]:
    people = tables["people"].column("person")
    yield from tables["appeals"].records()
    about = {"date": date(2026, 1, 20), "reason": "Recount"}
    yield {**about, "appeal": "A2", "holder": people[4], "decision": "changed", "points": 88.5, **_DECIDED}
    yield {**about, "appeal": "A3", "holder": people[5], "decision": "upheld", **_DECIDED}
    yield {**about, "appeal": "A4", "holder": people[6], "decision": "open"}
