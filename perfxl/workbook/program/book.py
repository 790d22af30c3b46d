"""Program workbooks from the schema: empty for HR to fill, or holding a program's tables; the templates that ship. A
new one holds the policy's settings, the grade bands and the grade scale before anybody types."""

from __future__ import annotations

import shutil
from itertools import chain
from pathlib import Path
from typing import Any

from perfxl.assets import doc_templates, workbook_templates
from perfxl.core.language import LANGUAGES, Text
from perfxl.core.policy import DEFAULT_BANDS, DEFAULT_SCALE, SETTINGS, Setting
from perfxl.core.problems import Address, Problem, problem
from perfxl.core.records import Records, Tables, from_rows
from perfxl.core.schema import all_tables
from perfxl.disk import is_same_file, made_folder
from perfxl.ooxml.zip_write import SAME_DAY
from perfxl.outputs import explain_error, replacing
from perfxl.workbook.program.dropdowns import DropdownLists, setting_of
from perfxl.workbook.program.index_sheet import write_index
from perfxl.workbook.program.layout import INDEX_SHEETS, LISTS_SHEET, sheets_of
from perfxl.workbook.program.names import NamesOfCodes
from perfxl.workbook.program.record_sheet import RecordSheet
from perfxl.workbook.program.table_sheet import ProgramBook, write_table_sheet
from perfxl.workbook.style import Formats
from perfxl.workbook.writing import new_workbook

KIND = "program"
"""What the mark of a program says that it is."""
_TITLE = Text("绩效方案", "Performance program")
PROGRAM_FILES = Text("绩效方案.xlsx", "program.xlsx")

_UNITS = {"个": "", "分": "points", "人": "people", "天": "days"}
_BAND_MEANINGS = {
    "A": Text("卓越：全面超过目标", "Outstanding: beyond targets throughout"),
    "B": Text("优良：多数超过目标", "Good: beyond most targets"),
    "C": Text("称职：达到目标", "Competent: on target"),
    "D": Text("待改进：部分未达目标", "To improve: some targets missed"),
    "E": Text("不称职：多数未达目标", "Not competent: most targets missed"),
}
_SCALE_NAME = Text("默认", "Default")
_SCALE_SENTENCES = {
    "优": Text("全面达到并超出要求", "All requirements met and exceeded"),
    "良": Text("达到要求，个别方面可改进", "Requirements met, single points to improve"),
    "中": Text("基本达到要求，多个方面需改进", "Requirements mostly met, several points to improve"),
    "差": Text("未达到要求", "Requirements not met"),
}


def write_program(
    path: Path, tables: Tables | None = None, lang: str = "zh", blank_rows: int = 200, source: str = ""
) -> None:
    """Writes the workbook; tables that are not given are there, empty, with `blank_rows` rows to fill. A table with
    more records than a sheet has rows goes on in further sheets.

    source  the file that the program was made from, for the workbook's mark
    """
    filled = _with_defaults(tables or {}, lang)
    held = (t for t in all_tables().values() if t.template or (t.when_filled and filled.get(t.name)))
    sheets = {table.name: sheets_of(table, filled.get(table.name), lang) for table in held}
    every = list(chain.from_iterable(sheets.values()))
    with new_workbook(path, lang, _TITLE(lang), KIND, source, SAME_DAY) as workbook:
        formats = Formats(workbook, lang)
        index = workbook.add_worksheet(INDEX_SHEETS(lang))
        worksheets = [workbook.add_worksheet(sheet.title, worksheet_class=RecordSheet) for sheet in every]
        hidden = workbook.add_worksheet(LISTS_SHEET)
        hidden.hide()
        lists = DropdownLists(workbook, sheets, filled, lang)
        book = ProgramBook(workbook, formats, lists, filled, sheets, NamesOfCodes(filled), lang, blank_rows)
        for worksheet, sheet in zip(worksheets, every, strict=True):
            write_table_sheet(worksheet, sheet, book)
        write_index(index, every, formats, lang)
        lists.write(hidden)


