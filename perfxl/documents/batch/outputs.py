"""Where papers go: a file each in the folder, one archive, one print file. None is seen before it is whole."""

from __future__ import annotations

import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from perfxl.documents.batch.trouble import Stopped
from perfxl.documents.batch.workspace import Workspace, partial, replacing

__all__ = ["ArchiveOutput", "FolderOutput", "Output"]


class Output(Protocol):
    """`place` is what is written to. `take` raises Refused where one paper cannot be written, OSError where none can;
    `finish` gives it its name; `abandon`, which may follow in any case, leaves nothing unfinished behind."""

    place: Path

    def take(self, name: str, content: bytes) -> None: ...
    def finish(self) -> None: ...
    def abandon(self) -> None: ...


class FolderOutput:
    def __init__(self, workspace: Workspace) -> None:
        self.place = workspace.folder
        self._workspace = workspace

    def take(self, name: str, content: bytes) -> None:
        self._workspace.put(name, content)

    def finish(self) -> None:
        """Each file is in its place since it was taken."""

    def abandon(self) -> None:
        """What is made stays: the next batch goes on from there."""


class ArchiveOutput:
    """A .zip, written as the papers come. They are packed already; packing them again would gain nothing."""

    def __init__(self, path: Path) -> None:
        self.place, self._partial = path, partial(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._zip = zipfile.ZipFile(self._partial, "w", zipfile.ZIP_STORED)

    def take(self, name: str, content: bytes) -> None:
        entry = zipfile.ZipInfo(name)  # dated 1980: equal papers, equal archives
        entry.external_attr = _ORDINARY_FILE
        self._zip.writestr(entry, content)

    def finish(self) -> None:
        try:
            self._zip.close()
            replacing(self._partial, self.place)
        except OSError as error:
            raise Stopped(self.place, error) from error

    def abandon(self) -> None:
        with suppress(OSError):  # the disk may be full
            self._zip.close()
        self._partial.unlink(missing_ok=True)


_ORDINARY_FILE = 0o644 << 16
