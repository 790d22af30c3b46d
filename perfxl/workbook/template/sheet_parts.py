"""What a template's sheet refers to (drawings, charts, pictures, comments), added to a book for each copy of it."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Mapping
from copy import deepcopy
from typing import NamedTuple

from perfxl.ooxml.edit import PackageEditor
from perfxl.ooxml.relations import CONTENT_TYPES, RELATIONS, XML_HEAD, Relation, relation_xml, relations_part
from perfxl.ooxml.text import escape
from perfxl.ooxml.xml import Element
from perfxl.workbook.program.layout import quoted
from perfxl.workbook.template.mixed_book import AddedPart
from perfxl.workbook.template.other_parts import EDITS, OtherPart, edit_chart
from perfxl.workbook.template.references import Growth, References

__all__ = ["SheetParts"]

_OWN_SHEET = "\U0010fd04"  # in a chart's references: the sheet that is written
_KINDS = ("drawing", "comments", "vmlDrawing", "chart")  # what each copy of the sheet has its own of


class _Part(NamedTuple):
    """A part that is written for each copy, or once for all of them."""

    name: str
    own: OtherPart | None
    content: bytes
    content_type: str
    relations: tuple[Relation, ...]


class SheetParts:
    """Compiled from the part of a sheet; `repeated` are the rows that grow, `key` and `title` name the sheet."""

    def __init__(
        self, editor: PackageEditor, part: str, key: str, title: str, repeated: Mapping[str, Collection[int]]
    ) -> None:
        self._editor, self._key, self._title, self._repeated = editor, key, title, repeated
        self._parts: dict[str, _Part] = {}
        self._relations = tuple(r for r in editor.relations(part) if r.kind != "table")
        for relation in self._relations:
            self._compile(relation)
        del self._editor

    def add(self, added: dict[str, AddedPart], number: int, growth: Growth, title: str) -> None:
        """Adds the parts of the book's sheet of that number (from 1), and its relationships."""
        if not self._relations:
            return
        added[f"xl/worksheets/_rels/sheet{number}.xml.rels"] = self._relations_part(self._relations, number)
        for part in self._parts.values():
            name = self._name(part.name, number)
            if name in added:
                continue
            content = part.content
            if part.own:
                content = part.own.render(growth).replace(_OWN_SHEET.encode(), escape(quoted(title)).encode())
            added[name] = AddedPart(content, part.content_type)
            if part.relations:
                added[relations_part(name)] = self._relations_part(part.relations, number)

    def _compile(self, relation: Relation) -> None:
        if relation.external or relation.target in self._parts or relation.target not in self._editor:
            return
        name, own = relation.target, None
        if relation.kind in _KINDS:
            references, tree = References(self._repeated), deepcopy(self._editor.tree(name))
            (edit_chart if relation.kind == "chart" else EDITS[relation.kind])(tree, self._key, references)
            self._rename(tree)
            own = OtherPart(name, tree, references)
        relations = self._editor.relations(name)
        self._parts[name] = _Part(name, own, b"" if own else self._editor[name], self._type_of(name), relations)
        for below in relations:
            self._compile(below)

    def _rename(self, tree: Element) -> None:
        """Turns references to the sheet itself into those of the copy."""
        for element in tree.iter():
            for title in (f"{quoted(self._title)}!", f"{self._title}!"):
                if element.text and title in element.text:
                    element.text = element.text.replace(title, f"{_OWN_SHEET}!")

    def _name(self, name: str, number: int) -> str:
        if not self._parts[name].own:
            return name
        stem, end = posixpath.splitext(name)
        return f"{stem}_s{number}{end}"

    def _relations_part(self, relations: tuple[Relation, ...], number: int) -> AddedPart:
        lines = []
        for each in relations:
            there = each.target in self._parts
            target = f"/{self._name(each.target, number)}" if there else each.target
            if there or each.external:
                lines.append(relation_xml(each.id, each.type, target, external=each.external))
        inside = "".join(lines)
        return AddedPart(f'{XML_HEAD}<Relationships xmlns="{RELATIONS}">{inside}</Relationships>'.encode())

    def _type_of(self, name: str) -> str:
        end = posixpath.splitext(name)[1].removeprefix(".").lower()
        by_end = ""
        for each in self._editor.tree(CONTENT_TYPES):
            if each.get("PartName", "").lower() == f"/{name}".lower():
                return each.get("ContentType", "")
            if each.get("Extension", "").lower() == end:
                by_end = each.get("ContentType", "")
        return by_end
