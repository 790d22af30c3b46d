"""perfxl in Python: a program that shows itself, results as DataFrames, another policy, papers, files."""

from __future__ import annotations

import copy
import io
import os
import pickle
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook

import perfxl as px
from perfxl import sample
from perfxl.assets import workbook_templates
from perfxl.core.records import from_rows
from perfxl.documents.batch import make_documents
from perfxl.outputs import OutputRefused
from perfxl.workbook.program.book import write_program


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("analysis") / "p.xlsx"
    write_program(made, sample.program(30), "zh")
    return made


@pytest.fixture(scope="module")
def program(path: Path) -> Any:
    return px.load(path, strict=True)


def _broken(path: Path, tmp_path: Path) -> Path:
    made = Path(shutil.copy(path, tmp_path / "broken.xlsx"))
    book = load_workbook(made)
    sheet = book["合同指标"]
    column = next(
        cell.column for row in sheet.iter_rows(min_row=3, max_row=3) for cell in row if cell.value == "权重 (%)"
    )
    assert column
    sheet.cell(4, column).value = 99
    book.save(made)
    return made


def test_a_program_shows_itself_in_a_few_lines(program: Any) -> None:
    assert len(repr(program).splitlines()) == 3 and len(repr(program)) < 1_000
    assert "p.xlsx" in repr(program) and "人员 30" in repr(program)
    assert "<div" in program._repr_html_() and "script" not in program._repr_html_()


def test_it_comes_apart_as_before(path: Path) -> None:
    program, problems = px.load(path)
    assert problems is program.problems and program.usable
    scores, found = program.score()
    assert len(scores.people) == 29 and found == []


@pytest.mark.parametrize("source", ["bytes", "file", "stream"])
def test_bytes_and_files_are_read_like_paths(source: str, path: Path, program: Any) -> None:
    given: Any = path.read_bytes()
    if source == "stream":
        given = io.BytesIO(given)
    if source == "file":
        with path.open("rb") as given:
            loaded = px.load(given)
    else:
        loaded = px.load(given)
    assert loaded.path is None and loaded.fingerprint == program.fingerprint
    pd.testing.assert_frame_equal(loaded.score().to_frame(), program.score().to_frame())


def test_what_is_no_source_is_said(path: Path) -> None:
    with pytest.raises(TypeError):
        px.load(3)  # type: ignore[arg-type]
    with path.open(encoding="latin-1") as text, pytest.raises(TypeError):
        px.load(text)  # type: ignore[arg-type]


def test_a_file_that_is_not_there_never_looks_clean(tmp_path: Path) -> None:
    program = px.load(tmp_path / "nope.xlsx")
    assert "F101" in repr(program.problems) and [p.code for p in program.all_problems()] == ["F101"]
    assert "不能读取" in repr(program) and "错误 1" in repr(program)
    with pytest.raises(px.ProgramError) as refused:
        program.score()
    assert [problem.code for problem in refused.value.problems] == ["F101"]
    with pytest.raises(px.ProgramError, match="F101"):
        px.load(tmp_path / "nope.xlsx", strict=True)
    with pytest.raises(px.ProgramError, match="F101"):
        program.frame("people")  # a table without rows would be nobody's program


def test_strict_refuses_a_program_with_errors(path: Path, tmp_path: Path) -> None:
    broken = _broken(path, tmp_path)
    with pytest.raises(px.ProgramError) as refused:
        px.load(broken, strict=True)
    assert "W101" in [problem.code for problem in refused.value.problems]
    frame = px.load(broken).score().to_frame()
    assert frame["status"].tolist().count("undetermined") == 1
    wrong = frame[frame["status"] == "undetermined"].iloc[0]
    assert (
        not wrong["official"]
        and np.isnan(wrong["total"])
        and "W103 合同指标!F4" in wrong["reason"]
        and pd.isna(wrong["rank"])
    )
    assert wrong["grade"] is None or pd.isna(wrong["grade"])


def test_problems_are_a_table(path: Path, tmp_path: Path) -> None:
    program = px.load(_broken(path, tmp_path))
    frame = program.score().problems.to_frame()
    assert list(frame.columns[:4]) == ["code", "name", "severity", "message"]
    row = frame[frame["code"] == "W101"].iloc[0]
    assert row["sheet"] == "合同指标" and row["cell"] and row["severity"] == "error" and row["hint"]
    assert frame["severity"].tolist() == sorted(frame["severity"], key=["error", "warning", "notice"].index)


def test_tables_are_frames(program: Any) -> None:
    people = program.frame("people")
    assert len(people) == 30 and people.index.name == "row" and people.index[0] == 4
    assert people["person"].iloc[0] == "E100001"
    assert program.frame("人员").equals(people)
    contracts = program.frame("contracts")
    assert contracts["start"].dtype.kind == "M"
    with pytest.raises(KeyError, match="people"):
        program.frame("nobody")


