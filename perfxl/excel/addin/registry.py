"""What Windows' registry holds, one value at a time: of this computer, or of a file that `reg export` has written."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

USER, MACHINE = "HKEY_CURRENT_USER", "HKEY_LOCAL_MACHINE"

Read = Callable[[str, str, str], str]
"""(USER or MACHINE, key, name of a value) -> the value as text; blank where there is none."""

_LINE = re.compile(r'^(?:"((?:[^"\\]|\\.)*)"|(@))=(?:"((?:[^"\\]|\\.)*)"|dword:([0-9a-fA-F]{8}))$')


def read_registry(root: str, key: str, name: str) -> str:
    """A value of this computer; blank where there is none, as everywhere but on Windows."""
    if sys.platform != "win32":
        return ""
    import winreg

    try:
        with winreg.OpenKey(getattr(winreg, root), key) as opened:
            return str(winreg.QueryValueEx(opened, name)[0])
    except OSError:
        return ""


def registry_file(path: Path) -> Read:
    """The values of a .reg file, texts and numbers; keys and names know no case."""
    content = path.read_bytes()
    text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    values: dict[tuple[str, str], str] = {}
    key = ""
    for line in text.splitlines():
        found = _LINE.match(line.strip())
        if line.startswith("["):
            key = line.strip().strip("[]").casefold()
        elif found:
            name, _, word, number = found.groups()
            plain = re.sub(r"\\(.)", r"\1", word) if word is not None else str(int(number, 16))
            values[key, re.sub(r"\\(.)", r"\1", name or "").casefold()] = plain

    def read(root: str, key: str, name: str) -> str:
        return values.get((f"{root}\\{key}".casefold(), name.casefold()), "")

    return read
