"""Scoring: figures in, points and totals out (scoring.md sections 1 and 2).

scalar        one line in plain Python, and what its rule looks up: step tables and grade scales
vector        any number of lines with NumPy, the same figures
periods       actuals of months and quarters to the period's figure; phasing, light, forecast
line_table    contract lines joined with the KPI library, the actuals and the events
totals_plain  one contract's total in plain Python; what a veto does
totals        lines to contract totals, grades and coefficients, with NumPy; contracts to people
program       a whole program's tables to scores
"""
