"""Coverage of KPIs by links: how many carry each, sum of shares, main owners, what is wrong; beside the table."""

from __future__ import annotations

from typing import Any, NamedTuple

from perfxl.core.cascade.targets import read_shares
from perfxl.core.codes import Codes
from perfxl.core.language import Text
from perfxl.core.values.numbers import canonical
from perfxl.excel.cells import CellError, Failure, Rows
from perfxl.excel.names import only_one
from perfxl.excel.ranges import read_table, select_columns

SHOWS = {
    "count": Text("承接数", "Carriers"),
    "shares": Text("份额合计", "Sum of shares"),
    "main": Text("主要责任人数", "Main owners"),
    "verdict": Text("结论", "Verdict"),
}
_NOBODY = Text("无人承接", "carried by nobody")
_SHARES = Text("份额合计不是 100%", "shares do not sum to 100%")
_MAINS = Text("有几个主要责任人", "several main owners")
_GOOD = Text("已承接", "carried")
_SHARED, _MAIN = "share", "main"


class _Link(NamedTuple):
    mode: str | None
    share: float | None
    responsibility: str | None


def show_coverage(rows: Rows, links: Rows, show: Any) -> Rows:
    """What is asked for of each KPI of the table, beside it. The links of each superior owner are judged by
    themselves; the shares shown are the first that do not make a whole.

    Raises: Failure where a share or a mode cannot be read, or a link names a KPI by what several are called.
    """
    table, read = read_table("kpis", rows, "kpi"), read_table("links", links, "kpi", "mode")
    wrong = [about for i in read.findings for about in read.errors(i).values()]
    if wrong:
        raise Failure(wrong, CellError.NUM)
    names = ("kpi", "owner", "mode", "share", "responsibility")
    carried: dict[Any, dict[Any, list[_Link]]] = {}
    known = Codes(table.records.column("kpi"), [table.records.column("name")])
    for named, owner, *link in zip(*map(read.records.column, names), strict=True):
        kpi = None if named is None else only_one("kpis", known, named)
        carried.setdefault(kpi, {}).setdefault(owner, []).append(_Link(*link))
    found = [_judge(list(carried.get(kpi, {}).values()), table.lang) for kpi in table.records.column("kpi")]
    return table.beside([(SHOWS[name], [each[name] for each in found]) for name in select_columns(show, SHOWS)])


def _judge(groups: list[list[_Link]], lang: str) -> dict[str, Any]:
    """What is shown of one KPI; a group is the links of one owner."""
    main, shares, off = 0, None, False
    for links in groups:
        main = max(main, sum(link.responsibility == _MAIN for link in links))
        read = read_shares(tuple(link.share for link in links if link.mode == _SHARED))
        if read is not None and not off:
            shares, off = canonical(float(sum(figure.exact for figure in read.figures))), not read.whole
        off = off or any(link.mode == _SHARED and link.share is None for link in links)
    verdict = _NOBODY if not groups else _SHARES if off else _MAINS if main > 1 else _GOOD
    return {"count": sum(map(len, groups)), "shares": shares, "main": main, "verdict": verdict(lang)}
