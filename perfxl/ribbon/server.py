"""What runs beside Excel: `python -m perfxl.ribbon.server CLSID` serves worksheet functions and the ribbon.

The add-in starts it, through xlwings' DLL, by the first function or button that needs it. Windows only.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _without(*names: str) -> Iterator[None]:
    """As if these were not installed. xlwings loads what it could convert to, a second of waiting at Excel's first
    formula; cells go in and out untouched here."""
    loaded = {name: sys.modules.pop(name, None) for name in names}
    sys.modules.update(dict.fromkeys(names))  # type: ignore[arg-type]  # None makes an import fail
    try:
        yield
    finally:
        for name, module in loaded.items():
            del sys.modules[name]
            if module is not None:
                sys.modules[name] = module


with _without("pandas", "numpy", "matplotlib", "polars", "plotly", "PIL"):
    from xlwings import Book, func, serve  # type: ignore[attr-defined, unused-ignore]  # serve is of Windows only


@func
def clicked(control: str, lang: str) -> str:
    """A button of the ribbon: does the work on the workbook that the add-in hands over, and gives the message."""
    from perfxl.ribbon.buttons import run
    from perfxl.ribbon.live_book import LiveBook

    return run(control, LiveBook(Book.caller().api), lang)


if __name__ == "__main__" and sys.platform == "win32":
    serve(sys.argv[1])  # type: ignore[no-untyped-call, unused-ignore]
