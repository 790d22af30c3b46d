"""What the ribbon's buttons ask of the program: `JOBS` by name. To add one, write it and enter it there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from itertools import islice
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING

from perfxl.core.language import Text, several
from perfxl.core.official import Standing
from perfxl.core.schema import column_label
from perfxl.core.scoring.periods import LIGHT_LABELS
from perfxl.core.table_access import Names, lookups_kept
from perfxl.core.weights.program import ContractWeights, Weighing
from perfxl.documents.papers import KINDS
from perfxl.judgement import each_once
from perfxl.outputs import OutputRefused
from perfxl.program import Program, load
from perfxl.ribbon.adopting import adopt, adopted, unadopt
from perfxl.ribbon.exchange_jobs import collect, distribute, remind
from perfxl.ribbon.open_book import Page, PageColumn, Value
from perfxl.ribbon.request import (
    MOST_LISTED,
    Job,
    Request,
    Result,
    first_reason,
    free_result,
    new_result,
    of_program,
    problems_page,
    result_path,
    selected_people,
    selected_person,
)
from perfxl.tables.grid import OWN_PAGES
from perfxl.workbook.score.texts import say as score_word
from perfxl.workbook.weights.texts import header

if TYPE_CHECKING:
    from perfxl.workbook.cascade_book import CascadeSheets

_SCORES, _EXPLAINED = OWN_PAGES["scores"], OWN_PAGES["explained"]
_CASCADE = OWN_PAGES["cascade"]
_WEIGHTS, _PROPOSALS = OWN_PAGES["weights"], OWN_PAGES["proposals"]
_OF_SELECTED = Text("-所选", "-selected")
_NOBODY = Text(
    "请先选中某个人所在的一行（有工号或姓名），再点一次。",
    "Select a row that holds somebody's ID or name first, then click again.",
)


def new(request: Request) -> Result:
    """An empty program in the folder, opened if it was made now."""
    from perfxl.workbook.program.book import PROGRAM_FILES, new_program

    files, problems = new_program(request.folder, request.lang)
    path = request.folder / PROGRAM_FILES(request.lang)
    if not files:
        return Result(first_reason(problems))
    message = Text(f"新方案：{path}", f"New program: {path}")
    return Result(message, problems, files=files, to_show=path if path in files else None)


def import_tables(request: Request) -> Result:
    """A program of the chosen files, or else of the open workbook, in the folder; opened, with what is to be said on a
    page."""
    from perfxl.importing import import_files
    from perfxl.workbook.program.book import PROGRAM_FILES, write_program

    imported = import_files(request.files or [request.path], year=date.today().year, progress=request.progress)
    if not imported.usable:
        return Result(first_reason(imported.problems), imported.problems)
    try:
        path = new_result(request, PROGRAM_FILES(imported.lang), request.files)
    except OutputRefused as refusal:
        return Result(first_reason([refusal.problem]), [refusal.problem])
    source = (request.files or [request.path])[0].name
    write_program(path, imported.tables, imported.lang, source=source)
    message = Text(
        f"已由 {len(imported.files)} 个文件导入。每列读作什么，见“来源”表。方案：{path}",
        f"{several(len(imported.files), 'file')} imported. What each column was taken for: sheet Sources. "
        f"Program: {path}",
    )
    page = problems_page(imported.problems, request.lang, None if request.files else request.path.name)
    return Result(message, imported.problems, [page], [path], to_show=path)


def has_own_tables(path: Path) -> bool:
    """Whether a workbook holds tables of HR's own that were understood, rather than a program."""
    program, _ = load(path)
    return bool(program.info and any(table.own and table.rows_read for table in program.info.found))


@of_program
def check(request: Request, program: Program) -> Result:
    """What is wrong, on a page and marked in the cells."""
    problems = program.all_problems()
    message = Text(f"检查完毕，共 {len(problems)} 条。", f"Checked: {len(problems)} in all.")
    if not problems:
        message = Text("检查完毕，没有发现问题。", "Checked: no problems found.")
    return Result(message, problems, [problems_page(problems, request.lang, request.path.name)], to_mark=True)


