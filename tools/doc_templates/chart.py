"""Native Word charts as templates: bars, columns and lines in the papers' palette, with their workbooks.

A chart shows a list of the context: `loop` such as "line in score_chart", `label` such as "line.kpi", and series whose
values are numbers of the list's elements (documents/charts.py says how the tags stand in the chart).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from docx.opc.constants import CONTENT_TYPE as CT
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.parser import parse_xml

from perfxl.core.cells import column_letter
from perfxl.documents.template.charts import SHEET, workbook_parts
from perfxl.ooxml.zip_write import SAME_DATE

BLUE, ORANGE, GREY, LIGHT, INK = "1F3864", "C55A11", "D9D9D9", "8EA9DB", "404040"

_CM = 360000  # EMU


@dataclass(frozen=True)
class Series:
    """`name` stands in the legend; `value` is an expression on an element; `line` draws it over the columns. Figures
    stand at the end of a bar, or `inside` it."""

    name: str
    value: str
    color: str
    sample: float
    line: bool = False
    labels: bool = True
    inside: bool = False


@dataclass(frozen=True)
class Chart:
    """`bars` lie, columns stand. `labels` is Excel's number format of the figures at the bars."""

    description: str
    loop: str
    label: str
    series: Sequence[Series]
    height: float
    bars: bool = False
    overlap: int = 0
    gap: int = 60
    labels: str = "General"


def inline(document: Any, chart: Chart, width: float) -> Any:
    """The w:drawing that shows the chart, `width` cm wide, its parts added to the document."""
    package = document.part.package
    number = 1 + sum(part.content_type == CT.DML_CHART for part in package.iter_parts())
    part = Part(PackURI(f"/word/charts/chart{number}.xml"), CT.DML_CHART, b"", package)
    book = Part(PackURI(f"/word/embeddings/Microsoft_Excel_Sheet{number}.xlsx"), CT.SML_SHEET, _book(chart), package)
    part._blob = _chart_xml(chart, part.relate_to(book, RT.PACKAGE)).encode()
    relation = document.part.relate_to(part, RT.CHART)
    return parse_xml(_DRAWING.format(width * _CM, chart.height * _CM, number, escape(chart.description), relation))


_DRAWING = (
    '<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
    '<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{:.0f}" cy="{:.0f}"/>'
    '<wp:docPr id="{}" name="Chart" descr="{}"/><wp:cNvGraphicFramePr/><a:graphic>'
    '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
    '<c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="{}"/>'
    "</a:graphicData></a:graphic></wp:inline></w:drawing>"
)
_FONT = '<a:latin typeface="Arial"/><a:ea typeface="黑体"/>'
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<c:roundedCorners val="0"/><c:chart><c:autoTitleDeleted val="1"/><c:plotArea><c:layout/>'
)
_NO_LINE = "<a:ln><a:noFill/></a:ln>"
_AXES = '<c:axId val="11"/><c:axId val="12"/>'


def _chart_xml(chart: Chart, workbook: str) -> str:
    groups = [_group(chart, [s for s in chart.series if not s.line])]
    lines = [s for s in chart.series if s.line]
    if lines:
        groups.append(_lines(chart, lines))
    legend = (
        f'<c:legend><c:legendPos val="t"/><c:overlay val="0"/>{_text_style(800)}</c:legend>'
        if len(chart.series) > 1
        else ""
    )
    return (
        f"{_HEAD}{''.join(groups)}{_category_axis(chart)}{_value_axis(chart)}"
        f"<c:spPr><a:noFill/>{_NO_LINE}</c:spPr></c:plotArea>{legend}"
        '<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        f"<c:spPr><a:noFill/>{_NO_LINE}</c:spPr>{_text_style(800)}"
        f'<c:externalData r:id="{workbook}"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
    )


def _group(chart: Chart, series: Sequence[Series]) -> str:
    direction = "bar" if chart.bars else "col"
    return (
        f'<c:barChart><c:barDir val="{direction}"/><c:grouping val="clustered"/><c:varyColors val="0"/>'
        f"{''.join(_series(chart, s) for s in series)}"
        f'<c:gapWidth val="{chart.gap}"/><c:overlap val="{chart.overlap}"/>{_AXES}</c:barChart>'
    )


def _lines(chart: Chart, series: Sequence[Series]) -> str:
    return (
        '<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>'
        f'{"".join(_series(chart, s) for s in series)}<c:marker val="1"/>{_AXES}</c:lineChart>'
    )


