"""A paper is held back by what is wrong in what it shows: named, with the error's code and cell; or made as a draft."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import numpy as np
import openpyxl
import pytest

from perfxl import program as programs
from perfxl import sample
from perfxl.cli import main
from perfxl.core.records import Records, Tables
from perfxl.core.scoring import program as scoring
from perfxl.core.scoring.totals import Totals
from perfxl.documents.batch import make_documents, open_templates
from perfxl.documents.papers import KINDS
from perfxl.documents.template.draft import mark_as_draft
from perfxl.program import load, load_for_papers
from perfxl.table_store import TableStore
from perfxl.workbook.program.book import write_program
from tests.documents.batch_kit import program_file
from tests.documents.papers import tables, whole_text

CASES = Path(__file__).parent.parent / "data" / "trust"
Captured = pytest.CaptureFixture[str]


def documents(kind: str, case: Path, folder: Path, *options: str) -> tuple[int, list[str]]:
    """Exit code, and the names of the papers."""
    code = main(["documents", kind, str(case), "-o", str(folder), "--jobs", "1", *options])
    return code, sorted(path.name for path in folder.rglob("*.docx"))


@pytest.mark.parametrize("kind", ["contract", "notice"])
def test_held_back_and_named_with_code_and_cell(kind: str, tmp_path: Path, capsys: Captured) -> None:
    assert documents(kind, CASES / "weights140.xlsx", tmp_path) == (1, [])
    printed = capsys.readouterr().out
    assert "D209" in printed and "W101" in printed and "业绩合同!E4" in printed


@pytest.mark.parametrize("kind", ["contract", "notice"])
def test_a_draft_says_so_on_every_page_and_shows_no_result(kind: str, tmp_path: Path) -> None:
    code, [name] = documents(kind, CASES / "weights140.xlsx", tmp_path, "--draft")
    assert code == 1 and name.endswith("草稿.docx")
    document = docx.Document(str(tmp_path / name))
    for section in document.sections:
        head = section.header._element.xml
        assert 'string="草稿"' in head and "不作为正式文件" in head
    said = whole_text(tmp_path / name)
    assert kind == "contract" or "未定：W101 业绩合同!E4" in said
    assert "120.00" not in said and "140.00" not in said


def test_every_header_of_a_template_gets_the_mark() -> None:
    document = docx.Document()
    document.settings.odd_and_even_pages_header_footer = True
    document.sections[0].different_first_page_header_footer = True
    own = document.add_section()
    own.header.is_linked_to_previous = False
    content = BytesIO()
    document.save(content)
    with zipfile.ZipFile(BytesIO(mark_as_draft(content.getvalue(), "en"))) as package:
        headers = [package.read(name) for name in package.namelist() if name.startswith("word/header")]
    assert len(headers) == 4 and all(b'string="DRAFT"' in header for header in headers)


def test_unreadable_actuals_hold_back_the_notices_not_the_contracts(tmp_path: Path, capsys: Captured) -> None:
    case = CASES / "unreadable_actuals.xlsx"
    touched = set(load(case)[0].judgement.results)
    assert touched
    code, notices = documents("notice", case, tmp_path / "notices")
    printed = capsys.readouterr().out
    assert code == 1 and "V117" in printed
    holders = dict(_holders(case))
    assert not {holders[contract] for contract in touched} & {name.split(" ")[0] for name in notices}
    code, contracts = documents("contract", case, tmp_path / "contracts")
    assert code == 1 and len(contracts) == len(holders)


def _holders(case: Path) -> list[tuple[Any, str]]:
    contracts = load(case)[0].tables["contracts"]
    return list(zip(contracts.column("contract"), contracts.column("holder"), strict=True))


def test_a_summary_is_held_back_by_its_people(tmp_path: Path) -> None:
    path = tmp_path / "program.xlsx"
    tables = dict(sample.program(24, 7, "zh"))
    _plant(tables, "actuals", "value", 0, "95abc")
    write_program(path, tables, "zh")
    program = load(path)[0]
    [touched] = program.judgement.results
    code, papers = documents("unit_summary", path, tmp_path / "papers")
    person = dict(_holders(path))[touched]
    people = program.tables["people"]
    unit = dict(zip(people.column("person"), people.column("unit"), strict=True))[person]
    assert code == 1 and papers and not any(name.startswith(f"{unit} ") for name in papers)


def test_papers_without_an_issuer_have_a_line_for_one_and_short_names(tmp_path: Path) -> None:
    for kind, name in (("contract", "张三 业绩合同.docx"), ("notice", "张三 考核结果通知.docx")):
        assert documents(kind, CASES / "lone_without_issuer.xlsx", tmp_path / kind) == (0, [name])


def test_every_template_can_be_a_draft() -> None:
    for lang in ("zh", "en"):
        templates, _ = open_templates(KINDS, lang, None)
        assert templates.compile_drafts(lang).keys() == KINDS.keys()


def _plant(tables: dict[str, Records], table: str, column: str, row: int, value: object) -> None:
    tables[table].columns[column][row] = value


PLANTED = (
    ("contract_lines", "weight", 5, 99.0),
    ("contract_lines", "kpi", 40, "K-none"),
    ("contract_lines", "contract", 60, "C-none"),
    ("contract_lines", "target", 100, None),
    ("actuals", "value", 3, "95abc"),
    ("actuals", "holder", 17, "E-none"),
    ("contracts", "holder", 7, "E-nobody"),
    ("contracts", "second_holder", 20, "E-zz"),
    ("contracts", "start", 11, "x月"),
    ("people", "superior", 9, "E-x"),
    ("people", "start", 3, "xyz"),
    ("kpis", "method", 2, "nonsense"),
    ("links", "kpi", 2, "K-nowhere"),
    ("events", "date", 1, "abc"),
    ("improvements", "owner", 0, "E-yy"),
)


@pytest.mark.parametrize("at_once", [7, 500])
@pytest.mark.parametrize("planted", [PLANTED, ()], ids=["errors", "sound"])
def test_a_large_file_is_judged_as_a_small_one(
    planted: tuple[tuple[str, str, int, object], ...],
    at_once: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tables = dict(sample.program(60, 7, "zh"))
    for plant in planted:
        _plant(tables, *plant)
    if planted:  # reported twice
        for column in ("holder", "kpi", "period"):
            _plant(tables, "actuals", column, 30, tables["actuals"].columns[column][31])
    path = tmp_path / "program.xlsx"
    write_program(path, tables, "zh")
    whole = load(path)[0].judgement
    monkeypatch.setattr(programs, "STORED_FROM", 0)
    monkeypatch.setattr("perfxl.judgement._AT_ONCE", at_once)
    source, _ = load_for_papers(path)
    assert isinstance(source.tables, TableStore)
    stored = source.judgement
    assert {(p.code, p.address, p.message()) for p in stored.problems} == {
        (p.code, p.address, p.message()) for p in whole.problems
    }
    assert len(stored.problems) == len(whole.problems)
    assert stored.agreed.keys() == whole.agreed.keys() and stored.results.keys() == whole.results.keys()
    assert bool(whole.agreed) == bool(planted)
    scores = load(path)[0].score()[0]
    assert stored.totals is not None
    totals = stored.totals.of(scores.people)
    for name in Totals.__slots__:
        assert np.array_equal(getattr(totals, name), getattr(scores.totals, name), equal_nan=True)


def test_everybody_is_scored_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For the gate; the totals in summaries of units are those."""
    path, scored = tmp_path / "program.xlsx", list[str]()
    tables = dict(sample.program(60, 7, "zh"))
    write_program(path, tables, "zh")
    monkeypatch.setattr(programs, "STORED_FROM", 0)
    program, _ = load_for_papers(path)
    score_program = scoring.score_program

    def note(tables: Tables, *arguments: Any, **options: Any) -> Any:
        scored.extend(tables["contracts"].column("contract"))
        return score_program(tables, *arguments, **options)

    monkeypatch.setattr(scoring, "score_program", note)
    store, judgement = program.tables, program.judgement
    assert isinstance(store, TableStore)
    files, _ = make_documents("unit_summary", store, program.policy, tmp_path / "out", judgement=judgement, jobs=1)
    assert files and sorted(scored) == sorted(tables["contracts"].column("contract"))


