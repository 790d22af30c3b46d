"""Native charts: series filled from the record, in the chart and in the workbook behind it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from perfxl.documents.template.compiled import CompiledTemplate, RenderError, TemplateError
from tests.documents.docx_kit import unzipped, zipped
from tools.doc_templates.chart import Chart, Series, inline

CHART, BOOK = "word/charts/chart1.xml", "word/embeddings/Microsoft_Excel_Sheet1.xlsx"
NS = {"c": "http://schemas.openxmlformats.org/drawingml/2006/chart"}
SCORES = Chart(
    "得分",
    "line in lines",
    "line.kpi",
    (Series("得分", "line.points", "1F3864", 90), Series("目标", "line.goal", "D9D9D9", 100, line=True)),
    height=6,
)


def template_bytes(chart: Chart = SCORES) -> bytes:
    document = docx.Document()
    document.add_paragraph("{{ name }}").runs[0]._r.addnext(inline(document, chart, 12))
    paragraph = document.add_paragraph().add_run()
    paragraph._r.append(inline(document, chart, 12))
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def template_of(data: bytes) -> CompiledTemplate:
    return CompiledTemplate.from_bytes(data, "t.docx")


TEMPLATE = template_of(template_bytes())


def record(*lines: tuple[str, Any, Any]) -> dict[str, Any]:
    return {"name": "张三", "lines": [{"kpi": kpi, "points": p, "goal": g} for kpi, p, g in lines]}


def shown(document: bytes) -> list[tuple[str, list[str], dict[int, str]]]:
    """Series -> name, categories, values by place."""
    chart = etree.fromstring(unzipped(document)[CHART])

    def values(series: Any, path: str) -> list[Any]:
        return list(series.xpath(path, namespaces=NS))

    return [
        (
            "".join(values(series, "c:tx//c:v/text()")),
            values(series, "c:cat//c:v/text()"),
            {int(pt.get("idx")): pt[0].text for pt in values(series, "c:val//c:pt")},
        )
        for series in chart.iter("{*}ser")
    ]


def sheet(document: bytes) -> list[tuple[Any, ...]]:
    parts = unzipped(document)
    first = min(name for name in parts if name.endswith(".xlsx"))
    book = openpyxl.load_workbook(io.BytesIO(parts[first]))
    return list(book["Sheet1"].iter_rows(values_only=True))


def test_series_are_filled_in_chart_and_workbook() -> None:
    made = TEMPLATE.render(record(("收入", 102.5, 100.0), ("成本", 88.0, 100.0)))
    assert shown(made) == [
        ("得分", ["收入", "成本"], {0: "102.5", 1: "88.0"}),
        ("目标", ["收入", "成本"], {0: "100.0", 1: "100.0"}),
    ]
    assert sheet(made) == [(None, "得分", "目标"), ("收入", 102.5, 100), ("成本", 88, 100)]


def test_formulas_point_to_the_cells() -> None:
    chart = etree.fromstring(unzipped(TEMPLATE.render(record(("a", 1.0, 1.0), ("b", 2.0, 1.0))))[CHART])
    formulas = [[f.text for f in series.iter("{*}f")] for series in chart.iter("{*}ser")]
    assert formulas == [
        ["Sheet1!$B$1", "Sheet1!$A$2:$A$3", "Sheet1!$B$2:$B$3"],
        ["Sheet1!$C$1", "Sheet1!$A$2:$A$3", "Sheet1!$C$2:$C$3"],
    ]
    counts = {count.get("val") for count in chart.iter("{*}ptCount")}
    assert counts == {"1", "2"}  # the name, the points


@pytest.mark.parametrize("gap", [None, float("nan"), "—", "N/A"])
def test_what_is_no_number_is_a_gap(gap: Any) -> None:
    made = TEMPLATE.render(record(("收入", gap, 100.0), ("成本", 0.0, 100.0)))
    assert shown(made)[0] == ("得分", ["收入", "成本"], {1: "0.0"})
    assert sheet(made)[1:] == [("收入", None, 100), ("成本", 0, 100)]


def test_no_elements_make_an_empty_chart() -> None:
    made = TEMPLATE.render(record())
    assert [(categories, values) for _, categories, values in shown(made)] == [([], {})] * 2


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\a\f\v\x0e\x00"), max_size=20)


@settings(max_examples=40)
@given(TEXT, st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_any_text_stays_text(text: str, value: float) -> None:
    made = TEMPLATE.render(record((text, value, 1.0)))
    kept = "".join(c for c in text if c in "\t\n" or (ord(c) >= 32 and c not in "\ufffe\uffff"))
    assert (shown(made)[0][1] or [""]) == [kept]
    assert float(shown(made)[0][2][0]) == value


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "@SUM(A1)", "a\ab\fc\x0ed\ve"])
def test_text_is_no_formula_and_breaks_no_part(text: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(unzipped(TEMPLATE.render(record((text, 1.0, 1.0))))[BOOK]))
    cell = book["Sheet1"]["A2"]
    assert (cell.data_type, cell.value) == ("s", text.translate({7: " ", 12: " ", 14: " ", 11: "\n"}))


def test_a_missing_value_is_told_and_the_names_are_known() -> None:
    with pytest.raises(RenderError) as caught:
        TEMPLATE.render({"name": "x", "lines": [{"kpi": "收入", "goal": 1.0}]})
    assert (caught.value.problems[0].code, caught.value.problems[0].address.sheet) == ("D115", "图表1")
    assert {"lines[].kpi", "lines[].points", "lines[].goal"} <= TEMPLATE.variables()
    found = TEMPLATE.check(["name", "lines[].kpi", "lines[].point", "lines[].goal"])
    assert {(p.code, p.details["suggestion"]) for p in found} == {("D116", "lines[].point")}


def test_documents_differ_only_where_they_should() -> None:
    first, second = (unzipped(TEMPLATE.render(record(("收入", p, 100.0)))) for p in (1.0, 2.0))
    differing = {name for name in first if first[name] != second[name]}
    assert differing == {CHART, BOOK, CHART.replace("1", "2"), BOOK.replace("1", "2")}


def test_docxtpl_itself_gets_filled_charts_too() -> None:
    """Links, pictures and subdocuments take the slower tier."""
    held = record(("收入", 90.0, 100.0))
    made = TEMPLATE.render(held, TEMPLATE.docxtpl())
    assert shown(made) == shown(TEMPLATE.render(held))
    assert sheet(made) == sheet(TEMPLATE.render(held))
    assert TEMPLATE.self_check(held) == []


def changed(old: str, new: str, count: int = -1) -> bytes:
    parts = unzipped(template_bytes())
    parts[CHART] = parts[CHART].decode().replace(old, new, count).encode()
    return zipped(parts)


def test_expressions_and_loops_are_jinjas() -> None:
    data = changed("line in lines %}{{ line.kpi }}", "x in lines|selectattr('points') %}{{ x.kpi|upper }}")
    data_parts = unzipped(data)
    data_parts[CHART] = data_parts[CHART].replace(b"line.points", b"x.points / 2").replace(b"line.goal", b"x.goal")
    template = template_of(zipped(data_parts))
    made = template.render(record(("a", 0.0, 100.0), ("b", 50.0, 100.0)))
    assert shown(made)[0] == ("得分", ["B"], {0: "25.0"})


@pytest.mark.parametrize(
    ("old", "new"),
    [("目标 {{ line.goal }}", "目标"), ("得分 {{ line.points }}", "得分 {{ points }}")],
)
def test_a_series_that_does_not_say_its_value_is_told(old: str, new: str) -> None:
    with pytest.raises(TemplateError) as caught:
        template_of(changed(old, new))
    (found,) = caught.value.problems
    assert (found.code, found.details["word"]) == ("D114", new)


def test_series_of_different_loops_are_told() -> None:
    with pytest.raises(TemplateError) as caught:
        template_of(changed("for line in lines", "for line in others", 1))
    assert [p.code for p in caught.value.problems] == ["D114"]


def test_a_chart_without_a_loop_stays_as_it_is() -> None:
    parts = unzipped(template_bytes())
    for name in (CHART, CHART.replace("1", "2")):
        parts[name] = parts[name].decode().replace("{% for line in lines %}{{ line.kpi }}{% endfor %}", "类别").encode()
        parts[name] = parts[name].replace(b"{{ line.points }}", b"{{ name }}").replace(b"{{ line.goal }}", b"")
    made = template_of(zipped(parts)).render({"name": "张三"})
    assert shown(made)[0] == ("得分 张三", ["类别"], {0: "90"})
    assert unzipped(made)[BOOK] == parts[BOOK]


def test_a_template_that_writer_saved_keeps_its_charts() -> None:
    """LibreOffice Writer rewrites a chart from what it understood of it: the tags are among that."""
    data = (Path(__file__).parent / "data" / "chart_saved_by_writer.docx").read_bytes()
    assert unzipped(data)[CHART] != unzipped(template_bytes())[CHART]
    made = template_of(data).render(record(("收入", 102.5, 100.0), ("成本", None, 100.0)))
    assert shown(made) == [
        ("得分", ["收入", "成本"], {0: "102.5"}),
        ("目标", ["收入", "成本"], {0: "100.0", 1: "100.0"}),
    ]
    assert sheet(made) == [(None, "得分", "目标"), ("收入", 102.5, 100), ("成本", None, 100)]
