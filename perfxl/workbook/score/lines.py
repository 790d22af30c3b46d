"""A contract's lines as rows: with weight, adjusting the total, vetoes, monitored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np

from perfxl.core.explain.labels import veto_text
from perfxl.core.schema.choices import CATEGORY, DIRECTION
from perfxl.core.scoring.periods import LIGHT_LABELS
from perfxl.core.scoring.program import Scores
from perfxl.core.scoring.scalar import STATUS_LABELS, Status, blank, number
from perfxl.core.scoring.totals import ordered_bands, spread_twice
from perfxl.core.scoring.totals_plain import Veto
from perfxl.core.scoring.vector import Factor
from perfxl.core.values.dates import from_serial
from perfxl.workbook import row_sheet as rows
from perfxl.workbook.cell_look import FigureUnit
from perfxl.workbook.row_sheet import Tail
from perfxl.workbook.score.columns import COLUMNS, PLACE
from perfxl.workbook.score.formulas import Formulas, Rows
from perfxl.workbook.score.kinds import Kinds
from perfxl.workbook.score.pen import PLAIN, Pen
from perfxl.workbook.score.texts import SHORT, say
from perfxl.workbook.style import row_height

# Figures in the KPI's unit, and those that are points.
_OF_KPI = ("target", "threshold", "challenge", "base", "unit_step", "low", "high")
_OF_POINTS = ("k", "limit", "floor", "cap")
_WRAPPING = ("aspect", "kpi", "method")

Extra = Mapping[str, Tail]


class LineRows:
    """Writes lines as rows of XML."""

    def __init__(self, scores: Scores, kinds: Kinds, formulas: Formulas, pen: Pen) -> None:
        self.scores, self.kinds, self.formulas, self.pen, self.lang = scores, kinds, formulas, pen, pen.lang
        self.columns, self.side = scores.line_table.columns, 0 if pen.lang == "zh" else 1
        self.aspects = {c.name: c.label(pen.lang) for c in CATEGORY}
        self.directions = {1.0: DIRECTION[0].label(pen.lang), -1.0: DIRECTION[1].label(pen.lang)}
        self.lights = {
            name: rows.text(labels[self.side], pen.looks.light(name)) for name, labels in LIGHT_LABELS.items()
        }
        self.states = {status: labels[self.side] for status, labels in STATUS_LABELS.items()}
        self.directed = {method.name for method in scores.lines.methods if method.directed}
        self.grades = [band.grade for band in ordered_bands(scores.policy)]
        self._spread = spread_weights(scores)
        self._empty = [pen.text("", "plain")] * len(COLUMNS)
        self._heights: dict[tuple[str, ...], float] = {}

    def weighted(self, row: int, line: int, lines: Rows) -> str:
        """A line with weight, among the `lines` of its contract."""
        effective, points = float(self.scores.effective[line]), float(self.scores.lines.points[line])
        pen, formulas = self.pen, self.formulas
        extra = {
            "weight": pen.number(self.columns["weight"][line], "weight"),
            "effective": pen.formula(formulas.effective(lines, row), effective, "weight"),
            "points": self._points(row, line),
            "weighted": pen.formula(formulas.weighted(row), effective * points / 100, "points"),
            "status": self._status(row, line),
        }
        if formulas.by_aspect:
            extra["spread"] = pen.formula(formulas.spread(lines, row), float(self._spread[line]), "helper")
        return self._row(row, line, extra)

    def adjusting(self, row: int, line: int) -> str:
        return self._row(row, line, {"points": self._points(row, line), "status": self._status(row, line)})

    def veto(self, row: int, line: int) -> str:
        """How often it happened, and what they leave of the total (in the column of points) or of the grades."""
        veto, hit = self._effect(line), line in self.scores.line_table.vetoed
        pen = self.pen
        extra = {"status": pen.text(say("triggered" if hit else "not_triggered", self.lang), "state")}
        if veto.effect == "limit_grade":
            place = self.grades.index(veto.grade) if veto.grade in self.grades else len(self.grades) - 1
            extra["limit"] = pen.text(self.grades[place], "centred")
            extra["spread"] = pen.formula(self.formulas.veto_grade(row), float(place + 1) if hit else "", "helper")
        else:
            written = self.formulas.veto_total(veto, row, own_limit=not blank(self.columns["limit"][line]))
            left = 0.0 if veto.effect == "zero" else veto.limit
            extra["points"] = pen.formula(written, left if hit else "", "limit")
        return self._row(row, line, extra)

    def monitored(self, row: int, line: int) -> str:
        return self._row(row, line, {"status": self.pen.text(self.states[Status.MONITORED], "state")})

    def none(self, row: int) -> str:
        """Instead of lines."""
        cells = dict(enumerate(self._empty))
        cells[PLACE["kpi"]] = self.pen.text(say("no_lines", self.lang), "text")
        return rows.row(row, cells)

    def is_open(self, line: int) -> bool:
        """Whether it keeps the total from being official."""
        method = self.kinds.method(line)
        adjusts = method is not None and method.effect == "total"
        pending = self.scores.status(line) in (Status.PENDING, Status.PROBLEM)
        return pending and (adjusts or self.scores.effective[line] > 0)

    def _row(self, row: int, line: int, extra: Extra) -> str:
        """What all lines show; `extra` holds what differs."""
        columns, unit, pen = self.columns, self.kinds.units[line], self.pen
        cells = self._empty.copy()
        for names, shown in ((_OF_KPI, unit), (_OF_POINTS, PLAIN)):
            for name in names:
                value = columns[name][line]
                if value is not None:
                    cells[PLACE[name]] = pen.figure(value, shown)
        texts = self._wrapping(line)
        for name, text, role in zip(_WRAPPING, texts, ("text", "text", "centred"), strict=True):
            cells[PLACE[name]] = pen.text(text, role)
        cells[PLACE["unit"]] = pen.text(str(columns["unit"][line] or ""), "centred")
        kind = self.kinds.of[line]
        if kind and kind.method.name in self.directed:
            cells[PLACE["direction"]] = pen.text(self.directions[kind.direction], "state")
        cells[PLACE["actual"]] = pen.figure(self.kinds.actual(line), unit)
        self._outlook(cells, line, unit)
        for name, tail in extra.items():
            cells[PLACE[name]] = tail
        return rows.row(row, dict(enumerate(cells)), self._height(texts))

    def _outlook(self, cells: list[Tail], line: int, unit: FigureUnit) -> None:
        outlook, to_date = self.scores.outlook, self.scores.line_table.to_date[line].value
        forecast: Any = outlook.forecast[line]
        if forecast is not None and isinstance(to_date, date):
            forecast = from_serial(forecast)
        cells[PLACE["to_date"]] = self.pen.figure(to_date, unit)
        cells[PLACE["light"]] = self.lights[outlook.light[line]]
        cells[PLACE["forecast"]] = self.pen.figure(forecast, unit)

    def _wrapping(self, line: int) -> tuple[str, str, str]:
        """Aspect, KPI and method as they show."""
        columns, method = self.columns, self.kinds.method(line)
        aspect = columns["aspect"][line]
        name = str(columns["name"][line] or columns["kpi"][line] or "")
        starred = f"{name} ★" if method and method.name == "monitor" else name
        return self.aspects.get(aspect, str(aspect or say("no_aspect", self.lang))), starred, self._method(line)

    def _height(self, texts: tuple[str, ...]) -> float:
        found = self._heights.get(texts)
        if found is None:
            widths = (COLUMNS[PLACE[name]].width for name in _WRAPPING)
            found = self._heights[texts] = max(map(row_height, texts, widths))
        return found

    def _points(self, row: int, line: int) -> Tail:
        kind = self.kinds.of[line]
        written = self.formulas.points(kind, row) if kind else '""'
        return self.pen.formula(written, float(self.scores.lines.points[line]), "points")

    def _status(self, row: int, line: int) -> Tail:
        """Of an unknown method nothing that is typed changes it."""
        if self.kinds.method(line) is None:
            return self.pen.text(self.states[Status.PROBLEM], "state")
        return self.pen.formula(self.formulas.status(row), self.states[self.scores.status(line)], "state")

    def _effect(self, line: int) -> Veto:
        given = {name: self.columns[name][line] for name in ("veto_effect", "limit", "veto_grade")}
        return Veto.of(given, self.scores.policy)

    def _method(self, line: int) -> str:
        """The method's name, and the figures that make it this line's."""
        method = self.kinds.method(line)
        if method is None:
            return str(self.columns["method"][line] or "")
        if method.name == "veto":
            return f"{method.label(self.lang)}\n{veto_text(self._effect(line), self.lang)}"
        words = SHORT.get(method.name)
        k, unit = self.columns["k"][line], self.columns["unit_step"][line]
        if not words or k is None or (unit is None and "{u}" in words[self.side]):
            return method.label(self.lang)
        shown = {"k": _shown(k), "u": _shown(unit, self.kinds.units[line])}
        return f"{method.label(self.lang)}\n{words[self.side].format(**shown)}"


def spread_weights(scores: Scores) -> Any:
    """Each line's weight once those that are not applicable went to the rest of their aspect."""
    columns, size = scores.line_table.columns, len(scores.line_table.contracts)
    contract = np.array([c if c >= 0 else size for c in scores.line_table.contract], dtype=np.int64)
    weights = np.array([number(w) for w in columns["weight"]], dtype=np.float64)
    aspect = Factor.of(columns["aspect"]).codes
    return spread_twice(scores.lines, weights, contract, aspect, scores.policy)[0]


def _shown(value: Any, unit: FigureUnit = PLAIN) -> str:
    figure = number(value)
    if figure != figure:
        return str(value)
    return f"{figure * 100:.10g}%" if unit[0] else f"{figure:.10g}"
