"""Weights of a table of KPIs: derived, checked, repaired; and shares of a target."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from perfxl.core.cascade import allocate
from perfxl.core.formula import SEEN
from perfxl.core.language import Text
from perfxl.core.problem_table import ANSWER, CODE, MESSAGE, SEVERITY
from perfxl.core.problems import Problem, Severity, problem
from perfxl.core.schema import get
from perfxl.core.values.numbers import canonical, parse_number, parse_points
from perfxl.core.weights import derive, repair
from perfxl.core.weights.checks import check, judge_ratings
from perfxl.core.weights.rules import WHOLE, Candidate, exact, plain
from perfxl.excel.cells import CellError, Failure, Rows, failure
from perfxl.excel.lines import read_number
from perfxl.excel.ranges import Range, find_headers, read_below, read_table, select_columns
from perfxl.excel.settings import PolicyRanges
from perfxl.tables.row_kpi import category_of, kind_of

_RATINGS = ("impact", "controllability", "measurability")
_WHOLE = {"": 100.0}
_ROW, _NOTHING = Text("行", "Row"), Text("没有问题", "nothing is wrong")
_TARGET, _DECIMALS = Text("上级目标值", "The superior's target"), Text("小数位数", "Decimals")
_MOST_DECIMALS = 12
SHOWS = {
    "weight": Text("权重", "Weight"),
    "importance": Text("重要性", "Importance"),
    "raw": Text("取整前", "Raw weight"),
}


def rate_importance(cells: Mapping[str, Any], settings: PolicyRanges) -> float:
    """The importance that three ratings make."""
    ratings = []
    for name in _RATINGS:
        number = parse_number(cells[name]).value
        ratings.append(cells[name] if number is None else number)
    importances, problems = judge_ratings([Candidate("", "", *ratings)], settings.rules)
    if importances[0] is None:
        raise Failure([_of_this_kpi(about) for about in problems])
    return canonical(float(importances[0]))


def derive_weights(rows: Rows, categories: Rows, show: Any, settings: PolicyRanges) -> Rows:
    """Weights from ratings, rounded to legal ones, beside the table."""
    table = read_table("contract_sheet", rows, "kpi")
    candidates, shares = _candidates(table), _category_weights(categories)
    if not shares:
        candidates, shares = [c._replace(category="") for c in candidates], _WHOLE
    weighted, problems = derive(candidates, shares, settings.rules)
    unreadable = [about for i in table.findings for name, about in table.errors(i).items() if name in _RATINGS]
    wrong = [about for about in (*unreadable, *problems) if about.severity is Severity.ERROR]
    if wrong:
        raise Failure(wrong, CellError.NUM)
    columns = [(SHOWS[n], [getattr(weight, n) for weight in weighted]) for n in select_columns(show, SHOWS)]
    return table.beside(columns)


def repair_weights(rows: Rows, categories: Rows, settings: PolicyRanges) -> Rows:
    """The legal weights nearest to the agreed ones, beside the table."""
    table = read_table("contract_sheet", rows, "kpi", "weight")
    repaired, problems = repair(_candidates(table), settings.rules, _category_weights(categories) or None)
    wrong = [about for about in problems if about.severity is Severity.ERROR]
    if wrong:
        raise Failure(wrong, CellError.NUM)
    return table.beside([(SHOWS["weight"], [None if w is None else float(w) for w in repaired])])


def check_weights(rows: Rows, categories: Rows, settings: PolicyRanges) -> Rows:
    """A row for each finding: code, severity, row of the range, what is wrong, what to do."""
    table = read_table("contract_sheet", rows, "kpi", "weight")
    lang, shares = table.lang, _category_weights(categories) or None
    derived = table.records.columns.get("derived_weight")
    problems = check(_candidates(table), settings.rules, category_weights=shares, derived=derived)
    columns = (CODE, SEVERITY, MESSAGE, ANSWER)
    answer: Rows = [[column.header(lang) for column in columns]]
    answer += [[column.value(about, lang) for column in columns] for about in problems]
    if not problems:
        answer.append(["", "", _NOTHING(lang), ""])
    indices = (about.details.get("index") for about in problems)
    places = ["" if index is None else table.places[index] + 1 for index in indices] or [""]
    for line, place in zip(answer, [_ROW(lang), *places], strict=True):
        line.insert(2, place)
    return answer


def divide_target(target: Any, shares: Any, decimals: Any) -> tuple[Rows, list[Problem]]:
    """The parts, in the shape of the shares; a blank share has no part. Besides, what is doubtful about them."""
    total = exact(read_number(target, _TARGET)) or Fraction(0)
    rows = shares if isinstance(shares, list) else [[shares if shares is not None else ""]]
    cells = [_share(cell) for row in rows for cell in row]
    fractions = _whole([share for share in cells if share is not None])
    places = _places(total, decimals)
    parts = allocate(total, fractions, places)
    if parts is None:
        raise failure("target_too_precise", value=float(total), decimals=places)
    left = iter(parts)
    flat = iter([None if share is None else float(next(left)) for share in cells])
    doubt = problem("link_target_negative", table="links", column="target", value=float(total), upper=_TARGET)
    return [[next(flat) for _ in row] for row in rows], [doubt] if total < 0 else []


def _candidates(table: Range) -> list[Candidate]:
    """An unreadable weight or rating stays as typed: it is the finding."""
    records = table.records
    columns = {name: list(records.column(name)) for name in (*_RATINGS, "weight")}
    for i in table.findings:
        for name, about in table.errors(i).items():
            if name in columns:
                columns[name][i] = about.value
    candidates = []
    for i, record in enumerate(records.records()):
        kind = kind_of(record) or "quantitative"
        kpi = str(record["kpi"] or record["kpi_id"] or "")
        category, agreed = category_of(record["category"]) or "", columns["weight"][i]
        candidates.append(Candidate(kpi, category, kind=kind, agreed=agreed, **{n: columns[n][i] for n in _RATINGS}))
    return candidates


def _category_weights(categories: Rows) -> dict[str, float]:
    """Category weights: two columns, with or without headers. The table's own post type may not be told apart, so a
    table of several post types cannot be used."""
    if not categories:
        return {}
    header = find_headers(get("category_weights"), categories)
    if header is not None and {"category", "weight"} <= set(header.columns.values()):
        records = read_below(header, categories).records
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
    points = parse_points(None if cell == "" else cell).value
    return None if points is None else float(points)


def _of_this_kpi(about: Problem) -> Problem:
    details = {**about.details, "kpi": Text("此指标", "This KPI")}
    return problem(about.name, table="contract_sheet", column=about.column, value=about.value, **details)


def _share(cell: Any) -> Fraction | None:
    read = parse_number(None if cell == "" else cell)
    if read.value is None and (cell == "" or read.problem == "dash_is_blank"):
        return None
    share = exact(read.value)
    if share is None or share < 0:
        raise failure("share_invalid", value=cell)
    return share


def _whole(shares: list[Fraction]) -> list[Fraction]:
    """Shares of 1: typed as fractions (a percent cell) or as percent points. Thirds typed as 33.33% are not whole;
    thirds calculated as =1/3 are, though their floats lack the last digit."""
    total = sum(shares, Fraction(0))
    if round(total, SEEN) in (1, WHOLE):
        return [share / total for share in shares]
    points = total * 100 if total <= 2 else total
    way_zh, way_en = ("少", "short") if points < WHOLE else ("多", "over")
    raise failure("shares_sum", total=plain(points), amount=plain(abs(points - WHOLE)), way_zh=way_zh, way_en=way_en)


def _places(total: Fraction, decimals: Any) -> int:
    if decimals is not None:
        wanted = read_number(decimals, _DECIMALS)
        if not wanted.is_integer() or not -_MOST_DECIMALS <= wanted <= _MOST_DECIMALS:
            raise failure(
                "argument_out_of_range", value=wanted, argument=_DECIMALS, low=-_MOST_DECIMALS, high=_MOST_DECIMALS
            )
        return int(wanted)
    return next((places for places in range(_MOST_DECIMALS) if (total * 10**places).denominator == 1), _MOST_DECIMALS)
