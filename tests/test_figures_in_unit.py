"""A figure with a word for tens of thousands takes the unit of its KPI, however it is read: 9,500,000 is no 950."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

import perfxl.program as programs
from perfxl.core.records import from_rows
from perfxl.program import load, load_for_papers
from perfxl.workbook.program.book import write_program

YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def program(folder: Path, unit: str | None, target: Any, actual: Any, name: str = "收入") -> Path:
    tables: dict[str, list[dict[str, Any]]] = {
        "units": [{"unit": "D", "name": "公司"}],
        "people": [{"person": p, "name": p, "unit": "D", "post": "岗"} for p in ("E1", "E9")],
        "kpis": [
            {
                "kpi": "K1",
                "name": name,
                "kind": "quantitative",
                "method": "比率法",
                "direction": "higher",
                "unit": unit,
            }
        ],
        "contracts": [{"contract": "C1", "holder": "E1", "issuer": "E9", "start": YEAR[0], "end": YEAR[1]}],
        "contract_lines": [{"contract": "C1", "kpi": name, "weight": 100.0, "target": target}],
        "actuals": [{"holder": "E1", "kpi": "K1", "period": "2026", "value": actual}],
    }
    path = folder / "方案.xlsx"
    write_program(path, {name: from_rows(name, rows) for name, rows in tables.items()}, "zh")
    return path


@pytest.mark.parametrize(
    ("unit", "target", "actual", "points"),
    [
        ("万元", 1000.0, "950万", 95.0),
        ("万元", "1000万", 950.0, 95.0),
        ("亿元", 1.0, "9500万", 95.0),
        ("元", 10_000_000.0, "950万", 95.0),
        ("万元", 1000.0, "0.095亿", 95.0),
    ],
)
@pytest.mark.parametrize("way", ["whole", "streamed", "on disk"])
def test_it_takes_the_kpis_unit(
    way: str, unit: str, target: Any, actual: Any, points: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = program(tmp_path, unit, target, actual)
    if way != "whole":
        monkeypatch.setattr(programs, "STREAMED_FROM" if way == "streamed" else "STORED_FROM", 0)
    read, problems = (load_for_papers if way == "on disk" else load)(path)
    codes = {each.code for each in problems}
    assert ("V136" in codes) is (unit != "元") and ("V123" in codes) is (unit == "元")
    if way != "on disk":
        assert read.score()[0].lines.points.tolist() == [points]


@pytest.mark.parametrize(
    ("unit", "target", "actual", "asked"),
    [
        (None, 1000.0, "950万", "实绩!F4"),
        (None, "1000万", 950.0, "实绩!F4"),
        ("元", 1000.0, "950万", "实绩!F4"),
        (None, "1000万", "950万", ""),
        (None, 10_000_000.0, "80万", ""),  # a month of the year
        (None, 1000.0, 950.0, ""),
    ],
)
@pytest.mark.parametrize("way", ["whole", "streamed", "on disk"])
def test_without_a_unit_both_sides_must_be_alike(
    way: str, unit: str | None, target: Any, actual: Any, asked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = program(tmp_path, unit, target, actual)
    if way != "whole":
        monkeypatch.setattr(programs, "STREAMED_FROM" if way == "streamed" else "STORED_FROM", 0)
    read, _ = (load_for_papers if way == "on disk" else load)(path)
    assert [p.address.place for p in read.judgement.problems if p.code == "S218"] == ([asked] if asked else [])
    if way == "whole":
        assert programs.load_person(path, "E1").judgement.results == read.judgement.results


def test_a_unit_in_brackets_behind_the_name_is_one(tmp_path: Path) -> None:
    read, _ = load(program(tmp_path, None, 1000.0, "950万", "收入（万元）"))
    assert read.score()[0].lines.points.tolist() == [95.0]
