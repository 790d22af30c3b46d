"""How every file that perfxl makes comes to its place: whole or not at all, never over an input, never over what
somebody has changed.

Office files carry a mark, a custom document property with what they are, which version made them from which file, and
a hash of their content. By it a result is known as a result, and a hand edit as a hand edit.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import re
import stat
import time
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr, unescape

from perfxl.core.problems import Address, Problem, problem

PROPERTY = "perfxl"
"""The custom document property's name; its value is `kind version hash source`."""

_CUSTOM, _TYPES, _RELATIONS = "docProps/custom.xml", "[Content_Types].xml", "_rels/.rels"
_CUSTOM_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_CUSTOM_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"
_FORMAT_ID = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"  # of every custom property
_PROPERTY = re.compile(rf'<property\b[^>]*\bname="{PROPERTY}"[^>]*>\s*<(?:\w+:)?lpwstr\b[^>]*>([^<]*)<'.encode())
_LONGEST_PROPERTY = 4096
_TEMPORARY = re.compile(r"\.~perfxl-(\d+)-\d+\.")
_PATIENCE = 2.0  # seconds: a virus scanner or an indexer lets go of a file within one
_numbers = itertools.count()


class Mark(NamedTuple):
    """What an output says of itself: its kind (score, weights, cascade, check, program, ...), the version of perfxl,
    the name of the file it was made from (blank for none), and the hash of its content."""

    kind: str
    version: str
    hash: str
    source: str


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
    if path.suffix.lower() not in allowed:
        raise OutputRefused(problem("output_extension", address, value=path.name, suffixes=", ".join(allowed)))
    for source in inputs:
        if source is not None and is_same_file(path, source):
            raise OutputRefused(problem("output_is_input", address, value=str(source)))
    try:
        mode = path.stat().st_mode
    except OSError:  # not there, or not to be seen: writing will tell
        return
    if not stat.S_ISREG(mode):
        raise OutputRefused(problem("output_not_regular", address, value=str(path)))
    if not overwrite and not is_unchanged(path):
        raise OutputRefused(problem("output_changed", address, value=str(path)))


def is_same_file(one: Path, other: Path) -> bool:
    """Whether two paths are one file: links, case and relative paths included."""
    try:
        return one.samefile(other)
    except OSError:
        return os.path.normcase(os.path.realpath(one)) == os.path.normcase(os.path.realpath(other))


@contextmanager
def replacing(path: Path, kind: str = "", source: str = "", version: str = "") -> Iterator[Path]:
    """A temporary path in the target's folder. When the block ends well, the file there gets its mark (for a kind) and
    becomes `path`, with the permissions of what it replaces; when not, it is removed. What a killed run has left in the
    folder is removed as well.

    Raises: OSError where the folder or the file cannot be written.
    """
    _remove_leftovers(path.parent)
    temporary = path.with_name(f".~perfxl-{os.getpid()}-{next(_numbers)}{path.suffix}")
    with temporary.open("xb"):
        pass
    try:
        yield temporary
        if kind:
            write_mark(temporary, kind, source, version)
        with suppress(OSError):  # a new file keeps the permissions that it was made with
            temporary.chmod(stat.S_IMODE(path.stat().st_mode))
        patiently_replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


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


