"""Many papers at once: whole files or none; what fails is told and the rest is made; what was killed goes on.

selection   which papers                    templates  what they are made with
plan        what is wanted, step by step    run        the papers under way
job         what a worker does              carriers   who does it: this process, others, any executor
workspace   the folder                      manifest   what was made, and from what
outputs     files, one archive, print file  delivery   what follows: PDFs, the index
index       the list of what is there       index_book its workbook
journal     the file of the manifest        files      what was made, as paths
trouble     what the disk may have against it
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path

from perfxl.core.language import Text
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem, problem
from perfxl.core.records import Tables
from perfxl.documents.batch.carriers import RowsOf
from perfxl.documents.batch.delivery import Progress
from perfxl.documents.batch.job import Job, Order
from perfxl.documents.batch.manifest import Since
from perfxl.documents.batch.plan import Plan, carry_out
from perfxl.documents.batch.selection import select
from perfxl.documents.batch.templates import open_templates
from perfxl.documents.papers import KINDS
from perfxl.documents.papers.contexts import Contexts
from perfxl.documents.pdf import office
from perfxl.documents.template.compiled import CompiledTemplate
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
