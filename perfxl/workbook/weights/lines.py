"""The sheet of lines: every contract a block, with native formulas that hold the engine's values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from math import fsum, nan
from typing import Any

from xlsxwriter import Workbook

from perfxl.core.weights.program import ContractWeights, Weighing
from perfxl.core.weights.rules import exact
from perfxl.workbook.result_page import ADVICE, BAD, FAIR, GOOD, ResultPage, header_width
from perfxl.workbook.row_sheet import RowSheet, Tail, blank, escaped, formula, number, row, text
from perfxl.workbook.style import INPUT, MUTED, RESULT, fitting_width
from perfxl.workbook.weights.formulas import (
    COLUMNS,
    FIRST_ROW,
    HEADER_ROW,
    LETTER,
    PLACE,
    CategoryRows,
    ContractBlock,
    WeightFormulas,
    apart,
    line_verdicts,
    usable_share,
    whole_verdict,
)
from perfxl.workbook.weights.parameters import CategoryShares, parameter
from perfxl.workbook.weights.texts import header, kind_label, say

_RATINGS = ("impact", "controllability", "measurability")
_FROZEN = PLACE["unit"]
_MOST_WIDTHS = {"holder": 28, "name": 36, "unit": 26}

_RIGHT = {"align": "right"}
_LOOKS: dict[str, dict[str, Any]] = {
    "text": {},
    "who": {"font_color": MUTED},
    "centred": {"align": "center"},
    "input": {"bg_color": INPUT, **_RIGHT},
    "result": {"bg_color": RESULT, **_RIGHT},
    "figure": _RIGHT,
    "importance": {"num_format": "0.00", **_RIGHT},
    "raw": {"num_format": "0.0", **_RIGHT},
    "signed": {"num_format": "+General;-General;0", **_RIGHT},
}
_SUM_LOOKS: dict[str, dict[str, Any]] = {
    "text": {},
    "figure": _RIGHT,
    "raw": {"num_format": "0.0", **_RIGHT},
}


class LineSheet:
    """Fills a RowSheet with the blocks."""

    def __init__(self, page: ResultPage, workbook: Workbook, weighing: Weighing, shares: CategoryShares) -> None:
        self._page, self._workbook, self._shares = page, workbook, shares
        self._names, self._lang = weighing.names, page.lang
        self._categories = weighing.categories
        self._formulas = WeightFormulas(weighing.rules, page.lang)
        bordered = page.formats.bordered
        fill = {"bg_color": page.colour.pale}
        self._looks = {name: bordered(**look) for name, look in _LOOKS.items()}
        # The same names and figures come again and again.
        self._text, self._figure = cache(self._text_cell), cache(self._figure_cell)
        self._looks |= {f"sum_{name}": bordered(**look, bold=True, **fill) for name, look in _SUM_LOOKS.items()}

    def write(self, blocks: Sequence[ContractBlock]) -> None:
        page, sheet = self._page, self._page.sheet
        assert isinstance(sheet, RowSheet)
        last = blocks[-1].sums if blocks else FIRST_ROW
        sheet.fill(lambda: self._rows(blocks), last - 1, len(COLUMNS) - 1)
        self._widths(blocks)
        sheet.freeze_panes(HEADER_ROW, _FROZEN)
        sheet.autofilter(HEADER_ROW - 1, 0, last - 1, len(COLUMNS) - 1)
        sheet.hide_gridlines(2)
        sheet.set_tab_color(page.colour.deep)
        self._colours(last)
        page.print_set_up(say("lines", self._lang), HEADER_ROW - 1)

    def _rows(self, blocks: Sequence[ContractBlock]) -> Iterator[bytes]:
        page, lang = self._page, self._lang
        yield row(1, {0: text(say("lines", lang), page.title_look())}, 32)
        yield row(2, {0: text(say("lines_guide", lang), page.muted_look())})
        yield row(3, dict(self._legend()), 22)
        yield row(HEADER_ROW, {i: text(header(name, lang), page.header_look()) for i, name in enumerate(COLUMNS)}, 34)
        for block in blocks:
            yield from self._block(block)

    def _legend(self) -> Iterator[tuple[int, Tail]]:
        fills = {"input": INPUT, "engine": RESULT, "far": FAIR, "illegal": BAD, "proposal": ADVICE}
        for column, (name, fill) in enumerate(fills.items()):
            look = self._page.formats.bordered(bg_color=fill, align="center")
            yield column, text(say(name, self._lang), look)

    def _block(self, block: ContractBlock) -> Iterator[bytes]:
        weights, verdicts = block.weights, line_verdicts(block)
        who = self._who(weights, "who")
        for category in block.categories:
            label = self._categories.label(category.name, self._lang)
            for at, position in enumerate(category.positions, category.first):
                cells = who | self._kpi(weights, position, label)
                cells |= self._importance(weights, category, at, position)
                cells |= self._share(block, category) if at == category.first else {}
                cells |= self._weights(weights, at, position)
                judged = self._formulas.weighted(block, category, at)
                yield self._row(at, cells | self._check(judged, verdicts.get(position, "")))
        for at, position in enumerate(block.unweighted, block.free):
            candidate = weights.candidates[position]
            cells = who | self._kpi(weights, position, kind_label(candidate.kind, self._lang))
            cells["agreed"] = self._figure(candidate.agreed, "input")
            yield self._row(at, cells | self._check(self._formulas.unweighted(at), verdicts.get(position, "")))
        yield self._sums(block, verdicts)

    def _who(self, weights: ContractWeights, look: str) -> dict[str, Tail]:
        texts = {
            "contract": weights.contract or "",
            "holder": self._holders(weights),
            "unit": self._names.units[weights.unit],
        }
        return {name: self._text(shown, look) for name, shown in texts.items()}

    def _kpi(self, weights: ContractWeights, position: int, label: str) -> dict[str, Tail]:
        kpi, candidate = weights.kpis[position], weights.candidates[position]
        star = "* " if candidate.kind == "monitor" else ""
        return {
            "kpi": self._text(kpi or "", "text"),
            "name": self._text(star + (self._names.kpis[kpi] or candidate.kpi), "text"),
            "category": self._text(label, "centred"),
        }

    def _importance(self, weights: ContractWeights, category: CategoryRows, at: int, position: int) -> dict[str, Tail]:
        candidate = weights.candidates[position]
        cells = {name: self._figure(getattr(candidate, name), "input") for name in _RATINGS}
        cells["importance"] = self._formula(self._formulas.importance(at), weights.importance[position], "importance")
        cells["raw"] = self._formula(self._formulas.raw(category, at), weights.raw[position], "raw")
        return cells

    def _share(self, block: ContractBlock, category: CategoryRows) -> dict[str, Tail]:
        """A category's weight and the sum of what was agreed on, beside its first line."""
        weights = block.weights
        agreed = _sum(weights.candidates[i].agreed for i in category.positions)
        cells = {"category_sum": self._formula(self._formulas.category_sum(category), agreed, "figure")}
        written: str | None = self._formulas.agreed_share(block, category)
        if weights.post_type:
            written = self._shares.reference(weights.post_type, category.name)
        if written:
            cells["share"] = self._formula(written, usable_share(weights, category.name), "figure")
        return cells

    def _weights(self, weights: ContractWeights, at: int, position: int) -> dict[str, Tail]:
        candidate, derived = weights.candidates[position], weights.derived[position]
        cells = {
            "derived": self._figure(derived, "result"),
            "agreed": self._figure(candidate.agreed, "input"),
            "difference": self._formula(self._formulas.difference(at), apart(candidate.agreed, derived), "signed"),
        }
        if not weights.legal:
            cells["repaired"] = self._figure(weights.repaired[position], "figure")
        return cells

    def _check(self, written: str, verdict: str) -> dict[str, Tail]:
        shown = say(verdict, self._lang) if verdict else ""
        return {"check": formula(escaped(written), shown, self._looks["text"])}

    def _sums(self, block: ContractBlock, verdicts: dict[int, str]) -> bytes:
        weights = block.weights
        cells = self._who(weights, "sum_text") | {"name": self._text(say("sum", self._lang), "sum_text")}
        columns = {
            "raw": weights.raw,
            "derived": weights.derived,
            "agreed": [candidate.agreed for candidate in weights.candidates],
            "repaired": [None if weights.legal else weight for weight in weights.repaired],
        }
        for name, values in columns.items() if block.categories else ():
            numbers = [
                v for v, c in zip(values, weights.candidates, strict=True) if c.weighted and exact(v) is not None
            ]
            value = _sum(numbers) if numbers or name == "agreed" else None
            cells[name] = self._formula(
                self._formulas.sum(block, name), value, "sum_raw" if name == "raw" else "sum_figure"
            )
        verdict = whole_verdict(weights, verdicts, self._lang)
        cells["check"] = formula(escaped(self._formulas.whole(block)), verdict, self._looks["sum_text"])
        return self._row(block.sums, cells, "sum_text")

    def _row(self, at: int, cells: Mapping[str, Tail], rest: str = "text") -> bytes:
        filler = blank(self._looks[rest])
        return row(at, {i: cells.get(name, filler) for i, name in enumerate(COLUMNS)})

    def _text_cell(self, value: str, look: str) -> Tail:
        return text(value, self._looks[look])

    def _figure_cell(self, value: Any, look: str) -> Tail:
        figure = exact(value)
        return blank(self._looks[look]) if figure is None else number(float(figure), self._looks[look])

    def _formula(self, written: str, value: float | None, look: str) -> Tail:
        return formula(escaped(written), nan if value is None else value, self._looks[look])

    def _holders(self, weights: ContractWeights) -> str:
        return "、".join(self._names.people[person] for person in weights.holders)

    def _widths(self, blocks: Sequence[ContractBlock]) -> None:
        texts = {
            "contract": [block.weights.contract or "" for block in blocks],
            "holder": [self._holders(block.weights) for block in blocks],
            "unit": [self._names.units[block.weights.unit] for block in blocks],
            "kpi": [str(kpi or "") for block in blocks for kpi in block.weights.kpis],
            "name": list(self._names.kpis.values()),
            "category": [self._categories.label(c.name, self._lang) for block in blocks for c in block.categories],
            "check": [say(name, self._lang) for name in ("category_off", "step", "open")],
        }
        for i, name in enumerate(COLUMNS):
            least = header_width(header(name, self._lang), filtered=True)
            self._page.sheet.set_column(i, i, fitting_width(texts.get(name, ()), least, _MOST_WIDTHS.get(name, 24)))

    def _colours(self, last: int) -> None:
        """Conditional colours of the whole list; the row of sums has no KPI ID."""
        at = {name: f"${LETTER[name]}{FIRST_ROW}" for name in COLUMNS}
        is_line, legal = f"LEN({at['name']})>0", f'{at["check"]}="{say("legal", self._lang)}"'
        is_sum = f'{at["name"]}="{say("sum", self._lang)}"'
        apart = f"IF(ISNUMBER({at['difference']}),ABS({at['difference']})>={parameter('weight_difference')},FALSE)"
        rules: list[tuple[str, str, str]] = [
            ("check", f"AND({is_sum},{legal})", GOOD),
            ("check", f"LEN({at['check']})>0", BAD),
            ("agreed", f"AND({is_line},NOT({is_sum}),LEN({at['check']})>0)", BAD),
            ("agreed", f"AND({is_sum},NOT({legal}))", BAD),
            ("difference", apart, FAIR),
            ("repaired", f"AND(NOT({is_sum}),ISNUMBER({at['repaired']}),{at['repaired']}<>{at['agreed']})", ADVICE),
        ]
        for name, criteria, fill in rules:
            rule = {
                "type": "formula",
                "criteria": f"={criteria}",
                "format": self._workbook.add_format({"bg_color": fill}),
                "stop_if_true": True,
            }
            self._page.sheet.conditional_format(FIRST_ROW - 1, PLACE[name], last - 1, PLACE[name], rule)


def _sum(values: Iterable[Any]) -> float:
    """To the decimals of the formulas."""
    return round(fsum(float(exact(value) or 0) for value in values), 6)
