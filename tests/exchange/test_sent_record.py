"""The record of what was sent is read as it was written, whatever people are called; one that is damaged is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from perfxl.exchange.record import Batch, SentFile, read_record, write_record

_BATCH = Batch("方案.xlsx", "00", "manager", ("actuals",), "2026Q1", "", "zh", "0.1.0")
_ROWS = {"rows": {"actuals": [{"name": '甲,"details":{"'}]}, "given": {"actuals": [{"value": 1.5}]}}
_DETAILS = {**_ROWS, "keys": {"actuals": [["E1", "K1", "2026Q1"]]}}


def sent(name: str) -> SentFile:
    details = json.dumps(_DETAILS, ensure_ascii=False).encode()
    return SentFile("f1", "甲.xlsx", "E1", name, "单位", "", "E1", {"actuals": 1}, "seal", details=details)


@pytest.mark.parametrize("name", ["甲", 'x,"details":{"rows":1}', 'a\\","details":', "\u2028\x00"])
def test_a_record_is_read_as_it_was_written(name: str, tmp_path: Path) -> None:
    path = tmp_path / "sent-1.jsonl"
    write_record(path, _BATCH, [sent(name), sent("乙")])
    record = read_record(path)
    assert record is not None and record.batch == _BATCH
    path.write_bytes(b"\n".join(path.read_bytes().splitlines()[:2]))
    (file,) = read_record(path).files.values()  # type: ignore[union-attr]
    assert file == sent(name)
    assert file.rows == _DETAILS["rows"] and file.given == _DETAILS["given"] and file.keys == _DETAILS["keys"]


def test_a_record_of_before_is_read(tmp_path: Path) -> None:
    path = tmp_path / "sent-1.jsonl"
    write_record(path, _BATCH, [])
    head = {name: value for name, value in vars(sent("甲")).items() if name != "details"}
    path.write_bytes(path.read_bytes() + json.dumps({**head, **_DETAILS}).encode() + b"\n")
    (file,) = read_record(path).files.values()  # type: ignore[union-attr]
    assert file.name == "甲" and file.keys == _DETAILS["keys"] and file.rows == _DETAILS["rows"]


@pytest.mark.parametrize("cut", [b'"keys"', b'"given"', b',"details"', b'"seal"'])
def test_a_record_that_was_cut_off_is_none(cut: bytes, tmp_path: Path) -> None:
    path = tmp_path / "sent-1.jsonl"
    write_record(path, _BATCH, [sent("甲")])
    content = path.read_bytes()
    path.write_bytes(content[: content.rindex(cut)])
    assert read_record(path) is None
