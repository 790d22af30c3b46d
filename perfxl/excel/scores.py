"""Lines, tables of lines and totals for the worksheet functions: cells in, points and reasons out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.util import find_spec
from typing import Any

from perfxl.core.formula.analyse import names_of
from perfxl.core.lone import category_of, default_method, direction_of, kind_of
from perfxl.core.matching import spelling
from perfxl.core.numbers import parse_figure, parse_number, parse_text
from perfxl.core.policy import DEFAULT_SCALE, Band
from perfxl.core.problems import Problem, Text, problem
from perfxl.core.records import NOT_APPLICABLE, Records
from perfxl.core.rulebook import FIGURES, Method
from perfxl.core.scoring.alone import ContractTotal, Counted, contract_total
from perfxl.core.scoring.line import STATUS_LABELS, LineScore, Status, blank
from perfxl.core.scoring.line import number as number_of
from perfxl.core.scoring.veto import Veto
from perfxl.core.tables import get
from perfxl.excel.errors import CellError, Failure, failure
from perfxl.excel.normalise import Rows
from perfxl.excel.ranges import Range, table
from perfxl.excel.settings import Given

_FIGURES = tuple(FIGURES.values())
_SCORED_BY = ("method", "direction", *_FIGURES, "floor", "cap", "steps", "scale")
# Codes of what has no number, and of names that nobody declared; the rest is input that cannot be used.
_NO_NUMBER = frozenset(("M103", "M104", "M111"))
_UNKNOWN = frozenset(("M101", "M107", "M108"))
# Excel's day numbers that can be meant as dates: 1982 to 2119.
_DAYS = (30000.0, 80000.0)
_GIVEN_SCALE = "\0given"  # no sheet can name a scale so
_PAIRS = Text("分档表或分级表", "The step table or grade scale")
_DATED = ("actual", "target", "threshold")
# From this many lines on, NumPy is worth its start.
_MANY = 400


def single(cells: Mapping[str, Any], given: Given, lang: str) -> float | str:
    """What the cell of one line shows: its points, or 待报, 不适用, 仅监控."""
    return shown(single_score(cells, given), lang)


def single_score(cells: Mapping[str, Any], given: Given) -> LineScore:
    """One line, its figures given cell by cell; step table and grade scale may be given as two columns."""
    if blank(cells["method"]):
        raise failure("X109", argument=Text("计分方法", "Scoring method"))
    line = dict(cells)
    if isinstance(line["steps"], list):
        line["steps"] = tuple(_pairs(line["steps"]).items())
    if isinstance(line["scale"], list):
        given = given.with_scale(_GIVEN_SCALE, _pairs(line["scale"], labels=True))
        line["scale"] = _GIVEN_SCALE
    return score(*line_of(line, given), given)


def line_of(cells: Mapping[str, Any], given: Given) -> tuple[dict[str, Any], dict[str, Problem]]:
    """Cells by column to a line as LineScorer takes it, and what is wrong with cells that cannot be read."""
    line, unreadable = dict(cells), {}
    grades = frozenset((*DEFAULT_SCALE, *given.labels))
    for column in (*_FIGURES, "floor", "cap"):
        raw = cells.get(column)
        if raw is None or type(raw) is float:
            continue
        read = parse_figure(raw, grades)
        if read.value is not None:
            line[column] = read.value
        elif read.code:
            unreadable[column] = problem(read.code, table="contract_sheet", column=column, value=raw)
            line[column] = None if unreadable[column].severity == "notice" else str(raw)
    return line, {column: about for column, about in unreadable.items() if about.severity == "error"}


def score(line: Mapping[str, Any], unreadable: Mapping[str, Problem], given: Given) -> LineScore:
    """The points of a line. What the method reads must be readable, even where it could do without it."""
    return _sure(given.scorer.score(line), line, unreadable)


def _sure(found: LineScore, line: Mapping[str, Any], unreadable: Mapping[str, Problem]) -> LineScore:
    if found.method is None or found.status not in (Status.SCORED, Status.PENDING):
        return found
    about = _wrong_cell(found.method, line, unreadable) if found.method.text else None
    return found._replace(points=None, status=Status.PROBLEM, problem=about) if about else found


def shown(found: LineScore, lang: str, kpi: str = "") -> float | str:
    """What a cell shows: the points, or 待报, 不适用, 仅监控. Raises Failure where something is wrong."""
    if found.points is not None:
        return found.points
    if found.problem is not None:
        raise Failure(told(found, kpi), _error(found.problem))
    return STATUS_LABELS[found.status][0 if lang == "zh" else 1]


def told(found: LineScore, kpi: str = "") -> Problem:
    """The problem of a line in words that fit where no contract is known."""
    about = found.problem
    assert about is not None
    method, figure = found.method, str(about.details.get("figure"))
    details = {**about.details, "kpi": kpi or Text("此指标", "This KPI")}
    if method:
        details["method"] = Text(method.zh, method.name)
    if figure in FIGURES:
        column = get("contract_sheet").column(FIGURES[figure])
        details["figure"] = Text(column.zh, column.en)
    return replace(about, details=details)


@dataclass
class Scored:
    """The lines of a range with their scores; `kpis`, `people`, `weights` and `categories` by line."""

    range: Range
    given: Given
    scores: list[LineScore]
    kpis: list[str]
    people: list[str]
    weights: list[float]
    categories: list[str]

    def in_full(self) -> list[LineScore]:
        """The scores with the figures behind them, which a large table is scored without."""
        errors = {i: self.range.errors(i) for i in self.range.findings}
        return _one_by_one(self.range.records, errors, self.given)


def scored_table(rows: Rows, given: Given) -> Scored:
    """Every line of a range. Lines without a method take the plainest one, as a lone sheet's do."""
    found = table("contract_sheet", rows, labels=given.labels)
    records = found.records
    _fill_in(records)
    unreadable = {i: errors for i in found.findings if (errors := found.errors(i))}
    for i, errors in unreadable.items():
        for column in errors:
            if column in _SCORED_BY:  # unreadable is not blank
                records.columns[column][i] = str(errors[column].value)
    return Scored(
        found,
        given,
        _scores(records, unreadable, given),
        [str(kpi or "") for kpi in records.column("kpi")],
        _people(records),
        [0.0 if w is None else float(w) for w in records.column("weight")],
        [category_of(c) or "" for c in records.column("category")],
    )


