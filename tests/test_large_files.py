"""A file that is read block by block gives what it gives when it is read at once, in every command."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest

from perfxl import program as programs
from perfxl.cli import main
from perfxl.core.checks.methods import plans_of
from perfxl.core.explain import explain
from perfxl.core.policy_reading import read_policy
from perfxl.ooxml.package import package_on_disk
from perfxl.program import load, load_person
from perfxl.sample import program
from perfxl.workbook.program.book import write_program
from perfxl.workbook.reading import cut
from perfxl.workbook.reading.person import KEYS
from perfxl.workbook.reading.sieve import Columns, SievedSheet, Wanted, sieved_grids


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A program with wrong cells, references and keys here and there."""
    path, tables = tmp_path_factory.mktemp("broken") / "方案.xlsx", program(40, 5)
    tables["actuals"].columns["value"][::37] = ["坏值"] * len(tables["actuals"].columns["value"][::37])
    tables["contract_lines"].columns["weight"][7] = 95.0
    tables["contract_lines"].columns["kpi"][12] = "K-无此"
    tables["contracts"].columns["contract"][9] = tables["contracts"].columns["contract"][3]
    tables["people"].columns["person"][11] = "E999"
    tables["people"].columns["superior"][5] = "E000"
    contracts = tables["contracts"]
    contracts.columns["second_holder"] = [None] * len(contracts)
    contracts.columns["second_holder"][20] = contracts.columns["holder"][24]
    write_program(path, tables)
    return path


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cut, "BLOCK", 20_000)


