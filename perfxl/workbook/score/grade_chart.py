"""The colours of the chart of grades, put back where LibreOffice has lost them: of a series it saves the points that
there are, and the template has one row for all grades."""

from __future__ import annotations

import re
from copy import deepcopy

from perfxl.ooxml.edit import PackageEditor
from perfxl.ooxml.xml import Element
from perfxl.workbook.score.cell_writer import GRADE_COLOURS
from perfxl.workbook.template.references import title_key

__all__ = ["restore_grades"]

_CHART = re.compile(r"xl/charts/chart[^/]*\.xml")
_REACH = re.compile(r"^(.*)!\$?[A-Z]{1,3}\$?(\d+)(?::\$?[A-Z]{1,3}\$?(\d+))?$")
_INKS = [ink.removeprefix("#").upper() for _, ink in GRADE_COLOURS]


def restore_grades(editor: PackageEditor, sheet: str, row: int) -> None:
    """Gives each grade its colour in charts over this row of a sheet where the first grade alone has kept its own.
    Points that HR has given another colour, or none, stay as they are."""
    for name in filter(_CHART.fullmatch, list(editor)):
        for series in editor.tree(name).iter("{*}ser"):
            points = series.findall("{*}dPt")
            if len(points) == 1 and _is_over(series, sheet, row) and _ink(points[0]) == _INKS[0]:
                for at, ink in reversed([*enumerate(_INKS)][1:]):
                    points[0].addnext(_point(points[0], at, ink))


def _is_over(series: Element, sheet: str, row: int) -> bool:
    found = _REACH.match((series.findtext("{*}val/{*}numRef/{*}f") or "").strip())
    return found is not None and title_key(found[1]) == sheet and {found[2], found[3] or found[2]} == {str(row)}


def _ink(point: Element) -> str:
    """The colour that a point is filled with; blank where it has none of its own."""
    colour = point.find("{*}spPr/{*}solidFill/{*}srgbClr")
    return "" if colour is None else str(colour.get("val", "")).upper()


def _point(first: Element, at: int, ink: str) -> Element:
    point = deepcopy(first)
    index, colour = point.find("{*}idx"), point.find("{*}spPr/{*}solidFill/{*}srgbClr")
    assert index is not None and colour is not None, "as the first one has them"
    index.set("val", str(at))
    colour.set("val", ink)
    return point
