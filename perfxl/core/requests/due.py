"""The rows that are due: what is asked, of whom, with what stands there already."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cached_property, partial
from typing import Any, NamedTuple, overload

from perfxl.core.policy import Policy
from perfxl.core.problems import Problem, problem
from perfxl.core.records import Tables
from perfxl.core.requests.jobs import JOBS, Job
from perfxl.core.requests.recipients import Recipient, Recipients
from perfxl.core.rulebook import built_in
from perfxl.core.scoring.marks import OPEN_RELATIONS, read_shares
from perfxl.core.scoring.periods import months_of_contract, months_of_period, phased, phasing_steps
from perfxl.core.scoring.scalar import is_date, number
from perfxl.core.table_access import columns_of, contracts_of, first_rows, rows_of
from perfxl.core.values.dates import Span, periods_within
from perfxl.core.values.numbers import is_percent
from perfxl.core.values.text import fold_name

__all__ = ["BLANK_ROWS", "DueRows", "Request", "ask"]

BLANK_ROWS = 2
"""Rows for each person where what is filled in makes new ones."""

_REPORTED = ("quantitative", "monitor", "qualitative")
_PROPOSED = {"proposal": "proposal_issuer", "forecast": "proposal_holder"}
_AGREED = ("target", "threshold", "challenge", "base", "weight", "aspect")

Row = dict[str, Any]


class DueRows(Sequence[Row]):
    """The rows of one job for one recipient, made when they are first looked at: of processes that share the work each
    makes those that it needs.

    people  whom each is about, known before
    """

    def __init__(self) -> None:
        self.people: list[str] = []
        self._rows: list[Row] = []
        self._to_make: list[Callable[[], Row]] = []

    def add(self, person: str, make: Callable[[], Row]) -> None:
        self.people.append(person)
        self._to_make.append(make)

    def __len__(self) -> int:
        return len(self.people)

    def __iter__(self) -> Iterator[Row]:
        return iter(self._made())

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> list[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | list[Row]:
        return self._made()[at]

    def __getstate__(self) -> dict[str, object]:
        """What is sent to other processes: they have no tables to make rows of."""
        return {"people": self.people, "_rows": self._made(), "_to_make": []}

    def _made(self) -> list[Row]:
        if self._to_make:
            self._rows += [make() for make in self._to_make]
            self._to_make.clear()
        return self._rows


class Request(NamedTuple):
    """What one recipient is asked: rows by job, each a dict of the table's columns (key and inputs, as they are now)
    and of what is shown beside them: name, post, unit, kpi_name, kpi_unit, percent, aspect, contract, target,
    threshold, challenge, base, weight, line (row of the contract lines), period_target, direction, method, full_marks,
    grades (of a graded KPI: each with what it looks like)."""

    recipient: Recipient
    rows: dict[str, DueRows]


def ask(
    tables: Tables,
    policy: Policy,
    audience: str,
    jobs: Collection[str],
    within: Span | None = None,
    chosen: Callable[[str], bool] = lambda person: True,
) -> tuple[list[Request], list[Problem]]:
    """What is to be sent to whom.

    audience  manager (the people's superiors), reporter (as the KPI library says), unit, person
    jobs      names of JOBS
    within    the days whose periods are due; None: the whole contracts
    chosen    whether a person takes part

    Returns: requests in the order in which their people stand, and whom nobody can be asked about.
    """
    asking, requests = _Asking(tables, policy, audience, within, chosen), dict[str, Request]()
    asked = [job for name, job in JOBS.items() if name in jobs]
    aside = [job for job in asked if job.adds and audience == "reporter"]
    for job in asked:
        for recipient, person, make in () if job in aside else asking.rows(job):
            if recipient.key not in requests:
                requests[recipient.key] = Request(recipient, {})
            rows = requests[recipient.key].rows
            if job.name not in rows:
                rows[job.name] = DueRows()
            rows[job.name].add(person, make)
    unfit = [problem("job_not_of_reporters", value=job.text) for job in aside]
    return list(requests.values()), [*unfit, *asking.problems()]


_Due = tuple[Recipient, str, Callable[[], Row]]


class _Line(NamedTuple):
    """A contract's line, with a holder; `is_second`: who shares it with the first one, under whom it is scored."""

    at: int
    contract: str
    holder: str
    kpi: str
    span: Span | None
    is_second: bool


class _Asking:
    def __init__(
        self, tables: Tables, policy: Policy, audience: str, within: Span | None, chosen: Callable[[str], bool]
    ) -> None:
        self.tables, self.policy, self.within, self.chosen = tables, policy, within, chosen
        self.recipients = Recipients(tables, audience)
        self.kpis = rows_of(tables, "kpis")
        self.kpi_rows = first_rows(self.kpis, "kpi")
        self.agreed = rows_of(tables, "contract_lines")
        self.actuals = rows_of(tables, "actuals")
        self.reported: dict[tuple[Any, ...], int] = {}
        if self.actuals:
            for i, *key in columns_of(self.actuals, "holder", "kpi", "period"):
                self.reported.setdefault(tuple(key), i)
        self._methods: dict[Any, str] = {}
        self._known_facts: dict[Any, Row] = {}
        self._known_kpis: dict[Any, Row] = {}
        self._known_people: dict[str, Row] = {}
        self._known_periods: dict[tuple[Span | None, str], Sequence[str]] = {}
        self.lines = self._in_order(list(self._lines()))

    def problems(self) -> list[Problem]:
        """Whom nobody is asked about."""
        without = self.recipients.without
        if not without:
            return []
        names = self.recipients.organisation.names
        of_kpis = self.recipients.audience == "reporter"
        first = (names.kpis if of_kpis else names.people)[next(iter(without))]
        name = "kpi_without_reporter" if of_kpis else "person_without_recipient"
        return [problem(name, value=first, count=len(without), rows=sum(without.values()))]

    def rows(self, job: Job) -> Iterator[_Due]:
        """Whom to ask for each row, whom it is about, and what makes it, which reads no table that may lie on disk."""
        if job.name == "marks":
            yield from self._marks()
        elif job.adds:
            yield from self._new_rows(job)
        elif job.table == "negotiations":
            yield from self._proposals(job)
        else:
            yield from self._reports(job)

    # ---- the jobs

    def _proposals(self, job: Job) -> Iterator[_Due]:
        """A row for each target, with what was negotiated so far; proposals may stand beside the target, too."""
        negotiated = rows_of(self.tables, "negotiations")
        rows: dict[tuple[Any, Any], int] = {}
        for i, *key in columns_of(negotiated, "contract", "kpi") if negotiated else ():
            rows.setdefault((key[0], key[1]), i)
        for line in self._counted():
            recipient = self.recipients.of(line.holder, line.kpi)
            if recipient and self.agreed and self._kind(line) in _REPORTED:
                given: Row = dict.fromkeys(job.inputs)
                for name, column in _PROPOSED.items():
                    given[name] = self.agreed.column(column)[line.at]
                at = rows.get((line.contract, line.kpi))
                if negotiated is not None and at is not None:
                    said = {name: negotiated.column(name)[at] for name in job.inputs}
                    given |= {name: value for name, value in said.items() if value is not None}
                yield recipient, line.holder, partial(self._joined, line, given)

    def _reports(self, job: Job) -> Iterator[_Due]:
        """A row for each period that is due; those of KPIs that subordinates' figures make are not asked for."""
        reports, asked = _Reports(self, job), dict[Any, bool]()
        for line in self._counted():
            facts = self._facts(line.kpi)
            if line.kpi not in asked:
                method = self._method(facts)
                asked[line.kpi] = method != "marks" and (method == "grade") is (job.name == "grades")
            if not asked[line.kpi] or self._kind(line) not in _REPORTED:
                continue
            if facts.get("roll_up") and self._has_subordinates(line):
                continue
            periods = self._due(line, facts)
            recipient = self.recipients.of(line.holder, line.kpi) if periods else None
            for period in periods if recipient else ():
                assert recipient
                yield recipient, line.holder, partial(reports.row, line, facts, period)

    def _due(self, line: _Line, facts: Row) -> Sequence[str]:
        """The periods for which a line is reported."""
        key = line.span, facts.get("period") or "year"
        if key not in self._known_periods:
            days = line.span if self.within is None else _common(line.span, self.within)
            self._known_periods[key] = periods_within(key[1], days) if days else ()
        return self._known_periods[key]

    def _marks(self) -> Iterator[_Due]:
        """Rows that HR has listed, and of KPIs scored by marks those of self and superior; each rater gets own rows."""
        marks = rows_of(self.tables, "marks")
        seen = set()
        for _, rater, ratee, relation, dimension, contract, mark, comment in (
            columns_of(marks, "rater", "ratee", "relation", "dimension", "contract", "mark", "comment") if marks else ()
        ):
            if ratee is None and contract in (signed := contracts_of(self.tables)):
                ratee = next(iter(signed[contract].holders), None)
            seen.add((rater, ratee, relation, dimension))
            if rater and ratee and self.chosen(ratee):
                row = {"rater": rater, "ratee": ratee, "relation": relation, "dimension": dimension}
                row |= {"contract": contract, "mark": mark, "comment": comment}
                whole = self._about(ratee) | self._shown_kpi(dimension) | row
                yield self.recipients.rater(rater), ratee, partial(_given, whole)
        for line in self.lines:
            facts = self._facts(line.kpi)
            if self._method(facts) != "marks" or not self.chosen(line.holder):
                continue
            shares = read_shares(str(facts.get("rater_shares") or "")) or {}
            raters = {"self": line.holder, "superior": self.recipients.organisation.superior(line.holder)}
            for relation in OPEN_RELATIONS:
                rater = raters[relation]
                known = {(rater, line.holder, relation, word) for word in (line.kpi, facts.get("name"))}
                if rater and (not shares or relation in shares) and not known & seen:
                    row = {"rater": rater, "ratee": line.holder, "relation": relation, "dimension": line.kpi}
                    row |= {"contract": line.contract, "mark": None, "comment": None}
                    yield self.recipients.rater(rater), line.holder, partial(self._joined, line, row)

    def _new_rows(self, job: Job) -> Iterator[_Due]:
        people = dict.fromkeys(line.holder for line in self.lines if self.chosen(line.holder))
        for person in people:
            recipient = self.recipients.of(person)
            for _ in range(1 if job.name == "interview" else BLANK_ROWS) if recipient else ():
                assert recipient
                row = self._about(person) | {"holder": person} | dict.fromkeys(job.inputs)
                yield recipient, person, partial(_given, row)

    # ---- what is shown beside

    def _joined(self, line: _Line, row: Row) -> Row:
        return self.shown(line) | row

    def shown(self, line: _Line) -> Row:
        own: Row = {"contract": line.contract, "holder": line.holder, "kpi": line.kpi, "line": line.at}
        row = {**self._about(line.holder), **self._shown_kpi(line.kpi), **own}
        if self.agreed is not None:
            for name, values in self._agreed:
                row[name] = values[line.at]
            row["aspect"] = row["aspect"] or self._facts(line.kpi).get("category")
        return row

    @cached_property
    def _agreed_kinds(self) -> Sequence[Any]:
        assert self.agreed is not None
        return self.agreed.column("kind")

    @cached_property
    def _agreed(self) -> list[tuple[str, Sequence[Any]]]:
        """The columns of contract lines that are shown."""
        assert self.agreed is not None
        return [(name, self.agreed.column(name)) for name in _AGREED]

    def _about(self, person: str) -> Row:
        """Who somebody is; never changed."""
        if person not in self._known_people:
            organisation = self.recipients.organisation
            unit = organisation.names.units[organisation.unit(person)]
            about = {"name": organisation.names.people[person], "post": organisation.of(person, "post"), "unit": unit}
            self._known_people[person] = about
        return self._known_people[person]

    def _shown_kpi(self, kpi: Any) -> Row:
        """What a KPI is; never changed."""
        if kpi not in self._known_kpis:
            self._known_kpis[kpi] = self._kpi(kpi)
        return self._known_kpis[kpi]

    def _kpi(self, kpi: Any) -> Row:
        facts = self._facts(kpi)
        unit = facts.get("unit")
        shown = {"kpi": kpi, "kpi_name": facts.get("name") or kpi, "kpi_unit": unit, "percent": is_percent(unit)}
        if self._method(facts) == "grade":
            shown["grades"] = self._grades(facts.get("scale"))
        return shown | {name: facts.get(name) for name in ("full_marks", "direction", "method")}

    def _grades(self, scale: Any) -> list[tuple[str, str]]:
        """The grades of a scale, each with what it looks like."""
        table = rows_of(self.tables, "grade_tables")
        rows = columns_of(table, "scale", "grade", "sentence") if table else ()
        name = scale or self.policy.default_scale
        sentences = {grade: sentence for _, of, grade, sentence in rows if of == name}
        return [(grade, str(sentences.get(grade) or "")) for grade in self.policy.scale(scale)]

    def _facts(self, kpi: Any) -> Row:
        """A KPI's row of the library; never changed."""
        if kpi not in self._known_facts:
            at, columns = self.kpi_rows.get(kpi), self.kpis.columns if self.kpis else {}
            self._known_facts[kpi] = {} if at is None else {name: values[at] for name, values in columns.items()}
        return self._known_facts[kpi]

    def _method(self, facts: Row) -> str:
        word = facts.get("method")
        if word not in self._methods:
            method = built_in().get(fold_name(word))
            self._methods[word] = method.name if method else ""
        return self._methods[word]

    def _kind(self, line: _Line) -> str:
        agreed = self._agreed_kinds[line.at] if self.agreed is not None else None
        return str(agreed or self._facts(line.kpi).get("kind") or "quantitative")

    def _has_subordinates(self, line: _Line) -> bool:
        return (line.holder, line.kpi) in self._owners

    # ---- lines

    def _lines(self) -> Iterator[_Line]:
        contracts = contracts_of(self.tables)
        for i, signed, kpi in columns_of(self.agreed, "contract", "kpi") if self.agreed else ():
            contract = contracts.get(signed)
            if contract is not None and any(map(self.chosen, contract.holders)):
                for holder in contract.holders:
                    yield _Line(i, signed, holder, kpi, contract.span, holder != contract.holders[0])

    def _counted(self) -> Iterator[_Line]:
        """The lines as they count: of a contract that two share under its first holder alone."""
        return (line for line in self.lines if not line.is_second)

    def _in_order(self, lines: list[_Line]) -> list[_Line]:
        """By people, then by aspects as each contract begins with them, then as the lines stand."""
        people = rows_of(self.tables, "people")
        place = first_rows(people, "person")
        last = len(people) if people else 0
        aspects = self.agreed.column("aspect") if self.agreed else ()
        begins: dict[tuple[Any, Any], int] = {}
        keys: dict[int, tuple[int, int]] = {}
        for line in lines:
            aspect = aspects[line.at] or self._facts(line.kpi).get("category")
            keys[line.at] = begins.setdefault((line.contract, aspect), line.at), line.at
        return sorted(lines, key=lambda line: (place.get(line.holder, last), keys[line.at]))

    @cached_property
    def _owners(self) -> Collection[tuple[Any, Any]]:
        links = rows_of(self.tables, "links")
        return {(owner, kpi) for _, owner, kpi in columns_of(links, "owner", "kpi")} if links else set()


class _Reports:
    """Rows of what is reported for a period."""

    def __init__(self, asking: _Asking, job: Job) -> None:
        phasing, actuals = rows_of(asking.tables, "phasing"), asking.actuals
        self._phasing = phasing_steps(phasing) if phasing else {}
        self._shown, self._reported = asking.shown, asking.reported
        self._months: dict[Span, tuple[int, int]] = {}
        self._blank: Row = dict.fromkeys(job.inputs)
        self._inputs = [(name, actuals.column(name)) for name in job.inputs] if actuals is not None else []

    def row(self, line: _Line, facts: Row, period: str) -> Row:
        row = self._shown(line)
        row["period"] = period
        row["period_target"] = self._target(row.get("target"), line, facts, period)
        row.update(self._blank)
        at = self._reported.get((line.holder, line.kpi, period))
        if at is not None:
            row.update((name, values[at]) for name, values in self._inputs)
        return row

    def _target(self, said: Any, line: _Line, facts: Row, period: str) -> Any:
        """What the period is to bring: of figures that add up its own part of the target, of others the target then; of
        days the day."""
        target = number(said)
        if is_date(said):
            return said
        if target != target or line.span is None:
            return None
        rule, steps = facts.get("aggregation") or "", self._phasing.get((line.contract, line.kpi), [])
        if rule != "sum" and not steps:
            return target
        months = self._months.get(line.span)
        if months is None:
            months = self._months[line.span] = months_of_contract(*line.span)
        first, last = months
        begin, end = months_of_period(period)
        by_end = phased(target, steps, min(end, last), first, last, rule)
        if rule != "sum" or begin <= first:
            return by_end
        return by_end - phased(target, steps, begin - 1, first, last, rule)


def _given(row: Row) -> Row:
    return row


def _common(one: Span | None, other: Span) -> Span | None:
    if one is None or not one.overlaps(other):
        return None
    return Span(max(one.start, other.start), min(one.end, other.end))
