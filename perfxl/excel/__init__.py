"""perfxl inside spreadsheet programs: worksheet functions for Excel (Windows), xlwings Lite and LibreOffice Calc.

functions   every worksheet function, one entry each
registry    what an entry is made of, and how hosts call one
normalise   the cells that hosts send, and the results they take
ranges      ranges with headers to tables; settings: ranges to a policy
lines       one line; scores: every line of a table; totals: of people
weighing, share, progress   weights, shares of a target, the running period
tell        what is told in words and tables
lambdas     the main rules as LAMBDA names in a workbook, for Excel 365 without any add-in
calc        the LibreOffice add-in
addin       perfxl.xlam, Excel's add-in; ribbon: its buttons

Nothing that calculates needs pandas or NumPy: it also runs in LibreOffice's own Python and in the browser.
"""
