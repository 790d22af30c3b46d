"""One contract as a block: title, details, the lines by aspect, deductions, vetoes and monitored KPIs, the total."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from perfxl.core.policy import Policy
from perfxl.core.records import Records
from perfxl.core.scoring.program import Scores
from perfxl.core.scoring.scalar import blank, number
from perfxl.core.scoring.totals import Totals, ordered_bands
from perfxl.workbook import row_sheet as rows
from perfxl.workbook.row_sheet import Tail
from perfxl.workbook.score.columns import BASIS, BASIS_PLACE, COLUMNS, PLACE, PRINTED, RESULT_PLACE
from perfxl.workbook.score.formulas import COEFFICIENTS, GRADES, Formulas
from perfxl.workbook.score.kinds import NO_COEFFICIENT, Kinds
from perfxl.workbook.score.lines import LineRows
from perfxl.workbook.score.pen import Pen
from perfxl.workbook.score.plan import Block, column_of
from perfxl.workbook.score.texts import say
from perfxl.workbook.style import row_height

_RESULT_HEIGHT, _TITLE_HEIGHT = 24.0, 24.0
_RESULT_ROLES = {"completeness": "percent", "provisional": "muted"}


class Blocks:
    """Writes blocks as rows of XML."""

    def __init__(self, book: Mapping[str, Records], scores: Scores, kinds: Kinds, formulas: Formulas, pen: Pen) -> None:
        self.scores, self.kinds, self.formulas, self.pen, self.lang = scores, kinds, formulas, pen, pen.lang
        self.lines = LineRows(scores, kinds, formulas, pen)
        self.people = column_of(book, "people", "person", "name")
        self.posts = column_of(book, "people", "person", "post")
        self.units_of_people = column_of(book, "people", "person", "unit")
        self.units = column_of(book, "units", "unit", "name")
        roles = ["header" if i <= PRINTED else "side_header" for i in range(len(COLUMNS))]
        headers = [column.header(self.lang) for column in COLUMNS]
        self._header = dict(enumerate(map(pen.text, headers, roles)))
        self._header_height = 2 + max(row_height(headers[i], COLUMNS[i].width) for i in range(PRINTED + 1))

    def rows(self, block: Block) -> Iterator[str]:
        """The block's rows, from its title to its result, without a gap."""
        yield self._title(block)
        yield self._details(block)
        yield rows.row(block.header, self._header, self._header_height)
        lines = block.lines
        for row, line in enumerate(block.weighted, lines.first):
            yield self.lines.weighted(row, line, lines)
        if not block.weighted:
            yield self.lines.none(lines.first)
        for placed, of_kind, write in (
            (block.adjusting_rows, block.adjusting, self.lines.adjusting),
            (block.veto_rows, block.vetoes, self.lines.veto),
            (block.monitored_rows, block.monitored, self.lines.monitored),
        ):
            for row, line in enumerate(of_kind, placed.first if placed else 0):
                yield write(row, line)
        yield self._sum(block)
        yield self._result(block)

    def results(
        self, row: int, title: str, totals: Totals, place: int, written: Sequence[tuple[str, str]]
    ) -> dict[int, Tail]:
        """The cells of a result row: the values of `totals` at `place`; `written` are the formulas by RESULTS name."""
        pen = self.pen
        cells: dict[int, Tail] = {0: pen.text(title, "sum_label")}
        cells |= {i: pen.text("", "name") for i in range(1, PRINTED + 1)}
        values = result_values(totals, place, self.scores.policy)
        for name, formula in written:
            at = RESULT_PLACE[name]
            cells[at - 1] = pen.text(say(name, self.lang), "name")
            cells[at] = pen.formula(formula, values[name], _RESULT_ROLES.get(name, "result"))
        return cells

    def result_row(self, row: int, cells: dict[int, Tail], basis: Mapping[str, tuple[str, float | str]]) -> str:
        """A result row with what it stands on beside it: name -> formula and value."""
        for name, (formula, value) in basis.items():
            cells[BASIS_PLACE[name]] = self.pen.formula(formula, value, "helper")
        return rows.row(row, cells, _RESULT_HEIGHT)

    def title(self, row: int, names: str, post: str) -> str:
        cells = {0: self.pen.text(f"{names}    {post}".rstrip(), "title")}
        cells |= {i: self.pen.text("", "title") for i in range(1, PRINTED + 1)}
        return rows.row(row, cells, _TITLE_HEIGHT)

    def _title(self, block: Block) -> str:
        contracts, at = self.scores.line_table.contracts, block.contract
        holders = [contracts.column(name)[at] for name in ("holder", "second_holder")]
        names = "、".join(str(self.people.get(holder) or holder) for holder in holders if not blank(holder))
        post = contracts.column("post")[at] or self.posts.get(holders[0]) or ""
        return self.title(block.start, names, post)

    def _details(self, block: Block) -> str:
        contracts, at = self.scores.line_table.contracts, block.contract
        holder, unit, issuer, start, end = (
            contracts.column(name)[at] for name in ("holder", "unit", "issuer", "start", "end")
        )
        unit = unit or self.units_of_people.get(holder)
        parts = {
            "contract": contracts.column("contract")[at],
            "holder": holder,
            "unit": self.units.get(unit) or unit,
            "issuer": self.people.get(issuer) or issuer,
        }
        shown = [f"{contracts.table.column(name).header(self.lang)} {value}" for name, value in parts.items() if value]
        if start or end:
            shown.append(f"{start or ''} – {end or ''}")
        return rows.row(block.start + 1, {0: self.pen.text("    ".join(shown), "meta")})

    def _sum(self, block: Block) -> str:
        lines, scores, pen = block.lines, self.scores, self.pen
        cells = {i: pen.text("", "sum_label") for i in range(PRINTED + 1)}
        cells[0] = pen.text(say("sum", self.lang), "sum_label")
        weights = [number(scores.line_table.columns["weight"][line]) for line in block.weighted]
        effective = scores.effective[block.weighted]
        weighted = effective * scores.lines.points[block.weighted] / 100
        for name, values in (("weight", weights), ("effective", effective), ("weighted", weighted)):
            cells[PLACE[name]] = pen.formula(f"SUM({lines.of(name)})", float(np.nansum(values)), "sum")
        for name in BASIS:
            cells[BASIS_PLACE[name]] = pen.text(say(name, self.lang), "helper_label")
        return rows.row(block.sum, cells)

    def _result(self, block: Block) -> str:
        written, totals, row = self.formulas, self.scores.contracts, block.result
        lines, vetoes = block.lines, block.veto_rows
        made = (
            ("total", written.total(lines, vetoes, row)),
            ("grade", written.of_band(GRADES, row)),
            ("coefficient", written.of_band(COEFFICIENTS, row)),
            ("completeness", written.completeness(lines, row)),
            ("provisional", written.total(lines, vetoes, row, provisional=True)),
        )
        cells = self.results(row, say("contract_result", self.lang), totals, block.contract, made)
        return self.result_row(row, cells, self._basis(block))

    def _basis(self, block: Block) -> dict[str, tuple[str, float | str]]:
        """Known weight, open lines, deductions and bonuses, the grade's place."""
        written, scores, adjusting = self.formulas, self.scores, block.adjusting_rows
        points, band = scores.lines.points, scores.contracts.grade[block.contract]
        known = float(sum(scores.effective[line] for line in block.weighted if points[line] == points[line]))
        is_open = sum(self.lines.is_open(line) for line in (*block.weighted, *block.adjusting))
        limits = block.veto_rows.of("spread") if block.veto_rows else ""
        return {
            "known": (written.known(block.lines), known),
            "open": (written.open(block.lines, adjusting), float(is_open)),
            "adjusted": (
                f"SUM({adjusting.of('points')})" if adjusting else "0",
                float(np.nansum(points[block.adjusting])) if adjusting else 0.0,
            ),
            "band": (written.band(block.result, limits), float(band + 1) if band >= 0 else ""),
        }


def result_values(totals: Totals, place: int, policy: Policy) -> dict[str, float | str]:
    """What the result cells hold, by RESULTS name; "" for none."""
    band = ordered_bands(policy)[totals.grade[place]] if totals.grade[place] >= 0 else None
    coefficient: float | str = NO_COEFFICIENT if band and band.coefficient is None else ""
    return {
        "total": float(totals.total[place]),
        "grade": band.grade if band else "",
        "coefficient": band.coefficient if band and band.coefficient is not None else coefficient,
        "completeness": float(totals.completeness[place]),
        "provisional": float(totals.provisional[place]),
    }
