"""What every paper about one person begins with, and the lines of the person's contracts beside their results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from perfxl.core.language import BRACKETS, COLON, SEMICOLON, Text
from perfxl.core.official import STANDING_LABELS, Standing
from perfxl.core.problems import problem
from perfxl.core.records import empty
from perfxl.core.scoring.outcomes import STAGE_LABELS, Outcome, outcome_text
from perfxl.core.scoring.scalar import STATUS_LABELS, Status
from perfxl.core.values.numbers import is_percent, parse_number, round_half_away
from perfxl.core.wording.formatting import BLANK, capitalize, format_number, format_span, format_weight
from perfxl.documents.papers.contexts import ContextError, Contexts, format_coefficient, make_heading
from perfxl.documents.papers.kind import NUMBERED, Field, person_fields
from perfxl.documents.papers.lines import WORDING, Line, describe_wording, format_difference, read_lines
from perfxl.documents.papers.results import LineResult, Total

DECIDED = ("原结果 78.50 C；申诉后 81.00 B", "original 78.50 C; after appeal 81.00 B")


def result_fields(path: str, zh: str, en: str, *examples: str) -> tuple[Field, ...]:
    """The fields of a total, as `describe_total` fills them; `examples` of what was decided, in both languages, where
    the sample program has none."""
    return (
        Field(f"{path}.official", f"{zh}是否正式，用于 if", f"Whether the {en} is official, for `if`"),
        Field(
            f"{path}.state",
            f"{zh}的状态（正式，或暂定与完整度）",
            f"State of the {en} (official, or provisional and how much is known)",
        ),
        Field(f"{path}.total", zh, en.capitalize()),
        Field(f"{path}.grade", "等级；暂定时为横线", "Grade; a dash while provisional"),
        Field(f"{path}.has_coefficient", "等级是否有奖金系数，用于 if", "Whether grades have coefficients, for `if`"),
        Field(f"{path}.coefficient", "奖金系数", "Bonus coefficient"),
        Field(
            f"{path}.decided",
            "原结果、校准后与申诉后的结果，各由谁何时决定；没有决定时为空",
            "Original, calibrated and appealed result, each with who decided and when; blank if nothing was decided",
            *examples,
        ),
    )


PERSON_HEAD: tuple[Field, ...] = (
    *NUMBERED,
    *person_fields("holder", "员工", "employee"),
    *person_fields("superior", "直接上级", "superior"),
    Field("period", "考核期", "Period"),
    *result_fields("result", "总分", "total", *DECIDED),
)

ENTRIES: tuple[Field, ...] = (
    Field("entries[].number", "序号", "Number"),
    Field("entries[].date", "日期", "Date"),
    Field("entries[].coach", "辅导人姓名", "Name of the coach"),
    Field("entries[].kpi", "相关指标", "KPI"),
    Field("entries[].situation", "情况", "Situation"),
    Field("entries[].cause", "原因", "Cause"),
    Field("entries[].advice", "辅导意见", "Advice"),
    Field("entries[].follow_up", "跟进", "Follow-up"),
)

RESULT_LINES: tuple[Field, ...] = (
    Field("lines[].number", "指标序号", "Number of the KPI"),
    Field("lines[].kpi", "指标名称（监控指标带 *）", "KPI (with * if monitored)"),
    Field("lines[].unit", "单位", "Unit"),
    Field("lines[].weight", "计入的权重（不适用指标分摊后）", "Weight, after N/A lines are spread"),
    Field("lines[].target", "目标值（区间控制为区间）", "Target (or the range to stay in)"),
    Field("lines[].actual", "实绩（待报、不适用用文字）", "Actual (pending and N/A in words)"),
    Field("lines[].points", "得分", "Points"),
    Field("lines[].weighted", "加权得分", "Weighted points"),
    Field("lines[].status", "状态", "Status"),
    *WORDING,
)

PROGRESS: tuple[Field, ...] = (
    Field("as_of", "进展截至的月份", "Month of the figures to date"),
    Field("lines[].number", "指标序号", "Number of the KPI"),
    Field("lines[].kpi", "指标名称（监控指标带 *）", "KPI (with * if monitored)"),
    Field("lines[].unit", "单位", "Unit"),
    Field("lines[].weight", "权重", "Weight"),
    Field("lines[].target", "目标值（区间控制为区间）", "Target (or the range to stay in)"),
    Field("lines[].aim", "进度目标：到该月应达到的值", "Target to date"),
    Field("lines[].actual", "实绩（待报、不适用用文字）", "Actual so far (pending and N/A in words)"),
    Field("lines[].attainment", "完成率：实绩比进度目标", "Attainment to date"),
    Field("lines[].light", "亮灯：green、amber、red 或空，用于 if", "green, amber, red or blank, for `if`"),
    Field("lines[].light_name", "亮灯", "Light"),
    Field("lines[].forecast", "按目前进度预计的期末值", "What the period ends with at this pace"),
)


PRECISE = 4  # decimals where a sum is to be followed
_OFFICIAL = Text("正式", "Official")
_PROVISIONAL = Text("暂定，完整度 {share}", "Provisional, {share} known")
_STAGE = Text("{stage}，原 {was}", "{stage}, {was} before")
_NONE = Text("尚无得分", "No points yet")
_NOT_APPLICABLE = Text("不适用", "N/A")
_PENDING = Text("待报", "Pending")
_TIMES = Text("{count} 次", "{count}")


class Scored(NamedTuple):
    """A line of a contract and its result."""

    line: Line
    result: LineResult


def list_people(contexts: Contexts, table: str = "") -> list[str]:
    """Everybody with a contract, and who else stands in `table`."""
    holders = contexts.standing.people
    more = contexts.index.values(table, "holder") if table else []
    with_contract = set(holders)
    return [*holders, *(person for person in more if person not in with_contract)]


def make_person_head(contexts: Contexts, prefix: str, person: str, record: str = "") -> dict[str, Any]:
    """Company, person, superior, period and the result so far, for the paper `record` (the person's only one, if
    blank).

    Raises: ContextError for somebody without a contract, or who is not in the table people.
    """
    rows = contexts.results.contracts(person)
    if not rows:
        raise ContextError([problem("paper_without_result", record=record or person, value=person)], contexts.lang)
    return {
        **make_heading(contexts, prefix, record or person),
        "holder": describe_holder(contexts, person, rows[-1]),
        "superior": _superior(contexts, person, rows[-1]),
        "period": _period(contexts, rows),
        "result": describe_total(contexts, contexts.results.person(person)),
    }


def describe_holder(contexts: Contexts, person: str, contract: int) -> dict[str, str]:
    """A person as the contract in row `contract` has them: its post and unit go before the person's own."""
    row = contexts.index.at("contracts", contract)
    column = "holder" if row["holder"] == person else "second_holder"
    described = contexts.index.refer(person, "contracts", contract, column, person)
    if column != "holder":
        return contexts.describe(person, described)
    unit = contexts.index.refer(person, "contracts", contract, "unit", row["unit"])["name"] if row["unit"] else None
    return contexts.describe(person, described, row["post"], unit)


