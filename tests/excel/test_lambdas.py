"""LAMBDA names in a workbook, evaluated by a second engine: the figures of the rules, line by line."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import date
from math import inf
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from perfxl.cli import main
from perfxl.core.policy import Policy
from perfxl.core.rulebook import built_in
from perfxl.core.schema import get
from perfxl.core.scoring.scalar import LineScorer, Status
from perfxl.core.values.dates import serial
from perfxl.excel.lambdas import Lambda, lambdas
from perfxl.excel.registry import FUNCTIONS
from perfxl.workbook.patch.formulas import DefinedName, define_names
from tests.core.test_scoring import CASES, POLICY, PROBLEMS
from tests.excel.cases import TYPED

ironcalc = pytest.importorskip("ironcalc")


def _names(policy: Policy) -> dict[str, Lambda]:
    """LAMBDA by the Chinese name of its method."""
    return {each.comment.partition(":")[0]: each for each in lambdas(policy)[0]}


class _Book:
    """A workbook of formulas, evaluated with the names added by `define_names`."""

    def __init__(self, folder: Path) -> None:
        self.source, self.out = folder / "in.xlsx", folder / "out.xlsx"
        self.book = xlsxwriter.Workbook(self.source)
        self.sheet = self.book.add_worksheet("S")
        self.count = 0

    def add(self, name: Lambda, given: dict[str, Any]) -> None:
        """=PX_...(A1,B1,...) with its cells in the same row; a blank figure is a blank cell."""
        references = []
        for at, parameter in enumerate(name.parameters):
            cells = given.get(parameter)
            column = 2 * at
            height = len(cells) if isinstance(cells, list) else 1
            for down, cell in enumerate(cells if isinstance(cells, list) else [cells]):
                self._put(self.count + down, column, cell)
            letter = xlsxwriter.utility.xl_col_to_name(column)
            first, last = f"{letter}{self.count + 1}", f"{letter}{self.count + height}"
            references.append(first if height == 1 else f"{first}:{last}")
        self.sheet.write_formula(self.count, 30, f"={name.name}({','.join(references)})")
        self.count += 5

    def _put(self, row: int, column: int, cell: Any) -> None:
        if isinstance(cell, str):
            self.sheet.write_string(row, column, cell)
        elif cell is not None:
            self.sheet.write_number(row, column, serial(cell) if isinstance(cell, date) else float(cell))

    def evaluated(self, names: list[Lambda]) -> list[str]:
        self.book.close()
        assert define_names(self.source, self.out, [DefinedName(n.name, n.definition, n.comment) for n in names]) == []
        model = ironcalc.load_from_xlsx(str(self.out), "en", "UTC", "en")
        model.evaluate()
        return [model.get_formatted_cell_value(0, row + 1, 31) for row in range(0, self.count, 5)]


def _given(line: dict[str, Any], policy: Policy) -> dict[str, Any] | None:
    """A line's figures as parameters; None where it needs what LAMBDAs leave to the policy."""
    if {"floor", "cap"} & line.keys() or (isinstance(line.get("steps"), str) and line["steps"] not in policy.steps):
        return None
    given = {**line, "actual": line.get("label", line.get("actual"))}
    if line.get("steps"):
        given["steps"], given["step_points"] = (
            list(column) for column in zip(*policy.steps[line["steps"]], strict=True)
        )
    scale = policy.scales.get(line.get("scale", ""), {"优": 100.0, "良": 75.0, "中": 50.0, "差": 0.0})
    if isinstance(given["actual"], str):
        given["actual"] = given["actual"].strip()
    return given | {"grades": list(scale), "grade_points": list(scale.values())}


def test_every_line_of_the_rules(tmp_path: Path) -> None:
    names, book, expected = _names(POLICY), _Book(tmp_path), []
    for line, points in CASES:
        given = _given(line, POLICY)
        method = built_in().get(line["method"])
        if given is not None:
            book.add(names[method.zh if method else line["method"]], given)
            expected.append((line, points))
    found = book.evaluated(list(names.values()))
    assert len(expected) > 35
    assert [(line, float(text)) for (line, _), text in zip(expected, found, strict=True)] == expected


