"""A matrix of people and KPIs as rows of the contract sheet: each cell one KPI's points of one person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from perfxl.core.cells import column_letter
from perfxl.core.problems import Problem
from perfxl.core.records import Records
from perfxl.core.values.dates import Span
from perfxl.core.values.numbers import canonical
from perfxl.core.values.text import fold
from perfxl.tables.evidence import number_in
from perfxl.tables.forms import Form
from perfxl.tables.marked import LEAST_OF_HUNDRED, MarkCell, MarkedRow, stated_scale
from perfxl.tables.matrix import KPI_COLUMN, PERSON_COLUMN, find_weight_row, full_marks_in, plain_name
from perfxl.tables.plain_rows import WHO, Parts, fields_of, info_of, kept_rows, typed
from perfxl.tables.row_form import RowForm

_ONE = "上级100%"
_FULL = 100.0
WHOSE = ("name", "person", "post", "department", "issuer")  # the first of these that a matrix has tells its rows apart


def read_matrix(form: Form, labels: frozenset[str], within: Span | None) -> Parts:
    """People in rows, KPIs in columns; or the other way round."""
    across = [at for at, taken in form.reading.columns.items() if taken.meaning == PERSON_COLUMN]
    if across:
        return _read_people_across(form, across, within)
    who = {at: taken.meaning for at, taken in form.reading.columns.items() if taken.meaning in WHO}
    if not who:  # figures of nobody
        lacks = form.problem("column_missing", form.block.row, min(form.block.texts), column="name")
        return [], info_of(form, 0), [lacks]
    key = min(who, key=lambda at: WHOSE.index(who[at]))
    figures = [at for at, taken in form.reading.columns.items() if taken.meaning == KPI_COLUMN]
    below = find_weight_row(form.grid, form.block, figures)
    rows = [i for i in kept_rows(form, key) if below is None or i != below.row]
    full = {at: full_marks_in(form.block.texts[at]) for at in figures}
    if below and below.full:
        full = dict(below.weights)
    whole = abs(sum(value or 0.0 for value in full.values()) - _FULL) < 1e-6
    weights = {at: below.weights[at] if below else full[at] if whole else form.block.heard[at].share for at in figures}
    common = _common_scale(form, rows, figures, any(weights.values()))
    parts: list[Records] = []
    problems: list[Problem] = []
    fields, asked = fields_of(form, len(rows), within)
    problems += asked
    headers = [form.block.texts[at] for at in figures]
    for at in figures:
        records, more = typed(form, rows, {**who, at: "points"}, "contract_sheet")
        problems += more if at == figures[0] else [found for found in more if found.column == "points"]
        records.columns["kpi"] = [plain_name(form.block.texts[at], headers)] * len(rows)
        records.letters["kpi"] = column_letter(at)
        if weights[at] is not None:
            records.columns["weight"] = [weights[at]] * len(rows)
        records.columns |= {column: values for column, values in fields.items() if column not in records.columns}
        records.columns["form"] = _forms(form, at, full[at] or common, records)
        parts.append(records)
    if (
        parts
        and common is None
        and all(full[at] is None for at in figures)
        and any(any(p.columns["points"]) for p in parts)
    ):
        first = figures[0]
        problems.append(form.problem("marks_scale_unknown", form.block.row, first, value=form.block.texts[first]))
    problems += _check_totals(form, rows, parts, full if whole else {})
    return parts, info_of(form, len(rows) * len(figures)), problems


def _common_scale(form: Form, rows: Sequence[int], figures: Sequence[int], weighed: bool) -> float | None:
    """Full marks of all figures: as the lines around say, or 100 of weighed KPIs where some are too many for 10."""
    values = [number for i in rows for at in figures if (number := number_in(form.grid.rows[i][at])) is not None]
    lines = [cell for row in form.grid.rows for cell in row if isinstance(cell, str) and cell]
    marks = [MarkedRow(tuple(MarkCell("superior", value, "") for value in values))]
    stated = stated_scale(marks, [*lines, form.grid.name])
    if stated is not None:
        return stated
    return _FULL if weighed and (not values or max(values) > LEAST_OF_HUNDRED) else None


def _forms(form: Form, at: int, full: float | None, records: Records) -> list[RowForm]:
    letter = column_letter(at)
    return [
        RowForm(
            (MarkCell("superior", value, letter),) if value is not None else (), judged=True, full=full, shares=_ONE
        )
        for value in records.columns["points"]
    ]


def _read_people_across(form: Form, people: Sequence[int], within: Span | None) -> Parts:
    """KPIs in rows with their weights, people in columns."""
    kpi = next(at for at, taken in form.reading.columns.items() if taken.meaning == "kpi")
    rows = kept_rows(form, kpi)
    shared = {at: name for at, name in form.header.columns.items() if name in ("kpi", "weight", "category", "unit")}
    parts: list[Records] = []
    fields, problems = fields_of(form, len(rows), within)
    common = _common_scale(form, rows, people, True)
    if common is None:
        first = people[0]
        problems.append(form.problem("marks_scale_unknown", form.block.row, first, value=form.block.texts[first]))
    for at in people:
        records, more = typed(form, rows, {**shared, at: "points"}, "contract_sheet")
        problems += more if at == people[0] else [found for found in more if found.column == "points"]
        weights = [value for value in records.columns["weight"] if value is not None]
        if weights and sum(weights) <= 1 + 1e-9:
            records.columns["weight"] = [
                canonical(value * 100) if value is not None else None for value in records.columns["weight"]
            ]
        records.columns["name"] = [" ".join(form.block.texts[at].split())] * len(rows)
        records.letters["name"] = column_letter(at)
        records.columns |= {column: values for column, values in fields.items() if column not in records.columns}
        records.columns["form"] = _forms(form, at, common, records)
        parts.append(records)
    return parts, info_of(form, len(rows) * len(people)), problems


def _check_totals(form: Form, rows: Sequence[int], parts: Sequence[Records], full: dict[int, Any]) -> list[Problem]:
    """Totals beside the figures that do not follow from them."""
    at = form.reading.at("total_score")
    if at is None or any("weight" not in part.columns for part in parts):
        return []
    problems = []
    for place, i in enumerate(rows):
        shown = number_in(form.grid.rows[i][at])
        points = [part.columns["points"][place] for part in parts]
        if shown is None or any(not isinstance(value, float) for value in points):
            continue
        times = [part.columns["weight"][place] / 100 for part in parts] if not full else [1.0] * len(parts)
        total = sum(time * value for time, value in zip(times, points, strict=True))
        text = fold(str(form.grid.rows[i][at]))
        decimals = (
            len(f"{shown:.10g}".partition(".")[2])
            if isinstance(form.grid.rows[i][at], float)
            else len(text.partition(".")[2])
        )
        if abs(round(total + 1e-9, decimals) - shown) > 1e-9:
            problems.append(form.problem("total_not_follows", i, at, value=shown, due=canonical(total)))
    return problems
