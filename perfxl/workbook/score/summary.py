"""The first sheet: key figures, four charts, and the tables they are drawn from, with a link to every unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from perfxl.core.cells import column_letter
from perfxl.core.scoring.scalar import Status
from perfxl.core.scoring.totals import ordered_bands
from perfxl.workbook.layout import quoted
from perfxl.workbook.score import figures
from perfxl.workbook.score import people as people_list
from perfxl.workbook.score.charts import Charts, Drawn
from perfxl.workbook.score.people import Roll
from perfxl.workbook.score.texts import say
from perfxl.workbook.score.unit import TOTAL
from perfxl.workbook.style import LINK, MUTED, STAGES

_DEEP, _PALE = STAGES["results"]
# Two halves, a name and six figures each, with a narrow column between.
LEFT, RIGHT, _HALF = 1, 9, 7
_NAME_WIDTH, _FIGURE_WIDTH = 26, 9.5
_TITLE, _SUBTITLE, _CARDS, _CHARTS = 0, 1, 3, 6
_CHART_ROWS, _TALL_ROWS = 16, 22
_TABLES = _CHARTS + _CHART_ROWS + _TALL_ROWS + 1
_MOST_BARS = 20
_TEXT, _COUNT, _POINTS, _LINK = "plain", "whole", "number", "link"


class Formula(NamedTuple):
    text: str
    value: float | str


class Link(NamedTuple):
    text: str
    sheet: str


class Summary:
    """Writes the sheet; the other sheets are planned by then."""

    def __init__(self, sheet: Worksheet, workbook: Workbook, roll: Roll, lang: str) -> None:
        self.sheet, self.roll, self.lang = sheet, roll, lang
        self.scores, self.looks = roll.scores, roll.blocks.pen.looks
        self.formats, self.charts = self.looks.formats, Charts(workbook, sheet, lang)
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
        scores, count = self.scores, lambda status: float(figures.count(scores, status))
        official = scores.totals.total[~np.isnan(scores.totals.total)].tolist()
        complete = scores.totals.completeness.tolist()
        totals, completeness = self._people_range("total"), self._people_range("completeness")
        cards: list[tuple[str, Any, str]] = [
            ("card_people", float(len(scores.people)), "0"),
            ("card_official", Formula(f"COUNT({totals})", float(len(official))), "0"),
            ("card_mean", Formula(_mean(totals), self.roll.mean(official)), "0.00"),
            ("card_complete", Formula(_mean(completeness), self.roll.mean(complete)), '0.##"%"'),
            ("card_pending", count(Status.PENDING), "0"),
            ("card_absent", count(Status.NOT_APPLICABLE), "0"),
            ("card_problem", count(Status.PROBLEM), "0"),
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
        """Units with people, official totals, mean, best, least and open lines; the best mean first."""
        found = []
        for unit in self.roll.plan.units:
            totals = [self.scores.totals.total[page.place] for page in unit.pages]
            known = [total for total in totals if total == total]
            held = f"{quoted(unit.sheet)}!{TOTAL}{unit.people.first}:{TOTAL}{unit.people.last}"
            people = [self.roll.person(page) for page in unit.pages]
            mean = self.roll.mean(known)
            found.append(
                (
                    -mean if isinstance(mean, float) else float("inf"),
                    [
                        Link(unit.name, unit.sheet),
                        len(unit.pages),
                        Formula(f"COUNT({held})", float(len(known))),
                        Formula(f"{quoted(unit.sheet)}!{TOTAL}{unit.mean}", mean),
                        Formula(f'IF(COUNT({held})>0,MAX({held}),"")', max(known, default="")),
                        Formula(f'IF(COUNT({held})>0,MIN({held}),"")', min(known, default="")),
                        sum(person.open for person in people),
                    ],
                )
            )
        return [cells for _, cells in sorted(found, key=lambda each: each[0])]

    def _gaps(self) -> list[list[Any]]:
        return [
            [gap.kpi, gap.people, gap.points, gap.weight, gap.lost / gap.people, gap.lost]
            for gap in figures.gaps(self.scores)
        ]

    def _grades(self) -> list[list[Any]]:
        held, places, found = self._people_range("grade"), self.scores.totals.grade, []
        known = int((places >= 0).sum())
        for place, band in enumerate(ordered_bands(self.scores.policy)):
            count = int((places == place).sum())
            row = [band.grade, Formula(f"SUMPRODUCT(--({held}={_quoted_text(band.grade)}))", float(count))]
            found.append([*row, f"{100 * count / known:.1f}%" if known else ""])
        return found

    def _bins(self) -> list[list[Any]]:
        held, totals, found = self._people_range("total"), self.scores.totals.total, []
        for low, high in figures.bins(self.scores):
            count = float(((totals >= low) & (totals < high)).sum())
            written = f'COUNTIFS({held},">={low:.15g}",{held},"<{high:.15g}")'
            found.append([f"{low:g}–{high:g}", Formula(written, count)])
        return found

    def _people_range(self, name: str) -> str:
        letter = column_letter(people_list.PLACE[name])
        last = people_list.FIRST + max(1, len(self.scores.people)) - 1
        return f"{quoted(say('people', self.lang))}!${letter}${people_list.FIRST}:${letter}${last}"

    def _table(self, row: int, column: int, name: str, body: Sequence[Sequence[Any]]) -> Drawn:
        """A titled table; the place of its body."""
        looks, side = self.looks, 0 if self.lang == "zh" else 1
        self.sheet.write_string(row, column, say(name, self.lang), looks("heading"))
        headers = _HEADERS[name]
        self.sheet.set_row(_TABLES + 1, 30)
        for i, (texts, _) in enumerate(headers):
            self.sheet.write_string(row + 1, column + i, texts[side], looks("header"))
        first = row + 2
        for offset, values in enumerate(body):
            for i, (value, (_, role)) in enumerate(zip(values, headers, strict=True)):
                self._cell(first + offset, column + i, value, looks(role))
        last = first + max(1, len(body)) - 1
        self.last = max(self.last, last)
        return Drawn(column, first, last)

    def _cell(self, row: int, column: int, value: Any, look: Any) -> None:
        if isinstance(value, Formula):
            figure = value.value
            self.sheet.write_formula(row, column, f"={value.text}", look, "" if figure != figure else figure)
        elif isinstance(value, Link):
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


# Title of each column, Chinese and English, and the look of its cells.
_HEADERS: dict[str, list[tuple[tuple[str, str], str]]] = {
    "units": [
        (("业务单位", "Unit"), _LINK),
        (("人数", "People"), _COUNT),
        (("已出总分", "With total"), _COUNT),
        (("平均总分", "Mean total"), _POINTS),
        (("最高", "Best"), _POINTS),
        (("最低", "Least"), _POINTS),
        (("未定项", "Open lines"), _COUNT),
    ],
    "gaps": [
        (("指标", "KPI"), _TEXT),
        (("人数", "People"), _COUNT),
        (("平均得分", "Mean points"), _POINTS),
        (("平均权重 (%)", "Mean weight (%)"), _POINTS),
        (("人均失分", "Lost a person"), _POINTS),
        (("失分合计", "Lost in all"), _POINTS),
    ],
    "grades": [(("等级", "Grade"), "centred"), (("人数", "People"), _COUNT), (("占比", "Share"), "centred")],
    "bins": [(("总分", "Total"), "centred"), (("人数", "People"), _COUNT)],
}


def _mean(held: str) -> str:
    return f'IF(COUNT({held})>0,ROUND(SUM({held})/COUNT({held}),2),"")'


def _quoted_text(text: str) -> str:
    escaped = text.replace('"', '""')
    return f'"{escaped}"'
