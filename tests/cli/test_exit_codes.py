"""docs/exit-codes.md is the whole list: each of its codes comes about in a run, as the page says."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from perfxl import sample, unforeseen
from perfxl.cli import main, show
from perfxl.program import Program
from perfxl.workbook.program.book import write_program

PAGE = Path(__file__).parent.parent.parent / "docs" / "exit-codes.md"
TABLES = Path(__file__).parent.parent / "data" / "tables"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("codes") / "p.xlsx"
    write_program(made, sample.program(12), "zh")
    return made


def clean(program: Path, folder: Path, _: pytest.MonkeyPatch) -> list[int]:
    out = folder / "s.xlsx"
    code = main(["score", str(program), "-o", str(out)])
    assert out.is_file()
    return [code]


def wrong(program: Path, folder: Path, _: pytest.MonkeyPatch) -> list[int]:
    out, kept = folder / "s.xlsx", folder / "mine.xlsx"
    code = main(["score", str(TABLES / "09_units_in_values.xlsx"), "-o", str(out)])
    assert out.is_file()
    shutil.copy(program, kept)
    book = load_workbook(kept)
    book.active["A1"] = "mine"  # type: ignore[index]
    book.save(kept)
    before = kept.read_bytes()
    codes = [code, main(["score", str(program), "-o", str(kept)])]
    assert kept.read_bytes() == before
    return codes


def unusable(program: Path, folder: Path, _: pytest.MonkeyPatch) -> list[int]:
    out = folder / "s.xlsx"
    with pytest.raises(SystemExit) as ended:
        main(["score", str(program)])  # without -o
    codes = [
        main(["score", str(folder / "missing.xlsx"), "-o", str(out)]),
        main(["score", str(program), "-o", "x.csv"]),
    ]
    assert not out.exists()
    return [*codes, int(str(ended.value.code))]


def fault(program: Path, folder: Path, patch: pytest.MonkeyPatch) -> list[int]:
    patch.setattr(Program, "score", lambda *_: 1 / 0)
    code = main(["score", str(program), "-o", str(folder / "s.xlsx")])
    unforeseen.REPORTS.clear()
    assert not (folder / "s.xlsx").exists()
    return [code]


def stopped(program: Path, folder: Path, patch: pytest.MonkeyPatch) -> list[int]:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    patch.setattr(Program, "score", interrupt)
    return [main(["score", str(program), "-o", str(folder / "s.xlsx")])]


RUNS: dict[int, Callable[[Path, Path, pytest.MonkeyPatch], list[int]]] = {
    show.CLEAN: clean,
    show.PROBLEMS: wrong,
    show.UNUSABLE: unusable,
    show.UNFORESEEN: fault,
    show.STOPPED: stopped,
}


def test_the_page_lists_every_code() -> None:
    listed = [int(code) for code in re.findall(r"^\| (\d+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)]
    assert listed == sorted(RUNS)


@pytest.mark.parametrize("code", RUNS)
def test_each_code_comes_about(code: int, program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert {*RUNS[code](program, tmp_path, monkeypatch)} == {code}
