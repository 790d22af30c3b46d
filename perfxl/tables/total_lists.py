"""Lists of people with one total each, such as a sheet 汇总 beside the sheets of single people: totals shown, to be set
against what the lines of each give. A list with several columns of scores is none: what its total is of, nobody knows.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from perfxl.core.cells import column_letter
from perfxl.core.records import Records
from perfxl.core.schema import get
from perfxl.core.values.text import clean
from perfxl.tables.blocks import Block
from perfxl.tables.grid import Grid
from perfxl.tables.lexicon import MARK, PERIOD, SURE
from perfxl.tables.total_words import Figure, figure_of, is_total_score, may_be_score
from perfxl.tables.totals import is_total_word

PAYROLL = re.compile(r"基本工资|底薪|实发|应发|实付|salary|net pay|gross pay|wages", re.IGNORECASE)
"""Headers of lists of pay, whose deductions are money."""
_SCORES = ("points", "weighted", "full_marks", "total_score", "attainment", "deduction", "bonus")


class TotalList(NamedTuple):
    """The columns of the names and of the totals."""

    who: int
    total: int


def find_total_list(grid: Grid, block: Block) -> TotalList | None:
    """The columns of such a list; None where the block is none."""
    heard = block.heard
    who = [at for of in ("person", "name") for at in heard if heard[at].senses.get(of, 0.0) >= SURE - 0.05]
    totals = [at for at, text in block.texts.items() if is_total_score(text)]
    if not who or len(totals) != 1 or any(PAYROLL.search(text) for text in block.texts.values()):
        return None
    others = [at for at in heard if at not in (who[0], totals[0]) and _is_score(grid, block, at)]
    found = TotalList(who[0], totals[0])
    return None if others or not _rows(grid, block, found) else found


def read_total_list(file: str, grid: Grid, block: Block, found: TotalList) -> Records:
    """A row for each total; whose contract it is about stands open."""
    rows = _rows(grid, block, found)
    columns: dict[str, list[Any]] = {
        "contract": [None] * len(rows),
        "holder": [who for _, who, _ in rows],
        "total": [figure.value for _, _, figure in rows],
        "places": [float(figure.places) for _, _, figure in rows],
        "origin": [f"{file} {grid.name}!{column_letter(found.total)}{i + 1}" for i, _, _ in rows],
    }
    letters = dict.fromkeys(columns, column_letter(found.total))
    return Records(get("shown_totals"), columns, file, grid.name, [i + 1 for i, _, _ in rows], letters)


def _rows(grid: Grid, block: Block, found: TotalList) -> list[tuple[int, str, Figure]]:
    """Sheet row, person and total of each row that has both."""
    rows = []
    percent = grid.percent.get(found.total, ())
    for i in range(block.first, min(block.bottom, len(grid.rows))):
        who, cell = grid.rows[i][found.who], grid.rows[i][found.total]
        figure = figure_of(cell) if i not in percent else None
        named = isinstance(who, str) and who.strip() != "" and not is_total_word(who)
        if named and figure and may_be_score(figure, block.texts[found.total]):
            rows.append((i, clean(who), figure))
    return rows


def _is_score(grid: Grid, block: Block, at: int) -> bool:
    """Whether a column holds figures of which a total may be made."""
    heard = block.heard[at]
    said = heard.period or any(
        sense in _SCORES or sense.startswith((MARK, PERIOD)) for sense, sure in heard.senses.items() if sure >= 0.5
    )
    cells = (grid.rows[i][at] for i in range(block.first, min(block.bottom, len(grid.rows))))
    named = said or "分" in heard.text or "score" in heard.text.casefold()
    return bool(named) and any(isinstance(cell, float) or figure_of(cell) for cell in cells)
