"""Contracts, one a person and post (two for those who changed post in mid-year), their lines, the links between them,
and the actuals that follow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from random import Random
from typing import Any, NamedTuple

from perfxl.core.values.text import NOT_APPLICABLE
from perfxl.sample import material
from perfxl.sample.builder import TableBuilder
from perfxl.sample.figures import SEASON, Actual, Goal, make_actuals, solve_outcome, spread
from perfxl.sample.material import Figure, Keeper, Kpi, Line, Post
from perfxl.sample.organisation import Organisation, Person, Unit

# Every so many people without reports, the one at this place has something that is not plainly reported.
PENDING, NOT_MEASURED, NOTHING = (40, 7), (50, 11), (25, 4)
NEW_CUSTOMERS = "S04"


def write(tables: TableBuilder, organisation: Organisation, rng: Random, lang: str) -> None:
    """Fills contracts, contract_lines, phasing, links and actuals."""
    writer = _Writer(tables, organisation, rng, lang)
    for term in list_terms(organisation):
        writer.contract(term)


class _Writer:
    def __init__(self, tables: TableBuilder, organisation: Organisation, rng: Random, lang: str) -> None:
        self.tables, self.organisation, self.rng, self.lang = tables, organisation, rng, lang
        self.staff = 0

    def contract(self, term: Term) -> None:
        holder = term.holder
        former = not term.current
        self.tables.add(
            "contracts",
            contract=term.id,
            holder=holder.id,
            second_holder=term.second.id if term.second else None,
            issuer=term.issuer.id,
            post=term.post.name(self.lang) if former else None,
            unit=term.unit.id if former else None,
            post_type=material.POST_TYPES[term.post.post_type].name(self.lang) if former else None,
            start=term.start,
            end=term.end,
            signed=date(2024, 12, 27) if term.start == YEAR_START else term.start - timedelta(days=2),
            version="V1.0",
        )
        unusual = self.unusual(term)
        for line, kpi in term.lines():
            goal = self.goal(kpi, holder)
            self.line(term, line, goal)
            if kpi.counted:
                self.actuals(term, goal, unusual.get(kpi.id, ""))
        if term.current:
            self.cascade(holder)

    def unusual(self, term: Term) -> dict[str, str]:
        """The line, if any, that is pending, not applicable or zero."""
        if term.holder.reports or not term.current:
            return {}
        place, self.staff = self.staff, self.staff + 1
        weighted = [kpi for line, kpi in term.lines() if line.weight]
        if place % PENDING[0] == PENDING[1]:
            return {next(kpi.id for kpi in reversed(weighted) if kpi.period in ("half", "year")): "pending"}
        if place % NOT_MEASURED[0] == NOT_MEASURED[1]:
            return {next(kpi.id for kpi in reversed(weighted) if kpi.aggregation == "ratio"): "not applicable"}
        if term.holder.post == "sales_rep" and term.holder.turn % NOTHING[0] == NOTHING[1]:
            return {NEW_CUSTOMERS: "zero"}
        return {}

    def goal(self, kpi: Kpi, holder: Person) -> Goal:
        """The KPI's figures for this holder: amounts grow with the people below, or are shared out from above."""
        if kpi.target == "best":
            return Goal(kpi, material.SCALES[kpi.table or ""].labels[0](self.lang))
        if not kpi.each or not isinstance(kpi.target, float):
            return Goal(kpi, kpi.target, kpi.challenge, kpi.threshold, kpi.base)
        given = holder.shared.get(kpi.id)
        target = given[0] if given else round(kpi.target * holder.span, kpi.decimals)

        def grown(figure: Figure | None) -> float | None:
            return round(figure * target / kpi.target, kpi.decimals) if isinstance(figure, float) else None  # type: ignore[operator]

        return Goal(kpi, target, grown(kpi.challenge), grown(kpi.threshold), grown(kpi.base))

    def line(self, term: Term, line: Line, goal: Goal) -> None:
        kpi = goal.kpi
        issuer, holder = _proposals(goal) if term.holder.leads and line.weight else (None, None)
        self.tables.add(
            "contract_lines",
            contract=term.id,
            kpi=kpi.id,
            aspect=line.aspect or kpi.category,
            weight=line.weight,
            derived_weight=line.derived_weight or line.weight,
            target=goal.target,
            challenge=goal.challenge,
            threshold=goal.threshold,
            base=goal.base,
            low=kpi.low,
            high=kpi.high,
            proposal_issuer=issuer,
            proposal_holder=holder,
            responsibility=term.holder.roles.get(kpi.id),
        )
        if kpi.each and kpi.period == "month" and term.holder.leads:
            assert isinstance(goal.target, float)
            months = spread(goal.target, SEASON, kpi.decimals)
            for period, target in zip(term.periods(kpi), accumulate(months), strict=True):
                self.tables.add("phasing", contract=term.id, kpi=kpi.id, period=period.label, target=target)

    def actuals(self, term: Term, goal: Goal, unusual: str) -> None:
        kpi, holder, periods = goal.kpi, term.holder, term.periods(goal.kpi)
        aimed = min(118.0, max(5.0, self.rng.gauss(holder.level, 7)))
        given = holder.shared.get(kpi.id)
        if unusual:
            entry = {"pending": Actual(None), "not applicable": Actual(NOT_APPLICABLE), "zero": Actual(0.0)}[unusual]
            reports = [entry] * len(periods)
        elif given:
            reports = [Actual(value) for value in given[1]]
        else:
            span = self.organisation.top.span if kpi.whole else holder.span
            reports = make_actuals(kpi, solve_outcome(goal, aimed, self.rng), len(periods), span, self.rng)
        if kpi.id in _SHARED and isinstance(goal.target, float):
            holder.shared[kpi.id] = (goal.target, [entry.value for entry in reports if isinstance(entry.value, float)])
        if kpi.method != "monitor" and not unusual:
            holder.gone.append((aimed, kpi.id))
        if kpi.method == "marks":
            self.marks(term, kpi, reports[-1].value)
            return
        if kpi.method == "grade" and kpi.table:
            labels = [label(self.lang) for label in material.SCALES[kpi.table].labels]
            reports = [Actual(labels[entry.value]) if isinstance(entry.value, int) else entry for entry in reports]
        collector, evidence = _reported(kpi, self.lang)
        is_reported = [entry.value is not None for entry in reports]
        self.tables.add_rows(
            "actuals",
            len(reports),
            holder=holder.id,
            kpi=kpi.id,
            period=[period.label for period in periods],
            value=[entry.value for entry in reports],
            numerator=[entry.numerator for entry in reports],
            denominator=[entry.denominator for entry in reports],
            evidence=[evidence if there else None for there in is_reported],
            reported_by=[collector if there else None for there in is_reported],
            date=[
                _due(period.end, kpi.keeper) if there else None
                for period, there in zip(periods, is_reported, strict=True)
            ],
        )

    def marks(self, term: Term, kpi: Kpi, value: Any) -> None:
        """What the holder and the issuer give at the year's end: by their shares the points of the level reached."""
        if value is None:
            return
        given = _GIVEN[material.SCALES[kpi.table or ""].points[value]] if isinstance(value, int) else (value, value)
        for relation, rater, mark in zip(("self", "superior"), (term.holder, term.issuer), given, strict=True):
            self.tables.add(
                "marks",
                rater=rater.id,
                ratee=term.holder.id,
                relation=relation,
                dimension=kpi.id,
                mark=mark,
                date=YEAR_END,
            )

    def cascade(self, owner: Person) -> None:
        """Links from the owner's KPIs to the reports', and what each report gets of the shared ones."""
        carried: dict[str, list[tuple[Person, str, str]]] = {}
        for report in owner.reports:
            if not report.deputy:
                for kpi, sub, mode in _rules(owner.post, report.post):
                    carried.setdefault(kpi, []).append((report, sub, mode))
        for kpi, carriers in carried.items():
            main = max(range(len(carriers)), key=lambda i: _weight(carriers[i][0].post, carriers[i][1]))
            shares = self.share(owner, kpi, carriers) if kpi in _SHARED else [None] * len(carriers)
            for i, (report, sub, mode) in enumerate(carriers):
                role = "main" if i == main else "secondary"
                if sub == kpi and owner is self.organisation.top:
                    report.roles[kpi] = role
                self.tables.add(
                    "links",
                    kpi=kpi,
                    owner=owner.id,
                    sub_kpi=sub,
                    sub_owner=report.id,
                    mode=mode,
                    share=shares[i],
                    responsibility=role,
                )

    def share(self, owner: Person, kpi: str, carriers: list[tuple[Person, str, str]]) -> list[float]:
        """Shares by size that sum to 100; targets and actuals of the reports sum to the owner's, month by month."""
        rng = self.rng
        target, series = owner.shared[kpi]
        shares = spread(100, [report.span * rng.uniform(0.95, 1.05) for report, _, _ in carriers], 2)
        targets = spread(target, shares)
        skills = [
            part * (1 + (report.level - 91.5) / 120) for part, (report, _, _) in zip(shares, carriers, strict=True)
        ]
        months = [spread(value, [skill * rng.uniform(0.95, 1.05) for skill in skills]) for value in series]
        for i, (report, sub, _) in enumerate(carriers):
            report.shared[sub] = (targets[i], [month[i] for month in months])
        return shares


