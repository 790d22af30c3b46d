"""The template of the list of fields that templates may use, which `perfxl templates fields -o LIST.docx` fills."""

from __future__ import annotations

from perfxl.core.language import Text
from tools.doc_templates.kit import GROUP_FILL, Cell, Paper

_TITLE = Text("模板字段速查", "Fields of templates")
_TAG_COLOR = "9C4A10"


def field_list(lang: str) -> Paper:
    """`kinds` have a title and entries (see documents/field_list.py); an entry that repeats fills the whole row."""
    paper = Paper(lang, _TITLE(lang))
    paper.running("perfxl", Text("示例取自示例方案", "Examples: the sample program's"), _TITLE)
    paper.title(_TITLE)
    paper.subtitle(
        Text("perfxl Word 模板可用的全部字段，附示例", "Everything that perfxl's Word templates may use, with examples")
    )
    written, meaning = Text("在模板里这样写", "Write this"), Text("含义", "Meaning")
    paper.heading(Text("怎样写", "How to write them"))
    grid = paper.table((6.6, 10.4))
    grid.head(written, meaning)
    grid.tag("{%tr for rule in how_to %}")
    grid.row(_tag("{{ rule.tag }}"), "{{ rule.meaning }}")
    grid.tag("{%tr endfor %}")
    paper.tag("{%p for kind in kinds %}")
    paper.heading("{{ kind.title }}")
    grid = paper.table((6.6, 5.2, 5.2))
    grid.head(written, meaning, Text("示例", "Example"))
    grid.tag("{%tr for entry in kind.entries %}")
    grid.tag("{%tr if entry.repeats %}")
    grid.row(_tag("{{ entry.tag }}"), Cell("{{ entry.meaning }}", 2), fill=GROUP_FILL, keep=True)
    grid.tag("{%tr else %}")
    grid.row(_tag("{{ entry.tag }}"), "{{ entry.meaning }}", "{{ entry.example }}", split=True)
    grid.tag("{%tr endif %}")
    grid.tag("{%tr endfor %}")
    paper.tag("{%p endfor %}")
    paper.end()
    return paper


def _tag(text: str) -> Cell:
    return Cell("", tints=[(text, _TAG_COLOR)])
