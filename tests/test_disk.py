"""Files on the users' machines, simulated here: locks that pass and locks that stay, folders without rights, names
whose case does not count, paths too long for Windows."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import tempfile
import time
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from perfxl import disk
from perfxl.core.problems import Problem
from perfxl.documents.pdf import find_office
from perfxl.outputs import KeptElsewhere, OutputRefused, explain_error, refuse_output, replacing
from perfxl.workbook.writing import new_workbook
from tests.locks import ACCESS_DENIED, DeniedByWindows, Locks, locks

__all__ = ["locks"]


def write(path: Path, text: str = "新") -> None:
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def refusal(path: Path, *inputs: Path) -> Problem:
    with pytest.raises(OutputRefused) as caught:
        refuse_output(path, inputs, [path.suffix], overwrite=True)
    return caught.value.problem


@pytest.mark.parametrize("winerror", [32, 33, ACCESS_DENIED])
def test_simulated_a_scanner_holds_a_file_for_a_moment(winerror: int, locks: Locks, tmp_path: Path) -> None:
    locks.scan(lambda path: "~perfxl" in path, 0.06, winerror)
    write(tmp_path / "得分.xlsx")
    assert locks.refusals and [p.name for p in tmp_path.iterdir()] == ["得分.xlsx"]


def test_simulated_no_right_is_told_at_once_elsewhere_than_on_windows(tmp_path: Path) -> None:
    tries = []

    def denied() -> None:
        tries.append(1)
        raise PermissionError(errno.EACCES, "denied")

    with pytest.raises(PermissionError):
        disk.patiently(denied)
    assert len(tries) == 1


def test_simulated_a_thousand_files_that_stay_held_do_not_take_an_hour(
    monkeypatch: pytest.MonkeyPatch, locks: Locks, tmp_path: Path
) -> None:
    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(time, "sleep", lambda seconds: clock.__setitem__(0, clock[0] + seconds))
    monkeypatch.setattr(disk, "_given_up", 0)
    path = tmp_path / "a.docx"
    path.touch()
    locks.hold(path)
    for _ in range(1_000):
        with pytest.raises(PermissionError):
            disk.remove(path)
    assert clock[0] < 100


def test_simulated_a_result_whose_place_is_held_gets_a_free_name_and_says_so(locks: Locks, tmp_path: Path) -> None:
    path = tmp_path / "得分.xlsx"
    path.write_text("旧", encoding="utf-8")
    (tmp_path / "得分 (2).xlsx").touch()
    locks.hold(path)
    with pytest.raises(KeptElsewhere) as caught:
        write(path)
    assert caught.value.kept == tmp_path / "得分 (3).xlsx"
    assert caught.value.kept.read_text(encoding="utf-8") == "新" and path.read_text(encoding="utf-8") == "旧"
    reason = explain_error(caught.value, path)
    assert "得分 (3).xlsx" in reason.zh and "得分 (3).xlsx" in reason.en
    assert not list(tmp_path.glob(".~*"))


def test_simulated_an_add_in_that_excel_holds_leaves_no_second_one_for_excel(locks: Locks, tmp_path: Path) -> None:
    place = tmp_path / "XLSTART" / "perfxl.xlam"
    place.parent.mkdir()
    place.write_bytes(b"old")
    locks.hold(place)
    with pytest.raises(PermissionError), replacing(place, folder=tmp_path) as temporary:
        temporary.write_bytes(b"new")
    assert [p.name for p in place.parent.iterdir()] == ["perfxl.xlam"]


def test_simulated_what_is_open_is_refused_before_any_work(locks: Locks, tmp_path: Path) -> None:
    path = tmp_path / "全部.docx"
    path.write_text("旧", encoding="utf-8")
    refuse_output(path, [], [".docx"], overwrite=True)
    locks.hold(path)
    assert refusal(path).name == "output_in_use"


@pytest.mark.parametrize(
    "owner", ["~$考核得分汇总表.docx", "~$年度考核得分汇总表.docx", ".~lock.年度考核得分汇总表.docx#"]
)
def test_simulated_the_reason_names_who_has_it_open(owner: str, tmp_path: Path) -> None:
    (tmp_path / owner).touch()
    path = tmp_path / "年度考核得分汇总表.docx"
    assert "Word" in explain_error(DeniedByWindows(32, path), path).zh
    assert "杀毒软件" in explain_error(DeniedByWindows(32, path), tmp_path / "另.docx").zh
    assert explain_error(PermissionError(errno.EACCES, "denied"), tmp_path / "另.docx").zh == "没有权限"


def test_simulated_a_folder_of_windows_without_rights_is_tried_for_two_seconds_not_for_ever(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """python/cpython#66305: there `tempfile` goes on with another name, two thousand million times."""
    monkeypatch.setattr(tempfile, "mkstemp", lambda *_, **__: pytest.fail("a name of tempfile"))
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda *_, **__: pytest.fail("a name of tempfile"))
    monkeypatch.setattr(disk, "WINDOWS", True)
    monkeypatch.setattr(disk, "_PATIENCE", 0.1)
    tried: list[str] = []

    def denied(path: object, *_: object, **__: object) -> Any:
        tried.append(str(path))
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr("builtins.open", denied)
    begun = time.monotonic()
    for make in (disk.new_file, disk.open_scratch):
        with pytest.raises(PermissionError):
            make(tmp_path)
    assert time.monotonic() - begun < 2 and len(tried) < 20


