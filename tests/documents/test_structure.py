"""docxtpl's later steps: the quick ones do what docxtpl's do, on any text and any table."""

from __future__ import annotations

from docxtpl import DocxTemplate
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from perfxl.documents.template import structure
from perfxl.documents.template.breaks import hide_breaks
from perfxl.documents.template.containers import repair
from tests.documents.docx_kit import WORD

TEXTS = st.text("字\n\t\a\f", max_size=8)
PROPERTIES = st.sampled_from(("", "<w:rPr><w:i/></w:rPr>"))
TEXT = st.tuples(st.sampled_from(("<w:t>", "<w:t xml:space='preserve'>")), TEXTS).map(lambda t: f"{t[0]}{t[1]}</w:t>")
RUN = st.tuples(PROPERTIES, st.lists(st.one_of(TEXT, st.just("<w:br/>")), max_size=3)).map(
    lambda run: f"<w:r>{run[0]}{''.join(run[1])}</w:r>"
)
PARAGRAPH = st.tuples(
    st.sampled_from(("", "<w:pPr><w:jc w:val='center'/></w:pPr>")), st.lists(RUN, max_size=3), st.booleans()
).map(lambda p: f"<w:p>{p[0]}{''.join(p[1])}{'<w:bookmarkEnd/>' if p[2] else ''}</w:p>")


@given(st.lists(PARAGRAPH, max_size=3).map("".join))
def test_line_breaks(inner: str) -> None:
    xml = f"<w:body xmlns:w='{WORD}'>{inner}</w:body>"
    fixed, _ = structure.fix_tree(hide_breaks(xml).encode(), body=False, breaks=True)
    expected = etree.fromstring(DocxTemplate.resolve_listing(None, xml))
    assert etree.tostring(etree.fromstring(fixed), method="c14n") == etree.tostring(expected, method="c14n")


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
    repair(expected)  # of which docxtpl knows nothing
    assert etree.tostring(etree.fromstring(fixed), method="c14n") == etree.tostring(expected, method="c14n")
