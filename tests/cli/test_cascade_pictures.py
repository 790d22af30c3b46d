"""`perfxl cascade` with pictures, and --for a leader: the part below, and nobody else in a single byte."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from perfxl import sample
from perfxl.cli import main
from perfxl.core.cascade.people import People
from perfxl.core.cascade.tree import build_tree
from perfxl.core.records import from_rows
from perfxl.outputs import is_unchanged
from perfxl.pictures import album
from perfxl.program import Program, load
from perfxl.workbook.program.book import write_program
from tests.cli.test_generate_command import fill
from tests.cli.test_generate_command import typed as typed  # the fixture

PEOPLE = 60


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("program") / "方案.xlsx"
    write_program(path, sample.program(PEOPLE), blank_rows=1)
    return path


@pytest.fixture(scope="module")
def whole(program: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    assert main(["cascade", str(program), "-o", str(folder / "分解.xlsx"), "--pictures", str(folder / "图")]) == 0
    return folder


def test_the_workbook_holds_both_sheets_of_pictures(whole: Path) -> None:
    pytest.importorskip("resvg_py", reason="resvg-py is not installed: the sheets say so, and hold no pictures")
    book = openpyxl.load_workbook(whole / "分解.xlsx")
    pictures = {sheet.title: len(sheet._images) for sheet in book.worksheets if sheet._images}  # type: ignore[attr-defined]
    drawn = [path.stem for path in (whole / "图").glob("*.png")]
    assert pictures == {name: sum(stem.startswith(name) for stem in drawn) for name in ("战略地图", "分解图")}
    assert all(pictures.values())


def test_the_folder_holds_marked_files_that_a_new_run_replaces(whole: Path, program: Path) -> None:
    made = sorted((whole / "图").iterdir())
    assert {path.suffix for path in made} >= {".svg", ".html"}
    assert all(is_unchanged(path) for path in made)
    page = whole / "图" / "目标分解.html"
    before = page.read_bytes()
    command = ["cascade", str(program), "-o", str(whole / "分解.xlsx"), "--pictures", str(whole / "图")]
    page.write_bytes(before + b"edited")
    assert main(command) == 1
    assert page.read_bytes() == before + b"edited"
    page.write_bytes(before)
    assert main(command) == 0


def test_without_the_renderer_the_rest_is_made_and_one_line_says_why(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "resvg_py", None)
    out, folder = tmp_path / "分解.xlsx", tmp_path / "图"
    assert main(["cascade", str(program), "-o", str(out), "--pictures", str(folder), "--json"]) == 0
    codes = [each["code"] for each in json.loads(capsys.readouterr().out)["problems"]]
    assert codes.count("C260") == 1
    assert {path.suffix for path in folder.iterdir()} == {".svg", ".html"}
    sheet = openpyxl.load_workbook(out)["分解图"]
    assert "没有生成" in str(sheet["A4"].value)


def words_of_others(program: Program, leader: str) -> list[str]:
    """Names and IDs of everybody outside a leader's part, without those that stand inside it too."""
    people = People(program.tables)
    inside = people.below(leader)
    names = program.tables["people"]
    pairs = dict(zip(names.column("person"), names.column("name"), strict=True))
    own = {word for person in inside for word in (person, pairs[person])}
    return [
        word for person, name in pairs.items() if person not in inside for word in (person, name) if word not in own
    ]


