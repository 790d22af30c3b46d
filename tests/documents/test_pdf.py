"""PDFs by LibreOffice: beside the papers, counted, made once; and what is said where it is missing."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest

from perfxl.documents.pdf import convert, find_office, page_count
from perfxl.outputs import is_unchanged
from tests.documents.batch_kit import index_of, make_documents, papers, program_file, run
from tests.documents.contract_book import PEOPLE, book, policy
from tests.documents.docx_kit import paragraphs

WITH_OFFICE = pytest.mark.skipif(find_office() is None, reason="needs LibreOffice")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    told: list[tuple[int, int]] = []
    files, problems = make_documents(
        "contract", book(), policy(), folder, pdf=True, pdf_progress=lambda *at: told.append(at)
    )
    assert len(files) == 3 and problems == []
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]
    return folder


@WITH_OFFICE
def test_a_pdf_beside_each_paper_counted_in_the_index(made: Path) -> None:
    assert {path.stem for path in made.glob("*.pdf")} == {path.stem for path in made.glob("*.docx")}
    for row in index_of(made):
        said = subprocess.run(["pdfinfo", made / row["文件"].replace(".docx", ".pdf")], capture_output=True, text=True)
        assert f"Pages:           {row['页数']}\n" in said.stdout
    assert [path.name for path in (made / ".perfxl").iterdir() if path.is_dir() and any(path.iterdir())] == []


@WITH_OFFICE
def test_only_what_is_missing_is_made_again(made: Path) -> None:
    first, second, third = sorted(made.glob("*.pdf"))
    first.unlink()
    second.write_bytes(b"somebody's own")
    kept = third.stat().st_mtime_ns
    told: list[tuple[int, int]] = []
    _, problems = make_documents("contract", book(), policy(), made, pdf=True, pdf_progress=lambda *at: told.append(at))
    assert [problem.code for problem in problems] == ["D222", "F154"]
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert first.read_bytes().startswith(b"%PDF") and is_unchanged(first)
    assert second.read_bytes() == b"somebody's own"
    assert third.stat().st_mtime_ns == kept


@WITH_OFFICE
def test_a_pdf_that_says_something_else_by_now_goes(made: Path, tmp_path: Path) -> None:
    make_documents("contract", book(), policy(), tmp_path, only=["E003"], pdf=True)
    assert len(list(tmp_path.glob("*.pdf"))) == 1
    changed = book(people=[{**p, "post": "大客户部经理"} if p["person"] == "E003" else p for p in PEOPLE])
    make_documents("contract", changed, policy(), tmp_path, only=["E003"])
    assert not list(tmp_path.glob("*.pdf"))
    assert [row["页数"] for row in index_of(tmp_path)] == [None]


@WITH_OFFICE
def test_an_archive_holds_them_too(made: Path, tmp_path: Path) -> None:
    archive = tmp_path / "all.zip"
    files, _ = make_documents("contract", book(), policy(), made, pdf=True, archive=archive)
    assert files[-1] == archive
    with zipfile.ZipFile(archive) as packed:
        assert {n: packed.read(n) for n in packed.namelist() if n != "index.xlsx"} == {
            name: content for name, content in papers(made).items() if name != "index.xlsx"
        }


@WITH_OFFICE
def test_a_document_that_is_none_does_not_stop_the_others(tmp_path: Path) -> None:
    sources = []
    for number, content in enumerate((paragraphs("one"), b"PK\3\4 no document", paragraphs("two"))):
        folder = tmp_path / str(number)
        folder.mkdir()
        sources.append(folder / "同名.docx")
        sources[-1].write_bytes(content)
    work = tmp_path / "work"
    converted = convert(find_office() or "", sources, work, 2)
    found = [(one.source, one.pdf and page_count(one.pdf.read_bytes())) for one in converted]
    assert found == [(sources[0], 1), (sources[1], None), (sources[2], 1)]
    assert list(work.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="a PATH of Unix")
def test_without_libreoffice_the_papers_are_made_and_it_is_said(tmp_path: Path) -> None:
    result = run("contract", program_file(12), "-o", tmp_path, "--pdf", PATH=str(Path(sys.executable).parent))
    assert result.returncode == 1 and "LibreOffice" in result.stdout
    assert list(tmp_path.glob("*.docx")) and not list(tmp_path.glob("*.pdf"))


def test_pages_are_counted_in_plain_and_packed_files() -> None:
    tree = b"1 0 obj <</Type /Pages /Kids [2 0 R] /Count 7 >> endobj"
    assert page_count(b"%PDF-1.4\n" + tree) == 7
    packed = zlib.compress(b"<</Count 12 /Type/Pages>>")
    assert page_count(b"%PDF-1.7\n5 0 obj <</Type /ObjStm /N 1>>\nstream\n" + packed + b"\nendstream") == 12
    assert page_count(b"%PDF-1.4 nothing") == 0
