"""Where every command writes: never over an input by whatever name, never into a device or folder, never over what
somebody has changed; whole or not at all. A command that writes has its line here."""

from __future__ import annotations

import os
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import openpyxl
import pytest

from perfxl import assets, disk, sample
from perfxl.cli import main
from perfxl.cli.options import parser
from perfxl.outputs import is_unchanged, read_mark
from perfxl.workbook.program.book import write_program

# What is typed, for a file: {p} the program, {t} a template of one's own, {d} a folder, {o} the output; its extension,
# the mark's kind, the input that it may be mistaken for (blank for none).
FILES = {
    "check": ("check {p} -o {o}", ".xlsx", "check", "p"),
    "cascade": ("cascade {p} -o {o}", ".xlsx", "cascade", "p"),
    "cascade into": ("cascade {p} -o {d}/分解.xlsx --into {o}", ".xlsx", "program", "p"),
    "import": ("import {p} -o {o}", ".xlsx", "program", "p"),
    "weights": ("weights {p} -o {o}", ".xlsx", "weights", "p"),
    "score": ("score {p} -o {o}", ".xlsx", "score", "p"),
    "collect": ("collect {p} {d} -o {o}", ".xlsx", "program", "p"),
    "collect report": ("collect {p} {d} -o {d}/结果.xlsx --report {o}", ".xlsx", "progress", "p"),
    "mail": ("distribute {p} -o {d} --jobs 1 --mail {o}", ".xlsx", "mail", "p"),
    "mail template": ("distribute {p} -o {d} --jobs 1 --template {f} --mail {o}", ".xlsx", "mail", "f"),
    "zip": ("documents contract {p} -o {d} --jobs 1 --zip {o}", ".zip", "archive", "p"),
    "merge": ("documents contract {p} -o {d} --jobs 1 --merge {o}", ".docx", "print", "p"),
    "merge template": ("documents contract {p} -o {d} --jobs 1 --template {t} --merge {o}", ".docx", "print", "t"),
    "adopt": ("templates adopt {t} -o {o}", ".docx", "template", "t"),
    "fields xlsx": ("templates fields contract -o {o}", ".xlsx", "fields", ""),
    "fields docx": ("templates fields contract -o {o}", ".docx", "fields", ""),
    "addin": ("addin build -o {o}", ".xlam", "addin", ""),
    "addin calc": ("addin build --calc -o {o}", ".oxt", "addin", ""),
    "relink": ("addin relink {p} -o {o}", ".xlsx", "relinked", "p"),
    "lambda": ("addin lambda {p} -o {o}", ".xlsx", "lambda", "p"),
}
LISTS = ("mail", "mail template")  # made beside the workbooks: one that is kept is told with what else was found
FOLDERS = {
    "documents": "documents contract {p} --jobs 1 -o {o}",
    "cascade pictures": "cascade {p} -o {d}/分解.xlsx --pictures {o}",
    "distribute": "distribute {p} -o {o}",
    "new": "new {o}",
    "demo": "demo {o} --people 12",
    "templates": "templates build {o}",
}
ON_UNIX = pytest.mark.skipif(os.name == "nt", reason="links, devices and limits of Unix")
Run = Callable[..., int]


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("original") / "方案.xlsx"
    write_program(path, sample.program(12), blank_rows=1)
    return path


@pytest.fixture
def place(original: Path, tmp_path: Path) -> Path:
    """A folder with the inputs."""
    shutil.copy(original, tmp_path / "方案.xlsx")
    shutil.copy(assets.doc_templates() / "contract.zh.docx", tmp_path / "模板.docx")
    shutil.copy(assets.workbook_templates() / "manager.zh.xlsx", tmp_path / "填报表.xlsx")
    (tmp_path / "out").mkdir()
    (tmp_path / "papers").mkdir()
    return tmp_path


def run(command: str, place: Path, output: Path, *more: str) -> int:
    """The exit code."""
    named = {"p": place / "方案.xlsx", "t": place / "模板.docx", "f": place / "填报表.xlsx"}
    named |= {"d": place / "papers", "o": output}
    return main([*(word.format(**named) for word in command.split()), *more])


def lines(said: pytest.CaptureFixture[str]) -> list[str]:
    """What is said of errors; how far the work is, is told there too."""
    return said_of_errors(said.readouterr().err)


def said_of_errors(text: str) -> list[str]:
    return [line for line in text.splitlines() if not re.search(r"\d+/\d+", line)]


def test_every_command_that_writes_has_its_line() -> None:
    commands = next(action for action in parser()._actions if action.dest == "command").choices
    assert commands is not None
    writing = {name for name, command in commands.items() if "--overwrite" in command.format_help()}  # type: ignore[attr-defined]
    assert {line[0].split()[0] for line in FILES.values()} | {line.split()[0] for line in FOLDERS.values()} == writing
    assert set(commands) - writing == {"explain", "verify"}


