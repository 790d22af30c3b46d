"""The .oxt: what stands in the folder oxt, the entries for Calc's function list, and the sources of the rules."""

from __future__ import annotations

import zipfile
from pathlib import Path

from perfxl import __version__
from perfxl.excel.calc.describe import add_in_entries

ROOT = Path(__file__).parent.parent.parent
SKELETON = Path(__file__).with_name("oxt")
# The functions stand on these rooms alone, and on nothing but Python itself; what follows there is for other hosts.
_ROOMS = ("core", "tables", "excel")
_NOT_NEEDED = (
    "core/checks/",
    "core/explain/",
    "excel/addin/",
    "excel/lambdas.py",
    "excel/calc/build.py",
)
_SAME_DATE = (2025, 1, 1, 0, 0, 0)


def build_oxt(path: Path) -> Path:
    """Writes the extension; the same sources give the same bytes."""
    temporary = path.with_name(f"{path.name}.part")
    with zipfile.ZipFile(temporary, "w") as archive:
        for name, content in sorted(_files().items()):
            entry = zipfile.ZipInfo(name, _SAME_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return temporary.replace(path)


def _files() -> dict[str, bytes]:
    found = {p.relative_to(SKELETON).as_posix(): p.read_bytes() for p in SKELETON.rglob("*") if p.is_file()}
    found = {name: content for name, content in found.items() if "__pycache__" not in name}
    found["description.xml"] = found["description.xml"].replace(b"@VERSION@", __version__.encode())
    found["CalcAddIns.xcu"] = add_in_entries().encode()
    for source in (ROOT / "__init__.py", *(path for room in _ROOMS for path in (ROOT / room).rglob("*.py"))):
        name = source.relative_to(ROOT).as_posix()
        if SKELETON not in source.parents and not name.startswith(_NOT_NEEDED):
            found[f"pythonpath/perfxl/{name}"] = source.read_bytes()
    return found
