"""Makes the shipped Word templates, the same bytes every time: `python -m perfxl.documents.build [FOLDER]`.

HR edits the made .docx files; whoever develops perfxl edits the modules here and builds again.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from perfxl.documents.build.amendment import amendment
from perfxl.documents.build.appeal import appeal
from perfxl.documents.build.coaching import coaching
from perfxl.documents.build.contract import contract
from perfxl.documents.build.improvement import improvement
from perfxl.documents.build.interview import interview
from perfxl.documents.build.kit import Paper
from perfxl.documents.build.negotiation import negotiation
from perfxl.documents.build.notice import notice
from perfxl.documents.build.preparation import preparation
from perfxl.documents.build.unit_summary import unit_summary

LANGUAGES = ("zh", "en")

PAPERS: dict[str, Callable[[str], Paper]] = {
    "contract": contract,
    "negotiation": negotiation,
    "amendment": amendment,
    "coaching": coaching,
    "notice": notice,
    "preparation": preparation,
    "interview": interview,
    "improvement": improvement,
    "appeal": appeal,
    "unit_summary": unit_summary,
}


def build_templates(folder: Path) -> list[Path]:
    """Writes every template in both languages and returns the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for name, paper in PAPERS.items():
        for lang in LANGUAGES:
            path = folder / f"{name}.{lang}.docx"
            paper(lang).save(path)
            made.append(path)
    return made
