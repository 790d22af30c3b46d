"""Pictures per person: photo, signature and seal from a folder, where a template has placeholder pictures."""

from __future__ import annotations

import os
import pickle
import re
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from docxtpl import RichText

from perfxl.documents.batch.illustrate import illustrate
from perfxl.documents.pictures.folder import PictureFolder
from perfxl.documents.pictures.image import MAX_BYTES, PictureRefused, make_picture, read_picture
from perfxl.documents.template.compiled import CompiledTemplate, RenderError, TemplateError
from tests.documents.docx_kit import compiled, texts_of, unzipped, zipped
from tests.documents.picture_kit import PLACEHOLDER, illustrated, png, shown, sizes, write

ZHANG = {"holder": {"id": "E1", "name": "张三"}, "issuer": {"id": "E9", "name": "陈总"}}


def folder_of(path: Path, **files: bytes) -> PictureFolder:
    return PictureFolder(write(path, **files))


def made(template: CompiledTemplate, folder: PictureFolder | None, context: dict[str, Any] = ZHANG) -> bytes:
    context, pictures, _ = illustrate(context, template.picture_paths, folder)
    return template.render(context, pictures=pictures)


def wrong(template: CompiledTemplate, folder: PictureFolder, context: dict[str, Any] = ZHANG) -> list[str]:
    return [about.name for about in illustrate(context, template.picture_paths, folder).problems]


def test_pictures_stand_in_body_and_header(tmp_path: Path) -> None:
    template = compiled(illustrated(["photo", "{{ issuer.signature }}"], ["公章"]))
    assert template.picture_paths == ["issuer.signature", "photo", "seal"]
    folder = folder_of(tmp_path, photo__E1=png(1), signature__E9=png(2), seal=png(3))
    assert shown(made(template, folder)) == [png(1), png(2), png(3)]


@pytest.mark.parametrize(
    "name",
    [
        "photo/E1.png",
        "照片/张三.PNG",
        "E1.png",
        "张三.png",
        "e1 张三.png",
        "photo/张三_E1.png",
        "E1-照片.png",
        "photo_E1.png",
    ],
)
def test_a_file_is_found_by_id_or_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(png(5))
    assert shown(made(compiled(illustrated(["photo"])), PictureFolder(tmp_path))) == [png(5)]


def test_the_placeholder_gives_the_size_and_the_picture_its_proportions(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, photo__E1=png(1, 30, 40), signature__E1=png(2, 200, 50))
    assert sizes(made(compiled(illustrated(["photo", "signature"])), folder)) == [(2.25, 3.0), (3.0, 0.75)]


def test_equal_pictures_are_one_part_and_the_placeholder_goes_out_with_nobody(tmp_path: Path) -> None:
    template = compiled(illustrated(["photo", "photo", "signature"], ["photo"]))
    document = made(template, folder_of(tmp_path, photo__E1=png(1), signature__E1=png(1)))
    media = [content for name, content in unzipped(document).items() if name.startswith("word/media/")]
    assert media == [png(1)]
    assert PLACEHOLDER not in unzipped(made(template, None)).values()


def test_no_paper_holds_the_picture_of_somebody_else(tmp_path: Path) -> None:
    template = compiled(illustrated(["photo"]))
    folder = folder_of(tmp_path, photo__E1=png(1), photo__E2=png(2))
    for id, own, other in (("E1", png(1), png(2)), ("E2", png(2), png(1)), ("E1", png(1), png(2))):
        parts = unzipped(made(template, folder, {"holder": {"id": id, "name": ""}})).values()
        assert own in parts
        assert other not in parts


def test_without_a_picture_the_place_is_blank_and_named(tmp_path: Path) -> None:
    template = compiled(illustrated(["photo", "seal"]))
    folder = folder_of(tmp_path, photo__E2=png(2))
    document = made(template, folder)
    assert shown(document) == []
    assert texts_of(document)[0] == "张三"
    assert wrong(template, folder) == ["picture_missing", "picture_missing"]


def test_the_name_of_two_people_is_nobodys(tmp_path: Path) -> None:
    template = compiled(illustrated(["photo"]))
    folder = folder_of(tmp_path, photo__张三=png(1), photo__e2=png(2))
    folder.know([("E1", "张三"), ("E7", "张三"), ("E2", "李四"), ("e2", "王五")])
    assert wrong(template, folder) == ["picture_name_shared"]
    assert shown(made(template, folder)) == []
    assert wrong(template, folder, {"holder": {"id": "E2", "name": "李四"}}) == ["picture_name_shared"]
    assert shown(made(template, folder, {"holder": {"id": "e2", "name": "王五"}})) == [png(2)]


def test_two_files_of_one_person_are_not_chosen_between(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, photo__E1=png(1))
    (tmp_path / "photo" / "E1.jpg").write_bytes(png(2))
    folder = PictureFolder(tmp_path)
    assert wrong(compiled(illustrated(["photo"])), folder) == ["picture_ambiguous"]


