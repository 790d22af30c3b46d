"""xlwings' decorators func, arg and ret, where xlwings is there: they are what Excel for Windows and xlwings Lite look
for. Without xlwings (LibreOffice's Python, a plain installation) a function stays as it is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

try:
    from xlwings import arg, func, ret

    HAS_XLWINGS = True
except ImportError:
    HAS_XLWINGS = False

# Lite turns the text of an error into an error only where its own conversion is left on.
_RESULTS = {} if sys.platform == "emscripten" else {"convert": "raw"}


def marked(function: Callable[..., Any], category: str, helps: Sequence[tuple[str, str]]) -> Callable[..., Any]:
    """The function as a worksheet function: cells go in and out untouched."""
    if not HAS_XLWINGS:
        return function
    for name, text in reversed(helps):
        function = arg(name, convert="raw", doc=text)(function)
    return func(category=category)(ret(**_RESULTS)(function))
