"""Contract lines joined with the KPI library, the actuals, the events and the marks: what there is to score."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from perfxl.core.language import Text
from perfxl.core.policy import Policy
from perfxl.core.problems import Address, Problem, Severity, problem
from perfxl.core.records import Records, Tables, empty
from perfxl.core.rulebook import COLUMNS, RuleBook
from perfxl.core.scoring.courses import Courses, SpokenReports
from perfxl.core.scoring.marked_lines import MarkedLine, MarkJoiner
from perfxl.core.scoring.periods import (
    Aggregate,
    Report,
    aggregate,
    days_of_months,
    month_of,
    months_of_contract,
    months_of_period,
)
from perfxl.core.scoring.scalar import denies
from perfxl.core.table_access import period_and_cell
from perfxl.core.values.dates import UNDATED, Span, period_span, say_period, span
from perfxl.core.values.numbers import canonical

# The line's own figure, and where it is blank the KPI library's.
_FALLBACK = ("k", "unit_step", "floor", "cap", "limit", "full_marks")
_OF_KPI = (
    *("name", "method", "direction", "unit", "decimals", "steps", "scale", "kind", "aggregation"),
    *("veto_effect", "veto_grade", "rater_shares"),
)
_OF_LINE = ("target", "challenge", "threshold", "base", "low", "high", "weight", "derived_weight")


@dataclass(slots=True)
class LineTable:
    """Columns of one length, a row for each contract line in sheet order.

    lines, contracts, kpis, actuals  the tables they are joined from
    contract   row in contracts (-1 where there is none of that ID)
    columns    column -> values: those of the line, its KPI and `actual` (the aggregated figure, None while pending)
    to_date    what was reported so far, complete or not
    as_of      the same as it stood on the policy's date, for lights and forecasts; `to_date` itself where there is none
    events     line -> rows of events
    vetoed     lines whose veto took place -> how often: by the events or by the actuals, whichever says more
    days       the days of each contract that count; None where none of them lies in the program's period
    wrong      line -> why what was reported or happened cannot be used
    notices    what was counted otherwise than it stands there
    limits     floor and cap of lines that have none of their own
    marked     line -> what raters gave for it, of the method marks
    """

    lines: Records
    contracts: Records
    kpis: Records
    actuals: Records
    contract: list[int]
    columns: dict[str, list[Any]]
    to_date: list[Aggregate]
    as_of: list[Aggregate]
    events: dict[int, list[int]]
    vetoed: dict[int, float]
    days: list[Span | None]
    wrong: dict[int, Problem]
    notices: list[Problem]
    limits: dict[str, float]
    marked: dict[int, MarkedLine]

    def __len__(self) -> int:
        return len(self.contract)

    def actual_address(self, line: int) -> Address | None:
        """The cell of the actual that a line stands on, or that is wrong; None where nothing was reported."""
        reported = self.to_date[line]
        rows = reported.wrong or reported.rows
        return self.actuals.address(rows[-1], "value") if rows else None


_Key = tuple[Any, Any]


def join_lines(tables: Tables, policy: Policy, unread: Mapping[tuple[str, str], str] | None = None) -> LineTable:
    """Contract lines with what the KPI library says where they say nothing, what was reported and what happened.

    unread  what `unreadable` gives: a figure that could not be read is wrong, not missing
    Source: scoring.md section 7 for what belongs to a contract.
    """
    lines, contracts, kpis = (tables.get(name) or empty(name) for name in ("contract_lines", "contracts", "kpis"))
    places = {number: i for i, number in enumerate(contracts.column("contract"))}
    cards = {kpi: i for i, kpi in enumerate(kpis.column("kpi"))}
    contract = [places.get(number, -1) for number in lines.column("contract")]
    card = [cards.get(kpi, -1) for kpi in lines.column("kpi")]
    columns: dict[str, list[Any]] = {name: lines.column(name) for name in ("kpi", "responsibility", *_OF_LINE)}
    for name in _OF_KPI:
        columns[name] = _pick(kpis.column(name), card)
    for name, of_kpi in (("aspect", "category"), *((name, name) for name in _FALLBACK)):
        pairs = zip(lines.column(name), _pick(kpis.column(of_kpi), card), strict=True)
        columns[name] = [library if own is None else own for own, library in pairs]
    columns["holder"] = _pick(contracts.column("holder"), contract)
    joining = _Joining(tables, policy, columns, contract, contract_days(contracts, policy), unread or {})
    to_date, as_of = joining.reports(contract_months(contracts, policy))
    events = joining.events()
    columns["actual"] = [a.value if a.complete and not a.problem else None for a in to_date]
    joining.count(events, to_date)
    joining.show_what_is_wrong(to_date)
    rated = MarkJoiner(tables, policy, columns, joining.methods, contract, joining.days)
    rated.join()
    # Figures in the 15 digits that a person sees, so that a workbook that holds them decides every tie alike.
    for name in COLUMNS.values():
        columns[name] = _as_seen(columns[name])
    vetoed, days, wrong = joining.vetoed, joining.days, {**rated.wrong, **joining.wrong}
    notices = [*joining.notices, *(about for _, about in rated.notices)]
    return LineTable(
        *(lines, contracts, kpis, joining.actuals, contract, columns, to_date, as_of, events, vetoed, days),
        *(wrong, notices, {name: float(policy[f"points_{name}"]) for name in ("floor", "cap")}, rated.marked),
    )


def contract_days(contracts: Records, policy: Policy) -> list[Span | None]:
    """The days of each contract within the program's period; None where there are none. A missing date is open."""
    first, last = policy["period_start"] or date.min, policy["period_end"] or date.max
    ends = zip(contracts.column("start"), contracts.column("end"), strict=True)
    return [span(max(start or first, first), min(end or last, last)) for start, end in ends]


