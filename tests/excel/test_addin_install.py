"""Building, installing and examining the add-in: on this machine, and on machines as they may be."""

from __future__ import annotations

import importlib.util
import sys
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from perfxl.cli import main
from perfxl.cli.show import CLEAN, PROBLEMS, UNUSABLE
from perfxl.excel.addin import install
from perfxl.excel.addin.doctor import NO_EXCEL, TROUBLES, State, examine
from perfxl.excel.addin.machine import Machine, look, runs
from perfxl.excel.addin.package import FILE_NAME
from perfxl.installation import Python

no_windows = pytest.mark.skipif(sys.platform == "win32", reason="this computer may have Excel")


@pytest.fixture
def windows(tmp_path: Path) -> Machine:
    """A Windows machine on which everything is as it should be: folders are real, and so is this Python."""
    dlls, startup = tmp_path / "Python 张三", tmp_path / "AppData" / "XLSTART"
    dlls.mkdir()
    startup.mkdir(parents=True)
    for bits in (32, 64):
        (dlls / f"xlwings{bits}-0.37.8.dll").write_bytes(b"MZ....")
    machine = Machine("Windows", Path(sys.executable), "0.37.8", dlls, tmp_path / "EXCEL.EXE", 64, True, startup)
    return _installed(machine)


def _installed(machine: Machine) -> Machine:
    from perfxl.cli.addin_commands import build_addin

    place, problems = install.choose_place(machine)
    assert place is not None and not problems
    path, problems = install.install(machine, build_addin(*place))
    assert path is not None and not problems
    return replace(machine, add_ins=(path,))


def test_what_is_baked_in_can_be_read_back(windows: Machine) -> None:
    held = install.read_settings(windows.add_ins[0])
    assert held["dll"] == str(windows.dll_folder) and held["xlwings"] == "0.37.8"
    assert held["server"] == windows.server
    assert windows.server.startswith(f'"{sys.executable}" ') and windows.server.endswith("$(CLSID)")
    assert len(windows.server.encode()) < 2_048


def test_installing_leaves_one_file_in_the_startup_folder(windows: Machine) -> None:
    assert windows.startup is not None
    assert [path.name for path in windows.startup.iterdir()] == [FILE_NAME]
    _installed(windows)
    assert [path.name for path in windows.startup.iterdir()] == [FILE_NAME]
    assert [path.name for path in windows.startup.parent.iterdir()] == ["XLSTART"]


def test_uninstalling_takes_it_away_and_says_when_it_is_not_there(windows: Machine) -> None:
    assert install.uninstall(windows) == ([windows.add_ins[0]], [])
    removed, problems = install.uninstall(windows)
    assert removed == [] and [p.code for p in problems] == ["A114"]


def test_a_file_that_excel_holds_is_told(windows: Machine, tmp_path: Path) -> None:
    blocked = replace(windows, startup=tmp_path / "EXCEL.EXE" / "XLSTART")
    (tmp_path / "EXCEL.EXE").write_bytes(b"")
    path, problems = install.install(blocked, b"x")
    assert path is None and [p.code for p in problems] == ["A113"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"system": "Linux"}, "A111"), ({"xlwings": ""}, "A112"), ({"dll_folder": None}, "A112")],
)
def test_what_is_missing_is_told_before_anything_is_written(
    windows: Machine, changed: dict[str, Any], code: str
) -> None:
    place, problems = install.choose_place(replace(windows, **changed))
    assert place is None and [p.code for p in problems] == [code]


def test_nothing_ails_a_machine_that_is_well(windows: Machine) -> None:
    found = list(examine(windows))
    assert len(found) == len(TROUBLES) == 10
    assert [finding.verdict.state for finding in found] == [State.FINE] * 10, [f.verdict.found.en for f in found]


@pytest.mark.parametrize(
    ("changed", "number"),
    [
        ({"add_ins": ()}, 1),
        ({"xlwings": "0.99.0"}, 1),
        ({"excel_bits": 16}, 1),
    ],
)
def test_each_trouble_is_found(windows: Machine, changed: dict[str, Any], number: int) -> None:
    assert _state(replace(windows, **changed), number) is State.TROUBLE


def test_a_dll_that_was_taken_away_or_changed_is_found(windows: Machine) -> None:
    dll = windows.dll(64)
    assert dll is not None
    dll.write_bytes(b"quarantined")
    assert _state(windows, 2) is State.TROUBLE
    dll.unlink()
    assert _state(windows, 1) is _state(windows, 2) is State.TROUBLE


def test_a_startup_folder_in_onedrive_and_a_second_add_in_are_found(windows: Machine, tmp_path: Path) -> None:
    assert _state(replace(windows, one_drive=(tmp_path,)), 8) is State.TROUBLE
    second = tmp_path / "elsewhere" / FILE_NAME
    assert _state(replace(windows, add_ins=(*windows.add_ins, second)), 9) is State.TROUBLE


def test_every_trouble_has_a_name_and_a_remedy_in_both_languages() -> None:
    for trouble in TROUBLES:
        for text in (*trouble.name, *trouble.remedy):
            assert text.strip() and "\n" not in text


def test_the_server_module_starts_and_a_hanging_one_is_noticed() -> None:
    assert runs(Path(sys.executable), "import perfxl.ribbon.server", 60) is True
    assert runs(Path(sys.executable), "import no_such_module", 60) is False
    assert runs(Path(sys.executable), "import time; time.sleep(60)", 0.5) is None


@no_windows
def test_doctor_without_excel_says_exactly_that(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["addin", "doctor"]) == PROBLEMS
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == NO_EXCEL.zh
    assert len(lines) == 11
    assert main(["addin", "doctor", "--lang", "en"]) == PROBLEMS
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("There is no Excel on this computer")
    assert sum("no Excel" in line for line in lines[1:]) == 5


