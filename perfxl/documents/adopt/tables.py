"""Tables of a form whose rows repeat: one row is written, with a field in each column that is understood."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from typing import NamedTuple

from perfxl.documents.adopt.blanks import write_into
from perfxl.documents.adopt.findings import Findings
from perfxl.documents.adopt.lexicon import fold, is_total
from perfxl.documents.adopt.text import text_of
from perfxl.documents.field_list import name_element
from perfxl.documents.template.structure import W
from perfxl.ooxml.xml import Element

_LEAST_COLUMNS = 2
_SUBJECTS = frozenset(("kpi", "action", "situation", "item", "grade", "name"))  # what a row is about
_PLACEHOLDER = re.compile(r"[\s\d.…·•_＿—\-/%、（）()]*")
_NAMED = re.compile(
    r"\s*(?:【[^【】]{1,20}】|〔[^〔〕]{1,20}〕|\[[^\[\]]{1,20}\]|«[^«»]{1,40}»|<{1,2}[^<>]{1,20}>{1,2}"
    r"|\$?\{[^{}%#]{1,20}\})\s*"
)
_NUMBERED, _COUNT = frozenset(("number",)), "{{ loop.index }}"
_NEVER_EMPTY = "lines"
_LISTS_FIRST = ("lines", "items", "actions", "entries", "changes")


class Cell(NamedTuple):
    """A cell at its grid column."""

    element: Element
    column: int
    span: int


class _Table(NamedTuple):
    """A header, and how its columns are understood: grid column -> header and name of the element's field."""

    list_name: str
    columns: dict[int, tuple[str, str]]
    first_body: int


def read_rows(table: Element) -> list[list[Cell]]:
    """The cells of each row; content controls around rows and cells are looked through."""
    rows = []
    for row in _own(table, "tr"):
        before = row.find(f"{W}trPr/{W}gridBefore")
        column = int(before.get(f"{W}val", "0")) if before is not None else 0
        cells = []
        for cell in _own(row, "tc"):
            span = cell.find(f"{W}tcPr/{W}gridSpan")
            width = int(span.get(f"{W}val", "1")) if span is not None else 1
            cells.append(Cell(cell, column, width))
            column += width
        rows.append(cells)
    return rows


def repeat_rows(table: Element, findings: Findings, used: set[Element]) -> None:
    """Turns the blank rows below headers into rows that repeat; their cells are added to `used`."""
    rows, elements = read_rows(table), list(_own(table, "tr"))
    at = 0
    while at < len(rows):
        found = _understand(rows, at, findings)
        end = found.first_body if found else at
        while found and end < len(rows) and _is_body(rows[end], found):
            end += 1
        if not found or end == found.first_body:
            if found and end < len(rows):
                findings.leave_filled(elements[at], _shown(found))
            at += 1
            continue
        for header in rows[at : found.first_body]:
            used.update(cell.element for cell in header)
        _write_loop(elements[found.first_body : end], rows[found.first_body : end], found, findings, used)
        at = end
        if at < len(rows) and _is_totals_row(rows[at]):
            _write_totals(rows[at], found, findings, used)
            at += 1


def _understand(rows: Sequence[Sequence[Cell]], at: int, findings: Findings) -> _Table | None:
    """The list whose fields fit the row as a header best, if at least two columns of it do."""
    headers = {cell.column: text_of(cell.element) for cell in rows[at]}
    if sum(bool(fold(text)) for text in headers.values()) < _LEAST_COLUMNS or any("{" in t for t in headers.values()):
        return None
    first = at + 1
    if first < len(rows) and _continues_header(rows[at], rows[first]):
        below = {cell.column: text_of(cell.element) for cell in rows[first] if text_of(cell.element)}
        headers, first = {**headers, **below}, first + 1
    best: _Table | None = None
    lists = findings.meanings.lists
    for name in sorted(lists, key=lambda name: _LISTS_FIRST.index(name) if name in _LISTS_FIRST else len(_LISTS_FIRST)):
        columns: dict[int, tuple[str, str]] = {}
        for column, text in headers.items():
            field = findings.meanings.column(text, lists[name])
            taken = {field for _, field in columns.values()}
            columns[column] = text, "" if field in taken else field
        fields = [field for _, field in columns.values() if field]
        if len(fields) >= _LEAST_COLUMNS and _SUBJECTS & set(fields):
            known = sum(bool(field) for _, field in best.columns.values()) if best else 0
            if len(fields) > known:
                best = _Table(name, columns, first)
    return best


def _continues_header(header: Sequence[Cell], row: Sequence[Cell]) -> bool:
    """Whether a row is the second one of a header: cells merged with those above, and texts below a wide one."""
    merged = [cell for cell in row if _is_merged_down(cell.element)]
    texts = [cell for cell in row if fold(text_of(cell.element))]
    return bool(merged and texts) and any(cell.span > 1 for cell in header)


