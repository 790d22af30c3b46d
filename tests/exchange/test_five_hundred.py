"""500 forms go out, are filled in, some broken on purpose, and come back: exactly the planned problems, no row lost."""

from __future__ import annotations

import io
import json
import re
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from perfxl.core.problems import Severity
from perfxl.core.records import Records
from perfxl.exchange.collect import Collected, Collection, collect, write_collected
from perfxl.exchange.send import Order, distribute
from perfxl.processes import count_cores
from perfxl.program import load
from perfxl.workbook.program.book import write_program
from tests.core.test_requests import QUARTER
from tests.core.test_requests import program as tables_of
from tests.excel.calc import python_with_uno
from tests.exchange.test_find_returned import encrypted
from tests.fuzz.returns import FIRST, SHEET, sheet_part

MANAGERS, PEOPLE = 500, 2
TYPING = Path(__file__).with_name("typing_host.py")
Edit = Callable[[bytes], bytes]


def tables() -> dict[str, Records]:
    managers = [{"person": f"M{n:03}", "name": f"经理{n:03}号", "unit": "D1"} for n in range(MANAGERS)]
    people = [(f"S{n:04}", f"M{n // PEOPLE:03}") for n in range(MANAGERS * PEOPLE)]
    staff = [{"person": p, "name": f"员工{p[1:]}号", "unit": "D1", "superior": m} for p, m in people]
    dates = {"start": date(2026, 1, 1), "end": date(2026, 12, 31)}
    contracts = [{"contract": f"HT{p}", "holder": p, "issuer": m, **dates} for p, m in people]
    lines = [{"contract": f"HT{p}", "kpi": "K1", "target": 1000.0} for p, _ in people]
    return dict(tables_of(people=[*managers, *staff], contracts=contracts, contract_lines=lines))


def answers(manager: int) -> list[float]:
    """What a manager types: numbers that stand nowhere else."""
    return [10_000.0 + PEOPLE * manager + i for i in range(PEOPLE)]


