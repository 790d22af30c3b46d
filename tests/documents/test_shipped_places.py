"""The shipped templates' places for pictures and for the code of a print: filled where somebody asks, else gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfxl.assets import doc_templates
from perfxl.core.language import LANGUAGES
from perfxl.documents.batch import open_templates
from perfxl.documents.batch.issued import read_code
from perfxl.documents.papers import KINDS
from perfxl.documents.template.compiled import CompiledTemplate
from perfxl.program import load
from tests.documents.batch_kit import make_documents, papers, program_file
from tests.documents.docx_kit import texts_of, unzipped
from tests.documents.picture_kit import illustrated, png, shown, write

PEOPLE = 12
PLACES = {
    "contract": {"photo", "seal", "qr", "parties[].signature"},
    "notice": {"photo", "seal", "qr", "superior.signature"},
}


def make(out: Path, kind: str = "notice", **options: object) -> tuple[list[bytes], set[str]]:
    program = load(program_file(PEOPLE))[0]
    _, problems = make_documents(kind, program.tables, program.policy, out, jobs=1, **options)
    return [paper for name, paper in papers(out).items() if name.endswith(".docx")], {each.code for each in problems}


@pytest.mark.parametrize("kind", PLACES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_contract_and_notice_have_places(kind: str, lang: str) -> None:
    template = CompiledTemplate(doc_templates() / f"{kind}.{lang}.docx", lang)
    assert set(template.picture_paths) == PLACES[kind]
    assert template.check(KINDS[kind].paths) == []


def test_nothing_asked_for_leaves_nothing(tmp_path: Path) -> None:
    opened, problems = open_templates(list(KINDS), "zh", None, shown=())
    assert problems == []
    assert not [kind for kind, template in opened.compiled.items() if template.picture_paths]
    for kind in PLACES:
        for paper in make(tmp_path / kind, kind)[0]:
            parts = unzipped(paper)
            assert not [name for name in parts if name.startswith("word/media/")]
            # A chart is a drawing, too, but no picture; a run that held a place is gone with it.
            assert b"pic:pic" not in parts["word/document.xml"]
            assert b"<w:r></w:r>" not in parts["word/document.xml"].replace(b"<w:r/>", b"<w:r></w:r>")
            assert not [text for text in texts_of(paper) if read_code(text)]


def test_what_the_folder_holds_is_shown_and_only_that_is_missed(tmp_path: Path) -> None:
    pictures = write(tmp_path / "p", seal=png(200))
    made, problems = make(tmp_path / "out", pictures=pictures)
    assert made
    assert all(shown(paper) == [png(200)] for paper in made)
    assert "D261" not in problems  # nobody asked for photos
    write(pictures, photo__E100002=png(1))
    made, problems = make(tmp_path / "out", pictures=pictures)
    assert sorted(map(len, map(shown, made))) == [1] * (len(made) - 1) + [2]
    assert "D261" in problems  # some have a photo: all others are named


def test_a_signature_stands_in_its_own_row(tmp_path: Path) -> None:
    pictures = write(tmp_path / "p", signature__E100001=png(1), signature__E100002=png(2))
    made, _ = make(tmp_path / "out", "contract", pictures=pictures)
    assert made
    assert {png(1), png(2)} & {picture for paper in made for picture in shown(paper)}


def test_codes_are_shown_where_they_are_asked_for(tmp_path: Path) -> None:
    for kind in KINDS:
        made, problems = make(tmp_path / kind, kind, qr=True, blank=True)
        assert "D305" not in problems
        assert made
        for paper in made:
            footer = next(content for name, content in unzipped(paper).items() if name.startswith("word/footer"))
            assert read_code(footer.decode())
            assert len(shown(paper)) == 1
    before = make(tmp_path / "notice", qr=True)[0]
    after, _ = make(tmp_path / "notice")  # asked for no more: made anew without
    assert before != after
    assert not any(map(shown, after))


def test_an_own_template_decides_itself_unless_told(tmp_path: Path) -> None:
    template = tmp_path / "notice.docx"
    template.write_bytes(illustrated(["qr", "photo"], text="{{ verify_code }}{{ holder.name }}"))
    made, _ = make(tmp_path / "a", template=template)
    assert all(len(shown(paper)) == 1 and read_code(texts_of(paper)[0]) for paper in made)
    made, _ = make(tmp_path / "a", template=template, qr=False)
    assert made
    assert not any(shown(paper) or read_code(texts_of(paper)[0]) for paper in made)


def test_pictures_that_no_template_has_a_place_for_are_named(tmp_path: Path) -> None:
    pictures = write(tmp_path / "p", photo__E100002=png(1))
    assert "D305" in make(tmp_path / "a", "improvement", pictures=pictures, blank=True)[1]
    assert "D305" not in make(tmp_path / "a", "notice", pictures=pictures)[1]
    template = tmp_path / "notice.docx"
    template.write_bytes(illustrated([], text="{{ holder.name }}"))
    assert "D305" in make(tmp_path / "b", template=template, qr=True)[1]
    assert "D305" in make(tmp_path / "b", template=template, pictures=pictures)[1]
    (tmp_path / "empty").mkdir()
    made, problems = make(tmp_path / "c", pictures=tmp_path / "empty")
    assert made
    assert "D306" in problems


def test_drafts_are_without_places_too(tmp_path: Path) -> None:
    opened, _ = open_templates(["contract"], "zh", None, shown=("seal",))
    assert opened.compile_drafts("zh")["contract"].picture_paths == ["seal"]
