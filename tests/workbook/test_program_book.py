"""The program workbook that perfxl writes, read back through openpyxl, perfxl's own reader and LibreOffice."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter
from openpyxl.utils.escape import unescape
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from perfxl.assets import workbook_templates
from perfxl.core.policy import DEFAULT_SCALE, SETTINGS
from perfxl.core.records import Records, from_rows
from perfxl.core.schema import Type, get, template_tables
from perfxl.core.schema.beside import with_grey
from perfxl.core.schema.choices import CATEGORY
from perfxl.outputs import is_unchanged
from perfxl.sample import program
from perfxl.workbook.program.book import build_templates, new_program, write_program
from perfxl.workbook.program.layout import INDEX_SHEETS, LISTS_SHEET, READY_ROWS, place_of, quoted, table_name
from perfxl.workbook.reading.read import read_book
from tests.workbook.office import convert, format_errors, needs_libreoffice

LANGUAGES = ("zh", "en")
NASTY = [
    "<r>&x</r>",
    "=1+1",
    "{=1}",
    "http://x.cn",
    "+1",
    "-x",
    "@a",
    "00123",
    "1e5",
    "  a ",
    "a\nb",
    "<b>&\"'",
    "_x0041_",
    "TRUE",
]


@pytest.fixture(scope="module", params=LANGUAGES)
def blank(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    path = tmp_path_factory.mktemp("blank") / "program.xlsx"
    write_program(path, None, request.param)
    return request.param, path


def rules_of(sheet: Worksheet) -> dict[str, DataValidation]:
    """Column letter -> the validation of its cells."""
    return {
        re.match("[A-Z]+", str(area))[0]: rule  # type: ignore[index]
        for rule in sheet.data_validations.dataValidation
        for area in rule.sqref.ranges
    }


def substance(path: Path) -> dict[str, object]:
    """What a template says, whichever version of a library wrote it."""
    book = openpyxl.load_workbook(path)
    sheets = {
        sheet.title: (
            list(sheet.iter_rows(max_row=60, values_only=True)),
            sorted(
                (rule.formula1 or "", rule.prompt or "", str(rule.sqref))
                for rule in sheet.data_validations.dataValidation
            ),
            {letter: column.width for letter, column in sheet.column_dimensions.items()},
        )
        for sheet in book
        if sheet.title != LISTS_SHEET
    }
    return {**sheets, "names": {name: found.attr_text for name, found in book.defined_names.items()}}


def test_every_table_has_its_sheet_with_its_headers_in_the_order_of_the_schema(blank: tuple[str, Path]) -> None:
    lang, path = blank
    book = openpyxl.load_workbook(path)
    tables = list(template_tables())
    assert book.sheetnames == [INDEX_SHEETS(lang), *(table.title(lang) for table in tables), LISTS_SHEET]
    assert book[LISTS_SHEET].sheet_state == "hidden"
    for table in tables:
        sheet = book[table.title(lang)]
        assert sheet["A1"].value == table.title(lang)
        assert sheet["B2"].value == table.help(lang)
        headers = [column.header(lang) for column, _ in with_grey(table)]
        assert [cell.value for cell in sheet[3]] == headers
        (list_object,) = sheet.tables.values()
        assert [column.name for column in list_object.tableColumns] == headers
        assert sheet.freeze_panes and sheet.freeze_panes.endswith("4")
        assert sheet.print_title_rows == "$3:$3"
        assert sheet.page_setup.paperSize == 9


def test_tables_are_found_by_name_and_every_sheet_leads_back_to_the_index(blank: tuple[str, Path]) -> None:
    lang, path = blank
    book = openpyxl.load_workbook(path)
    index = book[INDEX_SHEETS(lang)]
    linked = {link.location for row in index["C1:C60"] for cell in row if (link := cell.hyperlink)}
    for table in template_tables():
        title = table.title(lang)
        ((sheet, area),) = book.defined_names[table_name(table.name)].destinations
        assert (sheet, area.split(":")[0]) == (title, "$A$3")
        assert f"'{title}'!A1" in linked
        assert book[title]["A2"].hyperlink.location == f"'{INDEX_SHEETS(lang)}'!A1"


def test_dropdowns_offer_the_allowed_values_through_names(blank: tuple[str, Path]) -> None:
    lang, path = blank
    book = openpyxl.load_workbook(path)
    for table in template_tables():
        rules = rules_of(book[table.title(lang)])
        for column in table.columns:
            if not column.choices:
                continue
            rule = rules[get_column_letter(place_of(table, column.name) + 1)]
            if column.choices is CATEGORY and table.name != "categories":
                continue  # the company's own, once there are some
            ((sheet, area),) = book.defined_names[str(rule.formula1).lstrip("=")].destinations
            offered = [cell.value for (cell,) in book[sheet][area.replace("$", "")]]
            assert offered == [choice.label(lang) for choice in column.choices]
            assert all(area.max_row >= READY_ROWS for area in rule.sqref.ranges)


def test_categories_offer_the_companys_own_once_it_has_some(blank: tuple[str, Path]) -> None:
    lang, path = blank
    book = openpyxl.load_workbook(path)
    own = quoted(get("categories").title(lang))
    for table, column in (("kpis", "category"), ("category_weights", "category"), ("contract_lines", "aspect")):
        at = place_of(get(table), column)
        rule = rules_of(book[get(table).title(lang)])[get_column_letter(at + 1)]
        assert rule.formula1 == "px_list_categories"
    reach = book.defined_names["px_list_categories"].attr_text
    assert reach.startswith(f"IF(COUNTA({own}!$A$4:") and f"{own}!$A$4:INDEX({own}!$A$4:" in reach


def test_references_offer_the_keys_of_the_other_table(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    write_program(path, {"units": from_rows("units", [{"unit": "U1", "name": "公司"}])})
    book = openpyxl.load_workbook(path)
    rule = rules_of(book["人员"])["C"]
    assert rule.formula1 == "px_list_units_unit"
    assert book.defined_names["px_list_units_unit"].attr_text.startswith("'组织'!$A$4:INDEX('组织'!$A$4:")


def test_a_reference_to_a_repeated_value_offers_each_once(tmp_path: Path) -> None:
    rows = [
        {"post_type": post, "category": c, "weight": 50.0} for post in ("前台", "后台") for c in ("people", "process")
    ]
    write_program(tmp_path / "book.xlsx", {"category_weights": from_rows("category_weights", rows)})
    lists = openpyxl.load_workbook(tmp_path / "book.xlsx", data_only=True)[LISTS_SHEET]
    column = next(column for column in lists.columns if column[0].value == "category_weights_post_type")
    assert [cell.value for cell in column if cell.value][1:] == ["前台", "后台"]


def test_the_policy_is_prefilled_and_reads_back_as_the_defaults(blank: tuple[str, Path]) -> None:
    lang, path = blank
    book, _, problems = read_book(path)
    assert problems == []
    policy = book["policy"]
    assert policy.column("key") == [setting.zh if lang == "zh" else setting.en for setting in SETTINGS]
    rows = dict(zip((setting.name for setting in SETTINGS), policy.column("value"), strict=True))
    assert (rows["weight_min"], rows["points_cap"], rows["veto_grade"], rows["as_of"]) == ("5", "120", "D", None)
    assert book["grade_bands"].column("grade") == ["A", "B", "C", "D", "E"]
    assert book["grade_tables"].column("grade") == list(DEFAULT_SCALE)


def test_settings_of_the_book_stand_in_their_place_and_unknown_ones_are_kept(tmp_path: Path) -> None:
    given = from_rows("policy", [{"key": "weight_max", "value": 40.0}, {"key": "我们自己的", "value": "甲"}])
    write_program(tmp_path / "book.xlsx", {"policy": given})
    policy = read_book(tmp_path / "book.xlsx")[0]["policy"]
    values = dict(zip(policy.column("key"), policy.column("value"), strict=True))
    assert (values["单项权重上限"], values["单项权重下限"], values["我们自己的"]) == ("40", "5", "甲")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_sample_program_reads_back_the_same(lang: str, tmp_path: Path) -> None:
    written = program(30, 7, lang)
    write_program(tmp_path / "book.xlsx", written, lang)
    read, _, problems = read_book(tmp_path / "book.xlsx")
    assert problems == []
    for name, records in written.items():
        if name == "policy":  # completed by the defaults
            continue
        for column in records.table.columns:
            assert read[name].column(column.name) == records.column(column.name), f"{name}.{column.name}"


def test_figures_show_as_their_kpi_does(tmp_path: Path) -> None:
    kpis: list[dict[str, Any]] = [
        {"kpi": "P", "name": "满意度", "unit": "%", "decimals": 1.0, "steps": "档"},
        {"kpi": "N", "name": "收入", "unit": "万元"},
    ]
    figures = [("P", 0.85), ("P", 0.8325), ("N", 12345.5), ("N", date(2025, 3, 31)), ("N", "N/A")]
    book = {
        "kpis": from_rows("kpis", kpis),
        "step_tables": from_rows("step_tables", [{"table": "档", "at": 0.9, "points": 100.0}]),
        "actuals": from_rows("actuals", [{"holder": "E1", "kpi": k, "value": v} for k, v in figures]),
    }
    write_program(tmp_path / "book.xlsx", book)
    read = openpyxl.load_workbook(tmp_path / "book.xlsx")
    shown = [(cell.value, cell.number_format) for (cell,) in read["实绩"]["F4:F8"]]
    assert shown[:3] == [(0.85, "#,##0.0%"), (0.8325, "#,##0.00%"), (12345.5, "#,##0.0")]
    assert (shown[3][0].date(), shown[3][1], shown[4][0]) == (date(2025, 3, 31), "yyyy-mm-dd", "不适用")
    assert read["分档表"]["B4"].number_format == "#,##0.0%"


def test_text_never_becomes_a_formula_a_link_or_a_number(tmp_path: Path) -> None:
    write_program(tmp_path / "book.xlsx", {"people": from_rows("people", [{"person": t, "name": t} for t in NASTY])})
    sheet = openpyxl.load_workbook(tmp_path / "book.xlsx")["人员"]
    for row, text in enumerate(NASTY, 4):
        for cell in (sheet.cell(row, 1), sheet.cell(row, 2)):
            assert (cell.data_type, cell.hyperlink) == ("s", None)
            # openpyxl has undone the escape of an escape, but not the escapes of signs that XML cannot hold
            assert isinstance(cell.value, str)
            assert text in (cell.value.rstrip("\u200b"), unescape(cell.value))


@settings(max_examples=8, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "person": st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=8),
                "start": st.none() | st.dates(date(1950, 1, 1), date(2199, 12, 31)),
            }
        ),
        max_size=30,
    )
)
def test_no_row_is_lost_or_changed(tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]) -> None:
    path = tmp_path_factory.getbasetemp() / "rows.xlsx"
    write_program(path, {"people": from_rows("people", rows)})
    sheet: Any = openpyxl.load_workbook(path, read_only=True)["人员"]
    start = place_of(get("people"), "start")
    read = [(row[0], row[start] and row[start].date()) for row in sheet.iter_rows(4, 3 + len(rows), values_only=True)]
    assert read == [(row["person"], row["start"]) for row in rows]


def test_columns_the_schema_does_not_know_are_kept(tmp_path: Path) -> None:
    people = from_rows("people", [{"person": "E1", "name": "张三"}])
    people.extra["手机"] = ["13800000000"]
    write_program(tmp_path / "book.xlsx", {"people": people})
    read = read_book(tmp_path / "book.xlsx")[0]["people"]
    assert read.extra == {"手机": ["13800000000"]}


def test_a_large_table_keeps_its_rows_and_its_table_ends_with_them(tmp_path: Path) -> None:
    count = 5_000
    columns: dict[str, list[Any]] = {"holder": [f"E{i}" for i in range(count)], "value": [i / 7 for i in range(count)]}
    write_program(tmp_path / "book.xlsx", {"actuals": Records(get("actuals"), columns)}, blank_rows=10)
    with ZipFile(tmp_path / "book.xlsx") as archive:
        part = next(name for name in archive.namelist() if b'name="t_actuals"' in archive.read(name))
        assert f'ref="A3:K{3 + count}"'.encode() in archive.read(part)  # Excel lets it grow, formulas and all
        part = next(name for name in archive.namelist() if b'name="t_holidays"' in archive.read(name))
        assert b'ref="A3:C13"' in archive.read(part)
    sheet = openpyxl.load_workbook(tmp_path / "book.xlsx", read_only=True)["实绩"]
    rows = list(sheet.iter_rows(4, 3 + count, max_col=6, values_only=True))
    assert [row[0] for row in rows] == columns["holder"]
    assert [row[5] for row in rows] == columns["value"]


def test_a_table_without_any_row_is_still_a_valid_table(tmp_path: Path) -> None:
    write_program(tmp_path / "book.xlsx", {}, blank_rows=0)
    tables = openpyxl.load_workbook(tmp_path / "book.xlsx")["人员"].tables
    assert tables["t_people"].ref == "A3:M23"
    assert openpyxl.load_workbook(tmp_path / "book.xlsx")["节假日"].tables["t_holidays"].ref == "A3:C4"


def test_columns_are_wide_enough_for_short_content(tmp_path: Path) -> None:
    write_program(tmp_path / "book.xlsx", program(30, 7))
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    for table in template_tables():
        sheet = book[table.zh]
        for column in table.columns:
            i = place_of(table, column.name) + 1
            width = sheet.column_dimensions[get_column_letter(i)].width
            for (value,) in sheet.iter_rows(4, sheet.max_row, i, i, values_only=True):
                wraps = column.type is Type.TEXT
                if isinstance(value, str) and not wraps:
                    assert sum(2 if ord(c) > 0x2E80 else 1 for c in value) <= width, f"{table.name}.{column.name}"


@needs_libreoffice
def test_libreoffice_opens_a_filled_program_and_keeps_what_it_holds(tmp_path: Path) -> None:
    write_program(tmp_path / "book.xlsx", program(12, 3))
    opened = openpyxl.load_workbook(convert(tmp_path / "book.xlsx", tmp_path / "office", "xlsx"), data_only=True)
    mine = openpyxl.load_workbook(tmp_path / "book.xlsx", data_only=True)
    for name in mine.sheetnames:
        theirs = [[c for c in row if c is not None] for row in opened[name].iter_rows(values_only=True)]
        ours = [[c for c in row if c is not None] for row in mine[name].iter_rows(values_only=True)]
        assert [row for row in theirs if row] == [row for row in ours if row], name


def test_the_files_are_valid(blank: tuple[str, Path], tmp_path: Path) -> None:
    assert format_errors(blank[1]) == []
    write_program(tmp_path / "book.xlsx", program(12, 3, blank[0]), blank[0])
    assert format_errors(tmp_path / "book.xlsx") == []


def test_the_shipped_templates_are_those_of_the_schema(tmp_path: Path) -> None:
    for made in build_templates(tmp_path):
        shipped = workbook_templates() / made.name
        assert substance(made) == substance(shipped), f"{made.name} is out of date: python -m perfxl templates build"


def test_the_same_schema_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = (build_templates(tmp_path / name)[0].read_bytes() for name in "ab")
    assert first == second


@pytest.mark.parametrize(("lang", "name"), [("zh", "绩效方案.xlsx"), ("en", "program.xlsx")])
def test_a_new_program_brings_both_template_folders(lang: str, name: str, tmp_path: Path) -> None:
    made, problems = new_program(tmp_path / "new", lang)
    assert problems == []
    assert made[0] == tmp_path / "new" / name
    assert {path.parent.name for path in made} == {"new", "workbook_templates", "doc_templates"}
    assert all(map(is_unchanged, made))
    assert parts_of(made[0]) == parts_of(workbook_templates() / f"program.{lang}.xlsx")


def parts_of(path: Path) -> dict[str, bytes]:
    """The parts but those that hold or declare the mark."""
    with ZipFile(path) as archive:
        names = set(archive.namelist()) - {"[Content_Types].xml", "_rels/.rels", "docProps/custom.xml"}
        return {name: archive.read(name) for name in names}


def test_a_new_program_never_overwrites(tmp_path: Path) -> None:
    mine = tmp_path / "绩效方案.xlsx"
    mine.write_text("mine")
    made, problems = new_program(tmp_path)
    assert mine.read_text() == "mine"
    assert mine not in made
    assert [(p.code, p.address.file) for p in problems] == [("F150", mine.name)]
    made, problems = new_program(tmp_path)
    assert made == []
    assert {p.code for p in problems} == {"F150"}


def test_a_new_program_where_none_can_be_made_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    made, problems = new_program(tmp_path / "file" / "new")
    assert (made, [p.code for p in problems]) == ([], ["F151"])


def test_nothing_is_left_behind_when_writing_fails(tmp_path: Path) -> None:
    broken = from_rows("people", [{"person": "E1"}])
    broken.columns["name"] = [[]]  # what no cell can hold
    with pytest.raises(TypeError):
        write_program(tmp_path / "book.xlsx", {"people": broken})
    assert list(tmp_path.iterdir()) == []
