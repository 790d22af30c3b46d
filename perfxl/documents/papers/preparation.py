"""What the preparation of an interview (面谈准备表) says, from the data: results to affirm, gaps and causes to ask for,
open questions, what was promised before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from perfxl.core.language import SEMICOLON, Text
from perfxl.core.scoring.line_table import contract_months
from perfxl.core.scoring.missed import points_at_target
from perfxl.core.scoring.periods import Report, aggregate, attainment, months_of_period, phased
from perfxl.core.scoring.scalar import Status, number
from perfxl.core.wording.formatting import BLANK, MONTHS, format_choice, format_day, text_or_dash
from perfxl.documents.papers.coaching import format_as_of
from perfxl.documents.papers.contexts import Contexts, Row
from perfxl.documents.papers.kind import DocumentKind, Field
from perfxl.documents.papers.person import (
    PERSON_HEAD,
    Scored,
    find_current_lines,
    format_actual,
    format_gap,
    format_points,
    list_people,
    make_person_head,
)

TREND: tuple[Field, ...] = (
    Field("trend[].period", "图表：月份", "Chart: month"),
    Field("trend[].attainment", "图表：累计完成率，百分数（数字）", "Chart: attainment to date, % (a number)"),
    Field("trend[].target", "图表：目标线，百分数（数字）", "Chart: the target, % (a number)"),
)


def _line(path: str) -> tuple[Field, ...]:
    return (
        Field(f"{path}.kpi", "指标名称", "KPI"),
        Field(f"{path}.target", "目标值（区间控制为区间）", "Target (or the range to stay in)"),
        Field(f"{path}.actual", "实绩", "Actual"),
        Field(f"{path}.points", "得分", "Points"),
    )


FIELDS: tuple[Field, ...] = (
    *PERSON_HEAD,
    Field("as_of", "数据截至的月份", "Month of the figures"),
    Field("date", "面谈日期；没有时为空", "Date of the interview; blank if none", "2026年1月15日", "15 Jan 2026"),
    Field("place", "面谈地点；没有时为空", "Place of the interview; blank if none", "301会议室", "Meeting room 301"),
    *TREND,
    *_line("affirmed[]"),
    *_line("gaps[]"),
    Field("gaps[].gap", "实绩与目标之差", "Actual less target"),
    Field("gaps[].lost", "少得的总分", "What it costs of the total"),
    Field("gaps[].cause", "辅导中记录的原因；没有时为空", "Cause noted in coaching; blank if none"),
    Field("questions[]", "需要核实的问题", "Open question"),
    Field("promises[].source", "来源（改进计划、行动计划、辅导约定、上次面谈）", "Where it comes from"),
    Field("promises[].text", "承诺的内容", "What was promised"),
    Field("promises[].due", "期限", "By when"),
    Field("promises[].status", "状态", "Status"),
)

_PREFIX = "ZB"
_SAID = ("self_assessment", "affirmed", "shortfalls", "causes", "next_targets", "support", "agreed", "opinion")
_AFFIRMED, _GAPS = 5, 6  # the most worth talking about
_PENDING = Text(
    "“{kpi}”尚未上报实绩：何时能报？由谁提供数据？",
    "“{kpi}” is not yet reported: when will it be, and by whom?",
)
_PARTLY = Text(
    "“{kpi}”的实绩尚未报齐（目前 {actual}）：其余何时能报？由谁提供数据？",
    "“{kpi}” is reported in part ({actual} so far): when will the rest be, and by whom?",
)
_NOT_APPLICABLE = Text(
    "“{kpi}”按不适用处理：双方是否都认可？", "“{kpi}” counts as not applicable: do both sides agree?"
)
_PROBLEM = Text("“{kpi}”无法计分：请一起核对目标与数据。", "“{kpi}” cannot be scored: check target and data together.")
_EVENT = Text(
    "{day}“{kpi}”：{fact}。事实与责任是否清楚？", "{day}, “{kpi}”: {fact}. Are fact and responsibility clear?"
)
_APPEAL = Text("申诉 {appeal} 尚未决定：{reason}", "Appeal {appeal} is still open: {reason}")
_DISAGREED = Text("员工此前表示保留意见：{opinion}", "The employee did not agree before: {opinion}")
_MONTH = Text("{month}月", "{name}")
_FEWEST = 2  # points of a line worth drawing
_MOST = 120.0  # percent: one KPI far beyond its target does not hide the others
_SOURCES = {
    "improvements": Text("改进计划", "Improvement"),
    "plans": Text("行动计划", "Action plan"),
    "coaching": Text("辅导约定", "Coaching"),
    "interviews": Text("上次面谈", "Last interview"),
}


def context(contexts: Contexts, person: str) -> dict[str, Any]:
    """What the preparation of one person's interview says.

    Raises: ContextError for somebody without a contract, or where a row refers to what is not there.
    """
    lines = find_current_lines(contexts, person)
    interview = _find_interviews(contexts, person).to_come
    return {
        **make_person_head(contexts, _PREFIX, person),
        "as_of": format_as_of(contexts),
        "date": format_day(interview["date"], contexts.lang) if interview else "",
        "place": (interview["place"] or "") if interview else "",
        "trend": _chart_trend(contexts, lines),
        "affirmed": [_describe_result(contexts, scored) for scored in _find_best(contexts, lines)],
        "gaps": [_describe_gap(contexts, scored, person) for scored in find_gaps(contexts, lines)[:_GAPS]],
        "questions": list(_ask_questions(contexts, person, lines)),
        "promises": list(_list_promises(contexts, person)),
    }


class _Interviews(NamedTuple):
    """The interviews of a person: one that is to come, of which only time and place are known; the latest that was
    held; and the last one before this: before the one to come or else before the period ended, for what is held later
    is about this period."""

    to_come: Row | None
    latest: Row | None
    last: Row | None


def _find_interviews(contexts: Contexts, person: str) -> _Interviews:
    rows = sorted(
        (row for _, row in contexts.index.rows("interviews", "holder", person)),
        key=lambda row: row["date"] or date.min,
    )
    held = [row for row in rows if any(row[name] is not None for name in _SAID)]
    to_come = next((row for row in reversed(rows) if row not in held), None)
    day = (to_come and to_come["date"]) or contexts.policy["period_end"] or _find_last_day(contexts, person)
    before = [row for row in held if not (day and row["date"] and row["date"] >= day)]
    return _Interviews(to_come, held[-1] if held else None, before[-1] if before else None)


def _find_last_day(contexts: Contexts, person: str) -> date | None:
    """The day on which the person's contracts end."""
    ends = (contexts.index.at("contracts", row)["end"] for row in contexts.results.contracts(person))
    return max((end for end in ends if end), default=None)


