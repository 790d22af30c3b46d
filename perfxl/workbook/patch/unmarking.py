"""Takes the marks of an earlier copy off again: its comments go, and its cells get the fill back that cells like them
have. What people wrote themselves stays."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from perfxl.core.cells import column_index
from perfxl.core.problem_table import SEVERITY_COLOURS
from perfxl.core.problems import SEVERITY_LABELS
from perfxl.ooxml.edit import PackageEditor
from perfxl.ooxml.xml import Element, namespace
from perfxl.workbook.patch.cell_marks import SheetXml, mark_cells
from perfxl.workbook.patch.comments import AUTHOR, usual_drawing
from perfxl.workbook.patch.style_sheet import StyleSheet

__all__ = ["drop_comments", "unfill"]

Cell = tuple[int, int]

_WORDS = "|".join(re.escape(word) for label in SEVERITY_LABELS.values() for word in label)
_OURS = re.compile(rf"\s*\[(?:{_WORDS}) [A-Z]\d{{3}}\]")  # how a comment of ours begins
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_SHAPE = re.compile(rb"<v:shape(?=[\s>]).*?</v:shape>\s*", re.DOTALL)
_ROW, _COLUMN = (re.compile(rb"<x:%b>\s*(\d+)\s*</x:%b>" % (tag, tag)) for tag in (b"Row", b"Column"))


def drop_comments(parts: PackageEditor, sheet: str) -> set[Cell]:
    """Takes out what an earlier marking has written into the comments of a sheet.

    Returns: the cells that it marked, zero-based.
    """
    related = [each for each in parts.relations(sheet) if each.kind == "comments" and each.target in parts]
    if not related:
        return set()
    tree = parts.tree(related[0].target)
    main = namespace(tree)
    authors = [author.text or "" for author in tree.iter(f"{{{main}}}author")]
    marked, gone = set[Cell](), set[Cell]()
    for comment in list(tree.iter(f"{{{main}}}comment")):
        place = _REFERENCE.fullmatch(comment.get("ref", ""))
        at = comment.get("authorId", "")
        if place is None:
            continue
        cell = int(place[2]) - 1, column_index(place[1])
        is_own = at.isdigit() and int(at) < len(authors) and authors[int(at)] == AUTHOR
        texts = list(comment.iter(f"{{{main}}}t"))
        said = "".join(text.text or "" for text in texts)
        if is_own or _OURS.match(said):  # some programs know no authors
            marked.add(cell)
            gone.add(cell)
            parent = comment.getparent()
            assert parent is not None
            parent.remove(comment)
        elif _cut(texts):
            marked.add(cell)
    if gone:
        _drop_shapes(parts, sheet, gone)
    if not any(True for _ in tree.iter(f"{{{main}}}comment")):
        parts.unrelate(sheet, related[0])
        parts.drop(related[0].target)
    return marked


def unfill(sheet: SheetXml, cells: Iterable[Cell], styles: StyleSheet) -> SheetXml:
    """Gives cells that have the fill of a mark that of the nearest cell which is like them in all but the fill, of
    their column where there is one."""
    formats = _formats(sheet)
    wanted = {cell: formats[cell] for cell in cells if cell in formats}
    wanted = {cell: style for cell, style in wanted.items() if styles.fill_colour(style) in SEVERITY_COLOURS.values()}
    if not wanted:
        return sheet
    others: dict[tuple[str, ...], list[_Like]] = {}
    for cell, style in formats.items():
        if cell not in wanted:
            others.setdefault(styles.but_for_fill(style), []).append(_Like(cell, style))
    marks: dict[int, dict[int, str]] = {}
    for (row, column), style in wanted.items():
        like = others.get(styles.but_for_fill(style), ())
        nearest = min(like, key=lambda each: (each.cell[1] != column, abs(each.cell[0] - row)), default=None)
        if nearest is not None:
            marks.setdefault(row, {})[column] = str(nearest.style)
    return mark_cells(sheet, marks, lambda base, other: styles.filled_as(base, int(other))) if marks else sheet


class _Like(NamedTuple):
    """A cell that was not marked, and its format."""

    cell: Cell
    style: int


def _formats(sheet: SheetXml) -> Mapping[Cell, int]:
    """The format of each cell that says where it is."""
    tag = re.compile(rb"<%bc(?=[\s/>])([^>]*?)/?>" % re.escape(sheet.prefix))
    reference, style = re.compile(rb"""\sr=["']([A-Z]{1,3})(\d{1,7})["']"""), re.compile(rb"""\ss=["'](\d+)["']""")
    formats: dict[Cell, int] = {}
    for cell in tag.finditer(sheet.rows):
        place, own = reference.search(cell[1]), style.search(cell[1])
        if place:
            formats[int(place[2]) - 1, column_index(place[1].decode())] = int(own[1]) if own else 0
    return formats


def _cut(texts: Iterable[Element]) -> bool:
    """Takes out what was put below somebody's own comment, if it was."""
    is_behind = False
    for text in texts:
        said = text.text or ""
        ours = None if is_behind else _OURS.search(said)
        if ours and (not ours.start() or said[ours.start()] == "\n"):
            is_behind, text.text = True, said[: ours.start()]
        elif is_behind:
            text.text = ""
    return is_behind


def _drop_shapes(parts: PackageEditor, sheet: str, cells: set[Cell]) -> None:
    for each in parts.relations(sheet):
        if each.kind == "vmlDrawing" and each.target in parts:
            drawing = usual_drawing(parts[each.target])
            parts[each.target] = _SHAPE.sub(lambda shape: b"" if _cell_of(shape[0]) in cells else shape[0], drawing)


def _cell_of(shape: bytes) -> Cell | None:
    row, column = _ROW.search(shape), _COLUMN.search(shape)
    return (int(row[1]), int(column[1])) if row and column else None
