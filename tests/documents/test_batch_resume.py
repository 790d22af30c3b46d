"""A batch that was killed goes on where it stopped, and ends with the same folder as one that was not."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import docx
import pytest

from perfxl.core.records import Records
from perfxl.documents.batch.manifest import Manifest
from perfxl.documents.batch.workspace import Workspace
from perfxl.outputs import is_unchanged, read_mark
from tests.documents.batch_kit import ROOT, command, index_of, make_documents, prints, program_file
from tests.documents.contract_book import PEOPLE, YEAR, book, policy
from tests.documents.papers import whole_text

MANY = 130  # enough to be shared among processes
KILLS = 2


def make(folder: Path, held: dict[str, Records] | None = None, **options: object) -> tuple[Sequence[Path], list[str]]:
    files, problems = make_documents("contract", held or book(), policy(), folder, **options)
    return files, [problem.code for problem in problems]


def renamed(person: str, name: str) -> dict[str, Records]:
    return book(people=[{**p, "name": name} if p["person"] == person else p for p in PEOPLE])


@pytest.mark.skipif(os.name == "nt", reason="kills as Unix does")
@pytest.mark.parametrize("options", [["--jobs", "1"], ["--jobs", "2"], ["--zip", "all.zip"], ["--merge", "all.docx"]])
def test_killed_at_any_moment_it_ends_with_the_same(options: list[str], tmp_path: Path) -> None:
    program, whole, folder = program_file(MANY), tmp_path / "whole", tmp_path / "killed"
    seconds = finished(program, whole, options)
    chance = random.Random(str(options))
    for _ in range(KILLS):
        killed(program, folder, options, chance.uniform(0.3, 1) * seconds)
        assert all(zipfile.is_zipfile(folder / name) for name in prints(folder) if not name.startswith("."))
    finished(program, folder, options)
    assert prints(folder) == prints(whole)
    assert sorted(path.name for path in (folder / ".perfxl").iterdir()) == ["lock", "manifest.jsonl"]


def start(program: Path, folder: Path, options: list[str]) -> subprocess.Popen[str]:
    folder.mkdir(exist_ok=True)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    arguments = command("contract", program, "-o", folder, *options)
    return subprocess.Popen(
        arguments, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def finished(program: Path, folder: Path, options: list[str]) -> float:
    """How long it took."""
    begun = time.monotonic()
    process = start(program, folder, options)
    said, _ = process.communicate()
    assert process.returncode == 0, said
    return time.monotonic() - begun


def killed(program: Path, folder: Path, options: list[str], after: float) -> None:
    process = start(program, folder, options)
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        process.kill()
    process.communicate()


def test_what_lies_about_from_a_kill_is_cleared(tmp_path: Path) -> None:
    own = tmp_path / ".perfxl"
    (own / "scratch" / "deep").mkdir(parents=True)
    (own / "paper.tmp").write_bytes(b"half a pa")
    (own / "manifest.jsonl").write_bytes(b'{"kind": "contract", "record": "HT-2025-0')
    files, codes = make(tmp_path)
    assert (len(files), codes) == (3, [])
    assert sorted(path.name for path in own.iterdir()) == ["lock", "manifest.jsonl"]
    assert len(Manifest(own / "manifest.jsonl").records("contract")) == 3


def test_a_paper_that_somebody_has_changed_is_kept_and_named(tmp_path: Path) -> None:
    files, _ = make(tmp_path)
    before = prints(tmp_path)
    edited = docx.Document(str(files[0]))
    edited.add_paragraph("面谈时补充")
    edited.save(str(files[0]))
    files[1].write_bytes(bytes(files[1].stat().st_size))
    held = [path.read_bytes() for path in files]
    again, codes = make(tmp_path)
    assert (list(again), codes) == ([files[2]], ["F154", "F154", "D222"])  # the third was the same
    assert [path.read_bytes() for path in files] == held
    again, codes = make(tmp_path, overwrite=True)
    assert (again, codes) == (files, ["D222"])
    assert prints(tmp_path) == before


def test_papers_say_what_they_are_and_keep_their_permissions(tmp_path: Path) -> None:
    files, _ = make(tmp_path, source=Path("方案.xlsx"))
    marks = [read_mark(path) for path in (*files, tmp_path / "index.xlsx")]
    assert [mark and (mark.kind, mark.source) for mark in marks] == [("contract", "方案.xlsx")] * 3 + [
        ("index", "方案.xlsx")
    ]
    assert all(map(is_unchanged, files))
    for path in files:
        path.chmod(0o600)
    (mode,) = {path.stat().st_mode for path in files}  # of which Windows keeps whether it may be written
    manifest = Manifest(tmp_path / ".perfxl" / "manifest.jsonl")
    for key in list(manifest.keys_in_folder()):
        manifest.add(replace(manifest.in_folder(key), hash="older"))  # type: ignore[arg-type, type-var]
    manifest.close()
    assert make(tmp_path) == (files, [])
    assert {path.stat().st_mode for path in files} == {mode}


def test_an_index_of_somebody_else_is_kept(tmp_path: Path) -> None:
    (tmp_path / "index.xlsx").write_bytes(b"mine")
    files, codes = make(tmp_path)
    assert (len(files), codes) == (3, ["F154"])
    assert (tmp_path / "index.xlsx").read_bytes() == b"mine"


def test_a_paper_made_before_there_were_marks_is_known_by_the_manifest(tmp_path: Path) -> None:
    files, _ = make(tmp_path)
    files[0].write_bytes(b"unmarked")
    manifest = Manifest(tmp_path / ".perfxl" / "manifest.jsonl")
    (key,) = [k for k in manifest.keys_in_folder() if manifest.in_folder(k).file == files[0].name]  # type: ignore[union-attr]
    entry = replace(manifest.in_folder(key), hash="older", size=8, crc=zlib.crc32(b"unmarked"))  # type: ignore[type-var]
    manifest.add(entry)  # type: ignore[arg-type]
    manifest.close()
    again, codes = make(tmp_path)
    assert (again, codes) == (files, ["D222"])
    assert is_unchanged(files[0])


def test_a_new_name_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    old, _ = make(tmp_path)
    new, _ = make(tmp_path, renamed("E003", "欧阳思源"))
    assert len([name for name in prints(tmp_path) if name.startswith("E003")]) == 1
    assert not old[1].exists() and "欧阳思源" in new[1].name


def test_an_old_paper_that_somebody_has_changed_stays(tmp_path: Path) -> None:
    old, _ = make(tmp_path)
    old[1].write_bytes(b"annotated")
    make(tmp_path, renamed("E003", "欧阳思源"))
    assert old[1].read_bytes() == b"annotated"


def test_two_who_change_names_change_papers(tmp_path: Path) -> None:
    """File names that depend on nothing but the name: each would overwrite the other's."""
    people = [*PEOPLE, {"person": "e002", "name": "林晓梅", "unit": "U1", "post": "助理"}]
    contracts = [{"contract": c, "holder": h, "issuer": "E001", **YEAR} for c, h in (("c", "E002"), ("C", "e002"))]
    lines = [{"contract": c, "kpi": "F02", "weight": 100.0, "target": 1.0} for c in ("c", "C")]
    first = book(people=people, contracts=contracts, contract_lines=lines)
    make(tmp_path, first)
    turned = book(people=people, contracts=contracts[::-1], contract_lines=lines)
    files, _ = make(tmp_path, turned)
    make(tmp_path / "fresh", turned)
    assert {f.name: f.read_bytes() for f in files} == {
        f.name: f.read_bytes() for f in (tmp_path / "fresh").glob("*.docx")
    }


