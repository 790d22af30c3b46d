"""Runs in LibreOffice's own Python: opens templates in Writer, changes them as a person does, and saves them as .docx.

    python3 writer_edits.py PROFILE TEXT FROM TO ...

In each, a bold paragraph with TEXT is written below the title.
"""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.text.ControlCharacter import PARAGRAPH_BREAK

_PIPE = "perfxl-writer"


def main(profile: str, text: str, *files: str) -> None:
    command = ["soffice", "--headless", "--norestore", f"-env:UserInstallation=file://{profile}"]
    office = subprocess.Popen([*command, f"--accept=pipe,name={_PIPE};urp"])
    desktop = None
    try:
        desktop = _desktop()
        for source, target in zip(files[::2], files[1::2], strict=True):
            _edit(desktop, text, source, target)
    finally:
        if desktop is not None:
            desktop.terminate()
        office.wait(30)


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


def _desktop() -> Any:
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(300):
        try:
            context = resolver.resolve(f"uno:pipe,name={_PIPE};urp;StarOffice.ComponentContext")
        except NoConnectException:
            time.sleep(0.2)
        else:
            return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    raise TimeoutError("LibreOffice did not start")


def _property(name: str, value: Any) -> Any:
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


main(*sys.argv[1:])
