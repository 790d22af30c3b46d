"""docxtpl's own examples (data/docxtpl_examples.zip, with their licence): its scripts, run with docxtpl and with ours.

Those of half a megabyte, and those that embed other Office files, are left out.
"""

from __future__ import annotations

import runpy
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import docxtpl
import pytest

from perfxl.documents.template.compiled import CompiledTemplate, RenderError, TemplateError
from perfxl.documents.template.fallback import find_differences

EXAMPLES = Path(__file__).parent / "data" / "docxtpl_examples.zip"
with zipfile.ZipFile(EXAMPLES) as _archive:
    SCRIPTS = sorted(name for name in _archive.namelist() if name.endswith(".py"))
# A mistake shown on purpose; a footer with a name that the data do not have, which docxtpl leaves blank.
STRICT = {"template_error.py", "custom_jinja_filters.py"}


class Ours:
    """What a script uses of a DocxTemplate, made by a compiled template."""

    def __init__(self, source: Any) -> None:
        self._data = Path(source).read_bytes() if isinstance(source, str) else source.read()
        self._content = b""
        self._prepare({})

    def _prepare(self, filters: Mapping[str, Callable[..., Any]]) -> None:
        self._filters = filters
        self._template: CompiledTemplate | None = None
        self._document: Any = None

    def _compiled(self) -> tuple[CompiledTemplate, Any]:
        if self._template is None:
            self._template = CompiledTemplate.from_bytes(self._data, "t.docx", filters=self._filters)
        if self._document is None:
            self._document = self._template.docxtpl()
        return self._template, self._document

    def render(self, context: Mapping[str, Any], jinja_env: Any = None, autoescape: bool = False) -> None:
        if jinja_env is not None:
            self._prepare({name: f for name, f in jinja_env.filters.items() if name not in docxtpl_filters()})
        template, document = self._compiled()
        self._content = template.render(context, document)
        self._document = None  # some scripts render more than once

    def save(self, target: Any) -> None:
        if isinstance(target, str):
            Path(target).write_bytes(self._content)
        else:
            target.write(self._content)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._compiled()[1], name)


def docxtpl_filters() -> Mapping[str, Callable[..., Any]]:
    import jinja2

    return jinja2.Environment().filters


def results(script: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    with zipfile.ZipFile(EXAMPLES) as archive:
        archive.extractall(folder)
    (folder / "output").mkdir()
    monkeypatch.chdir(folder)
    runpy.run_path(script)
    return {path.name: path.read_bytes() for path in sorted((folder / "output").glob("*.docx"))}


@pytest.mark.parametrize("script", sorted(set(SCRIPTS) - STRICT))
def test_the_same_document(script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = results(script, tmp_path / "theirs", monkeypatch)
    monkeypatch.setattr(docxtpl, "DocxTemplate", Ours)
    ours = results(script, tmp_path / "ours", monkeypatch)
    assert theirs and ours.keys() == theirs.keys()
    differing = {name: find_differences(ours[name], theirs[name]) for name in ours}
    assert not any(differing.values()), differing


@pytest.mark.parametrize("script", sorted(STRICT))
def test_a_mistake_is_told(script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docxtpl, "DocxTemplate", Ours)
    with pytest.raises((TemplateError, RenderError)):
        results(script, tmp_path, monkeypatch)
