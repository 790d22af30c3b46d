"""`perfxl demo`: a sample program, then the whole job on it: check, cascade, weights, score, contracts, and workbooks
that go out to managers and come back."""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from perfxl.cli import show, targets
from perfxl.cli.show import CLEAN, PROBLEMS, UNUSABLE
from perfxl.core.language import COLON, Text
from perfxl.core.official import Standing
from perfxl.core.problems import count, problem
from perfxl.disk import made_folder
from perfxl.outputs import OutputRefused, explain_error, replacing
from perfxl.program import Program, load

if TYPE_CHECKING:
    from perfxl.exchange.send import Sent

_CARRIER_HEADERS = (
    *(Text("公司指标", "Company KPI"), Text("责任人", "Owner")),
    *(Text("承接人", "Carried by"), Text("方式", "Mode")),
)
_RESULT_HEADERS = (
    *(Text("步骤", "Step"), Text("结果", "Result"), Text("文件", "File")),
    *(Text("大小/份数", "Size/files"), Text("秒", "s")),
)


_KEPT = (
    "output_changed",
    "paper_beside_edited",
    "output_in_use",
    "paper_not_written",
)  # papers that are not what the program says


class Step(NamedTuple):
    """A step of the job: what it is called, what it makes, what does the work and says what came of it."""

    title: Text
    file: Text
    work: Callable[[Path], Text]


def demo(options: Namespace) -> int:
    """Makes a sample program, does the whole job on it, and shows what was made, where, and how long it took."""
    lang, folder = options.lang or "zh", options.folder
    job = _SampleRun(folder, lang, options.people, options.seed, options.overwrite)
    results = []
    for path in (folder, *(folder / step.file(lang) for step in job.steps)):
        is_file = path.suffix == ".xlsx"
        refused = targets.judge_file(options, path) if is_file else targets.judge_folder(options, path)
        if refused:
            return refused
    path = folder
    try:
        made_folder(folder)
        for step in job.steps:
            path, begun = folder / step.file(lang), time.perf_counter()
            result = step.work(path)(lang)
            results.append((step.title(lang), result, path, time.perf_counter() - begun))
            show.say(f"{step.title(lang)}{COLON(lang)}{result}")
    except OutputRefused as refusal:
        return show.refuse([refusal.problem], lang)
    except OSError as error:
        reason = explain_error(error, path)
        return show.refuse([problem("result_not_writable", value=str(path), reason=reason)], lang)
    if job.stopped:
        return UNUSABLE
    headers = (
        Text("公司指标", "Company KPI"),
        Text("责任人", "Owner"),
        Text("承接人", "Carried by"),
        Text("方式", "Mode"),
    )
    title = Text("公司指标由谁承接", "Who carries the company's KPIs")
    show.rows(title(lang), [header(lang) for header in headers], job.carriers)
    headers_of_results = (
        *(Text("步骤", "Step"), Text("结果", "Result"), Text("文件", "File")),
        *(Text("大小/份数", "Size/files"), Text("秒", "s")),
    )
    show.rows(
        Text("做了什么", "What was made")(lang),
        [header(lang) for header in headers_of_results],
        [(name, result, str(path), show.size(path), f"{seconds:.1f}") for name, result, path, seconds in results],
        right=(3, 4),
    )
    return PROBLEMS if job.kept else CLEAN


