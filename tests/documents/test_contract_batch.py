"""Contracts by the batch: files whole or not at all, what fails is told, the rest is made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import docx
import pytest

from perfxl.assets import doc_templates
from perfxl.core.problems import Severity
from perfxl.documents.batch.postprocess import FileList
from tests.documents.batch_kit import make_documents
from tests.documents.contract_book import PEOPLE, YEAR, book, policy
from tests.documents.papers import edited, whole_text

MANAGER, COUPLE, LONG_NAME = "HT-2025-002", "HT-2025-003", "HT-2025-005"
SHIPPED = doc_templates() / "contract.zh.docx"


def codes(problems: list[Any]) -> list[str]:
    return [p.code for p in problems]


def test_files_are_called_by_employee_number_and_name(tmp_path: Path) -> None:
    files, problems = make_documents("contract", book(), policy(), tmp_path)
    assert problems == []
    assert [f.name for f in files] == [
        "E002 林晓梅 业绩合同 HT-2025-002.docx",
        "E003 欧阳思远 业绩合同 HT-2025-003.docx",
        "E005 阿卜杜热西提·买买提明·伊布拉音江 业绩合同 HT-2025-005.docx",
    ]
    # and nothing temporary is left
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [".perfxl", "index.xlsx", *(f.name for f in files)]
    )


def test_the_folder_is_made_and_files_are_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "年度" / "合同"
    first, _ = make_documents("contract", book(), policy(), folder, only=[MANAGER])
    first[0].write_bytes(b"old")
    second, problems = make_documents("contract", book(), policy(), folder, only=[MANAGER])
    assert (list(second), [about.code for about in problems]) == ([], ["F154"])  # somebody's hand: kept and named
    assert first[0].read_bytes() == b"old"
    second, problems = make_documents("contract", book(), policy(), folder, only=[MANAGER], overwrite=True)
    assert (second, problems) == (first, [])
    assert MANAGER in whole_text(second[0])


def test_progress_is_told_after_each(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    make_documents("contract", book(), policy(), tmp_path, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize(
    ("only", "made"),
    [([COUPLE], ["E003"]), (["E004"], ["E003"]), (["E002", LONG_NAME], ["E002", "E005"]), ([], [])],
)
def test_only_some_by_contract_or_employee(only: list[str], made: list[str], tmp_path: Path) -> None:
    files, problems = make_documents("contract", book(), policy(), tmp_path, only=only)
    assert ([f.name[:4] for f in files], problems) == (made, [])


def test_an_id_that_nothing_answers_to_is_a_problem(tmp_path: Path) -> None:
    files, problems = make_documents("contract", book(), policy(), tmp_path, only=["E002", "E999"])
    assert len(files) == 1
    assert [(p.code, p.value, p.severity) for p in problems] == [("D206", "E999", Severity.ERROR)]
    assert "业绩合同" in problems[0].message("zh") and "performance contract" in problems[0].message("en")


def test_a_misspelt_variable_is_named_with_its_template(tmp_path: Path) -> None:
    template = edited(SHIPPED, tmp_path / "本公司.docx", {"{{ contract.version }}": "{{ contract.verson }}"})
    files, problems = make_documents("contract", book(), policy(), tmp_path / "out", template=template)
    assert files == []
    (found,) = problems
    assert found.address.file == "本公司.docx"
    assert found.severity is Severity.ERROR
    assert "contract.verson" in found.message("zh") and "contract.version" in found.message("zh")


def test_an_unknown_variable_in_the_footer_is_named_too(tmp_path: Path) -> None:
    template = edited(SHIPPED, tmp_path / "t.docx", {"{{ company }}": "{{ 集团 }}"})
    files, problems = make_documents("contract", book(), policy(), tmp_path / "out", template=template)
    assert files == []
    assert {p.details["variable"] for p in problems} == {"集团"}
    assert len(problems) == 2  # header and introduction


def test_a_template_that_hr_edited_is_used(tmp_path: Path) -> None:
    changes = {"业绩合同": "年度业绩责任书", "{{ program }}": "{{ program }}　{{ contract.valid_from }}起"}
    template = edited(SHIPPED, tmp_path / "t.docx", changes)
    files, problems = make_documents("contract", book(), policy(), tmp_path / "out", template=template, only=[MANAGER])
    assert codes(problems) == ["D266"]  # it has the shipped places for pictures, and nobody gave any
    said = whole_text(files[0])
    assert "年度业绩责任书" in said and "2025年度绩效方案　2025年1月1日起" in said


def test_a_template_that_is_none_makes_nothing(tmp_path: Path) -> None:
    files, problems = make_documents("contract", book(), policy(), tmp_path, template=tmp_path / "absent.docx")
    assert (files, codes(problems)) == ([], ["D101"])


def test_a_record_that_fails_does_not_stop_the_rest(tmp_path: Path) -> None:
    people = [p for p in PEOPLE if p["person"] != "E004"]
    files, problems = make_documents("contract", book(people=people), policy(), tmp_path)
    assert [f.name[:4] for f in files] == ["E002", "E005"]
    (found,) = problems
    assert (found.code, found.value, found.details["record"]) == ("D201", "E004", COUPLE)
    assert (found.address.sheet, found.address.cell) == ("合同", "C5")


def test_a_record_that_does_not_fit_the_template_is_listed(tmp_path: Path) -> None:
    """The template expects a second holder: told once, with every contract that has none."""
    template = edited(SHIPPED, tmp_path / "t.docx", {"{{ program }}": "{{ holders[1].name }}"})
    files, problems = make_documents("contract", book(), policy(), tmp_path / "out", template=template)
    assert [f.name[:4] for f in files] == ["E003"]
    listed = [p.details["record"] for p in problems if p.code == "D203"]
    assert listed == [MANAGER, LONG_NAME]
    assert len([p for p in problems if p.code not in ("D203", "D266")]) == 1


def test_a_file_that_cannot_be_replaced_does_not_stop_the_rest(tmp_path: Path) -> None:
    (tmp_path / "E003 欧阳思远 业绩合同 HT-2025-003.docx").mkdir()
    files, problems = make_documents("contract", book(), policy(), tmp_path)
    assert len(files) == 2
    (found,) = problems
    assert (found.code, found.details["record"]) == ("D204", COUPLE)
    assert not list(tmp_path.rglob("*.tmp"))


def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    files, problems = make_documents("contract", book(), policy(), tmp_path / "file")
    assert (files, codes(problems)) == ([], ["D205"])
    assert problems[0].details["left"] == 3


def test_a_folder_too_deep_for_names_is_told(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["深" * 40] * 6)
    files, problems = make_documents("contract", book(), policy(), deep)
    assert (files, codes(problems)) == ([], ["D207"])
    assert not deep.exists()


def test_people_of_one_name_get_files_of_their_own(tmp_path: Path) -> None:
    people = [*PEOPLE, {"person": "e002", "name": "林晓梅", "unit": "U1", "post": "助理"}]
    contracts = [{"contract": c, "holder": h, "issuer": "E001", **YEAR} for c, h in (("C1", "E002"), ("c1", "e002"))]
    lines = [{"contract": c, "kpi": "F02", "weight": 100.0, "target": 1.0} for c in ("C1", "c1")]
    held = book(people=people, contracts=contracts, contract_lines=lines)
    files, _ = make_documents("contract", held, policy(), tmp_path)
    assert len({f.name.casefold() for f in files}) == 2
    assert {docx.Document(str(f)).core_properties.title.split()[1] for f in files} == {"C1", "c1"}


def test_files_are_a_sequence_of_paths(tmp_path: Path) -> None:
    files = FileList(tmp_path, ["甲/一.docx", "二.docx"], [tmp_path / "全部.zip"])
    asked = [tmp_path / "甲" / "一.docx", tmp_path / "二.docx", tmp_path / "全部.zip"]
    assert files == asked and files != asked[:2] and list(files) == asked
    assert files[-1] == asked[-1] and files[:2] == asked[:2] and tmp_path / "二.docx" in files
    with pytest.raises(IndexError):
        files[3]


def test_targets_in_percent_without_their_sign_are_named(tmp_path: Path) -> None:
    """A contract said 9,500% without a word."""
    tables = book()
    lines, units = (
        tables["contract_lines"],
        dict(zip(*(tables["kpis"].column(name) for name in ("kpi", "unit")), strict=True)),
    )
    at = next(i for i, kpi in enumerate(lines.column("kpi")) if units[kpi] == "%" and lines.column("target")[i])
    lines.columns["target"][at] = 95.0
    _, problems = make_documents("contract", tables, policy(), tmp_path)
    assert [(each.code, each.address) for each in problems] == [("D321", lines.address(at, "target"))]
    assert "9,500" in problems[0].message("zh")
    lines.percent["target"] = {at}
    assert make_documents("contract", tables, policy(), tmp_path / "again")[1] == []
