"""The first sheet: key figures, four charts, and the tables they are drawn from, with a link to every unit."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor
from typing import Any, NamedTuple

import numpy as np
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from perfxl.core.cells import column_letter
from perfxl.core.language import Text
from perfxl.core.scoring.program import Scores
from perfxl.core.scoring.scalar import Status
from perfxl.core.scoring.totals import ordered_bands
from perfxl.workbook.program.layout import quoted
from perfxl.workbook.score.cell_writer import BAR, GRADE_COLOURS
from perfxl.workbook.score.formulas import quote_text
from perfxl.workbook.score.people_rows import PEOPLE_FIRST, PEOPLE_PLACE, PeopleIndex
from perfxl.workbook.score.standing_cells import mean_of, mean_value
from perfxl.workbook.score.texts import say
from perfxl.workbook.style import FONTS, INK, LINE, LINK, MUTED, STAGES

_DEEP, _PALE = STAGES["results"]
# Two halves, a name and seven figures each, with a narrow column between.
LEFT, RIGHT, _HALF = 1, 10, 8
_NAME_WIDTH, _FIGURE_WIDTH = 26, 9.5
_TITLE, _SUBTITLE, _CARDS, _CHARTS = 0, 1, 3, 6
_CHART_ROWS, _TALL_ROWS = 16, 22
_TABLES = _CHARTS + _CHART_ROWS + _TALL_ROWS + 1
_MOST_BARS = 20
_TEXT, _COUNT, _POINTS, _LINK = "plain", "whole", "number", "link"


class FormulaCell(NamedTuple):
    """A formula without "=", and the value it holds."""

    text: str
    value: float | str


class LinkCell(NamedTuple):
    """A text that leads to a sheet."""

    text: str
    sheet: str


class SummarySheet:
    """Writes the sheet; the other sheets are planned by then."""

    def __init__(self, sheet: Worksheet, workbook: Workbook, people_index: PeopleIndex, lang: str) -> None:
        self.sheet, self.people_index, self.lang = sheet, people_index, lang
        self.scores, self.cell_formats = people_index.scores, people_index.blocks.writer.cell_formats
        self.formats, self.charts = self.cell_formats.formats, Charts(workbook, sheet, lang)
        self.last = _CARDS

    def write(self) -> None:
        self._top()
        self._cards()
        units = self._table(_TABLES, LEFT, "units", self._units())
        gaps = self._table(_TABLES, RIGHT, "gaps", self._gaps())
        grades = self._table(gaps.last + 2, RIGHT, "grades", self._grades())
        bins = self._table(grades.last + 2, RIGHT, "bins", self._bins())
        below = _CHARTS + _CHART_ROWS
        self.charts.columns("chart_bins", bins, 1, (_CHARTS, LEFT))
        self.charts.columns("chart_grades", grades, 1, (_CHARTS, RIGHT), coloured=True)
        self.charts.bars("chart_units", units.first_rows(_MOST_BARS), 3, (below, LEFT))
        self.charts.bars("chart_gaps", gaps, 5, (below, RIGHT))
        self._set_up()

    def _top(self) -> None:
        policy = self.scores.policy
        self.sheet.set_row(_TITLE, 36)
        title = policy["program"] or say("title", self.lang)
        self.sheet.write_string(_TITLE, LEFT, str(title), self.formats(font_size=20, bold=True, font_color=_DEEP))
        period = " – ".join(str(policy[name]) for name in ("period_start", "period_end") if policy[name])
        as_of = f"{say('as_of', self.lang)} {policy['as_of']}" if policy["as_of"] else ""
        shown = "    ".join(part for part in (str(policy["company"] or ""), period, as_of) if part)
        self.sheet.write_string(_SUBTITLE, LEFT, shown, self.formats(font_color=MUTED))

    def _cards(self) -> None:
        """Eight figures in a row: a name over a value."""
        scores = self.scores
        official = scores.totals.total[~np.isnan(scores.totals.total)].tolist()
        complete = scores.totals.completeness[~np.isnan(scores.totals.completeness)].tolist()
        totals, completeness = self._people_range("total"), self._people_range("completeness")
        cards: list[tuple[str, Any, str]] = [
            ("card_people", float(len(scores.people)), "0"),
            ("card_official", FormulaCell(f"COUNT({totals})", float(len(official))), "0"),
            ("card_mean", FormulaCell(mean_of(totals), mean_value(official)), "0.00"),
            ("card_complete", FormulaCell(mean_of(completeness), mean_value(complete)), '0.0"%"'),
            ("card_pending", count_lines(scores, Status.PENDING), "0"),
            ("card_absent", count_lines(scores, Status.NOT_APPLICABLE), "0"),
            ("card_problem", count_lines(scores, Status.PROBLEM), "0"),
            ("card_vetoed", float(self._vetoed()), "0"),
        ]
        places = [(LEFT, LEFT), *((LEFT + i, LEFT + i + 1) for i in (1, 3, 5))]
        places += [(RIGHT, RIGHT), *((RIGHT + i, RIGHT + i + 1) for i in (1, 3, 5))]
        self.sheet.set_row(_CARDS + 1, 34)
        for (name, value, shown), (first, last) in zip(cards, places, strict=True):
            label = self.formats(bg_color=_PALE, font_color=_DEEP, align="center")
            figure = self.formats(bg_color=_PALE, bold=True, font_size=18, align="center", num_format=shown)
            if last > first:
                self.sheet.merge_range(_CARDS, first, _CARDS, last, "", label)
                self.sheet.merge_range(_CARDS + 1, first, _CARDS + 1, last, "", figure)
            self.sheet.write_string(_CARDS, first, say(name, self.lang), label)
            self._cell(_CARDS + 1, first, value, figure)

    def _vetoed(self) -> int:
        """People with a veto."""
        vetoes = {self.scores.line_table.contract[line] for line in self.scores.line_table.vetoed}
        return sum(any(c in vetoes for c in contracts) for contracts in self.scores.segments.values())

    def _units(self) -> list[list[Any]]:
        """Each unit over its people and those below it: how many, official totals, mean, best, least, open lines; its
        head's own total. From the top down, in each level the best mean first."""
        index, rows = self.people_index, []
        of_sheet = {unit.unit: unit.sheet for unit in reversed(index.plan.units)}
        for figures in index.standings.units.values():
            mean, reach = mean_value(figures.totals), figures.reach
            head = figures.page and index.own_total(figures.page)
            name = "　" * (figures.level - 1) + figures.name
            cells = [
                LinkCell(name, of_sheet[figures.unit]) if figures.unit in of_sheet else name,
                len(figures.people),
                FormulaCell(figures.official, float(len(figures.totals))),
                FormulaCell(figures.mean, mean),
                FormulaCell(f'IF(COUNT({reach})>0,MAX({reach}),"")', max(figures.totals, default="")),
                FormulaCell(f'IF(COUNT({reach})>0,MIN({reach}),"")', min(figures.totals, default="")),
                sum(index.open_lines(place) for place in figures.people),
                FormulaCell(*head) if head else "—",
            ]
            rows.append(((figures.level, -mean if isinstance(mean, float) else float("inf")), cells))
        return [cells for _, cells in sorted(rows, key=lambda row: row[0])]

    def _gaps(self) -> list[list[Any]]:
        return [
            [gap.kpi, gap.people, gap.points, gap.weight, gap.lost / gap.people, gap.lost]
            for gap in rank_gaps(self.scores)
        ]

    def _grades(self) -> list[list[Any]]:
        reach, places, rows = self._people_range("grade"), self.scores.totals.grade, []
        official = int((places >= 0).sum())
        for place, band in enumerate(ordered_bands(self.scores.policy)):
            count = int((places == place).sum())
            row = [band.grade, FormulaCell(f"SUMPRODUCT(--({reach}={quote_text(band.grade)}))", float(count))]
            rows.append([*row, f"{100 * count / official:.1f}%" if official else ""])
        return rows

    def _bins(self) -> list[list[Any]]:
        reach, totals, rows = self._people_range("total"), self.scores.totals.total, []
        for low, high in bin_totals(self.scores):
            count = float(((totals >= low) & (totals < high)).sum())
            written = f'COUNTIFS({reach},">={low:.15g}",{reach},"<{high:.15g}")'
            rows.append([f"{low:g}–{high:g}", FormulaCell(written, count)])
        return rows

    def _people_range(self, name: str) -> str:
        letter = column_letter(PEOPLE_PLACE[name])
        last = PEOPLE_FIRST + max(1, len(self.scores.people)) - 1
        return f"{quoted(say('people', self.lang))}!${letter}${PEOPLE_FIRST}:${letter}${last}"

    def _table(self, row: int, column: int, name: str, body: Sequence[Sequence[Any]]) -> ChartTable:
        """A titled table; the place of its body."""
        cell_formats = self.cell_formats
        self.sheet.write_string(row, column, say(name, self.lang), cell_formats("heading"))
        headers = _HEADERS[name]
        self.sheet.set_row(_TABLES + 1, 30)
        for i, (title, _) in enumerate(headers):
            self.sheet.write_string(row + 1, column + i, title(self.lang), cell_formats("header"))
        first = row + 2
        for offset, values in enumerate(body):
            for i, (value, (_, role)) in enumerate(zip(values, headers, strict=True)):
                self._cell(first + offset, column + i, value, cell_formats(role))
        last = first + max(1, len(body)) - 1
        self.last = max(self.last, last)
        return ChartTable(column, first, last)

    def _cell(self, row: int, column: int, value: Any, look: Any) -> None:
        if isinstance(value, FormulaCell):
            figure = value.value
            self.sheet.write_formula(row, column, f"={value.text}", look, "" if figure != figure else figure)
        elif isinstance(value, LinkCell):
            self.sheet.write_url(row, column, f"internal:{quoted(value.sheet)}!A1", look, string=value.text)
        elif isinstance(value, str):
            self.sheet.write_string(row, column, value, look)
        else:
            self.sheet.write_number(row, column, value, look)

    def _set_up(self) -> None:
        sheet = self.sheet
        sheet.set_column(0, 0, 2)
        for half in (LEFT, RIGHT):
            sheet.set_column(half, half, _NAME_WIDTH)
            sheet.set_column(half + 1, half + _HALF - 1, _FIGURE_WIDTH)
        sheet.set_column(LEFT + _HALF, LEFT + _HALF, 3)
        link = self.formats(font_color=LINK, underline=1)
        for place, name in ((RIGHT + 3, "people"), (RIGHT + 5, "params")):
            sheet.write_url(
                _SUBTITLE, place, f"internal:{quoted(say(name, self.lang))}!A1", link, string=say(name, self.lang)
            )
        sheet.hide_gridlines(2)
        sheet.set_tab_color(_DEEP)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.print_area(0, 0, self.last, RIGHT + _HALF - 1)
        sheet.set_h_pagebreaks([_TABLES])
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.5)
        sheet.activate()


