"""The workbook of `perfxl weights`: agreed, derived and repaired weights, and the comparison of departments.

book        writes the workbook
formulas    which contract stands in which rows, and the formulas there
lines       the sheet of every contract line, block by block
overview    the summary, and the comparison KPI x unit
parameters  the sheet of parameters that the formulas refer to
texts       the words
"""
