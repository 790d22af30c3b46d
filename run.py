"""Sets everything up on a machine that has only Python 3.11+, then runs.

    python run.py demo     a sample program and the whole job on it; any perfxl command works so: run.py check FILE
    python run.py test     lint, types and all tests; installs LibreOffice where it can (root and apt)
    python run.py bench    speed and size with ratios: rules, program, render, batch, memory, excel, others

Everything goes into .venv beside this file; nothing else on the machine is touched but by apt, and only for tests.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
SYSTEM = ["libreoffice-calc", "libreoffice-writer", "python3-uno", "poppler-utils", "fonts-noto-cjk"]


def main(arguments: list[str]) -> int:
    if sys.version_info < (3, 11):  # noqa: UP036 - this file runs before anything is installed
        print(f"perfxl 需要 Python 3.11 以上，这里是 {sys.version.split()[0]} / perfxl needs Python 3.11 or later")
        return 2
    if not arguments:
        print(__doc__)
        return 2
    if arguments[0] == "test":
        install("dev")
        libreoffice()
        return test(arguments[1:])
    if arguments[0] == "bench":
        install("dev")
        return bench(arguments[1:])
    install("")
    return subprocess.call([str(PYTHON), "-m", "perfxl", *arguments])


def install(extra: str) -> None:
    """Makes .venv and installs perfxl into it; again only when pyproject.toml has changed."""
    stamp = VENV / f".installed-{extra or 'base'}"
    wanted = hashlib.sha256((HERE / "pyproject.toml").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    if not PYTHON.exists():
        print("准备环境 / setting up .venv ...", flush=True)
        make_venv()
    target = f"{HERE}[{extra}]" if extra else str(HERE)
    subprocess.check_call([str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check", "-e", target])
    stamp.write_text(wanted)


def make_venv() -> None:
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True)
    if made.returncode and can_apt():  # Debian keeps venv in a package of its own
        shutil.rmtree(VENV, ignore_errors=True)
        apt(["python3-venv"])
        made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True)
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        print(made.stdout + made.stderr)
        sys.exit("建不了虚拟环境；Debian/Ubuntu 请先 apt install python3-venv / cannot make a virtual environment")


def libreoffice() -> None:
    """The tests recalculate and print with the real thing; without it they skip, each saying so."""
    missing = [need for need, found in needs().items() if not found]
    if missing and can_apt():
        print(f"安装 / installing {' '.join(SYSTEM)} ...", flush=True)
        apt(SYSTEM)
        missing = [need for need, found in needs().items() if not found]
    if missing:
        print(
            f"没有 {'、'.join(missing)}：跳过用 LibreOffice 重算、打印的测试 / "
            f"no {', '.join(missing)}: tests that recalculate or print with LibreOffice are skipped"
        )


def needs() -> dict[str, bool]:
    fonts = shutil.which("fc-list")
    chinese = bool(fonts and subprocess.run([fonts, ":lang=zh"], capture_output=True, text=True).stdout.strip())
    return {
        "soffice": bool(shutil.which("soffice")),
        "pdftoppm": bool(shutil.which("pdftoppm")),
        "Chinese fonts": chinese or os.name == "nt" or sys.platform == "darwin",
    }


def can_apt() -> bool:
    return bool(shutil.which("apt-get")) and hasattr(os, "geteuid") and os.geteuid() == 0


def apt(packages: list[str]) -> None:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.call(["apt-get", "update", "-qq"], env=quiet, stdout=subprocess.DEVNULL)
    subprocess.call(["apt-get", "install", "-y", "-qq", *packages], env=quiet, stdout=subprocess.DEVNULL)


def test(arguments: list[str]) -> int:
    """Lint, types, tests, in that order; all of them run, and the worst decides."""
    steps = [
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["mypy"],
        ["pytest", "-n", str(min(4, os.cpu_count() or 1)), *arguments],
    ]
    codes = []
    for step in steps:
        print(f"== {' '.join(step)}", flush=True)
        codes.append(subprocess.call([str(PYTHON), "-m", *step], cwd=HERE))
    return max(codes)


def bench(names: list[str]) -> int:
    codes = [subprocess.call([str(PYTHON), "-m", f"benchmarks.{name}"], cwd=HERE) for name in names or ["rules"]]
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
