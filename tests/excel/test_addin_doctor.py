"""What doctor knows of a Windows computer from its registry, here a file as `reg export` writes it, and of the Python
that the add-in starts, which need not be the one that doctor runs in."""

from __future__ import annotations

import stat
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from perfxl.cli import main
from perfxl.cli.addin_commands import build_addin
from perfxl.excel.addin import doctor, install
from perfxl.excel.addin.blocks import BLOCKS
from perfxl.excel.addin.doctor import State, examine, remedy
from perfxl.excel.addin.machine import Machine, look
from perfxl.excel.addin.registry import registry_file

_OFFICE = r"HKEY_CURRENT_USER\Software\Microsoft\Office\16.0"
_POLICY = r"HKEY_CURRENT_USER\Software\Policies\Microsoft\Office\16.0"
_ASR = r"HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Windows Defender\Windows Defender Exploit Guard\ASR\Rules"
_INTUNE = r"HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Windows Defender\Policy Manager"
_ANOTHER = "3b576869-a4ec-4529-8536-b80a7769e899"
_PATHS = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
_CLICK = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Office\ClickToRun\Configuration"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder AppData, and xlwings' DLLs as pip lays them down."""
    monkeypatch.setenv("APPDATA", str(tmp_path))
    for bits in (32, 64):
        (tmp_path / f"xlwings{bits}-0.37.8.dll").write_bytes(b"MZ....")
    return tmp_path