def find_current_lines(contexts: Contexts, person: str) -> list[Scored]:
    """The lines of the contract that the person holds now."""
    return find_scored_lines(contexts, contexts.results.contracts(person)[-1])


def find_scored_lines(contexts: Contexts, contract: int) -> list[Scored]:
    """The lines of the contract in a row of the table contracts, each with its result."""
    contract_id = contexts.index.at("contracts", contract)["contract"]
    lines = read_lines(contexts, contract_id, contract)
    return [Scored(line, contexts.results.line(line.position)) for line in lines]


def describe_results(contexts: Contexts, lines: list[Scored]) -> list[dict[str, str]]:
    """Lines beside their results, those that deduct, add or veto left out."""
    return [describe_result(contexts, scored) for scored in lines if not scored.line.adjusting]


def describe_result(contexts: Contexts, scored: Scored) -> dict[str, str]:
    """A line beside its result."""
    line, result = scored
    return {
        "number": line.number,
        "kpi": line.name,
        "unit": line.unit,
        "weight": format_weight(round(result.weight, 2)) if line.counts else BLANK,
        "target": line.target(contexts.lang),
        "actual": format_actual(contexts, scored),
        "points": format_points(result.points) if line.counts else BLANK,
        "weighted": format_points(result.earned, PRECISE) if line.counts else BLANK,
        "status": format_status(contexts, result.status),
        **describe_wording(contexts, line),
    }


def describe_total(contexts: Contexts, result: Total) -> dict[str, Any]:
    """A total as papers show it: the official one, else the provisional one and how much of it is known."""
    official = result.total is not None
    shown = result.total if official else result.provisional
    if official:
        state = _OFFICIAL(contexts.lang) + describe_stage(contexts, result.outcome)
    elif result.undetermined:
        state = describe_undetermined(contexts, result)
    elif shown is None:
        state = _NONE(contexts.lang)
    else:
        state = _PROVISIONAL(contexts.lang).format(share=format_weight(round(result.completeness, 2)))
    return {
        "official": official,
        "state": state,
        "total": format_points(shown),
        "grade": result.band.grade if result.band else BLANK,
        "has_coefficient": contexts.rules["coefficients"],
        "coefficient": (format_coefficient(result.band.coefficient) if result.band else "") or BLANK,
        "decided": outcome_text(result.outcome, contexts.lang),
    }


def describe_stage(contexts: Contexts, outcome: Outcome) -> str:
    """Where the result in force comes from, and what it was, in brackets; blank where nothing was decided."""
    if not outcome:
        return ""
    first, last = outcome[0], outcome[-1]
    text = STAGE_LABELS[last.stage](contexts.lang)
    if (first.total, first.grade) != (last.total, last.grade):
        was = f"{format_points(first.total)} {first.grade}".rstrip()
        text = _STAGE(contexts.lang).format(stage=text, was=was)
    return BRACKETS(contexts.lang).format(text)


