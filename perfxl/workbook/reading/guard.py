"""Opens a workbook file without trusting it: everything is bounded and checked before a parser sees it.

`open_package(path)` says in one line why a file cannot be used (catalogue F1). What it returns reads each part with
its size verified against the directory, so a file that lies about its size is found out as well. `package_on_disk`
does the same without taking the file into memory.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from perfxl.core.language import Text
from perfxl.core.problems import Address, Problem, problem

MAX_FILE = 512 * 2**20
MAX_PARTS = 10_000
MAX_PART = 768 * 2**20
MAX_TOTAL = 1536 * 2**20
MAX_RATIO = 200  # of parts over a megabyte; sheets of real workbooks reach about 40
PIECE = 2**20  # inflated at once
_HEAD = 200  # bytes of a part in which its encoding is declared

_CFB = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NOT_UTF8 = re.compile(rb"^<\?xml[^>]*encoding\s*=\s*[\"'](?!utf-?8|us-ascii)", re.IGNORECASE)


class Unusable(Exception):
    """The file cannot be used; carries the problem that says why."""

    def __init__(self, found: Problem) -> None:
        super().__init__(found.code)
        self.problem = found


@dataclass
class Package:
    """A zip that has passed the checks. `part` inflates one entry; XML comes without DTD, in UTF-8."""

    name: str
    file: BinaryIO
    entries: dict[str, zipfile.ZipInfo] = field(default_factory=dict)

    def part(self, name: str) -> bytes:
        """Raises Unusable where the entry is damaged, lies about its size, or is XML of an unsafe kind."""
        return b"".join(self.pieces(name))

    def pieces(self, name: str) -> Iterator[bytes]:
        """The same piece by piece; what is wrong is raised after the last one at the latest."""
        entry = self.entries[name]
        size = crc = 0
        seam = _Seam(self) if name.endswith((".xml", ".rels", ".vml")) else None
        for piece in self._inflated(entry):
            size, crc = size + len(piece), zlib.crc32(piece, crc)
            if size > entry.file_size:
                break
            if seam:
                seam.check(piece)
            yield piece
        if seam and size < _HEAD:
            seam.check_encoding()
        if size != entry.file_size or crc != entry.CRC:
            raise self._damaged()

    def whole(self) -> bytes:
        self.file.seek(0)
        return self.file.read()

    def __contains__(self, name: str) -> bool:
        return name in self.entries

    def _inflated(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        if entry.compress_type == zipfile.ZIP_STORED:
            yield from self._packed(entry)
            return
        stream = zlib.decompressobj(-15)
        try:
            for packed in self._packed(entry):
                while packed and not stream.eof:
                    yield stream.decompress(packed, PIECE)
                    packed = stream.unconsumed_tail
            yield stream.flush()
        except zlib.error:
            raise self._damaged() from None
        if not stream.eof:
            raise self._damaged()

    def _packed(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        """An entry's bytes in the file, by slices."""
        header = self._slice(entry.header_offset, 30)
        if len(header) < 30 or header[:4] != b"PK\x03\x04":
            raise self._damaged()
        start = entry.header_offset + 30
        start += int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        for at in range(start, start + entry.compress_size, PIECE):
            packed = self._slice(at, min(PIECE, start + entry.compress_size - at))
            if not packed:  # the size is a lie
                break
            yield packed

    def _slice(self, start: int, size: int) -> bytes:
        try:
            self.file.seek(start)
            return self.file.read(size)
        except OSError:
            raise _unreadable(self.name, self.name) from None
        except (ValueError, OverflowError):
            raise self._damaged() from None

    def unsafe(self, zh: str, en: str) -> Unusable:
        return Unusable(problem("file_unsafe", Address(self.name), what=Text(zh, en)))

    def _damaged(self) -> Unusable:
        return Unusable(problem("file_damaged", Address(self.name)))


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
                raise self._package.unsafe("含 DTD", "contains a DTD")
        self._last = (self._last + piece[-8:])[-8:]

    def check_encoding(self) -> None:
        head = self._head
        if head[:2] in (b"\xff\xfe", b"\xfe\xff") or _NOT_UTF8.search(head.lstrip(b"\xef\xbb\xbf")):
            raise self._package.unsafe("不是 UTF-8", "not UTF-8")


Opened = tuple[Package | None, list[Problem]]


def open_package(path: str | Path) -> Opened:
    """The checked package of an .xlsx or .xlsm, with notices on what it carries; or None and the reason."""
    return _opened(Path(path), lambda path: io.BytesIO(path.read_bytes()))


@contextmanager
def package_on_disk(path: str | Path) -> Iterator[Opened]:
    """The same while the file stays open: parts are read from there."""
    with ExitStack() as stack:
        yield _opened(Path(path), lambda path: stack.enter_context(path.open("rb")))


def _opened(path: Path, opener: Callable[[Path], BinaryIO]) -> Opened:
    try:
        file = _open(path, opener)
        _check_kind(path.name, file)
        package = _package(path.name, file)
        return package, _carried(package)
    except Unusable as unusable:
        return None, [unusable.problem]


