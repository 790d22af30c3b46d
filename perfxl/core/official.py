"""When a total is official: the one gate that every host asks (scoring.md section 7).

A contract's total is official when its weights sum to 100, every weighted line is scored or not applicable, and no
problem of severity error touches the contract. Pending lines alone make it provisional; anything else undetermined:
no total, no grade, no coefficient, and the problem in its place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from math import fsum, isfinite
from typing import Any, NamedTuple

from perfxl.core.language import Text
from perfxl.core.policy import Policy, is_default_scale
from perfxl.core.problems import Address, Problem, Severity, problem
from perfxl.core.records import Gathered, Records, Tables, empty
from perfxl.core.rulebook import Method, RuleBook
from perfxl.core.schema.choices import EVENT_KIND, KIND
from perfxl.core.table_access import Key, all_above, rolled_up_kpis
from perfxl.core.values.text import fold_name

WHOLE = Decimal(100)
_FAR_TOO_MUCH = Decimal("1e9")  # more digits than decimals have are not rounded
_NUMBER = (int, float)
_NO_DIFFERENCE = 1e-11  # of sums that are judged by 10 digits
_DIGITS = Decimal("1e-10")  # 1/3 three times, as a spreadsheet stores it, is 100; 33.33 three times is not

# What a total rests on beside the contract's own rows: an error in one of these leaves no total official.
# What the sheet Sources was corrected in, and not read again, may be what anybody's lines were read by.
_FOR_EVERYBODY = frozenset(("policy", "grade_bands", "methods", "method_cases", "holidays", "sources"))
# The tables whose rows belong to somebody's contract, by way of its number, its holder or its KPIs.
_OF_CONTRACTS = frozenset(
    (
        *("contracts", "contract_lines", "phasing", "negotiations", "amendments", "actuals", "events", "marks"),
        *("kpis", "step_tables", "grade_tables", "people", "contract_sheet", "calibrations", "appeals"),
    )
)

_ROLLED_UP_BY = "links"
"""Whose rows say which actuals are rolled up from which: what is wrong there touches the superiors."""

# Said once of many rows, at one of them: of a table, of all who carry a KPI.
_OF_MANY = frozenset(("marks_not_used", "main_owners_many", "main_owner_outweighed", "main_owner_unclear"))


class Standing(StrEnum):
    """official: counts; provisional: some lines are pending; undetermined: something is wrong, so there is no total."""

    OFFICIAL = "official"
    PROVISIONAL = "provisional"
    UNDETERMINED = "undetermined"


STANDING_LABELS = {
    Standing.OFFICIAL: Text("正式", "official"),
    Standing.PROVISIONAL: Text("暂定", "provisional"),
    Standing.UNDETERMINED: Text("未定", "undetermined"),
}


class Verdict(NamedTuple):
    """How a total stands; `reason` is the first error that touches it, and None unless it is undetermined."""

    standing: Standing
    reason: Problem | None = None

    @property
    def is_undetermined(self) -> bool:
        """Whether there is no total because something is wrong."""
        return self.standing is Standing.UNDETERMINED

    def label(self, lang: str) -> str:
        """How it stands in words; with the code and the cell of what is wrong: 未定 W101 合同指标!E4."""
        found = self.reason
        parts = (STANDING_LABELS[self.standing](lang), *((found.code, found.address.place) if found else ()))
        return " ".join(part for part in parts if part)


class Verdicts(NamedTuple):
    """How every total stands: `contracts` by row of the table contracts, `people` in the order of Scores.people."""

    contracts: list[Verdict]
    people: list[Verdict]


def judge_contracts(
    touched: Mapping[int, Problem],
    off: Mapping[int, Problem],
    pending: Collection[int],
    broken: Collection[int],
    size: int,
) -> list[Verdict]:
    """How the total of each of `size` contracts stands, by row of the table contracts.

    touched   contract -> the first error that touches it, of `touching`
    off       contract -> its weights do not sum to 100, of `weights_off`
    pending   contracts with a weighted line that is pending
    broken    contracts with a line that has no points because something is wrong
    """
    verdicts = []
    for contract in range(size):
        reason = touched.get(contract) or off.get(contract)
        if reason is not None or contract in broken:
            verdicts.append(Verdict(Standing.UNDETERMINED, reason))
        else:
            verdicts.append(Verdict(Standing.PROVISIONAL if contract in pending else Standing.OFFICIAL))
    return verdicts


def judge_person(verdicts: Iterable[Verdict]) -> Verdict:
    """A person's result is official when that of each contract is, and undetermined when that of one is."""
    worst = Verdict(Standing.OFFICIAL)
    for verdict in verdicts:
        if verdict.standing is Standing.UNDETERMINED:
            return verdict
        if verdict.standing is Standing.PROVISIONAL:
            worst = verdict
    return worst


