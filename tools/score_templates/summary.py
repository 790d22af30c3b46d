"""How the summary is drawn: cards, charts, and the tables from which the charts are drawn."""

from __future__ import annotations

from typing import Any, NamedTuple

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from perfxl.core.cells import column_letter
from perfxl.core.language import Text
from perfxl.workbook.score.cell_writer import BAR, GRADE_COLOURS, role_format
from perfxl.workbook.score.texts import say
from perfxl.workbook.style import FONTS, INK, LINE, LINK, MUTED, STAGES, Formats
from perfxl.workbook.template.book import ROWS

_DEEP, _PALE = STAGES["results"]
# Two halves, a name and figures each, with a narrow column between.
_LEFT, _LEFT_FIGURES, _RIGHT, _RIGHT_FIGURES = 1, 8, 11, 6
_NAME_WIDTH, _FIGURE_WIDTH, _HEAD_WIDTH = 26, 9, 15
_TITLE, _SUBTITLE, _CARDS, _CHARTS = 0, 1, 3, 6
_CHART_ROWS, _TALL_ROWS = 16, 22
_TABLES = _CHARTS + _CHART_ROWS + _TALL_ROWS + 1
_STRONG = "#B85C00"
_RECORD_HEIGHT = 16
_SIZES = (700, 565)  # pixels of the halves
_PIXELS = 7  # of a digit
_CHART_HEIGHT, _TALL_HEIGHT = 310, 430
_CARD_PLACES = ((1, 1), (2, 3), (4, 6), (7, 9), (11, 11), (12, 13), (14, 15), (16, 17))
_CARD_FIELDS = {
    "people": "0",
    "official": "0",
    "mean": "0.00",
    "complete": '0.0"%"',
    "pending": "0",
    "absent": "0",
    "problem": "0",
    "vetoed": "0",
}


class _Column(NamedTuple):
    field: str
    header: Text
    role: str


_COUNTED = _Column("count", Text("人数", "People"), "whole")
_TABLES_OF = {
    "grades": (
        _Column("grade", Text("等级", "Grade"), "centred"),
        _COUNTED,
        _Column("share", Text("占比", "Share"), "percent"),
    ),
    "bins": (_Column("range", Text("总分", "Total"), "centred"), _COUNTED),
    "gaps": (
        _Column("kpi", Text("指标", "KPI"), "plain"),
        _Column("people", Text("人数", "People"), "whole"),
        _Column("points", Text("平均得分", "Mean points"), "number"),
        _Column("weight", Text("平均权重 (%)", "Mean weight %"), "number"),
        _Column("lost_each", Text("人均失分", "Lost a person"), "number"),
        _Column("lost", Text("失分合计", "Lost in all"), "number"),
    ),
    "units": (
        _Column("unit", Text("业务单位（含下级）", "Unit, with those below"), "link"),
        _Column("people", Text("人数", "People"), "whole"),
        _Column("official", Text("已出总分", "With total"), "whole"),
        _Column("mean", Text("平均总分", "Mean total"), "number"),
        _Column("best", Text("最高", "Best"), "number"),
        _Column("least", Text("最低", "Least"), "number"),
        _Column("open", Text("未定项", "Open lines"), "whole"),
        _Column("head", Text("负责人", "Head"), "state"),
        _Column("head_total", Text("负责人总分", "Head's total"), "number"),
    ),
}


_HEAD = _LEFT + [column.field for column in _TABLES_OF["units"]].index("head")


def draw_summary(sheet: Worksheet, workbook: Workbook, formats: Formats, lang: str) -> None:
    """Draws the sheet."""
    _Summary(sheet, workbook, formats, lang).draw()


