"""The files of each unit in one archive, for whoever passes them on there."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path

from perfxl.core.language import Text
from perfxl.core.problems import Problem
from perfxl.disk import real
from perfxl.documents.filenames import FileNames
from perfxl.exchange.record import SentFile
from perfxl.ooxml.zip_write import zip_entry
from perfxl.outputs import OutputRefused, refuse_output, replacing

__all__ = ["write_bundles"]

KIND, _SUFFIX = "bundle", ".zip"
_NO_UNIT = Text("未写明单位", "no unit")


def write_bundles(
    out: Path, files: Iterable[SentFile], lang: str, overwrite: bool = False
) -> tuple[list[Path], list[Problem]]:
    """An archive for each unit, named after it, in the folder of the files.

    Returns: the archives, and which were kept, since somebody has changed them.

    Raises: OSError where they cannot be written.
    """
    units: dict[str, list[Path]] = {}
    for file in files:
        if (path := out / file.path).is_file():
            units.setdefault(file.unit, []).append(path)
    names = FileNames(len(str(real(out))), _SUFFIX)
    bundles, problems = [], []
    for unit, paths in units.items():
        bundle = out / names.give(unit or _NO_UNIT(lang))
        try:
            refuse_output(bundle, paths, (_SUFFIX,), overwrite)
        except OutputRefused as refused:
            problems.append(refused.problem)
            continue
        with replacing(bundle, KIND) as temporary, zipfile.ZipFile(temporary, "w") as archive:
            for path in paths:  # packed already
                archive.writestr(zip_entry(path.name, zipfile.ZIP_STORED), path.read_bytes())
        bundles.append(bundle)
    return bundles, problems