BAD = {
    "text": b"no picture at all",
    "empty": b"",
    "cut": png(1)[:-20],
    "head": png(1)[:24],
    "crc": png(1)[:20] + b"\1" + png(1)[21:],
    "gif": b"GIF89a" + b"\0" * 50,
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "page": b"<html><script>",
    "large": png(1)[:-12] + b"\0" * MAX_BYTES,
    "pixels": png(1)[:8] + png(1, 30_000, 1)[8:],
    "jpeg": b"\xff\xd8\xff\xe0\0\4ab",
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
def test_what_is_no_picture_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(PictureRefused):
        make_picture(content)
    template = compiled(illustrated(["photo"]))
    folder = folder_of(tmp_path, photo__E1=content)
    assert wrong(template, folder) == ["picture_refused"]
    assert shown(made(template, folder)) == []


@pytest.mark.skipif(os.name == "nt", reason="links and pipes of Unix")
def test_links_and_devices_are_refused(tmp_path: Path) -> None:
    (tmp_path / "real.png").write_bytes(png(1))
    (tmp_path / "E1.png").symlink_to(tmp_path / "real.png")
    os.mkfifo(tmp_path / "E2.png")
    for name in ("E1.png", "E2.png"):
        with pytest.raises(PictureRefused):
            read_picture(tmp_path / name)
    (tmp_path / "签名").symlink_to(tmp_path)
    folder = PictureFolder(tmp_path)
    assert folder.links == ["签名"]
    assert wrong(compiled(illustrated(["photo", "signature"])), folder) == ["picture_refused", "picture_missing"]


def test_jpeg_is_taken() -> None:
    from PIL import Image

    for progressive in (False, True):
        saved = BytesIO()
        Image.new("RGB", (33, 44), "red").save(saved, "JPEG", progressive=progressive)
        picture = make_picture(saved.getvalue())
        assert (picture.extension, picture.width, picture.height) == ("jpeg", 33, 44)


def test_a_place_within_a_loop_shows_whose_turn_it_is(tmp_path: Path) -> None:
    data = illustrated(["{{ party.signature }}"])
    parts = unzipped(data)
    body = parts["word/document.xml"].decode()
    begin = body.index("<w:p><w:r><w:drawing>")
    end = body.index("</w:p>", begin) + 6
    begun, ended = ("<w:p><w:r><w:t>{%p " + tag + " %}</w:t></w:r></w:p>" for tag in ("for party in parties", "endfor"))
    parts["word/document.xml"] = f"{body[:begin]}{begun}{body[begin:end]}{ended}{body[end:]}".encode()
    saved = BytesIO()
    with zipfile.ZipFile(saved, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    template = compiled(saved.getvalue())
    assert template.picture_paths == ["parties[].signature"]
    parties = [{"id": "E1", "name": ""}, {"id": "E2", "name": ""}, {"id": "E3", "name": ""}]
    context = {**ZHANG, "parties": parties}
    folder = folder_of(tmp_path, signature__E1=png(1), signature__E3=png(3))
    document = made(template, folder, context)
    assert shown(document) == [png(1), png(3)]
    numbers = unzipped(document)["word/document.xml"].count(b'<wp:docPr id="1001"')
    assert numbers == 1
    assert "signature" not in parties[0]  # what contexts share stays as it is


def test_docxtpl_makes_the_same_of_the_rest_and_the_slow_way_shows_pictures_too(tmp_path: Path) -> None:
    template = compiled(illustrated(["photo"], ["seal"]))
    assert template.self_check(ZHANG) == []
    folder = folder_of(tmp_path, photo__E1=png(1), seal=png(3))
    context, pictures, _ = illustrate(ZHANG, template.picture_paths, folder)
    assert shown(template.render(context, template.docxtpl(), pictures=pictures)) == [png(1), png(3)]


def test_a_picture_that_is_not_at_hand_is_no_broken_file(tmp_path: Path) -> None:
    template = compiled(illustrated(["photo"]))
    context, _, _ = illustrate(ZHANG, template.picture_paths, folder_of(tmp_path, photo__E1=png(1)))
    with pytest.raises(RenderError):
        template.render(context)
    with pytest.raises(RenderError):
        template.render({**ZHANG, "photo": "a word"})


def test_check_knows_pictures() -> None:
    fields = ["holder.id", "holder.name", "issuer.id", "issuer.name", "rules.cap"]
    assert compiled(illustrated(["photo", "issuer.signature", "seal"])).check(fields) == []
    names = [about.name for about in compiled(illustrated(["isuer.photo", "rules.photo"])).check(fields)]
    assert len(names) == 2
    assert [about.name for about in compiled(illustrated(["photo"], text="{{ photo }}")).check(fields)] == [
        "picture_field_as_text"
    ]


def test_an_alt_text_that_names_no_field_stays_as_it_is() -> None:
    template = compiled(illustrated(["a photo of our house", "{{ holder.name }}"]))
    assert template.picture_paths == []
    document = template.render(ZHANG)
    assert shown(document) == [PLACEHOLDER, PLACEHOLDER]
    assert 'descr="张三"'.encode() in unzipped(document)["word/document.xml"]


def test_a_field_on_what_is_no_picture_is_named() -> None:
    parts = unzipped(illustrated(["photo"]))
    body = parts["word/document.xml"].replace(b"a:blip ", b"a:blop ")
    saved = BytesIO()
    with zipfile.ZipFile(saved, "w") as archive:
        for name, content in {**parts, "word/document.xml": body}.items():
            archive.writestr(name, content)
    with pytest.raises(TemplateError) as caught:
        compiled(saved.getvalue())
    assert [about.name for about in caught.value.problems] == ["picture_place_unusable"]


def test_pictures_that_were_loaded_go_along_to_where_the_folder_is_not(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, photo__E1=png(1))
    template = compiled(illustrated(["photo"]))
    folder.load()
    sent = pickle.loads(pickle.dumps(folder))
    away = pickle.loads(pickle.dumps(PictureFolder(tmp_path)))
    (tmp_path / "photo" / "E1.png").unlink()
    assert shown(made(template, sent)) == [png(1)]
    assert wrong(template, away) == ["picture_refused"]


VML = (
    '<w:pict xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">'
    '<v:shape id="s1" type="#_x0000_t75" style="{style}" alt="{alt}"><v:imagedata r:id="{id}" o:title="old"/></v:shape>'
    "</w:pict>"
)


def in_old_form(style: str, alt: str = "photo", beside: bool = False) -> bytes:
    """A template whose place is a picture as Word kept it before 2007, or has that beside it."""
    parts = unzipped(illustrated(["photo"]))
    body = parts["word/document.xml"].decode()
    begin, end = body.index("<w:drawing>"), body.index("</w:drawing>") + 12
    drawing = body[begin:end]
    old = VML.format(style=style, alt=alt, id=re.findall(r'r:embed="(\w+)"', drawing)[0])
    if beside:
        both = '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        old = f'{both}<mc:Choice Requires="wps">{drawing}</mc:Choice><mc:Fallback>{old}</mc:Fallback>'
        old += "</mc:AlternateContent>"
    return zipped({**parts, "word/document.xml": (body[:begin] + old + body[end:]).encode()})


@pytest.mark.parametrize(
    "style", ["width:85.05pt;height:3cm;visibility:visible", "mso-wrap-style:square;WIDTH:30mm;height:30mm"]
)
@pytest.mark.parametrize("alt", ["photo", "{{ holder.photo }}", "照片"])
def test_a_place_in_the_old_form_is_filled(tmp_path: Path, style: str, alt: str) -> None:
    template = compiled(in_old_form(style.lower(), alt))
    document = made(template, folder_of(tmp_path, photo__E1=png(1, 30, 40)))
    assert shown(document) == [png(1, 30, 40)]
    assert sizes(document) == [(2.25, 3.0)]
    assert PLACEHOLDER not in unzipped(document).values()
    assert PLACEHOLDER not in unzipped(made(template, None)).values()


def test_what_older_programs_would_show_instead_is_not_the_placeholder(tmp_path: Path) -> None:
    template = compiled(in_old_form("width:3cm;height:3cm", beside=True))
    document = made(template, folder_of(tmp_path, photo__E1=png(1)))
    assert shown(document) == [png(1)]
    assert PLACEHOLDER not in unzipped(document).values()
    assert template.self_check(ZHANG) == []


@pytest.mark.parametrize(
    "style", ["position:absolute;width:3cm;height:3cm", "width:3cm;height:3cm;rotation:90", "width:3cm"]
)
def test_a_place_in_the_old_form_that_cannot_be_filled_is_named(style: str) -> None:
    with pytest.raises(TemplateError) as caught:
        compiled(in_old_form(style))
    assert [about.name for about in caught.value.problems] == ["picture_place_unusable"]
    assert compiled(in_old_form(style, "a photo of our house")).picture_paths == []


@pytest.mark.parametrize("name", ["张\n三", "张\f三", RichText("张三", bold=True)])
def test_pictures_stand_beside_values_that_change_the_tree(tmp_path: Path, name: object) -> None:
    template = compiled(
        illustrated(["photo"], text="{{r holder.name }}" if isinstance(name, RichText) else "{{ holder.name }}")
    )
    context = {"holder": {"id": "E1", "name": "张三"}}
    filled, pictures, _ = illustrate(context, template.picture_paths, folder_of(tmp_path, photo__E1=png(1)))
    filled["holder"] = {**filled["holder"], "name": name}
    assert shown(template.render(filled, pictures=pictures)) == [png(1)]
    with pytest.raises(RenderError):
        template.render(filled)
