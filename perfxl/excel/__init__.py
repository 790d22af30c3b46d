"""perfxl inside spreadsheet programs: worksheet functions for Excel (Windows), xlwings Lite and LibreOffice Calc.

functions   every worksheet function, one entry each
registry    what an entry is made of, and how hosts call one
cells       the cells that hosts send, the results they take, failures as error values
ranges      ranges with headers to tables; settings: ranges to a policy
lines       one line; scores: every line of a table; totals: of people
weighing    weights, and shares of a target; tracking: the running period
answers     what is told in words and tables
lambdas     the main rules as LAMBDA names in a workbook, for Excel 365 without any add-in
calc        the LibreOffice add-in
addin       perfxl.xlam, Excel's add-in

Nothing that calculates needs pandas or NumPy: it also runs in LibreOffice's own Python and in the browser.
"""
