"""`--json` of check and score: what each table was taken for, and the contracts; the same keys at every exit code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from perfxl.cli import main

TABLES = Path(__file__).parent.parent / "data" / "tables"
TABLE = ["sheet", "range", "kind", "confidence", "header_rows", "columns", "rows_read", "rows_left"]
COLUMN = ["letter", "header", "column", "how", "sure"]


def asked(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = main([*map(str, words), "--json"])
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, answer


@pytest.mark.parametrize("command", ["check", "score"])
def test_the_keys_are_there_at_every_exit_code(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty.xlsx").write_bytes(b"")
    (tmp_path / "broken.xlsx").write_bytes(b"PK cut off")
    file, out = TABLES / "04_item_and_content.xlsx", tmp_path / "out.xlsx"
    cases: list[tuple[Path, Path, int]] = [
        (file, out, 0),
        (TABLES / "09_units_in_values.xlsx", out, 1),
        (TABLES / "02c_blank_form.xlsx", out, 0),
        (tmp_path / "missing.xlsx", out, 2),
        (tmp_path / "empty.xlsx", out, 2),
        (tmp_path / "broken.xlsx", out, 2),
        (tmp_path, out, 2),
        (file, file, 2),  # an output that is the input
        (file, tmp_path / "empty.xlsx" / "out.xlsx", 2),  # a folder that cannot be made
    ]
    for path, result, due in cases:
        if command == "check" and result.parent.suffix:
            continue  # the answer is printed before the copy is written
        code, answer = asked(capsys, command, path, "-o", result)
        assert (code, type(answer["tables"]), type(answer["contracts"])) == (due, list, list), path
        for table in answer["tables"]:
            assert list(table) == TABLE
            assert all(list(column) == COLUMN for column in table["columns"])
            assert all(list(left) == ["row", "why"] for left in table["rows_left"])


def test_a_table_says_what_was_read_and_left(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, answer = asked(capsys, "check", TABLES / "02c_blank_form.xlsx")
    (table,) = answer["tables"]
    assert (code, table["rows_read"], answer["contracts"]) == (0, 0, [])
    assert {left["why"] for left in table["rows_left"]} == {"form_blank", "row_is_total"}
    code, answer = asked(capsys, "score", TABLES / "04_item_and_content.xlsx", "-o", tmp_path / "out.xlsx")
    assert answer["tables"][0]["range"] == "A3:E7" and answer["contracts"][0]["total"] == 93.5