def test_people_and_lines(program: Any) -> None:
    scored = program.score()
    frame, lines = scored.to_frame(), scored.lines_frame()
    scores = scored.scores
    wanted = ["person", "name", "unit", "contract", "total", "grade", "coefficient", "rank", "status", "official"]
    assert list(frame.columns[:10]) == wanted
    assert frame["person"].tolist() == scores.people
    official = frame[frame["official"]]
    np.testing.assert_array_equal(frame["total"].dropna(), official["total"])
    assert official["rank"].tolist() == official["total"].round(10).rank(method="min", ascending=False).tolist()
    pending = frame[frame["status"] == "provisional"]
    assert len(pending) == 1 and pending["grade"].isna().all() and pending["coefficient"].isna().all()
    assert len(lines) == len(scores.line_table)
    np.testing.assert_array_equal(lines["points"], scores.lines.points)
    one = lines[(lines["person"] == official["person"].iloc[0]) & lines["points"].notna() & lines["weight"].notna()]
    weighted = (one["points"] * one["effective"]).sum() / 100
    assert abs(weighted - official["total"].iloc[0]) < 20  # deductions, bonuses and rounding stand beside it
    assert lines[lines["status"] == "scored"]["reason"].eq("").all()


def test_an_explanation_shows_itself(program: Any) -> None:
    scored = program.score()
    explained = scored.explain("E100003")
    assert "E100003" in repr(explained) and "<pre" in explained._repr_html_()
    assert explained.as_dict()["total"] == scored.to_frame().set_index("person").loc["E100003", "total"]
    with pytest.raises(KeyError):
        scored.explain("nobody")


def test_another_policy_beside_the_first(program: Any) -> None:
    scored = program.score()
    policy = program.policy.but(points_cap=90, bands=[("A", 90, 1.2), ("B", 0, 1)])
    other = program.with_policy(policy).score()
    compared = other.compare(scored)
    assert set(other.to_frame()["grade"].dropna()) <= {"A", "B"}
    assert (compared["difference"].dropna() <= 1e-9).all() and (compared["difference"] < 0).any()
    assert compared["total_before"].equals(scored.to_frame()["total"])
    assert program.score().to_frame().equals(scored.to_frame())
    assert scored.provenance["policy_hash"] != other.provenance["policy_hash"]
    assert scored.provenance["input_hash"] == other.provenance["input_hash"] != ""
    assert scored.to_frame().attrs["perfxl"] == px.__version__


def test_a_policy_put_on_a_program_counts_at_once(path: Path) -> None:
    program = px.load(path)
    before = program.score().to_frame()["total"]
    program.policy = program.policy.but(points_cap=90)
    assert not program.score().to_frame()["total"].equals(before)


def test_files(program: Any, path: Path, tmp_path: Path) -> None:
    scored = program.score()
    made = scored.to_excel(tmp_path / "s.xlsx")
    assert "汇总" in load_workbook(made).sheetnames or len(load_workbook(made).sheetnames) > 3
    with pytest.raises(OutputRefused):
        scored.to_excel(path)
    own = load_workbook(workbook_templates() / "scorecard.zh.xlsx")
    own.worksheets[0]["Z1"] = "我们公司"
    own.save(tmp_path / "own.xlsx")
    drawn = load_workbook(scored.to_excel(tmp_path / "s2.xlsx", template=tmp_path / "own.xlsx"))
    assert any(sheet["Z1"].value == "我们公司" for sheet in drawn.worksheets)
    with pytest.raises(ValueError, match="F1"):
        scored.to_excel(tmp_path / "s3.xlsx", template=tmp_path / "none.xlsx")
    pytest.importorskip("pyarrow")
    scored.to_parquet(tmp_path / "s.parquet")
    again = pd.read_parquet(tmp_path / "s.parquet")
    assert again["total"].equals(scored.to_frame()["total"]) and again.attrs == scored.provenance


@pytest.mark.skipif(os.name == "nt", reason="links of Unix")
def test_no_result_is_the_file_it_came_from(path: Path, tmp_path: Path) -> None:
    scored, before = px.load(path).score(), path.read_bytes()
    link = tmp_path / "s.parquet"
    link.symlink_to(path)
    for write, where, why, named in (
        (scored.to_excel, path, "F152", path),
        (scored.to_parquet, link, "F152", path),
        (scored.to_parquet, tmp_path / "s.xlsx", "F155", tmp_path / "s.xlsx"),
    ):
        with pytest.raises(OutputRefused) as refused:
            write(where)
        assert why in str(refused.value) and named.name in str(refused.value)
    assert path.read_bytes() == before


