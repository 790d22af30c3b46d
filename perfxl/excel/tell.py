"""What functions tell in words and tables: scores with their reasons, totals, look-ups, methods, settings, why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from perfxl.core.formula import number_text, put_in, to_text
from perfxl.core.language import Text
from perfxl.core.policy import SETTINGS
from perfxl.core.problems import problem
from perfxl.core.rulebook import FIGURES, METHODS, Method, for_direction
from perfxl.core.schema import Type, get
from perfxl.core.scoring.scalar import STATUS_LABELS, LineScore, part_of_rule
from perfxl.core.scoring.totals_plain import ContractTotal
from perfxl.core.values.dates import from_serial
from perfxl.core.values.text import Nearest, fold_name, parse_text
from perfxl.excel import normalise, registry
from perfxl.excel.errors import CellError, Failure, failure
from perfxl.excel.lines import shown, single_score, told
from perfxl.excel.normalise import Rows
from perfxl.excel.ranges import Range, table
from perfxl.excel.scores import Scored
from perfxl.excel.settings import Given
from perfxl.excel.shows import chosen
from perfxl.excel.totals import no_total
from perfxl.excel.totals import totals as all_totals

SHOWS = {
    "points": Text("得分", "Points"),
    "status": Text("状态", "Status"),
    "method": Text("方法", "Method"),
    "reason": Text("原因", "Reason"),
    "how": Text("过程", "How"),
}
_TOTALS = (
    *(Text("总分", "Total"), Text("暂估总分", "Provisional")),
    *(Text("完整度%", "Complete %"), Text("等级", "Grade"), Text("系数", "Coefficient"), Text("原因", "Reason")),
)


def columns(scored: Scored, show: Any) -> Rows:
    """What is asked for of every line, beside the table."""
    lang = scored.range.lang
    made: dict[str, list[Any]] = {}
    asked = chosen(show, SHOWS)
    scores = scored.in_full() if "how" in asked else scored.scores
    lines = list(zip(scores, scored.kpis, scored.range.records.column("actual"), strict=True))
    for name in asked:
        made[name] = [_cell(name, *line, lang) for line in lines]
    return scored.range.beside([(SHOWS[name], made[name]) for name in asked])


def totals(scored: Scored) -> Rows:
    """Everybody's total with provisional total, completeness, grade and coefficient."""
    lang = scored.range.lang
    declared, records = get("contract_sheet"), scored.range.records
    held = [name for name in ("person", "name") if name in records.columns] or ["name"]
    lines: Rows = [[*(declared.column(name).header(lang) for name in held), *(_say(lang, *text) for text in _TOTALS)]]
    first = {person: i for i, person in reversed(list(enumerate(scored.people)))}
    for person, found in all_totals(scored).items():
        who = [records.column(name)[first[person]] for name in held]
        lines.append([*who, *_total_cells(found, no_total(scored, person, lang), lang)])
    return lines


def _total_cells(made: ContractTotal | Failure, none: str, lang: str) -> list[Any]:
    if isinstance(made, Failure):
        return [made.error, "", "", "", "", "；".join(each.message(lang) for each in made.problems)]
    grade, coefficient = (made.band.grade, made.band.coefficient) if made.band else ("", None)
    total = none if made.total is None else made.total
    return [total, made.provisional, made.completeness, grade, coefficient, ""]


def explained(cells: Mapping[str, Any], given: Given, lang: str) -> str:
    """The rule, the figures put in, what came out, and the limit that was hit."""
    return _how(single_score(cells, given), cells["actual"], lang)


def found(rows: Rows, person: Any, kpi: Any, column: Any) -> Any:
    """The rows of a person as they stand, with their headers; one KPI, or one column of them."""
    held = table("contract_sheet", rows)
    mine = _matching(held, person, ("person", "name"))
    if kpi is not None:
        wanted = set(_matching(held, kpi, ("kpi_id", "kpi")))
        mine = [i for i in mine if i in wanted]
    if not mine:
        who = " · ".join(str(each) for each in (person, kpi) if each is not None)
        raise failure("name_unknown", CellError.NA, value=who, known=_known(held))
    lines = [held.rows[held.places[i]] for i in mine]
    if column is None:
        return [held.rows[held.header.row + held.header.height - 1], *lines]
    at = _column(held, column)
    return [[row[at]] for row in lines]


def taken(rows: Rows) -> Rows:
    """Header by header, what it was taken for."""
    held = table("contract_sheet", rows)
    lang = held.lang
    made: Rows = [[_say(lang, "表头", "Header"), _say(lang, "当作", "Taken for"), _say(lang, "说明", "Note")]]
    for at, text in sorted(held.header.texts.items()):
        name = held.header.columns.get(at)
        rival = held.header.rivals.get(at, held.header.twins.get(at))
        note = (
            ""
            if rival is None
            else _say(lang, f"已用“{held.header.texts[rival]}”", f"{held.header.texts[rival]} is used")
        )
        made.append(
            [text, held.header.table.column(name).header(lang) if name else _say(lang, "（不用）", "(not used)"), note]
        )
    return made


def rule(name: Any, given: Given) -> str:
    method = given.scorer.book.find(name)
    if method is None:
        raise failure("name_unknown", CellError.NA, value=name, known="、".join(each.zh for each in _all(given)))
    return method.text


