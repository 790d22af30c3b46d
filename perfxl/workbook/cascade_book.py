"""`perfxl cascade`: which company KPI is carried by whom, as a list and as a table KPI x unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from perfxl.core.cascade import EXEMPT, HELD, LINKED, NOBODY, Carrier, Cascade, CompanyKpi, manner, state_label
from perfxl.core.cascade.coverage import Coverage
from perfxl.core.cascade.generate import Generated
from perfxl.core.cascade.review import Review
from perfxl.core.cascade.targets import Follows
from perfxl.core.cascade.tree import CascadeTree
from perfxl.core.cells import column_letter
from perfxl.core.language import Text
from perfxl.core.problems import Problem
from perfxl.core.records import Tables
from perfxl.core.schema import Choice, column_label
from perfxl.core.schema.choices import KIND, LINK_MODE, RESPONSIBILITY
from perfxl.core.value_tree import ValueTrees
from perfxl.core.weights.compare import MAIN, Comparison
from perfxl.pictures import Album
from perfxl.workbook.cascade_coverage import COVERAGE, CoverageSheet
from perfxl.workbook.cascade_outline import OUTLINE, OutlineSheet
from perfxl.workbook.design_sheets import add_design_sheets
from perfxl.workbook.generated_sheets import add_generated_sheets
from perfxl.workbook.picture_sheets import add_picture_sheets
from perfxl.workbook.result_page import BAD, FAIR, GOOD, PROBLEM_SHEETS, ResultPage, Tile, header_width, write_problems
from perfxl.workbook.row_sheet import RowSheet
from perfxl.workbook.style import MUTED, PAPER, ROW_HEIGHT, Formats, fitting_width, row_height
from perfxl.workbook.value_tree_sheets import add_value_tree_sheets
from perfxl.workbook.weights.overview import write_comparison
from perfxl.workbook.writing import new_workbook

_STAGE = "design"
COMPARISON = Text("横向比较", "Comparison")
_TEXTS = {
    "list": Text("公司指标承接", "Company KPIs"),
    "matrix": Text("承接矩阵", "KPI x unit"),
    "list_guide": Text(
        "公司负责人合同中的指标由谁承接（下一级）。没有建立分解、但下级合同里有同一指标的，另行标出。",
        "Who carries, one level down, the KPIs of the company's head. Where no link says so but a subordinate's "
        "contract holds the same KPI, that is marked.",
    ),
    "matrix_guide": Text(
        "公司指标 × 单位：深色为主要责任，浅色为次要责任；无人承接的指标与不承接公司指标的单位标红、标黄。",
        "Dark: main owner; pale: secondary. KPIs that nobody carries are red, units that carry no company KPI yellow.",
    ),
    "company_kpi": Text("公司指标", "Company KPI"),
    "owner": Text("责任人", "Owner"),
    "carrier": Text("承接人", "Carried by"),
    "unit": Text("承接单位", "Unit"),
    "state": Text("状态", "State"),
    "share_sum": Text("份额合计 (%)", "Sum of shares (%)"),
    "count": Text("承接单位数", "Units"),
    "units_carry": Text("承接指标数", "KPIs carried"),
    "none": Text(
        "没有公司指标：在组织表填公司的负责人，并为其填写合同与合同指标。",
        "No company KPIs: give the company's head in Units, and that person a contract with its lines.",
    ),
    "all": Text("公司指标", "Company KPIs"),
}
_FILLS = {LINKED: GOOD, HELD: FAIR, NOBODY: BAD, EXEMPT: "#FFFFFF"}

# The list: columns of the company KPI, of the carrier, and of the KPI again.
_LIST = ("kpi", "company_kpi", "kind", "owner", "unit", "carrier", "sub_kpi", "name", "mode", "share", "responsibility")
_SHARE, _SUM, _STATE = _LIST.index("share"), len(_LIST), len(_LIST) + 1
_OF_SCHEMA = {
    "kpi": ("kpis", "kpi"),
    "kind": ("kpis", "kind"),
    "sub_kpi": ("links", "sub_kpi"),
    "name": ("kpis", "name"),
    "mode": ("links", "mode"),
    "share": ("links", "share"),
    "responsibility": ("links", "responsibility"),
}
_LIST_HEADER, _MATRIX_HEADER = 7, 3
_MATRIX_LEADING = ("kpi", "company_kpi", "owner", "count")


class CascadeSheets(NamedTuple):
    """The whole tree with what follows from its links (row of a link -> target), its coverage, and the comparison of
    units."""

    tree: CascadeTree
    expected: Mapping[int, Follows]
    coverage: Coverage
    comparison: Comparison


def write_cascade(
    path: Path,
    cascade: Cascade,
    problems: Sequence[Problem],
    lang: str = "zh",
    source: str = "",
    trees: ValueTrees | None = None,
    album: Album | None = None,
    more: CascadeSheets | None = None,
    generated: tuple[Generated, Tables] | None = None,
    review: Review | None = None,
) -> None:
    """Writes the workbook; a sheet of problems only where there are some. `source`: the program's file; `trees`: its
    value trees, which have sheets of their own; `album`: its pictures; `more`: what the other sheets show; `generated`:
    what the KPIs of posts add to the tables, and these; `review`: targets against SMART and the screened library."""
    with new_workbook(path, lang, _say("list", lang), "cascade", source) as workbook:
        formats = Formats(workbook, lang)

        def page(name: str, kind: type | None = None) -> ResultPage:
            return ResultPage(workbook.add_worksheet(name, worksheet_class=kind), formats, lang, _STAGE)

        _List(page(_say("list", lang)), workbook, cascade).write()
        if more is not None:
            OutlineSheet(page(OUTLINE(lang), RowSheet), more.tree, more.expected).write()
        _Matrix(page(_say("matrix", lang)), cascade).write()
        if more is not None:
            CoverageSheet(page(COVERAGE(lang)), more.tree, more.coverage).write()
            write_comparison(page(COMPARISON(lang)), more.comparison, more.tree.names)
        if trees is not None:
            add_value_tree_sheets(workbook, formats, trees, lang)
        if review is not None:
            add_design_sheets(workbook, formats, review, lang)
        if album is not None:
            add_picture_sheets(workbook, formats, album, lang)
        if generated is not None:
            add_generated_sheets(workbook, formats, *generated, lang)
        if problems:
            write_problems(page(PROBLEM_SHEETS(lang)), problems)


class _List:
    def __init__(self, page: ResultPage, workbook: Workbook, cascade: Cascade) -> None:
        self.page, self.sheet, self.lang = page, page.sheet, page.lang
        self.workbook, self.cascade, self.names = workbook, cascade, cascade.names
        self.bordered = page.formats.bordered
        self.text, self.centred = self.bordered(text_wrap=True), self.bordered(align="center")
        self.kpi_width = fitting_width([self.names.kpis[kpi.kpi] for kpi in cascade.kpis], 16, 34)

    def write(self) -> None:
        title = _say("list", self.lang)
        self.page.top(title, _say("list_guide", self.lang))
        self._counts()
        self.page.header(_LIST_HEADER, [_header(name, self.lang) for name in (*_LIST, "share_sum", "state")])
        row = _LIST_HEADER + 1
        for kpi in self.cascade.kpis:
            row = self._kpi(row, kpi)
        if not self.cascade.kpis:
            self.sheet.write_string(row, 0, _say("none", self.lang), self.page.muted_look())
        self._widths()
        self.sheet.freeze_panes(_LIST_HEADER + 1, 2)
        self.page.print_set_up(title, _LIST_HEADER)
        self.sheet.activate()

    def _counts(self) -> None:
        states = [kpi.state for kpi in self.cascade.kpis]
        tiles = [Tile(0, 1, _say("all", self.lang), len(states))]
        for (first, last), state in zip(((2, 4), (5, 7), (8, 9), (10, 12)), _FILLS, strict=True):
            count = states.count(state)
            fill = _FILLS[state] if count else None
            tiles.append(Tile(first, last, state_label(state, self.lang), count, fill))
        self.page.tiles(3, tiles)

    def _kpi(self, row: int, kpi: CompanyKpi) -> int:
        """A company KPI with a row for each carrier. Returns: the row after them."""
        last = row + max(len(kpi.carriers), 1) - 1
        bad = {"bg_color": BAD} if kpi.state == NOBODY else {}
        strong = self.bordered(bold=True, text_wrap=True, **bad)
        kind = _label(KIND, kpi.kind, self.lang)
        looks = (self.bordered(align="center", **bad), strong, self.centred, self.text)
        texts = (kpi.kpi, self.names.kpis[kpi.kpi], kind, self.names.apart[kpi.owner])
        for column, (text, look) in enumerate(zip(texts, looks, strict=True)):
            self._tall(row, last, column, text, look)
        for at, carrier in enumerate(kpi.carriers, row):
            self.sheet.set_row(at, ROW_HEIGHT)
            self._carrier(at, carrier)
        if last == row:
            self.sheet.set_row(row, row_height(texts[1], self.kpi_width))
        if not kpi.carriers:
            for column in range(len(texts), len(_LIST)):
                self.sheet.write_blank(row, column, None, self.bordered(**bad))
        self._share_sum(row, last, kpi)
        state = self.bordered(align="center", text_wrap=True, bg_color=_FILLS[kpi.state])
        self._tall(row, last, _STATE, state_label(kpi.state, self.lang), state)
        return last + 1

    def _carrier(self, row: int, carrier: Carrier) -> None:
        names, main = self.names, carrier.responsibility == MAIN
        mode = _label(LINK_MODE, carrier.mode, self.lang) or manner(carrier._replace(share=None), self.lang)
        role = self.bordered(align="center", bold=main, **(_main(self.page) if main else {}))
        cells: list[tuple[str | float | None, Format]] = [
            (names.units[carrier.unit], self.text),
            (names.apart[carrier.owner], self.text),
            (carrier.kpi, self.centred),
            (names.kpis[carrier.kpi], self.text),
            (mode, self.bordered(align="center", **({} if carrier.mode else {"font_color": MUTED, "italic": True}))),
            (carrier.share, self.centred),
            (_label(RESPONSIBILITY, carrier.responsibility or "", self.lang), role),
        ]
        for column, (value, look) in enumerate(cells, len(_LIST) - len(cells)):
            self.page.write(row, column, value, look)

    def _share_sum(self, row: int, last: int, kpi: CompanyKpi) -> None:
        """Shares of one KPI make 100 in all; no sum where nothing is shared."""
        shares = [carrier.share for carrier in kpi.carriers if carrier.share is not None]
        self._tall(row, last, _SUM, "", self.centred)
        if not shares:
            return
        letter = column_letter(_SHARE)
        total = round(sum(shares), 6)
        formula = f"=ROUND(SUM({letter}{row + 1}:{letter}{last + 1}),6)"
        self.sheet.write_formula(row, _SUM, formula, self.centred, total)
        for criteria, colour in (("==", GOOD), ("!=", BAD)):
            rule = {
                "type": "cell",
                "criteria": criteria,
                "value": 100,
                "format": self.workbook.add_format({"bg_color": colour}),
            }
            self.sheet.conditional_format(row, _SUM, row, _SUM, rule)

    def _tall(self, first: int, last: int, column: int, text: str, look: Format) -> None:
        if first != last:
            self.sheet.merge_range(first, column, last, column, "", look)
        self.page.write(first, column, text, look)

    def _widths(self) -> None:
        names = self.names
        carriers = [carrier for kpi in self.cascade.kpis for carrier in kpi.carriers]
        texts = {
            "kind": [_label(KIND, kpi.kind, self.lang) for kpi in self.cascade.kpis],
            "owner": [names.apart[kpi.owner] for kpi in self.cascade.kpis],
            "unit": [names.units[carrier.unit] for carrier in carriers],
            "carrier": [names.apart[carrier.owner] for carrier in carriers],
            "name": [names.kpis[carrier.kpi] for carrier in carriers],
            "mode": [choice.label(self.lang) for choice in LINK_MODE],
        }
        for i, name in enumerate((*_LIST, "share_sum")):
            self.sheet.set_column(i, i, fitting_width(texts.get(name, ()), header_width(_header(name, self.lang)), 34))
        self.sheet.set_column(1, 1, self.kpi_width)
        self.sheet.set_column(_STATE, _STATE, 28)


class _Matrix:
    def __init__(self, page: ResultPage, cascade: Cascade) -> None:
        self.page, self.sheet, self.lang = page, page.sheet, page.lang
        self.cascade, self.names = cascade, cascade.names
        self.columns = {unit: i for i, unit in enumerate(cascade.units, len(_MATRIX_LEADING))}
        self.width = 16.0 if len(self.columns) <= 12 else 12.0

    def write(self) -> None:
        title = _say("matrix", self.lang)
        self.page.top(title, _say("matrix_guide", self.lang))
        headers = [_header(name, self.lang) for name in _MATRIX_LEADING]
        names = [self.names.units[unit] for unit in self.columns]
        self.page.header(_MATRIX_HEADER, [*headers, *names])
        self.sheet.set_row(_MATRIX_HEADER, max([34.0, *(row_height(name, self.width) for name in names)]))
        first = _MATRIX_HEADER + 1
        for row, kpi in enumerate(self.cascade.kpis, first):
            self._kpi(row, kpi)
        if self.cascade.kpis:
            self._totals(first, first + len(self.cascade.kpis))
        kpi_names = [self.names.kpis[kpi.kpi] for kpi in self.cascade.kpis]
        owners = [self.names.apart[kpi.owner] for kpi in self.cascade.kpis]
        for i, width in enumerate((10, fitting_width(kpi_names, 16, 28), fitting_width(owners, 10, 20), 9)):
            self.sheet.set_column(i, i, width)
        if self.columns:
            self.sheet.set_column(len(_MATRIX_LEADING), len(_MATRIX_LEADING) + len(self.columns) - 1, self.width)
        self.sheet.freeze_panes(first, 2)
        self.page.print_set_up(title, _MATRIX_HEADER, pages=1 + len(self.columns) // 16)

    def _totals(self, first: int, last: int) -> None:
        """How many company KPIs each unit carries."""
        bordered = self.page.formats.bordered
        self.page.span(last, 0, 3, _say("units_carry", self.lang), bordered(bold=True, bg_color=self.page.colour.pale))
        for unit, column in self.columns.items():
            count = sum(any(carrier.unit == unit for carrier in kpi.carriers) for kpi in self.cascade.kpis)
            look = bordered(align="center", bold=True, bg_color=self.page.colour.pale if count else FAIR)
            cells = f"{column_letter(column)}{first + 1}:{column_letter(column)}{last}"
            self.sheet.write_formula(last, column, f"=COUNTA({cells})", look, count)

    def _kpi(self, row: int, kpi: CompanyKpi) -> None:
        bordered = self.page.formats.bordered
        bad = {"bg_color": BAD} if kpi.state == NOBODY else {}
        self.sheet.write_string(row, 0, kpi.kpi, bordered(align="center", **bad))
        self.sheet.write_string(row, 1, self.names.kpis[kpi.kpi], bordered(bold=True, text_wrap=True, **bad))
        self.sheet.write_string(row, 2, self.names.apart[kpi.owner], bordered(**bad))
        by_unit: dict[str, list[Carrier]] = {}
        for carrier in kpi.carriers:
            by_unit.setdefault(carrier.unit or "", []).append(carrier)
        self._count(row, sum(unit in self.columns for unit in by_unit), bordered(align="center", **bad))
        height = row_height(self.names.kpis[kpi.kpi], 20)
        for unit, column in self.columns.items():
            carriers = by_unit.get(unit, [])
            if not carriers:
                self.sheet.write_blank(row, column, None, bordered(**bad))
                continue
            text = "\n".join(self._cell(kpi, carrier) for carrier in carriers)
            main = any(carrier.responsibility == MAIN for carrier in carriers)
            colours = _main(self.page) if main else {"bg_color": self.page.colour.pale}
            look = bordered(text_wrap=True, align="center", font_size=9, **colours)
            self.sheet.write_string(row, column, text, look)
            height = max(height, row_height(text, self.width))
        self.sheet.set_row(row, height)

    def _count(self, row: int, count: int, look: Format) -> None:
        first = len(_MATRIX_LEADING)
        cells = f"{column_letter(first)}{row + 1}:{column_letter(first + max(len(self.columns), 1) - 1)}{row + 1}"
        self.sheet.write_formula(row, first - 1, f"=COUNTA({cells})", look, count)

    def _cell(self, kpi: CompanyKpi, carrier: Carrier) -> str:
        """How a unit carries the KPI, after the name of its own where that is another one."""
        how = manner(carrier._replace(responsibility=None), self.lang)
        return how if carrier.kpi == kpi.kpi else f"{self.names.kpis[carrier.kpi]} · {how}"


def _main(page: ResultPage) -> dict[str, str]:
    return {"bg_color": page.colour.deep, "font_color": PAPER}


def _label(choices: Sequence[Choice], name: str, lang: str) -> str:
    return next((choice.label(lang) for choice in choices if choice.name == name), name)


def _header(name: str, lang: str) -> str:
    return column_label(*_OF_SCHEMA[name], lang) if name in _OF_SCHEMA else _say(name, lang)


def _say(name: str, lang: str) -> str:
    return _TEXTS[name](lang)
