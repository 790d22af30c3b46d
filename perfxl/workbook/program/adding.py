"""A program with more rows, as a further file: a copy of HR's own workbook in which nothing else is touched; of a file
that is no .xlsx, or that lacks a sheet, a new workbook, with what it cannot hold named."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from perfxl.core.cells import cell_place, column_index, column_letter
from perfxl.core.problems import Address, Problem, problem
from perfxl.core.records import Records, Tables
from perfxl.core.schema import Column, Type
from perfxl.core.values.numbers import is_percent
from perfxl.ooxml.edit import PackageEditor
from perfxl.outputs import explain_error
from perfxl.tables.sheets import ReadInfo
from perfxl.workbook.cell_values import label
from perfxl.workbook.patch.added_rows import SHEET_ROWS, AddedRows, NewCell, grow_table
from perfxl.workbook.patch.cell_marks import split_sheet
from perfxl.workbook.patch.workbook_parts import WorkbookParts, write_patched_copy
from perfxl.workbook.program.book import KIND, write_program
from perfxl.workbook.program.layout import INDEX_SHEETS, LISTS_SHEET, TableSheet
from perfxl.workbook.program.names import NamesOfCodes, formula_name, grey_values

_PATCHED = (".xlsx", ".xlsm")


Changed = Mapping[str, Mapping[str, NewCell]]
"""Sheet -> cell, such as B7 -> what goes into it."""


def write_with_rows(
    source: Path,
    out: Path,
    tables: Tables,
    rows: Mapping[str, Records],
    info: ReadInfo,
    lang: str,
    changed: Changed = {},  # noqa: B006 - it is only read
) -> list[Problem]:
    """Writes the program of `source` with new rows below those of its tables, and other values in some cells.

    tables   the program with the new rows and values
    rows     the new rows by table; of columns that their `percent` names, the figures that show as percentages, of
             others those of KPIs in %
    info     what the sheets of the source were taken for
    changed  the other values
    Returns: what kept it from being written, or what a new workbook could not take along; empty where nothing.
    """
    places = {table: _place(info, table, len(new)) for table, new in rows.items()}
    if source.suffix.lower() in _PATCHED and all(places.values()):
        units, names = _percent_kpis(tables), NamesOfCodes(tables)

        def patch(parts: PackageEditor) -> None:
            workbook = WorkbookParts(parts)
            workbook.drop_macros()
            grey = {s.sheet: {column_index(c.letter) for c in s.columns if c.names} for s in info.sheets}
            for sheet, cells in changed.items():
                _change(workbook, sheet, cells, grey.get(sheet, set()))
            for table, new in rows.items():
                _add(workbook, places[table], new, units, names, lang)

        failed = write_patched_copy(source, out, KIND, patch, info.stamp)
        return failed or [each for table, new in rows.items() for each in _left_out(source, places[table], new)]
    lost = [each.sheet for each in info.sheets if not each.table and each.sheet not in (*INDEX_SHEETS, LISTS_SHEET)]
    try:
        write_program(out, tables, lang, source=source.name)
    except OSError as error:
        reason = explain_error(error, out)
        return [problem("output_not_writable", Address(out.name), value=str(out), reason=reason)]
    return [problem("sheets_left_behind", Address(source.name), sheets="、".join(lost) or "-")]


def place_rows(rows: Mapping[str, Records], info: ReadInfo, file: str) -> dict[str, Records]:
    """New rows with the addresses that `write_with_rows` puts them at, in the file of that name."""
    placed = {}
    for table, new in rows.items():
        place = _place(info, table, len(new))
        if place is None:
            placed[table] = replace(new, file=file)
            continue
        letters = {name: column_letter(at) for name, at in place.columns.items()}
        numbers = range(place.above + 1, place.above + 1 + len(new))
        placed[table] = replace(new, file=file, sheet=place.title, rows=numbers, letters=letters)
    return placed


class _Place(NamedTuple):
    """A sheet, which of the table's it is (from 1), the row of its header, its last row with content (from 1), the
    place of each column (from 0), and those of the grey ones by the column beside which they stand."""

    title: str
    part: int
    header_row: int
    above: int
    columns: dict[str, int]
    grey: dict[str, int]


def _place(info: ReadInfo, table: str, count: int) -> _Place | None:
    """The last sheet of a table that has all the room and columns it takes; None where there is none."""
    sheets = [sheet for sheet in info.sheets if sheet.table == table]
    if not sheets:
        return None
    sheet = sheets[-1]
    columns = {each.column: column_index(each.letter) for each in sheet.columns if each.column}
    above = max(sheet.last_row, sheet.header_row)
    grey = {each.names: column_index(each.letter) for each in sheet.columns if each.names}
    place = _Place(sheet.sheet, len(sheets), sheet.header_row, above, columns, grey)
    return place if above + count < SHEET_ROWS else None


def _left_out(source: Path, place: _Place | None, new: Records) -> Iterator[Problem]:
    """Values of columns that HR's sheet does not have."""
    assert place is not None
    title, header_row, columns = place.title, place.header_row, place.columns
    for name, values in new.columns.items():
        count = sum(value is not None for value in values)
        if count and name not in columns:
            address = Address(source.name, title, f"A{header_row}")
            yield problem("generated_column_missing", address, table=new.table.name, column=name, count=count)


