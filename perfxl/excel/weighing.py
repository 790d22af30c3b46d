"""Weights of a table of KPIs: derived, checked, repaired."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from perfxl.core.language import Text
from perfxl.core.problem_table import ANSWER, CODE, MESSAGE, SEVERITY
from perfxl.core.problems import Problem, Severity, problem
from perfxl.core.schema import get
from perfxl.core.values.numbers import canonical, parse_number, parse_points
from perfxl.core.weights import derive, repair
from perfxl.core.weights.checks import check, judge_ratings
from perfxl.core.weights.rules import Candidate
from perfxl.excel.errors import CellError, Failure, failure
from perfxl.excel.normalise import Rows
from perfxl.excel.ranges import Range, find, read, table
from perfxl.excel.settings import Given
from perfxl.excel.shows import chosen
from perfxl.tables.contract_sheet import category_of, kind_of

_RATINGS = ("impact", "controllability", "measurability")
_WHOLE = {"": 100.0}
SHOWS = {
    "weight": Text("权重", "Weight"),
    "importance": Text("重要性", "Importance"),
    "raw": Text("取整前", "Raw weight"),
}


def importance(cells: Mapping[str, Any], given: Given) -> float:
    ratings = []
    for name in _RATINGS:
        read_ = parse_number(cells[name])
        ratings.append(read_.value if read_.value is not None else cells[name])
    found, problems = judge_ratings([Candidate("", "", *ratings)], given.rules)
    if found[0] is None:
        raise Failure([_named(p) for p in problems])
    return canonical(float(found[0]))


def derived(rows: Rows, categories: Rows, show: Any, given: Given) -> Rows:
    found = table("contract_sheet", rows, "kpi")
    candidates, shares = _candidates(found), _shares(categories, found, given)
    if not shares:
        candidates, shares = [c._replace(category="") for c in candidates], _WHOLE
    weighted, problems = derive(candidates, shares, given.rules)
    wrong = [p for p in (*_unreadable(found, _RATINGS), *problems) if p.severity is Severity.ERROR]
    if wrong:
        raise Failure(wrong, CellError.NUM)
    values = {name: [getattr(each, name) for each in weighted] for name in SHOWS}
    return found.beside([(SHOWS[name], values[name]) for name in chosen(show, SHOWS)])


def repaired(rows: Rows, categories: Rows, given: Given) -> Rows:
    found = table("contract_sheet", rows, "kpi", "weight")
    candidates, shares = _candidates(found), _shares(categories, found, given)
    mended, problems = repair(candidates, given.rules, shares or None)
    wrong = [p for p in problems if p.severity is Severity.ERROR]
    if wrong:
        raise Failure(wrong, CellError.NUM)
    return found.beside([(SHOWS["weight"], [None if w is None else float(w) for w in mended])])


def checked(rows: Rows, categories: Rows, given: Given) -> Rows:
    """A row for each finding: code, severity, row of the range, what is wrong, what to do."""
    found = table("contract_sheet", rows, "kpi", "weight")
    shares = _shares(categories, found, given)
    derived_ = found.records.columns.get("derived_weight")
    problems = check(_candidates(found), given.rules, category_weights=shares or None, derived=derived_)
    return listed(problems, found)


def listed(problems: Sequence[Problem], found: Range) -> Rows:
    lang = found.lang
    columns = (CODE, SEVERITY, MESSAGE, ANSWER)
    table: Rows = [[column.header(lang) for column in columns]]
    table += [[column.value(each, lang) for column in columns] for each in problems]
    if not problems:
        table.append(["", "", _NOTHING(lang), ""])
    indices = (each.details.get("index") for each in problems)
    rows = ["" if index is None else found.places[index] + 1 for index in indices] or [""]
    for line, row in zip(table, [_ROW(lang), *rows], strict=True):
        line.insert(2, row)
    return table


_ROW, _NOTHING = Text("行", "Row"), Text("没有问题", "nothing is wrong")


def _candidates(found: Range) -> list[Candidate]:
    """An unreadable weight or rating stays as typed: it is the finding."""
    records = found.records
    columns = {name: list(records.column(name)) for name in (*_RATINGS, "weight")}
    for i in found.findings:
        for name, about in found.errors(i).items():
            if name in columns:
                columns[name][i] = about.value
    made = []
    for i, record in enumerate(records.records()):
        kind = kind_of(record) or "quantitative"
        kpi = str(record["kpi"] or record["kpi_id"] or "")
        category, agreed = category_of(record["category"]) or "", columns["weight"][i]
        made.append(Candidate(kpi, category, kind=kind, agreed=agreed, **{n: columns[n][i] for n in _RATINGS}))
    return made


def _unreadable(found: Range, names: Sequence[str]) -> list[Problem]:
    return [about for i in found.findings for name, about in found.errors(i).items() if name in names]


def _shares(categories: Rows, found: Range, given: Given) -> dict[str, float]:
    """Category weights: two columns, with or without headers. The table's own post type may not be told apart, so a
    table of several post types cannot be used."""
    if not categories:
        return {}
    header = find(get("category_weights"), categories)
    if header is not None and {"category", "weight"} <= set(header.columns.values()):
        records = read(header, categories).records
        pairs = list(zip(records.column("category"), records.column("weight"), strict=True))
        types = {kind for kind in records.column("post_type") if kind is not None}
        if len(types) > 1:
            raise failure("row_fails", row=1, reason=Text("类别权重有几种岗位类型", "several post types"), hint="")
    else:
        pairs = [(row[0], _points(row[1])) for row in categories if len(row) > 1 and row[0] != ""]
        pairs = pairs[1:] if pairs and pairs[0][1] is None else pairs
        if pairs and sum(weight or 0 for _, weight in pairs) == 1:
            pairs = [(category, canonical((weight or 0) * 100)) for category, weight in pairs]
    return {str(category_of(str(category)) or ""): weight for category, weight in pairs if category is not None}


def _points(cell: Any) -> float | None:
    read_ = parse_points(None if cell == "" else cell)
    return None if read_.value is None else float(read_.value)


def _named(about: Problem) -> Problem:
    details = {**about.details, "kpi": Text("此指标", "This KPI")}
    return problem(about.name, table="contract_sheet", column=about.column, value=about.value, **details)
