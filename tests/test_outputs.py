"""How outputs come to their place: whole, marked, never over an input or over what somebody has changed."""

from __future__ import annotations

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
import xlsxwriter

from perfxl.outputs import OutputRefused, is_unchanged, read_mark, refuse_output, replacing, write_mark, write_whole

XLSX = (".xlsx",)
ON_UNIX = pytest.mark.skipif(os.name == "nt", reason="links, pipes and permissions of Unix")


def workbook(path: Path, text: str = "一") -> Path:
    book = xlsxwriter.Workbook(str(path))
    book.add_worksheet().write(0, 0, text)
    book.close()
    return path


def output(path: Path, text: str = "一") -> Path:
    with replacing(path, "score", "方案 一&二.xlsx", "1.2") as temporary:
        workbook(temporary, text)
    return path


def refused(path: Path, *inputs: Path, overwrite: bool = False) -> str:
    with pytest.raises(OutputRefused) as caught:
        refuse_output(path, inputs, XLSX, overwrite)
    return caught.value.problem.code


def test_an_output_says_what_it_is(tmp_path: Path) -> None:
    path = output(tmp_path / "得分.xlsx")
    mark = read_mark(path)
    assert mark is not None
    assert (mark.kind, mark.version, mark.source) == ("score", "1.2", "方案 一&二.xlsx")
    assert is_unchanged(path)
    assert openpyxl.load_workbook(path).worksheets[0]["A1"].value == "一"
    assert [p.name for p in tmp_path.iterdir()] == ["得分.xlsx"]


def test_the_same_content_gives_the_same_hash_and_another_another(tmp_path: Path) -> None:
    hashes = [read_mark(output(tmp_path / f"{i}.xlsx", text)) for i, text in enumerate(("一", "一", "二"))]
    assert hashes[0] == hashes[1] != hashes[2]


def test_a_result_of_its_own_is_replaced(tmp_path: Path) -> None:
    path = output(tmp_path / "a.xlsx")
    refuse_output(path, [tmp_path / "program.xlsx", None], XLSX)