def contract_months(contracts: Records, policy: Policy) -> list[tuple[int, int]]:
    """First and last month of each contract within the program's period; the period's own where a date is missing,
    and where that says nothing either, those that undated figures stand under."""
    months, unknown = [], period_span(UNDATED)
    dates = zip(contracts.column("start"), contracts.column("end"), contract_days(contracts, policy), strict=True)
    for start, end, days in dates:
        if days is not None:
            start = None if days.start == date.min else days.start
            end = None if days.end == date.max else days.end
        months.append(months_of_contract(start or unknown.start, end or unknown.end))
    return months


def as_of_month(tables: Tables, policy: Policy) -> int:
    """The month that lights and forecasts look from: the policy's date, else the last period that was reported."""
    reported = () if policy["as_of"] else reported_periods(tables.get("actuals") or empty("actuals"))
    return month_looked_from(policy, reported)


def reported_periods(actuals: Records) -> set[str]:
    """The periods for which something was reported."""
    rows = zip(*(actuals.column(name) for name in ("period", "value", "numerator")), strict=True)
    return {period for period, value, part in rows if period and (value is not None or part is not None)}


def month_looked_from(policy: Policy, reported: Iterable[str]) -> int:
    """As as_of_month, from the reported periods; -1 where the policy says nothing and nothing was reported."""
    if policy["as_of"]:
        return month_of(policy["as_of"])
    return max((months_of_period(period)[1] for period in reported), default=-1)


def _pick(values: Sequence[Any], places: Sequence[int]) -> list[Any]:
    return list(map([*values, None].__getitem__, places))  # -1 is the last


def _as_seen(values: list[Any]) -> list[Any]:
    """A column with each figure in the 15 digits that a person sees. Most have four decimals or fewer, and are."""
    import numpy as np  # here, for checks of worksheet functions import this module without it

    rows = [row for row, value in enumerate(values) if value.__class__ is float and not value.is_integer()]
    figures = np.array([values[row] for row in rows], dtype=np.float64)
    with np.errstate(all="ignore"):
        whole = np.rint(figures * 1e4)
        short = (np.abs(whole) < 1e15) & (whole / 1e4 == figures)
    seen = list(values)
    for at in np.flatnonzero(~short).tolist():
        seen[rows[at]] = canonical(values[rows[at]])
    return seen