def weights_off(
    lines: Records, contract: Sequence[int], weights: Sequence[Any], carries: Sequence[bool]
) -> dict[int, Problem]:
    """Contract -> problem, for contracts whose weights do not sum to 100 percent points in exact decimals.

    contract  for each line the row of its contract, -1 where there is none; weights in percent points; carries, whether
              the line's method is one that weight counts for. A contract without such lines is not judged.
    """
    judged: dict[int, list[int]] = defaultdict(list)
    for line, (place, counts) in enumerate(zip(contract, carries, strict=True)):
        if counts and place >= 0:
            judged[place].append(line)
    problems = {}
    for place, of_contract in judged.items():
        given = [weight for line in of_contract if isinstance(weight := weights[line], _NUMBER) and isfinite(weight)]
        if _surely_whole(given):
            continue
        total = sum(map(_exact, given), Decimal())
        rounded = total.quantize(_DIGITS) if abs(total) < _FAR_TOO_MUCH else total
        if rounded != WHOLE:
            if "weight" not in lines.columns:
                problems[place] = problem(
                    "weights_absent", lines.address(of_contract[0], "kpi"), table="contract_lines"
                )
                continue
            missing = abs(WHOLE - rounded)
            way = Text("少", "short") if rounded < WHOLE else Text("多", "over")
            problems[place] = problem(
                "weights_sum",
                lines.address(of_contract[0], "weight"),
                table="contract_lines",
                column="weight",
                value=float(total),
                total=f"{rounded.normalize():f}",
                amount=f"{missing.normalize():f}",
                way_zh=way.zh,
                way_en=way.en,
            )
    return problems


def _surely_whole(weights: Sequence[float]) -> bool:
    """Whether weights sum to 100 whatever decimals say: so close that what floats leave out makes no difference."""
    return bool(weights) and min(weights) >= 0 and abs(fsum(weights) - 100) < _NO_DIFFERENCE


def wrong_weight(weight: Any, carries: bool, kpi: str, total: float, method: Text) -> Problem | None:
    """What is wrong with the weight of one line: of a line that carries weight none, or less than none; of one that
    carries none (by its `method`) a weight. `total` is what the weights given sum to."""
    given = isinstance(weight, int | float) and weight == weight
    about: dict[str, Any] = {"table": "contract_lines", "column": "weight", "kpi": kpi or Text("此指标", "This KPI")}
    if not carries and given and weight:
        return problem("weight_not_allowed", value=weight, kind_zh=method.zh, kind_en=method.en, **about)
    if carries and not given:
        return problem("weight_missing", total=f"{total:.10g}", **about)
    return problem("weight_negative", value=weight, **about) if carries and weight < 0 else None


def wrong_event(kind: str | None, method: Method | None, kpi: str) -> Problem | None:
    """What is wrong with an event of a line: one of another kind than the line's method takes (None where it says
    nothing of its kind), and any at all of a line that takes none."""
    own = method.name if method is not None else ""
    if kind == own or (kind is None and own in _EVENT_KINDS):
        return None
    expected = own if own in _EVENT_KINDS or own == "monitor" else "quantitative"
    said = _EVENT_KINDS[kind] if kind in _EVENT_KINDS else Text("（空白）", "(blank)")
    told = next(each.text for each in KIND if each.name == expected)
    return problem("event_of_wrong_kind", table="events", column="kind", kpi=kpi, found=said, expected=told)


_EVENT_KINDS = {each.name: each.text for each in EVENT_KIND}


