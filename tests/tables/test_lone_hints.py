"""Remedies of a table that stands alone name nothing that only a program has, unless they say how to make one."""

from __future__ import annotations

import json
import string
from pathlib import Path
from typing import Any

import pytest

from perfxl.core.catalogue import CATALOGUE
from perfxl.core.catalogue.lone import LONE_HINTS
from tests.tables.layouts import LAYOUTS_FILE, read_file, read_rows

LAYOUTS: list[dict[str, Any]] = json.loads(LAYOUTS_FILE.read_text(encoding="utf-8"))
CASES = sorted((Path(__file__).parent.parent / "data" / "tables").glob("*.xlsx"))
OF_PROGRAMS = {
    "zh": ("参数", "指标库", "分档表", "分级表", "人员表", "“组织”", "合同指标", "“合同”", "实绩表"),
    "en": ("policy", "Policy", "KPI library", "the library", "sheet People", "sheet of contract lines", "Step tables"),
}


def _unfit(problems: Any) -> list[str]:
    told = {(lang, problem.code, problem.hint(lang)) for problem in problems for lang in OF_PROGRAMS}
    return sorted(
        f"{code}: {hint}"
        for lang, code, hint in told
        if "perfxl import" not in hint and any(word in hint for word in OF_PROGRAMS[lang])
    )


@pytest.mark.parametrize("start", range(0, len(LAYOUTS), 25))
def test_no_remedy_names_a_sheet_that_is_not_there(start: int, tmp_path: Path) -> None:
    for layout in LAYOUTS[start : start + 25]:
        read = read_rows(tmp_path, layout["rows"], tuple(layout["merges"]))
        assert not _unfit(read.problems), layout["name"]


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_nor_one_of_the_cases(path: Path) -> None:
    assert not _unfit(read_file(path).problems)


@pytest.mark.parametrize("name", LONE_HINTS)
def test_a_remedy_of_a_lone_table_says_as_much(name: str) -> None:
    """It names no detail that the problem does not carry, and stands in both languages."""
    known, here = CATALOGUE[name], LONE_HINTS[name]
    details = {
        field for text in (*known.text, *known.hint) for _, field, _, _ in string.Formatter().parse(text) if field
    }
    for text in here:
        assert text and {field for _, field, _, _ in string.Formatter().parse(text) if field} <= details


def test_two_cards_of_one_name_are_said_with_both_cells(tmp_path: Path) -> None:
    head = ["指标", "权重", "目标", "实际", "评分标准"]
    rows: list[list[Any]] = [["姓名：甲"], head, ["收入", 100, 100, 90, "每低1扣1分"]]
    rows += [["姓名：乙"], head, ["收入", 100, 100, 90, "每低1扣2分"]]
    read = read_rows(tmp_path, rows)
    assert read.cells("S233") == ["A6"] and read.totals == {"甲": (90.0, True), "乙": (80.0, True)}
    [said] = [problem for problem in read.problems if problem.code == "S233"]
    assert "A3" in said.message("zh") and "A3" in said.message("en")
