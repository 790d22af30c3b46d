"""What came back, merged into a program's tables: what changes, what is new, and what does not fit, at its cell.

Nothing is overwritten silently: every change says what stood there, who changed it and when. Where two files disagree,
both are shown, and the rule decides: the latest counts, or none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from perfxl.core.language import LANGUAGES, PAUSE, Text
from perfxl.core.problems import Address, Problem, problem
from perfxl.core.records import Records, Tables, empty
from perfxl.core.requests import JOBS, Job
from perfxl.core.schema import column_label, get
from perfxl.core.values.numbers import is_percent, show_figure
from perfxl.exchange.changes import (
    LATEST,
    STOP,
    Change,
    Disagreement,
    FileState,
    Key,
    Merged,
    NewRow,
    Slot,
    is_same,
    table_with,
)
from perfxl.exchange.own_layout import OwnLayout
from perfxl.exchange.record import Record, SentFile
from perfxl.exchange.returned import Returned, ReturnedRows
from perfxl.tables.columns import NO_VALUE

__all__ = ["merge_returned"]

_LEAST, _MOST = 50, 200  # times the target: a hundred, and reached by half to twice
_MANY = 2  # rows without a name that are told together
_BY_WHOM = {"coaching": "coach", "interviews": "interviewer", "actuals": "reported_by"}


class _Answer(NamedTuple):
    """One row of one file."""

    job: Job
    key: Key
    at: int
    rows: ReturnedRows
    returned: Returned
    sent: SentFile | None


def merge_returned(
    tables: Tables, returned: Sequence[Returned], record: Record | None, rule: str = STOP, program_hash: str = ""
) -> Merged:
    """Merges files that came back.

    record        what was sent; None where it is lost: then nothing can be said of what is missing or was changed
    rule          LATEST or STOP
    program_hash  of the program as it is now, blank where it does not matter

    Returns: what comes of it. The tables given stay as they are.
    """
    merging = _Merging(tables, record, rule)
    ordered = sorted(returned, key=lambda each: (each.modified, each.name))
    if record and program_hash and record.batch.program_hash != program_hash:
        merging.problems.append(problem("program_changed_since", value=record.batch.program))
    own = OwnLayout(tables, record)
    for each in ordered:
        files, said = own.read(each)
        for part in files if said else [each]:
            merging.take(part)
        merging.problems += [*said, *(each.problems if said else ())]
    return merging.finish()


class _Merging:
    def __init__(self, tables: Tables, record: Record | None, rule: str) -> None:
        self.tables, self.record, self.rule = tables, record, rule
        self.states = {file: FileState(sent) for file, sent in (record.files if record else {}).items()}
        self.problems: list[Problem] = []
        self.given: dict[Slot, Change] = {}  # every answer, also where the program says the same
        self._sent_inputs: dict[str, dict[tuple[str, Key], dict[str, Any]]] = {}
        self.added: dict[tuple[str, Key], NewRow] = {}
        self.refused: set[Slot] = set()
        self._again: dict[Slot, list[Change]] = {}  # answers that say what an earlier one says
        self._outdone: dict[Slot, list[Change]] = {}  # answers that a later one replaced
        self._against: dict[Slot, list[Change]] = {}  # answers that differ where the rule takes neither
        self._named: set[Address] = set()  # cells whose answer is told by a problem
        self._indexes: dict[str, dict[Key, int]] = {}
        self._contents: dict[str, set[Key]] = {}

    def take(self, returned: Returned) -> None:
        """One file, whatever it is."""
        self.problems += returned.problems
        sent = self.record.files.get(returned.file) if self.record else None
        address = Address(returned.name)
        if sent is None and not returned.file and returned.rows:
            sent = self._recognise(returned)
        if not returned.rows:
            if not any(each.severity == "error" for each in returned.problems):
                self.problems.append(problem("returned_holds_nothing", address))
            return
        if sent is None and returned.is_own:
            pass  # which says itself what it is
        elif sent is None:
            name = "returned_unknown" if returned.file else "returned_without_id"
            self.problems.append(problem(name, address))
        else:
            self.states[sent.file].names.append(returned.name)
            if returned.is_own:
                pass
            elif not returned.file:
                self.problems.append(problem("returned_recognised", address, value=sent.name))
            elif returned.seal != sent.seal:
                self.problems.append(problem("seal_broken", address, value=sent.name))
        seen: dict[str, set[Key]] = {}
        for rows in returned.rows.values():
            seen.setdefault(rows.job, set()).update(self._take_rows(rows, returned, sent))
        for name in (
            () if returned.is_own else {**seen, **(sent.counts if sent else {})}
        ):  # a table of HR's need not be whole
            self._tell_missing(JOBS[name], seen.get(name, set()), returned, sent)

    def finish(self) -> Merged:
        """The outcome of all of them."""
        for slot, last in self.given.items():
            if slot in self.refused:
                for each in (last, *self._again.get(slot, ()), *self._outdone.get(slot, ())):
                    self._tell_refused(each)
            else:
                for each in self._outdone.get(slot, ()):
                    if not is_same(each.new, last.new):
                        self.problems.append(_disagreement("answers_differ_latest", each, last))
        counted = {slot: each for slot, each in self.given.items() if slot not in self.refused}
        counted = {slot: each for slot, each in counted.items() if not is_same(each.old, each.new)}
        added = [*self._new_rows(counted), *self.added.values()]
        tables = {**self.tables, **self._merged_tables(list(counted.values()), added)}
        for state in self.states.values():
            if not state.names:
                sent = state.sent
                self.problems.append(problem("not_returned", value=sent.name, unit=sent.unit, rows=state.asked))
        states = list(self.states.values())
        return Merged(list(counted.values()), added, tables, states, self.problems, list(self._disagreements()))

    def _disagreements(self) -> Iterator[Disagreement]:
        """What was answered differently, side by side."""
        for slot, last in self.given.items():
            others = [*self._outdone.get(slot, ()), *self._against.get(slot, ())]
            if any(not is_same(each.new, last.new) for each in others):
                answers = [*others, last, *self._again.get(slot, ())]
                answers.sort(key=lambda each: (each.modified, each.source.file))
                yield Disagreement(slot[1], tuple(answers), None if slot in self.refused else last)

    def _recognise(self, returned: Returned) -> SentFile | None:
        """The file that was sent with all the rows that came, and that no other one was."""
        found: set[str] | None = None
        for rows in returned.rows.values():
            job = JOBS[rows.job]
            for at in range(len(rows.records)):
                key = self._key(job, rows.records, at)
                if not _is_nobodys(job, key):
                    owners = self._owners.get((job.name, key), set())
                    found = owners if found is None else found & owners
        return self.states[next(iter(found))].sent if found and len(found) == 1 else None

    @cached_property
    def _owners(self) -> dict[tuple[str, Key], set[str]]:
        """The files that each row was sent in."""
        owners: dict[tuple[str, Key], set[str]] = {}
        for file, state in self.states.items():
            for name, keys in state.sent.keys.items():
                for key in keys:
                    owners.setdefault((name, tuple(key)), set()).add(file)
        return owners

    # ---- rows of a file

    def _take_rows(self, rows: ReturnedRows, returned: Returned, sent: SentFile | None) -> Iterable[Key]:
        """The rows of one sheet; their keys are returned."""
        job = JOBS[rows.job]
        asked = self._asked(job, sent)
        seen: dict[Key, int] = {}
        nameless: list[_Answer] = []
        for at in range(len(rows.records)):
            key = self._key(job, rows.records, at)
            answer = _Answer(job, key, at, rows, returned, sent)
            if _is_nobodys(job, key):  # also where no record says whom rows were sent for
                nameless.append(answer)
                continue
            if job.adds:
                if asked is None or key in asked:
                    self._add(answer)
                else:
                    self._stranger(answer)
                continue
            if key in seen and self._inputs(answer) != self._inputs(answer._replace(at=seen[key])):
                first = rows.records.address(seen[key], job.needed)
                self._say("returned_row_twice", answer, first=first.place)
                self.refused |= {(job.table, key, column) for column in job.inputs}
                self._named |= {rows.records.address(i, column) for i in (at, seen[key]) for column in job.inputs}
                continue
            seen[key] = at
            if asked is not None and key not in asked:
                self._stranger(answer)
                continue
            if asked is not None:
                self._compare_locked(answer, asked[key])
            self._answer(answer, asked[key] if asked is not None else {})
        self._tell_nameless(nameless)
        return seen

    def _tell_missing(self, job: Job, seen: set[Key], returned: Returned, sent: SentFile | None) -> None:
        asked = self._asked(job, sent)
        missing = [key for key in asked or () if key not in seen] if asked and not job.adds else []
        if missing:
            rows = returned.rows.get(job.name)  # None: a sheet that is gone, or lacks a header
            place = Address(returned.name, rows.records.sheet if rows else "")
            shown = " ".join(str(part) for part in missing[0] if part is not None)
            self.problems.append(problem("returned_rows_missing", place, value=shown, count=len(missing)))

    def _asked(self, job: Job, sent: SentFile | None) -> dict[Key, dict[str, Any]] | None:
        """The rows that were sent, by key; None where that is not known."""
        if sent is None:
            return None
        rows = zip(sent.keys.get(job.name, ()), sent.rows.get(job.name, ()), strict=False)
        return {tuple(key): row for key, row in rows}

    def _key(self, job: Job, records: Records, at: int) -> Key:
        return tuple(records.column(name)[at] for name in job.key)

    def _inputs(self, answer: _Answer) -> dict[str, Any]:
        """What was filled in."""
        records = answer.rows.records
        values = {name: records.column(name)[answer.at] for name in answer.job.inputs}
        return {name: value for name, value in values.items() if value is not None}

    def _stranger(self, answer: _Answer) -> None:
        """A row that was not sent to whom it comes from is not taken, but named."""
        if self._inputs(answer):
            self._say("returned_row_added", answer)

    def _tell_nameless(self, answers: Sequence[_Answer]) -> None:
        """Rows that do not say whom or what they are about are told together: of an emptied column there are many."""
        filled = [answer for answer in answers if self._inputs(answer)]
        if len(filled) < _MANY:
            for answer in filled:
                self._stranger(answer)
            return
        job, records = filled[0].job, filled[0].rows.records
        blank = {name: [a.at for a in answers if records.column(name)[a.at] is None] for name in _required(job)}
        blank = {name: rows for name, rows in blank.items() if rows}
        places = {name: [records.address(at, name) for at in rows] for name, rows in blank.items()}
        told = {place for each in places.values() for place in each}
        self.problems = [p for p in self.problems if p.name != "required_blank" or p.address not in told]
        columns = Text(*(PAUSE(lang).join(column_label(job.table, name, lang) for name in blank) for lang in LANGUAGES))
        cells = Text(*(PAUSE(lang).join(map(_reach, places.values())) for lang in LANGUAGES))
        first = next(iter(places.values()))[0]
        self.problems.append(problem("returned_rows_nameless", first, count=len(answers), columns=columns, cells=cells))

    def _compare_locked(self, answer: _Answer, sent: Mapping[str, Any]) -> None:
        found = answer.rows.locked(answer.at)
        for name, before in sent.items():
            if name in found and not is_same(before, found[name]):
                letter = answer.rows.letters.get(name, "")
                number = answer.rows.records.rows[answer.at]
                address = Address(answer.returned.name, answer.rows.records.sheet, f"{letter}{number}")
                told = "—" if found[name] is None else "?" if found[name] in NO_VALUE else found[name]
                self.problems.append(problem("locked_cell_changed", address, value=told, before=before))

    def _answer(self, answer: _Answer, sent: Mapping[str, Any]) -> None:
        """Takes what differs from the program; `sent` is what stood beside it, as far as that is known."""
        job, records = answer.job, answer.rows.records
        inputs = self._inputs(answer)
        if answer.sent is not None and (job.needed in inputs or {"numerator", "denominator"} <= inputs.keys()):
            self.states[answer.sent.file].answered.setdefault(job.name, set()).add(answer.key)
        row = self._index(job).get(answer.key)
        table = self.tables.get(job.table) or empty(job.table)
        given = self._given(answer)
        for column in job.inputs:
            value, before = inputs.get(column), given.get(column)
            if is_same(value, before):  # as it was sent: no answer
                continue
            source = records.address(answer.at, column)
            if value is None:
                self._cleared(answer, column, source, before)
                continue
            old = table.column(column)[row] if row is not None else None
            percent = answer.at in records.percent.get(column, ())
            at = -1 if row is None else row
            who, when = self._who(answer), answer.returned.modified
            if percent:
                self._judge_percent(answer, column, value, sent, source)
            self._change(
                (job.table, answer.key, column), Change(job.table, at, column, old, value, source, who, when, percent)
            )

    def _judge_percent(
        self, answer: _Answer, column: str, value: Any, sent: Mapping[str, Any], source: Address
    ) -> None:
        """95 typed into a cell of percentages is 95%; pasted it is 9500%. 50% of a KPI that counts something else is
        none of its figures."""
        unit = sent.get("kpi_unit") or answer.rows.locked(answer.at).get("kpi_unit")
        if unit and not is_percent(unit) and isinstance(value, float):
            told = show_figure(value, "%")
            self.problems.append(problem("percent_of_other_unit", source, value=told, unit=unit))
        target = sent.get("period_target", sent.get("target")) if column == answer.job.needed else None
        if isinstance(target, float) and isinstance(value, float) and target and _LEAST <= value / target <= _MOST:
            about = {"percent": f"{value * 100:.10g}%", "target": f"{target * 100:.10g}%"}
            self.problems.append(problem("percent_hundredfold", source, value=value, **about))

    def _cleared(self, answer: _Answer, column: str, source: Address, before: Any) -> None:
        """An answer that stood there when the file was sent and is gone; not one that could not be read, and a table of
        HR's own that lacks the column says nothing of it."""
        letters = answer.rows.records.letters
        if column in letters and source not in {each.address for each in answer.returned.problems}:
            about = {"value": before, "column": column, "table": answer.job.table}
            self.problems.append(problem("answer_cleared", source, **about))

    def _given(self, answer: _Answer) -> dict[str, Any]:
        """What stood in the row's inputs when it was sent."""
        if answer.sent is None:
            return {}
        if answer.sent.file not in self._sent_inputs:
            self._sent_inputs = {  # of one file at a time: those of all fill the memory
                answer.sent.file: {
                    (name, tuple(key)): inputs
                    for name, keys in answer.sent.keys.items()
                    for key, inputs in zip(keys, answer.sent.given.get(name, ()), strict=False)
                }
            }
        return self._sent_inputs[answer.sent.file].get((answer.job.name, answer.key), {})

    def _change(self, slot: Slot, new: Change) -> None:
        known = self.given.get(slot)
        if known is None:
            self.given[slot] = new
        elif is_same(known.new, new.new):
            self._again.setdefault(slot, []).append(new)
        else:
            self._disagree(slot, known, new)

    def _disagree(self, slot: Slot, known: Change, new: Change) -> None:
        within = known.source.file == new.source.file
        is_later = not within and new.modified > known.modified  # otherwise nothing says which one is
        if self.rule == LATEST and is_later and slot not in self.refused:
            self._outdone.setdefault(slot, []).extend((known, *self._again.pop(slot, ())))
            self.given[slot] = new
            return
        self._named |= {known.source, new.source}
        self._against.setdefault(slot, []).append(new)
        self.problems.append(_disagreement("sheets_differ" if within else "answers_differ", known, new))
        self.refused.add(slot)

    def _tell_refused(self, change: Change) -> None:
        """An answer that goes down with those that disagree, where no other problem tells it."""
        if change.source not in self._named:
            details = {"value": _told(change), "column": change.column, "table": change.table}
            self.problems.append(problem("answer_refused", change.source, **details))

    def _add(self, answer: _Answer) -> None:
        """A new row, unless the program has it."""
        job, records = answer.job, answer.rows.records
        values = dict(zip(job.key, answer.key, strict=True)) | self._inputs(answer)
        if job.table in _BY_WHOM and answer.sent is not None and answer.sent.person:
            values[_BY_WHOM[job.table]] = answer.sent.person
        content = tuple(values.get(name) for name in (*job.key, *job.inputs))
        if answer.sent is not None:
            self.states[answer.sent.file].answered.setdefault(job.name, set()).add(content)
        if content in self._contents_of(job):
            return
        source = records.address(answer.at, job.needed)
        row = NewRow(job.table, values, source, self._who(answer), answer.returned.modified)
        self.added.setdefault((job.table, content), row)

    # ---- the program

    def _index(self, job: Job) -> dict[Key, int]:
        if job.name not in self._indexes:
            table = self.tables.get(job.table)
            columns = zip(*(table.column(name) for name in job.key), strict=True) if table else ()
            index: dict[Key, int] = {}
            for i, key in enumerate(columns):
                index.setdefault(tuple(key), i)
            self._indexes[job.name] = index
        return self._indexes[job.name]

    def _contents_of(self, job: Job) -> set[Key]:
        if job.name not in self._contents:
            table = self.tables.get(job.table)
            names = (*job.key, *job.inputs)
            self._contents[job.name] = (
                set(zip(*(table.column(name) for name in names), strict=True)) if table else set()
            )
        return self._contents[job.name]

    def _merged_tables(self, changes: Sequence[Change], added: Sequence[NewRow]) -> dict[str, Records]:
        """The tables that change, each row addressed where its latest value stands."""
        touched: dict[str, list[Change]] = {}
        for change in changes:
            if change.row >= 0:
                touched.setdefault(change.table, []).append(change)
        names = dict.fromkeys([*touched, *(row.table for row in added)])
        return {
            table: table_with(
                self.tables.get(table) or empty(table),
                touched.get(table, ()),
                [row for row in added if row.table == table],
            )
            for table in names
        }

    def _new_rows(self, changes: Mapping[Slot, Change]) -> Iterator[NewRow]:
        """Rows of keys that the program lacks, such as the first actual of a period."""
        by_row: dict[tuple[str, Key], list[Change]] = {}
        for (table, key, _), change in changes.items():
            if change.row < 0:
                by_row.setdefault((table, key), []).append(change)
        for (table, key), cells in by_row.items():
            job = next(job for job in JOBS.values() if job.table == table and not job.adds)
            values = dict(zip(job.key, key, strict=True)) | {change.column: change.new for change in cells}
            if table in _BY_WHOM and cells[0].who:
                values[_BY_WHOM[table]] = cells[0].who
            percent = frozenset(change.column for change in cells if change.percent)
            yield NewRow(table, values, cells[0].source, cells[0].who, cells[0].modified, percent)

    def _who(self, answer: _Answer) -> str:
        return answer.sent.name if answer.sent else ""

    def _say(self, name: str, answer: _Answer, **details: Any) -> None:
        address = answer.rows.records.address(answer.at, answer.job.needed)
        shown = " ".join(str(part) for part in answer.key if part is not None)
        self.problems.append(problem(name, address, value=shown, table=answer.job.table, **details))


def _is_nobodys(job: Job, key: Key) -> bool:
    """Whether a row does not say whom or what it is about."""
    required = _required(job)
    return any(part is None and name in required for name, part in zip(job.key, key, strict=True))


def _required(job: Job) -> list[str]:
    """The columns without which a row says nothing."""
    table = get(job.table)
    return [name for name in job.key if table.column(name).required]


def _reach(places: Sequence[Address]) -> str:
    """The cells of a column from the first to the last."""
    return f"{places[0].cell}:{places[-1].cell}" if len(places) > 1 else places[0].cell


def _disagreement(name: str, known: Change, new: Change) -> Problem:
    about = {"place": str(known.source), "column": new.column, "table": new.table}
    return problem(name, new.source, value=_told(new), other=_told(known), **about)


def _told(change: Change) -> Any:
    """An answer as it was typed: 95% is no 0.95."""
    return show_figure(change.new, "%") if change.percent and isinstance(change.new, float) else change.new