def kpis_repeated(contract: Sequence[int], kpis: Sequence[Any]) -> dict[int, tuple[int, int]]:
    """Contract -> the first KPI that stands in it twice: its first line and the line that repeats it.

    contract, kpis  for each line; a line without a KPI (None or blank) repeats nothing.
    """
    first: dict[tuple[int, Any], int] = {}
    repeated: dict[int, tuple[int, int]] = {}
    for line, key in enumerate(zip(contract, kpis, strict=True)):
        if key[1]:
            before = first.setdefault(key, line)
            if before != line:
                repeated.setdefault(key[0], (before, line))
    return repeated


def events_repeated(
    holders: Sequence[Any], kpis: Sequence[Any], days: Sequence[Any], facts: Sequence[Any]
) -> Iterator[tuple[int, int]]:
    """Rows of events that say what an earlier row says: whose, of which KPI, on which day, what; (the row, the first).
    Events without a day may be any number."""
    first: dict[tuple[Any, ...], int] = {}
    for row, (holder, kpi, day, fact) in enumerate(zip(holders, kpis, days, facts, strict=True)):
        if holder is not None and kpi is not None and day is not None:
            before = first.setdefault((holder, kpi, day, fold_name(fact or "")), row)
            if before != row:
                yield row, before


@lru_cache(maxsize=1024)
def _exact(weight: float) -> Decimal:
    """A weight as it is written; there are few different ones."""
    return Decimal(repr(weight))


def touching(tables: Tables, problems: Iterable[Problem], strays: list[Problem] | None = None) -> dict[int, Problem]:
    """Contract (row of the table contracts) -> the first error that touches it: its own rows in contracts, lines,
    phasing, actuals, events and marks, the cards of its KPIs with their step and grade tables, its holders' rows, a
    cell or sheet of these that could not be read, and the policy.

    tables    the program's tables; problems, all of reading, checking and scoring, in the order they are shown
    strays    where the tables are some rows of a program: takes the errors at none of these rows, which touch nobody
              here; without it they touch everybody, for what was not read may concern anybody
    """
    errors = [each for each in problems if each.severity is Severity.ERROR]
    if not errors:
        return {}
    everyone = range(len(tables.get("contracts") or ()))
    owners = _Owners(tables)
    rows = _rows_at({row_of(each.address) for each in errors}, tables)
    touched: dict[int, Problem] = {}
    for error in errors:
        is_here = row_of(error.address) in rows or error.table == _ROLLED_UP_BY or _OF_KPI in error.details
        if strays is not None and not is_here:
            strays.append(error)
            continue
        if len(touched) == len(everyone):  # each has its first one: of very many errors the others say nothing new
            continue
        for contract in _contracts_of(error, rows, owners, everyone):
            touched.setdefault(contract, error)
    return touched


def touches_everybody(error: Problem) -> bool:
    """Whether an error that stands at no row that was read, said of a file or sheet, may concern any contract."""
    whole_file = not error.address.sheet and not error.table
    return whole_file or error.table in _FOR_EVERYBODY | _OF_CONTRACTS


def about(tables: Tables, problems: Iterable[Problem], contracts: Collection[int]) -> list[Problem]:
    """The problems, of any severity, that touch some contracts (rows of the table contracts) as `touching` has it, and
    those of the file as a whole; without what only a comparison of many people's rows shows."""
    listed, everyone = list(problems), range(len(tables.get("contracts") or ()))
    owners, rows = _Owners(tables), _rows_at({row_of(each.address) for each in listed}, tables)
    asked = set(contracts)

    def is_about(each: Problem) -> bool:
        return not each.table or not asked.isdisjoint(_contracts_of(each, rows, owners, everyone))

    return [each for each in listed if each.name not in _OF_MANY and is_about(each)]


def of_anybody(error: Problem) -> bool:
    """Whether an error is said of a row of which nobody knows whose it is: it touches contracts by their KPIs."""
    return _OF_KPI in error.details


_OF_KPI, _HOLDERS = "of_kpi", ("holder", "second_holder")
_Row = tuple[str, str, int]


