"""Points and totals that follow what a manager types, in native formulas: the engine's own figures, in LibreOffice and
in a second engine, whatever is typed."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from perfxl import sample
from perfxl.core.records import Tables, from_columns
from perfxl.core.requests import ask
from perfxl.core.schema import get
from perfxl.core.values.dates import period_span
from perfxl.exchange.provisional import Preview
from perfxl.exchange.send import Order, distribute
from perfxl.program import Program, from_tables
from tests.oracles import by_formualizer, by_libreoffice, differences, stored

JOBS = ("actuals", "grades")


def scored(tables: Tables) -> Program:
    return from_tables(tables, "zh")[0]


def written(program: Program, out: Path, period: str, people: int = 8) -> dict[str, Path]:
    """The largest files that managers get, by manager."""
    order = Order(jobs=JOBS, within=period_span(period), period=period)
    result, _ = distribute(program, out, order)
    files = sorted(result.files, key=lambda file: -sum(file.counts.values()))
    return {file.key: out / file.path for file in files[:people]}


def retyped(path: Path, seed: int) -> list[tuple[str, str, str, dict[str, Any]]]:
    """Types other figures, clears some, writes some as not applicable, gives some by their parts only; returns what
    then stands in each row, by person, KPI and period."""
    dice, book, typed = random.Random(seed), openpyxl.load_workbook(path), []
    for title in ("实绩填报", "定性评价"):
        if title not in book.sheetnames:
            continue
        sheet = book[title]
        header = {str(cell.value): int(cell.column or 0) for cell in sheet[4]}
        value_at = header.get("实际完成值") or header["级别"]
        for row in range(5, sheet.max_row + 1):
            value = sheet.cell(row, value_at)
            parts = [sheet.cell(row, header[name]) for name in ("分子", "分母")] if "分子" in header else []
            chance = dice.random()
            if chance < 0.15:
                for cell in (value, *parts):
                    cell.value = None
            elif chance < 0.25:
                value.value = dice.choice(["N/A", "不适用"])
                for cell in parts:
                    cell.value = None
            elif parts and chance < 0.4:
                value.value, parts[0].value, parts[1].value = None, dice.randint(50, 100), dice.randint(80, 110)
            elif parts and isinstance(value.value, int | float):
                value.value = round(value.value * dice.uniform(0.6, 1.3), 3)
            elif not parts:
                sentences = str(sheet.cell(row, header["各级描述"]).value)
                value.value = dice.choice([line.split("：")[0] for line in sentences.splitlines()])
            key = [str(sheet.cell(row, header[name]).value) for name in ("工号", "指标编号", "期间")]
            said = {
                "value": value.value,
                **dict(zip(("numerator", "denominator"), (c.value for c in parts), strict=False)),
            }
            typed.append((key[0], key[1], key[2], said))
    book.save(path)
    return typed


def with_typed(tables: Tables, typed: list[tuple[str, str, str, dict[str, Any]]]) -> Tables:
    """The program with what was typed in place of what was reported."""
    said = {(holder, kpi, period): values for holder, kpi, period, values in typed}
    actuals = tables["actuals"]
    rows = [
        {name: actuals.column(name)[i] for name in actuals.columns}
        for i in range(len(actuals))
        if tuple(actuals.column(name)[i] for name in ("holder", "kpi", "period")) not in said
    ]
    for (holder, kpi, period), values in said.items():
        figures = {name: float(v) if isinstance(v, int | float) else v for name, v in values.items()}
        if figures["value"] == "不适用":
            figures["value"] = "N/A"
        rows.append({"holder": holder, "kpi": kpi, "period": period, **figures})
    names = [column.name for column in get("actuals").columns]
    return {**tables, "actuals": from_columns("actuals", {n: [row.get(n) for row in rows] for n in names})}


def engine(program: Program, manager: str, period: str) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """What the engine says of a manager's people: (person, KPI, points, effective weight), (person, total)."""
    requests, _ = ask(program.tables, program.policy, "manager", JOBS, period_span(period))
    request = next(each for each in requests if each.recipient.key == manager)
    preview = Preview(program.tables, program.policy, program.score()[0], "zh")
    outlook = preview.outlook(request)
    assert outlook is not None
    lines = [
        (line.shown["holder"], line.shown["kpi"], line.points, line.effective)
        for contract in outlook.contracts
        for line in contract.lines
        if line.shown["weight"] is not None
    ]
    return lines, [(contract.shown["name"], contract.provisional) for contract in outlook.contracts]


def sheet_says(path: Path, values: dict[tuple[str, str], Any]) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """The same from the calculated workbook."""
    book = openpyxl.load_workbook(path)
    sheet = book["预估得分"]
    header = {str(cell.value): get_column_letter(int(cell.column or 0)) for cell in sheet[4]}

    def value(row: int, name: str) -> Any:
        cell = f"{header[name]}{row}"
        known = values.get(("预估得分", cell), sheet[cell].value)
        return None if known == "" else known

    rows = [row for row in range(5, sheet.max_row + 1) if sheet[f"{header['权重 (%)']}{row}"].value is not None]
    lines = [tuple(value(row, name) for name in ("工号", "指标编号", "预估得分", "折算权重")) for row in rows]
    start = book["首页"]
    first = next(row for row in range(1, 60) if start.cell(row, 6).value == "按目前进度预估的总分") + 1
    totals = []
    for row in range(first, start.max_row + 1):
        total = values.get(("首页", f"F{row}"))
        totals.append((start.cell(row, 2).value, None if total == "" else total))
    return lines, totals


