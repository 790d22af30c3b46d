"""Scores to an explanation: every figure with the cell it came from, and the rule with the figures put in, the branch
that was taken as a formula anybody can work out again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from perfxl.core.explain.facts import (
    IN_UNIT,
    AppliedRule,
    ContractExplanation,
    CountedEvent,
    ExplainedTotal,
    Explanation,
    GivenMark,
    LineExplanation,
    RatersOpinion,
    ReportedActual,
    RuleFigure,
    WeightSpread,
)
from perfxl.core.formula import names_of, number_text, put_in, to_text
from perfxl.core.language import LANGUAGES, Text
from perfxl.core.official import Verdict
from perfxl.core.policy import SETTINGS, Policy
from perfxl.core.policy_reading import setting_of
from perfxl.core.problems import Address
from perfxl.core.records import Records, Tables, empty
from perfxl.core.rulebook import FIGURES, POLICY_NAMES, Method, for_direction
from perfxl.core.schema import get
from perfxl.core.scoring.marks import shown_means
from perfxl.core.scoring.program import Scores, problems_of
from perfxl.core.scoring.scalar import (
    LineScore,
    LineScorer,
    Status,
    best_first,
    blank,
    number,
    part_of_rule,
    resolve_steps,
    step_reached,
)
from perfxl.core.scoring.totals import Totals, ordered_bands
from perfxl.core.scoring.totals_plain import Veto
from perfxl.core.table_access import first_rows
from perfxl.core.values.numbers import is_percent, show_figure
from perfxl.core.values.text import fold_name
from perfxl.core.wording.rules import Kpi, ScoringWords, read_terms

# Columns that a line takes from the KPI library where its own are blank.
_FROM_CARD = ("k", "unit_step", "floor", "cap", "limit", "full_marks")


def explain(tables: Tables, scores: Scores, person: str) -> Explanation:
    """How the total of a person came about; `scores` are those of the same tables, `person` an employee ID.

    Raises: KeyError for somebody who has no contract.
    """
    return _Explainer(tables, scores).person(person)


class _Explainer:
    def __init__(self, tables: Tables, scores: Scores) -> None:
        self.tables, self.scores, self.line_table = tables, scores, scores.line_table
        self.scorer, self.policy = LineScorer(scores.policy), scores.policy
        self.rows = {
            table: first_rows(tables.get(table), key) for table, key in (("people", "person"), ("units", "unit"))
        }
        self.settings = _setting_rows(tables.get("policy") or empty("policy"))
        self.cards = first_rows(self.line_table.kpis, "kpi")
        self.lines: dict[int, list[int]] = {}
        methods = tables.get("methods") or empty("methods")
        said = zip(methods.column("method"), methods.column("help"), strict=True)
        own_help = {method: text for method, text in said if method and text}
        self.blank: dict[str, Any] = dict.fromkeys(column.name for column in get("kpis").columns)
        self.words = [ScoringWords(scores.policy, lang, own_help) for lang in LANGUAGES]

    def person(self, person: str) -> Explanation:
        scores = self.scores
        contracts = tuple(self._contract(row) for row in scores.segments[person])
        unit = self._of("people", person, "unit") or (contracts[-1].unit if contracts else "")
        place = scores.people.index(person)
        return Explanation(
            person,
            self._of("people", person, "name") or person,
            self._of("units", unit, "name") or unit,
            self._of("people", person, "post") or "",
            contracts,
            self._explained(scores.totals, place, scores.verdicts.people[place]),
            float(self.policy["total_cap"]),
            tuple(ordered_bands(self.policy)),
            {setting.name: self.policy[setting.name] for setting in SETTINGS},
            scores.decisions.people.get(person, ()),
        )

    def _contract(self, row: int) -> ContractExplanation:
        scores, contracts = self.scores, self.line_table.contracts
        record = contracts.record(row)
        self.lines[row] = scores.lines_of(row)
        lines = tuple(self._line(line) for line in self.lines[row])
        weighing = [line for line in lines if not line.adjusts]
        bands, limit, best = ordered_bands(self.policy), scores.vetoes.total[row], scores.vetoes.grade[row]
        person = record["holder"]
        unit = record["unit"] or self._of("people", person, "unit")
        return ContractExplanation(
            str(record["contract"] or ""),
            self._name(person),
            self._name(record["issuer"]),
            self._of("units", unit, "name") or unit or "",
            record["post"] or self._of("people", person, "post") or "",
            record["start"],
            record["end"],
            float(scores.days[row]),
            contracts.address(row, "contract"),
            lines,
            _known(scores.contracts.weighted[row] / 100),
            _known(scores.contracts.adjusted[row]),
            sum(line.effective for line in weighing if line.status is Status.SCORED),
            sum(line.effective for line in weighing),
            self._explained(scores.contracts, row, scores.verdicts.contracts[row]),
            None if limit == float("inf") else float(limit),
            bands[best].grade if best > 0 else None,
            scores.decisions.contracts.get(row, ()),
            scores.versions.get(row, ()),
        )

    def _explained(self, totals: Totals, place: int, verdict: Verdict) -> ExplainedTotal:
        band = totals.grade[place]
        return ExplainedTotal(
            _known(totals.total[place]),
            _known(totals.provisional[place]),
            _known(totals.completeness[place]),
            ordered_bands(self.policy)[band] if band >= 0 else None,
            verdict,
        )

    def _line(self, line: int) -> LineExplanation:
        table, scores = self.line_table, self.scores
        row = {name: values[line] for name, values in table.columns.items()}
        score, so_far = self.scorer.score(row), table.to_date[line]
        method, effective = score.method, float(scores.effective[line])
        points = _known(scores.lines.points[line])
        weighs = method is None or method.effect == "points"
        return LineExplanation(
            str(row["kpi"] or ""),
            str(row["name"] or row["kpi"] or ""),
            row["aspect"],
            str(row["unit"] or ""),
            table.lines.address(line, "kpi"),
            method,
            str(row["method"] or ""),
            score.direction,
            scores.status(line),
            tuple(problems_of(table, scores.lines, line)),
            tuple(self._figures(line, row, score)),
            rule_of(score, row, self.policy, percent=is_percent(row["unit"])),
            points,
            _known(number(row["weight"])),
            effective,
            tuple(self._spread(line)) if weighs else (),
            effective * points / 100 if weighs and points is not None else None,
            row["aggregation"],
            tuple(self._reports(so_far.rows, self._is_dated(line))),
            row["actual"],
            so_far.value,
            tuple(self._events(table.events.get(line, ()))),
            Veto.of(row, self.policy) if line in table.vetoed else None,
            scores.decisions.lines.get(line),
            tuple(self._raters(line)),
            self._said(line, method),
            self._card(line)["decimals"],
        )

    def _said(self, line: int, method: Method | None) -> Text:
        """The rule in words, with the line's figures or else the library's."""
        kpi = Kpi(self._card(line), method)
        terms = read_terms(self.line_table.lines.record(line), kpi)
        return Text(*(words.rule(kpi, terms) for words in self.words))

    def _card(self, line: int) -> dict[str, Any]:
        """The KPI in the library; a blank card where it is not there."""
        card = self.cards.get(self.line_table.columns["kpi"][line])
        return self.line_table.kpis.record(card) if card is not None else self.blank

    def _figures(self, line: int, row: dict[str, Any], score: LineScore) -> Iterator[RuleFigure]:
        """What the rule names, and the limits around it."""
        if score.method is None or not score.method.text:
            return
        names = [name for name in names_of(score.method.tree) if name != "D"]
        for name in (*names, *(("FLOOR", "CAP") if score.method.effect == "points" else ())):
            if name in POLICY_NAMES:
                yield self._setting(name, POLICY_NAMES[name])
            elif name in ("A", "G"):
                column = "events.count" if score.method.effect == "total" else "actuals.value"
                column = "marks.mark" if line in self.line_table.marked else column
                value = 0.0 if score.method.effect == "total" and blank(row["actual"]) else row["actual"]
                yield RuleFigure("A", column, value, self._source(line))
            elif name in ("FLOOR", "CAP") and blank(row[name.lower()]):
                yield self._setting(name, f"points_{name.lower()}")
            else:
                column = FIGURES.get(name, name.lower())
                if not blank(row[column]):
                    yield RuleFigure(name, f"contract_lines.{column}", row[column], self._cell(line, column))

    def _setting(self, symbol: str, setting: str) -> RuleFigure:
        policy, row = self.tables.get("policy"), self.settings.get(setting)
        address = policy.address(row, "value") if policy and row is not None else Address()
        return RuleFigure(symbol, f"policy.{setting}", self.policy[setting], address)

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
            return self.tables["actuals"].address(so_far.rows[-1], "value")
        return self.tables["events"].address(events[-1], "count") if events else Address()

    def _spread(self, line: int) -> Iterator[WeightSpread]:
        """By which steps the weight of lines that are not applicable reached this one; where none is applicable, by
        none."""
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
                if able > 0:
                    yield WeightSpread("category", sum(map(self._weight, same)), able, self._names(givers))
        if rest:
            whole = sum(map(self._weight, mine))
            able = whole - sum(map(self._weight, rest))
            if able > 0:
                yield WeightSpread("contract", whole, able, self._names(rest))

    def _weight(self, line: int) -> float:
        return _known(number(self.line_table.columns["weight"][line])) or 0.0

    def _weighs(self, line: int) -> bool:
        place = self.scores.lines.method[line]
        return bool(place < 0 or self.scores.lines.methods[place].effect == "points")

    def _names(self, lines: Sequence[int]) -> tuple[str, ...]:
        return tuple(str(self.line_table.columns["name"][o] or self.line_table.columns["kpi"][o]) for o in lines)

    def _is_dated(self, line: int) -> bool:
        """Whether anything says which year it is; a lone sheet without a year has its figures under a made-up one."""
        row, contracts = self.line_table.contract[line], self.line_table.contracts
        dates = [contracts.column(name)[row] for name in ("start", "end")] if row >= 0 else []
        return any(dates) or self.scores.policy.span() is not None

    def _reports(self, rows: Sequence[int], dated: bool) -> Iterator[ReportedActual]:
        actuals = self.tables.get("actuals") or empty("actuals")
        for row in rows:
            record = actuals.record(row)
            figures = (record["value"], record["numerator"], record["denominator"])
            period = str(record["period"]) if dated else ""
            cells = [actuals.address(row, name).cell for name in ("numerator", "denominator")]
            parts = ":".join(cells) if all(cells) and None not in figures[1:] else ""
            yield ReportedActual(period, *figures, str(record["evidence"] or ""), actuals.address(row, "value"), parts)

    def _events(self, rows: Sequence[int]) -> Iterator[CountedEvent]:
        events = self.tables.get("events") or empty("events")
        for row in rows:
            record = events.record(row)
            count = 1.0 if record["count"] is None else float(record["count"])
            fact, source = str(record["fact"] or ""), str(record["source"] or "")
            yield CountedEvent(record["date"], count, fact, source, events.address(row, "fact"))

    def _raters(self, line: int) -> Iterator[RatersOpinion]:
        """Only self and superior answer with their name."""
        marked, marks = self.line_table.marked.get(line), self.tables.get("marks") or empty("marks")
        for each in shown_means(marked.combined, self.policy["confidentiality_min"]) if marked else ():
            given = tuple(
                GivenMark(self._name(marks.column("rater")[mark.row]), mark.value, marks.address(mark.row, "mark"))
                for mark in each.marks
            )
            yield RatersOpinion(each.relations, each.size, each.mean, each.share, each.counted, given)

    def _name(self, person: Any) -> str:
        return str(self._of("people", person, "name") or person or "")

    def _of(self, table: str, key: Any, column: str) -> Any:
        row = self.rows[table].get(key)
        return None if row is None else self.tables[table].column(column)[row]


def rule_of(score: LineScore, line: Mapping[str, Any], policy: Policy, *, percent: bool) -> AppliedRule | None:
    """The rule of a line, whether it has points or not, with the line's figures put in.

    line     the columns steps, scale and actual of the line that gave the score
    percent  whether the KPI's figures are shown as percentages

    Returns: None for an unknown method, or one without a rule.
    """
    method = score.method
    if method is None or not method.text:
        return None
    tree = for_direction(method.tree, score.direction)
    floor, cap = (score.floor, score.cap) if method.effect == "points" else (None, None)
    table = tuple(_table(method, score, line, policy))
    if score.raw is None:
        return AppliedRule(_written(tree), "", None, floor, cap, table)
    decided = put_in(tree, lambda part: part_of_rule(part, score.figures))
    applied = to_text(decided, lambda name: _shown(name, score.figures[name], percent))
    return AppliedRule(
        _written(tree), applied, score.raw + 0.0, floor, cap, table, _reached(method, score, line, policy)
    )


_written = lru_cache(maxsize=256)(to_text)  # there are far fewer rules than lines


def _shown(name: str, value: float, percent: bool) -> str:
    text = show_figure(value, "%") if percent and name in IN_UNIT else number_text(value)
    return f"({text})" if value < 0 else text


def _table(method: Method, score: LineScore, line: Mapping[str, Any], policy: Policy) -> Iterable[tuple[Any, float]]:
    """The steps or grades that the rule looks up."""
    if "STEPS" in method.text:
        return best_first(resolve_steps(line.get("steps"), policy) or (), score.direction)
    if "GRADES" in method.text:
        return policy.scale(line.get("scale")).items()
    return ()


def _reached(method: Method, score: LineScore, line: Mapping[str, Any], policy: Policy) -> tuple[Any, float] | None:
    if method.name == "steps":
        return step_reached(resolve_steps(line.get("steps"), policy) or (), score.figures["A"], score.direction)
    if method.name == "grade":
        label = fold_name(line.get("actual"))
        return next((step for step in policy.scale(line.get("scale")).items() if fold_name(step[0]) == label), None)
    return None


def _setting_rows(policy: Records) -> dict[str, int]:
    """Setting -> its row on the policy sheet."""
    rows: dict[str, int] = {}
    for i, key in enumerate(policy.column("key")):
        setting = setting_of(key) if key is not None else None
        if setting:
            rows.setdefault(setting.name, i)
    return rows


def _known(value: float) -> float | None:
    return float(value) if value == value else None
