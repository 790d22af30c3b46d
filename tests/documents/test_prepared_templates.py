"""Templates that other programs or Word's review have written: read as they are meant, never a traceback."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from perfxl.documents.template.compiled import TemplateError
from tests.documents.docx_kit import OFFICE, WORD, P, bare, compiled, unzipped, zipped

W = f"{{{WORD}}}"
INS, DEL = '<w:ins w:id="1" w:author="a">{}</w:ins>', '<w:del w:id="2" w:author="a">{}</w:del>'
BODY, HEADER = "word/document.xml", "word/header1.xml"


def run(text: str, kind: str = "t") -> str:
    return f'<w:r><w:{kind} xml:space="preserve">{text}</w:{kind}></w:r>'


def texts(body: str, part: str = BODY, **context: Any) -> list[str]:
    template = compiled(bare(body, body) if part == HEADER else bare(body, P("x")))
    root = etree.fromstring(unzipped(template.render(context))[part])
    assert template.self_check(context) == []
    return ["".join(text.text or "" for text in p.iter(f"{W}t")) for p in root.iter(f"{W}p")]


@pytest.mark.parametrize("part", [BODY, HEADER])
def test_changes_are_taken_as_accepted(part: str) -> None:
    inserted = INS.format(run("{{ b }}"))
    deleted = DEL.format(run("{{ nobody }}", "delText"))
    assert texts(f"<w:p>{deleted}{inserted}{run('尾')}</w:p>", part, b="乙") == ["乙尾"]
    half = INS.format(run(" }}"))
    assert texts(f"<w:p>{run('{{ b')}{half}</w:p>", part, b="乙") == ["乙"]
    moved = '<w:moveFrom w:id="3">{}</w:moveFrom>'.format(run("{{ nobody }}"))
    assert texts(f"<w:p>{moved}<w:moveTo w:id='4'>{run('{{ b }}')}</w:moveTo></w:p>", part, b="乙") == ["乙"]


def mark(kind: str) -> str:
    return f'<w:pPr><w:rPr><w:{kind} w:id="5" w:author="a"/></w:rPr></w:pPr>'


def test_marks_of_paragraphs_rows_and_cells() -> None:
    assert texts(f"<w:p>{mark('del')}{run('一')}</w:p>{P('二')}") == ["一二"]
    assert texts(f"<w:p>{mark('del')}{DEL.format(run('一', 'delText'))}</w:p>{P('二')}") == ["二"]
    assert texts(f"<w:p>{mark('ins')}{run('一')}</w:p>{P('二')}") == ["一", "二"]
    cell = "<w:tc>{}{}</w:tc>"
    gone = f"<w:tr><w:trPr><w:del w:id='6'/></w:trPr>{cell.format('', P('{{ nobody }}'))}</w:tr>"
    kept = f"<w:tr><w:trPr><w:ins w:id='7'/></w:trPr>{cell.format('', P('留'))}</w:tr>"
    left_out = cell.format("<w:tcPr><w:cellDel w:id='8'/></w:tcPr>", P("{{ nobody }}"))
    cut = f"<w:tr>{left_out}{cell.format('', P('b'))}</w:tr>"
    assert texts(f"<w:tbl><w:tblGrid/>{gone}{kept}{cut}</w:tbl>") == ["留", "b"]


def test_former_formats_go() -> None:
    former = '<w:rPr><w:b/><w:rPrChange w:id="9" w:author="a"><w:rPr/></w:rPrChange></w:rPr>'
    template = compiled(bare(f"<w:p><w:r>{former}<w:t>{{{{ a }}}}</w:t></w:r></w:p>", P("x")))
    assert b"rPrChange" not in unzipped(template.render({"a": 1}))[BODY]
    (told,) = [each for each in template.lint() if each.code == "D171"]
    assert (told.details["count"], str(told.address)) == (1, "t.docx 文件")


def test_without_changes_nothing_is_told() -> None:
    assert compiled(bare(P("{{ a }}"), P("x"))).lint() == []


@pytest.mark.parametrize("prefix", ["ns0", ""])
def test_other_prefixes(prefix: str) -> None:
    parts = unzipped(bare(P("{{ a }}") + "<w:p><w:r><w:t w:x='1'>b</w:t></w:r></w:p>", P("{{ a }}")))
    for name in (BODY, HEADER):
        xml = parts[name].decode().replace("xmlns:w=", f"xmlns:{prefix}=" if prefix else "xmlns=")
        if prefix:
            xml = xml.replace("<w:", f"<{prefix}:").replace("</w:", f"</{prefix}:").replace(" w:", f" {prefix}:")
        else:
            xml = xml.replace("<w:", "<").replace("</w:", "</").replace(" w:", f" xmlns:w='{WORD}' w:")
        parts[name] = xml.replace("xmlns:r=", "xmlns:rel=").replace(" r:", " rel:").encode()
    template = compiled(zipped(parts))
    made = unzipped(template.render({"a": "一\n二"}))
    for name in (BODY, HEADER):
        assert b"<w:br/>" in made[name] and b"<w:t" in made[name] and WORD.encode() in made[name]
    assert b'r:id="rId1"' in made[BODY] and OFFICE.encode() in made[BODY]
    assert template.self_check({"a": "一\n二"}) == []


def test_lists_of_prefixes_follow() -> None:
    compatibility = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    parts = unzipped(bare(P("{{ a }}"), P("x")))
    names = f'xmlns:q="http://schemas.microsoft.com/office/word/2010/wordml" xmlns:c="{compatibility}" c:Ignorable="q"'
    parts[BODY] = parts[BODY].replace(b"<w:document ", f"<w:document {names} ".encode(), 1)
    parts[BODY] = parts[BODY].replace(b"<w:p>", b'<w:p q:paraId="00000001">', 1)
    root = etree.fromstring(unzipped(compiled(zipped(parts)).render({"a": 1}))[BODY])
    ignorable = str(root.get(f"{{{compatibility}}}Ignorable"))
    assert [root.nsmap[prefix] for prefix in ignorable.split()] == [
        "http://schemas.microsoft.com/office/word/2010/wordml"
    ]


@pytest.mark.parametrize("instruction", ["<?foo?>", "<?tag 1 open?>", "<?mso-x a='b'?>"])
def test_processing_instructions(instruction: str) -> None:
    body = instruction + P("{% if a %}{{ a }}{% endif %}") + instruction
    assert texts(body, a="甲") == ["甲"]
    assert texts(P("{{ a }}").replace("<w:r>", instruction + "<w:r>"), HEADER, a="甲") == ["甲"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("name", ["word/hdr.dat", "word/header1.xml", "customXml/item1.xml", "word/x"])
def test_entities_in_any_part(name: str, encoding: str) -> None:
    evil = '<?xml version="1.0" encoding="{}"?>\n<!DOCTYPE w [<!ENTITY e SYSTEM "file:///etc/passwd">]><w>&e;</w>'
    parts = {**unzipped(bare(P("{{ a }}"), P("x"))), name: evil.format(encoding).encode(encoding)}
    with pytest.raises(TemplateError) as refused:
        compiled(zipped(parts))
    assert {each.code for each in refused.value.problems} == {"D105"}