def test_no_module_takes_a_temporary_name_of_tempfile() -> None:
    """All of `tempfile` that tries names; where the system's temporary folder is may be asked."""
    names = ("mkstemp", "mkdtemp", "NamedTemporaryFile", "TemporaryFile", "TemporaryDirectory", "SpooledTemporaryFile")
    package = Path(disk.__file__).parent
    modules = [
        path for path in package.rglob("*.py") if any(f"{n}(" in path.read_text(encoding="utf-8") for n in names)
    ]
    assert not modules


def test_a_number_that_a_killed_run_had_too_is_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(disk, "_numbers", iter(range(10)))
    first = disk.new_file(tmp_path)
    monkeypatch.setattr(disk, "_numbers", iter(range(10)))
    assert disk.new_file(tmp_path) != first


def test_a_scratch_file_leaves_nothing(tmp_path: Path) -> None:
    with disk.open_scratch(tmp_path) as file:
        file.write(b"abc")
        file.seek(0)
        assert file.read() == b"abc"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("path", "form"),
    [
        (r"C:\考核\结果", "\\\\?\\C:\\考核\\结果"),
        (r"C:\考核\..\结果", "\\\\?\\C:\\结果"),
        (r"\\server\share\考核", "\\\\?\\UNC\\server\\share\\考核"),
        ("//server/share/考核", "\\\\?\\UNC\\server\\share\\考核"),
        ("\\\\?\\C:\\考核", "\\\\?\\C:\\考核"),
    ],
)
def test_simulated_long_paths_of_windows(path: str, form: str) -> None:
    assert disk.extended(path) == form


def test_simulated_only_long_paths_are_given_in_that_form(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "WINDOWS", True)
    assert disk.reachable(r"C:\a.xlsx") == r"C:\a.xlsx"
    assert disk.reachable("C:\\" + "考" * 250).startswith("\\\\?\\C:\\")


