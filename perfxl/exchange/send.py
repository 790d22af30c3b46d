"""One workbook for each recipient, from HR's template: named so that people find it, sealed, written down.

Files are made in processes of this machine or by any executor of the standard interface; what was sent stands in the
record (record.py) once all files are there.
"""

from __future__ import annotations

import hashlib
import multiprocessing
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from perfxl import __version__
from perfxl.assets import workbook_templates
from perfxl.core.policy import Policy
from perfxl.core.problems import Address, Problem, problem
from perfxl.core.requests import JOBS, Recipient, Request, ask
from perfxl.core.values.dates import Span
from perfxl.disk import made_folder, real
from perfxl.documents.filenames import FileNames
from perfxl.exchange.bundles import write_bundles
from perfxl.exchange.figures import FORMATS
from perfxl.exchange.fill import fill
from perfxl.exchange.manifest import write_manifest
from perfxl.exchange.passwords import digest as hash_of
from perfxl.exchange.passwords import encrypted, give_passwords, lacking_package, read_passwords, write_passwords
from perfxl.exchange.provisional import JOBS_WITH_SCORES, SCORES, TOTALS, Outlook, Preview
from perfxl.exchange.record import FOLDER, Batch, SentFile, read_record, write_record
from perfxl.exchange.seal import KEY_FILE, given_inputs, hash_program, keep_key, load_key, locked_rows, new_key, seal_of
from perfxl.exchange.weight_check import Weights
from perfxl.ooxml.package import PackageError, open_package
from perfxl.outputs import OutputRefused, explain_error, label, refuse_output, replacing
from perfxl.processes import SPAWNING, begin_worker, can_fork
from perfxl.program import Program
from perfxl.table_store import TableStore
from perfxl.workbook.files import file_problem
from perfxl.workbook.template import BookTemplate

__all__ = ["Order", "Sent", "distribute", "not_writable", "template_for"]

FILE_NAME, SEAL_NAME = "perfxl_file", "perfxl_seal"
"""The hidden defined names by which a file is known again, whatever it is called."""
KIND = "manager"
_HELPERS = ("choices",)  # tables of the template that no job asks for
_SLICE = 16  # requests that a worker gets at once
_WORTHWHILE = 40  # requests: fewer are made here
_UNDER_WAY = 32  # slices: enough for every worker of a cluster, and little in memory

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Order:
    """What is to be sent: for whom, which jobs, which days' periods (None: the contracts' whole), what people call
    them, by when, of which people, drawn by which template (None: the one that ships)."""

    audience: str = "manager"
    jobs: tuple[str, ...] = ("actuals", "grades")
    within: Span | None = None
    period: str = ""
    due: date | None = None
    chosen: Callable[[str], bool] = lambda person: True
    template: Path | None = None
    overwrite: bool = False
    passwords: str = ""  # EACH, ONE; blank for none
    password: str = ""  # one that HR has chosen
    bundles: bool = False  # an archive for each unit, too


@dataclass
class Sent:
    """The files that were written, in the order of their people, what they are sent as, and the record's folder."""

    files: list[SentFile]
    batch: Batch
    folder: Path
    record: Path | None = None
    passwords: Path | None = None  # their list
    bundles: list[Path] = field(default_factory=list)


class _Job(NamedTuple):
    """What a worker needs to make files."""

    templates: Mapping[frozenset[str], BookTemplate]  # by the tables that they have rows for
    policy: Policy
    lang: str
    period: str
    due: date | None
    key: bytes
    fields: dict[str, list[str]]


class _Piece(NamedTuple):
    """What is to be made of a file: its request, its ID, its password, and the hash of what it holds already, where it
    lies there as it was sent: then it need not be encrypted again."""

    request: Request
    file: str
    password: str = ""
    held: str = ""
    tables: frozenset[str] = frozenset()
    outlook: Outlook | Weights | None = None


