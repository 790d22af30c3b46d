"""What a score notice (考核结果通知) says: how the total came about, every line with its rule and figures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from perfxl.core.explain.rules import rule_of
from perfxl.core.scoring.line import LineScorer, Status
from perfxl.core.scoring.veto import Veto
from perfxl.core.values.numbers import round_half_away
from perfxl.documents.contexts.base import Contexts
from perfxl.documents.contexts.lines import Line
from perfxl.documents.contexts.person import (
    Scored,
    actual,
    asked_by,
    holder,
    people,
    person_head,
    points,
    scored_lines,
    status,
    total,
)
from perfxl.documents.formatting import BLANK, PERCENT_UNITS, capital, choice, day, number, short, text, weight

__all__ = ["asked_by", "context", "ids", "score_chart"]

_PREFIX = "TZ"
_PRECISE = 4  # decimals of weighted points: they must add up
_LABEL_LENGTH = {"zh": 16, "en": 28}  # of a KPI beside a chart
_LONG = re.compile(r"\d+\.\d{5,}")
_SIZE = re.compile(r"ABS\((\d[\d.]*%?)\)")  # of a figure that is positive: the figure itself
_SIGNS = str.maketrans({"*": "×", "/": "÷", "-": "−"})

_VALIDITY = ("{start}至{end}", "{start} to {end}")
_APPLIED = ("代入：{applied}＝{points} 分", "Here: {applied} = {points} points")
_STEP = ("达到 {at}，得 {points} 分", "{at} reached: {points} points")
_NO_STEP = ("未达到任何一档", "no step reached")
_GRADE = ("评为“{at}”，得 {points} 分", "graded {at}: {points} points")
_CAP = ("超过上限，按 {cap} 分计", "above the cap, {cap} points")
_FLOOR = ("低于下限，按 {floor} 分计", "below the floor, {floor} points")
_SPREAD = ("不适用指标的权重分摊后为 {weight}", "{weight} after the weight of N/A lines is spread")
_GIVEN = ("不适用，权重分给其余指标", "not applicable, its weight goes to other KPIs")
_SO_FAR = ("截至目前 {actual}", "so far {actual}")
_NO_EVENT = ("未发生", "No event")
_REPORTED = ("实绩填报 {count} 次", "Reported {count} times")
_TIMES = ("{day} {fact}", "{day} {fact}")
_COUNT = ("（{count} 次）", " ({count} times)")
_SOURCE = ("（来源：{source}）", " (source: {source})")
_VETOED = ("否决：{effect}", "Veto: {effect}")
_AT_MOST = {
    "zero": ("总分为零", "total is zero"),
    "limit_total": ("总分不超过 {limit} 分", "total at most {limit}"),
    "limit_grade": ("等级不高于 {grade}", "grade at most {grade}"),
}
_SUM = ("加权得分合计 {weighted} 分", "Weighted points {weighted}")
_BONUS = ("加分 {points} 分", "bonuses {points}")
_DEDUCTED = ("扣分 {points} 分", "deductions {points}")
_CAPPED = ("合计 {sum} 分，按总分上限 {cap} 分计", "{sum} in all, limited to the cap {cap}")
_AT_LEAST = ("合计 {sum} 分，按 0 分计", "{sum} in all, counted as 0")
_OPEN = (
    "“{kpis}”尚未上报，暂按已知权重 {known} 折算为 {points} 分",
    "“{kpis}” not yet reported: {points} on the {known} known",
)
_AVERAGE = ("{total} 分 × {days} 天", "{total} × {days} days")


def ids(contexts: Contexts) -> list[str]:
    return people(contexts)


def context(contexts: Contexts, person: str) -> dict[str, Any]:
    """Raises as `person_head`."""
    says = contexts.kept(_Says)
    rows = contexts.results.contracts(person)
    return {
        **person_head(contexts, _PREFIX, person),
        "contracts": [says.contract(person, row) for row in rows],
        "several": len(rows) > 1,
        "average": says.average(rows) if len(rows) > 1 else "",
        "score_chart": score_chart(contexts, scored_lines(contexts, rows[-1])),
        "grades": contexts.grades,
        "rules": contexts.rules,
    }


def score_chart(contexts: Contexts, lines: list[Scored]) -> list[dict[str, Any]]:
    """The points of weighted lines against those of the target: numbers, for a chart. None without points."""
    found = []
    for line, result in lines:
        if not line.counts or result.not_applicable:
            continue
        graded = line.kpi.method is not None and line.kpi.method.name == "interpolate"
        goal = float(contexts.policy["knot_target"]) if graded else 100.0
        reached = result.points
        met = reached is not None and reached >= goal
        found.append(
            {
                "kpi": short(line.name, _LABEL_LENGTH[contexts.lang]),
                "target": goal,
                "met": reached if met else None,
                "missed": None if met else reached,
            }
        )
    return found if any(row["met"] is not None or row["missed"] is not None for row in found) else []


class _Says:
    def __init__(self, contexts: Contexts) -> None:
        self._contexts, self._say, self._lang = contexts, contexts.say, contexts.lang
        self._scorer = LineScorer(contexts.policy)

    def contract(self, person: str, row: int) -> dict[str, Any]:
        contexts = self._contexts
        held, lines = contexts.index.at("contracts", row), scored_lines(contexts, row)
        start, end = day(held["start"], self._lang), day(held["end"], self._lang)
        party = holder(contexts, person, row)
        return {
            "number": held["contract"],
            "post": party["post"],
            "unit": party["unit"],
            "validity": self._say(_VALIDITY).format(start=start, end=end),
            "days": number(contexts.results.days(row)),
            "result": total(contexts, contexts.results.contract(row)),
            "lines": [self._line(scored) for scored in lines if not scored.line.adjusting],
            "adjustments": [self._adjustment(scored) for scored in lines if scored.line.adjusting],
            "weighted": points(contexts.results.contract(row).weighted / 100, _PRECISE),
            "sum": self._sum(row, lines),
        }

    def average(self, rows: list[int]) -> str:
        """How several contracts make one total."""
        results = self._contexts.results
        parts = []
        for row in rows:
            found = results.contract(row)
            shown = points(found.provisional if found.total is None else found.total)
            parts.append(self._say(_AVERAGE).format(total=shown, days=number(results.days(row))))
        days = number(sum(results.days(row) for row in rows))
        return f"({' + '.join(parts)}) ÷ {days}"

    def _line(self, scored: Scored) -> dict[str, str]:
        line, result = scored
        return {
            "number": line.number,
            "kpi": line.name,
            "unit": line.unit,
            "weight": weight(round(result.weight, 2)) if line.counts else BLANK,
            "target": line.target(self._lang),
            "actual": actual(self._contexts, scored),
            "points": points(result.points) if line.counts else BLANK,
            "weighted": points(result.earned, _PRECISE) if line.counts else BLANK,
            "status": status(self._contexts, result.status),
            "rule": self._contexts.words.rule(line.kpi, line.terms),
            "calculation": self._sentence(self._calculation(scored)),
        }

    def _calculation(self, scored: Scored) -> Iterator[str]:
        """The rule with the line's figures, and what else happened to points or weight."""
        line, result = scored
        if result.status is Status.SCORED:
            yield from self._applied(scored)
        elif result.not_applicable:
            yield self._say(_GIVEN)
        elif result.status is Status.PENDING and result.actual is not None:
            yield self._say(_SO_FAR).format(actual=actual(self._contexts, scored))
        agreed = line.row["weight"] or 0.0
        if line.counts and not result.not_applicable and abs(result.weight - agreed) > 1e-9:
            yield self._say(_SPREAD).format(weight=weight(round(result.weight, 2)))

    def _applied(self, scored: Scored) -> Iterator[str]:
        line = scored.line
        columns = self._contexts.results.scores.joined.columns
        row = {name: values[line.position] for name, values in columns.items()}
        percent = line.kpi.unit in PERCENT_UNITS
        rule = rule_of(self._scorer.score(row), row, self._contexts.policy, percent=percent)
        if rule is None or rule.raw is None:
            return
        if rule.table:
            yield self._found(line, rule.reached)
        elif not _plain(rule.applied):
            applied = _SIZE.sub(r"\1", _LONG.sub(_shortened, rule.applied)).translate(_SIGNS)
            raw = number(round_half_away(rule.raw, 2)).translate(_SIGNS)
            yield self._say(_APPLIED).format(applied=applied, points=raw)
        if rule.hit == "cap" and rule.cap is not None:
            yield self._say(_CAP).format(cap=number(rule.cap))
        elif rule.hit == "floor" and rule.floor is not None:
            yield self._say(_FLOOR).format(floor=number(rule.floor))

    def _found(self, line: Line, reached: tuple[Any, float] | None) -> str:
        """The step or grade that the actual earned."""
        if reached is None:
            return self._say(_NO_STEP)
        words = _GRADE if line.graded else _STEP
        return self._say(words).format(at=line.figure(reached[0], self._lang), points=number(reached[1]))

    def _adjustment(self, scored: Scored) -> dict[str, Any]:
        line, result = scored
        events, vetoed = list(self._events(line.position)), self._contexts.results.vetoed(line.position)
        change = result.points or 0.0
        shown = f"{'+' if change > 0 else '−'}{points(abs(change))}" if change else points(0.0)
        return {
            "number": line.number,
            "kpi": line.name,
            "kind": choice("kpis", "kind", line.kind, self._lang),
            "rule": self._contexts.words.rule(line.kpi, line.terms),
            "events": "\n".join(events) or self._say(_REPORTED if vetoed else _NO_EVENT).format(count=number(vetoed)),
            "points": self._veto(line.position) if vetoed else BLANK if line.kind == "veto" else shown,
        }

    def _events(self, line: int) -> Iterator[str]:
        for row in self._contexts.results.events(line):
            event = self._contexts.index.at("events", row)
            said = self._say(_TIMES).format(day=day(event["date"], self._lang), fact=text(event["fact"]))
            if event["count"] not in (None, 1.0):
                said += self._say(_COUNT).format(count=number(event["count"]))
            yield said + self._say(_SOURCE).format(source=event["source"]) if event["source"] else said

    def _veto(self, line: int) -> str:
        columns = self._contexts.results.scores.joined.columns
        row = {name: columns[name][line] for name in ("veto_effect", "limit", "veto_grade")}
        veto = Veto.of(row, self._contexts.policy)
        return self._say(_AT_MOST[veto.effect]).format(limit=number(veto.limit), grade=veto.grade)

    def _sum(self, row: int, lines: list[Scored]) -> str:
        """From the weighted points to the contract's total."""
        found = self._contexts.results.contract(row)
        changes = [s.result.points for s in lines if s.line.adjusting and s.line.kind != "veto" and s.result.points]
        bonus, deducted = sum(c for c in changes if c > 0), -sum(c for c in changes if c < 0)
        parts = [self._say(_SUM).format(weighted=points(found.weighted / 100, _PRECISE))]
        if bonus:
            parts.append("+ " + self._say(_BONUS).format(points=points(bonus)))
        if deducted:
            parts.append("− " + self._say(_DEDUCTED).format(points=points(deducted)))
        said = [" ".join(parts), *self._limits(found.weighted / 100 + found.adjusted)]
        vetoed = [s for s in lines if self._contexts.results.vetoed(s.line.position)]
        said += [self._say(_VETOED).format(effect=self._veto(s.line.position)) for s in vetoed]
        pending = [s.line.name for s in lines if s.result.status in (Status.PENDING, Status.PROBLEM) and s.line.counts]
        if found.total is None and found.provisional is not None and pending:
            known, now = weight(round(found.completeness, 2)), points(found.provisional)
            said.append(self._say(_OPEN).format(kpis=self._contexts.listed(pending), known=known, points=now))
        return self._sentence(iter(said))

    def _limits(self, whole: float) -> Iterator[str]:
        cap = float(self._contexts.policy["total_cap"])
        if whole > cap:
            yield self._say(_CAPPED).format(sum=points(whole), cap=number(cap))
        elif whole < 0:
            yield self._say(_AT_LEAST).format(sum=points(whole))

    def _sentence(self, parts: Iterator[str]) -> str:
        said = ("；" if self._lang == "zh" else "; ").join(parts)
        return capital(said) + ("。" if self._lang == "zh" else ".") if said else ""


def _shortened(figure: re.Match[str]) -> str:
    return f"{round(float(figure[0]), _PRECISE):.15g}"


def _plain(applied: str) -> bool:
    """Whether nothing is left of a rule but its result."""
    return applied.replace(".", "").isdigit()
