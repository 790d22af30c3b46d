"""`perfxl weights`: agreed, derived and repaired weights side by side, and the comparison of departments."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from perfxl.core.problems import Problem
from perfxl.core.weights.program import Weighing
from perfxl.workbook.result_page import PROBLEM_SHEETS, ResultPage, write_problems
from perfxl.workbook.row_sheet import RowSheet
from perfxl.workbook.style import Formats
from perfxl.workbook.weights.formulas import plan
from perfxl.workbook.weights.lines import LineSheet
from perfxl.workbook.weights.overview import write_comparison, write_summary
from perfxl.workbook.weights.parameters import CategoryShares, write_parameters
from perfxl.workbook.weights.texts import say
from perfxl.workbook.writing import new_workbook

_STAGE = "contract"


def write_weights(
    path: Path, weighing: Weighing, problems: Sequence[Problem], lang: str = "zh", source: str = ""
) -> None:
    """Writes the workbook: summary, lines, comparison, problems, parameters. `source`: the program's file."""
    blocks, shares = plan(weighing.contracts), CategoryShares(weighing.shares, weighing.categories, lang)
    with new_workbook(path, lang, say("summary", lang), "weights", source) as workbook:
        formats = Formats(workbook, lang)

        def page(name: str, kind: type | None = None) -> ResultPage:
            return ResultPage(workbook.add_worksheet(name, worksheet_class=kind), formats, lang, _STAGE)

        summary, lines = page(say("summary", lang)), page(say("lines", lang), RowSheet)
        comparison, problem_page = page(say("comparison", lang)), page(PROBLEM_SHEETS(lang))
        parameters = page(say("parameters", lang))
        write_parameters(parameters, workbook, weighing, shares)
        LineSheet(lines, workbook, weighing, shares).write(blocks)
        write_comparison(comparison, weighing.comparison, weighing.names)
        write_problems(problem_page, problems)
        write_summary(summary, weighing, blocks, problems)
