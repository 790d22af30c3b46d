"""Print files: a section for each document, with headers, pages, lists, names and parts that are its own."""

from __future__ import annotations

import re
import subprocess
import tracemalloc
import zipfile
from collections import Counter
from contextlib import closing, suppress
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import docx
import pytest
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from perfxl.documents.merge import CannotMerge, Merger
from perfxl.documents.merge.parts import RelationsWriter
from perfxl.documents.merge.rewriting import BodyRewriter, IdCounters, MarkupCache, TemplateProfile
from perfxl.documents.merge.styles_and_lists import ListPattern, Numbering, StyleNumber
from perfxl.documents.pdf import convert, find_office, page_count
from perfxl.ooxml.spool import Scratch, Spool
from perfxl.ooxml.zip_write import ZipStream, pack
from tests.documents.batch_kit import make_documents
from tests.documents.contract_book import book, policy
from tests.documents.docx_kit import PIXEL, docx_bytes, paragraphs, texts_of, unzipped, with_part, zipped
from tests.documents.papers import findings

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def merged(path: Path, *documents: bytes, **options: Any) -> Path:
    merger = Merger(path, "打印文件 <1>", **options)
    for document in documents:
        merger.add(document)
    merger.close()
    return path


def body(path: Path) -> Any:
    return etree.fromstring(unzipped(path.read_bytes())["word/document.xml"])


def values(path: Path, tag: str, attribute: str) -> list[str]:
    """Of all elements of a kind in the body."""
    return [element.get(attribute) for element in body(path).iter(tag)]


def w(name: str) -> str:
    return f"{{{W}}}{name}"


def headers(path: Path) -> list[tuple[str, str]]:
    """The header and footer of each section as they are printed."""
    document = docx.Document(str(path))
    return [(s.header.paragraphs[0].text, s.footer.paragraphs[0].text) for s in document.sections]


def field(paragraph: Any, instruction: str) -> None:
    for xml in (
        '<w:fldChar w:fldCharType="begin"/>',
        f'<w:instrText xml:space="preserve"> {instruction} </w:instrText>',
        '<w:fldChar w:fldCharType="separate"/>',
        "<w:t>1</w:t>",
        '<w:fldChar w:fldCharType="end"/>',
    ):
        paragraph._p.append(parse_xml(f"<w:r {nsdecls('w')}>{xml}</w:r>"))


def letter(name: str, lines: int = 3, header: bool = True, sections: int = 1) -> bytes:
    """A document with a header, page numbers, a numbered list, a picture and a bookmark."""

    def fill(document: Any) -> None:
        if header:
            document.sections[0].header.paragraphs[0].text = f"header of {name}"
        footer = document.sections[0].footer.paragraphs[0]
        footer.add_run(f"{name} page ")
        field(footer, "PAGE")
        footer.add_run(" of ")
        field(footer, "NUMPAGES")
        for number in range(lines):
            document.add_paragraph(f"{name} point {number}", style="List Number")
        document.add_picture(BytesIO(PIXEL))
        marked = document.add_paragraph(f"see {name} ")
        marked._p.append(parse_xml(f'<w:bookmarkStart {nsdecls("w")} w:id="5" w:name="place"/>'))
        marked._p.append(parse_xml(f'<w:bookmarkEnd {nsdecls("w")} w:id="5"/>'))
        field(marked, "PAGEREF place \\h")
        for _ in range(1, sections):
            document.add_section(WD_SECTION.NEW_PAGE)
            document.add_paragraph(f"{name} annex")
        document.add_paragraph(f"end of {name}")

    return docx_bytes(fill)


PEOPLE = ("甲", "乙", "丙")


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return merged(tmp_path_factory.mktemp("merged") / "all.docx", *map(letter, PEOPLE))


def test_everything_is_there_in_order(three: Path) -> None:
    assert texts_of(three.read_bytes()) == [text for name in PEOPLE for text in texts_of(letter(name))]


def test_each_has_its_own_header_and_footer(three: Path) -> None:
    assert headers(three) == [(f"header of {name}", f"{name} page 1 of 1") for name in PEOPLE]