def totals(scored: Scored) -> dict[str, ContractTotal | Failure]:
    """The total of each person in order of appearance (of one nameless contract where the range names nobody)."""
    lines: dict[str, list[int]] = {}
    for i, person in enumerate(scored.people):
        lines.setdefault(person, []).append(i)
    return {person: _total(scored, mine) for person, mine in lines.items()}


def total(scored: Scored, person: Any, lang: str) -> float | str:
    """One person's official total; 待报 while a weighted line is."""
    found = totals(scored)
    if person is None and len(found) > 1:
        raise failure("X108", count=len(found))
    who = next(iter(found), "") if person is None else _who(scored, person)
    if who not in found:
        raise failure("X107", CellError.NA, value=person, known="、".join(list(found)[:10]))
    made = found[who]
    if isinstance(made, Failure):
        raise made
    return STATUS_LABELS[Status.PENDING][0 if lang == "zh" else 1] if made.total is None else made.total


def band(raw: Any, given: Given) -> Band:
    """The grade band of a total."""
    return given.policy.grade(number(raw, Text("总分", "Total")))


def coefficient(raw: Any, given: Given) -> float:
    """The coefficient of a total, or of a grade by name."""
    named = {spelling(each.grade): each for each in given.policy.bands}
    found = named.get(spelling(raw)) if isinstance(raw, str) else None
    found = found or band(raw, given)
    if found.coefficient is None:
        raise failure("X107", CellError.NA, value=found.grade, known="、".join(each.grade for each in named.values()))
    return found.coefficient


def _who(scored: Scored, person: Any) -> str:
    """The key of a person, asked for by ID or name."""
    asked, records = spelling(parse_text(person).value or ""), scored.range.records
    for name in ("person", "name"):
        for i, held in enumerate(records.column(name)):
            if held is not None and spelling(held) == asked:
                return scored.people[i]
    return asked


