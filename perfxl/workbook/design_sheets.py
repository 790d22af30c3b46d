"""Two sheets of the cascade book: each target against SMART, and the screening of the KPI library. Both are proposals;
the program is not changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from xlsxwriter import Workbook

from perfxl.core.cascade.review import Review, ReviewedTarget, ReviewedTargets
from perfxl.core.cascade.screening import DROP, KEEP, MONITOR, RATINGS, Screened
from perfxl.core.cascade.smart import LETTERS
from perfxl.core.language import Text
from perfxl.core.schema import column_label
from perfxl.core.schema.choices import KIND, VERDICT
from perfxl.core.values.numbers import show_figure
from perfxl.workbook.result_page import BAD, FAIR, GOOD, ResultPage, Tile
from perfxl.workbook.style import Formats, fitting_width, row_height

_STAGE = "design"
_HEADER = 6
_SMART_TITLE, _SCREEN_TITLE = Text("SMART", "SMART"), Text("指标筛选", "KPI screening")
_SMART_GUIDE = Text(
    "每个目标逐项核对：S 具体、M 可衡量、A 可达到（对比基数与进度）、R 相关、T 有时限。✗ 的原因在右侧。",
    "Each target: specific, measurable, attainable (against base and pace), relevant, dated. Why a letter fails stands "
    "on the right; a column that nobody has filled in fails nobody.",
)
_SCREEN_GUIDE = Text(
    "按可控、可测、重要性、重复、过时提出建议，只是建议：HR 在指标库“筛选结论”栏决定。* 为监控指标，不计权重。",
    "Proposed by controllability, measurability, importance, duplicates and age; HR decides under Verdict of the "
    "library. * is monitored, without weight.",
)
_ONLY_FAILING = Text("目标很多，只列出有 ✗ 的", "there are many targets: only those that fail are listed")
_ONLY_SOME = Text(
    "目标很多，只列出前 {count} 个有 ✗ 的", "there are many targets: the first {count} that fail are listed"
)
_HEADERS = {
    "holders": Text("受约人", "Holder"),
    "kpi": Text("指标", "KPI"),
    "target": Text("目标值", "Target"),
    "why": Text("原因", "Why"),
    "place": Text("单元格", "Cell"),
    "importance": Text("重要性", "Importance"),
    "proposal": Text("建议", "Proposal"),
}
_LETTERS = {
    "specific": Text("S 具体", "S specific"),
    "measurable": Text("M 可衡量", "M measurable"),
    "attainable": Text("A 可达到", "A attainable"),
    "relevant": Text("R 相关", "R relevant"),
    "dated": Text("T 有时限", "T dated"),
}
_TILES = (Text("目标数", "Targets"), Text("有 ✗ 的", "that fail"))
_PASS, _FAIL = "✓", "✗"
_FILLS = {KEEP: GOOD, MONITOR: FAIR, DROP: BAD}
_WHY = 70


def add_design_sheets(workbook: Workbook, formats: Formats, review: Review, lang: str) -> None:
    """Adds the sheets that have rows."""
    if review.targets.judged:
        _write_smart(ResultPage(workbook.add_worksheet(_SMART_TITLE(lang)), formats, lang, _STAGE), review.targets)
    if review.screened:
        page = ResultPage(workbook.add_worksheet(_SCREEN_TITLE(lang)), formats, lang, _STAGE)
        _write_screening(page, review.screened)


def _write_smart(page: ResultPage, targets: ReviewedTargets) -> None:
    lang, sheet, bordered = page.lang, page.sheet, page.formats.bordered
    page.top(_SMART_TITLE(lang), _SMART_GUIDE(lang) + _left_out(targets, lang))
    failing, listed = targets.failing, targets.listed
    counts = [(_TILES[0](lang), targets.judged, None), (_TILES[1](lang), failing, BAD if failing else GOOD)]
    for letter in LETTERS:
        count = targets.by_letter.get(letter, 0)
        counts.append((f"{_LETTERS[letter](lang)} {_FAIL}", count, FAIR if count else None))
    page.tiles(3, [Tile(i, i, label, count, fill) for i, (label, count, fill) in enumerate(counts)])
    headers = [_HEADERS[name](lang) for name in ("holders", "kpi", "target")]
    headers += [_LETTERS[letter](lang) for letter in LETTERS]
    page.header(_HEADER, [*headers, _HEADERS["why"](lang), _HEADERS["place"](lang)])
    wrapped, centred = bordered(text_wrap=True), bordered(align="center")
    passes, fails = bordered(align="center", bg_color=GOOD), bordered(align="center", bg_color=BAD, bold=True)
    for row, target in enumerate(listed, _HEADER + 1):
        why = "\n".join(problem.message(lang) for problem in target.fails.values())
        for column, text in enumerate((target.holders, target.name, _shown(target))):
            page.write(row, column, text, centred if column == 2 else wrapped)
        for column, letter in enumerate(LETTERS, 3):
            failed = letter in target.fails
            page.write(row, column, _FAIL if failed else _PASS, fails if failed else passes)
        page.write(row, 8, why, wrapped)
        page.write(row, 9, target.place, centred)
        sheet.set_row(row, max(row_height(why, _WHY), row_height(target.name, 24)))
    for i, width in enumerate((14, 24, 14, 11, 13, 13, 11, 11, _WHY, 16)):
        sheet.set_column(i, i, width)
    sheet.autofilter(_HEADER, 0, _HEADER + max(len(listed), 1), 9)
    sheet.freeze_panes(_HEADER + 1, 2)
    page.print_set_up(_SMART_TITLE(lang), _HEADER)


def _left_out(targets: ReviewedTargets, lang: str) -> str:
    """Which of the targets are not listed, where not all are."""
    if len(targets.listed) == targets.judged:
        return ""
    said = _ONLY_FAILING(lang) if len(targets.listed) == targets.failing else _ONLY_SOME(lang)
    return " " + said.format(count=f"{len(targets.listed):,}")


def _write_screening(page: ResultPage, screened: Sequence[Screened]) -> None:
    lang, sheet, bordered = page.lang, page.sheet, page.formats.bordered
    page.top(_SCREEN_TITLE(lang), _SCREEN_GUIDE(lang))
    verdicts = {choice.name: choice.label(lang) for choice in VERDICT}
    kinds = {choice.name: choice.label(lang) for choice in KIND}
    counts = [(name, sum(each.proposal == name for each in screened)) for name in _FILLS]
    page.tiles(
        3,
        [
            Tile(i, i, verdicts[name], count, _FILLS[name] if count else None)
            for i, (name, count) in enumerate(counts, 1)
        ],
    )
    of_library = ("kpi", "name", "kind", *RATINGS)
    headers = [column_label("kpis", name, lang) for name in of_library]
    headers += [_HEADERS["importance"](lang), column_label("kpis", "verdict", lang)]
    page.header(_HEADER, [*headers, _HEADERS["proposal"](lang), _HEADERS["why"](lang)])
    wrapped, centred, figure = bordered(text_wrap=True), bordered(align="center"), bordered(num_format="0.00")
    names = []
    for row, each in enumerate(screened, _HEADER + 1):
        starred = MONITOR in (each.kind, each.verdict, each.proposal)
        name = f"{each.name}*" if starred and not each.name.endswith("*") else each.name
        names.append(name)
        why = "；".join(text(lang) for text in each.reasons)
        page.write(row, 0, str(each.kpi), centred)
        page.write(row, 1, name, wrapped)
        page.write(row, 2, kinds.get(each.kind, each.kind), centred)
        for column, rating in enumerate(each.ratings, 3):
            page.write(row, column, rating, centred)
        page.write(row, 6, each.importance, figure)
        page.write(row, 7, verdicts.get(each.verdict, each.verdict), centred)
        page.write(row, 8, verdicts[each.proposal], bordered(align="center", bg_color=_FILLS[each.proposal]))
        page.write(row, 9, why, wrapped)
        sheet.set_row(row, max(row_height(why, _WHY), row_height(name, 30)))
    numbers = fitting_width((str(each.kpi) for each in screened), 10, 20)
    for i, width in enumerate((numbers, fitting_width(names, 16, 30), 12, 10, 12, 12, 11, 11, 11, _WHY)):
        sheet.set_column(i, i, width)
    sheet.autofilter(_HEADER, 0, _HEADER + max(len(screened), 1), 9)
    sheet.freeze_panes(_HEADER + 1, 2)
    page.print_set_up(_SCREEN_TITLE(lang), _HEADER)


def _shown(target: ReviewedTarget) -> str:
    value = target.target
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float | int):
        return show_figure(float(value), target.unit, thousands=True)
    return str(value)
