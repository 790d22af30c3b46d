"""Templates that were changed in LibreOffice Writer, which writes every part anew, are taken by the batch."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from perfxl.assets import doc_templates
from perfxl.documents.papers import KINDS
from tests.documents.batch_kit import make_documents
from tests.documents.contract_book import policy
from tests.documents.cycle_book import book
from tests.documents.papers import texts

PYTHON = shutil.which("python3", path="/usr/bin")
ADDED = "发文：{{ company }}（{{ program }}）"


def _has_uno() -> bool:
    return bool(PYTHON) and subprocess.run([str(PYTHON), "-c", "import uno"], capture_output=True).returncode == 0


pytestmark = pytest.mark.skipif(
    shutil.which("soffice") is None or not _has_uno(), reason="LibreOffice with its Python is not installed"
)


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All Chinese templates, changed in one session."""
    folder = tmp_path_factory.mktemp("writer")
    pairs = [(doc_templates() / f"{kind.template}.zh.docx", folder / f"{name}.docx") for name, kind in KINDS.items()]
    run = subprocess.run(
        [
            *(str(PYTHON), str(Path(__file__).with_name("writer_edits.py")), str(folder / "profile"), ADDED),
            *(str(path) for pair in pairs for path in pair),
        ],
        capture_output=True,
        text=True,
        timeout=300,
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": "/usr/bin:/bin", "HOME": str(folder)},
    )
    assert run.returncode == 0, run.stderr
    return folder


@pytest.mark.parametrize("kind", KINDS)
def test_what_writer_saved_says_the_same_and_what_was_added(kind: str, edited: Path, tmp_path: Path) -> None:
    ours, problems = make_documents(kind, book(), policy(), tmp_path / "ours", blank=True)
    made, found = make_documents(
        kind, book(), policy(), tmp_path / "made", template=edited / f"{kind}.docx", blank=True, qr=False
    )
    assert [p.code for p in found if p.code != "D266"] == [p.code for p in problems]
    assert [path.name for path in made] == [path.name for path in ours] != []
    for mine, shipped in zip(made, ours, strict=True):
        said = [text for text in texts(mine) if text]
        assert said.pop(1) == "发文：华信通信股份有限公司（2025年度绩效方案）"
        assert said == [text for text in texts(shipped) if text]
