"""Other programs that calculate a workbook anew: LibreOffice and formualizer, to compare what perfxl stored.

stored(path)                  formula cells and the values they hold
by_libreoffice(path, folder)  the same cells calculated by LibreOffice; skips the test where it is not installed
by_formualizer(path, folder)  the same cells calculated by formualizer
differences(a, b)             cells that do not agree
"""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import formualizer
import pytest
from lxml import etree

from tests.workbook.office import convert

Cell = tuple[str, str]  # sheet, address
Value = float | str | bool
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_VALUE_OF_FORMULA = re.compile(rb"(</f>|<f[^>]*/>)<v>[^<]*</v>")


def stored(path: Path) -> dict[Cell, Value]:
    """Every formula cell with its value: number, text ("" for none), or an error's code."""
    return {cell: value for cell, value, is_formula in _cells(path) if is_formula}


def formulas(path: Path) -> dict[Cell, str]:
    return dict(_formulas(path))


def by_libreoffice(path: Path, folder: Path) -> dict[Cell, Value]:
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    return stored(convert(_without_values(path, folder), folder / "libreoffice", "xlsx"))


def by_formualizer(path: Path, folder: Path) -> dict[Cell, Value]:
    out = folder / "formualizer.xlsx"
    out.write_bytes(formualizer.recalculate_xlsx_bytes(_without_values(path, folder).read_bytes())["bytes"])
    return stored(out)


def differences(expected: Mapping[Cell, Value], found: Mapping[Cell, Value]) -> list[str]:
    """The cells of `expected` that `found` has otherwise, or not at all. Sums that are not rounded may differ by what
    adding in another order does; points and totals, which are, then differ by a hundredth or not at all."""
    return [
        f"{cell}: {value!r} is {found.get(cell)!r}"
        for cell, value in expected.items()
        if not _same(value, found.get(cell))
    ]


def _same(a: Value, b: Value | None) -> bool:
    if isinstance(a, float) and isinstance(b, float):
        return abs(a - b) <= 1e-12 * max(abs(a), abs(b))
    return a == b


def _without_values(path: Path, folder: Path) -> Path:
    """A copy whose formulas hold no results, so that nobody can repeat them instead of calculating."""
    out = folder / "bare" / path.name
    out.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for name in source.namelist():
            data = source.read(name)
            if name.startswith("xl/worksheets/sheet"):
                data = _VALUE_OF_FORMULA.sub(rb"\1", data)
            target.writestr(name, data)
    return out


def _cells(path: Path) -> Iterator[tuple[Cell, Value, bool]]:
    with zipfile.ZipFile(path) as archive:
        shared = _shared_strings(archive)
        for title, part in _sheets(archive):
            with archive.open(part) as stream:
                for _, element in etree.iterparse(stream, tag=f"{_MAIN}c"):
                    formula = element.find(f"{_MAIN}f")
                    yield (title, element.get("r")), _value(element, shared), formula is not None
                    element.clear()


def _formulas(path: Path) -> Iterator[tuple[Cell, str]]:
    with zipfile.ZipFile(path) as archive:
        for title, part in _sheets(archive):
            for cell in etree.fromstring(archive.read(part)).iter(f"{_MAIN}c"):
                for formula in cell.iter(f"{_MAIN}f"):
                    yield (title, str(cell.get("r"))), formula.text or ""


def _value(element: etree._Element, shared: list[str]) -> Value:
    kind, text = element.get("t"), element.findtext(f"{_MAIN}v") or ""
    if kind == "s":
        return shared[int(text)]
    if kind == "b":
        return text == "1"
    if kind in ("str", "e", "inlineStr") or not text:
        return text
    return float(text)


def _shared_strings(archive: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    items = etree.fromstring(archive.read("xl/sharedStrings.xml")).iter(f"{_MAIN}si")
    return ["".join(t.text or "" for t in item.iter(f"{_MAIN}t")) for item in items]


def _sheets(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    targets = {
        relation.get("Id"): relation.get("Target")
        for relation in etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    }
    sheets = etree.fromstring(archive.read("xl/workbook.xml")).iter(f"{_MAIN}sheet")
    parts = [(str(sheet.get("name")), str(targets[sheet.get(_RELATION)])) for sheet in sheets]
    return [(name, target.lstrip("/") if target.startswith("/") else f"xl/{target}") for name, target in parts]
