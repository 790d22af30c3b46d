"""Excel for the live adapter: pyOpenVBA's Excel in memory, reached as COM objects are reached.

What that model lacks and the adapter uses is added as `extras`, by type of object, and no more.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

from pyopenvba.apps.excel import ExcelApplication
from pyopenvba.apps.excel._io import save_workbook
from pyopenvba.exceptions import VBARuntimeError
from pyopenvba.interpreter import EMPTY, NOTHING, VBAArray, VBAErrorValue, VBAObject

_ERROR_BASE = -2146828288  # as COM hands errors over
Extras = Mapping[str, dict[str, Any]]


def workbook(path: Path, chosen: Path | None = None, answers: Sequence[str | None] = ()) -> Com:
    """A file opened in Excel; `chosen` is the folder that the user picks in a dialog, or what is in it its files,
    `answers` what the user types, None to cancel; where there are no more of them, OK is clicked."""
    excel = ExcelApplication.open(path, with_vba=False)
    typed = list(answers)

    def ask(prompt: str, title: str, proposed: str, *, Type: int) -> str | bool:
        assert len(prompt) < _LONGEST_PROMPT and Type == _TEXT
        answer = typed.pop(0) if typed else proposed
        return False if answer is None else answer

    extras: Extras = {
        "Workbook": {"IsAddin": False, "SaveCopyAs": _OfItself(_copy_file)},
        "Shape": {"Width": 0, "Height": 0},  # the notes of the model have a fixed size
        "Worksheet": {"PageSetup": SimpleNamespace()},  # one for all sheets
        "Range": {"AutoFit": lambda: None},  # it measures few fonts and no Chinese
        "Application": {"FileDialog": lambda kind: _Dialog(kind, chosen), "InputBox": ask},
    }
    return Com(excel.workbooks()[0], extras)


class _OfItself(NamedTuple):
    """A method that is told which object it is called on."""

    act: Callable[..., Any]


def _copy_file(book: Com, copy: str) -> None:
    """As the workbook stands now, whether it was saved or not."""
    held = book._held
    if any(sheet.dirty for sheet in held.sheets_):
        save_workbook(held, Path(copy))
        _declare_relationships(Path(copy))
    else:
        Path(copy).write_bytes(Path(book.FullName).read_bytes())


def _declare_relationships(path: Path) -> None:
    """The model adds sheets with a prefix that files of openpyxl declare sheet by sheet."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    book = parts["xl/workbook.xml"]
    head = book[: book.index(b">", book.index(b"<workbook"))]
    if b"xmlns:r=" in head:
        return
    spaced = b'<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    parts["xl/workbook.xml"] = book.replace(b"<workbook", spaced, 1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)


class _Dialog:
    Title, AllowMultiSelect = "", False

    def __init__(self, kind: int, chosen: Path | None) -> None:
        files = sorted(chosen.iterdir()) if chosen and kind == _FILE_PICKER else []
        self.SelectedItems = _Selected(files or ([chosen] if chosen else []))

    def Show(self) -> int:
        return -1 if self.SelectedItems.Count else 0


_FILE_PICKER = 3
_TEXT, _LONGEST_PROMPT = 2, 256  # Excel's InputBox cuts longer ones


class _Selected:
    def __init__(self, paths: list[Path]) -> None:
        self._paths, self.Count = paths, len(paths)

    def __call__(self, number: int) -> str:
        return str(self._paths[number - 1])


class Com:
    """An object of the model: attributes are its properties and methods, called with arguments where they take some."""

    def __init__(self, held: VBAObject, extras: Extras, called: Any = None) -> None:
        self.__dict__.update(_held=held, _extras=extras, _called=called)

    def __getattr__(self, name: str) -> Any:
        extra = self._extras.get(self._held.vba_type_name, {})
        if name in extra:
            return partial(extra[name].act, self) if isinstance(extra[name], _OfItself) else extra[name]
        spec = self._held.vba_member(name)
        if spec is None:
            raise AttributeError(name)

        def call(*given: Any, **named: Any) -> Any:
            arguments = [_in(each) for each in given]
            if spec.kind == "method":
                return self._out(
                    self._held.vba_call(name, arguments, {key: _in(value) for key, value in named.items()})
                )
            return self._out(self._held.vba_get(name, arguments))

        if spec.kind == "method":
            return call
        try:
            found = self._held.vba_get(name)
        except VBARuntimeError:  # it wants arguments
            return call
        return (
            Com(found, self._extras, call)
            if isinstance(found, VBAObject) and found is not NOTHING
            else self._out(found)
        )

    def __setattr__(self, name: str, value: Any) -> None:
        extra = self._extras.get(self._held.vba_type_name, {})
        if name in extra:
            extra[name] = value
        else:
            self._held.vba_set(name, _in(value))

    def __call__(self, *given: Any) -> Any:
        return self._called(*given) if self._called else self._out(self._held.vba_get("Item", list(given)))

    def __iter__(self) -> Iterator[Any]:
        return (self._out(one) for one in self._held.vba_iterate())

    def _out(self, value: Any) -> Any:
        if value is NOTHING or value is EMPTY:
            return None
        if isinstance(value, VBAErrorValue):
            return _ERROR_BASE + int(value.number)
        if isinstance(value, VBAArray):
            (top, bottom), (left, right) = value.bounds
            return tuple(
                tuple(self._out(value.get([row, column])) for column in range(left, right + 1))
                for row in range(top, bottom + 1)
            )
        return Com(value, self._extras) if isinstance(value, VBAObject) else value


def _in(value: Any) -> Any:
    if isinstance(value, Com):
        return value._held
    if isinstance(value, tuple):
        made = VBAArray([(1, len(value)), (1, len(value[0]))])
        for at, row in enumerate(value, 1):
            for column, each in enumerate(row, 1):
                made.set([at, column], EMPTY if each is None else each)
        return made
    return EMPTY if value is None else value
