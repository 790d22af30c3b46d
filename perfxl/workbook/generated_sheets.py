"""What was generated from the KPIs of posts, and where the program says something else: two sheets of the cascade's
workbook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xlsxwriter import Workbook

from perfxl.core.cascade.generate import GENERATED, Difference, Generated
from perfxl.core.language import Text
from perfxl.core.records import Records, Tables, empty
from perfxl.core.schema import Column, Type, column_label, get, table_label
from perfxl.core.table_access import Labels, labels
from perfxl.core.values.numbers import is_percent, show_figure
from perfxl.workbook.cell_values import StyledCell, label, value_cell
from perfxl.workbook.program.record_sheet import RecordColumn, RecordSheet
from perfxl.workbook.result_page import FAIR, ResultPage, Tile, header_width
from perfxl.workbook.style import Formats, fitting_width

_STAGE = "design"
_TEXTS = {
    "lines": Text("生成的合同指标", "Generated lines"),
    "lines_guide": Text(
        "由“岗位指标”生成、程序中还没有的合同指标：目标从上级分解而来，权重为测算值。",
        "Lines made of the sheet Post KPIs that the program did not have: targets come from the superior's.",
    ),
    "differences": Text("差异", "Differences"),
    "differences_guide": Text(
        "程序中已有、与“岗位指标”不一致之处。现有的一律保留；要按生成的改，请在原处修改。",
        "Where the program says something else than the KPIs of posts. What is there is kept: change it there.",
    ),
    "none": Text("没有", "None"),
    "holder": Text("受约人", "Holder"),
    "kpi": Text("指标", "KPI"),
    "from": Text("分解自", "From"),
    "place": Text("单元格", "Cell"),
    "about": Text("事项", "About"),
    "column": Text("列", "Column"),
    "present": Text("现有（保留）", "Present (kept)"),
    "generated": Text("按岗位指标", "By the post's KPIs"),
    "no_post_kpi": Text("岗位指标没有这一项", "no KPI of the post"),
    "blank": Text("（空白）", "(blank)"),
}
_HEADER_ROW = 6
_LINE_COLUMNS = ("holder", "contract", "kpi", "weight", "target", "challenge", "threshold", "from", "mode", "share")
_DIFFERENCE_COLUMNS = ("table", "place", "about", "column", "present", "generated")


def add_generated_sheets(workbook: Workbook, formats: Formats, generated: Generated, tables: Tables, lang: str) -> None:
    """Adds the sheets of what is new and of the differences."""
    for name, rows, columns in (
        ("lines", _lines(generated, tables, lang), _LINE_COLUMNS),
        ("differences", _differences(generated.differences, tables, lang), _DIFFERENCE_COLUMNS),
    ):
        sheet = workbook.add_worksheet(_TEXTS[name](lang), worksheet_class=RecordSheet)
        page = ResultPage(sheet, formats, lang, _STAGE)
        page.top(_TEXTS[name](lang), _TEXTS[f"{name}_guide"](lang))
        page.tiles(3, _tiles(generated, name, lang))
        _write(page, sheet, [_header(column, lang) for column in columns], rows)


def _tiles(generated: Generated, name: str, lang: str) -> list[Tile]:
    if name == "differences":
        count = len(generated.differences)
        return [Tile(0, 1, _TEXTS[name](lang), count, FAIR if count else None)]
    counts = {table: len(generated.rows.get(table, ())) for table in GENERATED}
    return [Tile(2 * i, 2 * i + 1, table_label(table, lang), count) for i, (table, count) in enumerate(counts.items())]


def _write(page: ResultPage, sheet: RecordSheet, headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    page.header(_HEADER_ROW, headers)
    if not rows:
        sheet.write_string(_HEADER_ROW + 1, 0, _TEXTS["none"](page.lang), page.muted_look())
    columns = list(zip(*rows, strict=True)) or [()] * len(headers)
    widths = []
    for column, header in enumerate(headers):
        texts = [value for value in columns[column][:500] if isinstance(value, str)]
        widths.append(fitting_width(texts, max(header_width(header, True), 11), 42))
        sheet.set_column(column, column, widths[-1])
    if rows:
        shown = [_column(page, values, width) for values, width in zip(columns, widths, strict=True)]
        sheet.add_records(_HEADER_ROW + 1, shown, len(rows))
    sheet.autofilter(_HEADER_ROW, 0, _HEADER_ROW + max(len(rows), 1), len(headers) - 1)
    sheet.freeze_panes(_HEADER_ROW + 1, 0)
    page.print_set_up(headers[0], _HEADER_ROW)


def _column(page: ResultPage, values: Sequence[Any], width: float) -> RecordColumn:
    """A column of texts and numbers, or of figures with whether each shows as a percentage."""
    if any(isinstance(value, tuple) for value in values):
        figures, percents = zip(*values, strict=True)
        units = [(percent, 0) for percent in percents]
        return RecordColumn(figures, lambda value, unit: value_cell(page.formats, value, page.lang, {}, unit), units)
    words = page.formats.bordered(text_wrap=True)
    numbers = page.formats.bordered(align="right", indent=1)

    def cell(value: Any, _: Any) -> StyledCell:
        return StyledCell(value, numbers if isinstance(value, float) else words)

    return RecordColumn(values, cell, wraps_at=width)


def _lines(generated: Generated, tables: Tables, lang: str) -> list[tuple[Any, ...]]:
    whole = generated.added_to(tables)
    people, kpis = labels(tables, "people"), labels(tables, "kpis")
    holders = dict(_pairs(whole.get("contracts"), "contract", "holder"))
    links = {
        key[:2]: key[2:]
        for key in _pairs(whole.get("links"), *("sub_kpi", "sub_owner", "kpi", "owner", "mode", "share"))
    }
    percent = _percent_kpis(tables)
    rows = []
    for number, kpi, weight, *figures in _pairs(
        generated.rows.get("contract_lines"), "contract", "kpi", "weight", "target", "challenge", "threshold"
    ):
        holder = holders.get(number)
        upper_kpi, owner, mode, share = links.get((kpi, holder), (None, None, "", None))
        source = f"{people[owner]} · {kpis[upper_kpi]}" if owner else ""
        shown = label(get("links").column("mode").choices, mode, lang)
        of_kpi = [(figure, kpi in percent) for figure in figures]
        rows.append((people[holder], str(number), kpis[kpi], weight, *of_kpi, source, shown, share))
    return rows


def _differences(differences: Sequence[Difference], tables: Tables, lang: str) -> list[tuple[Any, ...]]:
    names = {table: labels(tables, table) for table in ("people", "kpis", "units")}
    rows = []
    for each in differences:
        column = get(each.table).column(each.column)
        gone = each.generated is None
        cell = f"{each.address.sheet}!{each.address.cell}"
        present = _TEXTS["blank"](lang) if each.present is None else _say(column, each.present, names, lang)
        generated = _TEXTS["no_post_kpi"](lang) if gone else _say(column, each.generated, names, lang)
        header = column_label(each.table, each.column, lang)
        rows.append((table_label(each.table, lang), cell, each.what, header, present, generated))
    return rows


def _say(column: Column, value: Any, names: dict[str, Labels], lang: str) -> str:
    if column.type is Type.REF:
        return names.get(column.ref.partition(".")[0], Labels())[value]
    if isinstance(value, float):
        return show_figure(value, "")
    return str(label(column.choices, value, lang))


def _header(column: str, lang: str) -> str:
    if column == "table":
        return Text("表", "Sheet")(lang)
    if column in _TEXTS:
        return _TEXTS[column](lang)
    table = "links" if column in ("mode", "share") else "contract_lines"
    return column_label(table, column, lang)


def _pairs(records: Records | None, *names: str) -> list[tuple[Any, ...]]:
    records = records or empty("links")
    return list(zip(*(records.column(name) for name in names), strict=True)) if len(records) else []


def _percent_kpis(tables: Tables) -> frozenset[Any]:
    return frozenset(kpi for kpi, unit in _pairs(tables.get("kpis"), "kpi", "unit") if is_percent(unit))