# Points -> the marks of holder and issuer that make them, of 100, at a fifth and four fifths.
_GIVEN = {100.0: (100.0, 100.0), 75.0: (79.0, 74.0), 50.0: (58.0, 48.0), 0.0: (0.0, 0.0)}

_SHARED = {kpi for kpi, _, mode in material.CASCADE if mode == "share"} | {
    sub for _, sub, mode in material.CASCADE if mode == "share"
}


@cache
def _rules(post: str, report: str) -> tuple[tuple[str, str, str], ...]:
    """The cascade's lines between two posts."""
    above, below = ({line.kpi for line in material.POSTS[name].lines} for name in (post, report))
    return tuple(rule for rule in material.CASCADE if rule[0] in above and rule[1] in below)


@cache
def _weight(post: str, kpi: str) -> float:
    return next(line.weight or 0.0 for line in material.POSTS[post].lines if line.kpi == kpi)


@cache
def _reported(kpi: Kpi, lang: str) -> tuple[str, str]:
    evidence = "evidence_meeting" if kpi.method == "grade" else "evidence_report"
    return kpi.keeper.collector(lang), material.text(evidence)(lang)


@cache
def _due(end: date, keeper: Keeper) -> date:
    return end + timedelta(days=keeper.due_day)


def _proposals(goal: Goal) -> tuple[Any, Any]:
    """What the issuer and the holder asked for before they agreed: a little harder, a little easier."""
    kpi, target = goal.kpi, goal.target
    if isinstance(target, date):
        return target - timedelta(days=10), target + timedelta(days=15)
    if not isinstance(target, float):
        return None, None
    harder = 0.05 if kpi.lower is False else -0.05
    if isinstance(goal.challenge, float) and isinstance(goal.threshold, float):
        issuer, holder = (target + goal.challenge) / 2, (target + goal.threshold) / 2
    else:
        issuer, holder = target * (1 + harder), target * (1 - harder)
    if kpi.most is not None:
        issuer = min(issuer, kpi.most)
    return round(issuer, kpi.places), round(holder, kpi.places)