def test_one_of_two_papers_that_want_the_same_name_leaves_the_other(tmp_path: Path) -> None:
    people = [*PEOPLE, {"person": "e002", "name": "林晓梅", "unit": "U1", "post": "助理"}]
    contracts = [{"contract": c, "holder": h, "issuer": "E001", **YEAR} for c, h in (("c", "E002"), ("C", "e002"))]
    lines = [{"contract": c, "kpi": "F02", "weight": 100.0, "target": 1.0} for c in ("c", "C")]
    held = book(people=people, contracts=contracts, contract_lines=lines)
    make(tmp_path, held)
    before = prints(tmp_path)
    make(tmp_path, held, only=["C"])
    make(tmp_path, held, only=["c"])
    assert prints(tmp_path) == before


def test_a_paper_whose_record_is_gone_is_listed_so(tmp_path: Path) -> None:
    make(tmp_path)
    contracts = [row for row in book()["contracts"].records() if row["contract"] != "HT-2025-005"]
    make(tmp_path, book(contracts=contracts))
    assert {row["编号"]: row["状态"] for row in index_of(tmp_path)} == {
        "HT-2025-002": "已生成",
        "HT-2025-003": "已生成",
        "HT-2025-005": "方案中已无",
    }


def test_a_paper_that_is_mended_is_no_longer_listed_as_failed(tmp_path: Path) -> None:
    make(tmp_path)
    _, codes = make(tmp_path, book(people=[p for p in PEOPLE if p["person"] != "E004"]))
    assert "D201" in codes
    failed = next(row for row in index_of(tmp_path) if row["状态"] == "未生成")
    assert failed["编号"] == "HT-2025-003" and "E004" in failed["原因"]
    _, codes = make(tmp_path)
    assert codes == ["D222"]
    assert {row["状态"] for row in index_of(tmp_path)} == {"已生成"}


