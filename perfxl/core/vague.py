"""Improvement actions that nobody could check: good intentions without a figure, a date or a measure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_INTENTIONS = re.compile(
    "加强|提高|提升|改善|改进|完善|强化|优化|重视|注重|注意|关注|努力|尽量|尽快|争取|进一步|积极|继续|不断|"
    r"\b(?:improv\w*|strengthen\w*|enhanc\w*|increas\w*|better|try|attention|focus\w*|continu\w*|more|harder|optimi[sz]\w*)\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(
    r"\d|[一二两三四五六七八九十百千万半]+(?:次|周|天|日|个|月|季|年|份|项|人|名|家|场|遍|小时|倍|成|分|户|条)|"
    "每(?:日|天|周|旬|月|季|年|次)|"
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|half|once|twice|daily|weekly|monthly|quarterly|every|each)\b",
    re.IGNORECASE,
)
NEEDED = ("owner", "due", "measure", "check_date")


def is_vague(action: str, measure: str | None, due: Any) -> bool:
    """An intention without any figure, unless it says both how it is measured and by when."""
    if not _INTENTIONS.search(action) or _FIGURE.search(action):
        return False
    return not (measure and due)


def missing(row: Mapping[str, Any]) -> list[str]:
    """The columns of the table improvements that an action lacks: who, by when, measured how, checked when."""
    return [name for name in NEEDED if row[name] is None]
