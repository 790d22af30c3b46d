"""Small WordprocessingML pieces: elements, runs, fields, and an archive that is the same bytes every time."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

_EPOCH = (1980, 1, 1, 0, 0, 0)


def element(tag: str, *children: Any, **attributes: Any) -> Any:
    """`element("w:shd", val="clear", fill="F2F2F2")`: attributes are of the w: namespace, None leaves one out."""
    made = OxmlElement(tag)
    for name, value in attributes.items():
        if value is not None:
            made.set(qn(f"w:{name}"), str(value))
    made.extend(child for child in children if child is not None)
    return made


def runs(text: str, color: str = "") -> Iterator[Any]:
    """Text as runs; a tab is a tab, a newline a line break, {PAGE} and {NUMPAGES} are fields that Word fills."""
    look = element("w:rPr", element("w:color", val=color)) if color else None
    for piece in re.split(r"(\{(?:PAGE|NUMPAGES)\}|\t|\n)", text):
        if piece in ("\t", "\n"):
            yield element("w:r", element("w:tab" if piece == "\t" else "w:br"))
        elif re.fullmatch(r"\{[A-Z]+\}", piece):
            yield from _field(piece[1:-1])
        elif piece:
            yield element("w:r", deepcopy(look), _text("w:t", piece))


def repack(package: bytes) -> bytes:
    """The same parts, without the clock: python-docx stamps every part with the time of saving."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0  # else Windows and Linux differ
            target.writestr(entry, source.read(name))
    return packed.getvalue()


def _field(instruction: str) -> Iterator[Any]:
    yield element("w:r", element("w:fldChar", fldCharType="begin"))
    yield element("w:r", _text("w:instrText", f" {instruction} "))
    yield element("w:r", element("w:fldChar", fldCharType="separate"))
    yield element("w:r", _text("w:t", "1"))
    yield element("w:r", element("w:fldChar", fldCharType="end"))


def _text(tag: str, text: str) -> Any:
    made = element(tag)
    made.text = text
    made.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return made
