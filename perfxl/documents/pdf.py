"""Word documents to PDF by LibreOffice: several processes, each with a profile of its own and many files to do."""

from __future__ import annotations

import ntpath
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

from perfxl import disk
from perfxl.disk import private_folder

__all__ = ["Converted", "JoinedPdf", "convert", "find_office", "page_count"]


class Converted(NamedTuple):
    """A document and its PDF; None where LibreOffice made none, and then why. The PDF is gone when the next is asked
    for."""

    source: Path
    pdf: Path | None
    reason: str = ""


def find_office() -> str | None:
    """The LibreOffice program of this machine."""
    on_path = (shutil.which(name) for name in ("soffice", "libreoffice"))
    places = (*on_path, *_registered_places(), *_usual_places())
    return next((path for path in places if path and Path(path).exists()), None)


def convert(
    program: str,
    documents: Sequence[Path],
    folder: Path,
    jobs: int,
    at_once: int | None = None,
    odd_pages: bool = False,
) -> Iterator[Converted]:
    """The PDFs of the documents, in their order. `folder` is worked in, and empty again at the end but for what was
    there; a process gets `at_once` documents, as many as pay if None. With `odd_pages` the empty pages are kept that
    let something begin on an odd one."""
    size = at_once or max(1, min(_FILES_A_PROCESS, -(-len(documents) // jobs)))
    chunks = [documents[start : start + size] for start in range(0, len(documents), size)]
    folder.mkdir(parents=True, exist_ok=True)
    # LibreOffice's own files lie a hundred characters deep and are thousands: not in a long folder of Windows, nor in
    # one that OneDrive keeps.
    with private_folder(Path(tempfile.gettempdir()) if disk.WINDOWS else folder) as place:
        offices = _Offices(program, place, jobs, odd_pages)
        with ThreadPoolExecutor(jobs) as pool:
            try:
                for results in pool.map(offices.convert, range(len(chunks)), chunks):
                    for result in results:
                        if result.pdf and folder not in result.pdf.parents:
                            result = Converted(result.source, Path(shutil.move(result.pdf, folder / "made.pdf")))
                        yield result
                        if result.pdf:
                            with suppress(OSError):  # it goes with the folder that is worked in
                                disk.remove(result.pdf)
            finally:  # at the end nothing is running; if it was interrupted, nothing may go on
                pool.shutdown(wait=False, cancel_futures=True)
                offices.stop()


class JoinedPdf:
    """PDFs one behind the other, each as it is: its pages are copied, not drawn again; with `odd_pages` each begins on
    an odd page. `folder` is worked in."""

    def __init__(self, folder: Path, odd_pages: bool = False) -> None:
        self._folder, self._odd_pages, self._kept = folder, odd_pages, list[Path]()

    def add(self, pdf: Path) -> None:
        """Takes the file away from where it is."""
        kept = self._folder / f"joined{len(self._kept)}.pdf"
        disk.replace(pdf, kept)
        self._kept.append(kept)

    def write(self, path: Path, title: str) -> None:
        """Raises: OSError."""
        if len(self._kept) == 1:
            disk.copy(self._kept[0], path)
            return
        from pypdf import PdfWriter

        with PdfWriter() as whole:
            for pdf in self._kept:
                if self._odd_pages and len(whole.pages) % 2:
                    whole.add_blank_page()
                whole.append(pdf, import_outline=False)
            whole.add_metadata({"/Title": title})
            with path.open("wb") as file:
                whole.write(file)

    def close(self) -> None:
        """Removes what was taken."""
        for pdf in self._kept:
            with suppress(OSError):
                disk.remove(pdf)


def page_count(pdf: bytes) -> int:
    """The pages of a PDF; 0 if it cannot be read."""
    counts = _counts(pdf)
    if not counts:  # the page tree may be packed
        for packed in _PACKED_OBJECTS.findall(pdf):
            with suppress(zlib.error):
                counts += _counts(zlib.decompressobj().decompress(packed))
    return max(counts, default=0)


def _registered_places() -> Iterator[str]:
    """Where Windows says that LibreOffice is installed, on whatever drive, for all users or for this one."""
    if sys.platform != "win32":
        return
    import winreg

    for root in (winreg.HKEY_LOCAL_MACHINE, winreg.HKEY_CURRENT_USER):
        for view in (winreg.KEY_WOW64_64KEY, winreg.KEY_WOW64_32KEY):
            for key, program in _REGISTERED:
                try:
                    with winreg.OpenKey(root, key, 0, winreg.KEY_READ | view) as opened:
                        place = str(winreg.QueryValueEx(opened, "")[0]).strip('"')
                except OSError:
                    continue
                yield ntpath.join(place, program) if program else f"{ntpath.splitext(place)[0]}.com"


def _usual_places() -> Iterator[str]:
    """The usual folders of Windows and of macOS."""
    for name in ("ProgramFiles", "ProgramW6432", "ProgramFiles(x86)"):
        if folder := os.environ.get(name):
            yield ntpath.join(folder, "LibreOffice", "program", "soffice.com")
    for applications in (Path("/Applications"), Path.home() / "Applications"):
        yield from map(str, sorted(applications.glob("LibreOffice*.app/Contents/MacOS/soffice")))


_REGISTERED = (  # the key, and the program in the folder that it names; blank: it names the program
    (r"SOFTWARE\LibreOffice\UNO\InstallPath", "soffice.com"),
    (r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\soffice.exe", ""),
)
_WITH_EMPTY_PAGES = ':{"IsSkipEmptyPages":{"type":"boolean","value":"false"}}'
_FILES_A_PROCESS = 40  # starting takes as long as some ten files; what is done is kept after each process
_SECONDS = (120, 30)  # for starting, for each file
_BYTES_A_SECOND = 20_000  # of the body's XML: a fifth of what LibreOffice does on a slow machine
_MOST_FAILURES = 3  # processes one after the other that made nothing
_PAGES = re.compile(rb"/Type\s*/Pages\b[^>]*?/Count\s+(\d+)|/Count\s+(\d+)[^>]*?/Type\s*/Pages\b", re.DOTALL)
_PACKED_OBJECTS = re.compile(rb"/ObjStm\b.{0,200}?stream\r?\n(.*?)endstream", re.DOTALL)


class _Offices:
    """As many processes as there are profiles: two never share one."""

    def __init__(self, program: str, place: Path, jobs: int, odd_pages: bool = False) -> None:
        self._program, self._place = program, place
        self._filter = "pdf:writer_pdf_Export" + (_WITH_EMPTY_PAGES if odd_pages else "")
        self._profiles: SimpleQueue[Path] = SimpleQueue()
        for number in range(jobs):
            self._profiles.put(place / f"profile{number}")
        self._running: set[subprocess.Popen[bytes]] = set()
        self._stopped = False

    def convert(self, number: int, documents: Sequence[Path]) -> list[Converted]:
        """A file that LibreOffice does not survive is left out, and the rest is done by another process."""
        place, profile = self._place / str(number), self._profiles.get()
        place.mkdir()
        sources = {place / f"{at}.docx": document for at, document in enumerate(documents)}
        results: dict[Path, Converted] = {}
        reason, failures = "", 0
        for short, document in sources.items():  # names may be long, or the same in two folders
            try:
                os.link(document, short)
            except OSError:
                disk.copy(document, short)
        while (rest := [s for s in sources if s not in results]) and failures < _MOST_FAILURES and not self._stopped:
            reason = self._run(rest, place, profile)
            done = {s: Converted(sources[s], pdf) for s in rest if (pdf := s.with_suffix(".pdf")).exists()}
            failures = 0 if done else failures + 1
            failed = next((short for short in rest if short not in done), None)
            results |= done
            if failed:
                results[failed] = Converted(sources[failed], None, reason)
        self._profiles.put(profile)
        return [results.get(short, Converted(sources[short], None, reason)) for short in sources]

    def stop(self) -> None:
        self._stopped = True
        for process in list(self._running):
            _end(process)

    def _run(self, documents: Sequence[Path], place: Path, profile: Path) -> str:
        """Lets one process convert: what it complained of, or why it was stopped."""
        command = [
            *(self._program, f"-env:UserInstallation={profile.resolve().as_uri()}", "--headless", "--norestore"),
            *("--convert-to", self._filter, "--outdir", str(place), *map(str, documents)),
        ]
        seconds = _SECONDS[0] + sum(map(_patience, documents))
        with disk.open_scratch(self._place) as output:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
            )
            self._running.add(process)
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                _end(process)
                return f"> {seconds} s"
            finally:
                self._running.discard(process)
            output.seek(0)
            lines = output.read().decode(errors="replace").strip().splitlines()
        return next((line for line in lines if line.startswith("Error")), f"exit {process.returncode}")


def _patience(document: Path) -> int:
    """How many seconds a document may take: the more, the more it says."""
    try:
        with zipfile.ZipFile(document) as archive:
            return _SECONDS[1] + archive.getinfo("word/document.xml").file_size // _BYTES_A_SECOND
    except (OSError, KeyError, zipfile.BadZipFile, NotImplementedError, ValueError):
        return _SECONDS[1]


def _end(process: subprocess.Popen[bytes]) -> None:
    """The program is a wrapper; what works is its child."""
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], capture_output=True, check=False)
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _counts(pdf: bytes) -> list[int]:
    return [int(first or second) for first, second in _PAGES.findall(pdf)]
