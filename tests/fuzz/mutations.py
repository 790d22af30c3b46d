"""What happens to workbooks on their way: cells typed over, rows and columns moved, XML as other programs write it,
archives damaged. Every mutation takes what it needs from a seeded random generator."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

from tests.fuzz.books import MARK, Book, Raw, Sheet

CELLS: tuple[Any, ...] = (
    *(None, "", " ", "\u3000", "-", "—", "/", "N/A", "不适用", "无", "暂无", "TBD", "?"),
    *(
        "95abc",
        "一百",
        "８５",
        "12万",
        "100%",
        "1,234",
        "(3)",
        "1.2.3",
        "1e5",
        "inf",
        "nan",
        "Infinity",
        "-0",
        "２０２５",
    ),
    *(0, -1, 0.1, 1e308, -1e308, 1e-320, 2**53 + 1, 100.00000001, 45000, 1.5),
    *(True, False, date(2025, 3, 5), date(1900, 1, 1), "2025-02-30", "3/5/2025", "2025Q5", "2025-13", "春天"),
    *(
        "合计",
        "小计",
        "Total",
        "备注",
        "x" * 40_000,
        "a\nb\tc",
        "'123",
        "00012",
        "=1+1",
        "😀",
        "\u202eabc",
        "{{x}}",
        "{0}",
        "%s",
    ),
    Raw('<c r="{ref}" t="e"><v>#DIV/0!</v></c>'),
    Raw('<c r="{ref}" t="e"><v>#REF!</v></c>'),
    Raw('<c r="{ref}" t="e"><v>1E999</v></c>'),
    Raw('<c r="{ref}"><v>1E999</v></c>'),
    Raw('<c r="{ref}"><v>NaN</v></c>'),
    Raw('<c r="{ref}"><v></v></c>'),
    Raw('<c r="{ref}"><f>1+1</f></c>'),
    Raw('<c r="{ref}" t="str"><f>A1</f><v>abc</v></c>'),
    Raw('<c r="{ref}"><v>5</v><f>2+3</f></c>'),
    Raw('<c r="{ref}"><v><![CDATA[77]]></v></c>'),
    Raw('<c r="{ref}" t="s"><v>999999</v></c>'),
    Raw('<c r="{ref}" t="s"><v>-1</v></c>'),
    Raw('<c r="{ref}" t="d"><v>2025-03-05T00:00:00</v></c>'),
    Raw('<c r="{ref}" t="d"><v>never</v></c>'),
    Raw('<c r="{ref}" t="zzz"><v>5</v></c>'),
    Raw('<c r="{ref}" s="99"><v>5</v></c>'),
    Raw('<c r="{ref}" s="1"><v>99999999</v></c>'),
    Raw('<c r="{ref}" s="2"><v>0.95</v></c>'),
    Raw('<c r="{ref}" t="inlineStr"><is><r><t>9</t></r><r><t>5</t></r></is></c>'),
)


def _sheet(rng: Random, book: Book) -> Sheet:
    filled = [sheet for sheet in book.sheets if len(sheet.rows) > 1]
    looked_at = [sheet for sheet in filled if sheet.table in book.focus]
    return rng.choice(looked_at or filled or [Sheet("", [["", ""], ["", ""]])])


def _row(rng: Random, sheet: Sheet, least: int = 1) -> int:
    return rng.randrange(min(least, len(sheet.rows) - 1), len(sheet.rows))


def _hit(book: Book, row: list[Any]) -> None:
    book.hit |= {cell[cell.index(MARK) :][:8] for cell in row if isinstance(cell, str) and MARK in cell}


def put_cell(rng: Random, book: Book) -> str:
    sheet = _sheet(rng, book)
    at = _row(rng, sheet)
    row = sheet.rows[at]
    if not row:
        return "nothing"
    column = rng.randrange(len(row))
    _hit(book, row)
    row[column] = rng.choice(CELLS)
    return f"put {sheet.title} row {at + 1} column {column} {str(row[column])[:60]!r}"


def swap_cells(rng: Random, book: Book) -> str:
    sheet = _sheet(rng, book)
    one, other = sheet.rows[_row(rng, sheet)], sheet.rows[_row(rng, sheet)]
    column = rng.randrange(max(1, min(len(one), len(other))))
    if column < min(len(one), len(other)):
        _hit(book, one)
        _hit(book, other)
        one[column], other[column] = other[column], one[column]
    return f"swap {sheet.title} column {column}"


def delete_row(rng: Random, book: Book) -> str:
    sheet = _sheet(rng, book)
    at = _row(rng, sheet)
    _hit(book, sheet.rows[at])
    del sheet.rows[at]
    return f"delete row {sheet.title} {at + 1}"


def repeat_row(rng: Random, book: Book) -> str:
    sheet = _sheet(rng, book)
    at = _row(rng, sheet)
    sheet.rows.insert(rng.randrange(1, len(sheet.rows) + 1), list(sheet.rows[at]))
    return f"repeat row {sheet.title} {at + 1}"


def blank_rows(rng: Random, book: Book) -> str:
    sheet = _sheet(rng, book)
    at, count = _row(rng, sheet), rng.choice([1, 2, 30, 300])
    sheet.rows[at:at] = [[] for _ in range(count)]
    return f"{count} blank rows in {sheet.title} before {at + 1}"


def title_rows(rng: Random, book: Book) -> str:
    sheet = _sheet(rng, book)
    count = rng.choice([1, 2, 5])
    sheet.rows[:0] = [[f"标题 {number}"] for number in range(count)]
    return f"{count} title rows in {sheet.title}"


def totals_row(rng: Random, book: Book) -> str:
    sheet = _sheet(rng, book)
    sheet.rows.append([rng.choice(["合计", "小计", "汇总", "Total", "平均"]), None, None, 5])
    return f"totals row in {sheet.title}"


def delete_column(rng: Random, book: Book) -> str:
    sheet = _sheet(rng, book)
    column = rng.randrange(max(1, *map(len, sheet.rows)))
    header = sheet.rows[0][column] if column < len(sheet.rows[0]) else ""
    for row in sheet.rows:
        del row[column : column + 1]
    return f"delete column {header} of {sheet.title}"


def move_column(rng: Random, book: Book) -> str:
    sheet = _sheet(rng, book)
    width = max(1, *map(len, sheet.rows))
    source, target = rng.randrange(width), rng.randrange(width)
    for row in sheet.rows:
        row += [None] * (width - len(row))
        row.insert(target, row.pop(source))
    return f"move column {source} of {sheet.title} to {target}"


def put_header(rng: Random, book: Book) -> str:
    sheet = _sheet(rng, book)
    row: list[Any] = next((row for row in sheet.rows if row), [None])
    column = rng.randrange(len(row))
    was, row[column] = (
        row[column],
        rng.choice([None, "随便", row[0], row[-1], " " + str(row[column]) + "* ", 5, "权重"]),
    )
    return f"header {was} of {sheet.title} is {row[column]}"


def rename_sheet(rng: Random, book: Book) -> str:
    sheet = rng.choice([sheet for sheet in book.sheets if sheet.table in book.focus] or book.sheets)
    was, sheet.title = (
        sheet.title,
        rng.choice(["Sheet9", f"{sheet.title}2", f" {sheet.title}", "甲乙丙", f"PX {sheet.title}"]),
    )
    return f"rename {was} to {sheet.title}"


def delete_sheet(rng: Random, book: Book) -> str:
    if len(book.sheets) < 2:
        return "nothing"
    sheet = rng.choice([sheet for sheet in book.sheets if sheet.table in book.focus] or book.sheets)
    book.sheets.remove(sheet)
    return f"delete sheet {sheet.title}"


def split_sheet(rng: Random, book: Book) -> str:
    sheet = _sheet(rng, book)
    at = _row(rng, sheet)
    book.sheets.append(Sheet(f"{sheet.title}(2)", [list(sheet.rows[0]), *sheet.rows[at:]], sheet.table))
    del sheet.rows[at:]
    return f"split {sheet.title} at {at + 1}"


def shuffle_sheets(rng: Random, book: Book) -> str:
    rng.shuffle(book.sheets)
    return "shuffle sheets"


def hide_row(rng: Random, book: Book) -> str:
    sheet = _sheet(rng, book)
    at = _row(rng, sheet)
    sheet.hidden_rows.add(at + 1)
    return f"hide row {at + 1} of {sheet.title}"


def merge_cells(rng: Random, book: Book) -> str:
    sheet = _sheet(rng, book)
    at = _row(rng, sheet) + 1
    _hit(book, sheet.rows[at - 1])
    sheet.merges.append(
        rng.choice([f"A{at}:A{at + 1}", f"A{at}:B{at}", f"B{at}:B{at}", f"A{at}", "A1:XFD1048576", "junk", "A0:B0"])
    )
    return f"merge {sheet.merges[-1]} in {sheet.title}"


def stray_cell(rng: Random, book: Book) -> str:
    sheet = _sheet(rng, book)
    row = sheet.rows[_row(rng, sheet, 0)]
    row += [None] * rng.choice([3, 40]) + [rng.choice(["x", 1, "备注"])]
    return f"stray cell in {sheet.title}"


BOOK_MUTATIONS: tuple[Callable[[Random, Book], str], ...] = (
    *(put_cell,) * 12,
    *(swap_cells, delete_row, repeat_row, blank_rows, title_rows, totals_row, delete_column, move_column, put_header),
    *(rename_sheet, delete_sheet, split_sheet, shuffle_sheets, hide_row, merge_cells, stray_cell),
)

Parts = dict[str, bytes]


def _part(rng: Random, made: Parts, pattern: str) -> str:
    """One of those parts; any other where an earlier mutation renamed them all."""
    return rng.choice([name for name in made if re.search(pattern, name)] or list(made))


def _sub(pattern: str, to: str, where: str, count: int = 0) -> Callable[[Random, Parts], str]:
    def mutate(rng: Random, made: Parts) -> str:
        name = _part(rng, made, where)
        made[name] = re.sub(pattern.encode(), to.encode(), made[name], count=count)
        return f"{pattern} -> {to} in {name}"

    return mutate


def rows_without_numbers(rng: Random, made: Parts) -> str:
    name = _part(rng, made, "sheet")
    made[name] = re.sub(rb'<row r="\d+"', b"<row", made[name])
    made[name] = re.sub(rb'<c r="\w+"', b"<c", made[name]) if rng.random() < 0.5 else made[name]
    return f"rows without r in {name}"


def one_row_number(rng: Random, made: Parts) -> str:
    name, number = _part(rng, made, "sheet"), rng.choice([b"0", b"-1", b"x", b"1048577", b"1", b"999999"])
    found = list(re.finditer(rb'<row r="(\d+)"', made[name]))
    if found:
        hit = rng.choice(found)
        made[name] = made[name][: hit.start(1)] + number + made[name][hit.end(1) :]
    return f"a row numbered {number!r} in {name}"


def one_cell_place(rng: Random, made: Parts) -> str:
    name, place = _part(rng, made, "sheet"), rng.choice([b"", b"A0", b"1A", b"XFE1", b"ZZZZ9", b"a1", b"$A$2", b"A-1"])
    found = list(re.finditer(rb'<c r="(\w+)"', made[name]))
    if found:
        hit = rng.choice(found)
        made[name] = made[name][: hit.start(1)] + place + made[name][hit.end(1) :]
    return f"a cell at {place!r} in {name}"


def cut_xml(rng: Random, made: Parts) -> str:
    name = rng.choice(list(made))
    made[name] = made[name][: rng.randrange(len(made[name]))]
    return f"cut {name}"


def flip_byte(rng: Random, made: Parts) -> str:
    name = rng.choice(list(made))
    at = rng.randrange(len(made[name]))
    if re.search(MARK.encode() + rb"\d*$", made[name][max(at - 8, 0) : at + 1]):
        return "nothing"  # a planted ID that is another one now could not be told from a row that is lost
    made[name] = made[name][:at] + bytes([rng.randrange(256)]) + made[name][at + 1 :]
    return f"byte {at} of {name}"


def drop_part(rng: Random, made: Parts) -> str:
    name = rng.choice(list(made))
    del made[name]
    return f"without {name}"


def rename_part(rng: Random, made: Parts) -> str:
    name = rng.choice(list(made))
    to = rng.choice([name.upper(), name.replace("/", "\\"), "/" + name, name.replace("sheet", "Sheet"), "./" + name])
    made.update({(to if key == name else key): content for key, content in list(made.items())})
    if to != name:
        del made[name]
    return f"{name} named {to}"


def prefixed(rng: Random, made: Parts) -> str:
    name = _part(rng, made, "sheet|workbook.xml$")
    text = re.sub(rb"<(/?)(?!\?|!)(\w+)", rb"<\1x:\2", made[name])
    made[name] = text.replace(b' xmlns="', b' xmlns:x="')
    return f"prefixed names in {name}"


def utf16(rng: Random, made: Parts) -> str:
    name = rng.choice(list(made))
    made[name] = made[name].decode("utf-8", "replace").replace("UTF-8", "UTF-16").encode("utf-16")
    return f"UTF-16 in {name}"


def entity(rng: Random, made: Parts) -> str:
    name = rng.choice(list(made))
    made[name] = made[name].replace(b"?>\n", b'?>\n<!DOCTYPE x [<!ENTITY a "b">]>\n', 1)
    return f"a document type in {name}"


XML_MUTATIONS: tuple[Callable[[Random, Parts], str], ...] = (
    rows_without_numbers,
    one_row_number,
    one_cell_place,
    cut_xml,
    *(flip_byte,) * 3,
    drop_part,
    rename_part,
    prefixed,
    utf16,
    entity,
    _sub("<sheetData>", '<dimension ref="A0"/><sheetData>', "sheet"),
    _sub("<sheetData>", '<dimension ref="A1:A1"/><sheetData>', "sheet"),
    _sub("<sheetData>", "<!-- a --><?pi b?><sheetData>", "sheet"),
    _sub("</row>", "<!-- a --></row><?pi b?>", "sheet"),
    _sub("<v>([^<]*)</v>", r"<v><![CDATA[\1]]></v>", "sheet"),
    _sub("<v>([^<]*)</v>", "<v>z</v>", "sheet"),
    _sub('Target="worksheets/', 'Target="./worksheets/', "workbook.xml.rels"),
    _sub('Target="worksheets/', 'Target="/xl/worksheets/', "workbook.xml.rels"),
    _sub('Target="worksheets/sheet1', 'Target="worksheets/%73heet1', "workbook.xml.rels"),
    _sub('Target="worksheets/sheet1', 'Target="worksheets/SHEET1', "workbook.xml.rels"),
    _sub('Target="worksheets/sheet2', 'Target="worksheets/sheet77', "workbook.xml.rels"),
    _sub('r:id="rId2"', 'r:id="rId99"', "workbook.xml$"),
    _sub('r:id="rId2"', 'r:id="rId1"', "workbook.xml$"),
    _sub(' r:id="rId2"', "", "workbook.xml$"),
    _sub('sheetId="2"', 'sheetId="2" state="veryHidden"', "workbook.xml$"),
    _sub('sheetId="2"', 'sheetId="2" state="hidden"', "workbook.xml$"),
    _sub("<sheets>", "<sheets/><sheets>", "workbook.xml$"),
    _sub("</sheetData>", "</sheetData><sheetData></sheetData>", "sheet"),
    _sub("<cellXfs", '<cellXfs count="x"', "styles"),
)


def _raw_cut(rng: Random, whole: bytes) -> bytes:
    return whole[: rng.randrange(len(whole))]


def _raw_flip(rng: Random, whole: bytes) -> bytes:
    at = rng.randrange(len(whole))
    return whole[:at] + bytes([rng.randrange(256)]) + whole[at + 1 :]


def _raw_directory(rng: Random, whole: bytes) -> bytes:
    """A byte of the archive's directory, where names, sizes and places stand."""
    start = whole.rfind(b"PK\x01\x02", 0, len(whole))
    at = rng.randrange(min(max(start, 0), len(whole) - 1), len(whole))
    return whole[:at] + bytes([rng.randrange(256)]) + whole[at + 1 :]


def _raw_flags(rng: Random, whole: bytes) -> bytes:
    """An entry that says it is encrypted, or packed in a way that nobody knows."""
    at = rng.choice([hit.start() for hit in re.finditer(b"PK\x01\x02", whole)])
    field = rng.choice([8, 10])
    return whole[: at + field] + struct.pack("<H", rng.choice([1, 99, 12, 14])) + whole[at + field + 2 :]


def _raw_tail(rng: Random, whole: bytes) -> bytes:
    return whole + rng.randbytes(rng.choice([1, 30, 70_000]))


def _raw_head(rng: Random, whole: bytes) -> bytes:
    return rng.randbytes(rng.choice([1, 30])) + whole


ZIP_MUTATIONS = (_raw_cut, _raw_flip, _raw_flip, _raw_directory, _raw_flags, _raw_tail, _raw_head)
