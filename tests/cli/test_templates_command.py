"""`perfxl templates`: the list of fields is complete and true, its files open, HR's templates are judged by kind."""

from __future__ import annotations

import json
from contextlib import redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from perfxl import sample
from perfxl.assets import doc_templates
from perfxl.cli import main
from perfxl.documents.batch import open_templates
from perfxl.documents.field_list import FieldEntry, collect_examples, list_fields
from perfxl.documents.papers import KINDS
from perfxl.documents.papers.contexts import Contexts
from perfxl.program import from_tables
from perfxl.workbook.program.book import write_program
from tests.documents.docx_kit import compiled, paragraphs, texts_of
from tests.documents.papers import edited, findings

LANGUAGES = ("zh", "en")
each_kind = pytest.mark.parametrize(("kind", "lang"), [(kind, lang) for kind in KINDS for lang in LANGUAGES])


@cache
def said(kind: str, lang: str) -> list[dict[str, Any]]:
    """What the papers of the sample program say."""
    contexts = _contexts(lang)
    return [KINDS[kind].context(contexts, record) for record in KINDS[kind].ids(contexts)]


@cache
def _contexts(lang: str) -> Contexts:
    program, _ = from_tables(sample.program(lang=lang), lang)
    return Contexts(program.tables, program.policy, lang)


@cache
def listed(lang: str) -> dict[str, list[dict[str, str]]]:
    """Kind -> its fields, as --json tells them."""
    printed = StringIO()
    with redirect_stdout(printed):
        assert main(["templates", "fields", "--json", "--lang", lang]) == 0
    return {each["kind"]: each["fields"] for each in json.loads(printed.getvalue())["kinds"]}


def by_hand(written: list[FieldEntry]) -> list[str]:
    """The list as the paragraphs of a template: each list closed where what follows is no longer in it."""
    texts, open_lists = [], 0
    for entry in written:
        texts += ["{%p endfor %}"] * (open_lists - entry.depth)
        open_lists = entry.depth + entry.repeats
        tag = entry.tag.replace("{%tr ", "{%p ").replace("{% for", "{%p for")
        texts.append(f"{tag}x{{% endif %}}" if tag.startswith("{% if") else tag)
    return [*texts, *["{%p endfor %}"] * open_lists]


@each_kind
def test_every_field_is_listed_with_an_example(kind: str, lang: str) -> None:
    assert [each["field"] for each in listed(lang)[kind]] == [field.path for field in KINDS[kind].fields]
    assert [each["field"] for each in listed(lang)[kind] if not each["example"].strip("— ")] == []


@each_kind
def test_examples_are_the_samples_own_where_it_has_one(kind: str, lang: str) -> None:
    found = collect_examples(said(kind, lang))
    assert set(found) <= {field.path for field in KINDS[kind].fields}
    # One or the other: a field that several kinds share may be blank in the sample's papers of one of them.
    assert [field.path for field in KINDS[kind].fields if field.path not in found and not field.example] == []


@each_kind
def test_what_the_list_says_works_in_a_template(kind: str, lang: str) -> None:
    written = list(list_fields(KINDS[kind].fields, collect_examples(said(kind, lang)), lang))
    template = compiled(paragraphs(*by_hand(written)), lang=lang)
    assert template.check([field.path for field in KINDS[kind].fields]) == []
    assert template.lint() == []
    context = max(said(kind, lang), key=lambda context: len(str(context)))
    if kind == "amendment":  # no contract of the sample has a version before
        context |= {"previous": {"number": "1", "version": "1", "valid_to": "1"}}
        context |= {"current": {"version": "2", "valid_from": "1"}}
    assert context["program"] in texts_of(template.render(context))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_list_as_a_workbook(lang: str, tmp_path: Path) -> None:
    path = tmp_path / "new" / "fields.xlsx"
    assert main(["templates", "fields", "-o", str(path), "--lang", lang]) == 0
    sheets = openpyxl.load_workbook(path).worksheets
    assert len(sheets) == 1 + len(KINDS)
    for sheet, kind in zip(sheets[1:], KINDS, strict=True):
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
        held = [(tag, example) for tag, _, example in rows if " for " not in str(tag)]
        assert held == [(each["tag"], each["example"]) for each in listed(lang)[kind]]
        assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}  # n: blank; nothing computes


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_list_as_a_document(lang: str, tmp_path: Path) -> None:
    path = tmp_path / "fields.DOCX"
    assert main(["templates", "fields", "notice", "-o", str(path), "--lang", lang]) == 0
    assert findings(path) == []
    rows = [[cell.text.strip("　") for cell in row.cells] for row in docx.Document(str(path)).tables[1].rows]
    held = [(tag, example) for tag, _, example in rows[1:] if " for " not in tag]
    assert held == [(each["tag"], each["example"]) for each in listed(lang)["notice"]]


