"""Files as a machine in daily use has them: held for a moment by a virus scanner, open in Office, in folders without
rights, in folders too deep for Windows, under names whose case does not count.

Temporary files have names of our own, since `tempfile` tries two thousand million of them where a folder of Windows
takes none (python/cpython#66305).
"""

from __future__ import annotations

import errno
import hashlib
import itertools
import ntpath
import os
import platform
import re
import shutil
import stat
import sys
import time
import unicodedata
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TypeVar

__all__ = [
    *("copy", "documents_folder", "extended", "fingerprint", "free_name", "is_held", "is_loop", "is_read_only"),
    *(
        "is_same_file",
        "keep_permissions",
        "made_folder",
        "new_file",
        "open_file",
        "open_scratch",
        "patiently",
        "private_folder",
    ),
    *("probe", "reachable", "real", "remove", "remove_leftovers", "replace", "temporary_path", "without_empty_folders"),
]

Result = TypeVar("Result")

WINDOWS = os.name == "nt"

_PATIENCE, _PAUSE = 2.0, 0.05  # seconds: a virus scanner or an indexer lets go of a file within one
_HELD, _DENIED = (32, 33), 5  # what Windows calls it: sharing or lock violation; access denied, as while being deleted
_LOOP = 1921  # what Windows calls a link that cannot be followed to its end
_LONGEST = 240  # characters of a path that Windows takes as it is, with room for what Office adds
_HOST = f"{zlib.crc32(platform.node().encode()):08x}"
_TEMPORARY = re.compile(r"\.~perfxl-([0-9a-f]{8})-(\d+)-\d+\.")
_ABANDONED_AFTER = 7 * 86_400  # seconds: of another computer's runs nothing else can be known
_MOST_NAMES = 1_000  # temporary names in use: left by a run that had the same number as this one
_numbers = itertools.count()
_given_up = 0  # files waited for in vain, one after the other


def fingerprint(path: Path) -> str:
    """A hash of a file, 16 letters; blank where there is none to read."""
    if not path.is_file():
        return ""
    with Path(reachable(path)).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def patiently(work: Callable[[], Result]) -> Result:
    """Does something to a file, trying again for two seconds while another program holds it. Where one file after the
    other stays held, the wait grows shorter, so that a thousand of them do not take an hour.

    Raises: OSError, the last one, where it stays so; any other at once.
    """
    global _given_up
    end = 0.0
    while True:
        try:
            result = work()
        except PermissionError as error:
            if not _may_pass(error):
                raise
            now = time.monotonic()
            end = end or now + _PATIENCE / (1 + _given_up)
            if now >= end:
                _given_up += 1
                raise
            time.sleep(_PAUSE)
        else:
            if end:
                _given_up = 0
            return result


def is_held(error: OSError) -> bool:
    """Whether Windows says that another program has the file open."""
    return getattr(error, "winerror", None) in _HELD


def is_loop(error: OSError | ValueError) -> bool:
    """Whether a link that leads back to itself was followed."""
    return getattr(error, "errno", None) == errno.ELOOP or getattr(error, "winerror", None) == _LOOP


def is_read_only(path: Path) -> bool:
    """Whether a file is marked as read-only, as Windows knows it."""
    try:
        return bool(getattr(path.stat(), "st_file_attributes", 0) & stat.FILE_ATTRIBUTE_READONLY)
    except (OSError, ValueError):
        return False


def replace(finished: Path, path: Path | str) -> None:
    """Gives a finished file its name. Raises: OSError."""
    source, target = reachable(finished), reachable(path)
    patiently(lambda: os.replace(source, target))  # noqa: PTH105 - for a text, as a batch has it, at once


def remove(path: Path) -> None:
    """Removes a file, if it is there. Raises: OSError."""
    with suppress(FileNotFoundError):
        patiently(lambda: os.unlink(reachable(path)))  # noqa: PTH108 - as `replace`


def open_file(path: Path, mode: str, buffering: int = -1) -> IO[bytes]:
    """Opens a file of bytes. Raises: OSError."""
    return patiently(lambda: open(reachable(path), mode, buffering))  # noqa: PTH123 - as `replace`; closed by the caller


