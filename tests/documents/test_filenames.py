"""File names that every system takes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfxl.documents.filenames import FileNames, safe

WORDS = st.one_of(
    st.text(max_size=300),
    st.text(alphabet='<>:"/\\|?*. \x00\n·', max_size=20),
    st.sampled_from(["CON", "nul.txt", "COM1", "lpt¹", "aux .x", "..", "", "　", "张三"]),
)


@given(st.lists(WORDS, min_size=1, max_size=12), st.integers(min_value=1, max_value=220))
def test_names_are_safe_unique_and_fit(wanted: list[str], folder: int) -> None:
    names = FileNames(folder, ".docx")
    given_out = [names.give(text) for text in wanted]
    for name in given_out:
        assert name.endswith(".docx") and len(name) > len(".docx")
        assert not re.search(r'[<>:"/\\|?*\x00-\x1f\x7f]', name)
        assert not name.removesuffix(".docx").endswith((" ", "."))
        assert len(name.encode("utf-8")) <= 255
        assert folder + 1 + len(name) < 260
        assert not re.match(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)", name)
    assert len({name.casefold() for name in given_out}) == len(given_out)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("E001 张三 业绩合同 HT/2025:1", "E001 张三 业绩合同 HT_2025_1"),
        ("con", "_con"),
        ("CON.合同", "_CON.合同"),
        ("console", "console"),
        ("结尾. . ", "结尾"),
        ("", "_"),
        ("e\u0301", "\u00e9"),
        ("a\u202eb\u200bc", "abc"),
    ],
)
def test_safe(text: str, name: str) -> None:
    assert safe(text) == name


def test_a_long_name_keeps_its_beginning() -> None:
    name = FileNames(30, ".docx").give("E001 " + "长" * 300)
    assert name.startswith("E001 长") and name.endswith("长.docx")


def test_the_same_name_is_numbered_whatever_its_case() -> None:
    names = FileNames(30, ".docx")
    assert [names.give(text) for text in ("A", "a", "Ａ")] == ["A.docx", "a (2).docx", "Ａ (3).docx"]


@pytest.mark.parametrize(("folder", "fits"), [(200, True), (228, True), (235, False)])
def test_a_folder_leaves_room_or_not(folder: int, fits: bool) -> None:
    assert FileNames(folder, ".docx").fit is fits
