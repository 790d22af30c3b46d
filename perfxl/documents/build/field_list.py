"""The list of the fields that templates may use, as a Word document to keep at hand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from perfxl.documents.build.kit import GROUP_FILL, Cell, Paper, Text
from perfxl.documents.field_list import HOW_TO, FieldEntry

_TITLE = ("模板字段速查", "Fields of templates")
_SUBTITLE = ("perfxl Word 模板可用的全部字段，附示例", "Everything that perfxl's Word templates may use, with examples")
_EXAMPLES = ("示例取自示例方案", "Examples: the sample program's")
_HOW_TO = ("怎样写", "How to write them")
_HEAD: tuple[Text, ...] = (("在模板里这样写", "Write this"), ("含义", "Meaning"), ("示例", "Example"))
_TAG_COLOR = "9C4A10"
_INDENT = "　"


def write_field_list(path: Path, kinds: Sequence[tuple[Text, Sequence[FieldEntry]]], lang: str) -> None:
    """`kinds` are titles with the entries of each."""
    paper = Paper(lang, paper_title(lang))
    paper.running("perfxl", _EXAMPLES, _TITLE)
    paper.title(_TITLE)
    paper.subtitle(_SUBTITLE)
    paper.heading(_HOW_TO)
    grid = paper.table((6.6, 10.4))
    grid.head(_HEAD[0], _HEAD[1])
    for written, does in HOW_TO:
        grid.row(_tag(written), does)
    for title, entries in kinds:
        paper.heading(title)
        grid = paper.table((6.6, 5.2, 5.2))
        grid.head(*_HEAD)
        for entry in entries:
            tag = _tag(_INDENT * entry.depth + entry.tag)
            if entry.repeats:
                grid.row(tag, Cell(entry.meaning, 2), fill=GROUP_FILL, keep=True)
            else:
                grid.row(tag, entry.meaning, entry.example, split=True)
    paper.end()
    paper.save(path)


def paper_title(lang: str) -> str:
    return _TITLE[lang == "en"]


def _tag(text: str) -> Cell:
    return Cell("", tints=[(text, _TAG_COLOR)])
