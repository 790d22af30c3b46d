"""Whose pictures a folder holds: files named after people, by employee ID or name.

pictures/photo/E0012.jpg          a folder for each field: photo, signature, seal (照片, 签名, 公章)
pictures/E0012 张三 签名.png      or all in one; without a field it is the photo
pictures/公章.png                 the company's seal, for every paper
"""

from __future__ import annotations

import os
import unicodedata
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from perfxl.core.language import Text
from perfxl.core.problems import Address, Problem, problem
from perfxl.documents.pictures.image import Picture, PictureRefused, read_picture
from perfxl.documents.pictures.places import FIELDS

__all__ = ["PictureFolder", "open_picture_folder"]

_TAKEN = (".png", ".jpg", ".jpeg", ".jfif", ".jpe")
_CONVERTED = (".gif", ".bmp", ".tif", ".tiff", ".webp", ".avif", ".jp2")
_REFUSED = (".heic", ".heif", ".jxl", ".svg", ".pdf", ".wmf", ".emf", ".psd")  # with a reason, where one is asked for
_SUFFIXES = (*_TAKEN, *_CONVERTED, *_REFUSED)
_BETWEEN = ("", " ", "_", "-", "－", "·")
_SEPARATORS = " _-－—·.()（）"
_KEPT_BYTES = 32 * 2**20  # of pictures read: a seal or a superior's signature comes again and again
_WORDS = {_word: field for field, (_, words) in FIELDS.items() if field != "qr" for _word in (field, *words)}


class _File(NamedTuple):
    path: str
    stem: str

    @property
    def address(self) -> Address:
        return Address(file=Path(self.path).name)


class _Taken(NamedTuple):
    """A picture, or why a file is none."""

    picture: Picture | None
    reason: Text | None


def open_picture_folder(folder: Path, people: Iterable[tuple[str, str]]) -> tuple[PictureFolder | None, list[Problem]]:
    """The folder of a program's people, given by (ID, name), and what is wrong with it as a whole."""
    try:
        opened = PictureFolder(folder)
    except OSError:
        return None, [problem("picture_folder_missing", value=str(folder))]
    opened.know(people)
    links = [problem("picture_folder_is_link", Address(file=name), value=name) for name in opened.links]
    return opened, links


