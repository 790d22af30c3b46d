"""What the dropdowns offer: a hidden sheet with the allowed values, and names that reach the keys of other tables.

Lists typed into a validation hold 255 characters; ranges have no such limit, and one list serves many columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from perfxl.core.cells import column_letter
from perfxl.core.records import Records
from perfxl.core.rulebook import METHODS
from perfxl.core.schema import Choice, Column, get
from perfxl.workbook.layout import FIRST_ROW, LISTS_SHEET, REFERENCE_ROWS, last_row, list_name, span
from perfxl.workbook.program.sheets import Sheet

YES_NO = (Choice("yes", "是", "yes"), Choice("no", "否", "no"))
_METHODS = tuple(Choice(method.name, method.zh, method.label("en")) for method in METHODS)

# Free text with usual answers: offered, not enforced.
SUGGESTIONS: dict[tuple[str, str], tuple[Choice, ...]] = {("kpis", "method"): _METHODS}

_SPARE = 40  # room for values that are typed later in a list of different values
_SCANNED = 1_000  # rows of a table that such a list looks at


class Lists:
    """The dropdown ranges of one workbook, each named when first asked for."""

    def __init__(
        self, workbook: Workbook, sheets: Mapping[str, Sequence[Sheet]], book: Mapping[str, Records], lang: str
    ) -> None:
        self._workbook, self._sheets, self._book, self._lang = workbook, sheets, book, lang
        self._columns: list[tuple[str, Sequence[str]]] = []
        self._fixed: dict[tuple[Choice, ...], str] = {}
        self._references: dict[str, str] = {}
        self._formulas: dict[int, str] = {}

    def of_choices(self, choices: tuple[Choice, ...], name: str) -> str:
        """The formula of a dropdown of these values; `name` is used where they are new."""
        if choices not in self._fixed:
            labels = [choice.label(self._lang) for choice in choices]
            self._fixed[choices] = self._define(name, self._add(name, labels, len(labels)))
        return self._fixed[choices]

    def of_reference(self, column: Column) -> str:
        """The formula of a dropdown of another table's keys."""
        ref = column.ref
        if ref not in self._references:
            table, name = ref.split(".")
            unique = get(table).key == (name,)
            reach = self._keys(table, name) if unique else self._different(table, name)
            self._references[ref] = self._define(ref.replace(".", "_"), reach)
        return self._references[ref]

    def write(self, sheet: Worksheet) -> None:
        """Puts the lists on their sheet, when all have been asked for."""
        for i, (name, values) in enumerate(self._columns):
            sheet.write_string(0, i, name)
            for row, value in enumerate(values, 1):
                if i not in self._formulas:
                    sheet.write_string(row, i, value)
                else:
                    above = f"{column_letter(i)}$1:{column_letter(i)}{row}"
                    sheet.write_array_formula(row, i, row, i, self._formulas[i].format(above=above), None, value)

    def _define(self, name: str, reach: str) -> str:
        self._workbook.define_name(list_name(name), f"={reach}")
        return f"={list_name(name)}"

    def _add(self, name: str, values: Sequence[str], rows: int) -> str:
        self._columns.append((name, values))
        return span(LISTS_SHEET, len(self._columns) - 1, 1, rows)

    def _keys(self, table: str, name: str) -> str:
        """The filled part of a key column."""
        source = self._source(table, name, REFERENCE_ROWS)
        return f"{source.split(':')[0]}:INDEX({source},MAX(1,COUNTA({source})))"

    def _different(self, table: str, name: str) -> str:
        """The different values of a column that repeats them, worked out by formulas on the lists' sheet."""
        source = self._source(table, name, _SCANNED)
        held = self._book[table].column(name) if table in self._book else []
        values = list(dict.fromkeys(str(value) for value in held if value is not None))
        values += [""] * _SPARE
        reach = self._add(f"{table}_{name}", values, len(values))
        self._formulas[len(self._columns) - 1] = (
            f'=IFERROR(INDEX({source},MATCH(0,COUNTIF({{above}},{source})+({source}=""),0)),"")'
        )
        return f'{reach.split(":")[0]}:INDEX({reach},MAX(1,SUMPRODUCT(--({reach}<>""))))'

    def _source(self, table: str, name: str, least: int) -> str:
        """The rows of a column, with room below. Of a table on several sheets those of the first: a dropdown shows one
        range, and what it does not offer may be typed all the same."""
        sheet = self._sheets[table][0]
        position = [column.name for column in get(table).columns].index(name)
        return span(sheet.title, position, FIRST_ROW, last_row(max(least, 2 * len(sheet.records))))
