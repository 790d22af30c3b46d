"""The workbook that says how far a collection is: who has sent what back, by unit and by KPI, what it changed, what is
wrong with it, and whom to remind."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from xlsxwriter import Workbook

from perfxl.core.cells import a1
from perfxl.core.language import Text
from perfxl.core.problems import Address, Problem
from perfxl.core.records import Gathered, Tables
from perfxl.core.requests import JOBS
from perfxl.core.schema import column_label, get, table_label
from perfxl.core.table_access import Names
from perfxl.disk import real
from perfxl.exchange.changes import Change, Disagreement, FileState, Merged, NewRow
from perfxl.exchange.record import Record
from perfxl.workbook.cell_values import label, value_cell
from perfxl.workbook.program.layout import quoted
from perfxl.workbook.result_page import (
    BAD,
    FAIR,
    GOOD,
    PROBLEM_SHEETS,
    ResultPage,
    Tile,
    header_width,
    write_problems,
)
from perfxl.workbook.style import LINK, ROW_HEIGHT, Formats, fitting_width, row_height
from perfxl.workbook.writing import new_workbook

__all__ = ["KIND", "REPORT_NAME", "open_rows", "write_progress"]

KIND = "progress"
REPORT_NAME = Text("收集进度", "Progress")

_STAGE = "results"
_PEOPLE_ROW, _LIST_ROW = 6, 3  # of headers: below key figures, below the title
_MOST_ROWS, _MOST_LINKS = 200_000, 60_000
_INDENTED = 1  # a column is wider by that: its texts stand off the lines
_NOT_BACK, _PART, _ALL = Text("未发回", "Not back"), Text("未填完", "Incomplete"), Text("已填完", "Complete")
_YES, _NO = Text("采用", "Taken"), Text("没有采用", "Not taken")
_FILLS = {_NOT_BACK: BAD, _PART: FAIR, _ALL: GOOD, _YES: GOOD, _NO: FAIR}

_TITLES = {
    "people": Text("进度", "Progress"),
    "units": Text("按单位", "By unit"),
    "kpis": Text("按指标", "By KPI"),
    "changes": Text("改动", "Changes"),
    "added": Text("新增行", "New rows"),
    "disagreements": Text("分歧", "Disagreements"),
    "reminders": Text("催报名单", "To remind"),
}
_GUIDES = {
    "people": Text(
        "没有发回的在前；“已填”是要填的行里已填的行数。",
        "Those who have not sent anything back come first; Done counts the rows that were to be filled in.",
    ),
    "units": Text("由“进度”一表汇总。", "Summed from the sheet Progress."),
    "kpis": Text("每个指标要填多少行，填了多少行。", "How many rows of each KPI were asked for, and filled in."),
    "changes": Text(
        "写入方案副本的每一处：原值、新值、谁填的、出自哪个文件的哪个单元格。",
        "Every cell that the copy of the program has anew: what stood there, what comes, who filled it in and where.",
    ),
    "added": Text("方案里原来没有、收集后新增的行。", "Rows that the program did not have before."),
    "disagreements": Text(
        "同一项填得不一样的并排列出，采用哪一个由参数“收集冲突”（或 --conflict）决定。",
        "Different answers to one and the same side by side; which one counts, the settings (or --conflict) say.",
    ),
    "reminders": Text(
        "还没有发回或没有填完的人；可按此名单催报。", "Who has not sent the file back, or not filled in all of it."
    ),
}
_NOTHING = Text("没有", "None")
_NO_RECORD = Text(
    "没有找到下发记录，不知道下发给了谁；“改动”与“问题”仍然完整。",
    "The record of what was sent was not found, so nobody can be missed; changes and problems are complete.",
)


class _Column(NamedTuple):
    header: Text
    least: float = 10
    most: float = 42


_FOR, _UNIT, _MAIL = _Column(Text("填报人", "Name"), 12), _Column(Text("单位", "Unit"), 14), Text("邮箱", "E-mail")
_ASKED, _DONE, _SHARE = (
    _Column(each) for each in (Text("应填", "Asked"), Text("已填", "Done"), Text("完成", "Complete"))
)
_WHO, _WHEN = _Column(Text("填报人", "Who"), 12), _Column(Text("文件时间", "File time"), 17)
_FROM = (
    _Column(Text("来自文件", "From file"), 24, 48),
    _Column(Text("工作表", "Sheet"), 12),
    _Column(Text("单元格", "Cell"), 9),
)
_PEOPLE = (
    *(_FOR, _UNIT, _Column(Text("状态", "State")), _ASKED, _DONE, _SHARE),
    *(_Column(Text("问题", "Problems")), _Column(Text("发回的文件", "Came back as"), 30, 60)),
)
_GROUPS = (*(_ASKED, _DONE, _SHARE), _Column(Text("未填", "Open")))
_CHANGES = (
    *(_Column(Text("表", "Table"), 12), _Column(Text("行", "Row"), 24, 48), _Column(Text("列", "Column"), 12)),
    *(_Column(Text("方案单元格", "Program cell"), 16), _Column(Text("原值", "Old")), _Column(Text("新值", "New"))),
    *(_WHO, _WHEN, *_FROM),
)
_ADDED = (_Column(Text("表", "Table"), 12), _Column(Text("内容", "Content"), 50, 90), _WHO, _WHEN, *_FROM)
_DISAGREEMENTS = (
    *(_Column(Text("表", "Table"), 12), _Column(Text("行", "Row"), 24, 48), _Column(Text("列", "Column"), 12)),
    *(_Column(Text("方案中", "Program")), _Column(Text("填的", "Answer")), _Column(Text("采用", "Taken"))),
    *(_WHO, _WHEN, *_FROM),
)
_REMINDERS = (
    *(_FOR, _UNIT, _Column(_MAIL, 22), _Column(Text("状态", "State")), _Column(Text("未填行数", "Open rows"))),
    *(_Column(Text("还要填", "What is open"), 36, 60), _Column(Text("截止", "Due"), 12)),
    _Column(Text("下发的文件", "File that was sent"), 30, 60),
)

Row = Sequence[Any]


class _Formula(NamedTuple):
    text: str
    value: float
    percent: bool = False


class _Link(NamedTuple):
    target: str
    text: str


class _Figure(NamedTuple):
    value: Any
    percent: bool


def write_progress(
    path: Path,
    tables: Tables,
    merged: Merged,
    record: Record | None,
    problems: Sequence[Problem],
    lang: str,
    program: Path | None = None,
    found: Mapping[str, Path] | None = None,
) -> None:
    """Writes the workbook.

    tables   the program's before anything was merged
    program  the copy of it with the answers, to which changes lead
    found    the files that came back by name, so far as they can be opened where they lie

    Raises: OSError where it cannot be written.
    """
    with new_workbook(path, lang, REPORT_NAME(lang), KIND, program.name if program else "") as workbook:
        _Progress(workbook, path, tables, merged, record, problems, lang, program, found or {}).write()


def open_rows(state: FileState, lang: str) -> str:
    """What is still to be filled in, by job: 实绩填报 3 行."""
    parts = []
    for job, asked in state.sent.counts.items():
        left = asked - len(state.answered.get(job, ()))
        if left > 0 and not JOBS[job].adds:
            parts.append(Text(f"{JOBS[job].text.zh} {left} 行", f"{JOBS[job].text.en}: {left}")(lang))
    return Text("，", ", ")(lang).join(parts)


class _Progress:
    def __init__(
        self,
        workbook: Workbook,
        path: Path,
        tables: Tables,
        merged: Merged,
        record: Record | None,
        problems: Sequence[Problem],
        lang: str,
        program: Path | None,
        found: Mapping[str, Path],
    ) -> None:
        self.workbook, self.path, self.tables, self.merged, self.record = workbook, path, tables, merged, record
        self.problems, self.lang, self.program, self.found = problems, lang, program, found
        self.formats, self.names = Formats(workbook, lang), Names.of(tables)
        self.states = sorted(
            merged.files,
            key=lambda each: (_RANKS[_state(each)], _share(each), each.sent.unit, each.sent.name),
        )

    def write(self) -> None:
        wrong = Counter(each.address.file for each in self.problems if each.severity != "notice")
        people = [self._person(i, each, wrong) for i, each in enumerate(self.states)]
        page = self._page("people", _PEOPLE, people)
        if self.record is None:
            page.sheet.write_string(2, 0, _NO_RECORD(self.lang), page.muted_look())
        self._tiles(page)
        self._units()
        self._kpis()
        self._page("changes", _CHANGES, [self._change(each) for each in self.merged.changed])
        self._page("added", _ADDED, [self._added(each) for each in self.merged.added])
        differ = [row for each in self.merged.disagreements for row in self._side_by_side(each)]
        self._page("disagreements", _DISAGREEMENTS, differ)
        sheet = self.workbook.add_worksheet(PROBLEM_SHEETS(self.lang))
        write_problems(ResultPage(sheet, self.formats, self.lang, _STAGE), self.problems, of_files=True)
        self._page("reminders", _REMINDERS, [self._reminder(e) for e in self.states if _state(e) is not _ALL])

    # ---- the sheets

    def _person(self, i: int, state: FileState, wrong: Mapping[str, int]) -> Row:
        sent = state.sent
        count = sum(wrong.get(name, 0) for name in state.names)
        files: Any = self._file_link(state.names[0]) if len(state.names) == 1 else "；".join(state.names)
        return (sent.name, sent.unit, _state(state), state.asked, state.done, self._ratio(i, state), count, files)

    def _ratio(self, i: int, state: FileState) -> Any:
        asked, done = a1(_PEOPLE_ROW + 1 + i, 3), a1(_PEOPLE_ROW + 1 + i, 4)
        return _Formula(f"=IF({asked}>0,{done}/{asked},1)", _share(state), True)

    def _tiles(self, page: ResultPage) -> None:
        """Key figures above the list; formulas, so that they follow whoever edits or filters the list by hand."""
        states = [_state(each) for each in self.states]
        first, last = _PEOPLE_ROW + 1, _PEOPLE_ROW + max(len(states), 1)
        reach = f"{a1(first, 2)}:{a1(last, 2)}"
        asked, done = (f"SUM({a1(first, at)}:{a1(last, at)})" for at in (3, 4))
        of_all, of_done = (sum(getattr(each, name) for each in self.states) for name in ("asked", "done"))
        counts = Counter(state(self.lang) for state in states)
        tiles: list[tuple[Text, str, float, str | None]] = [
            (Text("下发", "Sent"), f'=COUNTIF({reach},"?*")', len(states), None),
            *((s, f'=COUNTIF({reach},"{s(self.lang)}")', counts[s(self.lang)], _FILLS[s]) for s in _RANKS),
            (Text("行数完成", "Rows complete"), f"=IF({asked}>0,{done}/{asked},1)", _part(of_done, of_all), None),
        ]
        page.tiles(3, [Tile(i, i, text(self.lang), 0, fill) for i, (text, _, _, fill) in enumerate(tiles)])
        for i, (_, formula, value, fill) in enumerate(tiles):
            look = {"align": "center", "bg_color": fill or page.colour.pale, "bold": True, "font_size": 18}
            shown = "0%" if i == len(tiles) - 1 else "0"
            page.sheet.write_formula(4, i, formula, self.formats.bordered(**look, num_format=shown), value)

    def _units(self) -> None:
        first, last = _PEOPLE_ROW + 2, _PEOPLE_ROW + 1 + max(len(self.states), 1)
        title = quoted(_TITLES["people"](self.lang))
        reach = [f"{title}!${letter}${first}:${letter}${last}" for letter in "BDE"]
        totals: dict[str, list[int]] = {}
        for state in self.states:
            of_unit = totals.setdefault(state.sent.unit, [0, 0])
            of_unit[0] += state.asked
            of_unit[1] += state.done
        ordered = sorted(totals.items(), key=lambda pair: (_part(pair[1][1], pair[1][0]), pair[0]))
        rows = []
        for i, (unit, (asked, done)) in enumerate(ordered):
            own = f"$A{_LIST_ROW + 2 + i}"
            sums = [
                _Formula(f"=SUMIF({reach[0]},{own},{of})", n) for of, n in zip(reach[1:], (asked, done), strict=True)
            ]
            rows.append((unit, *(sums if unit else (asked, done)), *self._ratio_cells(i, asked, done)))
        self._page("units", (_UNIT, *_GROUPS), rows)

    def _kpis(self) -> None:
        asked, done = Counter[Any](), Counter[Any]()
        for state in self.states:
            for name, keys in state.sent.keys.items():
                job = JOBS[name]
                column = next((each for each in ("kpi", "dimension") if each in job.key), None)
                if column is None or job.adds:
                    continue
                at = job.key.index(column)
                asked.update(key[at] for key in keys)
                done.update(key[at] for key in state.answered.get(name, ()))
        ordered = sorted(asked, key=lambda kpi: (_part(done[kpi], asked[kpi]), str(kpi)))
        rows = [
            (str(kpi), self.names.kpis[kpi], asked[kpi], done[kpi], *self._ratio_cells(i, asked[kpi], done[kpi], 2))
            for i, kpi in enumerate(ordered)
        ]
        self._page("kpis", (_Column(Text("指标编码", "KPI ID")), _Column(Text("指标", "KPI"), 24), *_GROUPS), rows)

    def _ratio_cells(self, i: int, asked: int, done: int, at: int = 1) -> tuple[_Formula, _Formula]:
        of, filled = a1(_LIST_ROW + 1 + i, at), a1(_LIST_ROW + 1 + i, at + 1)
        return (
            _Formula(f"=IF({of}>0,{filled}/{of},1)", _part(done, asked), True),
            _Formula(f"={of}-{filled}", asked - done),
        )

    def _change(self, change: Change) -> Row:
        table, column = get(change.table), get(change.table).column(change.column)
        records = self.tables.get(change.table)
        place: Any = ""
        assert records is not None, "a cell that the program has"
        key = (records.column(name)[change.row] for name in table.key or ("holder", "kpi", "period"))
        about = self._named(list(key))
        origin, at = records.origins[change.row] if isinstance(records, Gathered) else (records, change.row)
        if change.column in origin.letters:
            place = self._program_link(origin.address(at, change.column))
        was_percent = change.row in records.percent.get(change.column, ())
        old, new = (label(column.choices, value, self.lang) for value in (change.old, change.new))
        return (
            *(table_label(change.table, self.lang), about, column_label(change.table, change.column, self.lang)),
            *(place, _Figure(old, was_percent or change.percent), _Figure(new, change.percent)),
            *self._source(change.who, change.modified, change.source),
        )

    def _side_by_side(self, differ: Disagreement) -> Iterator[Row]:
        for each in differ.answers:
            table, column = get(each.table), get(each.table).column(each.column)
            about = self._named(differ.key)
            old, new = (label(column.choices, value, self.lang) for value in (each.old, each.new))
            taken = _YES if each == differ.taken else _NO
            yield (
                *(table.title(self.lang), about, column_label(each.table, each.column, self.lang)),
                *(_Figure(old, each.percent), _Figure(new, each.percent), taken),
                *self._source(each.who, each.modified, each.source),
            )

    def _added(self, row: NewRow) -> Row:
        table = get(row.table)
        shown = []
        for column in table.columns:
            value = row.values.get(column.name)
            if value is not None:
                if isinstance(value, float):
                    value = f"{value * 100:.10g}%" if column.name in row.percent else f"{value:.15g}"
                elif column.name in ("holder", "kpi", "dimension", "ratee", "rater"):
                    value = self._named([value])
                shown.append(f"{column.header(self.lang)}：{label(column.choices, value, self.lang)}")
        content = "；".join(shown)
        return (table_label(row.table, self.lang), content, *self._source(row.who, row.modified, row.source))

    def _reminder(self, state: FileState) -> Row:
        sent, due = state.sent, self.record.batch.due if self.record else ""
        left = state.asked - state.done
        what = open_rows(state, self.lang)
        return (sent.name, sent.unit, sent.email, _state(state), left, what, due, sent.path)

    # ---- cells

    def _source(self, who: str, modified: float, source: Address) -> Row:
        when = datetime.fromtimestamp(modified).strftime("%Y-%m-%d %H:%M")
        return (who, when, self._file_link(source.file, source), source.sheet, source.cell)

    def _named(self, key: Sequence[Any]) -> str:
        names = self.names
        told = [names.people.get(part) or names.kpis.get(part) or part for part in key if part is not None]
        return " · ".join(map(str, told))

    def _file_link(self, name: str, source: Address | None = None) -> Any:
        path = self.found.get(name)
        if path is None or not name or "#" in str(path):  # which a link would take for the place within the file
            return name
        inside = f"#{quoted(source.sheet)}!{source.cell}" if source and source.sheet and source.cell else ""
        return _Link(f"external:{self._relative(path)}{inside}", name)

    def _program_link(self, address: Address) -> Any:
        if self.program is None or not address.sheet or not address.cell or "#" in str(self.program):
            return address.place
        return _Link(f"external:{self._relative(self.program)}#{quoted(address.sheet)}!{address.cell}", address.place)

    def _relative(self, path: Path) -> str:
        try:
            return os.path.relpath(real(path), real(self.path).parent)
        except ValueError:  # on another drive
            return str(real(path))

    def _page(self, name: str, columns: Sequence[_Column], rows: Sequence[Row]) -> ResultPage:
        title = _TITLES[name](self.lang)
        page = ResultPage(self.workbook.add_worksheet(title), self.formats, self.lang, _STAGE)
        header = _PEOPLE_ROW if name == "people" else _LIST_ROW
        page.top(title, _GUIDES[name](self.lang))
        page.header(header, [column.header(self.lang) for column in columns])
        widths = []
        for i, column in enumerate(columns):
            texts = [_text(row[i], self.lang) for row in rows[:500]]
            least = max(column.least, header_width(column.header(self.lang), True))
            widths.append(fitting_width(texts, least, max(least, column.most)))
            page.sheet.set_column(i, i, widths[i] + _INDENTED)
        long = [i for i, column in enumerate(columns) if widths[i] >= column.most]  # texts there may wrap
        links = 0
        for at, row in enumerate(rows[:_MOST_ROWS], header + 1):
            height = max((row_height(_text(row[i], self.lang), widths[i]) for i in long), default=ROW_HEIGHT)
            if height > ROW_HEIGHT:
                page.sheet.set_row(at, height)
            for i, value in enumerate(row):
                is_link = isinstance(value, _Link)
                links += is_link
                self._put(page, at, i, value.text if is_link and links > _MOST_LINKS else value)
        if not rows:
            page.sheet.write_string(header + 1, 0, _NOTHING(self.lang), page.muted_look())
        last = header + max(min(len(rows), _MOST_ROWS), 1)
        page.sheet.autofilter(header, 0, last, len(columns) - 1)
        page.sheet.freeze_panes(header + 1, 0)
        page.print_set_up(title, header)
        return page

    def _put(self, page: ResultPage, row: int, column: int, value: Any) -> None:
        sheet, look = page.sheet, self.formats.bordered
        if isinstance(value, Text):
            sheet.write_string(row, column, value(self.lang), look(align="center", bg_color=_FILLS[value]))
        elif isinstance(value, _Formula):
            shown = "0%" if value.percent else "0"
            sheet.write_formula(row, column, value.text, look(align="right", indent=1, num_format=shown), value.value)
        elif isinstance(value, _Link):
            linked = look(font_color=LINK, underline=1, text_wrap=True, align="left", indent=1)
            if sheet.write_url(row, column, value.target, linked, value.text):  # longer than Excel takes
                page.write(row, column, value.text, look(text_wrap=True, align="left", indent=1))
        elif isinstance(value, _Figure):
            cell = value_cell(self.formats, value.value, self.lang, {"text_wrap": True}, (value.percent, 0))
            shown_value = cell.value.isoformat() if isinstance(cell.value, date) else cell.value
            page.write(row, column, shown_value, cell.format)
        elif isinstance(value, int | float):
            page.write(row, column, value, look(align="right", indent=1))
        else:
            page.write(row, column, value, look(text_wrap=True, align="left", indent=1))


_RANKS = {_NOT_BACK: 0, _PART: 1, _ALL: 2}


def _state(state: FileState) -> Text:
    if not state.names:
        return _NOT_BACK
    return _ALL if state.done >= state.asked else _PART


def _share(state: FileState) -> float:
    return _part(state.done, state.asked)


def _part(done: int, asked: int) -> float:
    return done / asked if asked else 1.0


def _text(value: Any, lang: str) -> str:
    if isinstance(value, Text):
        return value(lang)
    if isinstance(value, _Link):
        return value.text
    if isinstance(value, _Formula):
        return ""
    return str(value.value if isinstance(value, _Figure) else value or "")