def test_the_list_on_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["templates", "fields", "appeal", "coaching"]) == 0
    printed = capsys.readouterr().out
    assert "绩效申诉表" in printed and "绩效辅导记录" in printed and "业绩合同" not in printed
    assert "{{ changed.points }}" in printed and "{%tr for entry in entries %}" in printed


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["memo"], "memo"),
        (["contract/"], "contract/"),
        (["contract", "-o", "list.pdf"], ".docx"),
        (["contract", "-o", "file/list.xlsx"], "list.xlsx"),
    ],
)
def test_what_cannot_be_listed_is_one_line(
    given: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()  # where a folder would have to be
    assert main(["templates", "fields", *given]) == 2
    told = capsys.readouterr().err
    assert said in told and "Traceback" not in told


@pytest.mark.parametrize("order", [["--lang", "en", "notice", "appeal"], ["notice", "--lang", "en", "appeal"]])
def test_options_may_stand_before_kinds_and_between_them(order: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["templates", "fields", *order, "--json"]) == 0
    assert [each["kind"] for each in json.loads(capsys.readouterr().out)["kinds"]] == ["notice", "appeal"]


def test_options_may_stand_before_files(capsys: pytest.CaptureFixture[str]) -> None:
    path = str(doc_templates() / "notice.zh.docx")
    for action in (["check", "--kind", "notice", path], ["--kind", "notice", "check", path]):
        assert main(["templates", *action, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["templates"] == [{"file": path, "kind": "notice"}]


def test_a_template_is_judged_as_what_fits_it_best(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changes = {"{{ holder.name }}": "{{ holder.nam }}", "机密": "｛｛ company ｝｝"}
    path = edited(doc_templates() / "notice.zh.docx", tmp_path / "我们的通知.docx", changes)
    assert main(["templates", "check", str(path)]) == 1
    printed = "".join(capsys.readouterr().out.split())
    assert "按考核结果通知检查" in printed and "perfxltemplatesfieldsnotice" in printed
    assert "holder.name" in printed and "｛｛company｝｝" in printed


def test_a_template_is_judged_as_it_is_told_to_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = edited(doc_templates() / "coaching.zh.docx", tmp_path / "辅导.docx", {})
    assert main(["templates", "check", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "templates": [{"file": str(path), "kind": "coaching"}],
        "problems": [],
    }
    assert main(["templates", "check", str(path), "--kind", "contract", "--json"]) == 1
    assert {each["code"] for each in json.loads(capsys.readouterr().out)["problems"]} <= {"D115", "D116"}
    assert main(["templates", "check", str(path), "--kind", "memo"]) == 2


def test_shipped_templates_are_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["templates", "check", "--lang", "en"]) == 0
    assert f"{2 * len(KINDS)} templates checked" in capsys.readouterr().out


def form(path: Path, *texts: str) -> Path:
    """A Word form of HR's own."""
    document = docx.Document()
    for text in texts:
        document.add_paragraph(text)
    document.save(str(path))
    return path


def test_a_form_is_adopted_and_prints(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = form(tmp_path / "考核表.docx", "姓名：____", "血型：____", "签名：____")
    out = tmp_path / "模板.docx"
    assert main(["templates", "adopt", str(source), "-o", str(out)]) == 0
    told = capsys.readouterr().out
    assert "{{ holder.name }}" in told and "血型" in told and "手写签署" in told and "documents notice" in told
    assert main(["templates", "check", str(out), "--kind", "notice"]) == 0
    book = tmp_path / "book.xlsx"
    write_program(book, sample.program(20))
    assert main(["documents", "notice", str(book), "-o", str(tmp_path / "papers"), "--template", str(out)]) == 0
    papers = sorted((tmp_path / "papers").glob("*.docx"))
    assert len({docx.Document(str(paper)).paragraphs[0].text for paper in papers}) == len(papers) > 1


def test_what_adopt_tells_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = form(tmp_path / "考核表.docx", "姓名：____", "血型：____"), tmp_path / "t.docx"
    assert main(["templates", "adopt", str(source), "-o", str(out), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["kind"] == "notice" and said["problems"] == []
    assert [(each["text"], each["tag"], each["how"]) for each in said["findings"]] == [
        ("姓名", "{{ holder.name }}", "placed"),
        ("血型", "", "missed"),
    ]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], 2),
        (["-o", "{out}"], 2),
        (["{form}"], 2),
        (["{form}", "-o", "{form}"], 2),
        (["{form}", "-o", "{out}.pdf"], 2),
        (["none.docx", "-o", "{out}"], 2),
        (["{form}", "-o", "{out}", "--kind", "memo"], 2),
        (["{blank}", "-o", "{out}"], 1),
    ],
)
def test_what_cannot_be_adopted(arguments: list[str], code: int, tmp_path: Path) -> None:
    places = {
        "form": form(tmp_path / "form.docx", "姓名：____"),
        "blank": form(tmp_path / "blank.docx", "通知"),
        "out": tmp_path / "out.docx",
    }
    before = places["form"].read_bytes()
    assert main(["templates", "adopt", *(each.format(**places) for each in arguments)]) == code
    assert places["form"].read_bytes() == before
    assert not places["out"].exists()


def test_a_template_without_a_field_is_an_error_with_a_proposal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = form(tmp_path / "考核表.docx", "姓名：____")
    assert main(["templates", "check", str(path), "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert [each["name"] for each in said["problems"]] == ["template_without_fields", "field_proposed"]
    assert "{{ holder.name }}" in said["problems"][1]["message"]
    assert main(["templates", "check", str(path)]) == 1
    assert "{{ holder.name }}" in capsys.readouterr().out


def test_a_batch_with_a_template_without_a_field_stops(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, book = form(tmp_path / "考核表.docx", "姓名：____"), tmp_path / "book.xlsx"
    write_program(book, sample.program(20))
    assert main(["documents", "notice", str(book), "-o", str(tmp_path / "papers"), "--template", str(path)]) != 0
    assert "D123" in "".join(capsys.readouterr())
    assert not list((tmp_path / "papers").glob("*.docx"))


def test_fields_that_all_have_a_slip_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """That the template had no field was all that was said, with the advice to write them in."""
    path = form(tmp_path / "考核表.docx", "｛｛ program ｝｝")
    assert main(["templates", "check", str(path)]) == 1
    assert "D130" in "".join(capsys.readouterr())
    assert [each.code for each in open_templates(["contract"], "zh", path)[1]] == ["D130", "D167"]
    assert [each.code for each in open_templates(["contract"], "zh", path, lenient=True)[1]] == ["D130", "D123"]


def test_marks_of_other_systems_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = form(tmp_path / "a.docx", "{{ holder.name }} 【部门】")
    assert main(["templates", "check", str(path), "--kind", "notice", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["problems"]
    assert found["name"] == "mark_not_filled" and "{{ holder.unit }}" in found["message"]


def test_fields_of_another_system_get_those_that_they_mean(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = form(tmp_path / "a.docx", "{{employee_name}} {{employee_id}} {{total_score}}")
    assert main(["templates", "check", str(path), "--json"]) == 1
    messages = [each["message"] for each in json.loads(capsys.readouterr().out)["problems"]]
    for message, field in zip(messages, ("holder.name", "holder.id", "result.total"), strict=True):
        assert field in message