def test_what_cannot_be_scored_gives_no_number(tmp_path: Path) -> None:
    names, book, lines = _names(POLICY), _Book(tmp_path), []
    for line, _ in PROBLEMS:
        method = built_in().get(line["method"])
        if method and not _beyond_lambdas(line):
            given = {**line, "actual": line.get("label", line.get("actual"))}
            book.add(names[method.zh], {**given, "steps": None} if "steps" in line else given)
            lines.append(line)
    found = book.evaluated(list(names.values()))
    assert [line for line, text in zip(lines, found, strict=True) if text != "#N/A"] == []
    assert len(lines) == 24


def _beyond_lambdas(line: dict[str, Any]) -> bool:
    """Dates arrive as numbers and a cell holds no infinity; limits of a line's own are no parameters."""
    figures = [cell for name, cell in line.items() if name not in ("method", "direction")]
    no_cells = any(isinstance(cell, date) or cell == inf for cell in figures)
    return no_cells or line.get("actual") is None or bool({"floor", "cap"} & line.keys())


def test_nothing_happens_less_often_than_never(tmp_path: Path) -> None:
    names, book = _names(POLICY), _Book(tmp_path)
    for method in ("deduct", "bonus"):
        for count in (-1.0, -0.5, "-1", "（1）"):
            given = _given({"method": method, "actual": 1.0, "k": 5.0, "limit": 20.0}, POLICY) or {}
            book.add(names[built_in()[method].zh], {**given, "actual": count})
    assert book.evaluated(list(names.values())) == ["#N/A"] * 8


def test_blank_text_and_zero_are_three_things(tmp_path: Path) -> None:
    names, book = _names(Policy()), _Book(tmp_path)
    for actual in (None, "不适用", 0.0, "85", "好", "-", "  "):
        book.add(names["比率法"], {"actual": actual, "target": 100.0})
    for actual in (None, "3", "-", "好"):
        book.add(names["减分法"], {"actual": actual, "k": 1.0})
    expected = ["", "不适用", "0", "85", "#N/A", "", "", "0", "-3", "0", "#N/A"]
    assert book.evaluated(list(names.values())) == expected


def test_actuals_as_people_type_them(tmp_path: Path) -> None:
    """What a LAMBDA cannot read as every other host does gives no number at all."""
    names, book = _names(Policy()), _Book(tmp_path)
    for typed in TYPED:
        book.add(names["比率法"], {"actual": typed.actual, "target": 100.0})
    shown = {Status.PENDING: "", Status.PROBLEM: "#N/A"}
    for typed, found in zip(TYPED, book.evaluated(list(names.values())), strict=True):
        if typed.gives is Status.NOT_APPLICABLE:
            assert found.strip() == str(typed.actual).strip()
        elif isinstance(typed.gives, float) and found != "#N/A":
            assert float(found) == typed.gives, typed
        else:
            assert found == shown.get(typed.gives, "#N/A"), typed  # type: ignore[arg-type]
        assert typed.spelt == (found not in ("", "#N/A") and typed.gives is not Status.NOT_APPLICABLE), typed


def test_a_column_in_place_of_a_cell_gives_no_number(tmp_path: Path) -> None:
    """Tests of a whole column would be taken for tests of each of its cells."""
    names, book = _names(Policy()), _Book(tmp_path)
    line = {"actual": 85.0, "target": 100.0, "threshold": None, "direction": "越大越好"}
    for name in line:
        book.add(names["比率法"], {**line, name: [line[name], line[name]]})
    book.add(names["比率法"], line)
    assert book.evaluated(list(names.values())) == ["#N/A"] * 4 + ["85"]


def test_a_column_through_map_is_scored_cell_by_cell(tmp_path: Path) -> None:
    """As docs/excel.md says it: MAP gives a name one cell after the other."""
    names, book = _names(Policy()), _Book(tmp_path)
    for row, typed in enumerate(TYPED):
        book._put(row, 0, typed.actual)
    column = f"_xlfn.MAP(A1:A{len(TYPED)},_xlfn.LAMBDA(_xlpm.a,PX_RATIO(_xlpm.a,100,C1,D1)))"
    for row in range(len(TYPED)):
        book.sheet.write_formula(5 * row, 30, f"=INDEX({column},{row + 1})")
    book.count = 5 * len(TYPED)
    for typed, found in zip(TYPED, book.evaluated(list(names.values())), strict=True):
        assert found == f"{typed.gives:g}" if typed.spelt else not found or not found[0].isdigit(), typed


