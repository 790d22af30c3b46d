"""The server in a console, for developers: what Excel asks for, how long each answer took, and whole tracebacks."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Sequence
from typing import Any

Say = Callable[[str], None]


def serve_here(say: Say) -> None:
    """Serves until the console is closed. Windows only."""
    from perfxl.ribbon import server  # first: it loads xlwings as the server does

    assert server
    from xlwings import com_server

    vars(com_server)["XLPython"] = _telling(com_server.XLPython, say)
    com_server.serve()  # type: ignore[no-untyped-call, unused-ignore]


def _telling(server: type, say: Say) -> type:
    """xlwings' COM object, whose answers are told."""
    return type(server.__name__, (server,), {"CallUDF": told(vars(server)["CallUDF"], say)})


def told(answer: Callable[..., Any], say: Say) -> Callable[..., Any]:
    """What answers Excel, telling each time what was asked and how long it took; failures with their traceback."""

    def CallUDF(self: Any, script: str, name: str, given: Sequence[Any], *more: Any) -> Any:
        begun = time.perf_counter()
        try:
            result = answer(self, script, name, given, *more)
        except Exception:
            say(f"{name}({len(given)})  {1000 * (time.perf_counter() - begun):.1f} ms\n{traceback.format_exc()}")
            raise
        say(f"{name}({len(given)})  {1000 * (time.perf_counter() - begun):.1f} ms")
        return result

    return CallUDF
