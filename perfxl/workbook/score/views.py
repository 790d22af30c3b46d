"""What surrounds the rows of a sheet: widths, frozen panes, conditional colours, print set-up."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.worksheet import Worksheet

from perfxl.core.cells import column_letter
from perfxl.core.policy import Policy
from perfxl.core.scoring.scalar import STATUS_LABELS, Status
from perfxl.core.scoring.totals import ordered_bands
from perfxl.workbook.score import people as people_list
from perfxl.workbook.score import unit as unit_list
from perfxl.workbook.score.columns import COLUMNS, LETTER, PLACE, PRINTED, RESULT_PLACE
from perfxl.workbook.score.formulas import quoted, setting_name
from perfxl.workbook.score.looks import BAR, Looks
from perfxl.workbook.score.plan import UNIT_HEADER, Page, Unit
from perfxl.workbook.score.texts import say
from perfxl.workbook.style import STAGES

_A4 = 9
_ONE_PAGE = 50  # rows that one page still shows readably
_PAGE_INCHES = 11.69  # A4 across
_MARGIN = 0.4
_PIXELS, _PADDING, _PER_INCH = 7, 5, 96  # of a column: a unit of its width, its padding
_SPARE = 0.8  # fonts that are not there are replaced by wider ones
_PAGE = {"zh": "第 &P 页，共 &N 页", "en": "Page &P of &N"}


def people(sheet: Worksheet, looks: Looks, policy: Policy, count: int, lang: str) -> None:
    """The list of everybody."""
    first, last = people_list.FIRST, people_list.FIRST + max(count, 1) - 1
    for i, width in enumerate(people_list.WIDTHS):
        sheet.set_column(i, i, width)
    sheet.freeze_panes(people_list.HEADER, 2)
    sheet.autofilter(people_list.HEADER - 1, 0, last - 1, people_list.LAST)
    _totals(sheet, looks, policy, people_list.PLACE["total"], people_list.PLACE["grade"], first, last)
    _print(sheet, lang)
    sheet.print_area(0, 0, last - 1, people_list.LAST)
    sheet.repeat_rows(people_list.HEADER - 1)


def unit(sheet: Worksheet, looks: Looks, policy: Policy, unit: Unit, lang: str) -> None:
    """A unit's sheet; with its people's contracts below, each person on a new page."""
    _score_columns(sheet)
    people_rows = unit.people
    sheet.freeze_panes(2 if unit.holds_blocks else UNIT_HEADER, 2)
    _totals(sheet, looks, policy, PLACE["weight"], unit_list.GRADE, people_rows.first, people_rows.last)
    _print(sheet, lang)
    sheet.print_area(0, 0, unit.end - 1, PRINTED)
    if unit.holds_blocks:
        _blocks(sheet, looks, policy, unit.pages[0].start, unit.end, lang)
        _print_by_scale(sheet, unit.pages)
        sheet.repeat_rows(0)
    else:
        sheet.repeat_rows(UNIT_HEADER - 1)


def person(sheet: Worksheet, looks: Looks, policy: Policy, page: Page, lang: str) -> None:
    """A person's own sheet."""
    _score_columns(sheet)
    _blocks(sheet, looks, policy, page.start, page.end, lang)
    _print(sheet, lang)
    sheet.print_area(page.start - 1, 0, page.end - 1, PRINTED)
    if page.end - page.start < _ONE_PAGE:
        sheet.fit_to_pages(1, 1)
    if page.blocks:
        sheet.freeze_panes(page.blocks[0].header, 2)
    if len(page.blocks) == 1:
        sheet.repeat_rows(page.blocks[0].header - 1)


def _score_columns(sheet: Worksheet) -> None:
    for i, column in enumerate(COLUMNS):
        sheet.set_column(i, i, column.width, None, {"level": 1} if i > PRINTED else None)


def _blocks(sheet: Worksheet, looks: Looks, policy: Policy, first: int, last: int, lang: str) -> None:
    """Colours within blocks, by rules that hold for all their rows."""
    status = LETTER["status"]
    for name, look in looks.states.items():
        side = 0 if lang == "zh" else 1
        text = say(name, lang) if name == "triggered" else STATUS_LABELS[Status(name)][side]
        _rule(sheet, PLACE["status"], first, last, f"${status}{first}={quoted(text)}", look)
    points, weight = LETTER["points"], LETTER["weight"]
    poor = (
        f"AND(ISNUMBER(${points}{first}),ISNUMBER(${weight}{first}),${points}{first}<{setting_name('knot_threshold')})"
    )
    _rule(sheet, PLACE["points"], first, last, poor, looks.low)
    beside = f"${column_letter(RESULT_PLACE['grade'] - 1)}{first}={quoted(say('grade', lang))}"
    _grades(sheet, looks, policy, RESULT_PLACE["grade"], first, last, beside)


def _totals(sheet: Worksheet, looks: Looks, policy: Policy, column: int, grade: int, first: int, last: int) -> None:
    """Bars behind the totals of a list, and the colours of its grades."""
    sheet.conditional_format(
        first - 1,
        column,
        last - 1,
        column,
        {
            "type": "data_bar",
            "bar_color": BAR,
            "bar_solid": True,
            "bar_border_color": BAR,
            "min_type": "num",
            "min_value": 0,
            "max_type": "num",
            "max_value": max(float(policy["total_cap"]), 1.0),
        },
    )
    _grades(sheet, looks, policy, grade, first, last)


def _grades(
    sheet: Worksheet, looks: Looks, policy: Policy, column: int, first: int, last: int, beside: str = ""
) -> None:
    for place, band in enumerate(ordered_bands(policy)):
        test = f"${column_letter(column)}{first}={quoted(band.grade)}"
        look = looks.grades[min(place, len(looks.grades) - 1)]
        _rule(sheet, column, first, last, f"AND({beside},{test})" if beside else test, look)


def _rule(sheet: Worksheet, column: int, first: int, last: int, test: str, look: object) -> None:
    options = {"type": "formula", "criteria": f"={test}", "format": look}
    sheet.conditional_format(first - 1, column, last - 1, column, options)


def _print(sheet: Worksheet, lang: str) -> None:
    """A4 across, as wide as the page."""
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=_MARGIN, right=_MARGIN, top=0.5, bottom=0.5)
    sheet.set_footer(f"&L&8&K6B7280&A&C&8&K6B7280{_PAGE[lang]}")
    sheet.hide_gridlines(2)
    sheet.set_tab_color(STAGES["results"].deep)


def _print_by_scale(sheet: Worksheet, pages: Sequence[Page]) -> None:
    """Fitted by scale, each person on a new page: fitting to pages would undo the breaks."""
    inches = sum(c.width * _PIXELS + _PADDING for c in COLUMNS[: PRINTED + 1]) / _PER_INCH
    sheet.set_print_scale(int(100 * _SPARE * (_PAGE_INCHES - 2 * _MARGIN) / inches))
    sheet.set_h_pagebreaks([page.start - 1 for page in pages])
