"""Where the commands write: judged before any work is done, opened in one way, with one line where it cannot be."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from perfxl.cli import show
from perfxl.cli.show import CLEAN, PROBLEMS, UNUSABLE
from perfxl.core.language import Text
from perfxl.core.problems import Address, problem
from perfxl.disk import is_loop, is_within, made_folder
from perfxl.outputs import OutputRefused, explain_error, refuse_output

XLSX = (".xlsx",)


def judge_file(
    options: Namespace,
    path: Path,
    suffixes: Iterable[str] = XLSX,
    inputs: Iterable[Path | None] = (),
    overwrite: bool | None = None,
    more: Mapping[str, Any] | None = None,
    kind: str = "",
) -> int:
    """Whether a file may be written, said where it may not; `more` stands beside the problems in JSON. `inputs` and
    `kind` as of `refuse_output`.

    Returns: CLEAN; UNUSABLE for an input, a device, a folder or an extension that does not fit; PROBLEMS for a file
    that is kept, since perfxl did not make it or somebody has changed it.
    """
    try:
        refuse_output(path, inputs, suffixes, options.overwrite if overwrite is None else overwrite, kind)
    except OutputRefused as refusal:
        show.refuse([refusal.problem], options.lang or "zh", getattr(options, "json", False), more)
        return PROBLEMS if refusal.problem.name == "output_changed" else UNUSABLE
    return CLEAN


def judge_folder(
    options: Namespace, folder: Path, more: Mapping[str, Any] | None = None, inputs: Iterable[Path] = ()
) -> int:
    """Whether files may be written into a folder: what is there already must be one, and none of `inputs`, of which the
    files are read, nor one that these lie in. `more` stands beside the problem in JSON."""
    lang, json = options.lang or "zh", getattr(options, "json", False)
    if read := next((each for each in inputs if is_within(folder, each)), None):
        return show.refuse([problem("output_is_input", Address(folder.name), value=str(read))], lang, json, more)
    try:
        folder.stat()
    except OSError as error:
        if is_loop(error):
            return show.refuse([problem("file_is_loop", value=str(folder))], lang, json, more)
    if not folder.exists() or folder.is_dir():
        return CLEAN
    reason = Text("那里有一个同名的文件，不是文件夹", "it is a file, not a folder")
    return show.refuse([problem("result_not_writable", value=str(folder), reason=reason)], lang, json, more)


def write_file(
    path: Path,
    lang: str,
    write: Callable[[], object],
    make_folder: bool = True,
    json: bool = False,
    more: Mapping[str, Any] | None = None,
) -> int:
    """Writes a file; a folder that is missing, read-only or full, or a file open in Excel, is told in one line."""
    try:
        if make_folder:
            made_folder(path.parent)
        write()
    except OSError as error:
        reason = explain_error(error, path)
        return show.refuse([problem("result_not_writable", value=str(path), reason=reason)], lang, json, more)
    return CLEAN
