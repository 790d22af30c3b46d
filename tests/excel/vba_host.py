"""The add-in's own code in a VBA engine with Excel's object model: cells in, through the wrappers, perfxl, cells out.

Where in Excel xlwings' DLL hands over a COM object, `PxUse` takes one of this process, which does as xlwings' does.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from pyopenvba.apps.excel import Application, ExcelApplication
from pyopenvba.interpreter import EMPTY, MISSING, VBAArray, VBADate, VBAErrorValue, VBAObject, method
from pyopenvba.interpreter._objects import MemberSpec

from perfxl.excel.addin.package import code_modules
from perfxl.excel.functions import FUNCTIONS

VERSION = "0.37.8"
LINK = """Option Explicit
Option Private Module
Private held As Object
Private forgotten As Long

Public Sub PxUse(ByVal server As Object)
    Set held = server
End Sub
Public Function PxServer() As Object
    Set PxServer = held
End Function
Public Function PxForgotten() As Long
    PxForgotten = forgotten
End Function
Public Sub PxForget()
    forgotten = forgotten + 1
End Sub
Public Function PxFailed() As Boolean
End Function
"""
_ERRORS = {"#NULL!": 2000, "#DIV/0!": 2007, "#VALUE!": 2015, "#REF!": 2023, "#NAME?": 2029, "#NUM!": 2036, "#N/A": 2042}
_TEXTS = {code: text for text, code in _ERRORS.items()}
_MISSING, _ERROR_BASE = -2147352572, -2146828288


class Server(VBAObject):
    """xlwings' COM object, as far as the bridge calls it."""

    vba_type_name = "XLPython"

    @method
    def CallUDF(self, script: Any, fname: Any, args: Any, book: Any = MISSING) -> Any:
        assert script == "perfxl.excel.functions"
        rows = FUNCTIONS[fname].call(*(_received(one) for one in args.items))
        if len(rows) > 1:
            return array(rows)
        return rows[0][0] if len(rows[0]) == 1 else VBAArray([(0, len(rows[0]) - 1)], items=list(rows[0]))


class Calling:
    """The cell that a function is called from, which the model does not know."""

    cell: VBAObject | None = None


CALLING = Calling()
Application.vba_add_member(MemberSpec("Caller", "property", getter=lambda _: CALLING.cell))


def excel(server: VBAObject) -> ExcelApplication:
    """Excel with an empty workbook and the add-in's code."""
    app = ExcelApplication()
    app.add_workbook()
    for module in code_modules(VERSION):
        app.add_module(LINK if module.name == "PxLink" else module.code, name=module.name)
    app.run("PxUse", server)
    return app


def call(app: ExcelApplication, function: str, *arguments: Any) -> Any:
    """A function as a cell calls it, with references to cells. Errors come back as text, several cells as rows."""
    sheet = app.sheet(1)
    sheet.sheet.vba_get("Cells").vba_call("Clear")
    given, column = [], 1
    for one, argument in zip(arguments, FUNCTIONS[function].arguments, strict=False):
        if one is None and argument.optional:
            given.append(MISSING)
            continue
        rows = one if isinstance(one, list) else [[one]]
        given.append(_cells(sheet, rows, column))
        column += len(rows[0]) + 1
    return shown(app.interpreter.run(function, given))


def shown(value: Any) -> Any:
    if isinstance(value, VBAArray):
        if value.dimensions == 1:
            return [[shown(one) for one in value.items]]
        (top, bottom), (left, right) = value.bounds
        return [[shown(value.get([r, c])) for c in range(left, right + 1)] for r in range(top, bottom + 1)]
    return _TEXTS.get(value.number, "#SPILL!") if isinstance(value, VBAErrorValue) else value


def sent(cell: Any) -> Any:
    """A cell as VBA holds it."""
    if isinstance(cell, str) and cell in _ERRORS:
        return VBAErrorValue(_ERRORS[cell])
    if isinstance(cell, date):
        return VBADate.from_datetime(cell)
    if isinstance(cell, str):
        return f"'{cell}"  # as it is, and not what Excel would make of it
    return EMPTY if cell is None else cell


def array(rows: list[list[Any]]) -> VBAArray:
    made = VBAArray([(0, len(rows) - 1), (0, len(rows[0]) - 1)])
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            made.set([r, c], cell)
    return made


def _cells(sheet: Any, rows: list[list[Any]], column: int) -> Any:
    width = len(rows[0])
    target = sheet.sheet.vba_get("Cells", [1, column]).vba_get("Resize", [len(rows), width])
    for r, row in enumerate(rows, 1):
        for c, cell in enumerate(row):
            if cell is not None:
                sheet.sheet.vba_get("Cells", [r, column + c]).vba_set("Value", sent(cell))
    return target


def _received(value: Any) -> Any:
    """As pywin32 hands it to Python."""
    if isinstance(value, VBAArray):
        (top, bottom), (left, right) = value.bounds
        cells = (tuple(_received(value.get([r, c])) for c in range(left, right + 1)) for r in range(top, bottom + 1))
        return tuple(cells)
    if value is MISSING:
        return _MISSING
    if value is EMPTY:
        return None
    if isinstance(value, VBAErrorValue):
        return _ERROR_BASE + value.number
    if isinstance(value, VBADate):
        return datetime(1899, 12, 30) + timedelta(value.serial)
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
