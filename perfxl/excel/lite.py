"""perfxl in xlwings Lite: the worksheet functions, and scripts that are run by a button. A workbook's main.py needs no
more than `from perfxl.excel.lite import *`; a plugin is made of the same line.

Scripts read the table of the active sheet and write to sheets of their own, which are never read as data.
"""

# No postponed annotations: Lite knows a script by its argument's type.
from typing import Any

import xlwings as xw
from xlwings import script

from perfxl.core.language import Text
from perfxl.excel.functions import *  # noqa: F403 - the functions are found by their names
from perfxl.excel.registry import answer
from perfxl.tables.grid import OWN_PAGES, OWN_PREFIX, is_own

_REASONS = Text("问题", "What is wrong")


@script
def score_table(book: xw.Book) -> None:
    """计分：当前工作表的合同表，每人总分和每行得分写到“PX 得分” / scores the contracts on the active sheet"""
    table = _table(book)
    totals, lines = answer("PX_TOTALS", [table]), answer("PX_SCORES", [table, _ALL])
    reasons = dict.fromkeys(f"{p.code} {p.message(totals.lang)}" for p in (*totals.problems, *lines.problems))
    beside = [[*row, *points] for row, points in zip(table, lines.rows, strict=False)]
    rows = [*totals.rows, [], *(beside or lines.rows)]
    if reasons:
        rows += [[], [_REASONS(totals.lang)], *([reason] for reason in reasons)]
    _show(book, OWN_PREFIX + OWN_PAGES["scores"](totals.lang), rows)


@script
def check_weights(book: xw.Book) -> None:
    """检查权重：当前工作表的指标和权重，问题写到“PX 检查” / checks the weights on the active sheet"""
    found = answer("PX_WEIGHTCHECK", [_table(book)])
    reasons = [[f"{p.code} {p.message(found.lang)}"] for p in found.problems]
    _show(book, OWN_PREFIX + OWN_PAGES["check"](found.lang), [*found.rows, *reasons])


_ALL = "全部"


def _table(book: xw.Book) -> list[list[Any]]:
    """What stands on the active sheet, from its first used cell on."""
    sheet = book.sheets.active
    if is_own(sheet.name):
        raise ValueError("请先切换到合同表，再运行 / switch to the sheet with the contract, then run again")
    cells = sheet.used_range.value
    rows = cells if isinstance(cells, list) else [[cells]]
    return [row if isinstance(row, list) else [row] for row in rows]


def _show(book: xw.Book, name: str, rows: list[list[Any]]) -> None:
    """Writes rows to a sheet of perfxl's own, in place of what an earlier run put there."""
    sheet = book.sheets[name] if name in [each.name for each in book.sheets] else book.sheets.add(name)
    sheet.clear()
    width = max(map(len, rows), default=1)
    sheet["A1"].value = [[*row, *[None] * (width - len(row))] for row in rows]
    sheet.activate()