@of_program
def cascade(request: Request, program: Program) -> Result:
    """Who carries which company KPI down to people, and the cascade workbook; what is wrong is marked in the cells."""
    from perfxl.pictures import make_fitting_album
    from perfxl.workbook.cascade_book import write_cascade

    with lookups_kept():
        company, problems = program.cascade()
        sheets, unclear = program.cascade_sheets()
        of_posts = program.generate(date.today().year) if program.tables.get("post_kpis") else None
        album, of_pictures = make_fitting_album(program.tables, program.cascade_tree, program.lang, asked=False)
    generated = (of_posts[0], program.tables) if of_posts else None
    problems = program.all_problems(of_posts[1] if of_posts else [], problems, unclear, of_pictures)
    path = result_path(request, program, Text("分解", "cascade"))
    trees, source = program.value_trees(), request.path.name
    write_cascade(path, company, problems, program.lang, source, trees, album, sheets, generated, program.review())
    message = Text(
        f"{len(company.kpis)} 个公司指标，{company.carried} 个有人承接；问题 {len(problems)} 条。全表：{path}",
        f"{several(len(company.kpis), 'company KPI')}, {company.carried} carried; {several(len(problems), 'problem')}. "
        f"The workbook: {path}",
    )
    return Result(message, problems, [_cascade_page(sheets, request.lang)], [path], to_mark=True)


@of_program
def weights(request: Request, program: Program) -> Result:
    """Agreed, derived and proposed weights of every contract, and the workbook with formulas."""
    from perfxl.workbook.weights.book import write_weights

    weighing, problems = program.weigh()
    path = result_path(request, program, Text("权重", "weights"))
    write_weights(path, weighing, problems, program.lang, request.path.name)
    page = _weights_page(_WEIGHTS, weighing, weighing.contracts, request.lang)
    legal = sum(contract.legal for contract in weighing.contracts)
    message = Text(
        f"{len(weighing.contracts)} 份合同，{legal} 份合规。带公式的全表：{path}",
        f"{several(len(weighing.contracts), 'contract')}, {legal} of them legal. The workbook with formulas: {path}",
    )
    return Result(message, program.all_problems(problems), [page], [path])


@of_program
def repair(request: Request, program: Program) -> Result:
    """The smallest legal change of weights that break a rule."""
    weighing, problems = program.weigh()
    wrong = [contract for contract in weighing.contracts if not contract.legal]
    if not wrong:
        legal = Text("全部合同的权重都合规。", "The weights of all contracts are legal.")
        return Result(legal, program.all_problems(problems))
    page = _weights_page(_PROPOSALS, weighing, wrong, request.lang)
    mended = sum(contract.has_proposal for contract in wrong)
    message = Text(
        f"{len(wrong)} 份合同的权重不合规，{mended} 份的建议见“{page.sheet}”表；采用与否由您决定，方案未改动。",
        f"Contracts whose weights break a rule: {len(wrong)}; proposals for {mended} on {page.sheet}. "
        "The program is as it was.",
    )
    if mended < len(wrong):
        left = len(wrong) - mended
        message = Text(
            f"{message.zh}{left} 份没有合规的取法，原因见问题。",
            f"{message.en} For {left} no weights are legal: the problems say why.",
        )
    return Result(message, program.all_problems(problems), [page])


@of_program
def score(request: Request, program: Program) -> Result:
    """Everybody's total, grade and coefficient, and the score workbook; by HR's own template where answers say so."""
    from perfxl.workbook.score.book import write_scores
    from perfxl.workbook.score.template import template_for

    own = request.answers.get("template")
    template, of_template = template_for(Path(own) if own else None, program.lang)
    if template is None:
        return Result(first_reason(of_template), of_template)
    scores, problems = program.score()[0], each_once([*program.all_problems(), *of_template])
    path = result_path(request, program, Text("得分", "scores"))
    name = request.path.name
    write_scores(path, program.tables, scores, program.lang, request.progress, problems, name, template)
    standings = Counter(verdict.standing for verdict in scores.verdicts.people)
    official, undetermined = standings[Standing.OFFICIAL], standings[Standing.UNDETERMINED]
    message = Text(
        f"{len(scores.people)} 人，{official} 人已有总分，{undetermined} 人未定。得分工作簿：{path}",
        f"{len(scores.people)} people, {official} with a total, {undetermined} undetermined. Score workbook: {path}",
    )
    return Result(message, problems, [_scores_page(program, request.lang)], [path], to_show=path)


