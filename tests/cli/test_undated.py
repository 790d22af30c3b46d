"""A table that says nowhere which year it is: nobody is shown one. And one fault is told once."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfxl.cli import main
from tests.workbook.books import save

HEADER = ["姓名", "指标名称", "权重", "目标值", "实际完成值"]
TABLES: dict[str, list[list[Any]]] = {
    "sound": [HEADER, ["甲", "收入", 60, 1200, 900], ["甲", "回款", 40, 1200, 1100]],
    "pending": [HEADER, ["甲", "收入", 60, 1200, None], ["甲", "回款", 40, 1200, 1100]],
    "alike": [HEADER, ["甲", "收入", 60, 1200, 900], ["甲", "收入", 40, 1200, 900]],
    "different": [HEADER, ["甲", "收入", 60, 1200, 900], ["甲", "收入", 40, 1200, 800]],
    "months": [
        ["姓名", "指标名称", "权重", "目标值", "1月实绩", "2月实绩", "3月实绩"],
        ["甲", "收入", 60, 1200, 300, 310, 320],
        ["甲", "回款", 40, 1200, 100, 120, 130],
    ],
}


@pytest.mark.parametrize("name", TABLES)
def test_nobody_is_shown_a_year_that_nobody_wrote(name: str, tmp_path: Path, capsys: Any) -> None:
    path = save(tmp_path / "业绩合同.xlsx", {"合同": TABLES[name]})
    scored, papers = tmp_path / "得分.xlsx", tmp_path / "文件"
    commands = [
        *(["check", str(path), *more] for more in ([], ["--json"], ["--lang", "en"])),
        *(["explain", str(path), "甲", *more] for more in ([], ["--json"], ["--lang", "en"])),
        ["score", str(path), "-o", str(scored), "--json"],
        ["documents", "all", str(path), "-o", str(papers), "--draft"],
    ]
    for command in commands:
        main(command)
        told = "".join(capsys.readouterr())
        assert told and "2000" not in told, command
    cells = [c.value for sheet in openpyxl.load_workbook(scored) for row in sheet.iter_rows() for c in row]
    assert not [cell for cell in cells if re.search(r"(?<![\d.])2000(?!\d)", str(cell))]
    made = [*papers.rglob("*.docx")]
    assert made
    for paper in made:
        with zipfile.ZipFile(paper) as package:
            texts = " ".join(re.findall(r"<w:t[^>]*>([^<]*)", package.read("word/document.xml").decode()))
        assert "2000" not in texts, paper.name


@pytest.mark.parametrize("name", ["alike", "different"])
@pytest.mark.parametrize("command", ["check", "score"])
def test_a_line_that_stands_twice_is_told_once(name: str, command: str, tmp_path: Path, capsys: Any) -> None:
    path = save(tmp_path / "业绩合同.xlsx", {"合同": TABLES[name]})
    main([command, str(path), "--json", *(["-o", str(tmp_path / "得分.xlsx")] if command == "score" else [])])
    found = json.loads(capsys.readouterr().out)["problems"]
    assert [(each["code"], each["cell"]) for each in found if each["severity"] == "error"] == [("R110", "A3")]


def test_who_is_known_by_name_alone_is_named_once(tmp_path: Path, capsys: Any) -> None:
    path = save(tmp_path / "业绩合同.xlsx", {"合同": TABLES["sound"]})
    main(["explain", str(path), "甲"])
    assert capsys.readouterr().out.splitlines()[0].split() == ["甲"]
