"""What runs beside Excel: `python -m perfxl.ribbon.server CLSID` serves worksheet functions and the ribbon.

The add-in starts it, through xlwings' DLL, by the first function or button that needs it. Windows only.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from perfxl.ribbon.background import Background


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
def clicked(control: str, lang: str, ticked: str = "") -> str:
    """A button of the ribbon: begins the work on the workbook that the add-in hands over, and gives the message; or
    the sign that it goes on. `ticked` are the boxes of the ribbon that are ticked."""
    from perfxl.ribbon.live_book import LiveBook

    return _background().clicked(control, LiveBook(Book.caller().api), lang, _names(ticked, ","))


@func
def polled(changed: str = "") -> str:
    """How far the work is: its message, once it is done. `changed` are the workbooks that were changed meanwhile."""
    return _background().polled(_names(changed, "/"))


def _names(given: str | None, mark: str) -> list[str]:
    """xlwings makes None of a blank text."""
    return [name for name in (given or "").split(mark) if name]


@cache
def _background() -> Background:
    from perfxl.ribbon.background import Background

    return Background()


if __name__ == "__main__" and sys.platform == "win32":
    serve(sys.argv[1])  # type: ignore[no-untyped-call, unused-ignore]
