"""Mutated returns: nothing raises, no answer is lost in silence, collecting again says the same.

The suite takes a fixed set of seeds; `pytest tests/fuzz --fuzz 5000` as many more.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.fuzz.returns import MANAGERS, judge, mutate

IN_THE_SUITE = 60


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "first" in metafunc.fixturenames:
        metafunc.parametrize("first", range(0, IN_THE_SUITE + metafunc.config.getoption("--fuzz"), MANAGERS))


def test_mutated_returns(first: int, tmp_path: Path) -> None:
    faults = judge(first, MANAGERS, tmp_path)
    assert not faults, "\n".join(faults)


if __name__ == "__main__":
    for seed in map(int, sys.argv[1:]):
        made = mutate(seed)
        Path(f"return-{seed}.xlsx").write_bytes(made.content)
        sys.stdout.write(f"{seed}: {made.done} {made.planted}\n")