@no_windows
def test_install_without_windows_is_refused_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    for action in ("install", "uninstall"):
        assert main(["addin", action]) == UNUSABLE
        assert "Windows" in capsys.readouterr().err


def test_build_writes_the_add_in_on_any_system(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "out.xlam"
    assert main(["addin", "build", "-o", str(path)]) == CLEAN
    assert str(path) in capsys.readouterr().out
    assert install.read_settings(path)["server"] == look().server


def test_build_where_nothing_can_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["addin", "build", "-o", str(tmp_path / "no" / "folder.xlam")]) == UNUSABLE
    assert "folder.xlam" in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip"])
def test_files_that_are_no_add_in_hold_no_settings(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(content)
    assert install.read_settings(path) == {}
    assert install.read_settings(tmp_path / "absent.xlam") == {}


def test_what_windows_registry_says_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The part for Windows, with a registry that holds what a company's computer may hold."""
    excel = tmp_path / "EXCEL.EXE"
    excel.write_bytes(b"MZ" + bytes(0x3A) + (0x80).to_bytes(4, "little") + bytes(0x40) + b"PE\0\0\x4c\x01")
    office, policy = r"Software\Microsoft\Office\16.0\Excel", r"Software\Policies\Microsoft\Office\16.0\Excel"
    values = {
        (r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe", ""): str(excel),
        (r"SOFTWARE\Microsoft\Office\ClickToRun\Configuration", "ProductReleaseIds"): "VisioPro,O365ProPlus",
        (rf"{office}\Options", "OPEN"): '"C:\\other.xlam"',
        (rf"{office}\Options", "OPEN1"): f'/R "{tmp_path / "old" / FILE_NAME}"',
        (rf"{office}\Security\Trusted Locations", "AllLocationsDisabled"): 0,
        (rf"{policy}\Security\Trusted Locations", "AllLocationsDisabled"): 1,
    }
    startup = tmp_path / "Microsoft" / "Excel" / "XLSTART"
    startup.mkdir(parents=True)
    (startup / FILE_NAME).write_bytes(b"")
    for name, value in {"APPDATA": tmp_path, "OneDrive": tmp_path / "OneDrive"}.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.setitem(sys.modules, "winreg", _registry(values))
    monkeypatch.setattr(sys, "platform", "win32")
    found = _loaded("perfxl.excel.addin.machine").look()
    assert (found.excel, found.excel_bits, found.spills) == (excel, 32, True)
    assert [block.text.zh for block in found.blocks] == ["受信任位置被全部停用"]
    assert found.startup == startup
    assert found.add_ins == (startup / FILE_NAME, tmp_path / "old" / FILE_NAME)
    assert found.one_drive == (tmp_path / "OneDrive",)


@pytest.mark.parametrize(("code", "bits"), [(b"\x4c\x01", 32), (b"\x64\x86", 64), (b"\x64\xaa", 64)])
def test_excel_for_arm64_loads_the_dll_of_64_bits(
    code: bytes, bits: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Simulated: the registry, and the header of Excel's program file for x86, x64 and ARM64."""
    excel = tmp_path / "EXCEL.EXE"
    excel.write_bytes(b"MZ" + bytes(0x3A) + (0x80).to_bytes(4, "little") + bytes(0x40) + b"PE\0\0" + code)
    values: dict[tuple[str, str], object] = {
        (r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe", ""): str(excel)
    }
    monkeypatch.setenv("APPDATA", str(tmp_path))
    monkeypatch.setitem(sys.modules, "winreg", _registry(values))
    monkeypatch.setattr(sys, "platform", "win32")
    assert _loaded("perfxl.excel.addin.machine").look().excel_bits == bits


def test_doctor_names_a_python_that_will_not_do_first(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Simulated: Python from the Microsoft Store."""
    store = Python("win-amd64", r"C:\Program Files\WindowsApps\PythonSoftwareFoundation.Python.3.12_x", 64)
    machine = Machine("Windows", Path(sys.executable), excel=Path("EXCEL.EXE"), python=store)
    monkeypatch.setattr("perfxl.excel.addin.machine.look", lambda: machine)
    assert main(["addin", "doctor", "--lang", "en"]) == PROBLEMS
    assert "Microsoft Store" in capsys.readouterr().out.splitlines()[0]
    assert main(["addin", "install", "--lang", "en"]) == UNUSABLE
    (told,) = capsys.readouterr().err.splitlines()
    assert "Microsoft Store" in told and "python.org" in told


def _registry(values: dict[tuple[str, str], object]) -> ModuleType:
    winreg = ModuleType("winreg")

    def open_key(_root: int, key: str) -> Any:
        if not any(key == known for known, _ in values):
            raise FileNotFoundError(key)
        return nullcontext(key)

    def query(key: str, name: str) -> tuple[object, int]:
        if (key, name) not in values:
            raise FileNotFoundError(name)
        return values[key, name], 1

    winreg.HKEY_LOCAL_MACHINE, winreg.HKEY_CURRENT_USER = 1, 2  # type: ignore[attr-defined]
    winreg.OpenKey, winreg.QueryValueEx = open_key, query  # type: ignore[attr-defined]
    return winreg


def _loaded(name: str) -> Any:
    """A second copy of a module, as it is where it is loaded now."""
    spec = importlib.util.find_spec(name)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    before = sys.modules.get(name)
    sys.modules[name] = module  # dataclasses look their module up
    try:
        spec.loader.exec_module(module)
    finally:
        if before is not None:
            sys.modules[name] = before
    return module


def _state(machine: Machine, number: int) -> State:
    return TROUBLES[number - 1].test(machine).state
