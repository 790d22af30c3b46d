"""The cascade book's sheets SMART and 指标筛选: a mark for each letter, a proposal with reasons."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from perfxl.core.cascade import cascade
from perfxl.core.cascade import review as reviewing
from perfxl.core.cascade.review import review
from perfxl.core.policy_reading import read_policy
from perfxl.workbook.cascade_book import write_cascade
from tests.core.clean_program import book, line, put


@pytest.mark.parametrize(("lang", "screening", "drop"), [("zh", "指标筛选", "剔除"), ("en", "KPI screening", "drop")])
def test_targets_and_library_stand_on_their_sheets(tmp_path: Path, lang: str, screening: str, drop: str) -> None:
    tables = book(
        put("kpis", 0, unit=None, impact=3.0, controllability=3.0, measurability=3.0),
        put("kpis", 5, impact=3.0, controllability=1.0, measurability=3.0, required_by=None),
        put("contract_lines", line("C1", "K7"), base=0.04),
    )
    policy, _ = read_policy(tables)
    result, problems = cascade(tables)
    write_cascade(tmp_path / "c.xlsx", result, problems, lang, review=review(tables, policy))
    made = load_workbook(tmp_path / "c.xlsx")
    rows = [[str(cell.value or "") for cell in row] for row in made["SMART"].iter_rows(min_row=8)]
    marks = {(row[0], row[1]): "".join(row[3:8]) for row in rows}
    assert len(marks) == 12
    assert marks["李梅", "营销收入"] == marks["张三", "营销收入"] == "✓✗✓✓✓"
    assert marks["李梅", "关键人员流失率"] == "✓✓✗✓✓" and marks["张三", "关键人员流失率"] == "✓✓✓✓✓"
    (why,) = [row[8] for row in rows if row[:2] == ["李梅", "关键人员流失率"]]
    assert "5%" in why and "4%" in why
    proposals = {
        row[0].value: (row[1].value, row[8].value, row[9].value) for row in made[screening].iter_rows(min_row=8)
    }
    assert proposals["K6"][1] == drop and proposals["K6"][2]
    assert proposals["K12"][0] == "用户数*" and "K10" not in proposals
    assert proposals["K1"][2] is None


@pytest.mark.parametrize(
    ("most", "listed", "said"), [(12, 12, ""), (11, 3, "只列出有 ✗ 的"), (2, 2, "只列出前 2 个有 ✗ 的")]
)
def test_of_many_targets_only_those_that_fail_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, listed: int, said: str
) -> None:
    """All are counted; what is left out is said."""
    tables = book(put("kpis", 0, unit=None), put("contract_lines", line("C1", "K7"), base=0.04))
    monkeypatch.setattr(reviewing, "LISTED", most)
    made = review(tables, read_policy(tables)[0])
    assert (made.targets.judged, made.targets.failing, len(made.targets.listed)) == (12, 3, listed)
    assert dict(made.targets.by_letter) == {"measurable": 2, "attainable": 1}
    write_cascade(tmp_path / "c.xlsx", *cascade(tables), review=made)
    sheet = load_workbook(tmp_path / "c.xlsx")["SMART"]
    guide = " ".join(str(cell.value) for row in sheet.iter_rows(max_row=3) for cell in row if cell.value)
    assert guide.count("只列出") == bool(said) and said in guide
    assert sum(row[0].value is not None for row in sheet.iter_rows(min_row=8)) == listed
