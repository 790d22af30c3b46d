"""What the formulas refer to by name: the settings, the step tables and scales that any line uses, and the sheet of
parameters that shows them. Whoever changes a value there sees every score follow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite, isnan
from typing import Any, NamedTuple

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from perfxl.core.language import Text
from perfxl.core.policy import SETTINGS
from perfxl.core.records import Tables
from perfxl.core.rulebook import Method
from perfxl.core.schema import Type, get
from perfxl.core.schema.choices import DIRECTION
from perfxl.core.scoring.program import Scores
from perfxl.core.scoring.scalar import (
    best_first,
    blank,
    implied_direction,
    number,
    read_direction,
    resolve_scale,
    resolve_steps,
)
from perfxl.core.scoring.totals import ordered_bands
from perfxl.core.values.dates import from_serial
from perfxl.core.values.text import NOT_APPLICABLE, fold_name
from perfxl.workbook.cell_values import NOT_APPLICABLE_LABEL, FigureUnit, figure_units, label, value_cell
from perfxl.workbook.program.layout import span
from perfxl.workbook.score.formulas import (
    COEFFICIENTS,
    DAYS_OFF,
    DAYS_ON,
    GRADES,
    LOWERS,
    PLACES,
    LineKind,
    LookupTable,
    setting_name,
)
from perfxl.workbook.score.texts import say
from perfxl.workbook.style import INPUT, MUTED, PAPER, STAGES, Formats, fitting_width

NO_COEFFICIENT = "—"  # of a grade that has none; a blank cell would read as 0
_DEFAULT_SCALE = ""


class StepTable(NamedTuple):
    """A step table from the best down; `unit` is how the figures of the first KPI that uses it show."""

    table: LookupTable
    steps: list[tuple[float, float]]
    unit: FigureUnit


class LineKinds:
    """The kind of each line; step tables and scales that any line uses, with the names they get on the sheet of
    parameters.

    of      by line: None where no formula could give points (unknown method, direction, table or scale)
    steps   by (table, direction)
    scales  scale -> its names and (label, points)
    """

    def __init__(self, tables: Tables, scores: Scores, lang: str) -> None:
        self.scores, self.policy = scores, scores.policy
        self.absent = NOT_APPLICABLE_LABEL(lang)
        self.steps: dict[tuple[Any, float], StepTable] = {}
        self.scales: dict[str, tuple[LookupTable, list[tuple[str, float]]]] = {}
        self._labels: dict[tuple[Any, Any], Any] = {}
        self._directions: dict[Any, float | None] = {}
        self.units: list[FigureUnit] = figure_units(scores.line_table.lines, tables) or []
        places: list[int] = scores.lines.method.tolist()
        self._methods = [scores.lines.methods[place] if place >= 0 else None for place in places]
        self.of = self._kinds()

    def method(self, line: int) -> Method | None:
        return self._methods[line]

    def actual(self, line: int) -> Any:
        """What the cell of the actual holds: a label as its scale has it, no event as 0."""
        method, value = self.method(line), self.scores.line_table.columns["actual"][line]
        if method and method.name == "veto":
            return self.scores.line_table.vetoed.get(line, 0.0)
        if value == NOT_APPLICABLE:
            return self.absent if method else f"{self.absent} ?"  # of an unknown method nothing is known to be so
        if method is None or method.effect == "none":
            return value
        if method.effect == "total" and blank(value):
            return 0.0
        if isinstance(value, str) and "GRADES" in method.text:
            return self._label(value, self.scores.line_table.columns["scale"][line])
        return value

    def _kinds(self) -> list[LineKind | None]:
        """Most lines are of the kind of another one, with which they have all in common that it rests on."""
        columns, known = self.scores.line_table.columns, dict[tuple[Any, ...], LineKind | None]()
        names = [method and method.name for method in self._methods]
        own = ([_is_figure(value) for value in columns[name]] for name in ("floor", "cap"))
        given = (columns[name] for name in ("direction", "steps", "scale"))
        kinds = []
        for line, key in enumerate(zip(*given, names, self.units, *own, strict=True)):
            if blank(key[0]):  # the line's own figures say which direction it is
                kinds.append(self._kind(line))
            else:
                if key not in known:
                    known[key] = self._kind(line)
                kinds.append(known[key])
        return kinds

    def _kind(self, line: int) -> LineKind | None:
        columns, method = self.scores.line_table.columns, self.method(line)
        if method is None or method.effect == "none":
            return None
        given = columns["direction"][line]
        if given not in self._directions:
            self._directions[given] = read_direction(given)
        direction = self._directions[given]
        if direction is None:
            return None
        if not direction:
            figures = {name: columns[name][line] for name in ("threshold", "target")}
            direction = implied_direction(method, figures)
        steps, scale = None, None
        if "STEPS" in method.text:
            steps = self._steps(columns["steps"][line], direction, self.units[line])
        if "GRADES" in method.text:
            scale = self._scale(columns["scale"][line])
        if ("STEPS" in method.text and steps is None) or ("GRADES" in method.text and scale is None):
            return None
        own = (_is_figure(columns[name][line]) for name in ("floor", "cap"))
        return LineKind(method, direction, steps, scale, *own)

    def _steps(self, given: Any, direction: float, unit: FigureUnit) -> LookupTable | None:
        if (given, direction) in self.steps:
            return self.steps[given, direction].table
        steps = resolve_steps(given, self.policy)
        if steps is None:
            return None
        name = f"px_steps_{len(self.steps) + 1}"
        table = LookupTable(f"{name}_at", f"{name}_points", len(steps))
        self.steps[given, direction] = StepTable(table, best_first(steps, direction), unit)
        return table

    def _scale(self, given: Any) -> LookupTable | None:
        key = _DEFAULT_SCALE if blank(given) else str(given).strip()
        if key not in self.scales:
            points = resolve_scale(given, self.policy)
            if points is None:
                return None
            name = f"px_scale_{len(self.scales) + 1}"
            shown = {fold_name(label): label for label in self.policy.scale(given)}
            rows = [(shown[folded], worth) for folded, worth in points.items()]
            self.scales[key] = LookupTable(f"{name}_labels", f"{name}_points", len(rows)), rows
        return self.scales[key][0]

    def _label(self, label: str, scale: Any) -> str:
        """As it stands on its scale; the formula compares without regard to case, but not to width and spaces."""
        if (label, scale) not in self._labels:
            own = {fold_name(name): name for name in self.policy.scale(scale)}
            self._labels[label, scale] = own.get(fold_name(label), label)
        shown: str = self._labels[label, scale]
        return shown


def _is_figure(value: Any) -> bool:
    return value is not None and not isnan(number(value))


# Settings that formulas name, and those that explain how they were made.
_NAMED = (
    "points_floor",
    "points_cap",
    "total_cap",
    "knot_threshold",
    "knot_target",
    "knot_challenge",
    "milestone_early",
    "veto_limit",
)
_EXPLAINING = ("milestone_days", "na_rule", "light_green", "light_amber", "period_start", "period_end", "as_of")
_TITLE, _HELP, _HEADER, _FIRST = 0, 1, 3, 4


class _Part(NamedTuple):
    """Rows that belong together, the defined names of their columns, and how their figures show: column -> name,
    column -> unit."""

    rows: Sequence[Sequence[Any]]
    names: dict[int, str]
    units: Mapping[int, FigureUnit] = {}


def write_params(sheet: Worksheet, workbook: Workbook, formats: Formats, kinds: LineKinds, lang: str) -> None:
    """Writes the sheet and defines its names."""
    writer = _ParameterSheet(sheet, workbook, formats, kinds, lang)
    writer.top()
    writer.tables()
    writer.set_up()


class _ParameterSheet:
    def __init__(self, sheet: Worksheet, workbook: Workbook, formats: Formats, kinds: LineKinds, lang: str) -> None:
        self.sheet, self.workbook, self.formats, self.lang = sheet, workbook, formats, lang
        self.kinds, self.policy = kinds, kinds.policy
        self.column = 0

    def top(self) -> None:
        title = self.formats(font_size=18, bold=True, font_color=STAGES["setup"].deep)
        self.sheet.set_row(_TITLE, 30)
        self.sheet.write_string(_TITLE, 0, say("params", self.lang), title)
        self.sheet.write_string(_HELP, 0, say("params_help", self.lang), self.formats(font_color=MUTED))

    def tables(self) -> None:
        self._table(self._headers("policy", "key", "value", "unit"), self._settings())
        self._table(
            [say("band", self.lang), *self._headers("grade_bands", "grade", "lower", "coefficient")], [self._bands()]
        )
        if self.kinds.scales:
            self._table(self._headers("grade_tables", "scale", "grade", "points"), self._scales())
        if self.kinds.steps:
            headers = self._headers("step_tables", "table", "at", "points")
            headers.insert(1, get("kpis").column("direction").header(self.lang))
            self._table(headers, self._steps())
        if self.policy["milestone_days"] == "working":
            days = self.policy.days()
            for name, dates in ((DAYS_OFF, days.off), (DAYS_ON, days.on)):
                self._table(
                    [say(name, self.lang)], [_Part([[from_serial(day)] for day in dates] or [[None]], {0: name})]
                )

    def set_up(self) -> None:
        self.sheet.set_tab_color(STAGES["setup"].deep)
        self.sheet.freeze_panes(_FIRST, 0)
        self.sheet.hide_gridlines(2)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.repeat_rows(_HEADER)

    def _headers(self, table: str, *columns: str) -> list[str]:
        return [get(table).column(column).header(self.lang) for column in columns]

    def _settings(self) -> Iterator[_Part]:
        by_name = {setting.name: setting for setting in SETTINGS}
        for name in (*_NAMED, *_EXPLAINING):
            setting, value = by_name[name], self.policy[name]
            value = label(setting.choices, value, self.lang)
            if setting.type is Type.BOOL:
                value = 1.0 if value else 0.0
            text = setting.text(self.lang)
            names = {1: setting_name(name)} if name in _NAMED else {}
            unit = Text(setting.unit, setting.unit if setting.unit.isascii() else "")(self.lang)
            yield _Part([[text, value, unit]], names)

    def _bands(self) -> _Part:
        rows = []
        for place, band in enumerate(ordered_bands(self.policy), 1):
            coefficient = NO_COEFFICIENT if band.coefficient is None else band.coefficient
            rows.append([place, band.grade, band.lower if isfinite(band.lower) else None, coefficient])
        return _Part(rows, dict(enumerate((PLACES, GRADES, LOWERS, COEFFICIENTS))))

    def _scales(self) -> Iterator[_Part]:
        for name, (table, points) in self.kinds.scales.items():
            shown = name or say("default_scale", self.lang)
            yield _Part([[shown, *pair] for pair in points], {1: table.keys, 2: table.points})

    def _steps(self) -> Iterator[_Part]:
        labels = {1.0: DIRECTION[0].label(self.lang), -1.0: DIRECTION[1].label(self.lang)}
        for (name, direction), (table, steps, unit) in self.kinds.steps.items():
            rows = [[str(name), labels[direction], *pair] for pair in steps]
            yield _Part(rows, {2: table.keys, 3: table.points}, {2: unit})

    def _table(self, headers: Sequence[str], parts: Iterator[_Part] | Sequence[_Part]) -> None:
        """One table to the right of the last; what has a name may be changed."""
        head = self.formats.bordered(
            bold=True, bg_color=STAGES["setup"].deep, font_color=PAPER, align="center", text_wrap=True
        )
        self.sheet.set_row(_HEADER, 32)
        for i, header in enumerate(headers):
            self.sheet.write_string(_HEADER, self.column + i, header, head)
        row, texts = _FIRST, [[header] for header in headers]
        for part in parts:
            for values in part.rows:
                for i, value in enumerate(values):
                    self._cell(row, self.column + i, value, INPUT if i in part.names else PAPER, part.units.get(i))
                    texts[i].append(str(value or ""))
                row += 1
            for i, name in part.names.items():
                place = span(self.sheet.get_name(), self.column + i, row - len(part.rows), row - 1)
                self.workbook.define_name(name, f"={place}")
        for i, shown in enumerate(texts):
            self.sheet.set_column(self.column + i, self.column + i, fitting_width(shown, 9, 30))
        self.column += len(headers) + 1
        self.sheet.set_column(self.column - 1, self.column - 1, 3)

    def _cell(self, row: int, column: int, value: Any, fill: str, unit: FigureUnit | None) -> None:
        cell = value_cell(self.formats, value, self.lang, {"bg_color": fill, "align": "center"}, unit)
        if cell.value is None:
            self.sheet.write_blank(row, column, None, cell.format)
        elif isinstance(cell.value, int | float):
            self.sheet.write_number(row, column, cell.value, cell.format)
        elif isinstance(cell.value, str):
            self.sheet.write_string(row, column, cell.value, cell.format)
        else:
            self.sheet.write_datetime(row, column, cell.value, cell.format)