def find_gaps(contexts: Contexts, lines: list[Scored]) -> list[Scored]:
    """Lines that missed their target, those first that cost the total most."""
    missed = contexts.results.missed
    short = [scored for scored in lines if scored.line.position in missed]
    return sorted(short, key=lambda scored: -_lost(contexts, scored))


def _lost(contexts: Contexts, scored: Scored) -> float:
    """What a line misses of the total."""
    method = scored.line.kpi.method
    full = points_at_target(method.name if method else "", contexts.policy)
    return (full - (scored.result.points or 0.0)) * scored.result.weight / 100


def _join_causes(contexts: Contexts, person: str, kpi: str) -> str:
    """The causes that coaching found for a KPI; blank if none."""
    rows = (row for _, row in contexts.index.rows("coaching", "holder", person) if row["kpi"] == kpi)
    causes = dict.fromkeys(row["cause"] for row in rows if row["cause"])
    return SEMICOLON(contexts.lang).join(causes)


def _find_best(contexts: Contexts, lines: list[Scored]) -> list[Scored]:
    missed = contexts.results.missed
    known = (s for s in lines if s.line.counts and s.result.status is Status.SCORED)
    met = [s for s in known if s.line.position not in missed]
    return sorted(met, key=lambda s: (-(s.result.points or 0.0), -s.result.weight))[:_AFFIRMED]


def _describe_result(contexts: Contexts, scored: Scored) -> dict[str, str]:
    line, result = scored
    return {
        "kpi": line.name,
        "target": line.target(contexts.lang),
        "actual": format_actual(contexts, scored),
        "points": format_points(result.points),
    }


def _describe_gap(contexts: Contexts, scored: Scored, person: str) -> dict[str, str]:
    line = scored.line
    return {
        **_describe_result(contexts, scored),
        "gap": format_gap(contexts, scored) or BLANK,
        "lost": format_points(_lost(contexts, scored)),
        "cause": _join_causes(contexts, person, line.row["kpi"]),
    }


def _ask_questions(contexts: Contexts, person: str, lines: list[Scored]) -> Iterator[str]:
    """What must be cleared up before both can sign."""
    questions = {Status.PENDING: _PENDING, Status.NOT_APPLICABLE: _NOT_APPLICABLE, Status.PROBLEM: _PROBLEM}
    for line, result in lines:
        if line.counts and result.status in questions:
            words = questions[result.status]
            if result.status is Status.PENDING and result.actual is not None:
                words = _PARTLY
            told = format_actual(contexts, Scored(line, result))
            yield words(contexts.lang).format(kpi=line.name, actual=told)
        for row in contexts.results.events(line.position):
            event = contexts.index.at("events", row)
            fact = text_or_dash(event["fact"]).rstrip("。.")
            yield _EVENT(contexts.lang).format(day=format_day(event["date"], contexts.lang), kpi=line.name, fact=fact)
    for _, appeal in contexts.index.rows("appeals", "holder", person):
        if appeal["decision"] in (None, "open"):
            yield _APPEAL(contexts.lang).format(appeal=appeal["appeal"], reason=text_or_dash(appeal["reason"]))
    interview = _find_interviews(contexts, person).latest
    if interview and interview["agreed"] is False and interview["opinion"]:
        yield _DISAGREED(contexts.lang).format(opinion=interview["opinion"])


