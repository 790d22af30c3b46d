"""How every file that perfxl makes comes to its place: whole or not at all, never over an input, never over what
somebody has changed.

What is made carries a mark: what it is, which version made it from which file, and a hash of its content. By it a
result is known as a result, and a hand edit as a hand edit. Office files hold it as a custom property, archives as
their comment, PDFs, pictures, pages and drafts of mails at their end.
"""

from __future__ import annotations

import errno
import hashlib
import html
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, NamedTuple

from perfxl import __version__, disk
from perfxl.core.language import Text
from perfxl.core.problems import Address, Problem, problem
from perfxl.ooxml.mark import Label, Mark, Seal, declare, hash_parts, parse_value, read_value
from perfxl.ooxml.package import PackageError, open_zip
from perfxl.ooxml.zip_write import ZipStream, pack

__all__ = [
    *("KeptElsewhere", "Mark", "OutputRefused", "PartialFile"),
    *("explain_error", "is_unchanged", "label", "read_mark", "refuse_output", "replacing", "write_mark", "write_whole"),
]

_BLOCK = 1 << 20
_LOCAL_HEADER, _LENGTHS = 30, struct.Struct("<2H")  # of an entry of a zip; the last four bytes: of name, extra field
_COMMENT = b"perfxl "
_UNREADABLE = (PackageError, OSError, zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError, RuntimeError)
_MOST_PARTS = 500_000  # of an output; an archive of papers has one for each
_TYPES, _RELATIONS = "[Content_Types].xml", "_rels/.rels"
_PNG_END = b"\0\0\0\0IEND\xaeB`\x82"


class _Tail(NamedTuple):
    """A mark at the end of a file: what a file of this form begins with, how the mark is found there, what the form
    itself ends with behind the mark, and the bytes of a mark."""

    head: bytes
    line: re.Pattern[bytes]
    end: bytes
    make: Callable[[str], bytes]


def _png_chunk(text: str) -> bytes:
    data = b"iTXtperfxl\0\0\0\0\0" + text.encode("utf-8", "replace")
    return struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))


_PDF = _Tail(
    b"%PDF-",
    re.compile(rb"\n%perfxl ([^\n]{1,4096})\n\Z"),
    b"",
    lambda text: b"\n%%perfxl %b\n" % text.encode("utf-8", "replace"),
)
_MARKUP = _Tail(
    b"<",
    re.compile(rb"\n<!--perfxl ([^\n]{1,4096})-->\n\Z"),
    b"",
    lambda text: b"\n<!--perfxl %b-->\n" % html.escape(text).replace("-", "&#45;").encode("utf-8", "replace"),
)
_PNG = _Tail(
    b"\x89PNG",
    re.compile(rb"[\0-\xff]{4}iTXtperfxl\0\0\0\0\0([^\n]{1,4096}?)[\0-\xff]{4}" + re.escape(_PNG_END) + rb"\Z"),
    _PNG_END,
    _png_chunk,
)
_MAIL = _Tail(  # behind the last part of a message, which mail programs do not show
    b"X-Uns",  # X-Unsent, the first line of a draft
    re.compile(rb"\r\nperfxl ([^\n]{1,4096})\r\n\Z"),
    b"",
    lambda text: b"\r\nperfxl %b\r\n" % text.encode("utf-8", "replace"),
)
_TAILS = {".pdf": _PDF, ".svg": _MARKUP, ".html": _MARKUP, ".png": _PNG, ".eml": _MAIL}


class OutputRefused(Exception):
    """An output that must not be written; `problem` says why."""

    def __init__(self, reason: Problem) -> None:
        super().__init__(f"{reason.code} {reason.message('zh')} / {reason.message('en')}")
        self.problem = reason


