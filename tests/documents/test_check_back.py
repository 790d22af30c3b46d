"""The code of a printed paper: what it says, and what `perfxl verify` answers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfxl.documents.batch.issued import code_of, make_qr, qr_text, read_code
from perfxl.documents.batch.manifest import Manifest
from tests.documents.batch_kit import ROOT, papers, program_file, run
from tests.documents.docx_kit import texts_of
from tests.documents.picture_kit import illustrated, shown

PEOPLE = 12


def verify(*arguments: object) -> subprocess.CompletedProcess[str]:
    own = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "perfxl", "verify", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=own, check=False)


def answer(*arguments: object) -> tuple[int, dict[str, Any], set[str]]:
    done = verify(*arguments, "--json")
    assert "Traceback" not in done.stderr, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return done.returncode, told, {each["code"] for each in told["problems"]}


@pytest.fixture
def issued(tmp_path: Path) -> tuple[Path, list[str]]:
    """A folder of notices with code and QR code, and the command that made it."""
    template = tmp_path / "notice.docx"
    template.write_bytes(illustrated(["qr"], text="{{ verify_code }}"))
    command = ["notice", str(program_file(PEOPLE)), "-o", str(tmp_path / "out"), "--template", str(template)]
    done = run(*command)
    assert "已生成" in done.stdout, done.stdout + done.stderr
    return tmp_path / "out", command


def a_paper(folder: Path) -> tuple[str, bytes]:
    name = next(name for name in papers(folder) if name.endswith(".docx"))
    return name, papers(folder)[name]


def test_a_printed_paper_is_what_was_issued(issued: tuple[Path, list[str]]) -> None:
    folder, _ = issued
    name, content = a_paper(folder)
    code = texts_of(content)[0]
    assert read_code(code) == code
    exit_code, told, problems = answer(code.lower().replace("-", " "), "--in", folder.parent)
    assert (exit_code, problems, told["genuine"]) == (0, set(), True)
    assert told["file"] == name
    assert told["person"] == " ".join(name.split(" ")[:2])
    assert told["total"]
    assert told["number"].startswith("TZ-")
    [qr] = shown(content)
    text = qr_text("notice", {each: told[each] for each in ("number", "person", "total")}, code, "zh")
    assert qr == make_qr(text).packed.data
    assert code in text and told["total"] in text
    assert answer(text, "--in", folder)[0] == 0
    assert answer(text.replace(told["total"], "119.99"), "--in", folder)[2] == {"D273"}


def test_what_was_not_issued_or_is_mistyped_is_said(issued: tuple[Path, list[str]], tmp_path: Path) -> None:
    folder, _ = issued
    code = texts_of(a_paper(folder)[1])[0]
    assert answer(code_of("notice", "E1", "0"), "--in", folder)[2] == {"D270"}
    other = "7" if code[0] != "7" else "8"
    assert answer(other + code[1:], "--in", folder)[2] == {"D271"}
    assert answer("something", "--in", folder)[2] == {"D271"}
    (tmp_path / "empty").mkdir()
    assert answer(code, "--in", tmp_path / "empty")[2] == {"D274"}
    assert verify(code, "--in", folder).returncode == 0
    assert code in verify(code, "--in", folder).stdout


def test_a_paper_that_another_took_the_place_of_is_known_as_that(
    issued: tuple[Path, list[str]], tmp_path: Path
) -> None:
    folder, command = issued
    code = texts_of(a_paper(folder)[1])[0]
    book = openpyxl.load_workbook(program_file(PEOPLE))
    for row in book["人员"].iter_rows(min_row=2):
        for cell in row:
            if isinstance(cell.value, str) and cell.value in a_paper(folder)[0].split(" ")[1]:
                cell.value += "甲"
    book.save(tmp_path / "changed.xlsx")
    run(command[0], tmp_path / "changed.xlsx", *command[2:])
    again = {texts_of(content)[0] for name, content in papers(folder).items() if name.endswith(".docx")}
    assert code not in again
    assert answer(code, "--in", folder)[2] == {"D272"}
    assert all(answer(each, "--in", folder)[0] == 0 for each in sorted(again)[:2])


def test_codes_tell_every_slip_of_one_letter() -> None:
    code = code_of("notice", "E1", "abc")
    letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    wrong = [
        code[:at] + letter + code[at + 1 :] for at in range(19) for letter in letters if code[at] not in ("-", letter)
    ]
    assert not [each for each in wrong if read_code(each)]
    assert read_code(f"核验：perfxl verify {code.replace('0', 'O').replace('1', 'l')}。") == code
    assert len({code_of("notice", f"E{number}", "abc") for number in range(2000)}) == 2000


def test_the_record_of_other_papers_is_as_it_was(tmp_path: Path) -> None:
    """Papers without a code say nothing more in the manifest; an older manifest is read."""
    path = tmp_path / "manifest.jsonl"
    path.write_text('{"kind":"notice","record":"E1","hash":"1","file":"a.docx","at":"2025-01-01T00:00:00"}\n')
    manifest = Manifest(path)
    entry = manifest.latest(("notice", "E1"))
    assert entry is not None
    assert entry.issued == {}
    manifest.add(entry)
    manifest.close()
    assert "issued" not in path.read_text()
