"""A contract's lines as rows of XML: with weight, adjusting the total, vetoes, monitored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache, partial
from itertools import repeat
from typing import Any, NamedTuple

import numpy as np

from perfxl.core.explain.facts import veto_text
from perfxl.core.schema.choices import CATEGORY, DIRECTION
from perfxl.core.scoring.marks import means_texts, shown_means
from perfxl.core.scoring.periods import LIGHT_LABELS
from perfxl.core.scoring.program import Scores
from perfxl.core.scoring.scalar import STATUS_LABELS, Status, blank, number
from perfxl.core.scoring.totals import ordered_bands, spread_twice
from perfxl.core.scoring.totals_plain import Veto
from perfxl.core.scoring.vector import STATUSES, Factor
from perfxl.core.values.dates import from_serial
from perfxl.core.values.numbers import show_figure
from perfxl.workbook.cell_values import FigureUnit
from perfxl.workbook.row_sheet import Tail
from perfxl.workbook.score.cell_writer import PLAIN, CellWriter, FigureCells, FormulaCell
from perfxl.workbook.score.formulas import ScoreFormulas
from perfxl.workbook.score.page import PageRows, RowPattern
from perfxl.workbook.score.parameters import LineKinds
from perfxl.workbook.score.sheet_plan import ContractPlan
from perfxl.workbook.score.texts import SHORT, say
from perfxl.workbook.style import row_height

_KINDS = ("lines", "adjusting", "vetoes", "monitored")
# Figures in the KPI's unit: a line's own, and those that many lines share; and those that are points.
_OWN = ("target", "threshold", "challenge", "base", "actual", "to_date", "forecast")
_SHARED = ("unit_step", "low", "high")
_OF_POINTS = ("k", "limit", "full_marks", "floor", "cap")
_WRAPPING = ("aspect", "kpi", "method")
# What lines that look alike have in common, beside the figures that they share.
_ALIKE = ("aspect", "kpi", "name", "method", "unit", "steps", "scale", "veto_effect", "veto_grade")
_MOST_LOOKS = 1000
_WITH_POINTS = ("lines", "adjusting")
_PROBLEM = STATUSES.index(Status.PROBLEM)

Extra = Mapping[str, Tail]


class _Look(NamedTuple):
    """What lines have in common that look alike but for their own figures: their row with it, the columns of their own
    figures with the cells that these get, and what gives the cell of points."""

    pattern: RowPattern
    figures: list[tuple[str, list[Any], FigureCells]]
    points: FormulaCell


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
        self._lights = scores.outlook.light
        self.states = {status: label(writer.lang) for status, label in STATUS_LABELS.items()}
        self.directed = {method.name for method in scores.lines.methods if method.directed}
        self.grades = [band.grade for band in ordered_bands(scores.policy)]
        line_table = scores.line_table
        self._spread: list[float] = spread_weights(scores).tolist()
        self._effective: list[float] = scores.effective.tolist()
        self._points_of: list[float] = scores.lines.points.tolist()
        self._methods: list[int] = scores.lines.method.tolist()
        self.open = self._open_lines()
        self._scored: list[int] = scores.lines.status.tolist()
        self._statuses: list[int] = np.where(scores.lines.method < 0, _PROBLEM, scores.lines.status).tolist()
        self._changed = scores.decisions.lines.keys() | line_table.marked.keys()
        to_dates = [each.value for each in line_table.as_of]
        forecasts = list(map(_dated, scores.outlook.forecast, to_dates))
        self._figures: dict[str, list[Any]] = {name: self.columns[name] for name in (*_OWN[:4], *_SHARED, *_OF_POINTS)}
        self._figures["actual"] = list(map(kinds.actual, range(len(line_table))))
        self._figures |= {"to_date": to_dates, "forecast": forecasts}
        self._alike = [*(self.columns[name] for name in _ALIKE), *(self._figures[n] for n in (*_SHARED, *_OF_POINTS))]
        self._looks: dict[tuple[Any, ...], _Look] = {}
        self._figure_cells: dict[tuple[str, FigureUnit, str], FigureCells] = {}
        self._status_cells = {kind: self._cells_of_statuses(kind) for kind in _KINDS}
        self._light_cells = {
            kind: {light: writer.text(label(self.lang), (kind, "light")) for light, label in LIGHT_LABELS.items()}
            for kind in _KINDS
        }
        self._weight = lru_cache(1000, typed=True)(partial(writer.number, role=("lines", "weight")))
        self._effective_cell = writer.formulas(("lines", "effective"))[formulas.effective()]
        self._weighted_cell = writer.formulas(("lines", "weighted"))[formulas.weighted()]
        self._spread_cell = writer.formulas(("lines", "spread"))[formulas.spread()]
        self._veto_state = writer.formulas(("vetoes", "status"))[formulas.veto_state()]
        self._veto_grade = writer.formulas(("vetoes", "spread"))[formulas.veto_grade()]

    def weighted(self, row: int, line: int) -> bytes:
        """A line with weight."""
        effective = self._effective[line]
        extra = {
            "weight": self._weight(self.columns["weight"][line]),
            "effective": self._effective_cell(effective),
            "weighted": self._weighted_cell(effective * self._points_of[line] / 100),
            "status": self._status_cells["lines"][self._statuses[line]],
        }
        if self.formulas.by_aspect:
            extra["spread"] = self._spread_cell(self._spread[line])
        return self._row("lines", row, line, extra)

    def adjusting(self, row: int, line: int) -> bytes:
        return self._row("adjusting", row, line, {"status": self._status_cells["adjusting"][self._statuses[line]]})

    def veto(self, row: int, line: int) -> bytes:
        """How often it happened, and what they leave of the total (in the column of points) or of the grades."""
        veto, hit = self.veto_of(line), line in self.scores.line_table.vetoed
        writer = self.writer
        state = say("triggered" if hit else "not_triggered", self.lang)
        extra = {"status": self._veto_state(state)}
        if veto.effect == "limit_grade":
            place = self.grades.index(veto.grade) if veto.grade in self.grades else len(self.grades) - 1
            extra["limit"] = writer.text(self.grades[place], ("vetoes", "limit"))
            extra["spread"] = self._veto_grade(float(place + 1) if hit else "")
        else:
            written = self.formulas.veto_total(veto, own_limit=not blank(self.columns["limit"][line]))
            left = 0.0 if veto.effect == "zero" else veto.limit
            extra["points"] = writer.formulas(("vetoes", "points"))[written](left if hit else "")
        return self._row("vetoes", row, line, extra)

    def monitored(self, row: int, line: int) -> bytes:
        state = self.writer.text(self.states[Status.MONITORED], ("monitored", "status"))
        return self._row("monitored", row, line, {"status": state})

    def none(self, row: int) -> bytes:
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
                values = [column[line] for line in lines]
                if bool in set(map(type, values)):  # True is 1.0, and no figure
                    values = [None if isinstance(value, bool) else value for value in values]
                if values.count(None) < len(values):
                    units = repeat(PLAIN) if name in _OF_POINTS else own
                    for value, unit in dict.fromkeys(zip(values, units, strict=False)):
                        if isinstance(value, int | float | date):
                            yield value, unit, (kind, name)

    def _open_lines(self) -> list[bool]:
        """Whether each line keeps the total from being official."""
        lines, pending = self.scores.lines, {STATUSES.index(status) for status in (Status.PENDING, Status.PROBLEM)}
        counts = lines.effect("total") | (self.scores.effective > 0)
        found: list[bool] = (np.isin(lines.status, list(pending)) & counts).tolist()
        return found

    def _row(self, kind: str, row: int, line: int, extra: Extra) -> bytes:
        """What all lines show; `extra` holds what differs."""
        changes = self._changes(line) if line in self._changed else ()
        look, cells, height = self._look(kind, line, bool(changes)), dict[str, Tail](), 0.0
        for name, column, figures in look.figures:
            value = column[line]
            if value is not None:
                cells[name] = figures[value] if value.__class__ is float else figures.of(value)
        cells["light"] = self._light_cells[kind][self._lights[line]]
        if kind in _WITH_POINTS:
            cells["points"] = self._points(kind, line, look)
        if changes:
            method = "\n".join((self._method(line), *changes))
            cells["method"] = self.writer.text(method, (kind, "method"))
            height = row_height(method, self.page.template.width("lines", "method"))
        cells |= extra
        return self.page.row(look.pattern, row, cells, height)

    def _look(self, kind: str, line: int, changed: bool) -> _Look:
        """What the line has in common with others; with `changed`, all but the method."""
        of, alike = self.kinds.of[line], [column[line] for column in self._alike]
        # By type: 1, 1.0 and True show differently.
        method = self._methods[line], of.direction if of else None
        key = (kind, changed, method, self.kinds.units[line], *alike, *map(type, alike))
        look = self._looks.get(key)
        if look is None:
            if len(self._looks) >= _MOST_LOOKS:
                self._looks.clear()
            look = self._looks[key] = self._new_look(kind, line, changed)
        return look

    def _new_look(self, kind: str, line: int, changed: bool) -> _Look:
        of, unit = self.kinds.of[line], self.kinds.units[line]
        texts, template = self._wrapping(line), self.page.template
        if changed:
            del texts["method"]
        height = max(row_height(text, template.width("lines", name)) for name, text in texts.items())
        texts["unit"] = str(self.columns["unit"][line] or "")
        texts["direction"] = self.directions[of.direction] if of and of.method.name in self.directed else ""
        cells = {name: self.writer.text(text, (kind, name)) if text else b"" for name, text in texts.items()}
        own = (*_OWN, "limit") if kind == "vetoes" else _OWN  # the grade that one leaves stands there, too
        shared = [name for name in self._figures if name not in own]
        for name in shared:
            value = self._figures[name][line]
            cells[name] = b"" if value is None else self._cells_of(kind, unit, name).of(value)
        figures = [(name, self._figures[name], self._cells_of(kind, unit, name)) for name in own]
        points = self.writer.formulas((kind, "points"))[self.formulas.points(of) if of else '""']
        return _Look(template.of_kind[kind].filled(cells, height), figures, points)

    def _cells_of(self, kind: str, unit: FigureUnit, name: str) -> FigureCells:
        """The cells of a field's figures where the KPI has this unit."""
        unit = PLAIN if name in _OF_POINTS else unit
        known = self._figure_cells.get((kind, unit, name))
        if known is None:
            known = self._figure_cells[kind, unit, name] = FigureCells(self.writer, unit, (kind, name))
        return known

    def _wrapping(self, line: int) -> dict[str, str]:
        """Aspect, KPI and method as they show."""
        columns, method = self.columns, self.kinds.method(line)
        aspect = columns["aspect"][line]
        name = str(columns["name"][line] or columns["kpi"][line] or "")
        starred = f"{name} ★" if method and method.name == "monitor" else name
        shown = self.aspects.get(aspect, str(aspect or say("no_aspect", self.lang)))
        return dict(zip(_WRAPPING, (shown, starred, self._method(line)), strict=True))

    def _changes(self, line: int) -> list[str]:
        """What is said of a line beside its method: who changed its points, what raters gave."""
        changed, marked = self.scores.decisions.lines.get(line), self.scores.line_table.marked.get(line)
        told = [changed.text(self.lang)] if changed else []
        if marked:
            shown = shown_means(marked.combined, self.scores.policy["confidentiality_min"])
            told += means_texts(shown, self.lang)
        return told

    def _points(self, kind: str, line: int, look: _Look) -> Tail:
        """Where something is wrong with a line no formula may give it points; it is mended in the program."""
        if self._scored[line] == _PROBLEM:
            return self.writer.text("", (kind, "points"))
        changed = self.scores.decisions.lines.get(line)
        return self.writer.number(changed.points, (kind, "points")) if changed else look.points(self._points_of[line])

    def _cells_of_statuses(self, kind: str) -> list[Tail]:
        """The cells of all statuses. Where something is wrong, nothing that is typed changes it."""
        role, written = (kind, "status"), self.formulas.status(self.page.template.letters(kind))
        cells = [self.writer.formulas(role)[written](self.states[status]) for status in STATUSES]
        cells[_PROBLEM] = self.writer.text(self.states[Status.PROBLEM], role)
        return cells

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
        return self._with_figures(method.title(self.lang), words, *figures)

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