def test_papers_from_a_program(program: Any, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    files, problems = program.documents("contract", tmp_path / "out", unit="D01", progress=lambda *c: told.append(c))
    assert len(files) == told[-1][0] == told[-1][1] > 0 and all(file.suffix == ".docx" for file in files)
    assert isinstance(problems, list)
    one, _ = program.documents("notice", str(tmp_path / "one"), only="E100003")
    assert len(one) == 1
    with pytest.raises(ValueError, match="contract"):
        program.documents("contrakt", tmp_path / "none")


def test_whom_a_unit_does_not_hold_is_said_not_to_have_papers_there(program: Any, tmp_path: Path) -> None:
    people = program.frame("people").set_index("person")["unit"]
    inside, outside = "E100003", next(person for person in people.index if people[person] != people["E100003"])
    files, problems = program.documents("contract", tmp_path, unit=people[inside], only=[inside, outside])
    assert len(files) == 1 and [each.code for each in problems] == ["D206"]
    assert outside in problems[0].message("zh") and people[inside] in problems[0].message("zh")


def test_a_bar_that_is_a_class_is_filled_and_closed(program: Any, tmp_path: Path) -> None:
    made: list[Any] = []

    class Bar:
        def __init__(self, total: int) -> None:
            self.n, self.total, self.closed = 0, total, False
            made.append(self)

        def update(self, more: int) -> None:
            self.n += more

        def close(self) -> None:
            self.closed = True

    program.documents("contract", tmp_path / "out", unit="D01", progress=Bar)
    bar = made[0]
    assert bar.n == bar.total > 0 and bar.closed


def test_cells_never_become_markup(tmp_path: Path) -> None:
    tables = dict(sample.program(8))
    tables["people"].columns["name"][2] = "<script>alert(1)</script>"
    made = tmp_path / "p.xlsx"
    write_program(made, tables, "zh")
    scored = px.load(made).score()
    cards: list[Any] = [scored, scored.problems, scored.program, scored.explain(scored.scores.people[0])]
    for shown in cards:
        assert "<script" not in shown._repr_html_()


def test_the_batch_takes_what_people_hand_it(program: Any, tmp_path: Path) -> None:
    """A folder's name, a lone ID; and says which kinds there are."""
    make = make_documents
    files, _ = make("notice", program.tables, program.policy, str(tmp_path / "out"), only="E100003")
    assert len(files) == 1
    with pytest.raises(ValueError, match="contract"):
        make("contrakt", program.tables, program.policy, tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_decisions_stand_beside_the_results(tmp_path: Path) -> None:
    """In the frame and in the JSON that a payroll reads: as scored, calibrated, after appeal, who and when."""
    tables = dict(sample.program(12, 2, "zh"))
    first = "E100003"
    said = {"holder": first, "decided_by": "评审组"}
    tables["calibrations"] = from_rows(
        "calibrations", [{**said, "total": 71.5, "reason": "平衡", "decided_on": date(2026, 1, 9)}]
    )
    appeal = {**said, "appeal": "SS1", "date": date(2026, 1, 20), "reason": "口径", "decision": "changed"}
    tables["appeals"] = from_rows("appeals", [{**appeal, "points": 73.25, "decided_on": date(2026, 2, 3)}])
    path = tmp_path / "p.xlsx"
    write_program(path, tables, "zh", blank_rows=2)
    frame = px.load(path).score().to_frame().set_index("person")
    row = frame.loc[first]
    assert (row["total"], row["calibrated_total"], row["appealed_total"]) == (73.25, 71.5, 73.25)
    assert row["original_total"] not in (71.5, 73.25) and row["original_grade"]
    assert "校准后 71.50 C（评审组、2026-01-09）；申诉后 73.25 C（SS1、评审组、2026-02-03）" in row["decided"]
    others = frame.drop(first)
    assert others["original_total"].isna().all() and others["decided"].eq("").all()


def test_nobody_pending_has_a_grade_by_a_slip(program: Any) -> None:
    scores, _ = program.score()
    policy, pending = program.policy, np.isnan(scores.totals.total)
    assert pending.any() and not pending.all()
    for place, is_pending in zip(scores.totals.grade, pending, strict=True):
        if is_pending:
            with pytest.raises(IndexError):
                policy.bands[place]
        else:
            assert policy.bands[place].grade in "ABCDE"


def test_programs_and_scores_travel_between_processes(program: Any) -> None:
    scored = program.score()
    for again in (pickle.loads(pickle.dumps(scored)), copy.deepcopy(scored)):
        assert again.to_frame().equals(scored.to_frame()) and again.provenance == scored.provenance
    assert pickle.loads(pickle.dumps(program)).score().to_frame().equals(scored.to_frame())


def test_tables_and_scores_fill_no_terminal(program: Any) -> None:
    assert len(repr(program.tables)) < 3000 and "people: " in repr(program.tables)
    assert len(repr(program.score().scores)) < 100