def methods(given: Given, lang: str) -> Rows:
    heads = [_say(lang, "方法", "Method"), _say(lang, "公式", "Formula"), _say(lang, "要填", "Figures needed")]
    lines = []
    for method in _all(given):
        needed = [get("contract_sheet").column(FIGURES[name]).header(lang) for name in method.needs if name in FIGURES]
        lines.append([method.label(lang), method.text, "、".join(needed) if lang == "zh" else ", ".join(needed)])
    return [heads, *lines]


def all_settings(given: Given, lang: str) -> Rows:
    declared = get("policy")
    lines: Rows = [[declared.column(name).header(lang) for name in ("key", "value", "unit", "help")]]
    for setting in SETTINGS:
        current = given.policy[setting.name]
        choice = next((choice for choice in setting.choices if choice.name == current), None)
        if choice:
            current = choice.label(lang)
        elif setting.type is Type.BOOL:
            current = _say(lang, "是" if current else "否", "yes" if current else "no")
        lines.append(
            [_say(lang, setting.zh, setting.en), current, setting.unit, _say(lang, setting.zh_help, setting.en_help)]
        )
    return lines


def why(name: Any, arguments: Sequence[Any], lang: str) -> Any:
    """The reasons of a call's failures, each with what to do; of the last failed call where none is named."""
    if name is None:
        if not registry.last:
            return problem("nothing_failed").message(lang)
        name, made = registry.last[0]
        return _reasons(made)
    known = [each for each in registry.FUNCTIONS if each != "PX_WHY"]
    asked = str(name).strip().upper()
    if asked not in known:
        near = Nearest(known)(asked)
        raise failure("name_unknown", CellError.NA, value=name, known=near or "、".join(known))
    return _reasons(registry.answer(asked, arguments[: len(registry.FUNCTIONS[asked].arguments)]))


def _reasons(made: registry.Answer) -> Any:
    texts = dict.fromkeys(f"{p.message(made.lang)} → {p.hint(made.lang)}" for p in made.problems)
    if not texts:
        return problem("nothing_failed").message(made.lang)
    return [[text] for text in texts] if len(texts) > 1 else next(iter(texts))


def _cell(name: str, found_: LineScore, kpi: str, actual: Any, lang: str) -> Any:
    if name == "points":
        try:
            return shown(found_, lang, kpi)
        except Failure as failed:
            return failed.error
    if name == "status":
        return STATUS_LABELS[found_.status][0 if lang == "zh" else 1]
    if name == "method":
        return found_.method.label(lang) if found_.method else ""
    if name == "reason":
        return told(found_, kpi).message(lang) if found_.problem else ""
    return "" if found_.problem else _how(found_, actual, lang)


def _how(found_: LineScore, actual: Any, lang: str) -> str:
    """比率法：100*(1+(A-T)/ABS(T)) = 100*(1+(98-100)/ABS(100)) = 98"""
    if found_.problem:
        raise Failure(told(found_))
    method, raw = found_.method, found_.raw
    if method is None or raw is None or found_.points is None:
        return STATUS_LABELS[found_.status][0 if lang == "zh" else 1]
    tree = put_in(for_direction(method.tree, found_.direction), lambda part: part_of_rule(part, found_.figures))
    dated = "DAYS" in method.text
    applied = to_text(tree, lambda name: _figure(name, found_.figures[name], dated))
    looked_up = "GRADES" in method.text or "STEPS" in method.text
    parts = [normalise.shown(actual)] if looked_up else [to_text(tree), applied]
    end = "" if found_.points == raw else f" → {found_.points:.10g}{_limit(found_, lang)}"
    return f"{method.label(lang)}{_say(lang, '：', ': ')}{' = '.join(dict.fromkeys((*parts, f'{raw:.10g}')))}{end}"


def _figure(name: str, value: float, dated: bool) -> str:
    text = from_serial(value).isoformat() if dated and name in ("A", "T", "L") else number_text(value)
    return f"({text})" if value < 0 else text


def _limit(found_: LineScore, lang: str) -> str:
    if found_.raw is None or found_.method is None or found_.method.effect != "points":
        return ""
    if found_.raw > found_.cap:
        return _say(lang, f"（封顶 {found_.cap:.10g}）", f" (cap {found_.cap:.10g})")
    return (
        _say(lang, f"（保底 {found_.floor:.10g}）", f" (floor {found_.floor:.10g})")
        if found_.raw < found_.floor
        else ""
    )


def _all(given: Given) -> list[Method]:
    return [*METHODS, *given.scorer.book.own.values()]


def _matching(held: Range, asked: Any, names: Sequence[str]) -> list[int]:
    word = fold_name(parse_text(asked).value or "")
    cells = [held.records.column(name) for name in names]
    return [i for i in range(len(held.records)) if any(c[i] is not None and fold_name(c[i]) == word for c in cells)]


def _known(held: Range) -> str:
    people = (p or n for p, n in zip(held.records.column("person"), held.records.column("name"), strict=True))
    return "、".join(dict.fromkeys(str(each) for each in people if each is not None))[:200]


def _column(held: Range, asked: Any) -> int:
    """The column of the range that a header text, in either language, stands for."""
    from perfxl.tables.headers import bare, meanings

    for at, text in held.header.texts.items():
        if bare(text) == bare(str(asked)):
            return at
    wanted = {meaning.column for meaning in meanings("contract_sheet").get(bare(str(asked)), ())}
    for at, name in held.header.columns.items():
        if name in wanted:
            return at
    raise failure("name_unknown", CellError.NA, value=asked, known="、".join(held.header.texts.values()))


def _say(lang: str, zh: str, en: str) -> str:
    return zh if lang == "zh" else en
