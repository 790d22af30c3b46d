"""Names defined in a copy of a workbook: everything else stays byte for byte."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from perfxl.core.problems import Address, Problem, problem
from perfxl.ooxml.edit import PackageEditor
from perfxl.ooxml.package import PackageError
from perfxl.ooxml.xml import Element, namespace
from perfxl.workbook.atomic import replacing
from perfxl.workbook.opening import file_problem, open_workbook

# What may stand before the names in a workbook part.
_BEFORE = (
    *("fileVersion", "fileSharing", "workbookPr", "workbookProtection", "bookViews"),
    *("sheets", "functionGroups", "externalReferences", "AlternateContent", "revisionPtr"),
)


class DefinedName(NamedTuple):
    """A name of the whole workbook, its formula as files hold it, and the comment of the name manager."""

    name: str
    formula: str
    comment: str = ""


def define(source: Path, out: Path, names: Sequence[DefinedName]) -> list[Problem]:
    """Writes a copy with the names added; those it has already are replaced. With an error, nothing was written."""
    if out.resolve() == source.resolve():
        return [problem("output_is_input", Address(out.name), value=str(source))]
    package, problems = open_workbook(source)
    if package is None:
        return problems
    try:
        parts = PackageEditor(package)
        _define(parts, names)
        with replacing(out) as temporary:
            parts.save(temporary)
    except PackageError as damaged:
        return [file_problem(damaged)]
    except etree.XMLSyntaxError:
        return [problem("file_damaged", Address(package.name))]
    except OSError as error:
        return [problem("output_not_writable", Address(out.name), value=str(out), reason=error.strerror or str(error))]
    return []


def _define(parts: PackageEditor, names: Sequence[DefinedName]) -> None:
    main = next((r.target for r in parts.relations("") if r.kind == "officeDocument"), "xl/workbook.xml")
    tree = parts.tree(main)
    section, of = _section(tree), namespace(tree)
    replaced = {each.name.casefold() for each in names}
    for old in list(section):
        if old.get("localSheetId") is None and old.get("name", "").casefold() in replaced:
            section.remove(old)
    for each in names:
        made = etree.SubElement(section, f"{{{of}}}definedName", {"name": each.name})
        if each.comment:
            made.set("comment", each.comment[:255])
        made.text = each.formula
    # Excel writes them in order, and some programs look them up so.
    section[:] = sorted(section, key=lambda name: (name.get("name", "").casefold(), name.get("localSheetId", "")))


def _section(tree: Element) -> Element:
    of = namespace(tree)
    found = tree.find(f"{{{of}}}definedNames")
    if found is None:
        found = etree.Element(f"{{{of}}}definedNames")
        places = [i for i, child in enumerate(tree) if etree.QName(child).localname in _BEFORE]
        tree.insert(places[-1] + 1 if places else 0, found)
    return found
