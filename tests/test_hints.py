"""What users are told to type: it names its Python, and nothing that no package index holds."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from perfxl.core.catalogue import CATALOGUE
from perfxl.documents.batch.workers import executor_at
from perfxl.excel.addin.doctor import TROUBLES, Finding, State, Verdict, remedy
from perfxl.excel.addin.install import choose_place
from perfxl.excel.addin.machine import Machine
from perfxl.installation import Python, judge_python, pip_install

ROOT = Path(__file__).parent.parent
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
SOURCES = [*(ROOT / "perfxl").rglob("*.py"), *(ROOT / "perfxl").rglob("*.bas"), *PAGES]
UNFIT = {
    "python_32_bit": Python("win32", r"C:\Python312-32", 32),
    "python_from_store": Python(
        "win-amd64", r"C:\Program Files\WindowsApps\PythonSoftwareFoundation.Python.3.12_3.12.2800.0_x64__qbz5n2", 64
    ),
    "python_arm64": Python("win-arm64", r"C:\Users\li\AppData\Local\Programs\Python\Python313-arm64", 64),
}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_pip_is_always_that_of_a_named_python(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    bare = re.findall(r"(?<!-m )\bpip (?:install|wheel|download)\b[^\n]*", text)
    assert not bare
    assert not re.findall(r"pip install [^\n`]*?(?<![/\\\w.-])perfxl(?![\\/\w.-])", text), "perfxl is in no index"


def test_a_command_for_a_package_names_this_python_and_what_an_index_holds() -> None:
    command = pip_install("excel")
    assert command.startswith(f'"{sys.executable}" -m pip install ') and '"xlwings' in command
    assert '"distributed' in pip_install("dask")
    windowless = Path(sys.executable).with_name("pythonw.exe")
    assert f'"{windowless.with_name("python.exe")}" -m pip' in pip_install("excel", windowless)
    shown = command.split('"')[1]
    assert subprocess.run([shown, "-m", "pip", "--version"], capture_output=True).returncode == 0


def test_hints_of_the_add_in_are_whole_commands() -> None:
    machine = Machine("Windows", Path(sys.executable))
    _, problems = choose_place(machine)
    assert f'"{sys.executable}" -m pip install --force-reinstall "xlwings' in problems[0].hint("en")
    for trouble in TROUBLES:
        for lang in ("zh", "en"):
            told = remedy(Finding(trouble, Verdict(State.TROUBLE, trouble.name)), machine, lang)
            assert "{" not in told and ("pip" in told) == (f'"{sys.executable}" -m pip install' in told)


def test_the_hint_for_dask_is_a_whole_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulated: no Dask here."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with executor_at("dask://127.0.0.1:1") as (executor, problems):
        assert executor is None and f'"{sys.executable}" -m pip install "distributed' in problems[0].hint("zh")


@pytest.mark.parametrize("name", UNFIT)
def test_pythons_that_will_not_do_for_the_add_in(name: str) -> None:
    """Simulated: what Python says of itself."""
    assert [about.name for about in judge_python(UNFIT[name])] == [name]
    place, problems = choose_place(
        replace(Machine("Windows", Path(sys.executable), "0.37", Path()), python=UNFIT[name])
    )
    assert place is None and [about.name for about in problems] == [name]
    for lang in ("zh", "en"):
        assert "python.org" in problems[0].hint(lang) and "\n" not in problems[0].message(lang)


def test_every_hint_with_a_command_of_pip_gets_it_from_the_caller() -> None:
    texts = [text for kind in CATALOGUE.values() for text in (*kind.text, *kind.hint)]
    assert not [text for text in texts if "pip install" in text]