def row_of(address: Address) -> _Row:
    """File, sheet and row number; row 0 for what is said of a whole sheet or file."""
    digits = address.cell.lstrip("$ABCDEFGHIJKLMNOPQRSTUVWXYZ").lstrip("$")
    return address.file, address.sheet, int(digits) if digits.isdigit() else 0


def _rows_at(wanted: Collection[_Row], tables: Tables) -> dict[_Row, list[tuple[str, int]]]:
    """Where errors are -> the rows (table, index) that were read there."""
    sheets = {row[:2] for row in wanted}
    rows: dict[_Row, list[tuple[str, int]]] = defaultdict(list)
    for name, records in tables.items():
        if name in _FOR_EVERYBODY or name in _OF_CONTRACTS or name == _ROLLED_UP_BY:
            for i, place in _places(records, sheets):
                if place in wanted:
                    rows[place].append((name, i))
    return rows


def _places(records: Records, sheets: Collection[tuple[str, str]]) -> Iterator[tuple[int, _Row]]:
    """(index, where it stands) of the rows on some sheets."""
    if isinstance(records, Gathered):
        for i, (origin, at) in enumerate(records.origins):
            while isinstance(origin, Gathered):
                origin, at = origin.origins[at]
            if (origin.file, origin.sheet) in sheets and at < len(origin.rows):
                yield i, (origin.file, origin.sheet, origin.rows[at])
    elif (records.file, records.sheet) in sheets:
        for i, row in enumerate(records.rows):
            yield i, (records.file, records.sheet, row)


def _contracts_of(
    error: Problem, rows: Mapping[_Row, list[tuple[str, int]]], owners: _Owners, everyone: Iterable[int]
) -> Iterable[int]:
    if "of_contract" in error.details:  # said of a contract at a cell that is none of its rows
        return owners.contracts_numbered(error.details["of_contract"]) or everyone
    if _OF_KPI in error.details:  # whose row it is, nobody knows: of whoever holds its KPI
        kpi = error.details[_OF_KPI]
        return everyone if kpi is None else owners.contracts_holding(kpi)
    found = rows.get(row_of(error.address))
    if found and {table for table, _ in found} == {"contract_sheet"}:  # a row of which nothing was taken
        return {contract for _, i in found for contract in owners.contracts_named(i) or everyone}
    if found:
        return {contract for table, i in found for contract in owners.contracts_of(table, i, everyone)}
    if error.table == _ROLLED_UP_BY:  # said of the sheet, or of a row that was not read
        return owners.contracts_rolled_up()
    return everyone if touches_everybody(error) else ()


