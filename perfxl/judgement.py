"""What is wrong with a program and whom it touches: the whole of it, or slice by slice where its rows are on disk."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from perfxl.core.checks import run_checks
from perfxl.core.checks.cascade import check_coverage, check_owners
from perfxl.core.official import Standing, of_anybody, row_of, touches_everybody, touching
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem, Severity
from perfxl.core.records import Records, Tables, empty
from perfxl.core.scoring.line_table import not_said_yet
from perfxl.core.table_access import all_above, columns_of, superiors_rolled_up
from perfxl.core.weights.program import rank_owner
from perfxl.table_store import ABOUT_PEOPLE, TableStore, TotalsOfPeople, unpack_rows

if TYPE_CHECKING:
    from perfxl.core.scoring.program import Scores

Reasons = Mapping[str | None, Problem | None]
"""Number of a contract -> the first error that touches it; None where scoring knows of none in particular."""


@dataclass(frozen=True)
class Judgement:
    """What stands against a program's papers.

    problems  everything that is wrong: of reading, of the tables, of scoring
    agreed    what touches what a contract says: its parties, lines, weights, targets and cards
    results   what touches its result, too: contracts whose total is undetermined
    follow_up what touches rows of the tables of what follows (coaching, appeals ...): (table, holder) -> the first
              error; the holder is None where it may be anybody's
    totals    of a program on disk, where everybody stands, which would have to be scored again otherwise
    """

    problems: Sequence[Problem] = ()
    agreed: Reasons = field(default_factory=dict)
    results: Reasons = field(default_factory=dict)
    follow_up: Mapping[tuple[str, str | None], Problem] = field(default_factory=dict)
    totals: TotalsOfPeople | None = None


NOTHING_WRONG = Judgement()

# What is reported and what follows says nothing of what was agreed.
_NOT_AGREED = {
    *("actuals", "events", "marks", "calibrations"),
    *("plans", "coaching", "interviews", "improvements", "appeals"),
}


def judge(tables: Tables, policy: Policy, found: Sequence[Problem] = ()) -> Judgement:
    """Checks and scores a program. `found`: what reading it found."""
    from perfxl.core.scoring.program import score_program

    if isinstance(tables, TableStore):
        if all(name in tables for name in _PARTNERS):
            return _Slices(tables, policy, found).judge()
        tables = dict(tables)  # rows without their partners must be seen together
    checked = [*found, *run_checks(tables, policy)]
    scores, scored = score_program(tables, policy, problems=checked)
    return judge_scored(tables, checked, scores, scored)


def judge_scored(tables: Tables, checked: Sequence[Problem], scores: Scores, scored: Sequence[Problem]) -> Judgement:
    """The same of a program that was scored: `checked`, what reading and checking found, `scored`, what scoring did."""
    contracts = tables.get("contracts") or empty("contracts")
    numbers = contracts.column("contract")
    agreed = {numbers[row]: reason for row, reason in touching(tables, _of_agreed(checked)).items()}
    found = each_once([*checked, *scored])
    return Judgement(found, agreed, dict(_undetermined(numbers, scores)), _of_follow_up(tables, found))


_FOLLOW_UP = frozenset(("coaching", "interviews", "improvements", "appeals"))


def _of_follow_up(tables: Tables, problems: Iterable[Problem]) -> dict[tuple[str, str | None], Problem]:
    found: dict[tuple[str, str | None], Problem] = {}
    errors = [each for each in problems if each.table in _FOLLOW_UP and each.severity is Severity.ERROR]
    for name in {each.table for each in errors}:
        records = tables.get(name) or empty(name)
        holders = records.column("holder")
        by_row = {row_of(records.address(i)): holders[i] for i in range(len(records))}
        for error in errors:
            if error.table == name:
                found.setdefault((name, by_row.get(row_of(error.address))), error)
    return found


def of_actuals(problems: Iterable[Problem]) -> list[Problem]:
    """Those that leave an actual or the count of an event unread."""
    return [each for each in problems if each.severity is Severity.ERROR and each.table in ("actuals", "events")]


def _is_of_actuals(each: Problem) -> bool:
    return each.severity is Severity.ERROR and each.table == "actuals"


def each_once(problems: Iterable[Problem]) -> list[Problem]:
    """The problems in order, none twice."""
    return list({(p.name, p.address, p.column, p.message()): p for p in problems}.values())


def _of_agreed(problems: Iterable[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.table not in _NOT_AGREED]


def _undetermined(numbers: Sequence[Any], scores: Scores) -> Iterator[tuple[Any, Problem | None]]:
    for number, verdict in zip(numbers, scores.verdicts.contracts, strict=True):
        if verdict.standing is Standing.UNDETERMINED:
            yield number, verdict.reason


def _of_people(problems: Iterable[Problem]) -> list[Problem]:
    return [p for p in problems if p.table in _OF_PEOPLE and p.name not in _OF_WHOLE_TABLE | _OF_OWNERS]


_AT_ONCE = 500  # people
# Contract lines: the cascade of more takes more memory than making papers may, so that only `check` tells of it.
_COVERED_UP_TO = 100_000
# Without one of these, rows that lead to it are named by the table, so all of them must be seen together.
_PARTNERS = ("people", "kpis", "contracts", "contract_lines")
# Tables whose rows are found by the number of a contract alone.
_BY_NUMBER = ("contracts", "contract_lines", "phasing", "negotiations", "amendments")
_OF_PEOPLE = frozenset(ABOUT_PEOPLE) - {"people", "contracts"}
# Only the whole table knows what was meant.
_ASK_ALL = ("reference_unknown", "name_of_several")
_OWNED = ("contract", "kpi", "weight", "responsibility")
_OF_OWNERS = frozenset(("main_owners_many", "main_owner_outweighed", "main_owner_unclear"))
_LINK_ENDS = (("kpi", "owner"), ("sub_kpi", "sub_owner"))
_ALONE = frozenset(("links", "objectives"))  # say nothing of a person's rows
_OF_WHOLE_TABLE = frozenset(
    (
        "marks_not_used",  # said once, with a count
        *("collective_targets_differ", "collective_actuals_differ"),
        *("link_superior_without_target", "link_target_missing", "link_target_not_its_share"),
        "link_target_negative",
        *("link_target_not_in_full", "link_target_not_the_same", "link_targets_sum", "company_kpi_not_carried"),
    )
)
"""What is said of rows about people that only a look at the whole table shows."""


class _Slices:
    """Judges a program on disk. Rows about people are judged some people at a time, with all rows about them at hand;
    people, contracts and everything else once, with what of the lines they are compared with."""

    def __init__(self, store: TableStore, policy: Policy, found: Sequence[Problem]) -> None:
        self._store, self._policy, self._found = store, policy, list(found)
        self._small = {name: rows for name, rows in store.in_memory.items() if name not in ABOUT_PEOPLE}
        self._contracts = store.in_memory["contracts"]
        self._agreed: dict[Any, Problem | None] = {}
        self._results: dict[Any, Problem | None] = {}
        self._totals = TotalsOfPeople()
        self._below: dict[Any, Problem] = {}  # what is rolled up into a contract, and wrong in another slice
        self._of_everybody: set[int] = set()  # known before any slice to touch each of them
        self._example: str | None = None  # a contract that has lines: with it no slice is without

    def judge(self) -> Judgement:
        as_of = self._store.month_looked_from(self._policy)
        general = [*self._found, *self._check_whole()]
        self._of_everybody = {id(each) for each in general if self._stands_at_no_row(each) and touches_everybody(each)}
        problems, scored = list(general), list[Problem]()
        unplaced: dict[int, int] = {}  # errors -> how many slices hold no row where they stand
        groups = list(self._groups())
        self._below = self._wrong_below(groups, general)
        for people, numbers in groups:
            tables, checked = self._judge_slice(people, numbers, general, unplaced)
            problems += checked
            general += filter(of_anybody, checked)  # may be of the people who follow
            scored += self._score_slice(people, tables, as_of, [*general, *checked])
        problems += not_said_yet(scored, problems)
        of_everybody = [e for e in general if unplaced.get(id(e)) == len(groups) and touches_everybody(e)]
        for number in self._contracts.column("contract") if of_everybody else ():
            self._results.setdefault(number, of_everybody[0])
            for error in _of_agreed(of_everybody)[:1]:
                self._agreed.setdefault(number, error)
        found = each_once(problems)
        return Judgement(found, self._agreed, self._results, _of_follow_up(self._store, found), self._totals)

    def _groups(self) -> Iterator[tuple[list[str | None], list[str | None]]]:
        """Everybody and every contract that a row is about, some at a time: people, numbers of contracts. First those
        of whom nobody knows who they are, since their rows may be others'."""
        numbers, first, second = (self._contracts.column(name) for name in ("contract", "holder", "second_holder"))
        bound = dict.fromkeys(person for pair in zip(first, second, strict=True) for person in pair if person)
        tables = (table for table in ABOUT_PEOPLE if table not in _BY_NUMBER)
        others = dict.fromkeys(person for table in tables for person in self._store.list_keys(table))
        known = set(self._whole["people"].column("person"))
        strangers = [person for person in others if person not in bound and person not in known]
        everybody = [*bound, *(person for person in others if person not in bound and person in known)]
        held = {number for number, *pair in zip(numbers, first, second, strict=True) if any(pair)}
        of_contracts = (*_BY_NUMBER[1:], "marks")
        named = dict.fromkeys((*numbers, *(n for t in of_contracts for n in self._store.list_keys(t, "contract"))))
        yield [None], [None, *(number for number in named if number not in held)]
        for group in (strangers, everybody):
            for start in range(0, len(group), _AT_ONCE):
                yield list(group[start : start + _AT_ONCE]), []

    def _judge_slice(
        self,
        people: list[str | None],
        numbers: list[str | None],
        general: Sequence[Problem],
        unplaced: dict[int, int],
    ) -> tuple[Tables, list[Problem]]:
        """The rows about some people, and what is wrong in them; notes whom this, or what is known already, touches."""
        tables, checked = self._check_slice(people, numbers)
        self._touch(tables, [*general, *checked], unplaced)
        return tables, checked

    def _check_slice(self, people: list[str | None], numbers: list[str | None]) -> tuple[Tables, list[Problem]]:
        rows = self._store.read_all_about(people, numbers)
        if self._example is not None and not rows.get("contract_lines"):
            rows = self._store.read_all_about(people, [*numbers, self._example])
        tables = {name: records for name, records in self._small.items() if name not in _ALONE} | rows
        checked = _of_people(run_checks(tables, self._policy))
        if any(p.name in _ASK_ALL for p in checked) or not all(tables[name] for name in _PARTNERS):
            # Only the whole table knows what was meant.
            checked = _of_people(run_checks({**tables, **self._whole}, self._policy))
        return tables, checked

    def _wrong_below(self, groups: Sequence[tuple[Any, Any]], general: Sequence[Problem]) -> dict[Any, Problem]:
        """Number of a contract -> the first error in an actual that is rolled up into its own, and stands in another
        slice, it may be a later one: so all slices are checked before any is scored."""
        if not superiors_rolled_up(self._small):
            return {}
        held: dict[Any, list[Any]] = {}
        for name in ("holder", "second_holder"):
            for number, holder in zip(*map(self._contracts.column, ("contract", name)), strict=True):
                held.setdefault(holder, []).append(number)
        found: dict[Any, Problem] = {}
        for people, numbers in groups:
            tables, checked = self._check_slice(people, numbers)
            actuals = tables.get("actuals") or empty("actuals")
            wrong = {row_of(each.address): each for each in reversed([*general, *checked]) if _is_of_actuals(each)}
            for i, *key in columns_of(actuals, "kpi", "holder") if wrong else ():
                error = wrong.get(row_of(actuals.address(i)))
                if error is None:
                    continue
                for _, superior in all_above(self._small, [(key[0], key[1])]):
                    for number in held.get(superior, ()):
                        found.setdefault(number, replace(error, details={**error.details, "of_contract": number}))
        return found

    def _touch(self, tables: Tables, problems: Sequence[Problem], unplaced: dict[int, int]) -> None:
        numbers = tables["contracts"].column("contract")
        tables, strays = {**self._small, **tables}, list[Problem]()
        for row, error in touching(tables, problems, strays).items():
            self._results.setdefault(numbers[row], error)
        for error in strays:
            unplaced[id(error)] = unplaced.get(id(error), 0) + 1
        for row, error in touching(tables, _of_agreed(problems), []).items():
            self._agreed.setdefault(numbers[row], error)

    def _stands_at_no_row(self, error: Problem) -> bool:
        """Whether an error is said of a file, a sheet or its headers: no slice will have a row for it."""
        file, sheet, row = row_of(error.address)
        if error.severity is not Severity.ERROR or of_anybody(error):
            return False
        return row == 0 or row < self._store.first_rows.get((file, sheet), 0)

    def _score_slice(
        self, people: list[str | None], tables: Tables, as_of: int, known: Sequence[Problem]
    ) -> list[Problem]:
        from perfxl.core.scoring.program import score_program

        if not self._is_whole(people, tables):
            packed = self._store.select_rows([person for person in people if person is not None])
            tables = unpack_rows(packed, self._store.origins)
        tables = {**self._small, **tables}
        elsewhere: list[Problem] = []  # said of rows that are not among these
        touching(tables, known, elsewhere)
        others = set(map(id, elsewhere))
        here = [p for p in known if id(p) not in others or id(p) in self._of_everybody]
        numbers = (tables.get("contracts") or empty("contracts")).column("contract")
        here += [self._below[number] for number in numbers if number in self._below]
        scores, scored = score_program(tables, self._policy, as_of, here)
        for number, reason in _undetermined(numbers, scores):
            self._results.setdefault(number, reason)
        self._totals.add(people, scores)
        return scored

    @staticmethod
    def _is_whole(people: Collection[str | None], tables: Tables) -> bool:
        """Whether the contracts of a slice rest on nothing but rows about its people: what was reported of a contract
        that two share stands with the first of them, marks with either."""
        held = {*tables["contracts"].column("holder"), *tables["contracts"].column("second_holder")} - {None, ""}
        return None not in people and None not in tables["contracts"].column("holder") and held.issubset(people)

    @cached_property
    def _whole(self) -> Tables:
        return {name: self._store[name] for name in ("people", "contracts")}

    def _check_whole(self) -> list[Problem]:
        """What is wrong with people, contracts and the small tables."""
        tables = {**self._small, **self._whole, "contract_lines": self._lines_that_matter()}
        if "marks" in self._store.in_memory:
            tables["marks"] = self._store.in_memory["marks"]
        checked = run_checks(tables, self._policy)
        found = [p for p in checked if p.table not in _OF_PEOPLE or p.name in _OF_WHOLE_TABLE]
        tables["contract_lines"] = self._store.pick_greatest("contract_lines", _OWNED, rank_owner(tables))
        of_owners = check_owners(tables, self._policy)
        tables["contract_lines"] = self._store.kpis_held
        of_coverage = check_coverage(tables, self._policy) if len(self._store.kpis_held) <= _COVERED_UP_TO else []
        return [*found, *of_owners, *of_coverage]

    def _lines_that_matter(self) -> Records:
        """The first line of each contract, of each KPI with its threshold on either side of the target, those that
        links name, and those of the company's head and whoever reports to the head."""
        links = self._small.get("links") or empty("links")
        ends = (zip(links.column(owner), links.column(kpi), strict=True) for kpi, owner in _LINK_ENDS)
        linked = {pair for pairs in ends for pair in pairs}
        names = ("contract", "holder", "second_holder")
        holders = {number: pair for number, *pair in zip(*map(self._contracts.column, names), strict=True)}
        top = self._top() if linked else set[Any]()
        contracts, kpis = set[Any](), set[Any]()

        def is_wanted(line: tuple[Any, ...]) -> bool:
            number, kpi, *figures = line
            side = _side(*figures)
            if self._example is None and number in holders:
                self._example = number
            held = holders.get(number, ()) if linked else ()
            named = any((holder, kpi) in linked or holder in top for holder in held)
            if not named and number in contracts and (kpi, side) in kpis:
                return False
            contracts.add(number)
            kpis.add((kpi, side))
            return True

        return self._store.pick_rows("contract_lines", ("contract", "kpi", "threshold", "target"), is_wanted)

    def _top(self) -> set[Any]:
        """The head of the root unit and whoever reports to the head."""
        units = self._small.get("units") or empty("units")
        pairs = zip(units.column("head"), units.column("parent"), strict=True)
        heads = {head for head, parent in pairs if head is not None and parent is None}
        people = self._store.read_columns("people", ("person", "superior")) if heads else ()
        return heads | {person for person, superior in people if superior in heads}


def _side(threshold: Any, target: Any) -> bool | None:
    """Whether a threshold lies above its target, which says the direction of a KPI that has none; None: it does not."""
    if isinstance(threshold, float | int) and isinstance(target, float | int):
        return threshold > target
    return None
