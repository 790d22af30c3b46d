"""The demo sends workbooks out and collects one: the steps are told, their files are there and hold what is said."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from perfxl.cli import main
from perfxl.exchange.record import find_records
from perfxl.program import load

WORDS = {
    "zh": (("填报表", "发回", "收集结果.xlsx"), ("下发填报表", "收集", "发回 1 份，1 处改动"), "财务系统月报"),
    "en": (
        ("forms", "returned", "collected.xlsx"),
        ("forms sent out", "forms collected", "1 came back, 1 cell"),
        "Monthly report",
    ),
}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_demo_sends_and_collects(lang: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (forms, back, collected), told, evidence = WORDS[lang]
    assert main(["demo", str(tmp_path), "--people", "12", "--lang", lang]) == 0
    said = capsys.readouterr().out
    assert all(words in said for words in told)
    sent = sorted(path.name for path in (tmp_path / forms).glob("*.xlsx"))
    (record,) = find_records([tmp_path / forms])
    assert sent and sent == sorted(file.path for file in record.files.values())
    rows = sum(sum(file.counts.values()) for file in record.files.values())
    assert str(len(sent)) in said and str(rows) in said
    (came,) = (tmp_path / back).glob("*.xlsx")
    assert came.name in sent
    program = next(path for path in tmp_path.glob("*.xlsx") if path.name.startswith(("示例", "sample")))
    before, after = (load(path)[0].tables["actuals"] for path in (program, tmp_path / collected))
    assert len(before) == len(after)
    changed = [
        (column, after.column(column)[row])
        for column in after.columns
        for row in range(len(after))
        if before.column(column)[row] != after.column(column)[row]
    ]
    assert changed == [("evidence", evidence)]
    assert openpyxl.load_workbook(came).defined_names["perfxl_file"].attr_text.strip('"') in record.files
