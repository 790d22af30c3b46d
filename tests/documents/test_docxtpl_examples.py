"""Scripts written for docxtpl give the same documents with ours: those here, and docxtpl's own examples.

docxtpl's examples are another project's, under a licence of its own, and its packages on PyPI lack them: they are
fetched, not kept, from its repository at one commit (or from the clone that DOCXTPL_REPOSITORY names) into pytest's
cache. Where that cannot be reached, the test of them is skipped; the scripts here are of the same kinds.
"""

from __future__ import annotations

import os
import runpy
import subprocess
import tarfile
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import docxtpl
import jinja2
import pytest
from docx.shared import Inches, Mm
from docxtpl import InlineImage, Listing, RichText, RichTextParagraph

from perfxl.documents.template.compiled import CompiledTemplate, RenderError, TemplateError
from perfxl.documents.template.fallback import find_differences
from tests.documents.docx_kit import PIXEL, add_split, add_table, docx_bytes, paragraphs, table, unzipped

REPOSITORY = "https://github.com/elapouya/python-docx-template"
COMMIT = "f96b0b641359e7ecbc054d48da2aea682834dee2"
# A mistake shown on purpose; a footer with a name that the data do not have, which docxtpl leaves blank.
STRICT = {"template_error.py", "custom_jinja_filters.py"}
DRIVERS = {"__init__.py", "runtests.py", "module_execute.py", "get_undeclared_variables.py"}  # these make none in here


class Ours:
    """What a script uses of a DocxTemplate, made by a compiled template."""

    def __init__(self, source: Any) -> None:
        self._data = Path(source).read_bytes() if isinstance(source, str) else source.read()
        self._content = b""
        self._prepare({})

    def _prepare(self, filters: Mapping[str, Callable[..., Any]]) -> None:
        self._filters = filters
        self._template: CompiledTemplate | None = None
        self._document: Any = None

    def _compiled(self) -> tuple[CompiledTemplate, Any]:
        if self._template is None:
            self._template = CompiledTemplate.from_bytes(self._data, "t.docx", filters=self._filters)
        if self._document is None:
            self._document = self._template.docxtpl()
        return self._template, self._document

    def render(self, context: Mapping[str, Any], jinja_env: Any = None, autoescape: bool = False) -> None:
        if jinja_env is not None:
            self._prepare({name: f for name, f in jinja_env.filters.items() if name not in docxtpl_filters()})
        template, document = self._compiled()
        self._content = template.render(context, document)
        self._document = None  # some scripts render more than once

    def save(self, target: Any) -> None:
        if isinstance(target, str):
            Path(target).write_bytes(self._content)
        else:
            target.write(self._content)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._compiled()[1], name)


def docxtpl_filters() -> Mapping[str, Callable[..., Any]]:
    return jinja2.Environment().filters


Script = Callable[[Any], Iterator[Any]]  # takes the class, gives the documents to be saved


def one(data: bytes, context: Mapping[str, Any]) -> Script:
    def script(template: Any) -> Iterator[Any]:
        document = template(BytesIO(data))
        document.render(context, autoescape=True)
        yield document

    return script


def several_of_one_template(template: Any) -> Iterator[Any]:
    document = template(BytesIO(paragraphs("{{ title }}", "正文：{{ body }}")))
    for number in range(3):
        document.render({"title": f"第{number}份", "body": "内容"})
        yield document


def pictures_in_body_and_header(template: Any) -> Iterator[Any]:
    def fill(made: Any) -> None:
        made.add_paragraph("{{ logo }}{% for p in pictures %}{{ p.image }}{{ p.text }}{% endfor %}")
        made.sections[0].header.paragraphs[0].text = "{{ logo }}{% for p in pictures %}{{ p.image }}{% endfor %}"

    document = template(BytesIO(docx_bytes(fill)))
    pictures = [
        {"image": InlineImage(document, BytesIO(PIXEL), height=Mm(10)), "text": "甲"},
        {"image": InlineImage(document, BytesIO(PIXEL), width=Mm(30), height=Mm(60)), "text": "乙"},
    ]
    logo = InlineImage(document, BytesIO(PIXEL), width=Mm(20))
    document.render({"logo": logo, "pictures": pictures}, jinja2.Environment(autoescape=True))
    yield document


