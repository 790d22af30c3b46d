"""Text as a workbook's XML holds it."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

LONGEST_TEXT = 32_767  # characters a cell holds
# Signs that XML cannot hold, and what would read as the escape of one.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


def xml_safe(text: str) -> str:
    """Cut to what a cell holds; signs that XML cannot hold are spelt _xHHHH_, the way Excel does."""
    return _UNSAFE.sub(lambda found: f"_x{ord(found[0]):04X}_", text[:LONGEST_TEXT])


def xml_text(text: str) -> str:
    """Safe and escaped, to be written into XML."""
    return escape(xml_safe(text))


def inline_string(text: str) -> str:
    """The content of a cell of type inlineStr: text that can never become a formula."""
    return f'<is><t xml:space="preserve">{xml_text(text)}</t></is>'
