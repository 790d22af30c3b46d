"""The first sheet: counts, the contracts that are not legal, the biggest differences, the problems by code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import groupby
from typing import Any

from perfxl.core.problem_table import SEVERITY, worst_first
from perfxl.core.problems import Problem
from perfxl.core.weights.program import Weighing
from perfxl.core.weights.rules import exact, plain
from perfxl.workbook.layout import quoted
from perfxl.workbook.result_page import BAD, FAIR, GOOD, PROBLEM_SHEETS, ResultPage, Tile, severity_format
from perfxl.workbook.style import LINK, row_height
from perfxl.workbook.weights.formulas import apart
from perfxl.workbook.weights.plan import LETTER, Block
from perfxl.workbook.weights.texts import header, say

_MOST_CONTRACTS, _MOST_DIFFERENCES = 200, 20
# Findings that change no weight: too few or many KPIs, differences, the financial share, ratings.
_NO_BAR = {"kpi_count", "weight_differs_from_derived", "financial_share", "rating_missing", "rating_out_of_range"}
_MOST_REASONS = 5
_WIDTHS = (19, 16, 22, 40, 11, 11, 11, 66)
_TEXT, _LAST = 3, len(_WIDTHS) - 1  # the wide columns


def write_summary(page: ResultPage, weighing: Weighing, blocks: Sequence[Block], problems: Sequence[Problem]) -> None:
    _Summary(page, weighing, blocks).write(problems)


class _Summary:
    def __init__(self, page: ResultPage, weighing: Weighing, blocks: Sequence[Block]) -> None:
        self.page, self.sheet, self.lang = page, page.sheet, page.lang
        self.weighing, self.blocks, self.row = weighing, blocks, 3
        bordered = page.formats.bordered
        self.text = bordered(text_wrap=True, indent=1)
        self.centred = bordered(align="center")
        self.figure = bordered(align="right")
        self.signed = bordered(align="right", num_format="+General;-General;0")
        self.link = bordered(indent=1, font_color=LINK, underline=1)

    def write(self, problems: Sequence[Problem]) -> None:
        for column, width in enumerate(_WIDTHS):
            self.sheet.set_column(column, column, width)
        lines = sum(len(contract.rows) for contract in self.weighing.contracts)
        counts = {"contracts": len(self.weighing.contracts), "lines": lines}
        title = say("summary", self.lang)
        self.page.top(title, say("summary_guide", self.lang, **counts))
        self._counts()
        self._illegal()
        self._differences()
        self._problems(problems)
        self.page.print_set_up(title)
        self.sheet.activate()

    def _counts(self) -> None:
        contracts, comparison = self.weighing.contracts, self.weighing.comparison
        legal = sum(contract.legal for contract in contracts)
        tolerance = max(self.weighing.rules.difference, Decimal("0.005"))
        weighted = [
            (candidate, derived)
            for contract in contracts
            for candidate, derived in zip(contract.candidates, contract.derived, strict=True)
            if candidate.weighted
        ]
        far = sum(abs(apart(candidate.agreed, derived) or 0) >= tolerance for candidate, derived in weighted)
        shared = sum(len(comparison.owners(kpi)) > 1 for kpi in comparison.kpis)
        illegal = len(contracts) - legal
        tiles = [
            Tile(0, 0, say("count_contracts", self.lang), len(contracts)),
            Tile(1, 1, say("count_legal", self.lang), legal, GOOD),
            Tile(2, 2, say("count_illegal", self.lang), illegal, BAD if illegal else GOOD),
            Tile(3, 3, say("count_weighted", self.lang), len(weighted)),
            Tile(4, 6, say("count_far", self.lang, tolerance=plain(tolerance)), far, FAIR if far else GOOD),
            Tile(7, 7, say("count_shared", self.lang), shared),
        ]
        self.page.tiles(self.row, tiles)
        self.row += 3

    def _illegal(self) -> None:
        self._section(say("illegal_title", self.lang))
        illegal = [block for block in self.blocks if not block.weights.legal]
        if not illegal:
            self._note(say("illegal_none", self.lang))
            return
        names = ("contract", "holder", "unit", "changes", "count", "total", "off", "why")
        self._header([header(name, self.lang) for name in names])
        for block in illegal[:_MOST_CONTRACTS]:
            weights = block.weights
            carrying = [candidate for candidate in weights.candidates if candidate.weighted]
            why = _why(weights.problems, self.lang)
            off = float((exact(weights.total) or 0) - 100)
            texts = {_TEXT: self._changes(block), _LAST: why}
            self._who(block, block.sums)
            self._write({4: len(carrying), 5: weights.total}, self.figure)
            self._write({6: off}, self.signed)
            self._write(texts, self.text)
            self._close(texts)
        if len(illegal) > _MOST_CONTRACTS:
            more, sheet = len(illegal) - _MOST_CONTRACTS, say("lines", self.lang)
            self._note(say("more", self.lang, count=more, sheet=sheet))
        self.row += 1

    def _changes(self, block: Block) -> str:
        """The proposal in words: KPI, agreed -> proposed."""
        weights = block.weights
        changed = []
        for kpi, candidate, mended in zip(weights.kpis, weights.candidates, weights.repaired, strict=True):
            agreed, proposed = exact(candidate.agreed), exact(mended)
            if candidate.weighted and proposed is None:
                return say("no_proposal", self.lang)
            if (agreed or 0) != (proposed or 0):
                before, after = (plain(weight or 0) for weight in (agreed, proposed))
                changed.append(f"{self.weighing.names.kpis[kpi] or candidate.kpi} {before}→{after}")
        return ("；" if self.lang == "zh" else "; ").join(changed)

    def _differences(self) -> None:
        self._section(say("differences_title", self.lang))
        found = [
            (block, i, difference)
            for block in self.blocks
            for i, candidate in enumerate(block.weights.candidates)
            if candidate.weighted and (difference := apart(candidate.agreed, block.weights.derived[i]))
        ]
        if not found:
            self._note(say("differences_none", self.lang))
            return
        names = ("contract", "holder", "unit", "name", "derived", "agreed", "difference")
        self._header([header(name, self.lang) for name in names])
        for block, i, difference in sorted(found, key=lambda each: -abs(each[2]))[:_MOST_DIFFERENCES]:
            weights = block.weights
            self._who(block, _row_of(block, i))
            name = self.weighing.names.kpis[weights.kpis[i]] or weights.candidates[i].kpi
            self._write({_TEXT: name}, self.text)
            self._write({4: weights.derived[i], 5: weights.candidates[i].agreed}, self.figure)
            self._write({6: difference}, self.signed)
            self._close({_TEXT: name})
        self.row += 1

    def _problems(self, problems: Sequence[Problem]) -> None:
        self._section(say("problems_title", self.lang, sheet=PROBLEM_SHEETS(self.lang)))
        if not problems:
            self._note(say("problems_none", self.lang))
            return
        headers = [say(name, self.lang) for name in ("code", "severity", "cases", "example", "hint")]
        self._header([*headers[:3], headers[3], "", "", "", headers[4]], (_TEXT, _LAST - 1))
        for code, group in groupby(worst_first(problems, by_code=True), key=lambda p: p.code):
            same = list(group)
            example = same[0].message(self.lang)
            texts = {_LAST: same[0].hint(self.lang)}
            self._write({0: code}, self.centred)
            severity = severity_format(self.page.formats, same[0].severity)
            self._write({1: SEVERITY.value(same[0], self.lang)}, severity)
            self._write({2: len(same)}, self.figure)
            self.page.span(self.row, _TEXT, _LAST - 1, example, self.text)
            self._write(texts, self.text)
            wide = sum(_WIDTHS[_TEXT:_LAST])
            self._close(texts, row_height(example, wide))
        self.row += 1

    def _who(self, block: Block, row: int) -> None:
        """Contract (a link to its rows), holder, unit."""
        weights, names = block.weights, self.weighing.names
        place = f"internal:{quoted(say('lines', self.lang))}!{LETTER['contract']}{row}"
        self.sheet.write_url(self.row, 0, place, self.link, string=weights.contract or "—")
        holders = "、".join(names.people[person] for person in weights.holders)
        self._write({1: holders, 2: names.units[weights.unit]}, self.text)

    def _write(self, cells: dict[int, Any], look: Any) -> None:
        for column, value in cells.items():
            self.page.write(self.row, column, value, look)

    def _close(self, texts: dict[int, str], least: float = 0.0) -> None:
        heights = (row_height(text, _WIDTHS[column]) for column, text in texts.items())
        self.sheet.set_row(self.row, max(least, *heights))
        self.row += 1

    def _section(self, title: str) -> None:
        self.page.section(self.row, title)
        self.row += 1

    def _header(self, headers: Sequence[str], merged: tuple[int, int] | None = None) -> None:
        self.page.header(self.row, headers)
        if merged:
            self.page.span(self.row, *merged, headers[merged[0]], self.page.header_look())
        self.row += 1

    def _note(self, text: str) -> None:
        self.sheet.write_string(self.row, 0, text, self.page.muted_look())
        self.row += 2


def _row_of(block: Block, position: int) -> int:
    return next(c.first + c.positions.index(position) for c in block.categories if position in c.positions)


def _why(problems: Sequence[Problem], lang: str) -> str:
    """What bars the weights, without saying again whose they are."""
    barring = worst_first((p for p in problems if p.name not in _NO_BAR), by_code=True)
    reasons = [replace(p, details={**p.details, "subject": None}).message(lang) for p in barring[:_MOST_REASONS]]
    if len(barring) > _MOST_REASONS:
        reasons.append(f"… +{len(barring) - _MOST_REASONS}")
    return "\n".join(reasons)
