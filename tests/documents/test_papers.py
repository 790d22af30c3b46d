"""What holds for every kind of paper, on a program that fills them all: files, fields, look, confidentiality."""

from __future__ import annotations

import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from perfxl.assets import doc_templates
from perfxl.cli.options import parser
from perfxl.documents.field_list import TEMPLATES
from perfxl.documents.filenames import safe
from perfxl.documents.papers import KINDS
from perfxl.documents.papers.contexts import Contexts
from perfxl.documents.template.compiled import CompiledTemplate
from tests.documents.contract_book import policy
from tests.documents.cycle_book import MANAGER, agreed
from tests.documents.papers import findings, paths, strings
from tools.doc_templates import PAPERS, build_field_lists, build_templates

LANGUAGES = ("zh", "en")
EVERY = [(kind, lang) for kind in KINDS for lang in LANGUAGES]
each_paper = pytest.mark.parametrize(("kind", "lang"), EVERY, ids=lambda value: str(value))


@cache
def template(kind: str, lang: str) -> CompiledTemplate:
    return CompiledTemplate(doc_templates() / f"{KINDS[kind].template}.{lang}.docx", lang)


@cache
def contexts(lang: str) -> Contexts:
    return Contexts(agreed(), policy(), lang)


@cache
def said(kind: str, lang: str) -> dict[str, dict[str, Any]]:
    """Record -> what its paper says."""
    return {record: KINDS[kind].context(contexts(lang), record) for record in KINDS[kind].ids(contexts(lang))}


@cache
def made(kind: str, lang: str) -> dict[str, bytes]:
    return {record: template(kind, lang).render(context) for record, context in said(kind, lang).items()}


def written(kind: str, lang: str, folder: Path) -> list[Path]:
    files = []
    for number, content in enumerate(made(kind, lang).values()):
        files.append(folder / f"{number}.docx")
        files[-1].write_bytes(content)
    return files


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_help_names_every_kind(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["documents", "--help"])
    said = "".join(capsys.readouterr().out.split())
    assert all(f"{name}{kind.title.zh}" in said for name, kind in KINDS.items())


def test_every_kind_has_a_template_and_every_template_a_kind() -> None:
    assert {kind.template for kind in KINDS.values()} == set(PAPERS)


def test_shipped_templates_are_what_the_code_builds(tmp_path: Path) -> None:
    for folder, build in ((doc_templates(), build_templates), (TEMPLATES, build_field_lists)):
        for built in build(tmp_path):
            assert parts(built) == parts(folder / built.name), f"run: python -m tools.doc_templates ({built})"


def test_templates_are_built_the_same_every_time(tmp_path: Path) -> None:
    for file in ("a.docx", "b.docx"):
        PAPERS["notice"]("zh").save(tmp_path / file)  # of all kinds of parts, a chart too
    assert (tmp_path / "a.docx").read_bytes() == (tmp_path / "b.docx").read_bytes()


@each_paper
def test_templates_and_papers_are_valid(kind: str, lang: str, tmp_path: Path) -> None:
    files = written(kind, lang, tmp_path)
    assert files
    for path in (doc_templates() / f"{KINDS[kind].template}.{lang}.docx", files[0]):
        assert findings(path) == []


@each_paper
def test_fields_are_documented_and_documented_fields_are_there(kind: str, lang: str) -> None:
    held = {path for context in said(kind, lang).values() for path in paths(context)}
    fields = [field.path for field in KINDS[kind].fields]
    assert len(fields) == len(set(fields))
    assert held - _only_empty(held) == set(fields)


def _only_empty(held: set[str]) -> set[str]:
    """Paths that stand for nothing where another record has an object (previous beside previous.number)."""
    return {path for path in held if any(other.startswith(f"{path}.") for other in held)}


@each_paper
def test_templates_use_documented_fields_only(kind: str, lang: str) -> None:
    assert template(kind, lang).check(KINDS[kind].paths) == []
    assert template(kind, lang).variables()


@each_paper
def test_every_field_says_what_it_is(kind: str, lang: str) -> None:
    assert all(field.label(lang) for field in KINDS[kind].fields)


@each_paper
def test_nothing_unprintable_is_said(kind: str, lang: str) -> None:
    texts = [text for context in said(kind, lang).values() for text in strings(context)]
    assert texts
    assert not [text for text in texts if "None" in text or "nan" in text.lower().split()]


@each_paper
def test_rendering_is_docxtpls(kind: str, lang: str) -> None:
    for context in list(said(kind, lang).values())[:2]:
        assert template(kind, lang).self_check(context) == []


