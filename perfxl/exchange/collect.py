"""Everything that came back, into a copy of the program: found, read, merged, judged and written, with a workbook that
says what changed, what is wrong and who is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from tempfile import gettempdir

from perfxl.core.problems import Address, Problem, problem
from perfxl.core.records import Gathered, Records, from_columns
from perfxl.core.schema import get
from perfxl.disk import private_folder
from perfxl.exchange.changes import Change, Merged, NewRow
from perfxl.exchange.finding import Found, find_returned
from perfxl.exchange.marking import Marked, mark_returned
from perfxl.exchange.merging import merge_returned
from perfxl.exchange.passwords import read_passwords
from perfxl.exchange.reading import read_all
from perfxl.exchange.record import FOLDER, Record, find_records
from perfxl.exchange.returned import Returned
from perfxl.exchange.seal import hash_program
from perfxl.program import Program, from_tables
from perfxl.workbook.patch.added_rows import NewCell
from perfxl.workbook.program.adding import write_with_rows

__all__ = ["Collected", "Collection", "collect", "folders_of_sent", "write_collected"]

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Collection:
    """What is to be collected: where it lies, the records of what was sent (where they are not beside it), passwords,
    which of two answers that disagree counts (blank: as the program's settings say), files that are no returns, and
    the folder for marked copies of what has problems (None: they are not made)."""

    places: tuple[Path, ...]
    sent: tuple[Path, ...] = ()
    passwords: tuple[str, ...] = ()
    rule: str = ""
    inputs: tuple[Path, ...] = field(default=())
    back: Path | None = None
    overwrite: bool = False


@dataclass
class Collected:
    """What came of it: how many files were read, the merged tables and their changes, the record that they were held
    against (None where there is none), the program before, and all problems, each at the cell that it came from."""

    files: int
    merged: Merged
    record: Record | None
    program: Program
    problems: list[Problem]
    found: dict[str, Path] = field(default_factory=dict)
    """The files that came back by name, those that can be opened where they lie."""
    marked: list[Marked] = field(default_factory=list)
    """The copies that were made of those with problems."""

    @property
    def is_changed(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.merged.changes or self.merged.added)


def collect(
    program: Program,
    order: Collection,
    workers: int = 1,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Collected:
    """Reads what lies in the places and merges it into the program's tables; nothing is written but marked copies,
    where they are asked for.

    Returns: the outcome. Problems of the merged program that are about what came back are addressed there.
    """
    labels = frozenset(label for scale in program.policy.scales.values() for label in scale)
    beside = order.places[0] if order.places[0].is_dir() else order.places[0].parent
    records, unread = _records(order, program)
    known, unknown = _passwords_of(records)
    with _scratch(beside) as scratch:
        inputs = (*order.inputs, *([order.back] if order.back else []))
        found, problems = find_returned(order.places, scratch, order.passwords, inputs, known)
        returned = read_all(found, labels, workers, progress, executor)
        found, returned, corrected = _without_corrected(found, returned)
        problems += [*unread, *unknown, *corrected]
        collected = _merged(program, order, records, found, returned, problems)
        collected.found = {each.name: each.path for each in found if not each.path.is_relative_to(scratch)}
        if order.back:
            collected.marked, more = mark_returned(
                order.back,
                found,
                returned,
                collected.problems,
                program.tables,
                collected.record,
                program.lang,
                [place for place in order.inputs if not place.is_dir()],  # folders are those of what is written
                order.overwrite,
            )
            collected.problems += more
    return collected


@contextmanager
def _scratch(beside: Path) -> Iterator[Path]:
    """A folder of our own for what is unpacked: beside the files, or with temporary ones where that cannot be."""
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(private_folder(beside))
        except OSError:
            folder = stack.enter_context(private_folder(Path(gettempdir())))
        yield folder


def _without_corrected(
    found: Sequence[Found], returned: Sequence[Returned]
) -> tuple[list[Found], list[Returned], list[Problem]]:
    """Without the files of which a marked copy came back later: what was corrected there counts.

    Returns: the others, as they were found and read, and a notice for each that was left out.
    """
    by_time = sorted(zip(found, returned, strict=True), key=lambda pair: pair[0].modified)
    copies = {(came.file, file.corrects): file for file, came in by_time if came.file and file.corrects}
    kept, left = [], []
    for file, came in zip(found, returned, strict=True):
        name = PurePosixPath(file.name).name
        copy = copies.get((came.file, name)) if name != file.corrects else None
        if copy is None or copy is file or file.modified > copy.modified:
            kept.append((file, came))
        else:
            left.append(problem("returned_corrected", Address(file.name), value=file.name, copy=copy.name))
    return [file for file, _ in kept], [came for _, came in kept], left


def _merged(
    program: Program,
    order: Collection,
    records: Sequence[Record],
    found: Sequence[Found],
    returned: Sequence[Returned],
    problems: list[Problem],
) -> Collected:
    record = _record_of(records, [each.file for each in returned], program)
    if record is None and found:
        problems.append(problem("record_missing"))
    rule = order.rule or str(program.policy["collect_conflict"])
    merged = merge_returned(program.tables, returned, record, rule, hash_program(program.tables))
    whole, _ = from_tables(merged.tables, program.lang)
    whole.path, whole.info = program.path, program.info
    before = {(each.name, str(each.address), each.message()) for each in program.all_problems()}
    names = {each.name for each in found}
    news = [
        each
        for each in [*whole.problems, *whole.check(), *whole.score()[1]]
        if each.address.file in names or (each.name, str(each.address), each.message()) not in before
    ]
    every = [*problems, *merged.problems, *news]
    unique = {(each.name, each.address, each.message()): each for each in every}
    return Collected(len(found), merged, record, program, list(unique.values()))


def write_collected(collected: Collected, source: Path, out: Path) -> list[Problem]:
    """Writes a copy of the program with what came back; everything else of it stays as it is.

    Returns: what kept it from being written, or could not be put into it.
    """
    program, merged = collected.program, collected.merged
    assert program.info is not None, "a program that was read from a file"
    changed: dict[str, dict[str, NewCell]] = {}
    problems: list[Problem] = []
    for change in merged.changes:
        if change.row < 0:
            continue
        place = _place(program.tables[change.table], change)
        if place is None:
            about = {"table": change.table, "column": change.column, "value": change.new}
            problems.append(problem("change_without_column", change.source, **about))
        else:
            changed.setdefault(place.sheet, {})[place.cell] = NewCell(change.new, change.percent)
    rows: dict[str, list[NewRow]] = {}
    for row in merged.added:
        rows.setdefault(row.table, []).append(row)
    new = {table: _as_records(table, each) for table, each in rows.items()}
    tables = merged.tables
    return [*problems, *write_with_rows(source, out, tables, new, program.info, program.lang, changed)]


def _place(records: Records, change: Change) -> Address | None:
    """Where a cell of the program stands; None where its sheet has no such column."""
    at = change.row
    if isinstance(records, Gathered):
        records, at = records.origins[at]
    return records.address(at, change.column) if change.column in records.letters else None


def _as_records(table: str, rows: Sequence[NewRow]) -> Records:
    records = from_columns(table, {c.name: [row.values.get(c.name) for row in rows] for c in get(table).columns})
    for column in get(table).columns:  # known of every figure: 95 typed for a KPI in % is not 9500%
        records.percent[column.name] = {i for i, row in enumerate(rows) if column.name in row.percent}
    return records


def _records(order: Collection, program: Program) -> tuple[list[Record], list[Problem]]:
    """What was sent: from the folders that are named, else from those beside what came back, or beside the program."""
    beside = [place if place.is_dir() else place.parent for place in order.places]
    folders = [*order.sent, *beside]
    if not order.sent:
        around = {place.parent for place in beside} | ({program.path.parent} if program.path else set())
        folders += (place for folder in sorted(around) for place in folders_of_sent(folder))
    try:
        return list(find_records(folders)), []
    except OSError:
        place = folders[0]
        return [], [problem("file_not_readable", Address(place.name), value=str(place))]


def folders_of_sent(folder: Path) -> list[Path]:
    """The folders in one that hold a record; none where it may not be looked through."""
    with suppress(OSError):
        return sorted(place for place in folder.iterdir() if any((place / name).is_dir() for name in FOLDER))
    return []


def _passwords_of(records: Iterable[Record]) -> tuple[dict[str, str], list[Problem]]:
    """The passwords with which files went out, as HR's lists beside the records have them, by file name; and which
    lists cannot be read: then passwords can be typed."""
    passwords: dict[str, str] = {}
    problems = []
    for folder in dict.fromkeys(record.folder for record in records):
        try:
            passwords |= read_passwords(folder)
        except OSError:
            problems.append(problem("file_not_readable", Address(folder.name), value=str(folder)))
    return passwords, problems


def _record_of(records: Sequence[Record], files: Sequence[str], program: Program) -> Record | None:
    """The record that knows most of the files, the latest of several, with those of the others that came back as well.
    One of another program counts only where it knows some."""
    name = program.path.name if program.path else ""
    known = {id(record): sum(file in record.files for file in files) for record in records}
    own = [each for each in records if known[id(each)] or not name or each.batch.program == name]
    best = max(own, key=lambda each: (known[id(each)], each.last), default=None)
    if best is None:
        return None
    came = {file: sent for record in records for file, sent in record.files.items() if file in files}
    return Record(best.folder, best.batch, {**best.files, **came})
