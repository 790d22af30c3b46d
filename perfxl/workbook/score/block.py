"""One contract as a block: title, details, the lines by aspect, deductions, vetoes and monitored KPIs, the total."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from perfxl.core.calendar import from_serial
from perfxl.core.explain.labels import veto_text
from perfxl.core.policy import Policy
from perfxl.core.records import NOT_APPLICABLE, Records
from perfxl.core.schema.choices import CATEGORY, DIRECTION
from perfxl.core.scoring.batch import Factor
from perfxl.core.scoring.book import Scores
from perfxl.core.scoring.line import STATUS_LABELS, Status, blank, number
from perfxl.core.scoring.periods import LIGHT_LABELS
from perfxl.core.scoring.totals import Totals, ordered_bands, spread_twice
from perfxl.core.scoring.veto import Veto
from perfxl.workbook import row_sheet as rows
from perfxl.workbook.cell_look import FigureUnit
from perfxl.workbook.row_sheet import Cells, Tail
from perfxl.workbook.score.columns import (
    BASIS,
    BASIS_PLACE,
    COLUMNS,
    PLACE,
    PRINTED,
    RESULT_PLACE,
)
from perfxl.workbook.score.formulas import COEFFICIENTS, GRADES, Formulas, Rows
from perfxl.workbook.score.kinds import NO_COEFFICIENT, Kinds
from perfxl.workbook.score.looks import Looks
from perfxl.workbook.score.plan import Block, column_of
from perfxl.workbook.score.texts import SHORT, say
from perfxl.workbook.style import row_height

_FIGURES = ("target", "threshold", "challenge", "base")
_SIDE = ("k", "unit_step", "low", "high", "limit", "floor", "cap")
_NO_UNIT = (False, 0)


class Blocks:
    """Writes blocks as rows of XML."""

    def __init__(
        self, book: Mapping[str, Records], scores: Scores, kinds: Kinds, formulas: Formulas, looks: Looks, lang: str
    ) -> None:
        self.scores, self.kinds, self.formulas, self.looks, self.lang = scores, kinds, formulas, looks, lang
        self.columns = scores.joined.columns
        self.side = 0 if lang == "zh" else 1
        self.people = column_of(book, "people", "person", "name")
        self.posts = column_of(book, "people", "person", "post")
        self.units_of_people = column_of(book, "people", "person", "unit")
        self.units = column_of(book, "units", "unit", "name")
        self.aspects = {c.name: c.label(lang) for c in CATEGORY}
        self.directions = {1.0: DIRECTION[0].label(lang), -1.0: DIRECTION[1].label(lang)}
        self.lights = {name: labels[self.side] for name, labels in LIGHT_LABELS.items()}
        self.states = {status: labels[self.side] for status, labels in STATUS_LABELS.items()}
        self.bands = ordered_bands(scores.policy)
        self._texts: dict[tuple[str, str], Tail] = {}
        self._spread = spread_weights(scores)

    def rows(self, block: Block) -> Iterator[str]:
        """The block's rows, from its title to its result, without a gap."""
        yield self._title(block)
        yield self._details(block)
        yield self.header(block.header)
        lines = block.lines
        for row, line in enumerate(block.weighted, lines.first):
            yield self._line(row, line, self._weighted(row, line, lines))
        if not block.weighted:
            yield self._empty(lines.first)
        for placed, of_kind, extra in (
            (block.adjusting_rows, block.adjusting, self._adjusting),
            (block.veto_rows, block.vetoes, self._veto),
            (block.monitored_rows, block.monitored, self._monitored),
        ):
            for row, line in enumerate(of_kind, placed.first if placed else 0):
                yield self._line(row, line, extra(row, line))
        yield self._sum(block)
        yield self._result(block)

    def header(self, row: int) -> str:
        cells = {
            i: self.text(column.header(self.lang), "header" if i <= PRINTED else "side_header")
            for i, column in enumerate(COLUMNS)
        }
        height = max(row_height(c.header(self.lang), c.width) for c in COLUMNS[: PRINTED + 1])
        return rows.row(row, cells, height + 2)

    def text(self, value: str, role: str) -> Tail:
        found = self._texts.get((value, role))
        if found is None:
            found = self._texts[value, role] = rows.text(value, self.looks(role))
        return found

    def results(self, row: int, title: str, totals: Totals, place: int, written: Sequence[tuple[str, str]]) -> Cells:
        """The cells of a result row: the values of `totals` at `place`; `written` are the formulas by RESULTS name."""
        cells: dict[int, Tail] = {0: self.text(title, "sum_label")}
        cells |= {i: self.text("", "name") for i in range(1, PRINTED + 1)}
        values = result_values(totals, place, self.scores.policy)
        roles = {"grade": "result", "total": "result", "completeness": "percent", "provisional": "muted"}
        for name, formula in written:
            at = RESULT_PLACE[name]
            cells[at - 1] = self.text(say(name, self.lang), "name")
            look = self.looks(roles.get(name, "result"))
            cells[at] = rows.formula(rows.escaped(formula), values[name], look)
        return cells

    def title(self, row: int, names: str, post: str) -> str:
        cells = {0: self.text(f"{names}    {post}".rstrip(), "title")}
        cells |= {i: self.text("", "title") for i in range(1, PRINTED + 1)}
        return rows.row(row, cells, 24.0)

    def _title(self, block: Block) -> str:
        contracts, at = self.scores.joined.contracts, block.contract
        holders = [contracts.column(name)[at] for name in ("holder", "second_holder")]
        names = "、".join(str(self.people.get(holder) or holder) for holder in holders if not blank(holder))
        post = contracts.column("post")[at] or self.posts.get(holders[0]) or ""
        return self.title(block.start, names, post)

    def _details(self, block: Block) -> str:
        contracts, at = self.scores.joined.contracts, block.contract
        holder, unit, issuer, start, end = (
            contracts.column(name)[at] for name in ("holder", "unit", "issuer", "start", "end")
        )
        unit = unit or self.units_of_people.get(holder)
        parts = {
            "contract": contracts.column("contract")[at],
            "holder": holder,
            "unit": self.units.get(unit) or unit,
            "issuer": self.people.get(issuer) or issuer,
        }
        shown = [f"{contracts.table.column(name).header(self.lang)} {value}" for name, value in parts.items() if value]
        if start or end:
            shown.append(f"{start or ''} – {end or ''}")
        return rows.row(block.start + 1, {0: self.text("    ".join(shown), "meta")})

    def _line(self, row: int, line: int, extra: Mapping[str, Tail]) -> str:
        """What all lines show; `extra` holds what differs."""
        columns, unit = self.columns, self.kinds.units[line]
        method, kind = self.kinds.method(line), self.kinds.of[line]
        aspect = columns["aspect"][line]
        name = str(columns["name"][line] or columns["kpi"][line] or "")
        words = self._method(line)
        cells = {name: self._figure(columns[name][line], unit) for name in _FIGURES}
        cells |= {name: self._figure(columns[name][line], _NO_UNIT) for name in _SIDE}
        cells["unit_step"] = self._figure(columns["unit_step"][line], unit)
        cells |= {name: self._figure(columns[name][line], unit) for name in ("low", "high")}
        cells["aspect"] = self.text(self.aspects.get(aspect, str(aspect or say("no_aspect", self.lang))), "text")
        cells["kpi"] = self.text(f"{name} ★" if method and method.name == "monitor" else name, "text")
        cells["unit"] = self.text(str(columns["unit"][line] or ""), "centred")
        cells["method"] = self.text(words, "centred")
        directed = kind is not None and kind.method.directed
        cells["direction"] = self.text(self.directions[kind.direction] if kind and directed else "", "state")
        cells["actual"] = self._figure(self.kinds.actual(line), unit)
        cells["to_date"] = self._figure(self.scores.joined.to_date[line].value, unit)
        outlook = self.scores.outlook
        cells["light"] = rows.text(self.lights[outlook.light[line]], self.looks.light(outlook.light[line]))
        forecast = outlook.forecast[line]
        if forecast is not None and isinstance(self.scores.joined.to_date[line].value, date):
            cells["forecast"] = self._figure(from_serial(forecast), unit)
        else:
            cells["forecast"] = self._figure(forecast, unit)
        cells |= extra
        shown = {"aspect": self.aspects.get(aspect, ""), "kpi": name, "method": words}
        height = max(row_height(text, COLUMNS[PLACE[column]].width) for column, text in shown.items())
        empty = self.text("", "plain")
        return rows.row(row, {i: cells.get(c.name, empty) for i, c in enumerate(COLUMNS)}, height)

    def _weighted(self, row: int, line: int, lines: Rows) -> dict[str, Tail]:
        effective = float(self.scores.effective[line])
        points = float(self.scores.lines.points[line])
        cells = {
            "weight": self._number(self.columns["weight"][line], "weight"),
            "effective": self._formula(self.formulas.effective(lines, row), effective, "weight"),
            "points": self._points(row, line),
            "weighted": self._formula(self.formulas.weighted(row), effective * points / 100, "points"),
            "status": self._status(row, line),
        }
        if self.formulas.by_aspect:
            cells["spread"] = self._formula(self.formulas.spread(lines, row), self._spread[line], "helper")
        return cells

    def _adjusting(self, row: int, line: int) -> dict[str, Tail]:
        return {"points": self._points(row, line), "status": self._status(row, line)}

    def _veto(self, row: int, line: int) -> dict[str, Tail]:
        veto, hit = self._effect(line), bool(self.scores.joined.events.get(line))
        cells = {"status": self.text(say("triggered" if hit else "not_triggered", self.lang), "state")}
        if veto.effect == "limit_grade":
            grades = [band.grade for band in self.bands]
            place = grades.index(veto.grade) if veto.grade in grades else len(grades) - 1
            cells["limit"] = self.text(grades[place], "centred")
            shown: float | str = float(place + 1) if hit else ""
            cells["spread"] = self._formula(self.formulas.veto_grade(row), shown, "helper")
        else:
            own = not blank(self.columns["limit"][line])
            left = 0.0 if veto.effect == "zero" else veto.limit
            written = self.formulas.veto_total(veto, row, own_limit=own)
            cells["points"] = self._formula(written, left if hit else "", "limit")
        return cells

    def _effect(self, line: int) -> Veto:
        given = {name: self.columns[name][line] for name in ("veto_effect", "limit", "veto_grade")}
        return Veto.of(given, self.scores.policy)

    def _monitored(self, row: int, line: int) -> dict[str, Tail]:
        return {"status": self.text(self.states[Status.MONITORED], "state")}

    def _points(self, row: int, line: int) -> Tail:
        kind = self.kinds.of[line]
        written = self.formulas.points(kind, row) if kind else '""'
        return self._formula(written, float(self.scores.lines.points[line]), "points")

    def _status(self, row: int, line: int) -> Tail:
        if self.kinds.method(line) is None:
            return self.text(self.states[Status.PROBLEM], "state")
        return self._formula(self.formulas.status(row), self.states[self.scores.status(line)], "state")

    def _sum(self, block: Block) -> str:
        lines, scores = block.lines, self.scores
        cells = {i: self.text("", "sum_label") for i in range(PRINTED + 1)}
        cells[0] = self.text(say("sum", self.lang), "sum_label")
        weights = np.array([number(self.columns["weight"][line]) for line in block.weighted])
        effective = scores.effective[block.weighted]
        weighted = effective * scores.lines.points[block.weighted] / 100
        for name, values in (("weight", weights), ("effective", effective), ("weighted", weighted)):
            total = float(np.nansum(values)) if len(values) else 0.0
            cells[PLACE[name]] = self._formula(f"SUM({lines.of(name)})", total, "sum")
        for name in BASIS:
            cells[BASIS_PLACE[name]] = self.text(say(name, self.lang), "helper_label")
        return rows.row(block.sum, cells)

    def _result(self, block: Block) -> str:
        written, totals, row = self.formulas, self.scores.contracts, block.result
        lines, vetoes = block.lines, block.veto_rows
        made = (
            ("total", written.total(lines, vetoes, row)),
            ("grade", written.of_band(GRADES, row)),
            ("coefficient", written.of_band(COEFFICIENTS, row)),
            ("completeness", written.completeness(lines, row)),
            ("provisional", written.total(lines, vetoes, row, provisional=True)),
        )
        cells = dict(self.results(row, say("contract_result", self.lang), totals, block.contract, made))
        scores = self.scores
        points = scores.lines.points
        known = float(sum(scores.effective[line] for line in block.weighted if points[line] == points[line]))
        is_open = sum(self.is_open(line) for line in (*block.weighted, *block.adjusting))
        adjusted = float(np.nansum(points[block.adjusting])) if block.adjusting else 0.0
        band = totals.grade[block.contract]
        limits = vetoes.of("spread") if vetoes else ""
        adjusting = block.adjusting_rows
        basis = {
            "known": (written.known(lines), known),
            "open": (written.open(lines, adjusting), float(is_open)),
            "adjusted": (f"SUM({adjusting.of('points')})" if adjusting else "0", adjusted),
            "band": (written.band(row, limits), float(band + 1) if band >= 0 else ""),
        }
        for name, (formula, value) in basis.items():
            cells[BASIS_PLACE[name]] = self._formula(formula, value, "helper")
        return rows.row(row, cells, 24.0)

    def is_open(self, line: int) -> bool:
        status = self.scores.status(line)
        method = self.kinds.method(line)
        adjusts = method is not None and method.effect == "total"
        return status in (Status.PENDING, Status.PROBLEM) and (adjusts or self.scores.effective[line] > 0)

    def _empty(self, row: int) -> str:
        cells = {i: self.text("", "plain") for i in range(len(COLUMNS))}
        cells[PLACE["kpi"]] = self.text(say("no_lines", self.lang), "text")
        return rows.row(row, cells)

    def _method(self, line: int) -> str:
        """The method's name, and the figures that make it this line's."""
        method = self.kinds.method(line)
        if method is None:
            return str(self.columns["method"][line] or "")
        if method.name == "veto":
            return f"{method.label(self.lang)}\n{veto_text(self._effect(line), self.lang)}"
        k, unit = self.columns["k"][line], self.columns["unit_step"][line]
        words = SHORT.get(method.name)
        if not words or k is None or (unit is None and "{u}" in words[self.side]):
            return method.label(self.lang)
        shown = {"k": _plain(k), "u": _plain(unit, self.kinds.units[line])}
        return f"{method.label(self.lang)}\n{words[self.side].format(**shown)}"

    def _figure(self, value: Any, unit: tuple[bool, int]) -> Tail:
        if value is None or value == "":
            return self.text("", "figure")
        if isinstance(value, bool | str):
            shown = self.kinds.absent if value == NOT_APPLICABLE else str(value)
            return self.text(shown, "centred")
        return rows.number(value, self.looks.figure(value, unit))

    def _number(self, value: Any, role: str) -> Tail:
        figure = number(value)
        return rows.number(figure, self.looks(role)) if figure == figure else self.text(str(value or ""), role)

    def _formula(self, written: str, value: float | str, role: str) -> Tail:
        return rows.formula(rows.escaped(written), value, self.looks(role))


