"""Returns as people save them: in other formats, by other programs, and with values that are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfxl.exchange.changes import Merged
from perfxl.exchange.merging import merge_returned
from perfxl.exchange.returned import read_returned
from tests.exchange.test_collect_merge import Mail, codes, put
from tests.exchange.test_distribute import program
from tests.workbook.office import convert, needs_libreoffice

FILE = "M0_经理0号_销售部"


@pytest.fixture
def mail(tmp_path: Path) -> Mail:
    return Mail(tmp_path)


def merged(mail: Mail, path: Path) -> Merged:
    return merge_returned(program().tables, [read_returned(path)], mail.record)


@needs_libreoffice
@pytest.mark.parametrize(
    ("kind", "options", "told"),
    [
        ("xls", "", []),
        ("ods", "", []),
        ("xlsm", ":Calc MS Excel 2007 VBA XML", []),
    ],
)
def test_answers_saved_in_another_format_are_taken(
    mail: Mail, tmp_path: Path, kind: str, options: str, told: list[tuple[str, str, str]]
) -> None:
    path = mail.answer(0, lambda book: [put(book, "S000", 55), put(book, "S003", 66.5)])
    found = merged(mail, convert(path, tmp_path / "office", kind, options))
    assert [(change.new, change.source.cell) for change in found.changes] == [(55.0, "H5"), (66.5, "H6")]
    assert codes(found) == told
    assert [state.names for state in found.files] == [[found.changes[0].source.file], [], []]


@needs_libreoffice
@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_formula_in_an_input_cell_is_named_in_every_format(mail: Mail, tmp_path: Path, kind: str) -> None:
    """Its value counts, as in a workbook of Excel's; formulas of the template's own say nothing."""
    path = mail.answer(0, lambda book: [put(book, "S000", "=50+5"), put(book, "S003", 66.5)])
    office = convert(path, tmp_path / "office", kind)
    found = merged(mail, office)
    assert [(change.new, change.source.cell) for change in found.changes] == [(55.0, "H5"), (66.5, "H6")]
    assert codes(found) == [("T111", office.name, "H5")]


@needs_libreoffice
def test_a_csv_of_another_sheet_is_one_problem(mail: Mail, tmp_path: Path) -> None:
    """LibreOffice saves the first sheet alone as CSV: it holds no answers, and that is said."""
    path = mail.answer(0, lambda book: put(book, "S000", 55))
    found = merged(mail, convert(path, tmp_path / "office", "csv"))
    assert not found.changes
    assert len(codes(found)) == 1


@pytest.mark.parametrize(
    ("typed", "taken", "told"),
    [
        ("#DIV/0!", None, {"V104"}),
        ("#N/A", None, {"V104"}),
        ("=1/0", None, {"S118"}),  # no stored result
        ("=1+1", None, {"S118"}),
        ("约50", None, {"V116"}),
        ("1e400", None, {"V117"}),
        (True, None, {"V102"}),
        ("-", None, {"V125"}),
        ("1,234.5", 1234.5, {"V122"}),
        ("１２", 12.0, {"V122"}),
        ("12 万", 12.0, {"V136"}),
        ("95%", 0.95, {"V121", "X171"}),  # of a KPI in 万元
        (" 7 ", 7.0, {"V121"}),
    ],
)
def test_values_that_are_none_are_named_at_their_cell(
    mail: Mail, typed: object, taken: float | None, told: set[str]
) -> None:
    mail.answer(0, lambda book: [put(book, "S000", typed), put(book, "S003", 3)])
    found = mail.collect()
    values = {change.source.cell: change.new for change in found.changes}
    assert values == ({"H6": 3.0} if taken is None else {"H5": taken, "H6": 3.0})
    assert set(codes(found)) == {(code, f"{FILE}.xlsx", "H5") for code in told}