@each_paper
def test_papers_need_no_mending(kind: str, lang: str) -> None:
    """Every tag leaves whole elements behind, so that no paper is parsed once more after it was filled."""
    parts = [part for part in template(kind, lang)._parts if part.is_text]
    assert parts and all(part._shape.well_formed and part._shape.tables_fit for part in parts)


@each_paper
def test_no_tag_is_left(kind: str, lang: str, tmp_path: Path) -> None:
    for path in written(kind, lang, tmp_path):
        texts = "".join(content.decode() for name, content in parts(path).items() if name.endswith(".xml"))
        assert "{{" not in texts and "{%" not in texts


@each_paper
def test_header_and_footer(kind: str, lang: str, tmp_path: Path) -> None:
    """Company, confidentiality, the paper's number, page x of y."""
    for path, context in zip(written(kind, lang, tmp_path), said(kind, lang).values(), strict=True):
        section = docx.Document(str(path)).sections[0]
        head, foot = section.header.paragraphs[0].text, section.footer.paragraphs[0].text
        company, _, confidential = head.partition("\t")
        assert company == "华信通信股份有限公司" and confidential
        number = context["contract"]["number"] if kind == "contract" else context["number"]
        assert number in foot
        assert [i.text.strip() for i in section.footer._element.iter(qn("w:instrText"))] == ["PAGE", "NUMPAGES"]


@each_paper
def test_heads_repeat_and_only_long_texts_run_on(kind: str, lang: str) -> None:
    body = docx.Document(str(doc_templates() / f"{KINDS[kind].template}.{lang}.docx")).element.body
    for table in body.iter(qn("w:tbl")):
        rows = [(row, row.find(qn("w:trPr"))) for row in table.iter(qn("w:tr"))]
        assert all(properties is not None for _, properties in rows)
        heads = [i for i, (_, properties) in enumerate(rows) if properties.find(qn("w:tblHeader")) is not None]
        assert heads in ([], [0])
        splitting = [row for row, properties in rows if properties.find(qn("w:cantSplit")) is None]
        assert all("{{" in "".join(row.itertext()) for row in splitting)
        assert all(row.find(f".//{qn('w:keepNext')}") is None for row in splitting)


@each_paper
def test_signatures_stay_together_and_a_paper_ends_low(kind: str, lang: str) -> None:
    document = docx.Document(str(doc_templates() / f"{KINDS[kind].template}.{lang}.docx"))
    signing = [t for t in document.tables if t.rows[0].cells[-2].text in ("签字", "Signature")]
    for table in signing:
        paragraphs = [p for row in table.rows for cell in row.cells for p in cell.paragraphs]
        assert all(p.paragraph_format.keep_with_next for p in paragraphs if "{%" not in p.text)
    assert signing or kind in ("coaching", "preparation")  # signed in the cards; for the interviewer alone
    gaps = [p for p in document.paragraphs if p.style is not None and p.style.name == "Gap"]
    assert all(p.paragraph_format.keep_with_next for p in gaps)
    last = document.paragraphs[-1]
    assert (last.style and last.style.name, last.text) == ("End", "")


@each_paper
def test_names_of_files_are_safe_and_begin_with_who_they_are_about(kind: str, lang: str) -> None:
    names = [KINDS[kind].file_name(lang).format(**context) for context in said(kind, lang).values()]
    assert len(set(names)) == len(names)
    assert [safe(name) for name in names] == [name.strip() for name in names]
    assert {name[0] for name in names} <= {"E", "U", " "}  # a form to hand out is about nobody


@each_paper
def test_papers_are_found_by_their_ids(kind: str, lang: str) -> None:
    for record in said(kind, lang):
        assert KINDS[kind].asked_by(contexts(lang), record)


@each_paper
def test_nobodys_single_mark_is_on_paper(kind: str, lang: str) -> None:
    texts = "\n".join(text for context in said(kind, lang).values() for text in strings(context))
    assert not [mark for mark in ("61.37", "62.73", "同级评语") if mark in texts]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("unit_summary", "unit_negotiation")])
def test_papers_about_one_person_name_no_strangers(kind: str) -> None:
    mine = [r for r in said(kind, "zh") if MANAGER in KINDS[kind].asked_by(contexts("zh"), r)]
    assert mine
    texts = "\n".join(text for record in mine for text in strings(said(kind, "zh")[record]))
    assert "林晓梅" in texts
    for stranger in ("E003", "欧阳思远", "陈立", "阿卜杜热西提", "战略发展部", "HT-2025-003", "HT-2025-005"):
        assert stranger not in texts
