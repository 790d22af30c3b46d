"""The workbook of `perfxl score`: every points and total cell a native formula that holds the engine's value.

formulas   rules of the rule book as cell formulas
columns    the columns of a score sheet; cell_formats and views, how sheets show; texts
kinds      what makes two lines share a formula
plan       which block stands on which sheet, and in which rows
params     the sheet of parameters that the formulas refer to
lines      a contract's lines; writer, what writes cells
block      one contract: its lines, its total
page       one person: the contracts and the total over them
unit       a unit's sheet
people     the list of everybody
summary    key figures, charts, links; figures, what they are counted from
"""
