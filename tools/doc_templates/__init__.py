"""Makes the shipped Word templates, the same bytes every time: `python -m tools.doc_templates [FOLDER]`.

HR edits the .docx files; whoever develops perfxl edits the modules here and builds again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from perfxl.core.language import LANGUAGES
from tools.doc_templates.amendment import amendment
from tools.doc_templates.appeal import appeal
from tools.doc_templates.coaching import coaching
from tools.doc_templates.contract import contract
from tools.doc_templates.field_list import field_list
from tools.doc_templates.improvement import improvement
from tools.doc_templates.interview import interview
from tools.doc_templates.kit import Paper
from tools.doc_templates.negotiation import negotiation, unit_negotiation
from tools.doc_templates.notice import notice
from tools.doc_templates.preparation import preparation
from tools.doc_templates.unit_summary import unit_summary

PAPERS: dict[str, Callable[[str], Paper]] = {
    "contract": contract,
    "negotiation": negotiation,
    "unit_negotiation": unit_negotiation,
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
    """Writes the template of every paper in both languages and returns the paths."""
    return _write(folder, PAPERS)


def build_field_lists(folder: Path) -> list[Path]:
    """Writes what `perfxl templates fields` fills, which is no paper and ships inside the package."""
    return _write(folder, {"field_list": field_list})


def _write(folder: Path, builders: Mapping[str, Callable[[str], Paper]]) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, build in builders.items():
        for lang in LANGUAGES:
            paths.append(folder / f"{name}.{lang}.docx")
            build(lang).save(paths[-1])
    return paths