class _Owners:
    """Whose contract a row belongs to; each look-up table is made when it is first asked for."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._maps: dict[str, dict[Any, set[int]]] = {}

    def contracts_of(self, table: str, row: int, everyone: Iterable[int]) -> Iterable[int]:
        records = self._tables[table]

        def cell(column: str) -> Any:
            return records.column(column)[row]

        if table in _FOR_EVERYBODY:
            return everyone
        if table == "contracts":  # of a number that stands twice, nobody knows whose lines are meant
            return {row} | self._by("number").get(cell("contract"), set())
        if table in ("contract_lines", "phasing", "negotiations", "amendments"):
            return self._by("number").get(cell("contract"), set())
        if table == "people":
            return self._by("holder").get(cell("person"), set())
        if table == "kpis":
            return self._by("kpi").get(cell("kpi"), set())
        if table in ("step_tables", "grade_tables"):
            column = "steps" if table == "step_tables" else "scale"
            name = cell(records.table.key[0])
            named = self._by(column).get(name, set())
            is_default = column == "scale" and name is not None and is_default_scale(name)
            return named | self._by(column).get("", set()) if is_default else named
        if table == "marks":
            number, ratee = cell("contract"), cell("ratee")
            return self._by("number").get(number, set()) or self._held_by(ratee)
        if table in ("calibrations", "appeals"):
            return self._held_by(cell("holder"))
        if table == "events":
            return self._held_by(cell("holder"), cell("kpi"))
        if table == "actuals":
            return self._held_by(cell("holder"), cell("kpi")) | self._above([(cell("kpi"), cell("holder"))])
        if table == _ROLLED_UP_BY:
            return self._of_link(cell("kpi"), cell("owner"))
        return ()

    def contracts_rolled_up(self) -> set[int]:
        """The contracts whose actuals are rolled up, in any of their lines."""
        return set().union(*map(self.contracts_holding, rolled_up_kpis(self._tables)))

    def _of_link(self, kpi: Any, owner: Any) -> set[int]:
        """Of a link the superior's contracts, where the KPI is rolled up, and those that are rolled up from them. By
        what is wrong in it the link may have been another KPI's, or another superior's."""
        rolled = rolled_up_kpis(self._tables)
        kpis = rolled if kpi not in self._by("card") else rolled & {kpi}
        mine = set().union(*map(self.contracts_holding, kpis))
        mine = mine & self._held_by(owner) or mine
        holders = [(self._tables["contracts"].column(name), kpi) for name in _HOLDERS for kpi in kpis]
        return mine | self._above([(kpi, column[i]) for column, kpi in holders for i in mine])

    def _above(self, keys: Iterable[Key]) -> set[int]:
        """The contracts of those whose actuals are rolled up from what these report."""
        return set().union(*(self._by("holder").get(who, set()) for _, who in all_above(self._tables, keys)))

    def contracts_numbered(self, number: Any) -> set[int]:
        """The contracts of that number."""
        return self._by("number").get(number, set())

    def contracts_holding(self, kpi: Any) -> set[int]:
        """The contracts with a line of that KPI."""
        return self._by("kpi").get(kpi, set())

    def contracts_named(self, row: int) -> set[int]:
        """The contracts of whom a row of a contract sheet names; none where it names nobody who has one."""
        records = self._tables["contract_sheet"]
        named = (records.column(column)[row] for column in ("person", "name"))
        return {contract for name in named if name is not None for contract in self._held_by(name)}

    def _held_by(self, who: Any, kpi: Any = None) -> set[int]:
        """The contracts of somebody, by ID; or, by a name that stands there for it, of everybody of that name; or of
        whose ID it is but for case and width. Of these the ones that hold the KPI, where there are any."""
        held = self._by("holder").get(who) or self._by("name").get(who)
        held = held or (self._by("spelt").get(fold_name(who), set()) if isinstance(who, str) else set())
        return held & self._by("kpi").get(kpi, set()) or held

    def _by(self, what: str) -> dict[Any, set[int]]:
        if what not in self._maps:
            self._maps[what] = self._map(what)
        return self._maps[what]

    def _map(self, what: str) -> dict[Any, set[int]]:
        contracts, lines, kpis = (
            self._tables.get(name) or empty(name) for name in ("contracts", "contract_lines", "kpis")
        )
        result: dict[Any, set[int]] = defaultdict(set)
        if what == "number":
            for i, number in enumerate(contracts.column("contract")):
                result[number].add(i)
        elif what == "holder":
            for column in _HOLDERS:
                for i, holder in enumerate(contracts.column(column)):
                    if holder is not None:
                        result[holder].add(i)
        elif what == "card":
            result.update((kpi, set()) for kpi in kpis.column("kpi") if kpi is not None)
        elif what == "spelt":
            for holder, theirs in self._by("holder").items():
                result[fold_name(holder)] |= theirs
        elif what == "name":
            held, people = self._by("holder"), self._tables.get("people") or empty("people")
            for person, name in zip(people.column("person"), people.column("name"), strict=True):
                if name is not None:
                    result[name] |= held.get(person, set())
        elif what == "kpi":
            numbers = self._by("number")
            for number, kpi in zip(lines.column("contract"), lines.column("kpi"), strict=True):
                result[kpi] |= numbers.get(number, set())
        else:  # steps, scale: by the cards that name the table
            holding = self._by("kpi")
            find = RuleBook(Policy()).find
            for name, kpi, word in zip(kpis.column(what), kpis.column("kpi"), kpis.column("method"), strict=True):
                method = find(word) if name is None and what == "scale" else None
                if name is not None or (method is not None and "GRADES" in method.text):
                    result[name or ""] |= holding.get(kpi, set())
        return result
