"""What a contract amendment (合同变更) says: what the sheet of amendments holds of the contract, else the lines
that changed since the version before, or the lines to change.

The version before is the same holder's contract for the same post and unit that was in force earlier; a change of post
is a contract of its own, not an amendment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from perfxl.core.amendments import Version
from perfxl.core.language import Text
from perfxl.core.schema import get
from perfxl.core.wording.formatting import (
    BLANK,
    format_choice,
    format_day,
    format_figure,
    format_weight,
    text_or_dash,
)
from perfxl.core.wording.rules import Kpi
from perfxl.documents.papers.contexts import Contexts, Row
from perfxl.documents.papers.contract import CONTRACT_HEAD, asked_by, find_versions, ids, make_contract_head
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
    Field(
        "current.version",
        "变更登记中现行的版本；current 为空表示没有登记变更，用于 if",
        "Version in force by the amendments; `current` is empty if there are none, for `if`",
        "2",
    ),
    Field("current.valid_from", "现行版本的生效日期", "Version in force from", "2025年7月1日", "1 Jul 2025"),
    Field("amended[].version", "变更后的版本", "Version that it makes", "2"),
    Field("amended[].effective", "变更生效日期", "Effective from", "2025年7月1日", "1 Jul 2025"),
    Field("amended[].kpi", "变更的指标", "KPI that changes", "营销收入", "Marketing revenue"),
    Field("amended[].item", "变更项目", "What changes", "目标值", "Target"),
    Field("amended[].before", "原值", "Old value", "80,000"),
    Field("amended[].after", "新值", "New value", "76,000"),
    Field("amended[].reason", "变更原因", "Reason", "市场变化", "Market"),
    Field("amended[].signed", "各方签字日期，未签的写明", "When each party signed", "2025年6月20日", "20 Jun 2025"),
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
_SIGNED = ("signed_issuer", "signed_holder", "signed_second")
_UNSIGNED = Text("尚未全部签字，不生效", "not signed by all: not in force")
_ADDED, _DROPPED, _CHANGED = Text("新增", "Added"), Text("取消", "Dropped"), Text("调整", "Changed")
_FIGURES = ("threshold", "challenge", "base", "low", "high", "k", "unit_step", "floor", "cap", "limit", "full_marks")
_SAME_POST = ("holder", "second_holder", "post", "unit")


def context(contexts: Contexts, contract_id: str) -> dict[str, Any]:
    """What the amendment of one contract says.

    Raises: KeyError for an ID that does not exist; ContextError for a contract that cannot be printed.
    """
    at = contexts.index.position("contracts", contract_id)
    versions = contexts.cached(find_versions).get(contract_id, ())
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
        "current": _describe_current(contexts, versions),
        "amended": _list_amended(contexts, contract_id, versions),
        "changes": [] if before is None else _compare_versions(contexts, before, lines),
        "lines": [_describe_line(contexts, line) for line in lines],
        "total_weight": sum_weights(lines),
    }


def _describe_current(contexts: Contexts, versions: tuple[Version, ...]) -> dict[str, str] | None:
    if not versions:
        return None
    return {"version": str(versions[-1].number), "valid_from": format_day(versions[-1].first, contexts.lang)}


def _list_amended(contexts: Contexts, contract_id: str, versions: tuple[Version, ...]) -> list[dict[str, str]]:
    """A row for each item that was changed, by the days from which they hold; those not signed by all too."""
    numbers = {version.first: str(version.number) for version in versions[1:]}
    rows = contexts.index.rows("amendments", "contract", contract_id)
    shared = contexts.index.at("contracts", contexts.index.position("contracts", contract_id))["second_holder"]
    shown = []
    for at, row in sorted(rows, key=lambda each: (each[1]["effective"] or date.max, each[0])):
        if row["kpi"] is None or row["change"] is None:
            continue
        kpi = contexts.kpi(contract_id, "amendments", at, row["kpi"])
        signed = [format_day(row[name], contexts.lang) for name in _SIGNED[: 3 if shared else 2] if row[name]]
        missing = len(signed) < (3 if shared else 2)
        shown.append(
            {
                "version": BLANK if missing else numbers.get(row["effective"], BLANK),
                "effective": format_day(row["effective"], contexts.lang),
                "kpi": text_or_dash(kpi.row["name"]),
                "item": format_choice("amendments", "change", row["change"], contexts.lang),
                "before": _figure(contexts, at, row, "old", kpi),
                "after": _figure(contexts, at, row, "new", kpi),
                "reason": text_or_dash(row["reason"]),
                "signed": "\n".join([*signed, *([_UNSIGNED(contexts.lang)] if missing else [])]),
            }
        )
    return shown


def _figure(contexts: Contexts, at: int, row: Row, column: str, kpi: Kpi) -> str:
    value = row[column]
    if row["change"] == "weight" and isinstance(value, float):
        return format_weight(value * 100 if contexts.index.is_percent("amendments", at, column) else value)
    return format_figure(value, kpi.unit, kpi.decimals, contexts.lang)


def _amended_contracts(contexts: Contexts) -> list[str]:
    """The contracts that were amended: there are rows that say so, or an earlier contract of the same post."""
    said = set(contexts.index.values("amendments", "contract"))
    return [
        number for number in contexts.index.keys("contracts") if number in said or _follows_another(contexts, number)
    ]


def _follows_another(contexts: Contexts, number: str) -> bool:
    row = contexts.index.at("contracts", contexts.index.position("contracts", number))
    return _find_version_before(contexts, row) is not None


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
    filled=_amended_contracts,
)
