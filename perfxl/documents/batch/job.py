"""What a worker needs to make papers, and the making of a few of them.

A worker is a function call: it reads and writes no files, so it may run in this process, in another one or on another
machine. It gets the program once (the first time it says that it has not got it) and short orders from then on; of a
program whose rows are on disk, with each few orders the rows that they are about.
"""

from __future__ import annotations

import hashlib
import marshal
import pickle
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

from perfxl import __version__
from perfxl.core.language import Text
from perfxl.core.policy import Policy
from perfxl.core.problems import Address, Problem, problem
from perfxl.core.records import Tables
from perfxl.documents.batch.illustrate import illustrate
from perfxl.documents.batch.issued import code_of, facts_of, make_qr, qr_text
from perfxl.documents.papers import KINDS
from perfxl.documents.papers.contexts import ContextError, Contexts
from perfxl.documents.papers.kind import CODE, Objection
from perfxl.documents.pictures.filling import with_pictures
from perfxl.documents.pictures.folder import PictureFolder
from perfxl.documents.pictures.image import Picture
from perfxl.documents.template.compiled import CompiledTemplate
from perfxl.documents.template.draft import DRAFT
from perfxl.documents.template.render_problems import RenderError
from perfxl.judgement import NOTHING_WRONG, Judgement, of_actuals
from perfxl.ooxml.mark import Label
from perfxl.table_store import Outline, PackedRows, SheetOrigin, unpack_rows

__all__ = ["Job", "Order", "Paper", "make_papers", "pack_job", "register_job", "unpack_job"]


class Order(NamedTuple):
    """One paper to make. Content of one of the `known_hashes` need not be made again; `slow`: docxtpl is to make it."""

    kind: str
    record: str
    known_hashes: tuple[str, ...] = ()
    slow: bool = False


@dataclass(slots=True)
class Paper:
    """A paper made. `name` is what its file wants to be called, without suffix. Without `content` its hash is one that
    was known, or the problems say why it cannot be made. `remarks`: it should not be handed out like this. `issued`:
    what its print can be compared with."""

    kind: str
    record: str
    name: str = ""
    hash: str = ""
    content: bytes | None = None
    problems: list[Problem] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)
    issued: dict[str, str] = field(default_factory=dict)


class Job:
    """The papers of one program, in one language; `templates` by kind. With an `outline` the book holds what names
    papers and people, and orders come with the rows that they are about, which refer to `places`. `source` is the
    program's file, which papers are marked with. What the `judgement` has against a paper holds it back; with
    `drafts`, templates of drafts by kind, it is made as one. `pictures`: those of people. `codes`: whether papers show
    what their prints are checked by, where their templates have a place for it."""

    def __init__(
        self,
        book: Tables,
        policy: Policy,
        lang: str,
        templates: Mapping[str, CompiledTemplate],
        outline: Outline | None = None,
        places: Sequence[SheetOrigin] = (),
        source: str = "",
        judgement: Judgement = NOTHING_WRONG,
        drafts: Mapping[str, CompiledTemplate] | None = None,
        pictures: PictureFolder | None = None,
        codes: bool = True,
    ) -> None:
        self.templates, self.drafts, self.pictures, self.codes = templates, drafts, pictures, codes
        self._source = source
        self.whole = outline is None
        shown = of_actuals(judgement.problems) if drafts else ()  # a draft shows what could not be read
        known = replace(judgement, problems=shown, totals=None)
        self._program, self._places = (book, policy, lang, outline, known), places

    @cached_property
    def contexts(self) -> Contexts:
        return Contexts(*self._program)

    def make(self, orders: Sequence[Order], rows: PackedRows | None = None) -> list[Paper]:
        """The papers, from `rows` where the job does not hold them."""
        with self._contexts_over(rows) as over:
            return [self._make(order, self._contexts_of(order, over)) for order in orders]

    def check(self, orders: Sequence[Order], rows: PackedRows | None = None) -> list[list[Problem]]:
        """How docxtpl's own results for these papers differ from ours."""
        with self._contexts_over(rows) as over:
            return [self._check(order, self._contexts_of(order, over)) for order in orders]

    @contextmanager
    def _contexts_over(self, rows: PackedRows | None) -> Iterator[Contexts]:
        if rows is None:
            yield self.contexts
            return
        around = self.contexts.with_tables(unpack_rows(rows, self._places))
        try:
            yield around
        finally:
            around.close()

    def _contexts_of(self, order: Order, over: Contexts) -> Contexts:
        return over if KINDS[order.kind].about else self.contexts

    def _make(self, order: Order, contexts: Contexts) -> Paper:
        kind, template = KINDS[order.kind], self.templates[order.kind]
        paper = Paper(order.kind, order.record, remarks=kind.review(contexts, order.record))
        objection = kind.find_objection(contexts, order.record)
        if objection:
            held = _describe_objection("paper_held_back" if self.drafts is None else "paper_is_draft", order, objection)
            if self.drafts is None:
                paper.problems = [held]
                return paper
            paper.remarks.append(held)
            template = self.drafts[order.kind]
        contexts.index.drafting = objection is not None
        try:
            context = kind.context(contexts, order.record)
            context, pictures, wrong = illustrate(context, template.person_pictures, self.pictures)
            paper.remarks += wrong
            paper.name = kind.name_file(context, template.lang)
            if objection:
                paper.name += f" {DRAFT(template.lang)}"
            paper.hash = hash_content({**context, "draft": True} if objection else context)
            if paper.hash not in order.known_hashes:
                label = Label(order.kind, __version__, self._source)
                context[CODE] = ""
                if self.codes and template.shows_code:
                    paper.issued = facts_of(context, order.record, draft=objection is not None)
                    context = _with_code(context, paper, template, pictures)
                document = template.docxtpl() if order.slow else None
                paper.content = template.render(context, document, label, plain=True, pictures=pictures)
        except ContextError as error:
            paper.problems = error.problems
        except RenderError as error:
            codes = ", ".join(sorted({reason.code for reason in error.problems}))
            refused = problem("paper_data_unfit", record=order.record, template=template.name, codes=codes)
            paper.problems = [*error.problems, refused]
        return paper

    def _check(self, order: Order, contexts: Contexts) -> list[Problem]:
        try:
            context = {**KINDS[order.kind].context(contexts, order.record), CODE: ""}
            return self.templates[order.kind].self_check(context)
        except (ContextError, RenderError):  # said when the paper's turn comes
            return []

    def __reduce__(self) -> tuple[type[Job], tuple[Any, ...]]:
        book, policy, lang, outline, judgement = self._program
        program = (book, policy, lang, self.templates, outline, self._places, self._source, judgement)
        return Job, (*program, self.drafts, self.pictures, self.codes)


