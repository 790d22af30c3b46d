"""Opens an Office file without trusting it: everything is bounded and checked before a parser sees it.

`open_package(path, main)` raises PackageError, which says in one word why a file cannot be used. What it returns reads
each part with its size verified against the directory, so a file that lies about its size is found out as well.
`package_on_disk` does the same without taking the file into memory.
"""

from __future__ import annotations

import io
import os
import re
import stat
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO, BinaryIO, NamedTuple

from lxml import etree

from perfxl.disk import is_loop, patiently, reachable
from perfxl.ooxml.compress import DAMAGED, crc32, decompressor
from perfxl.ooxml.relations import CONTENT_TYPES, read_content_types, read_relations, unquoted

MAX_FILE = 512 * 2**20
MAX_PARTS = 10_000
MAX_PART = 768 * 2**20
MAX_TOTAL = 1536 * 2**20
MAX_RATIO = 200  # of parts over a megabyte; sheets of real workbooks reach about 40
PIECE = 2**20  # inflated at once
WORKBOOK, DOCUMENT = "xl/workbook.xml", "word/document.xml"
OPEN_DOCUMENT = "content.xml"
_MAIN_TYPES = {WORKBOOK: ("spreadsheetml", "ms-excel.sheet.macro"), DOCUMENT: ("wordprocessingml", "ms-word")}
_ENTRY = 512  # bytes of the directory for each part; with a long name it takes 200
_SMALL, _MOST_KEPT = 64 * 2**10, 32  # bytes of a part that is kept, and how many of them
_MOST_KNOWN = 64  # small parts that were proved, of all files
_HEAD = 200  # bytes of a part in which its encoding is declared
_XML_ENDINGS = (".xml", ".rels", ".vml")
COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DIRECTORY_SECTOR, _SECTOR = 48, 512  # where a compound file says in which sector the names of its streams begin
_NOT_UTF8 = re.compile(rb"^<\?xml[^>]*encoding\s*=\s*[\"'](?!utf-?8|us-ascii)", re.IGNORECASE)
# A part that only one format has -> the format.
_FORMATS = {
    "xl/workbook.bin": "xlsb",
    DOCUMENT: "docx",
    WORKBOOK: "xlsx",
    "ppt/presentation.xml": "pptx",
    "Index/Document.iwa": "numbers",
    OPEN_DOCUMENT: "ods",
}


class PackageError(Exception):
    """A file, or a part of it, that cannot be used.

    `reason`, with its `details`: "missing", "not_readable", "loop", "folder", "not_regular" (path); "lock", "empty",
    "encrypted", "damaged", "unknown", "changed", "needs_memory"; "too_large" (size in bytes); "too_many" (what, count);
    "cell_far_away" (sheet, cell); "unsafe" (what: dtd, encoding, duplicate, compression, path, parts with their count);
    "other_format" (format: xls, xlsb, docx, xlsx, pptx, numbers, ods, web, text).
    """

    def __init__(self, reason: str, file: str = "", **details: object) -> None:
        super().__init__(reason)
        self.reason, self.file, self.details = reason, file, details


class Stamp(NamedTuple):
    """What shows that a file is still the one that was read."""

    device: int
    number: int
    size: int
    modified: int


def stamp_of(path: Path) -> Stamp:
    """The stamp of the file that is there now.

    Raises: OSError.
    """
    return _stamp(path.stat())


