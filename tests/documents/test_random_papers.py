"""Our templates with data of all sorts: the result is docxtpl's, in canonical XML."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import Any

import docx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perfxl.assets import doc_templates
from perfxl.documents.papers import KINDS
from perfxl.documents.template.fallback import find_differences
from tests.documents.docx_kit import by_docxtpl, compiled
from tests.documents.test_papers import LANGUAGES, said
from tests.documents.test_same_as_docxtpl import TEXT, without_controls

# docxtpl escapes properties twice, and leaves charts alone.
OUR_OWN = ("docProps/core", "word/charts/", "word/embeddings/", "[Content_Types].xml")  # it names kinds of pictures

# Lists whose elements stand in fixed places of the template: a paper always has as many.
PLACES = ("score_charts",)

# Nothing, or something once control characters are gone: an `if` of the template asks which.
SAYING = TEXT.filter(lambda text: not text or without_controls(text) != "")


@cache
def data(kind: str, lang: str) -> bytes:
    return (doc_templates() / f"{KINDS[kind].template}.{lang}.docx").read_bytes()


@cache
def untitled(kind: str, lang: str) -> bytes:
    """For docxtpl, which does not survive a page break in the title, and knows no places for pictures."""
    document, saved = docx.Document(BytesIO(template(kind, lang)._data)), BytesIO()
    document.core_properties.title = ""
    document.save(saved)
    return saved.getvalue()


@cache
def template(kind: str, lang: str) -> Any:
    return compiled(data(kind, lang), lang=lang)


class Filler:
    """A context of the same shape with other texts: lists shortened, emptied or doubled, some texts kept."""

    def __init__(self, texts: list[str], lengths: list[int]) -> None:
        self._texts, self._lengths, self._at = texts, lengths, 0

    def fill(self, value: Any) -> Any:
        self._at += 1
        if isinstance(value, dict):
            return {
                name: [*map(self.fill, held)] if name in PLACES else self.fill(held) for name, held in value.items()
            }
        if isinstance(value, list):
            length = self._lengths[self._at % len(self._lengths)]
            return [self.fill(element) for element in (value * 2)[:length]]
        if isinstance(value, str):
            return self._texts[self._at % len(self._texts)] if self._at % 5 else value
        return value


def cleaned(value: Any) -> Any:
    """Without what XML cannot hold, which docxtpl does not survive."""
    if isinstance(value, dict):
        return {name: cleaned(held) for name, held in value.items()}
    if isinstance(value, list):
        return [cleaned(element) for element in value]
    return without_controls(value) if isinstance(value, str) else value


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.data_too_large, HealthCheck.too_slow])
@given(
    st.sampled_from(list(KINDS)),
    st.sampled_from(LANGUAGES),
    st.integers(0, 9),
    st.lists(SAYING, min_size=3, max_size=12),
    st.lists(st.integers(0, 4), min_size=2, max_size=6),
)
def test_any_data_gives_what_docxtpl_gives(
    kind: str, lang: str, record: int, texts: list[str], lengths: list[int]
) -> None:
    contexts = list(said(kind, lang).values())
    context = Filler(texts, lengths).fill(contexts[record % len(contexts)])
    paper = template(kind, lang)
    theirs = by_docxtpl(untitled(kind, lang), cleaned(paper._with_blank_places(context)))
    ours = paper.render(context)
    assert [name for name in find_differences(ours, theirs) if not name.startswith(OUR_OWN)] == []
