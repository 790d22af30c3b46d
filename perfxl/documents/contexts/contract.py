"""What a performance contract (业绩合同) says. The names used here are documented in `documents/fields`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import groupby
from typing import Any

from perfxl.core.policy import Policy
from perfxl.core.records import Tables
from perfxl.documents.contexts.base import Contexts
from perfxl.documents.contexts.index import Row
from perfxl.documents.contexts.lines import Line, lines_of, total_weight
from perfxl.documents.contexts.scoring_words import Kpi
from perfxl.documents.formatting import BLANK, choice, day, number, text

_ISSUER = ("发约人", "Issuer")
_HOLDER = ("受约人", "Holder")
_HOLDERS = (("受约人一", "First holder"), ("受约人二", "Second holder"))
_VALIDITY = ("{start}至{end}", "{start} to {end}")
_DUE = ("期末次月 {day} 日前", "Day {day}, next month")


def contract_context(book: Tables, policy: Policy, contract_id: str, lang: str = "zh") -> dict[str, Any]:
    """One contract. For many use one `Contexts`, which indexes the tables once."""
    return context(Contexts(book, policy, lang), contract_id)


def ids(contexts: Contexts) -> Iterable[str]:
    """The IDs of all contracts, in sheet order."""
    return contexts.index.keys("contracts")


def asked_by(contexts: Contexts, contract_id: str) -> set[str]:
    """The IDs under which a contract may be asked for: its own and its holders'."""
    row = contexts.index.at("contracts", contexts.index.position("contracts", contract_id))
    return {contract_id, *(row[column] for column in ("holder", "second_holder") if row[column])}


def context(contexts: Contexts, contract_id: str) -> dict[str, Any]:
    """What one contract says, and nothing about anybody else's.

    Raises KeyError for an ID that does not exist, ContextError for a contract that cannot be printed: it refers to
    what is not there, or has no lines."""
    at = contexts.index.position("contracts", contract_id)
    head = contract_head(contexts, contract_id, at)
    lines = lines_of(contexts, contract_id, at)
    says = contexts.kept(_Says)
    return {
        **head,
        "aspects": says.aspects(lines),
        "total_weight": total_weight(lines),
        "monitored": [text(line.kpi.row["name"]) for line in lines if line.kind == "monitor"],
        "adjustments": [says.adjustment(line) for line in lines if line.adjusting],
        "definitions": [says.definition(line) for line in lines],
        "scales": [says.scale(line) for line in lines if line.graded],
        "grades": contexts.grades,
        "rules": contexts.rules,
    }


def contract_head(contexts: Contexts, contract_id: str, at: int) -> dict[str, Any]:
    """Company, term and parties, as every paper about a contract has them."""
    row = contexts.index.at("contracts", at)
    issuer, holders = _parties(contexts, contract_id, at, row)
    start, end = day(row["start"], contexts.lang), day(row["end"], contexts.lang)
    return {
        "company": contexts.company,
        "program": contexts.program,
        "business_unit": holders[0]["unit"],
        "contract": {
            "number": contract_id,
            "version": text(row["version"]),
            "valid_from": start,
            "valid_to": end,
            "validity": contexts.say(_VALIDITY).format(start=start, end=end),
            "signed_on": day(row["signed"], contexts.lang),
        },
        "issuer": issuer,
        "holders": holders,
        "holder_names": contexts.listed([holder["name"] for holder in holders]),
        "parties": [issuer, *holders],
    }


def _parties(contexts: Contexts, contract_id: str, at: int, row: Row) -> tuple[dict[str, str], list[dict[str, str]]]:
    def named(column: str, key: str) -> Row:
        return contexts.index.refer(contract_id, "contracts", at, column, key)

    def party(role: tuple[str, str], person: Row, *own: str | None) -> dict[str, str]:
        return {"role": contexts.say(role), **contexts.described(contract_id, person, *own)}

    holder = named("holder", row["holder"])
    second = row["second_holder"] or holder["second_holder"]
    role, second_role = _HOLDERS if second else (_HOLDER, _HOLDER)
    unit = named("unit", row["unit"])["name"] if row["unit"] else None
    holders = [party(role, holder, row["post"], unit)]
    if second:
        holders.append(party(second_role, named("second_holder", second)))
    return party(_ISSUER, named("issuer", row["issuer"])), holders


class _Says:
    """What a contract says of its lines."""

    def __init__(self, contexts: Contexts) -> None:
        self._contexts, self._lang, self._words = contexts, contexts.lang, contexts.words
        self._card = cache(self._kpi_card)

    def aspects(self, lines: Sequence[Line]) -> list[dict[str, Any]]:
        shown = [line for line in lines if not line.adjusting]
        grouped = [(aspect, list(held)) for aspect, held in groupby(shown, lambda line: line.aspect)]
        return [
            {
                "name": choice("contract_lines", "aspect", aspect, self._lang),
                "weight": total_weight(held),
                "lines": [self._line(line) for line in held],
            }
            for aspect, held in grouped
        ]

    def adjustment(self, line: Line) -> dict[str, str]:
        return {
            "number": line.number,
            "kind": choice("kpis", "kind", line.kind, self._lang),
            "kpi": line.name,
            "rule": self._words.rule(line.kpi, line.terms),
        }

    def definition(self, line: Line) -> dict[str, Any]:
        return {
            "number": line.number,
            "kpi": line.name,
            "kind": choice("kpis", "kind", line.kind, self._lang),
            "weight": line.weight,
            **self._card(line.kpi),
            "method": self._words.short(line.kpi, line.terms),
            "rule": self._words.rule(line.kpi, line.terms),
        }

    def scale(self, line: Line) -> dict[str, Any]:
        described = self._contexts.index.rows("grade_tables", "scale", line.kpi.row["scale"] or "")
        sentences = {row["grade"]: row["sentence"] for _, row in described}
        return {
            "number": line.number,
            "kpi": line.name,
            "weight": line.weight,
            "grades": [
                {"grade": grade, "points": points, "sentence": text(sentences.get(grade))}
                for grade, points in self._words.grades(line.kpi).items()
            ],
        }

    def _line(self, line: Line) -> dict[str, str]:
        row, lang = line.row, self._lang
        return {
            "number": line.number,
            "kpi": line.name,
            "unit": line.unit,
            "weight": line.weight,
            "threshold": line.shown("threshold", lang),
            "target": line.target(lang),
            "challenge": line.shown("challenge", lang),
            "base": line.shown("base", lang),
            "method": self._words.short(line.kpi, line.terms),
            "responsibility": choice("contract_lines", "responsibility", row["responsibility"], lang),
            "note": text(row["note"]),
        }

    def _kpi_card(self, kpi: Kpi) -> dict[str, Any]:
        """What the library says of a KPI, the same in every contract."""
        row = kpi.row
        names = ("unit", "definition", "numerator", "denominator", "data_source", "collector", "reporter")
        due = row["due_day"]
        return {
            **{name: text(row[name]) for name in names},
            "has_fraction": bool(row["numerator"] or row["denominator"]),
            "due_day": self._contexts.say(_DUE).format(day=number(due)) if due is not None else BLANK,
            "period": choice("kpis", "period", row["period"], self._lang),
            "aggregation": choice("kpis", "aggregation", row["aggregation"], self._lang),
        }