def test_what_was_changed_or_is_not_ours_is_kept(tmp_path: Path) -> None:
    path = output(tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["A1"] = "改过"
    book.save(path)
    assert read_mark(path) is not None  # Excel keeps the property as well: still known as a result
    assert refused(path) == "F154"
    refuse_output(path, [], XLSX, overwrite=True)
    assert refused(workbook(tmp_path / "foreign.xlsx")) == "F154"
    (tmp_path / "text.xlsx").write_text("x")
    assert refused(tmp_path / "text.xlsx") == "F154"


@ON_UNIX
def test_no_output_is_an_input_by_any_name(tmp_path: Path) -> None:
    source = workbook(tmp_path / "program.xlsx")
    assert refused(source, source, overwrite=True) == "F152"
    (tmp_path / "link.xlsx").symlink_to(source)
    assert refused(tmp_path / "link.xlsx", source, overwrite=True) == "F152"
    os.link(source, tmp_path / "hard.xlsx")
    assert refused(tmp_path / "hard.xlsx", source, overwrite=True) == "F152"
    assert refused(tmp_path / "x" / ".." / "program.xlsx", source, overwrite=True) == "F152"
    assert refused(tmp_path / "new.xlsx", tmp_path / "new.xlsx") == "F152"


@ON_UNIX
def test_devices_folders_and_pipes_are_no_place(tmp_path: Path) -> None:
    (tmp_path / "folder.xlsx").mkdir()
    os.mkfifo(tmp_path / "pipe.xlsx")
    (tmp_path / "null.xlsx").symlink_to("/dev/null")
    assert {refused(tmp_path / f"{name}.xlsx", overwrite=True) for name in ("folder", "pipe", "null")} == {"F153"}


@pytest.mark.parametrize("name", ["a.xlsm", "a.xls", "a.csv", "a.docx", "a", "a.xlsx.tmp"])
def test_the_extension_fits_the_content(tmp_path: Path, name: str) -> None:
    assert refused(tmp_path / name) == "F155"


@ON_UNIX
def test_permissions_of_what_is_replaced_are_kept(tmp_path: Path) -> None:
    path = output(tmp_path / "a.xlsx")
    path.chmod(0o600)
    output(path, "二")
    assert path.stat().st_mode & 0o777 == 0o600
    other = output(tmp_path / "b.xlsx")
    mask = os.umask(0)
    os.umask(mask)
    assert other.stat().st_mode & 0o777 == 0o666 & ~mask


def test_what_fails_leaves_nothing_and_what_was_there_stays(tmp_path: Path) -> None:
    path = output(tmp_path / "a.xlsx")
    before = path.read_bytes()
    with pytest.raises(RuntimeError), replacing(path, "score") as temporary:
        temporary.write_bytes(b"half")
        raise RuntimeError
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.xlsx"]


def test_the_next_run_removes_what_a_killed_one_left(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from perfxl.outputs import replacing\n"
        "with replacing(Path(sys.argv[1])) as temporary:\n"
        "    temporary.write_bytes(b'half'); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "a.xlsx")], check=False)
    assert len(list(tmp_path.iterdir())) == 1
    output(tmp_path / "b.xlsx")
    assert [p.name for p in tmp_path.iterdir()] == ["b.xlsx"]


def test_other_properties_of_a_document_stay(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    book.add_worksheet()
    book.set_custom_property("部门", "一部")
    book.close()
    write_mark(tmp_path / "a.xlsx", "score", "1", "p.xlsx")
    write_mark(tmp_path / "a.xlsx", "weights", "1", "q.xlsx")
    custom: Any = openpyxl.load_workbook(tmp_path / "a.xlsx").custom_doc_props  # type: ignore[attr-defined]
    assert [(each.name, each.value.split(" ")[0]) for each in custom.props] == [("部门", "一部"), ("perfxl", "weights")]
    assert is_unchanged(tmp_path / "a.xlsx")


def test_a_word_document_is_marked_too(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("合同")
    document.save(str(tmp_path / "a.docx"))
    write_mark(tmp_path / "a.docx", "contract", "1", "p.xlsx")
    assert is_unchanged(tmp_path / "a.docx")
    assert docx.Document(str(tmp_path / "a.docx")).paragraphs[0].text == "合同"
    with zipfile.ZipFile(tmp_path / "a.docx") as archive:
        assert archive.read("[Content_Types].xml").count(b"custom-properties") == 1


@pytest.mark.parametrize("content", [b"", b"PK\3\4", b"text", b"PK\5\6" + bytes(18)])
def test_what_is_no_office_file_has_no_mark(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.xlsx").write_bytes(content)
    assert read_mark(tmp_path / "a.xlsx") is None
    assert not is_unchanged(tmp_path / "a.xlsx")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("图.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>\n'),
        ("页.html", b"<!DOCTYPE html><p>a</p>\n"),
        ("稿.eml", b"X-Unsent: 1\r\n\r\n<p>a</p>\r\n"),
        ("图.png", b"\x89PNG\r\n\x1a\n" + b"\0\0\0\0IDATx\x9c\x03\0" + b"\0\0\0\0IEND\xaeB`\x82"),
    ],
)
def test_pictures_and_pages_are_marked_at_their_end(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    write_whole(path, content, "picture", "方案--> 一&二.xlsx")
    assert path.read_bytes() != content
    mark = read_mark(path)
    assert mark is not None and (mark.kind, mark.source) == ("picture", "方案--> 一&二.xlsx")
    assert is_unchanged(path)
    marked = path.read_bytes()
    if path.suffix == ".svg":
        assert ET.fromstring(marked).tag.endswith("svg")
    if path.suffix == ".png":
        assert marked.endswith(content[-12:]) and marked.startswith(content[:-12])
    path.write_bytes(marked.replace(b"ID", b"IE").replace(b"<p>a", b"<p>b").replace(b"<svg", b"<SVG"))
    assert not is_unchanged(path)
    path.write_bytes(content)
    assert read_mark(path) is None


def test_a_broken_mark_is_replaced_whole(tmp_path: Path) -> None:
    """Found by the fuzz: one byte of the mark's end was another, so that it stayed and was read in place of the new
    one; the file seemed changed as soon as it was written."""
    path = tmp_path / "a.xlsx"
    openpyxl.Workbook().save(path)
    write_mark(path, "score", "1", "p.xlsx")
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["docProps/custom.xml"] = parts["docProps/custom.xml"].replace(b"</property>", b"</propertz>")
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    write_mark(path, "weights", "1", "q.xlsx")
    mark = read_mark(path)
    assert mark is not None and mark.kind == "weights" and is_unchanged(path)