class _Made(NamedTuple):
    """A file as it was made: its bytes (none where it stays as it is), the hash of what it holds, its seal, its locked
    rows, and what stands in their inputs."""

    content: bytes
    hash: str
    seal: str
    rows: dict[str, list[dict[str, object]]]
    given: dict[str, list[dict[str, object]]]


def distribute(
    program: Program,
    out: Path,
    order: Order,
    progress: Progress | None = None,
    executor: Executor | None = None,
    workers: int = 1,
) -> tuple[Sent, list[Problem]]:
    """Writes one workbook for each recipient into the folder `out`, and the record of it.

    Returns: what was sent, and the problems: people whom nobody is asked about, a template that cannot do it, files
    that are kept since somebody has changed them.
    """
    lang = program.lang
    requests, problems = ask(program.tables, program.policy, order.audience, order.jobs, order.within, order.chosen)
    batch = _batch_of(program, order)
    sent = Sent([], batch, out / FOLDER(lang))
    template, wrong = template_for(order.template, lang, order.jobs, program.path)
    problems += wrong
    if template is None:
        return sent, problems
    fields = _fields_of(template)
    lacking = [problem("job_without_sheet", value=JOBS[job].text) for job in order.jobs if job not in fields]
    if order.passwords or order.password:
        lacking += lacking_package()
    if lacking or not requests:
        return sent, [*problems, *(lacking or [problem("nothing_to_send")])]
    try:
        made_folder(sent.folder)
        key = load_key(sent.folder / KEY_FILE) or new_key()
    except OSError as error:
        return sent, [*problems, not_writable(sent.folder, error)]
    preview = _preview(program, order)
    weights = order.audience != "reporter"  # who sees some lines of a contract alone
    tables = [_tables(request, preview, weights) for request in requests]
    templates = _templates(order, lang, program.path, set(tables))
    job = _Job(templates, program.policy, lang, order.period, order.due, key, fields)
    paths = _names(requests, out)
    ids = [_id_of(batch, request.recipient) for request in requests]
    record = sent.folder / batch.file
    try:
        before = read_record(record) if record.exists() else None
        known = before.files if before else {}
        passwords = _passwords(sent, order, requests, paths)
        held = [_held(path, known.get(file)) for path, file in zip(paths, ids, strict=True)]
        outlooks = (_outlook(request, preview, weights) for request in requests)
        pieces = map(_Piece, requests, ids, passwords, held, tables, outlooks)
        many = workers if len(requests) >= _WORTHWHILE else 1
        for i, (piece, each) in enumerate(_made(job, pieces, executor, many)):
            path = paths[i]
            found = _write(path, each.content, (program.path, order.template), order.overwrite or bool(piece.held))
            problems += found
            if not found:
                sent.files.append(_sent_file(piece, path.relative_to(out), each, known.get(piece.file)))
            if progress:
                progress(i + 1, len(requests))
        keep_key(sent.folder / KEY_FILE, key)
        every = known | {file.file: file for file in sent.files}
        with replacing(record) as temporary:
            write_record(temporary, batch, every.values())
        sent.record = record
        if order.bundles:
            sent.bundles, kept = write_bundles(out, every.values(), lang, order.overwrite)
            problems += kept
        problems += write_manifest(sent.folder, lang, order.overwrite)
    except OSError as error:  # a full disk is full for the rest, too
        problems.append(not_writable(out, error))
    return sent, problems


def _passwords(sent: Sent, order: Order, requests: Sequence[Request], paths: Sequence[Path]) -> list[str]:
    """The password of each file, on their list before the first file has it; blanks where none has.

    Raises: OSError.
    """
    if not (order.passwords or order.password):
        return [""] * len(requests)
    names = [path.name for path in paths]
    given = give_passwords(names, read_passwords(sent.folder), order.passwords, order.password)
    about = [(request.recipient.name, request.recipient.unit, request.recipient.email) for request in requests]
    rows = [(name, *who, word) for name, who, word in zip(names, about, given, strict=True)]
    sent.passwords = write_passwords(sent.folder, rows, sent.batch.lang)
    return given