def _total(scored: Scored, lines: Sequence[int]) -> ContractTotal | Failure:
    given = scored.given
    reasons = [told(scored.scores[i], scored.kpis[i]) for i in lines if scored.scores[i].problem]
    counted, most, best_grade = [], math.inf, ""
    events = _events(given)
    for i in lines:
        found, record = scored.scores[i], scored.range.records
        errors = scored.range.errors(i)
        if "weight" in errors:
            reasons.append(errors["weight"])
        counts = [events[key] for key in _keys(record, i) if key in events]
        if found.method and found.method.effect == "total" and counts and blank(record.column("actual")[i]):
            line = {name: record.column(name)[i] for name in _SCORED_BY} | {"actual": counts[0]}
            found = score(line, errors, given)
        if found.method and found.method.name == "veto":
            happened = _happened(record, i, counts, reasons)
            if happened:
                veto = Veto.of({n: record.column(n)[i] for n in ("veto_effect", "limit", "veto_grade")}, given.policy)
                most, best_grade = _vetoed(veto, most, best_grade, given)
        counted.append(Counted(found, scored.weights[i], scored.categories[i]))
    if reasons:
        return Failure(reasons)
    return contract_total(counted, given.policy, most=most, best_grade=best_grade)


def _vetoed(veto: Veto, most: float, best_grade: str, given: Given) -> tuple[float, str]:
    if veto.effect != "limit_grade":
        return min(most, 0.0 if veto.effect == "zero" else veto.limit), best_grade
    names = [band.grade for band in sorted(given.policy.bands, key=lambda band: -band.lower)]
    rank = {grade: place for place, grade in enumerate(names)}
    return most, max((g for g in (best_grade, veto.grade) if g), key=lambda grade: rank.get(grade, len(names)))


def _happened(records: Records, i: int, counts: Sequence[float], reasons: list[Problem]) -> bool:
    """Whether a veto's event took place: by the table of events, or by the count that stands for its actual."""
    actual = records.column("actual")[i]
    if counts or blank(actual) or actual == NOT_APPLICABLE:
        return bool(counts)
    if isinstance(actual, float):
        return actual > 0
    reasons.append(problem("X119", value=actual, kpi=str(records.column("kpi")[i] or "")))
    return False


def _keys(records: Records, i: int) -> list[tuple[str, str]]:
    """How an event may name the line: person or name, KPI ID or name."""
    who = [records.column(name)[i] for name in ("person", "name")]
    what = [records.column(name)[i] for name in ("kpi_id", "kpi")]
    return [(str(a), str(b)) for a in who if a is not None for b in what if b is not None]


def _events(given: Given) -> dict[tuple[str, str], float]:
    """How often what happened to whom."""
    events, found = given.book.get("events"), dict[tuple[str, str], float]()
    if events:
        for holder, kpi, count in zip(*(events.column(name) for name in ("holder", "kpi", "count")), strict=True):
            key = (str(holder), str(kpi))
            found[key] = found.get(key, 0.0) + (1.0 if count is None else float(count))
    return found


def _people(records: Records) -> list[str]:
    pairs = zip(records.column("person"), records.column("name"), strict=True)
    return [str(person or name or "") for person, name in pairs]


def _fill_in(records: Records) -> None:
    """Methods and directions that are not given, by the same reading as for a lone sheet."""
    names = ("kind", "kpi", "weight", "category", "direction", "target", "threshold", "challenge", "actual")
    columns = [records.column(name) for name in names]
    methods, directions = list(records.column("method")), list(records.column("direction"))
    for i, (method, direction) in enumerate(zip(methods, directions, strict=True)):
        if method is not None and direction is not None:
            continue
        row = dict(zip(names, [column[i] for column in columns], strict=True))
        if method is None:
            methods[i] = default_method(row, kind_of(row))
        if direction is None:
            directions[i] = direction_of(row, str(row["kpi"] or "").lstrip("*★☆ "))[0]
    records.columns["method"], records.columns["direction"] = methods, directions


def _scores(records: Records, unreadable: Mapping[int, Mapping[str, Problem]], given: Given) -> list[LineScore]:
    if len(records) >= _MANY and _numpy():
        return _many(records, unreadable, given)
    return _one_by_one(records, unreadable, given)


