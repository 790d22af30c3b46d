"""What lies in the folders that came back: found under any name, in archives and with passwords; nothing else read."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from perfxl.core.problems import Problem
from perfxl.disk import WINDOWS
from perfxl.exchange.finding import Found, find_returned
from perfxl.exchange.reading import read_all
from tests.exchange.test_collect_merge import Mail, put

msoffcrypto = pytest.importorskip("msoffcrypto")


def find(place: Path, *passwords: str) -> tuple[list[Found], list[Problem]]:
    scratch = place.parent / "scratch"
    scratch.mkdir(exist_ok=True)
    return find_returned([place], scratch, passwords)


def form(tmp_path: Path) -> bytes:
    mail = Mail(tmp_path)
    return mail.answer(0, lambda book: put(book, "S000", 55)).read_bytes()


def encrypted(content: bytes, password: str) -> bytes:
    from msoffcrypto.format.ooxml import OOXMLFile

    out = io.BytesIO()
    OOXMLFile(io.BytesIO(content)).encrypt(password, out)
    return out.getvalue()


def gbk_zip(name: str, content: bytes) -> bytes:
    """As Windows' Explorer in China makes one: GBK names, no sign that says so."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("?" * len(name.encode("gb18030"))), content)
    raw = out.getvalue()
    return raw.replace(b"?" * len(name.encode("gb18030")), name.encode("gb18030"))


def test_subfolders_archives_and_names(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    content = form(tmp_path / "m")
    back = tmp_path / "收件"
    (back / "一部" / "子").mkdir(parents=True)
    (back / "一部" / "子" / "回复.xlsx").write_bytes(content)
    (back / "打包.zip").write_bytes(gbk_zip("张三的表.xlsx", content))
    with zipfile.ZipFile(back / "外层.zip", "w") as outer:
        outer.writestr("里层.zip", gbk_zip("李四.xlsx", content))
        outer.writestr("照片.jpg", b"x")
    (back / "~$回复.xlsx").write_bytes(b"lock")
    (back / "说明.docx").write_bytes(b"x")
    found, problems = find(back)
    names = {"一部/子/回复.xlsx", "外层.zip/里层.zip/李四.xlsx", "打包.zip/张三的表.xlsx"}
    assert {each.name for each in found} == names
    assert [(each.code, each.details["count"]) for each in problems] == [("T125", 2)]
    assert problems[0].message("en").endswith(": 外层.zip/照片.jpg, 说明.docx")
    returned = read_all(found)
    assert {each.name for each in returned} == names
    assert all(len(each.rows["actuals"].records) == 4 for each in returned)


def test_a_form_whose_ending_was_lost_is_found_by_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    content = form(tmp_path / "m")
    back = tmp_path / "back"
    back.mkdir()
    for name in ("填报", "填报.xlsx.dat", "填报表.zip"):
        (back / name).write_bytes(content)
    with zipfile.ZipFile(back / "包.zip", "w") as archive:
        archive.writestr("附件", content)
        archive.writestr("说明.docx", b"PK no")
    found, problems = find(back)
    assert {each.name for each in found} == {"填报", "填报.xlsx.dat", "填报表.zip", "包.zip/附件"}
    assert [(each.code, each.details["count"]) for each in problems] == [("T125", 1)]
    assert all(len(each.rows["actuals"].records) == 4 for each in read_all(found))


def test_passwords_are_tried(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    back = tmp_path / "back"
    back.mkdir()
    (back / "a.xlsx").write_bytes(encrypted(form(tmp_path / "m"), "秘密1"))
    found, problems = find(back, "错的", "秘密1")
    assert not problems
    (one,) = read_all(found)
    assert one.rows["actuals"].records.column("value")[0] == 55.0
    found, problems = find(back, "错的")
    assert not found
    assert [(each.code, each.address.file) for each in problems] == [("T128", "a.xlsx")]


def test_damaged_archives_and_bombs_are_one_problem_each(tmp_path: Path) -> None:
    back = tmp_path / "back"
    back.mkdir()
    (back / "坏.zip").write_bytes(b"PK\3\4 no archive")
    with zipfile.ZipFile(back / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.xlsx", "w") as file:
        for _ in range(600):
            file.write(bytes(2**20))
    found, problems = find(back)
    assert not found
    assert sorted(each.code for each in problems) == ["F109", "T127"]


@pytest.mark.skipif(WINDOWS, reason="processes have no limit of memory there")
def test_a_hostile_file_costs_one_problem(tmp_path: Path) -> None:
    """A cell far away, texts of gigabytes, entities: each is one problem of its own file, and the others are read."""
    (tmp_path / "m").mkdir()
    good = form(tmp_path / "m")
    back = tmp_path / "back"
    back.mkdir()
    (back / "b_good.xlsx").write_bytes(good)
    book = openpyxl.Workbook()
    book.create_sheet("x")["XFD1048576"] = 1
    book.save(back / "a_far.xlsx")
    parts = {
        name: zipfile.ZipFile(io.BytesIO(good)).read(name) for name in zipfile.ZipFile(io.BytesIO(good)).namelist()
    }
    for name, change in (
        ("c_entity", {"xl/workbook.xml": b'<!DOCTYPE a [<!ENTITY b "c">]>' + parts["xl/workbook.xml"]}),
        ("d_spaces", {"xl/theme/theme1.xml": b"<a>" + b" " * 300_000_000 + b"</a>"}),
    ):
        with zipfile.ZipFile(back / f"{name}.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
            for part, content in {**parts, **change}.items():
                archive.writestr(part, content)
    (back / "e_cut.xlsx").write_bytes(good[: len(good) // 2])
    found, _ = find(back)
    returned = {each.name: each for each in read_all(found)}
    assert len(returned) == 5
    assert returned["b_good.xlsx"].rows["actuals"].records.column("value")[0] == 55.0
    for name in ("a_far.xlsx", "c_entity.xlsx", "d_spaces.xlsx", "e_cut.xlsx"):
        assert not returned[name].rows, name
        if name != "a_far.xlsx":
            assert [each for each in returned[name].problems if each.severity == "error"], name


def test_processes_read_the_same(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    content = form(tmp_path / "m")
    back = tmp_path / "back"
    back.mkdir()
    for number in range(50):
        (back / f"{number:02}.xlsx").write_bytes(content if number != 7 else content[:500])
    found, _ = find(back)
    one, two = read_all(found), read_all(found, workers=2)
    assert [each.name for each in two] == [each.name for each in one]
    assert [{job: rows.records.columns for job, rows in each.rows.items()} for each in two] == [
        {job: rows.records.columns for job, rows in each.rows.items()} for each in one
    ]
    assert [[p.code for p in each.problems] for each in two] == [[p.code for p in each.problems] for each in one]
