"""Mutated workbooks: nothing raises, no row gets lost, no total is official where `check` finds an error.

The suite takes a fixed set of seeds. `pytest tests/fuzz --fuzz 5000` takes as many more, and prints the seed of each
fault; `python -m tests.fuzz.test_fuzz SEED` writes that workbook to look at.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.fuzz.harness import judge, make, make_agreed

IN_THE_SUITE, AGREED_IN_THE_SUITE, AT_A_TIME = 120, 40, 20


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for name, count in (("first", IN_THE_SUITE), ("first_agreed", AGREED_IN_THE_SUITE)):
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, range(0, count + metafunc.config.getoption("--fuzz"), AT_A_TIME))


def test_mutated_workbooks(first: int, tmp_path: Path) -> None:
    faults = [fault for seed in range(first, first + AT_A_TIME) for fault in judge(seed, tmp_path)]
    assert not faults, "\n".join(faults)


def test_mutated_agreements(first_agreed: int, tmp_path: Path) -> None:
    """Amendments, negotiations, marks, decisions, links and value trees typed over."""
    seeds = range(first_agreed, first_agreed + AT_A_TIME)
    faults = [fault for seed in seeds for fault in judge(seed, tmp_path, make_agreed)]
    assert not faults, "\n".join(faults)


def test_a_header_far_from_its_rows(tmp_path: Path) -> None:
    """Seed 300879: a long text in the title's row, a column moved away."""
    assert not list(judge(300879, tmp_path))


def test_lines_without_the_column_that_names_their_kpis(tmp_path: Path) -> None:
    """Seed 901828: a hundred messages about the scoring method “” of “”, one for each line."""
    assert not list(judge(901828, tmp_path))


def test_a_second_table_whose_first_header_was_typed_over(tmp_path: Path) -> None:
    """Seed 902744: its rows were left with a notice."""
    assert not list(judge(902744, tmp_path))


def test_a_sum_without_a_word_beside_it(tmp_path: Path) -> None:
    """Seed 7100015: “” was called a total."""
    assert not list(judge(7100015, tmp_path))


@pytest.mark.parametrize("seed", [7100680, 7101696, 7101910])
def test_a_mark_of_blanks_or_without_a_value(seed: int, tmp_path: Path) -> None:
    """An ideographic space was “” and no number; a formula without a result, and a broken cell, quoted nothing."""
    assert not list(judge(seed, tmp_path))


if __name__ == "__main__":
    for seed in map(int, sys.argv[1:]):
        case = make(seed)
        Path(f"fuzz-{seed}.xlsx").write_bytes(case.content)
        sys.stdout.write(f"{seed}: {'; '.join(case.done)}\n")