def not_said_yet(found: Iterable[Problem], problems: Iterable[Problem]) -> list[Problem]:
    """What scoring found, without the errors at cells, and at rows of actuals and events, of which reading or checking
    has told an error already, and without what they said of the same cell in the same way; nor, line by line, that no
    card names a method where there is no library at all."""
    listed = list(problems)
    told = {place for each in listed if each.severity is Severity.ERROR for place in _places_of(each)}
    said = {(each.name, each.address) for each in listed if each.address.cell}
    alone = {_sheet_of(each) for each in listed if _says_that_cards_lack(each)}
    return [
        each
        for each in found
        if (each.name, each.address) not in said
        and (each.severity is not Severity.ERROR or told.isdisjoint(_places_of(each)))
        and not (_lacks_card(each) and _sheet_of(each) in alone)
    ]


def _says_that_cards_lack(about: Problem) -> bool:
    """Of all rows of a sheet: there is no library, or no column that names its KPIs."""
    return about.name == "rows_without_partner" or (about.name == "column_missing" and about.column == "kpi")


def _lacks_card(about: Problem) -> bool:
    return about.name == "method_unknown" and about.value is None


def _sheet_of(about: Problem) -> tuple[str, str]:
    return about.address.file, about.address.sheet


def _places_of(about: Problem) -> Iterator[tuple[str, str, str]]:
    address = about.address
    if address.cell:
        yield address.file, address.sheet, address.cell
        if about.table in ("actuals", "events") or about.name == "key_repeated":
            yield address.file, address.sheet, address.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def unreadable(problems: Iterable[Problem]) -> dict[tuple[str, str], str]:
    """(sheet, cell) of actuals and counts of events that could not be read -> what stands there."""
    return {
        (each.address.sheet, each.address.cell): str(each.value)
        for each in problems
        if each.column in _READ and each.address.cell and each.severity is Severity.ERROR and each.value is not None
    }


_READ = frozenset(("value", "actual", "count"))


