"""The workbook of `perfxl score`: every points and total cell a native formula that holds the engine's value.

book           writes the workbook; what surrounds the rows of its sheets
sheet_plan     which contract stands on which sheet, and in which rows
formulas       the columns of a score sheet, and the rule book as cell formulas
parameters     what makes two lines share a formula; the sheet of parameters that formulas refer to
contract_rows  one contract: its lines, its total
block_sums     the sums over its lines, of all contracts at once
people_rows    a person's page, a unit's sheet, the list of everybody
summary        key figures, charts, links
cell_writer    the formats of cells and what writes them; texts
"""
