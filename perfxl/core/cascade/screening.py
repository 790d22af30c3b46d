"""Screening of the KPI library: which to keep, which only to monitor, which to drop, and why. A proposal: nothing that
HR has typed is changed by it. Source: domain.md section 3.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from perfxl.core.language import LANGUAGES, Text
from perfxl.core.policy import Policy
from perfxl.core.records import Records, Tables
from perfxl.core.table_access import cell, columns_of, rows_of
from perfxl.core.values.text import fold_name
from perfxl.core.weights.checks import judge_ratings
from perfxl.core.weights.rules import Candidate, WeightRules, blank, exact

KEEP, MONITOR, DROP = "keep", "monitor", "drop"
RATINGS = ("impact", "controllability", "measurability")
_APART = frozenset(("deduct", "veto", "bonus"))  # without weight and without choice
_GROWTH = re.compile(
    r"(?:同比|年)?(?:增长率|增长幅度|增长|增幅|增速)$|(?<!\s)\s*(?:growth rate|growth|increase)$", re.IGNORECASE
)
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_LEAST_STEM, _LEAST_DEFINITION = 2, 6  # characters
_TEXTS = {
    "controllability": Text(
        "可控性 {} 低于 {}：责任人控制不了", "controllability {} below {}: the holder cannot control it"
    ),
    "measurability": Text("可测性 {} 低于 {}：测不准", "measurability {} below {}: it cannot be measured"),
    "importance": Text("重要性 {} 低于 {}：影响不大", "importance {} below {}: it matters little"),
    "duplicate": Text("与“{}”重复", "says the same as “{}”"),
    "outdated": Text("已过时：{}", "outdated: {}"),
    "required": Text("{} 要求列出，只监控、不计权重", "required by {}: monitored, without weight"),
    "monitored": Text("监控指标，不计权重", "monitored, without weight"),
    "unrated": Text("没有三项评分，只查重复与过时", "not rated: only duplicates and age were looked at"),
}


class Screened(NamedTuple):
    """What screening proposes for a KPI.

    row         in the KPI library
    verdict     what HR has typed, blank where nothing
    importance  the three ratings weighed together; None where they are not all there
    """

    row: int
    kpi: Any
    name: str
    kind: str
    ratings: tuple[Any, ...]
    importance: float | None
    verdict: str
    proposal: str
    reasons: tuple[Text, ...]


def screen(tables: Tables, policy: Policy) -> list[Screened]:
    """Every KPI that may carry weight, in the order of the library."""
    kpis = rows_of(tables, "kpis")
    return list(_Screening(kpis, policy).results()) if kpis else []


class _Screening:
    def __init__(self, kpis: Records, policy: Policy) -> None:
        self.kpis, self.policy = kpis, policy
        names = ("kpi", "kind", *RATINGS)
        self.rows = [
            (i, kpi, kind or "quantitative", tuple(ratings))
            for i, kpi, kind, *ratings in columns_of(kpis, *names)
            if kpi is not None and kind not in _APART
        ]
        candidates = [Candidate(str(kpi), "", *ratings) for _, kpi, _, ratings in self.rows]
        judged = judge_ratings(candidates, WeightRules.of(policy))[0]
        self.importance = {row[0]: each for row, each in zip(self.rows, judged, strict=True)}
        self.twins = self._find_twins()

    def results(self) -> list[Screened]:
        screened = []
        for i, kpi, kind, ratings in self.rows:
            against, importance = self._against(i, ratings), self.importance[i]
            reasons = [text for _, text in against]
            proposal = DROP if against else KEEP
            required = cell(self.kpis, i, "required_by")
            if against and required and all(name not in ("outdated", "importance") for name, _ in against):
                proposal = MONITOR
                reasons.append(_say("required", required))
            elif not against and kind == MONITOR:
                proposal = MONITOR
                reasons.append(_say("monitored"))
            elif not against and all(map(blank, ratings)):
                reasons.append(_say("unrated"))
            verdict, name = (cell(self.kpis, i, column) or "" for column in ("verdict", "name"))
            value = None if importance is None else float(importance)
            screened.append(Screened(i, kpi, str(name or kpi), kind, ratings, value, verdict, proposal, tuple(reasons)))
        return screened

    def _against(self, i: int, ratings: Sequence[Any]) -> list[tuple[str, Text]]:
        found: list[tuple[str, Text]] = []
        for name, rating in zip(RATINGS[1:], ratings[1:], strict=True):
            given, least = exact(rating), Fraction(repr(float(self.policy[f"screen_{name}"])))
            if given is not None and given < least:
                found.append((name, _say(name, f"{float(given):g}", f"{float(least):g}")))
        importance, least = self.importance[i], Fraction(repr(float(self.policy["screen_importance"])))
        if importance is not None and importance < least:
            found.append(("importance", _say("importance", f"{float(importance):g}", f"{float(least):g}")))
        if i in self.twins:
            found.append(("duplicate", _say("duplicate", self.twins[i])))
        found += [("outdated", text) for text in self._outdated(i)]
        return found

    def _outdated(self, i: int) -> list[Text]:
        start = self.policy["period_start"]
        if start is None:
            return []
        until = cell(self.kpis, i, "valid_to")
        if until is not None and until < start:
            return [_say("outdated", f"≤ {until.isoformat()}")]
        years = [int(year) for year in _YEAR.findall(str(cell(self.kpis, i, "name") or ""))]
        return [_say("outdated", str(max(years)))] if years and max(years) < start.year else []

    def _find_twins(self) -> dict[int, str]:
        """Rows that say what another KPI says -> its name: a growth rate beside the amount, the same fraction, the same
        definition. Of two alike the less important one, then the later."""
        names = {i: str(cell(self.kpis, i, "name") or "") for i, *_ in self.rows}
        kept = {i for i, *_ in self.rows if cell(self.kpis, i, "verdict") != DROP}
        twins: dict[int, str] = {}
        amounts = {fold_name(name): i for i, name in names.items() if i in kept and not _GROWTH.search(name)}
        for i, name in names.items():
            stem = fold_name(_GROWTH.sub("", name))
            if not _GROWTH.search(name) or len(stem) < _LEAST_STEM:
                continue
            alike = sorted((other for other in amounts if other == stem or other.endswith(stem)), key=len)
            if alike and amounts[alike[0]] != i:
                twins[i] = names[amounts[alike[0]]]
        same: dict[tuple[str, ...], list[int]] = {}
        for i in kept:
            over, below, said = (cell(self.kpis, i, column) for column in ("numerator", "denominator", "definition"))
            if over and below:
                same.setdefault(("fraction", fold_name(over), fold_name(below)), []).append(i)
            elif said and len(str(said)) >= _LEAST_DEFINITION and _computes(str(said)):
                same.setdefault(("definition", fold_name(said)), []).append(i)
        for rows in same.values():
            best, *others = sorted(rows, key=lambda i: (-(self.importance[i] or 0), i))
            for i in others:
                twins.setdefault(i, names[best])
        return twins


def _computes(definition: str) -> bool:
    """Whether a definition is a formula: 分级评估 of two KPIs is no sign that they are one."""
    return bool(re.search(r"[/÷×*+＋\-－]|除以", definition))


def _say(name: str, *parts: object) -> Text:
    return Text(*(_TEXTS[name](lang).format(*parts) for lang in LANGUAGES))