@of_program
def explain(request: Request, program: Program) -> Result:
    """How the selected person's total came about."""
    from perfxl.core import explain as explaining

    person = selected_person(request, program)
    if person is None:
        return Result(_NOBODY)
    scores, _ = program.score()
    lines = explaining.as_text_lines(explaining.explain(program.tables, scores, person), request.lang)
    name = Names.of(program.tables).people[person] or person
    # The ID in the header, where the page opens: the person stays selected for the next button.
    columns = [PageColumn(person, 86)]  # as wide as A4
    page = Page(_EXPLAINED(request.lang), name, columns, [[line] for line in lines], for_printing=True)
    return Result(Text("", ""), program.all_problems(), [page])


def documents(kind: str, selected: bool, request: Request) -> Result:
    """Papers of a kind, of everybody or of those whose rows are selected; PDFs, one print file, an archive, only what
    has changed, or a template of HR's own where the answers say so."""

    @of_program
    def make(request: Request, program: Program) -> Result:
        from perfxl.documents.batch import make_documents
        from perfxl.documents.batch.manifest import LAST

        people = selected_people(request, program) if selected else None
        if selected and not people:
            return Result(_NOBODY)
        answers, title = request.answers, KINDS[kind].title(program.lang)
        folder = request.folder / title
        template = Path(answers["template"]) if answers.get("template") else None
        name = f"{request.path.stem}-{title}{_OF_SELECTED(program.lang) if selected else ''}"
        inputs = [request.path, *([template] if template else [])]
        print_file = free_result(request.folder, f"{name}.docx", inputs) if "print" in answers else None
        archive = free_result(request.folder, f"{name}.zip", inputs) if "zip" in answers else None
        files, problems = make_documents(
            kind,
            program.tables,
            program.policy,
            folder,
            lang=program.lang,
            only=people,
            since=LAST if "since" in answers else None,
            template=template,
            archive=archive,
            print_file=print_file,
            pdf="pdf" in answers,
            source=request.path,
            jobs=1,  # started by Excel, where further processes would each look for it again
            progress=request.progress,
            pdf_progress=request.progress,
            judgement=program.judgement,
        )
        problems = each_once([*program.judgement.problems, *problems])
        single = [path for path in (print_file, archive) if path]
        message = Text(f"已生成 {len(files)} 份：{folder}", f"{several(len(files), 'document')} in {folder}")
        if single:
            made = "、".join(str(path) for path in files) or "-"
            message = Text(f"已生成：{made}", f"Made: {made}")
        to_show = (single[0].parent if single else folder) if files else None
        return Result(message, problems, files=files, to_show=to_show)

    return make(request)


JOBS: Mapping[str, Job] = {
    "new": new,
    "import": import_tables,
    "check": check,
    "cascade": cascade,
    "weights": weights,
    "repair": repair,
    "adopt.all": partial(adopt, "all"),
    "adopt.selected": partial(adopt, "selected"),
    "adopted": adopted,
    "unadopt": unadopt,
    "score": score,
    "explain": explain,
    "distribute": distribute,
    "collect": collect,
    "remind": remind,
    **{f"documents.{kind}": partial(documents, kind, False) for kind in KINDS},
    **{f"selected.{kind}": partial(documents, kind, True) for kind in KINDS},
}
"""Jobs by name; "documents.contract" is the one that makes contracts."""


def _cascade_page(sheets: CascadeSheets, lang: str) -> Page:
    """The matrix: each row indented as it stands in the tree."""
    tree, names = sheets.tree, sheets.tree.names
    headers = (
        *(Text("目标 / 指标", "Objective / KPI"), Text("单位", "Unit"), Text("责任人", "Owner"), Text("份额", "Share")),
        *(Text("目标值", "Target"), Text("应为", "By the link"), Text("灯", "Light")),
    )
    columns = [PageColumn(text(lang), width) for text, width in zip(headers, (52, 22, 14, 9, 14, 14, 8), strict=True)]
    rows: list[list[Value]] = []
    for step in islice(tree.walk(), MOST_LISTED):
        node, edge = step.node, step.edge
        follows = sheets.expected.get(edge.row) if edge else None
        target, expected = (_shown(value) for value in (node.target, follows.target if follows else None))
        light = LIGHT_LABELS[node.light](lang)
        name = "　" * step.depth + node.name
        who = (names.units[node.unit], names.apart[node.person])
        rows.append([name, *who, edge.share if edge else None, target, expected, light])
    about = Text(
        "从目标、公司指标到单位和个人；“应为”是按分解得出的目标。可折叠的全表在结果文件夹。",
        "From objectives and company KPIs to units and people; by the link: the target that follows. The workbook that "
        "folds is in the results folder.",
    )
    return Page(_CASCADE(lang), about(lang), columns, rows)


