"""What LibreOffice loads: a UNO service with one method for each worksheet function. It runs in LibreOffice's own
Python, with perfxl beside it in the folder pythonpath."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import Any

import unohelper
from com.perfxl.calc import XFunctions
from com.sun.star.lang import XLocalizable, XServiceInfo
from com.sun.star.task import XJob

from perfxl.excel.calc.describe import SERVICE
from perfxl.excel.calc.mending import NOT_FOUND, mended
from perfxl.excel.cells import BlankOrZero, CellError
from perfxl.excel.functions import FUNCTIONS
from perfxl.excel.registry import Function, Session

_CODES = {
    CellError.VALUE: 519,
    CellError.NUM: 503,
    CellError.NA: 32767,
    CellError.DIV0: 532,
    CellError.REF: 524,
    CellError.NAME: 525,
    CellError.NULL: 521,
}


def _not_a_number(code: int) -> float:
    """Calc keeps an error in a cell as a number that is none: a NaN with the error's code in its lower half."""
    (number,) = struct.unpack("<d", struct.pack("<Q", 0x7FF8000000000000 | code))
    return float(number)


_ERRORS = {str(error): _not_a_number(code) for error, code in _CODES.items()}
_ERROR_CELL = str(CellError.VALUE)
RECOGNISE = "com.perfxl.calc.Recognise"
_IN_FORMULAS = 0


class Functions(unohelper.Base, XFunctions, XLocalizable, XServiceInfo):
    """The methods are added below, from the registry."""

    def __init__(self, context: Any) -> None:
        self._locale: Any = None
        self._session = Session()

    def setLocale(self, locale: Any) -> None:
        self._locale = locale

    def getLocale(self) -> Any:
        return self._locale

    def getImplementationName(self) -> str:
        return SERVICE

    def supportsService(self, name: str) -> bool:
        return name == SERVICE

    def getSupportedServiceNames(self) -> tuple[str, ...]:
        return (SERVICE,)


class Recognise(unohelper.Base, XJob, XServiceInfo):
    """Runs when a document has been opened. Calc does not know add-in functions in files of Excel: it leaves them as
    unknown names in small letters, or with the link to the add-in before them. Entered once more, they are found."""

    def __init__(self, context: Any) -> None:
        pass

    def execute(self, arguments: Any) -> None:
        named = {argument.Name: argument.Value for argument in arguments}
        model = {setting.Name: setting.Value for setting in named.get("Environment", ())}.get("Model")
        if model is None or not model.supportsService("com.sun.star.sheet.SpreadsheetDocument"):
            return
        changed = model.isModified()
        for sheet in (model.Sheets.getByIndex(place) for place in range(model.Sheets.Count)):
            _enter_again(sheet)
        model.setModified(changed)

    def getImplementationName(self) -> str:
        return RECOGNISE

    def supportsService(self, name: str) -> bool:
        return name == RECOGNISE

    def getSupportedServiceNames(self) -> tuple[str, ...]:
        return (RECOGNISE,)


def _enter_again(sheet: Any) -> None:
    """Every formula of the sheet with a function of the add-in that was not found; an array as a whole. Others, such as
    those with names that only begin alike, stay as they are: to enter a formula takes its time."""
    wanted = sheet.createSearchDescriptor()
    wanted.SearchString, wanted.SearchRegularExpression = NOT_FOUND, True
    wanted.SearchCaseSensitive, wanted.SearchType = True, _IN_FORMULAS
    found = sheet.findAll(wanted)
    entered: set[tuple[int, int]] = set()
    for cell in _cells(found) if found is not None else ():
        place = cell.getCellAddress()
        if (place.Column, place.Row) in entered:
            continue
        cursor = sheet.createCursorByRange(cell)
        cursor.collapseToCurrentArray()
        formula = cursor.getArrayFormula()
        if not formula:
            cell.setFormula(mended(cell.getFormula()))
            continue
        cursor.setArrayFormula(mended(formula.strip("{}")))
        held = cursor.getRangeAddress()
        columns, rows = range(held.StartColumn, held.EndColumn + 1), range(held.StartRow, held.EndRow + 1)
        entered.update((column, row) for column in columns for row in rows)


def _cells(ranges: Any) -> Iterator[Any]:
    cells = ranges.getCells().createEnumeration()
    while cells.hasMoreElements():
        yield cells.nextElement()


def _method(function: Function) -> Callable[..., Any]:
    def method(self: Functions, *sent: Any) -> Any:
        rows = self._session.call(function.name, [_read(raw) for raw in sent])
        return tuple(tuple(map(_show, row)) for row in rows)

    return method


def _read(raw: Any) -> Any:
    if hasattr(raw, "getDataArray"):
        return _used_cells(raw)
    return BlankOrZero() if type(raw) is float and raw == 0 else raw


def _used_cells(cells: Any) -> tuple[tuple[Any, ...], ...]:
    """The cells of a range up to the end of what is used on its sheet. An error cell comes as nothing at all."""
    asked, sheet = cells.getRangeAddress(), cells.getSpreadsheet()
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    last = cursor.getRangeAddress()
    end_row, end_column = min(asked.EndRow, last.EndRow), min(asked.EndColumn, last.EndColumn)
    if end_row < asked.StartRow or end_column < asked.StartColumn:
        return ()
    used = sheet.getCellRangeByPosition(asked.StartColumn, asked.StartRow, end_column, end_row)
    return tuple(tuple(_ERROR_CELL if value is None else value for value in row) for row in used.getDataArray())


def _show(value: Any) -> Any:
    return _ERRORS.get(value, value) if isinstance(value, str) else value


for _function in FUNCTIONS.values():
    setattr(Functions, _function.name, _method(_function))

g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(Functions, SERVICE, (SERVICE,))
g_ImplementationHelper.addImplementation(Recognise, RECOGNISE, (RECOGNISE,))