def a_picture_replaced(template: Any) -> Iterator[Any]:
    def fill(made: Any) -> None:
        made.sections[0].header.paragraphs[0].add_run().add_picture(BytesIO(PIXEL))
        made.add_paragraph("{{ company }}")

    document = template(BytesIO(docx_bytes(fill)))
    document.replace_media(BytesIO(PIXEL), BytesIO(PIXEL + b"\0"))
    document.render({"company": "某某公司"})
    yield document


def a_document_in_a_document(template: Any) -> Iterator[Any]:
    pytest.importorskip("docxcompose")
    document = template(BytesIO(paragraphs("前", "{{p annex }}", "后")))
    annex = document.new_subdoc()
    annex.add_heading("附件", level=1)
    annex.add_paragraph("说明").add_run("斜体").italic = True
    annex.add_picture(BytesIO(PIXEL), width=Inches(1))
    add_table(annex, [["数量", "编号"], ["1", "101"]])
    document.render({"annex": annex})
    yield document


def parts_replaced(template: Any) -> Iterator[Any]:
    """By the name of a picture, by a part embedded, by the name in the archive."""

    def fill(made: Any) -> None:
        made.add_paragraph("{{ company }}").add_run().add_picture(BytesIO(PIXEL))
        next(made.element.iter("{*}cNvPr")).set("name", "logo.png")

    with TemporaryDirectory() as folder:
        old, new = Path(folder) / "old.bin", Path(folder) / "logo.png"
        old.write_bytes(PIXEL)
        new.write_bytes(PIXEL + b"\0")
        replacing: tuple[Callable[[Any], None], ...] = (
            lambda document: document.replace_pic("logo.png", str(new)),
            lambda document: document.replace_zipname("word/media/image1.png", str(new)),
            lambda document: document.replace_embedded(str(old), str(new)),
        )
        for replace in replacing:
            document = template(BytesIO(docx_bytes(fill)))
            replace(document)
            document.render({"company": "某某公司"})
            yield document


def a_picture_that_is_a_link(template: Any) -> Iterator[Any]:
    document = template(BytesIO(paragraphs("{{ logo }}")))
    logo = InlineImage(document, BytesIO(PIXEL), width=Mm(20), anchor="https://example.com/")
    document.render({"logo": logo})
    yield document


def own_filters(template: Any) -> Iterator[Any]:
    document = template(BytesIO(paragraphs("{{ name|shout }}{{ 3|times(4) }}")))
    environment = jinja2.Environment()
    environment.filters["shout"] = lambda text: text.upper() + "！"
    environment.filters["times"] = lambda number, by: number * by
    document.render({"name": "abc"}, environment)
    yield document


def a_link(template: Any) -> Iterator[Any]:
    document = template(BytesIO(paragraphs("见{{r link }}。")))
    link = RichText("请看")
    link.add("官网", url_id=document.build_url_id("https://example.com/"), underline=True, color="#0000FF")
    document.render({"link": link})
    yield document


def _comments(made: Any) -> None:
    paragraph = made.add_paragraph("已批注的文字")
    made.add_comment(paragraph.runs, text="一条批注", author="甲", initials="甲")


def _header_and_properties(made: Any) -> None:
    made.sections[0].header.paragraphs[0].text = "公司：{{ company }} & 合伙人"
    made.sections[0].footer.paragraphs[0].text = "{{ company }} < {{ date }}"
    made.core_properties.title = "{{ date }}"
    made.add_paragraph("正文")


def _kept_spaces(made: Any) -> None:
    for size in (1, 2, 5, 9):
        add_split(made.add_paragraph(), "a {{ one }} b  {{two}} c{% if one %} d {% endif %} e", size)


def _nested_loops(made: Any) -> None:
    made.add_paragraph("{% for d in dishes %}{{ d.name }}：{% for i in d.parts %}{{ i }}、{% endfor %}。{% endfor %}")
    for text in ("{%p for d in dishes %}", "{{ d.name }}", "{%p for i in d.parts %}", "· {{ i }}", "{%p endfor %}"):
        made.add_paragraph(text, style="List Bullet" if "i }}" in text else None)
    made.add_paragraph("{%p endfor %}")


def _merged_paragraphs(made: Any) -> None:
    made.add_paragraph("我住在")
    made.add_paragraph("{%- if rich %} 大城市 {%- else -%} 小村 {% endif -%}")
    made.add_paragraph("，很好")