@ON_UNIX
@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        *((name, wrong) for name in FILES for wrong in ("folder", "device", "pipe", "loop", "extension")),
        *((name, wrong) for name in FILES if FILES[name][3] for wrong in ("input", "link", "hard link", "other path")),
    ],
)
def test_an_output_that_may_not_be(name: str, wrong: str, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command, suffix, _, mistaken = FILES[name]
    source = {"p": place / "方案.xlsx", "t": place / "模板.docx", "f": place / "填报表.xlsx"}.get(mistaken)
    assert source or wrong in ("folder", "device", "pipe", "loop", "extension")
    output = place / "out" / f"结果{suffix}"
    if wrong in ("input", "other path"):
        output = Path(f"{source}") if wrong == "input" else Path(f"{place}/out/../{Path(str(source)).name}")
    elif wrong == "link":
        output.symlink_to(str(source))
    elif wrong == "hard link":
        os.link(str(source), output)
    elif wrong == "folder":
        output.mkdir()
    elif wrong == "device":
        output = Path("/dev/null")
    elif wrong == "loop":
        output.symlink_to(output.name)
    elif wrong == "pipe":
        os.mkfifo(output)
    else:
        output = output.with_suffix(".txt" if name in LISTS else ".csv")
    before, held = sorted(place.rglob("*")), [path.read_bytes() for path in sorted(place.glob("*.*"))]
    assert run(command, place, output, "--overwrite") == 2
    (line,) = lines(capsys)
    assert str(output) in line or output.name in line or (source and source.name in line)
    assert sorted(place.rglob("*")) == before
    assert [path.read_bytes() for path in sorted(place.glob("*.*"))] == held


@ON_UNIX
@pytest.mark.parametrize("name", FOLDERS)
@pytest.mark.parametrize("wrong", ["input", "link", "device", "loop"])
def test_a_folder_that_may_not_be(name: str, wrong: str, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inner = place / "out" / "x"
    output = {"input": place / "方案.xlsx", "device": Path("/dev/null")}.get(wrong, inner)
    if wrong == "link":
        output.symlink_to(place / "方案.xlsx")
    elif wrong == "loop":
        output.symlink_to(output.name)
    before, held = sorted(place.rglob("*")), (place / "方案.xlsx").read_bytes()
    assert run(FOLDERS[name], place, output) == 2
    assert len(lines(capsys)) == 1
    assert (sorted(place.rglob("*")), (place / "方案.xlsx").read_bytes()) == (before, held)


@ON_UNIX
@pytest.mark.parametrize(
    "command",
    [
        *(f"{name} {{l}}.xlsx -o {{o}}.xlsx" for name in ("check", "score", "weights", "cascade", "import")),
        "explain {l}.xlsx E1",
        "documents contract {l}.xlsx --jobs 1 -o {d}",
        "documents contract {p} --jobs 1 -o {d} --template {l}.docx",
        "distribute {l}.xlsx -o {d}",
        "collect {p} {l}.xlsx -o {o}.xlsx",
        "templates check {l}.docx --kind contract",
    ],
)
def test_an_input_that_is_a_link_to_itself_is_called_that(
    command: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It was said that the right to read it is missing, and `import` ended in an error inside perfxl."""
    for suffix in (".xlsx", ".docx"):
        (place / f"环{suffix}").symlink_to(f"环{suffix}")
    named = {"l": place / "环", "p": place / "方案.xlsx", "d": place / "papers", "o": place / "out" / "结果"}
    assert main([word.format(**named) for word in command.split()]) in (1, 2)
    said = capsys.readouterr()
    assert "绕回自己的链接" in said.out + said.err
    assert "权限，" not in said.out + said.err


@ON_UNIX
def test_a_broken_link_in_a_folder_that_is_imported_is_named(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "papers" / "环.xlsx").symlink_to("环.xlsx")
    shutil.copy(place / "方案.xlsx", place / "papers")
    assert run("import {d} -o {o}", place, place / "out" / "结果.xlsx") in (0, 1)
    assert "链接后面没有文件" in capsys.readouterr().out


# Commands that read a folder, and write a file that may lie in it: what the file would be, and another option for it.
FROM_FOLDERS = {
    "import": "import {d} -o {o}",
    "collect": "collect {p} {d} -o {o}",
    "collect report": "collect {p} {d} -o {d}/../结果.xlsx --report {o}",
    "collect sent": "collect {p} {d}/.. -o {o} --sent {d}",
}


@pytest.mark.parametrize("way", ["itself", "link"])
@pytest.mark.parametrize("name", FROM_FOLDERS)
def test_a_file_of_a_folder_that_is_read_is_an_input(
    name: str, way: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --overwrite the table that was to be imported, or somebody's answers, were replaced by the result, and so
    was a form that came back as it had gone out, without it."""
    table = lone_table(place / "papers" / "甲.xlsx")
    lone_table(place / "papers" / "乙.xlsx")
    before, output = table.read_bytes(), table
    if way == "link":
        output = place / "out" / "另名.xlsx"
        os.link(table, output)
    assert run(FROM_FOLDERS[name], place, output, "--overwrite") == 2
    assert [line for line in lines(capsys) if "F152" in line or "输入文件不会被改动" in line]
    assert table.read_bytes() == before


def test_what_an_import_made_in_the_folder_that_it_reads_is_replaced(place: Path) -> None:
    lone_table(place / "papers" / "甲.xlsx")
    for _ in range(2):
        assert run("import {d} -o {o}", place, place / "papers" / "方案.xlsx") in (0, 1)
    assert run("import {d} -o {o}", place, place / "papers" / "新.xlsx") in (0, 1)


@pytest.mark.parametrize("option", ["--back", "--drafts"])
@pytest.mark.parametrize("inside", ["", "发回"])
def test_copies_and_drafts_do_not_go_among_what_came_back(
    option: str, inside: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The folder was taken for one of the output, and nothing in it was read, with exit 0."""
    (place / "papers" / "发回").mkdir()
    came = lone_table(place / "papers" / "发回" / "甲.xlsx")
    before = came.read_bytes()
    command = f"collect {{p}} {place / 'papers' / inside} -o {{o}} {option} {place / 'papers' / inside}"
    assert run(command, place, place / "out" / "结果.xlsx") == 2
    assert [line for line in lines(capsys) if "输入文件不会被改动" in line]
    assert came.read_bytes() == before and not (place / "out" / "结果.xlsx").exists()


def lone_table(path: Path) -> Path:
    book = openpyxl.Workbook()
    for row in (("姓名", "指标名称", "权重(%)", "目标值", "实际完成值"), ("甲", "收入", 100, 100, 90)):
        book.worksheets[0].append(row)
    book.save(path)
    return path


@pytest.mark.parametrize("name", FILES)
def test_what_is_not_ours_is_kept_and_what_is_is_replaced(
    name: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command, suffix, kind, mistaken = FILES[name]
    output = place / "out" / f"结果{suffix}"
    output.write_bytes(b"mine")
    assert run(command, place, output) == 1
    captured = capsys.readouterr()
    assert len(said_of_errors(captured.err)) == 1 or (name in LISTS and output.name in captured.out)
    assert output.read_bytes() == b"mine"
    output.chmod(0o640)
    mode = output.stat().st_mode
    assert run(command, place, output, "--overwrite") in (0, 1)
    mark = read_mark(output)
    assert mark is not None and is_unchanged(output)
    made_from = {"adopt": "模板.docx", "collect report": "结果.xlsx", **dict.fromkeys(LISTS, "")}.get(name, "方案.xlsx")
    assert (mark.kind, mark.source) == (kind, made_from if mistaken else "")
    assert run(command, place, output) in (0, 1)
    assert is_unchanged(output)
    assert output.stat().st_mode == mode  # of which Windows keeps whether it may be written
    beside = {"结果_收集进度.xlsx"} if name == "collect" else set()
    assert {path.name for path in (place / "out").iterdir()} == {output.name, *beside}


@contextmanager
def small_files(size: int) -> Iterator[None]:
    """No file may grow beyond this size: what a full disk or a quota gives."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("name", [name for name in FOLDERS if name != "demo"])  # which has its own below
def test_what_was_edited_in_a_folder_is_kept(name: str, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of each kind of file one that somebody has changed: kept and named, exit 1."""
    command, folder = FOLDERS[name], place / "out"
    assert run(command, place, folder) in (0, 1)
    made = [path for path in folder.rglob("*") if read_mark(path) and ".perfxl" not in path.parts]
    edited = list({path.suffix: path for path in made if path.parent.name != "_下发记录"}.values())
    assert edited
    for path in edited:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path, "a") as archive:
                archive.writestr("docProps/edited.xml", "<edited/>")
        else:
            path.write_bytes(path.read_bytes() + b"edited")
    before = [path.read_bytes() for path in edited]
    capsys.readouterr()
    assert run(command, place, folder) == 1
    captured = capsys.readouterr()
    assert any(path.name in captured.out + captured.err for path in edited)
    assert [path.read_bytes() for path in edited] == before


@ON_UNIX
@pytest.mark.parametrize("name", FILES)
def test_a_full_disk_leaves_nothing(name: str, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = place / "out" / f"结果{FILES[name][1]}"
    with small_files(2048):
        assert run(FILES[name][0], place, output) == 2
    assert len(lines(capsys)) == 1
    assert not list((place / "out").iterdir())


@ON_UNIX
@pytest.mark.parametrize("name", FOLDERS)
def test_a_full_disk_leaves_only_whole_files(name: str, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with small_files(2048):
        assert run(FOLDERS[name], place, place / "out") == 2
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    assert not [path for path in (place / "out").rglob("*") if path.is_file() and path.parent.name != ".perfxl"]


@pytest.mark.parametrize("name", [*FILES, *FOLDERS])
def test_a_folder_that_may_not_be_written(name: str, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One that a file is in the way of: administrators may write where others may not."""
    (place / "out").rmdir()
    (place / "out").write_bytes(b"a file")
    command, output = (FILES[name][0], f"结果{FILES[name][1]}") if name in FILES else (FOLDERS[name], "inner")
    assert run(command, place, place / "out" / output) == 2
    assert len(lines(capsys)) == 1 or name == "new"
    assert (place / "out").read_bytes() == b"a file"


@pytest.mark.parametrize("name", FILES)
def test_who_stops_it_finds_nothing_left(name: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(finished: Path, path: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(disk, "replace", stop)
    assert run(FILES[name][0], place, place / "out" / f"结果{FILES[name][1]}") == 130
    assert not list((place / "out").iterdir())
    assert not list(place.glob(".~*"))


def test_the_demo_runs_again_and_keeps_what_was_edited(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["demo", str(tmp_path), "--people", "12"]
    assert main(command) == 0
    assert main(command) == 0
    scores = tmp_path / "考核得分.xlsx"
    assert read_mark(scores)
    scores.write_bytes(b"edited")
    capsys.readouterr()
    assert main(command) == 1
    assert "考核得分.xlsx" in lines(capsys)[0]
    assert scores.read_bytes() == b"edited"
    assert main([*command, "--overwrite"]) == 0


def test_templates_are_built_again_but_edited_ones_are_kept(tmp_path: Path) -> None:
    command = ["templates", "build", str(tmp_path)]
    assert main(command) == 0
    assert main(command) == 0
    edited = tmp_path / "doc_templates" / "contract.zh.docx"
    edited.write_bytes(b"edited")
    assert main(command) == 1
    assert edited.read_bytes() == b"edited"


@pytest.mark.parametrize("name", ["check", "cascade", "import", "weights", "score"])
def test_a_folder_that_is_not_there_yet_is_made(name: str, place: Path) -> None:
    target = place / "年" / "月" / "结果.xlsx"
    assert run(FILES[name][0], place, target) in (0, 1)
    assert target.is_file()


def test_a_folder_that_is_not_there_is_told_in_the_users_language(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("addin build -o {o}", place, place / "无" / "a.xlam") == 2
    (said,) = lines(capsys)
    assert "没有这个文件夹" in said


def test_no_module_of_perfxl_writes_past_the_opener() -> None:
    """Files are opened for writing where they are whole or not at all; each module that does is named here."""
    allowed = {
        "outputs.py",  # the opener
        "table_store.py",  # the temporary folder
        "unforeseen.py",  # the report of a fault
        "cli/template_commands.py", "ooxml/edit.py", "ooxml/zip_write.py", "ooxml/spool.py",  # a path that is opened
        "documents/batch/index.py", "documents/batch/manifest.py", "documents/batch/outputs.py",
        "documents/batch/workspace.py",  # the folder's own place
        "documents/batch/locks.py",  # the lock beside an output, in which nothing is written
        "documents/field_list.py", "cli/addin_commands.py", "excel/calc/build.py", "excel/addin/install.py",
        "ribbon/buttons.py",  # the page of help
        "documents/pdf.py",  # a path that is opened
        "documents/template/compiled.py",  # an example
        "exchange/send.py", "exchange/record.py", "exchange/marking.py",  # a path that is opened
        "analysis/loaded.py",  # bytes that are read as a file, in a private folder
        "exchange/finding.py", "exchange/passwords.py", "exchange/reading.py",  # a private folder
        "ribbon/background.py", "ribbon/worker.py",  # a private folder, in which a job tells how far it is
        "exchange/bundles.py",  # a path that is opened
        "workbook/writing.py",  # sheets of a book under way, deflated in its private folder
        "workbook/template/mixed_book.py",  # parts in the private folder of a book under way
        "documents/template/parts.py", "documents/template/sources.py", "documents/template/fallback.py",  # in memory
    }  # fmt: skip
    package = Path(assets.__file__).parent
    writing = re.compile(
        r"\.write_(?:bytes|text)\(|open\(\s*[\"'](?:r\+|w|a|x)b?|ZipFile\([^)]*[\"'](?:w|a|x)[\"']|mkstemp"
        r"|open_file\([^)]*[\"'](?:r\+|w|a|x)"
    )
    found = {p.relative_to(package).as_posix() for p in package.rglob("*.py") if writing.search(p.read_text("utf-8"))}
    assert found <= allowed
