"""Reading that costs no more than it may, whatever the file: it never takes the run along.

A file whose directory looks odd is read by a process of its own, under a limit of memory and time where the system has
one; its death is one problem. Ordinary files are read here and pay for a look at their directory. The other process is
started by its command line, so that it needs nothing of the script that asks.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import zipfile
from contextlib import suppress
from pathlib import Path

from perfxl.core.problems import Address, Problem, problem
from perfxl.core.records import Records
from perfxl.ooxml.package import PackageError, is_sheet, open_zip
from perfxl.tables.memory import NOTHING_SETTLED, Memory
from perfxl.tables.sheets import ReadInfo
from perfxl.workbook.reading.read import read_book, read_large_book

MEMORY = 2**30  # bytes that the other process may take
SECONDS = 600.0
MAX_OTHER_XML = 16 * 2**20  # of parts that are neither sheets nor texts: styles, names, relations
MAX_OTHER_FORMAT = 16 * 2**20  # of .xls, text and web pages, whose readers have no bounds of their own
_LARGE, _RATIO = 64 * 2**20, 40  # from this size on real workbooks are not packed tighter
_TOO_MUCH = 75  # how the other process says that memory was not enough
_SIGNALS = 255  # Windows' own codes for processes that died are above this

Read = tuple[dict[str, Records], ReadInfo, list[Problem]]


def read_guarded(
    path: str | Path, lang: str | None = None, *, large: bool = False, memory: Memory = NOTHING_SETTLED
) -> Read:
    """As `read_book`, or `read_large_book` where it is `large`, which no table of HR's own is.

    Returns: no tables and the problem file_needs_memory for a file that takes more than a workbook should.
    """
    path = Path(path)
    if is_odd(path) and (python := _python()):
        return _read_apart(python, path, lang, large, memory)
    try:
        return _read(path, lang, large, memory)
    except MemoryError:
        return _refused(path, lang)


def is_odd(path: str | Path) -> bool:
    """Whether a file unpacks to what no ordinary workbook holds, as far as its directory tells."""
    path = Path(path)
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            entries = open_zip(file).infolist()
    except zipfile.BadZipFile:  # another format, or what the reader finds wrong with it
        return path.stat().st_size > MAX_OTHER_FORMAT
    except (OSError, ValueError, NotImplementedError, PackageError):
        return False  # the reader says what is wrong with it
    sizes = {entry.filename.replace("\\", "/").lower(): entry.file_size for entry in entries}
    other = sum(size for name, size in sizes.items() if name.endswith((".xml", ".rels", ".vml")) and not _is_data(name))
    total = sum(sizes.values())
    packed = sum(entry.compress_size for entry in entries)
    return other > MAX_OTHER_XML or (total > _LARGE and total > _RATIO * packed)


def _is_data(part: str) -> bool:
    return is_sheet(part) or part.endswith("sharedstrings.xml")


def _read(path: Path, lang: str | None, large: bool, memory: Memory) -> Read:
    return read_large_book(path, lang) if large else read_book(path, lang, memory)


def _refused(path: Path, lang: str | None) -> Read:
    return {}, ReadInfo(path.name, lang or "zh"), [problem("file_needs_memory", Address(path.name))]


def _python() -> str:
    """The interpreter; "" inside a program that only contains one."""
    name = sys.executable or ""
    return name if Path(name).stem.lower().startswith("python") else ""


def _read_apart(python: str, path: Path, lang: str | None, large: bool, memory: Memory) -> Read:
    command = [python, "-P", "-m", "perfxl.workbook.reading.guarded", str(path.absolute()), lang or ""]
    command += ["large" * large, str(MEMORY)]
    own = str(Path(__file__).resolve().parents[3])  # before another copy of perfxl that may be installed
    folders = os.pathsep.join([own, *(folder for folder in sys.path if folder)])
    try:
        done = subprocess.run(
            command,
            input=pickle.dumps(memory),
            capture_output=True,
            env={**os.environ, "PYTHONPATH": folders},
            timeout=SECONDS,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _refused(path, lang)
    if done.returncode == 0:
        result: Read = pickle.loads(done.stdout)
        return result
    died = not 0 < done.returncode <= _SIGNALS
    if died or done.returncode == _TOO_MUCH or b"MemoryError" in done.stderr:  # no room is left to say it properly
        return _refused(path, lang)
    raise RuntimeError(done.stderr.decode("utf-8", "replace")[-2000:])


def _limit_memory(size: int) -> None:
    """Windows has no such limit; there the process dies when the machine has no more."""
    if sys.platform == "win32":
        return
    import resource

    kind = resource.RLIMIT_DATA if sys.platform == "linux" else resource.RLIMIT_AS
    with suppress(OSError, ValueError):  # a system that does not let itself be limited
        resource.setrlimit(kind, (size, size))


def main(path: str, lang: str, large: str, memory: str) -> None:
    """What the other process does: the result goes out pickled."""
    _limit_memory(int(memory))
    settled: Memory = pickle.loads(sys.stdin.buffer.read())
    try:
        result = _read(Path(path), lang or None, bool(large), settled)
        sys.stdout.buffer.write(pickle.dumps(result, pickle.HIGHEST_PROTOCOL))
    except MemoryError:
        sys.exit(_TOO_MUCH)


if __name__ == "__main__":
    main(*sys.argv[1:])