ROWS = [{"color": "FFDDDD", "cells": ["1", "2"]}, {"color": "DDFFDD", "cells": ["3", "4"]}]
DISHES = [{"name": "汤", "parts": ["水", "盐"]}, {"name": "面", "parts": []}]
RICH = RichText("粗", bold=True)
RICH.add("斜\n换行\t制表\a新段\f新页", italic=True, size=40, font="eastAsia:宋体")
RICH.add("下标", subscript=True)
RICH.add(RichText("删", strike=True, highlight="#ffff00"))
PARAGRAPHS = RichTextParagraph()
PARAGRAPHS.add(RICH, parastyle="List Bullet")
PARAGRAPHS.add("又一段")

SCRIPTS: dict[str, Script] = {
    "several of one template": several_of_one_template,
    "pictures in body and header": pictures_in_body_and_header,
    "a picture replaced": a_picture_replaced,
    "a document in a document": a_document_in_a_document,
    "parts replaced": parts_replaced,
    "a picture that is a link": a_picture_that_is_a_link,
    "own filters": own_filters,
    "a link": a_link,
    "comments": one(docx_bytes(_comments), {}),
    "header and properties": one(docx_bytes(_header_and_properties), {"company": "甲乙公司", "date": "2026-01-01"}),
    "kept spaces": one(docx_bytes(_kept_spaces), {"one": "x", "two": "y"}),
    "nested loops": one(docx_bytes(_nested_loops), {"dishes": DISHES}),
    "merged paragraphs": one(docx_bytes(_merged_paragraphs), {"rich": False}),
    "escaped": one(
        paragraphs("{{ a }}", "{{ a|e }}", "{{ listing }}", "{{r rich }}", "{% if 3 < 4 and n > “M” %}同{% endif %}"),
        {"a": "<&>", "n": "N", "listing": Listing("< 一 >\n二\a三"), "rich": RichText("< & >\n'")},
    ),
    "rich text": one(paragraphs("前{{r rich }}后", "{{p paragraphs }}"), {"rich": RICH, "paragraphs": PARAGRAPHS}),
    "rich text under a condition": one(paragraphs("{% if yes %}{{r rich }}{% endif %}"), {"yes": True, "rich": RICH}),
    "rows and columns": one(
        table(
            ["名", "{%tc for n in names %}", "{{ n }}", "{%tc endfor %}"],
            ["{%tr for r in rows %}", "", "", ""],
            ["{% cellbg r.color %}{{ loop.index }}", "{%tc for c in r.cells %}", "{{ c }}", "{%tc endfor %}"],
            ["{%tr endfor %}", "", "", ""],
        ),
        {"names": ["甲", "乙"], "rows": ROWS},
    ),
    "one cell across several": one(
        table(["{% colspan names|length %}{{ title }}", "{{ names[0] }}"], ["a", "b"]),
        {"title": "表", "names": ["甲", "乙", "丙"]},
    ),
    "remarks that are not printed": one(
        paragraphs("前{# 说明 {{ nothing }} #}后", "{#p 整段", "不印 #}", "尾 {{ a }}"), {"a": 1}
    ),
    "brackets as such": one(paragraphs("{_{ a }_} {_% b %_} {{ a }}"), {"a": 1}),
    "runs": one(
        paragraphs("{%r if yes %}是{%r else %}否{%r endif %}", "{%- if yes -%} x {%- endif -%}"), {"yes": True}
    ),
    "what Jinja has": one(
        paragraphs(
            "{% set sum = a + 1 %}{{ sum }}{% macro twice(x) %}{{ x }}{{ x }}{% endmacro %}{{ twice('呀') }}",
            "{% for n in names if n != '乙' %}{{ loop.index }}/{{ loop.length }}{{ n }}{% if not loop.last %}，"
            "{% endif %}{% else %}无{% endfor %}",
            "{{ '%.2f'|format(a) }} {{ names|join('、') }} {{ none|default('—', true) }} {{ a if a > 2 else '小' }}",
            "{% with b = a * 2 %}{{ b }}{% endwith %} {{ names[0] }} {{ pair.x }} {{ 'x' in pair }} {{ a is number }}",
        ),
        {"a": 1, "names": ["甲", "乙", "丙"], "none": None, "pair": {"x": "X"}},
    ),
    "fewer cells after a loop": one(table(["{%tc for x in few %}", "{{ x }}", "{%tc endfor %}"]), {"few": ["甲"]}),
    "cells merged across": one(
        table(["{%tc for x in few %}", "{% hm %}{{ x }}", "{%tc endfor %}"], ["a", "b", "c"]), {"few": ["甲", "乙"]}
    ),
    "cells merged downwards": one(
        table(
            ["{%tr for r in rows %}", ""],
            ["{%tr for c in r.cells %}", ""],
            ["{% vm %}{{ r.color }}", "{{ c }}"],
            ["{%tr endfor %}", ""],
            ["{%tr endfor %}", ""],
        ),
        {"rows": ROWS},
    ),
}


