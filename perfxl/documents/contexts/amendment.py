"""What a contract amendment (合同变更) says: the lines that changed since the version before, or the lines to change.

The version before is the same holder's contract for the same post and unit that was in force earlier; a change of post
is a contract of its own, not an amendment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from perfxl.core.schema import get
from perfxl.documents.contexts.base import Contexts
from perfxl.documents.contexts.contract import asked_by, contract_head, ids
from perfxl.documents.contexts.index import Row
from perfxl.documents.contexts.lines import Line, lines_of, total_weight
from perfxl.documents.formatting import BLANK, day, text

__all__ = ["asked_by", "context", "ids"]

_PREFIX = "BG"
_ADDED, _DROPPED, _CHANGED = ("新增", "Added"), ("取消", "Dropped"), ("调整", "Changed")
_FIGURES = ("threshold", "challenge", "base", "low", "high", "k", "unit_step", "floor", "cap", "limit")
_SAME_POST = ("holder", "second_holder", "post", "unit")


def context(contexts: Contexts, contract_id: str) -> dict[str, Any]:
    """Raises as the contract's context does."""
    at = contexts.index.position("contracts", contract_id)
    lines = lines_of(contexts, contract_id, at)
    before = _version_before(contexts, contexts.index.at("contracts", at))
    previous = None
    if before is not None:
        old = contexts.index.at("contracts", before)
        previous = {
            "number": old["contract"],
            "version": text(old["version"]),
            "valid_to": day(old["end"], contexts.lang),
        }
    return {
        **contract_head(contexts, contract_id, at),
        "number": f"{_PREFIX}-{contract_id}",
        "previous": previous,
        "changes": [] if before is None else _changes(contexts, before, lines),
        "lines": [_line(contexts, line) for line in lines],
        "total_weight": total_weight(lines),
    }


def _version_before(contexts: Contexts, row: Row) -> int | None:
    """The row of the holder's contract of the same post that began last before this one."""
    if row["start"] is None:
        return None
    earlier = [
        (other["start"], position)
        for position, other in contexts.index.rows("contracts", "holder", row["holder"])
        if other["start"] is not None
        and other["start"] < row["start"]
        and all(other[name] == row[name] for name in _SAME_POST)
    ]
    return max(earlier)[1] if earlier else None


def _changes(contexts: Contexts, before: int, lines: list[Line]) -> list[dict[str, str]]:
    """A row for each item that differs, by KPI: those of the new version first, what was dropped last."""
    old_id = contexts.index.at("contracts", before)["contract"]
    old = {line.row["kpi"]: line for line in lines_of(contexts, old_id, before)}
    found = []
    for line in lines:
        was = old.pop(line.row["kpi"], None)
        for item, shown in _items(contexts):
            now, then = shown(line), shown(was) if was else BLANK
            if now != then:
                found.append(_change(contexts, line, _CHANGED if was else _ADDED, item, then, now))
    for was in old.values():
        for item, shown in _items(contexts):
            if shown(was) != BLANK:
                found.append(_change(contexts, was, _DROPPED, item, shown(was), BLANK))
    return found


def _items(contexts: Contexts) -> Iterator[tuple[str, Callable[[Line], str]]]:
    """What may change in a line: its name and how it reads."""

    def figure(column: str) -> Callable[[Line], str]:
        return lambda line: line.shown(column, contexts.lang)

    yield _label(contexts, "weight"), lambda line: line.weight
    yield _label(contexts, "target"), lambda line: line.target(contexts.lang)
    for column in _FIGURES:
        yield _label(contexts, column), figure(column)


def _label(contexts: Contexts, column: str) -> str:
    found = get("contract_lines").column(column)
    return contexts.say((found.zh, found.en))


def _change(
    contexts: Contexts, line: Line, kind: tuple[str, str], item: str, before: str, after: str
) -> dict[str, str]:
    return {"kpi": line.name, "kind": contexts.say(kind), "item": item, "before": before, "after": after}


def _line(contexts: Contexts, line: Line) -> dict[str, str]:
    lang = contexts.lang
    return {
        "number": line.number,
        "kpi": line.name,
        "unit": line.unit,
        "weight": line.weight,
        "threshold": line.shown("threshold", lang),
        "target": line.target(lang),
        "challenge": line.shown("challenge", lang),
    }
