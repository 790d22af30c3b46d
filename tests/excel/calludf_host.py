"""Run as a process of its own, since it makes Python believe it is on Windows: every case through xlwings' CallUDF.

Prints a JSON list of [function, what came back] for the cases, in order.
"""

from __future__ import annotations

import json
import sys
from datetime import date, datetime, timezone
from typing import Any

from tests.excel.com_stub import call_udf

_MISSING = -2147352572
_ERRORS = {"#DIV/0!": 2007, "#N/A": 2042, "#NAME?": 2029, "#NULL!": 2000, "#NUM!": 2036, "#REF!": 2023, "#VALUE!": 2015}


def variant(cell: Any) -> Any:
    """A cell as pywin32 hands it over from VBA's .Value."""
    if isinstance(cell, list):
        return tuple(tuple(map(variant, row)) for row in cell)
    if isinstance(cell, str) and cell in _ERRORS:
        return _ERRORS[cell] - 2146828288
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day, tzinfo=timezone.utc)  # noqa: UP017
    return cell


def main() -> None:
    call = call_udf()
    from perfxl.excel.functions import FUNCTIONS
    from tests.excel.cases import CASES

    made = []
    for case in CASES:
        held = len(FUNCTIONS[case.function].arguments)
        given = [_MISSING if cell is None else variant(cell) for cell in case.arguments]
        given += [_MISSING] * (held - len(given))
        made.append([case.function, call("perfxl.excel.functions", case.function, tuple(given), None, None)])
    marks = {name: getattr(function.call, "__xlfunc__", {}) for name, function in FUNCTIONS.items()}
    sys.stdout.write(json.dumps({"results": made, "marks": marks}, ensure_ascii=False))


if __name__ == "__main__":
    main()
