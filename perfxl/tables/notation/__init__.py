"""How HR writes figures and rules in a cell: targets and actuals with units and signs, and scoring sentences.

Text in, values out; nothing here knows a table. Where a cell can be read in two ways it is not read, with the reason.
"""
