"""xlwings' decorators func, arg and ret, where a function is served by xlwings: they are what Excel for Windows and
xlwings Lite look for. Elsewhere (LibreOffice's Python, the command line) a function stays as it is, and xlwings, which
brings pandas along, is not loaded."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any

_LITE = sys.platform == "emscripten"
# Excel's server has loaded xlwings before it looks for functions; in Lite they may be asked for first.
SERVED = bool(sys.modules.get("xlwings")) or (_LITE and find_spec("xlwings") is not None)
if SERVED:
    from xlwings import arg, func, ret

# Lite turns the text of an error into an error only where its own conversion is left on.
_RESULTS = {} if _LITE else {"convert": "raw"}


def marked(function: Callable[..., Any], category: str, helps: Sequence[tuple[str, str]]) -> Callable[..., Any]:
    """The function as a worksheet function: cells go in and out untouched."""
    if not SERVED:
        return function
    for name, text in reversed(helps):
        function = arg(name, convert="raw", doc=text)(function)
    return func(category=category)(ret(**_RESULTS)(function))
