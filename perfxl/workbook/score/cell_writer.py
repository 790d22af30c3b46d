"""How cells of score sheets look and are written: formats by role, each made once, and text, figures and formulas in
them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache, cached_property
from math import isfinite
from typing import Any

from xlsxwriter.format import Format

from perfxl.core.official import Verdict
from perfxl.core.scoring.scalar import number
from perfxl.core.values.text import NOT_APPLICABLE
from perfxl.workbook import row_sheet as rows
from perfxl.workbook.cell_values import NOT_APPLICABLE_LABEL, FigureUnit, number_format
from perfxl.workbook.row_sheet import Tail
from perfxl.workbook.score.page import ABSENT, PageRows
from perfxl.workbook.style import DATE_FORMAT, LINE, LINK, MUTED, PAPER, RESULT, STAGES, Formats
from perfxl.workbook.template.mixed_book import Look

_DEEP, _PALE = STAGES["results"]
_POINTS = "#,##0.00"
LIGHTS = {"green": ("#E3F4E8", "#1E7B3A"), "amber": ("#FFF3D6", "#946200"), "red": ("#FDE3E1", "#B42318")}
# From the best grade to the worst; more grades share the last.
GRADE_COLOURS = (
    ("#D9F0E0", "#1E7B3A"),
    ("#E6F1FB", "#1F5FBF"),
    ("#F3F4F6", "#475467"),
    ("#FFF3D6", "#946200"),
    ("#FDE3E1", "#B42318"),
)
_DECIMALS, _DECIMALS_OF_SMALL = 2, 4
BAR = "#F2B98A"

PageRole = tuple[str, str]
"""The kind of a page's row, and the field: the cell looks as the template's."""
Role = str | PageRole

_ROLES: dict[str, dict[str, Any]] = {
    "text": {"align": "left", "indent": 1, "text_wrap": True},
    "plain": {"align": "left", "indent": 1, "shrink": True},
    "centred": {"align": "center", "text_wrap": True},
    "figure": {"align": "right"},
    "points": {"align": "right", "num_format": _POINTS, "bg_color": RESULT},
    "limit": {"align": "right", "num_format": '"≤ "#,##0.00', "bg_color": RESULT},
    "strong": {"align": "right", "num_format": _POINTS, "bold": True, "bg_color": RESULT},
    "weight": {"align": "right", "num_format": "0.00##"},
    "state": {"align": "center", "shrink": True},
    "helper": {"align": "right", "num_format": "General", "font_color": MUTED},
    "sum_label": {"align": "left", "indent": 1, "bold": True, "bg_color": _PALE},
    "sum": {"align": "right", "bold": True, "num_format": _POINTS, "bg_color": _PALE},
    "helper_label": {"align": "center", "font_color": MUTED, "font_size": 8},
    "name": {"align": "right", "bg_color": _PALE, "font_color": _DEEP, "shrink": True},
    "result": {"align": "center", "num_format": _POINTS, "bold": True, "font_size": 11, "shrink": True},
    "undetermined": {"align": "left", "bold": True, "font_color": "#B42318"},  # runs into the blank cells beside it
    "percent": {"align": "center", "num_format": '0.0"%"', "shrink": True},
    "muted": {"align": "center", "num_format": _POINTS, "font_color": MUTED, "shrink": True},
    "header": {"align": "center", "bold": True, "text_wrap": True, "bg_color": _DEEP, "font_color": PAPER},
    "side_header": {"align": "center", "text_wrap": True, "bg_color": RESULT, "font_color": MUTED},
    "head": {"align": "center", "bold": True, "bg_color": _PALE},
    "whole": {"align": "center", "num_format": "#,##0"},
    "number": {"align": "right", "num_format": _POINTS},
    "count": {"align": "center", "num_format": "0;-0;"},
    "factor": {"align": "center", "num_format": "0.0#"},
    "link": {"align": "left", "indent": 1, "font_color": LINK, "shrink": True},
}
_FREE: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 13, "font_color": _DEEP, "bottom": 2, "bottom_color": _DEEP},
    # Blank cells that a neighbour's text runs into.
    "run": {"top": 1, "bottom": 1, "top_color": LINE, "bottom_color": LINE},
    "run_text": {"top": 1, "bottom": 1, "top_color": LINE, "bottom_color": LINE, "align": "left", "indent": 1},
    "header_run": {"bg_color": _DEEP},
    "header_text": {"bg_color": _DEEP, "bold": True, "font_color": PAPER, "align": "center"},
    "sum_run": {"bg_color": _PALE, "top": 1, "bottom": 1, "top_color": LINE, "bottom_color": LINE},
    "sheet_title": {"bold": True, "font_size": 18, "font_color": _DEEP},
    "meta": {"font_color": MUTED},
    "heading": {"bold": True, "font_color": _DEEP},
    "back": {"font_color": LINK, "underline": 1},
}


def role_format(formats: Formats, role: str) -> Format:
    """How the cells of a role look in the sheets that XlsxWriter writes and in the template that ships."""
    return formats.bordered(**_ROLES[role]) if role in _ROLES else formats(**_FREE[role])


class CellFormats:
    """Formats by role: `cell_formats("points")`; figures by their value and unit."""

    def __init__(self, formats: Formats, page: PageRows) -> None:
        self.formats, self.page = formats, page
        self._by_role: dict[Role, Format | Look] = {}

    def __call__(self, role: Role) -> Format | Look:
        look = self._by_role.get(role)
        if look is None:
            look = self.page.look(*role) if not isinstance(role, str) else role_format(self.formats, role)
            self._by_role[role] = look
        return look

    def figure(self, value: Any, unit: FigureUnit, role: PageRole) -> Format | Look:
        """The look of a KPI's figure."""
        return self.page.look(*role, DATE_FORMAT if isinstance(value, date) else _shown(value, unit))

    def number_all(self, figures: Iterable[tuple[Any, FigureUnit, PageRole]]) -> None:
        """Gives every format its number in the book before cells are written, in whatever order; `figures` are all that
        `figure` will be asked for, each once or more."""
        looks = [*map(self, (*_ROLES, *_FREE)), *(self.figure(*each) for each in figures)]
        for look in looks:
            look._get_xf_index()

    @cached_property
    def grades(self) -> list[Format]:
        return [self._conditional(fill, ink) for fill, ink in GRADE_COLOURS]

    def _conditional(self, fill: str, ink: str) -> Format:
        workbook = self.formats._workbook
        return workbook.add_format({"bg_color": fill, "font_color": ink})


