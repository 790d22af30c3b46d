"""Runs in LibreOffice's own Python: opens templates in Writer, changes them as a person does, and saves them as .docx.

    python3 writer_edits.py PROFILE TEXT FROM TO ...

In each, a bold paragraph with TEXT is written below the title.
"""

from __future__ import annotations

import sys
from typing import Any

import uno  # noqa: F401 - makes com.sun.star importable
from com.sun.star.beans import PropertyValue
from com.sun.star.text.ControlCharacter import PARAGRAPH_BREAK

from tests.uno_office import office


def main(profile: str, text: str, *files: str) -> None:
    with office(profile) as (_, desktop):
        for source, target in zip(files[::2], files[1::2], strict=True):
            _edit(desktop, text, source, target)


def _edit(desktop: Any, text: str, source: str, target: str) -> None:
    document = desktop.loadComponentFromURL(f"file://{source}", "_blank", 0, (_property("Hidden", True),))
    title = document.Text.createEnumeration().nextElement()
    cursor = document.Text.createTextCursorByRange(title.End)
    document.Text.insertControlCharacter(cursor, PARAGRAPH_BREAK, False)
    document.Text.insertString(cursor, text, False)
    cursor.gotoEnd(False)
    cursor.gotoStartOfParagraph(True)
    cursor.CharWeight = 150.0
    document.storeToURL(f"file://{target}", (_property("FilterName", "MS Word 2007 XML"),))
    document.close(True)


def _property(name: str, value: Any) -> Any:
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


main(*sys.argv[1:])
