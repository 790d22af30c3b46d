"""Amended contracts by days: each version is scored for the whole period's actual against its own targets and weights,
and the contract's total is the mean of its versions' totals, weighted by the days they held: the rule by which several
contracts make a person's result (scoring.md sections 2 and 7, segments)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from perfxl.core.amendments import FIELDS, Version, histories
from perfxl.core.official import weights_off
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem, problem
from perfxl.core.records import Gathered, Records, Tables
from perfxl.core.scoring.line_table import LineTable, join_lines, unreadable
from perfxl.core.scoring.outcomes import VersionLine, VersionScore
from perfxl.core.scoring.scalar import Status
from perfxl.core.scoring.totals import (
    Totals,
    Vetoes,
    carries_weight,
    contract_totals,
    effective_weights,
    left_out,
    people_totals,
)
from perfxl.core.scoring.totals_plain import Veto
from perfxl.core.scoring.vector import STATUSES, Factor, Lines, LineScores, numbers, score_lines

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]


class Standings(NamedTuple):
    """Contracts of which lines are pending, and of which lines are wrong, as rows of the table contracts."""

    pending: set[int]
    broken: set[int]


class ByDays(NamedTuple):
    """What the versions make of the amended contracts.

    versions  row of contracts -> its versions, the earliest first
    rows      the contracts that count by days, and in their order what they come to and what vetoes leave of them
    lines     the versions' lines as they were scored
    """

    versions: dict[int, tuple[VersionScore, ...]]
    rows: list[int]
    means: Totals | None
    vetoes: Vetoes | None
    standings: Standings
    problems: list[Problem]
    lines: list[tuple[LineTable, LineScores, list[int]]]

    def put(self, totals: Totals, vetoes: Vetoes) -> None:
        """Takes the place of what the current versions alone come to."""
        if self.means is None or self.vetoes is None:
            return
        for name in ("total", "provisional", "completeness", "grade"):
            getattr(totals, name)[self.rows] = getattr(self.means, name)
        vetoes.total[self.rows] = self.vetoes.total
        vetoes.grade[self.rows] = self.vetoes.grade


def contract_results(table: LineTable, scores: LineScores, policy: Policy) -> tuple[Floats, Vetoes, Totals]:
    """The lines' effective weights, what vetoes leave of the contracts, and the contracts' totals."""
    columns, size = table.columns, len(table.contracts)
    # Lines whose contract is unknown count for a contract of their own, dropped afterwards.
    contract = np.array([size if row < 0 else row for row in table.contract], dtype=np.int64)
    weights = numbers(columns["weight"])
    effective = effective_weights(scores, weights, contract, Factor.of(columns["aspect"]).codes, policy)
    vetoes = Vetoes.none(size + 1)
    for line in table.vetoed:
        effect = {name: columns[name][line] for name in ("veto_effect", "limit", "veto_grade")}
        vetoes.add(table.contract[line], Veto.of(effect, policy), policy)
    return effective, vetoes, contract_totals(scores, effective, contract, size + 1, policy, vetoes).take(slice(size))


def open_contracts(table: LineTable, scores: LineScores, effective: Floats) -> Standings:
    """The contracts of which a line that counts is pending, or wrong."""
    counts = (carries_weight(scores) & (effective > 0)) | scores.effect("total")
    return Standings(
        *(
            {table.contract[line] for line in np.flatnonzero(counts & (scores.status == STATUSES.index(status)))}
            for status in (Status.PENDING, Status.PROBLEM)
        )
    )


def score_versions(
    tables: Tables, policy: Policy, problems: Iterable[Problem], changed: Mapping[tuple[Any, Any], float]
) -> ByDays:
    """The amended contracts by the days of their versions; their versions alone where the policy goes by the current
    one.

    problems  what reading and checking found
    changed   (contract, KPI) -> the points that an appeal decided on; they hold in every version
    """
    contracts = tables.get("contracts")
    found = histories(tables, policy).versions if contracts is not None and tables.get("amendments") else {}
    nothing = Standings(set(), set())
    if not found or contracts is None:
        return ByDays({}, [], None, None, nothing, [], [])
    place: dict[Any, int] = {}
    for row, each in enumerate(contracts.column("contract")):
        place.setdefault(each, row)
    if policy["amendment_scoring"] != "days":
        bare = {place[key]: tuple(VersionScore(*v[:4]) for v in versions) for key, versions in found.items()}
        return ByDays(bare, [], None, None, nothing, [], [])
    return _Scorer(tables, policy, list(problems), changed, found, place).score()


class _Scorer:
    def __init__(
        self,
        tables: Tables,
        policy: Policy,
        problems: list[Problem],
        changed: Mapping[tuple[Any, Any], float],
        found: Mapping[str, tuple[Version, ...]],
        place: Mapping[Any, int],
    ) -> None:
        self.tables, self.policy, self.unread, self.changed = tables, policy, unreadable(problems), changed
        self.found, self.place = found, place
        self.totals: list[Totals] = []
        self.vetoes: list[tuple[float, int]] = []
        self.of: list[int] = []
        self.days: list[float] = []
        self.scored: dict[int, list[VersionScore]] = {}
        self.standings = Standings(set(), set())
        self.told: list[Problem] = []
        self.lines: list[tuple[LineTable, LineScores, list[int]]] = []

    def score(self) -> ByDays:
        for at in range(max(map(len, self.found.values()))):
            of_pass = {key: versions[at] for key, versions in self.found.items() if at < len(versions)}
            if any(version.days for version in of_pass.values()):
                self._pass(of_pass)
            for key, version in of_pass.items():
                if not version.days:
                    self.scored.setdefault(self.place[key], []).append(VersionScore(*version[:4]))
        rows = list(dict.fromkeys(self.of))
        versions = {row: tuple(sorted(each)) for row, each in sorted(self.scored.items())}
        if not rows:
            return ByDays(versions, [], None, None, self.standings, self.told, self.lines)
        index = {row: i for i, row in enumerate(rows)}
        person = np.array([index[row] for row in self.of], dtype=np.int64)
        together = Totals(*(np.concatenate([getattr(t, name) for t in self.totals]) for name in Totals.__slots__))
        vetoes = Vetoes(
            np.array([each for each, _ in self.vetoes]), np.array([grade for _, grade in self.vetoes], dtype=np.int64)
        )
        days = np.array(self.days)
        # A veto of one version binds the contract, whatever it binds of a person.
        binding = self.policy.but(veto_scope="person")
        means = people_totals(together, person, days, len(rows), binding, vetoes)
        left = Vetoes.none(len(rows))
        counted = days > 0
        np.minimum.at(left.total, person[counted], vetoes.total[counted])
        np.maximum.at(left.grade, person[counted], vetoes.grade[counted])
        return ByDays(versions, rows, means, left, self.standings, self.told, self.lines)

    def _pass(self, of_pass: Mapping[str, Version]) -> None:
        """Scores one version of each amended contract, among the other contracts of their holders."""
        tables = {**self.tables, "contract_lines": self._lines(of_pass)}
        table = join_lines(tables, self.policy, self.unread)
        scores = score_lines(Lines.of(table.columns, table.columns["actual"]), self.policy)
        if self.changed:
            points = scores.points.copy()
            for line, pair in enumerate(zip(table.lines.column("contract"), table.columns["kpi"], strict=True)):
                points[line] = self.changed.get(pair, points[line])
            scores = replace(scores, points=points)
        effective, vetoes, totals = contract_results(table, scores, self.policy)
        opened = open_contracts(table, scores, effective)
        is_open = np.zeros(len(table.contracts), dtype=bool)
        is_open[[row for row in opened.pending | opened.broken if row >= 0]] = True
        absent = left_out(totals, is_open)
        lines_of: dict[int, list[int]] = {}
        for line, row in enumerate(table.contract):
            lines_of.setdefault(row, []).append(line)
        off = weights_off(table.lines, table.contract, table.columns["weight"], carries_weight(scores).tolist())
        counted: list[int] = []
        for key, version in of_pass.items():
            row = self.place[key]
            if not version.days:
                continue
            self.of.append(row)
            self.days.append(0.0 if absent[row] else float(version.days))
            self.totals.append(totals.take(slice(row, row + 1)))
            veto = float(vetoes.total[row]), int(vetoes.grade[row])
            self.vetoes.append(veto)
            for mine, theirs in zip(self.standings, opened, strict=True):
                mine.update({row} & theirs)
            lines = lines_of.get(row, [])
            counted += lines
            told = self._lines_told(table, scores, effective, lines)
            self.scored.setdefault(row, []).append(
                VersionScore(
                    *version[:4],
                    not absent[row],
                    _known(totals.total[row]),
                    _known(totals.provisional[row]),
                    _known(totals.completeness[row]) or 0.0,
                    *veto,
                    told,
                )
            )
            if row in off:
                self.told.append(self._weights(key, version, off[row]))
        self.lines.append((table, scores, counted))

    def _lines_told(
        self, table: LineTable, scores: LineScores, effective: Floats, lines: list[int]
    ) -> tuple[VersionLine, ...]:
        columns, adjusts = table.columns, scores.effect("total")
        return tuple(
            VersionLine(
                str(columns["kpi"][line] or ""),
                str(columns["name"][line] or columns["kpi"][line] or ""),
                float(effective[line]),
                columns["target"][line],
                columns["actual"][line],
                _known(scores.points[line]),
                bool(adjusts[line]),
            )
            for line in lines
        )

    def _weights(self, contract: str, version: Version, off: Problem) -> Problem:
        """At an amendment that makes the version differ; of the current version the contract's own weights say it."""
        if not version.sources:
            return off
        amendments = self.tables["amendments"]
        return problem(
            "version_weights_sum",
            amendments.address(min(version.sources.values()), "old"),
            table="amendments",
            column="old",
            value=off.value,
            contract=contract,
            version=version.number,
            first=version.first,
            last=version.last,
            total=off.details.get("total", ""),
        )

    def _lines(self, of_pass: Mapping[str, Version]) -> Records:
        """The contract lines with those of amended contracts as they were in a version; of other people none."""
        lines, amendments = self.tables["contract_lines"], self.tables["amendments"]
        contracts = self.tables["contracts"]
        pairs = zip(contracts.column("holder"), contracts.column("second_holder"), strict=True)
        holders = list(pairs)
        concerned = {person for key in of_pass for person in holders[self.place[key]] if person is not None}
        numbers = zip(contracts.column("contract"), holders, strict=True)
        around = {number for number, pair in numbers if concerned.intersection(pair)} - of_pass.keys()
        rows: list[tuple[int, str, str]] = []
        returned = {(key, kpi) for key, version in of_pass.items() for kpi in version.lines}
        for i, pair in enumerate(zip(lines.column("contract"), lines.column("kpi"), strict=True)):
            if pair[0] in around or pair in returned:
                rows.append((i, *pair))
                returned.discard(pair)
        names = [column.name for column in lines.table.columns]
        columns = {name: [lines.column(name)[i] for i, _, _ in rows] for name in names}
        origins: list[tuple[Records, int]] = [(lines, i) for i, _, _ in rows]
        for key, kpi in sorted(returned):  # lines that fell away since
            rows.append((-1, key, kpi))
            for name in names:
                columns[name].append({"contract": key, "kpi": kpi}.get(name))
            origins.append((amendments, of_pass[key].sources[kpi]))
        for at, (_, key, kpi) in enumerate(rows):
            if key in of_pass and kpi in of_pass[key].sources:
                for name in FIELDS:
                    columns[name][at] = of_pass[key].lines[kpi][name]
                origins[at] = (amendments, of_pass[key].sources[kpi])
        return Gathered(lines.table, columns, lines.file, lines.sheet, letters=dict(lines.letters), origins=origins)


def of_lines(changed: Mapping[int, Any], table: LineTable) -> Iterator[tuple[tuple[Any, Any], float]]:
    """((contract, KPI), points) of the lines whose points an appeal decided on."""
    for line, change in changed.items():
        yield (table.lines.column("contract")[line], table.columns["kpi"][line]), float(change.points)


def _known(value: Any) -> float | None:
    return float(value) if value == value else None
