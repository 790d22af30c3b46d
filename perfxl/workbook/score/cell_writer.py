"""How cells of score sheets look and are written: formats by role, each made once, and text, figures and formulas in
them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import cache, cached_property, partial
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


class TextCells(dict[str, Tail]):
    """Text -> its cell in one look, made once."""

    def __init__(self, look: Format | Look) -> None:
        super().__init__()
        self._look = look

    def __missing__(self, value: str) -> Tail:
        tail = self[value] = rows.text(value, self._look)
        return tail


class FigureCells(dict[float, Tail]):
    """A KPI's float -> its cell, made once; `of` gives the cell of anything that may stand in its place."""

    def __init__(self, writer: CellWriter, unit: FigureUnit, role: PageRole) -> None:
        super().__init__()
        self._writer, self._unit, self._role = writer, unit, role

    def __missing__(self, value: float) -> Tail:
        if len(self) >= _MOST_KEPT:
            self.clear()
        tail = self[value] = rows.number(value, self._writer.cell_formats.figure(value, self._unit, self._role))
        return tail

    def of(self, value: Any) -> Tail:
        """Number, date, label, N/A or blank."""
        if value.__class__ is float:
            return self[value]
        writer = self._writer
        if value is None or value == "":
            return writer.text("", self._role)
        if isinstance(value, bool | str):
            return writer.text(writer.absent if value == NOT_APPLICABLE else str(value), self._role)
        return rows.number(value, writer.cell_formats.figure(value, self._unit, self._role))


FormulaCell = Callable[[float | str], Tail]
"""Gives the cell of a formula from the value that it holds."""


class FormulaCells(dict[str, FormulaCell]):
    """A formula with rows.ROW for its row -> what gives its cell, from the value that it holds."""

    def __init__(self, writer: CellWriter, role: Role) -> None:
        super().__init__()
        self._writer, self._role = writer, role

    def __missing__(self, written: str) -> FormulaCell:
        if len(self) >= _MOST_KEPT:
            self.clear()
        ready: FormulaCell
        if ABSENT in written:  # the value alone: see CellWriter.formula
            ready = partial(self._writer.number, role=self._role)
        else:
            ready = rows.FormulaAnywhere(written, self._writer.cell_formats(self._role)).holding
        self[written] = ready
        return ready


class CellWriter:
    """Makes cells of text, figures and formulas by the role that they play."""

    def __init__(self, cell_formats: CellFormats, lang: str) -> None:
        self.cell_formats, self.lang, self.absent = cell_formats, lang, NOT_APPLICABLE_LABEL(lang)
        self._texts: dict[Role, TextCells] = {}
        self._formulas: dict[Role, FormulaCells] = {}

    def texts(self, role: Role) -> TextCells:
        """The cells of text of a role."""
        cells = self._texts.get(role)
        if cells is None:
            cells = self._texts[role] = TextCells(self.cell_formats(role))
        return cells

    def formulas(self, role: Role) -> FormulaCells:
        """The formulas of a role that are the same in many rows."""
        cells = self._formulas.get(role)
        if cells is None:
            cells = self._formulas[role] = FormulaCells(self, role)
        return cells

    def text(self, value: str, role: Role) -> Tail:
        return self.texts(role)[value]

    def formula(self, written: str, value: float | str, role: Role) -> Tail:
        """A formula and the value it holds; "" or NaN for none. The value alone where the page shows no cell for one
        of those that the formula names."""
        if ABSENT in written:
            return self.number(value, role)
        return rows.formula(rows.escaped(written), value, self.cell_formats(role))

    def result(self, verdict: Verdict, name: str, written: str, value: float | str, role: Role) -> Tail:
        """A cell of a result, by its name in RESULTS. An undetermined one has no formula: what is wrong stands in
        place of the total, nothing in place of the rest."""
        if verdict.is_undetermined:
            return self.text(verdict.label(self.lang), "undetermined") if name == "total" else self.text("", role)
        return self.formula(written, value, role)

    def number(self, value: Any, role: Role) -> Tail:
        """A number in the look of a role; what is none as text."""
        figure = number(value)
        return rows.number(figure, self.cell_formats(role)) if figure == figure else self.text(str(value or ""), role)
