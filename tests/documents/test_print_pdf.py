"""The PDF of a print file: made of parts, in order, with progress, whatever the number of papers."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from perfxl.documents import pdf
from perfxl.documents.batch import outputs
from perfxl.documents.pdf import JoinedPdf, find_office, page_count
from perfxl.outputs import is_unchanged
from tests.documents.batch_kit import make_documents
from tests.documents.contract_book import book, policy
from tests.documents.docx_kit import OFFICE, TABLE, WORD, P, bare, paragraphs, with_part

pytestmark = pytest.mark.skipif(find_office() is None, reason="needs LibreOffice")


def text(path: Path) -> str:
    done = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True)
    return "".join(done.stdout.split())


def test_parts_are_joined_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, told = tmp_path / "whole.docx", []
    files, problems = make_documents("contract", book(), policy(), tmp_path / "a", print_file=whole, pdf=True)
    monkeypatch.setattr(outputs, "_PAPERS_A_PART", 1)
    parts = tmp_path / "parts.docx"
    more, other = make_documents(
        "contract", book(), policy(), tmp_path / "b", print_file=parts, pdf=True, jobs=2,
        pdf_progress=lambda *at: told.append(at),
    )  # fmt: skip
    assert not problems and not other and list(more) == [parts, parts.with_suffix(".pdf")] and len(files) == 2
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert text(parts.with_suffix(".pdf")) == text(whole.with_suffix(".pdf"))
    made = parts.with_suffix(".pdf")
    assert is_unchanged(made) and page_count(made.read_bytes()) == page_count(whole.with_suffix(".pdf").read_bytes())
    assert [path.name for path in (tmp_path / "b" / ".perfxl" / "scratch").glob("*")] == []


def test_a_part_that_fails_is_told_and_nothing_is_half_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outputs, "_PAPERS_A_PART", 1)
    monkeypatch.setattr(pdf, "_SECONDS", (0, 0))
    monkeypatch.setattr(pdf, "_BYTES_A_SECOND", 10**9)
    whole = tmp_path / "whole.docx"
    files, problems = make_documents("contract", book(), policy(), tmp_path / "a", print_file=whole, pdf=True)
    assert [each.code for each in problems] == ["D233"] and list(files) == [whole]
    assert not whole.with_suffix(".pdf").exists()


def test_notes_begin_at_1_and_the_pages_of_the_last_paper_are_counted(tmp_path: Path) -> None:
    """LibreOffice numbered the notes through, and lost the mark behind a table that the whole ends with."""
    notes = (
        f'<w:footnotes xmlns:w="{WORD}"><w:footnote w:id="1">{P("{{ holders[0].name }}")}</w:footnote></w:footnotes>'
    )
    field = '<w:p><w:fldSimple w:instr=" NUMPAGES "><w:r><w:t>1</w:t></w:r></w:fldSimple></w:p>'
    noted = '<w:p><w:r><w:t>甲</w:t></w:r><w:r><w:footnoteReference w:id="1"/></w:r></w:p>'
    template = tmp_path / "t.docx"
    content_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    body = with_part(
        bare(noted + TABLE([("a", "b")]), field),
        "word/footnotes.xml",
        notes.encode(),
        content_type,
        f"{OFFICE}/footnotes",
    )
    template.write_bytes(body)
    whole = tmp_path / "whole.docx"
    _, problems = make_documents(
        "contract", book(), policy(), tmp_path / "a", template=template, print_file=whole, pdf=True
    )
    assert not [each for each in problems if each.code == "D233"]
    said = text(whole.with_suffix(".pdf"))
    assert said.count("甲1") == 3 and "甲2" not in said and "Error" not in said


def test_the_limit_grows_with_the_pages(tmp_path: Path) -> None:
    short, long = tmp_path / "short.docx", tmp_path / "long.docx"
    short.write_bytes(paragraphs("甲"))
    long.write_bytes(bare(P("一段不长不短的文字，用来占页。" * 3) * 20_000, P("甲")))
    assert pdf._patience(long) > 4 * pdf._patience(short)
    (tmp_path / "none.docx").write_bytes(b"no document")
    assert pdf._patience(tmp_path / "none.docx") == pdf._patience(short)


def test_one_part_is_taken_as_it_is(tmp_path: Path) -> None:
    one = tmp_path / "one.pdf"
    one.write_bytes(b"%PDF-1.4 whole")
    joined = JoinedPdf(tmp_path)
    joined.add(one)
    joined.write(tmp_path / "made.pdf", "x")
    joined.close()
    assert [path.name for path in tmp_path.iterdir()] == ["made.pdf"]
    assert (tmp_path / "made.pdf").read_bytes() == b"%PDF-1.4 whole"
