"""The workbook of `perfxl weights`: real files, values equal to the engine's, formulas that others agree with."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from perfxl.core.policy import Policy
from perfxl.core.policy_reading import read_policy
from perfxl.core.problem_table import group_problems
from perfxl.core.problems import SEVERITY_LABELS, Problem
from perfxl.core.records import from_rows
from perfxl.core.weights.program import Weighing, weigh
from perfxl.program import load
from perfxl.sample import program
from perfxl.workbook.program.book import write_program
from perfxl.workbook.weights.book import write_weights
from perfxl.workbook.weights.formulas import COLUMNS, PLACE, plan
from perfxl.workbook.weights.texts import say
from tests import oracles
from tests.workbook.office import format_errors

CATEGORIES = ("financial", "service", "people")
KINDS = ("quantitative", "quantitative", "quantitative", "qualitative", "deduct", "monitor", "veto")

Rows = dict[str, list[dict[str, Any]]]
Edgy = tuple[Path, Weighing, list[Problem]]
Sampled = tuple[str, Weighing, list[Problem], Workbook]


def edge_cases(contracts: int, seed: int = 1) -> Rows:
    """A program that holds about everything that can be wrong with weights."""
    rng = Random(seed)
    kpis = [
        {
            "kpi": f"K{i}",
            "name": rng.choice(["=1+1", "@收入 <&>", "满意度", "Cost"]) + str(i),
            "category": rng.choice([*CATEGORIES, "duty"]),
            "kind": rng.choice(KINDS),
            "source": rng.choice([None, "collective", "routine"]),
            **{name: rng.choice([None, 0.5, 1.0, 2.0, 3.0, 4.0, 4.0, 5.0, 2.5]) for name in _RATINGS},
        }
        if i % 3
        else {"kpi": f"K{i}", "name": f"指标{i}", "category": CATEGORIES[i % 9 // 3], "kind": "quantitative"}
        | {name: float(rng.randint(1, 4)) for name in _RATINGS}
        for i in range(60)
    ]
    lines, held = [], []
    for number in range(contracts):
        held.append({"contract": f"C{number}", "holder": f"E{number % 7}", "unit": f"U{number % 4}", **_post(number)})
        for kpi, weight in _legal(number, rng) if number % 8 in (3, 4) else _wild(rng, kpis):
            role = rng.choice([None, None, "main", "secondary"])
            lines.append({"contract": f"C{number}", "kpi": kpi, "weight": weight, "responsibility": role})
    shares = [("甲", (60.0, 30.0, 10.0)), ("乙", (33.3, 33.3, 33.4)), ("丙", (50.0, 60.0, 0.0))]
    return {
        "policy": [{"key": "impact_share", "value": "58.5"}, {"key": "controllability_share", "value": "26.5"}],
        "category_weights": [
            {"post_type": post_type, "category": category, "weight": weight}
            for post_type, of_type in shares
            for category, weight in zip(CATEGORIES, of_type, strict=True)
        ],
        "units": [{"unit": f"U{i}", "name": f"单位{i}", "parent": "U0" if i else None} for i in range(4)],
        "people": [{"person": f"E{i}", "name": f"=人{i}", "unit": "U1"} for i in range(7)],
        "kpis": kpis,
        "contracts": held,
        "contract_lines": lines,
    }


_RATINGS = ("impact", "controllability", "measurability")


def _post(number: int) -> dict[str, Any]:
    return {"post_type": ("甲", "乙", "丙", None)[number % 4], "issuer": "E0", "start": date(2025, 1, 1), "end": None}


def _legal(number: int, rng: Random) -> list[tuple[str, float]]:
    """Legal weights: of post type 甲, or without one; now and then 0.01 off."""
    financial, service, people = ([f"K{i}" for i in range(3 * place, 60, 9)] for place in range(3))
    weights = [30.0, 30.0, 30.0, 10.0] if number % 4 == 0 else [25.0, 25.0, 20.0, 30.0 - rng.choice([0.0, 0.01])]
    return list(zip([*financial[:2], rng.choice(service), rng.choice(people)], weights, strict=True))


def _wild(rng: Random, kpis: list[dict[str, Any]]) -> list[tuple[str, float | None]]:
    weights = (None, 0.0, 2.5, 4.99, 5.0, 10.0, 12.5, 15.0, 20.0, 25.0, 30.0, 33.33, 35.0, -5.0)
    return [(kpi["kpi"], rng.choice(weights)) for kpi in rng.sample(kpis, rng.randint(1, 9))]


def made(rows: Rows, path: Path, lang: str = "zh") -> tuple[Weighing, list[Problem]]:
    """(weighing, problems) of these tables, and the workbook written."""
    book = {table: from_rows(table, held) for table, held in rows.items()}
    policy, _ = read_policy(book)
    weighing, problems = weigh(book, policy)
    write_weights(path, weighing, problems, lang)
    return weighing, problems


@pytest.fixture(scope="module")
def edgy(tmp_path_factory: pytest.TempPathFactory) -> Edgy:
    path = tmp_path_factory.mktemp("weights") / "weights.xlsx"
    return path, *made(edge_cases(160), path)


@pytest.fixture(scope="module", params=["zh", "en"])
def sampled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Sampled:
    """The sample program by the command line: (lang, the program's weighing, its problems, workbook)."""
    lang = request.param
    folder = tmp_path_factory.mktemp("sample")
    source, out = folder / "方案.xlsx", folder / "out" / "权重.xlsx"
    write_program(source, program(24, lang=lang), lang, blank_rows=2)
    command = [sys.executable, "-m", "perfxl", "weights", str(source), "-o", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120)
    assert done.returncode == 0, done.stderr
    assert str(out) in done.stdout
    weighing, problems = load(source)[0].weigh()
    return lang, weighing, problems, openpyxl.load_workbook(out, data_only=True)


def shown(sheet: Worksheet, row: int, *columns: str) -> tuple[Any, ...]:
    return tuple(sheet.cell(row, PLACE[name] + 1).value for name in columns)


def test_every_line_holds_the_engines_values(sampled: Sampled) -> None:
    lang, weighing, _, book = sampled
    sheet = book[say("lines", lang)]
    rows = 0
    for block in plan(weighing.contracts):
        weights: Any = block.weights  # figures are None where the judgement says why
        for category in block.categories:
            for row, i in enumerate(category.positions, category.first):
                candidate = weights.candidates[i]
                expected = (
                    weights.contract,
                    weights.kpis[i],
                    weighing.names.kpis[weights.kpis[i]],
                    *(getattr(candidate, name) for name in _RATINGS),
                    weights.importance[i],
                    weights.raw[i],
                    weights.derived[i],
                    candidate.agreed,
                    candidate.agreed - weights.derived[i],
                    None if weights.legal else weights.repaired[i],
                )
                columns = ("contract", "kpi", "name", *_RATINGS, "importance", "raw", "derived", "agreed")
                assert shown(sheet, row, *columns, "difference", "repaired") == expected
        for row, i in enumerate(block.unweighted, block.free):
            assert shown(sheet, row, "kpi", "agreed", "importance") == (weights.kpis[i], None, None)
        verdict = say("legal" if weights.legal else "open", lang)
        assert shown(sheet, block.sums, "contract", "agreed", "check") == (weights.contract, 100, verdict)
        rows = block.sums
    assert sheet.max_row == rows


def test_worked_example_in_the_file(sampled: Sampled) -> None:
    """domain.md section 4: the marketing company's general manager."""
    lang, weighing, _, book = sampled
    sheet = book[say("lines", lang)]
    block = next(b for b in plan(weighing.contracts) if b.weights.unit == "D01" and b.weights.total == 100)
    lines = range(block.first, block.free)
    table = [shown(sheet, row, "importance", "raw", "derived", "agreed", "difference") for row in lines]
    assert [(importance, round(raw, 1), *rest) for importance, raw, *rest in table] == [
        (2.30, 13.7, 15, 10, -5),
        (3.50, 20.9, 20, 25, 5),
        (2.55, 15.2, 15, 15, 0),
        (1.70, 10.1, 10, 10, 0),
        (1.70, 10.1, 10, 10, 0),
        (2.30, 10.3, 10, 10, 0),
        (2.15, 9.7, 10, 10, 0),
        (2.90, 10.0, 10, 10, 0),
    ]
    shares = [shown(sheet, category.first, "share", "category_sum") for category in block.categories]
    assert shares == [(70, 70), (20, 20), (10, 10)]


def test_sheets_headers_and_panes(sampled: Sampled) -> None:
    lang, _, problems, book = sampled
    names = [say(name, lang) for name in ("summary", "lines", "comparison")]
    problem_sheet, parameters = {"zh": ("问题", "参数"), "en": ("Problems", "Parameters")}[lang]
    assert book.sheetnames == [*names, problem_sheet, parameters]
    lines = book[say("lines", lang)]
    assert lines.freeze_panes == "E5" and lines.auto_filter.ref == f"A4:R{lines.max_row}"
    assert all(lines.cell(4, i + 1).value for i in range(len(COLUMNS)))
    found = list(book[problem_sheet].iter_rows(min_row=5, values_only=True))
    groups = group_problems(problems, linked=True)
    assert len(found) == len(groups) > 0
    assert {(row[1], row[3], row[4], row[5]) for row in found} == {
        (group.first.code, group.first.address.cell, group.message(lang, brief=False), group.first.hint(lang))
        for group in groups
    }
    assert sum(len(group.problems) for group in groups) == len(problems)
    labels = [label[lang != "zh"] for label in SEVERITY_LABELS.values()]
    ranks = [labels.index(str(row[0])) for row in found]
    assert ranks == sorted(ranks)


def test_comparison_shows_who_carries_what(sampled: Sampled) -> None:
    lang, weighing, _, book = sampled
    sheet = book[say("comparison", lang)]
    units = {str(sheet.cell(5, column).value): column for column in range(5, sheet.max_column + 1)}
    ids = {name: unit for unit, name in weighing.names.units.items()}
    assert {ids[name] for name in units} == set(weighing.comparison.units)
    rows = {str(sheet.cell(row, 1).value): row for row in range(6, sheet.max_row + 1)}
    deep = book[say("lines", lang)].cell(4, 1).fill.fgColor.rgb
    for kpi in weighing.comparison.kpis:
        owners = {owner.unit: owner for owner in weighing.comparison.owners(kpi)}
        assert sheet.cell(rows[kpi], 3).value == len(owners)
        for name, column in units.items():
            cell, owner = sheet.cell(rows[kpi], column), owners.get(ids[name])
            assert cell.value == (owner.weight if owner else None)
            assert (cell.fill.fgColor.rgb == deep) == (owner is not None and owner.role == "main")
    single = [kpi for kpi in weighing.comparison.kpis if len(weighing.comparison.owners(kpi)) == 1]
    shared = [kpi for kpi in weighing.comparison.kpis if kpi not in single]
    assert max(rows[kpi] for kpi in shared) < min(rows[kpi] for kpi in single)


def test_libreoffice_calculates_the_same(edgy: Edgy, tmp_path: Path) -> None:
    path, weighing, *_ = edgy
    expected = oracles.stored(path)
    assert len(expected) > 5 * len(weighing.contracts)
    assert oracles.differences(expected, oracles.by_libreoffice(path, tmp_path)) == []


def test_a_second_engine_calculates_the_same(edgy: Edgy, tmp_path: Path) -> None:
    path = edgy[0]
    assert oracles.differences(oracles.stored(path), oracles.by_formualizer(path, tmp_path)) == []


def test_edge_cases_reach_every_judgement(edgy: Edgy) -> None:
    """Otherwise the comparisons above would prove little."""
    path, *_ = edgy
    sheet = openpyxl.load_workbook(path, data_only=True)[say("lines", "zh")]
    checks = {shown(sheet, row, "check")[0] for row in range(5, sheet.max_row + 1)}
    names = ("missing", "below", "above", "step", "must_be_blank", "no_share", "category_off", "open", "legal")
    assert {say(name, "zh") for name in names} <= checks
    assert any(str(check).startswith(say("short", "zh")) for check in checks)
    assert any(str(check).startswith(say("over", "zh")) for check in checks)


def test_proposals_stand_only_beside_contracts_that_are_not_legal(edgy: Edgy) -> None:
    path, weighing, *_ = edgy
    sheet = openpyxl.load_workbook(path, data_only=True)[say("lines", "zh")]
    proposed = 0
    for block in plan(weighing.contracts):
        values = [shown(sheet, row, "repaired")[0] for row in range(block.first, block.free)]
        order = [i for category in block.categories for i in category.positions]
        expected = [None if block.weights.legal else block.weights.repaired[i] for i in order]
        assert values == expected
        proposed += any(value is not None for value in values)
    assert 0 < proposed < len(weighing.contracts)


def test_summary_lists_contracts_that_are_not_legal(edgy: Edgy) -> None:
    path, weighing, *_ = edgy
    sheet = openpyxl.load_workbook(path, data_only=True)[say("summary", "zh")]
    illegal = [each for each in weighing.contracts if not each.legal]
    values = [cell.value for cell in sheet[5]]
    assert values[:4] == [
        160,
        160 - len(illegal),
        len(illegal),
        sum(c.weighted for w in weighing.contracts for c in w.candidates),
    ]
    first = next(row for row in range(1, 20) if sheet.cell(row, 1).value == illegal[0].contract)
    target = next(b for b in plan(weighing.contracts) if b.weights is illegal[0]).sums
    link = sheet.cell(first, 1).hyperlink
    assert link and link.location == f"'{say('lines', 'zh')}'!A{target}"
    assert sheet.cell(first, 6).value == illegal[0].total
    assert sheet.cell(first, 8).value


def test_text_never_becomes_a_formula(edgy: Edgy) -> None:
    path, *_ = edgy
    written = oracles.formulas(path)
    assert not any("人" in text or "1+1" in text for text in written.values())
    allowed = {"IF", "AND", "COUNT", "COUNTA", "MIN", "MAX", "ROUND", "SUM", "SUMPRODUCT", "ABS"}
    assert {name for text in written.values() for name in _functions(text)} <= allowed


def _functions(formula: str) -> list[str]:
    return re.findall(r"([A-Z][A-Z.]*)\(", re.sub(r'"[^"]*"', "", formula))


def test_the_file_is_valid(tmp_path: Path) -> None:
    made(edge_cases(16), tmp_path / "few.xlsx")
    assert format_errors(tmp_path / "few.xlsx") == []
    for lang in ("zh", "en"):
        path = tmp_path / f"{lang}.xlsx"
        weighing, problems = weigh({}, Policy())
        write_weights(path, weighing, problems, lang)
        assert format_errors(path) == []
        assert len(openpyxl.load_workbook(path).sheetnames) == 5


def test_formulas_follow_what_hr_changes(tmp_path: Path) -> None:
    """Agreed weights changed in the file by hand: sums, differences and checks follow in LibreOffice."""
    path = tmp_path / "weights.xlsx"
    rows = edge_cases(0)
    rows["kpis"] = [
        {
            "kpi": f"K{i}",
            "name": f"指标{i}",
            "category": "financial",
            "kind": "quantitative",
            **dict.fromkeys(_RATINGS, 2.0),
        }
        for i in range(5)
    ]
    rows["contracts"] = [{"contract": "C", "holder": "E1", **_post(3)}]
    rows["contract_lines"] = [{"contract": "C", "kpi": f"K{i}", "weight": 20.0} for i in range(5)]
    made(rows, path)
    book = openpyxl.load_workbook(path)
    sheet = book[say("lines", "zh")]
    assert shown(openpyxl.load_workbook(path, data_only=True)[sheet.title], 10, "agreed", "check") == (100, "合规")
    sheet.cell(5, PLACE["agreed"] + 1).value = 33.33
    (tmp_path / "hr").mkdir()
    changed = tmp_path / "hr" / "changed.xlsx"
    book.save(changed)
    found = oracles.by_libreoffice(changed, tmp_path)
    cells = {
        name: found[sheet.title, f"{chr(65 + PLACE[name])}{row}"] for name, row in (("difference", 5), ("agreed", 10))
    }
    assert cells == {"difference": 13.33, "agreed": 113.33}
    assert found[sheet.title, f"{chr(65 + PLACE['check'])}5"] == "高于上限"
    assert found[sheet.title, f"{chr(65 + PLACE['check'])}10"] == "合计多 13.33"
