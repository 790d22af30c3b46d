"""One person: the contracts, and where there are several (or one shared with its first holder) the total over them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from perfxl.core.cells import column_letter
from perfxl.workbook import row_sheet as rows
from perfxl.workbook.layout import quoted
from perfxl.workbook.row_sheet import RowSheet, Tail
from perfxl.workbook.score.block import Blocks
from perfxl.workbook.score.columns import BASIS_LETTER, BASIS_PLACE, PLACE, PRINTED, RESULT_LETTER, RESULT_PLACE
from perfxl.workbook.score.formulas import COEFFICIENTS, GRADES
from perfxl.workbook.score.plan import Block, Page, Plan
from perfxl.workbook.score.texts import say

Progress = Callable[[int, int], object]

# Columns of the table of contracts: those of the block's result, and these.
_CONTRACT, _SPAN, _DAYS = PLACE["kpi"], PLACE["unit"], PLACE["direction"]
_COUNTED = {"total": "strong", "completeness": "percent", "provisional": "muted"}


class Pages:
    """Writes pages as rows of XML."""

    def __init__(self, blocks: Blocks, plan: Plan, progress: Progress | None) -> None:
        self.blocks, self.plan, self.scores, self.lang = blocks, plan, blocks.scores, blocks.lang
        self.progress, self.done = progress, 0

    def rows(self, page: Page, sheet: RowSheet) -> Iterator[str]:
        """The rows of the page; blank rows are left out."""
        if not page.blocks:
            post = str(self.blocks.posts.get(page.person) or "")
            yield self.blocks.title(page.start, str(self.blocks.people.get(page.person) or page.person), post)
        for block in page.blocks:
            yield from self.blocks.rows(block)
        if page.table:
            yield from self._table(page, sheet)
        self.done += 1
        if self.progress:
            self.progress(self.done, len(self.scores.people))

    def _table(self, page: Page, sheet: RowSheet) -> Iterator[str]:
        text, lang = self.blocks.pen.text, self.lang
        yield rows.row(page.table, {0: text(say("person_table", lang), "heading")})
        head = {i: text("", "sum_run") for i in range(PRINTED + 1)}
        head[_CONTRACT] = text(self.scores.line_table.contracts.table.column("contract").header(lang), "sum_label")
        head[_SPAN] = text(say("span", lang), "sum_label")
        for at, name in ((_DAYS, "days"), *((RESULT_PLACE[name], name) for name in _COUNTED)):
            head[at] = text(say(name, lang), "head")
        head[BASIS_PLACE["band"]] = text(say("band", lang), "helper_label")
        yield rows.row(page.table + 1, head)
        for offset, contract in enumerate(page.contracts):
            yield self._segment(page.table + 2 + offset, contract, page, sheet)
        yield self._result(page)

    def _segment(self, row: int, contract: int, page: Page, sheet: RowSheet) -> str:
        contracts, block = self.scores.line_table.contracts, self.plan.blocks[contract]
        pen, text = self.blocks.pen, self.blocks.pen.text
        cells: dict[int, Tail] = {i: text("", "run") for i in range(PRINTED + 1)}
        cells[_CONTRACT] = text(str(contracts.column("contract")[contract] or ""), "link")
        sheet.links[f"{column_letter(_CONTRACT)}{row}"] = f"{quoted(block.sheet)}!A{block.start}"
        start, end = (contracts.column(name)[contract] or "" for name in ("start", "end"))
        cells[_SPAN] = text(f"{start} – {end}", "run_text")
        cells[_DAYS] = pen.number(self._days(contract), "count")
        totals = self.scores.contracts
        where = "" if block.sheet == page.sheet else f"{quoted(block.sheet)}!"
        for name, role in _COUNTED.items():
            value = float(getattr(totals, name)[contract])
            written = f"{where}{RESULT_LETTER[name]}{block.result}"
            cells[RESULT_PLACE[name]] = pen.formula(written, value, role)
        cells[BASIS_PLACE["band"]] = pen.formula(*self._limit(block, where, contract), "helper")
        return rows.row(row, cells)

    def _limit(self, block: Block, where: str, contract: int) -> tuple[str, float]:
        """The best grade that the contract's vetoes leave, as a place."""
        limits = block.veto_rows
        written = f"MAX(1,{where}{limits.of('spread')})" if limits else "1"
        return written, float(self.scores.vetoes.grade[contract] + 1)

    def _result(self, page: Page) -> str:
        row, first, last = page.result, page.table + 2, page.result - 1
        days = f"{column_letter(_DAYS)}{first}:{column_letter(_DAYS)}{last}"
        formulas = self.blocks.formulas

        def mean(name: str) -> str:
            held = f"{RESULT_LETTER[name]}{first}:{RESULT_LETTER[name]}{last}"
            counted = f"COUNT({held})={len(page.contracts)}"
            return f'IF({counted},ROUND(SUMPRODUCT({days},{held})/SUM({days}),2),"")'

        made = [(name, mean(name)) for name in _COUNTED]
        made += [("grade", formulas.of_band(GRADES, row)), ("coefficient", formulas.of_band(COEFFICIENTS, row))]
        totals = self.scores.totals
        cells = self.blocks.results(row, say("person_result", self.lang), totals, page.place, made)
        letter, grade = BASIS_LETTER["band"], totals.grade[page.place]
        band = formulas.band(row, f"{letter}{first}:{letter}{last}")
        return self.blocks.result_row(row, cells, {"band": (band, float(grade + 1) if grade >= 0 else "")})

    def _days(self, contract: int) -> float:
        """A contract without dates counts as one day, as in core/scoring/totals."""
        days = float(self.scores.days[contract])
        return days if days > 0 else 1.0
