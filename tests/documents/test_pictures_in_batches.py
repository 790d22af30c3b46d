"""Pictures of people in whole batches: files, archive and print file, and what is remade when a picture changes."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from perfxl.program import load
from tests.documents.batch_kit import make_documents, papers, program_file, run
from tests.documents.picture_kit import illustrated, png, shown, write

PEOPLE = 12


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "notice.docx"
    path.write_bytes(illustrated(["photo", "superior.signature"], ["seal"]))
    return path


def holders() -> list[str]:
    program = load(program_file(PEOPLE))[0]
    return sorted(set(program.tables["contracts"].column("holder")))


def pictures_of(folder: Path) -> tuple[Path, dict[str, bytes]]:
    """A folder with everybody's photo and the seal; photos by ID."""
    photos = {id: png(number + 10) for number, id in enumerate(holders())}
    files = {f"photo__{id}": content for id, content in photos.items()}
    return write(folder / "pictures", **files, seal=png(200)), photos


def test_files_archive_and_print_file_show_everybodys_own(tmp_path: Path, template: Path) -> None:
    program = load(program_file(PEOPLE))[0]
    pictures, photos = pictures_of(tmp_path)

    def make(**outputs: Path) -> None:
        _, problems = make_documents(
            *("notice", program.tables, program.policy, tmp_path / "out"),
            **outputs,
            template=template,
            pictures=pictures,
            jobs=1,
        )
        missing = [about for about in problems if about.name == "picture_missing"]
        assert len(missing) == len({str(about) for about in missing}) > 0  # signatures; each once
        assert not [about for about in problems if about.name in ("papers_by_docxtpl", "picture_refused")]

    make()
    files = {name: content for name, content in papers(tmp_path / "out").items() if name.endswith(".docx")}
    assert len(files) == len(photos)
    for name, content in files.items():
        assert shown(content) == [photos[name.split(" ")[0]], png(200)]
    make(archive=tmp_path / "all.zip")
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        packed = {name: archive.read(name) for name in archive.namelist() if name.endswith(".docx")}
    assert packed == files
    make(print_file=tmp_path / "print.docx")
    with zipfile.ZipFile(tmp_path / "print.docx") as merged:
        media = [merged.read(name) for name in merged.namelist() if name.startswith("word/media/")]
    assert sorted(media) == sorted([*photos.values(), png(200)])  # the seal once


def test_a_new_picture_makes_the_paper_anew_and_no_other(tmp_path: Path, template: Path) -> None:
    program = load(program_file(PEOPLE))[0]
    pictures, photos = pictures_of(tmp_path)
    first = next(iter(photos))

    def make() -> dict[str, bytes]:
        arguments = ("notice", program.tables, program.policy, tmp_path / "out")
        make_documents(*arguments, template=template, pictures=pictures, jobs=1)
        return {name.split(" ")[0]: content for name, content in papers(tmp_path / "out").items()}

    before = make()
    (pictures / "photo" / f"{first}.png").write_bytes(png(99))
    after = make()
    assert shown(after[first])[0] == png(99)
    assert {id for id in photos if before[id] != after[id]} == {first}


def test_the_command_says_what_is_missing_and_what_is_no_folder(tmp_path: Path, template: Path) -> None:
    pictures, photos = pictures_of(tmp_path)
    first, second, *_ = photos
    (pictures / "photo" / f"{first}.png").unlink()
    (pictures / "photo" / f"{second}.png").write_text("no picture")
    command = ("notice", program_file(PEOPLE), "-o", tmp_path / "out", "--template", template)
    done = run(*command, "--pictures", pictures)
    assert done.returncode == 1, done.stderr
    assert f"没有{first}" in done.stdout
    assert f"{second}.png 不能用作" in done.stdout
    assert len([name for name in papers(tmp_path / "out") if name.endswith(".docx")]) == len(photos)
    nowhere = run(*command, "--pictures", tmp_path / "nowhere")
    assert nowhere.returncode != 0
    assert "nowhere" in nowhere.stdout + nowhere.stderr
    blank = run(*command)
    assert "photo、seal、superior.signature" in blank.stdout
