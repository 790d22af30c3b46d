"""What the lines around a table say: whose it is, of which unit and post, for which period."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from perfxl.core.values.dates import Span, parse_date, parse_period, period_of, period_span
from perfxl.core.values.multiples import multiple_of
from perfxl.core.values.text import clean, fold
from perfxl.tables.headers import bare
from perfxl.tables.lexicon import SURE, hear, is_title, label_columns, title_rest
from perfxl.tables.notation.targets import unit_of

Fields = dict[str, str]
"""Canonical column of the contract sheet -> text from the title."""

_TITLE_COLUMNS = ("contract", "person", "name", "post", "department", "issuer", "period")
# From where a word begins, and never back: a title of 40,000 letters without a colon took minutes.
_LABEL = re.compile(r"(?<![^\s:：,，;；|、])([^\s:：,，;；|、]++(?: [^\s:：,，;；|、]++){0,2}+)\s*+[:：]")
_OPENING, _CLOSING = "(（[【", ")）]】"
_WORD_BEFORE = re.compile(r"^.*[ (（\[【]", re.DOTALL)
_FIELD_END = re.compile(r"\s{2,}|[,，;；|、\t\n]|_{2,}")
_PERIOD = re.compile(
    r"20\d\d\s*(?:年\s*(?:第?[一二三四1-4]季度|[上下]半年|1[0-2]月|[1-9]月)|年度?|[QH][1-4]|[-.](?:1[0-2]|0[1-9])(?!\d))?"
)
_PERIOD_FIRST = re.compile(
    r"(?<![A-Za-z])(?P<half>[QH][1-4]|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?)[\s,'/-]{0,3}(?P<year>20\d\d)(?!\d)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<!\d)20\d\d(?=\s*(?:年|财年|[QH][1-4]|[-./](?:1[0-2]|0?[1-9])(?!\d)))")
_LONGEST = 30  # characters of a name
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SPANS = re.compile(
    r"(?:\b(?:" + "|".join(_MONTHS) + r")[a-z]*\.?|[QH][1-4]|\d)\s*(?:-|–|—|~|to|through|until)\s*$", re.IGNORECASE
)  # Jan - Dec 2026 is no December
_ALONE = re.compile(r"20\d\d")
_PERIOD_BEHIND = re.compile(r"\s+20\d\d\s*年.*$")
_RANGE = re.compile(
    r"(20\d\d\s*[-./年]\s*\d{1,2}\s*[-./月]\s*\d{1,2}\s*日?)\s*(?:-|~|—|–|至|到|to)+\s*(20\d\d\s*[-./年]\s*\d{1,2}\s*[-./月]\s*\d{1,2}\s*日?)"
)

OWNERS = frozenset(("person", "name", "post", "department"))
"""What says whose a table is."""


def name_owner(line: str) -> Fields:
    """Whose a table is, by the line above it: a post or a unit among words such as 考核表, else somebody's name."""
    what, name = title_rest(line)
    first, _, rest = clean(line).partition(" ")
    if not what and rest and is_title(rest):
        return {"name": first} | read_title([[line]])
    return read_title([[line]]) or {what or "name": name or clean(line)}


def read_title(rows: Sequence[Sequence[Any]], above: bool = False) -> Fields:
    """What the lines say; the first mention of each holds.

    above  whether they stand above a table, where 员工 and 单位 with a value beside them are labels, and no KPIs
    """
    fields: Fields = {}
    loose: Fields = {}
    for row in rows:
        cells = [clean(value) if isinstance(value, str) else value for value in row]
        for i, cell in enumerate(cells):
            if isinstance(cell, str) and cell:
                for column, text in (*_fields_in(cell), *_beside(cell, cells[i + 1 : i + 6])):
                    fields.setdefault(column, text)
                for column, text in _loosely(cell, cells[i + 1 : i + 6]) if above else ():
                    loose.setdefault(column, text)
    fields = {**loose, **fields}
    if "period" not in fields:
        period = _first_period(rows, fields.get("contract", ""))
        if period:
            fields["period"] = period
    return fields


def find_period(text: str) -> str:
    """The first period a text mentions, as core/dates writes it; of two days, the period that they span."""
    match = _PERIOD.search(text)
    days = find_days(text)
    if days:
        return period_of(*days)
    before = list(_PERIOD_FIRST.finditer(text))  # Q1 2026, March 2026
    if len(before) == 1 and not _SPANS.search(text[: before[0].start()]):
        part, year = before[0]["half"].upper(), before[0]["year"]
        return f"{year}{part}" if part[1:].isdigit() else f"{year}-{_MONTHS.index(part[:3].lower()) + 1:02}"
    return (parse_period(match[0]).value or "") if match else ""


