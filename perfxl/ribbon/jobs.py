"""What commands ask of the program. Rooms of hosts do not know it: whoever starts the server supplies the jobs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from perfxl.core.language import Text
from perfxl.core.problems import Problem
from perfxl.ribbon.open_book import Page

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Request:
    """What a job is asked for.

    path    the workbook as it stands, a copy; Path() where the job needs none
    folder  where files go
    lang    the user's language, of words to the user; what is made keeps the workbook's
    words   what is selected, the selected cell first
    """

    path: Path
    folder: Path
    lang: str
    words: Sequence[str] = ()
    progress: Progress = lambda done, total: None


@dataclass
class Result:
    """What came of it: a sentence for the user, problems, pages for the workbook, files made. `to_mark` says whether
    the problems are to be marked in the workbook, `to_show` which file or folder is opened."""

    said: Text
    problems: Sequence[Problem] = ()
    pages: Sequence[Page] = ()
    files: Sequence[Path] = field(default=())
    to_mark: bool = False
    to_show: Path | None = None


Job = Callable[[Request], Result]
Jobs = Mapping[str, Job]
"""Jobs by name; "documents.contract" is the one that makes contracts."""
