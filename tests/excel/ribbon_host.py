"""Run as a process of its own, since it makes Python believe it is on Windows: buttons through xlwings' CallUDF.

    python -m tests.excel.ribbon_host WORKBOOK

Prints a JSON list of the messages that VBA would show.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from perfxl.ribbon.background import WORKING
from tests.excel.com_excel import workbook
from tests.excel.com_stub import call_udf


def main(path: str) -> None:
    opened = workbook(Path(path))  # before Python believes to be elsewhere
    call = call_udf()
    import xlwings.udfs

    vars(xlwings.udfs)["Dispatch"] = lambda book: book  # of a real COM object
    told = []
    for control, lang in (("px.check", "zh"), ("px.next", "zh"), ("px.clear", "en")):
        answer = call("perfxl.ribbon.server", "clicked", (control, lang, ""), opened, None)
        while answer == WORKING:  # as the add-in does, each second
            time.sleep(0.1)
            answer = call("perfxl.ribbon.server", "polled", ("",), opened, None)
        told.append(answer)
    sys.stdout.write(json.dumps(told, ensure_ascii=False))


if __name__ == "__main__":
    main(sys.argv[1])
