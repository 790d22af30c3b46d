"""What a template empties gets what Word requires; nothing is there twice that may be there once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from tests.documents.docx_kit import OFFICE, TABLE, WORDPROCESSING, P, bare, compiled, docx_bytes, unzipped, with_part
from tests.documents.papers import findings

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
IF, END = P("{%p if no %}"), P("{%p endif %}")
GONE = IF + P("x") + END
INNER = TABLE([["内"]])
BOX = f"<w:p><w:r><w:pict><w:txbxContent>{GONE}</w:txbxContent></w:pict></w:r></w:p>"


def cell(content: str) -> str:
    return f"<w:tbl><w:tblGrid><w:gridCol w:w='9'/></w:tblGrid><w:tr><w:tc>{content}</w:tc></w:tr></w:tbl>"


def control(content: str) -> str:
    return f"<w:sdt><w:sdtContent>{content}</w:sdtContent></w:sdt>"


# What is emptied -> the element, its children afterwards (none: it is gone)
EMPTIED: dict[str, tuple[str, str, list[str] | None]] = {
    "cell": (cell(GONE), "tc", ["p"]),
    "cell ending in a table": (cell(INNER + GONE), "tc", ["tbl", "p"]),
    "row": (TABLE([["{%tc for k in ks %}", "{{ k }}", "{%tc endfor %}"], ["a", "b", "c"]]), "tr", ["tc", "tc", "tc"]),
    "table": (TABLE([["{%tr for k in ks %}"], ["{{ k }}"], ["{%tr endfor %}"]]) + P("x"), "tbl", None),
    "text box": (BOX, "txbxContent", ["p"]),
    "content control": (control(GONE), "sdtContent", ["p"]),
    "control of a row": (
        f"<w:tbl><w:tblGrid/>{control(TABLE([['{%tr if no %}'], ['x'], ['{%tr endif %}']])[46:-8])}"
        f"<w:tr><w:tc>{P('y')}</w:tc></w:tr></w:tbl>",
        "sdt",
        None,
    ),
}  # fmt: skip


def names(element: etree._Element) -> list[str]:
    return [etree.QName(child).localname for child in element]


@pytest.mark.parametrize("slow", [False, True], ids=["compiled", "docxtpl"])
@pytest.mark.parametrize("kind", EMPTIED)
def test_emptied(kind: str, slow: bool) -> None:
    body, element, children = EMPTIED[kind]
    template = compiled(bare(body + P("{{ name }}"), P("头")))
    context = {"no": False, "ks": [], "name": "甲"}
    made = template.render(context, template.docxtpl() if slow else None)
    root = etree.fromstring(unzipped(made)["word/document.xml"])
    found = [names(each) for each in root.iter(f"{W}{element}")]
    assert found[:1] == ([] if children is None else [children])
    assert template.self_check(context) == []


@pytest.mark.parametrize("slow", [False, True], ids=["compiled", "docxtpl"])
def test_emptied_header_and_note(slow: bool) -> None:
    data = bare(P("{{ name }}"), GONE)
    notes = f'<w:footnotes xmlns:w="{W[1:-1]}"><w:footnote w:id="1">{GONE}</w:footnote></w:footnotes>'
    data = with_part(
        data, "word/footnotes.xml", notes.encode(), f"{WORDPROCESSING}.footnotes+xml", f"{OFFICE}/footnotes"
    )
    template = compiled(data)
    parts = unzipped(template.render({"no": False, "name": "甲"}, template.docxtpl() if slow else None))
    assert names(etree.fromstring(parts["word/header1.xml"])) == ["p"]
    assert names(etree.fromstring(parts["word/footnotes.xml"])[0]) == ["p"]


def test_a_bookmark_in_a_loop_is_there_once() -> None:
    mark = '<w:p><w:bookmarkStart w:id="1" w:name="b"/><w:r><w:t>{{ k }}</w:t></w:r><w:bookmarkEnd w:id="1"/></w:p>'
    template = compiled(bare(P("{%p for k in ks %}") + mark + P("{%p endfor %}"), P("x")))
    root = etree.fromstring(unzipped(template.render({"ks": [1, 2, 3]}))["word/document.xml"])
    assert [len(list(root.iter(f"{W}{name}"))) for name in ("bookmarkStart", "bookmarkEnd", "t")] == [1, 1, 3]


def test_what_is_never_emptied_is_not_parsed_again() -> None:
    filled = compiled(bare(cell(P("{{ name }}")), P("x")))
    assert all(part._is_final for part in filled._parts)
    assert not compiled(bare(cell(GONE), P("x")))._parts[0]._is_final


@pytest.mark.parametrize("name", ["all_cells", "if_emptying", "cell_ends", "bookmark"])
def test_the_validator_has_nothing_against_it(name: str, tmp_path: Path) -> None:
    bodies = {
        "all_cells": EMPTIED["row"][0] + EMPTIED["table"][0],
        "if_emptying": EMPTIED["cell"][0],
        "cell_ends": EMPTIED["cell ending in a table"][0],
        "bookmark": P("{%p for k in ks %}") + P("{{ k }}") + P("{%p endfor %}"),
    }

    def fill(document: Any) -> None:
        wrapped = etree.fromstring(f'<w:body xmlns:w="{W[1:-1]}">{bodies[name]}</w:body>')
        for at, element in enumerate(wrapped):
            document.element.body.insert(at, element)

    path = tmp_path / "made.docx"
    path.write_bytes(compiled(docx_bytes(fill)).render({"no": False, "ks": []}))
    own = [found for found in findings(path) if "document.xml" in found and "tblPr" not in found]
    assert own == []


def in_runs(*texts: str) -> str:
    """A paragraph of a run for each text."""
    return f"<w:p>{''.join(f'<w:r><w:t>{text}</w:t></w:r>' for text in texts)}</w:p>"


MARKED = '</w:t></w:r><w:bookmarkStart w:id="1" w:name="b"/><w:bookmarkEnd w:id="1"/><w:r><w:t>'


@pytest.mark.parametrize(
    ("body", "settled"),
    [
        (in_runs("{% if a %}", "one", "{% endif %}"), True),
        (in_runs("{% for k in ks %}", "{{ k }}", "{% endfor %}"), True),
        (cell(in_runs("{% if a %}", "one", "{% else %}", "two", "{% endif %}")), True),
        (in_runs("{% for k in ks %}", MARKED, "{% endfor %}"), False),
        (in_runs("{% if a %}", control(in_runs("x")), "{% endif %}"), False),
        (in_runs("{% if a %}", "one") + in_runs("two", "{% endif %}"), False),
    ],
)
def test_what_stands_within_a_line_of_text_empties_nothing(body: str, settled: bool) -> None:
    """Such papers need no look at the whole of them; a tag over several paragraphs does."""
    part = compiled(bare(body, P("x")))._parts[0]
    assert part.name == "word/document.xml"
    assert part._shape.filled == settled