def year_of(rows: Sequence[Sequence[Any]]) -> Span | None:
    """The days that the lines around a table speak of, for a period without a year; None where they name no year or
    several."""
    cells = [fold(cell) for row in rows for cell in row if isinstance(cell, str) and cell]
    texts = [cell for cell in cells if "20" in cell]
    days = [Span(*each) for each in map(find_days, texts) if each]
    if days:
        return days[0] if len(set(days)) == 1 else None
    years = {year for text in texts for year in _YEAR.findall(text)}
    years |= {text for row in rows for text in map(_year_alone, row) if text}
    return period_span(years.pop()) if len(years) == 1 else None


def year_around(rows: Sequence[Sequence[Any]], sheet: str, file: str) -> Span | None:
    """The days that the lines above a table speak of, else those of its sheet's or its file's name."""
    return year_of(rows) or year_of([[sheet]]) or year_of([[file]])


def _year_alone(value: Any) -> str:
    """The year of a cell that holds nothing else: 2025."""
    text = f"{value:.15g}" if isinstance(value, float) else str(value)
    return text if _ALONE.fullmatch(text) else ""


def read_period(text: str, within: Span | None) -> str:
    """The period that a title gives, one without a year within some days; "" where it gives none."""
    return find_period(text) or parse_period(text, within).value or ""


def find_days(text: str) -> tuple[date, date] | None:
    """The first and the last day of a range such as 2026年1月1日-2026年12月31日."""
    match = _RANGE.search(fold(text))
    start, end = (parse_date(match[1]).value, parse_date(match[2]).value) if match else (None, None)
    return (start, end) if start and end and start <= end else None


def _fields_in(cell: str) -> list[tuple[str, str]]:
    labels = [_read_label(match) for match in _LABEL.finditer(cell)]
    ends = [*(start for start, _, _ in labels[1:]), len(cell)]
    pairs = []
    for (_, start, column), end in zip(labels, ends, strict=False):
        text = _within_brackets(_FIELD_END.split(cell[start:end].strip())[0].strip(" _"))
        text = text if column == "period" else _PERIOD_BEHIND.sub("", text)
        if column and text:
            pairs.append((column, text))
    return pairs


def _loosely(cell: str, right: Sequence[Any]) -> Iterator[tuple[str, str]]:
    """Labels that are such only above a table. 单位：万元 is no unit of the company."""
    columns = label_columns()
    found = [(m[1], _FIELD_END.split(cell[m.end() :].strip())[0].strip(" _")) for m in _LABEL.finditer(cell)]
    beside = next((value for value in right if value != ""), "")
    if isinstance(beside, str) and not _title_column(beside) and not _LABEL.match(beside):
        found.append((cell, beside.strip(" _")))
    for label, value in found:
        column = columns.get(bare(label), "")
        measures = column == "department" and (unit_of(value) or multiple_of([value]) or "%" in value)
        told = column and value and not measures and len(value) <= _LONGEST
        if told and not _title_column(value) and bare(value) not in columns:
            yield column, value


def _within_brackets(text: str) -> str:
    """A value up to the bracket that closes what was opened before it: E1 of （姓名：张三 工号：E1）."""
    depth = 0
    for i, sign in enumerate(text):
        depth += (sign in _OPENING) - (sign in _CLOSING)
        if depth < 0:
            return text[:i].strip(" _")
    return text


def _read_label(match: re.Match[str]) -> tuple[int, int, str]:
    """Where a label begins and ends, and its column; of two words, the first may belong to the value before, and a
    bracket may open before the label."""
    label = match[1]
    column = _title_column(label)
    word = _WORD_BEFORE.sub("", label)
    if column or word == label:
        return match.start(1), match.end(), column
    return match.end(1) - len(word), match.end(), _title_column(word)


def _beside(cell: str, right: Sequence[Any]) -> list[tuple[str, str]]:
    column = _title_column(cell)
    value = next((value for value in right if value != ""), "")
    text = f"{value:.15g}" if isinstance(value, float) else str(value)
    if not column or not text or _title_column(text) or _LABEL.match(text):
        return []
    return [(column, text.strip(" _"))]


def _title_column(label: str) -> str:
    senses = hear(label).senses if label and len(label) <= 20 else {}
    return next((column for column in _TITLE_COLUMNS if senses.get(column, 0.0) >= SURE - 0.05), "")


def _first_period(rows: Sequence[Sequence[Any]], number: str = "") -> str:
    """The first period that a line mentions, outside the contract's number: HT-2026-07 is no July."""
    texts = (cell.replace(number, "") if number else cell for row in rows for cell in row if isinstance(cell, str))
    return next((period for period in map(find_period, texts) if period), "")
