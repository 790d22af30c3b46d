"""Real office programs for the tests: conversions by LibreOffice, and a validator of the file format."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

needs_libreoffice = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")


def convert(path: Path, folder: Path, kind: str, options: str = "") -> Path:
    """The file as LibreOffice saves it: kind is pdf, xlsx, ods, ...; `options` are its filter and settings."""
    folder.mkdir(parents=True, exist_ok=True)
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    command = ["soffice", profile, "--headless", "--convert-to", f"{kind}{options}", "--outdir", str(folder), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    made = folder / f"{path.stem}.{kind}"
    assert made.exists(), f"LibreOffice did not open {path.name}"
    return made


def format_errors(path: Path) -> list[str]:
    """What the validator finds wrong with an Office file."""
    audit = pytest.importorskip("openxml_audit")
    return [str(error) for error in audit.OpenXmlValidator().validate(path).errors]
