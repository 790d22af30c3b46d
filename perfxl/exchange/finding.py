"""What lies in the folders that came back: workbooks under any name, in subfolders and archives, with passwords too.

Nothing there is trusted: archives are bounded before they are unpacked, and only into a folder of our own.
"""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from time import mktime
from typing import NamedTuple

from perfxl.core.language import LANGUAGES, PAUSE, Text
from perfxl.core.problems import Address, Problem, problem
from perfxl.disk import is_loop, real
from perfxl.exchange.passwords import decrypted, lacking_package
from perfxl.exchange.record import FOLDER
from perfxl.exchange.send import KIND
from perfxl.importing import SUFFIXES
from perfxl.installation import pip_install
from perfxl.ooxml.mark import Mark
from perfxl.ooxml.package import COMPOUND_FILE, MAX_FILE, WORKBOOK, PackageError, open_zip
from perfxl.outputs import read_mark
from perfxl.workbook.files import file_problem

__all__ = ["MARKED", "Found", "find_returned"]

MARKED = "returned"
"""What a marked copy's mark says that it is (marking.py): worked on, it comes back like any other."""

_MOST_FILES = 100_000  # of one folder or archive
_MOST_UNPACKED = 2 * 2**30  # bytes of one archive
_PACKED = (".xlsx", ".xlsm", ".ods")
_MOST_PLAIN = 16 * 2**20  # bytes of a file in a format that is not packed: forms have less than one million
_NAMED = 10  # of the files that are none
_DEPTH = 3  # archives in archives
_MOST_TRIES = 1_000  # of other files' passwords in one run: a minute
_UTF8_NAME = 0x800
_LOCKS = ("~$", ".~lock.", ".~")
_OWN_FOLDERS = tuple(FOLDER(lang) for lang in ("zh", "en"))
_UNREADABLE = (OSError, zipfile.BadZipFile, zlib.error, RuntimeError, ValueError, NotImplementedError, EOFError)


class Found(NamedTuple):
    """A file to be read: where it lies now, its name as it came, when it was last changed (seconds), the password that
    opened it, blank where it has none, and, of a marked copy, what the file was called that it was made of."""

    path: Path
    name: str
    modified: float
    password: str = ""
    corrects: str = ""


def find_returned(
    places: Iterable[Path],
    scratch: Path,
    passwords: Sequence[str] = (),
    inputs: Iterable[Path] = (),
    known: Mapping[str, str] | None = None,
) -> tuple[list[Found], list[Problem]]:
    """The workbooks in folders and archives, in the order of their names.

    scratch    a private folder: archives are unpacked and files with a password opened into it
    passwords  tried in turn
    inputs     files that are none, such as the program itself, and folders with such files
    known      the passwords with which files went out, by file name

    Returns: the files, and a problem for everything else that lies there.
    """
    finder = _Finder(scratch, _Passwords(passwords, known or {}), {real(path) for path in inputs})
    for place in places:
        finder.look(place, place.name if place.is_file() else "")
    return finder.found, finder.all_problems()


class _Passwords:
    """What may open a file: its own password first, then those that were typed, then those of the other files, since
    people rename them. A try takes a twentieth of a second, so that the last kind is tried so often in a run only."""

    def __init__(self, typed: Sequence[str], known: Mapping[str, str]) -> None:
        self._typed, self._left = typed, _MOST_TRIES
        self._known = {PurePosixPath(name).stem: word for name, word in known.items()}

    def of(self, name: str) -> Iterator[str]:
        """Each once, the likely ones first."""
        stem, tried = PurePosixPath(name).stem, set[str]()
        named = [own for own in self._known if own in stem]
        likely = [self._known[own] for own in sorted(named, key=len, reverse=True)]
        for word in dict.fromkeys([*likely, *self._typed]):
            tried.add(word)
            yield word
        for word in dict.fromkeys(self._known.values()):
            if word not in tried and self._left:
                self._left -= 1
                yield word


