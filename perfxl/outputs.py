"""How every file that perfxl makes comes to its place: whole or not at all, never over an input, never over what
somebody has changed.

What is made carries a mark: what it is, which version made it from which file, and a hash of its content. By it a
result is known as a result, and a hand edit as a hand edit. Office files hold it as a custom property, archives as
their comment, PDFs behind their end.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import platform
import re
import shutil
import stat
import struct
import time
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from perfxl import __version__
from perfxl.core.problems import Address, Problem, problem
from perfxl.ooxml.mark import Label, Mark, Seal, declare, hash_parts, parse_value, read_value
from perfxl.ooxml.zip_write import ZipStream, pack

__all__ = [
    *("Mark", "OutputRefused", "PartialFile"),
    *("is_same_file", "is_unchanged", "keep_permissions", "label", "patiently_replace", "private_folder", "read_mark"),
    *("refuse_output", "remove_leftovers", "replacing", "write_mark"),
]

_HOST = f"{zlib.crc32(platform.node().encode()):08x}"
_TEMPORARY = re.compile(r"\.~perfxl-([0-9a-f]{8})-(\d+)-\d+\.")
_ABANDONED_AFTER = 7 * 86_400  # seconds: of another computer's runs nothing else can be known
_PATIENCE = 2.0  # seconds: a virus scanner or an indexer lets go of a file within one
_BLOCK = 1 << 20
_LOCAL_HEADER, _LENGTHS = 30, struct.Struct("<2H")  # of an entry of a zip; the last four bytes: of name, extra field
_COMMENT, _PDF_LINE = b"perfxl ", re.compile(rb"\n%perfxl ([^\n]{1,4096})\n\Z")
_UNREADABLE = (OSError, zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError, RuntimeError)
_TYPES, _RELATIONS = "[Content_Types].xml", "_rels/.rels"
_numbers = itertools.count()


class OutputRefused(Exception):
    """An output that must not be written; `problem` says why."""

    def __init__(self, reason: Problem) -> None:
        super().__init__(reason.code)
        self.problem = reason


def refuse_output(path: Path, inputs: Iterable[Path | None], suffixes: Iterable[str], overwrite: bool = False) -> None:
    """Judges where an output is to go.

    inputs     every file that the work reads; None for those not given
    suffixes   the extensions that fit what is written, such as ".xlsx"
    overwrite  replace what perfxl has not made, or what was changed since

    Raises: OutputRefused for an input (by whatever name), a folder, device or pipe, an extension that does not fit, a
    file that perfxl did not make or that somebody has changed since.
    """
    address = Address(path.name)
    allowed = tuple(suffixes)
    for source in inputs:
        if source is not None and is_same_file(path, source):
            raise OutputRefused(problem("output_is_input", address, value=str(source)))
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):  # not there, or not to be seen: writing will tell
        mode = stat.S_IFREG
        overwrite = True
    if not stat.S_ISREG(mode):
        raise OutputRefused(problem("output_not_regular", address, value=str(path)))
    if path.suffix.lower() not in allowed:
        raise OutputRefused(problem("output_extension", address, value=path.name, suffixes=", ".join(allowed)))
    if not overwrite and not is_unchanged(path):
        raise OutputRefused(problem("output_changed", address, value=str(path)))


def is_same_file(one: Path, other: Path) -> bool:
    """Whether two paths are one file: links, case and relative paths included."""
    try:
        return one.samefile(other)
    except (OSError, ValueError):
        return os.path.normcase(os.path.realpath(one)) == os.path.normcase(os.path.realpath(other))


def label(kind: str, source: str | Path | None = "") -> Label:
    """What the mark of an output says: what it is, and the file it was made from."""
    return Label(kind, __version__, Path(source).name if source else "")


class PartialFile:
    """An output under way: `path` is beside the target until `finish`, which gives the file its mark, the permissions
    of what it replaces, and its name. `abandon` always follows and leaves nothing unfinished behind.

    Raises: OSError where the folder or the file cannot be written.
    """

    def __init__(self, target: Path, mark: Label | None = None, folder: Path | None = None) -> None:
        self.target, self._mark = target, mark
        folder = folder or target.parent
        remove_leftovers(folder)
        self.path = _temporary_path(folder, target.suffix)
        with self.path.open("xb"):
            pass

    def finish(self) -> None:
        if self._mark:
            write_mark(self.path, *self._mark)
        keep_permissions(self.path, self.target)
        patiently_replace(self.path, self.target)

    def abandon(self) -> None:
        with suppress(OSError):
            self.path.unlink(missing_ok=True)


@contextmanager
def replacing(
    path: Path, kind: str = "", source: str = "", version: str = __version__, folder: Path | None = None
) -> Iterator[Path]:
    """A temporary path in the target's folder (or in `folder`, on the same disk). When the block ends well, the file
    there gets its mark (for a kind) and becomes `path`, with the permissions of what it replaces; when not, it is
    removed. What a killed run has left in the folder is removed as well.

    Raises: OSError where the folder or the file cannot be written.
    """
    partial = PartialFile(path, Label(kind, version, source) if kind else None, folder)
    try:
        yield partial.path
        partial.finish()
    finally:
        partial.abandon()


@contextmanager
def private_folder(beside: Path) -> Iterator[Path]:
    """A folder in `beside` for what is under way. It is removed at the end, and by the next run if this one is killed.

    Raises: OSError where there can be none.
    """
    remove_leftovers(beside)
    folder = _temporary_path(beside, ".parts")
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def keep_permissions(finished: Path, path: Path | str) -> None:
    """Gives a file the permissions of the one that it replaces; a new one keeps those that it was made with."""
    with suppress(OSError):
        mode = os.stat(path).st_mode  # noqa: PTH116 - for a text, as a batch has it, at once
        finished.chmod(stat.S_IMODE(mode))


def patiently_replace(finished: Path, path: Path) -> None:
    """Gives a finished file its name, trying again for two seconds while another program holds one of the two.

    Raises: OSError, the last one, where it stays so.
    """
    patience = time.monotonic() + _PATIENCE
    while True:
        try:
            finished.replace(path)
            return
        except PermissionError:
            if os.name != "nt" or time.monotonic() > patience:
                raise
            time.sleep(0.05)


def remove_leftovers(folder: Path) -> None:
    """Removes the temporary files of runs that are no more."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            match = entry.name.startswith(".~perfxl-") and _TEMPORARY.match(entry.name)
            if match and _is_abandoned(entry, match[1], int(match[2])):
                with suppress(OSError):
                    if entry.is_dir(follow_symlinks=False):
                        shutil.rmtree(entry.path)
                    else:
                        Path(entry.path).unlink()