def _is_merged_down(cell: Element) -> bool:
    merge = cell.find(f"{W}tcPr/{W}vMerge")
    return merge is not None and merge.get(f"{W}val", "continue") != "restart"


def _is_body(row: Sequence[Cell], table: _Table) -> bool:
    """Whether a row below the header is one to fill in: blank, numbered, or with a category in its first column."""
    if not row or len(row) < _LEAST_COLUMNS:
        return False
    for cell in row:
        text = text_of(cell.element)
        named = bool(_NAMED.fullmatch(text))
        if ("{" in text and not named) or any(True for _ in cell.element.iter(f"{W}tbl")):
            return False
        field = table.columns.get(cell.column, ("", ""))[1]
        if not (named or _PLACEHOLDER.fullmatch(text)) and field != "aspect":
            return False
        if field == "aspect" and is_total(text):
            return False
    return True


def _is_totals_row(row: Sequence[Cell]) -> bool:
    return any(is_total(text_of(cell.element)) for cell in row[:2])


def _write_loop(
    elements: Sequence[Element],
    rows: Sequence[Sequence[Cell]],
    table: _Table,
    findings: Findings,
    used: set[Element],
) -> None:
    blank = [deepcopy(element) for element in elements] if table.list_name != _NEVER_EMPTY else []
    kept = max(range(len(rows)), key=lambda i: (len(rows[i]), -i))
    row, cells = elements[kept], rows[kept]
    name = name_element([table.list_name], set())
    opening = f"{{%tr for {name} in {table.list_name} %}}"
    findings.place(elements[0], _shown(table), opening)
    for cell in cells:
        _clear(cell.element)
        used.add(cell.element)
        header, field = table.columns.get(cell.column, ("", ""))
        if field:
            tag = f"{{{{ {name}.{field} }}}}"
            write_into(cell.element, tag)
            findings.place(cell.element, header, tag)
        elif findings.meanings.column(header, _NUMBERED):
            write_into(cell.element, _COUNT)
            findings.place(cell.element, header, _COUNT)
        elif header:
            findings.miss(cell.element, header)
    begin, end = _tag_row(row, opening), _tag_row(row, "{%tr endfor %}")
    row.addprevious(begin)
    row.addnext(end)
    if blank:  # room to write by hand where there is nothing to print
        behind = [_tag_row(row, f"{{%tr if not {table.list_name} %}}"), *blank, _tag_row(row, "{%tr endif %}")]
        for each in reversed(behind):
            end.addnext(each)
    for other in elements:
        if other is not row:
            parent = other.getparent()
            if parent is not None:
                parent.remove(other)
    for cell in cells:
        merge = cell.element.find(f"{W}tcPr/{W}vMerge")
        if merge is not None:
            cell.element.find(f"{W}tcPr").remove(merge)  # type: ignore[union-attr]


def _shown(table: _Table) -> str:
    return " | ".join(text for text, field in table.columns.values() if field)


def _write_totals(row: Sequence[Cell], table: _Table, findings: Findings, used: set[Element]) -> None:
    """The total of the weights and of the points, in their columns."""
    fields = {field: column for column, (_, field) in table.columns.items() if field}
    wanted = {fields.get("weight"): "total_weight", fields.get("weighted", fields.get("points")): "result.total"}
    used.update(cell.element for cell in row)
    for cell in row:
        path = next((p for column, p in wanted.items() if column is not None and _covers(cell, column)), "")
        path = findings.meanings.tag_field(path) if path and path in findings.meanings.single else ""
        if path and _PLACEHOLDER.fullmatch(text_of(cell.element)):
            _clear(cell.element)
            write_into(cell.element, f"{{{{ {path} }}}}")
            findings.place(cell.element, text_of(row[0].element), f"{{{{ {path} }}}}")


def _covers(cell: Cell, column: int) -> bool:
    return cell.column <= column < cell.column + cell.span


def _clear(cell: Element) -> None:
    """Leaves one paragraph, without text, as it is set to look."""
    paragraphs = list(cell.iter(f"{W}p"))
    for paragraph in paragraphs[1:]:
        parent = paragraph.getparent()
        if parent is not None:
            parent.remove(paragraph)
    for text in cell.iter(f"{W}t"):
        text.text = ""


def _tag_row(row: Element, tag: str) -> Element:
    """A row with nothing but a tag; docxtpl takes the row away and leaves the tag."""
    copy = deepcopy(row)
    cells = list(_own(copy, "tc"))
    for cell in cells:
        _clear(cell)
    write_into(cells[0], tag)
    return copy


def _own(element: Element, name: str) -> list[Element]:
    found = []
    for child in element:
        if child.tag == f"{W}{name}":
            found.append(child)
        elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}customXml"):
            found += _own(child, name)
    return found
