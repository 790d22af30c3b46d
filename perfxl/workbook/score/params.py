"""The sheet of parameters: what the formulas refer to by name. Whoever changes a value here sees every score follow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import Any, NamedTuple

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from perfxl.core.policy import SETTINGS
from perfxl.core.schema import Type, get
from perfxl.core.schema.choices import DIRECTION
from perfxl.core.scoring.totals import ordered_bands
from perfxl.core.values.dates import from_serial
from perfxl.workbook.cell_look import FigureUnit, label, value_cell
from perfxl.workbook.layout import span
from perfxl.workbook.score import formulas
from perfxl.workbook.score.kinds import NO_COEFFICIENT, Kinds
from perfxl.workbook.score.texts import say
from perfxl.workbook.style import INPUT, MUTED, PAPER, STAGES, Formats, fitting_width

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


def write_params(sheet: Worksheet, workbook: Workbook, formats: Formats, kinds: Kinds, lang: str) -> None:
    """Writes the sheet and defines its names."""
    writer = _Params(sheet, workbook, formats, kinds, lang)
    writer.top()
    writer.tables()
    writer.set_up()


class _Params:
    def __init__(self, sheet: Worksheet, workbook: Workbook, formats: Formats, kinds: Kinds, lang: str) -> None:
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
            for name, held in ((formulas.DAYS_OFF, days.off), (formulas.DAYS_ON, days.on)):
                self._table(
                    [say(name, self.lang)], [_Part([[from_serial(day)] for day in held] or [[None]], {0: name})]
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
            text = setting.zh if self.lang == "zh" else setting.en
            names = {1: formulas.setting_name(name)} if name in _NAMED else {}
            unit = setting.unit if self.lang == "zh" or setting.unit.isascii() else ""
            yield _Part([[text, value, unit]], names)

    def _bands(self) -> _Part:
        rows = []
        for place, band in enumerate(ordered_bands(self.policy), 1):
            coefficient = NO_COEFFICIENT if band.coefficient is None else band.coefficient
            rows.append([place, band.grade, band.lower if isfinite(band.lower) else None, coefficient])
        return _Part(rows, dict(enumerate((formulas.PLACES, formulas.GRADES, formulas.LOWERS, formulas.COEFFICIENTS))))

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