def _series(chart: Chart, series: Series) -> str:
    number = list(chart.series).index(series)
    letter = column_letter(number + 1)
    fill = f'<a:solidFill><a:srgbClr val="{series.color}"/></a:solidFill>'
    if series.line:
        look = (
            f'<c:spPr><a:ln w="19050" cap="rnd">{fill}<a:round/></a:ln></c:spPr>'
            '<c:marker><c:symbol val="none"/></c:marker>'
        )
        after = '<c:smooth val="0"/>'
    else:
        look, after = f'<c:spPr>{fill}</c:spPr><c:invertIfNegative val="0"/>', ""
    return (
        f'<c:ser><c:idx val="{number}"/><c:order val="{number}"/>'
        f"<c:tx>{_texts(f'Sheet1!${letter}$1', _name(series))}</c:tx>{look}{_labels(chart, series)}"
        f"<c:cat>{_texts('Sheet1!$A$2', _categories(chart))}</c:cat>"
        f"<c:val><c:numRef><c:f>Sheet1!${letter}$2</c:f><c:numCache><c:formatCode>General</c:formatCode>"
        f'<c:ptCount val="1"/><c:pt idx="0"><c:v>{series.sample}</c:v></c:pt></c:numCache></c:numRef></c:val>'
        f"{after}</c:ser>"
    )


def _labels(chart: Chart, series: Series) -> str:
    shown = int(series.labels)
    place = "inEnd" if series.inside else "outEnd"
    position = f'<c:dLblPos val="{place}"/>' if shown and not series.line else ""
    style = f'<c:numFmt formatCode="{chart.labels}" sourceLinked="0"/><c:spPr><a:noFill/>{_NO_LINE}</c:spPr>'
    return (
        f"<c:dLbls>{style}{_text_style(800, 'FFFFFF' if series.inside else INK)}"
        f"{position}"
        f'<c:showLegendKey val="0"/><c:showVal val="{shown}"/><c:showCatName val="0"/><c:showSerName val="0"/>'
        '<c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>'
    )


def _category_axis(chart: Chart) -> str:
    order = "maxMin" if chart.bars else "minMax"  # lying bars would begin at the bottom
    place = "l" if chart.bars else "b"
    return (
        f'<c:catAx><c:axId val="11"/><c:scaling><c:orientation val="{order}"/></c:scaling><c:delete val="0"/>'
        f'<c:axPos val="{place}"/><c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/>'
        '<c:minorTickMark val="none"/><c:tickLblPos val="low"/>'
        '<c:spPr><a:ln w="9525"><a:solidFill><a:srgbClr val="8C8C8C"/></a:solidFill></a:ln></c:spPr>'
        f'{_text_style(800)}<c:crossAx val="12"/><c:crosses val="autoZero"/><c:auto val="0"/>'
        '<c:lblAlgn val="ctr"/><c:lblOffset val="100"/><c:noMultiLvlLbl val="0"/></c:catAx>'
    )


def _value_axis(chart: Chart) -> str:
    place, crosses = ("b", "max") if chart.bars else ("l", "autoZero")
    return (
        '<c:valAx><c:axId val="12"/><c:scaling><c:orientation val="minMax"/><c:min val="0"/></c:scaling>'
        f'<c:delete val="0"/><c:axPos val="{place}"/><c:majorGridlines><c:spPr><a:ln w="6350"><a:solidFill>'
        '<a:srgbClr val="E7E6E6"/></a:solidFill></a:ln></c:spPr></c:majorGridlines>'
        '<c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/>'
        f'<c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/><c:spPr>{_NO_LINE}</c:spPr>'
        f'{_text_style(800)}<c:crossAx val="11"/><c:crosses val="{crosses}"/></c:valAx>'
    )


def _text_style(size: int, color: str = INK) -> str:
    return (
        f'<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="{size}"><a:solidFill><a:srgbClr val="{color}"/>'
        f'</a:solidFill>{_FONT}</a:defRPr></a:pPr><a:endParaRPr lang="zh-CN"/></a:p></c:txPr>'
    )


def _texts(formula: str, text: str) -> str:
    return (
        f'<c:strRef><c:f>{formula}</c:f><c:strCache><c:ptCount val="1"/><c:pt idx="0"><c:v>{escape(text)}</c:v></c:pt>'
        "</c:strCache></c:strRef>"
    )


def _categories(chart: Chart) -> str:
    return f"{{% for {chart.loop} %}}{{{{ {chart.label} }}}}{{% endfor %}}"


def _name(series: Series) -> str:
    return f"{series.name} {{{{ {series.value} }}}}"


def _book(chart: Chart) -> bytes:
    """What "Edit data" shows in the template: the tags, and a sample."""
    letters = [column_letter(number + 1) for number in range(len(chart.series))]
    names = (_text_cell(f"{letter}1", _name(s)) for letter, s in zip(letters, chart.series, strict=True))
    samples = (f'<c r="{letter}2"><v>{s.sample}</v></c>' for letter, s in zip(letters, chart.series, strict=True))
    sheet = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        f'<row r="1">{"".join(names)}</row><row r="2">{_text_cell("A2", _categories(chart))}{"".join(samples)}</row>'
        "</sheetData></worksheet>"
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as book:  # deflated bytes differ from one zlib to another
        for name, content in {**workbook_parts(), SHEET: sheet.encode()}.items():
            entry = zipfile.ZipInfo(name, SAME_DATE)
            entry.create_system = 0
            book.writestr(entry, content)
    return packed.getvalue()


def _text_cell(at: str, text: str) -> str:
    return f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
