"""The sheets of the value tree: every figure a native formula that holds the engine's value, a waterfall chart, the
what-if table that the gains come from, and the impact ratings that are proposed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from perfxl.core.cells import column_letter
from perfxl.core.formula import Node, to_text
from perfxl.core.language import Text
from perfxl.core.schema import column_label
from perfxl.core.value_tree import (
    ACTUAL,
    Effect,
    Effects,
    Proposal,
    ValueTrees,
    links_of,
    moved_by,
    parents_of,
    share,
    slope,
)
from perfxl.core.values.numbers import is_percent
from perfxl.core.weights.rules import WeightRules
from perfxl.workbook.result_page import FAIR, ResultPage, header_width
from perfxl.workbook.style import INPUT, RESULT, Formats, figure_format, fitting_width

_STAGE = "design"
SHEET = Text("价值树", "Value tree")
_WHAT_IF = Text("逐项测算", "One gap at a time")
_GUIDE = Text(
    "弹性：节点变动1%，结果变动百分之几。单项增益：只有这一项达到目标时结果的增量。分解额按夏普利值：一个公式内各因素按所有先后"
    "顺序的平均分摊，逐级向下；各驱动因素之和恰等于结果的差额。",
    "Elasticity: percent the result moves for 1% of the node. Gain: of closing this gap alone. Steps by Shapley's rule:"
    " within a formula the average over all orders of change, level by level; they add up to the result's difference.",
)
_WHAT_IF_GUIDE = Text(
    "每列只让一个驱动因素达到目标，其余保持实际值；单项增益取自这里。",
    "In each column one driver is at its target and all others at their actuals; the gains come from here.",
)
_COLUMNS = (
    *("node", "name", "formula", "unit", "kpi", "actual", "target"),
    *("gap", "slope", "elasticity", "gain", "factor", "step", "pull", "rating"),
)
_HEADERS = {
    "gap": Text("差额", "Gap"),
    "slope": Text("边际影响", "Slope"),
    "elasticity": Text("弹性", "Elasticity"),
    "gain": Text("单项增益", "Gain alone"),
    "factor": Text("分解系数", "Factor"),
    "step": Text("分解额", "Step"),
    "pull": Text("变动1%的影响", "Effect of 1%"),
    "rating": Text("影响评分", "Impact rating"),
}
_TEXTS = {
    "steps_sum": Text("驱动因素合计（应等于结果的差额）", "Sum of drivers (equals the result's gap)"),
    "waterfall": Text("瀑布图：", "Waterfall: "),
    "now": Text("实际", "actual"),
    "then": Text("目标", "target"),
    "rest": Text("其他", "Others"),
    "change": Text("数额", "Amount"),
    "from": Text("起点", "From"),
    "to": Text("终点", "To"),
    "base": Text("垫底（零以上）", "Base above 0"),
    "below": Text("垫底（零以下）", "Base below 0"),
    "up": Text("增加", "Up"),
    "down": Text("减少", "Down"),
    "ends": Text("结果", "Result"),
    "proposals": Text("效益影响评分建议", "Proposed impact ratings"),
    "proposals_guide": Text(
        "只是建议：核对后自行填入指标库的“效益影响”，权重随之测算。不一致的标黄。",
        "A proposal only: enter it in the KPI library after review; weights follow. Differences are yellow.",
    ),
    "current": Text("指标库现值", "In the library"),
    "proposed": Text("建议值", "Proposed"),
    "by": Text("依据节点", "By the node"),
}
_AT = {name: column_letter(i) for i, name in enumerate(_COLUMNS)}
_LONGEST_FORMULA = 8000
_MOST_CELLS = 20_000  # of the what-if table
_MOST_BARS = 30
_STEP_COLUMNS = 10
_UP, _DOWN, _END = "#2E7D4F", "#C0392B", "#1F5FBF"


def add_value_tree_sheets(workbook: Workbook, formats: Formats, trees: ValueTrees, lang: str) -> None:
    """Adds the sheets to a workbook under way; none where there is no tree."""
    if not trees.trees:
        return
    page = ResultPage(workbook.add_worksheet(SHEET(lang)), formats, lang, _STAGE)
    what_if = ResultPage(workbook.add_worksheet(_WHAT_IF(lang)), formats, lang, _STAGE)
    page.top(SHEET(lang), _GUIDE(lang))
    what_if.top(_WHAT_IF(lang), _WHAT_IF_GUIDE(lang))
    row, table_row = 3, 3
    for tree in trees.trees:
        block = _Block(workbook, page, what_if, tree, trees.rules, row, table_row)
        row, table_row = block.write()
    if trees.proposals:
        _write_proposals(page, row, trees.proposals)
    names = [effect.node.name for tree in trees.trees for effect in tree.effects]
    texts = [to_text(e.node.formula, str) for tree in trees.trees for e in tree.effects if e.node.formula is not None]
    for i, name in enumerate(_COLUMNS):
        page.sheet.set_column(i, i, max(12, header_width(_header(name, lang))))
    page.sheet.set_column(1, 1, fitting_width(names, 16, 32))
    page.sheet.set_column(2, 2, fitting_width(texts, 20, 44))
    what_if.sheet.set_column(0, 0, fitting_width(names, 16, 32))
    what_if.sheet.set_column(1, max(len(tree.drivers) for tree in trees.trees), 13)
    what_if.sheet.freeze_panes(3, 1)
    page.print_set_up(SHEET(lang))
    what_if.print_set_up(_WHAT_IF(lang))


class _Block:
    """One tree: its nodes, its waterfall, and its part of the what-if table."""

    def __init__(
        self,
        workbook: Workbook,
        page: ResultPage,
        what_if: ResultPage,
        tree: Effects,
        rules: WeightRules,
        row: int,
        table_row: int,
    ) -> None:
        self.workbook, self.page, self.what_if, self.tree, self.rules = workbook, page, what_if, tree, rules
        self.sheet, self.lang, self.row, self.table_row = page.sheet, page.lang, row, table_row
        first = row + 2
        self.rows = {effect.node.node: first + i for i, effect in enumerate(tree.effects)}
        self.last = first + len(tree.effects) - 1
        self.drivers = tree.drivers
        self.tabled = len(self.drivers) * len(tree.effects) <= _MOST_CELLS
        self.columns = {effect.node.node: 1 + i for i, effect in enumerate(self.drivers)}
        self.names = {effect.node.node: effect.node.name for effect in tree.effects}

    def write(self) -> tuple[int, int]:
        """Returns: where the next block begins, on both sheets."""
        root = self.tree.root
        self.page.section(self.row, root.name)
        self.page.header(self.row + 1, [_header(name, self.lang) for name in _COLUMNS])
        links = links_of(self.tree.tree, slope), links_of(self.tree.tree, share)
        for effect in self.tree.effects:
            self._node(effect, *links)
        total_row = self.last + 1
        self.page.span(total_row, 0, _COLUMNS.index("pull") - 2, _say("steps_sum", self.lang), self._look(bold=True))
        steps = f"SUM({_AT['step']}{self.row + 3}:{_AT['step']}{self.last + 1})"
        total = root.target - root.actual
        self.sheet.write_formula(
            total_row, _COLUMNS.index("step"), f"={steps}", self._look(bold=True, align="right"), float(total)
        )
        next_row = self._waterfall(total_row + 2)
        return next_row + 2, self._table() if self.tabled else self.table_row

    def _driver_rows(self) -> list[int]:
        return [self.rows[driver.node.node] for driver in self.drivers]

    def _node(
        self, effect: Effect, slopes: Mapping[str, list[tuple[str, Node]]], shares: Mapping[str, list[tuple[str, Node]]]
    ) -> None:
        node, row = effect.node, self.rows[effect.node.node]
        finest = min((node.actual, node.target, node.target - node.actual), key=_wholeness)
        figure = {"num_format": "0.0%" if is_percent(node.unit) else figure_format(finest)}
        driver = node.formula is None
        for name, text in (("node", node.node), ("name", node.name), ("unit", node.unit), ("kpi", node.kpi)):
            self.page.write(row, _COLUMNS.index(name), text, self._look())
        spelt = to_text(node.formula, lambda name: self.names[name]) if node.formula is not None else None
        self.page.write(row, _COLUMNS.index("formula"), spelt, self._look(text_wrap=True))
        fill = INPUT if driver else RESULT
        for state in ("actual", "target"):
            look, value = self._look(bg_color=fill, **figure), getattr(node, state)
            if node.formula is None:
                self.sheet.write_number(row, _COLUMNS.index(state), float(value), look)
            else:
                formula = to_text(node.formula, lambda name, of=state: self._cell(name, of))  # type: ignore[misc]
                self._formula(row, state, formula, value, look)
        here, root = row + 1, self.rows[self.tree.root.node] + 1
        self._formula(
            row, "gap", f"{_AT['target']}{here}-{_AT['actual']}{here}", node.target - node.actual, self._look(**figure)
        )
        plain = self._look(num_format="#,##0.0000")
        self._formula(row, "slope", self._chain(node.node, slopes, "slope"), effect.slope, plain)
        if effect.elasticity is None:
            self.page.write(row, _COLUMNS.index("elasticity"), "—", self._look(align="right"))
        else:
            elasticity = f"{_AT['slope']}{here}*{_AT['actual']}{here}/{_AT['actual']}{root}"
            self._formula(row, "elasticity", elasticity, effect.elasticity, self._look(num_format="0.00"))
        self._formula(row, "factor", self._chain(node.node, shares, "factor"), effect.factor, plain)
        self._formula(
            row,
            "pull",
            f"ABS({_AT['slope']}{here}*{_AT['actual']}{here})/100",
            abs(effect.slope * node.actual) / 100,
            plain,
        )
        self._rating(row, effect)
        amount = self._look(num_format="#,##0.00;[Red]-#,##0.00")
        for name in ("gain", "step"):
            if not driver:
                self.page.write(row, _COLUMNS.index(name), None, amount)
        if driver:
            self._formula(row, "step", f"{_AT['factor']}{here}*{_AT['gap']}{here}", effect.step, amount)
            self._gain(row, effect, amount)

    def _gain(self, row: int, effect: Effect, look: Format) -> None:
        column = _COLUMNS.index("gain")
        value = "—" if effect.gain is None else float(effect.gain)
        if not self.tabled:
            self.page.write(row, column, value, look)
            return
        letter = column_letter(self.columns[effect.node.node])
        then = f"'{_WHAT_IF(self.lang)}'!{letter}{self._table_row_of(self.tree.root.node) + 1}"
        root = f"{_AT['actual']}{self.rows[self.tree.root.node] + 1}"
        self.sheet.write_formula(row, column, f'=IFERROR({then}-{root},"—")', look, value)

    def _rating(self, row: int, effect: Effect) -> None:
        look = self._look(align="center", bold=True)
        low, high = int(self.rules.rating_min), int(self.rules.rating_max)
        pulls = ",".join(f"{_AT['pull']}{r + 1}" for r in self._driver_rows())
        value = "" if effect.rating is None else effect.rating
        if len(self.drivers) > 250:
            self.page.write(row, _COLUMNS.index("rating"), value, look)
            return
        part = f"ROUND({_AT['pull']}{row + 1}/MAX({pulls}),10)"
        formula = f'=IF(MAX({pulls})=0,"",MIN({high},{low}+INT({part}*{high - low + 1})))'
        self.sheet.write_formula(row, _COLUMNS.index("rating"), formula, look, value)

    def _chain(self, node: str, links: Mapping[str, list[tuple[str, Node]]], column: str) -> str:
        """From the root down: over all that the node is a part of."""
        if node == self.tree.root.node:
            return "1"

        def cell(name: str) -> str:
            return self._cell(name[2:], "actual" if name.startswith(ACTUAL) else "target")

        return "+".join(f"{_AT[column]}{self.rows[above] + 1}*({to_text(link, cell)})" for above, link in links[node])

    def _cell(self, node: str, column: str) -> str:
        return f"{_AT[column]}{self.rows[node] + 1}"

    def _formula(self, row: int, column: str, formula: str, value: Fraction, look: Format) -> None:
        """A formula that a cell has no room for is left out; its value stands."""
        at = _COLUMNS.index(column)
        if len(formula) > _LONGEST_FORMULA:
            self.sheet.write_number(row, at, float(value), look)
        else:
            self.sheet.write_formula(row, at, f"={formula}", look, float(value))

    def _look(self, **more: object) -> Format:
        return self.page.formats.bordered(**more)

    def _table_row_of(self, node: str) -> int:
        return self.table_row + 2 + self.rows[node] - self.row - 2

    def _table(self) -> int:
        """The what-if table of this tree. Returns: the row after it."""
        page, sheet = self.what_if, self.what_if.sheet
        page.section(self.table_row, self.tree.root.name)
        page.header(self.table_row + 1, [_header("name", self.lang), *(d.node.name for d in self.drivers)])
        above = parents_of(self.tree.tree)
        order = {node: place for place, node in enumerate(self.tree.tree.nodes)}
        source = f"'{SHEET(self.lang)}'!"
        for effect in self.tree.effects:
            row = self._table_row_of(effect.node.node)
            page.write(row, 0, effect.node.name, page.formats.bordered())
        for driver in self.drivers:
            column = self.columns[driver.node.node]
            letter = column_letter(column)
            moved = moved_by(self.tree.tree, driver.node, above, order)
            for effect in self.tree.effects:
                node = effect.node
                own = node.node == driver.node.node
                if node.formula is None:
                    formula = source + self._cell(node.node, "target" if own else "actual")
                else:
                    formula = to_text(node.formula, lambda n, c=letter: f"{c}{self._table_row_of(n) + 1}")  # type: ignore[misc]
                figure = moved.get(node.node, node.actual)
                value = "#DIV/0!" if figure is None else float(figure)
                shown = {"num_format": figure_format(figure or 0)} | ({"bg_color": FAIR} if own else {})
                look = page.formats.bordered(**shown)
                sheet.write_formula(self._table_row_of(node.node), column, f"={formula}", look, value)
        return self.table_row + len(self.tree.effects) + 4

    def _waterfall(self, row: int) -> int:
        """Bars from the actual to the target: the parts of each bar above and below zero. Returns: the row after."""
        lang, root = self.lang, self.tree.root
        self.page.section(row, _say("waterfall", lang) + root.name)
        steps = [(d.node.name, f"{_AT['step']}{self.rows[d.node.node] + 1}", d.step) for d in self.drivers]
        first, last = (f"{_AT[state]}{self.rows[root.node] + 1}" for state in ("actual", "target"))
        start = row + 2
        if len(steps) > _MOST_BARS:
            kept = sorted(range(len(steps)), key=lambda i: -abs(steps[i][2]))[: _MOST_BARS - 1]
            steps = [steps[i] for i in sorted(kept)]
            shown = f"SUM(B{start + 2}:B{start + 1 + len(steps)})"
            rest = root.target - root.actual - sum(step for _, _, step in steps)
            steps.append((_say("rest", lang), f"{last}-{first}-{shown}", rest))
        heads = ["", *(_say(name, lang) for name in ("change", "from", "to", "base", "below"))]
        heads += [_say(name, lang) + sign for name in ("up", "down") for sign in ("+", "-")] + [_say("ends", lang)]
        self.page.header(row + 1, heads)
        look = self._look(num_format="#,##0.00")
        end = start + len(steps) + 1
        self._bar(start, f"{root.name} {_say('now', lang)}", first, root.actual, Fraction(0), look, ends=True)
        now = root.actual
        for at, (name, cell, step) in enumerate(steps, start + 1):
            self._bar(at, name, cell, step, now, look)
            now += step
        self._bar(end, f"{root.name} {_say('then', lang)}", last, root.target, Fraction(0), look, ends=True)
        self._chart(row, start, end)
        return max(end + 2, row + 22)

    def _bar(
        self, row: int, name: str, cell: str, step: Fraction, now: Fraction, look: Format, ends: bool = False
    ) -> None:
        self.page.write(row, 0, name, self._look())
        n = row + 1
        then = now + step
        low, high = min(now, then), max(now, then)
        base, below = max(Fraction(0), low), min(Fraction(0), high)
        above_zero, under_zero = max(Fraction(0), high) - base, min(Fraction(0), low) - below
        up = step >= 0 and not ends
        down = step < 0 and not ends
        zero = Fraction(0)
        figures: list[tuple[str, Fraction]] = [
            (cell, step),
            ("0" if ends else f"D{row}", now),
            (f"C{n}+B{n}", then),
            ("0" if ends else f"MAX(0,MIN(C{n},D{n}))", zero if ends else base),
            ("0" if ends else f"MIN(0,MAX(C{n},D{n}))", zero if ends else below),
        ]
        tall, deep = f"MAX(0,MAX(C{n},D{n}))-E{n}", f"MIN(0,MIN(C{n},D{n}))-F{n}"
        for test, shown in ((f"B{n}>=0", up), (f"B{n}<0", down)):
            for extent, value in ((tall, above_zero), (deep, under_zero)):
                figures.append(("0" if ends else f"IF({test},{extent},0)", value if shown else zero))
        figures.append((f"B{n}" if ends else "0", step if ends else zero))
        for column, (formula, value) in enumerate(figures, 1):
            self.sheet.write_formula(row, column, f"={formula}", look, float(value))

    def _chart(self, row: int, start: int, end: int) -> None:
        chart = self.workbook.add_chart({"type": "column", "subtype": "stacked"})
        name = SHEET(self.lang)
        series = [(4, None, ""), (5, None, ""), (6, _UP, "up"), (7, _UP, ""), (8, _DOWN, "down"), (9, _DOWN, "")]
        for column, colour, label in [*series, (_STEP_COLUMNS, _END, "ends")]:
            chart.add_series(
                {
                    "name": _say(label, self.lang) if label else " ",
                    "categories": [name, start, 0, end, 0],
                    "values": [name, start, column, end, column],
                    "fill": {"color": colour} if colour else {"none": True},
                    "border": {"none": True},
                    "gap": 40,
                }
            )
        chart.set_title({"name": f"{_say('waterfall', self.lang)}{self.tree.root.name}", "name_font": {"size": 12}})
        chart.set_legend({"position": "bottom", "delete_series": [0, 1, 3, 5]})
        chart.set_y_axis({"num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": "#E4E7EC"}}})
        chart.set_x_axis({"label_position": "low", "num_font": {"size": 9}})
        chart.set_size({"width": max(620, min(1400, 60 * (end - start + 1))), "height": 400})
        self.sheet.insert_chart(row + 1, _STEP_COLUMNS + 2, chart, {"object_position": 2})


def _write_proposals(page: ResultPage, row: int, proposals: Sequence[Proposal]) -> None:
    lang, sheet = page.lang, page.sheet
    page.section(row, _say("proposals", lang))
    sheet.write_string(row + 1, 0, _say("proposals_guide", lang), page.muted_look())
    heads = [column_label("kpis", "kpi", lang), column_label("kpis", "name", lang)]
    page.header(row + 2, [*heads, *(_say(name, lang) for name in ("by", "current", "proposed"))])
    for at, proposal in enumerate(proposals, row + 3):
        differs = {} if proposal.current == proposal.proposed else {"bg_color": FAIR}
        values = (proposal.kpi, proposal.name, proposal.node, proposal.current, proposal.proposed)
        for column, value in enumerate(values):
            page.write(at, column, value, page.formats.bordered(**(differs if column > 2 else {})))


def _header(name: str, lang: str) -> str:
    return _HEADERS[name](lang) if name in _HEADERS else column_label("value_tree", name, lang)


def _say(name: str, lang: str) -> str:
    return _TEXTS[name](lang)


def _wholeness(value: Fraction) -> tuple[bool, Fraction]:
    """Orders figures by the decimals they need: those that are not whole first, the smallest of them first."""
    return value == int(value), abs(value)
