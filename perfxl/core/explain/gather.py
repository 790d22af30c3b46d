"""Scores to an explanation: every figure with the cell it came from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from perfxl.core.explain.facts import (
    Contract,
    Event,
    Explanation,
    Figure,
    Line,
    Report,
    Result,
    Spread,
)
from perfxl.core.explain.rules import rule_of, symbols_of
from perfxl.core.policy import SETTINGS
from perfxl.core.policy_reading import setting_of
from perfxl.core.problems import Address
from perfxl.core.records import Records, Tables, empty
from perfxl.core.rulebook import FIGURES, POLICY_NAMES
from perfxl.core.scoring.program import Scores, problems_of
from perfxl.core.scoring.scalar import LineScore, LineScorer, Status, blank, number
from perfxl.core.scoring.totals import Totals, ordered_bands
from perfxl.core.scoring.totals_plain import Veto
from perfxl.core.table_access import first_rows
from perfxl.core.values.numbers import is_percent

# Columns that a line takes from the KPI library where its own are blank.
_FROM_CARD = ("k", "unit_step", "floor", "cap", "limit")


def explain(book: Tables, scores: Scores, person: str) -> Explanation:
    """How the total of a person came about. Raises KeyError for somebody who has no contract."""
    return _Explainer(book, scores).person(person)


class _Explainer:
    def __init__(self, book: Tables, scores: Scores) -> None:
        self.book, self.scores, self.line_table = book, scores, scores.line_table
        self.scorer, self.policy = LineScorer(scores.policy), scores.policy
        self.settings = _setting_rows(book)
        self.cards = first_rows(self.line_table.kpis, "kpi")
        self.lines: dict[int, list[int]] = {}

    def person(self, person: str) -> Explanation:
        scores = self.scores
        contracts = tuple(self._contract(row) for row in scores.segments[person])
        unit = self._of("people", "person", person, "unit") or (contracts[-1].unit if contracts else "")
        return Explanation(
            person,
            self._of("people", "person", person, "name") or person,
            self._of("units", "unit", unit, "name") or unit,
            self._of("people", "person", person, "post") or "",
            contracts,
            self._result(scores.totals, scores.people.index(person)),
            float(self.policy["total_cap"]),
            tuple(ordered_bands(self.policy)),
            {setting.name: self.policy[setting.name] for setting in SETTINGS},
        )

    def _contract(self, row: int) -> Contract:
        scores, contracts = self.scores, self.line_table.contracts
        held = contracts.record(row)
        self.lines[row] = scores.lines_of(row)
        lines = tuple(self._line(line) for line in self.lines[row])
        weighing = [line for line in lines if not line.adjusts]
        bands, limit, best = ordered_bands(self.policy), scores.vetoes.total[row], scores.vetoes.grade[row]
        person = held["holder"]
        unit = held["unit"] or self._of("people", "person", person, "unit")
        return Contract(
            str(held["contract"] or ""),
            self._name(person),
            self._name(held["issuer"]),
            self._of("units", "unit", unit, "name") or unit or "",
            held["post"] or self._of("people", "person", person, "post") or "",
            held["start"],
            held["end"],
            float(scores.days[row]) if scores.days[row] > 0 else 1.0,
            contracts.address(row, "contract"),
            lines,
            float(scores.contracts.weighted[row]) / 100,
            float(scores.contracts.adjusted[row]),
            sum(line.effective for line in weighing if line.status is Status.SCORED),
            sum(line.effective for line in weighing),
            self._result(scores.contracts, row),
            None if limit == float("inf") else float(limit),
            bands[best].grade if best > 0 else None,
        )

    def _result(self, totals: Totals, place: int) -> Result:
        band = totals.grade[place]
        return Result(
            _known(totals.total[place]),
            _known(totals.provisional[place]),
            float(totals.completeness[place]),
            ordered_bands(self.policy)[band] if band >= 0 else None,
        )

    def _line(self, line: int) -> Line:
        joined, scores = self.line_table, self.scores
        row = {name: values[line] for name, values in joined.columns.items()}
        score, so_far = self.scorer.score(row), joined.to_date[line]
        method, effective = score.method, float(scores.effective[line])
        points = _known(scores.lines.points[line])
        weighs = method is None or method.effect == "points"
        return Line(
            str(row["kpi"] or ""),
            str(row["name"] or row["kpi"] or ""),
            row["aspect"],
            str(row["unit"] or ""),
            joined.lines.address(line, "kpi"),
            method,
            str(row["method"] or ""),
            score.direction,
            scores.status(line),
            tuple(problems_of(joined, scores.lines, line)),
            tuple(self._figures(line, row, score)),
            rule_of(score, row, self.policy, percent=is_percent(row["unit"])),
            points,
            _known(number(row["weight"])),
            effective,
            tuple(self._spread(line)) if weighs else (),
            effective * points / 100 if weighs and points is not None else None,
            row["aggregation"],
            tuple(self._reports(so_far.rows)),
            row["actual"],
            so_far.value,
            tuple(self._events(joined.events.get(line, ()))),
            Veto.of(row, self.policy) if line in joined.vetoed else None,
        )

    def _figures(self, line: int, row: dict[str, Any], score: LineScore) -> Iterator[Figure]:
        """What the rule names, and the limits around it."""
        if score.method is None or not score.method.text:
            return
        names = symbols_of(score.method)
        for name in (*names, *(("FLOOR", "CAP") if score.method.effect == "points" else ())):
            if name in POLICY_NAMES:
                yield self._setting(name, POLICY_NAMES[name])
            elif name in ("A", "G"):
                column = "events.count" if score.method.effect == "total" else "actuals.value"
                value = 0.0 if score.method.effect == "total" and blank(row["actual"]) else row["actual"]
                yield Figure("A", column, value, self._source(line))
            elif name in ("FLOOR", "CAP") and blank(row[name.lower()]):
                yield self._setting(name, f"points_{name.lower()}")
            else:
                column = FIGURES.get(name, name.lower())
                if not blank(row[column]):
                    yield Figure(name, f"contract_lines.{column}", row[column], self._cell(line, column))

    def _setting(self, symbol: str, setting: str) -> Figure:
        policy, row = self.book.get("policy"), self.settings.get(setting)
        address = policy.address(row, "value") if policy is not None and row is not None else Address()
        return Figure(symbol, f"policy.{setting}", self.policy[setting], address)

    def _cell(self, line: int, column: str) -> Address:
        """On the line, or where that is blank on the KPI's card."""
        lines, kpis = self.line_table.lines, self.line_table.kpis
        card = self.cards.get(self.line_table.columns["kpi"][line])
        if column in _FROM_CARD and lines.column(column)[line] is None and card is not None:
            return kpis.address(card, column)
        return lines.address(line, column)

    def _source(self, line: int) -> Address:
        """The last cell that the actual stands on."""
        so_far, events = self.line_table.to_date[line], self.line_table.events.get(line)
        if so_far.rows:
            return self.book["actuals"].address(so_far.rows[-1], "value")
        return self.book["events"].address(events[-1], "count") if events else Address()

    def _spread(self, line: int) -> Iterator[Spread]:
        """By which steps the weight of lines that are not applicable reached this one."""
        mine = [other for other in self.lines[self.line_table.contract[line]] if self._weighs(other)]
        absent = [other for other in mine if self.scores.status(other) is Status.NOT_APPLICABLE]
        if not absent or line in absent:
            return
        aspects = self.line_table.columns["aspect"]
        rest = absent
        if self.policy["na_rule"] == "category":
            applicable = {aspects[o] for o in mine if o not in absent and self._weight(o) > 0}
            rest = [o for o in absent if aspects[o] not in applicable]
            same = [o for o in mine if aspects[o] == aspects[line]]
            givers = [o for o in absent if o in same]
            if givers:
                able = sum(self._weight(o) for o in same if o not in absent)
                yield Spread("category", sum(map(self._weight, same)), able, self._names(givers))
        if rest:
            whole = sum(map(self._weight, mine))
            yield Spread("contract", whole, whole - sum(map(self._weight, rest)), self._names(rest))

    def _weight(self, line: int) -> float:
        return _known(number(self.line_table.columns["weight"][line])) or 0.0

    def _weighs(self, line: int) -> bool:
        place = self.scores.lines.method[line]
        return bool(place < 0 or self.scores.lines.methods[place].effect == "points")

    def _names(self, lines: Sequence[int]) -> tuple[str, ...]:
        return tuple(str(self.line_table.columns["name"][o] or self.line_table.columns["kpi"][o]) for o in lines)

    def _reports(self, rows: Sequence[int]) -> Iterator[Report]:
        actuals = self.book.get("actuals") or empty("actuals")
        for row in rows:
            held = actuals.record(row)
            figures = (held["value"], held["numerator"], held["denominator"])
            yield Report(str(held["period"]), *figures, str(held["evidence"] or ""), actuals.address(row, "value"))

    def _events(self, rows: Sequence[int]) -> Iterator[Event]:
        events = self.book.get("events") or empty("events")
        for row in rows:
            held = events.record(row)
            count = 1.0 if held["count"] is None else float(held["count"])
            fact, source = str(held["fact"] or ""), str(held["source"] or "")
            yield Event(held["date"], count, fact, source, events.address(row, "fact"))

    def _name(self, person: Any) -> str:
        return str(self._of("people", "person", person, "name") or person or "")

    def _of(self, table: str, key: str, value: Any, column: str) -> Any:
        records = self.book.get(table)
        row = first_rows(records, key).get(value) if records else None
        return records.column(column)[row] if records and row is not None else None


def _setting_rows(book: Tables) -> dict[str, int]:
    """Setting -> its row on the policy sheet."""
    policy: Records | None = book.get("policy")
    rows: dict[str, int] = {}
    for i, key in enumerate(policy.column("key") if policy else ()):
        setting = setting_of(key) if key is not None else None
        if setting:
            rows.setdefault(setting.name, i)
    return rows


def _known(value: float) -> float | None:
    return float(value) if value == value else None