# Title of each column, and the look of its cells.
_HEADERS: dict[str, list[tuple[Text, str]]] = {
    "units": [
        (Text("业务单位（含下级）", "Unit, with those below"), _LINK),
        (Text("人数", "People"), _COUNT),
        (Text("已出总分", "With total"), _COUNT),
        (Text("平均总分", "Mean total"), _POINTS),
        (Text("最高", "Best"), _POINTS),
        (Text("最低", "Least"), _POINTS),
        (Text("未定项", "Open lines"), _COUNT),
        (Text("负责人总分", "Head's total"), _POINTS),
    ],
    "gaps": [
        (Text("指标", "KPI"), _TEXT),
        (Text("人数", "People"), _COUNT),
        (Text("平均得分", "Mean points"), _POINTS),
        (Text("平均权重 (%)", "Mean weight (%)"), _POINTS),
        (Text("人均失分", "Lost a person"), _POINTS),
        (Text("失分合计", "Lost in all"), _POINTS),
    ],
    "grades": [
        (Text("等级", "Grade"), "centred"),
        (Text("人数", "People"), _COUNT),
        (Text("占比", "Share"), "centred"),
    ],
    "bins": [(Text("总分", "Total"), "centred"), (Text("人数", "People"), _COUNT)],
}


_CHART_WIDTH, _CHART_HEIGHT, _TALL_HEIGHT = 612, 310, 430
_STRONG = "#B85C00"


