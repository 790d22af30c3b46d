"""Coverage of KPIs by links: how many carry each, sum of shares, main owners, what is wrong; beside the table."""

from __future__ import annotations

from typing import Any, NamedTuple

from perfxl.core.cascade.targets import read_shares
from perfxl.core.checks.links import check_links
from perfxl.core.codes import Codes
from perfxl.core.language import Text
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem, Severity, problem
from perfxl.core.records import Records
from perfxl.core.table_access import problem_at
from perfxl.core.values.numbers import canonical
from perfxl.excel.cells import CellError, Failure, Rows
from perfxl.excel.names import only_one
from perfxl.excel.ranges import judge_rows, read_table, select_columns

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
_LINK = ("kpi", "owner", "mode", "share", "responsibility")


class _Link(NamedTuple):
    mode: str | None
    share: float | None
    responsibility: str | None


def show_coverage(rows: Rows, links: Rows, show: Any) -> tuple[Rows, list[Problem]]:
    """What is asked for of each KPI of the table, beside it, and what is wrong with the links as in a file. The links
    of each superior owner are judged by themselves; the shares shown are the first that do not make a whole.

    Raises: Failure where a cell of the KPIs or the links cannot be read or lacks what it must say, or a link names a
    KPI by what several are called.
    """
    table, read = read_table("kpis", rows, alone=("kpi", "name")), read_table("links", links, "kpi", "mode")
    wrong = [about for i in table.findings for name, about in table.errors(i).items() if name in ("kpi", "name")]
    wrong += [about for about in judge_rows(read) if about.severity is Severity.ERROR]
    if wrong:
        raise Failure(wrong, CellError.NUM)
    names = table.records.column("name")
    kpis = [name if kpi is None else kpi for kpi, name in zip(table.records.column("kpi"), names, strict=True)]
    if set(kpis) <= {None} and kpis:
        raise Failure(problem("range_lacks_column", table="kpis", column="kpi"))
    known = Codes(kpis, [names])
    for column in {"kpi", "sub_kpi"} & read.records.columns.keys():
        named = read.records.columns[column]
        codes = {each: only_one("kpis", known, each) if column == "kpi" else each for each in {*named} - {None}}
        codes |= known.translations(named)
        read.records.columns[column] = [codes.get(each) for each in named]
    carried: dict[Any, dict[Any, list[_Link]]] = {}
    for kpi, owner, *link in zip(*map(read.records.column, _LINK), strict=True):
        carried.setdefault(kpi, {}).setdefault(owner, []).append(_Link(*link))
    found = [_judge(list(carried.get(kpi, {}).values()), table.lang) for kpi in kpis]
    shown = table.beside([(SHOWS[name], [each[name] for each in found]) for name in select_columns(show, SHOWS)])
    tables = {"kpis": table.records, "links": read.records}
    return shown, [*check_links(tables, Policy()), *_elsewhere(read.records, set(kpis))]


def _elsewhere(links: Records, known: set[Any]) -> list[Problem]:
    """Links of KPIs that the table does not hold: lower levels, or misspelt."""
    rows = [i for i, kpi in enumerate(links.column("kpi")) if kpi not in known]
    return [problem_at("coverage_links_elsewhere", links, rows[0], "kpi", count=len(rows))] if rows else []


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
