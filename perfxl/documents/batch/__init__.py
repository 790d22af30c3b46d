"""Many papers at once: whole files or none; what fails is reported and the rest is made; what was killed goes on.

run          the papers under way, and the steps after them
job          what a worker does              workers      who does it: this process, others, any executor
workspace    the folder                      manifest     what was made, and from what
outputs      files, one archive, print file  postprocess  what follows: PDFs, archive, the list of files
locks        one run at a time
index        the workbook of what is there   io_problems  what the disk may have against it
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from perfxl import __version__
from perfxl.assets import doc_templates
from perfxl.core.language import Text
from perfxl.core.policy import Policy
from perfxl.core.problems import Address, Problem, has_errors, problem
from perfxl.core.records import Tables
from perfxl.documents.batch.illustrate import people_of
from perfxl.documents.batch.job import Job, Order
from perfxl.documents.batch.manifest import Since
from perfxl.documents.batch.postprocess import Progress
from perfxl.documents.batch.run import BatchPlan, carry_out
from perfxl.documents.batch.workers import RowsOf
from perfxl.documents.papers import KINDS
from perfxl.documents.papers.bar import Bar, find_below, read_bar
from perfxl.documents.papers.contexts import Contexts
from perfxl.documents.pdf import find_office
from perfxl.documents.pictures.folder import PictureFolder, open_picture_folder
from perfxl.documents.pictures.places import FIELDS, picture_field
from perfxl.documents.template.compiled import CompiledTemplate
from perfxl.documents.template.draft import mark_as_draft
from perfxl.documents.template.render_problems import TemplateError
from perfxl.documents.template.slips import SLIPS
from perfxl.documents.template.sources import read_template, with_places
from perfxl.judgement import Judgement, judge
from perfxl.outputs import OutputRefused, refuse_output
from perfxl.table_store import PackedRows, TableStore

__all__ = ["ALL", "STOPS", "judge_outputs", "make_documents"]


ALL = "all"
STOPS = frozenset(
    (
        *("disk_full", "folder_busy", "folder_forbidden", "folder_not_writable", "folder_path_too_long"),
        *("combined_file_busy", "combined_file_not_writable", "worker_lost"),
    )
)
"""Problems that end a batch: the folder, the disk or a single file cannot be written, or the workers are gone."""


def make_documents(
    kind: str,
    tables: Tables,
    policy: Policy,
    out_dir: Path | str,
    *,
    lang: str = "zh",
    only: Collection[str] | str | None = None,
    unit: str | None = None,
    since: Since = None,
    template: Path | None = None,
    archive: Path | None = None,
    print_file: Path | None = None,
    pdf: bool = False,
    source: Path | None = None,
    overwrite: bool = False,
    jobs: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    pdf_progress: Progress | None = None,
    judgement: Judgement | None = None,
    draft: bool = False,
    blank: bool = False,
    lenient: bool = False,
    pictures: Path | None = None,
    grades: Collection[str] = (),
    below: float | None = None,
    odd_pages: bool = False,
    qr: bool | None = None,
) -> tuple[Sequence[Path], list[Problem]]:
    """Makes the papers of a kind (a key of KINDS, or "all") in `out_dir`: (the files made, problems).

    tables      the program's; a TableStore, for more people than memory should hold
    only        IDs of papers or of employees, or a lone one; None makes all
    unit        a unit (ID or name): papers of it, of the units below it and of their people
    since       only what has changed since: a date, or "last" for the last batch that came to its end
    template    HR's own .docx instead of the shipped one
    archive     a .zip that the papers go into, instead of the folder
    print_file  a .docx that holds them all, a section each, instead of the folder
    pdf         PDFs too: of the print file, else of each paper, in the folder and in the archive
    source      the program's file, which papers are marked with and no output may replace
    overwrite   replace what is there, even what perfxl has not made or somebody has changed
    jobs        processes; None: one for each core
    executor    who does the work instead: any concurrent.futures.Executor
    progress    called with (papers done, papers in all); `pdf_progress` with (PDFs done, PDFs in all)

    judgement   what is wrong with the program and whom it touches; None works it out from the tables
    draft       papers that an error holds back are made as drafts, without a result
    lenient     use a template though it says what is likely to be wrong on every paper
    pictures    a folder of pictures of people (photo, signature) and the company's seal, for the places that templates
                have for them; the shipped ones keep those that the folder has something for
    qr          whether papers show what their prints are checked by; None: where an own `template` has a place for it
    blank       forms too, of those about whom minutes, amendments, improvement plans and appeals have nothing to say
    grades      only papers of people with one of these grades, or with a total `below` a figure; either will do
    odd_pages   in the print file each paper begins on an odd page, for printing on both sides

    Papers that are in the folder already, made from the same data and template, are kept, so that a batch that was
    killed goes on where it stopped; they count as made. Files that perfxl has not made, or that somebody has changed,
    are kept and named.

    Raises: ValueError for a kind that does not exist.
    """
    if kind != ALL and kind not in KINDS:
        raise ValueError(f"{kind!r}: {', '.join((*KINDS, ALL))}")
    out_dir, only = Path(out_dir), [only] if isinstance(only, str) else only
    inputs = tuple(path for path in (source, template) if path)
    refused = judge_outputs(archive, print_file, pdf, inputs, overwrite)
    if refused:
        return [], refused
    kinds = list(KINDS) if kind == ALL else [kind]
    if template and len(kinds) > 1:
        return [], [problem("template_for_one_kind")]
    folder, of_folder = _open_pictures(pictures, tables)
    codes = template is not None if qr is None else qr
    shown = _shown_fields(template, folder, codes)
    templates, problems = open_templates(kinds, lang, template, lenient, shown)
    if not templates.compiled:  # whatever else may be wrong is not to blame
        return [], problems
    problems += of_folder
    if pictures and folder is None:
        return [], problems
    problems += _unplaced(templates, folder, qr)
    bar, unreadable = read_bar(grades, below, policy)
    if unreadable:
        return [], unreadable
    judgement = judge(tables, policy) if judgement is None else judgement
    job, rows_of = _prepare_job(tables, policy, lang, templates, judgement, draft, source.name if source else "", bar)
    job.pictures, job.codes = folder, codes
    if folder and executor is not None:  # which may be on another machine
        folder.load()
    if not folder and template and any(each.person_pictures for each in templates.compiled.values()):
        fields = "、".join(sorted({path for each in templates.compiled.values() for path in each.person_pictures}))
        problems.append(problem("picture_places_blank", Address(file=template.name), fields=fields))
    chosen, unknown = select_papers(job.contexts, templates.compiled, only, unit, blank, bar)
    problems += unknown
    if not chosen:
        return [], problems
    office = find_office() if pdf else None
    if pdf and not office:
        problems.append(problem("libreoffice_missing"))
    if office:
        with_contents = (each for each in templates.compiled.values() if each.has_contents)
        problems += [problem("contents_not_in_pdf", Address(file=each.name)) for each in with_contents]
    folders = {key: f"{KINDS[key].title(lang)}/" if kind == ALL else "" for key in chosen}
    title = KINDS[kind].title if kind in KINDS else Text("文件", "documents")
    plan = BatchPlan(
        out_dir.absolute(),
        f"{job.contexts.program} {title(lang)}",
        chosen,
        folders,
        templates.versions,
        since,
        archive,
        print_file,
        office,
        inputs,
        overwrite,
        odd_pages,
    )
    if not plan.names_fit:
        return [], [*problems, problem("folder_path_too_long", folder=plan.folder)]
    files, more = carry_out(plan, job, rows_of, jobs, executor, progress, pdf_progress)
    return files, problems + more


def _open_pictures(path: Path | None, tables: Tables) -> tuple[PictureFolder | None, list[Problem]]:
    if path is None:
        return None, []
    return open_picture_folder(path, people_of(tables.in_memory if isinstance(tables, TableStore) else tables))


def _shown_fields(template: Path | None, folder: PictureFolder | None, codes: bool) -> frozenset[str]:
    """The fields of pictures whose places are kept: of the shipped templates, those that somebody asks for."""
    of_people = set(FIELDS) - {"qr"} if template else folder.fields if folder else set()
    return frozenset(of_people | ({"qr"} if codes else set()))


def _unplaced(templates: Templates, folder: PictureFolder | None, qr: bool | None) -> list[Problem]:
    """Pictures and codes that were asked for, where no template has a place for any."""
    compiled = templates.compiled.values()
    names = "、".join(template.name for template in compiled)
    places = {picture_field(path) for template in compiled for path in template.person_pictures}
    lacking = [FIELDS["qr"][0]] if qr and not any(template.shows_code for template in compiled) else []
    if folder and not places & folder.fields:
        lacking += [label for field, (label, _) in FIELDS.items() if field in folder.fields]
    problems = [problem("picture_unplaced", Address(file=names), field=field) for field in lacking]
    return problems if not folder or folder.fields else [*problems, problem("picture_folder_empty", value=folder.name)]


def _prepare_job(
    tables: Tables,
    policy: Policy,
    lang: str,
    templates: Templates,
    judgement: Judgement,
    draft: bool,
    source: str,
    bar: Bar | None,
) -> tuple[Job, RowsOf]:
    """The job, and what gives the rows that orders are sent with: none where the job holds all tables."""
    compiled, drafts = templates.compiled, templates.compile_drafts(lang) if draft else None
    if not isinstance(tables, TableStore):
        return Job(
            tables, policy, lang, compiled, source=source, judgement=judgement, drafts=drafts
        ), lambda orders: None
    store = tables
    of_everybody = bar is not None or any(
        KINDS[kind].about is None or KINDS[kind].filled_by_results for kind in compiled
    )
    totals = (judgement.totals or store.score_everybody(policy)) if of_everybody else None
    outline = store.make_outline(policy, totals)
    if any(KINDS[kind].filled for kind in compiled):  # proposals are on disk with the lines
        outline = replace(outline, proposed=store.find_proposed())
    job = Job(store.in_memory, policy, lang, compiled, outline, store.origins, source, judgement, drafts)

    def rows_of(orders: Sequence[Order]) -> PackedRows | None:
        about = [(about, order.record) for order in orders if (about := KINDS[order.kind].about)]
        return store.select_rows(set().union(*(ids(job.contexts, record) for ids, record in about))) if about else None

    return job, rows_of


def judge_outputs(
    archive: Path | None, print_file: Path | None, pdf: bool, inputs: Sequence[Path], overwrite: bool
) -> list[Problem]:
    """What is against the single files that a batch is to write: an input, a hand edit, an extension."""
    print_pdf = print_file.with_suffix(".pdf") if print_file and pdf else None
    problems = []
    for path, suffix in ((archive, ".zip"), (print_file, ".docx"), (print_pdf, ".pdf")):
        if path:
            try:
                refuse_output(path, inputs, [suffix], overwrite)
            except OutputRefused as refusal:
                problems.append(refusal.problem)
    return problems


def select_papers(
    contexts: Contexts,
    kinds: Iterable[str],
    only: Collection[str] | None,
    unit: str | None,
    blank: bool,
    bar: Bar | None = None,
) -> tuple[dict[str, list[str]], list[Problem]]:
    """kind -> the records to make, in order, and a problem for each ID or unit that nothing answers to."""
    chosen = {kind: list(KINDS[kind].ids(contexts)) for kind in kinds}
    problems: list[Problem] = []
    if unit is not None:
        units = _units_below(contexts.tables, unit)
        if not units:
            return {}, [problem("unit_unknown", value=unit)]
        members = set(units)
        if "people" in contexts.tables:
            people = contexts.tables["people"]
            pairs = zip(people.column("person"), people.column("unit"), strict=True)
            members |= {person for person, unit_of in pairs if unit_of in units}
        chosen = {kind: _matching(contexts, kind, records, members)[0] for kind, records in chosen.items()}
    if only is not None:
        answered: set[str] = set()
        for kind, records in chosen.items():
            chosen[kind], ids = _matching(contexts, kind, records, set(only))
            answered |= ids
        title = KINDS[next(iter(chosen))].title if len(chosen) == 1 else Text("文件", "document")
        if unit is not None:  # somebody of elsewhere has papers, and none of these
            title = Text(f"{title.zh}（{unit}）", f"{title.en} ({unit})")
        unknown = [id for id in dict.fromkeys(only) if id not in answered]
        problems += [problem("paper_unknown", value=id, kind=title) for id in unknown]
    if bar is not None:
        weak, open_results = find_below(contexts, bar)
        problems += open_results
        chosen = {kind: _matching(contexts, kind, records, weak)[0] for kind, records in chosen.items()}
    for kind, records in chosen.items():
        filled = None if blank or (bar and KINDS[kind].filled_by_results) else KINDS[kind].filled
        if filled and records:
            has_something = set(filled(contexts))
            chosen[kind] = [record for record in records if record in has_something]
            if len(chosen) == 1 and not chosen[kind]:
                problems.append(problem("paper_would_be_blank", kind=KINDS[kind].title, count=len(records)))
    return chosen, problems


def _matching(contexts: Contexts, kind: str, records: list[str], ids: set[str]) -> tuple[list[str], set[str]]:
    """The records that answer to one of the IDs, and the IDs that were answered."""
    matches = {record: KINDS[kind].asked_by(contexts, record) & ids for record in records}
    return [record for record in records if matches[record]], set().union(*matches.values())


def _units_below(tables: Tables, unit: str) -> set[str]:
    """The IDs of a unit, given by ID or name, and of all units below."""
    if "units" not in tables:
        return set()
    ids, names, parents = (tables["units"].column(name) for name in ("unit", "name", "parent"))
    units = {id for id in ids if id == unit} or {id for id, name in zip(ids, names, strict=True) if name == unit}
    added = units
    while added:
        added = {id for id, parent in zip(ids, parents, strict=True) if parent in units} - units
        units = units | added
    return units


class Templates(NamedTuple):
    """By kind: the compiled template, a hash that changes with the template and with perfxl, the file itself."""

    compiled: dict[str, CompiledTemplate]
    versions: dict[str, str]
    contents: dict[str, bytes]

    def compile_drafts(self, lang: str) -> dict[str, CompiledTemplate]:
        """The same, with the mark of drafts."""
        return {
            kind: CompiledTemplate.from_bytes(mark_as_draft(self.contents[kind], lang), template.name, lang)
            for kind, template in self.compiled.items()
        }


def open_templates(
    kinds: Iterable[str],
    lang: str,
    own: Path | None,
    lenient: bool = False,
    shown: Collection[str] = tuple(FIELDS),
) -> tuple[Templates, list[Problem]]:
    """The shipped templates, or HR's `own`, with places for the pictures `shown`. A kind whose template cannot be used,
    would fail with every record, or has slips that every paper would show (unless `lenient`), is left out; the problems
    say why."""
    opened, problems = Templates({}, {}, {}), []
    for kind in kinds:
        path = own or doc_templates() / f"{KINDS[kind].template}.{lang}.docx"
        try:
            content, unreadable = read_template(path)
            if unreadable:
                raise TemplateError(unreadable, lang)
            content = with_places(content, path.name, shown)
            template = CompiledTemplate.from_bytes(content, path.name, lang)
        except TemplateError as error:
            problems += error.problems
            continue
        missing, warnings = template.check(KINDS[kind].paths), template.lint()
        slips = 0 if lenient else sum(warning.name in SLIPS for warning in warnings)
        problems += [*missing, *warnings]
        if not template.variables() and not slips:  # fields with a slip each are none either
            problems.append(problem("template_without_fields", Address(file=path.name)))
            continue
        if slips:
            problems.append(problem("template_has_slips", Address(file=path.name), count=slips))
        if not slips and not has_errors(missing):
            opened.compiled[kind] = template
            opened.contents[kind] = content
            codes = b"" if "qr" in shown else b"without codes"
            version = content + __version__.encode() + codes
            opened.versions[kind] = hashlib.blake2b(version, digest_size=12).hexdigest()
    return opened, problems