def parts(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file's bytes, and of workbooks every part's, unpacked."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.name, path.read_bytes()
            if path.suffix == ".xlsx":
                with zipfile.ZipFile(path) as archive:
                    for name in archive.namelist():
                        yield f"{path.name}!{name}", archive.read(name)


@pytest.mark.parametrize("depth", [1, 2])
def test_a_leader_gets_what_lies_below_and_nobody_else(program: Path, whole: Path, tmp_path: Path, depth: int) -> None:
    read, _ = load(program)
    people = People(read.tables)
    heads = [head for unit, head in people.heads.items() if head and people.depth(unit) == depth]
    leader = max(heads, key=lambda head: len(people.below(head)))
    inside = people.below(leader)
    assert 3 < len(inside) < PEOPLE
    out, folder = tmp_path / "out" / "分解.xlsx", tmp_path / "out" / "图"
    assert main(["cascade", str(program), "-o", str(out), "--pictures", str(folder), "--for", leader]) == 0
    others = words_of_others(read, leader)
    assert len(others) > PEOPLE / 2
    leaks = [
        (name, word)
        for name, data in parts(tmp_path / "out")
        for word in others
        if word.encode() in data or word.encode("utf-16-le") in data
    ]
    assert not leaks
    # What would be found, if it were there.
    everything = b"".join(data for _, data in parts(whole))
    assert sum(word.encode() in everything for word in others) > len(others) / 2
    page = next(folder.glob("*.html")).read_text("utf-8")
    named = dict(zip(*(read.tables["people"].column(column) for column in ("person", "name")), strict=True))
    rows = openpyxl.load_workbook(out)["分解矩阵"].iter_rows(min_row=5, min_col=4, max_col=4, values_only=True)
    holders = {node.person for node in build_tree(read.tables).nodes if node.person in inside}
    assert {name for (name,) in rows if name} == {named[person] for person in holders}
    assert holders == set(re.findall(r'"w":"([^"]+)"', page))


def test_the_leaders_list_folds(program: Path, tmp_path: Path) -> None:
    read, _ = load(program)
    head = next(head for unit, head in People(read.tables).heads.items() if People(read.tables).depth(unit) == 0)
    out = tmp_path / "分解.xlsx"
    assert main(["cascade", str(program), "-o", str(out), "--for", head]) == 0
    sheet = openpyxl.load_workbook(out)["分解矩阵"]
    levels = [sheet.row_dimensions[row].outlineLevel or 0 for row in range(5, sheet.max_row + 1)]
    assert levels[0] == 0 and max(levels) >= 2
    assert sheet.sheet_properties.outlinePr is not None and sheet.sheet_properties.outlinePr.summaryBelow is False


def test_a_leader_whom_nobody_knows(program: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "分解.xlsx"
    assert main(["cascade", str(program), "-o", str(out), "--for", "没有这个人"]) == 2
    assert "没有这个人" in capsys.readouterr().err
    assert not out.exists()


def test_a_leader_by_a_name_that_two_have_or_nearly_right(
    typed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = openpyxl.load_workbook(typed)
    fill(book, "人员", ["姓名"], [(None,)] * 3 + [("周 杰",), ("周杰",)])
    book.save(typed)

    def refused(asked: str) -> tuple[str, str]:
        capsys.readouterr()
        assert main(["cascade", str(typed), "-o", str(tmp_path / "分解.xlsx"), "--for", asked, "--json"]) == 2
        (about,) = json.loads(capsys.readouterr().out)["problems"]
        return about["code"], about["message"]

    code, message = refused("周杰")
    assert code == "C307" and "P4 (销售部)" in message and "P5 (销售部)" in message
    code, message = refused("李 刚强")
    assert code == "C263" and "李强" in message
    assert main(["cascade", str(typed), "-o", str(tmp_path / "分解.xlsx"), "--for", "李 强"]) == 0


def test_problems_that_name_others_are_counted_only(program: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(program)
    read, _ = load(program)
    people = People(read.tables)
    leader = max(
        (head for unit, head in people.heads.items() if head and people.depth(unit) == 1),
        key=lambda head: len(people.below(head)),
    )
    inside = people.below(leader)
    names = dict(zip(read.tables["people"].column("person"), read.tables["people"].column("name"), strict=True))
    outsider = next(person for person in names if person not in inside)
    lines = read.tables["contracts"]
    row = next(i for i, holder in enumerate(lines.column("holder")) if holder in inside)
    sheet = book[lines.sheet]
    issuer = lines.letters["issuer"]
    sheet[f"{issuer}{lines.rows[row]}"] = f"{names[outsider]}误"  # nobody: a problem that quotes the cell
    changed = tmp_path / "方案.xlsx"
    book.save(changed)
    out = tmp_path / "out" / "分解.xlsx"
    assert main(["cascade", str(changed), "-o", str(out), "--for", leader]) == 1
    problems = openpyxl.load_workbook(out)["问题"]
    assert "C264" in {str(row[1].value) for row in problems.iter_rows(min_row=5)}
    assert not [name for name, data in parts(tmp_path / "out") if names[outsider].encode() in data]


def test_a_large_program_is_drawn_only_where_that_is_asked_for(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(album, "MOST_LINES", 100)
    out = tmp_path / "分解.xlsx"
    assert main(["cascade", str(program), "-o", str(out), "--json"]) == 0
    codes = [each["code"] for each in json.loads(capsys.readouterr().out)["problems"]]
    assert codes.count("C265") == 1
    assert "分解图" not in openpyxl.load_workbook(out, read_only=True).sheetnames


def test_a_leaders_part_makes_no_new_program(program: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, into = tmp_path / "分解.xlsx", tmp_path / "新方案.xlsx"
    assert main(["cascade", str(program), "-o", str(out), "--for", "P1", "--into", str(into)]) == 2
    assert "--into" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_program_without_objectives_or_lines_says_so_on_both_sheets(tmp_path: Path) -> None:
    path, out = tmp_path / "空.xlsx", tmp_path / "分解.xlsx"
    write_program(path, {"units": from_rows("units", [{"unit": "GS", "name": "公司"}])}, blank_rows=1)
    main(["cascade", str(path), "-o", str(out), "--pictures", str(tmp_path / "图")])
    book = openpyxl.load_workbook(out)
    assert "没有目标" in str(book["战略地图"]["A4"].value)
    assert "没有可画" in str(book["分解图"]["A4"].value)
    assert [path.suffix for path in (tmp_path / "图").iterdir()] == [".html"]
