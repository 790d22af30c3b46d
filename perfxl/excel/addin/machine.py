"""What is installed on this computer, as far as the add-in depends on it."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path

from perfxl.excel.addin.blocks import BLOCKS, Block
from perfxl.excel.addin.package import FILE_NAME
from perfxl.excel.addin.registry import MACHINE, USER, Read, read_registry
from perfxl.installation import Python, this_python

_OFFICE = r"Software\Microsoft\Office\16.0"
_SPILLING = ("O365", "2021", "2024")
_X86 = b"\x4c\x01"


@dataclass(frozen=True)
class Machine:
    """Facts; those that only Windows has are blank elsewhere.

    system       Windows, Linux or Darwin
    interpreter  the Python that the add-in starts, without a console window where there is such a one
    xlwings      its version; dll_folder, where its DLLs are
    excel        Excel's program file; excel_bits 32 or 64; spills, whether results spread over cells by themselves
    startup      XLSTART; add_ins, every perfxl.xlam that Excel loads: in XLSTART or entered in its list
    blocks       settings of this computer that keep the add-in from working
    one_drive    folders that OneDrive keeps
    python       what the interpreter was built for, and where it is from
    """

    system: str
    interpreter: Path
    xlwings: str = ""
    dll_folder: Path | None = None
    excel: Path | None = None
    excel_bits: int = 64
    spills: bool = True
    startup: Path | None = None
    add_ins: tuple[Path, ...] = ()
    blocks: tuple[Block, ...] = ()
    one_drive: tuple[Path, ...] = ()
    python: Python = field(default_factory=this_python)

    @property
    def server(self) -> str:
        """The command line that starts the server."""
        return server_command(short(self.interpreter))

    def dll(self, bits: int) -> Path | None:
        return self.dll_folder / f"xlwings{bits}-{self.xlwings}.dll" if self.dll_folder else None


def look(read: Read | None = None) -> Machine:
    """This computer. `read` stands for its registry: of a Windows computer wherever this runs."""
    known = Machine(platform.system(), interpreter(), _xlwings(), _dll_folder())
    if read is None and sys.platform != "win32":
        return known
    return _windows(replace(known, system="Windows"), read or read_registry)


def interpreter() -> Path:
    """This Python; pythonw.exe on Windows."""
    python = Path(sys.executable)
    windowless = python.with_name("pythonw.exe")
    return windowless if windowless.exists() else python


CONSOLE_SERVER = "{506e67c3-55b5-48c3-a035-eed5deea7d6d}"
"""In place of a command line: the server that runs in a console, by the class that xlwings keeps for that."""

_STARTED = re.compile(r'^"([^"]+)" .*\$\(CLSID\)$')


def server_command(python: str) -> str:
    """The command line that starts the server: short and always the same, since the DLL takes 2,048 bytes of the
    system's own character set and keeps one server for each command line. $(CLSID) is filled in by the DLL."""
    return f'"{python}" -E -P -m perfxl.ribbon.server $(CLSID)'


def started_python(server: str) -> Path | None:
    """The Python of such a command line; None for another one."""
    found = _STARTED.match(server)
    return Path(found[1]) if found else None


def xlwings_of(python: Path, seconds: float) -> str:
    """The version of xlwings that another Python has; blank where it has none or does not answer."""
    ask = "from importlib import metadata; print(metadata.version('xlwings'))"
    try:
        command = [str(python), "-E", "-P", "-c", ask]
        ended = subprocess.run(command, capture_output=True, timeout=seconds, check=False, text=True)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ended.stdout.strip() if ended.returncode == 0 else ""


def runs(python: Path, code: str, seconds: float) -> bool | None:
    """Whether a line of Python comes to a good end, started as the add-in starts it; None where it hangs."""
    try:
        ended = subprocess.run([str(python), "-E", "-P", "-c", code], capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return None
    except OSError:
        return False
    return ended.returncode == 0


def short(path: Path) -> str:
    """On Windows the 8.3 name of a path outside ASCII, where there is one."""
    if sys.platform == "win32" and not str(path).isascii():
        import ctypes

        buffer = ctypes.create_unicode_buffer(1024)
        if ctypes.windll.kernel32.GetShortPathNameW(str(path), buffer, len(buffer)):
            return buffer.value
    return str(path)


def _xlwings() -> str:
    try:
        return metadata.version("xlwings")
    except metadata.PackageNotFoundError:
        return ""


def _dll_folder() -> Path | None:
    """Where pip put xlwings' DLLs."""
    try:
        files = metadata.files("xlwings") or []
    except metadata.PackageNotFoundError:
        return None
    places = (Path(str(file.locate())).resolve() for file in files if file.name.startswith("xlwings64-"))
    return next((place.parent for place in places if place.suffix == ".dll"), None)


def _windows(known: Machine, read: Read) -> Machine:
    excel = read(MACHINE, r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe", "")
    products = read(MACHINE, r"SOFTWARE\Microsoft\Office\ClickToRun\Configuration", "ProductReleaseIds")
    clouds = [os.environ.get(name) for name in ("OneDrive", "OneDriveCommercial")]
    startup = Path(os.environ["APPDATA"]) / "Microsoft" / "Excel" / "XLSTART"
    return replace(
        known,
        excel=Path(excel) if excel else None,
        excel_bits=32 if excel and _machine_code(Path(excel)) == _X86 else 64,
        spills=any(product in products for product in _SPILLING),
        startup=startup,
        add_ins=tuple(_add_ins(startup, read)),
        blocks=tuple(block for block in BLOCKS if block.stands(read)),
        one_drive=tuple({Path(folder) for folder in clouds if folder}),
    )


def _add_ins(startup: Path, read: Read) -> Iterator[Path]:
    if (startup / FILE_NAME).exists():
        yield startup / FILE_NAME
    number = 0
    while entry := read(USER, rf"{_OFFICE}\Excel\Options", f"OPEN{number or ''}"):
        path = Path(entry.removeprefix("/R ").strip('"'))
        if path.name.lower() == FILE_NAME:
            yield path
        number += 1


def _machine_code(program: Path) -> bytes:
    """The processor a program is made for, from its header: x86, x64, or ARM64, whose Excel loads DLLs for x64."""
    try:
        with program.open("rb") as file:
            head = file.read(4096)
    except OSError:
        return b""
    at = int.from_bytes(head[0x3C:0x40], "little")
    return head[at + 4 : at + 6]