def _held(path: Path, before: SentFile | None) -> str:
    """The hash of what a file with a password holds, where it lies there as it was sent."""
    if before is None or not before.stored or not path.is_file():
        return ""
    return before.content if hash_of(path.read_bytes()) == before.stored else ""


def not_writable(place: Path, error: OSError) -> Problem:
    """That a place could not be written, and why."""
    return problem("output_not_writable", Address(place.name), value=str(place), reason=explain_error(error, place))


def template_for(
    path: Path | None, lang: str, jobs: Collection[str], source: Path | None = None
) -> tuple[BookTemplate | None, list[Problem]]:
    """The template compiled for some jobs: HR's own, or the one that ships.

    Returns: the template, None where it cannot be used, and what is wrong with it.
    """
    path = path or workbook_templates() / f"manager.{lang}.xlsx"
    try:
        package = open_package(path)
        template = BookTemplate(package, label(KIND, source), [*jobs, *_HELPERS], FORMATS)
    except PackageError as error:
        return None, [file_problem(error)]
    except etree.XMLSyntaxError:
        return None, [problem("file_damaged", Address(path.name))]
    return template, [
        problem("template_name_marks_nothing", Address(path.name), value=fault.name, reach=fault.reach)
        for fault in template.faults
    ]


def _templates(
    order: Order, lang: str, source: Path | None, sets: Collection[frozenset[str]]
) -> dict[frozenset[str], BookTemplate]:
    """The template for each set of tables: nobody gets a sheet without rows."""
    templates: dict[frozenset[str], BookTemplate] = {}
    for tables in sets:
        template, _ = template_for(order.template, lang, sorted(tables), source)
        assert template, "it was compiled for all jobs before"
        templates[tables] = template
    return templates


def _tables(request: Request, preview: Preview | None, weights: bool) -> frozenset[str]:
    """What a recipient's sheets hold."""
    if preview is not None and preview.covers(request):
        return frozenset((*request.rows, SCORES, TOTALS))
    return frozenset((*request.rows, *((TOTALS,) if weights and Weights.of(request) else ())))


def _outlook(request: Request, preview: Preview | None, weights: bool) -> Outlook | Weights | None:
    """What its first sheet shows of contracts."""
    points = preview.outlook(request) if preview else None
    return points or (Weights.of(request) if weights else None)


def _fields_of(template: BookTemplate) -> dict[str, list[str]]:
    """The fields that each job's sheet shows alone in a cell."""
    fields: dict[str, list[str]] = {}
    for cell in template.fields:
        if cell.field.table in JOBS and cell.field.alone:
            fields.setdefault(cell.field.table, []).append(cell.field.name)
    return fields


def _names(requests: Sequence[Request], out: Path) -> list[Path]:
    """工号_姓名_部门.xlsx, unique in the folder."""
    names = FileNames(len(str(real(out))), ".xlsx")
    return [
        out / names.give("_".join(dict.fromkeys(part for part in (r.person or r.key, r.name, r.unit) if part)))
        for r in (request.recipient for request in requests)
    ]


def _batch_of(program: Program, order: Order) -> Batch:
    name = program.path.name if program.path else ""
    due = order.due.isoformat() if order.due else ""
    return Batch(
        name, hash_program(program.tables), order.audience, order.jobs, order.period, due, program.lang, __version__
    )


def _id_of(batch: Batch, recipient: Recipient) -> str:
    """The same for the same people asked the same of the same program."""
    said = "\n".join((batch.program_hash, batch.audience, *batch.jobs, batch.period, recipient.key))
    return hashlib.blake2b(said.encode(), digest_size=12).hexdigest()