def test_a_text_in_place_of_a_figure_is_not_passed_over(tmp_path: Path) -> None:
    """The threshold "80" was none: 60 points where every other host gives 0."""
    names, book = _names(Policy()), _Book(tmp_path)
    line: dict[str, Any] = {"actual": 60.0, "target": 100.0, "threshold": 80.0, "direction": "越大越好"}
    for threshold in ("80", "abc", " ", None, 80.0):
        book.add(names["比率法"], line | {"threshold": threshold})
    for target in ("100", " 100 ", "100%", "—"):
        book.add(names["比率法"], line | {"target": target})
    for limit in ("10", "很多", None, 10.0):
        book.add(names["减分法"], {"actual": 3.0, "k": 5.0, "limit": limit})
    book.add(names["功效系数法"], {"actual": 110.0, "target": 100.0, "threshold": 80.0, "challenge": "120"})
    wanted = ["#N/A", "#N/A", "60", "60", "0", *["#N/A"] * 4, "#N/A", "#N/A", "-15", "-10", "#N/A"]
    assert book.evaluated(list(names.values())) == wanted


def test_numbers_as_text_in_tables_are_not_passed_over(tmp_path: Path) -> None:
    names, book = _names(Policy()), _Book(tmp_path)
    steps: dict[str, Any] = {"actual": 96.0, "steps": ["达到", 100.0, 95.0], "step_points": ["得分", 120.0, 100.0]}
    book.add(names["层差法"], steps)
    book.add(names["层差法"], steps | {"steps": ["达到", "100", "95"]})
    book.add(names["层差法"], steps | {"step_points": ["得分", 120.0, "100"]})
    book.add(names["层差法"], steps | {"step_points": ["得分", 120.0, None]})
    grades: dict[str, Any] = {"actual": "良", "grades": ["级别", "优", "良"], "grade_points": ["得分", 100.0, 85.0]}
    book.add(names["说明法"], grades)
    book.add(names["说明法"], grades | {"grade_points": ["得分", 100.0, "85"]})
    assert book.evaluated(list(names.values())) == ["100", "#N/A", "#N/A", "#N/A", "85", "#N/A"]


def test_the_total_of_weights_that_are_not_right_is_no_number(tmp_path: Path) -> None:
    """Weights as text were nothing, those of 60% were 0.6, and points without a weight made up for missing ones."""
    names, book = _names(Policy()), _Book(tmp_path)
    (total,) = (each for each in names.values() if each.name == "PX_TOTAL_OF")
    both: dict[str, Any] = {"weights": [60.0, 40.0], "points": [95.0, 100.0], "adjusted": None}
    for weights in ([60.0, 40.0], [0.6, 0.4], ["60", 40.0], [60.0, 30.0], ["60%", "40%"]):
        book.add(total, both | {"weights": weights})
    book.add(total, {"weights": [60.0, None, 40.0], "points": [95.0, 90.0, None], "adjusted": None})
    for adjusted in (["-2", None], [-2.0, ""], ["待报", 1.0]):
        book.add(total, both | {"adjusted": adjusted})
    wanted = ["97", "97", "#N/A", "#N/A", "#N/A", "", "#N/A", "95", "#N/A"]
    assert book.evaluated([total]) == wanted


def test_the_total_waits_for_every_line(tmp_path: Path) -> None:
    names, book = _names(Policy()), _Book(tmp_path)
    (total,) = (each for each in names.values() if each.name == "PX_TOTAL_OF")
    book.add(total, {"weights": [60.0, 40.0], "points": [95.0, 100.0], "adjusted": [-2.0, 1.0]})
    book.add(total, {"weights": [60.0, 40.0], "points": [95.0, ""], "adjusted": None})
    assert book.evaluated([total]) == ["96", ""]


def test_policy_is_put_in(tmp_path: Path) -> None:
    policy = Policy().but(points_cap=150.0, points_floor=-20.0, knot_challenge=140.0)
    names, book = _names(policy), _Book(tmp_path)
    line = {"actual": 130.0, "target": 100.0, "threshold": 80.0, "challenge": 120.0, "direction": "higher"}
    book.add(names["比率法"], line | {"actual": 170.0})
    book.add(names["功效系数法"], line)
    book.add(names["比率法"], line | {"actual": -50.0, "threshold": None})
    assert book.evaluated(list(names.values())) == ["150", "140", "-20"]
    assert LineScorer(policy).score({**line, "method": "interpolate"}).points == 140.0