class _Joining:
    """Actuals and events on their way to the lines; what is wrong with them gathers in `wrong` and `notices`."""

    def __init__(
        self,
        tables: Tables,
        policy: Policy,
        columns: dict[str, list[Any]],
        contract: list[int],
        days: list[Span | None],
        unread: Mapping[tuple[str, str], str],
    ) -> None:
        self.actuals = tables.get("actuals") or empty("actuals")
        self.happened = tables.get("events") or empty("events")
        self.tables, self.unread = tables, unread
        self.policy, self.columns, self.contract, self.days = policy, columns, contract, days
        self.unread_rows = self._unread_rows() if unread else {}
        reported = [self.actuals.column(name) for name in ("period", "value", "numerator", "denominator")]
        if self.unread_rows:
            reported[1] = [self.unread_rows.get(row, value) for row, value in enumerate(reported[1])]
        self.reported = reported
        self.lines_of: dict[_Key, list[int]] = defaultdict(list)
        for line, key in enumerate(zip(columns["holder"], columns["kpi"], strict=True)):
            if contract[line] >= 0 and None not in key:
                self.lines_of[key].append(line)
        repeated = {key: lines for key, lines in self.lines_of.items() if len(lines) > 1}
        self.in_several = {key for key, lines in repeated.items() if len({contract[line] for line in lines}) > 1}
        rules = RuleBook(policy)
        known = {name: rules.find(name) for name in set(columns["method"])}
        self.methods = [known[name] for name in columns["method"]]
        self.vetoed: dict[int, float] = {}
        self.wrong: dict[int, Problem] = {}
        self.notices: list[Problem] = []

    def reports(self, months: list[tuple[int, int]]) -> tuple[list[Aggregate], list[Aggregate]]:
        """What was reported for each line, to the last report and to the policy's date."""
        rows_of, courses = SpokenReports(self.tables, self.reported), Courses(*self.reported)
        day = self.policy["as_of"]
        until = month_of(day) if day else None
        to_date: list[Aggregate] = []
        as_of: list[Aggregate] = []
        straddling: dict[int, int] = {}
        columns = (self.columns[name] for name in ("holder", "kpi", "aggregation"))
        for line, (holder, kpi, rule) in enumerate(zip(*columns, strict=True)):
            key, contract = (holder, kpi), self.contract[line]
            first, last = months[contract] if contract >= 0 else (0, 0)
            days = self.days[contract] if contract >= 0 else None
            rows = rows_of[key]
            whole = so_far = None if key in self.in_several else courses.aggregate(rule, rows, first, last, days)
            if whole is not None and until is not None and whole.through > until:
                so_far = courses.aggregate(rule, rows, first, last, days, until)
            if whole is None or so_far is None:
                own = self._own(line, key, list(map(self._report, rows)), rule, straddling)
                whole = so_far = aggregate(rule, own, first, last)
                if until is not None and whole.through > until:
                    so_far = aggregate(rule, [report for report in own if report.last <= until], first, last)
                if whole.problem in _OF_REPORTS:
                    self.wrong[line] = self._conflict(whole, key)
            to_date.append(whole)
            as_of.append(so_far)
        for row, line in sorted(straddling.items()):
            name = "report_split" if self.columns["aggregation"][line] == "sum" else "report_counted_twice"
            self.notices.append(self._about(name, row, "period"))
        return to_date, as_of

    def events(self) -> dict[int, list[int]]:
        """Rows of events by line: of the contract that is in force on their day."""
        rows_of: dict[int, list[int]] = defaultdict(list)
        names = ("holder", "kpi", "date")
        for row, (holder, kpi, day) in enumerate(zip(*map(self.happened.column, names), strict=True)):
            for line in self.lines_of.get((holder, kpi), ()):
                days = self.days[self.contract[line]]
                if days is not None and (day is None or days.start <= day <= days.end):
                    rows_of[line].append(row)
        return dict(rows_of)

    def count(self, events: Mapping[int, list[int]], to_date: Sequence[Aggregate]) -> None:
        """Counts of events become actuals of their lines; vetoes take place."""
        actuals, counts = self.columns["actual"], self.happened.column("count")
        for line, method in enumerate(self.methods):
            if method is None or (method.effect != "total" and method.name != "veto" and line not in events):
                continue
            self._refuse_negative(line, to_date[line])
            reported = to_date[line].value if method.effect == "total" else actuals[line]
            times = self._times(line, events.get(line, ()), counts)
            if method.effect == "total":
                actuals[line] = reported if times is None or reported is not None else times
                if times is not None and denies(reported, times, is_veto=False):
                    self.wrong.setdefault(line, self._contradiction(to_date[line].rows[-1], events[line], times))
            elif times is not None and actuals[line] is None:
                actuals[line] = times
            if method.name == "veto":
                self._deny_vetoes(line, events.get(line, ()), to_date[line].rows)
                said = [self.actuals.column("value")[row] for row in to_date[line].rows]
                most = max(times or 0.0, sum(value for value in said if isinstance(value, float)))
                if most > 0:
                    self.vetoed[line] = most

    def _deny_vetoes(self, line: int, events: Sequence[int], reports: Sequence[int]) -> None:
        """A report that a veto did not happen, of a period in which an event says that it did."""
        days, values, periods = self.happened.column("date"), *map(self.actuals.column, ("value", "period"))
        for row in reports:
            span = period_span(periods[row]) if events else None
            told = [at for at in events if not (span and days[at]) or span.start <= days[at] <= span.end]
            if told and denies(values[row], float(len(told)), is_veto=True):
                self.wrong.setdefault(line, self._contradiction(row, told, float(len(told))))

    def _refuse_negative(self, line: int, whole: Aggregate) -> None:
        """No report says that something happened less often than never, whatever the others make of the sum."""
        values = self.actuals.column("value")
        below = [row for row in whole.rows if isinstance(values[row], float) and values[row] < 0]
        if below:
            self.wrong.setdefault(line, self._about("count_negative", below[0], "value"))

    def show_what_is_wrong(self, to_date: Sequence[Aggregate]) -> None:
        """Where nothing can be made of what was reported, the actual is text that shows it, which is no figure."""
        actuals = self.columns["actual"]
        for line, whole in enumerate(to_date):
            unread = self.unread_rows and not self.unread_rows.keys().isdisjoint(whole.rows)
            if line in self.wrong or whole.problem or unread:
                rows = whole.wrong or [row for row in whole.rows if row in self.unread_rows] or whole.rows
                shown = [self._shown(row) for row in rows[:3]] or [str(self.wrong[line].value)]
                actuals[line] = "; ".join((*shown, "…") if len(rows) > 3 else shown)

    def _shown(self, row: int) -> str:
        value, over, under = (self.actuals.column(name)[row] for name in ("value", "numerator", "denominator"))
        if value is None:
            value = self._unread(self.actuals, row, "value") or f"{over}/{under}"
        return f"{value:.15g}" if isinstance(value, float) else str(value)

    def _times(self, line: int, rows: Sequence[int], counts: Sequence[Any]) -> float | None:
        """How often it happened; a count that is none makes the line wrong."""
        if not rows:
            return None
        times = 0.0
        for row in rows:
            count = 1.0 if counts[row] is None else counts[row]
            unread = counts[row] is None and self._unread(self.happened, row, "count")
            if unread or not count > 0 or not math.isfinite(count):
                about = self._about("event_count_invalid", row, "count", self.happened)
                self.wrong.setdefault(line, replace(about, value=unread or counts[row]))
                continue
            times += count
        return times

    def _report(self, row: int) -> Report:
        periods, *figures = self.reported
        first, last = months_of_period(periods[row])
        value, over, under = (column[row] for column in figures)
        return Report(first, last, value, over, under, row)

    def _unread_rows(self) -> dict[int, str]:
        """Rows of actuals whose value could not be read -> what stands there."""
        blanks = (row for row, value in enumerate(self.actuals.column("value")) if value is None)
        return {row: text for row in blanks if (text := self._unread(self.actuals, row, "value"))}

    def _unread(self, records: Records, row: int, column: str) -> str:
        """What stands in a cell that could not be read."""
        address = records.address(row, column) if self.unread else None
        return self.unread.get((address.sheet, address.cell), "") if address else ""

    def _own(
        self, line: int, key: _Key, reports: Sequence[Report], rule: Any, straddling: dict[int, int]
    ) -> list[Report]:
        """The reports that share days with the line's contract. Where its holder has the KPI in several contracts,
        amounts that reach beyond the contract count by days."""
        mine = self.days[self.contract[line]] if self.contract[line] >= 0 else None
        if mine is None:
            return []
        several, own = key in self.in_several, []
        for report in reports:
            days = days_of_months(report.first, report.last)
            if not days.overlaps(mine):
                continue
            if several and not days.inside(mine) and self._says(report):
                straddling[report.row] = line
                if rule == "sum":
                    common = min(days.end, mine.end) - max(days.start, mine.start)
                    report = report._replace(share=(common.days + 1) / ((days.end - days.start).days + 1))
            own.append(report)
        return own

    @staticmethod
    def _says(report: Report) -> bool:
        return any(figure is not None for figure in report.figures)

    def _conflict(self, whole: Aggregate, key: _Key) -> Problem:
        """Two reports that cannot both count, at the later one."""
        first, second = whole.wrong
        return self._about(whole.problem, second, "value", other=period_and_cell(self.actuals, first))

    def _contradiction(self, report: int, events: Sequence[int], times: float) -> Problem:
        """A report, and the events that say otherwise."""
        places = "、".join(self._place(self.happened, row, "count") for row in events[:3])
        cells = Text(f"（{places}）", f" ({places})")
        return self._about("actual_differs_from_events", report, "value", times=times, cells=cells)

    def _place(self, records: Records, row: int, column: str) -> str:
        address = records.address(row, column)
        return "!".join(part for part in (address.sheet, address.cell) if part)

    def _about(self, name: str, row: int, column: str, records: Records | None = None, **details: Any) -> Problem:
        records = records or self.actuals
        value = records.column(column)[row]
        person, kpi = (str(records.column(each)[row] or "") for each in ("holder", "kpi"))
        return problem(
            name,
            records.address(row, column),
            table=records.table.name,
            column=column,
            value=say_period(value) if column == "period" and value else value,
            person=person,
            kpi=kpi,
            **details,
        )


_OF_REPORTS = frozenset(("actuals_differ", "actuals_overlap"))
