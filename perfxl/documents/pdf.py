"""Word documents to PDF by LibreOffice: several processes, each with a profile of its own and many files to do."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

__all__ = ["Converted", "convert", "find_office", "page_count"]


class Converted(NamedTuple):
    """A document and its PDF; None where LibreOffice made none, and then why. The PDF is gone when the next is asked
    for."""

    source: Path
    pdf: Path | None
    reason: str = ""


def find_office() -> str | None:
    """The LibreOffice program of this machine."""
    on_path = (shutil.which(name) for name in ("soffice", "libreoffice"))
    return next((path for path in (*on_path, *_USUAL_PLACES) if path and Path(path).exists()), None)


def convert(program: str, documents: Sequence[Path], folder: Path, jobs: int) -> Iterator[Converted]:
    """The PDFs of the documents, in their order. `folder` is worked in, and empty again at the end."""
    size = max(1, min(_FILES_A_PROCESS, -(-len(documents) // jobs)))
    chunks = [documents[start : start + size] for start in range(0, len(documents), size)]
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, ignore_cleanup_errors=True) as place:
        offices = _Offices(program, Path(place), jobs)
        with ThreadPoolExecutor(jobs) as pool:
            try:
                for results in pool.map(offices.convert, range(len(chunks)), chunks):
                    for result in results:
                        yield result
                        if result.pdf:
                            result.pdf.unlink(missing_ok=True)
            finally:  # at the end nothing is running; if it was interrupted, nothing may go on
                pool.shutdown(wait=False, cancel_futures=True)
                offices.stop()


def page_count(pdf: bytes) -> int:
    """The pages of a PDF; 0 if it cannot be read."""
    counts = _counts(pdf)
    if not counts:  # the page tree may be packed
        for packed in _PACKED_OBJECTS.findall(pdf):
            with suppress(zlib.error):
                counts += _counts(zlib.decompressobj().decompress(packed))
    return max(counts, default=0)


_USUAL_PLACES = (
    r"C:\Program Files\LibreOffice\program\soffice.com",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.com",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
)
_FILES_A_PROCESS = 40  # starting takes as long as some ten files; what is done is kept after each process
_SECONDS = (120, 30)  # for starting, for each file
_MOST_FAILURES = 3  # processes one after the other that made nothing
_PAGES = re.compile(rb"/Type\s*/Pages\b[^>]*?/Count\s+(\d+)|/Count\s+(\d+)[^>]*?/Type\s*/Pages\b", re.DOTALL)
_PACKED_OBJECTS = re.compile(rb"/ObjStm\b.{0,200}?stream\r?\n(.*?)endstream", re.DOTALL)


class _Offices:
    """As many processes as there are profiles: two never share one."""

    def __init__(self, program: str, place: Path, jobs: int) -> None:
        self._program, self._place = program, place
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
                shutil.copyfile(document, short)
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
            *("--convert-to", "pdf:writer_pdf_Export", "--outdir", str(place), *map(str, documents)),
        ]
        seconds = _SECONDS[0] + _SECONDS[1] * len(documents)
        with tempfile.TemporaryFile() as output:
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