def test_a_test_that_fails_decides_as_elsewhere(tmp_path: Path) -> None:
    """In a cell AND fails where one of its tests does; in the rules a false one settles it. INT sees ten decimals."""
    policy = Policy(methods={"试": "IF(AND(L>0,A/L>=1),110,INT(A/T*100))", "或": "IF(OR(L<=0,A/L>=1),90,80)"})
    names, book, expected = _names(policy), _Book(tmp_path), []
    for method in policy.methods:
        for threshold in (0.0, 5.0, 20.0):
            line = {"actual": 5.7, "target": 10.0, "threshold": threshold}
            book.add(names[method], line)
            expected.append(LineScorer(policy).score({**line, "method": method}).points)
    assert expected == [57.0, 110.0, 57.0, 90.0, 90.0, 80.0]
    assert list(map(float, book.evaluated(list(names.values())))) == expected
    # This engine forgives what Excel does not.
    assert "INT(ROUND(" in names["试"].definition and "AND(_xlpm.threshold" not in names["试"].definition
    assert "OR(_xlpm.threshold" not in names["或"].definition


def test_definitions_are_no_longer_than_excel_takes() -> None:
    policy = replace(POLICY, methods={"奖优": "IF(D*A>=D*T,100+50*D*(A-T)/ABS(T),100-200*D*(T-A)/ABS(T))"})
    assert max(len(each.definition) for each in lambdas(policy)[0]) < 8192


def test_names_are_names(tmp_path: Path) -> None:
    policy = Policy(methods={"奖优": "A/T", "不行 的": "A/T"}).but(milestone_days="working")
    made, problems = lambdas(policy)
    assert [p.code for p in problems] == ["X132", "X131"]
    assert "PX_奖优" in {each.name for each in made}
    # A name of the workbook would hide the add-in's function of that name.
    assert not {each.name for each in made} & set(FUNCTIONS)
    columns = {column.name for column in get("contract_sheet").columns}
    others = {"direction", "step_points", "grades", "grade_points", "weights", "adjusted"}
    assert {parameter for each in made for parameter in each.parameters} <= columns | others


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "表.xlsx"
    with xlsxwriter.Workbook(source) as book:
        book.add_worksheet("参数").write_row(0, 0, ["参数", "取值"])
        book.worksheets()[0].write_row(1, 0, ["单项得分上限", 130.0])
        book.define_name("PX_RATIO", "=1")
        book.define_name("甲", "=参数!$A$1")
    before = source.read_bytes()
    assert main(["addin", "lambda", str(source)]) == 0
    assert source.read_bytes() == before
    made = tmp_path / "表-lambda.xlsx"
    assert "PX_RATIO" in capsys.readouterr().out
    with zipfile.ZipFile(made) as new, zipfile.ZipFile(source) as old:
        changed = {name for name in old.namelist() if new.read(name) != old.read(name)}
        text = new.read("xl/workbook.xml").decode()
        # beside the names: the mark by which perfxl knows its outputs
        assert changed == {"xl/workbook.xml", "[Content_Types].xml", "_rels/.rels"}
    assert text.count('name="PX_RATIO"') == 1 and "MIN(130," in text and 'name="甲"' in text
    assert main(["addin", "lambda", str(made), "-o", str(made)]) == 2
    assert main(["addin", "lambda", str(tmp_path / "没有.xlsx")]) == 2


@pytest.mark.parametrize("taken", ["methods", "Total", "total_of", "ratio", "graded"])
def test_an_own_method_takes_no_name_of_ours(taken: str) -> None:
    """PX_METHODS as a name would hide the function in every workbook that holds it."""
    policy = replace(POLICY, methods={taken: "A*2", "翻倍": "A*2"})
    made, problems = lambdas(policy)
    assert [each.name for each in made if each.name == "PX_翻倍"] == ["PX_翻倍"]
    names = [each.name.upper() for each in made]
    assert len(names) == len(set(names)) and not set(names) & set(FUNCTIONS)
    assert "X131" in [each.code for each in problems] or taken == "ratio"  # a built-in name cannot be taken at all
