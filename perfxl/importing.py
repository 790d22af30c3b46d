"""From the tables that HR has to a program: any number of files of any kind read, joined, and written as one workbook.

imported = import_files([Path("合同")], year=2026)
write_program(Path("绩效方案.xlsx"), imported.tables, imported.lang)
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perfxl.core.language import Text
from perfxl.core.problems import Address, Problem, has_errors, problem
from perfxl.core.records import Gathered, Records
from perfxl.core.schema import Type
from perfxl.disk import real
from perfxl.tables.bounded import grouped
from perfxl.tables.joining import join_books, list_sources
from perfxl.tables.memory import Memory, read_memory

if TYPE_CHECKING:
    from perfxl.tables.forms import FoundTable

SUFFIXES = (".xlsx", ".xlsm", ".xls", ".et", ".ods", ".csv")
"""The endings of files that may hold a table."""

_LOCK = Text("Excel 或 WPS 的临时锁文件", "a lock file of Excel")
_BROKEN = Text("链接后面没有文件", "a link without a file behind it")
_OTHER = Text("不是表格文件", "no table")
_OUR_OWN = Text("是这次的输出或方案", "this import's own output or program")

Progress = Callable[[int, int], None]


@dataclass
class ImportedFile:
    """What was read from one file: its name, its tables, its language; no tables where it cannot be used."""

    name: str
    tables: list[FoundTable] = field(default_factory=list)
    lang: str = "zh"
    usable: bool = False

    def as_dict(self) -> dict[str, Any]:
        """As --json has it."""
        return {"file": self.name, "tables": [table.as_dict() for table in self.tables]}


@dataclass
class Imported:
    """The tables of the program, what each file gave, and all that is to be said of them."""

    tables: dict[str, Records] = field(default_factory=dict)
    lang: str = "zh"
    files: list[ImportedFile] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def usable(self) -> bool:
        """Whether there is anything to write."""
        return any(name != "sources" and len(records) for name, records in self.tables.items())

    def as_read(self) -> dict[str, Records]:
        """The tables as they would be read again: without what could not be read, which stands in the program for HR to
        mend and of which `problems` speak."""
        return {name: _without_unread(records) for name, records in self.tables.items()}


_HELD: dict[Type, type | tuple[type, ...]] = {
    **dict.fromkeys((Type.NUMBER, Type.INTEGER, Type.COUNT, Type.POINTS), (int, float)),
    Type.DATE: date,
    Type.BOOL: bool,
}
_PERIOD = re.compile(r"\d{4}(?:H[12]|Q[1-4]|-(?:0[1-9]|1[0-2]))?")


def _without_unread(records: Records) -> Records:
    columns = dict(records.columns)
    for name, values in records.columns.items():
        column = records.table.column(name)
        held = _HELD.get(column.type)
        if column.type is Type.PERIOD:
            columns[name] = [value if value is None or _PERIOD.fullmatch(str(value)) else None for value in values]
        elif held:
            columns[name] = [value if isinstance(value, held) else None for value in values]
    return replace(records, columns=columns)


def import_files(
    paths: Sequence[Path],
    *,
    year: int,
    period: str = "",
    into: Path | None = None,
    sources: Path | None = None,
    lang: str | None = None,
    output: Path | None = None,
    progress: Progress = lambda done, total: None,
) -> Imported:
    """Reads every file, and every table file of a folder and its subfolders, and joins their tables.

    year     of contracts that give none; `period`, the one to take whatever the program says ("2026")
    into     a program to add to; nothing there is changed
    sources  a program whose sheet Sources says how tables are to be read
    output   where the result goes: never an input
    """
    from perfxl.program import load

    imported = Imported(lang=lang or "zh")
    kept = [path for path in (into, sources, output) if path]
    files, imported.problems = find_files(paths, kept)
    programs = {path: load(path, lang) for path in (into, sources) if path}
    for program, problems in programs.values():
        of_sources = [each for each in problems if each.table == "sources"]
        imported.problems += of_sources if program.usable else problems
    if any(not program.usable for program, _ in programs.values()):
        return imported
    held, settled = (programs[path][0].tables.get("sources") if path else None for path in (into, sources))
    if sources and not settled:
        imported.problems.append(problem("sources_missing", Address(sources.name), value=sources.name))
    memory, found = read_memory(settled, held)
    imported.problems += found
    books: list[dict[str, Records]] = []
    for done, (path, name) in enumerate(files, 1):
        tables, file, problems = _read_file(path, name, lang, memory.for_file(name))
        imported.files.append(file)
        imported.problems += problems
        if tables:
            books.append(tables)
        progress(done, len(files))
    base = programs[into][0] if into else None
    imported.lang = lang or (base.lang if base else _language(imported.files))
    if not any(books):
        imported.problems += _nothing(imported)
        return imported
    tables, joining = join_books(
        books,
        imported.problems,
        period=period,
        year=year,
        lang=imported.lang,
        into=base.tables if base else None,
    )
    imported.problems += joining
    listed = list_sources([(file.name, file.tables) for file in imported.files], held, settled)
    tables.pop("sources", None)
    imported.tables = {**tables, **({"sources": listed} if listed else {})}
    imported.problems += [] if imported.usable else _nothing(imported)
    return imported


def _nothing(imported: Imported) -> list[Problem]:
    """What is said where no file, such as a blank form, gives anything, and nothing is wrong with it."""
    name = imported.files[0].name if imported.files else ""
    return [] if has_errors(imported.problems) else [problem("nothing_to_import", Address(name))]


def find_files(paths: Sequence[Path], kept: Sequence[Path] = ()) -> tuple[list[tuple[Path, str]], list[Problem]]:
    """The files to be read with the names they go by, each once; what is left of a folder is named.

    kept  files that are no input, whatever folder they lie in
    """
    files: dict[Path, Path] = {}  # by where it really lies -> the path, below the folder that was asked for
    left: list[Problem] = []
    ours = {real(path) for path in kept}
    for path in paths:
        if not path.is_dir():
            files.setdefault(real(path), Path(path.name))
            continue
        for each in sorted(_files_below(path)):
            name = each.relative_to(path)
            why = _OUR_OWN if real(each) in ours else _why_left(each)
            if why:
                left.append(problem("file_left", Address(name.as_posix()), reason=why))
            else:
                files.setdefault(real(each), name)
    twice = Counter(name.name for name in files.values())
    named = [(path, name.name if twice[name.name] == 1 else name.as_posix()) for path, name in files.items()]
    return named, grouped(left)


def _files_below(folder: Path) -> Iterator[Path]:
    """Files of a folder and its subfolders; a link to a folder is not followed, since it may lead round in a circle."""
    return (each for each in folder.rglob("*") if each.is_file() or _is_broken(each))


def _is_broken(path: Path) -> bool:
    return path.is_symlink() and not path.exists()


def _why_left(path: Path) -> Text | None:
    if _is_broken(path):
        return _BROKEN
    if path.name.startswith(("~$", ".~")):
        return _LOCK
    if path.name.startswith(".") or path.suffix.lower() not in SUFFIXES:
        return _OTHER
    return None


def _read_file(
    path: Path, name: str, lang: str | None, memory: Memory
) -> tuple[dict[str, Records], ImportedFile, list[Problem]]:
    from perfxl.workbook.reading.guarded import read_guarded

    tables, info, problems = read_guarded(path, lang, memory=memory)
    if name != path.name:
        for records in tables.values():
            _rename(records, name)
        problems = [
            replace(each, address=replace(each.address, file=name)) if each.address.file else each for each in problems
        ]
    return tables, ImportedFile(name, info.found, info.lang, bool(tables)), problems


def _rename(records: Records, name: str) -> None:
    """Gives the records the name that tells their file from another of the same name."""
    records.file = name
    if isinstance(records, Gathered):
        for origin in {id(origin): origin for origin, _ in records.origins}.values():
            _rename(origin, name)


def _language(files: Sequence[ImportedFile]) -> str:
    """The language that most files are in."""
    counts = Counter(file.lang for file in files if file.usable)
    return counts.most_common(1)[0][0] if counts else "zh"