def unlike(expected: list[tuple[Any, ...]], found: list[tuple[Any, ...]]) -> list[str]:
    assert len(expected) == len(found)
    return [
        f"{one} is {other}"
        for one, other in zip(expected, found, strict=True)
        for a, b in zip(one, other, strict=True)
        if not (abs(a - b) < 1e-9 if isinstance(a, float) and isinstance(b, float) else a == b)
    ]


@pytest.fixture(scope="module")
def tables() -> Tables:
    return sample.program(40, 7, "zh")


def test_formulas_hold_what_the_engine_says(tmp_path: Path, tables: Tables) -> None:
    files = written(scored(tables), tmp_path, "2025Q1", 2)
    for path in files.values():
        known = stored(path)
        assert sum(sheet == "预估得分" for sheet, _ in known) > 50
        assert not differences(known, by_formualizer(path, tmp_path))
    assert not differences(known, by_libreoffice(path, tmp_path))


@pytest.mark.parametrize(("period", "seed"), [("2025Q1", 1), ("2025Q4", 2), ("2025", 3), ("2025-06", 4)])
def test_whatever_is_typed_the_points_are_the_engines(tmp_path: Path, tables: Tables, period: str, seed: int) -> None:
    for manager, path in written(scored(tables), tmp_path, period, 2).items():
        typed = retyped(path, seed)
        expected = engine(scored(with_typed(tables, typed)), manager, period)
        found = sheet_says(path, by_formualizer(path, tmp_path))
        assert not unlike(expected[0], found[0])
        assert not unlike(expected[1], found[1])


def test_whatever_is_typed_libreoffice_agrees(tmp_path: Path, tables: Tables) -> None:
    (manager, path), *_ = written(scored(tables), tmp_path, "2025", 1).items()
    typed = retyped(path, 5)
    expected = engine(scored(with_typed(tables, typed)), manager, "2025")
    found = sheet_says(path, by_libreoffice(path, tmp_path))
    assert not unlike(expected[0], found[0])
    assert not unlike(expected[1], found[1])


def test_sorting_the_rows_changes_no_points(tmp_path: Path, tables: Tables) -> None:
    (path,) = written(scored(tables), tmp_path, "2025Q1", 1).values()
    before = sheet_says(path, by_formualizer(path, tmp_path))
    book = openpyxl.load_workbook(path)
    sheet = book["实绩填报"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
    for number, row in enumerate(reversed(rows), 5):
        for at, value in enumerate(row, 1):
            if not str(value).startswith("="):
                sheet.cell(number, at).value = value
    book.save(path)
    after = sheet_says(path, by_formualizer(path, tmp_path))
    assert not unlike(before[0], after[0]) and not unlike(before[1], after[1])


def test_a_reporter_of_data_sees_no_points(tmp_path: Path, tables: Tables) -> None:
    result, _ = distribute(scored(tables), tmp_path, Order(audience="reporter", jobs=JOBS, due=date(2026, 1, 31)))
    for file in result.files[:3]:
        assert "预估得分" not in openpyxl.load_workbook(tmp_path / file.path).sheetnames


def test_raters_only_see_no_empty_totals(tmp_path: Path, tables: Tables) -> None:
    result, _ = distribute(scored(tables), tmp_path, Order(jobs=("marks",)))
    book = openpyxl.load_workbook(tmp_path / result.files[0].path)
    assert "预估得分" not in book.sheetnames
    start = book["首页"]
    shown = [row for row in range(1, start.max_row + 1) if not start.row_dimensions[row].hidden]
    assert not [row for row in shown if start.cell(row, 6).value == "按目前进度预估的总分"]


def test_contracts_stand_in_the_order_of_people_whatever_each_is_asked_for() -> None:
    """One who is asked for grades alone stands among those who are asked for figures, in every run: the order of a set
    is another one in the next process."""
    program = scored(sample.program(60, 2025, "en"))
    preview = Preview(program.tables, program.policy, program.score()[0], "en")
    place = {person: i for i, person in enumerate(program.tables["people"].column("person"))}
    requests, _ = ask(program.tables, program.policy, "manager", JOBS)
    mixed = 0
    for request in requests:
        outlook = preview.outlook(request)
        people = [place[contract.shown["holder"]] for contract in outlook.contracts] if outlook else []
        assert people == sorted(people), request.recipient.key
        mixed += {row["holder"] for row in request.rows.get("grades", ())} not in (set(), set(people))
    assert mixed


def test_what_is_counted_from_events_is_there_to_date(tmp_path: Path, tables: Tables) -> None:
    """A complaint stood as what the year ends with, and nothing had happened so far."""
    program = scored(tables)
    preview = Preview(program.tables, program.policy, program.score()[0], "zh")
    counted = 0
    for request in ask(program.tables, program.policy, "manager", JOBS)[0]:
        outlook = preview.outlook(request)
        for line in (line for contract in outlook.contracts for line in contract.lines) if outlook else ():
            assert line.estimate == "" or line.to_date != "", line.shown
            counted += line.shown["kpi"] == "X02" and line.estimate == line.to_date != ""
    assert counted