def result_values(totals: Totals, place: int, policy: Policy) -> dict[str, float | str]:
    """What the result cells hold, by RESULTS name; "" for none."""
    band = ordered_bands(policy)[totals.grade[place]] if totals.grade[place] >= 0 else None
    coefficient: float | str = NO_COEFFICIENT if band and band.coefficient is None else ""
    return {
        "total": float(totals.total[place]),
        "grade": band.grade if band else "",
        "coefficient": band.coefficient if band and band.coefficient is not None else coefficient,
        "completeness": float(totals.completeness[place]),
        "provisional": float(totals.provisional[place]),
    }


def spread_weights(scores: Scores) -> Any:
    """Each line's weight once those that are not applicable went to the rest of their aspect."""
    columns, size = scores.joined.columns, len(scores.joined.contracts)
    contract = np.array([c if c >= 0 else size for c in scores.joined.contract], dtype=np.int64)
    weights = np.array([number(w) for w in columns["weight"]], dtype=np.float64)
    aspect = Factor.of(columns["aspect"]).codes
    return spread_twice(scores.lines, weights, contract, aspect, scores.policy)[0]


def _plain(value: Any, unit: FigureUnit = _NO_UNIT) -> str:
    figure = number(value)
    if figure != figure:
        return str(value)
    return f"{figure * 100:.10g}%" if unit[0] else f"{figure:.10g}"
