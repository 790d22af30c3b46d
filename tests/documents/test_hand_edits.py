"""What somebody has written into a paper, or put in its place, is kept and named, whatever part of a batch is made."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

import docx
import pytest

from perfxl.cli import main
from perfxl.core.problems import Problem
from perfxl.core.records import Records
from tests.documents.batch_kit import make_documents, papers, program_file
from tests.documents.contract_book import PEOPLE, UNITS, book, policy
from tests.documents.papers import whole_text

NEW_UNIT = "集团营销事业部"
MANAGER = "E002"  # of that unit


def make(
    folder: Path, held: dict[str, Records] | None = None, **options: object
) -> tuple[Sequence[Path], list[Problem]]:
    return make_documents("contract", held or book(), policy(), folder, **options)


def other_unit() -> dict[str, Records]:
    """The unit has another name: its people's papers change, their files' names do not."""
    return book(units=[{**unit, "name": NEW_UNIT} if unit["unit"] == "U1" else unit for unit in UNITS])


def edit(path: Path) -> bytes:
    document = docx.Document(str(path))
    document.add_paragraph("面谈时补充")
    document.save(str(path))
    return path.read_bytes()


def paper_of(files: Sequence[Path], person: str) -> Path:
    return next(path for path in files if path.name.startswith(person))


@pytest.mark.parametrize("since", ["last", "2999-01-01"])
def test_an_edit_is_named_though_nothing_else_has_changed(tmp_path: Path, since: str) -> None:
    files, _ = make(tmp_path)
    held = edit(files[0])
    _, problems = make(tmp_path, since=since)
    assert [(each.code, str(each.address)) for each in problems] == [("F154", files[0].name), ("D223", "")]
    assert files[0].read_bytes() == held


def test_a_paper_that_was_taken_away_is_no_edit(tmp_path: Path) -> None:
    files, _ = make(tmp_path)
    files[0].unlink()
    assert [each.code for each in make(tmp_path, since="last")[1]] == ["D223"]


@pytest.mark.parametrize("options", [{}, {"since": "last"}, {"only": [MANAGER]}], ids=["all", "since", "only"])
def test_what_is_new_comes_beside_an_edit(tmp_path: Path, options: dict[str, object]) -> None:
    files, _ = make(tmp_path)
    mine = paper_of(files, MANAGER)
    held = edit(mine)
    for _ in range(2):  # as long as it is there
        _, problems = make(tmp_path, other_unit(), **options)
        if "since" not in options:
            assert [(each.code, str(each.address)) for each in problems if each.code == "D160"] == [("D160", mine.name)]
        assert mine.read_bytes() == held
        beside = mine.with_name(f"{mine.stem} (2).docx")
        assert NEW_UNIT in whole_text(beside)
        assert not mine.with_name(f"{mine.stem} (3).docx").exists()
    mine.unlink()
    make(tmp_path, other_unit())
    assert NEW_UNIT in whole_text(mine) and not beside.exists()


def test_overwriting_leaves_nothing_beside(tmp_path: Path) -> None:
    files, _ = make(tmp_path)
    mine = paper_of(files, MANAGER)
    edit(mine)
    again, problems = make(tmp_path, other_unit(), overwrite=True)
    assert list(again) == list(files) and [each.code for each in problems] == ["D222"]
    assert NEW_UNIT in whole_text(mine) and "面谈时补充" not in whole_text(mine)


def test_a_foreign_file_of_the_same_name_stays(tmp_path: Path) -> None:
    other = tmp_path / "other"
    name = make(other)[0][0].name
    out = tmp_path / "out"
    out.mkdir()
    for content in (b"not even Word", edit(other / name)):
        (out / name).write_bytes(content)
        files, problems = make(out)
        assert (out / name).read_bytes() == content
        assert [(each.code, str(each.address)) for each in problems if each.code != "D222"] == [("D160", name)]
        assert len(files) == 3 and out / f"{Path(name).stem} (2).docx" in files


def test_an_edit_stays_under_the_old_name_of_a_person_and_is_named(tmp_path: Path) -> None:
    files, _ = make(tmp_path)
    mine = paper_of(files, MANAGER)
    held = edit(mine)
    renamed = book(people=[{**p, "name": "林小梅"} if p["person"] == MANAGER else p for p in PEOPLE])
    again, problems = make(tmp_path, renamed)
    assert mine.read_bytes() == held and len(again) == 3
    assert [(each.code, str(each.address)) for each in problems if each.code != "D222"] == [("F154", mine.name)]


@pytest.mark.parametrize("option", ["--zip", "--merge"])
def test_single_files_that_somebody_has_changed_stay(option: str, tmp_path: Path) -> None:
    single = tmp_path / ("all.zip" if option == "--zip" else "all.docx")
    command = ["documents", "contract", str(program_file(8)), "-o", str(tmp_path / "out"), option, str(single)]
    assert main(command) in (0, 1) and single.exists()
    if option == "--zip":
        with zipfile.ZipFile(single, "a") as archive:
            archive.writestr("备注.txt", "面谈时补充")
    held = single.read_bytes() if option == "--zip" else edit(single)
    for more in ([], ["--since", "2000-01-01"]):
        assert main([*command, *more]) == 1
        assert single.read_bytes() == held and not papers(tmp_path / "out").keys() - {"index.xlsx"}


def test_the_command_says_so_and_exits_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["documents", "contract", str(program_file(8)), "-o", str(tmp_path)]
    main(command)
    mine = next(tmp_path.glob("*.docx"))
    held = edit(mine)
    for more in ([], ["--since", "last"], ["--only", mine.name.split()[0]]):
        capsys.readouterr()
        assert main([*command, *more]) == 1
        assert "F154" in capsys.readouterr().out and mine.read_bytes() == held