@pytest.fixture
def python_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it does: what is asked of the registry does not hang on it, and each start takes its time."""
    monkeypatch.setattr(doctor, "runs", lambda python, code, seconds: True)


def computer(home: Path, *lines: str, encoding: str = "utf-16", products: str = "O365ProPlusRetail") -> Machine:
    """A computer with Excel, the add-in, and these lines in its registry."""
    text = "\r\n".join(
        (
            "Windows Registry Editor Version 5.00",
            *(f"[{_PATHS}]", r'@="C:\\Program Files\\Microsoft Office\\root\\Office16\\EXCEL.EXE"', ""),
            *(f"[{_CLICK}]", f'"ProductReleaseIds"="{products}"', ""),
            *lines,
        )
    )
    file = home / "export.reg"
    file.write_bytes(text.encode(encoding))
    found = replace(look(registry_file(file)), xlwings="0.37.8", dll_folder=home)
    assert found.startup is not None
    place, problems = install.choose_place(found)
    assert place is not None and not problems
    path, problems = install.install(found, build_addin(*place))
    assert path is not None and not problems
    return replace(found, add_ins=(path,))


def troubles(machine: Machine) -> dict[int, str]:
    return {
        number: finding.verdict.found.en
        for number, finding in enumerate(examine(machine), 1)
        if finding.verdict.state is State.TROUBLE
    }


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8"])
def test_ten_ticks_where_nothing_is_in_the_way(home: Path, encoding: str) -> None:
    found = computer(home, encoding=encoding)
    assert str(found.excel) == r"C:\Program Files\Microsoft Office\root\Office16\EXCEL.EXE"
    assert [finding.verdict.state for finding in examine(found)] == [State.FINE] * 10


@pytest.mark.parametrize("products", ["Standard2019Volume", "ProPlus2016Retail", ""])
def test_excel_without_dynamic_arrays_has_ten_ticks_too(home: Path, products: str) -> None:
    found = computer(home, products=products)
    assert not troubles(found)
    (arrays,) = (finding for finding in examine(found) if "Ctrl+Shift+Enter" in finding.verdict.found.en)
    assert arrays.verdict.state is State.FINE


@pytest.mark.parametrize(
    ("lines", "number", "says"),
    [
        ((f"[{_POLICY}\\Common]", '"VbaOff"=dword:00000001'), 3, "VbaOff"),
        ((f"[{_OFFICE}\\Excel\\Security]", '"DisableAllAddins"=dword:00000001'), 3, "DisableAllAddins"),
        ((f"[{_POLICY}\\Excel\\Security]", '"requireaddinsig"=dword:00000001'), 3, "RequireAddinSig"),
        (
            (f"[{_OFFICE}\\Excel\\Security\\Trusted Locations]", '"AllLocationsDisabled"=dword:00000001'),
            *(3, "all trusted locations are off"),
        ),
        (
            (f"[{_POLICY}\\Common\\Security\\Trusted Locations]", '"Allow User Locations"=dword:00000000'),
            *(3, "Allow User Locations"),
        ),
        ((f"[{_ASR}]", '"d4f940ab-401b-4efc-aadc-ad5f3c50688a"="1"'), 2, "starting programs"),
        ((f"[{_ASR}]", '"92E97FA1-2EDF-4476-BDD6-9DD0B4DDDC7B"="1"'), 2, "Windows' functions"),
        ((f"[{_ASR}]", '"92E97FA1-2EDF-4476-BDD6-9DD0B4DDDC7B"="6"'), 2, "Windows' functions"),  # it warns
        (  # as Intune writes them
            (f"[{_INTUNE}]", f'"ASRRules"="{_ANOTHER}=1|D4F940AB-401B-4EFC-AADC-AD5F3C50688A=1"'),
            *(2, "starting programs"),
        ),
        ((f"[{_POLICY}\\Common\\Security]", '"requirealwaysonmacrosig"=dword:00000001'), 3, "RequireAlwaysOnMacroSig"),
    ],
)
def test_each_setting_that_is_in_the_way_is_found(
    home: Path, lines: tuple[str, ...], number: int, says: str, python_starts: None
) -> None:
    found = computer(home, *lines)
    findings = list(examine(found))
    ((at, finding),) = ((at, each) for at, each in enumerate(findings, 1) if each.verdict.state is State.TROUBLE)
    assert at == number and says in finding.verdict.found.en
    told = remedy(finding, found, "zh")
    assert told == next(block for block in BLOCKS if block.text == finding.verdict.found).remedy.zh


@pytest.mark.parametrize(
    "lines",
    [
        (f"[{_POLICY}\\Common]", '"VbaOff"=dword:00000000'),
        (f"[{_POLICY}\\Common\\Security\\Trusted Locations]", '"Allow User Locations"=dword:00000001'),
        (f"[{_ASR}]", '"d4f940ab-401b-4efc-aadc-ad5f3c50688a"="2"'),  # it only audits
        (f"[{_INTUNE}]", f'"ASRRules"="{_ANOTHER}=1|d4f940ab-401b-4efc-aadc-ad5f3c50688a=2"'),
        (  # what the company allows goes before what the user has forbidden
            *(f"[{_POLICY}\\Excel\\Security\\Trusted Locations]", '"AllLocationsDisabled"=dword:00000000'),
            *(f"[{_OFFICE}\\Excel\\Security\\Trusted Locations]", '"AllLocationsDisabled"=dword:00000001'),
        ),
    ],
)
def test_settings_that_are_not_in_the_way(home: Path, lines: tuple[str, ...], python_starts: None) -> None:
    assert not troubles(computer(home, *lines))


def test_the_python_that_the_add_in_starts_is_tested(home: Path) -> None:
    """Not the one that doctor runs in."""
    gone = computer(home)
    broken = replace(gone, interpreter=home / "gone" / "python.exe")
    path, _ = install.install(broken, build_addin(broken.server, str(home), "0.37.8"))
    assert path is not None
    assert set(troubles(gone)) == {1, 2, 10}  # this Python is well, and the add-in starts another one
    assert str(broken.interpreter) in troubles(gone)[2]


@pytest.mark.skipif(sys.platform == "win32", reason="a script stands for a Python")
def test_xlwings_of_the_python_that_the_add_in_starts(home: Path) -> None:
    found = computer(home)
    other = home / "other-python"
    other.write_text('#!/bin/sh\ncase "$4" in *xlwings*) echo 0.36.1;; esac\n')
    other.chmod(other.stat().st_mode | stat.S_IXUSR)
    install.install(found, build_addin(f'"{other}" -E -P -m perfxl.ribbon.server $(CLSID)', str(home), "0.37.8"))
    assert troubles(found) == {1: "the add-in wants 0.37.8, there is 0.36.1"}


@pytest.mark.parametrize(
    ("python", "program", "dlls"),
    [
        (r"C:\Python312", r"C:\Python312\pythonw.exe", r"C:\Python312"),
        (r"D:\绩效\.venv\Scripts", r"D:\绩效\.venv\Scripts\pythonw.exe", r"D:\绩效\.venv"),
        (r"\\server\apps\Python312", r"\\server\apps\Python312\pythonw.exe", r"\\server\apps\Python312"),
        (r"C:\Python312\pythonw.exe", r"C:\Python312\pythonw.exe", r"C:\Python312"),
    ],
)
def test_an_add_in_for_other_computers(
    python: str, program: str, dlls: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "perfxl.xlam"
    assert main(["addin", "build", "--python", python, "--xlwings", "0.36.0", "-o", str(out)]) == 0
    held = install.read_settings(out)
    assert held["server"] == f'"{program}" -E -P -m perfxl.ribbon.server $(CLSID)'
    assert (held["dll"], held["xlwings"]) == (dlls, "0.36.0")
    assert python in capsys.readouterr().out


@pytest.mark.parametrize("python", ["Python312", r"%LOCALAPPDATA%\Python312", "/usr/bin", r"\Python312"])
def test_a_path_that_means_something_else_there_is_refused(
    python: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "perfxl.xlam"
    assert main(["addin", "build", "--python", python, "--xlwings", "0.36.0", "-o", str(out)]) == 2
    assert not out.exists() and "pythonw.exe" in capsys.readouterr().err
    assert install.place_of(r"C:\Python312", "")[1][0].code == "X157"
