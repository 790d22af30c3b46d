"""Native charts of the summary."""

from __future__ import annotations

from typing import Any, NamedTuple

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from perfxl.workbook.score.looks import BAR, GRADE_COLOURS
from perfxl.workbook.score.texts import say
from perfxl.workbook.style import FONTS, INK, LINE, MUTED

_WIDTH, _HEIGHT, _TALL = 612, 310, 430
_STRONG = "#B85C00"


class Drawn(NamedTuple):
    """The body of a table on the sheet: names in `column`, figures to the right of it; rows zero-based."""

    column: int
    first: int
    last: int

    def first_rows(self, most: int) -> Drawn:
        return self._replace(last=min(self.last, self.first + most - 1))


class Charts:
    """Draws tables of the sheet; `at` is the chart's top left cell."""

    def __init__(self, workbook: Workbook, sheet: Worksheet, lang: str) -> None:
        self.workbook, self.sheet, self.lang = workbook, sheet, lang

    def columns(self, title: str, table: Drawn, value: int, at: tuple[int, int], *, coloured: bool = False) -> None:
        """Upright columns, for counts; coloured as grades are, best first."""
        chart = self.workbook.add_chart({"type": "column"})
        series = self._series(table, value, gap=40)
        if coloured:
            colours = [GRADE_COLOURS[min(i, len(GRADE_COLOURS) - 1)][1] for i in range(table.last - table.first + 1)]
            series["points"] = [{"fill": {"color": colour}} for colour in colours]
        chart.add_series(series)
        chart.set_x_axis(self._axis())
        chart.set_y_axis({**self._axis(), "major_gridlines": {"visible": True, "line": {"color": LINE}}, "min": 0})
        self._insert(chart, title, at, _HEIGHT)

    def bars(self, title: str, table: Drawn, value: int, at: tuple[int, int]) -> None:
        """Lying bars, the first on top."""
        chart = self.workbook.add_chart({"type": "bar"})
        chart.add_series({**self._series(table, value, gap=30), "data_labels": self._labels("0.0")})
        chart.set_y_axis({**self._axis(), "reverse": True, "interval_unit": 1})
        chart.set_x_axis({**self._axis(), "visible": False, "major_gridlines": {"visible": False}, "min": 0})
        self._insert(chart, title, at, _TALL)

    def _series(self, table: Drawn, value: int, gap: int) -> dict[str, Any]:
        name, first, last = self.sheet.get_name(), table.first, table.last
        return {
            "categories": [name, first, table.column, last, table.column],
            "values": [name, first, table.column + value, last, table.column + value],
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
        return {"name": FONTS[self.lang], "size": 9, "color": colour, "bold": False}

    def _insert(self, chart: Any, title: str, at: tuple[int, int], height: int) -> None:
        font = {"name": FONTS[self.lang], "size": 12, "color": INK, "bold": True}
        chart.set_title({"name": say(title, self.lang), "name_font": font, "overlay": False})
        chart.set_legend({"none": True})
        chart.set_chartarea({"border": {"color": LINE}})
        chart.set_size({"width": _WIDTH, "height": height})
        self.sheet.insert_chart(*at, chart, {"object_position": 2, "description": say(title, self.lang)})