def test_pages_are_counted_from_one_in_each(three: Path) -> None:
    assert values(three, w("pgNumType"), w("start")) == ["1"] * 3
    footers = [content for name, content in unzipped(three.read_bytes()).items() if "footer" in name]
    assert len(footers) == 3
    assert all(b" SECTIONPAGES " in footer and b"NUMPAGES" not in footer for footer in footers)


def test_lists_begin_anew_in_each(three: Path) -> None:
    """List Number is a list by its style: each document's paragraphs are in a list of their own."""
    lists = values(three, w("numId"), w("val"))
    assert [Counter(lists)[number] for number in dict.fromkeys(lists)] == [3, 3, 3]
    numbering = etree.fromstring(unzipped(three.read_bytes())["word/numbering.xml"])
    for number in set(lists):
        (declared,) = numbering.findall(f"w:num[@w:numId='{number}']", {"w": W})
        assert {e.get(w("val")) for e in declared.iter(w("startOverride"))} == {"1"}


def test_ids_and_names_are_unique(three: Path) -> None:
    root = body(three)
    marks = 6  # each has one of its own, and its end is marked for the count of its pages
    for tag, attribute, count in (
        (w("bookmarkStart"), w("id"), marks),
        (w("bookmarkStart"), w("name"), marks),
        (DOC_PR, "id", 3),
    ):
        found = [element.get(attribute) for element in root.iter(tag)]
        assert len(found) == len(set(found)) == count
    names = [element.get(w("name")) for element in root.iter(w("bookmarkStart"))]
    fields = [f.text.split()[1] for f in root.iter(w("instrText")) if "PAGEREF" in f.text]
    assert fields == [name for name in names if name.startswith("place_")]
    assert [name for name in names if name not in fields] == [f"end_of_{number}" for number in (1, 2, 3)]


DOC_PR = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"


def test_an_equal_picture_is_kept_once(three: Path) -> None:
    assert len([name for name in unzipped(three.read_bytes()) if "/media/" in name]) == 1


def test_a_validator_finds_nothing(three: Path) -> None:
    assert findings(three) == []
    assert docx.Document(str(three)).core_properties.title == "打印文件 <1>"


def test_revision_and_paragraph_ids_are_left_out(tmp_path: Path) -> None:
    parts = unzipped(letter("甲"))
    namespace = b'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
    edited = parts["word/document.xml"].replace(b"<w:p>", b'<w:p w14:paraId="1A2B3C4D" w:rsidR="00AA00BB">')
    if namespace not in edited:
        edited = edited.replace(b"<w:document ", b"<w:document " + namespace + b" ")
    assert b"w14:paraId" in edited
    document = zipped({**parts, "word/document.xml": edited})
    path = merged(tmp_path / "m.docx", document, document)
    assert b"paraId" not in etree.tostring(body(path)) and findings(path) == []


def test_a_document_without_a_header_does_not_get_its_neighbours(tmp_path: Path) -> None:
    path = merged(tmp_path / "m.docx", letter("甲"), letter("乙", header=False), paragraphs("plain"))
    assert [header for header, _ in headers(path)] == ["header of 甲", "", ""]
    assert headers(path)[2][1] == ""
    assert findings(path) == []


def test_a_different_first_page_stays_with_its_document(tmp_path: Path) -> None:
    def fill(document: Any) -> None:
        section = document.sections[0]
        section.different_first_page_header_footer = True
        section.first_page_header.paragraphs[0].text = "first page of 甲"
        document.add_paragraph("甲")

    def bare(document: Any) -> None:
        document.sections[0].different_first_page_header_footer = True
        document.add_paragraph("乙")

    path = merged(tmp_path / "m.docx", docx_bytes(fill), docx_bytes(bare))
    first, second = docx.Document(str(path)).sections
    assert first.first_page_header.paragraphs[0].text == "first page of 甲"
    assert not second.first_page_header.is_linked_to_previous
    assert second.first_page_header.paragraphs[0].text == ""


