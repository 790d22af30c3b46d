"""Puts the add-in where Excel loads it, takes it away again, and reads what was baked into one."""

from __future__ import annotations

import io
import re
import zipfile
from html import unescape
from pathlib import Path, PureWindowsPath

from perfxl.core.problems import Problem, problem
from perfxl.disk import made_folder, remove, remove_leftovers
from perfxl.excel.addin.machine import Machine, server_command
from perfxl.excel.addin.package import FILE_NAME, Place
from perfxl.installation import judge_python, pip_install
from perfxl.outputs import explain_error, replacing

_ROW = re.compile(r"<row[^>]*>(.*?)</row>", re.DOTALL)
_TEXT = re.compile(r"<t[^>]*>(.*?)</t>", re.DOTALL)


def choose_place(machine: Machine) -> tuple[Place | None, list[Problem]]:
    """What to bake in for this computer; None, with the reason, where something is missing."""
    if machine.system != "Windows":
        return None, [problem("excel_not_here", value=machine.system)]
    unfit = judge_python(machine.python)
    if unfit:
        return None, unfit
    if not machine.xlwings or machine.dll_folder is None:
        pip = pip_install("excel", machine.interpreter, "--force-reinstall")
        return None, [problem("xlwings_missing", pip=pip)]
    return Place(machine.server, str(machine.dll_folder), machine.xlwings), []


def place_of(python: str, xlwings: str) -> tuple[Place | None, list[Problem]]:
    """What to bake in for other computers, whose Python is in that folder (of a virtual environment its folder
    Scripts): a whole path of Windows, since nobody is asked there. xlwings' DLL lies where pip puts it."""
    path = PureWindowsPath(python)
    if not path.is_absolute() or "%" in python:
        return None, [problem("place_not_absolute", value=python)]
    if not xlwings:
        return None, [problem("xlwings_unknown")]
    program = path if path.suffix.lower() == ".exe" else path / "pythonw.exe"
    folder = program.parent
    dlls = folder.parent if folder.name.lower() == "scripts" else folder
    return Place(server_command(str(program)), str(dlls), xlwings), []


def install(machine: Machine, content: bytes) -> tuple[Path | None, list[Problem]]:
    """Writes the add-in into XLSTART, in place of the one before."""
    if machine.startup is None:
        return None, [problem("excel_not_here", value=machine.system)]
    path = machine.startup / FILE_NAME
    try:
        made_folder(path.parent)
        remove_leftovers(path.parent.parent)
        with replacing(path, "addin", folder=path.parent.parent) as temporary:  # Excel loads whatever is in XLSTART
            temporary.write_bytes(content)
    except OSError as error:
        return None, [problem("addin_not_writable", value=str(path), reason=explain_error(error, path))]
    return path, []


def uninstall(machine: Machine) -> tuple[list[Path], list[Problem]]:
    """Removes the add-in from XLSTART. One that was entered in Excel's list elsewhere stays: the user put it there."""
    if machine.startup is None:
        return [], [problem("excel_not_here", value=machine.system)]
    path = machine.startup / FILE_NAME
    if not path.exists():
        return [], [problem("addin_missing", value=str(machine.startup))]
    try:
        remove(path)
    except OSError as error:
        return [], [problem("addin_not_writable", value=str(path), reason=explain_error(error, path))]
    return [path], []


def read_settings(path: Path) -> dict[str, str]:
    """The settings in an add-in file; empty for a file that is none of ours."""
    try:
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as package:
            sheet = package.read("xl/worksheets/sheet1.xml").decode()
    except (OSError, zipfile.BadZipFile, KeyError, UnicodeDecodeError):
        return {}
    rows = ([unescape(text) for text in _TEXT.findall(row)] for row in _ROW.findall(sheet))
    return {row[0]: row[1] for row in rows if len(row) == 2}