def describe_undetermined(contexts: Contexts, result: Total) -> str:
    """Says that a total is undetermined, and the code and cell of what is wrong."""
    state = STANDING_LABELS[Standing.UNDETERMINED](contexts.lang)
    if result.reason is None:
        return capitalize(state)
    address = result.reason.address
    place = "!".join(part for part in (address.sheet, address.cell) if part)
    return capitalize(f"{state}{COLON(contexts.lang)}{result.reason.code} {place}".rstrip())


def format_points(value: float | None, digits: int = 2) -> str:
    """With two decimals, or up to `digits` where more of them matter."""
    return BLANK if value is None else format_number(round_half_away(value, digits), 2)


def format_actual(contexts: Contexts, scored: Scored) -> str:
    """What was reached so far, in the KPI's unit; how often, of what is counted; pending, N/A and unclear in words."""
    line, result = scored
    if result.not_applicable:
        return _NOT_APPLICABLE(contexts.lang)
    if result.unclear:
        return capitalize(STANDING_LABELS[Standing.UNDETERMINED](contexts.lang)) + COLON(contexts.lang) + result.unclear
    if line.adjusting:
        return _TIMES(contexts.lang).format(count=format_number(result.actual or 0.0))
    judged = line.kpi.method is not None and line.kpi.method.name == "marks"
    if judged and (told := _words_of_actual(contexts, line)):
        return told
    if result.actual is None:
        return _PENDING(contexts.lang)
    if judged and isinstance(result.actual, float):  # what people gave it is in marks, not in the KPI's unit
        return format_number(result.actual, 2)
    return format_rounded(contexts, line, result.actual, least=2)


def format_gap(contexts: Contexts, scored: Scored) -> str:
    """What was reached less the target; blank where they agree or one is not known. Marks that people gave are no
    figure of the KPI's: there, what was told beside them."""
    line, result = scored
    reached = result.actual
    if line.kpi.method is not None and line.kpi.method.name == "marks":
        told = [parse_number(words) for words in _told(contexts, line)]
        reached = told[0].value if len(told) == 1 else None
    return format_difference(contexts, line, reached, line.row["target"])


def _told(contexts: Contexts, line: Line) -> Sequence[str]:
    contract = contexts.index.at("contracts", contexts.index.position("contracts", line.row["contract"]))
    return contexts.cached(_index_told_actuals).get((contract["holder"], line.row["kpi"]), ())


def _words_of_actual(contexts: Contexts, line: Line) -> str:
    """What came about as it was told, beside the marks that people gave for it; blank where nothing was told."""
    told = _told(contexts, line)
    numbers = (parse_number(words) for words in told)
    shown = (
        words if number.value is None or number.percent else line.figure(number.value, contexts.lang)
        for words, number in zip(told, numbers, strict=True)
    )
    return SEMICOLON(contexts.lang).join(shown)


def _index_told_actuals(contexts: Contexts) -> dict[tuple[str, str], list[str]]:
    """(employee ID, KPI) -> the words of actuals that have no figure."""
    actuals = contexts.tables.get("actuals") or empty("actuals")
    told: dict[tuple[str, str], list[str]] = {}
    for holder, kpi, value, words in zip(*map(actuals.column, ("holder", "kpi", "value", "evidence")), strict=True):
        if value is None and words and words not in (said := told.setdefault((holder, kpi), [])):
            said.append(words)
    return told


def format_status(contexts: Contexts, state: Status) -> str:
    """Names the status of a line."""
    return capitalize(STATUS_LABELS[state](contexts.lang))


def format_rounded(contexts: Contexts, line: Line, value: Any, least: int = 0) -> str:
    """A figure that was worked out (a target to date, a forecast), to the KPI's decimals but no fewer than `least`."""
    if isinstance(value, float):
        places = max(line.kpi.decimals or 0, least)
        value = round(value, places + 2 if is_percent(line.kpi.unit) else places)
    return line.figure(value, contexts.lang)


def format_percent(value: float | None) -> str:
    """Shows percent points with one decimal."""
    return BLANK if value is None else f"{value:.1f}%"


def _superior(contexts: Contexts, person: str, contract: int) -> dict[str, str]:
    """The person's superior; where the table does not say, who issued the contract."""
    for at, row in contexts.index.rows("people", "person", person):
        if row["superior"]:
            return contexts.person(person, "people", at, "superior")
    if contexts.index.at("contracts", contract)["issuer"] is None:  # a lone table may not say: a line to fill in
        return dict.fromkeys(("id", "name", "post", "unit"), "")
    return contexts.person(person, "contracts", contract, "issuer")


def _period(contexts: Contexts, contracts: list[int]) -> str:
    """The program's period; where it sets none, that of the person's contracts; blank where they have none."""
    rows = [contexts.index.at("contracts", row) for row in contracts]
    start = contexts.policy["period_start"] or min((row["start"] for row in rows if row["start"]), default=None)
    end = contexts.policy["period_end"] or max((row["end"] for row in rows if row["end"]), default=None)
    return format_span(start, end, contexts.lang)
