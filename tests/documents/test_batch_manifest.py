"""The journal of a folder: what it says of each paper, however often it is opened, cut short or stopped by a full disk;
and that neither it nor the index holds the papers in memory."""

from __future__ import annotations

import errno
import json
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfxl.documents.batch.index import FAILED, GONE, MADE, IndexRow, write_index_book
from perfxl.documents.batch.manifest import Manifest, ManifestEntry, PaperKey

LONG = "页" * 1500  # a few of these and the journal writes them to the disk
KEYS = [("contract", "A"), ("contract", "a"), ("notice", "A")]
FATES: list[dict[str, Any]] = [
    {"file": "1.docx", "size": 7, "pdf": "1.pdf"},
    {"file": f"业绩合同/{LONG}.docx"},
    {"file": "1.docx", "where": "all.zip"},
    {"failed": ["E004 ?"]},
]
entries = st.builds(lambda key, fate: ManifestEntry(*key, **fate), st.sampled_from(KEYS), st.sampled_from(FATES))
steps = st.lists(st.one_of(entries, st.sampled_from(["end", "open again", "cut"])), max_size=25)


class Model:
    """The same with every entry in memory."""

    def __init__(self) -> None:
        self.lines: list[ManifestEntry | None] = []

    def latest(self, upto: int | None = None) -> dict[PaperKey, ManifestEntry]:
        return {entry.key: entry for entry in self.lines[:upto] if entry}

    def there(self) -> dict[PaperKey, ManifestEntry]:
        return {entry.key: entry for entry in self.lines if entry and entry.file and not entry.where}

    def last(self) -> dict[PaperKey, ManifestEntry]:
        ends = [at for at, line in enumerate(self.lines) if line is None]
        return self.latest(ends[-1]) if ends else {}


@settings(max_examples=60, deadline=None)
@given(steps)
def test_it_says_what_one_says_that_holds_it_all(taken: list[Any]) -> None:
    with TemporaryDirectory() as folder:
        path, model = Path(folder) / "manifest.jsonl", Model()
        manifest = Manifest(path)
        for step in taken:
            if step == "end":
                manifest.end()
                model.lines.append(None)
            elif isinstance(step, ManifestEntry):
                manifest.add(step)
                model.lines.append(step)
            else:
                manifest.close()
                if step == "cut" and path.exists() and (written := path.read_bytes()).endswith(b"\n"):
                    path.write_bytes(written[:-4])
                    model.lines.pop()
                manifest = Manifest(path)
            assert said(manifest.latest) == model.latest()
            assert said(manifest.in_folder) == model.there()
        assert set(manifest.keys_in_folder()) == model.there().keys()
        assert {key for key in KEYS if manifest.refused(key)} == {k for k, e in model.latest().items() if e.failed}
        for kind in ("contract", "notice"):
            assert manifest.records(kind) == {record for one, record in model.latest() if one == kind}
        assert said(manifest.entries_before("last").get) == model.last()
        assert said(manifest.entries_before("2000-01-01").get) == said(manifest.entries_before(None).get) == {}
        assert said(manifest.entries_before("9999-12-31").get) == model.latest()
        manifest.close()


def said(ask: Callable[[PaperKey], ManifestEntry | None]) -> dict[PaperKey, ManifestEntry]:
    """What is said of each paper, but for when."""
    return {key: replace(entry, at="") for key in KEYS if (entry := ask(key))}


def test_a_journal_of_old_with_lines_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "manifest.jsonl"
    made: dict[str, Any] = {
        "kind": "contract",
        "record": "甲",
        "hash": "1",
        "file": "甲.docx",
        "size": 3,
        "at": "2024-05-01T09:00:00",
    }
    packed = {**made, "hash": "2", "where": "all.zip", "at": "2024-06-01T09:00:00"}
    lines = [json.dumps(made, ensure_ascii=False), "", '{"kind": "contract", "rec', '{"kind": "contract"}', "[1]"]
    lines += [json.dumps({**made, "record": "乙", "of a later version": 1}), json.dumps(packed)]
    path.write_bytes("\n".join(lines).encode() + b"\n\xe7\x94")
    manifest = Manifest(path)
    key = ("contract", "甲")
    assert manifest.records("contract") == {"甲"}
    assert (manifest.latest(key), manifest.in_folder(key)) == (ManifestEntry(**packed), ManifestEntry(**made))
    assert manifest.entries_before("2024-06-01").get(key) == ManifestEntry(**made)
    manifest.add(ManifestEntry("contract", "乙", file="乙.docx"))
    manifest.close()
    assert Manifest(path).records("contract") == {"甲", "乙"}


