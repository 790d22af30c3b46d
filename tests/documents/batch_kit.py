"""Programs on disk and folders of papers, as the tests of batches need them."""

from __future__ import annotations

import os
import subprocess
import sys
import zlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from urllib.parse import unquote

import openpyxl

from perfxl import sample
from perfxl.core.problems import Problem
from perfxl.documents import batch
from perfxl.judgement import NOTHING_WRONG
from perfxl.workbook.program.book import write_program

ROOT = Path(__file__).parents[2]


@cache
def program_file(people: int) -> Path:
    """A sample program as a workbook; made once for all tests."""
    path = Path(mkdtemp()) / "program.xlsx"
    write_program(path, sample.program(people, 7, "zh"), "zh")
    return path


def make_documents(*arguments: Any, **options: Any) -> tuple[Sequence[Path], list[Problem]]:
    """The papers whatever is wrong with the program: small programs of tests are seldom free of errors."""
    return batch.make_documents(*arguments, **{"judgement": NOTHING_WRONG, **options})


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "perfxl", "documents", *map(str, arguments)]


def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """perfxl documents, as a user runs it."""
    own = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **environment}
    return subprocess.run(command(*arguments), capture_output=True, text=True, env=own, check=False)


def papers(folder: Path) -> dict[str, bytes]:
    """Everything that a user sees in a folder, by its path there."""
    seen = (path for path in folder.rglob("*") if path.is_file() and ".perfxl" not in path.relative_to(folder).parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in seen}


def prints(folder: Path, *only: str) -> dict[str, int]:
    """The same (some, if `only`), short enough to be compared in a message."""
    return {name: zlib.crc32(content) for name, content in papers(folder).items() if not only or name in only}


def index_of(folder: Path) -> list[dict[str, Any]]:
    """The rows of index.xlsx by the header of their column; `link` is where the file's cell leads to."""
    sheet = openpyxl.load_workbook(folder / "index.xlsx").active
    assert sheet is not None
    header = next(row for row in sheet.iter_rows() if row[0].value in ("种类", "Kind"))
    names = [cell.value for cell in header]
    rows = []
    for row in sheet.iter_rows(min_row=(header[0].row or 0) + 1):
        values: dict[str, Any] = {str(name): cell.value for name, cell in zip(names, row, strict=True)}
        link = row[2].hyperlink
        target = unquote(link.target).replace("\\", "/") if link and link.target else None
        rows.append({**values, "link": target})
    return rows
