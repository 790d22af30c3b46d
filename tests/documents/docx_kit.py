"""Small real templates for the tests, and docxtpl as it is by itself."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any

import docx
from docxtpl import DocxTemplate

from perfxl.documents.template.compiled import CompiledTemplate

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
CORE_TYPE = "application/vnd.openxmlformats-package.core-properties+xml"
CORE = f"{PACKAGE}/relationships/metadata/core-properties"
WORDPROCESSING = "application/vnd.openxmlformats-officedocument.wordprocessingml"
CONTENT_TYPES = (
    f'xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
)
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
    "53de0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


def docx_bytes(fill: Callable[[Any], None]) -> bytes:
    """A document filled by python-docx."""
    document = docx.Document()
    fill(document)
    saved = BytesIO()
    document.save(saved)
    return saved.getvalue()


def paragraphs(*texts: str) -> bytes:
    def fill(document: Any) -> None:
        for text in texts:
            document.add_paragraph(text)

    return docx_bytes(fill)


def table(*rows: Sequence[str]) -> bytes:
    return docx_bytes(lambda document: add_table(document, rows))


def add_table(document: Any, rows: Sequence[Sequence[str]]) -> Any:
    made = document.add_table(len(rows), len(rows[0]))
    for row, texts in zip(made.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    return made


def add_split(paragraph: Any, text: str, size: int = 3) -> None:
    """The text in runs of a few characters, as Word leaves it after editing."""
    for start in range(0, len(text), size):
        paragraph.add_run(text[start : start + size]).bold = start % 2 == 0


def P(text: str, properties: str = "") -> str:
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>"


def TABLE(rows: Sequence[Sequence[str]]) -> str:
    lines = ("".join(f"<w:tc>{P(text)}</w:tc>" for text in row) for row in rows)
    grid = '<w:gridCol w:w="4000"/>' * len(rows[0])
    return f"<w:tbl><w:tblGrid>{grid}</w:tblGrid>{''.join(f'<w:tr>{line}</w:tr>' for line in lines)}</w:tbl>"


def bare(body: str, header: str) -> bytes:
    """The smallest document, for tests that need many: no styles, no theme."""
    word = f'xmlns:w="{WORD}" xmlns:r="{OFFICE}"'
    sections = '<w:sectPr><w:headerReference w:type="default" r:id="rId1"/></w:sectPr>'
    overrides = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{WORDPROCESSING}.{kind}+xml"/>'
        for name, kind in (("document", "document.main"), ("header1", "header"))
    )
    overrides += f'<Override PartName="/docProps/core.xml" ContentType="{CORE_TYPE}"/>'
    return zipped(
        {
            "[Content_Types].xml": f"<Types {CONTENT_TYPES}{overrides}</Types>".encode(),
            "_rels/.rels": _relationships(f"{OFFICE}/officeDocument", "word/document.xml", CORE, "docProps/core.xml"),
            "word/_rels/document.xml.rels": _relationships(f"{OFFICE}/header", "header1.xml"),
            "docProps/core.xml": f'<c:coreProperties xmlns:c="{PACKAGE}/metadata/core-properties"/>'.encode(),
            "word/document.xml": f"<w:document {word}><w:body>{body}{sections}</w:body></w:document>".encode(),
            "word/header1.xml": f"<w:hdr {word}>{header}</w:hdr>".encode(),
        }
    )


def _relationships(*kinds_and_targets: str) -> bytes:
    pairs = zip(kinds_and_targets[::2], kinds_and_targets[1::2], strict=True)
    lines = (f'<Relationship Id="rId{n}" Type="{k}" Target="{t}"/>' for n, (k, t) in enumerate(pairs, 1))
    return f'<Relationships xmlns="{PACKAGE}/relationships">{"".join(lines)}</Relationships>'.encode()


def with_part(data: bytes, name: str, content: bytes, content_type: str, relation: str) -> bytes:
    """The document with one more part, related to the body: python-docx cannot make footnotes or charts."""
    parts = unzipped(data)
    types, rels = "[Content_Types].xml", "word/_rels/document.xml.rels"
    override = f'<Override PartName="/{name}" ContentType="{content_type}"/></Types>'
    target = name.removeprefix("word/")
    relationship = f'<Relationship Id="rIdX" Type="{relation}" Target="{target}"/></Relationships>'
    parts[types] = parts[types].replace(b"</Types>", override.encode())
    parts[rels] = parts[rels].replace(b"</Relationships>", relationship.encode())
    return zipped({**parts, name: content})


def unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def zipped(parts: Mapping[str, bytes]) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return packed.getvalue()


def compiled(data: bytes, **options: Any) -> CompiledTemplate:
    return CompiledTemplate.from_bytes(data, "t.docx", **options)


def by_docxtpl(data: bytes, context: Mapping[str, Any], template: type[DocxTemplate] = DocxTemplate) -> bytes:
    document = template(BytesIO(data))
    document.render(dict(context), autoescape=True)
    saved = BytesIO()
    document.save(saved)
    return saved.getvalue()


def texts_of(data: bytes) -> list[str]:
    """The paragraphs of a document, those of tables last."""
    document = docx.Document(BytesIO(data))
    cells: Iterable[Any] = (cell for made in document.tables for row in made.rows for cell in row.cells)
    return [paragraph.text for paragraph in document.paragraphs] + [cell.text for cell in cells]
