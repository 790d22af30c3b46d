"""The seal of a file that goes out: what its recipient must not change cannot be changed without being noticed.

Sheet protection keeps nobody from anything. The seal is an HMAC over what stands in the locked cells; its key stays
with HR, in a file that nobody else can read.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Any

from perfxl.core.records import Tables
from perfxl.core.requests import JOBS
from perfxl.workbook.template import Calculated, CellValue, Figure, Records, column_of

__all__ = ["KEY_FILE", "given_inputs", "hash_program", "keep_key", "load_key", "locked_rows", "new_key", "seal_of"]

KEY_FILE = "seal.key"
_LOCKED_TABLES = ("people", "kpis", "contracts", "contract_lines")
_KEY_BYTES, _SEAL_LENGTH = 32, 40  # of the key; characters of the seal

Row = dict[str, Any]
_Plain = str | float | bool | None


def load_key(path: Path) -> bytes | None:
    """HR's key; None where there is none.

    Raises: OSError where it cannot be read.
    """
    try:
        return bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (FileNotFoundError, ValueError):
        return None


def new_key() -> bytes:
    """A key that nobody can guess."""
    return secrets.token_bytes(_KEY_BYTES)


def keep_key(path: Path, key: bytes) -> None:
    """Writes the key where its owner alone may read it, unless it is there.

    Raises: OSError where it cannot be written.
    """
    if load_key(path) == key:
        return
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="ascii") as file:  # noqa: PTH123 - a path would lose the rights
        file.write(key.hex() + "\n")


def hash_program(tables: Tables) -> str:
    """What tells one state of a program from another, by what is locked in the files that go out: people, KPIs,
    contracts and their lines."""
    digest = hashlib.blake2b(digest_size=16)
    for name in _LOCKED_TABLES:
        records = tables.get(name)
        for column, values in sorted(records.columns.items()) if records else ():
            # Most columns are blank: what repr says of them, at once.
            is_blank = values.count(None) == len(values)
            spelled = f"[{', '.join(['None'] * len(values))}]" if is_blank else repr(values)
            digest.update(f"({name!r}, {column!r}, {spelled})".encode())
    return digest.hexdigest()


def locked_rows(rows: Mapping[str, Records], fields: Mapping[str, Sequence[str]]) -> str:
    """What must not change, as the seal reads it: JSON of each job's rows, of which the given fields but for those to
    be filled in, as plain values; jobs and fields by name. Texts that come again and again are spelled once.

    fields  the fields that each job's sheet shows, each alone in its cell
    """
    jobs = []
    for job in sorted(rows.keys() & JOBS.keys()):
        each, columns = rows[job], list[list[str]]()
        for name in sorted(fields.get(job, ())):
            if name not in JOBS[job].inputs and name != "light":
                values = column_of(each, name)
                kinds = {*map(type, values)}
                if Calculated not in kinds:
                    columns.append(_spelled_column(f'"{name}":', values, kinds))
        spelled = [",".join(row) for row in zip(*columns, strict=True)] or [""] * len(each)
        jobs.append(f'"{job}":[{",".join([f"{{{row}}}" for row in spelled])}]')
    return f"{{{','.join(jobs)}}}"


def given_inputs(rows: Mapping[str, Records]) -> dict[str, list[Row]]:
    """What stands in the cells to be filled in when a file goes out, by job, as plain values without blanks."""
    given: dict[str, list[Row]] = {}
    for job, each in rows.items():
        if job in JOBS:
            inputs = JOBS[job].inputs
            columns = [column_of(each, name) for name in inputs]
            if all(column.count(None) == len(column) for column in columns):  # as most forms go out
                given[job] = [{} for _ in range(len(each))]
                continue
            plain = zip(*(_plain_column(column, {*map(type, column)}) for column in columns), strict=True)
            given[job] = [
                {name: value for name, value in zip(inputs, row, strict=True) if value is not None} for row in plain
            ]
    return given


def seal_of(key: bytes, file: str, locked: str) -> str:
    """The seal of a file with that ID over its locked rows."""
    said = f"[{_JSON.encode(file)},{locked}]"
    return hmac.digest(key, said.encode(), "sha256").hex()[:_SEAL_LENGTH]


_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_TEXTS: frozenset[type] = frozenset((str, type(None)))
_NUMBERS: frozenset[type] = frozenset((float,))
_SIMPLE: frozenset[type] = frozenset((str, float, type(None)))


def _spelled_column(start: str, values: Sequence[CellValue], kinds: Collection[type]) -> list[str]:
    """Values of these types as JSON has them."""
    if _TEXTS.issuperset(kinds):
        known = {value: start + (_JSON.encode(value) if value else "null") for value in {*values}}
        return [known[value] for value in values]
    if kinds == _NUMBERS and all(map(isfinite, values)):  # type: ignore[arg-type]
        return [start + repr(value) for value in values]
    return [start + _spelled(_plain(value)) for value in values]


def _spelled(value: _Plain) -> str:
    return repr(value) if isinstance(value, float) and isfinite(value) else _JSON.encode(value)


def _plain_column(values: Sequence[CellValue], kinds: Collection[type]) -> list[_Plain]:
    """Values of these types as they read back from their cells."""
    if _SIMPLE.issuperset(kinds):
        return [None if value == "" else value for value in values]  # type: ignore[misc]
    return list(map(_plain, values))


def _plain(value: CellValue) -> _Plain:
    """A value as it reads back from a cell."""
    if value is None or type(value) is float:
        return value
    if isinstance(value, Calculated):
        value = value.value
    if isinstance(value, Figure):
        value = value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value or None if isinstance(value, str) else value
