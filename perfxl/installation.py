"""How perfxl is installed here: the Python that runs it, whether that will do, and the command that adds a package."""

from __future__ import annotations

import re
import sys
import sysconfig
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from perfxl.core.problems import Problem, problem

_STORE = re.compile(r"[\\/]WindowsApps[\\/]PythonSoftwareFoundation\.Python\.", re.IGNORECASE)


class Python(NamedTuple):
    """A Python: what it was built for (win-amd64, win32, win-arm64, linux-x86_64 ...), where it is installed, its bits.

    The processor does not tell: on ARM64 Windows runs Python for x64 as well, and reports ARM64.
    """

    platform: str
    base: str
    bits: int


def this_python() -> Python:
    """The Python that runs this, not its virtual environment."""
    return Python(sysconfig.get_platform(), sys.base_prefix, 64 if sys.maxsize > 2**32 else 32)


def judge_python(python: Python) -> list[Problem]:
    """What will not do: an error where perfxl cannot be installed, a warning where only the add-in suffers."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    if python.bits == 32:
        return [problem("python_32_bit", value=version)]
    if python.platform == "win-arm64":
        return [problem("python_arm64", value=version)]
    if _STORE.search(python.base):
        return [problem("python_from_store", value=version)]
    return []


def console_python(python: Path) -> Path:
    """The Python that can be typed in a console and answers there: python.exe, where pythonw.exe runs the buttons."""
    return python.with_name("python.exe") if python.name.lower() == "pythonw.exe" else python


def pip_install(extra: str, python: Path | None = None, *options: str) -> str:
    """The command that installs what an extra of perfxl needs into a Python, this one unless another is named.

    perfxl itself stands in no package index, so the command names the packages that do.
    """
    program = console_python(python or Path(sys.executable))
    asked = " ".join(f'"{requirement}"' for requirement in _requirements(extra))
    return " ".join([f'"{program}"', "-m pip install", *options, asked])


def _requirements(extra: str) -> list[str]:
    """As pyproject.toml asks for them; the bare name where perfxl runs without having been installed."""
    try:
        lines = metadata.requires("perfxl") or []
    except metadata.PackageNotFoundError:
        lines = []
    found = []
    for line in lines:
        asked, _, condition = line.partition(";")
        if re.search(rf"""extra\s*==\s*['"]{extra}['"]""", condition):
            found.append(asked.strip())
    return found or [_PACKAGES[extra]]


_PACKAGES = {"excel": "xlwings", "dask": "distributed", "pictures": "resvg-py", "photos": "pillow"}
