"""`perfxl documents`: papers by the batch."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from perfxl.cli import CLEAN, PROBLEMS, UNUSABLE, show
from perfxl.core.problems import Problem, has_errors, problem
from perfxl.program import load_for_papers


def documents(options: Namespace) -> int:
    from perfxl.documents.batch import ALL, make_documents
    from perfxl.documents.papers import KINDS

    if options.kind not in (*KINDS, ALL):
        return _unusable(
            [problem("kind_unknown", value=options.kind, kinds=", ".join((*KINDS, ALL)))], options.lang or "zh"
        )
    program, problems = load_for_papers(options.file, options.lang, None if options.kind == ALL else [options.kind])
    lang = program.lang
    if not program.usable:
        return _unusable(problems, lang)
    with (
        _executor(options.executor) as (executor, unreachable),
        show.progress("生成文件", "Documents", lang) as progress,
        show.progress("转成 PDF", "PDF", lang) as pdf_progress,
    ):
        if unreachable:
            return _unusable(unreachable, lang)
        made, found = make_documents(
            options.kind,
            program.tables,
            program.policy,
            options.output,
            lang=lang,
            only=_listed(options.only),
            unit=options.unit,
            since=options.since,
            template=options.template,
            archive=options.zip,
            print_file=options.merge,
            pdf=options.pdf,
            jobs=options.jobs,
            executor=executor,
            progress=progress,
            pdf_progress=pdf_progress,
        )
    whole = {options.zip, options.merge, options.merge and options.merge.with_suffix(".pdf")}
    for path in (path for path in made if path in whole):
        show.say(f"已生成 {path}", f"made {path}", lang)
    count = sum(path not in whole for path in made)
    if count or not any(whole):
        show.say(f"已生成 {count} 份：{options.output}", f"{count} documents in {options.output}", lang)
    if found:
        show.problems(found, lang)
    return PROBLEMS if has_errors(found) else CLEAN


@contextmanager
def _executor(address: str | None) -> Iterator[tuple[Executor | None, list[Problem]]]:
    if address is None:
        yield None, []
        return
    from perfxl.documents.batch.workers import executor_at

    with executor_at(address) as found:
        yield found


def _listed(text: str | None) -> list[str] | None:
    return None if text is None else [part.strip() for part in text.split(",") if part.strip()]


def _unusable(problems: list[Problem], lang: str) -> int:
    for found in problems:
        show.complain(found, lang)
    return UNUSABLE
