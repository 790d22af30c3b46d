"""The last guard: an exception that nobody foresaw becomes one problem, and a report that a developer can read.

The report holds where it happened (files, lines and functions of the program), the versions, and what was asked for.
It holds nothing that stands in a cell: the exception's own message may quote one, so only its class is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from perfxl import __version__
from perfxl.core.problems import Problem, problem

Result = TypeVar("Result")

REPORTS: list[Path] = []
"""The reports of this process, newest last; the tests see that there are none."""


def guarded(work: Callable[[], Result], doing: Iterable[str]) -> Result | Problem:
    """Does the work; what it raises is reported. KeyboardInterrupt and SystemExit pass.

    doing   what was asked for, a word an item, without contents of cells
    Returns: what the work gives, or the problem that names the report.
    """
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - the last guard: whatever it is, the user gets one line
        path = _save(error, doing)
        return problem("unforeseen", value=type(error).__name__, report=str(path))


def _save(error: Exception, doing: Iterable[str]) -> Path:
    """Writes the report into the temporary folder; the same fault at the same line gives the same file. Where it
    cannot be written the path is blank."""
    import platform  # none of the three is needed before something goes wrong
    import tempfile
    import traceback

    frames = list(traceback.extract_tb(error.__traceback__))
    shown = [*frames[:20], *frames[20:][-80:]]
    places = [f"  {frame.filename}:{frame.lineno} {frame.name}\n    {frame.line}" for frame in shown]
    causes: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(causes) < 10:
        causes.append(f"{type(cause).__module__}.{type(cause).__qualname__}")
        cause = cause.__cause__ or cause.__context__
    text = "\n".join(
        [
            f"perfxl {__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}",
            f"asked for: {' '.join(doing)}",
            f"raised: {', from '.join(causes)}",
            *places,
            "",
        ]
    )
    name = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=6).hexdigest()
    path = Path(tempfile.gettempdir()) / f"perfxl-report-{name}.txt"
    try:
        path.write_text(text, encoding="utf-8", errors="replace")
    except OSError:
        path = Path()
    REPORTS.append(path)
    return path
