"""What a coaching record (绩效辅导记录) says: how the person's KPIs stand, and every coaching of the period."""

from __future__ import annotations

from datetime import date
from typing import Any

from perfxl.core.language import Text
from perfxl.core.scoring.periods import LIGHT_LABELS
from perfxl.core.values.dates import UNDATED, say_undated
from perfxl.core.wording.formatting import BLANK, capitalize, format_day, text_or_dash
from perfxl.documents.papers.contexts import Contexts
from perfxl.documents.papers.kind import DocumentKind
from perfxl.documents.papers.lines import WORDING, describe_wording
from perfxl.documents.papers.person import (
    ENTRIES,
    PERSON_HEAD,
    PROGRESS,
    Scored,
    find_current_lines,
    format_actual,
    format_percent,
    format_rounded,
    list_people,
    make_person_head,
)

FIELDS = (*PERSON_HEAD, *PROGRESS, *WORDING, *ENTRIES)

_PREFIX = "FD"
_AS_OF = Text("{year}年{month}月", "{year}-{month:02d}")


def ids(contexts: Contexts) -> list[str]:
    """Lists everybody with a contract or a coaching."""
    return list_people(contexts, "coaching")


def context(contexts: Contexts, person: str) -> dict[str, Any]:
    """What one person's coaching record says, all coachings on it in order of date.

    Raises: ContextError for somebody without a contract, or where a row refers to what is not there.
    """
    return {
        **make_person_head(contexts, _PREFIX, person),
        "as_of": format_as_of(contexts),
        "lines": [
            {**describe_progress(contexts, scored), **describe_wording(contexts, scored.line)}
            for scored in find_current_lines(contexts, person)
            if not scored.line.adjusting
        ],
        "entries": list_coachings(contexts, person),
    }


def format_as_of(contexts: Contexts) -> str:
    """The month that lights and forecasts look from; blank where nothing says which."""
    month = contexts.results.scores.as_of
    if month < 0:
        return ""
    year, month = divmod(month, 12)
    text = _AS_OF
    if str(year) == UNDATED:  # figures of no year: up to the month of that name, or all of them
        text = say_undated(f"-{month + 1:02}" if month < 11 else "")
    return text(contexts.lang).format(year=year, month=month + 1)


def describe_progress(contexts: Contexts, scored: Scored) -> dict[str, str]:
    """A line's way to its target: figures to date, light, what the period will end with at this pace."""
    line, result = scored
    counted = not isinstance(line.row["target"], date)  # a date has no way there that could be measured
    return {
        "number": line.number,
        "kpi": line.name,
        "unit": line.unit,
        "weight": line.weight,
        "target": line.target(contexts.lang),
        "aim": format_rounded(contexts, line, result.aim if counted else None),
        "actual": format_actual(contexts, scored),
        "attainment": format_percent(result.attainment),
        "light": result.light,
        "light_name": capitalize(LIGHT_LABELS[result.light](contexts.lang)) or BLANK,
        "forecast": format_rounded(contexts, line, result.forecast if counted and not result.not_applicable else None),
    }


def list_coachings(contexts: Contexts, person: str) -> list[dict[str, str]]:
    """Lists a person's coachings in order of date, those without one last."""
    coachings = list(contexts.index.rows("coaching", "holder", person))
    coachings.sort(key=lambda entry: entry[1]["date"] or date.max)
    return [
        {
            "number": str(number),
            "date": format_day(row["date"], contexts.lang),
            "coach": contexts.person(person, "coaching", at, "coach")["name"] if row["coach"] else BLANK,
            "kpi": text_or_dash(contexts.kpi(person, "coaching", at, row["kpi"]).row["name"] if row["kpi"] else None),
            **{name: text_or_dash(row[name]) for name in ("situation", "cause", "advice", "follow_up")},
        }
        for number, (at, row) in enumerate(coachings, 1)
    ]


KIND = DocumentKind(
    title=Text("绩效辅导记录", "coaching record"),
    template="coaching",
    table="coaching",
    ids=ids,
    context=context,
    file_name=Text(
        "{holder[id]} {holder[name]} 绩效辅导记录",
        "{holder[id]} {holder[name]} coaching record",
    ),
    fields=FIELDS,
)
