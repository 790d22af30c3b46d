"""What LibreOffice loads: a UNO service with one method for each worksheet function. It runs in LibreOffice's own
Python, with perfxl beside it in the folder pythonpath."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

import unohelper
from com.perfxl.calc import XFunctions
from com.sun.star.lang import XLocalizable, XServiceInfo
from com.sun.star.task import XJob

from perfxl.excel.calc.describe import SERVICE
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
_UNKNOWN, _IN_FORMULAS = "px_", 0


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
    unknown names in small letters. Entered once more, they are found."""

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
    """Every formula of the sheet that holds a name in small letters; an array as a whole."""
    wanted = sheet.createSearchDescriptor()
    wanted.SearchString, wanted.SearchCaseSensitive, wanted.SearchType = _UNKNOWN, True, _IN_FORMULAS
    cells = sheet.findFirst(wanted)
    while cells is not None:
        cursor = sheet.createCursorByRange(cells)
        cursor.collapseToCurrentArray()
        formula = cursor.getArrayFormula()
        if formula:
            cursor.setArrayFormula(formula.strip("{}"))
        else:
            cells.setFormula(cells.getFormula())
        cells = sheet.findNext(cells, wanted)


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
