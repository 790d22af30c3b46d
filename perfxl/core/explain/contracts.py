"""Every contract with its lines as plain dicts, for --json of check and score: what others can rely on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from perfxl.core.official import Standing
from perfxl.core.records import Tables
from perfxl.core.scoring.outcomes import outcome_as_dicts, versions_as_dicts
from perfxl.core.scoring.program import Scores
from perfxl.core.scoring.scalar import number
from perfxl.core.scoring.totals import ordered_bands
from perfxl.core.table_access import first_rows
from perfxl.core.values.numbers import parse_number


def contracts_as_dicts(tables: Tables, scores: Scores, lang: str = "zh") -> list[dict[str, Any]]:
    """The contracts in sheet order.

    official says whether the total counts; results and people_results, the original and later ones, are there
    where something was decided; total and grade are None unless it does, standing and reason say why.
    Weights in percent points, None where there is none; percent targets and actuals are fractions; dates are ISO.
    """
    contracts = scores.line_table.contracts
    lines: list[list[int]] = [[] for _ in range(len(contracts))]
    for line, contract in enumerate(scores.line_table.contract):
        if contract >= 0:
            lines[contract].append(line)
    names, told = _Names(tables), _told_actuals(scores)
    return [
        _contract(scores, row, names, [_line(scores, line, lang, told) for line in lines[row]], lang)
        for row in range(len(contracts))
    ]


class _Names:
    """What the tables of people and units say of an ID."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self.alone = "contract_sheet" in tables and not tables.get("policy")  # remedies name no sheets of a program
        self._rows = {name: first_rows(tables.get(name), key) for name, key in _KEYS.items()}

    def find(self, table: str, key: Any, column: str) -> Any:
        records, row = self._tables.get(table), self._rows[table].get(key)
        return records.column(column)[row] if records and row is not None else None


_KEYS = {"people": "person", "units": "unit"}


def _contract(scores: Scores, row: int, names: _Names, lines: list[dict[str, Any]], lang: str) -> dict[str, Any]:
    record = scores.line_table.contracts.record(row)
    person, verdict, grade = record["holder"], scores.verdicts.contracts[row], scores.contracts.grade[row]
    unit = record["unit"] or names.find("people", person, "unit")
    outcome, of_people = scores.decisions.contracts.get(row, ()), _of_people(scores, row, record)
    name, post = names.find("people", person, "name"), record["post"] or names.find("people", person, "post")
    nobody = name is None and person is not None and person in (post, unit)  # a contract of a post, not of a person
    is_official, versions = verdict.standing is Standing.OFFICIAL, scores.versions.get(row, ())
    return {
        "contract": _plain(record["contract"]),
        "person": None if nobody else _plain(person),
        "name": _plain(name),
        "unit": _plain(names.find("units", unit, "name") or unit),
        "post": _plain(post),
        "start": _plain(record["start"]),
        "end": _plain(record["end"]),
        "official": is_official,
        "total": _plain(float(scores.contracts.total[row])) if is_official else None,
        "grade": ordered_bands(scores.policy)[grade].grade if is_official and grade >= 0 else None,
        "standing": verdict.standing.value,
        "reason": replace(verdict.reason, lone=names.alone).as_dict(lang) if verdict.reason else None,
        **({"results": outcome_as_dicts(outcome)} if outcome else {}),
        **({"people_results": of_people} if of_people else {}),
        **({"versions": versions_as_dicts(versions)} if versions else {}),
        "lines": lines,
    }


def _of_people(scores: Scores, row: int, record: dict[str, Any]) -> dict[str, Any]:
    """What was decided about the holders where it is not the contract's own result: employee ID -> results."""
    people, own = scores.decisions.people, scores.decisions.contracts.get(row)
    holders = (record[name] for name in ("holder", "second_holder"))
    return {who: outcome_as_dicts(people[who]) for who in holders if who in people and people[who] is not own}


def _told_actuals(scores: Scores) -> dict[tuple[Any, Any], str]:
    """Holder and KPI -> what came about, where people judge it and it is told beside their marks."""
    actuals = scores.line_table.actuals
    columns = (actuals.column(name) for name in ("holder", "kpi", "value", "evidence"))
    return {
        (holder, kpi): evidence
        for holder, kpi, value, evidence in zip(*columns, strict=True)
        if value is None and evidence is not None
    }


def _line(scores: Scores, line: int, lang: str, told: dict[tuple[Any, Any], str]) -> dict[str, Any]:
    table = scores.line_table
    row = {name: values[line] for name, values in table.columns.items()}
    changed = scores.decisions.lines.get(line)
    target = row["target"] if row["target"] is not None else table.lines.column("target_text")[line]
    reported = row["actual"] if row["actual"] is not None else table.to_date[line].value
    if (evidence := told.get((row["holder"], row["kpi"]))) is not None and row["method"] == "marks":
        number_told = parse_number(evidence).value
        reported = evidence if number_told is None else number_told
    elif line in table.marked:
        reported = None  # what people make of it is no actual; `explain` tells it
    return {
        "kpi": _plain(row["name"] or row["kpi"]),
        "category": scores.policy.categories.label(row["aspect"] or "", lang) or None,
        "kind": _plain(row["kind"]),
        "weight": _plain(number(row["weight"])),
        "target": _plain(target),
        "actual": _plain(reported),
        "method": _plain(row["method"]),
        "points": _plain(float(scores.lines.points[line])),
        **({"original_points": changed.original} if changed else {}),
        "cell": table.lines.address(line, "kpi").cell,
    }


def _plain(value: Any) -> Any:
    """As JSON has it: None for a blank and for what is no number."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value - value != 0.0:
        return None
    return value if isinstance(value, str | int | float | bool | None) else str(value)