@dataclass
class Package:
    """A zip that has passed the checks: its file's name, the open file and its entries by part name, with slashes and
    relative to the root however they are written; `main` is the part that it begins with.

    `stamp` is None for a file that is no longer there to be looked at. `formulas`, of a file that had another format:
    by sheet the cells (row, column; zero-based) whose value a formula gave, which its parts no longer say.
    """

    name: str
    file: BinaryIO
    entries: dict[str, zipfile.ZipInfo] = field(default_factory=dict)
    main: str = ""
    stamp: Stamp | None = None
    formulas: dict[str, set[tuple[int, int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._kept: dict[str, bytes] = {}  # small parts, which are looked at when the file is opened and later again
        self._descriptor: int | None = None
        if hasattr(os, "pread"):
            with suppress(OSError):  # a file in memory has none
                self._descriptor = self.file.fileno()

    def find(self, part: str) -> str:
        """The name under which a part is stored, which may differ in case or be percent-encoded; "" for none."""
        return part if part in self.entries else self._by_plain_name.get(_plain(part), "")

    @property
    def is_plain(self) -> bool:
        """Whether the parts are stored under the names that they are meant to have."""
        return all(part == entry.filename for part, entry in self.entries.items())

    def check_unchanged(self) -> None:
        """Raises: PackageError where the file was written to since it was opened."""
        if self.stamp and self._descriptor is not None and _stamp(os.fstat(self._descriptor)) != self.stamp:
            raise self.error("changed")

    def part(self, name: str) -> bytes:
        """A part whole.

        Raises: PackageError where it is damaged, lies about its size, or is XML with a DTD or not in UTF-8.
        """
        kept = self._kept.get(name)
        if kept is not None:
            return kept
        entry = self.entries[name]
        if max(entry.file_size, entry.compress_size) > _SMALL or is_sheet(name):
            content = b"".join(self.pieces(name))
        else:
            content = self._known(name, entry)
        if len(content) <= _SMALL and len(self._kept) < _MOST_KEPT:
            self._kept[name] = content
        return content

    def _known(self, name: str, entry: zipfile.ZipInfo) -> bytes:
        """A small part. Hundreds of files that were made from one template have the same: what lies in the file and in
        its directory just as it lay in one whose part was proved need not be proved again."""
        facts = entry.file_size, entry.CRC, entry.compress_type, name.endswith(_XML_ENDINGS)
        key = b"".join(self._packed(entry)), facts
        content = _known_parts.pop(key, None)
        if content is None:
            content = b"".join(self.pieces(name))
            if len(_known_parts) >= _MOST_KNOWN:
                _known_parts.pop(next(iter(_known_parts)), None)
        _known_parts[key] = content  # the last one used stands last
        return content

    def pieces(self, name: str) -> Iterator[bytes]:
        """A part piece by piece; what is wrong is raised after the last one at the latest."""
        entry = self.entries[name]
        size = crc = 0
        seam = _Seam(self) if name.endswith(_XML_ENDINGS) else None
        for piece in self._inflated(entry):
            size, crc = size + len(piece), crc32(piece, crc)
            if size > entry.file_size:
                break
            if seam:
                seam.check(piece)
            yield piece
        if seam and size < _HEAD:
            seam.check_encoding()
        if size != entry.file_size or crc != entry.CRC:
            raise self.error("damaged")

    def packed(self, name: str) -> Iterator[bytes]:
        """A part as it lies in the file, piece by piece."""
        return self._packed(self.entries[name])

    def whole(self) -> bytes:
        """The file's own bytes."""
        self.file.seek(0)
        return self.file.read()

    def __contains__(self, name: str) -> bool:
        return name in self.entries

    def error(self, reason: str, **details: object) -> PackageError:
        """An error that names this file."""
        return PackageError(reason, self.name, **details)

    def _inflated(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        if entry.compress_type == zipfile.ZIP_STORED:
            yield from self._packed(entry)
            return
        stream = decompressor()
        try:
            for packed in self._packed(entry):
                while packed and not stream.eof:
                    yield stream.decompress(packed, PIECE)
                    packed = stream.unconsumed_tail
            yield stream.flush()
        except DAMAGED:
            raise self.error("damaged") from None
        if not stream.eof:
            raise self.error("damaged")

    def _packed(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        """An entry's bytes in the file, by slices."""
        header = self._slice(entry.header_offset, 30)
        if len(header) < 30 or header[:4] != b"PK\x03\x04":
            raise self.error("damaged")
        start = entry.header_offset + 30
        start += int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        for at in range(start, start + entry.compress_size, PIECE):
            packed = self._slice(at, min(PIECE, start + entry.compress_size - at))
            if not packed:  # the size is a lie
                break
            yield packed

    @cached_property
    def small_names(self) -> list[str]:
        """The names of its parts in small letters."""
        return [part.lower() for part in self.entries]

    @cached_property
    def _by_plain_name(self) -> dict[str, str]:
        return {_plain(part): part for part in self.entries}

    def _slice(self, start: int, size: int) -> bytes:
        """Bytes of the file. A process that was forked shares the file's position, so it is not used where possible."""
        try:
            if sys.platform != "win32" and self._descriptor is not None:
                return os.pread(self._descriptor, size, start)
            self.file.seek(start)
            return self.file.read(size)
        except OSError:
            raise self.error("not_readable", path=self.name) from None
        except (ValueError, OverflowError):
            raise self.error("damaged") from None


_known_parts: dict[tuple[bytes, tuple[int, int, int, bool]], bytes] = {}


class _Seam:
    """Checks XML that comes in pieces: what stands across the border of two is seen as well."""

    def __init__(self, package: Package) -> None:
        self._package, self._head, self._last = package, b"", b""

    def check(self, piece: bytes) -> None:
        if len(self._head) < _HEAD:
            self._head = (self._head + piece[:_HEAD])[:_HEAD]
            if len(self._head) == _HEAD:
                self.check_encoding()
        for text in (self._last + piece[:8], piece):
            if b"!" in text and (b"<!DOCTYPE" in text or b"<!ENTITY" in text):  # one letter is found fastest
                raise self._package.error("unsafe", what="dtd")
        self._last = (self._last + piece[-8:])[-8:]

    def check_encoding(self) -> None:
        head = self._head
        if head[:2] in (b"\xff\xfe", b"\xfe\xff") or _NOT_UTF8.search(head.lstrip(b"\xef\xbb\xbf")):
            raise self._package.error("unsafe", what="encoding")


def open_package(path: str | Path, main: str = WORKBOOK) -> Package:
    """The checked package of a file whose main part is `main`, in memory.

    Raises: PackageError.
    """
    with ExitStack() as stack:
        keep: Callable[[BinaryIO], BinaryIO] = lambda file: io.BytesIO(stack.enter_context(file).read())  # noqa: E731
        return _checked(path if isinstance(path, Path) else Path(path), main, keep)


@contextmanager
def package_on_disk(path: str | Path, main: str = WORKBOOK) -> Iterator[Package]:
    """The same while the file stays open: parts are read from there.

    Raises: PackageError.
    """
    with ExitStack() as stack:
        yield _checked(Path(path), main, stack.enter_context)


def read_whole(path: Path, most: int) -> tuple[bytes, Stamp]:
    """A file's own bytes, at most so many, and its stamp.

    Raises: PackageError.
    """
    with ExitStack() as stack:
        file, stamp = _opened(path, stack.enter_context)
        if stamp.size > most:
            raise PackageError("too_large", path.name, size=stamp.size)
        data = file.read(most + 1)
        if len(data) != stamp.size:
            raise PackageError("changed", path.name)
        return data, stamp


def inspect_package(name: str, file: BinaryIO, main: str = WORKBOOK, stamp: Stamp | None = None) -> Package:
    """The checked package of an open file.

    Raises: PackageError.
    """
    _check_is_zip(name, file)
    try:
        infos = open_zip(file, name).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise PackageError("damaged", name) from None
    package = Package(name, file, {_part_name(info): info for info in infos}, stamp=stamp)
    _check_bounds(package, infos)
    package.main = _main_part(package, main)
    for part in package.entries:
        if part.endswith(_XML_ENDINGS) and not is_sheet(part):
            if package.entries[part].file_size <= _SMALL:
                package.part(part)
                continue
            for _ in package.pieces(part):
                pass
    return package


def open_zip(file: IO[bytes], name: str = "", most: int = MAX_PARTS) -> zipfile.ZipFile:
    """A zip to read. Its directory is judged before entries are made of it: a small file may list millions.

    Raises: PackageError "unsafe" (what: parts) for more than `most` entries; what zipfile raises.
    """
    bounded = _BoundedDirectory(file, name, most)
    archive = zipfile.ZipFile(bounded)
    bounded.listed = True
    return archive


class _BoundedDirectory:
    """What zipfile reads of a file to list it: little from its end, and the directory at once. Once it is `listed`,
    the file as it is."""

    def __init__(self, file: IO[bytes], name: str, most: int) -> None:
        self._file, self._name, self._most = file, name, most
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable
        self.listed = False

    def read(self, size: int = -1) -> bytes:
        if self.listed:
            return self._file.read(size)
        if size > self._most * _ENTRY:
            raise PackageError("unsafe", self._name, what="parts", count=f">{self._most}")
        data = self._file.read(size)
        entries = data.count(b"PK\1\2")
        if entries > self._most:
            raise PackageError("unsafe", self._name, what="parts", count=entries)
        return data


def is_sheet(part: str) -> bool:
    """Sheets are large, so they are checked only when they are read, through `Package` like every other part."""
    return part.lower().startswith("xl/worksheets/") and part.endswith(".xml")


def has_macros(package: Package) -> bool:
    """Whether the file carries code."""
    return any(part.endswith("vbaproject.bin") or part.startswith("xl/macrosheets/") for part in package.small_names)


def has_links(package: Package) -> bool:
    """Whether a workbook refers to other files or to data connections."""
    parts = package.small_names
    return any(part.startswith("xl/externallinks/") or part == "xl/connections.xml" for part in parts)


def _checked(path: Path, main: str, keep: Callable[[BinaryIO], BinaryIO]) -> Package:
    file, stamp = _opened(path, keep)
    return inspect_package(path.name, file, main, stamp)


def _opened(path: Path, keep: Callable[[BinaryIO], BinaryIO]) -> tuple[BinaryIO, Stamp]:
    """The file as `keep` holds it, and its stamp; only files of the ordinary kind are opened."""
    name, shown = path.name, str(path)
    place = reachable(path)
    try:
        if os.path.isdir(place):  # noqa: PTH112 - for a text, as `open`
            raise PackageError("folder", name, path=shown)
        if name.startswith("~$"):
            raise PackageError("lock", name)
        if not stat.S_ISREG(os.stat(place).st_mode):  # noqa: PTH116 - as `isdir`
            raise PackageError("not_regular", name, path=shown)
        flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
        opened = patiently(lambda: os.open(place, flags))
        source = os.fdopen(opened, "rb")
        before = os.fstat(opened)
        if not stat.S_ISREG(before.st_mode):  # it became a pipe in between
            source.close()
            raise PackageError("not_regular", name, path=shown)
        if before.st_size > MAX_FILE:
            source.close()
            raise PackageError("too_large", name, size=before.st_size)
        file = keep(source)
        if not source.closed and _stamp(os.fstat(opened)) != _stamp(before):
            raise PackageError("changed", name)
    except (FileNotFoundError, NotADirectoryError):
        raise PackageError("missing", name, path=shown) from None
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL character
        raise PackageError("loop" if is_loop(error) else "not_readable", name, path=shown) from None
    return file, _stamp(before)


def _stamp(seen: os.stat_result) -> Stamp:
    return Stamp(seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns)


def _part_name(info: zipfile.ZipInfo) -> str:
    """With slashes; some programs on Windows write the other kind."""
    return info.filename.replace("\\", "/").removeprefix("./")


def _plain(part: str) -> str:
    return unquoted(part).lower()


def _main_part(package: Package, usual: str) -> str:
    """The part that the package says it begins with, of the format whose main part is usually `usual`."""
    if usual == OPEN_DOCUMENT and package.find(usual):
        return _open_document_part(package)
    types = package.find(CONTENT_TYPES)
    if types:
        main = _stated_main_part(package, types, usual) or package.find(usual)
        if main:
            return main
    for part, format in _FORMATS.items():
        if package.find(part) and part != usual:
            raise package.error("other_format", format=format)
    raise package.error("unknown")


def _open_document_part(package: Package) -> str:
    """The content of an OpenDocument file, which is no package of Office's own."""
    manifest = package.find("META-INF/manifest.xml")
    if manifest and b"encryption-data" in package.part(manifest):
        raise package.error("encrypted")
    return package.find(OPEN_DOCUMENT)


def _stated_main_part(package: Package, types: str, usual: str) -> str:
    relations = package.find("_rels/.rels")
    if not relations:
        return ""
    try:
        stated = [r.target for r in read_relations(package.part(relations), "") if r.kind == "officeDocument"]
        part = package.find(stated[0]) if stated else ""
        overrides = read_content_types(package.part(types)).overrides
    except etree.XMLSyntaxError:
        raise package.error("damaged") from None
    kind = {_plain(name.lstrip("/")): kind for name, kind in overrides.items()}.get(_plain(part), "")
    return part if any(word in kind for word in _MAIN_TYPES[usual]) else ""


def _check_is_zip(name: str, file: BinaryIO) -> None:
    try:
        data = file.read(512)
        if data.startswith(COMPOUND_FILE):
            data += file.read()
    except OSError:
        raise PackageError("not_readable", name, path=name) from None
    if not data:
        raise PackageError("empty", name)
    if data.startswith(COMPOUND_FILE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise PackageError("encrypted", name)
        if any(stream.encode("utf-16-le") in data for stream in ("Workbook", "Book")):
            raise PackageError("other_format", name, format="xls")
        directory = int.from_bytes(data[_DIRECTORY_SECTOR : _DIRECTORY_SECTOR + 4], "little")
        cut_off = (directory + 1) * _SECTOR >= len(data)
        raise PackageError("damaged" if cut_off else "unknown", name)
    if data.startswith(b"PK"):
        return
    start = data.lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<?xml")):
        raise PackageError("other_format", name, format="web")
    if Path(name).suffix.lower() in {".csv", ".tsv", ".txt"}:
        raise PackageError("other_format", name, format="text")
    raise PackageError("unknown", name)


def _check_bounds(package: Package, infos: list[zipfile.ZipInfo]) -> None:
    names = [_part_name(info) for info in infos]
    if len({name.lower().lstrip("/") for name in names}) != len(infos):
        raise package.error("unsafe", what="duplicate")
    if any(info.flag_bits & 1 for info in infos):
        raise package.error("encrypted")
    if not {info.compress_type for info in infos} <= {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise package.error("unsafe", what="compression")
    if any(".." in name or name[:1] == "/" for name in names):
        raise package.error("unsafe", what="path")
    sizes = [info.file_size for info in infos]
    total, largest = sum(sizes), max(sizes, default=0)
    if total > MAX_TOTAL or largest > MAX_PART:
        raise package.error("too_large", size=total)
    for info in infos if largest > 2**20 else ():
        if info.file_size > 2**20 and info.file_size > MAX_RATIO * max(info.compress_size, 1):
            raise package.error("too_large", size=info.file_size)