def test_the_same_problems(broken: Path, small_blocks: None, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, problems = load(broken)
    monkeypatch.setattr(programs, "STREAMED_FROM", 0)
    large, found = load(broken)
    assert found == problems and problems
    assert large.check() == whole.check() and large.info == whole.info and large.lang == whole.lang
    assert large.score()[1] == whole.score()[1]


@pytest.mark.parametrize("command", ["check", "score", "weights", "cascade"])
def test_the_same_output(
    command: str,
    broken: Path,
    small_blocks: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Words and, but for the time and place that it was made, every byte."""
    said, made = [], []
    for name, size in (("whole", 2**40), ("large", 0)):
        monkeypatch.setattr(programs, "STREAMED_FROM", size)
        out = tmp_path / name / "out.xlsx"
        out.parent.mkdir()
        options = ["-o", str(out)] if command != "check" else []
        code = main([command, str(broken), *options])
        captured = capsys.readouterr()
        said.append((code, captured.out.replace(name, ""), re.sub(r"\d+ 份/秒", "", captured.err)))
        made.append(_parts(out))
    assert said[0] == said[1] and made[0] == made[1]


def _parts(workbook: Path) -> dict[str, bytes]:
    if not workbook.exists():
        return {}
    with ZipFile(workbook) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.startswith("docProps/")}


@pytest.mark.parametrize("asked", ["shared", *range(0, 39, 4)])
def test_one_person_of_a_large_file(
    asked: str | int, broken: Path, small_blocks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same explanation, and of the problems those that touch the person or the file."""
    whole, _ = load(broken)
    scores, _ = whole.score()
    seconds = whole.tables["contracts"].column("second_holder")
    person = next(filter(None, seconds)) if isinstance(asked, str) else scores.people[asked]
    monkeypatch.setattr(programs, "STORED_FROM", 0)
    part = load_person(broken, person)
    assert part.person == person and part.lang == whole.lang
    assert len(part.tables["actuals"]) < len(whole.tables["actuals"]) / 3
    told = [explain(each.tables, each.score()[0], person) for each in (part, whole)]
    assert told[0] == told[1]
    assert part.all_problems() == whole.problems_about(person)


def _told_after(blocks: int, wanted: Wanted) -> Callable[[bool], Wanted | None]:
    passing = iter(range(blocks))
    return lambda wait: wanted if wait or next(passing, None) is None else None


@pytest.mark.parametrize("late", [1, 3, 10_000])
def test_blocks_that_went_by_before_it_was_known_who_is_asked_for(late: int, broken: Path, small_blocks: None) -> None:
    """They are looked at again: the same rows are kept, in the same order."""
    with package_on_disk(broken) as package:
        sheets, _ = sieved_grids(
            package, lambda top: Columns((0,)) if top.name in ("合同指标", "实绩", "合同") else None
        )
        sieved = [sheet for sheet in sheets if isinstance(sheet, SievedSheet)]
        wanted = Wanted(frozenset(("E100003", "E100030", "K001")))
        for sheet in sieved:
            told = sheet.look_through(_told_after(late, wanted))
            assert told == sheet.look_through(lambda wait: wanted)
        assert len(sieved) == 3


@pytest.mark.parametrize("whom", ["E999999", "查无此人", None])
@pytest.mark.parametrize("table", ["events", "actuals", "marks"])
def test_rows_that_may_be_anybodys_are_told_to_one_person(
    table: str, whom: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_blocks: None
) -> None:
    """A row of nobody who is known leaves without a total whoever holds its KPI: the part of one person passed it by,
    and that total was official."""
    tables = program(40, 5)
    records = tables[table]
    if table == "actuals":  # a count that is typed there
        plans, held = plans_of(tables, read_policy(tables)[0]), set(tables["contract_lines"].column("kpi"))
        records.columns["kpi"][0] = next(kpi for kpi, plan in plans.items() if plan.counts and kpi in held)
        records.columns["value"][0] = 1.0
    records.columns[KEYS[table]][0] = whom
    write_program(tmp_path / "a.xlsx", tables)
    whole, _ = load(tmp_path / "a.xlsx")
    monkeypatch.setattr(programs, "STORED_FROM", 0)
    assert [each for each in whole.all_problems() if each.name == "row_of_anybody"]
    scores, _ = whole.score()
    told = {person: explain(whole.tables, scores, person) for person in scores.people}
    without = [person for person in told if told[person].result.total is None]
    assert without
    for person in (*without[:3], *(scores.people[:3])):
        part = load_person(tmp_path / "a.xlsx", person)
        assert explain(part.tables, part.score()[0], person) == told[person], person


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_broken_one_person_is_told_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Cells of any table spoilt at random: the person's total, how it stands and what touches it, as in the whole."""
    chance, tables = random.Random(seed), program(20, 5)
    for name in ("contracts", "contract_lines", "actuals", "events", "kpis", "people", "marks", "calibrations"):
        records = tables.get(name)
        if not records:
            continue
        for _ in range(5):
            values = chance.choice(list(records.columns.values()))
            values[chance.randrange(len(values))] = chance.choice(["坏", None, -1, 10**9, "E000", values[0]])
    write_program(tmp_path / "a.xlsx", tables)
    whole, _ = load(tmp_path / "a.xlsx")
    monkeypatch.setattr(programs, "STORED_FROM", 0)
    scores, _ = whole.score()
    for person in chance.sample(scores.people, 4):
        part = load_person(tmp_path / "a.xlsx", person)
        told = [explain(each.tables, each.score()[0], person) for each in (part, whole)]
        assert told[0] == told[1], person
        if part.person is not None:
            assert part.all_problems() == whole.problems_about(person)


def test_a_person_is_found_by_name_and_others_are_told(broken: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, _ = load(broken)
    person = whole.score()[0].people[2]
    names = dict(zip(*(whole.tables["people"].column(name) for name in ("person", "name")), strict=True))
    monkeypatch.setattr(programs, "STORED_FROM", 0)
    assert load_person(broken, names[person]).person == names[person]
    assert load_person(broken, "无此人").person is None  # the whole program says that there is nobody


def test_ids_that_are_no_shared_strings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers and results of formulas for IDs: rows are left out only where that is sure."""
    tables = program(12, 5)
    new = {person: f"{i + 1000}" for i, person in enumerate(tables["people"].column("person"))}
    for records in tables.values():
        for name, values in records.columns.items():
            records.columns[name] = [new.get(value, value) if isinstance(value, str) else value for value in values]
    write_program(tmp_path / "a.xlsx", tables)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value in new.values():
                    cell.value = int(cell.value)
    book.save(tmp_path / "b.xlsx")
    whole, _ = load(tmp_path / "b.xlsx")
    person = whole.score()[0].people[3]
    monkeypatch.setattr(programs, "STORED_FROM", 0)
    part = load_person(tmp_path / "b.xlsx", person)
    assert part.person == person
    assert explain(part.tables, part.score()[0], person) == explain(whole.tables, whole.score()[0], person)


def test_ids_that_formulas_give(
    broken: Path, small_blocks: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A code that a formula looks up stands as a text in a row that is otherwise as programs write them."""
    path = rewrite(broken, tmp_path / "formulas.xlsx", calculated)
    whole, _ = load(path)
    person = whole.score()[0].people[7]
    monkeypatch.setattr(programs, "STORED_FROM", 0)
    part = load_person(path, person)
    assert part.person == person
    told = [explain(each.tables, each.score()[0], person) for each in (part, whole)]
    assert told[0] == told[1]
    assert part.all_problems() == whole.problems_about(person)


def rewrite(source: Path, target: Path, change: Callable[[str, list[str]], str]) -> Path:
    """The workbook with `change` made to each sheet's XML; it is given the shared strings."""
    with ZipFile(source) as old, ZipFile(target, "w") as new:
        strings = re.findall("<si><t[^>]*>(.*?)</t></si>", old.read("xl/sharedStrings.xml").decode(), re.DOTALL)
        for name in old.namelist():
            content = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                content = change(content.decode(), strings).encode()
            new.writestr(name, content)
    return target


def calculated(xml: str, strings: list[str]) -> str:
    """Every code below the headers comes of a formula."""
    return re.sub(
        r' t="s"><v>(\d+)</v>',
        lambda cell: f' t="str"><f>D1</f><v>{code}</v>' if _CODE.fullmatch(code := strings[int(cell[1])]) else cell[0],
        xml,
    )


_CODE = re.compile(r"[A-Z]{1,4}-?\d[\w-]*")
