"""What runs beside Excel: `python -m perfxl.cli.excel_server CLSID` serves worksheet functions and the ribbon.

The add-in starts it, through xlwings' DLL, by the first function or button that needs it. Windows only.
"""

from __future__ import annotations

import sys

from xlwings import Book, func, serve

from perfxl.excel.ribbon.live_book import LiveBook


@func
def clicked(control: str, lang: str) -> str:
    """A button of the ribbon: does the work on the workbook that the add-in hands over, and gives the message."""
    from perfxl.cli.ribbon_jobs import JOBS
    from perfxl.excel.ribbon.commands import run

    return run(control, LiveBook(Book.caller().api), JOBS, lang)


if __name__ == "__main__":
    serve(sys.argv[1])  # type: ignore[call-arg]  # where there is no Windows xlwings gives a stand-in
