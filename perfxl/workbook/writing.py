"""New workbooks: written whole or not at all, in which text stays text."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from zipfile import ZipFile

import xlsxwriter.workbook
from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.sharedstrings import SharedStringTable

from perfxl.disk import private_folder
from perfxl.ooxml.compress import compressor, crc32
from perfxl.ooxml.zip_write import zip_entry
from perfxl.outputs import replacing
from perfxl.workbook.style import FONT_SIZE, FONTS

_BLOCK = 1 << 18


class PackedPart:
    """A part on disk that was deflated while it was written."""

    def __init__(self, path: str) -> None:
        self._path, self.crc, self.size = path, 0, 0

    def __fspath__(self) -> str:
        return self._path


class PartWriter:
    """A part's text, deflated as it comes: `write` is what XlsxWriter asks of a file; it takes encoded text as well."""

    def __init__(self, path: str) -> None:
        self.part = PackedPart(path)
        self._file, self._packer = Path(path).open("wb"), compressor()  # noqa: SIM115
        self._held: list[bytes] = []
        self._length = 0

    def write(self, text: str | bytes) -> None:
        """Adds text."""
        encoded = text.encode() if isinstance(text, str) else text
        self._held.append(encoded)
        self._length += len(encoded)
        if self._length >= _BLOCK:
            self._pack()

    def __enter__(self) -> PartWriter:
        return self

    def __exit__(self, wrong: type[BaseException] | None, *_: object) -> None:
        with self._file:
            if not wrong:
                self._pack()
                self._file.write(self._packer.flush())

    def _pack(self) -> None:
        content = b"".join(self._held)
        self._held.clear()
        self._length = 0
        self.part.crc = crc32(content, self.part.crc)
        self.part.size += len(content)
        self._file.write(self._packer.compress(content))


class _AsItLies:
    """Packs what is packed."""

    def compress(self, content: bytes) -> bytes:
        return content

    def flush(self) -> bytes:
        return b""


class _QuickZip(ZipFile):
    """Packs in the least time: deflating as zipfile does takes a fifth of the time that a book of scores takes."""

    def open(self, *args: Any, **options: Any) -> IO[bytes]:
        file = super().open(*args, **options)
        if getattr(file, "_compressor", None):
            file._compressor = compressor()  # type: ignore[attr-defined]
        return file

    def write(self, filename: Any, arcname: Any = None, *_: Any, **__: Any) -> None:
        """A part that lies on disk: of the day that all have, whenever and wherever it was written."""
        entry, packed = zip_entry(str(arcname)), filename if isinstance(filename, PackedPart) else None
        # Whether it needs the form of large files.
        entry.file_size = packed.size if packed else Path(filename).stat().st_size
        with Path(filename).open("rb") as source, self.open(entry, "w") as target:
            if packed:
                target._compressor = _AsItLies()  # type: ignore[attr-defined]
            shutil.copyfileobj(source, target, _BLOCK)
            if packed:  # zipfile took what is packed for what unpacks to itself
                target._crc, target._file_size = packed.crc, packed.size  # type: ignore[attr-defined]


xlsxwriter.workbook.ZipFile = _QuickZip  # XlsxWriter has no option for it


@contextmanager
def new_workbook(
    path: str | Path,
    lang: str,
    title: str,
    kind: str,
    source: str = "",
    created: datetime | None = None,
    make: Callable[..., Any] = Workbook,
) -> Iterator[Any]:
    """A workbook that appears at `path` when the block ends well, marked with its kind and the file it was made from.
    Text in it is never a formula, a number, a link or markup. With `created`, the same content gives the same bytes
    whenever it is written. `make` makes the workbook from a file and options.

    Raises: OSError where it cannot be written; nothing is left behind then.
    """
    with (
        private_folder(Path(path).parent) as parts,
        replacing(Path(path), kind, source) as temporary,
        _Output(io.FileIO(temporary, "w")) as file,
    ):
        workbook = make(
            file,
            {
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "default_format_properties": {"font_name": FONTS(lang), "font_size": FONT_SIZE},
                "tmpdir": str(parts),
            },
        )
        workbook.str_table = _PlainStrings()
        workbook.set_properties({"title": title, **({"created": created} if created else {})})
        try:
            yield workbook
            workbook.close()
        except FileCreateError as error:  # no OSError itself, but holds the one that it met
            file.abandon()
            raise error.args[0] from None
        except BaseException:
            file.abandon()
            raise


class _Output(io.BufferedWriter):
    """A file that can be abandoned: XlsxWriter leaves its ZipFile open when it fails, and that would write its end when
    it is collected, fail again, and say so on the terminal."""

    _abandoned = False
    _position = 0

    def abandon(self) -> None:
        self._abandoned = True
        self.raw.close()

    @property
    def closed(self) -> bool:
        return False if self._abandoned else super().closed

    def write(self, data: Any) -> int:
        if not self._abandoned:
            return super().write(data)
        self._position += len(data)
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if not self._abandoned:
            return super().seek(offset, whence)
        self._position = offset
        return offset

    def tell(self) -> int:
        return self._position if self._abandoned else super().tell()

    def flush(self) -> None:
        if not self._abandoned:
            super().flush()

    def close(self) -> None:
        if not self._abandoned:
            super().close()


class _PlainStrings(SharedStringTable):
    """XlsxWriter takes text from <r> to </r> for markup of its own and writes it as it stands, so that a cell's text
    could break the file; an invisible sign at the end keeps it text."""

    def _get_shared_string_index(self, string: str) -> int:
        if string.startswith("<r>") and string.endswith("</r>"):
            string += "\u200b"
        return int(super()._get_shared_string_index(string))