def _is_abandoned(entry: os.DirEntry[str], host: str, process: int) -> bool:
    if host == _HOST:
        return not _is_running(process)
    return time.time() - entry.stat(follow_symlinks=False).st_mtime > _ABANDONED_AFTER


def _temporary_path(folder: Path, suffix: str) -> Path:
    return folder / f".~perfxl-{_HOST}-{os.getpid()}-{next(_numbers)}{suffix or '.part'}"


def _is_running(process: int) -> bool:
    if process == os.getpid():
        return True
    if os.name == "nt":  # os.kill would end it there
        import ctypes

        handle = ctypes.windll.kernel32.OpenProcess(0x1000, False, process)  # type: ignore[attr-defined]
        if handle:
            ctypes.windll.kernel32.CloseHandle(handle)  # type: ignore[attr-defined]
        return bool(handle)
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


def read_mark(path: Path) -> Mark | None:
    """What a file says that it is; None for one that perfxl has not made."""
    found = _read(path)
    return found[0] if found else None


def is_unchanged(path: Path) -> bool:
    """Whether a file is as perfxl made it."""
    found = _read(path)
    return found is not None and found[0].hash == found[1]


def _read(path: Path) -> tuple[Mark, str] | None:
    """A file's mark, and the hash of its content as it is."""
    try:
        with path.open("rb") as file:
            if file.read(5) == b"%PDF-":
                return _read_pdf(file)
            with zipfile.ZipFile(file) as archive:
                found = read_value(archive)
                if found:
                    return found[0], hash_parts(archive.infolist(), found[1])
                mark = parse_value(archive.comment.removeprefix(_COMMENT).decode("utf-8", "replace"))
                if mark and archive.comment.startswith(_COMMENT):
                    return mark, hash_parts(archive.infolist())
    except _UNREADABLE:
        pass
    return None


