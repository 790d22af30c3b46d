"""The rules: a million lines at once, against a row-wise pandas apply of the same rules in the same run."""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
import pandas as pd

import perfxl
from benchmarks.table import Row, peak_memory, seconds, show
from perfxl.core.policy import Policy
from perfxl.core.rulebook import METHODS
from perfxl.core.scoring.scalar import LineScore, LineScorer


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


def with_categories(frame: pd.DataFrame) -> pd.DataFrame:
    """The columns of few values as pandas keeps them best, which is also how score_lines gives its own."""
    return frame.astype(dict.fromkeys(("method", "direction", "grade", "steps"), "category"))


def row_wise(frame: pd.DataFrame) -> pd.DataFrame:
    """What score_lines gives (points, status, rule), one row at a time."""
    score = _scorer()

    def columns(row: pd.Series) -> tuple[float | None, str, str | None]:
        found = score(row)
        return found.points, found.status.value, found.method.name if found.method else None

    return frame.apply(columns, axis=1, result_type="expand")


def row_wise_points(frame: pd.DataFrame) -> pd.Series:
    """The points alone: as little as a row-wise apply of our rules can do."""
    score = _scorer()
    return frame.apply(lambda row: score(row).points, axis=1)


def _scorer() -> Callable[[pd.Series], LineScore]:
    scorer = LineScorer(Policy())
    names = {"u": "unit_step", "lo": "low", "hi": "high", "grade": "label"}
    return lambda row: scorer.score({names.get(str(k), str(k)): None if v != v else v for k, v in row.items()})


def main() -> list[Row]:
    texts, thousands = lines(1_000_000), with_categories(lines(3_000))
    million = with_categories(texts)
    batch = seconds(lambda: perfxl.score_lines(million), rounds=7)
    of_texts = seconds(lambda: perfxl.score_lines(texts), rounds=5)
    each = len(million) / len(thousands)
    rows = seconds(lambda: row_wise(thousands), rounds=3) * each
    points = seconds(lambda: row_wise_points(thousands), rounds=3) * each
    totals = seconds(lambda: perfxl.score_contracts(million), rounds=3)
    thousand, hundred_thousand = million.head(1_000), million.head(100_000)
    linear = seconds(lambda: perfxl.score_lines(hundred_thousand), 5) / seconds(lambda: perfxl.score_lines(thousand), 5)
    found = [
        Row("score_lines, 1,000,000 lines", f"{batch:.2f} s", "about 0.5 s"),
        Row("the same with texts as strings, not categories", f"{of_texts:.2f} s", "about 0.5 s"),
        Row("row-wise pandas apply, the same columns, per 1,000,000", f"{rows:.0f} s"),
        Row("ratio", f"{rows / batch:.0f} x", "at least 500 x"),
        Row("row-wise pandas apply, points alone, per 1,000,000", f"{points:.0f} s"),
        Row("ratio", f"{points / batch:.0f} x"),
        Row("score_contracts, 100,000 people", f"{totals:.2f} s"),
        Row("100,000 lines against 1,000", f"{linear:.0f} x", "at most 100 x"),
        Row("peak memory", f"{peak_memory():.0f} MB", "under 1,000 MB"),
    ]
    show("Rules", found)
    return found


if __name__ == "__main__":
    sys.exit(not main())