def copy(source: Path, path: Path) -> None:
    """Copies what a file holds. Raises: OSError."""
    patiently(lambda: shutil.copyfile(reachable(source), reachable(path)))


def real(path: Path) -> Path:
    """Where a path leads, links followed; as far as they can be, where one leads back to itself."""
    return Path(os.path.realpath(path))


def made_folder(path: Path) -> Path:
    """The folder, made if it is missing. Raises: OSError."""
    if _made is not None:
        _made.extend(reversed([each for each in (path, *path.parents) if not Path(reachable(each)).exists()]))
    patiently(lambda: Path(reachable(path)).mkdir(parents=True, exist_ok=True))
    return path


@contextmanager
def without_empty_folders() -> Iterator[None]:
    """Takes away the folders that were made meanwhile and in which nothing came to stand, as on a full disk."""
    global _made
    before, _made = _made, []
    try:
        yield
    finally:
        for folder in reversed(_made):
            with suppress(OSError):
                os.rmdir(reachable(folder))  # noqa: PTH106 - as `replace`; refuses one that holds anything
        _made = before


_made: list[Path] | None = None  # folders, the outermost first; None while nobody asks


def probe(path: Path) -> None:
    """Tries whether a file that is there could be replaced: by its own name, which changes nothing.

    Raises: PermissionError where it could not.
    """
    name = reachable(path)
    try:
        patiently(lambda: os.rename(name, name))  # noqa: PTH104 - as `replace`
    except PermissionError:
        raise
    except OSError:  # writing will tell
        return


def free_name(path: Path, taken: Collection[str] = ()) -> Path:
    """A name beside a file's own that nobody has, nor is `taken` (in small letters): 得分 (2).xlsx."""
    names = (path.with_name(f"{path.stem} ({number}){path.suffix}") for number in itertools.count(2))
    return next(each for each in names if each.name.lower() not in taken and not os.path.lexists(reachable(each)))


def temporary_path(folder: Path, suffix: str = "") -> Path:
    """A name in a folder for what is under way: whose it is can be seen when its process is no more."""
    name = f".~perfxl-{_HOST}-{os.getpid()}-{next(_numbers)}{suffix or '.part'}"
    return Path(reachable(folder / name))


def new_file(folder: Path, suffix: str = "", content: bytes = b"") -> Path:
    """A temporary file in a folder. Raises: OSError."""
    path, file = _first_free(folder, suffix, lambda path: open(path, "xb", 0))  # noqa: PTH123, SIM115 - closed below
    try:
        with file:
            left = memoryview(content)
            while left:
                left = left[file.write(left) :]
    except OSError:
        remove(path)
        raise
    return path


def open_scratch(folder: Path) -> IO[bytes]:
    """A file in a folder to be written and read again, which is gone when it is closed or this process has ended.

    Raises: OSError.
    """
    path, file = _first_free(folder, "", lambda path: open(path, "x+b", opener=_opened_for_itself))  # noqa: SIM115
    if not WINDOWS:
        remove(path)
    return file


@contextmanager
def private_folder(beside: Path) -> Iterator[Path]:
    """A folder in `beside` for what is under way. It is removed at the end, and by the next run if this one is killed.

    Raises: OSError where there can be none.
    """
    remove_leftovers(beside)
    folder, _ = _first_free(beside, ".parts", lambda path: path.mkdir(mode=0o700))
    try:
        yield folder
    finally:
        with suppress(OSError):
            patiently(lambda: shutil.rmtree(folder))


def keep_permissions(finished: Path, path: Path | str) -> None:
    """Gives a file the permissions of the one that it replaces; a new one keeps those that it was made with."""
    with suppress(OSError):
        mode = os.stat(path).st_mode  # noqa: PTH116 - as `replace`
        finished.chmod(stat.S_IMODE(mode))


def is_same_file(one: Path, other: Path) -> bool:
    """Whether two paths are one file: links and relative paths included, and the case of names where the file system
    does not tell it apart, also of files that are not there yet."""
    try:
        return one.samefile(other)
    except (OSError, ValueError):
        pass
    for this, that in ((one, other), (other, one)):
        if ".." not in this.parts and not os.path.lexists(this) and os.path.exists(that):  # noqa: PTH110 - as `lexists`
            return False
    first, second = (Path(os.path.realpath(path)) for path in (one, other))
    if os.path.normcase(first) == os.path.normcase(second):
        return True
    if _spelled(first.name) != _spelled(second.name) or not _is_folder_of_both(first.parent, second.parent):
        return False
    return not (os.path.lexists(one) or os.path.lexists(other)) and _ignores_case(first.parent)