def write_mark(path: Path, kind: str, version: str, source: str) -> None:
    """Marks a file that was just written: a PDF behind its end, an archive in its comment, an Office file in its custom
    properties, of which the others stay.

    Raises: OSError where it cannot be written, ValueError or KeyError for what is none of these.
    """
    mark = Label(kind, version, source)
    if path.suffix == ".pdf":
        _mark_pdf(path, mark)
    elif path.suffix == ".zip":
        with zipfile.ZipFile(path, "a") as archive:
            archive.comment = _COMMENT + mark.value(hash_parts(archive.infolist())).encode("utf-8", "replace")
    else:
        marked = _temporary_path(path.parent, ".part")
        try:
            _copy_marked(path, marked, mark)
            marked.replace(path)
        finally:
            marked.unlink(missing_ok=True)


def _copy_marked(path: Path, copy: Path, mark: Label) -> None:
    """The file with its mark. Parts are copied as they lie there, not packed again."""
    with path.open("rb") as file, zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        names = {entry.filename for entry in entries}
        changed: dict[str, bytes] = {}
        seal = Seal(mark)
        if names >= {_TYPES, _RELATIONS}:
            types, relations, part = declare(archive.read(_TYPES), archive.read(_RELATIONS))
            changed = {_TYPES: types, _RELATIONS: relations}
            seal = Seal(mark, part, archive.read(part) if part in names else b"")
        stream = ZipStream(copy, seal=seal)
        try:
            for entry in entries:
                if entry.filename in changed:
                    stream.add(entry.filename, pack(changed[entry.filename]))
                elif entry.filename != seal.part:
                    stream.copy(entry, _packed(file, entry))
            stream.close()
        finally:
            stream.abandon()


def _packed(file: IO[bytes], entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """What an entry holds, as it lies there."""
    file.seek(entry.header_offset)
    name, extra = _LENGTHS.unpack(file.read(_LOCAL_HEADER)[-_LENGTHS.size :])
    file.seek(name + extra, os.SEEK_CUR)
    left = entry.compress_size
    while left:
        piece = file.read(min(left, _BLOCK))
        if not piece:
            raise ValueError("a part is not whole")
        left -= len(piece)
        yield piece


def _mark_pdf(path: Path, mark: Label) -> None:
    with path.open("r+b") as file:
        content = _digest(file, file.seek(0, os.SEEK_END))
        text = "".join(c for c in mark.value(content) if c >= " ")
        file.seek(0, os.SEEK_END)
        file.write(b"\n%%perfxl %b\n" % text.encode("utf-8", "replace"))


def _read_pdf(file: IO[bytes]) -> tuple[Mark, str] | None:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 2 * 4096))
    line = _PDF_LINE.search(file.read())
    mark = parse_value(line[1].decode("utf-8", "replace")) if line else None
    return (mark, _digest(file, size - len(line[0]))) if line and mark else None


def _digest(file: IO[bytes], size: int) -> str:
    """The hash of a file's first bytes."""
    digest = hashlib.blake2b(digest_size=16)
    file.seek(0)
    while size > 0 and (piece := file.read(min(size, _BLOCK))):
        digest.update(piece)
        size -= len(piece)
    return digest.hexdigest()
