"""What the preparation of an interview (面谈准备表) says, from the data: results to affirm, gaps and causes to ask for,
open questions, what was promised before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from perfxl.core.scoring.line import Status
from perfxl.documents.contexts.base import Contexts
from perfxl.documents.contexts.coaching import as_of
from perfxl.documents.contexts.index import Row
from perfxl.documents.contexts.lines import difference
from perfxl.documents.contexts.person import Scored, actual, asked_by, current_lines, people, person_head, points
from perfxl.documents.contexts.trend import trend
from perfxl.documents.formatting import BLANK, choice, day, text

__all__ = ["asked_by", "context", "gaps", "ids"]

_PREFIX = "ZB"
_SAID = ("self_assessment", "affirmed", "shortfalls", "causes", "next_targets", "support", "agreed", "opinion")
_FULL = 100.0  # points of a target that was met
_AFFIRMED, _GAPS = 5, 6  # the most worth talking about
_PENDING = (
    "“{kpi}”尚未上报实绩：何时能报？由谁提供数据？",
    "“{kpi}” is not yet reported: when will it be, and by whom?",
)
_NOT_APPLICABLE = ("“{kpi}”按不适用处理：双方是否都认可？", "“{kpi}” counts as not applicable: do both sides agree?")
_PROBLEM = ("“{kpi}”无法计分：请一起核对目标与数据。", "“{kpi}” cannot be scored: check target and data together.")
_EVENT = ("{day}“{kpi}”：{fact}。事实与责任是否清楚？", "{day}, “{kpi}”: {fact}. Are fact and responsibility clear?")
_APPEAL = ("申诉 {appeal} 尚未决定：{reason}", "Appeal {appeal} is still open: {reason}")
_DISAGREED = ("员工此前表示保留意见：{opinion}", "The employee did not agree before: {opinion}")
_SOURCES = {
    "improvements": ("改进计划", "Improvement"),
    "plans": ("行动计划", "Action plan"),
    "coaching": ("辅导约定", "Coaching"),
    "interviews": ("上次面谈", "Last interview"),
}


def ids(contexts: Contexts) -> list[str]:
    return people(contexts)


def context(contexts: Contexts, person: str) -> dict[str, Any]:
    """Raises as `person_head`."""
    lines = current_lines(contexts, person)
    interview = _interview(contexts, person, held=False)
    return {
        **person_head(contexts, _PREFIX, person),
        "as_of": as_of(contexts),
        "date": day(interview["date"], contexts.lang) if interview else "",
        "place": (interview["place"] or "") if interview else "",
        "trend": trend(contexts, lines),
        "affirmed": [_affirmed(contexts, scored) for scored in _best(lines)],
        "gaps": [_gap(contexts, scored, person) for scored in gaps(lines)[:_GAPS]],
        "questions": list(_questions(contexts, person, lines)),
        "promises": list(_promises(contexts, person)),
    }


def _interview(contexts: Contexts, person: str, *, held: bool) -> Row | None:
    """The last interview that was held, or the one that is to come: of that only time and place are known."""
    rows = [row for _, row in contexts.index.rows("interviews", "holder", person)]
    wanted = [row for row in rows if any(row[name] is not None for name in _SAID) == held]
    return max(wanted, key=lambda row: row["date"] or date.min) if wanted else None


def gaps(lines: list[Scored]) -> list[Scored]:
    """Lines short of their target, those first that cost the total most."""
    short = [scored for scored in lines if scored.line.counts and _points(scored) < _FULL]
    return sorted(short, key=lambda scored: -(_FULL - _points(scored)) * scored.result.weight)


def _coached_causes(contexts: Contexts, person: str, kpi: str) -> str:
    """The causes that coaching found for a KPI; blank if none."""
    rows = (row for _, row in contexts.index.rows("coaching", "holder", person) if row["kpi"] == kpi)
    causes = dict.fromkeys(row["cause"] for row in rows if row["cause"])
    return ("；" if contexts.lang == "zh" else "; ").join(causes)


def _best(lines: list[Scored]) -> list[Scored]:
    met = [s for s in lines if s.line.counts and s.result.points is not None and s.result.points >= _FULL]
    return sorted(met, key=lambda scored: (-_points(scored), -scored.result.weight))[:_AFFIRMED]


def _points(scored: Scored) -> float:
    return _FULL if scored.result.points is None else scored.result.points


def _affirmed(contexts: Contexts, scored: Scored) -> dict[str, str]:
    line, result = scored
    return {
        "kpi": line.name,
        "target": line.target(contexts.lang),
        "actual": actual(contexts, scored),
        "points": points(result.points),
    }


def _gap(contexts: Contexts, scored: Scored, person: str) -> dict[str, str]:
    line, result = scored
    return {
        **_affirmed(contexts, scored),
        "gap": difference(contexts, line, result.actual, line.row["target"]) or BLANK,
        "lost": points((_FULL - _points(scored)) * result.weight / 100),
        "cause": _coached_causes(contexts, person, line.row["kpi"]),
    }


def _questions(contexts: Contexts, person: str, lines: list[Scored]) -> Iterator[str]:
    """What must be cleared up before both can sign."""
    said = {Status.PENDING: _PENDING, Status.NOT_APPLICABLE: _NOT_APPLICABLE, Status.PROBLEM: _PROBLEM}
    for line, result in lines:
        if line.counts and result.status in said:
            yield contexts.say(said[result.status]).format(kpi=line.name)
        for row in contexts.results.events(line.position):
            event = contexts.index.at("events", row)
            fact = text(event["fact"]).rstrip("。.")
            yield contexts.say(_EVENT).format(day=day(event["date"], contexts.lang), kpi=line.name, fact=fact)
    for _, appeal in contexts.index.rows("appeals", "holder", person):
        if appeal["decision"] in (None, "open"):
            yield contexts.say(_APPEAL).format(appeal=appeal["appeal"], reason=text(appeal["reason"]))
    interview = _interview(contexts, person, held=True)
    if interview and interview["agreed"] is False and interview["opinion"]:
        yield contexts.say(_DISAGREED).format(opinion=interview["opinion"])


def _promises(contexts: Contexts, person: str) -> Iterator[dict[str, str]]:
    """What both sides said they would do, and how it stands."""

    def promise(source: str, said: str, due: date | None = None, state: str | None = None) -> dict[str, str]:
        return {
            "source": contexts.say(_SOURCES[source]),
            "text": said,
            "due": day(due, contexts.lang),
            "status": choice("plans", "status", state, contexts.lang),
        }

    for _, row in contexts.index.rows("improvements", "holder", person):
        yield promise("improvements", text(row["action"]), row["due"], row["status"])
    for _, row in contexts.index.rows("plans", "holder", person):
        yield promise("plans", text(row["action"]), row["end"], row["status"])
    for _, row in contexts.index.rows("coaching", "holder", person):
        if row["follow_up"]:
            yield promise("coaching", row["follow_up"])
    interview = _interview(contexts, person, held=True)
    if interview and interview["next_targets"]:
        yield promise("interviews", interview["next_targets"])
