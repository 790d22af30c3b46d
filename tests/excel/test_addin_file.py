"""The add-in's file: read back by other programs, part by part and bit by bit."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping
from typing import Any

import olefile
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from oletools.olevba import VBA_Parser, decompress_stream
from openpyxl import load_workbook

from perfxl.excel.addin import vba_project
from perfxl.excel.addin.compound_file import compound_file
from perfxl.excel.addin.package import Place, addin, code_modules
from perfxl.excel.addin.vba_project import Module, compressed
from perfxl.excel.functions import FUNCTIONS
from perfxl.ribbon.ribbon_xml import ribbon_texts, ribbon_xml

PLACE = Place(r'"C:\Python 3\pythonw.exe" -E -P -m perfxl.ribbon.server $(CLSID)', r"C:\张三\Python", "0.37.8")


@pytest.fixture(scope="module")
def made() -> bytes:
    return addin(PLACE, ribbon_xml(), ribbon_texts(), "1.2.3")


@pytest.fixture(scope="module")
def project(made: bytes) -> bytes:
    return zipfile.ZipFile(io.BytesIO(made)).read("xl/vbaProject.bin")


def test_the_same_add_in_has_the_same_bytes(made: bytes) -> None:
    assert addin(PLACE, ribbon_xml(), ribbon_texts(), "1.2.3") == made


def test_every_module_is_read_back_as_it_was_written(made: bytes) -> None:
    found = {name.split(".")[0]: code for _, _, name, code in VBA_Parser("perfxl.xlam", data=made).extract_macros()}
    assert all(found[module.name] == module.source for module in code_modules("0.37.8"))
    assert {"ThisWorkbook", "PxSheet1", "PxSheet2", "PxSheet3"} <= found.keys()


def test_code_is_ascii(made: bytes) -> None:
    for module in code_modules("0.37.8"):
        assert module.source.isascii()
        assert max(map(len, module.source.splitlines())) < 1_023


def test_few_patterns_that_scanners_look_for(made: bytes) -> None:
    found = {word for kind, word, _ in VBA_Parser("perfxl.xlam", data=made).analyze_macros() if kind == "Suspicious"}
    assert found <= {"Lib", "Hex Strings", "Base64 Strings"}


def test_the_compound_file_is_sound(project: bytes) -> None:
    found = olefile.OleFileIO(io.BytesIO(project), raise_defects=olefile.DEFECT_UNSURE)
    assert not found.parsing_issues
    assert found.exists("PROJECT") and found.exists("VBA/dir") and found.exists("VBA/_VBA_PROJECT")
    assert found.openstream("VBA/_VBA_PROJECT").read() == bytes.fromhex("cc61ffff000000")
    _assert_red_black(found)


names = st.text("ABCDEFGHijklmnop0123_", min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(names, st.binary(max_size=9_000), max_size=40))
def test_any_streams_come_back_and_the_tree_is_red_black(streams: dict[str, bytes]) -> None:
    streams = {name.upper(): content for name, content in streams.items()}  # case makes no other name
    found = olefile.OleFileIO(io.BytesIO(compound_file({"in": streams, "top": b"x"})), raise_defects=40)
    assert {name: found.openstream(["in", name]).read() for name in streams} == streams
    _assert_red_black(found)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(max_codepoint=127), max_size=200), max_size=60).map("\n".join))
def test_compressed_code_comes_back(code: str) -> None:
    for text in (code, code * 7):
        assert bytes(decompress_stream(bytearray(compressed(text.encode())))) == text.encode()


def test_the_project_says_that_nobody_protects_it() -> None:
    key = sum(vba_project._ID.encode()) & 0xFF
    held = {name: _decrypted(value, key) for name, value in vba_project._PROTECTION}
    assert held == {"CMG": bytes(4), "DPB": b"\0", "GC": b"\xff"}


def test_parts_fit_together(made: bytes) -> None:
    package = zipfile.ZipFile(io.BytesIO(made))
    for name in package.namelist():
        if name.endswith((".xml", ".rels")):
            etree.fromstring(package.read(name))
    types = etree.fromstring(package.read("[Content_Types].xml"))
    declared = {one.get("PartName", "")[1:] for one in types if one.get("PartName")}
    assert declared <= set(package.namelist())
    relations = etree.fromstring(package.read("_rels/.rels"))
    targets = {one.get("Type", "").rsplit("/", 1)[-1]: one.get("Target") for one in relations}
    assert targets["extensibility"] == "customUI/customUI14.xml"
    assert all(target in package.namelist() for target in targets.values())


def test_code_names_of_sheets_have_document_modules(made: bytes) -> None:
    book = _sheets(made)
    assert [sheet.sheet_properties.codeName for sheet in book] == ["PxSheet1", "PxSheet2", "PxSheet3"]
    settings_ = {row[0]: row[1] for row in book["settings"].iter_rows(values_only=True)}
    assert settings_["server"] == PLACE.server
    assert settings_["dll"] == r"C:\张三\Python"


def test_the_wizard_knows_every_function_in_both_languages(made: bytes) -> None:
    rows = list(_sheets(made)["functions"].iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in rows] == list(FUNCTIONS)
    for row, function in zip(rows, FUNCTIONS.values(), strict=True):
        assert row[1:5] == (function.zh, function.en, "绩效", "Performance")
        helps = [text for text in row[6:] if text is not None]
        assert len(helps) == 2 * row[5] and row[5] == min(len(function.arguments), 20)
        assert all(len(text) <= 255 for text in helps)


def test_a_module_of_a_sheet_says_what_it_belongs_to() -> None:
    source = Module("PxSheet1", "Option Explicit", vba_project.SHEET).source
    assert 'VB_Base = "0{00020820-0000-0000-C000-000000000046}"' in source
    assert source.endswith("Option Explicit\r\n")


def _sheets(made: bytes) -> Any:
    """The add-in for openpyxl, which knows no add-ins: as a workbook with macros."""
    package, plain = zipfile.ZipFile(io.BytesIO(made)), io.BytesIO()
    with zipfile.ZipFile(plain, "w") as copy:
        for name in package.namelist():
            copy.writestr(name, package.read(name).replace(b"ms-excel.addin.macroE", b"ms-excel.sheet.macroE"))
    return load_workbook(plain)


def _assert_red_black(found: Any) -> None:
    """No red entry has a red child, every path has as many black ones, names are in order."""
    entries = _entries(found)
    for number, entry in entries.items():
        if entry["kind"] in (1, 5):
            _black_height(entries, entry["child"])
            names = [entries[each]["name"] for each in _in_order(entries, entry["child"])]
            assert names == sorted(names, key=lambda name: (len(name), name.upper())), number


def _entries(found: Any) -> dict[int, dict[str, Any]]:
    content = found.directory_fp.getvalue()
    entries = {}
    for number in range(len(content) // 128):
        name, length, kind, colour, left, right, child = struct.unpack_from("<64sHBBIII", content, number * 128)
        if kind:
            text = name[: length - 2].decode("utf-16-le")
            keys = ("name", "kind", "colour", "left", "right", "child")
            entries[number] = dict(zip(keys, (text, kind, colour, left, right, child), strict=True))
    return entries


def _in_order(entries: Mapping[int, Mapping[str, Any]], number: int) -> list[int]:
    if number == 0xFFFFFFFF:
        return []
    entry = entries[number]
    return [*_in_order(entries, entry["left"]), number, *_in_order(entries, entry["right"])]


def _black_height(entries: Mapping[int, Mapping[str, Any]], number: int) -> int:
    if number == 0xFFFFFFFF:
        return 1
    entry = entries[number]
    children = [entry["left"], entry["right"]]
    if entry["colour"] == 0:
        assert all(entries[child]["colour"] == 1 for child in children if child in entries), "red below red"
    heights = {_black_height(entries, child) for child in children}
    assert len(heights) == 1, "paths differ in black entries"
    return heights.pop() + int(entry["colour"] == 1)


def _decrypted(text: str, key: int) -> bytes:
    """MS-OVBA 2.4.3.3."""
    content = bytes.fromhex(text)
    seed, version, project = content[0], content[1] ^ content[0], content[2] ^ content[0]
    assert (version, project) == (2, key)
    plain, last, before = project, content[2], content[1]
    out = []
    for byte in content[3:]:
        plain = byte ^ ((before + plain) & 0xFF)
        out.append(plain)
        before, last = last, byte
    data = bytes(out[(seed & 6) // 2 :])
    assert int.from_bytes(data[:4], "little") == len(data) - 4
    return data[4:]
