"""Workbooks that carry an old path of the add-in: the path goes, all else stays."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from perfxl.cli import main
from perfxl.cli.show import CLEAN, UNUSABLE
from perfxl.core.problems import has_errors
from perfxl.workbook.patch.formulas import _formula, relink
from tests.workbook import books

_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def _linked(path: Path, targets: list[str], formulas: list[str], names: dict[str, str] | None = None) -> Path:
    """A workbook with external links to the targets, and a formula in each row of column A."""
    cells = "".join(f'<row r="{r}"><c r="A{r}"><f>{f}</f><v>1</v></c></row>' for r, f in enumerate(formulas, 1))
    links = "".join(f'<externalReference r:id="rIdx{i}"/>' for i in range(1, len(targets) + 1))
    defined = "".join(f'<definedName name="{name}">{f}</definedName>' for name, f in (names or {}).items())
    parts = {
        "xl/workbook.xml": f'<workbook xmlns="{books.MAIN}" xmlns:r="{_RELATIONS}"><sheets>'
        f'<sheet name="表" sheetId="1" r:id="rId1"/></sheets><externalReferences>{links}</externalReferences>'
        f"<definedNames>{defined}</definedNames></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
        + "".join(
            f'<Relationship Id="rIdx{i}" Type="{_RELATIONS}/externalLink" Target="externalLinks/externalLink{i}.xml"/>'
            for i in range(1, len(targets) + 1)
        )
        + "</Relationships>",
    }
    for i, target in enumerate(targets, 1):
        parts[f"xl/externalLinks/externalLink{i}.xml"] = (
            f'<externalLink xmlns="{books.MAIN}" xmlns:r="{_RELATIONS}"><externalBook r:id="rId1"/></externalLink>'
        )
        parts[f"xl/externalLinks/_rels/externalLink{i}.xml.rels"] = (
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" TargetMode="External" '
            f'Type="{_RELATIONS}/externalLinkPath" Target="{target}"/></Relationships>'
        )
    return books.package(path, books.sheet_xml(cells), parts)


def _formulas(path: Path) -> list[str]:
    sheet = etree.fromstring(zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml"))
    return [f.text or "" for f in sheet.iter("{*}f")]


ADD_IN = "file:///C:\\Users\\%E5%BC%A0%E4%B8%89\\AppData\\Roaming\\Microsoft\\Excel\\XLSTART\\perfxl.xlam"


def test_the_path_goes_and_the_functions_stay(tmp_path: Path) -> None:
    formulas = ["[1]!PX_SCORE(B1,C1)", "SUM(B1:B2)", "[1]!PX_GRADE([1]!PX_TOTAL(B:F))"]
    source = _linked(tmp_path / "旧.xlsx", [ADD_IN], formulas)
    before = source.read_bytes()
    out = tmp_path / "新.xlsx"
    count, problems = relink(source, out)
    assert count == 2 and not problems
    assert _formulas(out) == ["PX_SCORE(B1,C1)", "SUM(B1:B2)", "PX_GRADE(PX_TOTAL(B:F))"]
    assert source.read_bytes() == before
    package = zipfile.ZipFile(out)
    assert not any("externalLink" in name for name in package.namelist())
    assert b"externalReference" not in package.read("xl/workbook.xml")
    assert b"externalLink" not in package.read("xl/_rels/workbook.xml.rels") + package.read("[Content_Types].xml")


def test_other_links_move_up_and_keep_their_targets(tmp_path: Path) -> None:
    source = _linked(
        tmp_path / "a.xlsx",
        ["a.xlsx", ADD_IN, "b.xlsx", "D:/other/PERFXL.XLAM"],
        [
            "[1]Sheet1!A1+[3]Sheet1!A1+[2]!PX_GRADE(A1)",
            "'[3]一 月'!A1&amp;\"[2]!PX_GRADE\"",
            "[4]!PX_NUMBER('[3]一 月'!B2)",
            "Table1[2]+Table1[[1],[3]]+[3]Sheet1:Sheet3!A1",
        ],
        {"n": "[2]!PX_GRADE([3]Sheet1!$A$1)"},
    )
    out = tmp_path / "out.xlsx"
    count, _ = relink(source, out)
    assert _formulas(out) == [
        "[1]Sheet1!A1+[2]Sheet1!A1+PX_GRADE(A1)",
        "'[2]一 月'!A1&\"[2]!PX_GRADE\"",
        "PX_NUMBER('[2]一 月'!B2)",
        "Table1[2]+Table1[[1],[3]]+[2]Sheet1:Sheet3!A1",
    ]
    assert count == 5
    workbook = etree.fromstring(zipfile.ZipFile(out).read("xl/workbook.xml"))
    assert workbook.findtext(".//{*}definedName") == "PX_GRADE([2]Sheet1!$A$1)"
    relations = etree.fromstring(zipfile.ZipFile(out).read("xl/_rels/workbook.xml.rels"))
    parts = {one.get("Id"): one.get("Target") for one in relations}
    kept = [str(parts[one.get(f"{{{_RELATIONS}}}id")]) for one in workbook.iter("{*}externalReference")]
    targets = [etree.fromstring(zipfile.ZipFile(out).read(f"xl/externalLinks/_rels/{Path(p).name}.rels")) for p in kept]
    assert [one[0].get("Target") for one in targets] == ["a.xlsx", "b.xlsx"]


def test_a_workbook_without_old_links_is_copied_and_that_is_said(tmp_path: Path) -> None:
    source = _linked(tmp_path / "a.xlsx", ["a.xlsx"], ["[1]Sheet1!A1"])
    count, problems = relink(source, tmp_path / "b.xlsx")
    assert count == 0 and [p.code for p in problems] == ["A116"]
    assert _formulas(tmp_path / "b.xlsx") == ["[1]Sheet1!A1"]


def test_what_is_no_workbook_and_writing_onto_itself_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"nothing")
    count, problems = relink(path, tmp_path / "b.xlsx")
    assert count == 0 and has_errors(problems) and not (tmp_path / "b.xlsx").exists()
    assert has_errors(relink(path, path)[1]) and path.read_bytes() == b"nothing"


def test_the_command_writes_beside_the_workbook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = _linked(tmp_path / "旧.xlsx", [ADD_IN], ["[1]!PX_GRADE(B1)"])
    assert main(["addin", "relink", str(source)]) == CLEAN
    assert "旧-relinked.xlsx" in capsys.readouterr().out
    assert _formulas(tmp_path / "旧-relinked.xlsx") == ["PX_GRADE(B1)"]
    assert main(["addin", "relink", "-o", str(tmp_path / "new.xlsx"), str(source)]) == CLEAN
    assert _formulas(tmp_path / "new.xlsx") == ["PX_GRADE(B1)"]
    assert main(["addin", "relink"]) == UNUSABLE


@given(st.text("[]123!'\"AB: ()+,表", max_size=40))
def test_formulas_without_the_add_in_keep_their_text(text: str) -> None:
    assert _formula(text, {1: 1, 2: 2, 3: 3}) == text
