"""The cascade matrix, an outline to fold and unfold: objective, company KPI, unit, sub-unit, person, with targets and
shares, what the links make of them, and lights once there are actuals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from itertools import islice
from typing import Any

from xlsxwriter.format import Format

from perfxl.core.cascade import Follows
from perfxl.core.cascade.tree import COMPANY, MEASURE, OBJECTIVE, PART, PERSON, SAME, SUB_UNIT, UNIT, CascadeTree, Step
from perfxl.core.language import Text
from perfxl.core.schema import column_label
from perfxl.core.schema.choices import LINK_MODE, RESPONSIBILITY
from perfxl.core.scoring.periods import LIGHT_LABELS
from perfxl.core.values.numbers import is_percent
from perfxl.workbook.cell_values import decimals_of, label, value_cell
from perfxl.workbook.result_page import BAD, FAIR, GOOD, ResultPage, header_width
from perfxl.workbook.row_sheet import RowSheet, Tail, blank, number, row, text
from perfxl.workbook.style import MUTED, fitting_width, row_height

OUTLINE = Text("分解矩阵", "Cascade matrix")
_GUIDE = Text(
    "从目标、公司指标到单位、下级单位、个人；左侧可折叠、展开。“应为”是按分解得出的目标，目标值与它不符时标红。",
    "From objectives and company KPIs to units, sub-units and people; fold with the numbers and signs on the left. "
    "“By the link” is the target that follows; one that differs is red.",
)
_ACTUALS = Text("有实绩后显示红黄绿灯。", "Lights show once there are actuals.")
_CUT = Text("行数太多，只列到第 {} 层。", "Too many rows: {} levels are listed.")
_NONE = Text(
    "没有可分解的内容：填写合同与合同指标，并在“目标分解”表写明由谁承接。",
    "Nothing to show: fill in contracts with their lines, and say in Links who carries what.",
)
_KINDS = {
    OBJECTIVE: Text("目标", "objective"),
    COMPANY: Text("公司", "company"),
    UNIT: Text("单位", "unit"),
    SUB_UNIT: Text("下级单位", "sub-unit"),
    PERSON: Text("个人", "person"),
}
_MODES = {
    SAME: Text("同一指标", "same KPI"),
    PART: Text("下级目标", "part"),
    MEASURE: Text("衡量指标", "measure"),
}
_LIGHTS = {"green": GOOD, "amber": FAIR, "red": BAD}
_AGAIN = Text("（已列于上）", " (listed above)")
_OWN = {
    "level": Text("层级", "Level"),
    "what": Text("目标 / 指标", "Objective / KPI"),
    "owner": Text("责任人", "Owner"),
    "expected": Text("应为", "By the link"),
    "to_date": Text("实绩", "Actual"),
    "points": Text("得分", "Points"),
    "light": Text("灯", "Light"),
}
_OF_SCHEMA = {
    "unit": ("people", "unit"),
    "mode": ("links", "mode"),
    "share": ("links", "share"),
    "responsibility": ("links", "responsibility"),
    "weight": ("contract_lines", "weight"),
    "measure": ("kpis", "unit"),
    "target": ("contract_lines", "target"),
    "threshold": ("contract_lines", "threshold"),
    "challenge": ("contract_lines", "challenge"),
}
_COLUMNS = (
    *("level", "what", "unit", "owner", "mode", "share", "responsibility", "weight", "measure"),
    *("target", "expected", "threshold", "challenge", "to_date", "points", "light"),
)
_PLACE = {name: i for i, name in enumerate(_COLUMNS)}
_FIGURES = {name: name for name in ("target", "threshold", "challenge")} | {"expected": "target", "to_date": "actual"}
_HEADER, _MOST_ROWS, _MOST_LEVELS, _MOST_INDENT = 4, 200_000, 7, 15
_WIDEST = 52.0
_REMEMBERED = 50_000  # different cells whose XML is kept
_UNFOLDED = 300  # of more rows than these, only the top two levels are open


class OutlineSheet:
    """Fills a RowSheet with the tree; `expected`: row of a link -> the target that follows from it."""

    def __init__(self, page: ResultPage, tree: CascadeTree, expected: Mapping[int, Follows]) -> None:
        self.page, self.sheet, self.lang = page, page.sheet, page.lang
        self.tree, self.expected, self.names = tree, expected, tree.names
        self._look, self._blank = cache(self._make_look), cache(self._make_blank)
        self._text = lru_cache(_REMEMBERED)(text)
        self._figure = lru_cache(_REMEMBERED)(self._make_figure)
        depths = Counter(step.depth for step in tree.walk())
        self.depth, rows = 0, 0
        for depth in sorted(depths):
            if rows + depths[depth] > _MOST_ROWS:
                break
            self.depth, rows = depth, rows + depths[depth]
        self.rows, self.cut = rows, self.depth < max(depths, default=0)
        self.folded, self.width = rows > _UNFOLDED, _WIDEST
        self.lit = any(node.light for node in tree.nodes)

    def write(self) -> None:
        """Writes the sheet."""
        sheet, title = self.sheet, OUTLINE(self.lang)
        assert isinstance(sheet, RowSheet)
        sheet.fill(self._rows, _HEADER + max(self.rows, 1) - 1, len(_COLUMNS) - 1)
        sheet.outline_settings(symbols_below=False)
        sheet.outline_row_level = min(self.depth, _MOST_LEVELS)
        sheet.freeze_panes(_HEADER, 2)
        sheet.hide_gridlines(2)
        sheet.set_tab_color(self.page.colour.deep)
        self._widths()
        self.page.print_set_up(title, _HEADER - 1)

    def _rows(self) -> Iterator[bytes]:
        page, lang = self.page, self.lang
        yield row(1, {0: text(OUTLINE(lang), page.title_look())}, 32)
        yield row(2, {0: text(_GUIDE(lang), page.muted_look())})
        more = ("" if self.lit else _ACTUALS(lang)) + (_CUT(lang).format(self.depth + 1) if self.cut else "")
        yield row(3, {0: text(more, page.muted_look())} if more else {})
        look = page.header_look()
        yield row(_HEADER, {i: text(_header(name, lang), look) for i, name in enumerate(_COLUMNS)}, 34)
        if not self.rows:
            yield row(_HEADER + 1, {0: text(_NONE(lang), page.muted_look())})
        at = _HEADER
        for step in self.tree.walk():
            if step.depth <= self.depth:
                at += 1
                level = min(step.depth, _MOST_LEVELS)
                height = row_height(step.node.name, self.width - min(2 * step.depth, _MOST_INDENT))
                yield row(at, self._cells(step), height, outline=level, folded=self.folded and level > 1)

    def _cells(self, step: Step) -> dict[int, Tail]:
        node, edge, kind = step.node, step.edge, step.node.kind
        name = node.name + (_AGAIN(self.lang) if step.again else "")
        cells = dict(self._blank(kind))
        cells[_PLACE["level"]] = self._text(_KINDS[kind](self.lang), self._look(kind, align="center"))
        indent = min(2 * step.depth, _MOST_INDENT)
        muted = {"font_color": MUTED, "italic": True} if step.again else {}
        cells[_PLACE["what"]] = self._text(name, self._look(kind, indent=indent, text_wrap=True, **muted))
        cells[_PLACE["unit"]] = self._text(self.names.units[node.unit], self._look(kind))
        cells[_PLACE["owner"]] = self._text(self.names.apart[node.person], self._look(kind))
        centred = self._look(kind, align="center")
        if edge is not None:
            mode = _MODES[edge.mode](self.lang) if edge.mode in _MODES else label(LINK_MODE, edge.mode, self.lang)
            cells[_PLACE["mode"]] = self._text(mode, centred)
            if edge.share is not None:
                cells[_PLACE["share"]] = number(edge.share, centred)
        role = (edge.responsibility if edge else None) or node.responsibility
        cells[_PLACE["responsibility"]] = self._text(label(RESPONSIBILITY, role, self.lang) or "", centred)
        if isinstance(node.weight, int | float):
            cells[_PLACE["weight"]] = number(node.weight, centred)
        cells[_PLACE["measure"]] = self._text(node.measure or "", centred)
        follows = self.expected.get(edge.row) if edge is not None else None
        wrong = follows is not None and node.row >= 0 and not follows.allows(node.target)
        figures = {
            "target": node.target,
            "expected": follows.target if follows else None,
            "threshold": node.threshold,
            "challenge": node.challenge,
            "to_date": node.actual,
        }
        for column, value in figures.items():
            if value is not None or (wrong and column == "target"):
                cells[_PLACE[column]] = self._figure(value, kind, node.measure, wrong and column == "target")
        if node.points is not None:
            cells[_PLACE["points"]] = number(node.points, centred)
        if node.light:
            fill = self._look(kind, align="center", bg_color=_LIGHTS[node.light])
            cells[_PLACE["light"]] = self._text(LIGHT_LABELS[node.light](self.lang), fill)
        return cells

    def _make_figure(self, value: Any, kind: str, measure: str | None, wrong: bool) -> Tail:
        look = _kind_look(self.page, kind) | ({"bg_color": BAD} if wrong else {})
        shown = value_cell(self.page.formats, value, self.lang, look, (is_percent(measure), 0))
        if shown.value is None or isinstance(shown.value, str):
            return text(shown.value or "", shown.format)
        return number(shown.value, shown.format)

    def _make_blank(self, kind: str) -> dict[int, Tail]:
        return dict.fromkeys(range(len(_COLUMNS)), blank(self._look(kind)))

    def _make_look(self, kind: str, **more: Any) -> Format:
        return self.page.formats.bordered(**{**_kind_look(self.page, kind), **more})

    def _widths(self) -> None:
        """Columns that show the first thousands of rows uncut."""
        names, lang = self.names, self.lang
        seen = list(islice((step for step in self.tree.walk() if step.depth <= self.depth), 5000))
        texts = {
            "level": [kind(lang) for kind in _KINDS.values()],
            "what": [step.node.name + " " * min(2 * step.depth, _MOST_INDENT) for step in seen],
            "unit": [names.units[step.node.unit] for step in seen],
            "owner": [names.apart[step.node.person] for step in seen],
            "mode": [choice.label(lang) for choice in LINK_MODE],
            "measure": [step.node.measure or "" for step in seen],
        }
        figures = {name: [self._shown(step, field) for step in seen] for name, field in _FIGURES.items()}
        for i, name in enumerate(_COLUMNS):
            least = header_width(_header(name, lang))
            most = {"what": _WIDEST, "unit": 24.0}.get(name, 18.0)
            width = fitting_width([*texts.get(name, ()), *figures.get(name, ())], least, most)
            self.sheet.set_column(i, i, width)
            if name == "what":
                self.width = width

    def _shown(self, step: Step, field: str) -> str:
        """A figure about as it shows, for the width of its column."""
        value = getattr(step.node, field)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return "" if value is None else str(value)[:18]
        percent = is_percent(step.node.measure)
        return f"{value * (100 if percent else 1):,.{decimals_of(value * 100 if percent else value)}f}  "


def _kind_look(page: ResultPage, kind: str) -> dict[str, Any]:
    if kind == OBJECTIVE:
        return {"font_color": page.colour.deep, "bold": True}
    if kind == COMPANY:
        return {"bold": True, "bg_color": page.colour.pale}
    return {"bold": True} if kind == UNIT else {}


def _header(name: str, lang: str) -> str:
    return column_label(*_OF_SCHEMA[name], lang) if name in _OF_SCHEMA else _OWN[name](lang)