def test_sections_within_a_document_count_on(tmp_path: Path) -> None:
    path = merged(tmp_path / "m.docx", letter("甲", sections=2), letter("乙"))
    sections = docx.Document(str(path)).sections
    starts = [section._sectPr.find(qn("w:pgNumType")) for section in sections]
    assert [start is not None and start.get(qn("w:start")) for start in starts] == ["1", False, "1"]
    footers = {c.count(b"SECTIONPAGES") for n, c in unzipped(path.read_bytes()).items() if "footer" in n}
    assert footers == {0, 1}  # of two sections, the last page is the one that its end is on
    assert findings(path) == []


def test_a_page_across_stays_across(tmp_path: Path) -> None:
    def fill(document: Any) -> None:
        section = document.sections[0]
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = section.page_height, section.page_width
        document.add_paragraph("wide")

    path = merged(tmp_path / "m.docx", letter("甲"), docx_bytes(fill))
    assert [(s.page_width or 0) > (s.page_height or 0) for s in docx.Document(str(path)).sections] == [False, True]


def test_a_document_that_ends_with_a_table(tmp_path: Path) -> None:
    def fill(document: Any) -> None:
        document.add_table(1, 1).cell(0, 0).text = "last"

    path = merged(tmp_path / "m.docx", docx_bytes(fill), docx_bytes(fill))
    assert texts_of(path.read_bytes()).count("last") == 2 and len(docx.Document(str(path)).sections) == 2
    assert findings(path) == []


def restyled(text: str, size: int) -> bytes:
    """Body text and headings of another size, and another list format."""

    def fill(document: Any) -> None:
        document.styles["Normal"].font.size = Pt(size)
        document.add_heading(text, 1)
        document.add_paragraph(f"{text} plain")
        document.add_paragraph(f"{text} one", style="List Number")
        document.add_table(1, 1, style="Table Grid").cell(0, 0).text = text

    return docx_bytes(fill)


def test_styles_that_differ_are_kept_apart(tmp_path: Path) -> None:
    path = merged(tmp_path / "m.docx", restyled("small", 8), restyled("big", 20), restyled("small", 8))
    sizes = {p.text: size_of(p.style) for p in docx.Document(str(path)).paragraphs if p.text.endswith("plain")}
    assert sizes == {"small plain": Pt(8), "big plain": Pt(20)}
    styles = [p.style and p.style.name for p in docx.Document(str(path)).paragraphs if p.text in ("small", "big")]
    assert styles[0] == styles[2] != styles[1]
    ids = [style.get(w("styleId")) for style in part(path, "word/styles.xml").iter(w("style"))]
    assert len(ids) == len(set(ids))
    assert findings(path) == []


def size_of(style: Any) -> Any:
    while style is not None and style.font.size is None:
        style = style.base_style
    return style and style.font.size


def part(path: Path, name: str) -> Any:
    return etree.fromstring(unzipped(path.read_bytes())[name])


def test_styles_that_only_one_has_are_added(tmp_path: Path) -> None:
    def fill(document: Any) -> None:
        document.styles.add_style("Own", 1).font.bold = True
        document.add_paragraph("mine", style="Own")

    path = merged(tmp_path / "m.docx", paragraphs("plain"), docx_bytes(fill))
    (mine,) = (p for p in docx.Document(str(path)).paragraphs if p.text == "mine")
    assert mine.style and mine.style.name == "Own" and mine.style.font.bold


FOOTNOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"


def with_footnote(text: str) -> bytes:
    xml = (
        f'<w:footnotes xmlns:w="{W}"><w:footnote w:type="separator" w:id="-1"><w:p/></w:footnote>'
        f'<w:footnote w:id="1"><w:p><w:r><w:t>note of {text}</w:t></w:r></w:p></w:footnote></w:footnotes>'
    )

    def fill(document: Any) -> None:
        run = parse_xml(f'<w:r {nsdecls("w")}><w:footnoteReference w:id="1"/></w:r>')
        document.add_paragraph(text)._p.append(run)

    return with_part(docx_bytes(fill), "word/footnotes.xml", xml.encode(), FOOTNOTES, f"{R}/footnotes")


