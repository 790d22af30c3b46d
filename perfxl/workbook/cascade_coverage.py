"""Coverage of the cascade: the company's KPIs and who carries them, leaders and what the people below them carry, and
people who carry nothing from above."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from xlsxwriter.format import Format

from perfxl.core.cascade.coverage import Carried, Coverage, Leader
from perfxl.core.cascade.tree import CascadeTree
from perfxl.core.language import Text
from perfxl.workbook.result_page import BAD, FAIR, GOOD, ResultPage, Tile, header_width
from perfxl.workbook.style import ROW_HEIGHT, fitting_width, row_height

COVERAGE = Text("覆盖情况", "Coverage")
_TEXTS = {
    "guide": Text(
        "只看计入考核的指标（不含扣分、加分、否决、监控）。红：必须处理；黄：请核对。",
        "KPIs that count only: none that deduct, add, veto or are monitored. Red must be mended, yellow looked at.",
    ),
    "company": Text("公司指标由谁承接", "Company KPIs and who carries them"),
    "leaders": Text("负责人与下属", "Leaders and the people below them"),
    "without": Text("指标没有一个承接自上级的人", "People none of whose KPIs comes from above"),
    "none": Text("无", "none"),
}
_COMPANY = (
    Text("公司指标", "Company KPI"),
    Text("责任人", "Owner"),
    Text("承接数", "Carriers"),
    Text("主要责任人数", "Main owners"),
    Text("份额合计 (%)", "Sum of shares (%)"),
    Text("承接人", "Carried by"),
    Text("", ""),
    Text("结论", "Verdict"),
)
_LEADERS = (
    Text("负责人", "Leader"),
    Text("单位", "Unit"),
    Text("有合同的下属", "Reports with contracts"),
    Text("本人指标", "Own KPIs"),
    Text("下属已承接", "Carried below"),
    Text("下属指标", "KPIs of reports"),
    Text("其中本人也承担", "Of these own too"),
    Text("结论", "Verdict"),
)
_WITHOUT = (Text("人员", "Person"), Text("单位", "Unit"))
_TILES = (
    Text("公司指标", "Company KPIs"),
    Text("无人承接", "Carried by nobody"),
    Text("几个主要责任人", "Several main owners"),
    Text("指标无人承接的负责人", "Leaders nobody carries for"),
    Text("全背下属指标的负责人", "Leaders who carry all"),
    Text("不承接上级指标的人", "People who carry nothing"),
)
_WHO = 5  # over two columns
_WIDTHS = (26.0, 18.0, 13.0, 13.0, 13.0, 13.0, 14.0, 60.0)


class Verdict(NamedTuple):
    """What is said of a row, and in which colour."""

    text: str
    fill: str


_GOOD = Text("已承接", "carried")
_NOBODY = Text("无人承接", "carried by nobody")
_MAINS = Text("有 {} 个主要责任人", "{} main owners")
_SHARES = Text("份额合计不是 100%", "shares do not sum to 100%")
_OVERLOADED = Text("下属的指标全部由本人承担", "carries all KPIs of the people below")
_NONE_CARRIED = Text("下属一个也没有承接", "none is carried below")
_SOME = Text("未承接：{}", "Not carried: {}")


class CoverageSheet:
    """Fills a sheet."""

    def __init__(self, page: ResultPage, tree: CascadeTree, coverage: Coverage) -> None:
        self.page, self.sheet, self.lang = page, page.sheet, page.lang
        self.tree, self.names, self.coverage = tree, tree.names, coverage
        bordered = page.formats.bordered
        self.text, self.centred = bordered(text_wrap=True), bordered(align="center")

    def write(self) -> None:
        """Writes the sheet."""
        title = COVERAGE(self.lang)
        self.page.top(title, _TEXTS["guide"](self.lang))
        self._tiles()
        row = self._section(6, "company", _COMPANY)
        for each in self.coverage.company:
            row = self._company(row, each)
        row = self._section(self._none(row, self.coverage.company), "leaders", _LEADERS)
        for leader in self.coverage.leaders:
            row = self._leader(row, leader)
        row = self._section(self._none(row, self.coverage.leaders), "without", _WITHOUT)
        for node in self.coverage.without:
            self.page.write(row, 0, self.names.apart[node.person], self.text)
            self.page.write(row, 1, self.names.units[node.unit], self.text)
            row += 1
        self._none(row, self.coverage.without)
        people = [self.names.apart[leader.person] for leader in self.coverage.leaders]
        kpis = [each.node.name for each in self.coverage.company]
        headers = [max(header_width(one(self.lang)), header_width(other(self.lang))) for one, other in _PAIRS]
        for i, (width, least) in enumerate(zip(_WIDTHS, headers, strict=True)):
            self.sheet.set_column(i, i, max(width, least))
        self.sheet.set_column(0, 0, fitting_width([*people, *kpis], 16, _WIDTHS[0]))
        self.page.print_set_up(title)

    def _tiles(self) -> None:
        company, leaders = self.coverage.company, self.coverage.leaders
        counts = (
            (len(company), None),
            (sum(not each.is_carried for each in company), BAD),
            (sum(each.main > 1 for each in company), BAD),
            (sum(leader.kpis == leader.uncovered for leader in leaders), FAIR),
            (sum(leader.overloaded for leader in leaders), FAIR),
            (len(self.coverage.without), FAIR),
        )
        places = ((0, 0), (1, 1), (2, 3), (4, 5), (6, 6), (7, 7))
        tiles = [
            Tile(first, last, name(self.lang), count, fill if count else None)
            for (first, last), name, (count, fill) in zip(places, _TILES, counts, strict=True)
        ]
        self.page.tiles(3, tiles)
        self.sheet.set_row(3, 34)

    def _section(self, row: int, name: str, headers: Sequence[Text]) -> int:
        self.page.section(row, _TEXTS[name](self.lang))
        self.page.header(row + 1, [header(self.lang) for header in headers])
        if headers is _COMPANY:
            self.page.span(row + 1, _WHO, _WHO + 1, headers[_WHO](self.lang), self.page.header_look())
        return row + 2

    def _none(self, row: int, rows: Sequence[object]) -> int:
        if not rows:
            self.sheet.write_string(row, 0, _TEXTS["none"](self.lang), self.page.muted_look())
        return row + (1 if rows else 2)

    def _company(self, row: int, each: Carried) -> int:
        verdict = self._of_kpi(each)
        carriers = (self.tree.nodes[edge.child].person for edge in each.edges)
        who = "、".join(self.names.apart[person] for person in dict.fromkeys(carriers))
        cells = (each.node.name, self.names.apart[each.node.person], len(each.edges), each.main, each.shares, "", "")
        after = self._line(row, cells, verdict)
        self.page.span(row, _WHO, _WHO + 1, who, self.text)
        height = row_height(who, _WIDTHS[_WHO] + _WIDTHS[_WHO + 1])
        self.sheet.set_row(row, max(height, row_height(each.node.name, _WIDTHS[0]), ROW_HEIGHT))
        return after

    def _of_kpi(self, each: Carried) -> Verdict:
        if not each.is_carried:
            return Verdict(_NOBODY(self.lang), BAD)
        if each.main > 1:
            return Verdict(_MAINS(self.lang).format(each.main), BAD)
        if not each.shares_make_whole:
            return Verdict(_SHARES(self.lang), BAD)
        return Verdict(_GOOD(self.lang), GOOD)

    def _leader(self, row: int, leader: Leader) -> int:
        carried = len(leader.kpis) - len(leader.uncovered)
        if leader.overloaded:
            verdict = Verdict(_OVERLOADED(self.lang), FAIR)
        elif not carried:
            verdict = Verdict(_NONE_CARRIED(self.lang), FAIR)
        elif leader.uncovered:
            names = "、".join(dict.fromkeys(node.name for node in leader.uncovered))
            verdict = Verdict(_SOME(self.lang).format(names), "")
        else:
            verdict = Verdict(_GOOD(self.lang), GOOD)
        who = (self.names.apart[leader.person], self.names.units[leader.unit])
        counts = (len(leader.reports), len(leader.kpis), carried, leader.theirs, leader.shared)
        return self._line(row, (*who, *counts), verdict)

    def _line(self, row: int, cells: Sequence[str | float | None], verdict: Verdict) -> int:
        for column, value in enumerate(cells):
            look: Format = self.text if column < 2 else self.centred
            self.page.write(row, column, value, look)
        fill = {"bg_color": verdict.fill} if verdict.fill else {}
        self.page.write(row, len(cells), verdict.text, self.page.formats.bordered(text_wrap=True, **fill))
        height = max(row_height(verdict.text, _WIDTHS[-1]), row_height(str(cells[0]), _WIDTHS[0]))
        self.sheet.set_row(row, max(height, ROW_HEIGHT))
        return row + 1


_PAIRS = tuple(zip(_COMPANY, _LEADERS, strict=True))
