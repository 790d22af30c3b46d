"""What functions tell in words and tables: scores with their reasons, totals, look-ups, methods, settings, why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from perfxl.core.amendments import note_versions
from perfxl.core.codes import Codes
from perfxl.core.formula import number_text, put_in, to_text
from perfxl.core.language import COLON, COMMA, Text
from perfxl.core.policy import SETTINGS
from perfxl.core.problems import Problem, problem
from perfxl.core.rulebook import FIGURES, METHODS, Method, for_direction
from perfxl.core.schema import Type, get
from perfxl.core.scoring.outcomes import outcome_text
from perfxl.core.scoring.scalar import STATUS_LABELS, LineScore, part_of_rule
from perfxl.core.values.dates import from_serial
from perfxl.core.values.text import Nearest, fold_name, parse_text
from perfxl.excel.cells import CellError, Failure, Rows, failure, spell_cell
from perfxl.excel.lines import describe_problem, score_cells, show_score
from perfxl.excel.names import only_one
from perfxl.excel.ranges import Range, read_table, select_columns
from perfxl.excel.registry import FUNCTIONS, Session
from perfxl.excel.registry import answer as answer_call
from perfxl.excel.scores import ScoredTable
from perfxl.excel.settings import PolicyRanges
from perfxl.excel.totals import name_unheld, total_everybody, why_no_total
from perfxl.tables.headers import bare, meanings

SHOWS = {
    "points": Text("得分", "Points"),
    "status": Text("状态", "Status"),
    "method": Text("方法", "Method"),
    "reason": Text("原因", "Reason"),
    "how": Text("过程", "How"),
}
NO_FAILURE = "-"
"""What PX_WHY is asked of a cell in which no function has failed: the add-in knows that."""
_TOTALS = (
    *(Text("总分", "Total"), Text("暂估总分", "Provisional")),
    *(Text("完整度%", "Complete %"), Text("等级", "Grade"), Text("系数", "Coefficient"), Text("原因", "Reason")),
)
_COLUMNS = (Text("表头", "Header"), Text("当作", "Taken for"), Text("说明", "Note"))
_METHODS = (Text("方法", "Method"), Text("公式", "Formula"), Text("要填", "Figures needed"))


def show_columns(scored: ScoredTable, show: Any) -> tuple[Rows, dict[int, list[Problem]]]:
    """What is asked for of every line, beside the table, and what is wrong with the lines, by row of the table."""
    lang, names = scored.range.lang, select_columns(show, SHOWS)
    scores = scored.in_full() if "how" in names else scored.scores
    lines = list(zip(scores, scored.kpis, scored.range.records.column("actual"), strict=True))
    wrong = [
        [describe_problem(line, kpi)] if line.problem else scored.doubts(i) for i, (line, kpi, _) in enumerate(lines)
    ]
    columns = {name: [_cell(name, *line, lang) for line in lines] for name in names if name != "reason"}
    columns["reason"] = ["；".join(about.message(lang) for about in of_line) for of_line in wrong]
    rows = scored.range.beside([(SHOWS[name], columns[name]) for name in names])
    return rows, {place: of_line for place, of_line in zip(scored.range.places, wrong, strict=True) if of_line}


def show_totals(scored: ScoredTable) -> tuple[Rows, dict[int, list[Problem]]]:
    """Everybody's total with provisional total, completeness, grade and coefficient; an undetermined total is an error
    value with what is wrong beside it, and what the settings ask for beyond these lines is said beside each.

    Returns: the rows, and what is wrong by row; what is said of everybody stands with the headers.
    """
    lang = scored.range.lang
    of_all, unheld = note_versions(scored.settings.policy), name_unheld(scored)
    wrong = {0: of_all} if of_all else {}
    declared, records = get("contract_sheet"), scored.range.records
    names = [name for name in ("person", "name") if name in records.columns] or ["name"]
    rows: Rows = [[*(declared.column(name).header(lang) for name in names), *(text(lang) for text in _TOTALS)]]
    first = {person: i for i, person in reversed(list(enumerate(scored.people)))}
    for person, total in total_everybody(scored).items():
        who = [records.column(name)[first[person]] for name in names]
        beside = unheld.get(person, [])
        about = [*beside, *(total.problems if isinstance(total, Failure) else ())]
        if about:
            wrong[len(rows)] = about
        if isinstance(total, Failure):
            rows.append([*who, total.error, "", "", "", "", _told((*total.problems, *beside), lang)])
            continue
        grade, coefficient = (total.band.grade, total.band.coefficient) if total.band else ("", None)
        shown = why_no_total(scored, person, lang) if total.total is None else total.total
        said = "；".join(part for part in (outcome_text(total.outcome, lang), _told((*of_all, *beside), lang)) if part)
        rows.append([*who, shown, total.provisional, total.completeness, grade, coefficient, said])
    return rows, wrong


def _told(problems: Iterable[Problem], lang: str) -> str:
    return "；".join(f"{about.code} {_row_of(about)(lang)}{about.message(lang)}" for about in problems)


def _row_of(about: Problem) -> Text:
    """The row of the range that is said of where nothing else tells it, as of a line that may be anybody's."""
    row = about.details.get("of_row")
    if about.table == "events":
        return Text(f"事件表第 {row} 行：", f"row {row} of the events: ") if row else Text("", "")
    return Text(f"区域第 {row} 行：", f"row {row} of the range: ") if row else Text("", "")