class _Summary:
    def __init__(self, sheet: Worksheet, workbook: Workbook, formats: Formats, lang: str) -> None:
        self.sheet, self.workbook, self.formats, self.lang = sheet, workbook, formats, lang

    def draw(self) -> None:
        self._top()
        self._cards()
        row, rows = _TABLES, dict[str, int]()
        for name in _TABLES_OF:
            rows[name] = self._table(row, name)
            row = rows[name] + (4 if name == "units" else 2)
        self._more_units(rows["units"] + 1)
        below = _CHARTS + _CHART_ROWS
        left = _SIZES[0] + (_PIXELS * (_HEAD_WIDTH - _FIGURE_WIDTH) if self.lang == "en" else 0)
        self._columns("chart_bins", rows["bins"], 1, (_CHARTS, _LEFT), left)
        self._columns("chart_grades", rows["grades"], 1, (_CHARTS, _RIGHT), _SIZES[1], coloured=True)
        self._bars("chart_units", rows["units"], 3, (below, _LEFT), left)
        self._bars("chart_gaps", rows["gaps"], 5, (below, _RIGHT), _SIZES[1])
        self._set_up(rows["units"] + 1)

    def _top(self) -> None:
        sheet, formats = self.sheet, self.formats
        sheet.set_row(_TITLE, 36)
        sheet.write_string(_TITLE, _LEFT, "{{title}}", formats(font_size=20, bold=True, font_color=_DEEP))
        sheet.write_string(_SUBTITLE, _LEFT, "{{subtitle}}", formats(font_color=MUTED))
        link = formats(font_color=LINK, underline=1)
        for place, name in ((_RIGHT + 3, "people"), (_RIGHT + 5, "params")):
            sheet.write_string(_SUBTITLE, place, f"{{{{to_{name}}}}}", link)

    def _cards(self) -> None:
        """Eight figures in a row: a name over a value."""
        self.sheet.set_row(_CARDS + 1, 34)
        for (name, shown), (first, last) in zip(_CARD_FIELDS.items(), _CARD_PLACES, strict=True):
            label = self.formats(bg_color=_PALE, font_color=_DEEP, align="center")
            figure = self.formats(bg_color=_PALE, bold=True, font_size=18, align="center", num_format=shown)
            if last > first:
                self.sheet.merge_range(_CARDS, first, _CARDS, last, "", label)
                self.sheet.merge_range(_CARDS + 1, first, _CARDS + 1, last, "", figure)
            self.sheet.write_string(_CARDS, first, say(f"card_{name}", self.lang), label)
            self.sheet.write_string(_CARDS + 1, first, f"{{{{card_{name}}}}}", figure)

    def _table(self, row: int, name: str) -> int:
        """A titled table; the row of its records, from 0."""
        sheet, columns = self.sheet, _TABLES_OF[name]
        sheet.write_string(row, _LEFT, say(name, self.lang), role_format(self.formats, "heading"))
        sheet.set_row(row + 1, 30)
        for i, column in enumerate(columns, _LEFT):
            sheet.write_string(row + 1, i, column.header(self.lang), role_format(self.formats, "header"))
        self._record(row + 2, name, columns)
        return row + 2

    def _more_units(self, row: int) -> None:
        """Units that the chart does not show."""
        self._record(row, "more_units", _TABLES_OF["units"])

    def _record(self, row: int, name: str, columns: tuple[_Column, ...]) -> None:
        self.sheet.set_row(row, _RECORD_HEIGHT)
        for i, column in enumerate(columns, _LEFT):
            look = role_format(self.formats, column.role)
            self.sheet.write_string(row, i, f"{{{{{column.field}}}}}", look)
        last = column_letter(_LEFT + len(columns) - 1)
        reach = f"'{self.sheet.get_name()}'!${column_letter(_LEFT)}${row + 1}:${last}${row + 1}"
        self.workbook.define_name(f"{ROWS}{name}", f"={reach}")

    def _columns(
        self, title: str, row: int, value: int, at: tuple[int, int], width: int, *, coloured: bool = False
    ) -> None:
        """Upright columns, for counts; coloured as grades are, best first."""
        chart = self.workbook.add_chart({"type": "column"})
        series = self._series(row, value, gap=40)
        if coloured:
            series["points"] = [{"fill": {"color": ink}} for _, ink in GRADE_COLOURS]
        chart.add_series(series)
        chart.set_x_axis(self._axis())
        chart.set_y_axis({**self._axis(), "major_gridlines": {"visible": True, "line": {"color": LINE}}, "min": 0})
        self._insert(chart, title, at, (width, _CHART_HEIGHT))

    def _bars(self, title: str, row: int, value: int, at: tuple[int, int], width: int) -> None:
        """Lying bars, the first on top."""
        chart = self.workbook.add_chart({"type": "bar"})
        chart.add_series({**self._series(row, value, gap=30), "data_labels": self._labels("0.0")})
        chart.set_y_axis({**self._axis(), "reverse": True, "interval_unit": 1})
        chart.set_x_axis({**self._axis(), "visible": False, "major_gridlines": {"visible": False}, "min": 0})
        self._insert(chart, title, at, (width, _TALL_HEIGHT))

    def _series(self, row: int, value: int, gap: int) -> dict[str, Any]:
        name = self.sheet.get_name()
        return {
            "categories": [name, row, _LEFT, row, _LEFT],
            "values": [name, row, _LEFT + value, row, _LEFT + value],
            "fill": {"color": BAR},
            "border": {"color": _STRONG},
            "gap": gap,
            "data_labels": self._labels("0;;"),
        }

    def _labels(self, shown: str) -> dict[str, Any]:
        return {"value": True, "num_format": shown, "font": self._font(INK)}

    def _axis(self) -> dict[str, Any]:
        return {"num_font": self._font(MUTED), "line": {"color": LINE}, "major_tick_mark": "none"}

    def _font(self, colour: str) -> dict[str, Any]:
        return {"name": FONTS(self.lang), "size": 9, "color": colour, "bold": False}

    def _insert(self, chart: Any, title: str, at: tuple[int, int], size: tuple[int, int]) -> None:
        font = {"name": FONTS(self.lang), "size": 12, "color": INK, "bold": True}
        chart.set_title({"name": say(title, self.lang), "name_font": font, "overlay": False})
        chart.set_legend({"none": True})
        chart.set_chartarea({"border": {"color": LINE}})
        chart.set_size({"width": size[0], "height": size[1]})
        self.sheet.insert_chart(*at, chart, {"object_position": 2, "description": say(title, self.lang)})

    def _set_up(self, last: int) -> None:
        sheet = self.sheet
        sheet.set_column(0, 0, 2)
        for half, figures in ((_LEFT, _LEFT_FIGURES), (_RIGHT, _RIGHT_FIGURES)):
            sheet.set_column(half, half, _NAME_WIDTH)
            sheet.set_column(half + 1, half + figures, _FIGURE_WIDTH)
        if self.lang == "en":  # names are longer
            sheet.set_column(_HEAD, _HEAD, _HEAD_WIDTH)
        sheet.set_column(_RIGHT - 1, _RIGHT - 1, 3)
        sheet.hide_gridlines(2)
        sheet.set_tab_color(_DEEP)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.print_area(0, 0, last, _RIGHT + _RIGHT_FIGURES)
        sheet.set_h_pagebreaks([_TABLES])
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.5)