def test_footnotes_stay_with_their_text(tmp_path: Path) -> None:
    path = merged(tmp_path / "m.docx", with_footnote("甲"), paragraphs("none"), with_footnote("乙"))
    notes = {n.get(w("id")): "".join(n.itertext()) for n in part(path, "word/footnotes.xml")}
    assert [notes[i] for i in values(path, w("footnoteReference"), w("id"))] == ["note of 甲", "note of 乙"]
    assert findings(path) == []


def test_links_and_their_addresses(tmp_path: Path) -> None:
    def fill(document: Any) -> None:
        paragraph = document.add_paragraph()
        address = document.part.relate_to("https://example.com/?a=1&b=2", f"{R}/hyperlink", is_external=True)
        paragraph._p.append(
            parse_xml(f'<w:hyperlink {nsdecls("w", "r")} r:id="{address}"><w:r><w:t>link</w:t></w:r></w:hyperlink>')
        )

    path = merged(tmp_path / "m.docx", letter("甲"), docx_bytes(fill), docx_bytes(fill))
    document = docx.Document(str(path))
    links = [link.address for p in document.paragraphs for link in p.hyperlinks]
    assert links == ["https://example.com/?a=1&b=2"] * 2


def test_what_is_no_document_is_refused_and_the_rest_goes_on(tmp_path: Path) -> None:
    merger = Merger(tmp_path / "m.docx", "t")
    merger.add(paragraphs("one"))
    missing = unzipped(letter("甲"))
    del missing["word/document.xml"]
    for broken in (b"", b"PK\3\4junk", zipped({"a": b"b"}), zipped(missing)):
        with pytest.raises(CannotMerge):
            merger.add(broken)
    merger.add(paragraphs("two"))
    merger.close()
    assert texts_of((tmp_path / "m.docx").read_bytes()) == ["one", "two"]


TRAPS = st.sampled_from(
    ('r:id="rId1"', '<w:numId w:val="1"/>', " NUMPAGES ", ' w:id="5"', "<!-- -->", "</w:p>", "<w:sectPr/>", "place")
)
TEXTS = st.lists(st.one_of(TRAPS, st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)), max_size=4)


@settings(max_examples=10, deadline=None)
@given(st.lists(TEXTS.map(" ".join), min_size=2, max_size=4))
def test_words_come_out_as_they_went_in(texts: list[str]) -> None:
    """Whatever the words look like, only the XML around them is changed."""
    documents = [letter_saying(text) for text in texts]
    with TemporaryDirectory() as folder:
        path = merged(Path(folder) / "m.docx", *documents)
        assert texts_of(path.read_bytes()) == [t for document in documents for t in texts_of(document)]


def letter_saying(text: str) -> bytes:
    def fill(document: Any) -> None:
        document.sections[0].header.paragraphs[0].text = text
        paragraph = document.add_paragraph(text, style="List Number")
        paragraph._p.append(parse_xml(f'<w:bookmarkStart {nsdecls("w")} w:id="5" w:name="place"/>'))
        paragraph._p.append(parse_xml(f'<w:bookmarkEnd {nsdecls("w")} w:id="5"/>'))
        document.add_paragraph(text)

    return docx_bytes(fill)


