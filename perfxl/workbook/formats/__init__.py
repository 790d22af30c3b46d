"""Tables in other files than .xlsx: old Excel and WPS workbooks, OpenDocument, text and web pages, each turned into a
package of the usual form in memory, so that everything behind reads, checks and marks them like any workbook.

What a file is, its content says, not its name: HR systems save web pages and text as .xls.
"""

from __future__ import annotations

import io
from pathlib import Path

from perfxl.core.problems import Address, Problem, problem
from perfxl.ooxml.package import (
    COMPOUND_FILE,
    OPEN_DOCUMENT,
    Package,
    PackageError,
    Stamp,
    inspect_package,
    open_package,
    read_whole,
)
from perfxl.workbook.formats.cells import BookWriter
from perfxl.workbook.formats.old_excel import write_old_excel
from perfxl.workbook.formats.open_document import write_open_document
from perfxl.workbook.formats.plain_text import describe_text, write_text
from perfxl.workbook.formats.web_page import write_web_page

MAX_SIZE = 128 * 2**20  # bytes; of .xls, text and web pages, which are read whole
_WRITERS = {"xls": write_old_excel, "web": write_web_page}


def open_other(path: Path, error: PackageError) -> tuple[Package, list[Problem]]:
    """The package made of a file that `error` found to be no .xlsx, and what must be said of it.

    Raises: PackageError; the one given, where the file is none of these.
    """
    kind = str(error.details.get("format", "")) if error.reason == "other_format" else ""
    if kind == "ods":
        book = BookWriter(path.name)
        source = open_package(path, OPEN_DOCUMENT)
        write_open_document(source, book)
        return _package(path, book, source.stamp), []
    if kind not in ("xls", "web", "text") and error.reason != "unknown":
        raise error
    data, stamp = read_whole(path, MAX_SIZE)
    if kind == "" and data.startswith((b"PK", COMPOUND_FILE)):
        raise error
    book, notices = BookWriter(path.name), []
    if kind in _WRITERS:
        _WRITERS[kind](data, book)
    else:
        form = describe_text(data, named=kind == "text")
        if form is None:
            raise error
        write_text(form, path.stem, book)
        notices.append(problem("file_is_text", Address(path.name), encoding=form.encoding, mark=form.mark))
    return _package(path, book, stamp), notices


def _package(path: Path, book: BookWriter, stamp: Stamp | None) -> Package:
    package = inspect_package(path.name, io.BytesIO(book.finish()), stamp=stamp)
    package.formulas = book.formulas
    return package
