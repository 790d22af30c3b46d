"""Runs in LibreOffice's own Python: opens a workbook that holds the add-in's code and lets its VBA call perfxl.

    python3 addin_in_office.py PROFILE WORKBOOK < calls.json

The VBA runs in LibreOffice; where in Excel xlwings' COM object would stand, it calls an object of this process, which
calls the worksheet functions. Prints, as JSON: the modules, what each call gave, and the cells of the first sheet.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import unohelper
from com.sun.star.beans import PropertyValue
from com.sun.star.script import XInvocation

from perfxl.excel.functions import FUNCTIONS
from tests.uno_office import office

_LIBRARY = "PerfxlAddin"


class Server(unohelper.Base, XInvocation):
    """Stands where xlwings' XLPython does."""

    def invoke(self, name: str, given: Any, _places: Any, _outs: Any) -> Any:
        module, function, arguments = given
        assert (name, module) == ("CallUDF", "perfxl.excel.functions")
        rows = FUNCTIONS[function].call(*(_plain(each) for each in arguments))
        if len(rows) == 1:
            return (rows[0][0] if len(rows[0]) == 1 else tuple(rows[0])), (), ()
        return tuple(map(tuple, rows)), (), ()

    def hasMethod(self, name: str) -> bool:
        return name == "CallUDF"

    def hasProperty(self, _name: str) -> bool:
        return False

    def getIntrospection(self) -> None:
        return None

    def getValue(self, name: str) -> Any:
        raise AttributeError(name)

    def setValue(self, name: str, value: Any) -> None:
        raise AttributeError(name)


def main(profile: str, workbook: str) -> None:
    wanted = json.load(sys.stdin)
    with office(profile) as (_, desktop):
        sys.stdout.write(json.dumps(_run(desktop, workbook, wanted), ensure_ascii=False, default=str))


def _run(desktop: Any, workbook: str, wanted: Any) -> dict[str, Any]:
    settings = {"Hidden": True, "MacroExecutionMode": 4, "FilterName": "Calc MS Excel 2007 VBA XML"}
    options = tuple(_property(name, value) for name, value in settings.items())
    book = desktop.loadComponentFromURL(f"file://{workbook}", "_blank", 0, options)
    library = book.BasicLibraries.getByName(_LIBRARY)
    scripts = book.getScriptProvider()

    def call(name: str, *given: Any) -> Any:
        address = f"vnd.sun.star.script:{_LIBRARY}.{name}?language=Basic&location=document"
        return scripts.getScript(address).invoke(given, (), ())[0]

    call("PxLink.PxUse", Server())
    results = [call(name, *given) for name, *given in wanted["calls"]]
    sheet = book.Sheets.getByIndex(0)
    for address, formula in wanted["formulas"].items():
        sheet.getCellRangeByName(address).setFormula(formula)
    book.calculateAll()
    cells = {}
    for address in wanted["formulas"]:
        cell = sheet.getCellRangeByName(address)
        cells[address] = [cell.Value, cell.String, cell.Error]
    found = {"modules": sorted(library.ElementNames), "results": results, "cells": cells}
    book.close(True)
    return found


def _plain(value: Any) -> Any:
    return [list(row) if isinstance(row, tuple) else row for row in value] if isinstance(value, tuple) else value


def _property(name: str, value: Any) -> Any:
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


main(*sys.argv[1:])
