"""An existing Word form as a template: fields are written where its labels, tables and marks ask for them, and what
was not understood is named. Fonts, borders and widths stay as they are.

lexicon      what labels mean         marks    mail-merge fields, brackets, content controls
blanks       labels with room         tables   rows that repeat        text     pieces of a paragraph
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from perfxl.core.problems import Address, Problem, problem
from perfxl.documents.adopt.blanks import fill_cells, fill_paragraph
from perfxl.documents.adopt.findings import Finding, Findings
from perfxl.documents.adopt.lexicon import Meanings, guess_kinds
from perfxl.documents.adopt.marks import replace_marks
from perfxl.documents.adopt.tables import read_rows, repeat_rows
from perfxl.documents.adopt.text import text_of
from perfxl.documents.papers import KINDS
from perfxl.documents.template.sources import MAX_ENTRIES, MAX_UNPACKED, package_problems
from perfxl.documents.template.structure import W
from perfxl.ooxml.xml import Element, parse, serialize
from perfxl.ooxml.zip_read import read_parts
from perfxl.ooxml.zip_write import write_zip

__all__ = ["USUAL", "AdoptedForm", "Finding", "adopt_form", "find_meanings", "propose_fields"]

_BODY = "word/document.xml"
_TITLE_PARAGRAPHS = 5
_NAMELESS = ("variable_missing", "variable_misspelt")
_CHECKED = ("{", "${")  # marks that the checks of names and brackets tell of
USUAL = "notice"  # where a form fits several kinds alike: what most forms of a person's results are


class AdoptedForm(NamedTuple):
    """The template, the kind of paper that it is for, and what was found in the form, in its order."""

    data: bytes
    kind: str
    findings: list[Finding]

    @property
    def placed(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.how == "placed"]


def adopt_form(
    data: bytes, name: str, kind: str | None = None, marks_only: bool = False
) -> tuple[AdoptedForm | None, list[Problem]]:
    """The form as a template; or None, and why it cannot be opened.

    kind        a key of KINDS; None: what its title or name says, else the kind that it has most fields of
    marks_only  only what is marked already (mail-merge fields, brackets, foreign tags), no labels and tables
    """
    problems = package_problems(data, name)
    if problems:
        return None, problems
    parts = read_parts(data, MAX_UNPACKED, MAX_ENTRIES)
    texts = sorted(part for part in parts if _holds_text(part))
    forms = [_adopt(parts, texts, each, marks_only) for each in _candidates(parts, name, kind)]
    return max(forms, key=lambda form: len(form.placed)), []


def find_meanings(problems: Iterable[Problem], kind: str) -> list[Problem]:
    """The problems of names that a kind of paper does not have, each with the field that it means, where one does:
    by meaning before spelling, since total_score is not total_weight."""
    meanings = Meanings(field.path for field in KINDS[kind].fields)
    found = []
    for each in problems:
        name = str(each.details.get("variable", ""))
        path = meanings.tag_field(name) if each.name in _NAMELESS and "[]" not in name else ""
        details = {**each.details, "suggestion": path}
        found.append(problem("variable_misspelt", each.address, **details) if path else each)
    return found


def propose_fields(path: Path, kind: str, lang: str, without_fields: bool) -> list[Problem]:
    """What `adopt_form` would write, as notices; of a template that has fields already, what another system marked."""
    form, problems = adopt_form(path.read_bytes(), path.name, kind, marks_only=not without_fields)
    for found in form.findings if form else ():
        address = Address(path.name, found.part_label(lang), f"¶{found.paragraph}" if found.paragraph else "")
        if without_fields and found.tag:
            name = "field_proposed"
        elif not without_fields and not found.text.startswith(_CHECKED):
            name = "mark_not_filled"
        else:
            continue
        problems.append(problem(name, address, where=found.address_words, text=found.text, tag=found.tag or "—"))
    return problems


def _candidates(parts: dict[str, bytes], name: str, kind: str | None) -> Iterable[str]:
    if kind:
        return [kind]
    titles = []
    if _BODY in parts:
        paragraphs = (text_of(paragraph) for paragraph in parse(parts[_BODY]).iter(f"{W}p"))
        titles = [text for text in paragraphs if text][:_TITLE_PARAGRAPHS]
    return guess_kinds([name.partition(".")[0], *titles])[:1] or [USUAL, *KINDS]


def _holds_text(part: str) -> bool:
    return part == _BODY or (part.startswith(("word/header", "word/footer")) and part.endswith(".xml"))


def _adopt(parts: dict[str, bytes], texts: Sequence[str], kind: str, marks_only: bool) -> AdoptedForm:
    findings = Findings(Meanings(field.path for field in KINDS[kind].fields))
    changed = dict(parts)
    for part in texts:
        root = parse(parts[part])
        findings.begin(part, root)
        before = len(findings.placed)
        used: set[Element] = set()
        for table in () if marks_only else root.iter(f"{W}tbl"):
            repeat_rows(table, findings, used)  # 【得分】 of a row is the line's, elsewhere the total
        replace_marks(root, findings)
        if not marks_only:
            _fill(root, findings, used)
        if len(findings.placed) > before:
            changed[part] = serialize(root)
    target = io.BytesIO()
    write_zip(target, changed)
    order = {part: i for i, part in enumerate([_BODY, *texts])}
    found = sorted(findings.found, key=lambda finding: (order[finding.part], finding.paragraph))
    return AdoptedForm(target.getvalue(), kind, found)


def _fill(root: Element, findings: Findings, used: set[Element]) -> None:
    """Fields behind labels; `used` are the cells of repeated rows."""
    for table in root.iter(f"{W}tbl"):
        fill_cells([[cell.element for cell in row] for row in read_rows(table)], findings, used)
    for paragraph in list(root.iter(f"{W}p")):
        if not any(cell in used for cell in paragraph.iterancestors(f"{W}tc")):
            fill_paragraph(paragraph, findings)