def test_a_cell_that_makes_no_sense_half_way_is_named_and_loses_nothing(tmp_path: Path) -> None:
    """One cell of the events of 2,500 people: the error stands at it, and all other rows are read."""
    path = tmp_path / "program.xlsx"
    write_program(path, sample.program(2_500, 7, "zh"), "zh")
    assert path.stat().st_size > programs.STORED_FROM
    broken = tmp_path / "broken.xlsx"
    _damage(path, broken)
    program, problems = load_for_papers(broken)
    assert [(p.code, p.address.sheet) for p in problems if p.code == "V131"] == [("V131", "事件")]
    assert len(program.tables["events"]) == len(load_for_papers(path)[0].tables["events"])


def _damage(path: Path, broken: Path) -> None:
    """The index of a shared string in the middle of the events' sheet leads nowhere."""
    import openpyxl

    names = openpyxl.load_workbook(path, read_only=True).sheetnames
    part = f"xl/worksheets/sheet{names.index('事件') + 1}.xml"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(broken, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == part:
                at = content.index(b' t="s"><v>', len(content) // 2) + len(b' t="s"><v>')
                content = content[:at] + b"99999999" + content[at:]
            target.writestr(name, content)


@pytest.mark.parametrize("on_disk", [False, True])
@pytest.mark.parametrize(
    ("kind", "table", "column", "value"),
    [
        ("coaching", "coaching", "coach", "E999999"),
        ("coaching", "coaching", "date", "someday"),
        ("interview", "interviews", "interviewer", "E999999"),
        ("interview", "interviews", "date", "someday"),
        ("improvement", "improvements", "kpi", "XX99"),
        ("improvement", "improvements", "due", "someday"),
        ("appeal", "appeals", "points", "lots"),
        ("appeal", "appeals", "kpi", "XX99"),
    ],
)
def test_what_follows_is_held_back_by_its_own_rows(
    kind: str,
    table: str,
    column: str,
    value: str,
    on_disk: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Captured,
) -> None:
    """Of the person whose row it is, and of nobody else."""
    tables = sample.program(8)
    made, folder = tmp_path / "program.xlsx", tmp_path / "before"
    write_program(made, tables, "zh")
    monkeypatch.setattr(programs, "STORED_FROM", 0 if on_disk else 2**40)
    before = documents(kind, made, folder)[1]
    holder = tables[table].column("holder")[0]
    tables[table].columns[column][0] = value
    write_program(made, tables, "zh")
    capsys.readouterr()
    code, papers = documents(kind, made, tmp_path / "papers")
    printed = capsys.readouterr().out
    held = {name for name in before if str(holder) in name and "空白" not in name}
    assert code == 1 and held and set(before) - set(papers) == held
    assert "D209" in printed
    if value in ("someday", "lots"):  # what refers to nobody cannot be drawn at all
        assert documents(kind, made, tmp_path / "drafts", "--draft")[0] == 1
        assert len(list((tmp_path / "drafts").rglob("*草稿.docx"))) == len(held)


def test_a_draft_shows_what_could_not_be_read_and_no_figure_made_of_the_rest(tmp_path: Path) -> None:
    book = program_file(12)
    workbook = openpyxl.load_workbook(book)
    sheet = workbook["实绩"]
    headers = [cell.value for cell in sheet[3]]
    person = str(sheet.cell(4, headers.index("工号") + 1).value)
    sheet.cell(4, headers.index("实际完成值") + 1).value = "95abc"
    workbook.save(broken := tmp_path / "broken.xlsx")
    folder = tmp_path / "papers"
    main(["documents", "notice", str(broken), "-o", str(folder), "--only", person, "--draft", "--jobs", "1"])
    [draft] = folder.glob("*草稿.docx")
    rows = [row for table in tables(draft) for row in table if row[0] == "1" and len(row) == 8]
    assert [row[4:6] for row in rows] == [["未定：95abc", "—"]]
    assert "截至目前" not in "".join(text for row in tables(draft)[2][2:3] for text in row)


def test_a_reference_to_nobody_still_makes_a_draft(tmp_path: Path) -> None:
    workbook = openpyxl.load_workbook(program_file(12))
    sheet = workbook["合同"]
    headers = [cell.value for cell in sheet[3]]
    number = str(sheet.cell(4, headers.index("合同编号") + 1).value)
    sheet.cell(4, headers.index("发约人") + 1).value = "E999999"
    workbook.save(broken := tmp_path / "broken.xlsx")
    command = ["documents", "contract", str(broken), "-o", str(tmp_path / "papers"), "--only", number, "--jobs", "1"]
    assert main(command) == 1 and not list((tmp_path / "papers").glob("*.docx"))
    assert main([*command, "--draft"]) == 1
    [draft] = (tmp_path / "papers").glob("*草稿.docx")
    assert ["发约人", "E999999"] in [row[:2] for row in tables(draft)[0]]
