"""Tables as text (.csv and its like): which encoding, which separator, and which texts are numbers.

A text file has no number formats. The rule: what is wholly a number is a number (95% a percentage, 1,234 with its
thousands), what is wholly a day written year first is a day; numbers that begin with 0 and all else stay text.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from perfxl.workbook.formats.cells import DAY, GENERAL, PERCENT, BookWriter, Value, serial_day
from perfxl.workbook.sheet_names import plain_name

_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_MARKS = ",\t;|"
_SAMPLE_ROWS, _LONGEST_CELL = 100, 2**20
_CONTROL = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f]")
_STATED_MARK = re.compile(r"sep=([^\r\n])\r?\n", re.IGNORECASE)
_NUMBER = re.compile(r"([+-]?)((?:0|[1-9]\d*|[1-9]\d{0,2}(?:,\d{3})+)(?:\.\d+)?)([%％]?)")
_DAY = re.compile(r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})")
_EXACT_DIGITS = 15
_NAMES = {"utf-8-sig": "UTF-8", "utf-8": "UTF-8", "gb18030": "GB18030"}
_MARK_NAMES = {"\t": "Tab"}


class TextTable(NamedTuple):
    """A text, and what it was found to be: the encoding's name, the separator as a user calls it, the rows."""

    encoding: str
    mark: str
    rows: Iterator[list[str]]


def describe_text(data: bytes, named: bool) -> TextTable | None:
    """How a text file reads; None for what is none. `named`: its name says that it is one, so one column will do."""
    decoded = decode(data)
    if decoded is None or _CONTROL.search(decoded[0]):
        return None
    text, encoding = decoded
    stated = _STATED_MARK.match(text)
    mark = stated[1] if stated else _find_mark(text)
    if mark is None and not named:
        return None
    lines = io.StringIO(text[stated.end() :] if stated else text, newline="")
    reader = csv.reader(lines, delimiter=mark or ",")
    return TextTable(encoding, _MARK_NAMES.get(mark or ",", mark or ","), reader)


def decode(data: bytes) -> tuple[str, str] | None:
    """A text and the name of its encoding: what its first bytes say, UTF-16 by its zeros, else UTF-8, else GB18030."""
    candidates = [name for start, name in _BYTE_ORDER_MARKS if data.startswith(start)]
    if not candidates:
        even, odd = data[:2000:2].count(0), data[1:2000:2].count(0)
        if max(even, odd) > len(data[:2000]) // 8:
            candidates = ["utf-16-le" if odd > even else "utf-16-be"]
    for encoding in candidates or ("utf-8", "gb18030"):
        try:
            return data.decode(encoding), _NAMES.get(encoding, "UTF-16")
        except UnicodeDecodeError:
            continue
    return None


def write_text(table: TextTable, name: str, book: BookWriter) -> None:
    """Hands the rows on as one sheet. Raises: PackageError."""
    sheet = book.sheet(plain_name(name, " "))
    csv.field_size_limit(_LONGEST_CELL)
    try:
        for at, row in enumerate(table.rows):
            sheet.row(at, ((column, *read_value(text)) for column, text in enumerate(row) if text.strip()))
    except csv.Error:
        raise book.damaged() from None


def read_value(text: str) -> tuple[Value, str]:
    """A text as a cell would hold it: value and number format."""
    shown = text.strip()
    if number := _NUMBER.fullmatch(shown):
        digits = number[2].replace(",", "")
        if len(digits.replace(".", "")) <= _EXACT_DIGITS:
            exact = Decimal(number[1] + digits)
            if number[3]:
                return float(exact / 100), PERCENT
            return (float(exact) if "." in digits else int(exact)), GENERAL
    if day := _DAY.fullmatch(shown):
        try:
            serial = serial_day(date(int(day[1]), int(day[3]), int(day[4])))
        except ValueError:
            serial = None
        if serial is not None:
            return int(serial), DAY
    return text, GENERAL


def _find_mark(text: str) -> str | None:
    """The separator that splits most lines into equally many cells."""
    best, mark = 0.0, None
    for candidate in _MARKS:
        lengths: Counter[int] = Counter()
        try:
            for at, row in enumerate(csv.reader(io.StringIO(text[:200_000], newline=""), delimiter=candidate)):
                if at == _SAMPLE_ROWS:
                    break
                lengths[len(row)] += bool(row)
        except csv.Error:
            continue
        several = {length: count for length, count in lengths.items() if length > 1}
        if several:
            length, count = max(several.items(), key=lambda pair: (pair[1], pair[0]))
            fit = (count + sum(several.values()) / 2) / max(sum(lengths.values()), 1) + length / 1000
            if fit > best:
                best, mark = fit, candidate
    return mark