def _list_promises(contexts: Contexts, person: str) -> Iterator[dict[str, str]]:
    """What both sides said they would do, and how it stands."""

    def promise(source: str, text: str, due: date | None = None, state: str | None = None) -> dict[str, str]:
        return {
            "source": _SOURCES[source](contexts.lang),
            "text": text,
            "due": format_day(due, contexts.lang),
            "status": format_choice("plans", "status", state, contexts.lang),
        }

    for _, row in contexts.index.rows("improvements", "holder", person):
        yield promise("improvements", text_or_dash(row["action"]), row["due"], row["status"])
    for _, row in contexts.index.rows("plans", "holder", person):
        yield promise("plans", text_or_dash(row["action"]), row["end"], row["status"])
    for _, row in contexts.index.rows("coaching", "holder", person):
        if row["follow_up"]:
            yield promise("coaching", row["follow_up"])
    interview = _find_interviews(contexts, person).last
    if interview and interview["next_targets"]:
        yield promise("interviews", interview["next_targets"])


def _chart_trend(contexts: Contexts, scored: list[Scored]) -> list[dict[str, Any]]:
    """Attainment to date at the end of each month that was reported: actual so far against target so far, the mean of
    the weighted KPIs that report more than once, by weight. Empty where there is no course to show."""
    courses = [course for course in (_find_course(contexts, line) for line in scored) if course]
    ends = sorted({month for _, course in courses for month in course})
    if len(ends) < _FEWEST:
        return []
    points = []
    for end in ends:
        reported = [
            (weight, course[max(past)]) for weight, course in courses if (past := [m for m in course if m <= end])
        ]
        total_weight = sum(weight for weight, _ in reported)
        mean = sum(weight * min(value, _MOST) for weight, value in reported) / total_weight
        label = _MONTH(contexts.lang).format(month=end % 12 + 1, name=MONTHS[end % 12])
        points.append({"period": label, "attainment": round(mean, 1), "target": 100.0})
    return points


def _find_course(contexts: Contexts, scored: Scored) -> tuple[float, dict[int, float]] | None:
    """A line's weight, and its attainment by month; None for a line that has no course."""
    line, result = scored
    joined = contexts.results.scores.line_table
    full = number(joined.columns["target"][line.position])
    if not line.counts or result.weight <= 0 or full != full:
        return None
    whole = joined.to_date[line.position]
    shares = whole.shares or (1.0,) * len(whole.rows)
    reports = [_read_report(contexts, row, share) for row, share in zip(whole.rows, shares, strict=True)]
    ends = sorted({report.last for report in reports})
    first, last = contexts.cached(_list_months)[joined.contract[line.position]]
    rule = joined.columns["aggregation"][line.position] or ""
    direction = -1.0 if joined.columns["direction"][line.position] == "lower" else 1.0
    steps = _read_steps(contexts, scored)
    course = {}
    for end in ends:
        so_far = aggregate(rule, [report for report in reports if report.last <= end], first, last)
        reached = number(so_far.value)
        aim = phased(full, steps, end, first, last, rule, so_far.absent)
        percent = attainment(reached, aim, direction) if reached == reached else None
        if percent is not None:
            course[end] = percent
    return (result.weight, course) if len(course) >= _FEWEST else None


def _list_months(contexts: Contexts) -> list[tuple[int, int]]:
    return contract_months(contexts.results.scores.line_table.contracts, contexts.policy)


def _read_report(contexts: Contexts, row: int, share: float) -> Report:
    actual = contexts.index.at("actuals", row)
    figures = (actual["value"], actual["numerator"], actual["denominator"])
    return Report(*months_of_period(actual["period"]), *figures, row, share)


def _read_steps(contexts: Contexts, scored: Scored) -> list[tuple[int, float]]:
    row = scored.line.row
    targets = [
        (months_of_period(step["period"])[1], float(step["target"]))
        for _, step in contexts.index.rows("phasing", "contract", row["contract"])
        if step["kpi"] == row["kpi"] and step["period"] and isinstance(step["target"], float)
    ]
    return sorted(targets)


KIND = DocumentKind(
    title=Text("面谈准备表", "interview preparation"),
    template="preparation",
    ids=list_people,
    context=context,
    file_name=Text(
        "{holder[id]} {holder[name]} 面谈准备表",
        "{holder[id]} {holder[name]} interview preparation",
    ),
    fields=FIELDS,
)