def saved(script: Script, template: Any) -> list[bytes]:
    made = []
    for document in script(template):
        target = BytesIO()
        document.save(target)
        made.append(target.getvalue())
    return made


@pytest.mark.parametrize("kind", SCRIPTS)
def test_the_same_document(kind: str) -> None:
    theirs, ours = saved(SCRIPTS[kind], docxtpl.DocxTemplate), saved(SCRIPTS[kind], Ours)
    assert theirs and len(ours) == len(theirs)
    assert [find_differences(*pair) for pair in zip(ours, theirs, strict=True)] == [[]] * len(theirs)


def test_a_difference_would_be_seen() -> None:
    theirs = saved(one(paragraphs("{{ a }}"), {"a": 1}), docxtpl.DocxTemplate)
    ours = saved(one(paragraphs("{{ a }}"), {"a": 2}), Ours)
    assert find_differences(ours[0], theirs[0]) == ["word/document.xml"]


@pytest.fixture(scope="module")
def examples(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """docxtpl's folder of examples, as a tar archive."""
    cache = getattr(request.config, "cache", None)
    kept = cache.mkdir("docxtpl") if cache else tmp_path_factory.mktemp("docxtpl")
    archive = Path(kept) / f"{COMMIT}.tar"
    if not archive.is_file():
        clone = str(tmp_path_factory.mktemp("clone"))
        source = os.environ.get("DOCXTPL_REPOSITORY", REPOSITORY)
        for command in (
            ["init", "--quiet"],
            ["fetch", "--quiet", "--depth", "1", source, COMMIT],
            ["archive", "--output", "examples.tar", f"{COMMIT}:tests"],
        ):
            try:
                subprocess.run(
                    ["git", *command],
                    cwd=clone,
                    check=True,
                    capture_output=True,
                    text=True,
                    timeout=120,
                    env={**os.environ, "GIT_TERMINAL_PROMPT": "0"},
                )
            except FileNotFoundError:
                pytest.skip("docxtpl's examples: git is not installed")
            except subprocess.TimeoutExpired:
                pytest.skip(f"docxtpl's examples: {source} does not answer")
            except subprocess.CalledProcessError as error:
                pytest.skip(f"docxtpl's examples cannot be fetched: {error.stderr.strip()}")
        (Path(clone) / "examples.tar").replace(archive)
    return archive.read_bytes()


def results(script: str, examples: bytes, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    with tarfile.open(fileobj=BytesIO(examples)) as archive:
        archive.extractall(folder, filter="data")
    (folder / "output").mkdir(exist_ok=True)
    with monkeypatch.context() as patched:
        patched.chdir(folder)
        runpy.run_path(script)
    return {path.name: path.read_bytes() for path in sorted((folder / "output").glob("*.docx"))}


def different(ours: bytes, theirs: bytes) -> list[str]:
    """As find_differences, but documents embedded in these are compared too: zip files of equal content differ."""
    parts = unzipped(ours), unzipped(theirs)
    found = find_differences(ours, theirs)
    return [n for n in found if not n.endswith(".docx") or find_differences(parts[0][n], parts[1][n])]


def test_docxtpl_own_examples(examples: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with tarfile.open(fileobj=BytesIO(examples)) as archive:
        scripts = {name for name in archive.getnames() if name.endswith(".py") and "/" not in name}
    assert scripts > STRICT
    same, differing = 0, {}
    for script in sorted(scripts - STRICT - DRIVERS):
        theirs = results(script, examples, tmp_path / script / "theirs", monkeypatch)
        with monkeypatch.context() as patched:
            patched.setattr(docxtpl, "DocxTemplate", Ours)
            ours = results(script, examples, tmp_path / script / "ours", monkeypatch)
        found = {name: different(ours[name], theirs[name]) for name in theirs if name in ours}
        if ours.keys() != theirs.keys() or any(found.values()):
            differing[script] = found
        same += len(theirs)
    assert not differing and same > 30


@pytest.mark.parametrize("script", sorted(STRICT))
def test_a_mistake_is_told(script: str, examples: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docxtpl, "DocxTemplate", Ours)
    with pytest.raises((TemplateError, RenderError)):
        results(script, examples, tmp_path, monkeypatch)
