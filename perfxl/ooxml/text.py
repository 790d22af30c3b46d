"""Text as a workbook's XML holds it."""

from __future__ import annotations

import re

LONGEST_TEXT = 32_767  # characters a cell holds
# Signs that XML cannot hold, and what would read as the escape of one.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


def xml_safe(text: str) -> str:
    """Cut to what a cell holds; signs that XML cannot hold are spelt _xHHHH_, the way Excel does."""
    return _UNSAFE.sub(lambda found: f"_x{ord(found[0]):04X}_", text[:LONGEST_TEXT])


def escape(text: str) -> str:
    """Text as XML spells it. (xml.sax.saxutils has it too, and brings an HTTP client along.)"""
    return text.replace("&", "&amp;").replace(">", "&gt;").replace("<", "&lt;")


def quote_attribute(text: str) -> str:
    """Text as the value of an attribute, with its quotes."""
    value = escape(text).replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;")
    if '"' not in value:
        return f'"{value}"'
    return f"'{value}'" if "'" not in value else '"{}"'.format(value.replace('"', "&quot;"))


def xml_text(text: str) -> str:
    """Safe and escaped, to be written into XML."""
    if text.isalnum() and len(text) <= LONGEST_TEXT:  # as most names and numbers are
        return text
    return escape(xml_safe(text))


def inline_string(text: str) -> str:
    """The content of a cell of type inlineStr: text that can never become a formula."""
    return f'<is><t xml:space="preserve">{xml_text(text)}</t></is>'