def explain_line(cells: Mapping[str, Any], settings: PolicyRanges, lang: str) -> str:
    """The rule, the figures put in, what came out, and the limit that was hit."""
    return _how(score_cells(cells, settings), cells["actual"], lang)


def find_lines(rows: Rows, person: Any, kpi: Any, column: Any) -> Any:
    """The rows of a person as they stand, with their headers; one KPI, or one column of them."""
    table = read_table("contract_sheet", rows)
    matches = _matching(table, person, "people", ("person", "name"), range(len(table.records)))
    if kpi is not None:
        matches = _matching(table, kpi, "kpis", ("kpi_id", "kpi"), matches)
    if not matches:
        people = (p or n for p, n in zip(*map(table.records.column, ("person", "name")), strict=True))
        known = "、".join(dict.fromkeys(str(person) for person in people if person is not None))[:200]
        asked = " · ".join(str(cell) for cell in (person, kpi) if cell is not None)
        raise failure("name_unknown", CellError.NA, value=asked, known=known)
    lines = [table.rows[table.places[i]] for i in matches]
    if column is None:
        return [table.rows[table.header.row + table.header.height - 1], *lines]
    at = _find_column(table, column)
    return [[row[at]] for row in lines]


def describe_columns(rows: Rows) -> Rows:
    """Header by header, what it was taken for."""
    table = read_table("contract_sheet", rows)
    lang, header = table.lang, table.header
    answer: Rows = [[text(lang) for text in _COLUMNS]]
    for at, text in sorted(header.texts.items()):
        name, note = header.columns.get(at), ""
        rival = header.rivals.get(at, header.twins.get(at))
        if rival is not None:
            note = Text(f"已用“{header.texts[rival]}”", f"{header.texts[rival]} is used")(lang)
        unused = Text("（不用）", "(not used)")(lang)
        answer.append([text, header.table.column(name).header(lang) if name else unused, note])
    return answer


def spell_rule(name: Any, settings: PolicyRanges) -> str:
    """The formula of a method."""
    method = settings.scorer.rules.find(name)
    if method is None:
        known = "、".join(method.zh for method in _all_methods(settings))
        raise failure("name_unknown", CellError.NA, value=name, known=known)
    return method.text


def list_methods(settings: PolicyRanges, lang: str) -> Rows:
    """All methods: name, formula, the figures they need."""
    rows: Rows = [[text(lang) for text in _METHODS]]
    for method in _all_methods(settings):
        needed = [get("contract_sheet").column(FIGURES[name]).header(lang) for name in method.needs if name in FIGURES]
        rows.append([method.label(lang), method.text, COMMA(lang).join(needed)])
    return rows


def list_settings(settings: PolicyRanges, lang: str) -> Rows:
    """All settings with their values, units and meanings."""
    declared = get("policy")
    rows: Rows = [[declared.column(name).header(lang) for name in ("key", "value", "unit", "help")]]
    for setting in SETTINGS:
        current = settings.policy[setting.name]
        choice = next((choice for choice in setting.choices if choice.name == current), None)
        if choice:
            current = choice.label(lang)
        elif setting.type is Type.BOOL:
            current = (Text("是", "yes") if current else Text("否", "no"))(lang)
        name, about = Text(setting.zh, setting.en), Text(setting.zh_help, setting.en_help)
        rows.append([name(lang), current, setting.unit, about(lang)])
    return rows


