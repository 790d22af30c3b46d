"""Windows: worksheet functions answer by way of xlwings' CallUDF on the real pywin32, as VBA calls it."""

from __future__ import annotations

from tools.ci.kit import PYTHON, ROOT, WINDOWS, Skipped, expect, in_tree, run

CODE = """
from xlwings.com_server import XLPython
call = XLPython().CallUDF
print(call("perfxl.excel.functions", "PX_GRADE", (95.0,), None, None))
print(call("perfxl.excel.functions", "PX_GRADE", (((95.0,), (80.0,), (60.0,)),), None, None))
"""


def main() -> None:
    if not WINDOWS:
        raise Skipped("pywin32 is for Windows; tests/excel/test_calludf.py runs every case on a stand-in of it")
    done = run([PYTHON, "-c", CODE], cwd=ROOT, variables=in_tree())
    lines = done.stdout.decode("utf-8").split()
    expect(lines[:1] == ["A"] and "B" in "".join(lines[1:]), f"PX_GRADE gave {lines}")


if __name__ == "__main__":
    main()
