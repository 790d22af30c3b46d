"""A contract's lines as rows of XML: with weight, adjusting the total, vetoes, monitored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np

from perfxl.core.explain.facts import veto_text
from perfxl.core.schema.choices import CATEGORY, DIRECTION
from perfxl.core.scoring.marks import means_texts, shown_means
from perfxl.core.scoring.periods import LIGHT_LABELS
from perfxl.core.scoring.program import Scores
from perfxl.core.scoring.scalar import STATUS_LABELS, Status, blank, number
from perfxl.core.scoring.totals import ordered_bands, spread_twice
from perfxl.core.scoring.totals_plain import Veto
from perfxl.core.scoring.vector import Factor
from perfxl.core.values.dates import from_serial
from perfxl.core.values.numbers import show_figure
from perfxl.workbook.cell_values import FigureUnit
from perfxl.workbook.row_sheet import Tail
from perfxl.workbook.score.cell_writer import PLAIN, CellWriter, FigureCells, FormulaCells
from perfxl.workbook.score.formulas import RowRange, ScoreFormulas
from perfxl.workbook.score.page import PageRows
from perfxl.workbook.score.parameters import LineKinds
from perfxl.workbook.score.sheet_plan import ContractPlan
from perfxl.workbook.score.texts import SHORT, say
from perfxl.workbook.style import row_height

_KINDS = ("lines", "adjusting", "vetoes", "monitored")
# Figures in the KPI's unit, and those that are points.
_OF_KPI = ("target", "threshold", "challenge", "base", "unit_step", "low", "high")
_OF_POINTS = ("k", "limit", "full_marks", "floor", "cap")
_WRAPPING = ("aspect", "kpi", "method")
_TEXTS = (*_WRAPPING, "unit", "direction", "light")
_CALCULATED = ("effective", "points", "weighted", "status", "spread")

Extra = Mapping[str, Tail]


class LineWriter:
    """Writes lines as rows of XML."""

    def __init__(
        self, scores: Scores, kinds: LineKinds, formulas: ScoreFormulas, writer: CellWriter, page: PageRows
    ) -> None:
        self.page = page
        self.scores, self.kinds, self.formulas, self.writer, self.lang = scores, kinds, formulas, writer, writer.lang
        self.columns = scores.line_table.columns
        categories = scores.policy.categories
        self.aspects = {c.name: c.label(writer.lang) for c in (*CATEGORY, *categories.choices)}
        self.directions = {1.0: DIRECTION[0].label(writer.lang), -1.0: DIRECTION[1].label(writer.lang)}
        self.lights = {name: label(writer.lang) for name, label in LIGHT_LABELS.items()}
        self.states = {status: label(writer.lang) for status, label in STATUS_LABELS.items()}
        self.directed = {method.name for method in scores.lines.methods if method.directed}
        self.grades = [band.grade for band in ordered_bands(scores.policy)]
        line_table = scores.line_table
        self._spread: list[float] = spread_weights(scores).tolist()
        self._effective: list[float] = scores.effective.tolist()
        self._points_of: list[float] = scores.lines.points.tolist()
        self._heights: dict[tuple[str, ...], float] = {}
        self._methods: dict[tuple[Any, ...], str] = {}
        to_dates = [each.value for each in line_table.as_of]
        forecasts = list(map(_dated, scores.outlook.forecast, to_dates))
        self._figures: dict[str, list[Any]] = {name: self.columns[name] for name in (*_OF_KPI, *_OF_POINTS)}
        self._figures["actual"] = list(map(kinds.actual, range(len(line_table))))
        self._figures |= {"to_date": to_dates, "forecast": forecasts}
        self._shown: dict[tuple[str, FigureUnit], list[tuple[str, list[Any], FigureCells]]] = {}
        self._texts = {kind: {name: writer.texts((kind, name)) for name in _TEXTS} for kind in _KINDS}
        self._formulas = {kind: {name: FormulaCells(writer, (kind, name)) for name in _CALCULATED} for kind in _KINDS}
        self._weighted = formulas.weighted()
        self._state = {kind: formulas.status(page.template.letters(kind)) for kind in _KINDS}
        self._effective_of, self._spread_of = lru_cache(1)(formulas.effective), lru_cache(1)(formulas.spread)

    def weighted(self, lines: RowRange, row: int, line: int) -> str:
        """A line with weight, among the `lines` of its contract."""
        effective, points, formulas = self._effective[line], self._points_of[line], self._formulas["lines"]
        extra = {
            "weight": self.writer.number(self.columns["weight"][line], ("lines", "weight")),
            "effective": formulas["effective"][self._effective_of(lines)](effective),
            "points": self._points(line, "lines"),
            "weighted": formulas["weighted"][self._weighted](effective * points / 100),
            "status": self._status(line, "lines"),
        }
        if self.formulas.by_aspect:
            extra["spread"] = formulas["spread"][self._spread_of(lines)](self._spread[line])
        return self._row("lines", row, line, extra)

    def adjusting(self, row: int, line: int) -> str:
        extra = {"points": self._points(line, "adjusting"), "status": self._status(line, "adjusting")}
        return self._row("adjusting", row, line, extra)

    def veto(self, row: int, line: int) -> str:
        """How often it happened, and what they leave of the total (in the column of points) or of the grades."""
        veto, hit = self.veto_of(line), line in self.scores.line_table.vetoed
        writer = self.writer
        state = say("triggered" if hit else "not_triggered", self.lang)
        extra = {"status": writer.formula(self.formulas.veto_state(row), state, ("vetoes", "status"))}
        if veto.effect == "limit_grade":
            place = self.grades.index(veto.grade) if veto.grade in self.grades else len(self.grades) - 1
            extra["limit"] = writer.text(self.grades[place], ("vetoes", "limit"))
            extra["spread"] = writer.formula(
                self.formulas.veto_grade(row), float(place + 1) if hit else "", ("vetoes", "spread")
            )
        else:
            written = self.formulas.veto_total(veto, row, own_limit=not blank(self.columns["limit"][line]))
            left = 0.0 if veto.effect == "zero" else veto.limit
            extra["points"] = writer.formula(written, left if hit else "", ("vetoes", "points"))
        return self._row("vetoes", row, line, extra)

    def monitored(self, row: int, line: int) -> str:
        state = self.writer.text(self.states[Status.MONITORED], ("monitored", "status"))
        return self._row("monitored", row, line, {"status": state})

    def none(self, row: int) -> str:
        """Instead of lines."""
        cells = {"kpi": self.writer.text(say("no_lines", self.lang), ("lines", "kpi"))}
        return self.page.row(self.page.template.of_kind["lines"], row, cells)

    def figures(self, blocks: Iterable[ContractPlan]) -> Iterator[tuple[Any, FigureUnit, tuple[str, str]]]:
        """Every figure of these contracts' lines with its unit and the cell where it stands, equal ones once."""
        of_kind: dict[str, list[int]] = {kind: [] for kind in _KINDS}
        for block in blocks:
            for kind, lines in zip(
                _KINDS, (block.weighted, block.adjusting, block.vetoes, block.monitored), strict=True
            ):
                of_kind[kind] += lines
        for kind, lines in of_kind.items():
            own = list(map(self.kinds.units.__getitem__, lines))
            for name, column in self._figures.items():
                values, units = [column[line] for line in lines], [PLAIN] * len(own) if name in _OF_POINTS else own
                # By type: True is 1.0, and no figure.
                for type_, value, unit in dict.fromkeys(zip(map(type, values), values, units, strict=True)):
                    if type_ is not bool and isinstance(value, int | float | date):
                        yield value, unit, (kind, name)

    def is_open(self, line: int) -> bool:
        """Whether it keeps the total from being official."""
        method = self.kinds.method(line)
        adjusts = method is not None and method.effect == "total"
        pending = self.scores.status(line) in (Status.PENDING, Status.PROBLEM)
        return pending and (adjusts or self.scores.effective[line] > 0)

    def _row(self, kind: str, row: int, line: int, extra: Extra) -> str:
        """What all lines show; `extra` holds what differs."""
        texts_of, unit = self._texts[kind], self.kinds.units[line]
        cells: dict[str, Tail] = {}
        for name, column, figures in self._figure_cells(kind, unit):
            value = column[line]
            if value is not None:
                cells[name] = figures[value] if value.__class__ is float else figures.of(value)
        texts = self._wrapping(line)
        for name, text in zip(_WRAPPING, texts, strict=True):
            cells[name] = texts_of[name][text]
        cells["unit"] = texts_of["unit"][str(self.columns["unit"][line] or "")]
        of = self.kinds.of[line]
        if of and of.method.name in self.directed:
            cells["direction"] = texts_of["direction"][self.directions[of.direction]]
        cells["light"] = texts_of["light"][self.lights[self.scores.outlook.light[line]]]
        cells |= extra
        return self.page.row(self.page.template.of_kind[kind], row, cells, self._height(texts))

    def _figure_cells(self, kind: str, unit: FigureUnit) -> list[tuple[str, list[Any], FigureCells]]:
        """The columns of figures, each with the cells of its figures where the KPI has this unit."""
        shown = self._shown.get((kind, unit))
        if shown is None:
            shown = self._shown[kind, unit] = [
                (name, column, FigureCells(self.writer, PLAIN if name in _OF_POINTS else unit, (kind, name)))
                for name, column in self._figures.items()
            ]
        return shown

    def _wrapping(self, line: int) -> tuple[str, str, str]:
        """Aspect, KPI and method as they show."""
        columns, method = self.columns, self.kinds.method(line)
        aspect = columns["aspect"][line]
        name = str(columns["name"][line] or columns["kpi"][line] or "")
        starred = f"{name} ★" if method and method.name == "monitor" else name
        method_text, changed = self._method(line), self.scores.decisions.lines.get(line)
        if changed:
            method_text += f"\n{changed.text(self.lang)}"
        marked = self.scores.line_table.marked.get(line)
        if marked:
            shown = shown_means(marked.combined, self.scores.policy["confidentiality_min"])
            method_text = "\n".join((method_text, *means_texts(shown, self.lang)))
        return self.aspects.get(aspect, str(aspect or say("no_aspect", self.lang))), starred, method_text

    def _height(self, texts: tuple[str, ...]) -> float:
        height = self._heights.get(texts)
        if height is None:
            widths = (self.page.template.width("lines", name) for name in _WRAPPING)
            height = self._heights[texts] = max(map(row_height, texts, widths))
        return height

    def _points(self, line: int, kind: str) -> Tail:
        """Where something is wrong with a line no formula may give it points; it is mended in the program."""
        if self.scores.status(line) is Status.PROBLEM:
            return self.writer.text("", (kind, "points"))
        changed = self.scores.decisions.lines.get(line)
        if changed:
            return self.writer.number(changed.points, (kind, "points"))
        of = self.kinds.of[line]
        written = self.formulas.points(of) if of else '""'
        return self._formulas[kind]["points"][written](self._points_of[line])

    def _status(self, line: int, kind: str) -> Tail:
        """Where something is wrong, nothing that is typed changes it."""
        if self.kinds.method(line) is None or self.scores.status(line) is Status.PROBLEM:
            return self.writer.text(self.states[Status.PROBLEM], (kind, "status"))
        state = self.states[self.scores.status(line)]
        return self._formulas[kind]["status"][self._state[kind]](state)

    def veto_of(self, line: int) -> Veto:
        """What a veto does."""
        given = {name: self.columns[name][line] for name in ("veto_effect", "limit", "veto_grade")}
        return Veto.of(given, self.scores.policy)

    def _method(self, line: int) -> str:
        """The method's name, and the figures that make it this line's."""
        method = self.kinds.method(line)
        if method is None:
            return str(self.columns["method"][line] or "")
        if method.name == "veto":
            return f"{method.title(self.lang)}\n{veto_text(self.veto_of(line), self.lang)}"
        words = SHORT[method.name](self.lang) if method.name in SHORT else ""
        figures = [self.columns[name][line] for name in ("k", "unit_step", "unit", "low", "high")]
        known = self._methods.get((method.name, *figures))
        if known is None:
            known = self._methods[method.name, *figures] = self._with_figures(method.title(self.lang), words, *figures)
        return known

    def _with_figures(self, title: str, words: str, k: Any, unit: Any, own_unit: Any, low: Any, high: Any) -> str:
        if not words or k is None or (unit is None and "{u}" in words):
            return title
        shown = {"k": _show(k), "u": _show(unit, own_unit)}
        if "{low}" in words:
            given = {"low": low, "high": high}
            shown |= {name: "—" if blank(value) else _show(value, own_unit) for name, value in given.items()}
        return f"{title}\n{words.format(**shown)}"


def _dated(forecast: float | None, to_date: Any) -> Any:
    """A forecast as a day, where days are reported."""
    return from_serial(forecast) if forecast is not None and isinstance(to_date, date) else forecast


def spread_weights(scores: Scores) -> Any:
    """Each line's weight once those that are not applicable went to the rest of their aspect."""
    columns, size = scores.line_table.columns, len(scores.line_table.contracts)
    contract = np.array([c if c >= 0 else size for c in scores.line_table.contract], dtype=np.int64)
    weights = np.array([number(w) for w in columns["weight"]], dtype=np.float64)
    aspect = Factor.of(columns["aspect"]).codes
    return spread_twice(scores.lines, weights, contract, aspect, scores.policy)[0]


def _show(value: Any, unit: object = "") -> str:
    figure = number(value)
    return show_figure(figure, unit, digits=10) if figure == figure else str(value)