@cache
def _shown(value: Any, unit: FigureUnit) -> str:
    """A format with as many decimals as the KPI has, and enough of a small figure to be told from nothing. The cell
    holds all of them."""
    percent, least = unit
    size = abs(value) * 100 if percent else abs(value)
    most = max(least, _DECIMALS if size >= 1 or not isfinite(size) else _DECIMALS_OF_SMALL)
    return number_format(round(value, most + 2 * percent), unit)


PLAIN: FigureUnit = (False, 0)
_MOST_KEPT = 50_000  # cells of one kind


class CellWriter:
    """Makes cells of text, figures and formulas by the role that they play."""

    def __init__(self, cell_formats: CellFormats, lang: str) -> None:
        self.cell_formats, self.lang, self.absent = cell_formats, lang, NOT_APPLICABLE_LABEL(lang)
        self._texts: dict[tuple[str, Role], Tail] = {}
        self._figures: dict[tuple[float, FigureUnit, PageRole], Tail] = {}
        self._formulas: dict[tuple[str, Role], rows.FormulaAnywhere] = {}

    def text(self, value: str, role: Role) -> Tail:
        tail = self._texts.get((value, role))
        if tail is None:
            tail = self._texts[value, role] = rows.text(value, self.cell_formats(role))
        return tail

    def formula(self, written: str, value: float | str, role: Role) -> Tail:
        """A formula and the value it holds; "" or NaN for none. The value alone where the page shows no cell for one
        of those that the formula names."""
        if ABSENT in written:
            return self.number(value, role)
        return rows.formula(rows.escaped(written), value, self.cell_formats(role))

    def formula_at(self, row: int, written: str, value: float | str, role: Role) -> Tail:
        """As `formula`, of a formula with rows.ROW for its row that stands in many rows."""
        if ABSENT in written:
            return self.number(value, role)
        ready = self._formulas.get((written, role))
        if ready is None:
            if len(self._formulas) >= _MOST_KEPT:
                self._formulas.clear()
            ready = self._formulas[written, role] = rows.FormulaAnywhere(written, self.cell_formats(role))
        return ready.at(row, value)

    def result(self, verdict: Verdict, name: str, written: str, value: float | str, role: Role) -> Tail:
        """A cell of a result, by its name in RESULTS. An undetermined one has no formula: what is wrong stands in
        place of the total, nothing in place of the rest."""
        if verdict.is_undetermined:
            return self.text(verdict.label(self.lang), "undetermined") if name == "total" else self.text("", role)
        return self.formula(written, value, role)

    def figure(self, value: Any, unit: FigureUnit, role: PageRole) -> Tail:
        """A KPI's figure: number, date, label, N/A or blank."""
        if type(value) is float:
            known = self._figures.get((value, unit, role))
            if known is None or not value:  # 0.0 and -0.0 are one key
                if len(self._figures) >= _MOST_KEPT:
                    self._figures.clear()
                look = self.cell_formats.figure(value, unit, role)
                known = self._figures[value, unit, role] = rows.number(value, look)
            return known
        if value is None or value == "":
            return self.text("", role)
        if isinstance(value, bool | str):
            return self.text(self.absent if value == NOT_APPLICABLE else str(value), role)
        return rows.number(value, self.cell_formats.figure(value, unit, role))

    def number(self, value: Any, role: Role) -> Tail:
        """A number in the look of a role; what is none as text."""
        figure = number(value)
        return rows.number(figure, self.cell_formats(role)) if figure == figure else self.text(str(value or ""), role)