@pytest.fixture
def any_case(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that keeps the case of names and does not tell it apart, as those of Windows and macOS."""
    real_stat, real_lstat = os.stat, os.lstat

    def folded(look: Callable[..., os.stat_result]) -> Callable[..., os.stat_result]:
        def find(path: Any, *arguments: Any, **options: Any) -> os.stat_result:
            if isinstance(path, str | os.PathLike):
                found = Path("/")
                for part in Path(path).absolute().parts[1:]:
                    inside = [entry.name for entry in found.iterdir()] if found.is_dir() else []
                    alike = [name for name in inside if name.casefold() == part.casefold()]
                    found = found / (part if part in alike or not alike else alike[0])
                path = found
            return look(path, *arguments, **options)

        return find

    for name, look in (("stat", real_stat), ("lstat", real_lstat)):
        wrapped = folded(look)
        guard: list[bool] = []

        def outermost(*a: Any, look: Any = look, wrapped: Any = wrapped, guard: Any = guard, **o: Any) -> Any:
            if guard:
                return look(*a, **o)
            guard.append(True)
            try:
                return wrapped(*a, **o)
            finally:
                guard.pop()

        monkeypatch.setattr(os, name, outermost)


def test_simulated_one_file_in_two_spellings(any_case: None, tmp_path: Path) -> None:
    (tmp_path / "Plan.xlsx").touch()
    assert disk.is_same_file(tmp_path / "plan.xlsx", tmp_path / "Plan.xlsx")
    assert disk.is_same_file(tmp_path / "neu.xlsx", tmp_path / "NEU.xlsx")  # neither is there yet
    assert not disk.is_same_file(tmp_path / "plan.xlsx", tmp_path / "plan2.xlsx")
    assert refusal(tmp_path / "PLAN.xlsx", tmp_path / "Plan.xlsx").name == "output_is_input"


def test_where_case_counts_two_spellings_are_two_files(tmp_path: Path) -> None:
    (tmp_path / "Plan.xlsx").touch()
    assert not disk.is_same_file(tmp_path / "plan.xlsx", tmp_path / "Plan.xlsx")
    assert not disk.is_same_file(tmp_path / "neu.xlsx", tmp_path / "NEU.xlsx")


def fake_registry(monkeypatch: pytest.MonkeyPatch, values: dict[tuple[str, str], str]) -> None:
    """A Windows whose registry holds these values, by key and name."""

    class Key:
        def __init__(self, name: str) -> None:
            self.name = name

        def __enter__(self) -> Key:
            return self

        def __exit__(self, *_: object) -> None:
            return None

    def query(key: Key, name: str) -> tuple[str, int]:
        if (key.name, name) not in values:
            raise FileNotFoundError(name)
        return values[key.name, name], 1

    winreg = types.ModuleType("winreg")
    for number, name in enumerate(("HKEY_LOCAL_MACHINE", "HKEY_CURRENT_USER", "KEY_READ")):
        setattr(winreg, name, number)
    for name in ("KEY_WOW64_64KEY", "KEY_WOW64_32KEY"):
        setattr(winreg, name, 256)
    vars(winreg).update(OpenKey=lambda root, key, *_: Key(key), QueryValueEx=query)
    monkeypatch.setitem(sys.modules, "winreg", winreg)
    monkeypatch.setattr(sys, "platform", "win32")


def test_simulated_documents_that_the_company_keeps_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    key = r"Software\Microsoft\Windows\CurrentVersion\Explorer\User Shell Folders"
    fake_registry(monkeypatch, {(key, "Personal"): r"\\server\users\张三\文档"})
    assert str(disk.documents_folder()) == r"\\server\users\张三\文档"
    fake_registry(monkeypatch, {})
    assert disk.documents_folder() == Path.home() / "Documents"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (r"SOFTWARE\LibreOffice\UNO\InstallPath", r"E:\办公\LibreOffice\program"),
        (
            r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\soffice.exe",
            r"E:\办公\LibreOffice\program\soffice.exe",
        ),
    ],
)
def test_simulated_libreoffice_on_another_drive(key: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = r"E:\办公\LibreOffice\program\soffice.com"
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(Path, "exists", lambda path: str(path) == program)
    assert find_office() is None
    fake_registry(monkeypatch, {(key, ""): value})
    assert find_office() == program


def test_simulated_libreoffice_among_the_users_own_applications(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "Applications" / "LibreOffice.app" / "Contents" / "MacOS" / "soffice"
    program.parent.mkdir(parents=True)
    program.touch()
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert find_office() == str(program)


def test_simulated_a_workbook_is_written_while_a_scanner_looks_at_every_file(locks: Locks, tmp_path: Path) -> None:
    locks.scan(lambda path: str(tmp_path) in path, 0.06)
    with new_workbook(tmp_path / "a.xlsx", "zh", "表", "score") as workbook:
        workbook.add_worksheet().write(0, 0, "一")
    assert locks.refusals and [p.name for p in tmp_path.iterdir()] == ["a.xlsx"]