def build_templates(folder: Path) -> list[Path]:
    """Writes the empty program workbooks that ship with perfxl; the same schema gives the same bytes."""
    made_folder(folder)
    paths = [folder / template_name(lang) for lang in LANGUAGES]
    for path, lang in zip(paths, LANGUAGES, strict=True):
        write_program(path, None, lang)
    return paths


def template_name(lang: str) -> str:
    """The file of the empty program that ships."""
    return f"program.{lang}.xlsx"


def new_program(folder: Path, lang: str = "zh", overwrite: bool = False) -> tuple[list[Path], list[Problem]]:
    """Copies the empty program and both template folders into the folder. Files that are there already stay as they
    are, each named by a problem, unless they are to be overwritten.

    Returns: The files that were made, and the problems.
    """
    copies = [(workbook_templates() / template_name(lang), folder / PROGRAM_FILES(lang))]
    for kind, shipped in (("workbook_templates", workbook_templates()), ("doc_templates", doc_templates())):
        for source in sorted(shipped.rglob("*")):
            if source.is_file() and not source.name.startswith((".", "~")):
                copies.append((source, folder / kind / source.relative_to(shipped)))
    paths: list[Path] = []
    problems: list[Problem] = []
    for source, target in copies:
        if target.exists() and (not overwrite or not target.is_file() or is_same_file(source, target)):
            problems.append(problem("output_exists", Address(target.name), value=str(target)))
            continue
        try:
            made_folder(target.parent)
            with replacing(target, "template" if target.suffix == ".docx" else KIND) as temporary:
                shutil.copyfile(source, temporary)
        except OSError as error:
            reason = explain_error(error, target)
            problems.append(problem("output_not_writable", Address(target.name), value=str(target), reason=reason))
            break
        paths.append(target)
    return paths, problems


def _with_defaults(tables: Tables, lang: str) -> dict[str, Records]:
    """The tables with the policy completed by the settings it leaves to their defaults, and the tables that a new
    program brings along where they are not given."""
    bands = [
        {
            "grade": band.grade,
            "lower": max(band.lower, 0.0),
            "coefficient": band.coefficient,
            "meaning": _BAND_MEANINGS[band.grade](lang),
        }
        for band in DEFAULT_BANDS
    ]
    scale = [
        {"scale": _SCALE_NAME(lang), "grade": grade, "points": points, "sentence": _SCALE_SENTENCES[grade](lang)}
        for grade, points in DEFAULT_SCALE.items()
    ]
    new = {"grade_bands": from_rows("grade_bands", bands), "grade_tables": from_rows("grade_tables", scale)}
    whole = {**new, **tables}
    grades = frozenset(whole["grade_bands"].column("grade"))
    return {**whole, "policy": _complete_policy(tables.get("policy"), lang, grades)}


def _complete_policy(given: Records | None, lang: str, grades: frozenset[str]) -> Records:
    """Every setting in the order of SETTINGS, then rows that are none of them, as they came. A default that is no grade
    of the program's stays blank: nobody has chosen it."""
    rows = list(given.records()) if given else []
    by_setting = {setting.name: row for row in rows if (setting := setting_of(row["key"]))}
    settings: list[dict[str, Any]] = []
    for setting in SETTINGS:
        row = by_setting.get(setting.name, {})
        value = row.get("value")
        settings.append(
            {
                "key": Text(setting.zh, setting.en)(lang),
                "value": _default(setting, grades) if value is None else value,
                "unit": row.get("unit") or Text(setting.unit, _UNITS.get(setting.unit, setting.unit))(lang),
                "help": row.get("help") or Text(setting.zh_help, setting.en_help)(lang),
            }
        )
    return from_rows("policy", settings + [row for row in rows if not setting_of(row["key"])])


def _default(setting: Setting, grades: frozenset[str]) -> Any:
    return None if setting.name == "veto_grade" and setting.default not in grades else setting.default
