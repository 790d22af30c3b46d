"""What a contract amendment (合同变更) says: the lines that changed since the version before, or the lines to change.

The version before is the same holder's contract for the same post and unit that was in force earlier; a change of post
is a contract of its own, not an amendment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from perfxl.core.language import Text
from perfxl.core.schema import get
from perfxl.documents.papers.contexts import Contexts, Row
from perfxl.documents.papers.contract import CONTRACT_HEAD, asked_by, ids, make_contract_head
from perfxl.documents.papers.formatting import BLANK, format_day, text_or_dash
from perfxl.documents.papers.kind import DocumentKind, Field
from perfxl.documents.papers.lines import WORDING, Line, describe_wording, read_lines, sum_weights

FIELDS: tuple[Field, ...] = (
    *CONTRACT_HEAD,
    Field("number", "文件编号", "Number of the paper"),
    Field(
        "previous.number",
        "变更前的合同编号；previous 为空表示没有旧版本，用于 if",
        "ID of the version before; `previous` is empty if there is none, for `if`",
        "HT-2025-002",
    ),
    Field("previous.version", "变更前的版本", "Version before", "1"),
    Field("previous.valid_to", "变更前版本的截止日期", "Version before valid to", "2025年6月30日", "30 Jun 2025"),
    Field("changes[].kpi", "有变化的指标", "KPI that changed", "营销收入", "Marketing revenue"),
    Field("changes[].kind", "变化（新增、调整、取消）", "Kind of change (added, changed, dropped)", "调整", "Changed"),
    Field("changes[].item", "变化的项目", "What changed", "目标值", "Target"),
    Field("changes[].before", "变更前", "Before", "80,000"),
    Field("changes[].after", "变更后", "After", "76,000"),
    Field("lines[].number", "指标序号", "Number of the KPI"),
    Field("lines[].kpi", "指标名称（监控指标带 *）", "KPI (with * if monitored)"),
    Field("lines[].unit", "单位", "Unit"),
    Field("lines[].weight", "权重", "Weight"),
    Field("lines[].threshold", "门槛值", "Threshold"),
    Field("lines[].target", "目标值（区间控制为区间）", "Target (or the range to stay in)"),
    Field("lines[].challenge", "挑战值", "Challenge"),
    *WORDING,
    Field("total_weight", "权重合计", "Total weight"),
)

_PREFIX = "BG"
_ADDED, _DROPPED, _CHANGED = Text("新增", "Added"), Text("取消", "Dropped"), Text("调整", "Changed")
_FIGURES = ("threshold", "challenge", "base", "low", "high", "k", "unit_step", "floor", "cap", "limit", "full_marks")
_SAME_POST = ("holder", "second_holder", "post", "unit")


def context(contexts: Contexts, contract_id: str) -> dict[str, Any]:
    """What the amendment of one contract says.

    Raises: KeyError for an ID that does not exist; ContextError for a contract that cannot be printed.
    """
    at = contexts.index.position("contracts", contract_id)
    lines = read_lines(contexts, contract_id, at)
    before = _find_version_before(contexts, contexts.index.at("contracts", at))
    previous = None
    if before is not None:
        old = contexts.index.at("contracts", before)
        previous = {
            "number": old["contract"],
            "version": text_or_dash(old["version"]),
            "valid_to": format_day(old["end"], contexts.lang),
        }
    return {
        **make_contract_head(contexts, contract_id, at),
        "number": f"{_PREFIX}-{contract_id}",
        "previous": previous,
        "changes": [] if before is None else _compare_versions(contexts, before, lines),
        "lines": [_describe_line(contexts, line) for line in lines],
        "total_weight": sum_weights(lines),
    }


def _find_version_before(contexts: Contexts, row: Row) -> int | None:
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


def _compare_versions(contexts: Contexts, before: int, lines: list[Line]) -> list[dict[str, str]]:
    """A row for each item that differs, by KPI: those of the new version first, what was dropped last."""
    old_id = contexts.index.at("contracts", before)["contract"]
    old = {line.row["kpi"]: line for line in read_lines(contexts, old_id, before)}
    changes = []
    for line in lines:
        was = old.pop(line.row["kpi"], None)
        for item, shown in _list_items(contexts):
            now, then = shown(line), shown(was) if was else BLANK
            if now != then:
                changes.append(_describe_change(contexts, line, _CHANGED if was else _ADDED, item, then, now))
    for was in old.values():
        for item, shown in _list_items(contexts):
            if shown(was) != BLANK:
                changes.append(_describe_change(contexts, was, _DROPPED, item, shown(was), BLANK))
    return changes


def _list_items(contexts: Contexts) -> Iterator[tuple[str, Callable[[Line], str]]]:
    """What may change in a line: its name and how it reads."""

    def figure(column: str) -> Callable[[Line], str]:
        return lambda line: line.shown(column, contexts.lang)

    yield _label(contexts, "weight"), lambda line: line.weight
    yield _label(contexts, "target"), lambda line: line.target(contexts.lang)
    for column in _FIGURES:
        yield _label(contexts, column), figure(column)


def _label(contexts: Contexts, column: str) -> str:
    declared = get("contract_lines").column(column)
    return Text(declared.zh, declared.en)(contexts.lang)


def _describe_change(contexts: Contexts, line: Line, kind: Text, item: str, before: str, after: str) -> dict[str, str]:
    return {"kpi": line.name, "kind": kind(contexts.lang), "item": item, "before": before, "after": after}


def _describe_line(contexts: Contexts, line: Line) -> dict[str, str]:
    lang = contexts.lang
    return {
        "number": line.number,
        "kpi": line.name,
        "unit": line.unit,
        "weight": line.weight,
        "threshold": line.shown("threshold", lang),
        "target": line.target(lang),
        "challenge": line.shown("challenge", lang),
        **describe_wording(contexts, line),
    }


KIND = DocumentKind(
    title=Text("合同变更", "contract amendment"),
    template="amendment",
    ids=ids,
    context=context,
    asked_by=asked_by,
    file_name=Text(
        "{holders[0][id]} {holders[0][name]} 合同变更 {contract[number]}",
        "{holders[0][id]} {holders[0][name]} contract amendment {contract[number]}",
    ),
    fields=FIELDS,
    results=False,
)
