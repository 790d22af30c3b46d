"""Takes the add-in's old path out of a workbook's formulas.

Where the add-in lay elsewhere, a workbook shows 'C:\\old\\perfxl.xlam'!PX_SCORE(...): in the file, [1]!PX_SCORE and
a part that says where [1] is. The add-in's functions are known by name, so both can go. Other links stay; their
numbers move up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path, PureWindowsPath
from urllib.parse import unquote

from lxml import etree

from perfxl.core.problems import Address, Problem, problem
from perfxl.ooxml.edit import PackageEditor
from perfxl.ooxml.package import PackageError
from perfxl.ooxml.relations import office_relations
from perfxl.ooxml.xml import namespace
from perfxl.workbook.atomic import replacing
from perfxl.workbook.opening import file_problem, open_workbook

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

Numbers = Mapping[int, int]
"""Number of a link -> its new number; 0 for one that goes."""


def relink(source: Path, out: Path) -> tuple[int, list[Problem]]:
    """Writes a copy in which the add-in's functions are called by name alone.

    Returns: How many formulas were changed, and the problems; with an error, nothing was written.
    """
    if out.resolve() == source.resolve():
        return 0, [problem("output_is_input", Address(out.name), value=str(source))]
    package, problems = open_workbook(source)
    if package is None:
        return 0, problems
    try:
        parts = PackageEditor(package)
        count = _mend(parts)
        with replacing(out) as temporary:
            parts.save(temporary)
    except PackageError as damaged:
        return 0, [file_problem(damaged)]
    except etree.XMLSyntaxError:
        return 0, [problem("file_damaged", Address(package.name))]
    except OSError as error:
        return 0, [
            problem("output_not_writable", Address(out.name), value=str(out), reason=error.strerror or str(error))
        ]
    return count, [] if count else [problem("addin_links_absent", Address(source.name))]


def _mend(parts: PackageEditor) -> int:
    main = next((r.target for r in parts.relations("") if r.kind == "officeDocument"), "xl/workbook.xml")
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

    def mended(found: re.Match[bytes]) -> bytes:
        nonlocal count
        before = found[3].decode()
        after = _formula(before, numbers)
        count += after != before
        return found[1] + after.encode()

    changed = _FORMULA.sub(mended, content)
    if count:
        parts[part] = changed
    return count


def _formula(text: str, numbers: Numbers) -> str:
    """The formula with the links' new numbers, and nothing before the add-in's functions."""

    def renamed(found: re.Match[str]) -> str:
        if found[1]:
            return found[1]
        number, sheet = int(found[2] or found[4]), found[3] or found[5] or ""
        new = numbers.get(number, number)
        if not new:
            return ""
        return f"'[{new}]{sheet}'!" if found[2] else f"[{new}]{sheet}!"

    return _LINK.sub(renamed, text)