NAMES = f'xmlns:w="{W}" xmlns:r="{R}" xmlns:wp="w-p" xmlns:w14="w-14"'
BOOKMARK = '<w:p><w:bookmarkStart w:id="5" w:name="place"/><w:bookmarkEnd w:id="5"/><w:r><w:t>{}</w:t></w:r></w:p>'
BLOCKS = (
    "<w:p><w:r><w:t>{}</w:t></w:r></w:p>",
    '<w:p w14:paraId="1A2B3C4D" w:rsidR="00AA00BB"><w:r w:rsidR="00AA00BB"><w:t>{}</w:t></w:r></w:p>',
    '<w:p><w:pPr><w:pStyle w:val="Point"/></w:pPr><w:r><w:rPr><w:rStyle w:val="Own"/></w:rPr><w:t>{}</w:t></w:r></w:p>',
    '<w:p><w:pPr><w:pStyle w:val="Own"/><w:numPr><w:numId w:val="7"/></w:numPr></w:pPr></w:p>',
    BOOKMARK,
    "<w:p><w:r><w:instrText> PAGEREF place </w:instrText></w:r></w:p>",
    "<w:p><w:fldSimple w:instr=' NUMPAGES '/></w:p>",
    '<w:p><w:hyperlink w:anchor="place"><w:r><w:t>{}</w:t></w:r></w:hyperlink></w:p>',
    '<w:p><w:ins w:id="3"><w:r><w:t>{}</w:t></w:r></w:ins></w:p>',
    '<w:p><w:r><w:drawing><wp:docPr id="77"/></w:drawing></w:r></w:p>',
    '<w:p><w:r><w:object r:id="rId1"/></w:r></w:p>',
    "<!-- {} -->",
    "<!-- <w:p><w:numId/></w:p><w:p> -->",
    "<!-- {} </w:t> <w:sectPr/> -->",
    '<!-- <w:t>{}</w:t> --> <w:p><w:numId w:val="7"/></w:p>',
    "<w:p/>",
    "<w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>",
    "<w:sdt><w:sdtPr><w:id w:val='1'/><w:id w:val=\"1\"/></w:sdtPr><w:p><w:t>{}</w:t></w:p></w:sdt>",
    '<w:p><w:pPr><w:pPrChange w:id="9"><w:pPr/></w:pPrChange></w:pPr></w:p>',
)
POINTS = ListPattern(b'<w:abstractNumId w:val="1"/>', {})
PROFILES = (
    TemplateProfile({}, b"", {"7": POINTS}, {b"Point": StyleNumber("7", 0, b'<w:ind w:left="1"/>')}),
    TemplateProfile(
        {b"Point": b"Point-2", b"Own": b"Own-2"}, b"Normal-2", {"7": POINTS}, {b"Point-2": StyleNumber("7", 1, b"")}
    ),
)


BLOCK_AND_TEXT = st.tuples(st.just(BLOCKS[0]) | st.sampled_from(BLOCKS), st.sampled_from("甲乙"))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PROFILES), st.lists(st.lists(BLOCK_AND_TEXT, max_size=8), min_size=2, max_size=4))
def test_what_is_known_again_comes_out_as_if_looked_into(
    profile: TemplateProfile, bodies: list[list[tuple[str, str]]]
) -> None:
    """What is left alone is that in which nothing would have been changed."""
    cache = MarkupCache(profile)
    with TemporaryDirectory() as folder, closing(Scratch(Path(folder))) as scratch:
        ids, numbering = (IdCounters(), IdCounters()), (Numbering(Spool(scratch)), Numbering(Spool(scratch)))
        for number, blocks in enumerate(bodies):
            inner = "".join(block.format(text) for block, text in ((BOOKMARK, "甲"), *blocks))
            xml = f"<w:body {NAMES}>{inner}</w:body>".encode()
            one, other = (BodyRewriter(profile, number, *shared) for shared in zip(ids, numbering, strict=True))
            split = cache.split(xml)
            one.name_bookmarks(split.markup)
            found = split.join(one.rewrite(split.markup, {b"rId1": b"rId9"}))
            whole = profile.normalize(xml)
            other.name_bookmarks(whole)
            assert found == other.rewrite(whole, {b"rId1": b"rId9"})
            assert one.counts_pages == other.counts_pages


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damaged_documents_are_refused_or_merged(data: st.DataObject) -> None:
    """Never anything else than CannotMerge, and what is merged is a whole file."""
    damaged = bytearray(LETTER)
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    del damaged[data.draw(st.integers(0, len(damaged)) | st.just(len(damaged))) :]
    with TemporaryDirectory() as folder:
        merger = Merger(Path(folder) / "m.docx", "t")
        merger.add(LETTER)
        with suppress(CannotMerge):
            merger.add(bytes(damaged))
        merger.close()
        assert zipfile.ZipFile(Path(folder) / "m.docx").testzip() is None


LETTER = letter("甲")


