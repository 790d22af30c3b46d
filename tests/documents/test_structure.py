"""docxtpl's later steps: the quick ones do what docxtpl's do, on any text and any table."""

from __future__ import annotations

from docxtpl import DocxTemplate
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from perfxl.documents.template import structure
from tests.documents.docx_kit import WORD

MARKUP = ("<w:p>", "<w:p w:id='1'>", "<w:p/>", "<w:p w:id='2'/>", "</w:p>", "<w:r>", "</w:r>", "<w:t>", "</w:t>")
PROPERTIES = ("<w:pPr><w:b/></w:pPr>", "<w:rPr><w:i/></w:rPr>", "<w:t xml:space='preserve'>")
PIECES = st.sampled_from((*MARKUP, *PROPERTIES, *"字\n\t\a\f"))


@given(st.lists(PIECES, max_size=40).map("".join))
def test_line_breaks(xml: str) -> None:
    assert structure.break_lines(xml) == DocxTemplate.resolve_listing(None, xml)


CELL = st.sampled_from(["<w:tc/>", "<w:tc><w:tcPr/></w:tc>", "<w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr></w:tc>"])
ROW = st.lists(CELL, max_size=5).map(lambda cells: f"<w:tr>{''.join(cells)}</w:tr>")


def _table(columns: list[int], rows: list[str]) -> str:
    grid = "".join(f"<w:gridCol w:w='{width}'/>" for width in columns)
    return f"<w:tbl><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


TABLE = st.builds(_table, st.lists(st.integers(1, 9000), max_size=5), st.lists(ROW, max_size=4))


@given(st.lists(TABLE, min_size=1, max_size=3))
def test_grids(tables: list[str]) -> None:
    xml = f"<w:body xmlns:w='{WORD}'>{''.join(tables)}</w:body>"
    fixed, _ = structure.fix_tree(xml.encode(), body=True)
    expected = DocxTemplate.fix_tables(None, xml)
    assert etree.tostring(etree.fromstring(fixed), method="c14n") == etree.tostring(expected, method="c14n")