class PictureFolder:
    """Raises: OSError where the folder cannot be read."""

    def __init__(self, folder: Path) -> None:
        self.name = folder.name
        self.links: list[str] = []  # folders of fields that are links, which are not followed
        self._files: dict[tuple[str, str], list[_File]] = {}  # (field, whose), blank for everybody's
        self._owners: dict[str, set[str]] = {}
        self._read: OrderedDict[str, _Taken] = OrderedDict()
        self._bytes = 0
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                field = _WORDS.get(_key(entry.name), "")
                if field and entry.is_dir():
                    self._scan(entry, field)
                elif _may_be_picture(entry.name):
                    for found, whose in _meanings(_stem(entry.name)):
                        self._note(found, whose, entry.path)

    @property
    def fields(self) -> set[str]:
        """The fields that it has pictures for; a file that may be a signature, by its name, is no photo."""
        readings: dict[str, set[str]] = {}
        for (field, _), files in self._files.items():
            for file in files:
                readings.setdefault(file.path, set()).add(field)
        return {field for fields in readings.values() for field in (fields - {"photo"} or fields)}

    def know(self, people: Iterable[tuple[str, str]]) -> None:
        """Tells who the people are, so that a name of two is nobody's."""
        wanted = {whose for _, whose in self._files}
        for id, name in people:
            for form in {_key(id), _key(name)} & wanted:
                self._owners.setdefault(form, set()).add(id or name)

    def find(self, field: str, id: str, name: str) -> tuple[Picture | None, Problem | None]:
        """A person's picture, or why there is none; neither for nobody."""
        if not id and not name:
            return None, None
        person = " ".join(dict.fromkeys(filter(None, (id, name))))
        details: dict[str, Any] = {"person": person, "field": FIELDS[field][0]}
        for forms in (_forms(id, name), (_key(name),)):
            files = list(dict.fromkeys(file for form in forms if form for file in self._files.get((field, form), ())))
            exact = [file for file in files if file.stem == id]
            files = exact or files
            if not files:
                continue
            owners = set().union(*(self._owners.get(form, ()) for form in forms))
            if not exact and owners - {id or name}:
                others = "、".join(sorted(owners))
                return None, problem("picture_name_shared", files[0].address, others=others, **details)
            return self._take(files, details)
        return None, problem("picture_missing", **details)

    def find_common(self, field: str) -> tuple[Picture | None, Problem | None]:
        """The picture that all papers share, such as the company's seal."""
        details: dict[str, Any] = {"person": Text("公司", "the company"), "field": FIELDS[field][0]}
        files = self._files.get((field, ""), [])
        if not files:
            return None, problem("picture_missing", **details)
        return self._take(files, details)

    def load(self) -> None:
        """Reads all pictures at once, to be sent to where the folder is not."""
        for files in self._files.values():
            for file in files:
                self._taken(file.path, keep=True)

    def _scan(self, folder: os.DirEntry[str], field: str) -> None:
        if folder.is_symlink() or (hasattr(folder, "is_junction") and folder.is_junction()):
            self.links.append(folder.name)
            return
        with os.scandir(folder.path) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if _may_be_picture(entry.name):
                    stem = _key(_stem(entry.name))
                    self._note(field, "" if _WORDS.get(stem) == field else stem, entry.path)

    def _note(self, field: str, whose: str, path: str) -> None:
        self._files.setdefault((field, whose), []).append(_File(path, _stem(path)))

    def _take(self, files: list[_File], details: dict[str, Any]) -> tuple[Picture | None, Problem | None]:
        for better in (_TAKEN, (*_TAKEN, *_CONVERTED)):  # what HR has made of a drawing or of a telephone's own format
            files = [file for file in files if file.path.lower().endswith(better)] or files
        if len(files) > 1:
            names = "、".join(file.address.file for file in files)
            return None, problem("picture_ambiguous", files[0].address, files=names, **details)
        picture, reason = self._taken(files[0].path)
        return picture, problem("picture_refused", files[0].address, reason=reason, **details) if reason else None

    def _taken(self, path: str, keep: bool = False) -> _Taken:
        if path in self._read:
            self._read.move_to_end(path)
            return self._read[path]
        try:
            taken = _Taken(read_picture(path), None)
        except PictureRefused as refusal:
            taken = _Taken(None, refusal.reason)
        self._read[path] = taken
        self._bytes += _size(taken)
        while not keep and self._bytes > _KEPT_BYTES and len(self._read) > 1:
            self._bytes -= _size(self._read.popitem(last=False)[1])
        return taken


def _size(taken: _Taken) -> int:
    return len(taken.picture.packed.data) if taken.picture else 0


def _may_be_picture(name: str) -> bool:
    """By its name; hidden files are what systems keep beside pictures (._E0012.jpg)."""
    return name.lower().endswith(_SUFFIXES) and not name.startswith(".")


def _stem(path: str) -> str:
    return unicodedata.normalize("NFC", Path(path).stem).strip()


def _key(text: str) -> str:
    """A name however it is typed: width, case, the two ways to write an accented letter."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _forms(id: str, name: str) -> tuple[str, ...]:
    """What a file of somebody's may be called: the ID, with the name before or behind it."""
    own, called = _key(id), _key(name)
    if not own:
        return ()
    if not called or called == own:
        return (own,)
    both = ((first, last) for first, last in ((own, called), (called, own)))
    return (own, *(f"{first}{between}{last}" for first, last in both for between in _BETWEEN))


def _meanings(stem: str) -> Iterator[tuple[str, str]]:
    """The field and whose it is, as a file's name in the folder itself may be read."""
    key = _key(stem)
    yield "photo", key
    for word, field in _WORDS.items():
        if key == word:
            yield field, ""
        elif key.endswith(word):
            yield field, key.removesuffix(word).strip(_SEPARATORS)
        elif key.startswith(word):
            yield field, key.removeprefix(word).strip(_SEPARATORS)
