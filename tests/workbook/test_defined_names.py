"""No defined name that perfxl writes equals a worksheet function's: names know no case, and Excel would show #NAME?."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from perfxl.assets import workbook_templates
from perfxl.core.language import LANGUAGES
from perfxl.core.schema import all_tables
from perfxl.excel.functions import FUNCTIONS
from perfxl.excel.lambdas import lambdas
from perfxl.program import from_tables
from perfxl.sample import program as sample
from perfxl.workbook.cascade_book import write_cascade
from perfxl.workbook.program.book import write_program
from perfxl.workbook.program.layout import table_name
from perfxl.workbook.score.book import write_scores
from perfxl.workbook.weights.book import write_weights


def _names(path: Path) -> list[str]:
    book = openpyxl.load_workbook(path)
    return [*book.defined_names, *(name for sheet in book for name in sheet.defined_names)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_output_names_a_range_like_a_function(lang: str, tmp_path: Path) -> None:
    tables = sample(30, 7, lang)
    program, _ = from_tables(tables, lang)
    scores, problems = program.score()
    weighing, _ = program.weigh()
    company, _ = program.cascade()
    write_program(tmp_path / "program.xlsx", tables, lang)
    write_scores(tmp_path / "scores.xlsx", tables, scores, lang)
    write_weights(tmp_path / "weights.xlsx", weighing, problems, lang, "program.xlsx")
    write_cascade(tmp_path / "cascade.xlsx", company, problems, lang, "program.xlsx")
    functions = {name.casefold() for name in FUNCTIONS}
    exported = {each.name.casefold() for each in lambdas(program.policy)[0]}
    for path in (*tmp_path.iterdir(), *workbook_templates().glob("*.xlsx")):
        names = {name.casefold() for name in _names(path)}
        assert names or path.name == "cascade.xlsx"
        assert not names & (functions | exported), path.name
    assert not functions & exported


def test_no_table_can_come_to_a_functions_name() -> None:
    """Whatever tables the schema gets: the names of tables begin in a way that no function does."""
    assert not any(table_name(name).casefold().startswith("px_") for name in all_tables())