def refuse_output(
    path: Path, inputs: Iterable[Path | None], suffixes: Iterable[str], overwrite: bool = False, kind: str = ""
) -> None:
    """Judges where an output is to go.

    inputs     every file that the work reads, and every folder of which it reads the files; None for those not given
    suffixes   the extensions that fit what is written, such as ".xlsx"
    overwrite  replace what perfxl has not made, or what was changed since
    kind       what is written, as its mark has it: in a folder that is read such a one is no input, but what was
               written there before

    Raises: OutputRefused for an input (by whatever name), a folder, device or pipe, an extension that does not fit, a
    file that perfxl did not make or that somebody has changed since, one that another program has open.
    """
    address = Address(path.name)
    allowed = tuple(suffixes)
    for source in inputs:
        if source is not None and (disk.is_same_file(path, source) or _is_read_there(path, source, kind)):
            raise OutputRefused(problem("output_is_input", address, value=str(source)))
    is_new = False
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:  # not there, or not to be seen: writing will tell
        if disk.is_loop(error):
            raise OutputRefused(problem("file_is_loop", address, value=str(path))) from None
        mode, is_new = stat.S_IFREG, True
    if not stat.S_ISREG(mode):
        raise OutputRefused(problem("output_not_regular", address, value=str(path)))
    if path.suffix.lower() not in allowed:
        raise OutputRefused(problem("output_extension", address, value=path.name, suffixes=", ".join(allowed)))
    if is_new:
        return
    if not overwrite and not is_unchanged(path):
        raise OutputRefused(problem("output_changed", address, value=str(path)))
    try:
        disk.probe(path)
    except PermissionError as error:
        why = explain_error(error, path)
        raise OutputRefused(problem("output_in_use", address, value=str(path), reason=why)) from None


def _is_read_there(path: Path, source: Path, kind: str) -> bool:
    """Whether a file is one of those in a folder that is read."""
    if not source.is_dir() or not path.is_file() or not disk.holds_file(source, path):
        return False
    mark = read_mark(path)
    return mark is None or mark.kind != kind


def label(kind: str, source: str | Path | None = "") -> Label:
    """What the mark of an output says: what it is, and the file it was made from."""
    return Label(kind, __version__, Path(source).name if source else "")


class KeptElsewhere(PermissionError):
    """A result is whole, at `kept`: what it was to replace is open in another program."""

    def __init__(self, path: Path, kept: Path) -> None:
        super().__init__(errno.EACCES, os.strerror(errno.EACCES), str(path))
        self.kept = kept


class PartialFile:
    """An output under way: `path` is beside the target until `finish`, which gives the file its mark, the permissions
    of what it replaces, and its name; a free one where the file there is held by another program, unless it was made
    in a `folder` of its own. `abandon` always follows and leaves nothing unfinished behind. `content` is what the file
    holds from the beginning.

    Raises: OSError where the folder or the file cannot be written, KeptElsewhere where it has another name.
    """

    def __init__(
        self, target: Path, mark: Label | None = None, folder: Path | None = None, content: bytes = b""
    ) -> None:
        self.target, self._mark, self._may_move = target, mark, folder is None
        if folder is None:  # who has a folder of one's own for many files looks there once
            disk.remove_leftovers(target.parent)
        self.path = disk.new_file(folder or target.parent, target.suffix, content)
        self._is_done = False

    def finish(self) -> None:
        if self._mark:
            write_mark(self.path, *self._mark)
        disk.keep_permissions(self.path, self.target)
        try:
            disk.replace(self.path, self.target)
        except PermissionError:
            if not self._may_move or not self.target.is_file():
                raise
            kept = disk.free_name(self.target)
            disk.replace(self.path, kept)
            raise KeptElsewhere(self.target, kept) from None
        self._is_done = True

    def abandon(self) -> None:
        if not self._is_done:
            with suppress(OSError):
                disk.remove(self.path)


@contextmanager
def replacing(
    path: Path, kind: str = "", source: str = "", version: str = __version__, folder: Path | None = None
) -> Iterator[Path]:
    """A temporary path in the target's folder (or in `folder`, on the same disk). When the block ends well, the file
    there gets its mark (for a kind) and becomes `path`, with the permissions of what it replaces; when not, it is
    removed. What a killed run has left in the target's folder is removed as well.

    Raises: OSError where the folder or the file cannot be written, KeptElsewhere where the file has another name.
    """
    partial = PartialFile(path, Label(kind, version, source) if kind else None, folder)
    try:
        yield partial.path
        partial.finish()
    finally:
        partial.abandon()


def write_whole(path: Path, content: bytes, kind: str, source: str = "") -> None:
    """Writes a file as `replacing` does: a page, a picture.

    Raises: OSError, as `replacing`.
    """
    with replacing(path, kind, source) as temporary:
        temporary.write_bytes(content)


