"""Templates put together at random: the same document as docxtpl's, or a valid one where docxtpl has none."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from zipfile import ZipFile

from docxtpl import DocxTemplate
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2.exceptions import TemplateError as JinjaError
from lxml import etree

from perfxl.documents.template.compiled import RenderError, TemplateError
from perfxl.documents.template.containers import repair
from perfxl.documents.template.fallback import find_differences
from tests.documents.docx_kit import TABLE, P, bare, by_docxtpl, compiled, zipped

CONTEXT: dict[str, Any] = {
    "name": "甲 & <乙>",
    "lines": "一\n二\t三\a四\f五",
    "yes": True,
    "no": False,
    "rows": [{"n": "x & y", "sub": [1, 2]}, {"n": "z", "sub": []}],
    "nothing": [],
}
WORDS = (
    "字",
    "{{ name }}",
    "{{ lines }}",
    "{{ name|upper }}",
    "{# 注 #}",
    "{_{ x }_}",
    " ",
    "&amp;",
    "{{ rows|length }}",
)
BLOCKS = ("if yes", "if no", "for k in rows", "for k in nothing", "if rows and no == false")
AROUND = (
    "{}",
    "{}",
    "{}",
    "<w:hyperlink w:anchor='a'>{}</w:hyperlink>",
    "<w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt>",
)

words = st.sampled_from(WORDS)
blocks = st.sampled_from(BLOCKS)


def _inline(parts: tuple[str, list[str], str, bool]) -> str:
    before, inner, block, inside = parts
    word, own = block.split(" ")[0], "{{ k.n }}" if block.startswith("for") else ""
    held = f"{{% {block} %}}{''.join(inner)}{own}{{% end{word} %}}" if inside else "".join(inner)
    return before + held


texts = st.tuples(words, st.lists(words, max_size=3), blocks, st.booleans()).map(_inline)


def _runs(text: str, size: int, around: str) -> str:
    """The text in runs of a few characters, as Word leaves it; never within an entity."""
    pieces = [text] if "&" in text else [text[at : at + size] for at in range(0, len(text), size)]
    runs = "".join(f"<w:r><w:rPr><w:b/></w:rPr><w:t>{piece}</w:t></w:r>" for piece in pieces)
    return f"<w:p>{around.format(runs)}</w:p>"


paragraphs = st.builds(_runs, texts, st.integers(2, 9), st.sampled_from(AROUND))


def _block(kind: str, inner: list[str]) -> str:
    return P(f"{{%p {kind} %}}") + "".join(inner) + P(f"{{%p end{kind.split(' ')[0]} %}}")


def _table(block: str, cells: list[str], head: bool) -> str:
    rows = [
        [f"{{%tr {block} %}}"] * 1 + [""] * (len(cells) - 1),
        cells,
        [f"{{%tr end{block.split(' ')[0]} %}}"] + [""] * (len(cells) - 1),
    ]
    return TABLE([["头"] * len(cells), *rows] if head else rows)


def _cell(inner: list[str]) -> str:
    return f"<w:tbl><w:tblGrid><w:gridCol w:w='99'/></w:tblGrid><w:tr><w:tc>{''.join(inner)}</w:tc></w:tr></w:tbl>"


tables = st.builds(_table, blocks, st.lists(texts, min_size=1, max_size=3), st.booleans())
bodies = st.recursive(
    st.one_of(paragraphs, paragraphs, tables),
    lambda inner: st.one_of(
        st.builds(_block, blocks, st.lists(inner, max_size=3)),
        st.builds(_cell, st.lists(inner, min_size=1, max_size=3)),
    ),
    max_leaves=6,
)


class Strict(DocxTemplate):  # type: ignore[misc]
    """docxtpl, which mends the XML of a body that is none by leaving things out."""

    def fix_tables(self, xml: str) -> Any:
        etree.fromstring(xml)
        return super().fix_tables(xml)


def settled(document: bytes) -> bytes:
    """With what docxtpl leaves empty filled up."""
    with ZipFile(BytesIO(document)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name in ("word/document.xml", "word/header1.xml"):
        root = etree.fromstring(parts[name])
        repair(root)
        parts[name] = etree.tostring(root)
    return zipped(parts)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(bodies, min_size=1, max_size=3), bodies)
def test_as_docxtpl_or_better(body: list[str], header: str) -> None:
    data = bare("".join(body), header)
    try:
        theirs: bytes | None = settled(by_docxtpl(data, CONTEXT, Strict))
    except (etree.XMLSyntaxError, JinjaError):
        theirs = None
    try:
        ours = compiled(data).render(CONTEXT)
    except (TemplateError, RenderError):
        assert theirs is None
        return
    with ZipFile(BytesIO(ours)) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(archive.read(name))
    if theirs is not None:
        assert find_differences(ours, theirs) == []
