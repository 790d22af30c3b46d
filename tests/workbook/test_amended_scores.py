"""Amended contracts in the score workbook: formulas that other programs calculate to the same, by days."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from perfxl.core.official import Standing
from perfxl.core.records import Tables, from_rows
from perfxl.program import from_tables
from perfxl.sample import program as sample
from perfxl.workbook.score.book import write_scores
from tests import oracles
from tests.core.test_amendments import change, program


def amended(tables: Tables, seed: int) -> Tables:
    """The program with two amendments of many contracts: targets that were others, weights that were exchanged."""
    draw, contracts, lines = random.Random(seed), tables["contracts"], tables["contract_lines"]
    of: dict[str, list[int]] = {}
    for i, contract in enumerate(lines.column("contract")):
        of.setdefault(contract, []).append(i)
    rows: list[dict[str, Any]] = []
    columns = ("contract", "start", "end", "second_holder")
    for contract, start, end, _ in zip(*map(contracts.column, columns), strict=True):
        days = (end - start).days
        for effective in sorted({start + timedelta(draw.randint(0, days)) for _ in range(draw.randint(0, 2))})[-1:]:
            head = {"contract": contract, "effective": effective, **dict.fromkeys(_SIGNED, start)}
            held = of.get(contract, [])
            for i in held:
                target = lines.column("target")[i]
                if isinstance(target, float) and draw.random() < 0.5:
                    old = round(target * draw.uniform(0.7, 1.4), 2)
                    rows.append(head | _change(lines, i, "target", old, target))
            weighted = [i for i in held if lines.column("weight")[i]]
            if len(weighted) > 1:
                one, other = draw.sample(weighted, 2)
                weights = lines.column("weight")[one], lines.column("weight")[other]
                rows.append(head | _change(lines, one, "weight", weights[1], weights[0]))
                rows.append(head | _change(lines, other, "weight", weights[0], weights[1]))
    return {**tables, "amendments": from_rows("amendments", rows)}


_SIGNED = ("signed_issuer", "signed_holder", "signed_second")


def _change(lines: Any, i: int, change: str, old: float, new: float) -> dict[str, Any]:
    return {"kpi": lines.column("kpi")[i], "change": change, "old": old, "new": new}


def test_other_programs_calculate_the_same(tmp_path: Path) -> None:
    path, whole = tmp_path / "scores.xlsx", sample(60, 5)
    actuals = whole["actuals"]
    for at in range(0, len(actuals), 40):  # pending
        actuals.columns["value"][at] = None
    tables = amended(whole, 7)
    made = from_tables(tables)[0]
    made.policy = made.policy.but(amendment_scoring="days")
    scores, _ = made.score()
    write_scores(path, tables, scores)
    by_days = {row for row, versions in scores.versions.items() if sum(each.counts for each in versions) > 1}
    standings = {scores.verdicts.contracts[row].standing for row in by_days}
    assert len(by_days) > 25 and {Standing.OFFICIAL, Standing.PROVISIONAL} <= standings
    current, _ = from_tables({**tables, "amendments": from_rows("amendments", [])})[0].score()
    known = ~np.isnan(scores.totals.total) & ~np.isnan(current.totals.total)
    assert (scores.totals.total[known] != current.totals.total[known]).sum() > 5
    expected = oracles.stored(path)
    assert oracles.differences(expected, oracles.by_formualizer(path, tmp_path)) == []
    assert oracles.differences(expected, oracles.by_libreoffice(path, tmp_path)) == []
    sheets = openpyxl.load_workbook(path)
    told = [str(cell) for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row]
    assert any("第 2 版" in text for text in told)


_FELL_AWAY = [
    change("removed", None, None, kpi="K3"),
    change("weight", 100.0, None, kpi="K3"),
    change("target", 5.0, None, kpi="K3"),
    change("added", None, None),
    change("added", None, None, kpi="K2"),
]
_NOTHING_APPLIES = {"K1": "N/A", "K2": "N/A", "K3": 4.0}
_OTHER_POST: dict[str, list[dict[str, Any]]] = {
    "contracts": [
        {"contract": "D", "holder": "E", "issuer": "S", "start": date(2025, 10, 1), "end": date(2025, 12, 31)}
    ],
    "contract_lines": [{"contract": "D", "kpi": "K3", "weight": 100.0, "target": 10.0}],
}


@pytest.mark.parametrize(
    ("tables", "last"),
    [
        (program(*_FELL_AWAY, actuals=_NOTHING_APPLIES), date(2025, 12, 31)),
        (
            program(
                *_FELL_AWAY, actuals=_NOTHING_APPLIES, term=(date(2025, 1, 1), date(2025, 9, 30)), more=_OTHER_POST
            ),
            date(2025, 12, 31),
        ),
        # The current version begins after the period, and nothing was reported of a line that only it has.
        (
            program(
                change("added", None, None, effective=date(2025, 9, 1)),
                change("weight", 100.0, 40.0, kpi="K2", effective=date(2025, 9, 1)),
                actuals={"K2": 40.0},
            ),
            date(2025, 6, 30),
        ),
    ],
)
def test_versions_that_count_without_the_current_one(tables: Tables, last: date, tmp_path: Path) -> None:
    made = from_tables(tables)[0]
    made.policy = made.policy.but(
        amendment_scoring="days",
        weight_max=100.0,
        kpi_min=1,
        period_start=date(2025, 1, 1),
        period_end=last,
    )
    scores, _ = made.score()
    assert scores.verdicts.people[0].standing is Standing.OFFICIAL
    path = tmp_path / "scores.xlsx"
    write_scores(path, tables, scores)
    assert oracles.differences(oracles.stored(path), oracles.by_formualizer(path, tmp_path)) == []
