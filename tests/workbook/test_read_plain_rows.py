"""What is looked for only in the rows that are not plain is found just where it would be found in the sheet."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lxml import etree

from perfxl.ooxml.xml import check_well_formed
from perfxl.workbook.reading import plain_rows, sheet_xml
from perfxl.workbook.reading.plain_rows import ROW, without_plain_rows

SHEET = (
    b'<worksheet xmlns:x14ac="x"><cols><col min="1"/></cols><sheetData>'
    b'<row r="1" spans="1:9" ht="30" customHeight="1"><c r="A1" s="68" t="s"><v>4078</v></c></row>'
    b'<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2"/><c r="C2" s="4"><v>-1.5E-7</v></c><c r="D2"></c></row>'
    b'<row r="3" s="2" customFormat="1"/><row r="4"><c r="A4" t="b"><v>1</v></c><c r="C4" s="3"/></row>'
    b'<row r="5" hidden="1"><c r="A5"><f>B2+1</f><v>3</v></c></row><row r="6"><c r="AA6"><v>1</v></c></row>'
    b'<row r="7"><c r="A7" s="3" t="str"><f>IF(A1="",1,x)</f><v>\xe5\xbc\xa0 3</v></c>'
    b'<c r="B7" t="str"><f>px_n</f><v></v></c></row>'
    b'<row r="8"><c r="A8" t="inlineStr"><is><t xml:space="preserve">a </t></is></c>'
    b'<c r="B8" s="1"><f>IF(A1&lt;2,"\xe2\x97\x8f",1)</f><v>1.5</v></c>'
    b'</row><row r="10" customFormat="false" ht="12.8" hidden="false" customHeight="true" outlineLevel="0"'
    b' collapsed="false"><c r="A10" s="0" t="n"><v>1</v></c></row>'
    b'<row r="21" spans="1:2" ht="20" customHeight="1" thickBot="1" x14ac:dyDescent="0.25"><c r="B21" t="s">'
    b'<v>17</v></c></row></sheetData><pageMargins left="0.4"/></worksheet>'
)
PUT = [
    b"",
    b"<",
    b">",
    b"/",
    b'"',
    b"'",
    b"&",
    b" ",
    b"=",
    b"1",
    b"c",
    b"-",
    b"!",
    b"?",
    b":",
    b"\x01",
    b"\xff",
    b"e",
    b"A",
    b"C",
]


def is_xml(xml: bytes) -> bool:
    try:
        check_well_formed(xml)
    except etree.XMLSyntaxError:
        return False
    return True


def changed() -> Iterator[bytes]:
    """The sheet with every byte replaced by others, and with others put before it."""
    for at in range(len(SHEET)):
        for text in PUT:
            yield SHEET[:at] + text + SHEET[at + 1 :]
            yield SHEET[:at] + text + SHEET[at:]


@pytest.fixture(autouse=True)
def _no_sheet_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_rows, "_SMALL", 0)


def test_of_few_small_sheets_everything_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = without_plain_rows(SHEET).numbers
    monkeypatch.setattr(plain_rows, "_SMALL", len(SHEET) + 1)
    monkeypatch.setattr(plain_rows, "_FEW", 2 * len(SHEET))
    monkeypatch.setattr(plain_rows, "_looked_at", 0)
    first, second = without_plain_rows(SHEET), without_plain_rows(SHEET)
    assert first.xml is SHEET and first.numbers == numbers and first.is_numbered
    assert len(second.xml) < len(SHEET) and second.numbers == numbers and second.is_numbered


def test_few_odd_rows_among_many_that_are_alike() -> None:
    """They are left just as they are, and where they are."""
    rows = [b'<row r="%d"><c r="A%d" s="3"><v>%d</v></c></row>' % (i, i, i % 7) for i in range(1, 60)]
    rows[19] = b'<row r="20" hidden="1"><c r="A20" s="3"><v>6</v></c></row>'
    rows[20] = b'<row r="21"/><row r="22"><c r="A22"><v>6</v></c></row>'
    rows[21] = b'<row r="23"><c r="A24" s="3"><v>6</v></c></row>'
    rows[58] = b'<row r="59"><c r="AA59" s="3"><v>6</v></c></row>'
    rest = without_plain_rows(b"".join(rows))
    assert rest.xml == b"".join((ROW, rows[19], rows[20], rows[21], ROW, rows[58]))
    assert rest.numbers == [*range(1, 24), *range(23, 60)]
    assert without_plain_rows(b"".join(rows[:19])) == plain_rows.Rest(ROW, [*range(1, 20)])


def test_plain_rows_are_found() -> None:
    rest = without_plain_rows(SHEET)
    assert rest.numbers == [1, 2, 3, 4, 5, 6, 7, 8, 10, 21]
    assert rest.xml.count(ROW) == 2 and rest.xml.count(b"<row ") == 2
    assert without_plain_rows(b"").xml == b"" and without_plain_rows(b'<row r="9"/>').xml == ROW


def test_a_sheet_is_xml_just_where_the_rest_of_it_is() -> None:
    kept = 0
    for xml in changed():
        rest = without_plain_rows(xml)
        kept += rest.xml.count(ROW)
        assert is_xml(rest.xml) is is_xml(xml), xml
    assert kept > 10_000


def test_what_is_odd_about_a_sheet_is_seen_in_the_rest_of_it() -> None:
    for xml in changed():
        if not is_xml(xml):
            continue
        rest = without_plain_rows(xml)
        assert rest.numbers == [int(number) for number in sheet_xml._ROW_NUMBER.findall(xml)], xml
        assert sheet_xml.is_other_form(rest.xml) is (sheet_xml.usual_form(xml) is not xml), xml
        assert sheet_xml.is_misplaced(rest.xml) >= sheet_xml.is_misplaced(xml), xml
        if len(set(rest.numbers)) == len(rest.numbers) and not sheet_xml.is_misplaced(rest.xml):
            assert sheet_xml.has_twins(rest.xml) is sheet_xml.has_twins(xml), xml
        assert sheet_xml.mended(xml, rest.xml) == sheet_xml._mended(xml), xml
        assert sheet_xml.wide_cells(rest.xml) == sheet_xml.wide_cells(xml), xml
        assert sheet_xml.hidden_rows(rest.xml) == sheet_xml.hidden_rows(xml), xml


@pytest.mark.parametrize("place", [b'<x a="%b"/>', b"<!-- -- %b -->", b"<x>%b", b"<x %b/>", b"<%b", b"&%b;"])
def test_rows_where_no_tag_may_stand_are_no_excuse(place: bytes) -> None:
    xml = b"<worksheet><sheetData>%b</sheetData></worksheet>" % (place % b'<row r="1"><c r="A1"/></row>')
    assert ROW in without_plain_rows(xml).xml
    assert not is_xml(without_plain_rows(xml).xml)