@pytest.mark.skipif(sys.platform == "win32", reason="limits the size of files as Unix does")
def test_what_a_full_disk_does_not_take_is_known_and_written_when_there_is_room(tmp_path: Path) -> None:
    import resource

    path, allowed = tmp_path / "manifest.jsonl", resource.getrlimit(resource.RLIMIT_FSIZE)
    manifest, made = (
        Manifest(path),
        [ManifestEntry("contract", str(number), file=f"{number}.docx") for number in range(500)],
    )
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_001, allowed[1]))
    try:
        with pytest.raises(OSError) as full:
            for entry in made:
                manifest.add(entry)
        assert full.value.errno == errno.EFBIG
        known = [entry for entry in made if manifest.in_folder(entry.key)]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, allowed)
    assert path.stat().st_size == 10_001 and 100 < len(known) < 500
    manifest.close()
    assert Manifest(path).records("contract") == {entry.record for entry in known}


def test_a_journal_that_somebody_else_has_changed_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "manifest.jsonl"
    manifest = Manifest(path)
    manifest.add(ManifestEntry("contract", "A", file="A.docx"))
    manifest.close()
    manifest = Manifest(path)
    path.write_bytes(b"shorter")
    with pytest.raises(OSError, match="manifest"):
        manifest.in_folder(("contract", "A"))


def papers(number: int) -> list[IndexRow]:
    names = [f"E{at:05} 欧阳思源 业绩合同" for at in range(number)]
    return [IndexRow("业绩合同", name[:6], MADE, f"{name}.docx", f"{name}.pdf", True, 4) for name in names]


def test_neither_journal_nor_index_holds_the_papers(tmp_path: Path) -> None:
    """150 bytes each at most, what it is called included; the index some megabytes, however long."""
    path, rows = tmp_path / "manifest.jsonl", papers(5_000)
    manifest = Manifest(path)
    for row in rows:
        manifest.add(ManifestEntry("contract", row.record, "a3f2" * 6, "b1c2" * 6, row.file, 20_000, 1))
    manifest.close()
    tracemalloc.start()
    manifest = Manifest(path)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    write_index_book(tmp_path / "index.xlsx", iter(rows), {MADE: len(rows)}, "目录", "zh")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert manifest.records("contract") == {row.record for row in rows}
    assert held < 150 * len(rows)
    assert peak - held < 2_000_000


def test_equal_rows_give_equal_books(tmp_path: Path) -> None:
    for name in ("1.xlsx", "2.xlsx"):
        write_index_book(tmp_path / name, papers(40), {MADE: 40}, "目录", "zh")
    assert (tmp_path / "1.xlsx").read_bytes() == (tmp_path / "2.xlsx").read_bytes()
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["1.xlsx", "2.xlsx"]


def test_text_stays_text_in_the_index(tmp_path: Path) -> None:
    rows = [
        IndexRow("=1+1", "A&B", GONE, "a#b/100% [甲] 'x'.docx", "", True, 3, "=HYPERLINK(\"http://x\")\n<c r='A1'/>"),
        IndexRow("+1", "]]>", FAILED, "all.zip", reason="-1"),
        IndexRow("@x", "\x01", MADE),
    ]
    write_index_book(tmp_path / "index.xlsx", iter(rows), {GONE: 1, FAILED: 1, MADE: 1}, 'A1:G7"', "en")
    sheet = openpyxl.load_workbook(tmp_path / "index.xlsx").active
    assert sheet is not None
    assert [sheet["A1"].value, sheet["A2"].value] == ['A1:G7"', "made 1, not made 1, no longer in the program 1"]
    assert [cell.value for cell in sheet[5]] == [*rows[0][:2], rows[0].file, None, 3, GONE.en, rows[0].reason]
    assert [cell.value for cell in sheet[6]] == ["+1", "]]>", "all.zip", None, None, FAILED.en, "-1"]
    assert [cell.value for cell in sheet[7]][0::5] == ["@x", MADE.en]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert sheet["C5"].hyperlink.target == "a%23b\\100%25%20%5B甲%5D%20'x'.docx" and sheet["C6"].hyperlink is None
    assert [table.ref for table in sheet.tables.values()] == ["A4:G7"]


def test_an_index_of_nothing_is_a_table_all_the_same(tmp_path: Path) -> None:
    write_index_book(tmp_path / "index.xlsx", [], {}, "目录", "zh")
    sheet = openpyxl.load_workbook(tmp_path / "index.xlsx").active
    assert sheet is not None
    assert [table.ref for table in sheet.tables.values()] == ["A4:G5"]
    assert sheet["A5"].value is None


def test_no_more_links_than_excel_opens(tmp_path: Path) -> None:
    rows = papers(30_010)
    write_index_book(tmp_path / "index.xlsx", iter(rows), {MADE: len(rows)}, "目录", "zh")
    with zipfile.ZipFile(tmp_path / "index.xlsx") as book:
        sheet = book.read("xl/worksheets/sheet1.xml")
        relations = book.read("xl/worksheets/_rels/sheet1.xml.rels")
    assert sheet.count(b"<hyperlink ") == relations.count(b"External") == 60_000
    assert sheet.count(b"<row ") == 3 + len(rows)
