"""What printed papers are checked by: a code on each, made of what it says, and the record of what was issued.

The code stands for kind, record and hash of the content; the manifest of the folder that a paper was made in, whose
lines are never changed, holds these of every paper issued, with what is to be compared with the print.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from perfxl.core.language import Text
from perfxl.disk import open_file
from perfxl.documents.papers import KINDS
from perfxl.documents.pictures.image import Picture, make_picture

__all__ = ["Issue", "code_of", "facts_of", "find_issue", "make_qr", "manifests_in", "qr_text", "read_code"]

MANIFEST = Path(".perfxl") / "manifest.jsonl"

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without those that are taken for others
_MEANT = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
_LENGTH = 16  # of which the last tells a slip of the pen
_CODE = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z]{4}(?:[ \-–—－]?[0-9A-Za-z]{4}){3}(?![0-9A-Za-z])")
_TOTAL = Text("总分", "Total")
_CHECKED = Text("核验：perfxl verify {code}", "To check: perfxl verify {code}")
_DEEPEST = 4  # folders below the one that is searched


class Issue(NamedTuple):
    """A paper as it was issued. `newer`: when another one took its place, blank where it is the last."""

    kind: str
    record: str
    facts: Mapping[str, str]
    file: str
    at: str
    manifest: Path
    newer: str = ""


def code_of(kind: str, record: str, content_hash: str) -> str:
    """The code of a paper: XXXX-XXXX-XXXX-XXXX."""
    digest = hashlib.blake2b("\0".join((kind, record, content_hash)).encode("utf-8", "surrogatepass"), digest_size=16)
    number = int.from_bytes(digest.digest())
    letters = "".join(_LETTERS[number >> 5 * place & 31] for place in range(_LENGTH - 1))
    letters += _check_letter(letters)
    return "-".join(letters[at : at + 4] for at in range(0, _LENGTH, 4))


def read_code(text: str) -> str:
    """The code in a text as somebody types it, or as a telephone reads it; blank where there is none without a slip."""
    for match in _CODE.finditer(text.upper()):
        letters = re.sub(r"[^0-9A-Z]", "", match[0]).translate(_MEANT)
        if len(letters) == _LENGTH and set(letters) <= set(_LETTERS) and letters[-1] == _check_letter(letters[:-1]):
            return "-".join(letters[at : at + 4] for at in range(0, _LENGTH, 4))
    return ""


def facts_of(context: Mapping[str, Any], record: str, draft: bool) -> dict[str, str]:
    """What of a paper is compared with its print: its number, the person, the total."""
    contract = context.get("contract")
    number = context.get("number") or (contract.get("number") if isinstance(contract, Mapping) else "") or record
    holders = context.get("holders") or [context.get("holder") or {}]
    people = [" ".join(dict.fromkeys(filter(None, (holder.get("id"), holder.get("name"))))) for holder in holders]
    result = context.get("result")
    total = "" if draft or not isinstance(result, Mapping) else str(result.get("total") or "")
    facts = {"number": str(number), "person": ", ".join(filter(None, people)), "total": total}
    return {name: value for name, value in {**facts, "draft": "1" if draft else ""}.items() if value}


def qr_text(kind: str, facts: Mapping[str, str], code: str, lang: str) -> str:
    """What a telephone shows of a paper's QR code."""
    lines = [f"{KINDS[kind].title(lang)} {facts.get('number', '')}", facts.get("person", "")]
    lines += [f"{_TOTAL(lang)} {facts['total']}"] if facts.get("total") else []
    return "\n".join(filter(None, (*lines, _CHECKED(lang).format(code=code))))


def make_qr(text: str) -> Picture:
    """The QR code of a text."""
    import segno

    saved = io.BytesIO()
    segno.make_qr(text, error="m", encoding="utf-8").save(saved, kind="png", scale=6, border=2)
    return make_picture(saved.getvalue())


def manifests_in(folder: Path) -> list[Path]:
    """The records of issued papers in a folder and some levels below."""
    found, level = [], [folder]
    for _ in range(_DEEPEST):
        found += [place / MANIFEST for place in level if (place / MANIFEST).is_file()]
        level = [inner for place in level for inner in _folders_in(place)]
    return found


def find_issue(code: str, manifests: list[Path]) -> Issue | None:
    """The paper that was issued with a code, the last time."""
    found: Issue | None = None
    for manifest in manifests:
        for line in _issues(manifest):
            key = line["kind"], line["record"]
            if code_of(*key, line["hash"]) == code:
                found = Issue(*key, line["issued"], line.get("where") or line["file"], line["at"], manifest)
            elif found and manifest == found.manifest and key == (found.kind, found.record):
                found = found._replace(newer=line["at"])
    return found


def _folders_in(place: Path) -> list[Path]:
    try:
        return [inner for inner in place.iterdir() if inner.is_dir() and not inner.is_symlink()]
    except OSError:
        return []


def _issues(manifest: Path) -> Iterator[dict[str, Any]]:
    with open_file(manifest, "rb") as file:
        for text in file:
            if b'"issued"' not in text:
                continue
            try:
                line = json.loads(text)
            except ValueError:  # the last one before a kill
                continue
            if isinstance(line, dict) and line.keys() >= {"kind", "record", "hash", "issued", "file", "at"}:
                yield line


@lru_cache(1)
def _weights() -> tuple[int, ...]:
    return tuple(range(1, 2 * _LENGTH, 2))  # odd: each letter in its place counts


def _check_letter(letters: str) -> str:
    total = sum(_LETTERS.index(letter) * weight for letter, weight in zip(letters, _weights(), strict=False))
    return _LETTERS[total % 32] if set(letters) <= set(_LETTERS) else ""
