"""Every paper of the sample program is made; the fullest and the barest of each kind pass an OOXML validator."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from perfxl import sample
from perfxl.documents.papers import KINDS
from perfxl.documents.papers.contexts import Contexts
from perfxl.program import from_tables
from tests.documents.docx_kit import unzipped
from tests.documents.papers import findings
from tests.documents.test_papers import LANGUAGES, template


@cache
def contexts(lang: str) -> Contexts:
    program, _ = from_tables(sample.program(lang=lang), lang)
    return Contexts(program.tables, program.policy, lang)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_papers_of_the_sample(kind: str, lang: str, tmp_path: Path) -> None:
    held = contexts(lang)
    made = [template(kind, lang).render(KINDS[kind].context(held, record)) for record in KINDS[kind].ids(held)]
    assert made
    for paper in made:
        body = unzipped(paper)["word/document.xml"]
        assert b"{{" not in body and b"{%" not in body and b"None" not in body and b">nan<" not in body
    for name, paper in (("full", max(made, key=len)), ("bare", min(made, key=len))):
        path = tmp_path / f"{name}.docx"
        path.write_bytes(paper)
        assert findings(path) == []
