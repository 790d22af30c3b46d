"""Line, paragraph, page breaks and tabs of values, wherever the tag stands: valid, in order, nothing lost."""

from __future__ import annotations

import time
from typing import Any

import pytest
from lxml import etree

from tests.documents.docx_kit import P, bare, compiled, unzipped

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
RUN = "<w:r><w:rPr><w:b/></w:rPr><w:t>{{ a }}</w:t></w:r>"
AROUND = {
    "content control": "<w:sdt><w:sdtPr><w:id w:val='7'/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>",
    "plain text control": "<w:sdt><w:sdtPr><w:text/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>",
    "insertion": "<w:ins w:id='1' w:author='a'>{}</w:ins>",
    "hyperlink": "<w:hyperlink w:anchor='x'>{}</w:hyperlink>",
    "smart tag": "<w:smartTag w:element='e'>{}</w:smartTag>",
    "simple field": "<w:fldSimple w:instr=' AUTHOR '>{}</w:fldSimple>",
    "link in a control": "<w:sdt><w:sdtContent><w:hyperlink w:anchor='x'>{}</w:hyperlink></w:sdtContent></w:sdt>",
    "ruby": "<w:r><w:ruby><w:rt>{}</w:rt><w:rubyBase><w:r><w:t>字</w:t></w:r></w:rubyBase></w:ruby></w:r>",
    "text box": "<w:r><w:pict><w:txbxContent><w:p>{}</w:p></w:txbxContent></w:pict></w:r>",
}
VALUE = "一\n二\t三\a四\f五"


def render(body: str, **context: Any) -> etree._Element:
    return etree.fromstring(unzipped(compiled(bare(body, P("甲{{ a }}"))).render(context))["word/document.xml"])


@pytest.mark.parametrize("kind", AROUND)
def test_breaks_within(kind: str) -> None:
    body = f"<w:p><w:pPr><w:jc w:val='center'/></w:pPr><w:r><w:t>前</w:t></w:r>{AROUND[kind].format(RUN)}"
    root = render(f"{body}<w:r><w:t>后</w:t></w:r></w:p>{P('尾')}", a=VALUE)
    texts = "".join(text.text or "" for text in root.iter(f"{W}t"))
    assert texts.replace("字", "") == "前一二三四五后尾"
    assert len(list(root.iter(f"{W}tab"))) == 1
    pages = [each for each in root.iter(f"{W}br") if each.get(f"{W}type") == "page"]
    lines = [each for each in root.iter(f"{W}br") if each.get(f"{W}type") is None]
    assert len(pages) == 1
    divided = kind not in ("plain text control", "simple field", "ruby")
    assert len(lines) == (1 if divided else 2)  # where no paragraph can begin, a line does
    assert all(run.find(f"{W}rPr") is not None for run in root.iter(f"{W}r") if _says(run) in ("一", "四", "五"))
    assert all(parent.tag == f"{W}r" for text in root.iter(f"{W}t") if (parent := text.getparent()) is not None)
    plain = [control.get(f"{W}multiLine") for control in root.iter(f"{W}text")]
    assert plain == ["1"] * (kind == "plain text control")  # else it must not hold lines
    centred = [p for p in root.iter(f"{W}p") if p.find(f"{W}pPr/{W}jc") is not None]
    assert len(centred) == (3 if divided and kind != "text box" else 1)
    assert len(list(root.iter(f"{W}id"))) <= 1  # of controls, unique


def _says(run: etree._Element) -> str:
    return "".join(text.text or "" for text in run.findall(f"{W}t"))


def test_a_plain_text_control_of_one_line_stays_so() -> None:
    (plain,) = render(f"<w:p>{AROUND['plain text control'].format(RUN)}</w:p>", a="一").iter(f"{W}text")
    assert not plain.attrib


def test_a_break_where_no_text_is() -> None:
    root = render("<w:p><w:fldSimple w:instr=' SET x {{ a }} '/></w:p>", a="一\f二\a三")
    (field,) = root.iter(f"{W}fldSimple")
    assert field.get(f"{W}instr") == " SET x 一 二 三 "


def test_lines_and_columns_as_the_texts_of_word_have_them() -> None:
    """\\v is the line break of a text copied from Word, \\x0e its column break: words ran together without."""
    for kind in ("content control", "simple field", "text box"):
        root = render(f"<w:p>{AROUND[kind].format(RUN)}</w:p>{P('尾')}", a="一\v二\x0e三")
        assert "".join(text.text or "" for text in root.iter(f"{W}t")) == "一二三尾"
        assert [each.get(f"{W}type") for each in root.iter(f"{W}br")] == [None, "column"]


def test_the_section_stays_with_the_last_paragraph() -> None:
    root = render("<w:p><w:pPr><w:sectPr/></w:pPr><w:r><w:t>{{ a }}</w:t></w:r></w:p>", a="一\a二")
    assert [p.find(f"{W}pPr/{W}sectPr") is not None for p in root.iter(f"{W}p")] == [False, True]


@pytest.mark.parametrize("control", ["\n", "\t", "\a", "\f"])
def test_many_breaks_take_linear_time(control: str) -> None:
    def seconds(count: int) -> float:
        started = time.process_time()
        render(P("{{ a }}"), a=control.join("x" * count))
        return time.process_time() - started

    seconds(100)
    assert seconds(20_000) < 1.5
    assert seconds(20_000) < 12 * max(seconds(4_000), 0.01)
