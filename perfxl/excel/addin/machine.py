"""What is installed on this computer, as far as the add-in depends on it."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

from perfxl.excel.addin.package import FILE_NAME
from perfxl.installation import Python, this_python

_OFFICE = r"Software\Microsoft\Office\16.0"
_POLICY = r"Software\Policies\Microsoft\Office\16.0"
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
    trust_off    whether Excel trusts no folder, not even its own XLSTART
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
    trust_off: bool = False
    one_drive: tuple[Path, ...] = ()
    python: Python = field(default_factory=this_python)

    @property
    def server(self) -> str:
        """The command line that starts the server: short and always the same, since the DLL takes 2,048 bytes of the
        system's own character set and keeps one server for each command line. $(CLSID) is filled in by the DLL."""
        return f'"{short(self.interpreter)}" -E -P -m perfxl.ribbon.server $(CLSID)'

    def dll(self, bits: int) -> Path | None:
        return self.dll_folder / f"xlwings{bits}-{self.xlwings}.dll" if self.dll_folder else None


def look() -> Machine:
    """This computer."""
    known = Machine(platform.system(), interpreter(), _xlwings(), _dll_folder())
    return _windows(known) if sys.platform == "win32" else known


def interpreter() -> Path:
    """This Python; pythonw.exe on Windows."""
    python = Path(sys.executable)
    windowless = python.with_name("pythonw.exe")
    return windowless if windowless.exists() else python


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


if sys.platform == "win32":
    import winreg

    def _windows(known: Machine) -> Machine:
        excel = _value(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe", "")
        products = _value(
            winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Office\ClickToRun\Configuration", "ProductReleaseIds"
        )
        startup = Path(os.environ["APPDATA"]) / "Microsoft" / "Excel" / "XLSTART"
        return Machine(
            known.system,
            known.interpreter,
            known.xlwings,
            known.dll_folder,
            Path(excel) if excel else None,
            32 if excel and _machine_code(Path(excel)) == _X86 else 64,
            any(product in products for product in _SPILLING),
            startup,
            tuple(_add_ins(startup)),
            bool(int(_setting(r"Excel\Security\Trusted Locations", "AllLocationsDisabled") or 0)),
            tuple({Path(os.environ[name]) for name in ("OneDrive", "OneDriveCommercial") if os.environ.get(name)}),
        )

    def _add_ins(startup: Path) -> Iterator[Path]:
        if (startup / FILE_NAME).exists():
            yield startup / FILE_NAME
        number = 0
        while entry := _value(winreg.HKEY_CURRENT_USER, rf"{_OFFICE}\Excel\Options", f"OPEN{number or ''}"):
            path = Path(entry.removeprefix("/R ").strip('"'))
            if path.name.lower() == FILE_NAME:
                yield path
            number += 1

    def _setting(place: str, name: str) -> str:
        """What the company has set goes before what the user has."""
        policy = _value(winreg.HKEY_CURRENT_USER, rf"{_POLICY}\{place}", name)
        return policy or _value(winreg.HKEY_CURRENT_USER, rf"{_OFFICE}\{place}", name)

    def _value(root: int, key: str, name: str) -> str:
        try:
            with winreg.OpenKey(root, key) as opened:
                return str(winreg.QueryValueEx(opened, name)[0])
        except OSError:
            return ""

    def _machine_code(program: Path) -> bytes:
        """The processor a program is made for, from its header: x86, x64, or ARM64, whose Excel loads DLLs for x64."""
        try:
            with program.open("rb") as file:
                head = file.read(4096)
        except OSError:
            return b""
        at = int.from_bytes(head[0x3C:0x40], "little")
        return head[at + 4 : at + 6]

else:

    def _windows(known: Machine) -> Machine:
        return known
