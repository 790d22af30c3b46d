"""The same broken program, whoever is asked: the same problems and the same official totals.

check, score, explain and documents by the command line, the file held whole and read in blocks (STORED_FROM = 0), the
ribbon's buttons, and PX_TOTALS over the same lines as a range. Left out: `weights` and `cascade`, which have no totals.
PX functions see one range, not the program: so they are asked about lone tables, where range and program are the same,
and only for totals. Of `documents`, whose list is for people, the codes are compared.
"""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

import perfxl.program
from perfxl.cli import main
from perfxl.excel.functions import FUNCTIONS
from perfxl.program import Program, load
from perfxl.ribbon.jobs import JOBS
from perfxl.ribbon.request import Request
from tests.fuzz.agreed import agreed_book
from tests.fuzz.books import Book, lone_book, parts, program_book, zipped
from tests.fuzz.harness import official_totals
from tests.fuzz.mutations import put_cell

Captured = pytest.CaptureFixture[str]
ErrorsAt = set[tuple[str, str, str]]

# Of papers: one that was held back, and why. They say it of what the other commands show too.
_OF_PAPERS = "D"


def broken(seed: int, book: Book) -> bytes:
    """A few cells typed over in the sheets that scores are made from."""
    rng = Random(seed)
    for _ in range(rng.choice([1, 2, 4])):
        put_cell(rng, book)
    return zipped(parts(book, shared=bool(seed % 2)))


def errors(problems: list[dict[str, Any]]) -> ErrorsAt:
    return {
        (p["code"], p["sheet"], p["cell"])
        for p in problems
        if p["severity"] == "error" and not p["code"].startswith(_OF_PAPERS)
    }


def by_json(capsys: Captured, *command: str) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = main([*command, "--json"])
    return code, json.loads(capsys.readouterr().out)


def of_contracts(answer: dict[str, Any]) -> dict[str, float | None]:
    return {contract["contract"]: contract["total"] for contract in answer["contracts"] if contract["official"]}


@pytest.mark.parametrize(("kind", "seed"), [*(("program", seed) for seed in range(8)), ("agreed", 0), ("agreed", 1)])
def test_commands_and_buttons_agree(
    kind: str, seed: int, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, lang = tmp_path / "program.xlsx", ("zh", "en")[seed % 2]
    book = agreed_book(seed, lang) if kind == "agreed" else program_book(12, seed, lang)
    path.write_bytes(broken(seed, book))
    whole, _ = load(path)
    totals = official_totals(whole)

    answers = {}
    for stored_from in (2**40, 0):
        monkeypatch.setattr(perfxl.program, "STORED_FROM", stored_from)
        check_code, checked = by_json(capsys, "check", str(path))
        code, scored = by_json(capsys, "score", str(path), "-o", str(tmp_path / f"score-{stored_from}.xlsx"))
        assert code == check_code
        assert errors(scored["problems"]) == errors(checked["problems"])
        assert of_contracts(scored) == of_contracts(checked)
        answers[stored_from] = errors(checked["problems"]), of_contracts(checked)
        for person in list(whole.score()[0].people)[:3]:
            code, explained = by_json(capsys, "explain", str(path), str(person))
            if stored_from:
                assert errors(explained["problems"]) == errors(checked["problems"])
                assert code == check_code
            else:  # of a large file only what touches the person is read, and the answer says so
                about = errors([p.as_dict("zh") for p in whole.problems_about(str(person))])
                assert errors(explained["problems"]) == about <= errors(checked["problems"])
                assert code == (1 if about else 0)
            assert (explained["total"] if str(person) in totals else None) == totals.get(str(person))
            if str(person) not in totals:
                assert explained["total"] is None
        capsys.readouterr()
        code = main(["documents", "notice", str(path), "-o", str(tmp_path / f"notices-{stored_from}")])
        shown = capsys.readouterr().out
        assert code == check_code
        assert not [code for code, _, _ in errors(checked["problems"]) if code not in shown]
    assert answers[0] == answers[2**40]

    for job in ("check", "score"):
        result = JOBS[job](Request(path, tmp_path / job, "zh"))
        assert errors([p.as_dict("zh") for p in result.problems]) == answers[0][0]


# Beside the first ones: the header of the KPIs typed over, and rows whose names are figures, dashes or N/A.
SEEDS = (*range(40), 1034, 1036, 1121, 1127, 1182, 1193, 1200, 1254, 1269, 1316, 1346, 1359)


@pytest.mark.parametrize("title", ["Sheet1", "业绩合同"])
def test_a_range_gives_what_the_file_gives(title: str, tmp_path: Path) -> None:
    """Each official total of the file is that of the range, and the range has no other."""
    for seed in SEEDS:
        _compare_range(seed, title, tmp_path / f"{seed}.xlsx")


def _compare_range(seed: int, title: str, path: Path) -> None:
    book = lone_book(seed, ("zh", "en")[seed % 2])
    book.sheets[0].title = title
    path.write_bytes(broken(seed, book))
    program: Program = load(path)[0]
    official = official_totals(program) if program.usable else {}
    rows = [list(row) for row in book.sheets[0].rows]
    width = max(map(len, rows))
    cells = [[None if not _plain(cell) else cell for cell in [*row, *[None] * (width - len(row))]] for row in rows]
    if any(cell is not None and not _plain(cell) for row in rows for cell in row):
        return  # a cell given as XML: the range would be another one
    answer = FUNCTIONS["PX_TOTALS"].call(cells)
    shown = {str(row[0]): row[1] for row in answer[1:]} if len(answer) > 1 else {}
    for person, total in official.items():
        assert shown.get(person) == pytest.approx(total, abs=1e-9), (seed, person, answer)
    for person, total in shown.items():
        assert not isinstance(total, float) or person in official, (seed, person, answer)


def _plain(cell: Any) -> bool:
    return cell is None or isinstance(cell, str | int | float)
