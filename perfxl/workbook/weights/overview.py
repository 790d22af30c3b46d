"""The sheets that are read rather than worked on: the summary (counts, contracts that are not legal, the biggest
differences, the problems by code) and the comparison KPI x unit with main and secondary owners in colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import groupby
from typing import Any

from perfxl.core.cells import a1
from perfxl.core.language import SEMICOLON
from perfxl.core.problem_table import SEVERITY, worst_first
from perfxl.core.problems import Problem
from perfxl.core.table_access import Names
from perfxl.core.weights.compare import IN_LINE, MAIN, OWN, SECONDARY, UNDECIDED, Comparison, Owner
from perfxl.core.weights.program import Weighing
from perfxl.core.weights.rules import exact, plain
from perfxl.workbook.program.layout import quoted
from perfxl.workbook.result_page import ADVICE, BAD, FAIR, GOOD, PROBLEM_SHEETS, ResultPage, Tile, severity_format
from perfxl.workbook.style import LINK, MUTED, PAPER, fitting_width, row_height, text_width
from perfxl.workbook.weights.formulas import LETTER, ContractBlock, apart
from perfxl.workbook.weights.texts import header, say

_MOST_CONTRACTS, _MOST_DIFFERENCES = 200, 20
# Findings that change no weight: too few or many KPIs, differences, the financial share, ratings.
_NO_BAR = {"kpi_count", "weight_differs_from_derived", "financial_share", "rating_missing", "rating_out_of_range"}
_MOST_REASONS = 5
_WIDTHS = (19, 16, 22, 40, 11, 11, 11, 66)
_TEXT, _LAST = 3, len(_WIDTHS) - 1  # the wide columns


def write_summary(
    page: ResultPage, weighing: Weighing, blocks: Sequence[ContractBlock], problems: Sequence[Problem]
) -> None:
    """Writes the first sheet: counts, what is not legal, the biggest differences, the problems by code."""
    _Summary(page, weighing, blocks).write(problems)


class _Summary:
    def __init__(self, page: ResultPage, weighing: Weighing, blocks: Sequence[ContractBlock]) -> None:
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

    def _changes(self, block: ContractBlock) -> str:
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
        return SEMICOLON(self.lang).join(changed)

    def _differences(self) -> None:
        self._section(say("differences_title", self.lang))
        differences = [
            (block, i, difference)
            for block in self.blocks
            for i, candidate in enumerate(block.weights.candidates)
            if candidate.weighted and (difference := apart(candidate.agreed, block.weights.derived[i]))
        ]
        if not differences:
            self._note(say("differences_none", self.lang))
            return
        names = ("contract", "holder", "unit", "name", "derived", "agreed", "difference")
        self._header([header(name, self.lang) for name in names])
        for block, i, difference in sorted(differences, key=lambda difference: -abs(difference[2]))[:_MOST_DIFFERENCES]:
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

    def _who(self, block: ContractBlock, row: int) -> None:
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


def _row_of(block: ContractBlock, position: int) -> int:
    return next(c.first + c.positions.index(position) for c in block.categories if position in c.positions)


def _why(problems: Sequence[Problem], lang: str) -> str:
    """What bars the weights, without saying again whose they are."""
    barring = worst_first((p for p in problems if p.name not in _NO_BAR), by_code=True)
    reasons = [replace(p, details={**p.details, "subject": None}).message(lang) for p in barring[:_MOST_REASONS]]
    if len(barring) > _MOST_REASONS:
        reasons.append(f"… +{len(barring) - _MOST_REASONS}")
    return "\n".join(reasons)


_LEGEND_ROW, _HEADER_ROW = 2, 4
_LEADING = ("kpi", "name", "carriers", "main")
_UNITS = len(_LEADING)
_UPRIGHT = 8  # so many units have headers that are read without turning one's head
# Names of units upright, by language: Chinese signs stand, English words lie; and the height of a sign.
_TURNED: dict[str, tuple[dict[str, Any], float]] = {
    "zh": ({"rotation": 270, "valign": "top"}, 7.2),
    "en": ({"rotation": 90, "valign": "bottom"}, 6.0),
}
_NO_WEIGHT = "—"  # carried, but nobody has said with which weight


def write_comparison(page: ResultPage, comparison: Comparison, names: Names) -> None:
    """Writes the comparison KPI x unit, with main and secondary owners in colour."""
    _Comparison(page, comparison, names).write()


class _Comparison:
    def __init__(self, page: ResultPage, comparison: Comparison, names: Names) -> None:
        self.page, self.sheet, self.lang = page, page.sheet, page.lang
        self.names, self.comparison = names, comparison
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
        widths = (
            fitting_width(map(str, self.names.kpis), 10, 20),
            fitting_width(self.names.kpis.values(), 18, 38),
            9,
            mains,
        )
        for i, width in enumerate(widths):
            self.sheet.set_column(i, i, width)
        look, width = self.page.header_look(), 13.0
        if len(names) > _UPRIGHT:
            width, longest = 6.0, max(map(text_width, names))
            turned, letter = _TURNED[self.lang]
            look = self.page.header_look(**turned)
            self.sheet.set_row(_HEADER_ROW, min(max(60, longest * letter + 10), 220))
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
