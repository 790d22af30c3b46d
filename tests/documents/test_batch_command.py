"""perfxl documents as users run it: what is made, chosen, packed, listed, refused."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest

from perfxl import sample
from perfxl.cli import main
from perfxl.workbook.program.book import write_program
from tests.documents.batch_kit import index_of, papers, prints, program_file, run
from tests.documents.papers import whole_text

PEOPLE = 24
ON_UNIX = pytest.mark.skipif(os.name == "nt", reason="permissions and disks of Unix")


@pytest.fixture(scope="module")
def program() -> Path:
    return program_file(PEOPLE)


@pytest.fixture(scope="module")
def made(program: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All contracts, made by the command."""
    folder = tmp_path_factory.mktemp("made")
    assert main(["documents", "contract", str(program), "-o", str(folder)]) == 0
    return folder


def contracts() -> list[tuple[str, str]]:
    book = sample.program(PEOPLE, 7, "zh")
    return list(zip(book["contracts"].column("contract"), book["contracts"].column("holder"), strict=True))


def units_below(name: str) -> set[str]:
    """The people of a unit and of those below it."""
    book = sample.program(PEOPLE, 7, "zh")
    parents = dict(zip(book["units"].column("unit"), book["units"].column("parent"), strict=True))
    names = dict(zip(book["units"].column("unit"), book["units"].column("name"), strict=True))

    def above(unit: str | None) -> set[str]:
        return {names[unit], *above(parents[unit])} if unit else set()

    people = zip(book["people"].column("person"), book["people"].column("unit"), strict=True)
    return {person for person, unit in people if name in above(unit)}


def test_every_contract_is_made_and_listed_with_a_link(made: Path) -> None:
    rows = index_of(made)
    assert [row["编号"] for row in rows] == [contract for contract, _ in contracts()]
    assert {row["状态"] for row in rows} == {"已生成"}
    files = papers(made)
    assert {row["link"] for row in rows} == files.keys() - {"index.xlsx"}
    assert all(row["编号"] in whole_text(made / row["文件"]) for row in rows)


def test_the_same_again_changes_nothing_and_says_so(
    program: Path, made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.stat().st_mtime_ns for path in made.glob("*.docx")}
    assert main(["documents", "contract", str(program), "-o", str(made)]) == 0
    assert {path: path.stat().st_mtime_ns for path in made.glob("*.docx")} == before
    assert f"{len(before)} 份与上次相同" in capsys.readouterr().out


def test_only_some_leave_the_others_in_the_index(program: Path, made: Path, tmp_path: Path) -> None:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    (contract, holder), *_ = contracts()
    (lost,) = (path for path in tmp_path.glob("*.docx") if contract in path.name)
    lost.unlink()
    assert main(["documents", "contract", str(program), "-o", str(tmp_path), "--only", f" {holder},"]) == 0
    assert prints(tmp_path) == prints(made)


def test_a_unit_and_all_below_it(program: Path, tmp_path: Path, made: Path) -> None:
    assert main(["documents", "contract", str(program), "-o", str(tmp_path), "--unit", "营销公司"]) == 0
    wanted = {contract for contract, holder in contracts() if holder in units_below("营销公司")}
    assert 1 < len(wanted) < len(contracts())
    assert {row["编号"] for row in index_of(tmp_path)} == wanted


def test_a_unit_that_is_none(program: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["documents", "contract", str(program), "-o", str(tmp_path / "out"), "--unit", "月球部"]) == 1
    assert "月球部" in capsys.readouterr().out
    assert not (tmp_path / "out").exists()


def test_all_kinds_go_to_folders_of_their_own(program: Path, tmp_path: Path, made: Path) -> None:
    assert main(["documents", "all", str(program), "-o", str(tmp_path)]) == 0
    files = papers(tmp_path)
    assert {f"业绩合同/{name}" for name in papers(made) if name != "index.xlsx"} <= files.keys()
    assert {row["link"] for row in index_of(tmp_path)} == files.keys() - {"index.xlsx"}
    assert len({row["种类"] for row in index_of(tmp_path)}) > 1


