"""Cells of plain rows, all seen at once, are what calamine makes of them one by one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perfxl.ooxml.package import Package
from perfxl.workbook.files import workbook_on_disk
from perfxl.workbook.reading import plain_rows
from perfxl.workbook.reading.plain_cells import PlainReader
from perfxl.workbook.reading.plain_rows import ROW, without_plain_rows
from perfxl.workbook.reading.stream import StreamedWorkbook
from tests.workbook.books import MAIN, package, sheet_xml

STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="170" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/>'
    '<numFmt numFmtId="171" formatCode="000000"/><numFmt numFmtId="172" formatCode="[h]:mm"/></numFmts><cellXfs>'
    + "".join(f'<xf numFmtId="{number}"/>' for number in (0, 14, 9, 170, 171, 172, 2))
    + "</cellXfs></styleSheet>"
)
PERCENT, PADDED = 2, 4
STRINGS = f'<sst xmlns="{MAIN}"><si><t>甲</t></si><si><t xml:space="preserve"> 乙 </t></si><si><t/></si></sst>'
PARTS = {
    "xl/styles.xml": STYLES,
    "xl/sharedStrings.xml": STRINGS,
}


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StreamedWorkbook]:
    path = package(tmp_path_factory.mktemp("plain") / "a.xlsx", sheet_xml('<row r="1"/>'), PARTS)
    with workbook_on_disk(path) as (opened, _):
        assert isinstance(opened, Package)
        yield StreamedWorkbook(opened)


@pytest.fixture(autouse=True)
def _no_sheet_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_rows, "_SMALL", 0)


NUMBERS = st.one_of(
    st.integers(1 - 10**9, 10**9 - 1).map(str),
    st.integers(0, 3000).map(str),
    st.floats(-999_999_999.0, 999_999_999.0).map(repr),
    st.decimals(-(10**6), 10**6, places=3).map(str),
    st.sampled_from(["-0", "0.0", "00012", "-1E-7", "5e-324", "0.30000000000000004", "1." + "1" * 40]),
)
STYLE = st.sampled_from(["", *(f' s="{i}"' for i in range(7)), ' s="99"'])
TEXT = st.sampled_from(["", "a", "甲、乙", " b ", "1", "TRUE", "●", "45000"])
CONTENT = st.one_of(
    NUMBERS.map(lambda number: f"><v>{number}</v></c>"),
    NUMBERS.map(lambda number: f' t="n"><v>{number}</v></c>'),
    NUMBERS.map(lambda number: f"><f>A1&lt;2</f><v>{number}</v></c>"),
    st.integers(0, 4).map(lambda index: f' t="s"><v>{index}</v></c>'),
    st.integers(0, 1).map(lambda truth: f' t="b"><v>{truth}</v></c>'),
    TEXT.map(lambda text: f' t="str"><f>IF(B1="",1)</f><v>{text}</v></c>'),
    TEXT.map(lambda text: f' t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'),
    TEXT.map(lambda text: f' t="inlineStr"><is><t>{text}</t></is></c>'),
    st.sampled_from(["/>", "></c>"]),
)


@st.composite
def rows(draw: st.DrawFn) -> bytes:
    number, parts = 0, []
    for gap in draw(st.lists(st.integers(1, 120), min_size=1, max_size=8)):
        number += gap
        letters = sorted(draw(st.sets(st.sampled_from("ABCDEFXYZ"))))
        cells = [f'<c r="{letter}{number}"{draw(STYLE)}{draw(CONTENT)}' for letter in letters]
        parts.append(f'<row r="{number}" spans="1:9">{"".join(cells)}</row>')
    return "".join(parts).encode()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(xml=rows())
def test_what_calamine_makes_of_them(workbook: StreamedWorkbook, xml: bytes) -> None:
    assert workbook.strings
    numbers = [int(row.split(b'"')[1]) for row in xml.split(b"<row")[1:]]
    assert without_plain_rows(xml) == plain_rows.Rest(ROW, numbers)
    name = "人员"
    cells = workbook.plain.cells(xml)
    first, expected = workbook.values(name, workbook.strings, xml, 4)
    found = cells.rows(4, workbook.strings.take)
    # A text of no signs at the edge is a cell for one, and none for the other; both say "".
    assert _edges_off(cells.first, found) == _edges_off(first, expected)
    for at in range(3):
        column = workbook.plain.cells(xml, only=at)
        alone = _edges_off(column.first, column.rows(0, workbook.strings.take))
        assert alone == {place: cell for place, cell in _edges_off(first, expected).items() if place[1] == at}
    said, grid = workbook.plain_grid(name, cells), workbook.grid(name, xml, [], 0, [])
    assert (said.percent, said.padded) == (grid.percent, grid.padded)


def _edges_off(first: int, found: list[list[object]]) -> dict[tuple[int, int], str]:
    """Row and column of the sheet -> what a cell holds, with its type, of those that hold something."""
    return {(first + i, at): repr(cell) for i, row in enumerate(found) for at, cell in enumerate(row) if cell != ""}


def test_a_kind_of_cell_is_asked_about_once() -> None:
    asked: list[bytes] = []

    def read(cells: list[bytes]) -> list[object]:
        asked.extend(cells)
        return [1.5 if b"1.5" in cell else "2025-01-01" for cell in cells]

    reader = PlainReader(read, {})
    row = b'<row r="%d"><c r="A%d" s="3" t="b"><v>1</v></c><c r="B%d" s="4"><v>%d</v></c></row>'
    for first in (1, 100):
        reader.cells(b"".join(row % (i, i, i, i % 7) for i in range(first, first + 50)))
    assert asked == [b' s="3"><v>1.5</v></c>', b' s="4"><v>1.5</v></c>', b' s="3" t="b"><v>1</v></c>']


@pytest.mark.parametrize(
    ("row", "plain"),
    [
        (b'<row r="12"><c r="A12" s="3"><v>7</v></c></row>', True),
        (b'<row r="12"><c r="A13" s="3"><v>7</v></c></row>', False),
        (b'<row r="12"><c r="A012" s="3"><v>7</v></c></row>', False),
        (b'<row r="02"><c r="A02" s="3"><v>7</v></c></row>', False),
        (b'<row r="12"><c r="A12" t="b"><v>7</v></c></row>', False),
        (b'<row r="12" hidden="1"><c r="A12"><v>7</v></c></row>', False),
        (b'<row r="12" hidden="0"><c r="A12"><v>7</v></c></row>', False),
        (b'<row r="12"><c r="A12"><v>7</v></c><c r="A12"><v>8</v></c></row>', False),
    ],
)
def test_rows_of_one_shape_are_told_apart_by_what_their_digits_say(row: bytes, plain: bool) -> None:
    """Of hundreds of rows in a row, one of which is odd in nothing but its digits."""
    before = b"".join(b'<row r="%d"><c r="A%d" s="3"><v>7</v></c></row>' % (i, i) for i in range(1, 12))
    assert (without_plain_rows(before + row).xml == ROW) == plain
    assert (without_plain_rows(row + b'<row r="13"><c r="A13" s="3"><v>7</v></c></row>').xml == ROW) == plain
