"""`perfxl demo`: a sample program, then the whole job on it: check, cascade, weights, score, contracts."""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from perfxl.cli import CLEAN, UNUSABLE, show
from perfxl.core.problems import Problem, Severity, count, problem
from perfxl.program import Program, load

_TEXTS = {
    "program": ("示例方案", "sample program", "示例绩效方案.xlsx", "sample program.xlsx"),
    "check": ("检查", "check", "检查结果.xlsx", "findings.xlsx"),
    "cascade": ("目标分解", "cascade", "目标分解.xlsx", "cascade.xlsx"),
    "weights": ("权重", "weights", "权重.xlsx", "weights.xlsx"),
    "score": ("计分", "scores", "考核得分.xlsx", "scores.xlsx"),
    "contracts": ("业绩合同", "contracts", "业绩合同", "contracts"),
}


class Step(NamedTuple):
    """What a step made, what it says of it, where, and how long it took."""

    name: str
    found: str
    path: Path
    seconds: float


def demo(options: Namespace) -> int:
    lang = options.lang or "zh"
    job = _Job(options.folder, lang)
    try:
        options.folder.mkdir(parents=True, exist_ok=True)
        job.run(options.people, options.seed)
    except OSError as error:
        found = problem(
            "result_not_writable", value=str(error.filename or options.folder), reason=error.strerror or str(error)
        )
        show.complain(found, lang)
        return UNUSABLE
    job.tell()
    return CLEAN


class _Job:
    def __init__(self, folder: Path, lang: str) -> None:
        self.folder, self.lang = folder, lang
        self.steps: list[Step] = []
        self.cascade: list[tuple[str, ...]] = []

    def run(self, people: int, seed: int) -> None:
        path = self.step("program", lambda path: self.sample(path, people, seed))
        program, problems = load(path, self.lang)
        self.step("check", lambda out: self.check(program, problems, path, out))
        self.step("cascade", lambda out: self.carried(program, out))
        self.step("weights", lambda out: self.weights(program, out))
        self.step("score", lambda out: self.score(program, out))
        self.step("contracts", lambda out: self.contracts(program, out))

    def step(self, key: str, work: Callable[[Path], str]) -> Path:
        """Runs one step, times it, and says so in a line where no bar is shown."""
        zh, en, file_zh, file_en = _TEXTS[key]
        path = self.folder / (file_zh if self.lang == "zh" else file_en)
        begun = time.perf_counter()
        found = work(path)
        self.steps.append(Step(zh if self.lang == "zh" else en, found, path, time.perf_counter() - begun))
        show.say(f"{zh}：{found}", f"{en}: {found}", self.lang)
        return path

    def sample(self, path: Path, people: int, seed: int) -> str:
        from perfxl import sample
        from perfxl.workbook.program.book import write_program

        book = sample.program(people, seed, self.lang)
        write_program(path, book, self.lang, blank_rows=20)
        lines, actuals = len(book["contract_lines"]), len(book["actuals"])
        zh = f"{len(book['people'])} 人，{lines} 条合同指标，{actuals} 条实绩"
        return self.text(zh, f"{len(book['people'])} people, {lines} contract lines, {actuals} actuals")

    def check(self, program: Program, problems: list[Problem], source: Path, out: Path) -> str:
        from perfxl.workbook.report import write_report

        found = [*problems, *program.check()]
        write_report(source, found, out, self.lang)
        counts = count(found)
        errors, warnings, notices = (counts[s] for s in Severity)
        zh = f"错误 {errors}，警告 {warnings}，提示 {notices}"
        return self.text(zh, f"{errors} errors, {warnings} warnings, {notices} notices")

    def carried(self, program: Program, out: Path) -> str:
        from perfxl.core.cascade import summary_rows
        from perfxl.workbook.cascade_book import write_cascade

        cascade, problems = program.cascade()
        write_cascade(out, cascade, problems, self.lang)
        self.cascade = [tuple(row) for row in summary_rows(cascade, self.lang)]
        carried, whole = cascade.carried, len(cascade.kpis)
        return self.text(f"{whole} 个公司指标，{carried} 个已承接", f"{whole} company KPIs, {carried} of them carried")

    def weights(self, program: Program, out: Path) -> str:
        from perfxl.workbook.weight_book import write_weights

        weighing, problems = program.weigh()
        write_weights(out, weighing, problems, self.lang)
        number = len(weighing.contracts)
        return self.text(f"{number} 份合同的权重", f"weights of {number} contracts")

    def score(self, program: Program, out: Path) -> str:
        from perfxl.workbook.score_book import write_scores

        with show.progress("计分", "Scoring", self.lang) as progress:
            scores, _ = program.score()
            write_scores(out, program.tables, scores, self.lang, progress=progress)
        official = sum(1 for total in scores.totals.total if total == total)
        zh = f"{len(scores.people)} 人，{official} 人有正式总分"
        return self.text(zh, f"{len(scores.people)} people, {official} official totals")

    def contracts(self, program: Program, out: Path) -> str:
        from perfxl.documents.batch import make_documents

        with show.progress("业绩合同", "Contracts", self.lang) as progress:
            made, problems = make_documents(
                "contract", program.tables, program.policy, out, lang=self.lang, progress=progress
            )
        for found in problems:
            show.complain(found, self.lang)
        return self.text(f"{len(made)} 份 Word 合同", f"{len(made)} contracts in Word")

    def tell(self) -> None:
        """The closing tables: who carries the company's KPIs; what was made, where, and how long it took."""
        lang = self.lang
        headers = ("公司指标", "责任人", "承接人", "方式")
        show.rows(
            self.text("公司指标由谁承接", "Who carries the company's KPIs"),
            headers if lang == "zh" else ("Company KPI", "Owner", "Carried by", "Mode"),
            self.cascade,
        )
        columns = ("步骤", "结果", "文件", "大小/份数", "秒")
        show.rows(
            self.text("做了什么", "What was made"),
            columns if lang == "zh" else ("Step", "Result", "File", "Size/files", "s"),
            [(s.name, s.found, str(s.path), show.size(s.path), f"{s.seconds:.1f}") for s in self.steps],
            right=(3, 4),
        )

    def text(self, zh: str, en: str) -> str:
        return zh if self.lang == "zh" else en
