"""`perfxl cascade --for`: a leader's part of the cascade, with direct reports and what lies below, and nobody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from perfxl.core.cascade import Follows
from perfxl.core.cascade.tree import CascadeTree
from perfxl.core.problems import Problem
from perfxl.pictures import Album
from perfxl.workbook.cascade_outline import OUTLINE, OutlineSheet
from perfxl.workbook.picture_sheets import add_picture_sheets
from perfxl.workbook.result_page import PROBLEM_SHEETS, ResultPage, write_problems
from perfxl.workbook.row_sheet import RowSheet
from perfxl.workbook.style import Formats
from perfxl.workbook.writing import new_workbook

_STAGE = "design"


def write_leader_book(
    path: Path,
    tree: CascadeTree,
    expected: Mapping[int, Follows],
    album: Album,
    problems: Sequence[Problem],
    lang: str = "zh",
    source: str = "",
) -> None:
    """Writes the workbook of a leader's tree: the outline to fold and unfold, the pictures, what is wrong with it.

    expected  row of a link -> the target that follows from it; only those of the tree are shown

    Raises: OSError where it cannot be written.
    """
    with new_workbook(path, lang, OUTLINE(lang), "cascade", source) as workbook:
        formats = Formats(workbook, lang)
        outline = workbook.add_worksheet(OUTLINE(lang), worksheet_class=RowSheet)
        OutlineSheet(ResultPage(outline, formats, lang, _STAGE), tree, expected).write()
        add_picture_sheets(workbook, formats, album, lang)
        if problems:
            write_problems(ResultPage(workbook.add_worksheet(PROBLEM_SHEETS(lang)), formats, lang, _STAGE), problems)
