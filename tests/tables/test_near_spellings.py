"""Which known spelling a header is near to: words that cannot be near are passed over, and the same ones are found."""

from __future__ import annotations

from difflib import SequenceMatcher, get_close_matches

from hypothesis import given
from hypothesis import strategies as st

from perfxl.tables import lexicon

_KNOWN = sorted(word for word in lexicon._heads() if len(word) > 2)


@st.composite
def _slips(draw: st.DrawFn) -> str:
    """A known word with a letter or two changed, left out or added."""
    letters = list(draw(st.sampled_from(_KNOWN)))
    for _ in range(draw(st.integers(1, 2))):
        at = draw(st.integers(0, max(0, len(letters) - 1)))
        letters[at : at + draw(st.integers(0, 1))] = draw(st.sampled_from(["", "x", "率", "e", "标"]))
    return "".join(letters)


@given(_slips())
def test_the_search_finds_what_a_look_at_every_word_finds(text: str) -> None:
    found = lexicon._near(text)
    if not 3 <= len(text) <= 40:
        assert not found
        return
    latin = lexicon._is_latin(text)
    cutoff = 0.8 if latin else 0.75 if len(text) > 3 else 0.66
    able = [word for word in _KNOWN if lexicon._is_latin(word) == latin and abs(len(word) - len(text)) <= 1]
    expected = get_close_matches(text, able, 1, cutoff)
    likeness = [SequenceMatcher(None, word, text).ratio() for word in (found, *expected) if word]
    assert bool(found) == bool(expected) and len(set(likeness)) <= 1, (found, expected)
