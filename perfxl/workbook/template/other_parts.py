"""Parts beside a sheet whose references follow its rows: names, tables, drawings, charts, comments, their shapes."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from copy import deepcopy

from lxml import etree

from perfxl.ooxml.edit import PackageEditor
from perfxl.ooxml.relations import XML_HEAD
from perfxl.ooxml.xml import Element
from perfxl.workbook.template.references import Growth, Place, References, title_key

__all__ = ["EDITS", "OtherPart", "edit_chart", "follow_rows"]

_CACHES = {"numCache", "strCache", "multiLvlStrCache"}
_ANCHOR_ROWS = (2, 6)  # which figures of a note's anchor are rows


class OtherPart:
    """A part with places in it; `render` puts in the rows."""

    def __init__(self, name: str, tree: Element, references: References) -> None:
        self.name = name
        self._pieces = list(references.pieces(XML_HEAD + etree.tostring(tree, encoding="unicode")))

    @property
    def moves(self) -> bool:
        """Whether it refers to a row that moves."""
        return any(isinstance(piece, Place) for piece in self._pieces)

    def render(self, growth: Growth) -> bytes:
        """The part's bytes."""
        return "".join(
            str(growth.row(piece)) if isinstance(piece, Place) else str(piece) for piece in self._pieces
        ).encode()

    @classmethod
    def workbook(cls, name: str, tree: Element, repeated: Mapping[str, Collection[int]]) -> OtherPart:
        """The workbook's part with its defined names."""
        references, tree = References(repeated), deepcopy(tree)
        for defined in tree.iter():
            if etree.QName(defined).localname == "definedName":
                defined.text = references.formula(defined.text or "", "")
        return cls(name, tree, references)


def follow_rows(
    editor: PackageEditor, sheet_part: str, sheet: str, repeated: Mapping[str, Collection[int]]
) -> Iterator[OtherPart]:
    """The parts that belong to a sheet with repeated rows; those that may refer to any sheet for ""."""
    if not sheet_part:
        for name in list(editor):
            if re.fullmatch(r"xl/(charts/chart[^/]*|pivotCache/pivotCacheDefinition[^/]*)\.xml", name):
                yield from _moved(editor, name, "", repeated, edit_chart)
        return
    for relation in editor.relations(sheet_part):
        edit = EDITS.get(relation.kind)
        if edit and not relation.external and relation.target in editor:
            yield from _moved(editor, relation.target, sheet, repeated, edit)


Edit = Callable[[Element, str, References], None]


def _moved(
    editor: PackageEditor, name: str, sheet: str, repeated: Mapping[str, Collection[int]], edit: Edit
) -> Iterator[OtherPart]:
    references, tree = References(repeated), deepcopy(editor.tree(name))
    edit(tree, sheet, references)
    part = OtherPart(name, tree, references)
    if part.moves:
        yield part


def _table(tree: Element, sheet: str, references: References) -> None:
    for element in tree.iter():
        if element.get("ref"):
            element.set("ref", references.reach(element.get("ref", ""), sheet))


def _comments(tree: Element, sheet: str, references: References) -> None:
    for element in tree.iter():
        if element.get("ref"):
            element.set("ref", references.cell(element.get("ref", ""), sheet))


def _drawing(tree: Element, sheet: str, references: References) -> None:
    """Rows count from 0 here: the row before is named."""
    for element in tree.iter():
        if etree.QName(element).localname == "row" and (element.text or "").strip().isdigit():
            element.text = references.row(int(element.text or "0") + 1, sheet, less=1)


def _shapes(tree: Element, sheet: str, references: References) -> None:
    for element in tree.iter():
        name = etree.QName(element).localname
        if name == "Row" and (element.text or "").strip().isdigit():
            element.text = references.row(int(element.text or "0") + 1, sheet, less=1)
        elif name == "Anchor":
            figures = [figure.strip() for figure in (element.text or "").split(",")]
            if len(figures) == 8 and all(figure.isdigit() for figure in figures):
                for at in _ANCHOR_ROWS:
                    figures[at] = references.row(int(figures[at]) + 1, sheet, less=1)
                element.text = ", ".join(figures)


def edit_chart(tree: Element, _: str, references: References) -> None:
    """A chart's figures are read again by whoever opens it: what the template had stored is taken out."""
    for element in list(tree.iter()):
        name = etree.QName(element).localname
        if name == "f" and element.text:
            element.text = references.formula(element.text, "", cells_grow=True)
        elif name == "worksheetSource" and element.get("ref") and element.get("sheet"):
            element.set("ref", references.reach(element.get("ref", ""), title_key(element.get("sheet", ""))))
        elif name in _CACHES and (parent := element.getparent()) is not None:
            parent.remove(element)


EDITS: dict[str, Edit] = {
    "table": _table,
    "comments": _comments,
    "threadedComment": _comments,
    "drawing": _drawing,
    "vmlDrawing": _shapes,
}
