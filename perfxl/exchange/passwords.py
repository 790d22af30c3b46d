"""Files with a password, really encrypted as Excel does it, and the list of passwords, which stays with HR.

The list is a file that its owner alone may read, beside the record of what was sent; the same recipient keeps the same
password when something is sent again.
"""

from __future__ import annotations

import hashlib
import io
import secrets
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path

from perfxl.core.language import Text
from perfxl.core.problems import Problem, problem
from perfxl.disk import private_folder
from perfxl.exchange.csv_lists import as_csv, from_csv
from perfxl.installation import pip_install
from perfxl.outputs import replacing

__all__ = [
    *("EACH", "ONE", "PASSWORD_FILE"),
    *("decrypted", "digest", "encrypted", "give_passwords", "lacking_package", "read_passwords", "write_passwords"),
]

EACH, ONE = "each", "one"
"""Each file has its own password, or one opens all."""

PASSWORD_FILE = Text("密码.csv", "passwords.csv")

_SIGNS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without those that are taken for others
_LENGTH = 12
_MOST_SPINS = 1_000_000  # rounds of a try; Excel and LibreOffice take 100,000
_FOR_ITS_OWNER = 0o600
_HEADERS = (
    *(Text("文件", "File"), Text("填报人", "Name"), Text("单位", "Unit"), Text("邮箱", "E-mail")),
    Text("密码", "Password"),
)


def lacking_package() -> list[Problem]:
    """That files cannot be encrypted here, and the command that changes it."""
    if find_spec("msoffcrypto"):
        return []
    return [problem("encryption_needs_package", command=pip_install("passwords"))]


def encrypted(content: bytes, password: str) -> bytes:
    """A workbook that Excel, WPS and LibreOffice open with the password."""
    from msoffcrypto.format.ooxml import OOXMLFile

    out = io.BytesIO()
    OOXMLFile(io.BytesIO(content)).encrypt(password, out)
    return out.getvalue()


def decrypted(path: Path, password: str) -> bytes | None:
    """What a workbook with a password holds; None where it is another password.

    Raises: ImportError without the package; OSError, ValueError and what its reader makes of a file that is none.
    """
    from msoffcrypto import OfficeFile
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError

    out = io.BytesIO()
    try:
        with path.open("rb") as file:
            office = OfficeFile(file)
            if (getattr(office, "info", None) or {}).get("spinValue", 0) > _MOST_SPINS:
                raise ValueError("a file that is made to keep its reader busy")
            office.load_key(password=password)
            office.decrypt(out)
    except (InvalidKeyError, DecryptionError):
        return None
    except FileFormatError as error:
        raise ValueError(str(error)) from error
    return out.getvalue()


def digest(content: bytes) -> str:
    """What tells one file from another."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def give_passwords(names: Sequence[str], known: dict[str, str], how: str, own: str = "") -> list[str]:
    """A password for each file, by its path below the folder of what is sent.

    known  those that were given before
    how    EACH or ONE
    own    one that HR has chosen for all
    """
    if own:
        return [own] * len(names)
    if how == ONE:
        before = set(known.values())
        return [before.pop() if len(before) == 1 else _new_password()] * len(names)
    return [known.get(name) or _new_password() for name in names]


def read_passwords(folder: Path) -> dict[str, str]:
    """The passwords by file, as the list in a folder of records has them; none where there is none.

    Raises: OSError where it cannot be read.
    """
    return {name: row[-1] for name, row in _rows(folder).items()}


def write_passwords(folder: Path, rows: Iterable[Sequence[str]], lang: str) -> Path:
    """Writes the list; files that were sent before stay on it.

    rows  file, name, unit, e-mail, password

    Raises: OSError where it cannot be written.
    """
    path = folder / PASSWORD_FILE(lang)
    known = _rows(folder) | {row[0]: [*row] for row in rows}
    content = as_csv([[header(lang) for header in _HEADERS], *known.values()])
    with private_folder(folder) as own, replacing(path, folder=own) as temporary:
        temporary.write_bytes(content)
        temporary.chmod(_FOR_ITS_OWNER)
        if path.exists():
            path.chmod(_FOR_ITS_OWNER)  # the rights of what is replaced are kept
    return path


def _rows(folder: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in PASSWORD_FILE:
        path = folder / name
        if path.is_file():
            rows = from_csv(path.read_bytes())[1:]
            found |= {row[0]: row for row in rows if len(row) == len(_HEADERS)}
    return found


def _new_password() -> str:
    return "".join(secrets.choice(_SIGNS) for _ in range(_LENGTH))
