"""Run by LibreOffice's Python (the one that has `uno`): installs the add-in, writes each case into a spreadsheet, saves
it, opens it again, recalculates and reads what the cells show. JSON in on stdin, JSON out on stdout.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import uno
import unohelper
from com.sun.star.beans import PropertyValue
from com.sun.star.task import XInteractionHandler
from com.sun.star.ucb import XCommandEnvironment

from tests.uno_office import office

ERRORS = {519: "#VALUE!", 503: "#NUM!", 32767: "#N/A", 532: "#DIV/0!"}
CELLS_OF = {"#N/A": "=NA()", "#REF!": "=1/0", "#VALUE!": '=1+"x"'}


class Agreed(unohelper.Base, XCommandEnvironment, XInteractionHandler):
    """Says yes to what the extension manager asks."""

    def getInteractionHandler(self) -> Any:
        return self

    def getProgressHandler(self) -> None:
        return None

    def handle(self, request: Any) -> None:
        for choice in request.getContinuations():
            if choice.queryInterface(uno.getTypeByName("com.sun.star.task.XInteractionApprove")):
                choice.select()


def hidden() -> Any:
    found = PropertyValue()
    found.Name, found.Value = "Hidden", True
    return found


def put(sheet: Any, row: int, cells: list[list[Any]]) -> str:
    """Writes cells below one another from column A; the reference to them."""
    place = sheet.getCellRangeByPosition(0, row, len(cells[0]) - 1, row + len(cells) - 1)
    place.setDataArray(tuple(tuple("" if value is None else value for value in line) for line in cells))
    for r, line in enumerate(cells, row):
        for c, value in enumerate(line):
            if value in CELLS_OF:
                sheet.getCellByPosition(c, r).setFormula(CELLS_OF[value])
    last = sheet.getCellByPosition(len(cells[0]) - 1, row + len(cells) - 1).AbsoluteName.replace("$Cells.", "")
    return f"$Cells.$A${row + 1}:{last}"


class Sheets:
    """The formulas of the cases on one sheet, the cells they refer to on another."""

    def __init__(self, document: Any) -> None:
        document.Sheets.insertNewByName("Cells", 0)
        self.formulas, self.cells = document.Sheets.getByIndex(1), document.Sheets.getByName("Cells")
        self.formulas.setName("Formulas")
        self.next_row, self.next_cell = 0, 0

    def add(self, case: dict[str, Any]) -> None:
        given = case["arguments"]
        while given and given[-1] is None:
            given = given[:-1]
        formula = case["formula"] or f"={case['function']}({';'.join(map(self.written, given))})"
        height, width = case["shape"]
        place = self.formulas.getCellRangeByPosition(0, self.next_row, width - 1, self.next_row + height - 1)
        place.setArrayFormula(formula)
        self.next_row += height

    def written(self, argument: Any) -> str:
        if isinstance(argument, list) or argument == 0 or argument in CELLS_OF:
            rows = argument if isinstance(argument, list) else [[argument]]
            reference = put(self.cells, self.next_cell, rows)
            self.next_cell += len(rows)
            return reference
        if isinstance(argument, str):
            return '"' + argument.replace('"', '""') + '"'
        return "" if argument is None else repr(argument)


def shown(cell: Any) -> Any:
    code = cell.getError()
    if code:
        return ERRORS.get(code, f"Err:{code}")
    return cell.getValue() if cell.FormulaResultType2 == 1 else cell.getString()


def in_file_of_excel(desktop: Any, path: str, cells: list[str]) -> list[Any]:
    """Opened as a person opens it: jobs of extensions run for documents that can be seen only."""
    document = desktop.loadComponentFromURL(f"file://{path}", "_blank", 0, ())
    sheet = document.Sheets.getByIndex(0)
    values = [shown(sheet.getCellRangeByName(cell)) for cell in cells]
    assert not document.isModified()
    document.close(True)
    return values


def main() -> None:
    asked = json.load(sys.stdin)
    with office(asked["profile"]) as (context, desktop):
        manager = context.getValueByName("/singletons/com.sun.star.deployment.ExtensionManager")
        manager.addExtension(f"file://{asked['oxt']}", (), "user", None, Agreed())
        document = desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, (hidden(),))
        sheets = Sheets(document)
        for case in asked["cases"]:
            sheets.add(case)
        document.storeToURL(f"file://{asked['workbook']}", ())
        document.close(True)
        document = desktop.loadComponentFromURL(f"file://{asked['workbook']}", "_blank", 0, (hidden(),))
        seconds = []
        for _ in range(asked["rounds"]):
            begun = time.perf_counter()
            document.calculateAll()
            seconds.append(time.perf_counter() - begun)
        sheet, row, results = document.Sheets.getByName("Formulas"), 0, []
        for case in asked["cases"]:
            height, width = case["shape"]
            values = sheet.getCellRangeByPosition(0, row, width - 1, row + height - 1).getDataArray()
            results.append([list(line) for line in values])
            for r, c in ((r, c) for r in range(height) for c in range(width) if values[r][c] is None):
                results[-1][r][c] = shown(sheet.getCellByPosition(c, row + r))
            row += height
        document.close(True)
        opened = in_file_of_excel(desktop, asked["opens"], asked["cells"]) if asked["opens"] else []
        json.dump({"results": results, "seconds": seconds, "opened": opened}, sys.stdout)


if __name__ == "__main__":
    main()