def explain_error(error: OSError, path: Path) -> Text:
    """Why a file or folder cannot be written, as a user can act on it: who has it open, or which right is missing."""
    if isinstance(error, KeptElsewhere):
        why = _why_denied(error, path)
        return Text(f"{why.zh}；结果已存为 {error.kept}", f"{why.en}; the result was saved as {error.kept}")
    if isinstance(error, PermissionError):
        return _why_denied(error, path)
    if error.errno in _REASONS:
        return _REASONS[error.errno]
    reason = error.strerror or str(error)
    return Text(reason, reason)


def _why_denied(error: OSError, path: Path) -> Text:
    if any((path.parent / name).exists() for name in _owner_files(path.name)):
        return Text("它正在 Word、Excel 或 WPS 中打开", "it is open in Word, Excel or WPS")
    if disk.is_held(error) or isinstance(error, KeptElsewhere):
        return _HELD
    if disk.is_read_only(path):
        return Text("文件设成了只读", "the file is marked as read-only")
    if disk.WINDOWS and path.is_file() and os.access(path.parent, os.W_OK):
        return Text(f"{_HELD.zh}，或没有权限", f"{_HELD.en}, or there is no permission")
    return _REASONS[errno.EACCES]


def _owner_files(name: str) -> Iterator[str]:
    """What programs put beside a file that they have open. Word leaves out the first letters of a long name."""
    stem = name.rpartition(".")[0]
    yield f"~${name[min(2, max(0, len(stem) - 6)) :]}"
    yield f"~${name}"
    yield f".~lock.{name}#"
    yield f".~{name}"


_HELD = Text(
    "另一个程序正占用它（如 Word、Excel、WPS、PDF 阅读器或杀毒软件）",
    "another program has it open (such as Word, Excel, a PDF reader or a virus scanner)",
)
_REASONS = {
    errno.EACCES: Text("没有权限", "permission denied"),
    errno.EPERM: Text("没有权限", "permission denied"),
    errno.EROFS: Text("磁盘只读", "read-only disk"),
    errno.ENOSPC: Text("磁盘已满", "the disk is full"),
    errno.ENOENT: Text("没有这个文件夹", "there is no such folder"),
    errno.ENOTDIR: Text("路径中有一段是文件，不是文件夹", "part of the path is a file, not a folder"),
    errno.EEXIST: Text("已有同名的文件或链接", "there is a file or link of that name"),
    errno.EISDIR: Text("这是一个文件夹", "it is a folder"),
    errno.ENAMETOOLONG: Text("名称太长", "name too long"),
    errno.ELOOP: Text("路径中有绕回自己的链接（符号链接循环）", "the path goes by a link that leads back to itself"),
}


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
            head = file.read(5)
            for tail in (_PDF, _MARKUP, _PNG, _MAIL):
                if head.startswith(tail.head):
                    return _read_tail(file, tail)
            with open_zip(file, most=_MOST_PARTS) as archive:
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
    """Marks a file that was just written: a PDF, picture, page or mail at its end, an archive in its comment, an Office
    file in its custom properties, of which the others stay.

    Raises: OSError where it cannot be written, ValueError or KeyError for what is none of these.
    """
    mark = Label(kind, version, source)
    if path.suffix in _TAILS:
        _mark_tail(path, mark, _TAILS[path.suffix])
    elif path.suffix == ".zip":
        with zipfile.ZipFile(path, "a") as archive:
            archive.comment = _COMMENT + mark.value(hash_parts(archive.infolist())).encode("utf-8", "replace")
    else:
        marked = disk.temporary_path(path.parent)
        try:
            _copy_marked(path, marked, mark)
            disk.replace(marked, path)
        finally:
            with suppress(OSError):
                disk.remove(marked)


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


def _mark_tail(path: Path, mark: Label, tail: _Tail) -> None:
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END) - len(tail.end)
        text = "".join(c for c in mark.value(_digest(file, size)) if c >= " ")
        file.seek(size)
        file.write(tail.make(text) + tail.end)


def _read_tail(file: IO[bytes], tail: _Tail) -> tuple[Mark, str] | None:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 2 * 4096))
    line = tail.line.search(file.read())
    mark = parse_value(html.unescape(line[1].decode("utf-8", "replace"))) if line else None
    return (mark, _digest(file, size - len(line[0]))) if line and mark else None


def _digest(file: IO[bytes], size: int) -> str:
    """The hash of a file's first bytes."""
    digest = hashlib.blake2b(digest_size=16)
    file.seek(0)
    while size > 0 and (piece := file.read(min(size, _BLOCK))):
        digest.update(piece)
        size -= len(piece)
    return digest.hexdigest()
