"""run.py: what it installs, when again, what it says. tools/ci/fresh_machine.py installs really, in a Chinese place."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import perfxl
import run
from perfxl.installation import Python

ROOT = Path(__file__).parent.parent


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A small project with a .venv that is said to be there; what pip is asked for is written down, not done."""
    (tmp_path / "perfxl").mkdir()
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    (tmp_path / "README.md").write_text("perfxl", encoding="utf-8")
    (tmp_path / "perfxl" / "__init__.py").write_text("", encoding="utf-8")
    venv = tmp_path / ".venv"
    python = venv / "bin" / "python"
    for name, value in {
        "HERE": tmp_path,
        "VENV": venv,
        "PYTHON": python,
        "FINGERPRINT": venv / "perfxl-installed.json",
    }.items():
        monkeypatch.setattr(run, name, value)
    # What run.py puts on the path goes with the test: a spawned process of a later test would import this empty perfxl.
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield tmp_path


@pytest.fixture
def asked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What pip was asked for."""
    calls: list[list[str]] = []

    def ready() -> None:
        run.PYTHON.parent.mkdir(parents=True, exist_ok=True)
        run.PYTHON.touch()

    monkeypatch.setattr(run, "ready_venv", ready)
    monkeypatch.setattr(run, "pip", lambda verb, given, wheels=None: calls.append([verb, *given]))
    return calls


def test_a_copy_is_installed_never_a_link(folder: Path, asked: list[list[str]]) -> None:
    """pip's -e writes a .pth, which Python 3.11 and 3.12 on Windows read in the system's code page."""
    run.install("")
    run.install("dev")
    assert asked == [["install", str(folder)], ["install", f"{folder}[dev]"]]


def test_nothing_is_installed_twice(folder: Path, asked: list[list[str]]) -> None:
    run.install("excel")
    run.install("excel")
    run.install("")
    assert len(asked) == 1
    run.install("dev")
    assert asked[1:] == [["install", f"{folder}[dev,excel]"]]


def test_again_when_the_source_has_changed(folder: Path, asked: list[list[str]]) -> None:
    run.install("")
    (folder / "perfxl" / "__init__.py").write_text("changed = True", encoding="utf-8")
    run.install("")
    (folder / "perfxl" / "new.py").write_text("", encoding="utf-8")
    run.install("")
    assert len(asked) == 3
    (folder / "perfxl" / "__pycache__").mkdir()
    (folder / "perfxl" / "__pycache__" / "new.pyc").write_bytes(b"")
    (folder / "perfxl" / "~$letter.docx").write_bytes(b"")
    run.install("")
    assert len(asked) == 3, "what Python and Word leave behind is no source"


@pytest.mark.parametrize("changed", ["python", "folder"])
def test_a_new_venv_when_python_or_the_folder_has_changed(
    folder: Path, asked: list[list[str]], monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    run.install("")
    (run.VENV / "old").touch()
    held = json.loads(run.FINGERPRINT.read_text(encoding="utf-8"))
    run.FINGERPRINT.write_text(json.dumps({**held, changed: "another"}), encoding="utf-8")
    run.install("")
    assert len(asked) == 2 and not (run.VENV / "old").exists()


def test_a_link_made_by_hand_stays_a_link(folder: Path, asked: list[list[str]]) -> None:
    run.install("")
    info = run.VENV / "lib" / "python3.11" / "site-packages" / "perfxl-0.1.0.dist-info"
    info.mkdir(parents=True)
    told = {"url": folder.as_uri(), "dir_info": {"editable": True}}
    (info / "direct_url.json").write_text(json.dumps(told), encoding="utf-8")
    (folder / "perfxl" / "__init__.py").write_text("changed = True", encoding="utf-8")
    run.install("")
    assert len(asked) == 1
    run.install("dev")
    assert asked[1:] == [["install", "-e", f"{folder}[dev]"]]
    (run.VENV / ".installed-base").touch()  # that link was made by an earlier run.py, not by hand
    run.install("dev")
    assert asked[2:] == [["install", f"{folder}[dev]"]] and not list(run.VENV.glob(".installed-*"))


def test_the_tests_import_the_tree(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whatever is installed, and from any folder."""
    code = "import perfxl; print(perfxl.__file__)"
    for variable in ("PYTHONPATH", "PYTHONSAFEPATH"):
        monkeypatch.delenv(variable, raising=False)
    shown = subprocess.run(
        [sys.executable, "-c", code], env=run.this_tree(), cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    assert Path(shown.strip()) == ROOT / "perfxl" / "__init__.py" == Path(perfxl.__file__)


@pytest.mark.parametrize(("system", "extra"), [("Windows", "excel"), ("Linux", "")])
def test_the_add_in_gets_xlwings_on_windows(monkeypatch: pytest.MonkeyPatch, system: str, extra: str) -> None:
    """Simulated: the system's name."""
    installed = []
    monkeypatch.setattr(platform, "system", lambda: system)
    monkeypatch.setattr(run, "judge_this_python", lambda: None)
    monkeypatch.setattr(run, "install", lambda extra, wheels=None: installed.append(extra))
    monkeypatch.setattr(subprocess, "call", lambda *_, **__: 0)
    assert run.main(["addin", "install"]) == 0 and installed == [extra]
    assert run.main(["check", "x.xlsx"]) == 0 and installed[1:] == [""]


def run_py(*arguments: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, str(ROOT / "run.py"), *arguments]
    return subprocess.run(command, capture_output=True, env={**os.environ, "PYTHONUTF8": "0", **variables})


@pytest.mark.parametrize(
    ("encoding", "kept"), [("cp936", "一套示例"), ("cp1252", "a sample program"), ("ascii", "any")]
)
def test_a_pipe_in_the_code_page_of_the_system(encoding: str, kept: str) -> None:
    """Simulated: the encoding that Windows gives a pipe."""
    shown = run_py(PYTHONIOENCODING=encoding)
    assert shown.returncode == 2 and not shown.stderr
    assert kept in shown.stdout.decode(encoding)


def test_a_pipe_that_was_closed() -> None:
    with subprocess.Popen(
        [sys.executable, str(ROOT / "run.py")], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout and running.stderr
        running.stdout.close()
        said = running.stderr.read()
    assert running.returncode == 2 and not said


@pytest.mark.parametrize(
    ("python", "code", "stops"),
    [
        (Python("win32", r"C:\Python312-32", 32), "64-bit", True),
        (
            Python("win-amd64", r"C:\Program Files\WindowsApps\PythonSoftwareFoundation.Python.3.12_3.12", 64),
            "Store",
            False,
        ),
        (Python("win-arm64", r"C:\Python312-arm64", 64), "ARM64", False),
        (Python("win-amd64", r"C:\Users\张三\AppData\Local\Programs\Python\Python312", 64), "", False),
    ],
)
def test_a_python_that_will_not_do_is_told_in_one_line(
    python: Python, code: str, stops: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Simulated: what Python says of itself. Before anything is installed."""
    installed = []
    monkeypatch.setattr("perfxl.installation.this_python", lambda: python)
    monkeypatch.setattr(run, "install", lambda *_: installed.append(True))
    monkeypatch.setattr(subprocess, "call", lambda *_, **__: 0)
    assert run.main(["demo"]) == (2 if stops else 0)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == bool(code) and all(code in line for line in lines)
    assert bool(installed) != stops


def test_an_old_python_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 0))
    assert run.main(["demo"]) == 2 and "3.11" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("printed", "helps"),
    [
        (
            "WARNING: Retrying (Retry(total=4)) ... ProxyError('Cannot connect to proxy.')\nERROR: No matching",
            "HTTPS_PROXY",
        ),
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "500 MB"),
        ("ERROR: Could not install packages: [WinError 5] Access is denied: 'numpy.pyd'", "antivirus"),
        ("ERROR: No matching distribution found for pandas>=2.2", "64-bit"),
        ("ERROR: No matching distribution found for hatchling>=1.25", "HTTPS_PROXY"),
        ("ERROR: something else", "see above"),
    ],
)
def test_a_failed_installation_says_what_helps(printed: str, helps: str) -> None:
    advice = run.advise(printed, None)
    assert helps in advice and "://pypi" not in advice


def test_a_failed_download_really(folder: Path) -> None:
    """pip itself, of this Python, with a package that the folder of wheels lacks."""
    wheels = folder / "轮子"
    wheels.mkdir()
    run.VENV.mkdir()
    run.PYTHON = Path(sys.executable)
    with pytest.raises(run.Stopped, match=r"run\.py wheels"):
        run.pip("download", ["-d", str(folder), "no-such-package-as-this"], wheels)
    assert "no-such-package-as-this" in (run.VENV / "install.log").read_text(encoding="utf-8")


def test_progress_is_shown_not_silence() -> None:
    lines = [
        "Collecting numpy>=1.26 (from perfxl==0.1.0)",
        "  Downloading numpy-2.3.5-cp312-cp312-win_amd64.whl.metadata (60 kB)",
        "Downloading numpy-2.3.5-cp312-cp312-win_amd64.whl (12.7 MB)",
        "Using cached pandas-2.3.3-cp312-cp312-win_amd64.whl (11.0 MB)",
        r"Processing d:\my wheels\lxml-6.0.2-cp312-cp312-win_amd64.whl (from perfxl==0.1.0)",
        "Installing collected packages: numpy, pandas, lxml",
        "WARNING: Retrying (Retry(total=4, connect=None)) after connection broken",
    ]
    told = [run.tell(line.strip()) for line in lines]
    assert told[:5] == ["", "", "  numpy (12.7 MB)", "  pandas (11.0 MB)", "  lxml"]
    assert "3" in told[5] and "network" in told[6]


def test_wheels_for_another_computer_are_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["--wheels", str(folder / "absent"), "demo"]) == 2
    (folder / run.MADE_FOR).write_text("Windows AMD64, Python 3.9", encoding="utf-8")
    assert run.main(["--wheels", str(folder), "demo"]) == 2
    assert "Windows AMD64, Python 3.9" in capsys.readouterr().out
    assert run.main(["--wheels"]) == 2 and run.main(["wheels"]) == 2