def _one_by_one(records: Records, unreadable: Mapping[int, Mapping[str, Problem]], given: Given) -> list[LineScore]:
    columns = {name: records.columns[name] for name in _SCORED_BY if name in records.columns}
    plain = not unreadable and not any(date in set(map(type, column)) for column in columns.values())
    found, scorer, names = [], given.scorer, tuple(columns)
    for i, cells in enumerate(zip(*columns.values(), strict=True)):
        line = dict(zip(names, cells, strict=True))
        made = scorer.score(line)
        sure = plain and made.method is not None and "DAYS" not in made.method.text
        found.append(made if sure else _sure(made, line, unreadable.get(i, {})))
    return found


def _many(records: Records, unreadable: Mapping[int, Mapping[str, Problem]], given: Given) -> list[LineScore]:
    """With NumPy; lines that are not plainly scored are looked at one by one, for the reason."""
    from perfxl.core.scoring.batch import STATUSES, Lines, score_lines

    columns = {name: records.column(name) for name in _SCORED_BY}
    batch = score_lines(Lines.of(columns, columns["actual"]), given.policy)
    dates = {i for column in _FIGURES for i, v in enumerate(records.columns.get(column, ())) if isinstance(v, date)}
    milestones = {place for place, method in enumerate(batch.methods) if "DAYS" in method.text}
    found = []
    rows = zip(batch.points.tolist(), batch.status.tolist(), batch.method.tolist(), batch.code.tolist(), strict=True)
    for i, (points, status, method, code) in enumerate(rows):
        if code or i in unreadable or i in dates or method in milestones:
            line = {name: columns[name][i] for name in _SCORED_BY}
            found.append(score(line, unreadable.get(i, {}), given))
        else:
            points = None if points != points else points
            found.append(LineScore(points, STATUSES[status], batch.methods[method]))
    return found


def _wrong_cell(method: Method, line: Mapping[str, Any], unreadable: Mapping[str, Problem]) -> Problem | None:
    columns = _columns_of(method.text)
    for column in columns:
        if column in unreadable:
            return unreadable[column]
    on_days, by_steps = "DAYS" in method.text, "STEPS" in method.text
    for column in columns:
        value = line.get(column)
        if isinstance(value, date) and not (on_days or by_steps or method.own):
            return problem("V103", table="contract_sheet", column=column, value=value)
        if on_days and column in _DATED and isinstance(value, float) and not _DAYS[0] <= value <= _DAYS[1]:
            held = get("contract_sheet").column(column)
            return problem("M112", table="contract_sheet", column=column, value=value, figure=Text(held.zh, held.en))
    return None


def _pairs(rows: Rows, *, labels: bool = False) -> dict[Any, float]:
    """Two columns: at which figure (or grade) how many points. A header above them is passed over."""
    found: dict[Any, float] = {}
    for place, row in enumerate(rows):
        if len(row) < 2 or row[0] == "":
            continue
        points, at = parse_number(row[1]).value, parse_figure(row[0]).value
        key = str(row[0]).strip() if labels else number_of(at)
        if points is None or key != key:
            if place == 0:
                continue
            raise failure("X104", value=row[1] if points is None else row[0], argument=_PAIRS)
        found[key] = points
    return found


@cache
def _columns_of(text: str) -> tuple[str, ...]:
    """The columns whose cells a method reads."""
    from perfxl.core.rulebook import tree_of

    return (*(FIGURES[name] for name in names_of(tree_of(text)) if name in FIGURES), "floor", "cap")


@cache
def _numpy() -> bool:
    return find_spec("numpy") is not None


def _error(about: Problem) -> CellError:
    return CellError.NUM if about.code in _NO_NUMBER else CellError.NA if about.code in _UNKNOWN else CellError.VALUE


def number(raw: Any, argument: Text, default: float | None = None) -> float:
    """A number that must be there. Raises Failure."""
    read = parse_number(raw)
    if read.value is not None:
        return float(read.value)
    if raw is None and default is not None:
        return default
    code = "X109" if raw is None or not read.code or read.code == "V125" else "X104"
    raise Failure(problem(code, value=raw, argument=argument))
