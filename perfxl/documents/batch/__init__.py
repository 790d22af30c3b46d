"""Many papers at once: whole files or none; what fails is told and the rest is made; what was killed goes on.

run          the papers under way, and the steps after them
job          what a worker does              workers      who does it: this process, others, any executor
workspace    the folder                      manifest     what was made, and from what
outputs      files, one archive, print file  postprocess  what follows: PDFs, archive, the list of files
index        the workbook of what is there   io_problems  what the disk may have against it
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, NamedTuple

from perfxl import __version__
from perfxl.assets import doc_templates
from perfxl.core.language import Text
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem, has_errors, problem
from perfxl.core.records import Tables
from perfxl.documents.batch.job import Job, Order
from perfxl.documents.batch.manifest import Since
from perfxl.documents.batch.postprocess import Progress
from perfxl.documents.batch.run import Plan, carry_out
from perfxl.documents.batch.workers import RowsOf
from perfxl.documents.papers import KINDS
from perfxl.documents.papers.contexts import Contexts
from perfxl.documents.pdf import office
from perfxl.documents.template.compiled import CompiledTemplate
from perfxl.documents.template.render_problems import TemplateError
from perfxl.table_store import PackedRows, TableStore

__all__ = ["ALL", "make_documents"]


ALL = "all"


def make_documents(
    kind: str,
    book: Tables,
    policy: Policy,
    out_dir: Path,
    *,
    lang: str = "zh",
    only: Collection[str] | None = None,
    unit: str | None = None,
    since: Since = None,
    template: Path | None = None,
    archive: Path | None = None,
    print_file: Path | None = None,
    pdf: bool = False,
    jobs: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    pdf_progress: Progress | None = None,
) -> tuple[Sequence[Path], list[Problem]]:
    """Makes the papers of a kind (a key of KINDS, or "all") in `out_dir`: (the files made, problems).

    book        the program's tables; a TableStore, for more people than memory should hold
    only        IDs of papers or of employees; None makes all
    unit        a unit (ID or name): papers of it, of the units below it and of their people
    since       only what has changed since: a date, or "last" for the last batch that came to its end
    template    HR's own .docx instead of the shipped one
    archive     a .zip that the papers go into, instead of the folder
    print_file  a .docx that holds them all, a section each, instead of the folder
    pdf         PDFs too: of the print file, else of each paper, in the folder and in the archive
    jobs        processes; None: one for each core
    executor    who does the work instead: any concurrent.futures.Executor
    progress    called with (papers done, papers in all); `pdf_progress` with (PDFs done, PDFs in all)

    Papers that are in the folder already, made from the same data and template, are kept, so that a batch that was
    killed goes on where it stopped; they count as made.
    """
    kinds = list(KINDS) if kind == ALL else [kind]
    if template and len(kinds) > 1:
        return [], [problem("template_for_one_kind")]
    templates, problems = open_templates(kinds, lang, template)
    job, rows_of = _job(book, policy, lang, templates.compiled)
    chosen, found = select(job.contexts, templates.compiled, only, unit)
    problems += found
    if not chosen:
        return [], problems
    program = office() if pdf else None
    if pdf and not program:
        problems.append(problem("libreoffice_missing"))
    folders = {one: f"{KINDS[one].title(lang)}/" if kind == ALL else "" for one in chosen}
    title = _title(job.contexts, kind)
    plan = Plan(
        *(out_dir.absolute(), title, chosen, folders, templates.versions),
        *(since, archive, print_file, program),
    )
    if not plan.names_fit:
        return [], [*problems, problem("folder_path_too_long", folder=plan.folder)]
    files, found = carry_out(plan, job, rows_of, jobs, executor, progress, pdf_progress)
    return files, problems + found


def _job(book: Tables, policy: Policy, lang: str, templates: Mapping[str, CompiledTemplate]) -> tuple[Job, RowsOf]:
    if not isinstance(book, TableStore):
        return Job(book, policy, lang, templates), lambda orders: None
    store = book
    outline = store.make_outline(policy, scored=any(KINDS[kind].about is None for kind in templates))
    job = Job(store.in_memory, policy, lang, templates, outline, store.origins)

    def rows_of(orders: Sequence[Order]) -> PackedRows | None:
        about = [(about, order.record) for order in orders if (about := KINDS[order.kind].about)]
        return store.select_rows(set().union(*(ids(job.contexts, record) for ids, record in about))) if about else None

    return job, rows_of


def _title(contexts: Contexts, kind: str) -> str:
    title = KINDS[kind].title if kind in KINDS else _DOCUMENTS
    return f"{contexts.program} {title(contexts.lang)}"


_DOCUMENTS = Text("文件", "documents")


def select(
    contexts: Contexts, kinds: Iterable[str], only: Collection[str] | None, unit: str | None
) -> tuple[dict[str, list[str]], list[Problem]]:
    """kind -> the records to make, in order, and a problem for each ID or unit that nothing answers to."""
    chosen = {kind: list(KINDS[kind].ids(contexts)) for kind in kinds}
    problems: list[Problem] = []
    if only is not None:
        wanted = set(only)
        found: set[str] = set()
        for kind, records in chosen.items():
            chosen[kind], asked = _asked(contexts, kind, records, wanted)
            found |= asked
        problems += [
            problem("paper_unknown", value=one, kind=_named(chosen)) for one in dict.fromkeys(only) if one not in found
        ]
    if unit is not None:
        below = _at_or_below(contexts.tables, unit)
        if not below:
            return {}, [*problems, problem("unit_unknown", value=unit)]
        members = below | _people(contexts.tables, below)
        chosen = {kind: _asked(contexts, kind, records, members)[0] for kind, records in chosen.items()}
    return chosen, problems


def _asked(contexts: Contexts, kind: str, records: list[str], wanted: set[str]) -> tuple[list[str], set[str]]:
    """The records that answer to one of the IDs, and the IDs that were answered."""
    asked = {record: KINDS[kind].asked_by(contexts, record) & wanted for record in records}
    return [record for record in records if asked[record]], set().union(*asked.values())


def _named(chosen: Mapping[str, Any]) -> Text:
    if len(chosen) == 1:
        kind = KINDS[next(iter(chosen))]
        return kind.title
    return Text("文件", "document")


def _at_or_below(book: Tables, unit: str) -> set[str]:
    """The IDs of a unit, given by ID or name, and of all units below."""
    if "units" not in book:
        return set()
    ids, names, parents = (book["units"].column(name) for name in ("unit", "name", "parent"))
    below = {one for one in ids if one == unit} or {one for one, name in zip(ids, names, strict=True) if name == unit}
    grew = bool(below)
    while grew:
        more = {one for one, parent in zip(ids, parents, strict=True) if parent in below} - below
        below |= more
        grew = bool(more)
    return below


def _people(book: Tables, units: set[str]) -> set[str]:
    if "people" not in book:
        return set()
    pairs = zip(book["people"].column("person"), book["people"].column("unit"), strict=True)
    return {person for person, unit in pairs if unit in units}


class Templates(NamedTuple):
    """By kind: the compiled template, and a hash that changes with the template and with perfxl."""

    compiled: dict[str, CompiledTemplate]
    versions: dict[str, str]


def open_templates(kinds: Iterable[str], lang: str, own: Path | None) -> tuple[Templates, list[Problem]]:
    """The shipped templates, or HR's `own`. A kind whose template cannot be used, or would fail with every record, is
    left out; the problems say why."""
    opened, problems = Templates({}, {}), []
    for kind in kinds:
        path = own or doc_templates() / f"{KINDS[kind].template}.{lang}.docx"
        try:
            template = CompiledTemplate(path, lang)
        except TemplateError as error:
            problems += error.problems
            continue
        found = template.check([field.path for field in KINDS[kind].fields])
        problems += found
        if not has_errors(found):
            opened.compiled[kind] = template
            opened.versions[kind] = _version(path)
    return opened, problems


def _version(path: Path) -> str:
    return hashlib.blake2b(path.read_bytes() + __version__.encode(), digest_size=12).hexdigest()
