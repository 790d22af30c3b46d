"""What the steps share: the Python they try, commands and what came of them, a sample program, what a folder holds."""

from __future__ import annotations

import os
import subprocess
import sys
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
WINDOWS = os.name == "nt"
_VENV = ROOT / ".venv" / ("Scripts/python.exe" if WINDOWS else "bin/python")
PYTHON = str(_VENV) if (ROOT / ".venv" / "perfxl-installed.json").exists() else sys.executable


class Skipped(Exception):
    """This system cannot run the step; the text says why."""


def expect(truth: object, otherwise: str) -> None:
    """Raises: AssertionError."""
    if not truth:
        raise AssertionError(otherwise)


@contextmanager
def new_folder(name: str = "张三 的 电脑") -> Iterator[Path]:
    """A new folder of that name, gone afterwards. On Windows below C:\\, where a user's own might be."""
    with TemporaryDirectory(dir="C:\\" if WINDOWS else None, prefix="perfxl-", ignore_cleanup_errors=True) as place:
        folder = Path(place).resolve() / name
        folder.mkdir()
        yield folder


def run(
    command: list[str],
    cwd: Path | None = None,
    expected: tuple[int, ...] = (0,),
    variables: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Runs a command with some variables of the environment changed (blank: taken away), and shows where it fails.

    Raises: AssertionError, where the exit code is none of those expected or a traceback was printed.
    """
    given = {**os.environ, **(variables or {})}
    done = subprocess.run(
        command, cwd=cwd, env={name: value for name, value in given.items() if value}, capture_output=True, timeout=1200
    )
    said = (done.stdout + done.stderr).decode("utf-8", "replace")
    expect(done.returncode in expected, f"exit code {done.returncode} of {' '.join(command)}\n{said[-3000:]}")
    expect("Traceback" not in said, f"a traceback from {' '.join(command)}\n{said[-3000:]}")
    return done


def perfxl(*arguments: object) -> subprocess.CompletedProcess[bytes]:
    """A command of perfxl that is to end with exit code 0."""
    return run([PYTHON, "-m", "perfxl", *map(str, arguments)], variables=in_tree())


def in_tree(variables: Mapping[str, str] | None = None) -> dict[str, str]:
    """The tree's perfxl, whatever is installed; its output in UTF-8."""
    return {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **(variables or {})}


def sample_program(folder: Path, people: int = 60) -> Path:
    """A workbook with the sample program."""
    path = folder / "示例绩效方案.xlsx"
    code = (
        "import sys; from pathlib import Path; from perfxl import sample;"
        "from perfxl.workbook.program.book import write_program;"
        "write_program(Path(sys.argv[1]), sample.program(int(sys.argv[2]), 7, 'zh'), 'zh')"
    )
    run([PYTHON, "-c", code, str(path), str(people)], variables=in_tree())
    return path


def contents(folder: Path) -> dict[str, int]:
    """What a user sees in a folder: checksums by path."""
    files = (path for path in folder.rglob("*") if path.is_file() and ".perfxl" not in path.relative_to(folder).parts)
    return {path.relative_to(folder).as_posix(): zlib.crc32(path.read_bytes()) for path in files}


def copy_tree(to: Path) -> None:
    """This tree's files, as a user unpacks them."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in listed.stdout.decode("utf-8").split("\0"):
        if name and (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            (to / name).write_bytes((ROOT / name).read_bytes())