def explain_failure(name: Any, arguments: Sequence[Any], session: Session, lang: str) -> Any:
    """The reasons of a call's failures, each with what to do; of the session's last failed call where none is named, of
    one cell of the result where the add-in adds its place to the name: PX_SCORES@3,0."""
    if name is None:
        answer = session.last_failure
        problems, lang = (answer.problems, answer.lang) if answer else ((), lang)
    elif name == NO_FAILURE:
        problems = ()
    elif name in set(CellError):
        problems = (problem("reason_not_kept", value=name),)
    else:
        known = [function for function in FUNCTIONS if function != "PX_WHY"]
        asked, _, place = str(name).strip().upper().partition("@")
        if asked not in known:
            near = Nearest(known)(asked)
            raise failure("name_unknown", CellError.NA, value=name, known=near or "、".join(known))
        answer = answer_call(asked, arguments[: len(FUNCTIONS[asked].arguments)], session)
        problems, lang = answer.problems, answer.lang
        if place:
            row, _, column = place.partition(",")
            problems = answer.reasons_at(int(row), int(column))
    texts = dict.fromkeys(
        f"{about.code} {about.message(lang)}{_where(about, lang)} → {about.hint(lang)}" for about in problems
    )
    if not texts:
        return problem("nothing_failed").message(lang)
    return [[text] for text in texts] if len(texts) > 1 else next(iter(texts))


def _where(about: Problem, lang: str) -> str:
    """The cell, counted within the range."""
    cell = about.address.cell
    return Text(f"（区域内 {cell}）", f" (cell {cell} of the range)")(lang) if cell else ""


def _cell(name: str, line_score: LineScore, kpi: str, actual: Any, lang: str) -> Any:
    if name == "points":
        try:
            return show_score(line_score, lang, kpi)
        except Failure as failed:
            return failed.error
    if name == "status":
        return STATUS_LABELS[line_score.status](lang)
    if name == "method":
        return line_score.method.label(lang) if line_score.method else ""
    return "" if line_score.problem else _how(line_score, actual, lang)


def _how(line_score: LineScore, actual: Any, lang: str) -> str:
    """比率法：100*(1+(A-T)/ABS(T)) = 100*(1+(98-100)/ABS(100)) = 98"""
    if line_score.problem:
        raise Failure(describe_problem(line_score))
    method, raw = line_score.method, line_score.raw
    if method is None or raw is None or line_score.points is None:
        return STATUS_LABELS[line_score.status](lang)
    dated, looked_up = "DAYS" in method.text, "GRADES" in method.text or "STEPS" in method.text

    def spell_figure(name: str) -> str:
        value = line_score.figures[name]
        text = from_serial(value).isoformat() if dated and name in ("A", "T", "L") else number_text(value)
        return f"({text})" if value < 0 else text

    parts = [spell_cell(actual)]
    if not looked_up:
        rule = for_direction(method.tree, line_score.direction)
        tree = put_in(rule, lambda part: part_of_rule(part, line_score.figures))
        parts = [to_text(tree), to_text(tree, spell_figure)]
    limit = ""
    if line_score.points != raw:
        limit = f" → {line_score.points:.10g}"
        if method.effect == "points" and raw > line_score.cap:
            limit += Text(f"（封顶 {line_score.cap:.10g}）", f" (cap {line_score.cap:.10g})")(lang)
        elif method.effect == "points" and raw < line_score.floor:
            limit += Text(f"（保底 {line_score.floor:.10g}）", f" (floor {line_score.floor:.10g})")(lang)
    steps = " = ".join(dict.fromkeys((*parts, f"{raw:.10g}")))
    return f"{method.label(lang)}{COLON(lang)}{steps}{limit}"


def _all_methods(settings: PolicyRanges) -> list[Method]:
    return [*METHODS, *settings.scorer.rules.own.values()]


def _matching(table: Range, asked: Any, what: str, columns: tuple[str, str], lines: Sequence[int]) -> list[int]:
    """The lines of these whose ID or name is asked for. Raises: Failure for a name of several."""
    ids, names = ([table.records.column(name)[i] for i in lines] for name in columns)
    codes = [number if number is not None else name for number, name in zip(ids, names, strict=True)]
    text = str(parse_text(asked).value or "")
    word = fold_name(text)
    if word not in {fold_name(code) for code in codes if code is not None}:
        word = fold_name(only_one(what, Codes(codes, [names]), text))
    return [i for i, code in zip(lines, codes, strict=True) if code is not None and fold_name(code) == word]


def _find_column(table: Range, asked: Any) -> int:
    """The column of the range that a header text, in either language, stands for."""
    for at, text in table.header.texts.items():
        if bare(text) == bare(str(asked)):
            return at
    names = {meaning.column for meaning in meanings("contract_sheet").get(bare(str(asked)), ())}
    for at, name in table.header.columns.items():
        if name in names:
            return at
    raise failure("name_unknown", CellError.NA, value=asked, known="、".join(table.header.texts.values()))
