"""Workbooks that HR designs, filled many times: compiled once; only what is filled is written anew for each copy.

A defined name `perfxl_rows_<table>` marks the row of a table that is repeated. Cells `{{field}}` say where a value
goes, in that row or anywhere else; a name `perfxl_result_<field>` marks a formula whose value the engine knows, and
`perfxl_if_<table>` a row that is there only with that table (`_2`, `_3` ... where there are several).
Everything that Excel has saved in the template stays as it is: only rows are added, and what refers to them (formulas,
validations, conditional formats, print areas, names, charts) grows with them.
"""

from perfxl.workbook.template.book import BookTemplate
from perfxl.workbook.template.columns import HEIGHT, Columns, Records, column_of
from perfxl.workbook.template.values import DATES, Calculated, CellValue, Figure

__all__ = ["DATES", "HEIGHT", "BookTemplate", "Calculated", "CellValue", "Columns", "Figure", "Records", "column_of"]