class _SampleRun:
    """The steps on one program, which the first of them makes."""

    program: Program
    forms: Sent

    def __init__(self, folder: Path, lang: str, people: int, seed: int, overwrite: bool) -> None:
        self.overwrite = overwrite
        self.kept = self.stopped = False  # papers that somebody has changed or open; a disk that is full
        self.source, self.lang, self.people, self.seed = folder, lang, people, seed
        self.carriers: list[tuple[str, ...]] = []
        self.steps = (
            Step(Text("示例方案", "sample program"), Text("示例绩效方案.xlsx", "sample program.xlsx"), self.sample),
            Step(Text("检查", "check"), Text("检查结果.xlsx", "findings.xlsx"), self.check),
            Step(Text("目标分解", "cascade"), Text("目标分解.xlsx", "cascade.xlsx"), self.cascade),
            Step(Text("权重", "weights"), Text("权重.xlsx", "weights.xlsx"), self.weigh),
            Step(Text("计分", "scores"), Text("考核得分.xlsx", "scores.xlsx"), self.score),
            Step(Text("业绩合同", "contracts"), Text("业绩合同", "contracts"), self.make_contracts),
            Step(Text("下发填报表", "forms sent out"), Text("填报表", "forms"), self.send_forms),
            Step(Text("收集", "forms collected"), Text("收集结果.xlsx", "collected.xlsx"), self.collect_forms),
        )

    def sample(self, path: Path) -> Text:
        from perfxl import sample
        from perfxl.workbook.program.book import write_program

        tables = sample.program(self.people, self.seed, self.lang)
        write_program(path, tables, self.lang, blank_rows=20)
        people, lines, actuals = (len(tables[name]) for name in ("people", "contract_lines", "actuals"))
        self.source = path
        return Text(
            f"{people} 人，{lines} 条合同指标，{actuals} 条实绩",
            f"{people} people, {lines} contract lines, {actuals} actuals",
        )

    def check(self, path: Path) -> Text:
        from perfxl.workbook.report import write_report

        self.program, _ = load(self.source, self.lang)
        problems = self.program.all_problems()
        unwritten = write_report(self.source, problems, path, self.lang)
        if unwritten:
            raise OutputRefused(unwritten[0])
        errors, warnings, notices = count(problems).values()
        return Text(
            f"错误 {errors}，警告 {warnings}，提示 {notices}",
            f"{errors} errors, {warnings} warnings, {notices} notices",
        )

    def cascade(self, path: Path) -> Text:
        from perfxl.core.cascade import summary_rows
        from perfxl.workbook.cascade_book import write_cascade

        cascade, problems = self.program.cascade()
        sheets, unclear = self.program.cascade_sheets()
        problems = self.program.all_problems(problems, unclear)
        trees, review = self.program.value_trees(), self.program.review()
        write_cascade(path, cascade, problems, self.lang, self.source.name, trees, more=sheets, review=review)
        self.carriers = [tuple(row) for row in summary_rows(cascade, self.lang)]
        carried, whole = cascade.carried, len(cascade.kpis)
        return Text(f"{whole} 个公司指标，{carried} 个已承接", f"{whole} company KPIs, {carried} of them carried")

    def weigh(self, path: Path) -> Text:
        from perfxl.workbook.weights.book import write_weights

        weighing, problems = self.program.weigh()
        write_weights(path, weighing, problems, self.lang, self.source.name)
        return Text(f"{len(weighing.contracts)} 份合同的权重", f"weights of {len(weighing.contracts)} contracts")

    def score(self, path: Path) -> Text:
        from perfxl.workbook.score.book import write_scores

        with show.progress(Text("计分", "Scoring"), self.lang) as progress:
            scores, _ = self.program.score()
            problems = self.program.all_problems()
            write_scores(path, self.program.tables, scores, self.lang, progress, problems, self.source.name)
        people = len(scores.people)
        official = sum(verdict.standing is Standing.OFFICIAL for verdict in scores.verdicts.people)
        return Text(f"{people} 人，{official} 人有正式总分", f"{people} people, {official} official totals")

    def make_contracts(self, path: Path) -> Text:
        from perfxl.documents.batch import STOPS, make_documents

        tables, policy, lang = self.program.tables, self.program.policy, self.lang
        with show.progress(Text("业绩合同", "Contracts"), lang) as progress:
            files, problems = make_documents(
                "contract",
                tables,
                policy,
                path,
                lang=lang,
                source=self.source,
                overwrite=self.overwrite,
                progress=progress,
            )
        for about in problems:
            show.complain(about, lang)
        names = {about.name for about in problems}
        self.kept, self.stopped = not names.isdisjoint(_KEPT), bool(names & STOPS)
        return Text(f"{len(files)} 份 Word 合同", f"{len(files)} contracts in Word")

    def send_forms(self, path: Path) -> Text:
        """A workbook for each superior."""
        from perfxl.exchange.send import Order, distribute

        order = Order(overwrite=self.overwrite)
        with show.progress(Text("下发", "Distributing"), self.lang) as progress:
            self.forms, problems = distribute(self.program, path, order, progress)
        for about in problems:
            show.complain(about, self.lang)
        self.kept |= any(about.name in _KEPT for about in problems)
        count, rows = len(self.forms.files), sum(sum(file.counts.values()) for file in self.forms.files)
        return Text(f"{count} 份填报表，{rows} 行", f"{count} workbooks with {rows} rows")

    def collect_forms(self, path: Path) -> Text:
        """One comes back with an answer, the others are still out."""
        from perfxl.exchange.collect import Collection, collect, write_collected
        from perfxl.workbook.files import load_quietly

        sent = self.forms.folder.parent
        back = made_folder(path.with_name(Text("发回", "returned")(self.lang)))
        for file in self.forms.files[:1]:
            book = load_quietly(sent / file.path)
            name = next(iter(book.defined_names["perfxl_col_actuals_evidence"].destinations))
            book[name[0]][name[1].replace("$", "").split(":")[0]] = Text("财务系统月报", "Monthly report")(self.lang)
            with replacing(back / file.path) as temporary:
                book.save(temporary)
        order = Collection((back,), (self.forms.folder,), inputs=(self.source, path))
        with show.progress(Text("收集", "Collecting"), self.lang) as progress:
            collected = collect(self.program, order, progress=progress)
        write_collected(collected, self.source, path)
        came = sum(bool(state.names) for state in collected.merged.files)
        changes = len(collected.merged.changes)
        cells = "cell" if changes == 1 else "cells"
        return Text(f"发回 {came} 份，{changes} 处改动", f"{came} came back, {changes} {cells} changed")