def _open(path: Path, opener: Callable[[Path], BinaryIO]) -> BinaryIO:
    shown = str(path)
    try:
        if path.is_dir():
            raise Unusable(problem("file_is_folder", Address(path.name), value=shown))
        if path.name.startswith("~$"):
            raise Unusable(problem("file_is_lock", Address(path.name)))
        if path.stat().st_size > MAX_FILE:
            raise _too_large(path.name, path.stat().st_size)
        return opener(path)
    except (FileNotFoundError, NotADirectoryError):
        raise Unusable(problem("file_missing", Address(path.name), value=shown)) from None
    except (OSError, ValueError):  # ValueError: a name with a NUL character
        raise _unreadable(path.name, shown) from None


def _check_kind(name: str, file: BinaryIO) -> None:
    address = Address(name)
    try:
        data = file.read(512)
        if data.startswith(_CFB):
            data += file.read()
    except OSError:
        raise _unreadable(name, name) from None
    if not data:
        raise Unusable(problem("file_empty", address))
    if data.startswith(_CFB):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise Unusable(problem("file_encrypted", address))
        if any(stream.encode("utf-16-le") in data for stream in ("Workbook", "Book")):
            raise _other_kind(name, "旧版 .xls/.et 文件", "an old .xls or .et file")
        raise Unusable(problem("file_not_workbook", address))
    if data.startswith(b"PK"):
        return
    start = data.lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<?xml")):
        raise _other_kind(name, "网页或 XML 文件（扩展名虽为 Excel）", "a web page or XML file")
    if Path(name).suffix.lower() in {".csv", ".tsv", ".txt"}:
        raise _other_kind(name, "文本文件 (CSV)", "a text file (CSV)")
    raise Unusable(problem("file_not_workbook", address))


def _package(name: str, file: BinaryIO) -> Package:
    try:
        infos = zipfile.ZipFile(file).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise Unusable(problem("file_damaged", Address(name))) from None
    package = Package(name, file, {info.filename: info for info in infos})
    _check_bounds(package, infos)
    _check_format(package)
    for part in package.entries:
        if part.endswith((".xml", ".rels", ".vml")) and not is_sheet(part):
            for _ in package.pieces(part):
                pass
    return package


def is_sheet(part: str) -> bool:
    """Sheets are large, so they are only looked at when they are read, through `Package` like every other part."""
    return part.lower().startswith("xl/worksheets/") and part.endswith(".xml")


def _check_bounds(package: Package, infos: list[zipfile.ZipInfo]) -> None:
    if len({info.filename.lower().lstrip("/") for info in infos}) != len(infos):
        raise package.unsafe("部件重名", "two parts of one name")
    if any(info.flag_bits & 1 for info in infos):
        raise Unusable(problem("file_encrypted", Address(package.name)))
    if any(info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in infos):
        raise package.unsafe("压缩方式", "compression")
    if any(".." in info.filename or info.filename.startswith("/") for info in infos):
        raise package.unsafe("部件路径", "path of a part")
    if len(infos) > MAX_PARTS:
        raise package.unsafe(f"{len(infos)} 个部件", f"{len(infos)} parts")
    total = sum(info.file_size for info in infos)
    largest = max((info.file_size for info in infos), default=0)
    if total > MAX_TOTAL or largest > MAX_PART:
        raise _too_large(package.name, total)
    for info in infos:
        if info.file_size > 2**20 and info.file_size > MAX_RATIO * max(info.compress_size, 1):
            raise _too_large(package.name, info.file_size)


_FORMATS = (
    ("xl/workbook.bin", "二进制工作簿 .xlsb", "a binary workbook (.xlsb)"),
    ("word/document.xml", "Word 文档", "a Word document"),
    ("ppt/presentation.xml", "PowerPoint 演示文稿", "a PowerPoint presentation"),
    ("Index/Document.iwa", "Numbers 表格", "a Numbers spreadsheet"),
    ("content.xml", "OpenDocument 表格 (.ods)", "an OpenDocument spreadsheet (.ods)"),
)


def _check_format(package: Package) -> None:
    if "xl/workbook.xml" in package and "[Content_Types].xml" in package:
        return
    for part, zh, en in _FORMATS:
        if part in package:
            raise _other_kind(package.name, zh, en)
    raise Unusable(problem("file_not_workbook", Address(package.name)))


def _carried(package: Package) -> list[Problem]:
    parts = [part.lower() for part in package.entries]
    found = []
    if any(part.endswith("vbaproject.bin") or part.startswith("xl/macrosheets/") for part in parts):
        found.append(problem("file_has_macros", Address(package.name)))
    if any(part.startswith("xl/externallinks/") or part == "xl/connections.xml" for part in parts):
        found.append(problem("file_has_links", Address(package.name)))
    return found


def _unreadable(name: str, shown: str) -> Unusable:
    return Unusable(problem("file_not_readable", Address(name), value=shown))


def _other_kind(name: str, zh: str, en: str) -> Unusable:
    return Unusable(problem("file_not_xlsx", Address(name), kind=Text(zh, en)))


def _too_large(name: str, size: int) -> Unusable:
    return Unusable(problem("file_too_large", Address(name), what=f"{size / 2**20:,.0f} MB"))
