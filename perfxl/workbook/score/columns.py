"""The columns of a score sheet; every contract's block has the same, so a formula differs only in its rows."""

from __future__ import annotations

from typing import NamedTuple

from perfxl.core.cells import column_letter
from perfxl.core.rulebook import FIGURES
from perfxl.core.schema import get
from perfxl.workbook.score.texts import say


class Col(NamedTuple):
    """`of` is "table.column" of the schema, whose header it has; otherwise `name` is a text of its own."""

    name: str
    width: float
    of: str = ""

    def header(self, lang: str) -> str:
        if not self.of:
            return say(f"column_{self.name}", lang)
        table, column = self.of.split(".")
        return get(table).column(column).header(lang)


COLUMNS = (
    Col("aspect", 13, "contract_lines.aspect"),
    Col("kpi", 26, "kpis.name"),
    Col("unit", 7, "kpis.unit"),
    Col("method", 18, "kpis.method"),
    Col("direction", 9, "kpis.direction"),
    Col("weight", 8, "contract_lines.weight"),
    Col("effective", 10),
    Col("target", 11, "contract_lines.target"),
    Col("threshold", 11, "contract_lines.threshold"),
    Col("challenge", 11, "contract_lines.challenge"),
    Col("base", 11, "contract_lines.base"),
    Col("actual", 12, "actuals.value"),
    Col("points", 9),
    Col("weighted", 9),
    Col("status", 9),
    Col("to_date", 11),
    Col("light", 7),
    Col("forecast", 11),
    # To the right of what is printed: figures that few methods use, and what the totals stand on.
    Col("k", 9, "contract_lines.k"),
    Col("unit_step", 9, "contract_lines.unit_step"),
    Col("low", 9, "contract_lines.low"),
    Col("high", 9, "contract_lines.high"),
    Col("limit", 9, "contract_lines.limit"),
    Col("floor", 9, "contract_lines.floor"),
    Col("cap", 9, "contract_lines.cap"),
    Col("spread", 11),
)
PLACE = {column.name: i for i, column in enumerate(COLUMNS)}
LETTER = {name: column_letter(i) for name, i in PLACE.items()}
PRINTED = PLACE["forecast"]
LAST = len(COLUMNS) - 1

# Symbol of the rule book -> its column. The label of a graded KPI stands where the actual does.
SYMBOL_LETTER = {symbol: LETTER[column] for symbol, column in FIGURES.items()} | {
    "G": LETTER["actual"],
    "FLOOR": LETTER["floor"],
    "CAP": LETTER["cap"],
}

# A contract's result stands in one row, names and values by turns; so does a person's.
RESULTS = ("total", "grade", "coefficient", "completeness", "provisional")
RESULT_PLACE = {name: PLACE["weight"] + 2 * i for i, name in enumerate(RESULTS)}
RESULT_LETTER = {name: column_letter(i) for name, i in RESULT_PLACE.items()}
# What it stands on, in the same row under a name each.
BASIS = ("known", "open", "adjusted", "band")
BASIS_PLACE = {name: PLACE["k"] + i for i, name in enumerate(BASIS)}
BASIS_LETTER = {name: column_letter(i) for name, i in BASIS_PLACE.items()}
