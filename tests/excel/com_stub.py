"""Enough of pywin32 for xlwings' COM server to import here: its CallUDF is then called as Excel would call it.

Only what is imported is stood in for; everything between CallUDF and the worksheet function is xlwings' own.
"""

from __future__ import annotations

import asyncio  # before sys.platform says Windows
import ctypes
import sys
from collections.abc import MutableSequence
from types import ModuleType
from typing import Any

_MODULES = (
    *("pythoncom", "pywintypes", "win32api", "win32con", "win32event", "win32gui", "win32process", "win32timezone"),
    *("win32com", "win32com.client", "win32com.client.dynamic", "win32com.server", "win32com.server.dispatcher"),
    *("win32com.server.policy", "win32com.server.util", "win32com.server.exception"),
)


class _Anything(type):
    """A class of which every attribute, item, call and bitwise mix is again such a class."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Anything(name, (Exception,), {})

    def __getitem__(cls, key: object) -> Any:
        return _Anything("item", (Exception,), {})


class _Module(ModuleType):
    __path__: MutableSequence[str] = []  # noqa: RUF012 - as ModuleType declares it

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Anything(name, (Exception,), {})


def call_udf() -> Any:
    """xlwings' CallUDF, as its COM server offers it to VBA."""
    assert asyncio  # what it imports depends on the platform
    sys.platform = "win32"
    for name in ("oledll", "windll", "PyDLL"):
        setattr(ctypes, name, _Anything(name, (), {"__init__": lambda self, file: None, "__getattr__": _any_function}))
    for name in _MODULES:
        module = sys.modules[name] = _Module(name)
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], child, module)
    sys.modules["pythoncom"].__file__ = ""
    sys.modules["win32com.server.util"].unwrap = _not_ours  # type: ignore[attr-defined]
    from xlwings.com_server import XLPython

    return XLPython().CallUDF


def _not_ours(value: Any) -> Any:
    """What was not wrapped by the server itself is refused; xlwings then takes it as it is."""
    raise ValueError(value)


def _any_function(self: object, name: str) -> Any:
    return _Anything(name, (Exception,), {})