class _Finder:
    def __init__(self, scratch: Path, passwords: _Passwords, inputs: set[Path]) -> None:
        self._scratch, self._passwords, self._inputs = scratch, passwords, inputs
        self.found: list[Found] = []
        self._problems: list[Problem] = []
        self._others: list[str] = []
        self._made = 0

    def all_problems(self) -> list[Problem]:
        """What was found besides workbooks."""
        others = self._others
        if not others:
            return self._problems
        names = Text(*(PAUSE(lang).join([*others[:_NAMED], *["…"] * (len(others) > _NAMED)]) for lang in LANGUAGES))
        return [*self._problems, problem("returned_not_read", Address(others[0]), count=len(others), names=names)]

    def look(self, place: Path, name: str) -> None:
        """A file, or every file below a folder."""
        if not place.exists():
            self._problems.append(_not_there(place))
        elif place.is_dir():
            for path in _files(place):
                self._file(path, path.relative_to(place).as_posix(), path.stat().st_mtime, 0)
        else:
            self._file(place, name, place.stat().st_mtime, 0)

    def _file(self, path: Path, name: str, modified: float, depth: int) -> None:
        base, suffix = PurePosixPath(name).name, path.suffix.lower()
        if base.startswith(_LOCKS) or self._is_input(real(path)):
            return
        is_known = suffix in SUFFIXES or _is_workbook(path)
        mark = read_mark(path) if is_known else None
        if suffix == ".zip" and not _is_workbook(path):
            self._archive(path, name, depth)
        elif not is_known or (mark is not None and mark.kind not in (KIND, MARKED)):
            self._others.append(name)
        elif suffix not in _PACKED and (size := path.stat().st_size) > _MOST_PLAIN:
            self._problems.append(file_problem(PackageError("too_large", name, size=size)))
        elif self._has_password(path):
            self._open(path, name, modified)
        else:
            self.found.append(Found(path, name, modified, corrects=_corrected(mark)))

    def _is_input(self, path: Path) -> bool:
        return path in self._inputs or any(parent in self._inputs for parent in path.parents)

    def _archive(self, path: Path, name: str, depth: int) -> None:
        """Unpacks what may be a workbook; names are those that Windows gave them."""
        try:
            with path.open("rb") as file:
                archive = open_zip(file)
                entries = [entry for entry in archive.infolist() if not entry.is_dir()]
                if len(entries) > _MOST_FILES or sum(entry.file_size for entry in entries) > _MOST_UNPACKED:
                    self._problems.append(problem("archive_too_large", Address(name), count=len(entries)))
                    return
                for entry in entries:
                    inside = _entry_name(entry)
                    if inside.split("/")[0] in _OWN_FOLDERS:
                        continue
                    suffix = PurePosixPath(inside).suffix.lower()
                    is_deep = suffix == ".zip" and depth >= _DEPTH
                    if is_deep or (suffix not in (*SUFFIXES, ".zip") and not _is_packed(archive, entry)):
                        self._others.append(f"{name}/{inside}")
                        continue
                    if entry.file_size > MAX_FILE:
                        self._problems.append(
                            file_problem(PackageError("too_large", f"{name}/{inside}", size=entry.file_size))
                        )
                        continue
                    taken = self._taken(suffix, archive.read(entry))
                    self._file(taken, f"{name}/{inside}", mktime((*entry.date_time, 0, 0, -1)), depth + 1)
        except (*_UNREADABLE, PackageError):
            self._problems.append(problem("archive_damaged", Address(name)))

    def _taken(self, suffix: str, content: bytes) -> Path:
        self._made += 1
        path = self._scratch / f"{self._made}{suffix}"
        path.write_bytes(content)
        return path

    def _has_password(self, path: Path) -> bool:
        """Whether an .xlsx is a compound file, which one with a password is; .xls always is one."""
        if path.suffix.lower() not in (".xlsx", ".xlsm"):
            return False
        try:
            with path.open("rb") as file:
                return file.read(8) == COMPOUND_FILE
        except OSError:
            return False

    def _open(self, path: Path, name: str, modified: float) -> None:
        """Takes the password off, into a file of our own."""
        if lacking_package():
            self._problems.append(problem("password_needs_package", Address(name), command=pip_install("passwords")))
            return
        for password in self._passwords.of(PurePosixPath(name).name):
            try:
                content = decrypted(path, password)
            except (*_UNREADABLE, KeyError, AttributeError):
                break  # an .xls under another name, or damaged: its reader says so
            if content is not None:
                taken = self._taken(path.suffix.lower(), content)
                self.found.append(Found(taken, name, modified, password, _corrected(read_mark(taken))))
                return
        if self._is_encrypted(path):
            self._problems.append(problem("password_unknown", Address(name)))
        else:
            self.found.append(Found(path, name, modified))

    def _is_encrypted(self, path: Path) -> bool:
        from msoffcrypto import OfficeFile

        try:
            with path.open("rb") as file:
                return bool(OfficeFile(file).is_encrypted())
        except Exception:  # noqa: BLE001 - whatever its parser makes of a file that is none
            return False


def _corrected(mark: Mark | None) -> str:
    """What the file is called that a marked copy was made of; blank for other files."""
    return mark.source if mark and mark.kind == MARKED else ""


def _is_workbook(path: Path) -> bool:
    """Whether a file of any name is an .xlsx: some mail programs and downloads take the ending away."""
    try:
        with path.open("rb") as file:
            return file.read(2) == b"PK" and WORKBOOK in open_zip(file).namelist()
    except (*_UNREADABLE, PackageError):
        return False


def _is_packed(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    """Whether an entry of another name may be a workbook."""
    with archive.open(entry) as file:
        return file.read(2) == b"PK"


def _not_there(place: Path) -> Problem:
    try:
        place.stat()
    except (OSError, ValueError) as error:
        name = "file_is_loop" if is_loop(error) else "file_missing"
        return problem(name, Address(place.name), value=str(place))
    return problem("file_missing", Address(place.name), value=str(place))


def _files(folder: Path) -> Iterator[Path]:
    """The files below a folder in the order of their names; links to elsewhere are not followed."""
    for root, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if name not in _OWN_FOLDERS and not name.startswith("."))
        for name in sorted(names):
            path = Path(root) / name
            if not name.startswith(".") and path.is_file() and not path.is_symlink():
                yield path


def _entry_name(entry: zipfile.ZipInfo) -> str:
    """An entry's name: archives made on Chinese Windows hold GBK and say that it is something else."""
    name = entry.filename
    if not entry.flag_bits & _UTF8_NAME:
        try:
            name = name.encode("cp437").decode("gb18030")
        except (UnicodeEncodeError, UnicodeDecodeError):
            name = entry.filename
    return name.replace("\\", "/").lstrip("/")
