"""Workbook files opened safely: what is wrong with one becomes a problem, what it carries a notice."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from perfxl.core.language import Text
from perfxl.core.problems import Address, Problem, problem
from perfxl.ooxml.package import Package, PackageError, has_links, has_macros, open_package, package_on_disk

Opened = tuple[Package | None, list[Problem]]

# Reason of a PackageError -> name of the problem.
_PROBLEMS = {
    "missing": "file_missing",
    "not_readable": "file_not_readable",
    "loop": "file_is_loop",
    "folder": "file_is_folder",
    "lock": "file_is_lock",
    "empty": "file_empty",
    "encrypted": "file_encrypted",
    "damaged": "file_damaged",
    "unknown": "file_not_workbook",
    "not_regular": "file_not_regular",
    "changed": "file_changed_while_read",
    "needs_memory": "file_needs_memory",
}
_FORMATS = {
    "xlsb": Text("二进制工作簿 .xlsb", "a binary workbook (.xlsb)"),
    "docx": Text("Word 文档", "a Word document"),
    "pptx": Text("PowerPoint 演示文稿", "a PowerPoint presentation"),
    "numbers": Text("Numbers 表格", "a Numbers spreadsheet"),
    "ods": Text("没有表格的 OpenDocument 文件", "an OpenDocument file without a spreadsheet"),
    "web": Text("没有表格的网页或 XML 文件", "a web page or XML file without a table"),
    "text": Text("无法辨认的文本文件", "a text file that cannot be made out"),
}
_UNSAFE = {
    "dtd": Text("含 DTD", "contains a DTD"),
    "encoding": Text("不是 UTF-8", "not UTF-8"),
    "duplicate": Text("部件重名", "two parts of one name"),
    "compression": Text("压缩方式", "compression"),
    "path": Text("部件路径", "path of a part"),
    "parts": Text("{count} 个部件", "{count} parts"),
}

_TOO_MANY = {
    "strings": Text("超过 {count} 个文本", "more than {count} texts"),
    "sheets": Text("{count} 张工作表", "{count} sheets"),
    "merges": Text("{count} 处合并单元格", "{count} merged ranges"),
    "cells": Text("超过 {count} 个单元格", "more than {count} cells"),
}


def load_quietly(path: Path, **options: Any) -> Any:
    """A workbook as openpyxl reads it, which writes a warning in English on the terminal for whatever it leaves out,
    such as bars that end where their figure is."""
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return load_workbook(path, **options)


def open_workbook(path: str | Path) -> Opened:
    """The checked package of a workbook or of a table in another format (formats/), with notices on what it carries;
    or None and the reason."""
    try:
        package = open_package(path)
    except PackageError as error:
        return _open_other(Path(path), error)
    return package, _notices(package)


@contextmanager
def workbook_on_disk(path: str | Path) -> Iterator[Opened]:
    """The same while the file stays open: parts are read from there."""
    with ExitStack() as stack:
        try:
            package = stack.enter_context(package_on_disk(path))
        except PackageError as error:
            yield _open_other(Path(path), error)
            return
        yield package, _notices(package)


def file_problem(error: PackageError) -> Problem:
    """What a user is told of a file that cannot be used."""
    address, details = Address(error.file), error.details
    if error.reason == "too_large":
        return problem("file_too_large", address, what=f"{int(str(details['size'])) / 2**20:,.0f} MB")
    if error.reason == "too_many":
        what = _TOO_MANY[str(details["what"])]
        return problem("file_too_large", address, what=Text(what.zh.format(**details), what.en.format(**details)))
    if error.reason == "other_format":
        return problem("file_not_xlsx", address, kind=_FORMATS[str(details["format"])])
    if error.reason == "unsafe":
        what = _UNSAFE[str(details["what"])]
        return problem("file_unsafe", address, what=Text(what.zh.format(**details), what.en.format(**details)))
    if error.reason == "cell_far_away":
        return problem("cell_far_away", Address(error.file, str(details["sheet"]), str(details["cell"])))
    if "path" in details:
        return problem(_PROBLEMS[error.reason], address, value=str(details["path"]))
    return problem(_PROBLEMS[error.reason], address)


def _open_other(path: Path, error: PackageError) -> Opened:
    from perfxl.workbook.formats import open_other  # xlrd and more, which few files need

    try:
        return open_other(path, error)
    except PackageError as refused:
        return None, [file_problem(refused)]


def _notices(package: Package) -> list[Problem]:
    notices = []
    if has_macros(package):
        notices.append(problem("file_has_macros", Address(package.name)))
    if has_links(package):
        notices.append(problem("file_has_links", Address(package.name)))
    return notices
