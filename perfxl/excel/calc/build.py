"""The .oxt: what stands in the folder oxt, the entries for Calc's function list, and the sources that the functions
stand on, which need nothing but Python itself."""

from __future__ import annotations

import ast
import zipfile
from pathlib import Path

from perfxl import __version__
from perfxl.excel.calc.describe import add_in_entries
from perfxl.ooxml.zip_write import zip_entry
from perfxl.outputs import replacing

ROOT = Path(__file__).parent.parent.parent.parent
SKELETON = Path(__file__).with_name("oxt")
# What the component imports, and through these all.
_ENTRIES = ("perfxl.excel.calc.describe", "perfxl.excel.calc.mending", "perfxl.excel.functions")


def build_oxt(path: Path) -> Path:
    """Writes the extension; the same sources give the same bytes."""
    with replacing(path, "addin") as temporary, zipfile.ZipFile(temporary, "w") as archive:
        for name, content in sorted(_files().items()):
            archive.writestr(zip_entry(name), content)
    return path


def _files() -> dict[str, bytes]:
    files = {p.relative_to(SKELETON).as_posix(): p.read_bytes() for p in SKELETON.rglob("*") if p.is_file()}
    files = {name: content for name, content in files.items() if "__pycache__" not in name}
    files["description.xml"] = files["description.xml"].replace(b"@VERSION@", __version__.encode())
    files["CalcAddIns.xcu"] = add_in_entries().encode()
    for source in _find_sources():
        files[f"pythonpath/{source.relative_to(ROOT).as_posix()}"] = source.read_bytes()
    return files


def _find_sources() -> set[Path]:
    """The modules that the functions stand on, wherever in a module another one is imported, their packages, and the
    lists that they read."""
    sources: set[Path] = set()
    names = list(_ENTRIES)
    while names:
        place = ROOT.joinpath(*names.pop().split("."))
        path = next((p for p in (place.with_suffix(".py"), place / "__init__.py") if p.is_file()), None)
        if path is None or path in sources:  # a name inside a module, or met before
            continue
        sources.add(path)
        for lists in ("*.toml", "data/*.toml"):  # what a module reads stands beside it
            sources.update(path.parent.glob(lists))
        names.append(".".join(place.relative_to(ROOT).parts[:-1]) or "perfxl")
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Import):
                names += (alias.name for alias in node.names if alias.name.startswith("perfxl."))
            elif isinstance(node, ast.ImportFrom) and str(node.module).startswith("perfxl"):
                names += [str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)]
    return sources