def _shown(value: object) -> str | float | None:
    return _number(value) if isinstance(value, int | float) else None if value is None else str(value)


def _weights_page(title: Text, weighing: Weighing, contracts: Sequence[ContractWeights], lang: str) -> Page:
    """Agreed, derived and proposed weights line by line."""
    names = ("contract", "holder", "unit", "kpi", "name", "category", "importance", "derived", "agreed", "repaired")
    widths = (14, 18, 24, 10, 34, 14, 10, 10, 10, 10)
    numbers = {"importance": "0.00", "derived": "0.00", "agreed": "0.00", "repaired": "0.00"}
    columns = [PageColumn(header(n, lang), width, numbers.get(n, "")) for n, width in zip(names, widths, strict=True)]
    rows = [
        [
            contract.contract or "",
            "、".join(weighing.names.people[person] for person in contract.holders),
            weighing.names.units[contract.unit],
            kpi or "",
            weighing.names.kpis[kpi] or candidate.kpi,
            weighing.categories.label(candidate.category, lang) if candidate.category else "",
            contract.importance[i],
            contract.derived[i],
            _number(candidate.agreed),
            contract.repaired[i] if contract.has_proposal and not contract.legal else None,
        ]
        for contract in contracts
        for i, (kpi, candidate) in enumerate(zip(contract.kpis, contract.candidates, strict=True))
    ]
    about = Text(
        "权重为百分点。建议权重是改动最小的合规取法；合规的合同没有建议。",
        "Weights in percent points. A proposal is the smallest legal change; legal contracts have none.",
    )
    return Page(title(lang), about(lang), columns, rows)


def _scores_page(program: Program, lang: str) -> Page:
    """Everybody's total, grade, coefficient and completeness."""
    from perfxl.core.scoring.outcomes import outcome_text
    from perfxl.core.scoring.totals import ordered_bands

    scores, _ = program.score()
    names, bands, totals = Names.of(program.tables), ordered_bands(program.policy), scores.totals
    columns = [
        PageColumn(column_label("people", "person", lang), 14),
        PageColumn(column_label("people", "name", lang), 20),
        PageColumn(score_word("total", lang), 10, "0.00"),
        PageColumn(score_word("grade", lang), 10),
        PageColumn(score_word("coefficient", lang), 10, "0.00"),
        PageColumn(score_word("completeness", lang), 10, "0.00"),
        PageColumn(score_word("provisional", lang), 12, "0.00"),
    ]
    decided = scores.decisions.people
    if decided:
        columns.append(PageColumn(score_word("decided", lang), 60))
    rows = []
    for i, (person, verdict) in enumerate(zip(scores.people, scores.verdicts.people, strict=True)):
        band = bands[totals.grade[i]] if totals.grade[i] >= 0 else None
        rows.append(
            [
                str(person),
                names.people[person],
                verdict.label(lang) if verdict.is_undetermined else _number(totals.total[i]),
                band.grade if band else "",
                _number(band.coefficient) if band else None,
                _number(totals.completeness[i]),
                _number(totals.provisional[i]),
                *([outcome_text(decided.get(person, ()), lang)] if decided else []),
            ]
        )
    about = Text(
        "有待报指标的人没有总分，只有暂定分；有错误的人未定，先改好所示单元格。每个数怎样算出来，见得分工作簿的公式，或选中一行点“解释得分”。",
        "People with pending lines have no total yet, only a provisional one; where something is wrong, the cell to "
        "mend stands in its place. How a figure comes about: the formulas "
        "of the score workbook, or select a row and click Explain.",
    )
    return Page(_SCORES(lang), about(lang), columns, rows)


def _number(value: object) -> float | None:
    if not isinstance(value, int | float) or isnan(value):
        return None
    return float(value)
