"""The rules: a million lines at once, against a row-wise pandas apply of the same rules in the same run."""

from __future__ import annotations

import resource
import sys

import numpy as np
import pandas as pd

import perfxl
from benchmarks.table import Row, seconds, show
from perfxl.core.policy import Policy
from perfxl.core.rulebook import METHODS
from perfxl.core.scoring.line import LineScorer


def lines(size: int, seed: int = 1) -> pd.DataFrame:
    """Lines of every method, with the figures each needs."""
    random = np.random.default_rng(seed)
    methods = np.array([method.name for method in METHODS])
    target = random.uniform(50, 150, size).round(2)
    return pd.DataFrame(
        {
            "method": methods[random.integers(0, len(methods), size)],
            "direction": np.array(["higher", "lower"])[random.integers(0, 2, size)],
            "actual": random.uniform(40, 160, size).round(2),
            "target": target,
            "threshold": np.where(random.random(size) < 0.5, (target * 0.8).round(2), np.nan),
            "challenge": (target * 1.2).round(2),
            "base": (target * 0.5).round(2),
            "weight": 10.0,
            "k": 2.0,
            "u": 1.0,
            "lo": target - 5,
            "hi": target + 5,
            "grade": np.array(["优", "良", "中", "差"])[random.integers(0, 4, size)],
            "steps": "100:120;95:100;90:80",
            "person": np.arange(size) // 10,
            "kpi": np.arange(size) % 10,
        }
    )


def row_wise(frame: pd.DataFrame) -> pd.Series:  # type: ignore[type-arg]
    """The same rules, one row at a time."""
    scorer = LineScorer(Policy())
    names = {"u": "unit_step", "lo": "low", "hi": "high", "grade": "label"}

    def points(row: pd.Series) -> float | None:  # type: ignore[type-arg]
        return scorer.score({names.get(k, k): None if v != v else v for k, v in row.items()}).points

    return frame.apply(points, axis=1)


def main() -> list[Row]:
    million, thousand = lines(1_000_000), lines(3_000)
    batch = seconds(lambda: perfxl.score_lines(million), rounds=5)
    rows = seconds(lambda: row_wise(thousand), rounds=3) / len(thousand) * len(million)
    totals = seconds(lambda: perfxl.score_contracts(million), rounds=3)
    linear = seconds(lambda: perfxl.score_lines(lines(100_000))) / seconds(lambda: perfxl.score_lines(lines(1_000)))
    found = [
        Row("score_lines, 1,000,000 lines", f"{batch:.2f} s", "about 0.5 s"),
        Row("row-wise pandas apply, per 1,000,000", f"{rows:.0f} s"),
        Row("ratio", f"{rows / batch:.0f} x", "at least 500 x"),
        Row("score_contracts, 100,000 people", f"{totals:.2f} s"),
        Row("100,000 lines against 1,000 (with making them)", f"{linear:.0f} x", "at most 100 x"),
        Row("peak memory", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB", "under 1,000 MB"),
    ]
    show("Rules", found)
    return found


if __name__ == "__main__":
    sys.exit(not main())