def _add(
    workbook: WorkbookParts,
    place: _Place | None,
    new: Records,
    percent: frozenset[Any],
    names: NamesOfCodes,
    lang: str,
) -> None:
    assert place is not None
    title, header_row, above, columns = place.title, place.header_row, place.above, place.columns
    part = workbook.sheets()[title]
    sheet = split_sheet(workbook.parts[part])
    if sheet is None or not len(new):
        return
    added = AddedRows(sheet, workbook.styles, list(columns.values()), above, header_row)
    cells = [dict(_cells(new, i, columns, percent, lang)) for i in range(len(new))]
    for beside, column in place.grey.items():
        formula, units = _formula(workbook, place, new, beside), new.columns.get("kpi", [None] * len(new))
        for row, value, kpi in zip(cells, grey_values(new, beside, names, lang), units, strict=True):
            if formula or value != "":
                row[column] = NewCell(value, isinstance(value, float) and kpi in percent, formula)
    workbook.parts[part] = added.put(cells).joined()
    for relation in workbook.parts.relations(part):
        if relation.kind == "table" and relation.target in workbook.parts:
            grow_table(workbook.parts.tree(relation.target), header_row, added.first + len(new) - 1)


def _formula(workbook: WorkbookParts, place: _Place, new: Records, beside: str) -> str:
    """What works out a grey column in a workbook that perfxl made; "" where nothing does."""
    name = formula_name(TableSheet(new.table, place.title, place.part, new), beside)
    return name if any(each.get("name") == name for each in workbook.names()) else ""


def _change(workbook: WorkbookParts, title: str, cells: Mapping[str, NewCell], grey: Collection[int]) -> None:
    part = workbook.sheets()[title]
    sheet = split_sheet(workbook.parts[part])
    assert sheet is not None, "it was read before"
    by_row: dict[int, dict[int, NewCell]] = {}
    for reference, cell in cells.items():
        row, column = cell_place(reference)
        by_row.setdefault(row + 1, {})[column] = cell
    columns = sorted({column for row in by_row.values() for column in row})
    rows = AddedRows(sheet, workbook.styles, columns, min(by_row), 0)
    workbook.parts[part] = rows.change(by_row, grey).joined()


def _cells(
    new: Records, i: int, columns: Mapping[str, int], percent: frozenset[Any], lang: str
) -> Iterator[tuple[int, NewCell]]:
    kpi = new.columns["kpi"][i] if "kpi" in new.columns else None
    for column in new.table.columns:
        value = new.columns[column.name][i]
        if value is not None and column.name in columns:
            marked = new.percent.get(column.name)
            shown = _is_percent(column, value, kpi, percent) if marked is None else i in marked
            yield columns[column.name], NewCell(_shown(column, value, lang), shown)


def _shown(column: Column, value: Any, lang: str) -> Any:
    return label(column.choices, value, lang) if column.choices else value


def _is_percent(column: Column, value: Any, kpi: Any, percent: frozenset[Any]) -> bool:
    return column.type is Type.FIGURE and isinstance(value, float) and kpi in percent


def _percent_kpis(tables: Tables) -> frozenset[Any]:
    kpis = tables.get("kpis")
    if not kpis:
        return frozenset()
    return frozenset(k for k, unit in zip(kpis.column("kpi"), kpis.column("unit"), strict=True) if is_percent(unit))
