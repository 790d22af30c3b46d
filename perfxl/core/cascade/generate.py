"""Contracts, their lines, links and rows of actuals for everybody, from the KPIs of posts and the targets of superiors.

What is there already is never changed: where it differs from what the posts say, the difference is told. Generated
twice gives nothing new.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any, NamedTuple

from perfxl.core.cascade.new_weights import put_weights
from perfxl.core.cascade.organisation import Member, Organisation
from perfxl.core.cascade.sharing import Sharer, divide, places_of
from perfxl.core.cascade.targets import linked_targets
from perfxl.core.policy import Policy
from perfxl.core.problems import Address, Problem, problem
from perfxl.core.records import Records, Tables, empty, from_rows, join_parts
from perfxl.core.rulebook import RuleBook
from perfxl.core.table_access import columns_of, labels, problem_at, rows_of
from perfxl.core.values.dates import MONTHS, Span, period_span
from perfxl.core.values.numbers import is_percent
from perfxl.core.weights.rules import UNWEIGHTED, WHOLE, WeightRules, exact, obstacle

GENERATED = ("contracts", "contract_lines", "links", "actuals")
"""The tables that rows are generated for."""

_FIGURES = ("target", "challenge", "threshold", "base")
_SHARED, _IN_FULL, _SUPPORT = "share", "full", "support"
_UNSAID = "?"  # until it is known whether one alone carries the KPI, in full
_COUNTS = ("category_has_too_few_kpis", "category_has_too_many_kpis")
_BY_EVENTS = ("deduct", "bonus", "veto")  # nobody reports an actual of these

Key = tuple[Any, Any]


class Difference(NamedTuple):
    """Where the program says something else than the KPIs of the posts: what is there is kept.

    table, column  where; address, its cell
    what           the contract, line or link it is about, as people call it
    present        what stands there and stays; generated, what the posts give, None where they give nothing
    """

    table: str
    column: str
    address: Address
    what: str
    present: Any
    generated: Any


def differences_as_dicts(differences: Sequence[Difference]) -> list[dict[str, Any]]:
    """For JSON: where, what about, what stands there and is kept, and what the posts give."""
    return [
        {**each._asdict(), "address": f"{each.address.sheet}!{each.address.cell}"}
        | {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in (("present", each.present), ("generated", each.generated))
        }
        for each in differences
    ]


class Generated(NamedTuple):
    """Rows to be added, by table, and where the program differs from what would have been generated."""

    rows: dict[str, Records]
    differences: tuple[Difference, ...]

    @property
    def total(self) -> int:
        """How many rows are new."""
        return sum(map(len, self.rows.values()))

    def added_to(self, tables: Tables) -> dict[str, Records]:
        """The program with the new rows below its own."""
        new = {name: records for name, records in self.rows.items() if records}
        whole = {name: join_parts([tables[name], rows]) if tables.get(name) else rows for name, rows in new.items()}
        return {**tables, **whole}


@dataclass
class _Line:
    """A KPI that somebody has by the post: what is there of it, what the posts say, and what is to become of it."""

    member: Member
    kpi: Any
    card: Mapping[str, Any]
    post_row: int
    said: Mapping[str, Any]
    figures: dict[str, Any]
    mode: str = ""
    upper: Key | None = None
    share: float | None = None

    @property
    def key(self) -> Key:
        """(KPI, holder)."""
        return self.kpi, self.member.person


def generate(tables: Tables, policy: Policy, year: int) -> tuple[Generated, list[Problem]]:
    """What the KPIs of posts add to a program.

    year  of contracts where the policy sets no period
    Returns: the new rows and the differences; posts and people that do not match, shares that do not make a whole,
        targets that no superior has.
    Source: scoring.md section 4, domain.md section 2.
    """
    posts = rows_of(tables, "post_kpis")
    if posts is None:
        sheet = tables.get("post_kpis") or next(iter(tables.values()), None)
        return Generated({}, ()), [problem("post_kpis_empty", Address(sheet.file if sheet else ""))]
    work = _Generating(tables, policy, posts, year)
    work.plan()
    work.cascade()
    return Generated(work.rows(), tuple(work.differences)), work.problems()


def due_periods(kind: str, period: Span, days: Span) -> list[str]:
    """The periods of a frequency (month, quarter, half, year) that some days touch. Where a period of the program does
    not consist of whole ones, as a year from April on of calendar years, the next finer frequency is taken."""
    finer = list(MONTHS)[: list(MONTHS).index(kind) + 1]
    for each in reversed(finer):
        periods = list(_periods(each, period))
        spans = [period_span(name) for name in periods]
        if each == finer[0] or all(one.inside(period) for one in spans):
            return [name for name, one in zip(periods, spans, strict=True) if one.overlaps(days)]
    return []


def _periods(kind: str, period: Span) -> Iterator[str]:
    months, mark = MONTHS[kind], _MARKS[kind]
    for month in range(period.start.year * 12, period.end.year * 12 + 12, months):
        year, number = month // 12, month % 12 // months + 1
        name = f"{year}{mark}{number:02}" if kind == "month" else f"{year}{mark}{number if mark else ''}"
        if period_span(name).overlaps(period):
            yield name


_MARKS = {"month": "-", "quarter": "Q", "half": "H", "year": ""}


class _Generating:
    def __init__(self, tables: Tables, policy: Policy, posts: Records, year: int) -> None:
        self.tables, self.policy, self.posts = tables, policy, posts
        self.differences: list[Difference] = []
        self._told: dict[tuple[str, str, int, str], dict[str, Any]] = {}
        self._general: list[Problem] = []
        self.people, self.kpis = labels(tables, "people"), labels(tables, "kpis")
        self.present = linked_targets(tables)
        cards = (rows_of(tables, "kpis") or empty("kpis")).records()
        self.cards = {card["kpi"]: card for card in reversed(list(cards))}
        self.rules = RuleBook(policy)
        given = policy.span()
        self.span = given or period_span(str(year))
        if given is None:
            self._general.append(problem("generation_year_assumed", Address(posts.file), table="policy", value=year))
        self.staff = Organisation(tables, self.span)
        self.lines: dict[Key, _Line] = {}  # (KPI, holder), superiors first
        self.below: dict[Key, list[_Line]] = {}  # upper end -> lines that carry it
        self._links: dict[Key, list[tuple[int, Key]]] = {}  # lower end -> rows of the links, each with its upper end
        self._links_below: dict[Key, list[tuple[int, Key]]] = {}  # the other way round
        for i, kpi, owner, sub_kpi, sub_owner in columns_of(self.present.links, "kpi", "owner", "sub_kpi", "sub_owner"):
            self._links.setdefault((sub_kpi, sub_owner), []).append((i, (kpi, owner)))
            self._links_below.setdefault((kpi, owner), []).append((i, (sub_kpi, sub_owner)))

    def problems(self) -> list[Problem]:
        """What keeps rows from being generated, said once a cell."""
        tables = {"post_kpis": self.posts, "people": rows_of(self.tables, "people") or empty("people")}
        told = [
            problem_at(name, tables[table], row, column, **details)
            for (name, table, row, column), details in self._told.items()
        ]
        return [*self._general, *told]

    # Who has which KPI

    def plan(self) -> None:
        """The lines that everybody has by the post."""
        rows_for = self.staff.posts(self.posts)
        cells = list(self.posts.records())
        without: dict[str | None, int] = {}
        for member in self.staff.members:
            mine = rows_for(member)
            if not mine:
                row = without.setdefault(member.post, member.row)
                self._say("post_without_kpis", row, "post", "people", post=member.post or "")
            for kpi, row in mine.items():
                card = self.cards.get(kpi)
                if card is None:
                    continue  # an unknown KPI is named by the checks
                if card["verdict"] == "drop":
                    self._say("post_kpi_dropped", row, "kpi", kpi=self.kpis[kpi])
                    continue
                figures = {name: cells[row][name] for name in _FIGURES}
                self.lines[kpi, member.person] = _Line(member, kpi, card, row, cells[row], figures)
        for row, post in enumerate(self.posts.column("post")):
            if post is not None and not self.staff.knows(post):
                self._say("post_of_nobody", row, "post", post=post)

    # Targets

    def cascade(self) -> None:
        """Gives each line its mode and superior, and from the top down its figures."""
        for line in self.lines.values():
            self._connect(line)
            if line.upper is not None:
                self.below.setdefault(line.upper, []).append(line)
        for key, lines in self.below.items():
            self._settle(key, lines)
        for key in [*(key for key in self.below if key not in self.lines), *self.lines]:
            if key in self.below:
                self._hand_down(key, self.below[key])

    def _settle(self, upper: Key, lines: list[_Line]) -> None:
        """Carried by one alone, a KPI of which nothing says how it adds up is carried in full; by several, it is asked
        which: a target for each in full, or a part of it, would be a guess."""
        unsaid = [line for line in lines if line.mode == _UNSAID]
        alone = len(lines) == 1 and upper not in self._links_below
        for line in unsaid:
            line.mode = _IN_FULL if alone else ""
            if not alone:
                line.upper = None
                lines.remove(line)
                self._say("post_mode_unclear", line.post_row, "mode", upper=self._call(upper))

    def _connect(self, line: _Line) -> None:
        said, key = line.said, line.key
        there = self._links.get(key)
        if there:  # how it is linked already holds
            self._take_link(line, *there[0])
            return
        wanted = said["upper_kpi"] or line.kpi
        mode = said["mode"] or self._usual_mode(line)
        if not mode:
            return
        owner = self.staff.above(line.member, lambda person: self._holds(wanted, person))
        if owner is not None:
            line.mode, line.upper = mode, (wanted, owner)
        elif said["mode"] in (_SHARED, _IN_FULL):
            person = self.people[line.member.person]
            self._say("superior_without_kpi", line.post_row, "mode", kpi=self.kpis[wanted], person=person)

    def _take_link(self, line: _Line, row: int, upper: Key) -> None:
        links = self.present.links
        line.upper, line.mode = upper, links.column("mode")[row] or ""
        line.share = links.column("share")[row] if line.mode == _SHARED else None
        for name, said in (("mode", "mode"), ("kpi", "upper_kpi"), ("responsibility", "responsibility")):
            if line.said[said] is not None and links.column(name)[row] != line.said[said]:
                self._differ(links, row, name, self._call(line.key), line.said[said])

    def _usual_mode(self, line: _Line) -> str:
        """Where the post does not say it: a KPI that adds up is shared, another carried in full."""
        said, card = line.said, line.card
        if _kind(card) in UNWEIGHTED:
            return ""
        if said["target"] is not None:
            return _SUPPORT if said["upper_kpi"] is not None else ""
        if said["share"] is not None or "sum" in (card["aggregation"], card["roll_up"]):
            return _SHARED
        if said["upper_kpi"] not in (None, line.kpi):
            return _SUPPORT
        return _IN_FULL if card["aggregation"] is not None or is_percent(card["unit"]) else _UNSAID

    def _hand_down(self, upper: Key, lines: Sequence[_Line]) -> None:
        """The figures of those who carry a KPI: its own where it is carried in full, parts of it where it is shared."""
        for line in lines:
            if line.mode == _IN_FULL and self._alike(upper, line):
                for name in _FIGURES:
                    if line.figures[name] is None:
                        line.figures[name] = self._figure(upper, name)
        shared = [line for line in lines if line.mode == _SHARED]
        if shared:
            self._divide(upper, shared)

    def _divide(self, upper: Key, lines: Sequence[_Line]) -> None:
        links, mine = self.present.links, {line.key for line in lines}
        modes, shares = links.column("mode"), links.column("share")
        others = [
            Sharer(shares[i])
            for i, lower in self._links_below.get(upper, ())
            if lower not in mine and modes[i] == _SHARED
        ]
        total = self._figure(upper, "target")
        typed = [self._figure(line.key, "target") for line in lines]
        sharers = [*map(self._sharer, lines), *others]
        parts = divide(sharers, total, self._places(upper, [total, *typed]))
        if parts is None:
            given = {each.group or i: each.share for i, each in enumerate(sharers) if each.share is not None}
            at = next((line.post_row for line in lines if line.said["share"] is not None), lines[0].post_row)
            self._say("post_shares_not_whole", at, "share", upper=self._call(upper), sum=f"{sum(given.values()):.15g}")
            return
        for line, share in zip(lines, parts.shares, strict=False):
            line.share = float(share)
        for name in _FIGURES:
            whole = self._figure(upper, name)
            if not isinstance(whole, float | int):
                continue
            places = self._places(upper, [whole, *(self._figure(line.key, name) for line in lines)])
            for line, part in zip(lines, parts.of(whole, places), strict=False):
                if line.figures[name] is None and self._alike(upper, line):
                    line.figures[name] = float(part)

    def _sharer(self, line: _Line) -> Sharer:
        said = line.said["share"]
        if line.share is not None or said is None:
            return Sharer(line.share)
        return Sharer(said, "" if self.staff.is_person(line.said["post"]) else f"row {line.post_row}")

    def _places(self, upper: Key, figures: Sequence[Any]) -> int:
        """The decimals of a KPI's figures: as its card says, else as they are written."""
        card = self.cards.get(upper[0])
        if card is not None and card["decimals"] is not None:
            return max(int(card["decimals"]), 0) + (2 if is_percent(card["unit"]) else 0)
        return places_of([figure for figure in map(exact, figures) if figure is not None])

    def _alike(self, upper: Key, line: _Line) -> bool:
        """Whether the figures of both KPIs are in one unit."""
        return self.present.units.get(upper[0]) == self.present.units.get(line.kpi)

    # What is there, and what comes of it

    def _holds(self, kpi: Any, person: Any) -> bool:
        return (kpi, person) in self.lines or (kpi, person) in self.present.held

    def _figure(self, key: Key, name: str) -> Any:
        """A figure as it will stand in the contract: what is there holds."""
        held = self.present.held.get(key)
        if held is not None:
            return self.present.lines.column(name)[held.row]
        return self.lines[key].figures[name] if key in self.lines else None

    def rows(self) -> dict[str, Records]:
        """The new rows of each table."""
        rows: dict[str, list[dict[str, Any]]] = {name: [] for name in GENERATED}
        numbers = self._contracts(rows["contracts"])
        self._compare_contracts(set(numbers))
        actuals = rows_of(self.tables, "actuals") or empty("actuals")
        reported = {tuple(key) for _, *key in columns_of(actuals, "holder", "kpi", "period")}
        for line in self.lines.values():
            person = line.member.person
            if line.key in self.present.held:
                self._compare(line)
            else:
                said = {name: line.said[name] for name in ("weight", "responsibility")}
                rows["contract_lines"].append({"contract": numbers[person], "kpi": line.kpi, **line.figures, **said})
            if line.upper is not None and line.key not in self._links:
                ends = dict(zip(("kpi", "owner", "sub_kpi", "sub_owner"), (*line.upper, *line.key), strict=True))
                role = line.said["responsibility"]
                rows["links"].append({**ends, "mode": line.mode, "share": line.share, "responsibility": role})
            due = ((person, line.kpi, period) for period in self._due(line))
            rows["actuals"] += [
                dict(zip(("holder", "kpi", "period"), key, strict=True)) for key in due if key not in reported
            ]
        made = {name: from_rows(name, each) for name, each in rows.items() if each}
        if "contract_lines" in made:
            put_weights(self.tables, made, self.policy)
        return made

    def _contracts(self, rows: list[dict[str, Any]]) -> dict[Any, Any]:
        """Adds a contract for everybody who has none. Returns: holder -> number."""
        taken = set((rows_of(self.tables, "contracts") or empty("contracts")).column("contract"))
        numbers: dict[Any, Any] = {}
        lines: dict[Member, list[_Line]] = {}
        for line in self.lines.values():
            lines.setdefault(line.member, []).append(line)
        for member, mine in lines.items():
            if member.contract is not None:
                numbers[member.person] = member.contract.contract
                continue
            first = f"{self.span.start.year}-{member.person}"
            number = first
            for i in count(2):
                if number not in taken:
                    break
                number = f"{first}-{i}"
            taken.add(number)
            numbers[member.person] = number
            self._judge_count(member, mine)
            rows.append(
                {
                    "contract": number,
                    "holder": member.person,
                    "second_holder": member.second_holder,
                    "issuer": member.superior,
                    "start": member.span.start,
                    "end": member.span.end,
                }
            )
        return numbers

    def _judge_count(self, member: Member, lines: Sequence[_Line]) -> None:
        """Whether weights can be legal at all: a post of three KPIs, each at most 30%, has no contract to be signed."""
        weighted = [line for line in lines if _kind(line.card) not in UNWEIGHTED]
        stands = obstacle(len(weighted), WHOLE, WeightRules.of(self.policy)) if weighted else None
        if stands is not None and stands[0] in _COUNTS:
            details = {name: stands[1][name] for name in ("minimum", "maximum", "holds")}
            row = min(line.post_row for line in weighted)
            self._say("post_kpis_wrong_number", row, "post", post=member.post or "", kpis=len(weighted), **details)

    def _due(self, line: _Line) -> list[str]:
        """The periods for which an actual is to be reported."""
        card = line.card
        method = self.rules.find(card["method"])
        if _kind(card) in _BY_EVENTS or (method is not None and method.name == "marks"):
            return []
        if card["roll_up"] and any(lower.mode in (_SHARED, _IN_FULL) for lower in self.below.get(line.key, ())):
            return []  # it is computed
        return due_periods(card["period"] or "year", self.span, line.member.span)

    def _compare(self, line: _Line) -> None:
        lines, row = self.present.lines, self.present.held[line.key].row
        said = {**line.figures, "weight": line.said["weight"], "responsibility": line.said["responsibility"]}
        for name, generated in said.items():
            if generated is not None and lines.column(name)[row] != generated:
                self._differ(lines, row, name, self._call(line.key), generated)

    def _compare_contracts(self, people: set[Any]) -> None:
        """The issuers of contracts that are there, and their lines that the posts do not have."""
        contracts = rows_of(self.tables, "contracts") or empty("contracts")
        for member in self.staff.members:
            if member.person in people and member.contract is not None and member.superior is not None:
                row = member.contract.row
                if contracts.column("issuer")[row] != member.superior:
                    self._differ(contracts, row, "issuer", self.people[member.person], member.superior)
        for key, held in self.present.held.items():
            if key[1] in people and key not in self.lines:
                self._differ(self.present.lines, held.row, "kpi", self._call(key), None)

    def _differ(self, records: Records, row: int, column: str, what: str, generated: Any) -> None:
        address, present = records.address(row, column), records.column(column)[row]
        self.differences.append(Difference(records.table.name, column, address, what, present, generated))

    def _call(self, key: Key) -> str:
        return f"{self.people[key[1]]} · {self.kpis[key[0]]}"

    def _say(self, name: str, row: int, column: str, table: str = "post_kpis", **details: Any) -> None:
        told = self._told.setdefault((name, table, row, column), {**details, "count": 0})
        told["count"] += 1


def _kind(card: Mapping[str, Any]) -> str:
    return "monitor" if card["verdict"] == "monitor" else card["kind"] or "quantitative"
