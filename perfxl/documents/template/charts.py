"""Native charts as templates, bound by texts that Word keeps when HR restyles a chart.

The categories of a chart's series hold one text, `{% for line in lines %}{{ line.kpi }}{% endfor %}`; the name of each
series says what it shows of an element: `得分 {{ line.points }}`, printed without the tag. What is no number (None) is
a gap. In Word, "Edit data" shows the same texts in the chart's workbook, which is filled for each document too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import NamedTuple

from lxml import etree

from perfxl.core.cells import column_letter

__all__ = ["Binding", "ChartError", "bind_chart", "workbook_parts", "workbook_source"]

C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
SHEET = "xl/worksheets/sheet1.xml"


class ChartError(Exception):
    """A chart that cannot be filled; the text is the series that does not fit."""


class Binding(NamedTuple):
    """What a chart shows: a loop, the label of each element, and by series its name and its value of an element."""

    variable: str
    elements: str
    label: str
    series: tuple[tuple[str, str], ...]


def bind_chart(chart: etree._Element) -> tuple[etree._Element, Binding | None]:
    """The chart as a Jinja source that fills its series; itself where its categories are no loop.

    Raises: ChartError if not all series have the same loop, or one does not say what it shows.
    """
    binding = _binding(chart)
    if binding is None:
        return chart, None
    filled = deepcopy(chart)
    for number, series in enumerate(filled.iter(f"{C}ser")):
        _fill_series(series, number, binding)
    filled.text = _set(binding.elements)
    return filled, binding


def workbook_source(binding: Binding) -> str:
    """The sheet behind a chart, as a Jinja source: labels in column A, a column for each series."""
    cells = []
    row = [_text_cell("A", _ROW, binding.label)]
    for number, (name, value) in enumerate(binding.series):
        cells.append(_text_cell(_letter(number), "1", _escaped(name)))
        inner = f'<c r="{_letter(number)}{_ROW}"><v>{{{{ {_escaped(value)} }}}}</v></c>'
        row.append(_if_number(_escaped(value), inner))
    rows = f'<row r="1">{"".join(cells)}</row>{_loop(binding)}<row r="{_ROW}">{"".join(row)}</row>{_END}'
    return f"{_SHEET_HEAD}{_set(_escaped(binding.elements))}<sheetData>{rows}</sheetData></worksheet>"


def workbook_parts() -> dict[str, bytes]:
    """All of the workbook but its sheet."""
    return {name: (_DECLARATION + content).encode() for name, content in _WORKBOOK.items()}


_LISTED = "perfxl_listed"
_END = "{% endfor %}"
_ROW = "{{ loop.index + 1 }}"
_LOOP = re.compile(r"\{%\s*for\s+([^\W\d]\w*)\s+in\s+(.+?)\s*%\}(.*?)(?:\{%\s*endfor\s*%\})?", re.DOTALL)
_VALUE = re.compile(r"\{\{\s*(.+?)\s*\}\}", re.DOTALL)

_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_SHEET_HEAD = f'{_DECLARATION}<worksheet xmlns="{_MAIN}">'
_WORKBOOK = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/{SHEET}" ContentType="{_SHEET_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
    '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


def _binding(chart: etree._Element) -> Binding | None:
    named = [(_cached(series.find(f"{C}tx")), _cached(series.find(f"{C}cat"))) for series in chart.iter(f"{C}ser")]
    loops = [_LOOP.fullmatch(categories.strip()) for _, categories in named]
    first = next((loop.groups() for loop in loops if loop), None)
    if first is None:
        return None
    for (name, _), loop in zip(named, loops, strict=True):
        if loop is None or loop.groups() != first:
            raise ChartError(name)
    variable, elements, label = first
    return Binding(variable, elements, label, tuple(_series(name, variable) for name, _ in named))


def _series(name: str, variable: str) -> tuple[str, str]:
    """What the legend shows, and the expression of the value: the tag in the name that begins with the variable."""
    for tag in _VALUE.finditer(name):
        if re.match(rf"{variable}\b", tag[1]):
            return (name[: tag.start()] + name[tag.end() :]).strip(), tag[1]
    raise ChartError(name)


def _cached(reference: etree._Element | None) -> str:
    """The text that stands in a category or a series' name."""
    return "" if reference is None else "".join(value.text or "" for value in reference.iter(f"{C}v"))


def _fill_series(series: etree._Element, number: int, binding: Binding) -> None:
    name, value = binding.series[number]
    column = _letter(number)
    last = f"{{{{ {_LISTED}|length + 1 }}}}"
    for text in series.iterfind(f"{C}tx//{C}v"):
        text.text = name
    cells = {"tx": f"${column}$1", "cat": f"$A$2:$A${last}", "val": f"${column}$2:${column}${last}"}
    for part, cell in cells.items():
        for formula in series.iterfind(f"{C}{part}//{C}f"):
            formula.text = f"Sheet1!{cell}"
    for cache in _caches(series.find(f"{C}cat")):
        _fill_cache(cache, binding, binding.label, "")
    for cache in _caches(series.find(f"{C}val")):
        _fill_cache(cache, binding, f"{{{{ {value} }}}}", value)


def _caches(data: etree._Element | None) -> Iterator[etree._Element]:
    for kind in ("strCache", "strLit", "numCache", "numLit"):
        yield from () if data is None else data.iter(f"{C}{kind}")


def _fill_cache(cache: etree._Element, binding: Binding, content: str, number: str) -> None:
    """A point for each element of the loop; of numbers, where there is one."""
    for point in cache.findall(f"{C}pt"):
        cache.remove(point)
    count = cache.find(f"{C}ptCount")
    if count is None:
        count = etree.SubElement(cache, f"{C}ptCount")
    count.set("val", f"{{{{ {_LISTED}|length }}}}")
    point = etree.SubElement(cache, f"{C}pt", idx="{{ loop.index0 }}")
    etree.SubElement(point, f"{C}v").text = content
    before, after = _if_number(number, "|").split("|") if number else ("", "")
    count.tail, point.tail = f"\n{_loop(binding)}{before}", f"{after}{_END}\n"


def _set(elements: str) -> str:
    return f"{{% set {_LISTED} = ({elements})|list %}}\n"


def _loop(binding: Binding) -> str:
    return f"{{% for {binding.variable} in {_LISTED} %}}"


def _if_number(value: str, content: str) -> str:
    """The comparison tells numbers from NaN, and raises for a name that is not there."""
    return f"{{% if ({value}) == ({value}) and ({value}) is number %}}{content}{{% endif %}}"


def _text_cell(column: str, row: str, text: str) -> str:
    return f'<c r="{column}{row}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _letter(series: int) -> str:
    return column_letter(series + 1)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
