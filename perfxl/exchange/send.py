"""One workbook for each recipient, from HR's template: named so that people find it, sealed, written down.

making.py makes the files; what was sent stands in the record (record.py) once all files are there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from lxml import etree

from perfxl import __version__
from perfxl.assets import workbook_templates
from perfxl.core.problems import Address, Problem, problem
from perfxl.core.requests import JOBS, Recipient, Request, ask
from perfxl.core.values.dates import Span
from perfxl.disk import made_folder, real, remove_leftovers
from perfxl.documents.batch.workers import WorkersLost
from perfxl.documents.filenames import FileNames
from perfxl.exchange.bundles import write_bundles
from perfxl.exchange.figures import FORMATS
from perfxl.exchange.making import Job, Made, Piece, made_files
from perfxl.exchange.manifest import write_manifest
from perfxl.exchange.passwords import digest as hash_of
from perfxl.exchange.passwords import give_passwords, lacking_package, read_passwords, write_passwords
from perfxl.exchange.provisional import JOBS_WITH_SCORES, SCORES, TOTALS, Preview
from perfxl.exchange.record import FOLDER, Batch, Record, SentFile, read_record, write_record
from perfxl.exchange.seal import KEY_FILE, hash_program, keep_key, load_key, new_key
from perfxl.exchange.weight_check import Weights
from perfxl.ooxml.package import PackageError, open_package
from perfxl.outputs import OutputRefused, PartialFile, explain_error, label, refuse_output, replacing
from perfxl.processes import unwatched
from perfxl.program import Program
from perfxl.table_store import TableStore
from perfxl.workbook.files import file_problem
from perfxl.workbook.template import BookTemplate

__all__ = ["Order", "Sent", "distribute", "not_writable", "template_for"]

KIND = "manager"
_HELPERS = ("choices",)  # tables of the template that no job asks for

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
    with unwatched():
        return _distribute(program, out, order, progress, executor, workers)


def _distribute(
    program: Program,
    out: Path,
    order: Order,
    progress: Progress | None,
    executor: Executor | None,
    workers: int,
) -> tuple[Sent, list[Problem]]:
    lang = program.lang
    requests, problems = ask(program.tables, program.policy, order.audience, order.jobs, order.within, order.chosen)
    batch = _batch_of(program, order)
    sent = Sent([], batch, out / FOLDER(lang))
    every = frozenset((*order.jobs, SCORES, TOTALS))  # what most get, where all jobs have points
    template, wrong = template_for(order.template, lang, every, program.path)
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
        remove_leftovers(sent.folder)
        key = load_key(sent.folder / KEY_FILE) or new_key()
    except OSError as error:
        return sent, [*problems, not_writable(sent.folder, error)]
    preview = _preview(program, order)
    weights = order.audience != "reporter"  # who reports sees some lines of a contract alone
    tables = [_tables(request, preview, weights) for request in requests]
    templates = _templates(order, lang, program.path, {*tables} - {every}) | {every: template}
    job = Job(templates, program.policy, lang, order.period, order.due, key, fields, preview, weights)
    paths = _names(requests, out)
    ids = [_id_of(batch, request.recipient) for request in requests]
    path = sent.folder / batch.file
    try:
        before = read_record(path) if path.exists() else None
        known = before.files if before else {}
        passwords = _passwords(sent, order, requests, paths)
        held = [_held(path, known.get(file)) for path, file in zip(paths, ids, strict=True)]
        pieces = [*map(Piece, requests, ids, passwords, held, tables)]
        done = 0

        def write(number: int, content: bytes) -> list[Problem]:
            may_replace = order.overwrite or bool(pieces[number].held)
            return _write(paths[number], content, (program.path, order.template), may_replace, sent.folder)

        try:
            for piece, each in made_files(job, pieces, write, executor, workers):
                if each.failed:
                    raise each.failed
                problems += each.problems
                if not each.problems:
                    sent.files.append(_sent_file(piece, paths[done].name, each, known.get(piece.file)))
                done += 1
                if progress:
                    progress(done, len(requests))
        except WorkersLost as error:
            problems.append(problem("worker_lost", reason=error, done=done, left=len(requests) - done))
        keep_key(sent.folder / KEY_FILE, key)
        record = Record(sent.folder, batch, known | {file.file: file for file in sent.files})
        with replacing(path) as temporary:
            write_record(temporary, batch, record.files.values())
        sent.record = path
        if order.bundles:
            sent.bundles, kept = write_bundles(out, record.files.values(), lang, order.overwrite)
            problems += kept
        problems += write_manifest(record, lang, order.overwrite)
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


def _write(path: Path, content: bytes, inputs: Sequence[Path | None], overwrite: bool, scratch: Path) -> list[Problem]:
    """Writes a file, by way of the folder `scratch`, since looking for leftovers among thousands of files takes longer
    than writing one; one that was changed since is kept and named.

    Raises: OSError.
    """
    if not content:
        return []
    try:
        refuse_output(path, inputs, (".xlsx",), overwrite)
    except OutputRefused as refused:
        return [refused.problem]
    partial = PartialFile(path, folder=scratch, content=content)
    try:
        partial.finish()
    finally:
        partial.abandon()
    return []


def _sent_file(piece: Piece, name: str, made: Made, before: SentFile | None) -> SentFile:
    request, r = piece.request, piece.request.recipient
    is_same = before is not None and before.content == made.hash
    counts = {job: len(rows) for job, rows in request.rows.items()}
    return SentFile(
        file=piece.file,
        path=name,
        key=r.key,
        name=r.name,
        unit=r.unit,
        email=r.email,
        person=r.person,
        counts=counts,
        seal=made.seal,
        details=made.details,
        sent=before.sent if before and is_same else datetime.now().isoformat(" ", "minutes"),
        content=made.hash,
        stored=made.stored or (before.stored if before and piece.password else ""),
    )