class ChartTable(NamedTuple):
    """The body of a table on the sheet: names in `column`, figures to the right of it; rows zero-based."""

    column: int
    first: int
    last: int

    def first_rows(self, most: int) -> ChartTable:
        return self._replace(last=min(self.last, self.first + most - 1))


class Charts:
    """Draws tables of the sheet; `at` is the chart's top left cell."""

    def __init__(self, workbook: Workbook, sheet: Worksheet, lang: str) -> None:
        self.workbook, self.sheet, self.lang = workbook, sheet, lang

    def columns(
        self, title: str, table: ChartTable, value: int, at: tuple[int, int], *, coloured: bool = False
    ) -> None:
        """Upright columns, for counts; coloured as grades are, best first."""
        chart = self.workbook.add_chart({"type": "column"})
        series = self._series(table, value, gap=40)
        if coloured:
            colours = [GRADE_COLOURS[min(i, len(GRADE_COLOURS) - 1)][1] for i in range(table.last - table.first + 1)]
            series["points"] = [{"fill": {"color": colour}} for colour in colours]
        chart.add_series(series)
        chart.set_x_axis(self._axis())
        chart.set_y_axis({**self._axis(), "major_gridlines": {"visible": True, "line": {"color": LINE}}, "min": 0})
        self._insert(chart, title, at, _CHART_HEIGHT)

    def bars(self, title: str, table: ChartTable, value: int, at: tuple[int, int]) -> None:
        """Lying bars, the first on top."""
        chart = self.workbook.add_chart({"type": "bar"})
        chart.add_series({**self._series(table, value, gap=30), "data_labels": self._labels("0.0")})
        chart.set_y_axis({**self._axis(), "reverse": True, "interval_unit": 1})
        chart.set_x_axis({**self._axis(), "visible": False, "major_gridlines": {"visible": False}, "min": 0})
        self._insert(chart, title, at, _TALL_HEIGHT)

    def _series(self, table: ChartTable, value: int, gap: int) -> dict[str, Any]:
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
        return {"name": FONTS(self.lang), "size": 9, "color": colour, "bold": False}

    def _insert(self, chart: Any, title: str, at: tuple[int, int], height: int) -> None:
        font = {"name": FONTS(self.lang), "size": 12, "color": INK, "bold": True}
        chart.set_title({"name": say(title, self.lang), "name_font": font, "overlay": False})
        chart.set_legend({"none": True})
        chart.set_chartarea({"border": {"color": LINE}})
        chart.set_size({"width": _CHART_WIDTH, "height": height})
        self.sheet.insert_chart(*at, chart, {"object_position": 2, "description": say(title, self.lang)})


