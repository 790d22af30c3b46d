"""The workbook of `perfxl weights`: agreed, derived and repaired weights, and the comparison of departments.

plan        which contract stands in which rows, category by category
texts       the words, Chinese and English
parameters  the sheet of parameters that the formulas refer to
lines       every contract line, block by block, with native formulas
comparison  KPI x unit
summary     counts, contracts that are not legal, biggest differences, problems by code
"""
