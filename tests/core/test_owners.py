"""Who answers for a KPI that several units carry: check, weights and cascade say the same, and it is no error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import perfxl.program as programs
from perfxl.core.problems import Severity
from perfxl.core.records import from_rows
from perfxl.program import Program, from_tables, load_for_papers
from perfxl.workbook.program.book import write_program

TWO, THREE = ("E1", "E2"), ("E1", "E2", "E3")


def tables(*lines: tuple[str, float, str | None]) -> dict[str, list[dict[str, Any]]]:
    """A company of three departments, one person each; `lines` are (person, weight, responsibility) of one KPI."""
    people = [("E9", "D0"), ("E1", "D1"), ("E2", "D2"), ("E3", "D3")]
    kpi = {"kind": "quantitative", "method": "比率法", "direction": "higher", "unit": "万元"}
    rows: list[dict[str, Any]] = []
    for person, weight, role in lines:
        rows.append({"contract": f"C{person}", "kpi": "K1", "weight": weight, "target": 100.0, "responsibility": role})
        rows.append({"contract": f"C{person}", "kpi": f"K{person}", "weight": 100 - weight, "target": 100.0})
    return {
        "units": [{"unit": u, "name": f"{u}部", "parent": None if u == "D0" else "D0"} for _, u in people],
        "people": [{"person": p, "name": p, "unit": u, "post": "岗"} for p, u in people],
        "kpis": [{"kpi": k, "name": k, **kpi} for k in ("K1", *(f"K{p}" for p in THREE))],
        "contracts": [{"contract": f"C{p}", "holder": p, "issuer": "E9"} for p, *_ in lines],
        "contract_lines": rows,
    }


def program(*lines: tuple[str, float, str | None]) -> Program:
    return from_tables({name: from_rows(name, rows) for name, rows in tables(*lines).items()})[0]


def owners(problems: Any) -> list[tuple[str, str]]:
    return [(p.code, p.address.cell) for p in problems if p.code in ("W141", "W142", "W143")]


CASES = [
    ("W141", (("E1", 40.0, "main"), ("E2", 30.0, "main"))),
    ("W142", (("E1", 20.0, "main"), ("E2", 30.0, "secondary"))),
    ("W143", (("E1", 30.0, None), ("E2", 30.0, None))),
    ("", (("E1", 40.0, "main"), ("E2", 30.0, "secondary"), ("E3", 10.0, None))),
]


@pytest.mark.parametrize(("code", "lines"), CASES)
def test_every_command_says_the_same(code: str, lines: Any) -> None:
    found = program(*lines)
    said = owners(found.check())
    assert [each for each, _ in said] == ([code] if code else [])
    assert owners(found.weigh()[1]) == owners(found.cascade_sheets()[1]) == owners(found.all_problems()) == said
    assert all(p.severity is Severity.WARNING for p in found.check() if p.code in ("W141", "W142", "W143"))


@pytest.mark.parametrize(("code", "lines"), CASES)
def test_of_rows_on_disk_too(code: str, lines: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_program(tmp_path / "方案.xlsx", {n: from_rows(n, rows) for n, rows in tables(*lines).items()}, "zh")
    monkeypatch.setattr(programs, "STORED_FROM", 0)
    stored = load_for_papers(tmp_path / "方案.xlsx")[0]
    whole = programs.load(tmp_path / "方案.xlsx")[0]
    assert owners(stored.judgement.problems) == owners(whole.check())
    assert [each for each, _ in owners(whole.check())] == ([code] if code else [])