_MOST_BINS = 14
_BIN_STEPS = (5.0, 10.0, 20.0, 50.0, 100.0)
_MOST_GAPS = 12


class KpiGap(NamedTuple):
    """A KPI's lost points, weight x (100 - points) / 100 over all who hold it: what their totals lack for it."""

    kpi: str
    people: int
    points: float
    weight: float
    lost: float


def bin_totals(scores: Scores) -> list[tuple[float, float]]:
    """Ranges of the totals, lower end inside, that hold them all."""
    totals = scores.totals.total[~np.isnan(scores.totals.total)]
    if not totals.size:
        return []
    low, high = float(totals.min()), float(totals.max())
    for step in _BIN_STEPS:
        first, last = floor(low / step), floor(high / step)
        if last - first < _MOST_BINS:
            break
    return [(place * step, (place + 1) * step) for place in range(first, last + 1)]


def rank_gaps(scores: Scores) -> list[KpiGap]:
    """The KPIs that lose most, the greatest first; contracts whose total is undetermined are left out."""
    columns, contract = scores.line_table.columns, scores.line_table.contract
    left_out = {-1, *(row for row, verdict in enumerate(scores.verdicts.contracts) if verdict.is_undetermined)}
    by_kpi: dict[object, list[int]] = {}
    for line, kpi in enumerate(columns["kpi"]):
        if contract[line] not in left_out and scores.effective[line] > 0 and scores.status(line) is Status.SCORED:
            by_kpi.setdefault(kpi, []).append(line)
    ranked = []
    for kpi, lines in by_kpi.items():
        points, weights = scores.lines.points[lines], scores.effective[lines]
        lost = float((weights * np.maximum(0.0, 100.0 - points)).sum()) / 100
        name = str(columns["name"][lines[0]] or kpi or "")
        ranked.append(KpiGap(name, len(lines), float(points.mean()), float(weights.mean()), lost))
    ranked.sort(key=lambda gap: -gap.lost)
    return [gap for gap in ranked[:_MOST_GAPS] if gap.lost > 0]


def count_lines(scores: Scores, status: Status) -> float:
    """Lines of a status that carry weight or adjust a total."""
    from perfxl.core.scoring.vector import STATUSES

    return float((scores.lines.status == STATUSES.index(status)).sum())
