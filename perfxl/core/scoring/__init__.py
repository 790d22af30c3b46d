"""Scoring: figures in, points and totals out (scoring.md sections 1 and 2).

lookups  step tables, grade scales and days, for single figures and for arrays
line     one line in plain Python
batch    any number of lines with NumPy, the same figures
totals   lines to contract totals, grades and coefficients; segments to people
periods  actuals of months and quarters to the period's figure; phasing, light, forecast
program  a whole program's tables to scores
"""