def _with_code(
    context: dict[str, Any], paper: Paper, template: CompiledTemplate, pictures: dict[str, Picture]
) -> dict[str, Any]:
    """The context with the code that the print is checked by, as text and as QR code."""
    code = code_of(paper.kind, paper.record, paper.hash)
    context = {**context, CODE: code}
    paths = [path for path in template.picture_paths if path == "qr"]
    if paths:
        picture = make_qr(qr_text(paper.kind, paper.issued, code, template.lang))
        pictures[picture.digest] = picture
        context = with_pictures(context, paths, lambda field, owner: picture.token)
    return context


def _describe_objection(name: str, order: Order, objection: Objection) -> Problem:
    """Which paper, and the code and cell of the error."""
    reason = objection.reason
    return problem(
        name,
        reason.address if reason else Address(),
        paper=KINDS[order.kind].title,
        record=order.record,
        place=str(reason.address) if reason else objection.contract,
        code=reason.code if reason else "",
        reason=Text(reason.message("zh"), reason.message("en")) if reason else "",
    )


def make_papers(
    token: str, payload: bytes | None, orders: Sequence[Order], rows: PackedRows | None, check: bool = False
) -> list[Any] | None:
    """Runs in the worker: the papers ordered (or, to `check`, a list of problems for each); None where it has not got
    the job, which is to be sent along then."""
    job = _JOBS.get(token)
    if job is None:
        if payload is None:
            return None
        job = unpack_job(payload)
        register_job(token, job)
    return job.check(orders, rows) if check else job.make(orders, rows)


def pack_job(job: Job) -> bytes:
    """A job as it is sent to other processes."""
    return zlib.compress(pickle.dumps(job, pickle.HIGHEST_PROTOCOL), 1)


def unpack_job(packed: bytes) -> Job:
    """The job that was sent."""
    job = pickle.loads(zlib.decompress(packed))
    assert isinstance(job, Job)
    return job


def register_job(token: str, job: Job | None) -> None:
    """Puts a job where workers of this process, and those forked from it, find it; None takes it away."""
    if job is None:
        _JOBS.pop(token, None)
        return
    while len(_JOBS) >= _MOST_JOBS:  # a worker on a cluster serves one batch after the other
        del _JOBS[next(iter(_JOBS))]
    _JOBS[token] = job


def hash_content(context: dict[str, Any]) -> str:
    """A hash of what a paper says: equal content, equal hash, in every process and on every day."""
    try:
        content = marshal.dumps(context, _WITHOUT_REFERENCES)
    except ValueError:  # pictures and the like
        content = repr(context).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(content, digest_size=12).hexdigest()


_WITHOUT_REFERENCES = 2  # the last format of marshal that writes the same bytes however objects share their parts
_MOST_JOBS = 4
_JOBS: dict[str, Job] = {}