def _remove_leftovers(folder: Path) -> None:
    """Temporary files of runs that are no more."""
    with suppress(OSError):
        for entry in os.scandir(folder):
            match = _TEMPORARY.match(entry.name)
            if match and not _is_running(int(match[1])):
                Path(entry.path).unlink(missing_ok=True)


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
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def read_mark(path: Path) -> Mark | None:
    """What an Office file says that it is; None for one that perfxl has not made, and for what is no Office file."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _mark_in(archive)
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, RuntimeError, NotImplementedError):
        return None


def is_unchanged(path: Path) -> bool:
    """Whether a file is as perfxl made it."""
    try:
        with zipfile.ZipFile(path) as archive:
            mark = _mark_in(archive)
            return mark is not None and mark.hash == content_hash(archive.infolist())
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, RuntimeError, NotImplementedError):
        return False


def content_hash(entries: Iterable[zipfile.ZipInfo]) -> str:
    """The hash of a package's content: names, sizes and checksums of its parts but the mark's own."""
    facts = sorted((entry.filename, entry.file_size, entry.CRC) for entry in entries if entry.filename != _CUSTOM)
    return hashlib.blake2b(repr(facts).encode(), digest_size=16).hexdigest()


def write_mark(path: Path, kind: str, source: str, version: str) -> None:
    """Adds the mark to an Office file that was just written; other custom properties stay."""
    marked = path.with_name(f".~perfxl-{os.getpid()}-{next(_numbers)}.part")
    try:
        with zipfile.ZipFile(path) as archive, marked.open("xb") as file:
            _copy_marked(archive, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED), kind, source, version)
        marked.replace(path)
    finally:
        marked.unlink(missing_ok=True)


def custom_properties(value: str, present: bytes = b"") -> bytes:
    """docProps/custom.xml with the mark's value, beside the properties that are `present`."""
    if not present:
        present = (
            b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
            b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
            b'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"></Properties>'
        )
    others = re.sub(rf'<property\b[^>]*\bname="{PROPERTY}"[^>]*>.*?</property>'.encode(), b"", present, flags=re.S)
    numbers = [int(number) for number in re.findall(rb'\bpid="(\d+)"', others)]
    entry = (
        f'<property fmtid="{_FORMAT_ID}" pid="{max(numbers, default=1) + 1}" name="{PROPERTY}">'
        f'<vt:lpwstr xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
        f"{escape(value)}</vt:lpwstr></property>"
    )
    return re.sub(rb"</Properties>\s*$", entry.encode() + b"</Properties>", others)


def mark_value(kind: str, version: str, content: str, source: str) -> str:
    """The text of the property; the source's name comes last, since it may hold spaces."""
    return f"{kind} {version} {content} {source}"


def _mark_in(archive: zipfile.ZipFile) -> Mark | None:
    if _CUSTOM not in archive.NameToInfo or archive.getinfo(_CUSTOM).file_size > 2**20:
        return None
    match = _PROPERTY.search(archive.read(_CUSTOM))
    if match is None or len(match[1]) > _LONGEST_PROPERTY:
        return None
    words = unescape(match[1].decode("utf-8", "replace")).split(" ", 3)
    return Mark(words[0], words[1], words[2], words[3]) if len(words) == 4 else None


def _copy_marked(archive: zipfile.ZipFile, copy: zipfile.ZipFile, kind: str, source: str, version: str) -> None:
    types, relations = archive.read(_TYPES), archive.read(_RELATIONS)
    present = archive.read(_CUSTOM) if _CUSTOM in archive.NameToInfo else b""
    if not present:
        override = f"<Override PartName={quoteattr('/' + _CUSTOM)} ContentType={quoteattr(_CUSTOM_TYPE)}/>"
        types = types.replace(b"</Types>", override.encode() + b"</Types>")
        relation = f'<Relationship Id="rIdPerfxl" Type="{_CUSTOM_RELATION}" Target="{_CUSTOM}"/>'
        relations = relations.replace(b"</Relationships>", relation.encode() + b"</Relationships>")
    changed = {_TYPES: types, _RELATIONS: relations}
    with copy:
        for entry in archive.infolist():
            if entry.filename == _CUSTOM:
                continue
            fresh = zipfile.ZipInfo(entry.filename, entry.date_time)
            fresh.compress_type, fresh.external_attr = entry.compress_type, entry.external_attr
            copy.writestr(fresh, changed.get(entry.filename) or archive.read(entry))
        mark = mark_value(kind, version, content_hash(copy.infolist()), source)
        last = zipfile.ZipInfo(_CUSTOM, archive.infolist()[0].date_time)
        last.compress_type = zipfile.ZIP_DEFLATED
        copy.writestr(last, custom_properties(mark, present))
