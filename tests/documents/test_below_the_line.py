"""Whom papers are made for: those below a line, with gaps, with something to say; print files for both sides."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from perfxl.documents.merge import Merger
from perfxl.documents.papers import improvement
from perfxl.documents.papers.bar import Bar, find_below
from perfxl.documents.papers.contexts import Contexts
from perfxl.documents.pdf import convert, find_office, page_count
from tests.documents.batch_kit import make_documents
from tests.documents.contract_book import policy
from tests.documents.cycle_book import COUPLE, LONG_NAME, MANAGER, book
from tests.documents.docx_kit import docx_bytes


def made(folder: Path, **options: Any) -> tuple[set[str], list[str]]:
    """The employee IDs that got a plan, and the names of the problems."""
    files, problems = make_documents("improvement", book(improvements=[]), policy(), folder, jobs=1, **options)
    return {path.name.split()[0] for path in files if path.suffix == ".docx"}, [p.name for p in problems]


def test_plans_are_of_those_with_gaps_or_actions() -> None:
    contexts = Contexts(book(improvements=[]), policy())
    assert improvement.KIND.filled is not None
    people = list(improvement.KIND.filled(contexts))
    assert MANAGER in people and LONG_NAME not in people  # who met every target
    acted = Contexts(book(improvements=[{"holder": LONG_NAME, "action": "每月读一本书"}]), policy())
    assert LONG_NAME in improvement.KIND.filled(acted)


@pytest.mark.parametrize(
    ("options", "people"),
    [
        ({}, {MANAGER, COUPLE, "E004"}),
        ({"grades": ["b"]}, {MANAGER}),
        ({"grades": ["E"]}, set()),
        ({"below": 85.0}, set()),
        ({"below": 86.0}, {MANAGER}),
        ({"blank": True}, {MANAGER, COUPLE, "E004", LONG_NAME}),
    ],
)
def test_a_line_chooses_by_the_result(options: dict[str, Any], people: set[str], tmp_path: Path) -> None:
    found, _ = made(tmp_path, **options)
    assert found & {MANAGER, LONG_NAME} == people & {MANAGER, LONG_NAME}


def test_a_grade_that_is_none_of_the_programs_makes_nothing(tmp_path: Path) -> None:
    assert made(tmp_path, grades=["F"]) == (set(), ["grade_of_line_unknown"])


def test_whose_result_is_open_is_named() -> None:
    below, problems = find_below(Contexts(book(actuals=[]), policy()), Bar(below=80.0))
    assert below == set() and [p.name for p in problems] == ["line_total_unknown"]


def paper(name: str, pages: int) -> bytes:
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    def fill(document: Any) -> None:
        simple = f'<w:fldSimple {nsdecls("w")} w:instr=" %s "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
        for part in ("PAGE", "NUMPAGES"):
            footer = document.sections[0].footer.paragraphs[0]
            footer.add_run(f" {name}{part}:")
            footer._p.append(parse_xml(simple % part))
        for page in range(pages):
            document.add_paragraph(f"{name}{page}")
            if page + 1 < pages:
                document.add_page_break()

    return docx_bytes(fill)


@pytest.mark.skipif(not find_office(), reason="LibreOffice is not installed")
@pytest.mark.parametrize(("odd_pages", "pages"), [(False, 5), (True, 7)])
def test_pages_are_counted_right_in_libreoffice_and_begin_on_odd_ones(
    odd_pages: bool, pages: int, tmp_path: Path
) -> None:
    path = tmp_path / "all.docx"
    merger = Merger(path, "t", odd_pages=odd_pages)
    for name, count in (("a", 3), ("b", 1), ("c", 1)):
        merger.add(paper(name, count))
    merger.close()
    (result,) = [
        (each.pdf and each.pdf.read_bytes(), each.reason)
        for each in convert(str(find_office()), [path], tmp_path / "scratch", 1, odd_pages=odd_pages)
    ]
    assert result[0], result[1]
    assert page_count(result[0]) == pages
    printed = tmp_path / "all.pdf"
    printed.write_bytes(result[0])
    text = subprocess.run(["pdftotext", "-layout", printed, "-"], capture_output=True, text=True, check=True).stdout
    assert [line for line in text.split() if "NUMPAGES" in line] == ["aNUMPAGES:3"] * 3 + ["bNUMPAGES:1", "cNUMPAGES:1"]
