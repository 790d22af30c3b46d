"""What writes cells: text, figures and formulas in the looks of a role."""

from __future__ import annotations

from typing import Any

from perfxl.core.scoring.scalar import number
from perfxl.core.values.text import NOT_APPLICABLE
from perfxl.workbook import row_sheet as rows
from perfxl.workbook.cell_look import NOT_APPLICABLE_LABELS, FigureUnit
from perfxl.workbook.row_sheet import Tail
from perfxl.workbook.score.looks import Looks

PLAIN: FigureUnit = (False, 0)


class Pen:
    def __init__(self, looks: Looks, lang: str) -> None:
        self.looks, self.lang, self.absent = looks, lang, NOT_APPLICABLE_LABELS[lang]
        self._texts: dict[tuple[str, str], Tail] = {}

    def text(self, value: str, role: str) -> Tail:
        found = self._texts.get((value, role))
        if found is None:
            found = self._texts[value, role] = rows.text(value, self.looks(role))
        return found

    def formula(self, written: str, value: float | str, role: str) -> Tail:
        """A formula and the value it holds; "" or NaN for none."""
        return rows.formula(rows.escaped(written), value, self.looks(role))

    def figure(self, value: Any, unit: FigureUnit = PLAIN) -> Tail:
        """A KPI's figure: number, date, label, N/A or blank."""
        if value is None or value == "":
            return self.text("", "figure")
        if isinstance(value, bool | str):
            return self.text(self.absent if value == NOT_APPLICABLE else str(value), "centred")
        return rows.number(value, self.looks.figure(value, unit))

    def number(self, value: Any, role: str) -> Tail:
        """A number in the look of a role; what is none as text."""
        figure = number(value)
        return rows.number(figure, self.looks(role)) if figure == figure else self.text(str(value or ""), role)
