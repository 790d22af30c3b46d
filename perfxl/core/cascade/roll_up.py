"""A superior's actuals from the subordinates': by the links, period by period, from the lowest level up.

What is computed stands beside what was typed as rows of actuals of their own, at the link that they come from; a typed
figure for the same period counts, and has to agree. Where not all have reported there is no figure, but a problem that
says who is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from perfxl.core.language import Text
from perfxl.core.problems import Problem
from perfxl.core.records import Records, Tables, empty, join_parts
from perfxl.core.schema import get
from perfxl.core.table_access import columns_of, labels, place, problem_at, rows_of
from perfxl.core.values.numbers import canonical, show_figure
from perfxl.core.values.text import NOT_APPLICABLE
from perfxl.core.weights.rules import exact

Key = tuple[Any, Any]
_SHARED, _IN_FULL, _MAIN = "share", "full", "main"


class Reported(NamedTuple):
    """What one person reported for one KPI and period; `row` in the actuals, -1 where it was computed."""

    value: Any
    numerator: float | None
    denominator: float | None
    row: int = -1

    @property
    def says_nothing(self) -> bool:
        """Whether it is a row that waits for its figure."""
        return self.value is None and (self.numerator is None or self.denominator is None)

    @property
    def figure(self) -> Fraction | None:
        """The figure, of the fraction where only its parts are given; None for what is no number."""
        if self.value is None and self.numerator is not None and self.denominator:
            over, below = exact(self.numerator), exact(self.denominator)
            return over / below if over is not None and below else None
        return exact(self.value)


def is_rolled_up(tables: Tables) -> bool:
    """Whether the card of some KPI asks for it."""
    return bool(_rules(tables))


def keys_rolled_up(tables: Tables) -> set[Key]:
    """(KPI, holder) at the ends of links whose superior KPI is rolled up: whose actuals it takes."""
    links, rules = rows_of(tables, "links"), _rules(tables)
    if links is None or not rules:
        return set()
    ends = set[Key]()
    for _, kpi, owner, sub_kpi, sub_owner in columns_of(links, "kpi", "owner", "sub_kpi", "sub_owner"):
        if kpi in rules:
            ends |= {(kpi, owner), (sub_kpi, sub_owner)}
    return ends


def roll_up(tables: Tables, lang: str = "zh") -> tuple[Records, list[Problem]]:
    """The actuals that superiors get from their subordinates, as rows to stand beside the typed ones.

    tables  links, kpis and actuals (of the keys of `keys_rolled_up` at least), and people for messages
    Returns: the rows, each at the cell of the first link that it comes from; and what keeps one from being computed:
        people who have not reported, figures that cannot be added, a typed figure that differs.
    Source: scoring.md sections 4 and 7.
    """
    links, rules = rows_of(tables, "links"), _rules(tables)
    if links is None or not rules:
        return empty("actuals"), []
    work = _RollUp(tables, links, rules, lang)
    for key in work.groups:
        work.reports(key)
    return work.rows(), work.problems


def _rules(tables: Tables) -> dict[Any, str]:
    kpis = rows_of(tables, "kpis")
    return {kpi: rule for _, kpi, rule in columns_of(kpis, "kpi", "roll_up") if rule} if kpis else {}


class _RollUp:
    def __init__(self, tables: Tables, links: Records, rules: Mapping[Any, str], lang: str) -> None:
        self.links, self.rules, self.lang = links, rules, lang
        self.actuals = rows_of(tables, "actuals") or empty("actuals")
        self.people, self.kpis = labels(tables, "people"), labels(tables, "kpis")
        self.problems: list[Problem] = []
        self.groups: dict[Key, list[int]] = {}
        columns = ("kpi", "owner", "sub_kpi", "sub_owner", "mode")
        for i, kpi, owner, sub_kpi, sub_owner, mode in columns_of(links, *columns):
            if kpi in rules and mode in (_SHARED, _IN_FULL) and None not in (owner, sub_kpi, sub_owner):
                self.groups.setdefault((kpi, owner), []).append(i)
        self._typed: dict[Key, dict[Any, list[Reported]]] = {}
        names = ("holder", "kpi", "period", "value", "numerator", "denominator")
        for row, holder, kpi, period, value, over, below in columns_of(self.actuals, *names):
            report = Reported(value, over, below, row)
            if period is not None and not report.says_nothing:
                self._typed.setdefault((kpi, holder), {}).setdefault(period, []).append(report)
        self._known: dict[Key, dict[Any, Reported]] = {}
        self._computed: list[tuple[Key, Any, Reported, str]] = []

    def reports(self, start: Key) -> dict[Any, Reported]:
        """Period -> what counts for it, typed or computed; lowest level first, without recursion."""
        pending, entered = [start], set[Key]()
        while pending:
            key = pending[-1]
            below = [self._lower(row) for row in self.groups.get(key, ())]
            waiting = [lower for lower in below if lower not in self._known and lower not in entered]
            if key not in entered and waiting:
                entered.add(key)
                pending += waiting
                continue
            pending.pop()
            if key not in self._known:
                self._known[key] = self._work_out(key)
        return self._known[start]

    def rows(self) -> Records:
        """The computed actuals."""
        parts: dict[tuple[str, str], list[tuple[int, Key, Any, Reported, str]]] = {}
        for key, period, report, told in self._computed:
            address = self.links.address(self.groups[key][0], "kpi")
            digits = address.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
            row = int(digits) if digits else 0
            parts.setdefault((address.file, address.sheet), []).append((row, key, period, report, told))
        table, letter = get("actuals"), self.links.letters.get("kpi", "A")
        return join_parts(
            [
                Records(
                    table,
                    {
                        "holder": [owner for _, (_, owner), *_ in rows],
                        "kpi": [kpi for _, (kpi, _), *_ in rows],
                        "period": [period for _, _, period, *_ in rows],
                        "value": [report.value for *_, report, _ in rows],
                        "numerator": [report.numerator for *_, report, _ in rows],
                        "denominator": [report.denominator for *_, report, _ in rows],
                        "evidence": [told for *_, told in rows],
                    },
                    file,
                    sheet,
                    [row for row, *_ in rows],
                    dict.fromkeys(("holder", "kpi", "period", "value", "numerator", "denominator"), letter),
                )
                for (file, sheet), rows in parts.items()
            ]
            or [empty("actuals")]
        )

    def _lower(self, row: int) -> Key:
        return self.links.column("sub_kpi")[row], self.links.column("sub_owner")[row]

    def _work_out(self, key: Key) -> dict[Any, Reported]:
        """What was typed, and of the periods without it what the subordinates' figures make."""
        typed = self._typed.get(key, {})
        # Two that differ are a problem of their own, and no figure.
        counted = {period: each[0] for period, each in typed.items() if len({report[:3] for report in each}) == 1}
        links = self._contributing(key)
        below = [self._known.get(self._lower(row), {}) for row in links]
        for period in dict.fromkeys(period for reports in below for period in reports):
            figures = [reports.get(period) for reports in below]
            computed = self._combine(key, links, period, figures)
            if computed is None:
                continue
            if period in typed:
                for report in typed[period]:
                    if report.figure != computed.figure:
                        self._differs(key, period, report, computed, len(links))
            else:
                counted[period] = computed
                told = Text(
                    f"由下级汇总（{len(links)}/{len(links)} 人已报）", f"rolled up ({len(links)} of {len(links)})"
                )
                self._computed.append((key, period, computed, told(self.lang)))
        return counted

    def _contributing(self, key: Key) -> list[int]:
        """The links whose figures make the superior's: those who divide it, else those who carry it in full; for `last`
        the main owner's alone."""
        rows = self.groups.get(key, [])
        modes, roles = self.links.column("mode"), self.links.column("responsibility")
        rows = [i for i in rows if modes[i] == _SHARED] or rows
        rule = self.rules.get(key[0], "")
        if rule == "last" and len(rows) > 1:
            main = [i for i in rows if roles[i] == _MAIN]
            if len(main) != 1:
                self._say("roll_up_main_unclear", key, rows[0])
                return []
            return main
        if rule == "sum" and len(rows) > 1 and modes[rows[0]] == _IN_FULL:
            self._say("roll_up_counts_twice", key, rows[0])
            return []
        return rows

    def _combine(
        self, key: Key, links: Sequence[int], period: Any, figures: Sequence[Reported | None]
    ) -> Reported | None:
        missing = [row for row, report in zip(links, figures, strict=True) if report is None]
        if missing:
            names = "、".join(self.people[self._lower(row)[1]] for row in missing[:5]) + ("…" if missing[5:] else "")
            self._say(
                "roll_up_incomplete",
                key,
                missing[0],
                column="sub_owner",
                period=period,
                reported=len(links) - len(missing),
                people=len(links),
                missing=names,
            )
            return None
        pairs = [
            (row, report)
            for row, report in zip(links, figures, strict=True)
            if report is not None and report.value != NOT_APPLICABLE
        ]
        if not pairs:
            return Reported(NOT_APPLICABLE, None, None)
        return _RULES[self.rules[key[0]]](self, key, pairs)

    def _sum(self, key: Key, pairs: Sequence[tuple[int, Reported]]) -> Reported | None:
        figures = self._figures(key, pairs)
        return None if figures is None else Reported(canonical(float(sum(figures))), None, None)

    def _mean(self, key: Key, pairs: Sequence[tuple[int, Reported]]) -> Reported | None:
        """Weighted by the shares, where every link has one."""
        figures, column = self._figures(key, pairs), self.links.column("share")
        if figures is None:
            return None
        shares = [exact(column[row]) for row, _ in pairs]
        weights = [share for share in shares if share is not None and share > 0]
        if len(weights) < len(pairs):
            weights = [Fraction(1)] * len(pairs)
        total = sum(figure * weight for figure, weight in zip(figures, weights, strict=True))
        return Reported(canonical(float(total / sum(weights))), None, None)

    def _ratio(self, key: Key, pairs: Sequence[tuple[int, Reported]]) -> Reported | None:
        over, below = ([exact(getattr(report, name)) for _, report in pairs] for name in ("numerator", "denominator"))
        for (row, _), *parts in zip(pairs, over, below, strict=True):
            if None in parts:
                self._say("roll_up_without_parts", key, row, column="sub_kpi", lower=self._name(self._lower(row)))
                return None
        sums = [float(sum(part for part in parts if part is not None)) for parts in (over, below)]
        return Reported(None, canonical(sums[0]), canonical(sums[1]))

    def _last(self, key: Key, pairs: Sequence[tuple[int, Reported]]) -> Reported | None:
        return pairs[0][1]._replace(row=-1)

    def _figures(self, key: Key, pairs: Sequence[tuple[int, Reported]]) -> list[Fraction] | None:
        figures = []
        for row, report in pairs:
            figure = report.figure
            if figure is None:
                self._say("roll_up_not_a_number", key, row, column="sub_kpi", lower=self._name(self._lower(row)))
                return None
            figures.append(figure)
        return figures

    def _differs(self, key: Key, period: Any, typed: Reported, computed: Reported, people: int) -> None:
        figure = computed.figure
        column = "value" if typed.value is not None else "numerator"
        self.problems.append(
            problem_at(
                "roll_up_differs",
                self.actuals,
                typed.row,
                column,
                upper=self._name(key),
                period=period,
                figure=str(computed.value) if figure is None else show_figure(float(figure), ""),
                people=people,
                link=place(self.links, self.groups[key][0], "kpi"),
            )
        )

    def _say(self, name: str, key: Key, row: int, column: str = "kpi", **details: Any) -> None:
        self.problems.append(problem_at(name, self.links, row, column, upper=self._name(key), **details))

    def _name(self, key: Key) -> str:
        return f"{self.people[key[1]]} · {self.kpis[key[0]]}"


_RULES = {"sum": _RollUp._sum, "mean": _RollUp._mean, "ratio": _RollUp._ratio, "last": _RollUp._last}