def changed(content: bytes, edit: Callable[[str, bytes], bytes | None]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = edit(name, old.read(name))
            if part is not None:
                new.writestr(name, part)
    return out.getvalue()


def in_sheet(pattern: str, to: str) -> Edit:
    """Changes the XML of the sheet with the actuals, where there is just one place for it."""

    place = ""

    def edit(name: str, part: bytes) -> bytes:
        if name != place:
            return part
        text, count = re.subn(pattern, to, part.decode(), flags=re.DOTALL)
        assert count == 1, (pattern, count)
        return text.encode()

    def change(content: bytes) -> bytes:
        nonlocal place
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            place = sheet_part({name: archive.read(name) for name in archive.namelist()})
        return changed(content, edit)

    return change


def fill(content: bytes, manager: int) -> bytes:
    for i, value in enumerate(answers(manager)):
        content = in_sheet(
            rf'<c r="H{FIRST + i}"( s="\d+")?(?:/>|></c>)', rf'<c r="H{FIRST + i}"\1><v>{value}</v></c>'
        )(content)
    return content


def typed(text: str) -> Edit:
    """Another first answer."""
    return in_sheet(rf'<c r="H{FIRST}"( s="\d+")?><v>[\d.]+</v></c>', rf'<c r="H{FIRST}"\1{text}</c>')


def in_workbook(pattern: bytes, to: bytes) -> Edit:
    """Changes the XML of the workbook itself."""
    part = re.compile(pattern, re.DOTALL)
    return lambda content: changed(
        content, lambda name, xml: part.sub(to, xml, count=1) if name == "xl/workbook.xml" else xml
    )


@dataclass
class Broken:
    """How a manager's file comes back: what is done to it, which problems that is, which of its answers are lost."""

    edit: Edit
    codes: list[str]
    lost: int = 0  # answers, from the first on


BROKEN: dict[int, Broken] = {
    3: Broken(lambda content: content[: len(content) // 2], ["F108"], 2),
    7: Broken(lambda content: b"", ["F104"], 2),
    11: Broken(typed(' t="inlineStr"><is><t>九十</t></is>'), ["V116"], 1),
    13: Broken(typed(' t="e"><v>#DIV/0!</v>'), ["V104"], 1),
    17: Broken(typed("><f>1+1</f>"), ["S118"], 1),
    19: Broken(typed(' t="b"><v>1</v>'), ["V102"], 1),
    23: Broken(in_sheet(rf'(<c r="G{FIRST}"[^>]*><v>)[\d.]+', r"\g<1>1"), ["T119"]),
    29: Broken(in_sheet(rf'<row r="{FIRST}".*?</row>', ""), ["T118"], 1),
    31: Broken(
        in_sheet(rf'(<c r="A{FIRST}"[^>]*>).*?</c>', r'<c r="A5" t="inlineStr"><is><t>S9999</t></is></c>'),
        ["T117", "T118"],
        1,
    ),
    37: Broken(
        in_sheet("</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'), ["F111"], 2
    ),
    41: Broken(in_workbook(rb"\?>", b'?><!DOCTYPE a [<!ENTITY b "c">]>'), ["F110"], 2),
    43: Broken(lambda content: b"PK no workbook", ["F108"], 2),
    47: Broken(in_workbook(rb"<definedNames>.*</definedNames>", b""), []),
}
UNREADABLE = ("F104", "F108", "F110")
MISSING = 53
SUBFOLDER, ZIPPED, WITH_PASSWORD, OWN_LAYOUT, TWICE, AGREES_TWICE = 59, 61, 67, 71, 73, 79


class Company:
    def __init__(self, folder: Path) -> None:
        self.folder, self.path, self.back = folder, folder / "方案.xlsx", folder / "收到"
        self.back.mkdir()
        write_program(self.path, tables(), "zh")
        program = load(self.path)[0]
        self.sent, problems = distribute(program, folder / "下发", Order(jobs=("actuals",), within=QUARTER), workers=2)
        assert not problems
        assert len(self.sent.files) == MANAGERS

    def form(self, manager: int) -> bytes:
        return fill((self.folder / "下发" / self.name(manager)).read_bytes(), manager)

    def name(self, manager: int) -> str:
        return self.sent.files[manager].path

    def come_back(self, managers: range) -> None:
        for manager in managers:
            name, path = self.name(manager), self.back / self.name(manager)
            content = self.form(manager)
            if manager in BROKEN:
                path.write_bytes(BROKEN[manager].edit(content))
            elif manager == SUBFOLDER:
                (self.back / "一部").mkdir()
                (self.back / "一部" / "回复：请查收.xlsx").write_bytes(content)
            elif manager == ZIPPED:
                with zipfile.ZipFile(self.back / "打包.zip", "w") as archive:
                    archive.writestr(f"里面/{name}", content)
            elif manager == WITH_PASSWORD:
                path.write_bytes(encrypted(content, "秘密"))
            elif manager == OWN_LAYOUT:
                book = openpyxl.Workbook()
                sheet = book.active
                assert sheet is not None
                sheet.append(("工号", "姓名", "指标", "期间", "实际完成值"))
                for i, value in enumerate(answers(manager)):
                    person = f"S{PEOPLE * manager + i:04}"
                    sheet.append((person, f"员工{person[1:]}号", "收入", "2026年一季度", value))
                book.save(path)
            elif manager != MISSING:
                path.write_bytes(content)
            if manager == TWICE:
                (self.back / "改过的.xlsx").write_bytes(typed("><v>1</v>")(content))
            elif manager == AGREES_TWICE:
                (self.back / "又发一次.xlsx").write_bytes(content)
        (self.back / "~$M000.xlsx").write_bytes(b"lock")
        (self.back / "说明.docx").write_bytes(b"text")

    def collect(self, workers: int = 2) -> Collected:
        order = Collection((self.back,), (self.folder / "下发",), ("错的", "秘密"), back=self.folder / "退回")
        return collect(load(self.path)[0], order, workers)


def test_five_hundred_forms(tmp_path: Path) -> None:
    company = Company(tmp_path)
    company.come_back(range(MANAGERS))
    collected = company.collect(count_cores())
    told: dict[str, list[str]] = {}
    for each in collected.problems:
        if each.severity is not Severity.NOTICE:
            told.setdefault(each.address.file, []).append(each.code)
    planned = {company.name(manager): sorted(each.codes) for manager, each in BROKEN.items() if each.codes}
    planned["改过的.xlsx"] = ["T120"]
    not_back = [manager for manager, each in BROKEN.items() if each.lost == PEOPLE]
    planned[""] = ["T123"] * (1 + len(not_back)) + ["T136"]  # which cannot be marked
    assert {file: sorted(set(codes) if file else codes) for file, codes in told.items()} == planned
    lost = {value for manager, each in BROKEN.items() for value in answers(manager)[: each.lost]}
    lost |= {*answers(MISSING), answers(TWICE)[0]}
    every = {value for manager in range(MANAGERS) for value in answers(manager)}
    assert {row.values["value"] for row in collected.merged.added} == every - lost
    assert len(collected.merged.added) == len(every - lost)
    out = tmp_path / "结果.xlsx"
    assert not write_collected(collected, company.path, out)
    actuals = load(out)[0].tables["actuals"]
    rows = zip(actuals.column("holder"), actuals.column("period"), actuals.column("value"), strict=True)
    assert sorted(rows) == sorted((f"S{value - 10_000:04.0f}", "2026Q1", value) for value in every - lost)
    opened = {company.name(m) for m, each in BROKEN.items() if each.codes and each.codes[0] not in UNREADABLE}
    assert {each.name for each in collected.marked} == {*opened, "改过的.xlsx"}


@pytest.mark.skipif(not python_with_uno(), reason="LibreOffice's bridge for Python is not installed")
def test_forms_typed_into_by_libreoffice(tmp_path: Path) -> None:
    """As a manager does it, in three formats: what was typed comes back, and the form said how much was done."""
    company = Company(tmp_path)
    kinds = [(".xlsx", "Calc MS Excel 2007 XML"), (".ods", "calc8"), (".xls", "MS Excel 97")]
    files = [
        {
            "source": str(company.folder / "下发" / company.name(manager)),
            "target": str(company.back / Path(company.name(manager)).with_suffix(kind).name),
            "filter": name,
            "typed": [(SHEET, f"H{FIRST + i}", text) for i, text in enumerate(("1234.5", "12%"))],
            "looked_at": [(SHEET, "B3")],
        }
        for manager, (kind, name) in enumerate(kinds)
    ]
    asked = {"profile": str(tmp_path / "profile"), "files": files}
    done = subprocess.run(
        [python_with_uno(), str(TYPING)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    assert [re.sub(r"\D", "", shown[0])[:1] for shown in json.loads(done.stdout).values()] == ["2"] * 3
    collected = company.collect()
    told = [(each.code, each.address.file) for each in collected.problems if each.severity is not Severity.NOTICE]
    assert {code for code, file in told} == {"T123"}
    assert len(told) == MANAGERS - 3
    assert [row.values["value"] for row in collected.merged.added] == [1234.5, 0.12] * 3
    assert [state.names != [] for state in collected.merged.files[:4]] == [True, True, True, False]
