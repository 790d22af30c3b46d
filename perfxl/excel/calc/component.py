"""What LibreOffice loads: a UNO service with one method for each worksheet function. It runs in LibreOffice's own
Python, with perfxl beside it in the folder pythonpath."""

import struct

import unohelper
from com.perfxl.calc import XFunctions
from com.sun.star.lang import XLocalizable, XServiceInfo

from perfxl.excel.calc.describe import SERVICE
from perfxl.excel.errors import CellError
from perfxl.excel.functions import FUNCTIONS
from perfxl.excel.normalise import BlankOrZero

_CODES = {
    CellError.VALUE: 519,
    CellError.NUM: 503,
    CellError.NA: 32767,
    CellError.DIV0: 532,
    CellError.REF: 524,
    CellError.NAME: 525,
    CellError.NULL: 521,
}


def _error(code):
    """Calc keeps an error in a cell as a number that is none: a NaN with the error's code in its lower half."""
    return struct.unpack("<d", struct.pack("<Q", 0x7FF8000000000000 | code))[0]


_ERRORS = {str(error): _error(code) for error, code in _CODES.items()}


_ERROR_CELL = str(CellError.VALUE)


def _cell(value):
    return _ERRORS.get(value, value) if isinstance(value, str) else value


class Functions(unohelper.Base, XFunctions, XLocalizable, XServiceInfo):
    def __init__(self, context):
        self._locale = None

    def setLocale(self, locale):
        self._locale = locale

    def getLocale(self):
        return self._locale

    def getImplementationName(self):
        return SERVICE

    def supportsService(self, name):
        return name == SERVICE

    def getSupportedServiceNames(self):
        return (SERVICE,)


def _method(function):
    def method(self, *sent):
        rows = function.call(*map(_sent, sent))
        return tuple(tuple(map(_cell, row)) for row in rows)

    return method


def _sent(raw):
    if hasattr(raw, "getDataArray"):
        return _used_cells(raw)
    return BlankOrZero() if type(raw) is float and raw == 0 else raw


def _used_cells(cells):
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


for _function in FUNCTIONS.values():
    setattr(Functions, _function.name, _method(_function))

g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(Functions, SERVICE, (SERVICE,))
