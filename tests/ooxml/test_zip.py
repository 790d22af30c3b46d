"""Zips of every kind that this program writes are read back by zipfile, and by its own fast reader."""

from __future__ import annotations

import io
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfxl.ooxml import compress
from perfxl.ooxml.mark import CUSTOM, Label, hash_parts, part_hash, read_value, seal_for
from perfxl.ooxml.package import PackageError
from perfxl.ooxml.spool import Scratch, Spool
from perfxl.ooxml.zip_read import Packed, read_directory, read_packed, read_parts, unpack
from perfxl.ooxml.zip_write import SAME_DATE, SharedArchive, ZipStream, pack, write_zip

PARTS = {"a.xml": b"<a/>" * 500, "目录/名.xml": b"<b/>" * 500, "short": b"x", "empty": b""}


def read(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert opened.testzip() is None
        assert {entry.date_time for entry in opened.infolist()} == {SAME_DATE}
        return {name: opened.read(name) for name in opened.namelist()}


def written(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    write_zip(target, parts, method)
    return target.getvalue()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_equal_parts_give_equal_bytes(method: int) -> None:
    archive = written(PARTS, method)
    assert read(archive) == PARTS
    assert archive == written(dict(PARTS), method)


def test_a_shared_archive_holds_static_and_changed_parts() -> None:
    shared = SharedArchive({"a.xml": PARTS["a.xml"], "short": b"x"})
    changed = [("目录/名.xml", PARTS["目录/名.xml"]), ("empty", b"")]
    assert read(shared.document(changed)) == PARTS
    assert shared.document(changed) == shared.document(changed)
    assert read(shared.document([])) == {"a.xml": PARTS["a.xml"], "short": b"x"}


@given(
    st.lists(st.tuples(st.sampled_from(("a.xml", "b.xml")), st.binary(max_size=40)), unique_by=lambda p: p[0]),
    st.text(st.characters(codec="utf-8"), max_size=9),
)
def test_the_mark_of_every_document_is_that_of_its_content(changed: list[tuple[str, bytes]], source: str) -> None:
    parts = {"[Content_Types].xml": b"<Types></Types>", "_rels/.rels": b"<Relationships></Relationships>"}
    seal = seal_for(parts, Label("contract", "1.0", source))
    document = SharedArchive(parts, seal).document(changed)
    with zipfile.ZipFile(io.BytesIO(document)) as opened:
        assert opened.testzip() is None
        found = read_value(opened)
        assert found is not None and found[0].hash == hash_parts(opened.infolist(), found[1])
    content = read(document)
    assert content.keys() == {*parts, CUSTOM, *dict(changed)} and content.items() >= {**parts, **dict(changed)}.items()


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_a_part_in_another_state_gives_another_hash(size: int, crc: int, other_size: int, other_crc: int) -> None:
    same = (size, crc) == (other_size, other_crc)
    all_bits = 2**128 - 1
    first, second = part_hash("word/document.xml", size, crc), part_hash("word/document.xml", other_size, other_crc)
    assert (first & all_bits == second & all_bits) is same and first & all_bits


def test_a_stream_holds_entries_long_ones_and_one_that_grows(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    stream = ZipStream(path, "grows")
    stream.grow(b"one ")
    stream.add("a.xml", pack(PARTS["a.xml"]))
    stream.add_long("long", (b"0123456789" for _ in range(100_000)))
    stream.grow(b"two")
    stream.close()
    assert read(path.read_bytes()) == {"a.xml": PARTS["a.xml"], "long": b"0123456789" * 100_000, "grows": b"one two"}
    assert list(tmp_path.iterdir()) == [path]


def test_entries_are_copied_as_they_lie(tmp_path: Path) -> None:
    archive = written(PARTS)
    stream = ZipStream(tmp_path / "copy.zip", "last")
    for name, entry in read_directory(archive).items():
        stream.add(name, read_packed(archive, entry))
    stream.close()
    assert read((tmp_path / "copy.zip").read_bytes()) == {**PARTS, "last": b""}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_the_fast_reader_gives_what_zipfile_gives(method: int) -> None:
    archive = written(PARTS, method)
    entries = read_directory(archive)
    assert {name: unpack(read_packed(archive, entry)) for name, entry in entries.items()} == PARTS
    assert {name: entry.mark for name, entry in entries.items()} == {
        name: (zlib.crc32(content), len(content)) for name, content in PARTS.items()
    }


@pytest.mark.parametrize(
    "broken",
    [
        Packed(8, 0, 2000, pack(PARTS["a.xml"]).data),  # checksum
        Packed(0, zlib.crc32(b"x"), 2, b"x"),  # size
        Packed(8, zlib.crc32(b"x"), 1, b"\xff\xff"),  # no deflated bytes
    ],
)
def test_a_damaged_entry_is_no_content(broken: Packed) -> None:
    with pytest.raises((ValueError, *compress.DAMAGED)):
        unpack(broken)


def test_what_is_no_zip_has_no_directory() -> None:
    with pytest.raises(ValueError, match="not a zip"):
        read_directory(b"PK is not enough")


def test_all_parts_within_bounds() -> None:
    archive = written(PARTS)
    assert read_parts(archive, 5_000, 10) == PARTS
    for limits, reason in (((1_000, 10), "too_large"), ((5_000, 3), "unsafe")):
        with pytest.raises(PackageError) as error:
            read_parts(archive, *limits)
        assert error.value.reason == reason
    for broken in (b"", archive[:50], archive.replace(b"a.xml", b"b.xml", 1)):
        with pytest.raises(PackageError) as error:
            read_parts(broken, 5_000, 10)
        assert error.value.reason == "damaged"
        assert error.value.details["cause"]


def test_zlib_serves_where_isal_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulated: no isal, as on Windows for ARM64."""
    monkeypatch.setitem(sys.modules, "isal", None)
    monkeypatch.delitem(sys.modules, "isal.isal_zlib", raising=False)
    assert compress._fastest() is zlib


@pytest.mark.parametrize("library", [compress._library, zlib])
def test_deflating_without_the_fast_library(library: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compress, "_library", library)
    content = PARTS["a.xml"]
    packer = compress.compressor()
    for packed in (
        compress.deflate_quick(content),
        compress.deflate_best(content),
        packer.compress(content) + packer.flush(),
    ):
        assert len(packed) < len(content)
        assert compress.inflate(packed, len(content) + 1) == content


def test_spools_share_a_file_without_a_name(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path)
    one, other = Spool(scratch), Spool(scratch)
    for i in range(20_000):
        one.add(b"%d " % i)
        other.add(b"%d;" % i)
    assert b"".join(one).split() == [b"%d" % i for i in range(20_000)]
    assert sum(map(len, other)) == other.size
    scratch.close()
    assert list(tmp_path.iterdir()) == []