def test_another_template_makes_all_papers_again(tmp_path: Path) -> None:
    from perfxl.assets import doc_templates
    from tests.documents.papers import edited

    make(tmp_path)
    template = edited(doc_templates() / "contract.zh.docx", tmp_path / "own.docx", {"业绩合同": "年度业绩责任书"})
    files, codes = make(tmp_path, template=template)
    assert codes == ["D266"] and all("年度业绩责任书" in whole_text(file) for file in files)


def test_since_last_means_the_last_batch_that_came_to_its_end(tmp_path: Path) -> None:
    make(tmp_path)
    changed = renamed("E003", "欧阳思源")
    manifest = tmp_path / ".perfxl" / "manifest.jsonl"
    ended = manifest.read_text()
    make(tmp_path, changed)
    interrupted = manifest.read_text().rpartition('{"end"')[0]
    assert interrupted.startswith(ended) and len(interrupted) > len(ended) + 1
    manifest.write_text(interrupted)
    archive = tmp_path / "changed.zip"
    files, codes = make(tmp_path, changed, since="last", archive=archive)
    assert (files, codes) == ([archive], ["D223"])
    assert make(tmp_path, changed, since="last", archive=archive) == ([], ["D223"])


def test_one_batch_at_a_time(tmp_path: Path) -> None:
    with Workspace(tmp_path):
        assert make(tmp_path) == ([], ["D226"])
    assert make(tmp_path)[1] == []


PEAK = """
import resource, sys
from pathlib import Path
from perfxl import sample
from perfxl.documents.batch import make_documents
from perfxl.program import from_tables

program, _ = from_tables(sample.program(240, 1, "zh"))
some = program.tables["contracts"].column("contract")[: int(sys.argv[1])]
folder, archive = map(Path, sys.argv[2:])
make_documents("contract", program.tables, program.policy, folder, only=some, jobs=1, archive=archive)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="counts memory as Linux does")
def test_memory_does_not_grow_with_the_batch(tmp_path: Path) -> None:
    """Ten times as many papers take less memory more than their own size."""

    def peak(number: int) -> int:
        archive = tmp_path / f"{number}.zip"
        arguments = [sys.executable, "-c", PEAK, str(number), str(tmp_path / str(number)), str(archive)]
        said = subprocess.run(arguments, capture_output=True, text=True, check=True, cwd=ROOT).stdout
        return int(said.split()[-1]) - archive.stat().st_size

    assert peak(240) < peak(24)
