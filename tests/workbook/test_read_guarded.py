"""A file that needs more than it may costs one problem, and not the run: in a process of its own where it looks odd."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from perfxl.program import load, load_for_papers, load_person
from perfxl.workbook.reading import guarded
from perfxl.workbook.reading import sheet_xml as xml_of_sheets
from perfxl.workbook.reading.guarded import is_odd, read_guarded
from perfxl.workbook.reading.read import read_book, read_large_book
from tests.workbook.books import MAIN, PEOPLE, package, person, save, sheet_xml, text_row
from tests.workbook.test_read_odd_cells import RELATIONS

GOOD = text_row(1, *PEOPLE) + text_row(2, *person(1))
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to a limit of memory")


def fat(path: Path) -> Path:
    """A workbook with more names than anybody needs."""
    names = "".join(f'<definedName name="n{i * 7919 % 1000003}"/>' for i in range(200_000))
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    xml = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{office}"><sheets><sheet name="人员" sheetId="1" r:id="rId1"/></sheets>'
        f"<definedNames>{names}</definedNames></workbook>"
    )
    return package(path, sheet_xml(GOOD), {"xl/workbook.xml": xml})


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fat(tmp_path_factory.mktemp("odd") / "odd.xlsx")


def test_ordinary_files_are_read_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save(tmp_path / "a.xlsx", {"人员": [PEOPLE, *map(person, range(5000))]})
    monkeypatch.setattr(guarded, "_read_apart", lambda *_: pytest.fail("a process for an ordinary file"))
    assert not is_odd(path)
    tables, _, problems = read_guarded(path)
    assert len(tables["people"]) == 5000
    assert problems == read_book(path)[2]
    assert not is_odd(tmp_path) and not is_odd(tmp_path / "nowhere.xlsx")


@pytest.fixture(autouse=True)
def small_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded, "MAX_OTHER_XML", 4 * 2**20)


@pytest.mark.parametrize("large", [False, True])
def test_an_odd_file_that_is_not_too_much_is_read_as_ever(odd: Path, large: bool) -> None:
    assert is_odd(odd)
    tables, info, problems = read_guarded(odd, large=large)
    same, same_info, same_problems = (read_large_book if large else read_book)(odd)
    assert (info, problems) == (same_info, same_problems)
    assert tables["people"].columns == same["people"].columns


@LINUX
def test_what_needs_too_much_is_one_problem_whoever_asks(odd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded, "MEMORY", 60 * 2**20)
    for program in (load(odd)[0], load_for_papers(odd)[0], load_person(odd, "E1")):
        assert [(one.code, one.address.file) for one in program.problems] == [("F117", "odd.xlsx")]
        assert not program.usable


def test_a_script_without_a_main_guard_may_ask(odd: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import multiprocessing, sys\n"
        "multiprocessing.set_start_method('spawn')\n"
        "from perfxl.workbook.reading import guarded\n"
        "guarded.MAX_OTHER_XML = 2**20\n"
        "print(guarded.is_odd(sys.argv[1]), len(guarded.read_guarded(sys.argv[1])[0]['people']))\n",
        encoding="utf-8",
    )
    done = subprocess.run([sys.executable, script, odd], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "1"]


def test_one_that_hangs_is_given_up(odd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded, "SECONDS", 0.01)
    assert [one.code for one in read_guarded(odd)[2]] == ["F117"]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc here to tell the memory of a process")
def test_one_far_row_costs_no_memory(tmp_path: Path) -> None:
    far = '<row r="600000"><c r="B600000" t="inlineStr"><is><t>x</t></is></c></row>'
    path = package(tmp_path / "a.xlsx", sheet_xml(GOOD + far))
    code = (
        "import sys; from perfxl.workbook.reading.read import read_book; tables, _, found = read_book(sys.argv[1]);"
        "print(list(tables['people'].rows), open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    rows, memory = done.stdout.rsplit(" ", 1)
    assert rows == "[2, 600000]"
    assert int(memory) < 300 * 2**10  # KiB


@pytest.mark.parametrize("read", [read_book, read_large_book])
def test_many_cells_of_one_long_text(tmp_path: Path, read: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is a copy in memory where the sheet is read whole."""
    monkeypatch.setattr(xml_of_sheets, "MAX_TEXT", 2**20)
    rows = "".join(
        f'<row r="{i}"><c r="A{i}" t=\'s\'><v>0</v></c><c r="B{i}" t="s"><v>0</v></c></row>' for i in range(3, 99)
    )
    strings = f'<sst xmlns="{MAIN}"><si><t>{"x" * 32767}</t></si></sst>'
    parts = {"xl/sharedStrings.xml": strings, "xl/_rels/workbook.xml.rels": RELATIONS}
    path = package(tmp_path / "a.xlsx", sheet_xml(GOOD + rows), parts)
    assert [one.code for one in read(path)[2]] == ["F117"]  # type: ignore[operator]