def holds_file(folder: Path, path: Path) -> bool:
    """Whether a file that is there lies in a folder, or in one below it, by this name or by another of its names."""
    try:
        asked = path.stat()
    except (OSError, ValueError):
        return False
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                if os.path.samestat(asked, (Path(place) / name).stat()):
                    return True
    return False


def is_within(folder: Path, other: Path) -> bool:
    """Whether a folder is another one, or holds it."""
    inner, outer = Path(os.path.realpath(other)), Path(os.path.realpath(folder))
    return any(is_same_file(each, outer) for each in (inner, *inner.parents))


def documents_folder() -> Path:
    """The user's folder Documents, wherever Windows or the company has put it: another drive, a server, OneDrive."""
    usual = Path.home() / "Documents"
    if sys.platform != "win32":
        return usual
    import winreg

    shell_folders = r"Software\Microsoft\Windows\CurrentVersion\Explorer\User Shell Folders"
    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, shell_folders) as key:
            return Path(os.path.expandvars(str(winreg.QueryValueEx(key, "Personal")[0])))
    except OSError:
        return usual


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


def extended(path: str) -> str:
    r"""A path of Windows in the form that may be longer than 260 characters: \\?\C:\..., \\?\UNC\server\share\..."""
    path = ntpath.abspath(path)
    if path.startswith(("\\\\?\\", "\\\\.\\")):
        return path
    return f"\\\\?\\UNC{path[1:]}" if path.startswith("\\\\") else f"\\\\?\\{path}"


def reachable(path: Path | str) -> str:
    """A path as the system takes it however long it is."""
    text = str(path)
    return extended(text) if WINDOWS and len(text) > _LONGEST else text


def _may_pass(error: PermissionError) -> bool:
    """Whether what keeps a file may be a lock. What opens a file (not what renames it) says no more than "no"."""
    code = getattr(error, "winerror", None)
    if code is None:
        return WINDOWS
    if code != _DENIED:
        return code in _HELD
    names = (error.filename2, error.filename)
    return not any(is_read_only(Path(name)) for name in names if isinstance(name, str))


def _first_free(folder: Path, suffix: str, make: Callable[[Path], Result]) -> tuple[Path, Result]:
    for _ in range(_MOST_NAMES):
        path = temporary_path(folder, suffix)
        try:
            return path, patiently(lambda: make(path))  # noqa: B023 - called at once
        except FileExistsError:
            continue
    raise FileExistsError(str(folder))


def _opened_for_itself(path: str, flags: int) -> int:
    """Windows removes such a file when it is closed."""
    return os.open(path, flags | getattr(os, "O_TEMPORARY", 0), 0o600)


def _spelled(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _is_folder_of_both(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except (OSError, ValueError):
        return _spelled(str(one)) == _spelled(str(other))


def _ignores_case(folder: Path) -> bool:
    """Whether the file system takes names in another case for the same, tried on the nearest folder that is there."""
    for place in (folder, *folder.parents):
        other = place.with_name(place.name.swapcase()) if place.name else place
        if other.name != place.name and place.exists():
            try:
                return place.samefile(other)
            except OSError:
                return False
    return WINDOWS


def _is_abandoned(entry: os.DirEntry[str], host: str, process: int) -> bool:
    if host == _HOST:
        return not _is_running(process)
    return time.time() - entry.stat(follow_symlinks=False).st_mtime > _ABANDONED_AFTER


def _is_running(process: int) -> bool:
    if process == os.getpid():
        return True
    if WINDOWS:  # os.kill would end it there
        import ctypes

        windows = getattr(ctypes, "windll")  # noqa: B009 - which only Windows has
        handle = windows.kernel32.OpenProcess(0x1000, False, process)
        if handle:
            windows.kernel32.CloseHandle(handle)
        return bool(handle)
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True