def test_memory_stays_the_same(tmp_path: Path) -> None:
    """Of a document that is merged nothing stays in memory but the names of its parts, and of those not all."""

    def fill(document: Any) -> None:
        document.add_paragraph("one", style="List Number")
        header = document.sections[0].header.paragraphs[0]._p
        header.append(parse_xml(f'<w:bookmarkStart {nsdecls("w")} w:id="5" w:name="place"/>'))
        header.append(parse_xml(f'<w:bookmarkEnd {nsdecls("w")} w:id="5"/>'))

    merger, document = Merger(tmp_path / "m.docx", "t"), docx_bytes(fill)  # a header of its own each time
    held = []
    tracemalloc.start()
    for number in range(501):
        merger.add(document)
        if number % 100 == 0:
            held.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    merger.close()
    assert held[-1] - held[1] < 400 * 1000
    assert len(unzipped((tmp_path / "m.docx").read_bytes())) > 500


def test_what_grows_is_on_disk(tmp_path: Path) -> None:
    with closing(Scratch(tmp_path)) as scratch:
        relations, spool = RelationsWriter(scratch), Spool(scratch)
        tracemalloc.start()
        for number in range(20_000):
            relations.add("header", f"header{number}.xml")
            spool.add(b"%d" % number * 100)
        held = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        assert held < 2_000_000 < spool.size
        assert b"".join(relations.xml()).count(b"<Relationship ") == 20_000
        assert b"".join(spool) == b"".join(b"%d" % number * 100 for number in range(20_000))


def test_more_parts_than_old_zips_can_hold(tmp_path: Path) -> None:
    out = ZipStream(tmp_path / "m.zip", "last")
    for number in range(66_000):
        out.add(f"{number}", pack(b""))
    out.grow(b"a" * 100_000)
    out.close()
    with zipfile.ZipFile(tmp_path / "m.zip") as archive:
        assert len(archive.namelist()) == 66_001 and archive.read("last") == b"a" * 100_000


# Contracts, and LibreOffice


@pytest.fixture(scope="module")
def contracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The print file of three contracts, and its PDF."""
    folder = tmp_path_factory.mktemp("contracts")
    files, problems = make_documents(
        "contract", book(), policy(), folder, print_file=folder / "全部.docx", pdf=find_office() is not None
    )
    assert problems == [] and files[0] == folder / "全部.docx"
    return files[0]


def test_contracts_are_merged_soundly(contracts: Path) -> None:
    assert findings(contracts) == []
    sections = docx.Document(str(contracts)).sections
    assert len(sections) == 3
    numbers = [re.findall(r"HT-2025-\d+", "".join(p.text for p in s.footer.paragraphs)) for s in sections]
    assert numbers == [["HT-2025-002"], ["HT-2025-003"], ["HT-2025-005"]]
    assert not list(contracts.parent.glob("*.tmp")) and not list(contracts.parent.glob(".*.part"))


@pytest.mark.skipif(find_office() is None, reason="needs LibreOffice")
def test_in_print_each_contract_counts_its_own_pages(contracts: Path, tmp_path: Path) -> None:
    """第 1 页 共 4 页: the pages of this contract, and clauses from 第一条 in each."""
    text = subprocess.run(
        ["pdftotext", "-layout", str(contracts.with_suffix(".pdf")), "-"], capture_output=True, text=True, check=True
    ).stdout
    feet = [(int(a), int(b)) for a, b in re.findall(r"第\s*(\d+)\s*页\s*共\s*(\d+)\s*页", text)]
    begins = [at for at, (page, _) in enumerate(feet) if page == 1] + [len(feet)]
    assert len(begins) == 4
    for begin, end in pairwise(begins):
        assert feet[begin:end] == [(page, end - begin) for page in range(1, end - begin + 1)]
    assert page_count(contracts.with_suffix(".pdf").read_bytes()) == len(feet)
    assert text.count("第一条") == 3


@pytest.mark.skipif(find_office() is None, reason="needs LibreOffice")
def test_libreoffice_opens_what_is_merged_of_anything(tmp_path: Path) -> None:
    path = merged(tmp_path / "m.docx", letter("甲"), restyled("big", 20), with_footnote("乙"), letter("丙", sections=2))
    (made,) = [
        page_count(one.pdf.read_bytes())
        for one in convert(find_office() or "", [path], tmp_path / "work", 1)
        if one.pdf
    ]
    assert made == 5
    assert zipfile.ZipFile(path).testzip() is None