def test_an_archive_holds_the_same_papers(program: Path, made: Path, tmp_path: Path) -> None:
    archive = tmp_path / "打包" / "合同.zip"
    assert main(["documents", "contract", str(program), "-o", str(tmp_path), "--zip", str(archive)]) == 0
    with zipfile.ZipFile(archive) as packed:
        assert packed.testzip() is None
        assert all(entry.flag_bits & 0x800 for entry in packed.infolist() if not entry.filename.isascii())
        packed.extractall(tmp_path / "unpacked")
    held, folder = papers(tmp_path / "unpacked"), papers(made)
    assert {n: c for n, c in held.items() if n != "index.xlsx"} == {
        n: c for n, c in folder.items() if n != "index.xlsx"
    }
    assert all((tmp_path / "unpacked" / row["link"]).exists() for row in index_of(tmp_path / "unpacked"))
    assert not list(tmp_path.glob("*.docx")) and not list(archive.parent.glob(".*"))


def test_the_index_says_which_print_file_a_paper_is_in(program: Path, tmp_path: Path) -> None:
    print_file = tmp_path / "打印.docx"
    (_, first), (_, second), *_ = contracts()
    command = ["documents", "contract", str(program), "-o", str(tmp_path / "out"), "--only", f"{first},{second}"]
    assert main([*command, "--merge", str(print_file)]) == 0 and print_file.exists()
    rows = index_of(tmp_path / "out")
    assert [(row["文件"], row["link"], row["状态"]) for row in rows] == [("打印.docx", None, "已生成")] * 2


