"""Reading and changing made papers, as the tests need it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
from docx.document import Document
from docx.oxml.ns import qn
from openxml_audit import OpenXmlValidator


def texts(path: Path) -> list[str]:
    """The paragraphs of the body, tables included, in order."""
    return [_text(p) for p in docx.Document(str(path)).element.body.iter(qn("w:p"))]


def whole_text(path: Path) -> str:
    return "\n".join(texts(path))


def tables(path: Path) -> list[list[list[str]]]:
    """Table -> row -> cell texts, a spanning cell once."""
    document = docx.Document(str(path))
    return [
        [["\n".join(_text(p) for p in cell.iter(qn("w:p"))) for cell in row.iter(qn("w:tc"))] for row in rows]
        for rows in (table.iter(qn("w:tr")) for table in document.element.body.iter(qn("w:tbl")))
    ]


def edited(template: Path, target: Path, changes: dict[str, str]) -> Path:
    """A copy of a template as HR would make it in Word, with some texts replaced."""
    document = docx.Document(str(template))
    for paragraph in _everywhere(document):
        for run in paragraph.iter(qn("w:t")):
            for old, new in changes.items():
                run.text = run.text.replace(old, new)
    document.save(str(target))
    return target


def findings(path: Path) -> list[str]:
    """What an OOXML validator has against the file."""
    return [str(error) for error in OpenXmlValidator().validate(str(path)).errors]


def paths(value: Any, prefix: str = "") -> Iterator[str]:
    """The fields of a context, as documents/papers write them: `aspects[].lines[].kpi`."""
    if isinstance(value, dict):
        for name, held in value.items():
            yield from paths(held, f"{prefix}.{name}" if prefix else name)
    elif isinstance(value, list):
        for element in value:
            yield from paths(element, f"{prefix}[]")
    else:
        yield prefix


def strings(value: Any) -> Iterator[str]:
    """Every text in a context."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for element in value:
            yield from strings(element)
    elif isinstance(value, str):
        yield value


def _text(paragraph: Any) -> str:
    return "".join(t.text or "" for t in paragraph.iter(qn("w:t")))


def _everywhere(document: Document) -> Iterator[Any]:
    yield from document.element.body.iter(qn("w:p"))
    for section in document.sections:
        for part in (section.header, section.footer):
            yield from part._element.iter(qn("w:p"))
