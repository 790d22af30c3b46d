"""A batch among other programs, simulated: virus scanners at its files, papers and print files open in Word."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from perfxl import disk
from perfxl.cli import main
from perfxl.core.problems import Problem
from perfxl.documents.batch import postprocess
from perfxl.program import load
from tests.documents.batch_kit import make_documents, program_file
from tests.documents.contract_book import book, policy
from tests.locks import ACCESS_DENIED, SHARING_VIOLATION, Locks, locks

__all__ = ["locks"]


@pytest.fixture(autouse=True)
def _short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "_PATIENCE", 0.5)
    monkeypatch.setattr(disk, "_given_up", 0)


def make(folder: Path, **options: Any) -> tuple[Sequence[Path], list[Problem]]:
    return make_documents("contract", book(), policy(), folder, **options)


def names(problems: Sequence[Problem]) -> list[str]:
    return [problem.name for problem in problems]


@pytest.mark.parametrize("winerror", [SHARING_VIOLATION, ACCESS_DENIED])
@pytest.mark.parametrize("file", ["paper.tmp", "index.tmp", "index.xlsx"])
def test_simulated_a_scanner_holds_each_file_for_60_ms(file: str, winerror: int, locks: Locks, tmp_path: Path) -> None:
    files, _ = make(tmp_path, jobs=1)
    whole = len(files)
    locks.scan(lambda path: path.endswith(file), 0.06, winerror)
    files, problems = make(tmp_path / "again", jobs=1)
    assert len(files) == whole and not problems and locks.refusals
    assert (tmp_path / "again" / "index.xlsx").exists()


def test_simulated_papers_that_were_made_count_whatever_comes_after(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(*_: object, **__: object) -> None:
        raise PermissionError(13, "denied", "index.tmp")

    monkeypatch.setattr(postprocess, "write_index_book", full)
    files, problems = make(tmp_path, jobs=1)
    assert len(files) == len(list(tmp_path.glob("*.docx"))) > 1
    assert [p.details["done"] for p in problems] == [len(files)] and problems[0].details["left"] == 0


def test_simulated_a_paper_open_in_word_is_told_and_the_rest_is_made(locks: Locks, tmp_path: Path) -> None:
    files, _ = make(tmp_path, jobs=1)
    held = sorted(tmp_path.glob("*.docx"))[0]
    held_before = held.read_bytes()
    (tmp_path / f"~${held.name[2:]}").touch()
    for path in tmp_path.glob("*.docx"):
        if path != held and not path.name.startswith("~"):
            path.unlink()
    locks.hold(held)
    files, problems = make(tmp_path, jobs=1, template=_other_template(tmp_path / "mine.docx"))
    [problem] = [p for p in problems if p.name in ("output_in_use", "paper_not_written")]
    assert "Word" in problem.message("zh") and held.read_bytes() == held_before
    assert len(list(tmp_path.glob("*.docx"))) - 2 == len(files) + 1


def _other_template(path: Path) -> Path:
    from perfxl.assets import doc_templates
    from tests.documents.papers import edited

    return edited(doc_templates() / "contract.zh.docx", path, {"{{ program }}": "{{ program }}！"})


@pytest.mark.parametrize(("option", "name"), [("archive", "全部.zip"), ("print_file", "全部.docx")])
def test_simulated_what_is_open_is_refused_before_any_work(
    option: str, name: str, locks: Locks, tmp_path: Path
) -> None:
    path = tmp_path / name
    options: dict[str, Any] = {option: path}
    files, problems = make(tmp_path / "papers", **options)
    assert files == [path] and not problems
    locks.hold(path)
    told: list[int] = []
    files, problems = make(tmp_path / "papers", **options, progress=lambda done, total: told.append(done))
    assert not files and names(problems) == ["output_in_use"] and not told


@pytest.mark.parametrize(("option", "name"), [("archive", "全部.zip"), ("print_file", "全部.docx")])
def test_simulated_what_is_opened_meanwhile_costs_no_work(option: str, name: str, locks: Locks, tmp_path: Path) -> None:
    path = tmp_path / name
    options: dict[str, Any] = {option: path}
    make(tmp_path / "papers", **options)
    before = path.read_bytes()
    files, problems = make(tmp_path / "papers", **options, progress=lambda done, total: locks.hold(path))
    [kept] = files
    assert kept == path.with_name(f"全部 (2){path.suffix}") and zipfile.is_zipfile(kept)
    assert names(problems) == ["output_kept_elsewhere"] and kept.name in problems[0].message("zh")
    assert path.read_bytes() == before


def test_simulated_the_demo_reports_no_success_over_a_stale_result(
    locks: Locks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["demo", str(tmp_path), "--people", "12"]
    assert main(command) == 0
    stale = tmp_path / "检查结果.xlsx"

    def opened_meanwhile(*arguments: Any) -> Any:
        locks.hold(stale)
        return load(*arguments)

    monkeypatch.setattr("perfxl.cli.demo.load", opened_meanwhile)
    capsys.readouterr()
    assert main(command) == 2
    told = capsys.readouterr()
    assert "检查结果 (2).xlsx" in told.err and "做了什么" not in told.out


def test_simulated_scores_for_a_book_that_is_open(
    locks: Locks, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "得分.xlsx"
    command = ["score", str(program_file(12)), "-o", str(out)]
    assert main(command) in (0, 1)
    locks.hold(out)
    capsys.readouterr()
    assert main(command) == 2
    told = capsys.readouterr()
    assert "占用" in told.err and not told.out and len(list(tmp_path.iterdir())) == 1
