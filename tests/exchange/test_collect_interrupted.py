"""Collecting that is killed at any moment and started again gives what it gives undisturbed, and leaves nothing behind;
collecting twice changes nothing. Files that mean harm cost one problem each."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from perfxl.disk import WINDOWS
from perfxl.exchange.collect import Collection, collect
from perfxl.program import load
from tests.exchange.test_collect import Company
from tests.exchange.test_distribute import texts
from tests.fuzz.returns import sheet_part


@pytest.fixture
def company(tmp_path: Path) -> Company:
    company = Company(tmp_path)
    company.answer(0, ("S000", 55), ("S003", "九十"))
    company.answer(1, ("S001", 7))
    packed = company.back / "打包.zip"
    path = company.back / company.sent.files[1].path
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(path, path.name)
    path.unlink()
    return company


def command(company: Company, out: str) -> list[str]:
    folder = company.folder / out
    more = ["--back", str(folder / "退回"), "--drafts", str(folder / "催报"), "--sent", str(company.folder / "out")]
    places = [str(company.path), str(company.back), "-o", str(folder / "结果.xlsx")]
    return [sys.executable, "-m", "perfxl", "collect", *places, *more, "--json"]


def outcome(company: Company, out: str) -> dict[str, Any]:
    """What it says, and everything that it has written."""
    done = subprocess.run(command(company, out), capture_output=True, check=False)
    assert done.returncode == 1, done.stderr
    told = json.loads(done.stdout.decode().replace(str(company.folder / out), "OUT"))
    folder = company.folder / out
    files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    told["written"] = {
        name: texts(path.read_bytes()) if name.startswith("退回") else len(name) for name, path in files.items()
    }
    told["actuals"] = load(folder / "结果.xlsx")[0].tables["actuals"].columns
    return told  # type: ignore[no-any-return]


@pytest.mark.skipif(WINDOWS, reason="kill -9 is of another kind on Windows")
def test_killed_at_any_moment_and_started_again(company: Company) -> None:
    begun = time.monotonic()
    whole = outcome(company, "a")
    takes = time.monotonic() - begun
    assert whole == outcome(company, "a"), "collecting twice changes nothing"
    for part in (0.3, 0.6, 0.8, 0.9):
        process = subprocess.Popen(command(company, "b"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(part * takes)
        process.kill()
        process.wait()
    assert outcome(company, "b") == whole
    left = [path.name for folder in (company.back, company.folder / "b") for path in folder.rglob(".~*")]
    assert not left


def _inserted(text: bytes, before: bytes) -> Callable[[dict[str, bytes]], None]:
    def change(parts: dict[str, bytes]) -> None:
        name = sheet_part(parts)
        parts[name] = parts[name].replace(before, text + before, 1)

    return change


_LAUGHS = b'<!DOCTYPE l [<!ENTITY a "lol">%b]>' % b"".join(
    b'<!ENTITY a%d "%b">' % (i, (b"&a%d;" % (i - 1) if i else b"&a;") * 10) for i in range(10)
)
HOSTILE = {
    "laughs": (_inserted(_LAUGHS, b"<worksheet"), "F110"),
    "xxe": (_inserted(b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>', b"<worksheet"), "F110"),
    "far": (_inserted(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', b"</sheetData>"), "F111"),
    "spaces": (_inserted(b" " * 100_000_000, b"</sheetData>"), "F109"),
}


def test_files_that_mean_harm_cost_one_problem_each(company: Company) -> None:
    good = (company.folder / "out" / company.sent.files[2].path).read_bytes()
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name, (change, _) in HOSTILE.items():
        changed = dict(parts)
        change(changed)
        with zipfile.ZipFile(company.back / f"{name}.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
            for part, content in changed.items():
                archive.writestr(part, content)
    (company.back / "cut.xlsx").write_bytes(good[: len(good) // 2])
    (company.back / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000))
    (company.back / "large.csv").write_bytes(b"a,b,c\n" * 3_000_000)
    collected = collect(company.program(), Collection((company.back,), (company.folder / "out",)))
    told = {
        name: [each.code for each in collected.problems if each.address.file == name and each.severity == "error"]
        for name in ("cut.xlsx", "old.xls", "large.csv", *(f"{name}.xlsx" for name in HOSTILE))
    }
    planned = {f"{name}.xlsx": [code] for name, (_, code) in HOSTILE.items()}
    assert told == {**planned, "cut.xlsx": ["F108"], "old.xls": ["F107"], "large.csv": ["F109"]}
    assert sorted(row.values["value"] for row in collected.merged.added) == [7.0, 55.0]


@pytest.mark.skipif(WINDOWS or os.geteuid() == 0, reason="root may write everywhere, and rights are other on Windows")
def test_returns_in_a_folder_that_cannot_be_written(company: Company) -> None:
    company.back.chmod(0o500)
    try:
        collected = collect(company.program(), Collection((company.back,), (company.folder / "out",)))
    finally:
        company.back.chmod(0o700)
    assert sorted(row.values["value"] for row in collected.merged.added) == [7.0, 55.0]
