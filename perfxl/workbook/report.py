"""The checked copy of a workbook: cells marked and commented, a first sheet that lists every problem.

The copy is the user's own file with a few parts patched; what openpyxl would lose on the way (newer validations,
text boxes, stored results, pictures) stays as it is.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

from perfxl.core.cells import column_index
from perfxl.core.language import Text
from perfxl.core.problem_table import SEVERITY_COLOURS, SEVERITY_RANKS, comment_text
from perfxl.core.problems import Problem
from perfxl.ooxml.edit import PackageEditor
from perfxl.ooxml.xml import Element, namespace
from perfxl.workbook.findings_sheet import GUIDE, HEADER_ROW, TITLES, Left, findings_sheet, is_list
from perfxl.workbook.patch.cell_marks import mark_cells, merge_starts, split_sheet
from perfxl.workbook.patch.comments import add_comments
from perfxl.workbook.patch.large_sheet import LARGE, LargeSheet
from perfxl.workbook.patch.unmarking import drop_comments, unfill
from perfxl.workbook.patch.workbook_parts import WorkbookParts, write_patched_copy

MOST_MARKS = 20_000  # cells of a sheet, the worst first: a million of them took ten minutes and are no help
MOST_COMMENTS = 5_000  # a sheet; Excel grows slow with more, and the list names every problem anyway

_SELECTED = re.compile(rb"""(<(?:[\w.-]+:)?sheetView\s[^>]*?\btabSelected\s*=\s*["'])(?:1|true)(?=["'])""")
_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9]\d*)")

Cell = tuple[int, int]


def write_report(
    source: Path,
    problems: Sequence[Problem],
    out: Path,
    lang: str = "zh",
    stamp: tuple[int, ...] | None = None,
    kind: str = "check",
    guide: Text = GUIDE,
    again: bool = False,
    name: str = "",
) -> list[Problem]:
    """Writes the checked copy of `source`, an .xlsx without macros, to `out`; the source is never touched. With the
    `stamp` of the file that was judged, a copy of another one is refused.

    kind   what the copy's mark says that it is; guide: what its list says how to use it
    again  whether the source may be such a copy that was worked on: then its list and its marks go
    name   what the source is called, where it lies under another name

    Returns: Problems of the copying itself; where there is an error, nothing was written.
    """
    source, out = Path(source), Path(out)

    def patch(parts: PackageEditor) -> None:
        _patch(parts, name or source.name, problems, lang, guide, again)

    return write_patched_copy(source, out, kind, patch, stamp, name)


def _patch(parts: PackageEditor, file: str, problems: Sequence[Problem], lang: str, guide: Text, again: bool) -> None:
    workbook = WorkbookParts(parts)
    workbook.drop_macros()
    if again:
        workbook.drop_sheets([title for title in workbook.sheets() if is_list(title)])
        for part in workbook.sheets().values():
            _unmark(workbook, part)
    by_sheet = _by_sheet(problems, file)
    left = Left(0, 0)
    for title, part in workbook.sheets().items():
        of_sheet = _mark_sheet(workbook, part, by_sheet.get(title, {}), lang)
        left = Left(left.unmarked + of_sheet.unmarked, left.uncommented + of_sheet.uncommented)
    titles = set(workbook.sheets())
    listing = findings_sheet(file, problems, titles, workbook.styles, left, lang, guide)
    workbook.put_first(TITLES(lang), "".join(listing.xml).encode(), listing.filtered, HEADER_ROW)


def _unmark(workbook: WorkbookParts, part: str) -> None:
    """What was marked before is marked again only where it is still wrong."""
    marked = drop_comments(workbook.parts, part)
    sheet = split_sheet(workbook.parts[part]) if marked else None
    if sheet is not None:
        sheet = unfill(sheet, marked, workbook.styles)
        workbook.parts[part] = sheet.joined()


def _by_sheet(problems: Sequence[Problem], file: str) -> dict[str, dict[Cell, list[Problem]]]:
    """The problems that stand at a cell of this file."""
    by_sheet: dict[str, dict[Cell, list[Problem]]] = defaultdict(lambda: defaultdict(list))
    for about in problems:
        cell = _CELL.match(about.address.cell)
        if cell and Path(about.address.file or file).name == file:
            by_sheet[about.address.sheet][int(cell[2]) - 1, column_index(cell[1])].append(about)
    return by_sheet


def _mark_sheet(workbook: WorkbookParts, part: str, at_cells: Mapping[Cell, Sequence[Problem]], lang: str) -> Left:
    """Marks and comments the cells of one sheet."""
    parts = workbook.parts
    large = LargeSheet.find(parts, part) if at_cells else None
    sheet = split_sheet(parts[part]) if at_cells and not large else None
    frame = large.frame if large else sheet.frame if sheet else None
    if frame is None:
        _deselect(parts, part)
        return Left(len(at_cells), 0)
    for view in frame.iter(f"{{{namespace(frame)}}}sheetView"):
        view.attrib.pop("tabSelected", "")
    found = len(at_cells)
    if found > MOST_MARKS:
        at_cells = {cell: at_cells[cell] for cell in _worst_first(at_cells)[:MOST_MARKS]}
    unmarked = found - len(at_cells)
    at_cells = _on_merged(at_cells, frame)
    marks: dict[int, dict[int, str]] = defaultdict(dict)
    for (row, column), at_cell in at_cells.items():
        marks[row][column] = SEVERITY_COLOURS[min((p.severity for p in at_cell), key=SEVERITY_RANKS.__getitem__)]
    texts = {cell: comment_text(at_cells[cell], lang) for cell in _worst_first(at_cells)[:MOST_COMMENTS]}
    if texts:
        add_comments(parts, part, frame, texts)
    if large:
        large.mark(marks, workbook.styles.filled)
    elif sheet:
        parts[part] = (mark_cells(sheet, marks, workbook.styles.filled) if marks else sheet).joined()
    return Left(unmarked, len(at_cells) - len(texts))


def _deselect(parts: PackageEditor, part: str) -> None:
    """Only the list is selected: sheets selected together would all be edited together."""
    large = parts.size(part) >= LARGE
    xml = next(parts.original(part)) if large else parts[part]
    if not _SELECTED.search(xml, 0, _head(xml)):
        return
    if large:
        parts.change(part, lambda pieces: chain((_deselected(next(pieces)),), pieces))
    else:
        parts[part] = _deselected(xml)


def _deselected(xml: bytes) -> bytes:
    head = _head(xml)
    return _SELECTED.sub(rb"\g<1>0", xml[:head]) + xml[head:]


def _head(xml: bytes) -> int:
    """Where a sheet's rows begin; the end of a sheet that has none."""
    place = xml.find(b"sheetData")
    return place if place >= 0 else len(xml)


def _on_merged(at_cells: Mapping[Cell, Sequence[Problem]], frame: Element) -> dict[Cell, list[Problem]]:
    """Of merged cells only the first shows its fill and its comment."""
    starts = merge_starts(frame, at_cells)
    moved: dict[Cell, list[Problem]] = defaultdict(list)
    for cell in sorted(at_cells):
        moved[starts.get(cell, cell)] += at_cells[cell]
    return dict(sorted(moved.items()))


def _worst_first(at_cells: Mapping[Cell, Sequence[Problem]]) -> list[Cell]:
    return sorted(at_cells, key=lambda cell: min(SEVERITY_RANKS[p.severity] for p in at_cells[cell]))
