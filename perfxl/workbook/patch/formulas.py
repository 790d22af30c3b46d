"""Formulas in a copy of a workbook: the add-in's old path taken out, and names defined.

Where the add-in lay elsewhere, a workbook shows 'C:\\old\\perfxl.xlam'!PX_SCORE(...): in the file, [1]!PX_SCORE and
a part that says where [1] is. The add-in's functions are known by name, so both can go. Other links stay; their
numbers move up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PureWindowsPath
from typing import NamedTuple
from urllib.parse import unquote

from lxml import etree

from perfxl.core.problems import Address, Problem, problem
from perfxl.ooxml.edit import PackageEditor
from perfxl.ooxml.package import WORKBOOK
from perfxl.ooxml.relations import office_relations
from perfxl.ooxml.xml import Element, namespace
from perfxl.workbook.patch.workbook_parts import write_patched_copy

ADD_IN = "perfxl.xlam"

# Where formulas stand: cells, conditional formats, validations, tables, charts; names are in the workbook part.
_FORMULA = re.compile(
    rb"(<((?:[\w.-]+:)?(?:f|formula|formula1|formula2|calculatedColumnFormula|totalsRowFormula))(?:\s[^>]*)?>)"
    rb"([^<]*\[\d[^<]*)(?=</\2>)"
)
# A text in quotes; or '[1]My sheet'!, [1]Sheet!, [1]! - not Table[1], which no exclamation mark follows.
_LINK = re.compile(
    r'("(?:[^"]|"")*"|&quot;.*?&quot;)'
    r"|'\[(\d+)\]((?:[^'\[\]]|'')*)'!"
    r"|(?<![\w.\]])\[(\d+)\]((?:[\w.]+(?::[\w.]+)?)?)!"
)
_SKIPPED = ("xl/sharedStrings.xml", "xl/styles.xml", "xl/theme/")

# What may stand before the names in a workbook part.
_BEFORE_NAMES = (
    *("fileVersion", "fileSharing", "workbookPr", "workbookProtection", "bookViews"),
    *("sheets", "functionGroups", "externalReferences", "AlternateContent", "revisionPtr"),
)

Numbers = Mapping[int, int]
"""Number of a link -> its new number; 0 for one that goes."""


def relink(source: Path, out: Path) -> tuple[int, list[Problem]]:
    """Writes a copy in which the add-in's functions are called by name alone.

    Returns: How many formulas were changed, and the problems; with an error, nothing was written.
    """
    count = 0

    def patch(parts: PackageEditor) -> None:
        nonlocal count
        count = _mend(parts)

    problems = write_patched_copy(source, out, "relinked", patch)
    if problems:
        return 0, problems
    return count, [] if count else [problem("addin_links_absent", Address(source.name))]


def _mend(parts: PackageEditor) -> int:
    main = parts.main_part(WORKBOOK)
    numbers = _without_add_in(parts, main)
    if not numbers:
        return 0
    count = 0
    for name in parts.tree(main).iter(f"{{{namespace(parts.tree(main))}}}definedName"):
        changed = _formula(name.text or "", numbers)
        count += changed != name.text
        name.text = changed
    for part in list(parts):
        if part.startswith("xl/") and part.endswith(".xml") and not part.startswith(_SKIPPED) and part != main:
            count += _mend_part(parts, part, numbers)
    return count


def _without_add_in(parts: PackageEditor, main: str) -> Numbers:
    """Drops the links to the add-in; nothing where there are none."""
    tree = parts.tree(main)
    section = tree.find(f"{{{namespace(tree)}}}externalReferences")
    if section is None:
        return {}
    targets = {relation.id: relation for relation in parts.relations(main)}
    numbers: dict[int, int] = {}
    kept = 0
    for number, reference in enumerate(list(section), 1):
        relation = targets.get(reference.get(f"{{{office_relations(tree)}}}id", ""))
        ours = relation is not None and _is_add_in(parts, relation.target)
        kept += not ours
        numbers[number] = 0 if ours else kept
        if ours and relation is not None:
            section.remove(reference)
            parts.unrelate(main, relation)
            parts.drop(relation.target)
    if not kept:
        tree.remove(section)
    return numbers if 0 in numbers.values() else {}


def _is_add_in(parts: PackageEditor, link: str) -> bool:
    targets = (unquote(relation.target) for relation in parts.relations(link))
    return any(PureWindowsPath(target).name.lower() == ADD_IN for target in targets)


def _mend_part(parts: PackageEditor, part: str, numbers: Numbers) -> int:
    content = parts[part]
    count = 0

    def mended(match: re.Match[bytes]) -> bytes:
        nonlocal count
        before = match[3].decode()
        after = _formula(before, numbers)
        count += after != before
        return match[1] + after.encode()

    changed = _FORMULA.sub(mended, content)
    if count:
        parts[part] = changed
    return count


def _formula(text: str, numbers: Numbers) -> str:
    """The formula with the links' new numbers, and nothing before the add-in's functions."""

    def renamed(match: re.Match[str]) -> str:
        if match[1]:
            return match[1]
        number, sheet = int(match[2] or match[4]), match[3] or match[5] or ""
        new = numbers.get(number, number)
        if not new:
            return ""
        return f"'[{new}]{sheet}'!" if match[2] else f"[{new}]{sheet}!"

    return _LINK.sub(renamed, text)


class DefinedName(NamedTuple):
    """A name of the whole workbook, its formula as files hold it, and the comment of the name manager."""

    name: str
    formula: str
    comment: str = ""


def define_names(source: Path, out: Path, names: Sequence[DefinedName]) -> list[Problem]:
    """Writes a copy with the names added; those it has already are replaced. With an error, nothing was written."""
    return write_patched_copy(source, out, "lambda", lambda parts: _define_names(parts, names))


def _define_names(parts: PackageEditor, names: Sequence[DefinedName]) -> None:
    tree = parts.tree(parts.main_part(WORKBOOK))
    section, of = _names_section(tree), namespace(tree)
    replaced = {new.name.casefold() for new in names}
    for old in list(section):
        if old.get("localSheetId") is None and old.get("name", "").casefold() in replaced:
            section.remove(old)
    for new in names:
        element = etree.SubElement(section, f"{{{of}}}definedName", {"name": new.name})
        if new.comment:
            element.set("comment", new.comment[:255])
        element.text = new.formula
    # Excel writes them in order, and some programs look them up so.
    section[:] = sorted(section, key=lambda name: (name.get("name", "").casefold(), name.get("localSheetId", "")))


def _names_section(tree: Element) -> Element:
    of = namespace(tree)
    section = tree.find(f"{{{of}}}definedNames")
    if section is None:
        section = etree.Element(f"{{{of}}}definedNames")
        places = [i for i, child in enumerate(tree) if etree.QName(child).localname in _BEFORE_NAMES]
        tree.insert(places[-1] + 1 if places else 0, section)
    return section
