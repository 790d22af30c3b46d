"""The jobs that a file may bring: what is asked, where the answers belong, and by what a row is known again."""

from __future__ import annotations

from typing import NamedTuple

from perfxl.core.language import Text

__all__ = ["JOBS", "PREVIEW", "Job"]


class Job(NamedTuple):
    """A kind of sheet to be filled in.

    name    as --what calls it
    text    as users call it
    table   the program's table to which the answers belong
    key     its columns by which a row is known again; they are given and not to be changed
    inputs  its columns that are to be filled in
    needed  of these, the one without which a row is not done
    adds    whether what is filled in makes new rows, so that rows may be left blank
    """

    name: str
    text: Text
    table: str
    key: tuple[str, ...]
    inputs: tuple[str, ...]
    needed: str
    adds: bool = False


PREVIEW = Text("预估得分", "Provisional points")
"""The sheet that follows what is typed on the others; nothing is filled in there, and nothing read from it."""

_LINE = ("holder", "kpi", "period")

JOBS: dict[str, Job] = {
    job.name: job
    for job in (
        Job(
            "targets",
            Text("目标提议", "Target proposals"),
            "negotiations",
            ("contract", "kpi"),
            ("proposal", "forecast", "market", "cause", "resources", "agreed"),
            "proposal",
        ),
        Job(
            "actuals",
            Text("实绩填报", "Actuals"),
            "actuals",
            _LINE,
            ("value", "numerator", "denominator", "evidence"),
            "value",
        ),
        Job("grades", Text("定性评价", "Grades"), "actuals", _LINE, ("value", "evidence"), "value"),
        Job(
            "marks",
            Text("评分", "Marks"),
            "marks",
            ("rater", "ratee", "relation", "dimension", "contract"),
            ("mark", "comment"),
            "mark",
        ),
        Job(
            "coaching",
            Text("辅导记录", "Coaching"),
            "coaching",
            ("holder",),
            ("date", "kpi", "situation", "cause", "advice", "follow_up"),
            "situation",
            adds=True,
        ),
        Job(
            "improvement",
            Text("改进措施", "Improvement"),
            "improvements",
            ("holder",),
            ("kpi", "gap", "cause", "action", "support", "due", "measure", "check_date", "status"),
            "action",
            adds=True,
        ),
        Job(
            "interview",
            Text("面谈记录", "Interviews"),
            "interviews",
            ("holder",),
            ("date", "place", "self_assessment", "affirmed", "shortfalls", "causes", "next_targets", "support"),
            "date",
            adds=True,
        ),
    )
}
"""By name, in the order in which they come in the year."""
