"""The sheet 横向比较 / Comparison: KPI x unit with weights, main and secondary owners in colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from perfxl.core.cells import a1
from perfxl.core.weights.compare import IN_LINE, MAIN, OWN, SECONDARY, UNDECIDED, Owner
from perfxl.core.weights.program import Weighing
from perfxl.workbook.result_page import ADVICE, BAD, FAIR, ResultPage
from perfxl.workbook.style import MUTED, PAPER, fitting_width, text_width
from perfxl.workbook.weights.texts import header, say

_LEGEND_ROW, _HEADER_ROW = 2, 4
_LEADING = ("kpi", "name", "carriers", "main")
_UNITS = len(_LEADING)
_UPRIGHT = 8  # so many units have headers that are read without turning one's head
_NO_WEIGHT = "—"  # carried, but nobody has said with which weight


def write_comparison(page: ResultPage, weighing: Weighing) -> None:
    _Comparison(page, weighing).write()


class _Comparison:
    def __init__(self, page: ResultPage, weighing: Weighing) -> None:
        self.page, self.sheet, self.lang = page, page.sheet, page.lang
        self.names, self.comparison = weighing.names, weighing.comparison
        carrying = set(self.comparison.units)
        self.units = [unit for unit in dict.fromkeys([*self.names.units, *self.comparison.units]) if unit in carrying]
        self.columns = {unit: i for i, unit in enumerate(self.units, _UNITS)}
        bordered = page.formats.bordered
        self.text, self.blank = bordered(), bordered()
        self.number = bordered(align="center")
        self.roles = {role: bordered(**look) for role, look in _roles(page).items()}

    def write(self) -> None:
        title = say("comparison", self.lang)
        self.page.top(title, say("comparison_guide", self.lang))
        if not self.units:
            self.sheet.write_string(_LEGEND_ROW, 0, say("no_units", self.lang), self.page.muted_look())
            return
        self.sheet.set_row(_LEGEND_ROW, 22)
        for column, (role, name) in enumerate(_ROLE_NAMES.items()):
            narrow = column >= _UNITS and len(self.units) > _UPRIGHT
            last = column + 2 if narrow else column
            self.page.span(_LEGEND_ROW, column, last, say(name, self.lang), self.roles[role])
        self._header()
        shared = [kpi for kpi in self.comparison.kpis if len(self.comparison.owners(kpi)) > 1]
        single = [kpi for kpi in self.comparison.kpis if len(self.comparison.owners(kpi)) == 1]
        row = self._group(_HEADER_ROW + 1, "shared_title", shared)
        row = self._group(row, "single_title", single)
        self.sheet.freeze_panes(_HEADER_ROW + 1, 2)
        self.page.print_set_up(title, _HEADER_ROW, pages=1 + len(self.units) // 40)

    def _header(self) -> None:
        self.page.header(_HEADER_ROW, [header(name, self.lang) for name in _LEADING])
        names = [self.names.units[unit] for unit in self.units]
        mains = fitting_width(names, 12, 26)
        widths = (10, fitting_width(self.names.kpis.values(), 18, 38), 9, mains)
        for i, width in enumerate(widths):
            self.sheet.set_column(i, i, width)
        look, width = self.page.header_look(), 13.0
        if len(names) > _UPRIGHT:
            width, longest = 6.0, max(map(text_width, names))
            stacked = self.lang == "zh"
            look = self.page.header_look(rotation=270 if stacked else 90, valign="bottom" if not stacked else "top")
            self.sheet.set_row(_HEADER_ROW, min(max(60, longest * (7.2 if stacked else 6.0) + 10), 220))
        for unit, name in zip(self.units, names, strict=True):
            self.sheet.write_string(_HEADER_ROW, self.columns[unit], name, look)
        self.sheet.set_column(_UNITS, _UNITS + len(self.units) - 1, width)

    def _group(self, row: int, title: str, kpis: Sequence[str]) -> int:
        """A heading and the KPIs below it. Returns: the row after them."""
        band = self.page.formats.bordered(bold=True, bg_color=self.page.colour.pale, font_color=self.page.colour.deep)
        text = f"{say(title, self.lang)} ({len(kpis)})"
        for column in range(_UNITS + len(self.units)):
            self.sheet.write_blank(row, column, None, band)
        self.sheet.write_string(row, 0, text, band)
        for at, kpi in enumerate(kpis, row + 1):
            self._kpi(at, kpi)
        return row + 1 + len(kpis)

    def _kpi(self, row: int, kpi: str) -> None:
        owners = self.comparison.owners(kpi)
        self.sheet.write_string(row, 0, kpi, self.text)
        self.sheet.write_string(row, 1, self.names.kpis[kpi], self.text)
        cells = f"{a1(row, _UNITS)}:{a1(row, _UNITS + len(self.units) - 1)}"
        self.sheet.write_formula(row, 2, f"=COUNTA({cells})", self.number, len(owners))
        self._main(row, owners)
        by_unit = {owner.unit: owner for owner in owners}
        for unit, column in self.columns.items():
            owner = by_unit.get(unit)
            if owner is None:
                self.sheet.write_blank(row, column, None, self.blank)
            elif owner.weight is None:
                self.sheet.write_string(row, column, _NO_WEIGHT, self.roles[owner.role])
            else:
                self.sheet.write_number(row, column, owner.weight, self.roles[owner.role])

    def _main(self, row: int, owners: Sequence[Owner]) -> None:
        """The main owner; in colour where there are several, none, or one that carries less than another."""
        mains = [owner for owner in owners if owner.role == MAIN]
        rivals = [owner for owner in [*mains, *owners] if owner.role in (MAIN, SECONDARY)]
        look, names = self.text, "、".join(self.names.units[owner.unit] for owner in mains)
        if len(mains) > 1:
            look = self.page.formats.bordered(bg_color=BAD)
        elif mains and any((owner.weight or 0) > (mains[0].weight or 0) for owner in rivals):
            look = self.page.formats.bordered(bg_color=FAIR)
        elif not mains:
            alike = OWN if any(owner.role == OWN for owner in owners) else UNDECIDED
            look, names = self.roles[alike], say(_ROLE_NAMES[alike], self.lang)
        self.sheet.write_string(row, 3, names, look)


# In the order of the legend.
_ROLE_NAMES = {MAIN: "main", SECONDARY: "secondary", OWN: "own", IN_LINE: "in_line", UNDECIDED: "undecided"}


def _roles(page: ResultPage) -> dict[str, dict[str, Any]]:
    centred = {"align": "center"}
    return {
        MAIN: {"bg_color": page.colour.deep, "font_color": PAPER, "bold": True, **centred},
        SECONDARY: {"bg_color": page.colour.pale, "font_color": page.colour.deep, **centred},
        OWN: {"bg_color": ADVICE, **centred},
        IN_LINE: {"font_color": MUTED, "italic": True, **centred},
        UNDECIDED: {"bg_color": FAIR, **centred},
    }