YEAR_START, YEAR_END = date(2025, 1, 1), date(2025, 12, 31)
CHANGE = date(2025, 7, 1)

# Every so many of a post, the one at this place, came from the other post in mid-year.
_CHANGERS = {"agent": ("engineer", 60, 7), "engineer": ("agent", 60, 11)}


class Period(NamedTuple):
    """A reporting period and its last day."""

    label: str
    end: date


@dataclass(slots=True)
class Term:
    """One contract."""

    id: str
    holder: Person
    post: Post
    unit: Unit
    issuer: Person
    start: date
    end: date
    second: Person | None = None

    @property
    def current(self) -> bool:
        """Whether this is the post that the holder has today."""
        return self.end == YEAR_END

    def lines(self) -> Iterator[tuple[Line, Kpi]]:
        return ((line, material.KPIS[line.kpi]) for line in self.post.lines)

    def periods(self, kpi: Kpi) -> tuple[Period, ...]:
        return list_periods(kpi.period, self.start, self.end)


def list_terms(organisation: Organisation) -> Iterator[Term]:
    """Every contract, superiors' first."""
    former = {post: organisation.of(post) for post in _CHANGERS}
    for person in organisation.people:
        issuer = person.superior
        if person.deputy or issuer is None:
            continue
        id = f"HT2025-{person.id[1:]}"
        post = material.POSTS[person.post]
        second = next((report for report in person.reports if report.deputy), None)
        before = _before(person, former)
        start = CHANGE if before else YEAR_START
        if before and before.superior:
            yield Term(
                f"{id}A",
                person,
                material.POSTS[before.post],
                before.unit,
                before.superior,
                YEAR_START,
                CHANGE - timedelta(days=1),
            )
        yield Term(f"{id}B" if before else id, person, post, person.unit, issuer, start, YEAR_END, second)


def _before(person: Person, former: dict[str, list[Person]]) -> Person | None:
    """Somebody at the post that a person who changed held before."""
    if person.post not in _CHANGERS:
        return None
    post, every, place = _CHANGERS[person.post]
    if person.turn % every != place or not former[post]:
        return None
    return former[post][person.turn % len(former[post])]


_MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_LABELS = {"month": "2025-{:02d}", "quarter": "2025Q{}", "half": "2025H{}", "year": "2025"}


@cache
def list_periods(kind: str, start: date, end: date) -> tuple[Period, ...]:
    """The periods of 2025 that end within a contract's validity."""
    months = _MONTHS[kind]
    ends = [date(2025 + last // 12, last % 12 + 1, 1) - timedelta(days=1) for last in range(months, 13, months)]
    periods = (Period(_LABELS[kind].format(i), at) for i, at in enumerate(ends, 1))
    return tuple(period for period in periods if start <= period.end <= end)