def _preview(program: Program, order: Order) -> Preview | None:
    """Whoever reports data for some KPIs sees nothing of the others; of rows on disk nothing is scored here."""
    shown = order.audience != "reporter" and not {*JOBS_WITH_SCORES}.isdisjoint(order.jobs)
    if not shown or isinstance(program.tables, TableStore):
        return None
    return Preview(program.tables, program.policy, program.score()[0], program.lang)


def _made(
    job: _Job, pieces: Iterator[_Piece], executor: Executor | None, workers: int
) -> Iterator[tuple[_Piece, _Made]]:
    """The files in their order; no more than a few slices are under way, however many there are."""
    slices = iter(lambda: list(islice(pieces, _SLICE)), [])
    with ExitStack() as stack:
        make: Callable[[Sequence[_Piece]], list[_Made]] = _Maker(job)
        if executor is None and workers > 1:
            context = multiprocessing.get_context("fork") if can_fork() else SPAWNING
            executor = stack.enter_context(ProcessPoolExecutor(workers, context, initializer=_begin, initargs=(job,)))
            make = _make_here
        if executor is None:
            for each in slices:
                yield from zip(each, make(each), strict=True)
            return
        under_way: deque[tuple[list[_Piece], Future[list[_Made]]]] = deque()
        for each in slices:
            under_way.append((each, executor.submit(make, each)))
            if len(under_way) >= _UNDER_WAY:
                asked, future = under_way.popleft()
                yield from zip(asked, future.result(), strict=True)
        for asked, future in under_way:
            yield from zip(asked, future.result(), strict=True)


class _Maker:
    """Makes files wherever it is sent."""

    def __init__(self, job: _Job) -> None:
        self.job = job

    def __call__(self, pieces: Sequence[_Piece]) -> list[_Made]:
        return [self._make(piece) for piece in pieces]

    def _make(self, piece: _Piece) -> _Made:
        job, request = self.job, piece.request
        values, rows = fill(request, job.policy, job.lang, job.period, job.due, piece.outlook)
        locked = locked_rows(rows, job.fields)
        seal = seal_of(job.key, piece.file, locked)
        template = job.templates[piece.tables]
        content = template.render(values, rows, {FILE_NAME: piece.file, SEAL_NAME: seal})
        held = hash_of(content)
        if piece.password:
            content = b"" if held == piece.held else encrypted(content, piece.password)
        return _Made(content, held, seal, locked, given_inputs(rows))


_here: list[_Maker] = []


def _begin(job: _Job) -> None:
    """A worker gets what all its files need once."""
    begin_worker()
    _here[:] = [_Maker(job)]


def _make_here(pieces: Sequence[_Piece]) -> list[_Made]:
    return _here[0](pieces)


def _write(path: Path, content: bytes, inputs: Sequence[Path | None], overwrite: bool) -> list[Problem]:
    """Writes a file; one that was changed since is kept and named.

    Raises: OSError.
    """
    if not content:
        return []
    try:
        refuse_output(path, inputs, (".xlsx",), overwrite)
    except OutputRefused as refused:
        return [refused.problem]
    with replacing(path) as temporary:
        temporary.write_bytes(content)
    return []


def _sent_file(piece: _Piece, path: Path, made: _Made, before: SentFile | None) -> SentFile:
    request, r = piece.request, piece.request.recipient
    is_same = before is not None and before.content == made.hash
    counts = {job: len(rows) for job, rows in request.rows.items()}
    keys = {job: [[row.get(name) for name in JOBS[job].key] for row in rows] for job, rows in request.rows.items()}
    return SentFile(
        file=piece.file,
        path=path.as_posix(),
        key=r.key,
        name=r.name,
        unit=r.unit,
        email=r.email,
        person=r.person,
        counts=counts,
        seal=made.seal,
        rows=made.rows,
        given=made.given,
        keys=keys,
        sent=before.sent if before and is_same else datetime.now().isoformat(" ", "minutes"),
        content=made.hash,
        stored="" if not piece.password else hash_of(made.content) if made.content else before.stored if before else "",
    )