def test_an_id_that_there_is_no_paper_for_is_told(
    program: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (_, holder), *_ = contracts()
    command = ["documents", "contract", str(program), "-o", str(tmp_path), "--only", f"{holder},E-nobody"]
    assert main(command) == 1 and "E-nobody" in capsys.readouterr().out
    assert len(list(tmp_path.glob(f"{holder}*.docx"))) == 1


def test_only_what_has_changed_since_last_time(program: Path, made: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    shutil.copytree(made, folder)
    assert main(["documents", "contract", str(program), "-o", str(folder), "--since", "last", "--zip", "a.zip"]) == 0
    assert not Path("a.zip").exists()  # nothing to put into it
    changed = tmp_path / "changed.xlsx"
    holder = rename_a_holder(program, changed)
    archive = tmp_path / "changed.zip"
    command = ["documents", "contract", str(changed), "-o", str(folder), "--zip", str(archive), "--since"]
    for since in ("last", str(date.today() + timedelta(days=1))):
        assert main([*command, since]) == 0
        with zipfile.ZipFile(archive) as packed:
            assert [name for name in packed.namelist() if name.startswith(holder)]
            assert len(packed.namelist()) < PEOPLE / 2
        archive.unlink()
        assert main([*command, "last"]) == 0  # told once
        assert not archive.exists()
        shutil.rmtree(folder)
        shutil.copytree(made, folder)
    assert main([*command, "2020-01-01"]) == 0  # before the first
    with zipfile.ZipFile(archive) as packed:
        assert len(packed.namelist()) == len(contracts()) + 1


def rename_a_holder(program: Path, target: Path) -> str:
    """A copy of the workbook in which somebody has got another name; nobody's superior, so few papers change."""
    book = openpyxl.load_workbook(program)
    superiors = set(sample.program(PEOPLE, 7, "zh")["contracts"].column("issuer"))
    holder = next(holder for _, holder in contracts() if holder not in superiors)
    for row in book["人员"].iter_rows():
        if row[0].value == holder:
            row[1].value = "欧阳改名"
    book.save(target)
    return holder


def test_what_cannot_be_made_is_listed_and_the_rest_is_made(program: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.xlsx"
    tables = sample.program(PEOPLE, 7, "zh")
    (contract, holder), *_ = contracts()
    people = tables["people"].columns
    people["person"] = ["E-nobody" if person == holder else person for person in people["person"]]
    write_program(broken, tables, "zh")
    result = run("contract", broken, "-o", tmp_path / "out")
    assert result.returncode == 1
    assert holder in result.stdout and "Traceback" not in result.stderr
    failed = [row for row in index_of(tmp_path / "out") if row["状态"] == "未生成"]
    assert contract in [row["编号"] for row in failed]
    assert all(row["原因"] and not row["link"] for row in failed)
    assert len(list((tmp_path / "out").glob("*.docx"))) == len(contracts()) - len(failed) > 0


def test_a_template_of_ones_own_is_for_one_kind(
    program: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["documents", "all", str(program), "-o", str(tmp_path / "out"), "--template", "x.docx"]
    assert main(arguments) == 1
    assert "--template" in capsys.readouterr().out
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (["--jobs", "0"], "--jobs"),
        (["--since", "昨天"], "--since"),
        (["--zip", "papers.docx"], ".zip"),
        (["--merge", "papers.zip"], ".docx"),
        (["--executor", "dask:nowhere"], "dask:nowhere"),
    ],
)
def test_options_that_are_wrong(
    wrong: list[str], said: str, program: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code = main(["documents", "contract", str(program), "-o", str(tmp_path / "out"), *wrong])
    except SystemExit as stopped:
        code = int(str(stopped.code))
    assert code == 2 and said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_an_unknown_kind_names_the_known_ones(
    program: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["documents", "letter", str(program), "-o", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert "letter" in said and "contract" in said and "all" in said


def test_a_line_of_progress_where_there_is_no_terminal(program: Path, tmp_path: Path) -> None:
    result = run("contract", program, "-o", tmp_path)
    number = len(contracts())
    assert f"{number}/{number}" in result.stderr and "份/秒" in result.stderr


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[Path]:
    """A folder that nothing can be written to. The administrator may write where others may not, but not to a disk that
    is read-only."""
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o555)
    is_administrator = os.geteuid() == 0
    if is_administrator:
        mount(folder, "ro")
    yield folder
    if is_administrator:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount(disk, "size=160k")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def mount(folder: Path, options: str) -> None:
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no mounting here")


@ON_UNIX
def test_a_folder_that_may_not_be_written(program: Path, locked: Path, tmp_path: Path) -> None:
    for where in (["-o", locked], ["-o", locked / "new" / "folder"]):
        result = run("contract", program, *where)
        assert result.returncode == 2, result.stderr
        assert "没有权限" in result.stderr and "Traceback" not in result.stderr
    for option, name in (("--zip", "papers.zip"), ("--merge", "papers.docx")):
        result = run("contract", program, "-o", tmp_path / "out", option, locked / name)
        assert result.returncode == 2, result.stderr
        assert str(locked / name) in result.stderr and "Traceback" not in result.stderr
    assert not list(locked.iterdir())


@ON_UNIX
@pytest.mark.parametrize("options", [[], ["--zip", "papers.zip"], ["--merge", "papers.docx"]])
def test_a_disk_that_is_full(options: list[str], program: Path, small_disk: Path, tmp_path: Path) -> None:
    place = ["-o", small_disk / "out"]
    if options:
        place = ["-o", tmp_path / "out", options[0], small_disk / options[1]]
    result = run("contract", program, *place)
    assert result.returncode == 2
    assert "磁盘已满" in result.stderr and "Traceback" not in result.stderr
    left = papers(small_disk)
    if options:
        assert not left
    else:
        assert left and all(zipfile.is_zipfile(small_disk / name) for name in left)
        assert f"已生成 {len(left)} 份" in result.stderr


@ON_UNIX
def test_a_disk_without_any_room_keeps_no_folder_either(program: Path, small_disk: Path) -> None:
    """Empty folders of papers, forms, templates and programs stayed behind, and a lock beside nothing."""
    with (small_disk / "fill").open("wb", buffering=0) as file, suppress(OSError):
        while file.write(b"0" * 4096):
            pass
    out = small_disk / "out" / "deep"
    for command in (
        ["documents", "contract", program, "-o", out],
        ["distribute", program, "-o", out],
        ["weights", program, "-o", out / "权重.xlsx"],
        ["new", out],
        ["templates", "build", out],
    ):
        assert main([str(each) for each in command]) == 2
        assert [each.name for each in small_disk.iterdir()] == ["fill"], command
    gc.collect()  # what an exception held open would keep the disk from being taken away
